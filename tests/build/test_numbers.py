"""Every number of the example's document followed back."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from prismake.trace.background import Sources, background_of
from prismake.trace.document_lines import lines_of
from prismake.trace.numbers import numbers_of

from tests.prismake.document.conftest import inside

pytestmark = pytest.mark.build


def rows(review):
    with (review / "results/audit/numbers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_number_of_the_document_is_explained(example):
    numbers = rows(example)
    assert [int(row["position"]) for row in numbers] == list(range(1, len(numbers) + 1))
    sources = Counter(row["source"] for row in numbers)
    assert not sources["unexplained"] and {"value", "table", "citation", "reference", "name"} <= set(sources)
    assert all(row["values"] and row["how"] for row in numbers if row["source"] == "value")
    works = [row for row in numbers if row["source"] in ("citation", "reference")]
    references = (example / "results/manuscript/references.json").read_text(encoding="utf-8")
    assert all(f'"id": "{row["ids"]}"' in references for row in works)
    first = {row["ids"] for row in works if row["number"] == "1" and row["source"] == "citation"}
    assert first == {works[0]["ids"]}
    women = next(row for row in numbers if row["values"] == "pooled.women")
    assert (women["number"], women["columns"], women["section"]) == ("50", "n_female", "Abstract")
    duplicates = next(row for row in numbers if row["values"] == "flow.duplicates")
    assert (duplicates["number"], len(duplicates["ids"].split("; ")), duplicates["further"]) == ("71", 20, "51")


def test_the_cells_of_the_tables_are_those_of_the_extraction(example):
    with (example / "data/extraction/studies.csv").open(encoding="utf-8", newline="") as file:
        studies = {row["study_id"]: row for row in csv.DictReader(file)}
    cells = [row for row in rows(example) if row["source"] == "table" and row["column"] in ("year", "cases")]
    assert len(cells) > 2 * len(studies)
    for cell in cells:
        assert studies[cell["study"]][cell["columns"]] == cell["number"], cell


def unexplained(review, content: bytes) -> list[str]:
    """The numbers of a Word document of the built example that the manuscript does not hold."""
    results = Path("results")
    tables = [results / f"tables/{name}.json" for name in ("characteristics", "technique", "appraisal")]
    sources = Sources(
        manuscript=results / "manuscript/manuscript.json",
        metadata=Path("manuscript/metadata.yaml"),
        values=results / "values.json",
        studies=[results / "studies.json"],
        tables=tables,
        cells=[table.with_suffix(".csv") for table in tables],
        stated=[],
        references=results / "manuscript/references.json",
        lists=results / "flow",
    )
    with inside(review.folder):
        numbers = numbers_of(lines_of(content), background_of(sources, {}))
    assert len(numbers) > 500
    return [number.text for number in numbers if number.source == "unexplained"]


def test_a_number_changed_in_the_document_is_unexplained(example):
    old = zipfile.ZipFile(example / "results/manuscript/manuscript.docx")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"50 women and 43 men", b"51 women and 43 men")
            new.writestr(name, content.replace(b">85.6 (", b">86.5 ("))
    assert unexplained(example, target.getvalue()) == ["51", "86.5"]
