"""RIS: which tags give which column, over all platforms that write the format."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import pyarrow as pa

from prismake.common import identifiers
from prismake.importing import rules
from prismake.importing.cells import changed, chosen, empty, same, texts
from prismake.importing.field_map import FieldMap, Joint, Parts, Rule, nothing, one_by_one
from prismake.importing.field_table import FieldTable
from prismake.importing.fields import Values, pages, trial_ids
from prismake.importing.text import clean, fold, lines_of, listed
from prismake.importing.text_cells import as_list, as_name

TYPES = {
    **dict.fromkeys(("JOUR", "JFULL", "EJOUR", "INPR", "MGZN", "NEWS", "ABST", "JOURNAL ARTICLE"), "article"),
    **dict.fromkeys(("CONF", "CPAPER"), "conference"),
    **dict.fromkeys(("CHAP", "ECHAP"), "chapter"),
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK"), "book"),
    "THES": "thesis",
    "RPRT": "report",
    "UNPB": "preprint",
    "DATA": "dataset",
    **dict.fromkeys(("ELEC", "WEB", "BLOG"), "webpage"),
    "PAT": "patent",
}

_EBSCO_NUMBER = re.compile(r"Accession Number: ([^;\s]+?)[.;]?(?:\s|;|$)")
_EBSCO_TYPE = re.compile(r"Publication Type: ([^;]+)")
_LENS = re.compile(r"lens\.org/(\d{3}-\d{3}-\d{3}-\d{3}-\d{2}[\dX])")
# A comma between two publication types, not one inside a type's name.
_BETWEEN_TYPES = re.compile(r", (?!Phase|Non-|U\.S\.|N\.I\.H|P\.H\.S|Extramural|Intramural|Veterinary|non-)")


def _short_name(own: tuple[str, ...], full: tuple[str, ...]) -> Rule:
    """The abbreviated source title, from tags of its `own` or JO beside JF; not where it only repeats the full one."""

    def cell(values: Values) -> str:
        short = values.first(*own) or (values.first("JO") if "JF" in values else "")
        repeated = short == values.first(*full) and ("JF" in values or "T2" in values)
        return "" if repeated else clean(short)

    def column(table: FieldTable) -> pa.StringArray:
        short = table.first(*own)
        short = chosen(empty(short) & table.has("JF"), table.first("JO"), short)
        repeated = same(short, table.first(*full)) & table.has("JF", "T2")
        return as_name(changed(short, repeated, lambda _: ""))

    return Rule(tuple(dict.fromkeys((*own, "JF", "JO", "T2", *full))), cell, column)


def _pages(start: str, end: str) -> Rule:
    """First and last page, each from a tag of its own."""

    def column(table: FieldTable) -> pa.StringArray:
        both = zip(table.first(start).to_pylist(), table.first(end).to_pylist(), strict=True)
        return texts([page_range(first, last) for first, last in both])

    return Rule((start, end), lambda values: page_range(values.first(start), values.first(end)), column)


def page_range(start: str, end: str) -> str:
    """First and last page as one text. Ovid's "No" to "Specified" (No Pagination Specified) and "N.PAG" are none."""
    if start.lower() == "no" and end.lower().startswith(("specified", "pagination")):
        return ""
    if start.upper().startswith("N.PAG"):
        return ""
    return pages(fold(start), fold(end))


def _addresses(*tags: str) -> Rule:
    """The addresses of the first tag that has one; their first words, as Rayyan glues the next field to them."""

    def first_words(values: Collection[str]) -> str:
        return listed([value.split(None, 1)[0] for value in lines_of(values) if value.strip()])

    def column(table: FieldTable) -> pa.StringArray:
        return as_list(table.first_lists(*tags), first_words, odd=(" ",))

    return Rule(tags, lambda values: first_words(values.either(*tags)), column)


def _publication_types(types: str, other: str, notes: str) -> Rule:
    """The tag `types` split at its commas, or else `other` (but for a DOI there), and what EBSCO's notes say."""

    def cell(values: Values) -> str:
        parts = [part for value in values.all(types) for part in _BETWEEN_TYPES.split(value)]
        if types not in values:
            parts = [value for value in values.all(other) if not value.startswith("doi:")]
        noted = (_EBSCO_TYPE.search(value) for value in values.all(notes) if "Publication Type: " in value)
        return listed([*parts, *(match[1] for match in noted if match)])

    def column(table: FieldTable) -> pa.StringArray:
        where = table.has(types, other) | table.lists(notes).holding("Publication Type: ")
        return one_by_one(nothing(table), table, where, Rule((types, other, notes), cell))

    return Rule((types, other, notes), cell, column)


def _marked_doi(values: Values) -> str:
    """The DOI of a value of M3 that says that it is one."""
    marked = (identifiers.doi(value) for value in values.all("M3") if value.startswith("doi:"))
    return next(filter(None, marked), "")


def _pmcid_alone(values: Collection[str]) -> str:
    return identifiers.noted_pmcid(identifiers.numbers_alone(values))


def _first_pmcid(values: Collection[str]) -> str:
    return next(filter(None, (identifiers.pmcid(value) for value in values if "PMC" in value)), "")


# --- the numbers --------------------------------------------------------------------------------------------------


def _numbers(parts: Parts) -> Mapping[str, str]:
    """The databases' numbers, and the accession number by which the platform itself knows the record."""
    addresses = parts.all("address")
    database = " ".join(parts.all("database")).lower()
    accession, own = fold(parts.first("accession")), fold(parts.first("own number"))
    embase = _embase_id(parts, addresses, database, accession or own)
    central = identifiers.central_id(accession or own) if "CN-" in accession + own else ""
    # Embase.com names the database that a record came from: "Medline" alone for many of its own.
    pmid = _pmid(parts, addresses, f"embase {database}" if embase else database, accession, own)
    places = [place for place in (accession, own, *parts.all("trial")) if place]
    places += [address for address in addresses if "trial" in address]
    return {
        "embase_id": embase,
        "central_id": central,
        "pmid": pmid,
        "trial_ids": trial_ids(places) if places else "",
        "accession": central or accession or embase or _platform_number(parts, own),
    }


def _embase_id(parts: Parts, addresses: Collection[str], database: str, number: str) -> str:
    if embase_id := identifiers.embase_id(parts.first("Embase number")):
        return embase_id
    for address in addresses:
        if "embase" in address and (embase_id := identifiers.embase_id(address)):
            return embase_id
    if "embase" in database:
        # Ovid gives the same number without its letter.
        return "L" + number if number.isdigit() and len(number) >= 8 else identifiers.embase_id(number)
    return ""


def _pmid(parts: Parts, addresses: Collection[str], database: str, accession: str, own: str) -> str:
    if number := parts.first("PubMed id"):
        return identifiers.pmid(number)
    for values in (identifiers.numbers_alone([*parts.all("marked PubMed id"), accession]), parts.all("note")):
        if values and (pmid := identifiers.noted_pmid(values)):
            return pmid
    if "embase" in database or "scopus" in database:
        # Embase.com puts it into C5, Scopus into C2: digits only.
        for part in ("Embase's PubMed id", "Scopus's PubMed id"):
            if parts.first(part).isdigit():
                return identifiers.pmid(parts.first(part))
    if "medline" in database or "pubmed" in database or parts.all("provider") == ["NLM"]:
        for number in (accession, own):
            if number.isdigit() and 5 <= len(number) <= 8:
                return number.lstrip("0")
    return identifiers.pmid_of_address(addresses)


def _platform_number(parts: Parts, own: str) -> str:
    """The number in an address, a note or ID; a library's own running number (EndNote's ID) is none."""
    for address in parts.all("record's address"):
        if match := identifiers.SCOPUS_EID.search(address) or _LENS.search(address):
            return match[1]
    for note in parts.all("note"):
        if match := _EBSCO_NUMBER.search(note):
            return match[1]
    return own if identifiers.NUMBER_LIKE.match(own) else ""


NUMBERS = Joint(
    ("pmid", "embase_id", "central_id", "trial_ids", "accession"),
    {
        "accession": ("AN",),
        "own number": ("ID",),
        "database": ("DB",),
        "provider": ("DP",),
        "PubMed id": ("PMID",),
        "marked PubMed id": ("U1", "C1", "C3", "RN", "M1"),
        "Embase's PubMed id": ("C5",),
        "Scopus's PubMed id": ("C2",),
        "Embase number": ("U2",),
        "trial": ("C3", "RN"),
        "address": ("UR", "LK", "L2", "L1"),
        "record's address": ("UR",),
        "note": ("N1",),
    },
    _numbers,
)

# The full source titles, the best first, and abbreviated ones; many platforms have only one of both.
JOURNALS = ("JF", "T2", "JO", "BT", "JA", "J1", "J2", "T3")
SHORT_JOURNALS = ("J2", "JA", "JI", "J1", "NL", "J9")

FIELDS = FieldMap(
    {
        "entrytype": rules.coded(TYPES, "TY") | rules.always("misc"),
        "title": rules.text("TI", "T1", "CT", "BT", "ST"),
        "author": rules.people("AU", "A1", "A2", "ED", "A3", in_lines=True),
        "year": rules.year("PY", "Y1", "DA", "Y2") | rules.year("Y1", "DA"),
        "date": rules.brief("DA", "Y1", "PY"),
        "journal": rules.name(*JOURNALS),
        "journal_abbrev": _short_name(SHORT_JOURNALS, JOURNALS),
        "volume": rules.brief("VL", "VO"),
        "number": rules.brief("IS"),
        "pages": _pages("SP", "EP") | rules.brief("C7"),
        # EBSCO repeats AB for its own copyright notice, Zotero for a second language.
        "abstract": rules.paragraphs("AB", "N2", without="Copyright of "),
        "keywords": rules.lines("KW"),
        "language": rules.items("LA"),
        "publication_types": _publication_types("PT", "M3", "N1"),
        "url": _addresses("UR", "LK", "L2"),
        "note": rules.items("N1"),
        "doi": rules.doi("DO")
        | rules.doi("DOI")
        | rules.doi("L3")
        | rules.doi_of_address("UR", "LK", "L2", "L1")
        | rules.derived(_marked_doi, "M3")
        | rules.search_values(identifiers.noted_doi, ("DOI:", "doi:"), "N1"),
        "issn": rules.issns("SN", "ISSN", "ISBN"),
        "isbn": rules.isbns("SN", "ISSN", "ISBN"),
        "pmcid": rules.search_values(_first_pmcid, ("PMC",), "PMCID", "C2", "U1", "U2", "C6")
        | rules.search_values(_pmcid_alone, ("PMC",), "C1", "M1")
        | rules.search_values(identifiers.noted_pmcid, ("PMC", "Central"), "N1")
        | rules.pmcid_of_address("UR", "LK", "L2", "L1"),
    },
    NUMBERS,
)
