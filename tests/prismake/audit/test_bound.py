"""Values in the wrong place: true sentences draw nothing, false ones their rule."""
# ruff: noqa: E501

import pytest
from prismake.common.values import Value, count, noun

from .manuscripts import findings, matter

STUDY, PATIENT, RECORD = noun("studies"), noun("patients"), noun("records")


def box(number, name, *roles):
    return count(number, "rows", RECORD, roles=roles, records=f"results/flow/{name}.csv")


def group(studies, role, patients):
    counted = count(len(studies), "studies", STUDY, roles=((role,),), studies=tuple(studies))
    return {
        "": counted,
        "n": counted,
        "studies": Value(studies, "studies", "studies", studies=tuple(studies)),
        "patients": count(patients, "patients", PATIENT, roles=((role,),)),
    }


TREE = {
    "flow": {
        "identified": box(428, "identified"),
        "pubmed": box(181, "identified.pubmed", ("pubmed",)),
        "embase": box(208, "identified.embase", ("embase",)),
        "cochrane": box(39, "identified.cochrane", ("cochrane",)),
        "duplicates": box(71, "duplicates", ("duplicate", "copies")),
        "animal": box(12, "title.excluded.animal", ("animal",)),
        "protocol": box(7, "title.excluded.protocol", ("protocol",)),
        "letter": box(5, "title.excluded.letter", ("letter",)),
    },
    "pooled": {
        "women": count(50, "sum", noun("women"), PATIENT),
        "men": count(43, "sum", noun("men"), PATIENT),
        "patients": count(93, "sum", PATIENT),
        "time": Value(87.8, "measure", "mean", unit="minutes", places=1, roles=(("time",),)),
        "dose": Value(12.5, "measure", "mean", unit="mg", places=1),
    },
    "groups": {
        "insulin": group(["a2001", "b2002", "c2003"], "insulin", 60),
        "placebo": group(["d2004", "e2005"], "placebo", 33),
    },
    "studies": {"a2001": {"cases": count(20, "cases", PATIENT, studies=("a2001",))}},
}
STUDIES = [{"study_id": key} for key in ("a2001", "b2002", "c2003", "d2004", "e2005")]

TRUE = [
    "Together, {{ (pooled.women + pooled.men) | n }} patients took part.",
    "The searches returned {{ flow.identified | n }} records: {{ flow.pubmed | n }} from PubMed, {{ flow.embase | n }} from Embase, and {{ flow.cochrane | n }} from the Cochrane Library.",
    "Of {{ flow.identified | n }} records, {{ flow.duplicates | n }} were duplicates.",
    "We excluded animal studies ({{ flow.animal | n }}), protocols ({{ flow.protocol | n }}), and letters ({{ flow.letter | n }}).",
    "There were {{ pooled.women | n }} women ({{ pooled.women | pct(pooled.patients, 0) }}) and {{ pooled.men | n }} men among {{ pooled.patients | n }} patients.",
    "{{ pooled.women | n }} of the {{ pooled.patients | n }} participants ({{ pooled.women | pct(pooled.patients, 0) }}) were female.",
    "Mean operating time was {{ pooled.time | d(1) }} minutes.",
    "The mean time was {{ pooled.time | d(1) }} min, at a dose of {{ pooled.dose | d(1) }} mg.",
    "Insulin was given in {{ groups.insulin.n | counted }} {{ groups.insulin.studies | cite }} and placebo in {{ groups.placebo.n | words }} {{ groups.placebo.studies | cite }}.",
    "Three trials used insulin [@a2001; @b2002; @c2003].",
    "In one trial, {{ studies.a2001.cases | n }} patients were treated [@a2001].",
    "Of the five studies, {{ groups.insulin.n | words }} trials gave insulin.",
    "The score decreased by half from {{ pooled.time | d(1) }} to {{ pooled.dose | d(1) }}.",
    "Scores improved from {{ pooled.time | d(1) }} to {{ pooled.dose | d(1) }}.",
    "The women were older than the {{ pooled.men | n }} men.",
]
FALSE = [
    ("The others had {{ (pooled.men - pooled.women) | n }} patients.", "part-of-whole"),
    ("The score fell from {{ pooled.dose | d(1) }} to {{ pooled.time | d(1) }}.", "part-of-whole"),
    ("The score ranged from {{ pooled.time | d(1) }} to {{ pooled.dose | d(1) }}.", "part-of-whole"),
    ("{{ pooled.men | n }} women were treated.", "value-noun"),
    ("Mean operating time was {{ pooled.time | d(1) }} hours.", "value-noun"),
    ("We screened {{ pooled.patients | n }} records.", "value-noun"),
    ("Of {{ flow.identified | n }} patients, some left.", "value-noun"),
    ("We removed {{ flow.duplicates | n }} records as editorials.", "value-role"),
    ("The search of Embase gave {{ flow.pubmed | n }} records.", "value-role"),
    ("Placebo was given in {{ groups.insulin.n | counted }}.", "value-role"),
    (
        "The sources gave {{ flow.embase | n }} from PubMed, {{ flow.pubmed | n }} from Embase, and {{ flow.cochrane | n }} from the Cochrane Library.",
        "value-order",
    ),
    (
        "We excluded animal studies ({{ flow.protocol | n }}), protocols ({{ flow.animal | n }}), and letters ({{ flow.letter | n }}).",
        "value-order",
    ),
    (
        "Of {{ pooled.women | n }} women, {{ pooled.patients | n }} of the {{ pooled.women | n }} patients left.",
        "part-of-whole",
    ),
    ("There were {{ pooled.women | n }} women ({{ pooled.men | pct(pooled.patients, 0) }}).", "percentage"),
    (
        "Insulin was given in {{ groups.insulin.n | counted }} {{ groups.placebo.studies | cite }}.",
        "citations-of-group",
    ),
    ("Four trials used insulin [@a2001; @b2002; @c2003].", "count-of-citations"),
    ("In one trial, {{ studies.a2001.cases | n }} patients were treated [@b2002].", "study-of-another"),
    (
        "We excluded animal studies ({{ flow.animal | n }}), protocols ({{ flow.protocol | n }}), and letters ({{ pooled.women | n }}).",
        "value-among-others",
    ),
]
RULES = sorted({name for _, name in FALSE})


@pytest.mark.parametrize("sentence", TRUE)
def test_a_true_sentence_draws_nothing(tmp_path, sentence):
    made = matter(tmp_path, f"# Results\n\n{sentence}\n", TREE, studies=STUDIES)
    assert findings(made, *RULES) == []


@pytest.mark.parametrize(("sentence", "rule"), FALSE)
def test_a_value_in_the_wrong_place_is_an_error(tmp_path, sentence, rule):
    made = matter(tmp_path, f"# Results\n\n{sentence}\n", TREE, studies=STUDIES)
    assert rule in {name for name, _ in findings(made, *RULES)}


@pytest.mark.parametrize(("row", "rules"), [("PubMed", []), ("Scopus", ["value-role"])])
def test_what_a_cell_counts_stands_in_its_table(tmp_path, row, rules):
    table = f"| Database | Records |\n|:--|--:|\n| {row} | {{{{ flow.pubmed | n }}}} |\n\n: Records {{#tbl:own}}"
    made = matter(tmp_path, f"# Results\n\nSee [@tbl:own].\n\n{table}\n", TREE, studies=STUDIES)
    assert [name for name, _ in findings(made, "value-role")] == rules
