"""The supplement of the example, composed from its build."""

import csv
import json
from pathlib import Path

import pytest
import yaml
from prismake.submission.supplement import BuiltManuscript, Evidence
from scripts.compose_supplement import Written, compose_supplement

from tests.build.conftest import Review, example, shelf  # noqa: F401
from tests.places import JOURNALS, PACKAGE, SCHEMAS

pytestmark = pytest.mark.build


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_part_comes_from_the_results(
    example: Review,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(example.folder)
    results = example / "results"
    config = yaml.safe_load((example / "config.yaml").read_text(encoding="utf-8"))
    forms = sorted((PACKAGE / "submission" / "checklists").glob("*.yaml"))
    written = Written(
        supplement=tmp_path / "supplement.md",
        references=tmp_path / "references.json",
        look=tmp_path / "profile.yaml",
        excluded_reports=tmp_path / "excluded.csv",
        checklists=[tmp_path / f"checklist_{form.stem}.csv" for form in forms],
    )
    compose_supplement(
        built=BuiltManuscript(
            manuscript=results / "manuscript/manuscript.json",
            pdf=results / "manuscript/manuscript.pdf",
            profile=[JOURNALS / config["manuscript"]["journal"] / "profile.yaml"],
            schema=SCHEMAS / "journal.schema.yaml",
        ),
        evidence=Evidence(
            imports=results / "import/imports.csv",
            strategies=[Path(search["strategy"]) for search in config["searches"] if "strategy" in search],
            clusters=results / "records/clusters.csv",
            unique=results / "records/unique.parquet",
            screening=results / "screening/screening.csv",
            agreement=results / "screening/agreement.json",
            sources=results / "dedup/sources.csv",
            overlap=results / "figures/overlap.svg",
            overlap_alt=results / "figures/overlap.txt",
            merges=results / "dedup/merges.csv",
            to_review=results / "dedup/to_review.csv",
            decided=[],
            own_tables=[results / "tables/outcomes.json"],
            works=results / "manuscript/references.json",
        ),
        forms=forms,
        reported=[],
        written=written,
        searches=config["searches"],
        stages=config["screening"]["stages"],
        notes=False,
    )
    last = config["screening"]["stages"][-1]["id"]
    screened = rows(results / "screening/screening.csv")
    excluded = [row["record_id"] for row in screened if row["stage"] == last and row["decision"] == "exclude"]
    assert sorted(row["record_id"] for row in rows(written.excluded_reports)) == sorted(excluded)
    references = json.loads(written.references.read_text(encoding="utf-8"))
    studies = [row["study_id"] for row in rows(results / "tables/outcomes.csv")]
    assert sorted(work["id"] for work in references[len(excluded) :]) == sorted(studies)
    text = written.supplement.read_text(encoding="utf-8")
    assert all(search["database"] in text for search in config["searches"])
    look = yaml.safe_load(written.look.read_text(encoding="utf-8"))
    assert look["tables"]["lead"] == "S" and "limits" not in look
    for path in written.checklists:
        assert rows(path)
