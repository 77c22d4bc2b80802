"""The sets that lie beside a developer's checkout: the accuracy that the project promises on them."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from prismake.dedup.matching import match

from tests.places import PROJECT
from tests.prismake.dedup.conftest import table_of

# set -> copies that may be left, with the labels as they are and with the wrong ones put right
MOST_LEFT = {"cytology_screening": (2, 0), "haematology": (15, 2), "digital_work": (3, 1), "copper": (0, 0)}


@pytest.fixture
def sets(shared: Path) -> Path:
    folder = shared / "benchmarks" / "dedup"
    if not folder.is_dir():
        pytest.skip("no benchmark sets beside this checkout")
    return folder


def corrected(name: str, truth: dict[str, str]) -> dict[str, str]:
    with (PROJECT / "benchmarks" / "adjudication.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == name]
    assert all(record in truth for row in rows for record in row["records"].split())
    return truth | {record: row["work"] for row in rows for record in row["records"].split()}


@pytest.mark.parametrize("name", list(MOST_LEFT))
def test_accuracy(name: str, sets: Path) -> None:
    spec = importlib.util.spec_from_file_location("evaluate", sets / "evaluate.py")
    assert spec
    assert spec.loader
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    frame = pd.read_csv(sets / name / "records.csv", dtype=str, keep_default_na=False).rename(
        columns={"id": "record_id"}
    )
    truth = judge.read(sets / name / "truth.csv")
    matching = match(table_of(frame))
    ids = frame["record_id"].tolist()
    predicted = dict(zip(ids, (ids[row] for row in matching.survivor.tolist()), strict=True))
    raw, right = judge.evaluate(predicted, truth), judge.evaluate(predicted, corrected(name, truth))
    assert raw["FP_entity"] == right["FP_entity"] == 0
    assert raw["FN"] <= MOST_LEFT[name][0]
    assert right["FN"] <= MOST_LEFT[name][1]
    assert len(matching.questions) <= max(20, len(frame) / 100)
