"""The step `list_numbers`: one row for each number, its ids bounded, and the page."""

import csv
from types import SimpleNamespace
from typing import Any

from prismake.trace.numbers import SHOWN
from scripts import list_numbers as step


def test_a_row_bounds_its_ids():
    number: Any = SimpleNamespace(
        **dict.fromkeys(("section", "before", "after", "source", "place", "expression", "study", "column", "how"), "x"),
        text="9",
        values=("flow.included",),
        files=("a", "b"),
        columns=(),
        ids=tuple(str(number) for number in range(SHOWN + 3)),
    )
    row = step._row(4, number)
    assert (row["position"], row["number"], row["further"], row["files"]) == (4, "9", 3, "a; b")
    assert row["ids"].count(";") == SHOWN - 1


def test_the_step_writes_a_table_and_a_page(tmp_path, monkeypatch):
    monkeypatch.setattr(step, "background_of", lambda sources, expressions: SimpleNamespace(head=["T"]))
    monkeypatch.setattr(step, "lines_of", lambda content: [])
    monkeypatch.setattr(step, "numbers_of", lambda lines, background: [])
    (tmp_path / "m.docx").write_bytes(b"")
    sources: Any = None
    step.list_numbers(
        docx=tmp_path / "m.docx", sources=sources, csv=tmp_path / "n.csv", page=tmp_path / "n.html", expressions={}
    )
    assert next(csv.reader((tmp_path / "n.csv").open(encoding="utf-8")))[:2] == ["position", "section"]
    assert "<html" in (tmp_path / "n.html").read_text(encoding="utf-8")
