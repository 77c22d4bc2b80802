"""Checks of citations and of the reference list, for styles that number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, Skip, check
from prismake.preflight.numbered_citations import (
    ENTRY,
    FRONT,
    LIST,
    RAISED,
    Citations,
    bracket_groups,
    entries,
    raised_groups,
    reading_order,
)
from prismake.preflight.wordml import W, find, local, shortened, text_of, value


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
        raise Skip("there are no numbers in superscript or square brackets, so citations cannot be recognized")
    return listed, cited


@check("reference-list", "citations", "error", "the document has a reference list in the style Bibliography")
def reference_list(document: Document, required: Requirements) -> Iterator[Finding]:
    """Entries have a style of their own."""
    document.need()
    required.need("references")
    if not entries(document):
        yield Finding("no paragraph has the style Bibliography", document.main, None if required.profile else "warning")


@check("reference-numbering", "citations", "error", "references are numbered 1, 2, 3, … without gap or repeat")
def reference_numbering(document: Document, _: Requirements) -> Iterator[Finding]:
    """The list counts."""
    for expected, (number, block) in enumerate(_need_list(document), start=1):
        if number != expected:
            yield Finding(
                f"numbered {number if number is not None else 'not at all'}, expected {expected}", document.where(block)
            )


@check("reference-indent", "citations", "error", "entries of a numbered reference list have a hanging indent")
def reference_indent(document: Document, _: Requirements) -> Iterator[Finding]:
    """Numbers are set off from the text."""
    for _number, block in _need_list(document):
        indent = document.property_of(block, "pPr", "ind")
        native = document.property_of(block, "pPr", "numPr") is not None
        if not native and (value(indent, "hanging") or "0") == "0":
            yield Finding("the entry has no hanging indent", document.where(block))
            break


@check("reference-repeated", "citations", "warning", "no work is listed twice")
def reference_repeated(document: Document, _: Requirements) -> Iterator[Finding]:
    """By DOI, else by the whole text."""
    document.need()
    seen: dict[str, int | None] = {}
    for number, block in entries(document):
        text = ENTRY.sub("", text_of(block), count=1)
        doi = re.search(r"\b10\.\d{4,9}/\S+", text)
        key = doi[0].rstrip(".").lower() if doi else re.sub(r"\W+", "", text).lower()
        if key in seen:
            yield Finding(f"the same work as entry {seen[key]}", document.where(block))
        seen.setdefault(key, number)


@check("citation-range", "citations", "error", "every citation number is in the reference list")
def citation_range(document: Document, _: Requirements) -> Iterator[Finding]:
    """1 to n."""
    listed, cited = _need_citations(document)
    for group in cited.groups:
        beyond = [number for number in group.numbers if not 1 <= number <= len(listed)]
        if beyond:
            yield Finding(f"cites {beyond[0]}; the list has {len(listed)}", document.where(group.paragraph))


@check("citation-order", "citations", "error", "works are numbered in the order in which they are first cited")
def citation_order(document: Document, _: Requirements) -> Iterator[Finding]:
    """Tables and figures are counted where they are first mentioned, footnotes where they are called."""
    _listed, cited = _need_citations(document)
    expected = 1
    for group in cited.groups:
        for number in group.numbers:
            while expected < number and expected in cited.noted:
                expected += 1
            if number > expected:
                yield Finding(f"cites {number} where {expected} is the next new one", document.where(group.paragraph))
            expected = max(expected, number + 1)


@check("citation-uncited", "citations", "warning", "every reference is cited")
def citation_uncited(document: Document, _: Requirements) -> Iterator[Finding]:
    """No entry is left over."""
    listed, cited = _need_citations(document)
    used = {number for group in cited.groups for number in group.numbers} | cited.noted
    for number, block in listed:
        if number is not None and number not in used:
            yield Finding(f"entry {number} is never cited", document.where(block))


@check(
    "citation-form",
    "citations",
    "error",
    "numbers in a group of citations ascend without repeats, and three in a row form a range",
)
def citation_form(document: Document, _: Requirements) -> Iterator[Finding]:
    """20–28; 20,22–28."""
    _listed, cited = _need_citations(document)
    for group in cited.groups:
        where = document.where(group.paragraph)
        if group.worded:
            continue
        if not RAISED.fullmatch(group.text):
            yield Finding(f"'{shortened(group.text)}' is not a group of numbers", where)
        elif any(later <= earlier for earlier, later in zip(group.numbers, group.numbers[1:], strict=False)):
            yield Finding(f"'{group.text[:40]}' does not ascend", where)
        elif re.search(r"-", group.text):
            yield Finding(f"'{group.text[:40]}' has a hyphen for a range", where, "warning")
        else:
            singles = [int(piece) if piece.strip().isdigit() else None for piece in group.text.split(",")]
            for first, second, third in zip(singles, singles[1:], singles[2:], strict=False):
                if first is not None and second == first + 1 and third == first + 2:
                    yield Finding(f"'{group.text[:40]}' is not collapsed", where)
                    break


@check("citation-mixed", "citations", "error", "all citations have the same form, superscript or brackets")
def citation_mixed(document: Document, _: Requirements) -> Iterator[Finding]:
    """Not both."""
    listed, cited = _need_citations(document)
    for block in document.blocks:
        if document.style_of(block) in (*FRONT, LIST):
            continue
        for paragraph in block.iter(f"{W}p"):
            others = bracket_groups(paragraph) if cited.form == "superscript" else raised_groups(document, paragraph)
            for group in others:
                if all(1 <= number <= len(listed) for number in group.numbers):
                    yield Finding(
                        f"'{group.text[:40]}' is cited in {group.form}, others in {cited.form}",
                        document.where(paragraph),
                    )


@check(
    "citation-place",
    "citations",
    "error",
    "superscript citations are on the journal's side of the punctuation",
)
def citation_place(document: Document, required: Requirements) -> Iterator[Finding]:
    """After the marks that the profile names; no blank before."""
    _listed, cited = _need_citations(document)
    if cited.form != "superscript":
        raise Skip("citations are not superscript")
    marks = required.setting("citations", "after")
    for group in cited.groups:
        if group.before.isspace():
            yield Finding(f"there is a space before '{group.text[:40]}'", document.where(group.paragraph))
        if isinstance(marks, str) and group.after and group.after in marks and group.before not in marks:
            yield Finding(f"'{group.text[:40]}' is before '{group.after}'", document.where(group.paragraph))


@check("citation-colour", "citations", "error", "citations and references have no colour or underline")
def citation_colour(document: Document, _: Requirements) -> Iterator[Finding]:
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
                    yield Finding(
                        f"the link '{shortened(text_of(node))}' is {'underlined' if line else 'coloured'}",
                        document.where(node),
                    )
                    break


@check("notes-paired", "citations", "error", "every footnote and endnote that is referred to exists")
def notes_paired(document: Document, _: Requirements) -> Iterator[Finding]:
    """References and notes pair."""
    document.need()
    for kind in ("footnote", "endnote"):
        root = document.part(f"{kind}s")
        there = {value(node, "id") for node in root.findall(f"{W}{kind}")} if root is not None else set()
        for story in document.stories.values():
            for node in story.iter(f"{W}{kind}Reference"):
                if value(node, "id") not in there:
                    yield Finding(f"the {local(node)[:-9]} {value(node, 'id')} does not exist", document.where(node))
