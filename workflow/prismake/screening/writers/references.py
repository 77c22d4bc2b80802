"""Records as references: RIS and BibTeX, with the record id in the fields that come back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rispy import RisWriter

from prismake.common.records import split_list
from prismake.screening.marks import marked

Record = Mapping[str, Any]

# What a reference needs of a record.
COLUMNS = (
    "record_id",
    "entrytype",
    "title",
    "author",
    "year",
    "journal",
    "volume",
    "number",
    "pages",
    "doi",
    "pmid",
    "abstract",
    "keywords",
    "language",
    "issn",
)
# Of the record model's types; what is not here is written as a journal article, which every program knows.
_RIS_TYPES = {
    "conference": "CONF",
    "chapter": "CHAP",
    "book": "BOOK",
    "thesis": "THES",
    "report": "RPRT",
    "registration": "GEN",
}
_BIBTEX_TYPES = {
    "conference": "inproceedings",
    "chapter": "incollection",
    "book": "book",
    "thesis": "phdthesis",
    "report": "techreport",
    "registration": "misc",
}
# RIS tags that carry the record id as a value of their own, by rispy's names. U1 is not among the tags of rispy.
ID_FIELDS = {"ID": "id", "AN": "accession_number", "U1": "user_definable1"}
_NO_KEY = re.compile(r"[^\w:.+/-]", re.ASCII)
# A brace without its partner would end the field, so none is written.
_BRACES = {ord("{"): "(", ord("}"): ")"}
_BIBTEX_SPECIAL = {
    **_BRACES,
    **{ord(character): f"\\{character}" for character in "&%$#_"},
    ord("\\"): "\\textbackslash ",
    ord("~"): "\\textasciitilde ",
    ord("^"): "\\textasciicircum ",
}


def one_line(text: str) -> str:
    """A text without line ends, so that no value can start a field or a record of its own."""
    return " ".join(text.split())


def doi_link(record: Record) -> str:
    """The address of the record's DOI, "" without one."""
    from urllib.parse import quote

    return f"https://doi.org/{quote(record['doi'], safe='/:;()._-')}" if record["doi"] else ""


def pubmed_link(record: Record) -> str:
    """The address of the record in PubMed, "" without a PubMed id."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{record['pmid']}/" if record["pmid"].isdigit() else ""


class _Writer(RisWriter):  # type: ignore[misc]
    """Writes records without the running numbers above them, which several readers of RIS refuse."""

    def set_header(self, count: int) -> str:
        """No header."""
        return ""


def ris(records: Sequence[Record], id_tags: Sequence[str]) -> str:
    """RIS of the records. `id_tags` are the tags that carry the record id: N1 (as a mark in a note), ID, AN, U1."""
    mapping = {**RisWriter.DEFAULT_MAPPING, "U1": ID_FIELDS["U1"]}
    entries = [_ris_entry(record, id_tags) for record in records]
    return str(_Writer(mapping=mapping).formats(entries)) + "\n"


def _ris_entry(record: Record, id_tags: Sequence[str]) -> dict[str, Any]:
    kind = _RIS_TYPES.get(record["entrytype"], "JOUR")
    start, _, end = one_line(record["pages"]).partition("-")
    journal = one_line(record["journal"])
    fields = {
        "type_of_reference": kind,
        **{ID_FIELDS[tag]: record["record_id"] for tag in id_tags if tag in ID_FIELDS},
        "title": one_line(record["title"]),
        "authors": [one_line(author) for author in split_list(record["author"])],
        "year": record["year"],
        "secondary_title": journal,
        "journal_name": journal if kind == "JOUR" else "",
        "volume": one_line(record["volume"]),
        "number": one_line(record["number"]),
        "start_page": start.strip(),
        "end_page": end.strip(),
        "issn": "; ".join(split_list(record["issn"])),
        "doi": one_line(record["doi"]),
        "language": one_line(record["language"]),
        "keywords": [one_line(word) for word in split_list(record["keywords"])],
        "abstract": one_line(record["abstract"]),
        "urls": [link for link in (doi_link(record), pubmed_link(record)) if link],
        "notes": [marked(record["record_id"])] if "N1" in id_tags else [],
    }
    return {name: value for name, value in fields.items() if value}


def bibtex(records: Sequence[Record]) -> str:
    """BibTeX of the records: the record id is in the note, and as far as its characters allow the key."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Block, Entry, Field

    keys: dict[str, int] = {}
    entries: list[Block] = []
    for record in records:
        key = _NO_KEY.sub("-", record["record_id"])
        keys[key] = keys.get(key, 0) + 1
        fields = [Field(name, f"{{{value}}}") for name, value in _bibtex_fields(record).items() if value]
        kind = _BIBTEX_TYPES.get(record["entrytype"], "article")
        entries.append(Entry(kind, key if keys[key] == 1 else f"{key}-{keys[key]}", fields))
    return str(write_string(Library(entries), unparse_stack=[]))


def _bibtex_fields(record: Record) -> dict[str, str]:
    journal = "booktitle" if record["entrytype"] in ("conference", "chapter") else "journal"
    fields = {
        "title": record["title"],
        "author": " and ".join(split_list(record["author"])),
        "year": record["year"],
        journal: record["journal"],
        "volume": record["volume"],
        "number": record["number"],
        "pages": record["pages"],
        "doi": record["doi"],
        "pmid": record["pmid"],
        "abstract": record["abstract"],
        "keywords": ", ".join(split_list(record["keywords"])),
        "note": marked(record["record_id"]),
    }
    # Programs take a DOI as it stands.
    as_is = {name: one_line(fields.pop(name)).translate(_BRACES) for name in ("doi", "pmid")}
    return {name: one_line(value).translate(_BIBTEX_SPECIAL) for name, value in fields.items()} | as_is
