"""Checks of fields and bookmarks: numbers and cross-references that Word updates on F9 without breaking."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, check
from prismake.preflight.word_fields import Field
from prismake.preflight.wordml import W, shortened, text_of, value

# Instructions that Word knows and that have a place in a manuscript; ADDIN is what citation managers write.
WORDS = (
    "ADDIN AUTHOR BIBLIOGRAPHY CITATION CREATEDATE DATE DOCPROPERTY EQ FILENAME FORMTEXT HYPERLINK INCLUDEPICTURE "
    "INDEX KEYWORDS NOTEREF NUMCHARS NUMPAGES NUMWORDS PAGE PAGEREF QUOTE REF SAVEDATE SECTION SECTIONPAGES SEQ SET "
    "STYLEREF SUBJECT SYMBOL TC TIME TITLE TOC XE ="
)
KNOWN = frozenset(WORDS.split())
REFERENCES = {"REF", "PAGEREF", "NOTEREF"}
# Bookmarks that Word makes itself and that no field needs.
OWN = re.compile(r"_(?:GoBack|Toc|Hlk)")
LONGEST_NAME = 40
LABELS = "Table|Figure|Fig\\.|Tabelle|Abbildung|Tableau|Tabla|Figura"


def _fields(document: Document) -> Iterator[tuple[str, Field]]:
    document.need()
    for name, fields in document.fields.items():
        for field in fields.fields:
            yield name, field


@check("field-structure", "fields", "error", "every field has its marks in order: begin, separate, end")
def field_structure(document: Document, _: Requirements) -> Iterator[Finding]:
    """Field characters balance in every part."""
    document.need()
    for name, fields in document.fields.items():
        for message, paragraph in fields.faults:
            yield Finding(message, document.where(paragraph) if paragraph is not None else name)


@check("field-instruction", "fields", "error", "every field instruction is one that Word knows")
def field_instruction(document: Document, _: Requirements) -> Iterator[Finding]:
    """Instructions are of known names."""
    for _name, field in _fields(document):
        known = field.name in KNOWN or field.instruction.strip().startswith("=")
        # Word takes a bookmark's name alone for REF.
        if not known and field.instruction.strip() not in document.bookmarks:
            yield Finding(
                f"the instruction '{shortened(field.instruction)}' is unknown", document.where(field.paragraph)
            )


@check("field-result", "fields", "error", "every field shows a result, and none shows an error")
def field_result(document: Document, _: Requirements) -> Iterator[Finding]:
    """The printed result, before fields are updated."""
    silent = {"SET", "TC", "XE", "ADDIN", "INDEX", "TOC", "FORMTEXT", "HYPERLINK", "INCLUDEPICTURE"}
    for _name, field in _fields(document):
        if re.search(r"Error!|Fehler!|Erreur ?!", field.result):
            yield Finding(f"the field '{shortened(field.instruction)}' shows an error", document.where(field.paragraph))
        elif not field.result.strip() and field.name in KNOWN - silent:
            yield Finding(f"the field '{shortened(field.instruction)}' shows nothing", document.where(field.paragraph))


@check("caption-seq", "fields", "error", "every caption is numbered by a SEQ field")
def caption_seq(document: Document, _: Requirements) -> Iterator[Finding]:
    """A typed number does not follow when a table is moved."""
    document.need()
    counted = {field.paragraph for field in document.body_fields if field.name == "SEQ"}
    for caption in document.captions:
        if caption not in counted and text_of(caption).strip():
            yield Finding("the caption has no SEQ field", document.where(caption))


@check("seq-consecutive", "fields", "error", "numbers of SEQ fields run from 1 without gap or repeat")
def seq_consecutive(document: Document, _: Requirements) -> Iterator[Finding]:
    """The printed number equals the one that Word would count."""
    document.need()
    counts: Counter[str] = Counter()
    for field in document.body_fields:
        if field.name != "SEQ":
            continue
        words = field.instruction.split()
        if "\\c" in words:
            expected = counts[field.argument]
        elif "\\r" in words and words.index("\\r") + 1 < len(words) and words[words.index("\\r") + 1].isdecimal():
            expected = counts[field.argument] = int(words[words.index("\\r") + 1][:6])
        else:
            counts[field.argument] += 1
            expected = counts[field.argument]
        if any(form in words for form in ("roman", "ROMAN", "alphabetic", "ALPHABETIC")):
            continue
        if field.result.strip() != str(expected):
            yield Finding(
                f"{field.argument} shows '{shortened(field.result)}' where the count is {expected}",
                document.where(field.paragraph),
            )


@check("seq-name", "fields", "error", "names of SEQ fields are valid in Word")
def seq_name(document: Document, _: Requirements) -> Iterator[Finding]:
    """A letter first, then letters, digits, underscores; 40 at most."""
    document.need()
    for field in document.body_fields:
        if field.name == "SEQ" and not re.fullmatch(r"[^\W\d_]\w{0,39}", field.argument):
            yield Finding(
                f"'{shortened(field.argument)}' is not a valid sequence name", document.where(field.paragraph)
            )


def _beginning(label: str, number: str) -> str:
    """A pattern of how a caption begins: "Table 1", "Table S1", or "S1 Table" where a letter begins the label."""
    if re.match(r"\S ", label):
        return rf"{label[0]}{re.escape(number)}\s{_spaced(label[2:])}\b"
    return rf"{_spaced(label)}\W{{0,3}}{re.escape(number)}\b"


def _spaced(label: str) -> str:
    """A pattern of a label whose blanks may be fixed ones."""
    return r"\s".join(map(re.escape, label.split()))


@check("caption-label", "fields", "error", "a caption begins with the label and number of its SEQ field")
def caption_label(document: Document, _: Requirements) -> Iterator[Finding]:
    """ "Table" counts tables, "Figure" figures."""
    document.need()
    for field in document.body_fields:
        if field.name != "SEQ" or field.paragraph is None or not document.is_caption(field.paragraph):
            continue
        before, label = text_of(field.paragraph).strip(), field.argument.replace("_", " ")
        begins = re.match(_beginning(label, field.result.strip()), before, re.IGNORECASE)
        if not begins and not before.lower().startswith(label.lower()[:3].split()[0]):
            yield Finding(
                f"the caption has a field that counts '{field.argument[:40]}' but begins with another word",
                document.where(field.paragraph),
            )
        elif not begins:
            yield Finding(
                f"the label and the number '{shortened(field.result)}' are not at its beginning",
                document.where(field.paragraph),
                "warning",
            )


@check("ref-target", "fields", "error", "every cross-reference points to an existing bookmark")
def ref_target(document: Document, _: Requirements) -> Iterator[Finding]:
    """REF and PAGEREF name bookmarks."""
    for _name, field in _fields(document):
        if field.name in REFERENCES and field.argument not in document.bookmarks:
            yield Finding(
                f"{field.name} leads to the bookmark '{shortened(field.argument)}', which does not exist",
                document.where(field.paragraph),
            )


@check("ref-result", "fields", "error", "every cross-reference shows the text of its bookmark")
def ref_result(document: Document, _: Requirements) -> Iterator[Finding]:
    """The printed text equals the one that Word would show."""
    for _name, field in _fields(document):
        words = field.instruction.split()
        if (
            field.name != "REF"
            or field.argument not in document.bookmark_texts
            or {"\\r", "\\n", "\\w", "\\p"} & set(words)
        ):
            continue
        spanned = " ".join(document.bookmark_texts[field.argument].split())
        shown = " ".join(field.result.split())
        if spanned != shown:
            yield Finding(
                f"shows '{shortened(shown)}', but its bookmark spans '{shortened(spanned)}'",
                document.where(field.paragraph),
            )


@check("link-target", "fields", "error", "every link within the document points to an existing bookmark")
def link_target(document: Document, _: Requirements) -> Iterator[Finding]:
    """w:anchor of hyperlinks."""
    document.need()
    for root in document.stories.values():
        for node in root.iter(f"{W}hyperlink"):
            anchor = value(node, "anchor")
            if anchor and anchor not in document.bookmarks and anchor != "_top":
                yield Finding(f"the link leads to '{anchor[:60]}', which does not exist", document.where(node))


@check("typed-reference", "fields", "warning", "references to tables and figures are fields, not typed numbers")
def typed_reference(document: Document, _: Requirements) -> Iterator[Finding]:
    """A typed "Table 2" does not follow when a table is moved."""
    document.need()
    if not any(field.name == "SEQ" for field in document.body_fields):
        return
    labels = sorted({field.argument for field in document.body_fields if field.name == "SEQ" and field.argument})
    pattern = re.compile(rf"\b(?:{'|'.join(re.escape(label) for label in labels[:20])})s?[ \u00a0]\d")
    for block in document.blocks:
        if block.tag != f"{W}p" or document.is_caption(block) or document.style_of(block) == "bibliography":
            continue
        typed = "".join("\x00" * len(piece.text) if piece.field else piece.text for piece in document.pieces(block))
        if match := pattern.search(typed):
            yield Finding(f"'{match[0]}' is typed", document.where(block))


@check("page-number", "fields", "error", "every section has a page number field in its header or footer")
def page_number(document: Document, required: Requirements) -> Iterator[Finding]:
    """PAGE, and NUMPAGES where the journal wants the number of pages."""
    document.need()
    wanted = ["PAGE"]
    text = required.setting("page_number", "text")
    if required.profile is None or (isinstance(text, str) and "{pages}" in text):
        wanted.append("NUMPAGES")
    for section in document.sections:
        there: set[str] = set()
        for kind in ("footer", "header"):
            for part in margins_of(document, section.number, kind):
                there |= {field.name for field in document.fields[part].fields}
        for name in wanted:
            if name not in there:
                if name == "PAGE" or required.profile is not None:
                    yield Finding(f"no {name} field in header or footer", str(section))
                else:
                    yield Finding(f"no {name} field in header or footer", str(section), "warning")


def margins_of(document: Document, number: int, kind: str) -> list[str]:
    """The parts of the headers or footers of a section; one that names none has those of the section before."""
    known = document.package.relations.get(document.main, {})
    for section in reversed(document.sections[:number]):
        nodes = section.properties.findall(f"{W}{kind}Reference")
        if nodes:
            ids = [
                next((text for name, text in node.attrib.items() if str(name).endswith("}id")), "") for node in nodes
            ]
            return [known[i].target for i in ids if i in known and known[i].target in document.fields]
    return []


# Bookmarks ------------------------------------------------------------------------------------------------------


@check("bookmark-names", "bookmarks", "error", "names of bookmarks are unique")
def bookmark_names(document: Document, _: Requirements) -> Iterator[Finding]:
    """Word drops the second of two, and what refers to it."""
    document.need()
    seen: set[str] = set()
    for root in document.stories.values():
        for node in root.iter(f"{W}bookmarkStart"):
            name = (value(node, "name") or "").lower()
            if name in seen:
                yield Finding(f"two bookmarks have the name '{name[:60]}'", document.where(node))
            seen.add(name)


@check("bookmark-ids", "bookmarks", "error", "identifiers of bookmarks are unique")
def bookmark_ids(document: Document, _: Requirements) -> Iterator[Finding]:
    """One number, one bookmark."""
    document.need()
    for root in document.stories.values():
        seen: set[str | None] = set()
        for node in root.iter(f"{W}bookmarkStart"):
            identifier = value(node, "id")
            if identifier in seen:
                yield Finding(f"two bookmarks have the identifier {identifier}", document.where(node))
            seen.add(identifier)


@check("bookmark-pairs", "bookmarks", "error", "every bookmark has a start and an end, in that order")
def bookmark_pairs(document: Document, _: Requirements) -> Iterator[Finding]:
    """Starts and ends pair."""
    document.need()
    for root in document.stories.values():
        opened: dict[str | None, object] = {}
        for node in root.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd"):
            identifier = value(node, "id")
            if node.tag == f"{W}bookmarkStart":
                opened[identifier] = node
            elif opened.pop(identifier, None) is None:
                yield Finding(f"the bookmark {identifier} ends without a start", document.where(node))
        for identifier, node in opened.items():
            yield Finding(f"the bookmark {identifier} is never ended", document.where(node))


@check("bookmark-legal", "bookmarks", "error", "bookmark names are valid in Word, with at most 40 letters")
def bookmark_legal(document: Document, _: Requirements) -> Iterator[Finding]:
    """A letter or underscore first, then letters, digits, underscores."""
    document.need()
    for root in document.stories.values():
        for node in root.iter(f"{W}bookmarkStart"):
            name = value(node, "name") or ""
            if not re.fullmatch(r"[^\W\d]\w*", name):
                yield Finding(f"'{name[:60]}' is not a valid bookmark name", document.where(node))
            elif len(name) > LONGEST_NAME:
                yield Finding(f"the name '{name[:60]}' has {len(name)} letters", document.where(node))
