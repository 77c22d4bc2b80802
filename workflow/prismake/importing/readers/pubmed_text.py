"""PubMed's "Abstract (text)": numbered citations with title, authors, addresses, abstract and identifiers.

Written by hand: no library reads it. A number with a full stop after two empty lines starts a record; empty lines part
its blocks. Which block is which follows from their order and from the words that PubMed sets before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap, Rule
from prismake.importing.fields import Values
from prismake.importing.fields import year as year_of
from prismake.importing.names import people
from prismake.importing.pieces import cut
from prismake.importing.text import clean, fold, listed, meaningful

START = re.compile(r"\n\n\n(?=[0-9]{1,6}\. [^ \t\n])")
_COUNTER = re.compile(r"(?:[ \t]*\n)*[0-9]{1,6}\. (?=[^ \t\n])")
_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_NUMBERS = re.compile(r"(?:^|\n)(DOI|PMCID|PMID|PII|ISBN(?:-1[03])?|Bookshelf ID): ")
_LABEL = re.compile(r"(Author information|Collaborators|Conflict of interest statement):(?=\s)")
_LANGUAGE = re.compile(r"\[Article in ([^\]]+)\]")
# "RETRACTED ARTICLE" and the like before the citation.
_HEADING = re.compile(r"[A-Z][A-Z ]{5,60}")
_COPYRIGHT = re.compile(r"(?:Copyright\b|©|\(c\) ?\d{4})", re.IGNORECASE)
# "Example AB(1)(2)", "van der Other D 3rd(1)"
_NAME = re.compile(
    r"(?<![^\d,;:.()])[^\d,;:.()]+ [A-Z][A-Z-]{0,5}"
    r"(?: (?:Jr|Sr|1st|2nd|3rd|[4-9]th|I{1,3}|IV))?(?:\((?:\d+|[#*†‡§])\))*(?=[,;.]|$)"
)


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    stray: Fields = []
    for piece in cut(content, START):
        if piece.fault:
            yield Rejected(piece.line, piece.fault)
            continue
        counter = _COUNTER.match(piece.text)
        if not counter:
            # Only before the first record; it goes with that one.
            stray = [("", line) for line in map(str.strip, piece.text.split("\n")) if line]
            continue
        # Each piece starts with the empty lines before its record.
        line = piece.line + counter[0].count("\n") - 1
        yield Entry(stray + _fields(piece.text[counter.end() :]), line)
        stray = []
    if stray:
        content.warnings.append("text without a record was left out")


def _fields(text: str) -> Fields:
    """The blocks of one record, named; what has no name of its own keeps an empty one."""
    citation, *blocks = map(str.strip, _BLANK.split(text.strip("\n")))
    fields: Fields = []
    if blocks and _HEADING.fullmatch(citation):
        fields.append(("Status", citation))
        citation = blocks.pop(0)
    fields.append(("Citation", citation))
    ended = False
    for at, block in enumerate(blocks):
        names = [name for name, _ in fields]
        label, _, rest = block.partition("\n")
        if not block:
            continue
        if at == 0:
            fields.append(("Title", block))
        elif match := _LABEL.match(block):
            fields.append((match[1], block[match.end() :].strip()))
        elif _NUMBERS.match(block):
            parts = _NUMBERS.split(block)
            fields += list(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))
            ended = True
        elif rest and len(label) < 60 and all(line.startswith("    ") for line in rest.split("\n")):
            # "Comment in", "Erratum for" and the like, with what they name indented below.
            fields.append((label.strip(), rest.strip()))
        elif _LANGUAGE.fullmatch(block):
            fields.append(("Language", block))
        elif names[-1] in ("Title", "Language") and _are_authors(block, blocks[at + 1 : at + 2]):
            fields.append(("Authors", block))
        elif _COPYRIGHT.match(block):
            fields.append(("Copyright", block))
        else:
            fields.append(("" if ended else "Abstract", block))
    return fields


def _are_authors(block: str, following: list[str]) -> bool:
    if block == "[No authors listed]" or "".join(following).startswith("Author information:"):
        return True
    return bool(_NAME.match(block)) and block.endswith(".")


_COUNTER_BYTES = re.compile(rb"[0-9]{1,6}\. [^ \t]")


def count(content: Content) -> int:
    """Counts the lines that start with a number and a full stop: the first line with text, and after two empty ones."""
    records, empty, begun = 0, 2, False
    for lines in content.utf8_lines():
        for line in lines:
            if not line or not (begun or line.strip(b" \t")):
                empty += 1
                continue
            begun = True
            records += empty >= 2 and bool(_COUNTER_BYTES.match(line))
            empty = 0
    return records


# What stands before the records that a record comments on, corrects, retracts, or the other way round.
RELATED = tuple(
    f"{what} {how}"
    for what in (
        "Comment",
        "Erratum",
        "Update",
        "Retraction",
        "Republished",
        "Corrected and republished",
        "Partial retraction",
        "Expression of concern",
        "Retracted and republished",
    )
    for how in ("in", "on", "of", "for", "from")
)
# "J Ex. 2020 Feb;63(2):10-4. doi: …"   "Ex Rev. 2019;7(Suppl 1):e12.e3. Epub …"
_CITATION = re.compile(
    r"(?P<journal>.{1,1000}?)(?P<preprint> \[Preprint\])?\. (?P<date>(?:1[89]|20)\d\d\b[^;:.]{0,100})"
    r"(?:;(?P<volume>[^;:()]{0,100})(?:\((?P<number>[^:]{0,100}?)\))?)?(?::(?P<pages>[^:]{1,100}?))?\.(?= |$)"
)
# Affiliations, and marks such as that of shared first authorship.
_MARKS = re.compile(r"(?:\((?:\d+|[#*†‡§])\))+")


def _cited(values: Values, group: str) -> str:
    """A part of the citation."""
    match = _CITATION.match(fold(values.first("Citation")))
    return (match[group] or "") if match else ""


def _part(group: str) -> Rule:
    return rules.derived(lambda values: fold(_cited(values, group)), "Citation")


def _entry_type(values: Values) -> str:
    if "Bookshelf ID" in values:
        return "book"
    return "preprint" if _cited(values, "preprint") else "article"


def _language(values: Values) -> str:
    match = _LANGUAGE.match(values.first("Language"))
    return match[1] if match else ""


def _notes(values: Values) -> str:
    """The status ("RETRACTED ARTICLE"), and what the record comments on, corrects or retracts."""
    related = [f"{name}: {value}" for name, value in values.exported if name in RELATED]
    return listed([*values.all("Status"), *related])


def _names(values: Values) -> str:
    """The names in the authors' block, without the numbers of their addresses; groups follow a semicolon."""
    block = values.first("Authors")
    if block == "[No authors listed]":
        return ""
    persons, *groups = _MARKS.sub("", fold(block)).removesuffix(".").split("; ")
    return people([*persons.split(", "), *groups])


FIELDS = FieldMap(
    {
        "entrytype": rules.derived(_entry_type, "Bookshelf ID", "Citation"),
        "title": rules.text("Title"),
        "author": rules.derived(_names, "Authors"),
        "year": rules.derived(lambda values: year_of(_cited(values, "date")), "Citation") | rules.year("Citation"),
        "date": _part("date"),
        "journal": rules.derived(lambda values: clean(_cited(values, "journal")), "Citation"),
        "volume": _part("volume"),
        "number": _part("number"),
        "pages": _part("pages"),
        "abstract": rules.derived(lambda values: meaningful(clean(" ".join(values.all("Abstract")))), "Abstract"),
        "language": rules.derived(_language, "Language"),
        "note": rules.derived(_notes, "Status", *RELATED),
        "doi": rules.doi("DOI") | rules.doi("Citation"),
        "pmid": rules.pmid("PMID"),
        "pmcid": rules.pmcid("PMCID"),
        "isbn": rules.isbns("ISBN", "ISBN-10", "ISBN-13"),
        "accession": rules.pmid("PMID"),
    }
)
FORMAT = Format("pubmed-text", read, count, FIELDS, lambda fields: Values(fields, fields), literal=True)
