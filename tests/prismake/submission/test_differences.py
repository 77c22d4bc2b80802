import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from prismake.submission import differences
from prismake.submission.differences import Difference, difference, difference_of_files


def packed(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def table(**columns: list) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def picture(size: tuple[int, int], colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


XML = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("name", "first", "second", "place", "both"),
    [
        ("flow.txt", b"a\n93 patients", b"a\n94 patients", "line 2, character 2", ("“93 patients”", "“94 patients”")),
        ("flow.csv", b"a\nb\n", b"a\n", "line 2", ("“b”", "nothing")),
        (
            "a.docx",
            packed(document=XML.format("nine"), styles="s"),
            packed(document=XML.format("ten"), styles="s"),
            "part document, line 3, character 6",
            ("“<w:t>nine</w:t>”", "“<w:t>ten</w:t>”"),
        ),
        ("a.docx", packed(a="1", b="2"), packed(a="1"), "part b", ("there", "missing")),
        ("a.zip", packed(a="1", b="2"), packed(b="2", a="1"), "the order of the parts", ("“a, b…”", "“b, a…”")),
        (
            "v.json",
            json.dumps({"values": [{"n": 9}, {"n": 1}]}).encode(),
            json.dumps({"values": [{"n": 9}, {"n": 1.0}]}).encode(),
            "values[2].n",
            ("“1”", "“1.0”"),
        ),
        ("v.json", b'{"a": 1, "b": null}', b'{"a": 1}', "b", ("“null”", "“nothing”")),
        ("v.json", b"[1, 2]", b"[1]", "[2]", ("“2”", "“nothing”")),
        ("v.json", b'{"a": 1}', b'{"a":1}', "line 1, character 6", ('“{"a": 1}”', '“{"a":1}”')),
        (
            "r.parquet",
            table(a=[1, 2], b=["x", "y"]),
            table(a=[1, 2], b=["x", "z"]),
            "row 2, column 'b'",
            ("“y”", "“z”"),
        ),
        ("r.parquet", table(a=[1, 2]), table(a=[1]), "the number of rows", ("2", "1")),
        ("r.parquet", table(a=[1]), table(b=[1]), "the columns", ("“a”", "“b”")),
        (
            "p.png",
            picture((2, 3), "red"),
            picture((2, 3), "blue"),
            "the pixels from 0, 0",
            ("(255, 0, 0, 255)", "(0, 0, 255, 255)"),
        ),
        ("p.png", picture((2, 3), "red"), picture((4, 3), "red"), "the size", ("2 × 3 pixels", "4 × 3 pixels")),
        ("p.svgz", b"\xff\x00", b"\xff\x01", "byte 2", ("0x00", "0x01")),
        ("p.pdf", b"%PDF-\xff damaged", b"%PDF-\xff", "byte 7", ("0x20", "the end")),
    ],
)
def test_the_first_difference_is_where_a_person_would_look(name, first, second, place, both):
    assert difference(name, first, second) == Difference(place, *both)


def test_equal_contents_do_not_differ():
    with pytest.raises(ValueError, match="the same"):
        difference("a.txt", b"a", b"a")


def test_pages_of_a_pdf():
    typst = pytest.importorskip("typst")
    pages = [typst.compile(f"first page #pagebreak() second: {number}".encode()) for number in (93, 94)]
    assert difference("a.pdf", *pages) == Difference("page 2, line 1, character 10", "“second: 93”", "“second: 94”")
    more = typst.compile(b"first page #pagebreak() second: 93 #pagebreak() third")
    assert difference("a.pdf", pages[0], more) == Difference("the number of pages", "2", "3")


def test_a_very_large_file_is_compared_byte_by_byte(tmp_path, monkeypatch):
    monkeypatch.setattr(differences, "LARGEST_FILE", 10)
    monkeypatch.setattr(differences, "CHUNK", 4)
    files = tmp_path / "a.txt", tmp_path / "b.txt"
    for file, text in zip(files, ("0123456789x", "0123456789y"), strict=True):
        file.write_text(text)
    assert difference_of_files(*files) == Difference("byte 11", "0x78", "0x79")


@given(
    st.binary(max_size=40),
    st.binary(max_size=40),
    st.sampled_from([".json", ".docx", ".pdf", ".txt", ".png", ".parquet"]),
)
def test_damaged_files_differ_somewhere(first, second, suffix):
    if first != second:
        place, *both = difference(f"a{suffix}", first, second)
        assert place and both[0] != both[1]
