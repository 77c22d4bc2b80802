"""What a person did wrong stops the build with one message that says what, where, and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from prismake.common.errors import BuildStop, Issue

from tests.places import PACKAGE, PROJECT

from .conftest import DOCUMENT, Review


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def issues_of(review: Review) -> tuple[Issue, ...]:
    with pytest.raises(BuildStop) as stopped:
        review.docx()
    return stopped.value.issues


FAULTS = [
    ("unknown-citation", replacing("[@alder2001; @birch2002].", "[@alder2001; @birch2020]."), "birch2020"),
    ("unknown-citation", replacing("| Hazel [@hazel2008]", "| Hazel [@hasel2008]"), "hasel2008"),
    ("unknown-reference", replacing("shown in [@fig:prisma]", "shown in [@fig:prisma] and [@fig:flow]"), "fig:flow"),
    ("mixed-reference", replacing("[@alder2001; @birch2002].", "[@alder2001; @fig:prisma]."), "@alder2001"),
    ("never-mentioned", replacing("shown in [@fig:prisma]", "shown"), "fig:prisma"),
    ("repeated-identifier", replacing("{#tbl:characteristics", "{#tbl:answers"), "tbl:answers"),
    ("missing-figure", replacing("figures/prisma.svg", "figures/flow.svg"), "results/figures/flow.svg"),
    ("no-alt-text", replacing(' alt="Flow of reports: 12 identified, 7 excluded & < 6 included."', ""), "fig:prisma"),
    ("no-caption", replacing(": Answers and what they mean\n", ""), "tbl:answers"),
    ("heading-skips", replacing("## Search and selection", "#### Search and selection"), "Search and selection"),
    ("no-identifier", replacing("#fig:prisma ", ""), "prisma.svg"),
    ("table-too-wide", replacing("| Level |", f"| {'Level' * 60} |"), "Table 2"),
]


@pytest.mark.parametrize(("code", "change", "kind"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_fault(review: Review, code: str, change: Callable[[str], str], kind: str) -> None:
    issues = issues_of(review.edit(change))
    issue = next(issue for issue in issues if issue.code == code)
    assert kind in issue.where
    assert issue.where.startswith("results/manuscript/manuscript.md")
    assert issue.message and issue.fix


def test_all_faults_at_once_each_with_its_line(review: Review) -> None:
    review.edit(replacing("[@cedar2003; @dogwood2004; @elm2005]", "[@cedar2030; @dogwood2004; @elm2050]"))
    issues = issues_of(review)
    lines = (review.folder / "results/manuscript/manuscript.md").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "@cedar2030" in text)
    assert {issue.where for issue in issues} == {
        f"results/manuscript/manuscript.md:{line}: 'cedar2030'",
        f"results/manuscript/manuscript.md:{line}: 'elm2050'",
    }


def test_out_of_order(review: Review) -> None:
    review.edit(replacing("shown in [@fig:prisma].", "shown in [@fig:prisma], with [@tbl:characteristics]."))
    issues = issues_of(review)
    assert [(issue.code, "tbl:characteristics" in issue.where) for issue in issues] == [("out-of-order", True)]


def test_the_pdf_stops_for_the_same(review: Review) -> None:
    review.edit(replacing("[@alder2001; @birch2002].", "[@nobody1999]."))
    with pytest.raises(BuildStop, match="nobody1999"):
        review.pdf()


def test_blurred_figure(review: Review) -> None:
    file = review.folder / "results/figures/prisma.png"
    with Image.open(file) as picture:
        small = picture.resize((picture.width // 3, picture.height // 3))
    small.save(file)
    (issue,) = issues_of(review)
    assert issue.code == "figure-resolution"
    assert "100 pixels per inch" in issue.message


def test_raster_missing(review: Review) -> None:
    (review.folder / "results/figures/prisma.png").unlink()
    (issue,) = issues_of(review)
    assert issue.code == "missing-raster"


@pytest.mark.parametrize("content", ["<svg", '<svg xmlns="http://www.w3.org/2000/svg" width="50%" height="1"/>'])
def test_unreadable_drawing(review: Review, content: str) -> None:
    (review.folder / "results/figures/prisma.svg").write_text(content, encoding="utf-8")
    (issue,) = issues_of(review)
    assert issue.where == "results/figures/prisma.svg"


def test_no_head(review: Review) -> None:
    (issue,) = issues_of(review.edit(lambda text: text.split("---\n", 2)[2]))
    assert issue.code == "no-head"


def test_profile_with_an_unknown_key(review: Review) -> None:
    profile = review.folder / "profile.yaml"
    text = review.profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("line_spacing: 2", "line_spaces: 2"), encoding="utf-8")
    review.profile = Path("profile.yaml")
    issues = issues_of(review)
    assert any("line_spaces" in issue.message and "line_spacing" in issue.fix for issue in issues)


def test_abstract_and_keywords_beyond_the_journals_limits_are_warned_of(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[Issue] = []
    monkeypatch.setattr("scripts.write_docx.warn", warned.append)
    review.edit(replacing("abstract: 67", "abstract: 301")).edit(
        replacing("[storm damage, grafting, oak, review]", "[oak]")
    )
    assert review.docx().is_file()
    assert {issue.code for issue in warned} >= {"abstract-length", "keywords"}
    assert all(issue.severity == "warning" for issue in warned)


def test_references_that_are_not_csl(review: Review) -> None:
    (review.folder / "results/manuscript/references.json").write_text(json.dumps({"no": "list"}), encoding="utf-8")
    issues = issues_of(review)
    assert issues


def test_a_rule_that_forgets_a_filter(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.prismake.document.conftest.writer_files", lambda name: [DOCUMENT / "filters/jats.lua"])
    (issue,) = issues_of(review)
    assert issue.code == "missing-filter"
    assert "word, settings" in issue.message


def test_the_docs_name_every_code() -> None:
    sources = [*DOCUMENT.glob("*.py"), *(PACKAGE / "manuscript").glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    codes = set(re.findall(r"""(?:Issue\(|stop\()\s*["']([a-z-]+)["']""", text))
    documented = set(re.findall(r"`([a-z-]+)`", (PROJECT / "docs/document.md").read_text(encoding="utf-8")))
    assert len(codes) > 20
    assert codes <= documented
