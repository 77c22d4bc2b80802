"""Fuzzes the readers: mutated exports must be read, rejected or refused, never crash, and every record be counted.

Run by the tests for a moment. For a long run: `python -m tests.prismake.importing.fuzzing 100000 [reader …]`, which
prints one line a reader: inputs, records read, rejected, files refused, faults, slowest input. An interrupt ends a
reader early.
"""

from __future__ import annotations

import datetime
import faulthandler
import io
import json
import os
import random
import resource
import subprocess
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pipe, Process
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook
from prismake.common import spreadsheets, workbook
from prismake.common.errors import BuildStop
from prismake.importing.characters import OddCharacters
from prismake.importing.content import Content, find_encoding
from prismake.importing.entries import Entry
from prismake.importing.export import Export, RejectedRecord
from prismake.importing.readers import FORMATS
from prismake.importing.record_files import as_table
from prismake.importing.record_ids import content_hash
from prismake.importing.records import as_record
from prismake.importing.sniffing import find_format

from tests.prismake.importing.snippets import SNIPPETS, XLS

TOKENS = [
    *(
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b" ",
        b"\t",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe9",
        b"\xc3\xa9",
        b"\xe2\x80\xa8",
    ),
    *(b"TY  - JOUR\n", b"\nER  - \n", b"TI  - x", b"KW - y", b"PMID- 1\n", b"OWN - NLM\n", b"PT J\n", b"\nER\n", b"EF"),
    *(
        b"<1. >\n",
        b"VN  - Ovid\n",
        b"%0 Book\n",
        b"%T x\n",
        b"\n%A y",
        b"@article{k,\n",
        b"\n@",
        b"@string{a={b}}\n",
        b"}",
        b"{",
        b"\\",
    ),
    *(
        b'"',
        b'""',
        b",",
        b";",
        b'="',
        b'"\n',
        b"<record>",
        b"</record>",
        b"<PubmedArticle>",
        b"</PubmedArticle>",
        b"&x;",
        b"<",
    ),
    *(
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"[",
        b"]",
        b"{}",
        b'{"title":1}',
        b"null",
        b"\x1e",
        b"\x1f",
        b"10.5555/a",
        b"NCT00000000",
    ),
]


# Spreadsheets are two formats in one reader, and fuzzed apart.
READERS = [*(name for name in FORMATS if name != "spreadsheet"), "xlsx", "xls"]


def seeds(kind: str) -> list[bytes]:
    """The made-up exports of a format, as bytes."""
    if kind == "xls":
        return [XLS]
    if kind == "xlsx":
        return [_workbook()]
    return [text.encode() for form, text, _, _ in SNIPPETS.values() if form == kind]


def _workbook() -> bytes:
    book = Workbook()
    for row in (
        ["My search"],
        [],
        ["Title", "Authors", "Year", "ISSN", "DOI"],
        ["One é", "Example A", 2001, 12345679, "10.5555/a"],
        [],
        ["Two", None, 2002.5, True],
        ["=1/0", "Sample C; Other B", datetime.date(2020, 1, 31)],
    ):
        book.active.append(row)
    # A title, and no formula.
    book.active["A7"].data_type = "s"
    book.create_sheet("notes").append(["about this file"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


class Sheets:
    """Reads spreadsheets in one process for many inputs, and starts another where that one ends."""

    def __init__(self) -> None:
        self.started = 0
        self._start()

    def _start(self) -> None:
        self.here, there = Pipe()
        self.process = Process(target=self._work, args=(there,), daemon=True)
        self.process.start()
        there.close()
        self.started += 1

    @staticmethod
    def _work(there: Any) -> None:
        # Less than in the workflow: filling what a damaged file asks for takes seconds. What is held already counts.
        sizes = Path("/proc/self/statm")
        size = int(sizes.read_text().split()[0]) * resource.getpagesize() if sizes.exists() else 1 << 30
        workbook.MEMORY_LIMIT = size + (256 << 20)
        workbook.bound_memory()
        # A panic in calamine writes its trace there; pytest would write one of its own.
        faulthandler.disable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        while True:
            try:
                there.send(workbook.sheets(there.recv()))
            except (EOFError, KeyboardInterrupt):
                return
            except BaseException:
                there.send(None)

    def __call__(self, data: bytes, *_: str) -> bytes:
        """Stands for the reader's own call, with the same error."""
        result = None
        try:
            self.here.send(data)
            result = self.here.recv() if self.here.poll(300) else None
        except (EOFError, OSError):
            self.process.join()
            self._start()
        if result is None:
            raise subprocess.SubprocessError
        return str(result).encode()


def mutated(source: random.Random, samples: list[bytes]) -> bytes:
    """One sample, changed in a few places."""
    data = bytearray(source.choice(samples))
    for _ in range(source.choice((1, 1, 2, 3, 5, 9))):
        at = source.randrange(len(data) + 1)
        size = source.choice((1, 1, 2, 4, 8, 40, 200))
        match source.randrange(7):
            case 0:
                del data[at : at + size]
            case 1:
                data[at:at] = data[at : at + size]
            case 2 | 3:
                data[at:at] = source.choice(TOKENS)
            case 4:
                data[at : at + size] = source.randbytes(size)
            case 5:
                del data[at:]
            case _:
                other = source.choice(samples)
                start = source.randrange(len(other) + 1)
                data[at:at] = other[start : start + 5 * size]
    return bytes(data)


def _mutated_member(source: random.Random, samples: list[bytes]) -> bytes:
    """A spreadsheet with one of its parts changed, or now and then its archive itself."""
    data = source.choice(samples)
    if source.random() < 0.1:
        return mutated(source, [data])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        # The sheet itself is where records are: it is changed most often.
        changed = source.choice([*old.namelist(), *["xl/worksheets/sheet1.xml"] * 10])
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, mutated(source, [part]) if name == changed else part)
    return target.getvalue()


def read_all(kind: str, data: bytes) -> tuple[int, int]:
    """Reads one input with one reader: (records, rejected).

    Raises AssertionError where one got lost, and where the records read many at once are not those read one by one.
    """

    def opened() -> BinaryIO:
        return io.BytesIO(data)

    form = FORMATS["spreadsheet" if kind in ("xlsx", "xls") else kind]
    content = Content("fuzzed", opened)
    if form.name != "spreadsheet":
        find_encoding(content)
    counted = form.count(content)
    records: list[dict[str, Any]] = []
    rejected = []
    for position, item in enumerate(form.read(content), 1):
        if isinstance(item, Entry):
            record = as_record(item, form, OddCharacters(), plain=content.plain and form.literal)
            json.loads(record["raw"])
            content_hash(record)
            assert all(isinstance(value, str) for name, value in record.items() if name != "line"), record
            records.append({**record, "position": position})
        else:
            rejected.append(RejectedRecord(position, item.line, item.reason))
    result = f"{counted} counted, {len(records)} read, {len(rejected)} rejected"
    assert counted == len(records) + len(rejected), result
    if form.together and content.plain:
        content.warnings, warnings = [], content.warnings
        export = Export(Path("fuzzed"))
        tables = list(export.tables_of(content, form))
        assert [row for table in tables for row in table.to_pylist()] == as_table(
            [{**record, "file": "fuzzed"} for record in records]
        ).to_pylist()
        assert (export.rejected, content.warnings) == (rejected, warnings)
    return len(records), len(rejected)


def faults(kind: str, number: int, seed: int = 1) -> Iterator[tuple[bytes, str]]:
    """Inputs that a reader fails on, with the trace; prints what the run came to."""
    source = random.Random(f"{kind}{seed}")
    if kind in ("xlsx", "xls"):
        sheets = spreadsheets.json_of = Sheets()
    samples = seeds(kind)
    total: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(number):
        data = _mutated_member(source, samples) if kind == "xlsx" else mutated(source, samples)
        started = time.perf_counter()
        try:
            find_format(Content("fuzzed", partial(io.BytesIO, data)))
        except BuildStop:
            total["unrecognised"] += 1
        except KeyboardInterrupt:
            break
        except Exception:
            total["faults"] += 1
            yield data, traceback.format_exc(limit=-4)
        try:
            read, rejected = read_all(kind, data)
            total["read"] += read
            total["rejected"] += rejected
        except BuildStop:
            total["refused"] += 1
        except KeyboardInterrupt:
            break
        except Exception:
            total["faults"] += 1
            yield data, traceback.format_exc(limit=-4)
        total["inputs"] += 1
        slowest = max(slowest, time.perf_counter() - started)
    text = ", ".join(f"{total[name]} {name}" for name in ("read", "rejected", "refused", "faults"))
    print(f"{kind}: {total['inputs']} inputs, {text}; slowest {slowest * 1000:.0f} ms", flush=True)
    if kind in ("xlsx", "xls"):
        print(f"{kind}: the reading process ended {sheets.started - 1} times", flush=True)


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name in sys.argv[2:] or READERS:
        for fault_number, (fault_data, trace) in enumerate(faults(name, runs)):
            if fault_number < 3:
                print(repr(fault_data)[:1500], trace, sep="\n")
