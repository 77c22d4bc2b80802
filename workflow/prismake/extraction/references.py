"""References of the included studies as BibTeX, added behind what people wrote."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field
from bibtexparser.writer import BibtexFormat, write

from prismake.common.reading import read_text
from prismake.common.writing import write_text
from prismake.extraction.included import Record, Study, people, source_of

# Entry type of a record -> of BibTeX, where the fields that it needs are there; else `misc`.
TYPES = {"article": "article", "conference": "inproceedings", "chapter": "incollection"}
SOURCE = {"article": "journal", "inproceedings": "booktitle", "incollection": "booktitle"}
NEEDED = {
    "article": ("journal", "year"),
    "inproceedings": ("booktitle", "year"),
    "incollection": ("booktitle", "publisher"),
}
_SPECIAL = re.compile(r"(?<!\\)([&%$#_])")
_RANGE = re.compile(r"(?<!\s)\s*[-–—]+\s*")


def parsed(path: Path) -> Library:
    """The entries of a bibliography; none where the file is missing. Raises BuildStop if it is not UTF-8."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    return parse_string(read_text(path) if path.is_file() else "")


def keys_in(library: Library) -> set[str]:
    """The keys of all entries, also of those that cannot be read otherwise."""
    failed = {str(getattr(block, "key", "") or "") for block in library.failed_blocks}
    return {entry.key for entry in library.entries} | failed - {""}


def cited_as(library: Library, records: Sequence[Record]) -> dict[str, str]:
    """Record -> the key of the entry that has its DOI or PubMed id."""
    by_number: dict[tuple[str, str], str] = {}
    for entry in library.entries:
        for name in ("doi", "pmid"):
            if value := _bare(entry.get(name)):
                by_number.setdefault((name, value.removeprefix("https://doi.org/")), entry.key)
    keys: dict[str, str] = {}
    for record in records:
        for name in ("doi", "pmid"):
            if record[name] and (key := by_number.get((name, str(record[name]).lower()))):
                keys.setdefault(record["record_id"], key)
    return keys


def _bare(value: Any) -> str:
    return str(getattr(value, "value", value) or "").strip(' {}"').lower()


def _text(value: str) -> str:
    """A value as BibTeX takes it: no brace, and what LaTeX would interpret escaped."""
    return _SPECIAL.sub(r"\\\1", value.replace("\\", " ").replace("{", "(").replace("}", ")"))


def _name(family: str, given: str) -> str:
    """A person as BibTeX has it; a group, or a name that holds `and`, in braces."""
    if not given:
        return "{" + _text(family) + "}"
    return f"{_protected(family)}, {_protected(given)}"


def _protected(name: str) -> str:
    text = _text(name)
    return "{" + text + "}" if re.search(r"\band\b|,", text) else text


def entry_of(key: str, record: Record) -> Entry:
    """The entry of a record: authors, title, source, year, volume, issue, pages, DOI and PubMed id."""
    kind = TYPES.get(record["entrytype"] or "article", "misc")
    fields = {
        "author": " and ".join(_name(family, given) for family, given in people(record["author"])),
        "title": _text(record["title"].rstrip(".")),
        SOURCE.get(kind, "howpublished"): _text(source_of(record)),
        "year": record["year"],
        "volume": _text(record["volume"]),
        "number": _text(record["number"]),
        "pages": _RANGE.sub("--", _text(record["pages"])),
        "doi": record["doi"],
        "pmid": record["pmid"],
    }
    fields = {name: value for name, value in fields.items() if value}
    if not set(NEEDED.get(kind, ())) <= fields.keys():
        fields = {("howpublished" if name in SOURCE.values() else name): value for name, value in fields.items()}
        kind = "misc"
    return Entry(kind, key, [Field(name, "{" + str(value) + "}") for name, value in fields.items()])


def add_references(path: Path, studies: Sequence[Study]) -> list[str]:
    """Adds an entry for each study whose id is not a key of the bibliography; the keys that were added.

    What is there stays as it is, byte by byte.
    """
    there = keys_in(parsed(path))
    new = [entry_of(study.id, study.main) for study in studies if study.id not in there]
    if new:
        form = BibtexFormat()  # type: ignore[no-untyped-call]
        form.indent, form.trailing_comma, form.block_separator = "  ", True, "\n"
        before = path.read_bytes().decode() if path.is_file() else ""
        gap = "" if not before.strip() else "\n" if before.endswith("\n") else "\n\n"
        write_text(path, before + gap + write(Library(list(new)), form).rstrip("\n") + "\n")
    return [entry.key for entry in new]


def numbers_of(records: Sequence[Record]) -> Mapping[str, str]:
    """DOI or PubMed id -> the record that has it."""
    return {
        str(record[name]).lower(): record["record_id"] for record in records for name in ("doi", "pmid") if record[name]
    }
