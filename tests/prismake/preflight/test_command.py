"""`prismake check` as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from prismake import cli
from prismake.preflight.run import checks_of

from tests.prismake.document.conftest import JOURNAL

from .conftest import BODY, damaged


@pytest.fixture
def file(tmp_path: Path, good: bytes) -> Path:
    path = tmp_path / "manuscript.docx"
    path.write_bytes(good)
    return path


def test_a_sound_document_passes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(file), "--journal", str(JOURNAL)]) == 0
    output = capsys.readouterr().out
    assert output.startswith(
        f"manuscript.docx: passed. {len(checks_of('docx'))} checks, 0 errors, 0 warnings, 1 skipped"
    )


def test_without_a_profile_it_says_what_is_skipped(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(file)]) == 0
    output = capsys.readouterr().out
    assert "needs the journal's profile: --journal JOURNAL: " in output and "line-spacing" in output


def test_a_fault_is_reported_with_its_place(file: Path, good: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(
        damaged(
            good, lambda parts: parts.update({BODY: parts[BODY].replace(">Figure\u00a01<".encode(), b">Figure 7<")})
        )
    )
    assert cli.main(["check", str(file)]) == 1
    output = capsys.readouterr().out
    assert "FAILED" in output
    assert "    error  word/document.xml, paragraph " in output
    assert "shows 'Figure 7', but its bookmark spans 'Figure 1'" in output


def test_the_report_as_json(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(file), "--json", "-"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert cli.main(["check", str(file), "--json", str(tmp_path / "report.json")]) == 0
    assert json.loads((tmp_path / "report.json").read_text()) == shown
    assert (shown["file"], shown["passed"], shown["errors"]) == ("manuscript.docx", True, 0)
    assert [showncheck["id"] for showncheck in shown["checks"]] == [check.id for check in checks_of("docx")]
    assert {showncheck["result"] for showncheck in shown["checks"]} <= {"passed", "found", "skipped"}


def test_an_allowed_check_only_warns(file: Path, good: bytes) -> None:
    change = b'<w:ins w:id="900" w:author="X"><w:r><w:t>new</w:t></w:r></w:ins></w:p>'
    file.write_bytes(damaged(good, lambda parts: parts.update({BODY: parts[BODY].replace(b"</w:p>", change, 1)})))
    assert cli.main(["check", str(file)]) == 1
    assert cli.main(["check", str(file), "--allow", "tracked-change", "--allow", "property-title"]) == 0


def test_a_check_that_does_not_exist(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(file), "--allow", "tracked-changes"]) == 1
    assert "did you mean 'tracked-change'?" in capsys.readouterr().err


def test_all_checks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--list"]) == 0
    output = capsys.readouterr().out
    assert all(f"  {check.id} " in output for check in checks_of("docx"))


def test_a_blinded_copy(file: Path, good: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    metadata = tmp_path / "metadata.yaml"
    metadata.write_text("author:\n  - {name: Second Author, email: second@example.org}\n")
    assert cli.main(["check", str(file), "--blinded", "--authors", str(metadata)]) == 1
    output = capsys.readouterr().out
    assert "holds 'second author'" in output and "docProps/core.xml" in output
    assert cli.main(["check", str(file), "--blinded", "--name", "Nobody Whosoever", "--allow", "property-authors"]) == 0
    named = tmp_path / "Nobody Whosoever.docx"
    named.write_bytes(good)
    assert (
        cli.main(["check", str(named), "--blinded", "--name", "Nobody Whosoever", "--allow", "property-authors"]) == 1
    )
    assert "file name: holds 'nobody whosoever'" in capsys.readouterr().out


def test_the_words_of_a_name_in_running_text_are_not_name(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--allow", "property-authors", "--blinded", "--name"]
    assert cli.main(["check", str(file), *options, "Storm Damage"]) == 0
    assert cli.main(["check", str(file), *options, "Storm damage"]) == 1
    assert "holds 'storm damage'" in capsys.readouterr().out


def test_a_document_says_which_variant_it_is(file: Path, good: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    core = "docProps/core.xml"
    text = b"<cp:category>title-page</cp:category></cp:coreProperties>"
    file.write_bytes(
        damaged(good, lambda parts: parts.update({core: parts[core].replace(b"</cp:coreProperties>", text)}))
    )
    assert cli.main(["check", str(file)]) == 0
    output = capsys.readouterr().out
    assert output.startswith("manuscript.docx (title-page): passed")
    assert "no part of the variant 'title-page': " in output
    assert cli.main(["check", str(file), "--variant", "whole"]) == 0
    assert "no part of the variant" not in capsys.readouterr().out


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path / "none.docx")]) == 1
    assert "the file does not exist" in capsys.readouterr().err
    assert cli.main(["check"]) == 1
