"""The appraisal against its forms: four states kept apart, and every stop."""

import json

import pytest
from prismake.appraisal.forms import Form
from prismake.appraisal.matrix import AppraisalTables, caption_of
from prismake.common.errors import BuildStop
from prismake.common.printed import Wording
from prismake.review.appraisal_tables import appraisal_tables
from scripts.appraise import Forms, Written, matrix

from tests.places import PROJECT
from tests.settings import whole

from ..synthesis.review import cells, example_extraction
from .test_forms import FORMS

TABLE = {
    "id": "appraisal",
    "caption": "Appraisal",
    "columns": [
        {"id": "study", "header": "Study", "cell": "name", "cite": True},
        {"id": "design", "header": "Design", "cell": "codes('design', design)"},
        {"id": "form", "header": "Form", "cell": "form"},
    ],
    "item": {"header": "Q{item}", "align": "center", "width": 0.5},
    "last_columns": [{"id": "overall", "header": "Overall", "cell": "overall"}],
    "cells": {
        "yes": "Yes",
        "no": "No",
        "unclear": "Unclear",
        "not_applicable": "Not applicable",
        "include": "Include",
        "exclude": "Exclude",
        "not_on_form": "–",
        "pending": "Pending",
    },
    "list_items": True,
}
SETTINGS = {
    "design": "design",
    "designs": {"series": ["case_series"], "report": ["case_report", "case_series"]},
    "patients": {"case_report": {"maximum": 1}, "case_series": {"minimum": 1}},
    "table": TABLE,
}


@pytest.fixture
def settings():
    return whole(SETTINGS, "appraisal")


def appraise(review, settings, *, draft=False, own_forms=(), without=""):
    """Runs both steps; (the matrix's rows, results/appraisal.json, the printed table) of the last matrix."""
    shows = appraisal_tables({"appraisal": settings})
    last = list(shows)[-1]
    review.collect(draft=draft)
    out = review.folder / "results"
    matrix(
        extraction=review.extraction,
        answered=AppraisalTables(review.path("answers"), [] if without == "overall" else [review.path("overall")]),
        files=Forms(FORMS, list(own_forms)),
        wording=Wording("NA", [], [] if without == "abbreviations" else [review.path("abbreviations")]),
        written=Written(
            out / "appraisal.json",
            out / "judgements.csv",
            [out / f"{name}.csv" for name in shows],
            [out / f"{name}_table.json" for name in shows],
        ),
        settings=settings,
        shows=shows,
        patients="patients",
        draft=draft,
    )
    return (
        cells(out / f"{last}.csv"),
        json.loads((out / "appraisal.json").read_text()),
        json.loads((out / f"{last}_table.json").read_text()),
    )


def test_one_matrix_over_two_forms(review, settings):
    rows, appraisal, table = appraise(review, settings)
    assert [row["study_id"] for row in rows] == ["alpha2001", "gamma2002", "beta2003"]
    assert [rows[2][f"item_{n}"] for n in range(1, 11)] == ["Yes"] * 6 + ["Unclear", "Yes", "–", "–"]
    assert [(row["design"], row["form"]) for row in rows] == [("Series", "Case series")] * 2 + [
        ("Report", "Case report")
    ]
    assert [column["header"] for column in table["columns"][3:]] == [*(f"Q{n}" for n in range(1, 11)), "Overall"]
    assert table["notes"][0].startswith("Case report form: Q1, demographics; ")
    assert table["notes"][2].startswith("Source: https://jbi.global/critical-appraisal-tools, https://doi.org/")
    assert list(appraisal["forms"]) == ["case_report", "case_series"]
    assert {study["state"] for study in appraisal["appraisals"]} == {"complete"}
    assert "9" not in appraisal["appraisals"][2]["items"]


def test_four_states_print_differently(review, settings):
    review.edit("answers", "beta2003,case_report,1,yes,", "beta2003,case_report,1,not_applicable,no patient")
    review.edit("answers", "beta2003,case_report,2,yes,", "beta2003,case_report,2,,")
    rows, appraisal, _ = appraise(review, settings, draft=True)
    assert [rows[2][f"item_{n}"] for n in (1, 2, 3, 9)] == ["Not applicable", "Pending", "Yes", "–"]
    items = appraisal["appraisals"][2]["items"]
    assert items["1"] == {"state": "answered", "answer": "not_applicable", "note": "no patient", "proposed": None}
    assert items["2"]["state"] == "pending" and appraisal["appraisals"][2]["state"] == "partial"


def test_a_study_that_nobody_appraised_is_pending_in_a_draft(review, settings, caplog):
    keep = [line for line in review.path("answers").read_text().splitlines() if not line.startswith("beta2003")]
    review.path("answers").write_text("\n".join(keep) + "\n")
    review.edit("overall", "beta2003,include,\n", "")
    rows, appraisal, _ = appraise(review, settings, draft=True)
    assert set(list(rows[2].values())[3:]) == {"Pending"}
    assert appraisal["appraisals"][2] | {"form": None, "state": "pending"} == appraisal["appraisals"][2]
    assert "1 study is not appraised: beta2003" in caplog.text
    with pytest.raises(BuildStop, match="1 study is not appraised: beta2003"):
        appraise(review, settings)


def test_answers_of_a_study_left_out_are_passed_over(review, settings):
    review.edit("screening", "2001,include", "2001,exclude")
    rows, _, _ = appraise(review, settings)
    assert [row["study_id"] for row in rows] == ["gamma2002", "beta2003"]


def test_a_form_of_the_review_itself(review, settings, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "id: own\ntitle: Own\nshort: Own\nanswers: [low, high]\noverall: []\n"
        'items: [{id: "1", subject: ""}, {id: 2a, subject: ""}]\n'
    )
    keep = [line for line in review.path("answers").read_text().splitlines() if not line.startswith("beta2003")]
    review.path("answers").write_text("\n".join([*keep, "beta2003,own,1,low,", "beta2003,own,2a,high,", ""]))
    review.edit("overall", "beta2003,include,\n", "")
    settings["designs"]["report"] = ["own"]
    settings["table"]["by_form"] = False
    rows, _, table = appraise(review, settings, own_forms=[own])
    assert (rows[2]["item_1"], rows[2]["item_2a"], rows[2]["item_2"]) == ("Low", "High", "–")
    assert table["columns"][-2]["header"] == "Q2a"


def test_forms_that_share_no_items_have_tables_of_their_own(review, settings, tmp_path, caplog):
    own = tmp_path / "rob2.yaml"
    items = "".join(f'{{id: D{n}, subject: "domain {n}"}}, ' for n in range(1, 6))
    own.write_text(
        f"id: rob2\ntitle: Risk of Bias 2\nshort: RoB 2\nanswers: [low, high]\noverall: []\nitems: [{items}]\n"
    )
    keep = [line for line in review.path("answers").read_text().splitlines() if not line.startswith("beta2003")]
    given = [f"beta2003,rob2,D{n},low," for n in range(1, 6)]
    review.path("answers").write_text("\n".join([*keep, *given, ""]))
    review.edit("overall", "beta2003,include,\n", "")
    settings["designs"] = {"series": ["case_series"], "report": ["rob2"]}
    settings["table"] |= {"by_form": True, "item": settings["table"]["item"] | {"header": "{item}"}}
    rows, _, table = appraise(review, settings, own_forms=[own])
    assert [row["study_id"] for row in rows] == ["beta2003"]
    assert (table["id"], table["caption"]) == ("appraisal_rob2", "Appraisal: Risk of Bias 2")
    assert [column["header"] for column in table["columns"][-6:-1]] == ["D1", "D2", "D3", "D4", "D5"]
    assert table["notes"][0] == "Items: " + "; ".join(f"D{n}, domain {n}" for n in range(1, 6)) + "."
    assert rows[0]["overall"] == "–"
    other = cells(review.folder / "results/appraisal_case_series.csv")
    assert [row["study_id"] for row in other] == ["alpha2001", "gamma2002"]
    assert {"item_10"} <= set(other[0]) and "item_D1" not in other[0]
    # What waits is in the table of the form that it will be on.
    review.path("answers").write_text("\n".join([*keep, ""]))
    rows, _, _ = appraise(review, settings, draft=True, own_forms=[own])
    assert [row["study_id"] for row in rows] == ["beta2003"]


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("answers", "beta2003,case_report,3", "betta2003,case_report,3", "did you mean 'beta2003'"),
        ("answers", "beta2003,case_report,3", "beta2003,case_raport,3", "did you mean 'case_report'"),
        (
            "answers",
            "beta2003,case_report,3",
            "beta2003,case_series,3",
            "appraised on 'case_report' and on 'case_series'",
        ),
        ("answers", "beta2003,case_report,8", "beta2003,case_report,9", "has no item '9'"),
        ("answers", "beta2003,case_report,3,yes", "beta2003,case_report,3,yess", "did you mean 'yes'"),
        ("answers", "beta2003,case_report,3,yes,\n", "", "no answer to item 3"),
        ("answers", "beta2003,case_report,3,yes,", "beta2003,case_report,3,,", "no answer to item 3"),
        ("answers", "beta2003,case_report,3,yes,", "beta2003,case_report,2,yes,", "already occurs in line"),
        ("overall", "beta2003,include", "beta2003,inclde", "did you mean 'include'"),
        ("overall", "beta2003,include,\n", "", "'beta2003' has no overall answer"),
        ("overall", "beta2003,include", "betta2003,include", "did you mean 'beta2003'"),
        (
            "studies",
            "beta2003,Beta & Co,2003,Chad,report,1,1,0",
            "beta2003,Beta & Co,2003,Chad,report,2,1,1",
            "not for 2 patients",
        ),
        (
            "studies",
            "beta2003,Beta & Co,2003,Chad,report",
            "beta2003,Beta & Co,2003,Chad,series",
            "a series is not appraised on",
        ),
    ],
)
def test_a_fault_stops_and_is_named(review, settings, table, old, new, message):
    review.edit(table, old, new)
    with pytest.raises(BuildStop) as stopped:
        appraise(review, settings)
    assert message in str(stopped.value)
    assert not (review.folder / "results" / "appraisal.json").exists()


def test_an_overall_answer_without_items_stops_a_draft_too(review, settings):
    keep = [line for line in review.path("answers").read_text().splitlines() if not line.startswith("beta2003")]
    review.path("answers").write_text("\n".join(keep) + "\n")
    with pytest.raises(BuildStop, match="has an overall answer, but no item is answered"):
        appraise(review, settings, draft=True)


def test_a_design_without_a_form_stops(review, settings):
    del settings["designs"]["report"]
    with pytest.raises(BuildStop, match="no form is configured for the design 'report'"):
        appraise(review, settings)


@pytest.mark.parametrize(
    ("state", "text"), [("not_on_form", "NA"), ("pending", "Unclear"), ("not_on_form", "Not applicable")]
)
def test_a_mark_that_means_two_things_stops(review, settings, state, text):
    settings["table"]["cells"][state] = text
    with pytest.raises(BuildStop, match=f"'{text}' is also what"):
        appraise(review, settings)


def test_a_text_for_no_answer_stops(review, settings):
    settings["table"]["cells"]["unclaer"] = "?"
    with pytest.raises(BuildStop, match="did you mean 'unclear'"):
        appraise(review, settings)


def test_the_examples_matrix_says_what_the_facts_say(tmp_path, shared):
    config, _ = example_extraction(tmp_path)
    block = config["appraisal"]
    matrix(
        extraction=tmp_path / "studies.json",
        answered=AppraisalTables(PROJECT / block["answers"], [PROJECT / block["overall"]]),
        files=Forms(FORMS, []),
        wording=Wording(
            config["synthesis"]["missing"],
            config["synthesis"]["not_abbreviations"],
            [PROJECT / config["abbreviations"]],
        ),
        written=Written(
            tmp_path / "appraisal.json",
            tmp_path / "judgements.csv",
            [tmp_path / "appraisal.csv"],
            [tmp_path / "appraisal_table.json"],
        ),
        shows={"appraisal": []},
        settings=block,
        patients=config["synthesis"]["patients"],
        draft=False,
    )
    facts = cells(shared / "facts" / "table3_jbi_appraisal.csv")
    absent = config["appraisal"]["table"]["cells"]["not_on_form"]
    for fact, row in zip(facts, cells(tmp_path / "appraisal.csv"), strict=True):
        texts = [fact[f"Q{n}"].replace("NA", absent) for n in range(1, 11)]
        assert [row[f"item_{n}"] for n in range(1, 11)] == texts
        assert (row["study"], row["year"], row["overall"]) == (
            fact["first_author"],
            fact["publication_year"],
            fact["overall"],
        )


def test_settings_that_name_no_column_and_no_form_stop(review, settings):
    settings["design"] = "desgin"
    settings["designs"]["report"] = ["case_reprt"]
    with pytest.raises(BuildStop) as stopped:
        appraise(review, settings)
    message = str(stopped.value)
    assert "config.yaml: appraisal.design: the studies table has no column 'desgin'" in message
    assert (
        "config.yaml: appraisal.designs.report: there is no form 'case_reprt'" in message
        and "'case_report'?" in message
    )


def test_a_form_with_overall_answers_needs_a_table_of_them(review, settings):
    with pytest.raises(BuildStop, match=r"config\.yaml, appraisal\.overall: study 'alpha2001' has no overall answer"):
        appraise(review, settings, without="overall")
    rows, _, _ = appraise(review, settings, without="overall", draft=True)
    assert {row["overall"] for row in rows} == {"Pending"}


def test_without_abbreviations_each_is_named(review, settings):
    settings["table"]["caption"] = "Appraisal by ABC"
    with pytest.raises(BuildStop, match="'ABC' has no expansion"):
        appraise(review, settings, without="abbreviations")


def test_answers_print_as_words_by_default_and_as_set_where_set(review, settings):
    settings["table"]["cells"] = {"not_on_form": "–", "pending": "Pending", "include": "In"}
    review.edit("answers", "beta2003,case_report,1,yes,", "beta2003,case_report,1,not_applicable,no patient")
    rows, _, _ = appraise(review, settings)
    assert (rows[2]["item_1"], rows[2]["item_2"], rows[2]["overall"]) == ("Not applicable", "Yes", "In")


def rob2_review(review, settings, *lines, verdicts=("beta2003,low,,",)):
    """The review with its report appraised on RoB 2, by rows of answers (item, answer, about)."""
    keep = [line + "," for line in review.path("answers").read_text().splitlines()[1:] if "beta2003" not in line]
    given = [f"beta2003,rob2,{item},{answer},,{about}" for item, answer, about in lines]
    review.path("answers").write_text("\n".join(["study_id,form,item,answer,note,about", *keep, *given, ""]))
    overall = [line + "," for line in review.path("overall").read_text().splitlines()[1:] if "beta2003" not in line]
    review.path("overall").write_text("\n".join(["study_id,overall,note,about", *overall, *verdicts, ""]))
    settings["designs"]["report"] = ["rob2"]
    settings["table"] |= {
        "cells": {"not_on_form": "–", "pending": "Pending"},
        "item": settings["table"]["item"] | {"header": "{item}"},
    }


def test_a_tool_has_its_own_table_with_marks_that_a_note_explains(review, settings):
    lines = [(f"D{n}", "low" if n < 5 else "some_concerns", "") for n in range(1, 6)]
    rob2_review(review, settings, *lines, verdicts=("beta2003,some_concerns,,",))
    rows, appraisal, table = appraise(review, settings)
    assert (table["id"], appraisal["tables"]) == (
        "appraisal_rob2",
        {"appraisal_case_series": ["case_series"], "appraisal_rob2": ["rob2"]},
    )
    assert [rows[0][name] for name in ("item_D1", "item_D5", "overall")] == ["L +", "S !", "S !"]
    assert table["rows"][0][3] == "L\\ +"
    assert "L\\ +, low; S\\ \\!, some concerns; H\\ ×, high." in table["notes"]


def test_each_outcome_of_a_study_has_a_row(review, settings):
    lines = [
        (f"D{n}", "low" if n != 4 or about == "death" else "high", about)
        for about in ("death", "pain")
        for n in range(1, 6)
    ]
    rob2_review(review, settings, *lines, verdicts=("beta2003,low,,death", "beta2003,high,,pain"))
    rows, appraisal, table = appraise(review, settings)
    assert [(row["about"], row["item_D4"], row["overall"]) for row in rows] == [
        ("death", "L +", "L +"),
        ("pain", "H ×", "H ×"),
    ]
    assert [column["header"] for column in table["columns"]][3] == "Outcome"
    assert {one["about"] for one in appraisal["appraisals"]} == {"", "death", "pain"}


def test_shorter_names_of_answers_are_read(review, settings):
    lines = [(f"D{n}", "low", "") for n in range(1, 6)] + [("1.1", "PY", ""), ("1.2", "Y", ""), ("1.3", "NI", "")]
    rob2_review(review, settings, *lines)
    _, appraisal, _ = appraise(review, settings)
    last = appraisal["appraisals"][-1]
    assert (last["questions"], last["items"]["D1"]["proposed"]) == (
        {"1.1": "probably_yes", "1.2": "yes", "1.3": "no_information"},
        "low",
    )


def test_judgements_stand_beside_what_the_questions_propose(review, settings):
    lines = [(f"D{n}", "low", "") for n in range(1, 6)] + [("1.1", "Y", ""), ("1.2", "N", ""), ("1.3", "N", "")]
    rob2_review(review, settings, *lines)
    appraise(review, settings)
    rows = cells(review.folder / "results" / "judgements.csv")
    first, *_, last = [row for row in rows if row["study_id"] == "beta2003"]
    assert (first["item"], first["answer"], first["proposed"], first["state"]) == ("D1", "low", "high", "answered")
    assert (last["item"], last["answer"], last["proposed"], last["form"]) == ("overall", "low", "low", "rob2")
    # Ten items and the overall judgement of each of two series, five and one of the trial.
    assert len(rows) == 28


@pytest.mark.parametrize(
    ("caption", "several", "expected"),
    [
        ("", False, "Critical appraisal of the included studies: A and B"),
        ("Ours", False, "Ours"),
        ("Ours", True, "Ours: A and B"),
    ],
)
def test_a_caption_names_the_forms_unless_the_settings_say_all(caption, several, expected):
    forms = [Form(name, name, "", (), (), {}) for name in ("A", "B")]
    assert caption_of({"caption": caption} if caption else {}, forms, several=several) == expected
