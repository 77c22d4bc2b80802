"""A second review, real: six exports of one search, screening still pending."""

import csv
import json
import shutil

import pytest

from .conftest import Review, checkout

pytestmark = pytest.mark.build

EXPORTS = {
    "dimensions": ("Dimensions", "Dimensions_246.ris", 246),
    "econlit": ("EconLit", "econlit_3.ris", 3),
    "envindex": ("Environment Index", "envindex_100.ris", 100),
    "lens": ("Lens", "lens_343.ris", 343),
    "medline": ("MEDLINE", "medline_84.ris", 84),
    "wos": ("Web of Science", "wos_278.ris", 278),
}


class Draft(Review):
    """The review and the checkout that builds it."""

    house: Review


@pytest.fixture(scope="module")
def draft(shared, tmp_path_factory) -> Review:
    folder = tmp_path_factory.mktemp("draft")
    review = folder / "review"
    (review / "data" / "searches").mkdir(parents=True)
    searches = []
    for name, (database, file, _) in EXPORTS.items():
        shutil.copy(shared / "exports" / "citesource-stages" / file, review / "data" / "searches" / file)
        searches.append(f"  - {{id: {name}, database: {database}, date: 2024-08-09, files: [data/searches/{file}]}}\n")
    (review / "config.yaml").write_text(
        "review: {draft: true}\nsearches:\n" + "".join(searches) + "screening:\n  stages:\n"
        "    - {id: abstract, label: Abstracts screened, reasons: {off_topic: Off topic}}\n"
        "    - {id: fulltext, reasons: {off_topic: Off topic}}\n"
    )
    house = checkout(folder / "checkout")
    done = house.snakemake(review=review)
    assert done.returncode == 0, done.stderr
    built = Draft(review)
    built.house = house
    return built


def test_counted_is_parsed_for_every_file(draft):
    with (draft / "results/import/imports.csv").open(newline="") as file:
        imports = {row["search"]: row for row in csv.DictReader(file)}
    assert {name: int(row["parsed"]) for name, row in imports.items()} == {
        name: expected for name, (_, _, expected) in EXPORTS.items()
    }
    assert all(row["counted"] == row["parsed"] and row["rejected"] == "0" for row in imports.values())


def test_the_flow_closes_with_screening_pending(draft):
    boxes = {box["id"]: box["n"] for box in json.loads((draft / "results/flow.json").read_text())["boxes"]}
    assert boxes["identified"] == sum(expected for _, _, expected in EXPORTS.values())
    assert boxes["duplicates"] > 100
    assert boxes["identified"] - boxes["duplicates"] == boxes["abstract.screened"] == boxes["abstract.pending"]
    assert boxes["included"] == 0


def test_what_waits_goes_out_to_be_screened(draft):
    with (draft / "results/screening/to_screen/waiting.csv").open(newline="") as file:
        (row, *_) = csv.DictReader(file)
    folder = draft.folder / row["folder"]
    assert int(row["records"]) > 500
    for form in ("rayyan.ris", "covidence.ris", "eppi_reviewer.ris", "distillersr.ris", "records.ris"):
        text = (folder / f"abstract_all_{form}").read_text(encoding="utf-8")
        assert text.count("\nER  - ") == int(row["records"]), form
    sums = (draft / "results/SHA256SUMS").read_text()
    assert "screening/to_screen/abstract/all/abstract_all_sheet.xlsx" in sums


def test_the_figure_is_drawn_and_no_manuscript_is_pretended(draft):
    assert (draft / "results/figures/prisma.svg").is_file()
    assert not (draft / "results/manuscript").exists()


def test_the_figure_and_its_words_say_that_it_is_a_draft(draft):
    assert "databases (DRAFT)" in (draft / "results/figures/prisma.svg").read_text(encoding="utf-8")
    assert (draft / "results/figures/prisma.txt").read_text(encoding="utf-8").startswith("DRAFT: ")
    assert "(DRAFT)" in (draft / "results/flow.txt").read_text(encoding="utf-8")


def test_the_final_target_refuses_a_draft(draft):
    done = draft.house.snakemake("final", review=draft.folder)
    assert done.returncode != 0
    assert done.stderr.count("ERROR") == 1 and "Traceback" not in done.stderr
    assert "config.yaml, review.draft: a draft cannot be final: " in done.stderr
    assert not (draft / "results/screening/complete.json").exists()


def test_the_final_target_refuses_what_is_pending(draft):
    before = (draft / "config.yaml").read_text()
    (draft / "config.yaml").write_text(before.replace("review: {draft: true}\n", ""))
    try:
        done = draft.house.snakemake("final", review=draft.folder)
    finally:
        (draft / "config.yaml").write_text(before)
    assert done.returncode != 0
    assert done.stderr.count("ERROR") == 1 and "Traceback" not in done.stderr
    assert "records are undecided at stage 'abstract'" in done.stderr
