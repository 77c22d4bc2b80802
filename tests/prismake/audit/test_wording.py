"""Abbreviations, the order of tables and figures, claims about all or none: true and false texts of several topics."""

import pytest
from prismake.audit.abbreviations import long_form
from prismake.audit.findings import RULES
from prismake.audit.matter import Matter
from prismake.audit.passages import Cited, Passage, Printed
from prismake.audit.run import audit

WORDING = [name for name, rule in RULES.items() if rule.check.__module__.endswith(".wording")]


def reported(*passages, abbreviations=None, studies=("doe2020",)):
    made = [one if isinstance(one, Passage) else Passage("results", one, "03.md", 1) for one in passages]
    rows = [{"study_id": key} for key in studies]
    matter = Matter(made, {}, studies=rows, abbreviations=abbreviations or {})
    return [one.rule for one in audit(matter, WORDING).findings]


@pytest.mark.parametrize(
    ("short", "before", "long"),
    [
        ("PVP", "after percutaneous vertebroplasty", "percutaneous vertebroplasty"),
        ("VCF", "An osteoporotic vertebral compression fracture", "vertebral compression fracture"),
        (
            "PRISMA",
            "the Preferred Reporting Items for Systematic Reviews and Meta-Analyses",
            "Preferred Reporting Items for Systematic Reviews and Meta-Analyses",
        ),
        ("KP", "kyphoplasty", "kyphoplasty"),
        ("HbA", "glycated hemoglobin", ""),
        ("SOC", "species of conservation", "species of conservation"),
        ("XYZ", "no such words", ""),
    ],
)
def test_the_words_of_an_abbreviation_are_found(short, before, long):
    assert long_form(short, before) == long


@pytest.mark.parametrize(
    "texts",
    [
        ["The visual analog scale (VAS) fell.", "VAS was lower, and VAS rose."],
        ["Species distribution models (SDMs) were fitted.", "SDMs agreed.", "An SDM failed."],
        ["The terms were “ABCD” OR “EFGH”.", "The terms were “ABCD”."],
        ["Two reviewers (JKL and MNO) agreed.", "A third reviewer (MNO) and JKL decided; the author MNO wrote."],
        ["The ADAPT trial was large.", "The ADAPT trial was long."],
        ["By PRISMA, HIV and DNA were known.", "PRISMA, HIV, DNA."],
        ["Stage III and grade VIII.", "Stage III."],
        ["Once a TLIF was done."],
        ["Objective structured clinical examinations (OSCEs) were used.", "OSCE scores rose.", "OSCE stations."],
    ],
)
def test_explained_abbreviations_pass(texts):
    assert reported(*texts) == []


@pytest.mark.parametrize(
    ("texts", "rules"),
    [
        (["A TLIF was done.", "TLIF was better."], ["abbreviation-undefined"]),
        (["The SDMs agreed.", "An SDM failed."], ["abbreviation-undefined"]),
        (["The visual analog scale (VAS) fell.", "The visual analogue scale (VAS) rose."], ["abbreviation-twice"]),
        (
            ["After physical therapy (PT) it fell.", "The prothrombin time (PT) rose."],
            ["abbreviation-meaning", "abbreviation-twice"],
        ),
    ],
)
def test_wrong_abbreviations_are_reported(texts, rules):
    assert reported(*texts) == rules


def test_the_list_of_abbreviations_counts():
    text = "An intensive care unit (ICU) took part.", "The LOS fell.", "The LOS rose."
    assert reported(*text, abbreviations={"ICU": "intensive care unit", "LOS": "length of stay"}) == []
    assert reported(*text, abbreviations={"LOS": "length of stay"}) == ["abbreviation-unlisted"]
    assert reported(*text, abbreviations={"ICU": "interval of cure", "LOS": "length of stay"}) == [
        "abbreviation-meaning"
    ]


def test_the_abstract_explains_its_own():
    abstract = [Passage("abstract", text, "m.yaml", 1) for text in ("NICU care helped.", "NICU care cost more.")]
    text = "The neonatal intensive care unit (NICU) helped."
    assert reported(*abstract, text) == ["abbreviation-undefined"]
    assert reported(Passage("abstract", text, "m.yaml", 1), *abstract, text) == []


def floats(*keys):
    return [Passage("caption", f"About {key}", "03.md", 9, floating=key) for key in keys]


@pytest.mark.parametrize(
    ("mentions", "rules"),
    [
        (["tbl:a", "tbl:b", "fig:a"], []),
        (["fig:a", "tbl:a", "tbl:a", "tbl:b"], []),
        (["tbl:b", "tbl:a"], ["float-order"]),
        (["tbl:a", "fig:b", "fig:a"], ["float-order"]),
        (["tbl:a", "tbl:b", "tbl:a"], []),
    ],
)
def test_tables_and_figures_are_mentioned_in_order(mentions, rules):
    text = [Passage("results", "See it.", "03.md", 2, cited=(Cited(4, key),)) for key in mentions]
    assert reported(*text, *floats("tbl:a", "tbl:b", "fig:a", "fig:b")) == rules


@pytest.mark.parametrize(
    "text",
    [
        "All included studies reported pain.",
        "No trial reported harms.",
        "None of the cohorts was prospective.",
        "The only randomized trial was small.",
        "Every study used a questionnaire.",
        "The trials never reported costs.",
        "No patients were lost.",
    ],
)
def test_claims_about_all_or_none_are_to_be_confirmed(text):
    assert reported(text) == ["universal-claim"]


@pytest.mark.parametrize(
    "text",
    [
        "Most studies reported pain.",
        "Future studies should enroll all patients.",
        "All of it was written.",
        "There was no difference between the arms.",
        "Only pain was measured.",
        "The pooled mean was lower.",
        "The effect was not seen in all patients.",
        "All-cause mortality was lower.",
        "Every effort was made.",
        "No difference between the groups was found.",
        "Patients were followed for a year.",
    ],
)
def test_other_sentences_are_not(text):
    assert reported(text) == []


def test_a_value_or_another_work_needs_no_signature():
    text = "All nine studies reported pain."
    assert reported(Passage("results", text, "03.md", 1, (Printed(4, 16, "n", ("n_studies",)),))) == []
    external = Passage("discussion", "No trial found a benefit.", "04.md", 1, cited=(Cited(9, "smith2010"),))
    assert reported(external) == []
    assert reported(Passage("methods", "All studies were appraised.", "02.md", 1)) == []
