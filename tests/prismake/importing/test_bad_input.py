"""What is no export, or a hostile one: one clear error or a counted rejection, in bounded time and memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from openpyxl import Workbook
from prismake.common import biff, spreadsheets
from prismake.common.errors import BuildStop
from prismake.importing.containers import RATIO_FROM
from prismake.importing.content import LINE_LIMIT, Content, find_encoding
from prismake.importing.entries import Rejected
from prismake.importing.export import Export, RejectedRecord
from prismake.importing.pieces import RECORD_LIMIT
from prismake.importing.readers import FORMATS

from tests.prismake.importing.fuzzing import READERS, faults
from tests.prismake.importing.records import records_of
from tests.prismake.importing.snippets import BIBTEX, EMBASE_RIS, ENDNOTE_XML, XLS

BOMB = """<?xml version="1.0"?>
<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>
<xml><records><record><titles><title>&c;</title></titles></record></records></xml>
"""


def issue(path: Path) -> str:
    """The code of the one issue that a file is refused with."""
    with pytest.raises(BuildStop) as stopped:
        records_of(Export(path))
    (result,) = stopped.value.issues
    assert str(path) in result.where and result.message and result.fix
    return result.code


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("empty-export", b""),
        ("empty-export", b"\xef\xbb\xbf \r\n"),
        ("binary-export", random.Random(1).randbytes(5000)),
        ("binary-export", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100)),
        ("document", b"%PDF-1.7\n1 0 obj\n"),
        ("binary-export", b"TY  - JOUR\nTI  - " + bytes(30)),
        ("web-page", b"<!DOCTYPE html>\n<html><body><table><tr><td>Title</td></tr></table></body></html>"),
        ("web-page", b"\r\n<HTML><head><title>Session expired</title></head></HTML>"),
        ("xml-entities", BOMB.encode()),
        ("unknown-format", b"<?xml version='1.0'?><feed><entry/></feed>"),
        ("unknown-format", b"Dear colleague,\nplease find the results below.\n"),
        ("unknown-format", b"data,node,box,n\nNA,node4,prevstud,0\n"),
        ("no-records", b"ER  - \n"),
        ("no-records", b"{}"),
        ("workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("archive", b"PK\x03\x04 no archive after all"),
        ("archive", gzip.compress(EMBASE_RIS.encode() * 50)[:200]),
    ],
)
def test_what_is_not_an_export_is_refused_with_its_name(code: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "search.ris"
    path.write_bytes(data)
    assert issue(path) == code


@pytest.mark.parametrize(
    ("code", "named", "data"),
    [
        ("document", "a PDF", b"\n%PDF-1.4\nTY  - JOUR\n"),
        ("document", "an RTF document", rb"{\rtf1\ansi Title: \par One }"),
        ("web-page", "a web page", b"<table border=1><tr><th>Title</th><th>Year</th></tr></table>"),
        ("web-page", "a web page", b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y"><html></html>'),
        ("web-page", "a web page", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>"),
        ("document", "an Excel 2003 XML spreadsheet", b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'),
        (
            "document",
            "PubMed's Summary (text)",
            b"1: Example AB. A title. J Ex. 2020;63:1. PMID: 39000003.\n",
        ),
    ],
)
def test_the_message_names_what_the_file_is(code: str, named: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "search.txt"
    path.write_bytes(data)
    assert issue(path) == code
    with pytest.raises(BuildStop, match=re.escape(named)):
        records_of(Export(path))


def test_word_document_is_refused_as_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "search.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
    assert issue(path) == "document"
    path = zipped(tmp_path / "search.odt", {"mimetype": b"application/vnd.oasis.opendocument.text"})
    assert issue(path) == "document"


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("name", ["../evil.ris", "a/../../evil.ris", "/etc/evil.ris", "C:\\evil.ris", "..\\evil.ris"])
def test_archive_with_names_that_leave_it_is_refused_whole(name: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / "search.zip", {"good.ris": EMBASE_RIS.encode(), name: EMBASE_RIS.encode()})
    assert issue(path) == "archive-name"


def test_archive_bombs_stop_at_the_bound(tmp_path: Path) -> None:
    record = b"TY  - JOUR\nTI  - " + b"x" * 5000 + b"\nER  - \n"
    bomb = record * (2 * RATIO_FROM // len(record))
    assert issue(zipped(tmp_path / "bomb.zip", {"bomb.ris": bomb})) == "archive-bomb"
    (tmp_path / "bomb.ris.gz").write_bytes(gzip.compress(bomb))
    assert issue(tmp_path / "bomb.ris.gz") == "archive-bomb"


def test_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "liar.zip", {"a.ris": EMBASE_RIS.encode() * 100})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    assert issue(path) in ("archive", "no-records", "unknown-format")


def test_archives_in_archives_and_empty_ones_are_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.ris": EMBASE_RIS.encode()}).read_bytes()
    assert issue(zipped(tmp_path / "outer.zip", {"inner.zip": inner})) == "archive"
    assert issue(zipped(tmp_path / "empty.zip", {})) == "archive"


def test_truncated_files_keep_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.ris"
    path.write_text((EMBASE_RIS * 3)[:-400])
    export = Export(path)
    kept = records_of(export)
    reason = "the file ends inside the record"
    (rejected,) = export.rejected
    assert (rejected.position, rejected.reason) == (len(kept) + 1, reason)
    assert path.read_text().split("\n")[rejected.line - 1].startswith("TY  - ")
    path.write_text(ENDNOTE_XML[: ENDNOTE_XML.index("Second")])
    export = Export(path)
    assert len(records_of(export)) == 1
    assert export.rejected == [RejectedRecord(2, 1, "the file ends inside the record")]


WITH_END, WITHOUT = "TY  - JOUR\nTI  - one\nER  - \n", "TY  - JOUR\nTI  - two\n"


@pytest.mark.parametrize(
    ("text", "titles", "rejected"),
    [
        (WITH_END + WITHOUT, ["one"], [(2, 4)]),
        # Cut off inside the end itself: the record is whole.
        (WITH_END + WITHOUT + "ER", ["one", "two"], []),
        # Missing in the middle, or never written.
        (WITH_END + WITHOUT + WITH_END, ["one", "two", "one"], []),
        (WITHOUT + WITHOUT, ["two", "two"], []),
        ("PT J\nTI one\nER\n\nPT J\nTI two\n", ["one"], [(2, 5)]),
        ("PT J\nTI one\nER\n\nPT J\nTI two\nEF\n", ["one", "two"], []),
        ("PT J\nTI one\n\nPT J\nTI two\n", ["one", "two"], []),
    ],
)
def test_a_last_record_without_the_end_that_others_have_is_rejected(
    text: str, titles: list[str], rejected: list[tuple[int, int]], tmp_path: Path
) -> None:
    path = tmp_path / "search.ris"
    path.write_text(text)
    export = Export(path)
    assert [record["title"] for record in records_of(export)] == titles
    assert [(row.position, row.line) for row in export.rejected] == rejected
    assert all(row.reason == "the file ends inside the record" for row in export.rejected)
    assert export.counted == export.parsed + len(rejected)


ODD_TITLE = "A\0 t\x1bitle\x0bhere"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"TY  - JOUR\nTI  - x\nER  - \nTY  - JOUR\nTI  - {ODD_TITLE}\nER  - \n", 4),
        (f"PMID- 1\nTI  - x\n\nPMID- 2\nTI  - {ODD_TITLE}\n", 4),
        (f"Title,Year\nx,2000\n{ODD_TITLE},2001\n", 3),
        (f'[{{"title": "x"}},\n{{"title": "{ODD_TITLE}"}}]', 2),
        ('[{"title": "x"},\n{"title": "A\\u0000 t\\u001bitle\\u000bhere"}]', 2),
    ],
)
def test_control_characters_cost_no_record(text: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "search.ris"
    path.write_bytes(text.encode())
    export = Export(path)
    records = records_of(export)
    assert [record["title"] for record in records] == ["x", "A title here"]
    assert not any(ord(mark) < 32 for record in records for mark in record["raw"])
    assert ODD_TITLE in dict(json.loads(records[1]["raw"])).values()
    warning = export.warnings[0]
    assert "U+0000, U+000B, U+001B" in warning and f"at line {line};" in warning


def test_halves_of_surrogate_pairs_become_replacement_characters(tmp_path: Path) -> None:
    path = tmp_path / "search.json"
    path.write_text(
        r'[{"id": "a", "type": "article-journal", "title": "T \ud800 x \ud83d\ude00",'
        r'"author": [{"family": "A\udc00"}]}]'
    )
    export = Export(path)
    records = records_of(export)
    assert records[0]["title"] == "T \ufffd x \U0001f600" and records[0]["author"] == "A\ufffd"
    assert records[0]["raw"].count("\ufffd") == 2
    assert export.warnings[:1] == ["halves of characters (lone surrogates) became U+FFFD in the record at line 1"]
    # The same inside a text that holds JSON itself.
    path.write_text(json.dumps([{"DOI": "10.5555/a", "author": r'["\ud800"]'}]))
    assert [record["author"] for record in records_of(Export(path))] == ["\ufffd"]


def test_what_is_not_a_file_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert issue(tmp_path / "pipe") == issue(tmp_path) == "no-file"
    assert issue(tmp_path / "absent") == "missing-file"


def test_bibtex_whose_braces_never_close(tmp_path: Path) -> None:
    path = tmp_path / "open.bib"
    path.write_text(BIBTEX + "@article{x, title = " + "{" * 20000)
    export = Export(path)
    assert len(records_of(export)) == 5
    assert export.rejected[-1].reason.startswith("not a well-formed BibTeX entry")


@pytest.mark.parametrize("at", [30, 44, 60, 76, 600, 1200])
def test_damaged_old_spreadsheet_is_refused_or_read_and_never_ends_the_import(at: int, tmp_path: Path) -> None:
    path = tmp_path / "damaged.xls"
    path.write_bytes(XLS[:at] + b"\xff\xff\xff\x7f" + XLS[at + 4 :])
    try:
        assert len(records_of(Export(path))) <= 3
    except BuildStop as stopped:
        assert stopped.issues[0].code in ("workbook", "unknown-format")


def test_spreadsheet_with_a_cell_far_away_is_refused_and_never_ends_the_import(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Title", "Year"])
    book.active.append(["One", 2001])
    book.save(tmp_path / "far.xlsx")
    with zipfile.ZipFile(tmp_path / "far.xlsx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = members[sheet].replace(b'r="B2"', b'r="XFD1048576"')
    assert issue(zipped(tmp_path / "far.xlsx", members)) == "workbook"


def test_spreadsheet_with_a_formula_that_was_saved_without_its_value_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Title", "Year"])
    book.active.append(["One", "=2000+1"])
    book.save(tmp_path / "formula.xlsx")
    assert issue(tmp_path / "formula.xlsx") == "formula"


def test_spreadsheet_whose_two_readings_differ_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.xls").write_bytes(XLS)
    monkeypatch.setattr(biff, "filled_rows", lambda data, sheet: {1, 2, 3})
    assert issue(tmp_path / "old.xls") == "workbook"


class Endless(io.RawIOBase):
    """A file that is made while it is read: a head, a filling of so many bytes, a tail."""

    def __init__(self, head: bytes, size: int, tail: bytes) -> None:
        self.parts: list[Any] = [head, size, tail]
        self.filling = b"x" * (1 << 16)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self.parts:
            part = self.parts[0]
            if not part:
                self.parts.pop(0)
                continue
            if isinstance(part, int):
                data = self.filling[: min(len(buffer), part)]
                self.parts[0] = part - len(data)
            else:
                data = part[: len(buffer)]
                self.parts[0] = part[len(data) :]
            buffer[: len(data)] = data
            return len(data)
        return 0


def endless(head: bytes, size: int, tail: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BufferedReader(Endless(head, size, tail))


LONG = {
    "ris": (b"TY  - JOUR\nTI  - one\nER  - \nTY  - JOUR\nTI  - ", b"\nER  - \nTY  - JOUR\nTI  - three\nER  - \n"),
    "medline": (b"PMID- 1\nTI  - one\n\nPMID- 2\nTI  - ", b"\n\nPMID- 3\nTI  - three\n"),
    "wos": (b"PT J\nTI one\nER\n\nPT J\nTI ", b"\nER\n\nPT J\nTI three\nER\n\nEF\n"),
    "ovid": (b"<1. >\nTI  - one\n\n<2. >\nTI  - ", b"\n\n<3. >\nTI  - three\n"),
    "endnote": (b"%0 Book\n%T one\n\n%0 Book\n%T ", b"\n\n%0 Book\n%T three\n"),
    "bibtex": (b"@book{a,\n title={one}\n}\n@book{b,\n title={", b"}\n}\n@book{c,\n title={three}\n}\n"),
    "endnote-xml": (
        b"<xml><records><record><titles><title>one</title></titles></record><record><titles><title>",
        b"</title></titles></record><record><titles><title>three</title></titles></record></records></xml>",
    ),
    "json": (b'[{"title": "one"}, {"title": "', b'"}, {"title": "three"}]'),
    "csv": (b"Title,Year\none,2001\n", b",2002\nthree,2003\n"),
}


@pytest.mark.parametrize("kind", LONG)
def test_a_line_without_end_costs_its_record_only(kind: str) -> None:
    """Read in bounded memory: the same test with 2 GB takes the same (`docs/importing.md` has the figures)."""
    head, tail = LONG[kind]
    size = 3 * RECORD_LIMIT
    content = Content("long", endless(head, size, tail))
    form = FORMATS[kind]
    tracemalloc.start()
    find_encoding(content)
    items = list(form.read(content))
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert form.count(content) == len(items) == 3
    first, second, third = items
    assert isinstance(second, Rejected) and "longer than" in second.reason
    titles = [form.columns(item.fields)["title"] for item in (first, third)]
    assert titles == ["one", "three"]
    assert used < 4 * RECORD_LIMIT, f"{used >> 20} MB"
    assert LINE_LIMIT < RECORD_LIMIT


@pytest.mark.parametrize("kind", READERS)
def test_fuzzed_inputs_are_read_or_refused_and_all_counted(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A moment of what `python -m tests.prismake.importing.fuzzing 100000` does for long."""
    # The long run's own way of reading spreadsheets stays with this test.
    monkeypatch.setattr(spreadsheets, "json_of", spreadsheets.json_of)
    assert list(faults(kind, 100 if kind in ("xlsx", "xls") else 250, seed=7)) == []
    # A reader that refuses all it is given would have no fault.
    assert re.search(r"[1-9]\d* read,", capsys.readouterr().out)


def test_a_sheet_of_a_search_export_that_is_not_read_is_reported(tmp_path: Path) -> None:
    book = Workbook()
    for sheet in (book.active, book.create_sheet("Batch 2"), book.create_sheet("Empty")):
        rows = [["Title", "Year"], ["One", "2001"], ["Two", "2002"]] if sheet.title != "Empty" else []
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "batches.xlsx")
    export = Export(tmp_path / "batches.xlsx")
    assert len(records_of(export)) == 2
    assert export.report().warnings[0].startswith("only the sheet 'Sheet' is read, not 'Batch 2' (3 filled rows): ")


def test_the_header_of_a_joined_sheet_is_no_record(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Title", "Year"], ["One", "2001"], ["Title ", "Year"], ["Two", "2002"]):
        book.active.append(row)
    book.save(tmp_path / "joined.xlsx")
    export = Export(tmp_path / "joined.xlsx")
    assert [(record["title"], record["line"]) for record in records_of(export)] == [("One", 2), ("Two", 4)]
    assert export.report().counted == 2
