"""One export read whole: format, encoding, independent count, records in the record model, report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from prismake.common.errors import counted, stop
from prismake.importing.cells import chosen, empty, repeated, texts
from prismake.importing.characters import OddCharacters
from prismake.importing.containers import contents
from prismake.importing.content import Content, find_encoding
from prismake.importing.entries import Batch, Entry, Format, Rejected
from prismake.importing.gaps import Gaps
from prismake.importing.readers import FORMATS
from prismake.importing.record_files import BATCH, BATCH_SIZE, record_table
from prismake.importing.record_ids import RecordIds
from prismake.importing.records import as_record, table_of
from prismake.importing.sniffing import NO_HITS, find_format, is_bare

# Numbers at which platforms cut an export off.
CAPS = (500, 1000, 2000, 10000)


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A record that was counted but cannot be taken: its 1-based place in the file, its line, and the reason."""

    position: int
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What one export came to; `counted` is `parsed` plus the number of `rejected`.

    `without_…` are how many of the parsed records have none.
    """

    path: str
    format: str
    encoding: str
    counted: int
    parsed: int
    rejected: list[RejectedRecord]
    without_title: int
    without_year: int
    without_identifier: int
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """The report as results/import/EXPORT.json holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> ExportReport:
        """The report that such a file holds."""
        return cls(**{**content, "rejected": [RejectedRecord(**row) for row in content["rejected"]]})


@dataclass(frozen=True, slots=True)
class Search:
    """The search that an export belongs to, and the id of the export."""

    id: str
    database: str
    kind: str
    date: str
    export: str = ""


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
        self.rejected: list[RejectedRecord] = []
        self.warnings: list[str] = []
        self.gaps = Gaps()
        # Whether each part of it is laid out as an export that holds no record.
        self.bare = True

    def tables(self) -> Iterator[pa.Table]:
        """The file's records in order, as tables of the record model without ids and without the search's columns.

        Raises BuildStop if the file is no export, or where a record got lost between the two counts.
        """
        for part in contents(self.path, self.shown):
            kind = FORMATS[find_format(part)]
            encoding = find_encoding(part) if kind is not FORMATS["spreadsheet"] else "binary"
            if kind.name not in self.formats:
                self.formats.append(kind.name)
            if encoding not in self.encodings:
                self.encodings.append(encoding)
            part.mend = kind.mend
            self.counted += kind.count(part)
            self.bare = self.bare and is_bare(part, kind.name)
            yield from self.tables_of(part, kind)
        if self.counted != self.parsed + len(self.rejected):
            raise stop(
                "count",
                f"{counted(self.counted, 'record')} counted, but {self.parsed} read and {len(self.rejected)} rejected",
                where=self.shown,
                fix="this is a fault in Prismake's reader, not in your file: please report it with the file",
            )
        if self.counted == 0 and not self.bare:
            fix = f"export the search again; {NO_HITS}"
            raise stop("no-records", "the file contains no record", where=self.shown, fix=fix)
        if self.counted == 0:
            self.warnings.append("the file contains no record: the export of a search without hits")
        self.warnings += self.gaps.warnings()
        if self.counted in CAPS:
            self.warnings.append(
                f"exactly {self.counted:,} records: the platform may have cut the export off; compare with its hits"
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
                    self.rejected.append(RejectedRecord(position, item.line, item.reason))
                else:
                    records.append(
                        {**as_record(item, kind, odd, plain=content.plain and kind.literal), "position": position}
                    )
            self.parsed += len(batch.lines) + len(records)
            table = table_of(batch, kind, records, start, self.shown)
            self.gaps.add(table, batch, kind)
            yield table
        self.warnings += [*content.warnings, *odd.warnings()]

    def report(self) -> ExportReport:
        """What happened; complete once `tables` has come to its end."""
        return ExportReport(
            path=self.shown,
            format=", ".join(self.formats),
            encoding=", ".join(self.encodings),
            counted=self.counted,
            parsed=self.parsed,
            rejected=self.rejected,
            without_title=self.gaps.without["title"],
            without_year=self.gaps.without["year"],
            without_identifier=self.gaps.without["identifier"],
            warnings=self.warnings,
        )


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


def search_tables(export: Export, search: Search) -> Iterator[pa.Table]:
    """Tables of the export's records with the columns that come from the search, and their ids.

    A trial registry's record counts as a register's whatever the search's kind.
    """
    ids = RecordIds(search.id)
    in_pubmed = any(name in search.database.lower() for name in ("pubmed", "medline"))
    for table in export.tables():
        columns = {name: table.column(name).chunk(0) for name in table.column_names}
        if in_pubmed:
            columns["accession"] = chosen(empty(columns["accession"]), columns["pmid"], columns["accession"])
        columns["kind"] = chosen(empty(columns["kind"]), repeated(search.kind, len(table)), columns["kind"])
        columns["search"] = repeated(search.id, len(table))
        columns["database"] = repeated(search.database, len(table))
        columns["search_date"] = repeated(search.date, len(table))
        columns["record_id"] = texts(ids.of(record_table(columns, len(table))))
        yield record_table(columns, len(table))
