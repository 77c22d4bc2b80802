"""Checks of citations and of the reference list, for styles that number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from prismake.preflight.document import Document, Piece, W, find, local, shortened, text_of, value, whole
from prismake.preflight.findings import Asked, Found, Skip, check

# The plain hyphen last, where it stands for itself in a class of a pattern.
DASHES = "–‑−-"
GROUP = rf"\d{{1,4}}(?:[{DASHES}]\d{{1,4}})?(?:, ?\d{{1,4}}(?:[{DASHES}]\d{{1,4}})?)*"
RAISED = re.compile(GROUP)
BRACKETS = re.compile(rf"\[({GROUP})\]")
# A locator in a group: "1(p223)".
LOCATOR = re.compile(r"\([^()]*\)")
# A raised 2 or 3 behind one of these is a power of a unit and no citation.
UNIT = re.compile(r"(?:^|[\s/(·×\d])(?:[cmdkµμn]?m|kg/m|s|in|ft)$")
ENTRY = re.compile(r"\s*\[?(\d{1,4})(?:\.|\]|\))?\s")
LONGEST_RANGE = 500
# Superscripts of the title page are marks of affiliations.
FRONT = ("author", "affiliation", "title", "title page", "running head")
LIST = "bibliography"


@dataclass
class Cited:
    """One group of citations as printed: its numbers, its text, the letter before and after it, where it stands."""

    numbers: list[int]
    text: str
    before: str
    after: str
    paragraph: Any
    form: str
    # Whether words stand in it: "see 1, also 2".
    worded: bool = False


@dataclass
class Citations:
    """Citations in the order in which a reader meets them, those of a table where it is first mentioned."""

    groups: list[Cited] = field(default_factory=list)
    form: str = ""


def entries(document: Document) -> list[tuple[int | None, Any]]:
    """The entries of the reference list with their numbers as typed, or counted where the list is native."""
    found: list[tuple[int | None, Any]] = []
    counted = 0
    for block in document.styled(LIST):
        text = text_of(block)
        if not text.strip():
            continue
        match = ENTRY.match(text)
        if match:
            found.append((int(match[1]), block))
        elif document.property_of(block, "pPr", "numPr") is not None:
            counted += 1
            found.append((counted, block))
        else:
            found.append((None, block))
    return found


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for piece in text.split(","):
        ends = [int(end) for end in re.findall(r"\d+", piece)]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + LONGEST_RANGE:
            found.extend(range(ends[0], ends[1] + 1))
        else:
            found.extend(ends)
    return found


def _merged(pieces: Iterator[Piece]) -> list[tuple[str, bool, str]]:
    """Neighbouring pieces of one height and field as one."""
    merged: list[tuple[str, bool, str]] = []
    for piece in pieces:
        if merged and merged[-1][1] == piece.superscript and merged[-1][2] == piece.field:
            merged[-1] = (merged[-1][0] + piece.text, piece.superscript, piece.field)
        else:
            merged.append((piece.text, piece.superscript, piece.field))
    return merged


def _in_words(document: Document, text: str) -> list[int]:
    """The numbers of a group that words lead or follow: the first of each part that the list has."""
    firsts = [re.search(r"\b\d{1,4}\b", part) for part in re.split(r"[,;]", text)]
    listed = len(entries(document))
    return [number for first in firsts if first and 1 <= (number := int(first[0])) <= listed]


def raised_groups(document: Document, paragraph: Any) -> Iterator[Cited]:
    """Superscript citations of a paragraph; exponents are none."""
    pieces = _merged(document.pieces(paragraph))
    for at, (text, raised, _field) in enumerate(pieces):
        shown = LOCATOR.sub("", text).strip()
        if not raised or not re.search(r"\b\d", shown):
            continue
        worded = re.search(r"[^\W\d]", shown) is not None
        before = pieces[at - 1][0] if at else ""
        after = pieces[at + 1][0][:1] if at + 1 < len(pieces) else ""
        exponent = UNIT.search(before[-8:]) and shown in ("2", "3")
        if not exponent and not (before[-1:].isdigit() and after.isalnum()) and not re.search(r"(?<!\d)10$", before):
            numbers = _in_words(document, shown) if worded else _numbers(shown)
            yield Cited(numbers, shown, before[-1:], after, paragraph, "superscript", worded)


def bracket_groups(paragraph: Any) -> Iterator[Cited]:
    """Citations in square brackets."""
    text = text_of(paragraph)
    for match in BRACKETS.finditer(text):
        start = match.start()
        yield Cited(
            _numbers(match[1]), match[1], text[start - 1 : start], text[match.end() :][:1], paragraph, "brackets"
        )


def form_of(document: Document) -> str:
    """How the document cites: "superscript", "brackets", or "" where neither is found."""
    counts = {"superscript": 0, "brackets": 0}
    for block in document.blocks:
        if document.style_of(block) in (*FRONT, LIST):
            continue
        for paragraph in block.iter(f"{W}p"):
            counts["superscript"] += sum(1 for _ in raised_groups(document, paragraph))
            counts["brackets"] += sum(1 for _ in bracket_groups(paragraph))
    best = max(counts, key=lambda form: counts[form])
    return best if counts[best] else ""


def _groups_in(document: Document, paragraph: Any, form: str) -> Iterator[Cited]:
    yield from raised_groups(document, paragraph) if form == "superscript" else bracket_groups(paragraph)


def _floats(document: Document) -> dict[str, list[Any]]:
    """ "table 1" -> the blocks that belong to it: caption, table, notes."""
    found: dict[str, list[Any]] = {}
    blocks, places = document.blocks, document.places
    for seq in document.body_fields:
        if seq.name != "SEQ" or seq.paragraph not in places or not document.is_caption(seq.paragraph):
            continue
        at = places[seq.paragraph]
        members = [blocks[at]]
        for block in blocks[at + 1 :]:
            if block.tag != f"{W}tbl" and document.style_of(block) != "table note":
                break
            members.append(block)
        found[f"{seq.argument.lower()} {seq.result.strip()}"] = members
    return found


def reading_order(document: Document) -> Citations:
    """All citations as a reader meets them.

    The citations of a table or figure count where the text first mentions it, as the styles of medicine ask.
    """
    form = form_of(document)
    found = Citations(form=form)
    floats = _floats(document)
    members = {block for blocks in floats.values() for block in blocks}
    names = {document.bookmarks[name]: name for name in document.bookmarks}
    targets: dict[str, str] = {}
    for title, blocks in floats.items():
        for start in blocks[0].iter(f"{W}bookmarkStart"):
            targets[names.get(start, value(start, "name") or "")] = title
    taken: set[str] = set()

    def take(title: str) -> None:
        if title in floats and title not in taken:
            taken.add(title)
            for block in floats[title]:
                for paragraph in block.iter(f"{W}p"):
                    found.groups.extend(_groups_in(document, paragraph, form))

    for block in document.blocks:
        if block in members or document.style_of(block) in (*FRONT, LIST):
            continue
        for paragraph in block.iter(f"{W}p"):
            groups = list(_groups_in(document, paragraph, form))
            for title, after in _mentions(document, paragraph, targets):
                while groups and _place(document, paragraph, groups[0], form) < after:
                    found.groups.append(groups.pop(0))
                take(title)
            found.groups.extend(groups)
    for title in floats:
        take(title)
    return found


def _place(document: Document, paragraph: Any, group: Cited, form: str) -> int:
    """The place of a group among the letters of its paragraph."""
    text = "".join(piece.text for piece in document.pieces(paragraph))
    return text.find(group.before + ("[" if form == "brackets" else "") + group.text)


def _mentions(document: Document, paragraph: Any, targets: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Tables and figures that a paragraph refers to by fields, ranges filled in, each with its place in the text."""
    at, last, between = 0, "", ""
    for piece in document.pieces(paragraph):
        words = piece.field.split()
        title = targets.get(words[1], "") if len(words) > 1 and words[0].upper() == "REF" else ""
        if title:
            if last and between.strip() in tuple(DASHES):
                kind, first, end = (
                    last.rsplit(" ", 1)[0],
                    whole(last.rsplit(" ", 1)[-1]),
                    whole(title.rsplit(" ", 1)[-1]),
                )
                if first is not None and end is not None and first < end <= first + LONGEST_RANGE:
                    for number in range(first + 1, end):
                        yield f"{kind} {number}", at
            yield title, at
            last, between = title, ""
        else:
            between += piece.text
        at += len(piece.text)


def _need_list(document: Document) -> list[tuple[int | None, Any]]:
    document.need()
    listed = entries(document)
    if not listed:
        raise Skip("no paragraph has the style Bibliography")
    if sum(number is not None for number, _ in listed) * 2 < len(listed):
        raise Skip("the reference list is not numbered")
    return listed


def _need_citations(document: Document) -> tuple[list[tuple[int | None, Any]], Citations]:
    listed = _need_list(document)
    # Read once for all checks of a document.
    cited: Citations | None = document.__dict__.get("citations")
    if cited is None:
        cited = document.__dict__["citations"] = reading_order(document)
    if not cited.groups:
        raise Skip("no superscript numbers and none in square brackets: citations cannot be told from other numbers")
    return listed, cited


@check("reference-list", "citations", "error", "the document has a reference list in the style Bibliography")
def reference_list(document: Document, asked: Asked) -> Iterator[Found]:
    """Entries have a style of their own."""
    document.need()
    asked.need("references")
    if not entries(document):
        yield Found("no paragraph has the style Bibliography", document.main, None if asked.profile else "warning")


@check("reference-numbering", "citations", "error", "references are numbered 1, 2, 3, … without gap or repeat")
def reference_numbering(document: Document, _: Asked) -> Iterator[Found]:
    """The list counts."""
    for expected, (number, block) in enumerate(_need_list(document), start=1):
        if number != expected:
            yield Found(
                f"numbered {number if number is not None else 'not at all'}, expected {expected}", document.where(block)
            )


@check("reference-indent", "citations", "error", "entries of a numbered reference list hang")
def reference_indent(document: Document, _: Asked) -> Iterator[Found]:
    """Numbers stand free."""
    for _number, block in _need_list(document):
        indent = document.property_of(block, "pPr", "ind")
        native = document.property_of(block, "pPr", "numPr") is not None
        if not native and (value(indent, "hanging") or "0") == "0":
            yield Found("the entry does not hang", document.where(block))
            break


@check("reference-repeated", "citations", "warning", "no work is listed twice")
def reference_repeated(document: Document, _: Asked) -> Iterator[Found]:
    """By DOI, else by the whole text."""
    document.need()
    seen: dict[str, int | None] = {}
    for number, block in entries(document):
        text = ENTRY.sub("", text_of(block), count=1)
        doi = re.search(r"\b10\.\d{4,9}/\S+", text)
        key = doi[0].rstrip(".").lower() if doi else re.sub(r"\W+", "", text).lower()
        if key in seen:
            yield Found(f"the same work as entry {seen[key]}", document.where(block))
        seen.setdefault(key, number)


@check("citation-range", "citations", "error", "no citation has a number that the reference list does not have")
def citation_range(document: Document, _: Asked) -> Iterator[Found]:
    """1 to n."""
    listed, cited = _need_citations(document)
    for group in cited.groups:
        beyond = [number for number in group.numbers if not 1 <= number <= len(listed)]
        if beyond:
            yield Found(f"cites {beyond[0]}; the list has {len(listed)}", document.where(group.paragraph))


@check("citation-order", "citations", "error", "works are numbered in the order in which they are first cited")
def citation_order(document: Document, _: Asked) -> Iterator[Found]:
    """Tables and figures are counted where they are first mentioned."""
    _listed, cited = _need_citations(document)
    expected = 1
    for group in cited.groups:
        for number in group.numbers:
            if number > expected:
                yield Found(f"cites {number} where {expected} is the next new one", document.where(group.paragraph))
            expected = max(expected, number + 1)


@check("citation-uncited", "citations", "warning", "every reference is cited")
def citation_uncited(document: Document, _: Asked) -> Iterator[Found]:
    """No entry is left over."""
    listed, cited = _need_citations(document)
    used = {number for group in cited.groups for number in group.numbers}
    for number, block in listed:
        if number is not None and number not in used:
            yield Found(f"entry {number} is never cited", document.where(block))


@check(
    "citation-form",
    "citations",
    "error",
    "a group of citations ascends, without repeats, and three in a row are a range",
)
def citation_form(document: Document, _: Asked) -> Iterator[Found]:
    """20–28; 20,22–28."""
    _listed, cited = _need_citations(document)
    for group in cited.groups:
        where = document.where(group.paragraph)
        if group.worded:
            continue
        if not RAISED.fullmatch(group.text):
            yield Found(f"'{shortened(group.text)}' is no group of numbers", where)
        elif any(later <= earlier for earlier, later in zip(group.numbers, group.numbers[1:], strict=False)):
            yield Found(f"'{group.text[:40]}' does not ascend", where)
        elif re.search(r"-", group.text):
            yield Found(f"'{group.text[:40]}' has a hyphen for a range", where, "warning")
        else:
            singles = [int(piece) if piece.strip().isdigit() else None for piece in group.text.split(",")]
            for one, two, three in zip(singles, singles[1:], singles[2:], strict=False):
                if one is not None and two == one + 1 and three == one + 2:
                    yield Found(f"'{group.text[:40]}' is not collapsed", where)
                    break


@check("citation-mixed", "citations", "error", "all citations have one form, superscript or brackets")
def citation_mixed(document: Document, _: Asked) -> Iterator[Found]:
    """Not both."""
    listed, cited = _need_citations(document)
    for block in document.blocks:
        if document.style_of(block) in (*FRONT, LIST):
            continue
        for paragraph in block.iter(f"{W}p"):
            others = bracket_groups(paragraph) if cited.form == "superscript" else raised_groups(document, paragraph)
            for group in others:
                if all(1 <= number <= len(listed) for number in group.numbers):
                    yield Found(
                        f"'{group.text[:40]}' is cited in {group.form}, others in {cited.form}",
                        document.where(paragraph),
                    )


@check(
    "citation-place",
    "citations",
    "error",
    "superscript citations stand on the side of the punctuation that the journal asks for",
)
def citation_place(document: Document, asked: Asked) -> Iterator[Found]:
    """After the marks that the profile names; no blank before."""
    _listed, cited = _need_citations(document)
    if cited.form != "superscript":
        raise Skip("citations are not superscript")
    marks = asked.setting("citations", "after")
    for group in cited.groups:
        if group.before.isspace():
            yield Found(f"a blank stands before '{group.text[:40]}'", document.where(group.paragraph))
        if isinstance(marks, str) and group.after and group.after in marks and group.before not in marks:
            yield Found(f"'{group.text[:40]}' stands before '{group.after}'", document.where(group.paragraph))


@check("citation-colour", "citations", "error", "citations and references look like text: no colour, no underline")
def citation_colour(document: Document, _: Asked) -> Iterator[Found]:
    """No hyperlink blue."""
    document.need()
    for root in document.stories.values():
        for node in root.iter(f"{W}hyperlink"):
            for run in node.iter(f"{W}r"):
                looks = [find(run, "rPr")]
                for style in document.line_of_styles(value(find(run, "rPr/rStyle")) or ""):
                    looks.append(find(style.element, "rPr"))
                colour = next((value(find(look, "color")) for look in looks if find(look, "color") is not None), None)
                line = next((value(find(look, "u")) for look in looks if find(look, "u") is not None), None)
                if (colour or "auto").lower() not in ("auto", "000000") or (line or "none") != "none":
                    yield Found(
                        f"the link '{shortened(text_of(node))}' is {'underlined' if line else 'coloured'}",
                        document.where(node),
                    )
                    break


@check("notes-paired", "citations", "error", "every footnote and endnote that is referred to is there")
def notes_paired(document: Document, _: Asked) -> Iterator[Found]:
    """References and notes pair."""
    document.need()
    for kind in ("footnote", "endnote"):
        root = document.part(f"{kind}s")
        there = {value(node, "id") for node in root.findall(f"{W}{kind}")} if root is not None else set()
        for story in document.stories.values():
            for node in story.iter(f"{W}{kind}Reference"):
                if value(node, "id") not in there:
                    yield Found(f"the {local(node)[:-9]} {value(node, 'id')} is not there", document.where(node))
