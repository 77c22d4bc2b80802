"""Checks of what the document says: text, title page, properties, what is left over from writing, blinding."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

from prismake.preflight.checks.citations import BRACKETS, entries
from prismake.preflight.document import (
    Document,
    M,
    R,
    W,
    find,
    is_on,
    local,
    shortened,
    shown_in,
    text_of,
    value,
    whole,
)
from prismake.preflight.findings import Asked, Found, Skip, check

# Marks of a cross-reference, citation or value that nobody resolved.
UNRESOLVED = re.compile(
    r"Error! |Fehler! |\?\?"
    r"|\[\?\]|(?:Table|Figure|Section|Fig\.)[ \u00a0]\?|@(?:fig|tbl|sec|eq):|\[-?@[\w:]|\{\{|\}\}|\{%|%\}|%%"
)
TODO = re.compile(r"\b(?:TODO|FIXME|TBD|XXX|TKTK|lorem ipsum)\b", re.IGNORECASE)
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ue000-\uf8ff]"
)
MOJIBAKE = re.compile("Ã[\u0080-\u00bf¤¶¼Ÿ©¨]|â€[\u0080-\u00bf™œ“”˜]|Â[\u00a0°±·]|ï»¿")
WORD = re.compile(r"[^\W_]+(?:[.,'’\-–/][^\W_]+)*")
LITERAL = ("bibliography",)
# Citations by author and year are no words of the text: "(Alder 2001; Birch and Cedar, 2002a)".
YEARS = re.compile(r"\([^()]*\b(?:1[5-9]|20)\d\d[a-z]?\b[^()]*\)")
# Where names are those of files.
FILE_NAME, ARCHIVE = NAMES_OF_FILES = ("file name", "the archive")
# By how much a count of words may differ: programs disagree on what a word is.
COUNT_TOLERANCE = 0.03
PATHS = re.compile(r"[A-Za-z]:\\(?:Users|Documents and Settings)\\|/(?:home|Users)/[^/\s]+/|file:///")


def _paragraphs(document: Document) -> Iterator[tuple[Any, str]]:
    document.need()
    for root in document.stories.values():
        for paragraph in root.iter(f"{W}p"):
            text = text_of(paragraph)
            if text:
                yield paragraph, text


def _literal(document: Document, paragraph: Any) -> bool:
    """Whether a text is printed as a source has it: titles of works and cells may hold any characters."""
    return document.style_of(paragraph) in LITERAL or any(node.tag == f"{W}tc" for node in paragraph.iterancestors())


def _even(text: str) -> str:
    return text.replace("\u00a0", " ")


def _meant(source: str) -> set[str]:
    """The marks that the source itself has as text: behind backslashes, or such as Markdown gives no meaning."""
    without = re.sub(r"(?<!\\)@", "", source)
    return {_even(match[0]) for match in UNRESOLVED.finditer(re.sub(r"\\([^\w\s])", r"\1", without))}


@check("unresolved-mark", "text", "error", "no mark of an unresolved reference, citation or value is printed")
def unresolved_mark(document: Document, asked: Asked) -> Iterator[Found]:
    """`?`, `@fig`, `[@`, `{{`, `%%`, "Error!"; in cells and references, where titles stand as they are, a warning."""
    meant = _meant(asked.source)
    for paragraph, text in _paragraphs(document):
        match = next((match for match in UNRESOLVED.finditer(text) if _even(match[0]) not in meant), None)
        if match:
            literal = _literal(document, paragraph)
            yield Found(f"'{match[0]}' is printed", document.where(paragraph), "warning" if literal else None)


@check("todo-mark", "text", "warning", "no note to oneself is printed")
def todo_mark(document: Document, _: Asked) -> Iterator[Found]:
    """TODO, FIXME, TBD, XXX."""
    for paragraph, text in _paragraphs(document):
        if (match := TODO.search(text)) and not _literal(document, paragraph):
            yield Found(f"'{match[0]}' is printed", document.where(paragraph))


@check("double-blank", "text", "warning", "no two blanks follow each other, none stands before a full stop or comma")
def double_blank(document: Document, _: Asked) -> Iterator[Found]:
    """Left over from editing."""
    for paragraph, text in _paragraphs(document):
        if match := re.search(r"\S {2,}(?=\S)|\S [,;](?=\s)|\S \.(?=\s|$)", text):
            yield Found(f"'{match[0]}' holds a blank too many", document.where(paragraph))


@check("replacement-character", "text", "error", "no character was lost in a conversion")
def replacement_character(document: Document, _: Asked) -> Iterator[Found]:
    """U+FFFD stands for a letter that a program could not read."""
    for paragraph, text in _paragraphs(document):
        if "\ufffd" in text:
            yield Found("a letter was lost (U+FFFD)", document.where(paragraph))


@check("mojibake", "text", "warning", "no letters are garbled by a wrong encoding")
def mojibake(document: Document, _: Asked) -> Iterator[Found]:
    """UTF-8 that was read as Latin-1."""
    for paragraph, text in _paragraphs(document):
        if match := MOJIBAKE.search(text):
            yield Found(f"'{match[0]}' looks garbled", document.where(paragraph))


@check("invisible-character", "text", "warning", "no invisible, private or controlling characters stand in the text")
def invisible_character(document: Document, _: Asked) -> Iterator[Found]:
    """Zero-width blanks, changes of direction, private use."""
    for paragraph, text in _paragraphs(document):
        if match := INVISIBLE.search(text):
            yield Found(f"holds U+{ord(match[0]):04X}", document.where(paragraph))


@check("empty-paragraph", "text", "warning", "space is made by styles, not by empty paragraphs")
def empty_paragraph(document: Document, _: Asked) -> Iterator[Found]:
    """Two empty paragraphs in a row."""
    document.need()
    empty = 0
    for block in document.blocks:
        bare = block.tag == f"{W}p" and not text_of(block).strip() and find(block, "pPr/sectPr") is None
        bare = bare and next(block.iter(f"{W}drawing", f"{W}pict", f"{W}object", f"{W}br"), None) is None
        empty = empty + 1 if bare else 0
        if empty == 2:
            yield Found("empty paragraphs in a row", document.where(block))


@check("tracked-change", "text", "error", "no tracked change is left over")
def tracked_change(document: Document, _: Asked) -> Iterator[Found]:
    """Insertions, deletions, moves and changes of format."""
    document.need()
    tags = (
        "ins",
        "del",
        "moveFrom",
        "moveTo",
        "cellIns",
        "cellDel",
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
    )
    for root in document.stories.values():
        for node in root.iter(*[W + tag for tag in tags]):
            yield Found(f"a tracked change ({local(node)})", document.where(node))
    settings = document.part("settings")
    if is_on(find(settings, "trackRevisions")):
        yield Found("changes are being tracked", "settings", "warning")


@check("comment", "text", "error", "no comment is left over")
def comment(document: Document, _: Asked) -> Iterator[Found]:
    """Comments and the marks of where they stand."""
    document.need()
    root = document.part("comments")
    for node in root.iter(f"{W}comment") if root is not None else []:
        yield Found(f"a comment: '{shortened(text_of(node))}'", "comments")
    for node in document.body.iter(f"{W}commentReference"):
        if root is None:
            yield Found("a comment is referred to that is not there", document.where(node))


@check("hidden-text", "text", "error", "no text is hidden")
def hidden_text(document: Document, _: Asked) -> Iterator[Found]:
    """Text that does not print is read by everybody who looks."""
    document.need()
    for root in document.stories.values():
        for run in root.iter(f"{W}r"):
            hidden = is_on(find(run, "rPr/vanish")) or (value(find(run, "rPr/color")) or "").lower() == "ffffff"
            if hidden and text_of(run).strip():
                yield Found(f"'{shortened(text_of(run))}' is hidden", document.where(run))


@check("highlight", "text", "warning", "no highlighting or coloured text is left over")
def highlight(document: Document, _: Asked) -> Iterator[Found]:
    """Marks of a draft."""
    document.need()
    for paragraph in document.paragraphs:
        for run in paragraph.iter(f"{W}r"):
            marked = value(find(run, "rPr/highlight")) not in (None, "none")
            coloured = (value(find(run, "rPr/color")) or "auto").lower() not in ("auto", "000000", "ffffff")
            if (marked or coloured) and text_of(run).strip():
                yield Found(
                    f"'{shortened(text_of(run))}' is {'highlighted' if marked else 'coloured'}", document.where(run)
                )
                break


# Title page -----------------------------------------------------------------------------------------------------


def _marks(document: Document, paragraph: Any) -> list[str]:
    raised = [piece.text for piece in document.pieces(paragraph) if piece.superscript]
    return [mark.strip() for text in raised for mark in re.split(r"[,\s]+", text) if mark.strip()]


@check("affiliation-marks", "title page", "error", "marks of authors and of affiliations are the same")
def affiliation_marks(document: Document, _: Asked) -> Iterator[Found]:
    """No mark without an affiliation, none without an author."""
    document.need()
    authors, places = document.styled("author"), document.styled("affiliation")
    if not authors:
        raise Skip("no paragraph has the style Author")
    used = {mark for block in authors for mark in _marks(document, block)}
    stated = [mark for block in places for mark in _marks(document, block)[:1]]
    for mark in sorted(used - set(stated)):
        if re.fullmatch(r"\w+", mark):
            yield Found(f"an author has the mark {mark}, no affiliation has it", document.where(authors[0]))
    for mark in sorted(set(stated) - used):
        yield Found(f"the affiliation {mark} has no author", document.where(places[stated.index(mark)]))
    if len(stated) != len(set(stated)):
        yield Found("two affiliations have one mark", document.where(places[0]))


@check("correspondence", "title page", "error", "the title page says to whom to write")
def correspondence(document: Document, asked: Asked) -> Iterator[Found]:
    """An address with an at sign."""
    document.need()
    if asked.blinded or not document.styled("author"):
        raise Skip("the copy names no authors")
    front = " ".join(text_of(block) for block in document.styled("title page"))
    if not re.search(r"\S@\S+\.\w", front):
        yield Found("the title page holds no e-mail address", document.main, None if asked.profile else "warning")


def _words(text: str) -> int:
    return len(WORD.findall(text))


def abstract_words(document: Document, asked: Asked) -> int | None:
    """Words of the abstract: what stands between its heading and the keywords or the next heading of its level."""
    heading = asked.setting("abstract", "heading") or "Abstract"
    inside, level, words = False, 1, 0
    for block in document.blocks:
        own = document.heading_level(block)
        if not inside:
            inside = own is not None and text_of(block).strip().lower() == str(heading).lower()
            level = own or 1
        elif (own is not None and own <= level) or document.style_of(block) == "keywords":
            return words
        elif block.tag == f"{W}p":
            words += _words(_without_citations(document, block))
    return None


def _without_citations(document: Document, paragraph: Any) -> str:
    text = "".join(
        " " if piece.superscript and piece.text.strip()[:1].isdigit() else piece.text
        for piece in document.pieces(paragraph)
    )
    return YEARS.sub(" ", BRACKETS.sub(" ", text))


def _stated_counts(document: Document, asked: Asked) -> dict[str, int]:
    """What the line of counts says: "abstract", "text", "tables", "figures", "references" -> number."""
    label = str(asked.setting("title_page", "word_count") or "Word count")
    names = {
        "abstract": "abstract",
        "text": "text",
        str(asked.setting("tables", "plural") or "tables").lower(): "tables",
        str(asked.setting("figures", "plural") or "figures").lower(): "figures",
        str(asked.setting("references", "heading") or "references").lower(): "references",
    }
    stated: dict[str, int] = {}
    for block in document.styled("title page"):
        text = text_of(block).strip()
        if not text.lower().startswith(label.lower()):
            continue
        for piece in text[len(label) :].strip(" :").split(";"):
            name, _, number = piece.strip().rpartition(" ")
            counted = whole(number.replace(",", ""))
            if name.lower() in names and counted is not None:
                stated[names[name.lower()]] = counted
    return stated


@check("word-counts", "title page", "error", "the counts on the title page are what is counted in the document")
def word_counts(document: Document, asked: Asked) -> Iterator[Found]:
    """Words of abstract and text (3% are allowed: programs disagree on what a word is), tables, figures.

    What a journal counts as text ends before the declarations, which no style tells: the count must be that of some
    heading of level 1.
    """
    document.need()
    asked.need("body")
    stated = _stated_counts(document, asked)
    if not stated:
        raise Skip("the title page states no counts")
    counted = abstract_words(document, asked)
    if (
        "abstract" in stated
        and counted is not None
        and abs(counted - stated["abstract"]) > max(3, counted * COUNT_TOLERANCE)
    ):
        yield Found(f"the abstract has {counted} words, {stated['abstract']} are stated", document.main)
    if "text" in stated:
        ends = list(_text_counts(document, asked))
        fits = any(abs(end - stated["text"]) <= max(5, end * COUNT_TOLERANCE) for end in ends)
        if ends and not fits:
            nearest = min(ends, key=lambda end: abs(end - stated["text"]))
            yield Found(f"the text has {nearest} words, {stated['text']} are stated", document.main)
    counted_floats = {"tables": 0, "figures": 0}
    for field in document.body_fields:
        if field.name == "SEQ" and field.paragraph is not None and document.is_caption(field.paragraph):
            figure = document.style_of(field.paragraph) == "image caption" or field.argument.lower().startswith("fig")
            counted_floats["figures" if figure else "tables"] += 1
    for name, number in counted_floats.items():
        # What a journal takes as files of their own is not in this one.
        if name in stated and not _elsewhere(asked, name) and number != stated[name]:
            yield Found(f"the document has {number} {name}, {stated[name]} are stated", document.main)
    listed = len(entries(document))
    if "references" in stated and listed and listed != stated["references"]:
        yield Found(f"the document has {listed} references, {stated['references']} are stated", document.main)


def _elsewhere(asked: Asked, name: str) -> bool:
    """Whether tables or figures may be files of their own: as the profile says; without one, by the variant."""
    return asked.apart and asked.setting(name, "placement") in ("separate", None)


def _text_counts(document: Document, asked: Asked) -> Iterator[int]:
    """Words of the text up to each heading of level 1 behind the abstract, and up to the end."""
    heading = str(asked.setting("abstract", "heading") or "Abstract").lower()
    words, begun = 0, False
    for block in document.blocks:
        if document.heading_level(block) == 1:
            if begun and words:
                yield words
            begun = begun or text_of(block).strip().lower() != heading
        if (
            begun
            and block.tag == f"{W}p"
            and not document.is_caption(block)
            and document.style_of(block)
            not in (
                "table note",
                "bibliography",
                "keywords",
            )
        ):
            words += _words(_without_citations(document, block))
    if words:
        yield words


@check("abstract-length", "title page", "warning", "the abstract is not longer than the journal takes")
def abstract_length(document: Document, asked: Asked) -> Iterator[Found]:
    """Counted in the document."""
    document.need()
    limit, words = asked.setting("abstract", "max_words"), abstract_words(document, asked)
    if not isinstance(limit, int):
        raise Skip("needs the journal's profile")
    if words is not None and words > limit:
        yield Found(f"the abstract has {words} words; the journal takes {limit}", document.main)


@check("keyword-number", "title page", "warning", "there are as many keywords as the journal asks for")
def keyword_number(document: Document, asked: Asked) -> Iterator[Found]:
    """Counted in the paragraph of keywords."""
    document.need()
    asked.need("abstract")
    least, most = asked.setting("keywords", "min"), asked.setting("keywords", "max")
    if not isinstance(least, int) or not isinstance(most, int):
        raise Skip("needs the journal's profile")
    lines = document.styled("keywords")
    said = text_of(lines[0]).split(":", 1)[-1] if lines else ""
    number = len([word for word in re.split(r"[,;]", said) if word.strip()])
    if not least <= number <= most:
        yield Found(
            f"{number} keywords; the journal takes {least} to {most}",
            document.where(lines[0]) if lines else document.main,
        )


# Properties -----------------------------------------------------------------------------------------------------


def _core(document: Document) -> dict[str, str]:
    """The core properties by name."""
    document.need()
    return document.properties


def _extended(document: Document) -> dict[str, str]:
    for relation in document.package.related("", "extended-properties"):
        if relation.target in document.package.trees:
            return {local(node): shown_in(node) for node in document.package.trees[relation.target] if local(node)}
    return {}


def _bare(text: str) -> str:
    """The letters and digits of a text: marks and blanks may be set in other ways in properties than on a page."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@check("property-title", "properties", "error", "the document's properties hold its title as printed")
def property_title(document: Document, _: Asked) -> Iterator[Found]:
    """dc:title."""
    said = _core(document).get("title", "")
    blocks = document.styled("title")
    titles = [text_of(block) for block in blocks]
    if not said:
        yield Found("no title in the properties", "docProps/core.xml")
    elif any(next(block.iter(f"{M}oMath"), None) is not None for block in blocks):
        raise Skip("the title holds an equation, which the properties cannot")
    elif titles and _bare(said) != _bare(titles[0]):
        yield Found(f"the properties say '{shortened(said)}', the page '{shortened(titles[0])}'", "docProps/core.xml")


@check("property-authors", "properties", "error", "the properties name all authors of the title page, and nobody else")
def property_authors(document: Document, asked: Asked) -> Iterator[Found]:
    """dc:creator; empty in a blinded copy."""
    named = [name.strip() for name in _core(document).get("creator", "").split(";") if name.strip()]
    lines = document.styled("author")
    if asked.blinded:
        if named:
            yield Found("the properties of the blinded copy name authors", "docProps/core.xml")
        return
    printed = "".join(piece.text for block in lines for piece in document.pieces(block) if not piece.superscript)
    if not named:
        yield Found("no authors in the properties", "docProps/core.xml")
    elif lines:
        for name in named:
            if _bare(name) not in _bare(printed):
                yield Found(f"'{name[:60]}' is no author on the title page", "docProps/core.xml")
        if len(named) == 1 and printed.count(",") >= 1 and len(printed) > len(named[0]) + 8:
            yield Found("the properties name one author, the title page several", "docProps/core.xml")


@check("property-keywords", "properties", "warning", "the properties hold the keywords")
def property_keywords(document: Document, asked: Asked) -> Iterator[Found]:
    """cp:keywords."""
    asked.need("title-page", "head")
    if not _core(document).get("keywords"):
        yield Found("no keywords in the properties", "docProps/core.xml")


@check(
    "property-language",
    "properties",
    "error",
    "the language of the text is stated, in the properties and in the styles",
)
def property_language(document: Document, _: Asked) -> Iterator[Found]:
    """dc:language and w:lang: hyphenation and screen readers go by it."""
    said = _core(document).get("language", "")
    styles = document.part("styles")
    default = value(find(styles, "docDefaults/rPrDefault/rPr/lang"))
    if not default:
        normal = document.styles.get(document.default_style)
        default = value(find(normal.element, "rPr/lang")) if normal else None
    if not said:
        yield Found("no language in the properties", "docProps/core.xml", "warning")
    if not default:
        yield Found("the styles state no language", "styles")
    elif said and said.split("-")[0].lower() != default.split("-")[0].lower():
        yield Found(f"the properties say {said[:20]}, the styles {default[:20]}", "docProps/core.xml")


@check(
    "property-dates",
    "properties",
    "warning",
    "the properties hold dates, and that of the last change is not before the first",
)
def property_dates(document: Document, _: Asked) -> Iterator[Found]:
    """dcterms:created and modified."""
    core = _core(document)
    dates = [core.get("created", ""), core.get("modified", "")]
    for name, date in zip(("created", "modified"), dates, strict=True):
        if not re.match(r"\d{4}-\d{2}-\d{2}", date):
            yield Found(f"no date '{name}' in the properties", "docProps/core.xml")
    if all(dates) and dates[1] < dates[0]:
        yield Found("changed before it was made", "docProps/core.xml")


@check(
    "property-user", "properties", "error", "the properties name no user, company, manager or template of a computer"
)
def property_user(document: Document, _: Asked) -> Iterator[Found]:
    """What Word fills in from the computer."""
    core, extended = _core(document), _extended(document)
    for name, text in (
        ("lastModifiedBy", core.get("lastModifiedBy", "")),
        *((key, extended.get(key, "")) for key in ("Company", "Manager")),
    ):
        if text:
            yield Found(f"{name} is '{text[:60]}'", "docProps")
    template = extended.get("Template", "")
    if template and template.lower() not in ("normal", "normal.dotm", "normal.dot"):
        yield Found(f"Template is '{template[:60]}'", "docProps")


@check("user-path", "properties", "error", "no path of somebody's computer stands anywhere in the document")
def user_path(document: Document, _: Asked) -> Iterator[Found]:
    """Names of folders are names of people."""
    document.need()
    for name, root in document.package.trees.items():
        if root is document.root:
            continue
        for node in root.iter():
            for text in (*node.attrib.values(), node.text or ""):
                if match := PATHS.search(str(text)):
                    yield Found(f"holds the path '{shortened(str(text)[match.start() : match.start() + 60])}'", name)


@check("editing-marks", "properties", "warning", "no marks of editing sessions (rsid) are left over")
def editing_marks(document: Document, _: Asked) -> Iterator[Found]:
    """They tell who wrote what in which session, and make equal documents differ."""
    document.need()
    for name, root in document.package.trees.items():
        if not str(root.tag).startswith(W):
            continue
        for node in root.iter():
            if any(str(key).startswith(f"{W}rsid") for key in node.attrib) or node.tag in (f"{W}rsid", f"{W}rsids"):
                yield Found("holds identifiers of editing sessions", name)
                break


@check("compatibility", "properties", "warning", "Word opens the document without compatibility mode")
def compatibility(document: Document, _: Asked) -> Iterator[Found]:
    """compatibilityMode 15: Word 2013 and later."""
    document.need()
    settings = document.part("settings")
    modes = [
        whole(value(node))
        for node in (settings.iter(f"{W}compatSetting") if settings is not None else [])
        if value(node, "name") == "compatibilityMode"
    ]
    if not modes or (modes[0] or 0) < 15:
        yield Found("Word shows the document in compatibility mode", "settings")


@check("protection", "properties", "error", "the document can be edited")
def protection(document: Document, _: Asked) -> Iterator[Found]:
    """No protection, no recommendation to read only."""
    document.need()
    settings = document.part("settings")
    for tag in ("documentProtection", "writeProtection"):
        node = find(settings, tag)
        if node is not None and (
            tag == "writeProtection" or (value(node, "enforcement") or "0").lower() not in ("0", "false", "off")
        ):
            yield Found(f"{tag} is set", "settings")


@check("template-attached", "properties", "error", "no template is attached")
def template_attached(document: Document, _: Asked) -> Iterator[Found]:
    """Word would look for it when the document is opened."""
    document.need()
    node = find(document.part("settings"), "attachedTemplate")
    if node is not None:
        yield Found(f"a template is attached ({shortened(node.get(f'{R}id') or '')})", "settings")


# Blinding -------------------------------------------------------------------------------------------------------


def forms_of(author: dict[str, Any]) -> list[str]:
    """How an author may be named: full name, initials and surname both ways, e-mail, ORCID."""
    name = " ".join(str(author.get("name") or "").split())
    words = name.split()
    forms = [name] if name else []
    if len(words) > 1:
        initials = [word[0] for word in words[:-1]]
        forms += [f"{words[-1]} {''.join(initials)}", f"{words[-1]}, {words[0]}", f"{'. '.join(initials)}. {words[-1]}"]
        forms.append(f"{''.join(f'{letter}.' for letter in initials)} {words[-1]}")
    forms += [str(author[key]) for key in ("email", "orcid") if author.get(key)]
    return [form for form in forms if len(form) > 3]


def names_in(asked: Asked) -> Callable[[str, str], Iterator[str]]:
    """What finds the names of the authors, by where a text stands and the text.

    Running text names a person with capitals: "first author" is no name of First Author. Names of files are loose.
    """
    known = {form.casefold(): form for author in asked.names for form in forms_of(author)}
    longest = sorted(known, key=lambda form: (-len(form), form))
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(form)}(?!\w)" for form in longest)) if longest else None

    def find_names(where: str, text: str) -> Iterator[str]:
        printed = " ".join(text.split())
        small = printed.casefold()
        for match in pattern.finditer(small) if pattern else ():
            form = known[match[0]]
            # Where folding changes lengths, the places in both texts differ, and the capitals cannot be told.
            shown = printed[match.start() : match.end()] if len(small) == len(printed) else form
            capital = all(mine.isupper() for mine, own in zip(shown, form, strict=False) if own.isupper())
            if capital or "@" in form or where in NAMES_OF_FILES:
                yield match[0]

    return find_names


def _strings(document: Document) -> Iterator[tuple[str, str, bool]]:
    """Every text of the package: where, text, whether it is an entry of the reference list."""
    for root in document.stories.values():
        for paragraph in root.iter(f"{W}p"):
            yield document.where(paragraph), text_of(paragraph), document.style_of(paragraph) == "bibliography"
    for name, root in document.package.trees.items():
        for node in root.iter():
            for text in node.attrib.values():
                yield name, str(text), False
            # What Word shows was read above, a paragraph whole; this is for comments, properties, drawings.
            if not isinstance(node.tag, str) or not node.tag.startswith(W):
                yield name, node.text or "", False
                yield name, node.tail or "", False
    for name, data in document.package.parts.items():
        if name not in document.package.trees:
            yield name, data.decode("utf-8", "ignore"), False
            yield name, data.decode("utf-16-le", "ignore"), False
            for text in _texts_of_picture(data):
                yield name, text, False
    for name in document.package.members:
        yield ARCHIVE, name, False


def _texts_of_picture(data: bytes) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data))
    # Pillow meets hostile headers with a dozen kinds of exceptions.
    except Exception:
        return []
    return [
        text if isinstance(text, str) else text.decode("utf-8", "ignore")
        for text in picture.info.values()
        if isinstance(text, str | bytes)
    ]


@check(
    "blinded",
    "properties",
    "error",
    "a blinded copy names no author anywhere: text, properties, comments, pictures, file name",
)
def blinded(document: Document, asked: Asked) -> Iterator[Found]:
    """Names, initials with surname, e-mail addresses, ORCID; an author's own works in the reference list only warn."""
    document.need()
    if not asked.blinded:
        raise Skip("not asked for: --blinded")
    if not asked.names:
        raise Skip("needs the names: --authors metadata.yaml or --name NAME")
    named = names_in(asked)
    told: set[tuple[str, str]] = set()
    for where, text, listed in ((FILE_NAME, asked.file_name, False), *_strings(document)):
        for name in named(where, text):
            if (where, name) not in told:
                told.add((where, name))
                yield Found(f"holds '{name}'", where, "warning" if listed else None)
