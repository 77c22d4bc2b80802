"""Reads one export whole: format, encoding, independent count, records in the record model, report."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prismake.common.errors import stop
from prismake.importing.characters import OddCharacters
from prismake.importing.containers import contents
from prismake.importing.content import Content, find_encoding
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.readers import FORMATS
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
    """One export file being read. Iterate `records()` to its end, then `report()` is complete.

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

    def records(self) -> Iterator[dict[str, Any]]:
        """The file's records in order, as dicts of the record model's columns (without those of the search).

        Raises BuildStop where the file is no export, or where a record got lost between the two counts.
        """
        for part in contents(self.path, self.shown):
            yield from self._records_of(part)
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

    def _records_of(self, content: Content) -> Iterator[dict[str, Any]]:
        kind = FORMATS[find_format(content)]
        encoding = find_encoding(content) if kind is not FORMATS["spreadsheet"] else "binary"
        if kind.name not in self.formats:
            self.formats.append(kind.name)
        if encoding not in self.encodings:
            self.encodings.append(encoding)
        self.counted += kind.count(content)
        odd = OddCharacters()
        for item in kind.read(content):
            position = self.parsed + len(self.rejected) + 1
            if isinstance(item, Rejected):
                self.rejected.append({"position": position, "line": item.line, "reason": item.reason})
                continue
            self.parsed += 1
            record = as_record(item, kind, odd, plain=content.plain and kind.literal)
            record["file"] = self.shown
            record["position"] = position
            yield record
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


_NOT_WORD = re.compile(r"(?:[^\w|]|_)+")
_ASCII_NOT_WORD = {code: " " for code in range(128) if _NOT_WORD.match(chr(code))}


def content_hash(record: dict[str, Any]) -> str:
    """Ten hex digits that depend on what the record says, not on where it stands."""
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


class RecordIds:
    """Gives record ids inside one search: by accession, else by content; repeats get ~2, ~3 in order."""

    def __init__(self, search: str) -> None:
        self.search = search
        self.seen: dict[str, int] = {}

    def next(self, record: dict[str, Any]) -> str:
        """The id of the next record."""
        number = record.get("accession", "")
        if not number.isalnum():
            number = _NO_NUMBER.sub("", number)
        return self.numbered(f"{self.search}:{number or 'x' + content_hash(record)}")

    def numbered(self, name: str) -> str:
        """The id itself the first time, then with ~2, ~3."""
        before = self.seen.get(name, 0)
        self.seen[name] = before + 1
        return f"{name}~{before + 1}" if before else name
