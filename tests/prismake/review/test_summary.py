import json
from dataclasses import replace

import pytest
from prismake.review.status import Status
from prismake.review.summary import results_made, summary


@pytest.fixture
def results(tmp_path):
    (tmp_path / "dedup").mkdir()
    boxes = [{"id": "identified", "role": "identified", "n": 1200}, {"id": "d", "role": "duplicates", "n": 1}]
    (tmp_path / "flow.json").write_text(json.dumps({"boxes": boxes}))
    return tmp_path


def printed(results, **known):
    return summary(results, "d.csv", Status(built=True, **known)).split("\n")


FLOW, NEXT = "Flow: 1,200 identified, 1 duplicate", "Next: submit: snakemake submission"


def test_a_build_ends_with_the_flow_the_doubtful_pairs_and_the_manuscript(results):
    assert printed(results) == ["", FLOW, NEXT]
    queue = results / "dedup" / "to_review.csv"
    queue.write_text("record_a,record_b\n")
    assert printed(results) == ["", FLOW, NEXT]
    queue.write_text('record_a,record_b\na,"b\nc"\nd,e\n')
    pairs = f"To decide: 2 possible duplicates in {queue}; decide each in d.csv"
    assert printed(results) == ["", FLOW, pairs, NEXT]
    (results / "figures").mkdir()
    (results / "figures/prisma.svg").touch()
    assert printed(results)[-2] == f"Flow figure: {results}/figures/prisma.svg"
    (results / "manuscript").mkdir()
    (results / "manuscript/manuscript.pdf").touch()
    assert printed(results)[-2] == f"Manuscript: {results}/manuscript/manuscript.pdf"


def test_what_is_left_after_screening_has_a_line_each(results):
    lines = printed(
        results,
        draft=True,
        studies=2,
        empty_cells={"age": 2, "n": 1, "site": 1, "year": 1},
        not_appraised=1,
        to_write=3,
        findings={"warning": 1},
        changed={"screening": ["data/screening/decisions.csv"]},
    )
    assert lines[2:] == [
        "Extraction: 2 studies; 5 cells are empty (age 2, n 1, site 1, …)",
        "Appraisal: 1 study waits",
        "Text: 3 passages are to be written",
        "Audit: 1 finding: prismake audit",
        "Changed since the last build (screening): data/screening/decisions.csv",
        "Next: build again: 1 file has changed: snakemake",
    ]


def test_an_empty_cell_of_a_finished_review_is_what_was_not_reported(results):
    assert printed(results, studies=2, empty_cells={"age": 2}) == ["", FLOW, NEXT]


def test_a_build_of_a_target_says_where_that_is(results):
    folder = results / "supplement"
    folder.mkdir()
    files = [folder / f"supplement.{suffix}" for suffix in ("docx", "pdf")]
    lines = summary(results, "d.csv", Status(built=True), [*files, folder]).split("\n")
    assert lines[2:-1] == [f"Made: {folder}/supplement.docx", f"Made: {folder}/supplement.pdf", f"Made: {folder}/"]
    many = [results / f"variants/{number}.docx" for number in range(9)]
    assert results_made(many) == [f"Made: 9 files in {results}/variants/"] and results_made([]) == []


def test_a_build_of_what_waits_goes_on_with_it_and_another_target_with_the_rest_of_the_build(results):
    row = {"stage": "abstract", "role": "screening", "batch": "all", "reviewer": "", "records": 2, "folder": "to/all"}
    status = Status(built=True, waiting=[row], changed={"screening": ["data/screening/a.xlsx"]})
    listed, rest = (
        summary(results, "d.csv", status, [results / made]).split("\n")[-1]
        for made in ("screening/to_screen", "figures/prisma.svg")
    )
    assert listed == "Next: screen 2 records (abstract): to/all/"
    expected = "build the rest of the review: 1 file has changed since the last whole build: snakemake"
    assert rest == f"Next: {expected}"
    done = summary(results, "d.csv", replace(status, waiting=[]), [results / "screening/to_screen"])
    assert done.endswith(expected)
