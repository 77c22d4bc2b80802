"""Columns of few different texts as codes."""

import pyarrow as pa
import pytest
from prismake.common.arrow import coded, codes_of, equal, is_in

PARTS: tuple[list[str], ...] = (["x", "y", "x"], [], ["z"], ["y"])


@pytest.fixture
def column():
    tables = (pa.table({"id": pa.array(part, pa.string()), "kind": pa.array(part, pa.string())}) for part in PARTS)
    return coded(tables, ("kind",))["kind"]


def test_coded_cells_are_tested_as_texts_are(column):
    plain = pa.chunked_array([pa.array(part, pa.string()) for part in PARTS])
    assert pa.types.is_dictionary(column.type) and column.to_pylist() == plain.to_pylist()
    for value in ("x", "z", "", "w"):
        assert equal(column, value).tolist() == equal(plain, value).tolist()
    assert is_in(column, ["y", "z"]).tolist() == is_in(plain, ["y", "z"]).tolist() == [False, True, False, True, True]
    assert is_in(column, []).tolist() == [False] * 5


def test_a_code_is_the_place_of_its_text(column):
    for cells in (column, pa.array(["x", "y", "x", "z", "y"])):
        codes, texts = codes_of(cells)
        assert [texts[code] for code in codes] == ["x", "y", "x", "z", "y"] and len(texts) == 3
    codes, texts = codes_of(pa.array([], pa.string()))
    assert len(codes) == 0 and texts == []
