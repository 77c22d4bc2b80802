"""The step that audits a review without a manuscript."""

import json

import pytest
from openpyxl import Workbook
from prismake.audit.build import DataSources
from prismake.common.results.synthesis import STUDIES
from scripts.audit_data import audit_data

from tests.records import as_frame, write_parquet

SCHEMA = """\
type: object
additionalProperties: false
required: [study_id, year, patients, age_mean]
properties:
  study_id: {type: string}
  year: {type: integer}
  patients: {type: integer}
  age_mean: {type: string, decimal: true, whole: true}
"""


CELLS = (("study_id", "year", "patients", "age_mean"), ("doe2020", 2020, 5, "74.5"))
PLACES = {"studies.csv": "studies.csv:2", "extraction.xlsx": "extraction.xlsx, sheet 'studies', row 2"}


def _written(table):
    """Writes the extraction as its name says."""
    if table.suffix == ".csv":
        table.write_text("".join(f"{','.join(map(str, row))}\n" for row in CELLS))
        return table
    book = Workbook()
    sheet = book.active
    sheet.title = "studies"
    for row in CELLS:
        sheet.append(row)
    book.save(table)
    return table


@pytest.mark.parametrize("name", PLACES)
def test_a_review_without_a_manuscript_is_audited(tmp_path, monkeypatch, caplog, name):
    monkeypatch.chdir(tmp_path)
    table, schema = _written(tmp_path / name), tmp_path / "studies.schema.yaml"
    schema.write_text(SCHEMA)
    row = {"study_id": "doe2020", "year": 2020, "patients": 5, "age_mean": "74.5", "parts": {}, "reports": ["a:1"]}
    columns = {"year": {"number": True}, "patients": {"number": True}, "age_mean": {"number": True, "whole": True}}
    empty: dict[str, object] = {"codes": {}, "parts": {}, "left_out": [], "overlaps": []}
    STUDIES.write(tmp_path / "studies.json", {"columns": columns, "studies": [row], **empty})
    late = [{"record_id": f"a:{number}", "search": "a", "year": "2019"} for number in (1, 2)]
    write_parquet(tmp_path / "records.parquet", as_frame(late))
    config = tmp_path / "config.yaml"
    config.write_text('searches:\n  - id: a\n    date: "2015-02-01"\n')
    studies, records = tmp_path / "studies.json", tmp_path / "records.parquet"
    audit_data(
        sources=DataSources(studies, [table, schema], records, references=[], waivers=[], config=config),
        findings=tmp_path / "findings.json",
        text=tmp_path / "findings.txt",
        settings={
            "searches": [{"id": "a", "database": "A", "date": "2015-02-01"}],
            "synthesis": {"patients": "patients", "year": "year"},
        },
    )
    findings = json.loads((tmp_path / "findings.json").read_text())["findings"]
    assert [(one["rule"], one["severity"], one["line"]) for one in findings] == [
        ("data-grim", "warning", 2),
        ("search-before-results", "error", 3),
        ("study-after-search", "warning", 2),
    ]
    assert f"WARNING {tmp_path.as_posix()}/{PLACES[name]}: 5 whole" in (tmp_path / "findings.txt").read_text()
    assert "cannot have the mean 74.5" in caplog.text
