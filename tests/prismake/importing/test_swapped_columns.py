"""The tables of the field maps notice two columns that are exchanged in a map, and one that is dropped."""

from dataclasses import replace
from itertools import combinations

import pytest
from prismake.importing.entries import Fields
from prismake.importing.readers import FORMATS

from tests.prismake.importing.test_field_maps import TABLES, alone, columns_of

# PubMed's number of a record is its PMID.
ONE_NUMBER = {"pubmed-text", "pubmed-xml"}


def records(name: str) -> list[Fields]:
    """The records of a format's table, the full one too."""
    full = [(field, value) for field, value, _ in alone(name).values()]
    return [*(list(fields.items()) for fields, _ in TABLES[name]["records"]), full]


def cells(name: str) -> dict[str, list[str]]:
    """Column -> its cell in each record of the table."""
    items = [columns_of(name, fields) for fields in records(name)]
    columns = {*FORMATS[name].fields.rules, *FORMATS[name].fields.joint.columns}
    return {column: [record.get(column, "") for record in items] for column in columns}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_filled_by_some_record(name: str) -> None:
    assert [column for column, values in cells(name).items() if not any(values)] == []


@pytest.mark.parametrize("name", TABLES)
def test_two_columns_exchanged_in_the_map_change_a_record(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each column with every other: what the table's records gave before, they give no more."""
    form, before = FORMATS[name], [columns_of(name, fields) for fields in records(name)]
    for left, other in combinations(form.fields.rules, 2):
        if name in ONE_NUMBER and {left, other} == {"pmid", "accession"}:
            continue
        rules = {**form.fields.rules, left: form.fields.rules[other], other: form.fields.rules[left]}
        monkeypatch.setitem(FORMATS, name, replace(form, fields=replace(form.fields, rules=rules)))
        changed = any(columns_of(name, fields) != was for fields, was in zip(records(name), before, strict=True))
        assert changed, f"no record notices {left} and {other} exchanged"
