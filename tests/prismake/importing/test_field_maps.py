"""Every tag of every format, by a table of what it must give (`maps/FORMAT.yaml`), through both readers.

The tables are written down apart from the maps, so that a tag that is dropped, two columns that are swapped, or another
order of preference shows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from prismake.common.records import COLUMNS
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format
from prismake.importing.field_table import FieldTable
from prismake.importing.readers import FORMATS

MAPS = Path(__file__).parent / "maps"
TABLES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(MAPS.glob("*.yaml"))
}
TOGETHER = [name for name in TABLES if FORMATS[name].together]
FORMAT = pytest.mark.parametrize("name", TABLES)


def columns_of(name: str, fields: Fields) -> dict[str, str]:
    """The columns that a record's fields give, the empty ones left out."""
    form = FORMATS[name]
    return {column: cell for column, cell in form.fields.columns(form.values(fields)).items() if cell}


def alone(name: str) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Tag -> its field with attributes, value and columns, for the tags that stand alone in a record of the table."""
    result: dict[str, tuple[str, str, dict[str, str]]] = {}
    for fields, columns in TABLES[name]["records"]:
        if len(fields) == 1:
            ((field, value),) = fields.items()
            result.setdefault(bare(field), (field, value, columns))
    return result


def bare(field: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", field)


def expected(name: str, columns: dict[str, str]) -> dict[str, str]:
    return {**TABLES[name]["default"], **columns}


def test_every_format_has_its_table() -> None:
    # A spreadsheet is read by the map of CSV.
    assert set(TABLES) == set(FORMATS) - {"spreadsheet"}
    assert FORMATS["spreadsheet"].fields is FORMATS["csv"].fields


@FORMAT
def test_the_table_knows_every_tag_of_the_map(name: str) -> None:
    form = FORMATS[name]
    records = [list(fields.items()) for fields, _ in TABLES[name]["records"]]
    tags = {tag for fields in records for tag in (*form.values(fields), *(bare(field) for field, _ in fields))}
    assert form.fields.tags() - tags == set()


@FORMAT
def test_each_field_lands_in_its_columns(name: str) -> None:
    for fields, columns in TABLES[name]["records"]:
        assert columns_of(name, list(fields.items())) == expected(name, columns), fields


@FORMAT
def test_the_values_that_tell_tags_apart_are_distinct(name: str) -> None:
    values = [value for _, value, _ in alone(name).values()]
    assert len(set(values)) == len(values)


@FORMAT
def test_the_preferred_tag_gives_the_column(name: str) -> None:
    for column, tags in TABLES[name]["preferred"].items():
        for first, second in pairwise(tags):
            (tag, value, columns), (other, lesser, _) = alone(name)[first], alone(name)[second]
            result = columns_of(name, [(other, lesser), (tag, value)])
            assert result[column] == columns[column], (column, first, second)


@FORMAT
def test_lists_stand_in_the_order_of_the_tags(name: str) -> None:
    for column, tags in TABLES[name]["listed"].items():
        for first, second in pairwise(tags):
            (tag, value, columns), (other, more, others) = alone(name)[first], alone(name)[second]
            result = columns_of(name, [(other, more), (tag, value)])
            assert result[column] == f"{columns[column]}; {others[column]}", (column, first, second)


@FORMAT
def test_a_full_record_fills_its_columns(name: str) -> None:
    fields = [(field, value) for field, value, _ in alone(name).values()]
    assert columns_of(name, fields) == TABLES[name]["full"]
    assert set(TABLES[name]["full"]) <= set(COLUMNS)


# --- many records at once -------------------------------------------------------------------------------------------


def as_text(name: str, fields: Fields) -> str:
    """A record as the format writes it: its number or its type comes first."""
    if name == "medline":
        fields = sorted(fields, key=lambda field: field[0] != "PMID")
        return "\n" + "".join(f"{tag:<4}- {value}\n" for tag, value in fields)
    lines = [f"{tag}  - {value}\n" for tag, value in fields if tag != "TY"]
    return f"TY  - {dict(fields).get('TY', 'GEN')}\n" + "".join(lines) + "ER  - \n"


def pairs(name: str) -> Iterator[Fields]:
    """Records with two tags of one column."""
    for tags in (*TABLES[name]["preferred"].values(), *TABLES[name]["listed"].values()):
        for first, second in pairwise(tags):
            yield [alone(name)[second][:2], alone(name)[first][:2]]


@pytest.mark.parametrize("name", TOGETHER)
def test_many_records_at_once_give_the_same_columns(name: str) -> None:
    form = FORMATS[name]
    assert form.together is not None
    full = [(field, value) for field, value, _ in alone(name).values()]
    records = [*(list(fields.items()) for fields, _ in TABLES[name]["records"]), *pairs(name), full]
    text = "".join(as_text(name, fields) for fields in records)
    regular = 0
    result: list[dict[str, str]] = []
    for batch in form.together(Content("many", lambda: io.BytesIO(text.encode()))):
        rows = columns_of_rows(form, batch.table) if batch.table else []
        regular += len(rows)
        for place, item in batch.others:
            assert isinstance(item, Entry)
            rows.insert(place, form.columns(item.fields))
        result += rows
    for fields, columns in zip(records, result, strict=True):
        assert {column: cell for column, cell in columns.items() if cell} == columns_of(name, fields), fields
    # The long tags that some platforms write are left to the reader of single records.
    assert regular > 0.75 * len(records)


def columns_of_rows(form: Format, table: FieldTable) -> list[dict[str, str]]:
    columns = form.fields.columns_of_many(table)
    rows = zip(*(cells.to_pylist() for cells in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]
