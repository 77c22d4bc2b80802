from pathlib import Path

import pytest
from prismake.cli import main
from prismake.common.errors import BuildStop
from prismake.common.records import as_frame
from prismake.common.writing import write_parquet, write_rows
from prismake.flow.explain import explain

TRAIL = ("record_id", "stage", "decision", "reason", "label", "matched", "decided_by", "note")


@pytest.fixture
def results(tmp_path):
    """The results of a build with two records of one report, excluded at the second stage, and one that waits."""
    about = {"database": "PubMed", "search_date": "2025-12-16", "file": "data/searches/pubmed.nbib"}
    records = [
        {
            "record_id": "pubmed:1",
            "title": "Cement leakage.",
            "author": "Doe, J",
            "year": "2020",
            "position": 1,
            "line": 1,
        },
        {"record_id": "pubmed:2", "title": "Cement leakage", "position": 2, "line": 40},
        {"record_id": "pubmed:3", "title": "Another", "position": 3},
    ]
    write_parquet(tmp_path / "records/records.parquet", as_frame([{**about, **record} for record in records]))
    clusters = [("pubmed:1", "pubmed:1"), ("pubmed:2", "pubmed:1"), ("pubmed:3", "pubmed:3")]
    columns = ("record_id", "cluster")
    write_rows(tmp_path / "records/clusters.csv", columns, (dict(zip(columns, row, strict=True)) for row in clusters))
    merge = {"cluster": "pubmed:1", "record_a": "pubmed:1", "record_b": "pubmed:2", "rule": "title", "evidence": "same"}
    write_rows(tmp_path / "dedup/merges.csv", (*merge, "score"), [merge])
    trail = [
        ("pubmed:1", "title", "include", "", "", "", "", ""),
        ("pubmed:1", "abstract", "exclude", "off_topic", "Off topic", "", "decisions.csv:4", "no spine"),
        ("pubmed:3", "title", "pending", "", "", "", "", ""),
    ]
    write_rows(tmp_path / "screening/trail.csv", TRAIL, (dict(zip(TRAIL, row, strict=True)) for row in trail))
    return tmp_path


def test_the_way_of_a_duplicate(results):
    assert explain("pubmed:2", results) == (
        "pubmed:2\n"
        "  Cement leakage\n"
        "Imported\n"
        "  from PubMed, searched 2025-12-16: data/searches/pubmed.nbib, record 2 (line 40)\n"
        "Duplicates\n"
        "  one of 2 records of the same report; pubmed:1 stands for all of them\n"
        "  - pubmed:1\n"
        "  pubmed:1 = pubmed:2: title (same)\n"
        "Screening\n"
        "  title: include\n"
        "  abstract: exclude, Off topic, by decisions.csv:4; note: no spine"
    )


def test_a_record_without_line_that_waits(results, capsys):
    assert main(["explain", "pubmed:3", "--results", str(results)]) == 0
    told = capsys.readouterr().out
    assert "record 3\nDuplicates\n  none found\n" in told
    assert told.endswith("title: pending\n  It waits for a decision.\n")


def test_an_unknown_record_and_a_missing_build(results):
    with pytest.raises(BuildStop, match=r"did you mean 'pubmed:\d'"):
        explain("pubmed:11", results)
    with pytest.raises(BuildStop, match="run `snakemake` first"):
        explain("pubmed:1", Path("nowhere"))
