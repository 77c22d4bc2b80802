"""Reviews with what is needed and nothing more: extraction, appraisal and manuscript alone, all else by default."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prismake.cli import main

from tests.places import PACKAGE, PROJECT

from .conftest import RIS
from .starting import start

pytestmark = pytest.mark.build

SEARCHES = """
searches:
  - {id: pubmed, database: PubMed, date: "2026-01-31", files: [data/pubmed.ris]}
screening:
  decisions: data/decisions.csv
  stages: [{id: fulltext, reasons: {design: Wrong design}}]
"""
SYNTHESIS = """
synthesis:
  extraction:
    studies: {table: data/studies.csv, schema: data/studies.schema.yaml}
    reports: data/reports.csv
  patients: patients
  year: year
  label: name
"""
# Lines of the block `synthesis`: parts stand in its `extraction`.
PARTS = """
    parts: {outcomes: {table: data/outcomes.csv, column: outcome}}
"""
META = """
  meta: {pain: {outcome: pain, measure: MN}}
"""
TABLE = """
  tables:
    studies:
      caption: The studies
      columns: [{id: name, header: Study, cell: name}, {id: n, header: Patients, cell: patients}]
"""
APPRAISAL = """
appraisal:
  answers: data/answers.csv
  overall: data/overall.csv
  design: design
  designs: {report: [case_report]}
"""
MANUSCRIPT = """
manuscript:
  journal: bmj
"""
FILES = {
    "data/decisions.csv": """\
record_id,stage,decision,reason
pubmed:1,fulltext,include,
pubmed:2,fulltext,exclude,design
""",
    "data/studies.csv": "study_id,name,year,patients,design\ndoe2020,Doe,2020,12,report\n",
    "data/studies.schema.yaml": """\
type: object
additionalProperties: false
required: [study_id, name, year, patients, design]
properties:
  study_id: {type: string}
  name: {type: string}
  year: {type: integer}
  patients: {type: integer}
  design: {type: string}
""",
    "data/reports.csv": "record_id,study_id\npubmed:1,doe2020\n",
    "data/answers.csv": "study_id,form,item,answer,note\n"
    + "".join(f"doe2020,case_report,{item},{'not_applicable' if item == 8 else 'yes'},\n" for item in range(1, 9)),
    "data/overall.csv": "study_id,overall,note\ndoe2020,include,\n",
    "manuscript/metadata.yaml": """\
title: Little
author: [{name: Jane Doe, corresponding: true, email: jane@example.org}]
abstract: {Objective: To be short.}
keywords: []
figures: {prisma: {caption: The flow.}}
""",
    "manuscript/references.bib": "@article{doe2020, title={Cats}, author={Doe, Jane}, journal={Cats}, year={2020}}\n",
    "manuscript/01.introduction.md": """\
# Introduction

Of {{ flow.identified }} records, [@fig:prisma] shows {{ flow.included }} [@doe2020].

{{ figure("prisma") }}
""",
}


def snakemake(review: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Runs this checkout's workflow on a review elsewhere, which must succeed."""
    place = ["-s", str(PROJECT / "Snakefile"), "--directory", str(review)]
    done = start([*place, *arguments], review, dict(os.environ), PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    return done


def lay_out(review: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (review / name).parent.mkdir(parents=True, exist_ok=True)
        (review / name).write_text(text)


@pytest.fixture(scope="module")
def screened(tmp_path_factory) -> Path:
    """A review of two records, built as far as what all of them share."""
    review = tmp_path_factory.mktemp("screened") / "review"
    records = (
        RIS.format(number=number, title=title) for number, title in ((1, "Cats on ladders"), (2, "Dogs in water"))
    )
    lay_out(review, {**FILES, "data/pubmed.ris": "\n".join(records), "config.yaml": SEARCHES})
    snakemake(review, "results/screening/screening.csv", "results/dedup/sources.csv")
    return review


@pytest.fixture
def build(screened, tmp_path):
    """Builds the review with a configuration and other files, for targets; the folder of its results."""

    def built(config: str, *targets: str, **changed: str) -> Path:
        review = shutil.copytree(screened, tmp_path / "review")
        lay_out(review, {**changed, "config.yaml": config})
        snakemake(review, *targets)
        return review / "results"

    return built


def would_run(review: Path, *targets: str) -> set[str]:
    """The rules that a build would run now."""
    return set(re.findall(r"^would run (\w+):", snakemake(review, "--dry-run", *targets).stderr, flags=re.MULTILINE))


def values(results: Path) -> dict:
    entries = json.loads((results / "values.json").read_text())["values"]
    return {name: entry["value"] for name, entry in entries.items()}


def printed(results: Path) -> str:
    return (results / "manuscript/manuscript.md").read_text()


def test_extraction_alone(build):
    results = build(SEARCHES + SYNTHESIS, **{"data/studies.csv": FILES["data/studies.csv"].replace(",2020,", ",2030,")})
    (finding,) = json.loads((results / "audit/findings.json").read_text())["findings"]
    assert (finding["rule"], finding["file"], finding["line"]) == ("study-after-search", "data/studies.csv", 2)
    assert values(results)["n_studies"] == 1 and not [name for name in values(results) if name.startswith("tables.")]
    assert "appraisal.n_answers" not in values(results) and not (results / "tables").exists()


def test_what_is_not_made_again_is_explained(build, capfd):
    review = build(SEARCHES).parent
    assert main(["verify", "--rebuild", str(review)]) == 0
    assert "the same when built in a clean folder" in capfd.readouterr().out
    decisions = review / "data/decisions.csv"
    decisions.write_text(decisions.read_text().replace("include,", "exclude,design"))
    assert main(["verify", "--rebuild", str(review)]) == 1
    output = capfd.readouterr().out
    assert "results/screening/screening.csv: does not come out the same: line 2, " in output
    assert output.index("changed since it was made: data/decisions.csv") < output.index("look there first")


def test_appraisal_without_tables(build):
    results = build(SEARCHES + SYNTHESIS + APPRAISAL)
    assert values(results)["appraisal.answers.yes"] == 7
    head, row = (results / "tables/appraisal.csv").read_text().splitlines()
    assert head == "study_id,study," + ",".join(f"item_{item}" for item in range(1, 9)) + ",overall"
    assert row == "doe2020,Doe,Yes,Yes,Yes,Yes,Yes,Yes,Yes,Not applicable,Include"


def test_a_manuscript_of_the_flow_alone(build):
    results = build(SEARCHES + MANUSCRIPT, "all", "submission")
    assert "Of 2 records" in (results / "manuscript/manuscript.md").read_text()
    assert (results / "manuscript/manuscript.pdf").is_file() and not (results / "studies.json").exists()
    assert list((results / "submission").glob("*.zip"))


def test_everything_with_nothing_more(build):
    text = FILES["manuscript/01.introduction.md"]
    tables = (
        "\nSee [@tbl:studies] and [@tbl:appraisal]. "
        + 100 * "The text goes on. "
        + "\n\n{{ table('studies') }}\n\n{{ table('appraisal') }}\n"
    )
    pooled = "\n\nThe meta-analysis gave this: {{ meta.pain }} [@doe2020].\n\n{{ meta_methods() }}\n"
    synthesis = SYNTHESIS.replace("    reports:", PARTS + "    reports:") + META
    config = SEARCHES + synthesis + TABLE + APPRAISAL + MANUSCRIPT.replace("bmj", "ours")
    profile = "manuscript/journals/ours/profile.yaml"
    form = "data/appraisal/forms/case_report.yaml"
    own = {
        "manuscript/01.introduction.md": text + tables + pooled,
        "data/outcomes.csv": "study_id,outcome,arm,n_analyzed,value_mean,value_se\ndoe2020,pain,,12,5.50,0.25\n",
        profile: "based_on: bmj\nname: Ours\n",
        form: "id: case_report\nbased_on: case_report\nshort: Our form\n",
    }
    results = build(config, **own)
    assert [name.split(".")[1] for name in values(results) if name.endswith(".rows")] == ["studies", "appraisal"]
    assert (results / "manuscript/manuscript.docx").is_file()
    assert "gave this: mean 5.50, 95% confidence interval 5.01 to 5.99; 1 study, 12 participants" in printed(results)
    assert "SD from SE (Cochrane Handbook 6.5.2.2)" in printed(results)
    assert json.loads((results / "appraisal.json").read_text())["forms"]["case_report"]["short"] == "Our form"
    # A changed journal or form is seen by the steps that use it, and by no other.
    assert would_run(results.parent) == set()
    (results.parent / profile).write_text("based_on: bmj\nname: Ours\ntext: {size_pt: 9}\n")
    running = would_run(results.parent)
    assert running >= {"draw_flow", "write_docx", "write_pdf", "preflight"} and not running & {"count_flow", "appraise"}
    (results.parent / profile).write_text(own[profile])
    # The page reads a folder, which Snakemake knows by its time alone.
    assert would_run(results.parent) <= {"write_html", "seal", "all"}
    (results.parent / form).write_text("id: case_report\nbased_on: case_report\nshort: Their form\n")
    assert "appraise" in would_run(results.parent) and "collect_studies" not in would_run(results.parent)
