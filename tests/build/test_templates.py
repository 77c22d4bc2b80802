"""A whole build of PRISMA's largest template: an updated review with a register, other methods and retrieval."""

import csv
import json

import pytest
from PIL import Image

from .conftest import Review, checkout

pytestmark = pytest.mark.build

CONFIG = """
searches:
  - {id: pubmed, database: PubMed, date: 2026-01-31, files: [data/pubmed.ris]}
  - {id: ctgov, database: ClinicalTrials.gov, kind: register, date: 2026-01-31, files: [data/ctgov.ris]}
  - {id: cited, database: Citation searching, kind: other, method: citation, date: 2026-02-01, files: [data/cited.ris]}
screening:
  decisions: data/decisions.csv
  stages:
    - {id: sift, role: removal, rules: [{id: erratum, label: Erratum, title_patterns: ['^erratum']}]}
    - {id: screening, role: screening, reasons: {off_topic: Off topic}}
    - id: retrieval
      reasons: {lost: Not to be had}
    - {id: fulltext, reasons: {design: Wrong design}}
flow: {previous: data/previous.csv, dpi: 600, hide: [removed.automation.erratum]}
"""
TITLES = {
    "pubmed": ["Cats on ladders", "Erratum to cats on ladders", "Dogs in water", "Birds at night", "Fish in rivers"],
    "ctgov": ["Trial of horses", "Dogs in water"],
    "cited": ["Birds at night", "Goats on roofs", "Sheep in fog"],
}
DECIDED = {
    "Cats on ladders": [("screening", "exclude", "off_topic")],
    "Dogs in water": [("screening", "include", ""), ("retrieval", "exclude", "lost")],
    "Birds at night": [("screening", "include", ""), ("retrieval", "include", ""), ("fulltext", "include", "")],
    "Fish in rivers": [("screening", "include", ""), ("retrieval", "include", ""), ("fulltext", "exclude", "design")],
    "Trial of horses": [("screening", "exclude", "off_topic")],
    "Goats on roofs": [("retrieval", "include", ""), ("fulltext", "include", "")],
    "Sheep in fog": [("retrieval", "include", ""), ("fulltext", "exclude", "design")],
}


@pytest.fixture(scope="module")
def updated(tmp_path_factory) -> Review:
    folder = tmp_path_factory.mktemp("updated")
    review = folder / "review"
    (review / "data").mkdir(parents=True)
    (review / "config.yaml").write_text(CONFIG)
    (review / "data/previous.csv").write_text("study_id,report\nold1,10.1/old1\nold1,10.1/old1b\nold2,10.1/old2\n")
    ids: dict[str, str] = {}
    for search, titles in TITLES.items():
        entries = []
        for number, title in enumerate(titles, start=1):
            doi = "10.5555/" + title.lower().replace(" ", "-")
            entries.append(
                f"TY  - JOUR\nAN  - {search}{number}\nTI  - {title}\nAU  - Doe, Jane\nPY  - 2020\nDO  - {doi}\nER  - \n"
            )
            ids.setdefault(title, f"{search}:{search}{number}")
        (review / f"data/{search}.ris").write_text("\n".join(entries))
    rows = [f"{ids[title]},{','.join(row)}" for title, decisions in DECIDED.items() for row in decisions]
    (review / "data/decisions.csv").write_text("\n".join(["record_id,stage,decision,reason", *rows]) + "\n")
    done = checkout(folder / "checkout").snakemake(review=review)
    assert done.returncode == 0, done.stderr
    built = Review(review)
    built.output = done.stderr
    return built


def test_every_record_ends_in_its_column(updated):
    boxes = {box["id"]: box for box in json.loads((updated / "results/flow.json").read_text())["boxes"]}
    numbers = {name: box["n"] for name, box in boxes.items()}
    assert (numbers["identified"], numbers["other.identified"]) == (7, 3)
    assert (numbers["duplicates"], numbers["other.duplicates"], numbers["removed.automation"]) == (1, 1, 1)
    assert (numbers["screening.screened"], numbers["screening.excluded"]) == (5, 2)
    assert (numbers["retrieval.screened"], numbers["retrieval.excluded"]) == (3, 1)
    assert (numbers["fulltext.assessed"], numbers["fulltext.excluded"]) == (2, 1)
    assert (numbers["other.retrieval.screened"], numbers["other.fulltext.assessed"]) == (2, 2)
    assert (numbers["other.fulltext.excluded.design"], numbers["included"]) == (1, 2)
    assert (numbers["previous"], numbers["total"], boxes["total"]["reports"]) == (2, 4, 5)
    for name, box in boxes.items():
        with (updated / box["records"]).open(newline="") as file:
            assert len(list(csv.reader(file))) - 1 == (box["n"] if name != "previous" else box["reports"])


def test_the_figure_has_the_columns_and_the_resolution_asked_for(updated):
    drawing = (updated / "results/figures/prisma.svg").read_text()
    for name in ("heading.previous", "heading.other", "other.retrieval.screened", "total"):
        assert f'id="{name}"' in drawing
    assert "Erratum (n" not in drawing.replace("\xa0", " ")
    for form in ("png", "tiff"):
        with Image.open(updated / f"results/figures/prisma.{form}") as picture:
            assert picture.width == 3900
            assert round(float(picture.info["dpi"][0])) == 600
    assert "each included report counts as a study of its own" in updated.output
    assert "2 included" in updated.output
