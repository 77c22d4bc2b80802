"""What the records of one export lack: counts, core fields that no record has, and fields that nothing reads."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy
import pyarrow as pa

from prismake.common.errors import counted, some_of
from prismake.importing.cells import Flags, empty
from prismake.importing.entries import Batch, Entry, Format

IDENTIFIERS = ("doi", "pmid", "pmcid", "accession", "embase_id", "central_id", "trial_ids", "isbn")
# What every search export tells of a record: a file in which no record has it is misread, or was badly exported.
CORE = {
    "title": ("title",),
    "author": ("author",),
    "year": ("year",),
    "journal": ("journal",),
    "identifier": IDENTIFIERS,
}
# What a trial registry does not tell.
_OF_ARTICLES = ("author", "journal")
# Names that are remembered of a file, and that a warning gives.
_KEPT, _NAMED = 1000, 12
NO_RECORD_HAS = "no record has"
# UTF-8 read as Windows-1252 or Latin-1 and written as UTF-8 again: "Ã©" for "é", "â€™" for an apostrophe, "Ð¿Ñ€" for
# "пр". Letters of Western Europe and marks are known alone. Of the others one may stand in good text ("Å²", "CAFÉ”"),
# but not beside a small letter or another of them.
_REST = (
    rb"(?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]"
    rb"|\xe2(?:\x80[\x93-\xba]|\x82\xac|\x84\xa2))"
)
_TWO, _THREE = rb"\xc3[\x84-\x9f]" + _REST, rb"\xc3[\xa0-\xaf]" + _REST + _REST
_TWICE = re.compile(
    rb"\xc3\x82\xc2[\x80-\xbf]|\xc3\x83" + _REST + rb"|\xc3\xa2(?:\xe2\x82\xac|\xc2\x80)|\xc3\x8e\xc2[\xb1-\xbf]"
    rb"|(?:" + _TWO + rb"|" + _THREE + rb"){2}|" + _TWO + rb"[a-z]|(?<=[a-z])" + _TWO
)
_FIRST, _NOT_ASCII = 0xC3, 0x80


class Gaps:
    """Counts what the records of one export lack, table by table."""

    def __init__(self) -> None:
        self.records = self.registrations = 0
        self.without = dict.fromkeys(CORE, 0)
        self.twice: list[int] = []
        self.names: dict[str, dict[str, None]] = {}
        self.formats: dict[str, Format] = {}
        self.seen: set[tuple[str, ...]] = set()

    def add(self, table: pa.Table, batch: Batch, form: Format) -> None:
        """Takes in a batch of records: their table of the record model, and the fields that it was made of."""
        self.records += len(table)
        for part, columns in CORE.items():
            self.without[part] += int(numpy.count_nonzero(_empty(table, columns)))
        self.registrations += len(table) - int(numpy.count_nonzero(_empty(table, ("kind",))))
        self._look_for_text_decoded_twice(table)
        if batch.table is not None:
            self._note(form, batch.table.tags)
        for _, item in batch.others:
            # The rows of a table have the same few sets of names.
            if isinstance(item, Entry) and (names := tuple([name for name, _ in item.fields])) not in self.seen:
                if len(self.seen) >= _KEPT:
                    self.seen.clear()
                self.seen.add(names)
                self._note(form.dialect(item.fields) or form, names)

    def _note(self, form: Format, names: Iterable[str]) -> None:
        kept = self.names.setdefault(form.name, {})
        self.formats.setdefault(form.name, form)
        if len(kept) < _KEPT:
            kept.update(dict.fromkeys(names))

    def _look_for_text_decoded_twice(self, table: pa.Table) -> None:
        raw = table.column("raw").combine_chunks()
        _, offsets, data = raw.buffers()
        # Looking for letters that such text has, with another beside them, is several times faster than the pattern.
        encoded = numpy.frombuffer(data or b"", numpy.uint8)
        places = numpy.flatnonzero(encoded[:-2] == _FIRST)
        places = places[encoded[places + 2] >= _NOT_ASCII]
        if not len(places):
            return
        text = encoded.data
        starts = [place for place in places.tolist() if _TWICE.match(text, place)]
        if not starts:
            return
        ends = numpy.frombuffer(offsets, numpy.int32)[raw.offset : raw.offset + len(raw) + 1][1:]
        rows = numpy.unique(numpy.searchsorted(ends, starts, "right"))
        self.twice += [table.column("line")[row].as_py() for row in rows.tolist() if row < len(raw)]

    def warnings(self) -> list[str]:
        """The core fields that no record has, and text that was decoded twice."""
        texts = []
        missing = [part for part, count in self.without.items() if self.records and count == self.records]
        if self.records and self.registrations == self.records:
            missing = [part for part in missing if part not in _OF_ARTICLES]
        if missing:
            unread = self._unread()
            names = f"; nothing reads the fields {some_of(unread, _NAMED)}" if unread else ""
            texts.append(f"{NO_RECORD_HAS} {_in_words(missing)}{names}")
        if self.twice:
            records, lines = counted(len(self.twice), "record"), some_of(self.twice)
            texts.append(
                f"{records} with text decoded twice, as 'Ã©' for 'é' (lines {lines}): "
                "export the search again, and do not save it from another program"
            )
        return texts

    def _unread(self) -> list[str]:
        """The names of fields that give no column, in the order of the file."""
        unread: dict[str, None] = {}
        for key, names in self.names.items():
            form = self.formats[key]
            known = form.fields.tags()
            unread |= {name: None for name in names if name.strip() and known.isdisjoint(form.values([(name, "x")]))}
        return list(unread)


def _empty(table: pa.Table, columns: Iterable[str]) -> Flags:
    flags = numpy.ones(len(table), numpy.bool_)
    for column in columns:
        flags &= empty(table.column(column).combine_chunks())
    return flags


def _in_words(parts: list[str]) -> str:
    named = [f"an {part}" if part[0] in "aeiou" else f"a {part}" for part in parts]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
