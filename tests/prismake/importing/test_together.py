"""Records read many at once are those read one by one; what is decided by bytes is what the text functions would do."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.importing import content as content_
from prismake.importing import pieces
from prismake.importing.cells import (
    by_value,
    changed,
    chosen,
    empty,
    flags,
    holding,
    loose,
    marked_up,
    repeated,
    same,
    shorter,
    texts,
    truth,
    unlike,
    with_escapes,
    with_single_spaces,
)
from prismake.importing.containers import contents
from prismake.importing.content import Content, find_encoding
from prismake.importing.readers import FORMATS, medline, ris
from prismake.importing.sniffing import find_format
from prismake.importing.text import NOTHING, clean, fold, meaningful
from prismake.importing.text_cells import as_text, folded

from tests.prismake.importing.fuzzing import read_all
from tests.prismake.importing.snippets import SNIPPETS

TOGETHER = [name for name, form in FORMATS.items() if form.together]
# Text as values have it: no white space at the ends, no control characters but line feeds and tabs.
LETTERS = st.sampled_from(
    [*'ab<&;/,"\\ \n\té\xa0\u2009\u2008\u202f\u3000\u2126™μé́£–“ﬁ漢かが한', "  ", "<i>", "&amp;", "\n      ", "NA", "́"]
)
VALUES = st.lists(LETTERS, max_size=12).map(lambda parts: "".join(parts).strip())
COLUMNS = st.lists(VALUES, max_size=8)


def test_every_character_that_folding_changes_is_found() -> None:
    """Each character of Unicode, between letters and before a combining mark."""
    points = [point for point in range(0x20, 0x30000) if not 0xD800 <= point < 0xE000 and point != 0x7F]
    for before, after in (("a", "b"), ("", "x"), ("a", "\u0301")):
        cells = [before + chr(point) + after for point in points]
        missed = [
            cell
            for cell, odd in zip(cells, loose(texts(cells)).tolist(), strict=True)
            if not odd and fold(cell) != cell and cell == cell.strip()
        ]
        assert missed == []


def test_common_text_is_left_alone() -> None:
    common = ["β-blockers – a “new” trial’s 95 % CI ≥ 0.5 → €3 ™", "Ångström, Şükrü", "Боль в спине", "慢性疼痛"]
    assert not loose(texts(common)).any()
    assert not marked_up(texts(["p < 0.05 & q<0.1", "3 & 4 &"])).any()


@settings(max_examples=400, deadline=None)
@given(COLUMNS)
def test_columns_are_cleaned_as_single_texts_are(values: list[str]) -> None:
    column = texts(values)
    assert column.to_pylist() == values
    assert folded(column).to_pylist() == [fold(value) for value in values]
    assert as_text(column).to_pylist() == [meaningful(clean(value)) for value in values]
    assert by_value(column, clean).to_pylist() == [clean(value) for value in values]
    odd = marked_up(column)
    assert all(odd[at] or clean(value) == fold(value) for at, value in enumerate(values))


@settings(max_examples=200, deadline=None)
@given(COLUMNS, st.lists(st.booleans(), min_size=8, max_size=8))
def test_cells_are_found_and_chosen(values: list[str], where: list[bool]) -> None:
    column, mask = texts(values), numpy.array(where[: len(values)], numpy.bool_)
    assert truth(flags(mask)).tolist() == mask.tolist()
    assert holding(column, "a", ", ", "<").tolist() == [
        any(mark in value for mark in ("a", ", ", "<")) for value in values
    ]
    assert empty(column).tolist() == [not value for value in values]
    assert shorter(column, 4).tolist() == [0 < len(value.encode()) < 4 for value in values]
    assert unlike(column, "[ab]+").tolist() == [bool(value) and not re.fullmatch("[ab]+", value) for value in values]
    other = repeated("other", len(values))
    assert chosen(mask, other, column).to_pylist() == [
        "other" if left else value for left, value in zip(mask, values, strict=True)
    ]
    assert same(column, chosen(mask, other, column)).tolist() == (~mask).tolist()
    assert changed(column, mask, str.upper).to_pylist() == [
        value.upper() if left else value for left, value in zip(mask, values, strict=True)
    ]


@settings(max_examples=200, deadline=None)
@given(COLUMNS)
def test_escapes_and_spaces(values: list[str]) -> None:
    escapes = {b"\\": b"\\\\", b'"': b'\\"', b"\n": b"\\n", b"\t": b"\\t"}
    escaped = with_escapes(texts(values), escapes).to_pylist()
    assert [json.loads(f'"{cell}"') for cell in escaped] == values
    ascii_only = [value for value in values if value.isascii()]
    assert with_single_spaces(texts(ascii_only)).to_pylist() == [" ".join(value.split()) for value in ascii_only]


def test_what_says_nothing_is_nothing_also_when_spaced() -> None:
    values = [*NOTHING, "No   abstract \n      available", "[No abstract    available]"]
    assert set(as_text(texts(values)).to_pylist()) == {""}


@pytest.mark.parametrize("name", [name for name, (form, *_) in SNIPPETS.items() if form in TOGETHER])
def test_snippets_many_at_once(name: str) -> None:
    form, text, parsed, rejected = SNIPPETS[name]
    assert read_all(form, text.encode()) == (parsed, rejected)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files come in pieces of some dozen bytes, as large ones do in megabytes."""
    monkeypatch.setattr(content_, "CHUNK", 37)
    monkeypatch.setattr(pieces, "STRETCH", 150)
    yield


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("name", [name for name, (form, *_) in SNIPPETS.items() if form in TOGETHER])
def test_snippets_in_small_steps(name: str) -> None:
    form, text, parsed, rejected = SNIPPETS[name]
    assert read_all(form, text.encode()) == (parsed, rejected)
    assert read_all(form, (text + "\n\n" + text).encode())[0] >= parsed


@pytest.mark.usefixtures("small_steps")
def test_long_lines_and_long_records_are_cut_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_, "LINE_LIMIT", 400)
    monkeypatch.setattr(pieces, "LINE_LIMIT", 400)
    monkeypatch.setattr(pieces, "RECORD_LIMIT", 1200)
    plain = "TY  - JOUR\nTI  - A title {}\nAU  - Example, A\nER  - \n\n"
    long_line = plain.format("x" * 900)
    long_record = "TY  - JOUR\n" + "KW  - word\n" * 200 + "ER  - \n\n"
    text = "".join(map(plain.format, range(9))) + long_line + plain.format(9) + long_record + plain.format(10)
    assert read_all("ris", text.encode()) == (11, 2)
    assert read_all("ris", (long_record + text).encode()) == (11, 3)


def bytes_of(text: str) -> Content:
    return Content("made up", lambda: io.BytesIO(text.encode()))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([ris, medline]),
    st.lists(
        st.sampled_from(
            [
                "\n",
                "\n\n",
                " ",
                "\t",
                "\ufeff",
                "TY  - ",
                "TY - X",
                "TY  -",
                "PMID- 1",
                "PMID - 2",
                "TI  - é",
                "ER  - ",
                "x",
            ]
        ),
        max_size=30,
    ),
    st.integers(5, 60),
)
def test_stretches_are_what_pieces_are(module: object, parts: list[str], step: int) -> None:
    text = "".join(parts)
    start, start_bytes = module.START, module.START_BYTES  # type: ignore[attr-defined]
    whole = list(pieces.cut(bytes_of(text), start))
    chunk, stretch = content_.CHUNK, pieces.STRETCH
    content_.CHUNK, pieces.STRETCH = step, step
    try:
        result = list(pieces.cut_stretches(bytes_of(text), start, start_bytes))
    finally:
        content_.CHUNK, pieces.STRETCH = chunk, stretch
    cut = []
    for part in result:
        assert isinstance(part, pieces.Stretch)
        for begin, end in zip(part.starts, part.starts[1:], strict=False):
            line = part.line + part.text.count(b"\n", 0, begin)
            cut.append(pieces.Piece(line, part.text[begin:end].decode(), ""))
    assert cut == whole


def test_real_exports_many_at_once(shared: Path) -> None:
    """Every real export; and nearly all their records are regular, so that the fast way is the usual one."""
    regular = records = 0
    for path in sorted((shared / "exports").rglob("*")):
        if not path.is_file() or path.suffix not in (".ris", ".nbib", ".txt"):
            continue
        for content in contents(path, path.name):
            try:
                form = FORMATS[find_format(content)]
            except Exception:
                continue
            find_encoding(content)
            if form.together and content.plain:
                data = content.open().read()
                records += read_all(form.name, data)[0]
                regular += sum(len(batch.lines) for batch in form.together(content))
    assert records > 3000 and regular > 0.98 * records


def test_unicode_data_has_no_newer_white_space() -> None:
    """The bytes that count as white space were listed by hand; this Python must know no others."""
    white = {point for point in range(0x110000) if chr(point).isspace()}
    assert {point for point in white if point > 0x7F} == {
        *(0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
        *range(0x2000, 0x200B),
    }, unicodedata.unidata_version
