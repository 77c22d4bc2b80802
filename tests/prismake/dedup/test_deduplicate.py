import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from prismake.common.errors import BuildStop
from prismake.common.records import COLUMNS
from prismake.common.writing import read_rows
from scripts.deduplicate import deduplicate

from tests.prismake.dedup.conftest import copy, frame_of
from tests.records import write_parquet

RECORDS = [
    copy(record_id="pubmed:1", search="pubmed", database="PubMed", pmid="99900001"),
    copy(record_id="embase:L1", search="embase", database="Embase", doi="", title=copy()["title"].upper()),
    copy(
        record_id="embase:L2",
        search="embase",
        database="Embase",
        title="Erratum: " + copy()["title"],
        pages="630",
        doi="",
    ),
]


def run(folder: Path, *decisions: str) -> dict[str, Path]:
    write_parquet(folder / "records.parquet", frame_of(RECORDS))
    table = folder / "decisions.csv"
    table.write_text("\n".join(["record_a,record_b,decision,note", *decisions]) + "\n", encoding="utf-8")
    outputs: dict[str, Any] = {
        "clusters": folder / "clusters.csv",
        "unique": folder / "unique.parquet",
        "merges": folder / "merges.csv",
        "to_review": folder / "to_review.csv",
        "links": folder / "links.csv",
    }
    deduplicate(records=folder / "records.parquet", decisions=table, workers=None, **outputs)
    return outputs


def test_the_step_writes_every_record_once_and_every_work_once(tmp_path: Path) -> None:
    outputs = run(tmp_path)
    clusters = read_rows(outputs["clusters"])
    assert [(row["record_id"], row["cluster"], row["survivor"]) for row in clusters] == [
        ("pubmed:1", "pubmed:1", "yes"),
        ("embase:L1", "pubmed:1", "no"),
        ("embase:L2", "embase:L2", "yes"),
    ]
    unique = pd.read_parquet(outputs["unique"])
    assert unique["record_id"].tolist() == ["pubmed:1", "embase:L2"]
    assert unique["members"].tolist() == ["pubmed:1; embase:L1", "embase:L2"]
    assert unique["sources"].tolist() == ["PubMed; Embase", "Embase"]
    assert list(unique.columns[: len(COLUMNS)]) == list(COLUMNS)
    (merge,) = read_rows(outputs["merges"])
    assert (merge["cluster"], merge["record_a"], merge["record_b"]) == ("pubmed:1", "embase:L1", "pubmed:1")
    assert merge["rule"] == "title, authors and pages"


def test_a_decision_splits_and_another_joins(tmp_path: Path) -> None:
    outputs = run(tmp_path, "pubmed:1,embase:L1,different,looked at both", "pubmed:1,embase:L2,same,")
    works = {row["record_id"]: row["cluster"] for row in read_rows(outputs["clusters"])}
    assert works == {"pubmed:1": "pubmed:1", "embase:L1": "embase:L1", "embase:L2": "pubmed:1"}


def test_an_unknown_record_in_a_decision_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(BuildStop, match="pubmed:7"):
        run(tmp_path, "pubmed:7,embase:L1,same,")


def test_a_review_without_decisions(tmp_path: Path) -> None:
    write_parquet(tmp_path / "records.parquet", frame_of(RECORDS))
    names = ("clusters", "merges", "to_review", "links")
    outputs: dict[str, Any] = {name: tmp_path / f"{name}.csv" for name in names} | {
        "unique": tmp_path / "unique.parquet"
    }
    deduplicate(records=tmp_path / "records.parquet", decisions=[], workers=None, **outputs)
    assert len(read_rows(outputs["clusters"])) == 3


def test_the_bytes_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    first = {name: path.read_bytes() for name, path in run(tmp_path).items()}
    again = {name: path.read_bytes() for name, path in run(tmp_path).items()}
    assert first == again


def test_two_records_with_one_id_stop_the_build(tmp_path: Path) -> None:
    write_parquet(tmp_path / "records.parquet", frame_of([RECORDS[0], RECORDS[0]]))
    with pytest.raises(BuildStop, match="pubmed:1"):
        deduplicate(
            records=tmp_path / "records.parquet",
            clusters=tmp_path / "c.csv",
            unique=tmp_path / "u.parquet",
            merges=tmp_path / "m.csv",
            to_review=tmp_path / "r.csv",
            links=tmp_path / "l.csv",
        )


def test_the_queue_shows_both_records_side_by_side(tmp_path: Path) -> None:
    records = [*RECORDS[:1], copy(record_id="x:1", doi="10.5555/wrong")]
    write_parquet(tmp_path / "records.parquet", frame_of(records))
    deduplicate(
        records=tmp_path / "records.parquet",
        clusters=tmp_path / "c.csv",
        unique=tmp_path / "u.parquet",
        merges=tmp_path / "m.csv",
        to_review=tmp_path / "r.csv",
        links=tmp_path / "l.csv",
    )
    (row,) = read_rows(tmp_path / "r.csv")
    assert (row["record_a"], row["record_b"]) == ("pubmed:1", "x:1")
    assert (row["doi_a"], row["doi_b"]) == ("10.5555/ejim.2014.417", "10.5555/wrong")
    assert row["title_a"] == row["title_b"] == copy()["title"]


def test_warnings_name_what_the_list_leaves_out_and_the_file_with_running_numbers(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    works = [copy(title=f"{copy()['title']} of town {place}", pages=f"{place + 2}-{place + 9}") for place in range(30)]
    records = [
        {**work, "file": "a.csv", "doi": f"10.5555/{side}.{place}", "number": str(2 * place + side + 100)}
        for place, work in enumerate(works)
        for side in (0, 1)
    ]
    write_parquet(tmp_path / "records.parquet", frame_of(records))
    paths: dict[str, Any] = {name: tmp_path / name for name in ("clusters", "unique", "merges", "to_review", "links")}
    with caplog.at_level(logging.WARNING, logger="prismake"):
        deduplicate(records=tmp_path / "records.parquet", workers=1, **paths)
    assert "a.csv: the issues are running numbers" in caplog.text
    assert "the list shows the 20 most likely doubtful pairs; 10 more are left out" in caplog.text
