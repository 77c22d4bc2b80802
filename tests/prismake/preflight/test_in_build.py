"""The preflight as a step of the build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop, Issue
from scripts.preflight import Reports, Sources, preflight

from tests.places import FONTS, SCHEMAS
from tests.prismake.document.conftest import JOURNAL

from .conftest import BODY, damaged


def run(folder: Path, content: bytes, allow: list[str], source: str = "") -> dict[str, Any]:
    file = folder / "manuscript.docx"
    file.write_bytes(content)
    report, text = folder / "preflight.json", folder / "preflight.txt"
    manuscript, references = folder / "manuscript.md", folder / "references.json"
    manuscript.write_text(f"---\ntitle: T\n---\n\n{source}\n", encoding="utf-8")
    references.write_text("[]")
    (folder / "references.bib").write_text("@misc{a, title = {T}}")
    preflight(
        docx=file,
        sources=Sources(manuscript, folder / "references.bib", references),
        csl=JOURNAL / "references.csl",
        profile=JOURNAL / "profile.yaml",
        schema=SCHEMAS / "journal.schema.yaml",
        fonts=FONTS,
        reports=Reports(report, text, folder / "unprinted_fields.csv"),
        allow=allow,
    )
    assert text.read_text().startswith("manuscript.docx: passed.")
    written: dict[str, Any] = json.loads(report.read_text())
    return written


def stale(content: bytes) -> bytes:
    return damaged(
        content,
        lambda parts: parts.update({BODY: parts[BODY].replace(">Figure\u00a01<".encode(), ">Figure\u00a07<".encode())}),
    )


def test_a_sound_document_passes_in_silence(tmp_path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[Issue] = []
    monkeypatch.setattr("scripts.preflight.warn", warned.append)
    assert run(tmp_path, good, [])["passed"] is True
    assert warned == []


def test_what_the_journal_asks_for_and_does_not_get_is_listed(tmp_path: Path, good: bytes) -> None:
    report = run(tmp_path, good, [])
    missing = next(issue for issue in report["unmet"] if "there is no section" in issue["message"])
    assert missing["where"].endswith("manuscript.md") and "{role=" in missing["fix"]
    assert report["warnings"] == len(report["unmet"])
    first = report["unmet"][0]
    assert f"\nJournal\n  warning  {first['where']}: {first['message']}\n" in (tmp_path / "preflight.txt").read_text()


def test_an_error_stops_the_build_and_nothing_is_written(tmp_path: Path, good: bytes) -> None:
    with pytest.raises(BuildStop) as stopped:
        run(tmp_path, stale(good), [])
    assert {issue.code for issue in stopped.value.issues} == {"ref-result", "float-mentioned"}
    issue = next(issue for issue in stopped.value.issues if issue.code == "ref-result")
    assert "manuscript.docx: word/document.xml, paragraph" in issue.where
    assert "manuscript.preflight.allow" in issue.fix
    assert not (tmp_path / "preflight.json").exists()


def test_what_is_allowed_is_reported_in_one_line(tmp_path: Path, good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[Issue] = []
    monkeypatch.setattr("scripts.preflight.warn", warned.append)
    report = run(tmp_path, stale(good), ["ref-result", "float-mentioned"])
    assert (report["passed"], report["errors"], report["warnings"] - len(report["unmet"])) == (True, 0, 2)
    (issue,) = warned
    assert issue.message == "2 warnings of the preflight (float-mentioned, ref-result)"


def test_a_check_that_does_not_exist(tmp_path: Path, good: bytes) -> None:
    with pytest.raises(BuildStop, match="did you mean 'ref-result'"):
        run(tmp_path, good, ["ref-results"])


LITERAL = (b"Storm damage is common", b"Storm damage {{ 7*7 }} [@x] is common")


def test_what_a_title_or_name_holds_stops_no_build(tmp_path: Path, good: bytes) -> None:
    literal = damaged(good, lambda parts: parts.update({BODY: parts[BODY].replace(*LITERAL)}))
    report = run(tmp_path, literal, [], r"Storm damage \{\{ 7\*7 \}\} \[\@x\] is common")
    assert report["warnings"] == len(report["unmet"])


@pytest.mark.parametrize("source", ["", "Storm damage is common [@x]", r"Storm damage \{\{ 7 \}\} [@x]"])
def test_what_the_source_does_not_hold_as_text_stops_the_build(tmp_path: Path, good: bytes, source: str) -> None:
    literal = damaged(good, lambda parts: parts.update({BODY: parts[BODY].replace(*LITERAL)}))
    with pytest.raises(BuildStop) as stopped:
        run(tmp_path, literal, [], source)
    assert [issue.code for issue in stopped.value.issues] == ["unresolved-mark"]


@pytest.mark.parametrize(
    ("check", "part", "old", "new"),
    [
        ("property-title", "docProps/core.xml", b"Grafting after storm", b"Grafting before storm"),
        ("property-authors", "docProps/core.xml", b"Second Author", b"Fourth Author"),
        ("word-counts", BODY, b"832", b"932"),
    ],
)
def test_a_real_fault_of_title_authors_and_counts_stops_the_build(
    tmp_path: Path, good: bytes, check: str, part: str, old: bytes, new: bytes
) -> None:
    spoilt = damaged(good, lambda parts: parts.update({part: parts[part].replace(old, new)}))
    with pytest.raises(BuildStop) as stopped:
        run(tmp_path, spoilt, [])
    assert check in {issue.code for issue in stopped.value.issues}
