"""Tables: which columns of CSV files and spreadsheets give which column of the record model, over all platforms.

The names of the columns stand in `headers`, by the part of a record that they hold.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from prismake.common import identifiers
from prismake.importing import rules
from prismake.importing.dates import as_date
from prismake.importing.entries import Fields, Format
from prismake.importing.field_map import FieldMap, Joint, Parts, Rule
from prismake.importing.fields import Values
from prismake.importing.names import people, split_people
from prismake.importing.readers import ovid, wos
from prismake.importing.readers.bibtex_text import plain as without_latex
from prismake.importing.readers.headers import ROLES, is_numbered_author, plain
from prismake.importing.readers.table_rows import NEVER_DATES, is_changed
from prismake.importing.text import fold

KINDS = {
    "article": ("journal article", "journalarticle", "article", "journal", "jour", "review", "article in press"),
    "conference": ("conference paper", "conferencepaper", "conference", "proceedings", "inproceedings", "conf"),
    "chapter": ("book chapter", "booksection", "chapter", "book section", "incollection", "inbook"),
    "book": ("book", "edited book", "monograph"),
    "thesis": ("thesis", "dissertation", "phdthesis", "mastersthesis"),
    "report": ("report", "techreport", "working paper"),
    "preprint": ("preprint", "posted content"),
    "dataset": ("dataset",),
    "webpage": ("webpage", "blogpost"),
    "patent": ("patent",),
}
TYPES = {name: kind for kind, names in KINDS.items() for name in names}
# PubMed's citation: "J Ex. 2020 Feb;63(2):10-4."
_CITATION = re.compile(r";(?P<volume>[^;:()]{0,100})(?:\((?P<number>[^)]{0,100})\))?:(?P<pages>[^.;]+)")
_BRACES = re.compile(r"^\{(.*)\}$", re.DOTALL)


def _cell(value: str) -> str:
    """A cell's text, without what programs wrap around it: Excel's ="…" and BibTeX's {…}."""
    value = value.strip()
    if value.startswith('="') and value.endswith('"'):
        return value[2:-1].strip()
    if value.startswith("{"):
        value = _BRACES.sub(r"\1", value).strip()
    # Tables made of BibTeX keep its marks.
    return without_latex(value) if "{\\" in value else value


_DATES = frozenset(ROLES["year"] + ROLES["date"])


def table_values(fields: Fields) -> Values:
    """The values of a row by the plain names of their columns; dates where a page or an issue stands are none."""
    if any(value[:1] == "{" for _, value in fields):
        fields = [cell for name, value in fields for cell in _unfolded(name, value)]
    return Values(
        (name, _value(name, _cell(value))) for name, value in ((plain(name), value) for name, value in fields)
    )


def _value(name: str, value: str) -> str:
    if name not in _CHANGED:
        return value
    if name in _DATES:
        return as_date(value)
    return "" if value in _NO_JOURNALS or (name in NEVER_DATES and is_changed(name, value)) else value


# Databases that a column called Source names: Europe PMC's by its codes.
_NO_JOURNALS = frozenset(
    (
        *("Scopus", "PubMed", "Web of Science", "Embase", "MEDLINE"),
        *("AGR", "CBA", "CTX", "ETH", "HIR", "MED", "NBK", "PAT", "PMC", "PPR"),
    )
)
# Columns whose cells are not always what they say.
_CHANGED = _DATES | NEVER_DATES | {"source"}
# Members of an object as Python prints it, in a cell: {'name': 'Journal', 'volume': '4'}
_PRINTED = re.compile(r"\{\s*['\"]\w+['\"]\s*:")
_PRINTED_LIMIT = 10_000


def _unfolded(name: str, value: str) -> Iterable[tuple[str, str]]:
    """A cell; of one with a printed object, its members by their paths."""
    if value[:1] == "{" and len(value) <= _PRINTED_LIMIT and _PRINTED.match(value):
        try:
            return [(f"{name}.{key}", str(item)) for key, item in ast.literal_eval(value).items()]
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return [(name, value)]
    return [(name, value)]


def dialect(fields: Fields) -> Format | None:
    """Ovid's and Web of Science's tables have their tags as column names."""
    for name, value in fields:
        if name == "VN" and value.startswith("Ovid"):
            return ovid.FORMAT
        if name == "PT" and wos.is_row(fields):
            return wos.TABLE
    return None


def _authors(values: Values) -> str:
    """The authors: a column each where their names are numbered, else the first column of authors or editors."""
    if numbered := [value for name in values if is_numbered_author(name) for value in values[name]]:
        return people(numbered)
    for name in ROLES["author"] + ROLES["editor"]:
        if name in values:
            return people([person for value in values[name] for person in _names(name, value)])
    return ""


# Lists of people as programs print them: [{'authorId': '1', 'name': 'Anna Example'}]
_NAME = re.compile(r"""(['"])name\1\s*:\s*(['"])(.{0,300}?)(?<!\\)\2""")


_TEXT = re.compile(r"""(['"])(.{0,300}?)(?<!\\)\1(?=\s{0,9}[,\]])""")


def _names(column: str, cell: str) -> list[str]:
    if cell.startswith("[{"):
        return [match[3] for match in _NAME.finditer(cell)]
    if cell.startswith(("['", '["')):
        return [match[2] for match in _TEXT.finditer(cell)]
    return split_people(cell, many=column.endswith(("s", "name", "string")))


def _words(value: str) -> Iterable[str]:
    """Keywords, by the separator that the cell uses."""
    for mark in ("; ", ";", "\n", "|"):
        if mark in value:
            return value.split(mark)
    return value.split(", ") if value.count(", ") > 1 else (value,)


def _types(value: str) -> list[str]:
    return [part for part in re.split(r"; ?|\|", value) if len(part) > 1]


def _first_word(value: str) -> list[str]:
    return [value.split(None, 1)[0]] if "." in value else []


def _cited(part: str) -> Rule:
    """Volume, issue or pages from PubMed's citation, where the table has no column for the volume."""

    def cell(values: Values) -> str:
        if values.first(*ROLES["volume"]):
            return ""
        match = _CITATION.search(values.first(*ROLES["citation"]))
        return fold(match[part] or "") if match else ""

    return rules.derived(cell, *ROLES["volume"], *ROLES["citation"])


# --- the numbers --------------------------------------------------------------------------------------------------


def _numbers(parts: Parts) -> Mapping[str, str]:
    """The identifiers, and the number by which the database itself knows the record."""
    addresses, database = parts.all("url"), parts.first("database").lower()
    typed = _typed_numbers(parts.values)
    doi, pmid = parts.first("doi") or typed.get("doi", ""), parts.first("pmid") or typed.get("pmid", "")
    pmid = "" if pmid == "0" else identifiers.pmid(pmid)
    notes = parts.all("note")
    pmid = pmid or identifiers.noted_pmid(notes) or identifiers.pmid_of_address(addresses)
    number = _own_number(parts)
    if "medline" in database and number.isdigit() and not pmid:
        pmid = number.lstrip("0")
    embase = _embase_id(parts, number, database, addresses)
    central = identifiers.central_id(parts.first("central_id") or number)
    in_embase = embase if "embase" in database else ""
    return {
        "doi": identifiers.doi(doi)
        or _marked_doi(parts.all("marked_doi"))
        or identifiers.doi_of_address(addresses)
        or identifiers.noted_doi(notes),
        "pmid": pmid,
        "pmcid": identifiers.pmcid(_with_letters(parts.first("pmcid") or typed.get("pmcid", "")))
        or identifiers.noted_pmcid(notes)
        or identifiers.pmcid_of_address(addresses),
        "embase_id": embase,
        "central_id": central,
        "accession": central or in_embase or _accession(number),
    }


def _with_letters(number: str) -> str:
    """A PubMed Central id that some programs write without its letters."""
    return f"PMC{number}" if number.isdigit() else number


# Zotero's key for an item of a library.
_ZOTERO_KEY = re.compile(r"[A-Z0-9]{8}\Z")


def _own_number(parts: Parts) -> str:
    """The accession number, or else a tool's key, where that is none of a library's own."""
    key = fold(parts.first("key"))
    return fold(parts.first("accession")) or ("" if _ZOTERO_KEY.match(key) else key)


def _marked_doi(values: Iterable[str]) -> str:
    """PubMed's list of a work's numbers, each with its kind: "S1769-0000(19)30059-X [pii]||10.5555/made.up.3 [doi]"."""
    for value in values:
        for number in re.split(r"\|\||;(?=\s|10\.|\S+ \[pii\])|\n", value):
            if not number.rstrip().endswith("[pii]") and (doi := identifiers.doi(number)):
                return doi
    return ""


def _embase_id(parts: Parts, number: str, database: str, addresses: Iterable[str]) -> str:
    own = parts.first("embase_id")
    if embase_id := identifiers.embase_id(own):
        return embase_id
    if own.isdigit() and len(own) > 6:
        return "L" + own
    place = number if "embase" in database else " ".join(address for address in addresses if "embase.com" in address)
    return "L" + place if place.isdigit() else identifiers.embase_id(place)


def _typed_numbers(values: Values) -> dict[str, str]:
    """The identifiers that stand beside their kind, in pairs of columns (EBSCO's XML as a table)."""
    if "artinfo ui 0 type" not in values:
        return {}
    places = (f"artinfo ui {number}" for number in range(4))
    return {
        values.first(f"{place} type"): values.first(f"{place} text").removeprefix("NLM")
        for place in places
        if f"{place} type" in values
    }


def _accession(number: str) -> str:
    """The number alone; a DOI is none of the database's own numbers."""
    return "" if number.startswith("10.") else number.removeprefix("https://openalex.org/").removeprefix("#")


# EBSCO's XML as a table has its identifiers in pairs of columns: what kind of number, and the number.
TYPED = tuple(f"artinfo ui {number} {part}" for number in range(4) for part in ("type", "text"))
NUMBERS = Joint(
    ("doi", "pmid", "pmcid", "embase_id", "central_id", "accession"),
    {
        **{part: ROLES[part] for part in ("doi", "pmid", "pmcid", "embase_id", "central_id", "accession")},
        **{part: ROLES[part] for part in ("url", "database", "note", "key", "marked_doi")},
        "typed": TYPED,
    },
    _numbers,
)

FIELDS = FieldMap(
    {
        "entrytype": rules.coded(TYPES, *ROLES["item_type"], *ROLES["publication_types"]) | rules.always("article"),
        "title": rules.text(*ROLES["title"]),
        "author": rules.derived(_authors, *ROLES["author"], *ROLES["editor"]),
        "year": rules.year(*ROLES["year"]) | rules.year(*ROLES["date"]),
        "date": rules.brief(*ROLES["date"]) | rules.brief(*ROLES["year"]),
        "journal": rules.name(*ROLES["journal"]),
        "journal_abbrev": rules.name(*ROLES["journal_abbrev"]),
        "volume": rules.brief(*ROLES["volume"]) | _cited("volume"),
        "number": rules.brief(*ROLES["number"]) | _cited("number"),
        "pages": rules.brief(*ROLES["pages"])
        | rules.span(ROLES["first_page"], ROLES["last_page"])
        | rules.brief(*ROLES["article_number"])
        | _cited("pages"),
        "abstract": rules.text(*ROLES["abstract"]),
        "keywords": rules.words(_words, *ROLES["keywords"]),
        "language": rules.items(*ROLES["language"]),
        "publication_types": rules.words(_types, *ROLES["publication_types"]),
        "url": rules.words(_first_word, *ROLES["url"]),
        "note": rules.items(*ROLES["note"]),
        "issn": rules.issns(*ROLES["issn"]),
        "isbn": rules.isbns(*ROLES["isbn"]),
        "trial_ids": rules.trial_ids(*ROLES["trial_ids"]),
    },
    NUMBERS,
)
