"""Reads one export whole: format, encoding, independent count, records in the record model, report."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common.errors import stop
from prismake.importing.cells import chosen, empty, numbers, repeated, truth
from prismake.importing.characters import OddCharacters
from prismake.importing.containers import contents
from prismake.importing.content import Content, find_encoding
from prismake.importing.entries import Batch, Entry, Fields, Format, Rejected
from prismake.importing.readers import FORMATS
from prismake.importing.record_files import BATCH, BATCH_SIZE, as_table, of_columns
from prismake.importing.sniffing import find_format

# Numbers at which platforms cut an export off.
CAPS = (500, 1000, 2000, 10000)

_REGISTRY_PLACE = re.compile(
    r"clinicaltrials\.gov|trialsearch\.who\.int|who\.int/(?:trialsearch|ictrp)|isrctn\.(?:com|org)|anzctr\.org|"
    r"clinicaltrialsregister\.eu|chictr\.org|drks\.de|ctri\.nic\.in|umin\.ac\.jp|irct\.ir",
    re.IGNORECASE,
)
_REGISTRY_TYPES = ("trial registry record", "clinical trial registry", "trial registration")


class Export:
    """One export file being read. Iterate `tables()` to its end, then `report()` is complete.

    `shown` is the path as config.yaml or the person gives it; it goes into the records and the report.
    """

    def __init__(self, path: Path, shown: str | None = None) -> None:
        self.path = path
        self.shown = shown if shown is not None else str(path)
        self.formats: list[str] = []
        self.encodings: list[str] = []
        self.counted = 0
        self.parsed = 0
        self.rejected: list[dict[str, Any]] = []
        self.warnings: list[str] = []

    def tables(self) -> Iterator[pa.Table]:
        """The file's records in order, as tables of the record model without ids and without what the search tells.

        Raises BuildStop where the file is no export, or where a record got lost between the two counts.
        """
        for part in contents(self.path, self.shown):
            kind = FORMATS[find_format(part)]
            encoding = find_encoding(part) if kind is not FORMATS["spreadsheet"] else "binary"
            if kind.name not in self.formats:
                self.formats.append(kind.name)
            if encoding not in self.encodings:
                self.encodings.append(encoding)
            self.counted += kind.count(part)
            yield from self.tables_of(part, kind)
        if self.counted != self.parsed + len(self.rejected):
            raise stop(
                "count",
                f"{self.counted} records counted, but {self.parsed} read and {len(self.rejected)} rejected",
                where=self.shown,
                fix="this is a fault in Prismake's reader, not in your file: please report it with the file",
            )
        if self.counted == 0:
            raise stop("no-records", "no record in the file", where=self.shown, fix="export the search again")
        if self.counted in CAPS:
            self.warnings.append(
                f"exactly {self.counted} records: the platform may have cut the export off; compare with its hits"
            )

    def tables_of(self, content: Content, kind: Format) -> Iterator[pa.Table]:
        """The records of one content, whose encoding is known."""
        odd = OddCharacters()
        for batch in _batches(content, kind):
            start = self.parsed + len(self.rejected) + 1
            records: list[dict[str, Any]] = []
            for place, item in batch.others:
                position = start + place
                if isinstance(item, Rejected):
                    self.rejected.append({"position": position, "line": item.line, "reason": item.reason})
                else:
                    records.append(
                        {**as_record(item, kind, odd, plain=content.plain and kind.literal), "position": position}
                    )
            self.parsed += len(batch.lines) + len(records)
            yield _table(batch, kind, records, start, self.shown)
        self.warnings += [*content.warnings, *odd.warnings()]

    def report(self) -> dict[str, Any]:
        """What happened: path, format, encoding, counted, parsed, rejected, warnings."""
        return {
            "path": self.shown,
            "format": ", ".join(self.formats),
            "encoding": ", ".join(self.encodings),
            "counted": self.counted,
            "parsed": self.parsed,
            "rejected": self.rejected,
            "warnings": self.warnings,
        }


def _batches(content: Content, kind: Format) -> Iterator[Batch]:
    """The file's records in batches; many at once where the format can, and no odd character is in the way."""
    if kind.together and content.plain:
        yield from kind.together(content)
        return
    items: list[tuple[int, Entry | Rejected]] = []
    size = 0
    for item in kind.read(content):
        items.append((len(items), item))
        if isinstance(item, Entry):
            size += sum(len(value) for _, value in item.fields)
        if len(items) == BATCH or size > BATCH_SIZE:
            yield Batch(None, [], items)
            items, size = [], 0
    yield Batch(None, [], items)


def _table(batch: Batch, kind: Format, records: list[dict[str, Any]], start: int, file: str) -> pa.Table:
    """A batch's records as a table of the record model; `records` are those that were read one by one."""
    parts = [as_table([{**record, "file": file} for record in records])]
    if batch.table is not None and batch.lines:
        others = [place for place, _ in batch.others]
        positions = start + numpy.delete(numpy.arange(len(batch.lines) + len(others)), others)
        columns = kind.fields.columns_of_many(batch.table)
        columns |= _registrations(columns)
        columns["raw"] = batch.table.as_json()
        columns["format"] = repeated(kind.name, len(batch.lines))
        columns["file"] = repeated(file, len(batch.lines))
        columns["position"] = numbers(positions)
        columns["line"] = numbers(numpy.array(batch.lines))
        parts.append(of_columns(columns, len(batch.lines)))
        if records:
            order = numpy.argsort(numpy.concatenate(([record["position"] for record in records], positions)))
            return pa.concat_tables(parts).take(numbers(order)).combine_chunks()
    return parts[-1]


def as_record(entry: Entry, kind: Format, odd: OddCharacters, *, plain: bool = False) -> dict[str, Any]:
    """An entry in the record model: its columns, its raw fields, and whether it is a register's.

    `plain` says that neither its text nor a value made of it can hold an odd character.
    """
    fields = entry.fields if kind.literal else odd.out_of_fields(entry.fields, entry.line)
    record = kind.columns(fields)
    record["format"] = kind.name
    record["line"] = entry.line
    record["raw"] = as_json(fields, plain=plain)
    if not plain:
        odd.out_of_columns(record, entry.line)
    if is_registration(record):
        record["kind"] = "register"
        record["entrytype"] = "registration"
    return record


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def as_json(fields: Fields, *, plain: bool = False) -> str:
    """The fields as a JSON list of pairs.

    `plain` says that no value holds control characters but line feeds and tabs; the text can then be escaped in one
    go, which gives the same JSON several times faster.
    """
    if not plain or not fields:
        return _encode(fields)
    text = '"], ["'.join(map('", "'.join, fields))
    if text.count('"') > 4 * len(fields) - 2 or "\\" in text or "\t" in text:
        # Marks inside the values: joined by other marks first, so that these can be escaped.
        text = "\x1e".join(map("\x1f".join, fields))
        text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        text = text.replace("\x1f", '", "').replace("\x1e", '"], ["')
    if "\n" in text:
        text = text.replace("\n", "\\n")
    return f'[["{text}"]]'


def is_registration(record: dict[str, Any]) -> bool:
    """True for a trial registry's own record (not for an article that names its registration)."""
    types = record.get("publication_types", "").lower()
    if "regist" in types and any(name in types for name in _REGISTRY_TYPES):
        return True
    if not record.get("trial_ids"):
        return False
    accession = record.get("accession", "").upper()
    if accession and accession in record["trial_ids"].split("; "):
        return True
    place = record.get("journal", "") + record.get("url", "")
    return "." in place and bool(_REGISTRY_PLACE.search(place)) and not record.get("doi")


def _registrations(columns: dict[str, pa.StringArray]) -> dict[str, pa.StringArray]:
    """The columns `kind` and `entrytype`, with the registers' own records among many."""
    types, entrytypes = columns["publication_types"], columns["entrytype"]
    maybe = truth(pc.match_substring(types, "regist", ignore_case=True)) | ~empty(columns["trial_ids"])
    found = numpy.zeros(len(types), numpy.bool_)
    for place in numpy.flatnonzero(maybe).tolist():
        found[place] = is_registration({name: cells[place].as_py() for name, cells in columns.items()})
    return {
        "kind": chosen(found, repeated("register", len(types)), repeated("", len(types))),
        "entrytype": chosen(found, repeated("registration", len(types)), entrytypes),
    }


_NOT_WORD = re.compile(r"(?:[^\w|]|_)+")
_ASCII_NOT_WORD = {code: " " for code in range(128) if _NOT_WORD.match(chr(code))}


def content_hash(record: dict[str, Any]) -> str:
    """Ten hex digits that depend on what the record says (the columns `HASHED`), not on where it stands."""
    first_author = record.get("author", "").partition("; ")[0]
    told = "|".join(
        (
            record.get("title", ""),
            record.get("year", ""),
            first_author,
            record.get("journal", ""),
            record.get("volume", ""),
            record.get("pages", ""),
        )
    )
    if told.isascii():
        # The same as below, several times faster.
        words = " ".join(told.lower().translate(_ASCII_NOT_WORD).split())
    else:
        words = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", told).casefold())
    words = words.replace(" |", "|").replace("| ", "|").strip()
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:10]


_NO_NUMBER = re.compile(r"[\s;~]+")
HASHED = ("title", "year", "author", "journal", "volume", "pages")


class RecordIds:
    """Gives record ids inside one search: by accession, else by content; repeats get ~2, ~3 in order."""

    def __init__(self, search: str) -> None:
        self.search = search
        self.seen: dict[str, int] = {}

    def of(self, table: pa.Table) -> list[str]:
        """The ids of the records of a table that comes next."""
        found = [
            number if number.isalnum() else _NO_NUMBER.sub("", number) for number in table["accession"].to_pylist()
        ]
        if without := [place for place, number in enumerate(found) if not number]:
            told = table.select(HASHED).take(numbers(numpy.array(without))).to_pylist()
            for place, record in zip(without, told, strict=True):
                found[place] = "x" + content_hash(record)
        return [self.numbered(f"{self.search}:{number}") for number in found]

    def numbered(self, name: str) -> str:
        """The id itself the first time, then with ~2, ~3."""
        before = self.seen.get(name, 0)
        self.seen[name] = before + 1
        return f"{name}~{before + 1}" if before else name
