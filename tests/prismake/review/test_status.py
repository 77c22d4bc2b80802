import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from prismake.cli import main
from prismake.common.digests import file_digest
from prismake.review.status import Status, changed_selection, changed_sources, next_step, note_sources, status_of

CONFIG = """
review: {draft: true}
searches: [{id: pubmed, database: PubMed, date: "2026-01-31", files: [data/searches/a.nbib]}]
screening: {decisions: data/screening/decisions.csv, stages: [{id: abstract}, {id: fulltext}]}
manuscript: {journal: bmj}
"""
BOXES = [
    {"id": "identified", "role": "identified", "label": "", "n": 12},
    {"id": "duplicates", "role": "duplicates", "label": "", "n": 2},
    {"id": "abstract.screened", "role": "screened", "stage": "abstract", "label": "Screened", "n": 10},
    {"id": "abstract.excluded", "role": "excluded", "stage": "abstract", "label": "", "n": 4},
    {"id": "abstract.pending", "role": "pending", "stage": "abstract", "label": "", "n": 3},
    {"id": "included", "role": "included", "label": "", "n": 3},
]
STUDY: dict[str, object] = {"study_id": "a", "age": None, "n": 3, "arms": []}
RESULTS = {
    "flow.json": {"boxes": BOXES},
    "studies.json": {"columns": {"age": {}, "n": {}, "arms": {}}, "studies": [STUDY, {**STUDY, "age": 4}]},
    "appraisal.json": {
        "appraisals": [
            {"study_id": "a", "state": "complete"},
            {"study_id": "b", "state": "partial"},
            {"study_id": "b", "state": "pending"},
        ]
    },
    "audit/findings.json": {"findings": [{"severity": "warning"}, {"severity": "warning"}, {"severity": "error"}]},
    "dedup/sources.csv": "search,database,records\npubmed,PubMed,12\nall,all searches,12\n",
    "dedup/to_review.csv": "record_a,record_b\na,b\n",
    "manuscript/values_used.csv": 'expression\nflow.included\n"to_write(""why"")"\n',
    "screening/to_screen/waiting.csv": (
        "stage,role,batch,reviewer,records,folder\n"
        "abstract,screening,all,,3,x/abstract/all\nabstract,screening,all,ann,2,x/ann\nfulltext,assessment,all,,0,\n"
    ),
}


@pytest.fixture
def review(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(CONFIG)
    for name, content in RESULTS.items():
        (tmp_path / "results" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "results" / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return tmp_path


@pytest.fixture
def status(review, capsys):
    assert main(["status", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_status_has_what_every_stage_says(status):
    assert status["searches"] == [{"search": "pubmed", "database": "PubMed", "records": 12}]
    assert (status["duplicates"], status["to_decide"], status["included"]) == (2, 1, 3)
    assert status["stages"] == [{"stage": "abstract", "label": "Screened", "screened": 10, "excluded": 4, "pending": 3}]
    assert [(row["reviewer"], row["records"]) for row in status["waiting"]] == [("", 3), ("ann", 2)]
    assert (status["studies"], status["empty_cells"], status["not_appraised"]) == (2, {"arms": 2, "age": 1}, 1)
    assert (status["to_write"], status["findings"]) == (1, {"warning": 2, "error": 1})
    assert status["next"] == {"text": "decide 1 possible duplicate", "how": "results/dedup/to_review.csv"}


def test_a_review_that_is_not_built_says_so(tmp_path, capsys):
    (tmp_path / "config.yaml").write_text(CONFIG)
    here = Path.cwd()
    try:
        assert main(["status", str(tmp_path)]) == 0
    finally:
        os.chdir(here)
    assert capsys.readouterr().out == "Not built yet.\nNext: build the review: snakemake\n"


def test_a_folder_without_a_review_is_named(tmp_path, capsys):
    assert main(["status", str(tmp_path)]) == 1
    assert "there is no config.yaml" in capsys.readouterr().err


WAITS = {"stage": "abstract", "role": "screening", "batch": "all", "reviewer": "", "records": 3, "folder": "x"}


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ({"built": False}, "build the review"),
        ({"changed": {"import": ["a", "b"]}, "to_decide": 1}, "build again: 2 files have changed"),
        ({"to_decide": 1, "waiting": [WAITS]}, "decide 1 possible duplicate"),
        ({"waiting": [WAITS, {**WAITS, "batch": "conflicts"}]}, "settle 3 conflicts between reviewers"),
        ({"waiting": [{**WAITS, "reviewer": "ann"}, WAITS]}, "screen 3 records (abstract)"),
        ({"waiting": [{**WAITS, "role": "retrieval"}]}, "retrieve 3 reports (abstract)"),
        ({"included": 3}, "extract the included studies"),
        ({"included": 3, "studies": 3, "not_appraised": 2, "to_write": 1}, "appraise 2 studies"),
        ({"to_write": 1, "findings": {"error": 1}}, "write 1 passage"),
        ({"findings": {"error": 1, "confirm": 4}}, "look at 1 finding of the audit"),
        ({"draft": True}, "finish: set 'draft: false' in config.yaml"),
        ({}, "submit"),
    ],
)
def test_the_earliest_stage_comes_next(known, text):
    assert next_step(Status(**{"built": True, **known})).text == text


def test_each_person_s_folder_is_named():
    own = [{**WAITS, "reviewer": name, "folder": f"all/{name}"} for name in ("Ana", "Ben")]
    assert next_step(Status(built=True, waiting=[WAITS, *own])).how == "all/Ana/, all/Ben/"
    retrieved = [{**row, "role": "retrieval"} for row in [WAITS, *own]]
    assert next_step(Status(built=True, waiting=retrieved)).how == "x/"


def test_files_that_differ_from_the_last_build_are_named_with_what_is_made_again(review):
    assert changed_sources(review) == {}
    for name in ("manuscript/01.a.md", "data/screening/decisions.csv", "data/searches/a.nbib"):
        (review / name).parent.mkdir(parents=True, exist_ok=True)
        (review / name).write_text("a")
    read = {name: file_digest(review / name) for name in ("manuscript/01.a.md", "data/screening/decisions.csv")}
    note_sources(review, {**read, "data/searches/a.nbib": file_digest(review / "data/searches/a.nbib"), "/engine": "x"})
    assert changed_sources(review) == {}

    (review / "config.yaml").write_text(f"# A comment.{CONFIG}")
    assert changed_sources(review) == {}
    (review / "config.yaml").write_text(CONFIG.replace("true", "false"))
    (review / "data/screening/decisions.csv").write_text("b")
    (review / "data/searches/a.nbib").unlink()
    (review / "manuscript/02.b.md").write_text("new")
    assert changed_sources(review) == {
        "settings": ["config.yaml"],
        "screening": ["data/screening/decisions.csv"],
        "import": ["data/searches/a.nbib"],
        "manuscript": ["manuscript/02.b.md"],
    }


def test_what_decides_on_the_included_records_is_named_until_screening_is_built(review):
    decisions, outcome = review / "data/screening/decisions.csv", review / "results/screening/screening.csv"
    for file in (decisions, outcome):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a")
    note_sources(review, {"data/screening/decisions.csv": file_digest(decisions)})
    os.utime(outcome, (1, 1))
    assert changed_selection(review, {}) == []
    # Another part of the settings decides on no record.
    config = review / "config.yaml"
    config.write_text(CONFIG.replace("true", "false"))
    assert changed_selection(review, {}) == []
    config.write_text(CONFIG + "deduplication: {decisions: d.csv}\n")
    decisions.write_text("b")
    assert changed_selection(review, {}) == ["data/screening/decisions.csv", "config.yaml"]
    # A build of this part alone leaves no note.
    os.utime(outcome, (1 << 33, 1 << 33))
    assert changed_selection(review, {}) == []


def test_a_sheet_that_the_last_build_did_not_read_is_a_change(review):
    note_sources(review, {})
    config = {"screening": {"sources": [{"file": f"data/screening/{name}_sheet.xlsx"} for name in "ab"]}}
    assert changed_sources(review, config) == {}
    (review / "data/screening").mkdir(parents=True, exist_ok=True)
    (review / "data/screening/a_sheet.xlsx").write_text("filled in")
    assert changed_sources(review, config) == {"screening": ["data/screening/a_sheet.xlsx"]}


def test_a_status_without_results_is_empty(tmp_path):
    assert status_of(tmp_path, {"review": {"draft": False}}) == Status()


@pytest.mark.parametrize("text", ["[]", "3", '{"config.yaml": 5, "data/../../x": "y"}', "{"])
def test_a_damaged_note_of_the_last_build_is_no_fault(review, text):
    file = review / ".snakemake/prismake/built_from.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert main(["status"]) == 0


def test_records_that_wait_but_are_not_listed_come_before_the_text():
    stage = {"stage": "abstract", "label": "", "screened": 3, "excluded": 0, "pending": 3}
    step = next_step(Status(built=True, stages=[stage], to_write=4))
    assert step.text == "list the records that wait to be screened"


DAMAGE = {
    "empty": lambda data: b"",
    "cut off": lambda data: data[: len(data) // 2],
    "binary": lambda data: b"\x00\xff\xfe" + data,
    "a list": lambda data: b"[1, 2]\n",
    "without keys": lambda data: b"{}\n",
    "another table": lambda data: b"a,b\n1,2\n",
    "a page": lambda data: b"<html>",
    "values of other kinds": lambda data: b'{"boxes": 1, "studies": [1], "columns": [], "findings": {"a": 1}}',
    "numbers as words": lambda data: data.replace(b"12", b"twelve").replace(b",3,", b",three,"),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", RESULTS)
def test_a_damaged_result_is_named_or_says_nothing_wrong(review, capsys, name, damage):
    assert main(["status", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    path = review / "results" / name
    old = path.read_bytes()
    path.write_bytes(DAMAGE[damage](old))
    code = main(["status", "--json"])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    if path.read_bytes() == old or (damage == "cut off" and name.endswith(".csv") and not code):
        # Nothing shows that a table ends too early; results are written whole or not at all.
        assert json.loads(out).keys() == whole.keys()
    elif code:
        assert f"results/{name}" in err
        assert "->" in err
    else:
        pytest.fail(f"counts from a damaged {name}: {out}")


@pytest.mark.parametrize("name", RESULTS)
def test_a_missing_result_leaves_its_part_out(review, capsys, name):
    main(["status", "--json"])
    whole = json.loads(capsys.readouterr().out)
    (review / "results" / name).unlink()
    assert main(["status", "--json"]) == 0
    less = json.loads(capsys.readouterr().out)
    assert less.keys() == whole.keys()
    blank = json.loads(json.dumps(asdict(Status())))
    for key in less.keys() - {"next"}:
        assert less[key] in (whole[key], blank[key]), key
