"""The number of hits that a database reported against what its exports hold: both directions, by every record."""

import csv
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.importing.collecting import check_hits
from prismake.importing.fields import lines

from tests.prismake.importing.snippets import EMBASE_RIS, SNIPPETS
from tests.prismake.importing.test_steps import collected, folder, search, write  # noqa: F401

# Six entries, of which one cannot be read.
DAMAGED = SNIPPETS["bibtex"][1]


def searches(**more: object) -> list[dict[str, object]]:
    return [{"id": "pubmed", "database": "PubMed", **more}]


@pytest.mark.parametrize(("hits", "stops"), [(9, True), (10, False), (11, True), (0, True), (None, False)])
def test_too_many_and_too_few_records_stop_alike(hits: int | None, stops: bool) -> None:
    issues = check_hits(searches(hits=hits), {"pubmed": 10})
    assert [issue.code for issue in issues] == ["hits"] * stops
    assert not check_hits(searches(hits=hits, hits_explained="one was withdrawn"), {"pubmed": 10})
    assert check_hits(searches(hits=hits, hits_explained=""), {"pubmed": 10}) == issues


def test_a_record_that_could_not_be_read_counts_as_a_hit(folder: Path) -> None:  # noqa: F811
    """The database reported it and the export holds it: its rejection is reported elsewhere."""
    file = write("b.bib", DAMAGED)
    assert len(collected(folder, [search("bib", file, hits=6)])["record_id"]) == 5
    with Path("results/imports.csv").open(newline="") as table:
        (row,) = csv.DictReader(table)
    assert (row["counted"], row["parsed"], row["rejected"]) == ("6", "5", "1")
    with pytest.raises(BuildStop, match="reported 5 hits, but its exports contain 6 records"):
        collected(folder, [search("bib", file, hits=5)])


def test_all_files_of_a_search_count_together(folder: Path) -> None:  # noqa: F811
    files = [write("a.ris", EMBASE_RIS * 2), write("b.ris", EMBASE_RIS)]
    assert len(collected(folder, [search("embase", *files, hits=3)])["record_id"]) == 3
    for hits in (1, 2, 4):
        with pytest.raises(BuildStop, match=f"reported {hits} hits?, but its exports contain 3 records"):
            collected(folder, [search("embase", *files, hits=hits)])


def test_lines_of_values_are_stripped() -> None:
    assert lines(["a\n b ", "c"]) == ["a", "b", "c"]
