"""The step `audit`: findings as data and as text, and the lists that an author starts from."""

import csv
import json
from types import SimpleNamespace
from typing import Any

from prismake.common.values import count, noun
from scripts import audit as step

from tests.prismake.audit.manuscripts import matter

TREE = {"flow": {"included": count(9, "rows", noun("studies"))}}


def test_the_step_writes_findings_and_lists(tmp_path, monkeypatch):
    made = matter(tmp_path, "# Results\n\nWe included 9 studies.\n\nOf {{ flow.included }}.\n", TREE)
    monkeypatch.setattr(step, "matter_of_build", lambda sources, settings: made)
    names = ("findings.json", "findings.txt", "to_state.csv", "to_confirm.csv")
    sources: Any = SimpleNamespace(studies=[])
    step.audit(sources=sources, reports=step.Reports(*(tmp_path / name for name in names)), settings={})
    (finding,) = json.loads((tmp_path / "findings.json").read_text())["findings"]
    assert (finding["rule"], finding["severity"], finding["line"]) == ("typed-number", "error", 3)
    assert "“We included 9 studies.”" in (tmp_path / "findings.txt").read_text()
    (row,) = csv.DictReader((tmp_path / "to_state.csv").open(encoding="utf-8"))
    assert (row["text"], row["place"], row["source"]) == ("We included 9 studies", "01.text.md", "")
    assert list(csv.DictReader((tmp_path / "to_confirm.csv").open(encoding="utf-8"))) == []
