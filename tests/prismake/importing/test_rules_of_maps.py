"""Rules of a field map on small tables: one after another, alone and for many records at once."""

from collections.abc import Mapping, Sequence

import numpy
import pytest
from prismake.importing.cells import texts
from prismake.importing.field_map import FieldMap, Joint, Parts, Rule
from prismake.importing.field_table import FieldTable
from prismake.importing.fields import Values, joined, pages, year

Record = list[tuple[str, str]]


def table_of(records: Sequence[Record]) -> FieldTable:
    """The fields of the records as the fast reader hands them on."""
    owners = [number for number, record in enumerate(records) for _ in record]
    fields = [field for record in records for field in record]
    tags = sorted({tag for tag, _ in fields})
    return FieldTable(
        records=len(records),
        owner=numpy.array(owners, numpy.int64),
        tag=numpy.array([tags.index(tag) for tag, _ in fields], numpy.int64),
        tags=tags,
        text=texts(["", *(piece for _, value in fields for piece in ("", value))]),
        filled=numpy.array([bool(value) for _, value in fields], numpy.bool_),
    )


RECORDS: list[Record] = [
    [("A", "a0"), ("B", "b0")],
    [("B", "b1")],
    [],
    [("C", "c3")],
    [("A", ""), ("B", "b4"), ("B", "second")],
    [("A", "a5")],
]


def slow(tag: str) -> Rule:
    return Rule((tag,), lambda values: values.first(tag))


def fast(tag: str) -> Rule:
    return Rule((tag,), lambda values: values.first(tag), lambda table: table.first(tag))


ALWAYS = Rule((), lambda values: "-")
B_ALONE = ["a0", "b1", "", "", "b4", "a5"]


@pytest.mark.parametrize("first", [slow("A"), fast("A")])
@pytest.mark.parametrize(
    ("second", "tags", "expected"),
    [
        (slow("B"), ("A", "B"), B_ALONE),
        (fast("B"), ("A", "B"), B_ALONE),
        (slow("A"), ("A",), ["a0", "", "", "", "", "a5"]),
        (ALWAYS, ("A",), ["a0", "-", "-", "-", "-", "a5"]),
        (fast("B") | slow("C"), ("A", "B", "C"), ["a0", "b1", "", "c3", "b4", "a5"]),
    ],
)
def test_or_else_applies_where_the_first_rule_gives_nothing(
    first: Rule, second: Rule, tags: tuple[str, ...], expected: list[str]
) -> None:
    both = first | second
    assert both.tags == tags
    assert [both.cell(Values(record)) for record in RECORDS] == expected
    assert both.cells(table_of(RECORDS)).to_pylist() == expected
    # Where the first gives all, nothing is left for the second.
    full = [RECORDS[0], RECORDS[5]]
    assert both.cells(table_of(full)).to_pylist() == ["a0", "a5"]


def test_or_else_leaves_alone_what_it_has_no_field_for() -> None:
    """The second rule sees only the records that have one of its fields: `cell` may give something for an empty one."""
    seen: list[Mapping[str, list[str]]] = []

    def cell(values: Values) -> str:
        seen.append(dict(values))
        return "x"

    both = fast("A") | Rule(("B",), cell)
    assert both.cells(table_of(RECORDS)).to_pylist() == ["a0", "x", "", "", "x", "a5"]
    assert seen == [{"B": ["b1"]}, {"B": ["b4", "second"]}]


def numbers(parts: Parts) -> dict[str, str]:
    return {"accession": parts.first("number"), "keywords": "; ".join(parts.all("word"))}


MAP = FieldMap(
    {"title": slow("A") | fast("B"), "abstract": fast("C")},
    Joint(("accession", "keywords", "url"), {"number": ("N", "M"), "word": ("W", "V")}, numbers),
)


def test_a_map_with_columns_made_together() -> None:
    records: list[Record] = [
        [("A", "a"), ("M", "m"), ("V", "v1"), ("W", "w"), ("V", "v2")],
        [("B", "b"), ("N", "n"), ("M", "m"), ("C", "c")],
        [],
    ]
    expected = [
        {"title": "a", "abstract": "", "accession": "m", "keywords": "w; v1; v2"},
        {"title": "b", "abstract": "c", "accession": "n", "keywords": ""},
        {"title": "", "abstract": "", "accession": "", "keywords": ""},
    ]
    assert MAP.tags() == {"A", "B", "C", "N", "M", "W", "V"}
    assert [MAP.columns(Values(record)) for record in records] == expected
    columns = {name: cells.to_pylist() for name, cells in MAP.columns_of_many(table_of(records)).items()}
    # A column that is not derived is empty there.
    assert columns.pop("url") == ["", "", ""]
    assert columns == {name: [row[name] for row in expected] for name in columns}
    assert set(columns) == set(expected[0])


def test_a_map_without_such_columns() -> None:
    plain = FieldMap({"title": slow("A")})
    assert plain.tags() == {"A"} and plain.columns(Values([("A", "a")])) == {"title": "a"}
    assert set(plain.columns_of_many(table_of(RECORDS))) == {"title"}


def test_values_by_their_names() -> None:
    values = Values([("A", "a1"), ("B", ""), ("C", "c1"), ("A", "a2")], exported=[("a", "a1")])
    assert dict(values) == {"A": ["a1", "a2"], "C": ["c1"]} and values.exported == [("a", "a1")]
    assert Values([]).exported == []
    assert [values.first(*names) for names in (("A", "C"), ("B", "C"), ("X",))] == ["a1", "c1", ""]
    assert [values.all(*names) for names in (("C", "X", "A"), ("X",))] == [["c1", "a1", "a2"], []]
    assert [values.either(*names) for names in (("X", "A", "C"), ("X",))] == [["a1", "a2"], []]


def test_lines_of_a_value_become_one_but_for_lists() -> None:
    fields = [("TI", "A title \n of two  lines"), ("AU", "One\nTwo"), ("PY", " 2014 ")]
    assert joined(fields, frozenset({"AU"})) == [("TI", "A title of two  lines"), ("AU", "One\nTwo"), ("PY", " 2014 ")]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("2014", "2014"),
        ("0001", "0001"),
        ("20150301", "2015"),
        ("201503", "2015"),
        ("201513", ""),
        ("20150332", ""),
        ("20150300", ""),
        ("1499, 1500", "1500"),
        ("12 May 1999; 2001", "1999"),
        ("2100", "2100"),
        ("in 2100", ""),
        ("120145", ""),
        ("", ""),
    ],
)
def test_the_first_year_in_a_text(text: str, result: str) -> None:
    assert year(text) == result


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("1", "9", "1-9"),
        ("1", "", "1"),
        ("", "9", "9"),
        ("5", "5", "5"),
        ("1-9", "9", "1-9"),
        ("1–9", "9", "1–9"),
        ("", "", ""),
    ],
)
def test_pages_from_their_two_ends(start: str, end: str, expected: str) -> None:
    assert pages(start, end) == expected
