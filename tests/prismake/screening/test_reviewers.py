"""Reviews with several reviewers, and what goes wrong in their tables, through the step as its rule calls it."""

import json
import logging
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.writing import read_rows
from scripts.complete import complete

from . import exports
from .step import OUTPUTS, STAGES


def votes(*rows):
    return "record_id,stage,reviewer,decision,reason,note,date\n" + "".join(f"{row}\n" for row in rows)


def places_of(stopped):
    return [(issue.code, issue.where) for issue in stopped.value.issues]


def test_a_rayyan_export_with_two_reviewers(review):
    texts = {"animals": ["الدراسة على الحيوانات"], "design": ["wrong design"]}
    stages = [{**STAGES[0], "reason_texts": texts}, STAGES[1]]
    rows = review((exports.RAYYAN_RIS, {"stage": "abstract"}), stages=stages)
    assert rows["s:1"]["note"].startswith("conflict: Ana include (export0.txt:1), Reviewer 1 exclude (design, animals)")
    votes = read_rows(OUTPUTS["reviewers"])
    assert [(v["record_id"], v["reviewer"], v["decision"], v["reason"], v["reasons"]) for v in votes] == [
        ("s:1", "Ana", "include", "", ""),
        ("s:1", "Reviewer 1", "exclude", "design", "design, animals"),
        ("s:2", "Ana", "include", "", ""),
        ("s:2", "Reviewer 1", "exclude", "", ""),
    ]
    assert [row["kind"] for row in read_rows(OUTPUTS["conflicts"])] == ["include against exclude"] * 2
    (contents,) = json.loads(OUTPUTS["agreement"].read_text())["stages"]
    assert (contents["n"], contents["agree"], contents["conflicts"], contents["open"]) == (2, 0, 2, 2)
    assert read_rows(OUTPUTS["read"])[0]["undecided"] == "1"


def test_no_address_reaches_an_output(review, tmp_path):
    Path("articles.csv").write_text(exports.RAYYAN_CSV)
    review(
        (exports.RAYYAN_LOG, {"stage": "abstract", "records": "articles.csv"}),
        (exports.ASREVIEW_CSV, {"stage": "fulltext"}),
        decisions=votes("s:2,abstract,,include,,from eve@example.org,", "s:1,abstract,,include,,,"),
        stages=[{**STAGES[0], "reason_texts": {"design": ["wrong design"]}}, {"id": "fulltext"}],
    )
    assert read_rows(OUTPUTS["reviewers"])
    for path in OUTPUTS.values():
        assert "@" not in path.read_text(encoding="utf-8"), path
    with pytest.raises(BuildStop, match="e-mail address"):
        review((exports.ASREVIEW_CSV, {"stage": "abstract", "reviewer": "ana@example.org"}))


def test_an_unresolved_conflict_stops_a_final_build_and_consensus_resolves_it(review):
    given = votes(
        "s:1,abstract,Ana,include,,,",
        "s:1,abstract,Ben,exclude,design,,",
        *(f"s:{n},abstract,{reviewer},exclude,animals,," for n in (2, 3) for reviewer in ("Ana", "Ben")),
    )
    with pytest.raises(BuildStop) as stopped:
        review(decisions=given, draft=False)
    assert places_of(stopped) == [("conflict", "")]
    assert "1 conflict is unresolved at stage 'abstract':\n     s:1: Ana include (decisions.csv:2), Ben exclude" in str(
        stopped.value
    )
    consensus = "record_id,stage,decision,reason,note\n10.5555/twin,abstract,exclude,other,after a talk\n"
    rows = review(decisions=given, consensus=consensus, draft=False)
    assert (rows["s:1"]["reason"], rows["s:1"]["decided_by"]) == ("other", "consensus.csv:2")
    assert rows["s:1"]["note"] == "after a talk; decided on t:1, merged into s:1"
    assert rows["s:2"]["decided_by"] == "Ana decisions.csv:4; Ben decisions.csv:5"
    (contents,) = json.loads(OUTPUTS["agreement"].read_text())["stages"]
    assert (contents["n"], contents["agree"], contents["conflicts"], contents["open"]) == (3, 2, 1, 0)
    assert read_rows(OUTPUTS["conflicts"])[0]["settled"] == "exclude (other)"
    complete(screening=OUTPUTS["screening"], read=OUTPUTS["read"], complete=Path("complete.json"), draft=False)
    assert json.loads(Path("complete.json").read_text()) == {"records": 3, "pending": 0, "draft": False}


def test_the_final_target_refuses_drafts_and_what_is_pending(review):
    review(decisions=votes("s:1,abstract,,exclude,design,,"))
    with pytest.raises(BuildStop, match="a draft cannot be final: 2 of 3 records await"):
        complete(screening=OUTPUTS["screening"], read=OUTPUTS["read"], complete=Path("complete.json"), draft=True)
    with pytest.raises(BuildStop, match="2 of 3 records await"):
        complete(screening=OUTPUTS["screening"], read=OUTPUTS["read"], complete=Path("complete.json"), draft=False)
    assert not Path("complete.json").exists()


def test_reviewers_who_exclude_for_different_reasons_agree(review):
    rows = review(decisions=votes("s:1,abstract,Ana,exclude,animals,a,", "s:1,abstract,Ben,exclude,design,b,"))
    assert (rows["s:1"]["decision"], rows["s:1"]["reason"]) == ("exclude", "design")
    assert rows["s:1"]["note"] == "Ana: a; Ben: b; reasons: design, animals"
    assert not read_rows(OUTPUTS["conflicts"])


def test_one_reviewers_decisions_on_two_copies(review):
    rows = review(decisions=votes("s:1,abstract,Ana,exclude,design,,", "t:1,abstract,Ana,exclude,design,,"))
    assert rows["s:1"]["note"] == "decided on t:1, merged into s:1"
    assert len(read_rows(OUTPUTS["reviewers"])) == 2
    review(decisions=votes("s:1,abstract,Ana,exclude,design,,", "t:1,abstract,Ana,include,,,"))
    (conflict,) = read_rows(OUTPUTS["conflicts"])
    assert conflict["kind"] == "one reviewer, two answers"


def test_maybe_decides_nothing_unless_the_stage_lets_it_pass(review):
    given = votes("s:1,abstract,Ana,maybe,,,", "s:1,abstract,Ben,include,,,", "s:2,abstract,Ana,maybe,,,")
    rows = review(decisions=given)
    assert [rows[name]["decision"] for name in ("s:1", "s:2")] == ["pending", "pending"]
    assert [row["kind"] for row in read_rows(OUTPUTS["conflicts"])] == ["maybe against a decision", "undecided"]
    rows = review(decisions=given, stages=[{**STAGES[0], "maybe": "include"}, STAGES[1]])
    assert {rows[name]["stage"] for name in ("s:1", "s:2")} == {"fulltext"}


def test_a_stage_may_ask_for_two_reviewers(review):
    stages = [{**STAGES[0], "reviewers": 2}, STAGES[1]]
    given = votes("s:1,abstract,Ana,include,,,", "s:2,abstract,Ana,include,,,", "s:2,abstract,Ben,include,,,")
    rows = review(decisions=given, stages=stages)
    assert (rows["s:1"]["stage"], rows["s:2"]["stage"]) == ("abstract", "fulltext")
    assert rows["s:1"]["note"] == "decided by 1 of 2 reviewers (Ana decisions.csv:2)"


def test_a_reviewer_who_has_not_finished_is_reported(review, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    both = [f"s:{n},abstract,{reviewer},exclude,design,," for n in (1, 2, 3) for reviewer in ("Ana", "Ben")]
    review(decisions=votes(*both))
    assert "one reviewer" not in caplog.text
    review(decisions=votes(*both[:-1]))
    assert "1 record has only one reviewer's answer, the others two or more (Ana 3, Ben 2)" in caplog.text


def test_what_fits_no_record_stops_even_a_draft(review):
    with pytest.raises(BuildStop) as stopped:
        review(("title,year,decision\nPercutaneous technique: a second look,2020,include\n", {"stage": "abstract"}))
    assert places_of(stopped) == [("unknown-record", "export0.txt:2")]
    assert "nearest: s:2 (2020" in stopped.value.issues[0].fix


def test_a_source_says_its_stage_where_several_take_decisions(review):
    table = "doi,decision\n10.5555/one,include\n"
    with pytest.raises(BuildStop, match="does not name the stage"):
        review((table, {}))
    rows = review((table, {}), stages=[{"id": "all"}])
    assert rows["s:1"]["decision"] == "include"


def test_a_full_text_decision_on_what_was_excluded_or_not_decided(review):
    given = votes("s:1,abstract,,exclude,design,,", "s:1,fulltext,Ana,include,,,", "s:2,fulltext,,include,,,")
    with pytest.raises(BuildStop) as stopped:
        review(decisions=given)
    assert places_of(stopped) == [
        ("stage-not-reached", "decisions.csv:3"),
        ("stage-skipped", "decisions.csv:4"),
    ]


def test_contradictions_of_the_team_are_reported(review):
    with pytest.raises(BuildStop, match=r"decisions.csv:2 says include, this line exclude \(design\)"):
        review(decisions=votes("s:1,abstract,,include,,,", "t:1,abstract,,exclude,design,,"))


LONG = "Weil " + "die Studie, wie beschrieben, nicht passt; " * 50


@pytest.mark.parametrize(
    "text",
    [
        "Wrong design, no control",
        "מחקר בבעלי חיים, ללא קבוצת ביקורת",
        "不是随机的，也不是对照的",
        LONG[:2000].strip(),
        "a; b, c",
    ],
)
def test_reasons_in_any_script_with_commas_and_of_any_length(review, text):
    stages = [{"id": "abstract", "reasons": {"given": "Given", "other": "Other"}, "reason_texts": {"given": [text]}}]
    table = "doi,decision,reason\n" + '10.5555/one,exclude,"' + text + '"\n'
    assert review((table, {}), stages=stages)["s:1"]["reason"] == "given"
    both = "doi,decision,reason\n" + '10.5555/one,exclude,"other, ' + text + '"\n'
    review((both, {"reviewer": "Ana"}), stages=stages)
    assert read_rows(OUTPUTS["reviewers"])[0]["reasons"] == "given, other"
    unknown = "doi,decision,reason\n" + '10.5555/one,exclude,"' + text + ' not"\n'
    with pytest.raises(BuildStop) as stopped:
        review((unknown, {}), stages=stages)
    assert stopped.value.issues[0].code == "unknown-reason" and len(str(stopped.value)) < 700


def test_a_reason_outside_the_list_stops_with_the_nearest(review):
    with pytest.raises(BuildStop) as stopped:
        review(("doi,decision,reason\n10.5555/one,exclude,Animal only\n", {"stage": "abstract"}))
    assert 'animals:\n         - "Animal only"  # 1 row' in stopped.value.issues[0].fix


def test_dates_that_cannot_be_stop_the_build(review):
    given = votes("s:1,abstract,,include,,,2026-13-01", "s:2,abstract,,include,,,2026-03-01")
    with pytest.raises(BuildStop) as stopped:
        review(decisions=given, searches=[{"id": "s", "date": "2025-12-16", "kind": "database"}], last_day="2026-02-28")
    assert places_of(stopped) == [("date", "decisions.csv:2"), ("date", "decisions.csv:3")]


def test_empty_tables_leave_all_pending(review):
    rows = review(("", {"stage": "abstract"}), decisions="record_id,stage,decision,reason\n")
    assert {row["decision"] for row in rows.values()} == {"pending"}
    assert [row["rows"] for row in read_rows(OUTPUTS["read"])] == ["0", "0"]


def test_cells_that_a_spreadsheet_would_run_are_guarded(review):
    review(decisions=votes("s:1,abstract,=Ana,include,,=1+1,"))
    text = OUTPUTS["reviewers"].read_text()
    assert ",'=Ana," in text and ",'=1+1," in text


TWO = {"to_screen": {"reviewers": ["Ana", "Ben"]}}


def test_a_misspelt_reviewer_stops_with_the_name_that_is_meant(review):
    given = votes("s:1,abstract,Ana,include,,,", "s:1,abstract,Bem,include,,,", "s:2,abstract,Bem,include,,,")
    with pytest.raises(BuildStop) as stopped:
        review(decisions=given, **TWO)
    (issue,) = stopped.value.issues
    assert (issue.code, issue.where) == ("reviewer", "decisions.csv:3")
    assert issue.message == "'Bem' is not one of the reviewers (Ana, Ben)"
    assert issue.fix.startswith("did you mean 'Ben'? Correct its 2 rows; if they are two people, write {Bem: Bem}")
    assert review(decisions=given, **TWO, reviewers={"Bem": "Bem"})


def warnings_of(review, caplog, monkeypatch, *rows, **options):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    review(decisions=votes(*rows), **options)
    return caplog.text


@pytest.mark.parametrize(
    ("rows", "options", "part"),
    [
        # Another person, whom nobody named.
        (["s:1,abstract,Cleo,include,,,"], TWO, "'Cleo' has 1 decision but is not among the reviewers (Ana, Ben)"),
        # Nobody is named.
        (
            ["s:1,abstract,Miriam,include,,,", "s:2,abstract,Miriam,include,,,", "s:3,abstract,Mirjam,include,,,"],
            {},
            "'Mirjam' (1 decision) resembles the reviewer 'Miriam' (2 decisions)",
        ),
        (
            ["s:1,abstract,Ana,include,,,", "s:1,abstract,Ana,include,,,"],
            {},
            "Ana decides twice on 1 record at stage 'abstract': s:1",
        ),
    ],
)
def test_names_that_may_be_wrong_are_reported(review, caplog, monkeypatch, rows, options, part):
    assert part in warnings_of(review, caplog, monkeypatch, *rows, **options)


@pytest.mark.parametrize(
    ("first", "second", "record"),
    [
        # Both decided on one record, so they are two people.
        ("Miriam", "Mirjam", "s:1"),
        ("Reviewer 1", "Reviewer 2", "s:2"),
        ("Reviewer A", "Reviewer B", "s:2"),
        ("Jane", "June", "s:2"),
        ("Ana Lee", "Ana", "s:2"),
    ],
)
def test_names_of_two_people_are_not_reported(review, caplog, monkeypatch, first, second, record):
    rows = [f"s:1,abstract,{first},include,,,", f"{record},abstract,{second},include,,,"]
    assert "resembles" not in warnings_of(review, caplog, monkeypatch, *rows)


def test_a_copy_of_a_record_may_be_decided_again(review, caplog, monkeypatch):
    rows = ["s:1,abstract,Ana,include,,,", "t:1,abstract,Ana,include,,,"]
    assert "twice" not in warnings_of(review, caplog, monkeypatch, *rows)


def test_the_list_of_undecided_records_says_where_reviewers_are_missing(review):
    stages = [{**STAGES[0], "reviewers": 2}, STAGES[1]]
    with pytest.raises(BuildStop, match=r"cement leakage\): decided by 1 of 2 reviewers \(Ana decisions.csv:2\)"):
        review(decisions=votes("s:1,abstract,Ana,include,,,"), stages=stages, draft=False)
