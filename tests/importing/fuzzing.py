"""Fuzzes the readers: mutated exports must be read, rejected or refused, never crash, and every record be counted.

Run by the tests for a moment. For a long run: `python -m tests.importing.fuzzing 100000 [reader …]`, which prints one
line a reader: inputs, records read, rejected, files refused, faults, slowest input.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from prismake.common.errors import BuildStop
from prismake.importing.characters import OddCharacters
from prismake.importing.content import Content, find_encoding
from prismake.importing.entries import Entry
from prismake.importing.readers import FORMATS
from prismake.importing.reading import as_record, content_hash
from prismake.importing.sniffing import find_format

from tests.importing.snippets import SNIPPETS

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


def seeds(kind: str) -> list[bytes]:
    """The made-up exports of a format, as bytes."""
    return [text.encode() for form, text, _, _ in SNIPPETS.values() if form == kind]


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


def read_all(kind: str, data: bytes) -> tuple[int, int]:
    """Reads one input with one reader: (records, rejected). Raises AssertionError where one got lost."""

    def opened() -> BinaryIO:
        return io.BytesIO(data)

    form = FORMATS[kind]
    content = Content("fuzzed", opened)
    if kind != "spreadsheet":
        find_encoding(content)
    counted = form.count(content)
    read = rejected = 0
    for item in form.read(content):
        if isinstance(item, Entry):
            record = as_record(item, form, OddCharacters(), plain=content.plain and form.literal)
            json.loads(record["raw"])
            content_hash(record)
            assert all(isinstance(value, str) for name, value in record.items() if name != "line"), record
            read += 1
        else:
            rejected += 1
    assert counted == read + rejected, f"{counted} counted, {read} read, {rejected} rejected"
    return read, rejected


def faults(kind: str, number: int, seed: int = 1) -> Iterator[tuple[bytes, str]]:
    """Inputs that a reader fails on, with the trace; prints what the run came to."""
    source = random.Random(f"{kind}{seed}")
    samples = seeds(kind)
    total: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(number):
        data = mutated(source, samples)
        started = time.perf_counter()
        try:
            find_format(Content("fuzzed", lambda data=data: io.BytesIO(data)))
        except BuildStop:
            total["unrecognised"] += 1
        except Exception:
            total["faults"] += 1
            yield data, traceback.format_exc(limit=-4)
        try:
            read, rejected = read_all(kind, data)
            total["read"] += read
            total["rejected"] += rejected
        except BuildStop:
            total["refused"] += 1
        except Exception:
            total["faults"] += 1
            yield data, traceback.format_exc(limit=-4)
        slowest = max(slowest, time.perf_counter() - started)
    told = ", ".join(f"{total[name]} {name}" for name in ("read", "rejected", "refused", "faults"))
    print(f"{kind}: {number} inputs, {told}; slowest {slowest * 1000:.0f} ms")


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name in sys.argv[2:] or [name for name in FORMATS if seeds(name)]:
        for fault_number, (fault_data, trace) in enumerate(faults(name, runs)):
            if fault_number < 3:
                print(repr(fault_data)[:1500], trace, sep="\n")
