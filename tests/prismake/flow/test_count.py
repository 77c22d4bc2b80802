"""The step as its rule calls it, on a small review."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop
from prismake.common.results.screening import EXCLUDED_BY_APPRAISAL, SCREENING, TRAIL
from prismake.common.writing import read_rows, write_rows
from scripts.count_flow import People, Screened, Written, count

from tests.prismake.flow.conftest import SEARCHES
from tests.records import as_frame, write_parquet

STAGES: list[dict[str, Any]] = [
    {"id": "title", "rules": [{"id": "review", "label": "Narrative review", "publication_types": ["Review"]}]},
    {"id": "fulltext", "reasons": {"no_outcome": "No outcome"}},
]
SCREENED = [
    ("pubmed:1", "title", "exclude", "review", "Narrative review", ""),
    ("pubmed:2", "fulltext", "exclude", "no_outcome", "No outcome", "only an image"),
    ("pubmed:3", "fulltext", "include", "", "", ""),
    ("embase:L4", "fulltext", "include", "", "", ""),
]


def way(row):
    """The trail of a record that ends as a row of screening tells."""
    columns = ("record_id", "stage", "decision", "reason")
    if row["stage"] == "fulltext":
        yield dict(zip(columns, (row["record_id"], "title", "include", ""), strict=True))
    yield {column: row[column] for column in columns}


@pytest.fixture
def review(tmp_path, monkeypatch):
    """A folder with four unique records and one duplicate; calls the step, reports as (record, study)."""
    monkeypatch.chdir(tmp_path)
    items = [("pubmed", "1"), ("pubmed", "2"), ("pubmed", "3"), ("embase", "L3"), ("embase", "L4")]
    records = [
        {"record_id": f"{s}:{a}", "search": s, "database": s.title(), "title": f"=Title {a}", "year": "2020"}
        for s, a in items
    ]
    # What the survivor of its cluster lacks.
    records[3] |= {"doi": "10.5555/copy", "pmid": "31415926"}
    write_parquet(Path("records.parquet"), as_frame(records))
    kept = {"embase:L3": "pubmed:3"}
    clusters = [{"record_id": r["record_id"], "cluster": kept.get(r["record_id"], r["record_id"])} for r in records]
    write_rows(Path("clusters.csv"), ("record_id", "cluster"), clusters)
    columns = ("record_id", "stage", "decision", "reason", "label", "note")

    def call(
        reports=None, *, draft=False, screened=SCREENED, trail=None, settings=None, previous=None, added=None, by=""
    ):
        more = {"title": "Merged", "sources": "Pubmed; Embase", "decided_by": by}
        rows = [{**dict(zip(columns, row, strict=True)), **more} for row in screened]
        SCREENING.write(Path("screening.csv"), rows)
        TRAIL.write(Path("trail.csv"), trail or [step for row in rows for step in way(row)])
        tables = {"previous.csv": previous, **(added or {})}
        for name, lines in tables.items():
            Path(name).write_text("\n".join(lines or []) + "\n", encoding="utf-8")
        if reports is not None:
            lines = ["record_id,study_id", *(",".join(row) for row in reports)]
            Path("reports.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        count(
            screened=Screened(Path("records.parquet"), Path("clusters.csv"), Path("screening.csv"), Path("trail.csv")),
            people=People(
                [] if reports is None else [Path("reports.csv")],
                [Path("previous.csv")] if previous else [],
                [Path(name) for name in added or {}],
            ),
            written=Written(Path("results/flow.json"), Path("results/flow"), Path("results/prisma2020.csv")),
            stages=STAGES,
            searches=SEARCHES,
            settings=settings or {},
            draft=draft,
        )
        return json.loads(Path("results/flow.json").read_text(encoding="utf-8"))

    return call


def test_flow_and_lists(review):
    boxes = review()["boxes"]
    assert [(box["id"], box["n"]) for box in boxes] == [
        ("identified", 5),
        ("identified.pubmed", 3),
        ("identified.embase", 2),
        ("duplicates", 1),
        ("title.screened", 4),
        ("title.excluded", 1),
        ("title.automation", 1),
        ("title.human", 0),
        ("title.excluded.review", 1),
        ("fulltext.assessed", 3),
        ("fulltext.excluded", 1),
        ("fulltext.excluded.no_outcome", 1),
        ("included", 2),
    ]
    for box in boxes:
        assert box["records"] == f"results/flow/{box['id']}.csv"
        assert len(read_rows(Path(box["records"]))) == box["n"]
    assert boxes[1]["kind"] == "database"
    assert boxes[9] == {
        "id": "fulltext.assessed",
        "label": "Reports assessed for eligibility",
        "n": 3,
        "records": "results/flow/fulltext.assessed.csv",
        "role": "screened",
        "stage": "fulltext",
        "kind": "assessment",
        "column": "databases",
    }
    assert [box["id"] for box in boxes if not box.get("shown", True)] == ["title.automation", "title.human"]


def test_a_list_tells_why_each_record_is_there(review):
    review()
    assert Path("results/flow/duplicates.csv").read_text(encoding="utf-8") == (
        "record_id,title,author,year,journal,doi,sources,reason\n"
        "embase:L3,'=Title L3,,2020,,10.5555/copy,Embase,duplicate of pubmed:3\n"
    )
    (excluded,) = read_rows(Path("results/flow/fulltext.excluded.csv"))
    assert (excluded["reason"], excluded["sources"]) == ("No outcome; only an image", "Pubmed; Embase")
    assert {row["reason"] for row in read_rows(Path("results/flow/identified.csv"))} == {""}


def test_lists_of_boxes_that_no_longer_exist_are_deleted(review):
    waiting = [*SCREENED[:3], ("embase:L4", "fulltext", "pending", "", "", "")]
    review(screened=waiting, draft=True)
    assert Path("results/flow/fulltext.pending.csv").is_file()
    review()
    assert not Path("results/flow/fulltext.pending.csv").exists()


def test_studies_and_their_reports(review):
    reports = [("embase:L3", "wagner2016"), ("embase:L4", "wagner2016")]  # L3 stands for its cluster
    included = review(reports)["boxes"][-1]
    assert (included["n"], included["studies"]) == (2, 1)
    assert included["studies_label"] == "Studies included in review"


@pytest.mark.parametrize(
    "name", ["https://doi.org/10.5555/COPY", "doi:10.5555/copy", "31415926", "PMID: 31415926", "embase:L3", "pubmed:3"]
)
def test_a_report_is_named_by_any_identifier_of_any_copy(review, name):
    reports = [(name, "a"), ("embase:L4", "b")]
    declared = [{"id": "meta", "label": "Studies in meta-analysis", "in": "included", "records": "meta.csv"}]
    boxes = review(reports, settings={"added": declared}, added={"meta.csv": ["record_id", name]})["boxes"]
    assert [(box["n"], box["studies"]) for box in boxes[-2:]] == [(2, 2), (1, 1)]
    with pytest.raises(BuildStop, match="'pubmed:3' is included, but the previous version already lists it as"):
        review(reports, previous=["study_id,report", f"old2010,{name}"])


def test_a_mistyped_record_is_named_with_the_nearest(review):
    declared = [{"id": "meta", "label": "Studies in meta-analysis", "in": "included", "records": "meta.csv"}]
    for tables in (
        {"reports": [("pubmed:33", "a")]},
        {"settings": {"added": declared}, "added": {"meta.csv": ["record_id", "pubmed:33"]}},
    ):
        with pytest.raises(BuildStop, match=r"csv:2: no record has the id 'pubmed:33'\n  -> results/records/clusters"):
            review(draft=True, **tables)


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ([("pubmed:3", "a")], "no-study"),
        ([("pubmed:3", "a"), ("embase:L4", "b"), ("pubmed:33", "c")], "unknown-record"),
        ([("pubmed:3", "a"), ("embase:L3", "b"), ("embase:L4", "c")], "report-of-two"),
    ],
)
def test_faults_of_the_table_of_reports(review, reports, code):
    with pytest.raises(BuildStop) as stopped:
        review(reports)
    assert [issue.code for issue in stopped.value.issues] == [code]


def test_a_report_that_is_not_included_is_only_reported(review, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    included = review([("pubmed:3", "a"), ("embase:L4", "b"), ("pubmed:2", "c")])["boxes"][-1]
    assert included["studies"] == 2
    assert "'pubmed:2' is not an included record" in caplog.text
    caplog.clear()
    review([("pubmed:3", "a"), ("embase:L4", "b"), ("pubmed:2", "c")], by=f"{EXCLUDED_BY_APPRAISAL.path}:2")
    assert "is not an included record" not in caplog.text


def test_in_a_draft_a_report_may_lack_its_study(review):
    assert review([("pubmed:3", "a")], draft=True)["boxes"][-1]["studies"] == 2


def test_tables_that_disagree_stop_the_build(review):
    with pytest.raises(
        BuildStop, match=r"identified contains 1 record that duplicates \+ title\.screened does not: embase:L4"
    ):
        review(screened=SCREENED[:3])
    assert not Path("results/flow.json").exists()


def test_a_trail_that_tells_another_reason_stops_the_build(review):
    rows = [dict(zip(("record_id", "stage", "decision", "reason"), row[:4], strict=True)) for row in SCREENED]
    trail = [step for row in rows for step in way(row)]
    trail[2]["decision"] = "include"
    with pytest.raises(
        BuildStop, match=r"fulltext\.excluded contains 1 record that the screening trail does not: pubmed:2"
    ):
        review(trail=trail)


def test_an_updated_review_counts_previous_studies_and_totals(review):
    previous = ["study_id,report", "old2010,10.1/a", "old2010,10.1/b", "wagner2016,10.1/c"]
    reports = [("pubmed:3", "wagner2016"), ("embase:L4", "chu2018")]
    boxes = {box["id"]: box for box in review(reports, previous=previous)["boxes"]}
    assert (boxes["previous"]["n"], boxes["previous"]["reports"]) == (2, 3)
    # A new report of a previous study makes no new study.
    assert (boxes["included"]["studies"], boxes["included"]["n"]) == (1, 2)
    assert (boxes["total"]["n"], boxes["total"]["reports"]) == (3, 5)
    assert Path("results/flow/total.csv").read_text(encoding="utf-8") == (
        "study_id,version,reports\nold2010,previous,2\nwagner2016,both,2\nchu2018,this,1\n"
    )
    assert len(read_rows(Path("results/flow/previous.csv"))) == 3


def test_an_update_without_previous_studies_is_a_draft(review):
    reports = [("pubmed:3", "wagner2016"), ("embase:L4", "chu2018")]
    with pytest.raises(BuildStop, match=r"previous\.csv: lists no study of the previous version"):
        review(reports, previous=["study_id,report"])
    boxes = {box["id"]: box for box in review(reports, previous=["study_id,report"], draft=True)["boxes"]}
    assert (boxes["previous"]["n"], boxes["total"]["n"]) == (0, 2)


def test_a_report_of_the_previous_version_is_not_included_again(review):
    with pytest.raises(
        BuildStop, match=r"previous.csv:2: 'pubmed:3' is included, but the previous version already lists it"
    ):
        review(previous=["study_id,report", "old2010,pubmed:3"])


def test_without_reports_each_new_report_counts_as_a_study(review, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    boxes = {box["id"]: box for box in review(previous=["study_id", "old2010"])["boxes"]}
    assert boxes["total"]["n"] == 3
    assert "each included report counts as a study of its own" in caplog.text


def test_boxes_of_the_reviews_own_hold_records_of_another_box(review):
    declared = [{"id": "meta", "label": "Studies in meta-analysis", "in": "included", "records": "meta.csv"}]
    reports = [("pubmed:3", "a"), ("embase:L4", "a")]
    added = {"meta.csv": ["record_id", "embase:L3"]}  # stands for its cluster
    boxes = review(reports, settings={"added": declared}, added=added)["boxes"]
    assert boxes[-1] == {
        "id": "meta",
        "label": "Studies in meta-analysis",
        "n": 1,
        "records": "results/flow/meta.csv",
        "role": "added",
        "parent": "included",
        "studies": 1,
    }
    assert [row["record_id"] for row in read_rows(Path("results/flow/meta.csv"))] == ["pubmed:3"]
    with pytest.raises(BuildStop, match=r"meta.csv:2: 'pubmed:1' is not in the box 'included'"):
        review(reports, settings={"added": declared}, added={"meta.csv": ["record_id", "pubmed:1"]})
