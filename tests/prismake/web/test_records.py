"""The records behind the page: whole, private where they must be, and plain."""

import base64
import gzip
import json

import pytest
from prismake.common.results.flow import PREVIOUS_STUDIES, TOTAL_STUDIES
from prismake.web.packing import packed
from prismake.web.private import plain
from prismake.web.records import Shown, records_of
from prismake.web.studies import studies_of

from .reviews import review

RECORDS = [
    {
        "record_id": f"s:{number}",
        "title": f"Title {number}",
        "abstract": "Secret",
        "database": "PubMed",
        "file": "a.ris",
    }
    for number in range(5)
]
STEP = {"record_id": "s:1", "stage": "title", "decision": "exclude", "label": "Off", "decided_by": "Ana", "note": "hm"}


def data(folder, shown=None, **more):
    files, flow = review(
        folder, RECORDS, {"screened": [("s:1", ""), ("s:0", ""), ("s:4", "")], "excluded": [("s:1", "Off")]}, **more
    )
    return records_of(files, flow, shown or Shown())


def test_each_record_is_there_once_and_boxes_name_places(tmp_path):
    made = data(tmp_path, clusters={"s:2": "s:0"})
    assert made["id"] == [f"s:{number}" for number in range(5)] and made["survivor"] == [0, 0, -2, 0, 0]
    screened, excluded = made["boxes"]  # of one database: no overlap
    assert screened["records"] == [1, -1, 4] and "reasons" not in screened
    assert excluded["reasons"] == {"texts": ["Off"], "rows": [0]}
    assert made["database"] == {"texts": ["PubMed"], "rows": [0] * 5}


def test_private_things_stay_out_unless_config_allows_them(tmp_path):
    made = data(tmp_path, trail=[STEP])
    assert "abstract" not in made and not {"by", "note"} & set(made["trail"])
    shown = data(tmp_path, Shown(notes=True, reviewers=True, abstracts=True), trail=[STEP])
    assert shown["abstract"][0] == "Secret"
    assert (shown["trail"]["by"]["texts"], shown["trail"]["note"]["texts"]) == (["Ana"], ["hm"])


def test_reasons_of_a_stage_come_without_the_notes_of_its_reviewers(tmp_path):
    files, flow = review(
        tmp_path, RECORDS, {"excluded": [("s:1", "Off; hm")], "duplicates": [("s:2", "same DOI")]}, trail=[STEP]
    )
    flow["boxes"][0]["stage"] = "title"
    reasons = [box["reasons"]["texts"] for box in records_of(files, flow, Shown())["boxes"]]
    assert reasons == [["Off"], ["same DOI"]]
    assert records_of(files, flow, Shown(notes=True))["boxes"][0]["reasons"]["texts"] == ["Off; hm"]


def test_boxes_of_earlier_studies_list_studies(tmp_path):
    files, flow = review(tmp_path, RECORDS, {"screened": []})
    old = [{"study_id": "old1999", "report": "Old A, a@b.org 1999"}]
    PREVIOUS_STUDIES.write(tmp_path / "flow/previous.csv", old)
    TOTAL_STUDIES.write(tmp_path / "flow/total.csv", [{"study_id": "old1999", "version": "previous", "reports": 1}])
    for name in ("previous", "total"):
        path = f"results/flow/{name}.csv"
        flow["boxes"].append({"id": name, "label": "Studies", "n": 1, "role": name, "records": path})
    flow["boxes"].append({"id": "other", "label": "Other", "n": 1, "role": "other"})
    _, previous, total, other = records_of(files, flow, Shown())["boxes"]
    assert previous["listed"] == [["old1999", "Old A, 1999"]] and total["listed"] == [["old1999", "previous"]]
    assert not {"records", "listed"} & set(other)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x1b", "\x00", "\ufeff"])
def test_signs_that_steer_are_taken_out(sign):
    assert plain(f"a{sign}b") == "ab"
    assert plain("Ünï — 漢字\tا") == "Ünï — 漢字\tا"


def test_works_are_grouped_by_the_databases_that_found_them(tmp_path):
    databases = ["PubMed", "Embase", "Embase", "PubMed", "Embase"]
    records = [{**one, "database": name} for one, name in zip(RECORDS, databases, strict=True)]
    files, flow = review(tmp_path, records, {"all": []}, clusters={"s:1": "s:0"})
    boxes = [(box["label"], box["n"], box["records"]) for box in records_of(files, flow, Shown())["boxes"][1:]]
    assert boxes == [("Embase alone", 2, [2, 2]), ("Embase and PubMed alone", 1, [0]), ("PubMed alone", 1, [3])]


def test_packed_data_are_the_same_twice_and_come_back():
    content = {"title": "</script><b>é", "rows": list(range(100))}
    text = packed(content)
    # No version of Python and no system names itself in the head.
    assert base64.b64decode(text)[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF])
    assert text == packed(content) and set(text) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
    )
    assert json.loads(gzip.decompress(base64.b64decode(text))) == content


STUDY = {
    "study_id": "doe2020",
    "cases": 5,
    "design": "rct",
    "reviewer_notes": "ask Ana",
    "sites": ["hip", "knee"],
    "parts": {"levels": [{"level": "L2", "n": 3}, {"level": "L3", "n": None}]},
    "reports": ["s:1", "s:9"],
}
APPRAISAL = {
    "forms": {"f": {"title": "Form", "items": [{"id": "1", "subject": "design", "group": ""}]}},
    "appraisals": [
        {
            "study_id": "doe2020",
            "about": "",
            "form": "f",
            "overall": "some_concerns",
            "items": {"1": {"state": "answered", "answer": "probably_yes", "note": "p. 3"}},
        }
    ],
}
EXTRACTION = {"codes": {"design": {"rct": {"label": "randomized trial"}}}, "studies": [STUDY]}
WORK = {"id": "doe2020", "author": [{"family": "Doe"}], "issued": {"date-parts": [[2020]]}}


def test_a_study_shows_its_row_its_appraisal_and_its_records():
    study = studies_of(EXTRACTION, APPRAISAL, [WORK], {"s:1": 1}, Shown())["doe2020"]
    assert study["name"] == "Doe 2020" and study["records"] == [1]
    assert study["row"] == [
        ("Cases", "5"),
        ("Design", "randomized trial"),
        ("Sites", "hip, knee"),
        ("Levels", "L2 3; L3"),
    ]
    (appraisal,) = study["appraisals"]
    assert (appraisal["form"], appraisal["overall"]) == ("Form", "some concerns")
    assert appraisal["items"] == [["1", "design", "probably yes", ""]]


def test_notes_on_a_study_appear_where_config_allows_them():
    study = studies_of(EXTRACTION, APPRAISAL, [WORK], {}, Shown(notes=True))["doe2020"]
    assert ("Reviewer notes", "ask Ana") in study["row"] and study["appraisals"][0]["items"][0][3] == "p. 3"


def test_the_names_of_those_who_filled_in_a_row_appear_where_config_allows_them():
    people = {"extracted_by": "Ana", "Reviewer": "Bo", "second_reviewer_id": "x", "checked_by_2": "Cy"}
    people |= {"Checked by": "Di", "second_reader": "Ed", "Data-coded by": "Flo"}
    study = {**STUDY, **people, "parts": {"sites": [{"site": "hip", "entered_by": "Ana"}]}, "reviewers_blinded": "yes"}
    study |= {"readers": "3"}
    rows = {
        allowed: studies_of({"studies": [study]}, {}, [], {}, Shown(reviewers=allowed))["doe2020"]["row"]
        for allowed in (False, True)
    }
    assert not {"Ana", "Bo", "Cy", "Di", "Ed", "Flo"} & set(str(rows[False]).replace("'", " ").split())
    assert {("Reviewers blinded", "yes"), ("Readers", "3")} <= set(rows[False]) and ("Sites", "hip") in rows[False]
    assert {("Extracted by", "Ana"), ("Reviewer", "Bo"), ("Sites", "hip Ana")} <= set(rows[True])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Doe J (j.doe@x.org)", "Doe J ()"),
        ("Contact: müller+a@uni-x.ac.uk; thanks", "Contact:; thanks"),
        ("who answers, with e-mail, such as name@example.org]", "who answers, with e-mail]"),
        ("x" * 99 + "@a.org", ""),
        ("12 @ 3.5 mg, @handle, a@b", "12 @ 3.5 mg, @handle, a@b"),
    ],
)
def test_no_text_has_a_mail_address(text, left):
    assert plain(text) == left


def test_no_field_of_a_record_has_a_mail_address(tmp_path):
    record = dict.fromkeys(("title", "author", "journal", "abstract"), "A b@c.org")
    files, flow = review(tmp_path, [{**RECORDS[0], **record}], {"screened": [("s:0", "see b@c.org")]})
    assert "@" not in json.dumps(records_of(files, flow, Shown(notes=True, reviewers=True, abstracts=True)))
