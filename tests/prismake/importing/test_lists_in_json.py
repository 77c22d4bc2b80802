"""JSON files with several lists, and records whose members have members."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prismake.importing.export import Export
from prismake.importing.readers import csl_json

from tests.prismake.importing.records import records_of
from tests.prismake.importing.snippets import EPPI_JSON, NESTED_JSON

CODES = {"Sets": [{"SetName": "Screening", "Attributes": [{"AttributeName": "Include"}]}]}
FIRST = {"Title": "One", "Year": "2001"}
SECOND = {"Title": "Two", "Year": "2002"}


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Reads a JSON text: its records and what was counted."""

    def reading(result: Any) -> tuple[list[dict[str, Any]], int]:
        (tmp_path / "export").write_text(result if isinstance(result, str) else json.dumps(result), encoding="utf-8")
        export = Export(tmp_path / "export")
        return records_of(export), export.counted

    return reading


def test_code_sets_before_the_references_are_not_records(read: Any) -> None:
    (first, second), counted = read(EPPI_JSON)
    assert counted == 2
    assert (first["title"], first["author"], first["year"]) == (
        "A reference about knees",
        "Example, A; Sample, C",
        "2020",
    )
    assert (second["journal"], second["doi"]) == ("Journal of References", "10.5555/eppi.2")


def test_a_file_with_code_sets_and_no_references_holds_no_record(read: Any) -> None:
    sets = {"CodeSets": [{"SetName": "Screening", "SetId": 1, "Attributes": {"AttributesList": []}}]}
    assert read({**sets, "References": []}) == ([], 0)
    assert read({"References": [], **sets}) == ([], 0)


def test_an_object_in_each_line_is_a_record(read: Any) -> None:
    records, counted = read(f"{json.dumps(FIRST)}\n\n{json.dumps(SECOND)}\n{{broken\n")
    assert ([(record["title"], record["line"]) for record in records], counted) == ([("One", 1), ("Two", 3)], 3)


def test_people_numbers_and_abstracts_of_open_indexes_are_read(read: Any) -> None:
    openalex = {
        "title": "A work",
        "type": "article",
        "publication_year": 2020,
        "authorships": [{"author": {"display_name": "Anna Example"}}, {"author": {"display_name": "Ben Sample"}}],
        "abstract_inverted_index": {"Twice": [0, 2], "and": [1]},
    }
    lens = {
        "title": "Another work",
        "authors": [{"first_name": "Anna", "last_name": "Example"}],
        "year_published": 2016,
        "external_ids": [{"type": "doi", "value": "10.5555/lens"}, {"type": "pmid", "value": "39000041"}],
    }
    (first,), _ = read({"meta": {"count": 1}, "results": [openalex]})
    assert (first["author"], first["year"], first["abstract"], first["entrytype"]) == (
        "Anna Example; Ben Sample",
        "2020",
        "Twice and Twice",
        "article",
    )
    (second,), _ = read({"total": 1, "data": [lens]})
    assert (second["author"], second["year"]) == ("Example, Anna", "2016")
    assert (second["doi"], second["pmid"]) == ("10.5555/lens", "39000041")


def test_members_of_members_give_columns(read: Any) -> None:
    (first, second), _ = read(NESTED_JSON)
    assert (first["doi"], first["pmid"], first["journal"]) == ("10.5555/nest.1", "39000031", "Journal of Nests")
    assert (first["author"], first["volume"], first["pages"]) == ("Anna Example; Carl Sample", "4", "1-2")
    assert (second["pmid"], second["author"], second["year"]) == ("39000032", "Example, A; Sample, C", "2021")
    assert (second["journal"], second["volume"]) == ("Journal of Nests", "5")


@pytest.mark.parametrize(
    "result",
    [
        {**CODES, "References": [FIRST, SECOND]},
        {"References": [FIRST, SECOND], **CODES},
        {"a": {"b": {**CODES, "c": [FIRST, SECOND]}}},
        {"words": ["x"], "empty": [], "References": [FIRST, SECOND]},
        {"included": [FIRST], "codes": CODES, "excluded": [SECOND]},
        {"lists": {"first": [FIRST], "second": [SECOND]}},
        '{"References": [{"Title": "One", "Year": "1"}], "References": [{"Title": "Two", "Year": "2"}]}',
        [FIRST, SECOND],
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_every_list_of_records_is_read_and_no_other(
    read: Any, monkeypatch: pytest.MonkeyPatch, result: Any, whole: bool
) -> None:
    monkeypatch.setattr(csl_json, "WHOLE", 1 << 20 if whole else 0)
    records, counted = read(result)
    assert ([record["title"] for record in records], counted) == (["One", "Two"], 2)


def test_objects_with_a_title_alone_are_records_where_there_are_not_better(read: Any) -> None:
    assert [record["title"] for record in read({**CODES, "hits": [{"title": "One"}, {"title": "Two"}]})[0]] == [
        "One",
        "Two",
    ]


def test_lists_that_stand_one_after_another_are_all_read(tmp_path: Path) -> None:
    lists = ('[{"title": "One", "type": "article"}]', '[{"title": "Two", "type": "article"}]')
    (tmp_path / "joined.json").write_text("\n".join(lists))
    export = Export(tmp_path / "joined.json")
    assert [record["title"] for record in records_of(export)] == ["One", "Two"]
    assert export.report().counted == 2
