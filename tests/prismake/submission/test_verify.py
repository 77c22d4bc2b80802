import hashlib
import shutil
from pathlib import Path

import pytest
from prismake.cli import main
from prismake.common.made import NOTES, note

FLOW, LISTS, SUMS = Path("results/flow.json"), Path("results/flow"), Path("results/SHA256SUMS")


@pytest.fixture(autouse=True)
def review(tmp_path, monkeypatch):
    """A built review of a file, a folder and the seal, with the logs that stand beside them."""
    monkeypatch.chdir(tmp_path)
    for file in (FLOW, LISTS / "a.csv", Path("results/logs/seal.log"), Path("results/revision/merge/patch")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.name)
    seal()
    note([FLOW, LISTS, SUMS], {})
    return tmp_path


def seal():
    files = (FLOW, LISTS / "a.csv")
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to('results')}\n" for file in files]
    SUMS.write_text("".join(sums))


def verified(capsys, *arguments):
    """Exit code and the lines that name a file."""
    code = main(["verify", *arguments])
    return code, [line for line in capsys.readouterr().out.splitlines() if not line.startswith("  ->")]


def test_results_as_the_build_made_them_pass(capsys, review, tmp_path_factory, monkeypatch):
    assert verified(capsys) == (0, ["results: 3 files, unchanged since the build"])
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert verified(capsys, str(review))[0] == 0


def test_each_difference_is_named(capsys):
    FLOW.write_text("edited")
    (LISTS / "a.csv").unlink()
    Path("results/notes.txt").write_text("mine")
    assert verified(capsys) == (
        1,
        [
            "results/flow/a.csv: is missing",
            "results/flow.json: was changed after the build made it",
            "results/notes.txt: was not made by the build",
        ],
    )


def test_files_with_one_fix_have_it_once_below_them(capsys):
    for name in ("a.txt", "b.txt"):
        Path("results", name).write_text("mine")
    FLOW.write_text("edited")
    assert main(["verify"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "results/a.txt: was not made by the build",
        "results/b.txt: was not made by the build",
        "  -> for each of these 2: delete it, or move it out of results/, and build again",
        "results/flow.json: was changed after the build made it",
        "  -> delete it and build again; corrections belong in config.yaml, data/ or manuscript/",
    ]


def test_the_seal_is_compared_too(capsys):
    FLOW.write_text("made anew by a build that did not go to its end")
    note([FLOW], {})
    assert verified(capsys) == (1, ["results/flow.json: is not the file that results/SHA256SUMS names"])
    SUMS.write_text(SUMS.read_text() + "0" * 64 + "  values.json\n")
    note([SUMS], {})
    assert verified(capsys)[1][1:] == ["results/values.json: is not the file that results/SHA256SUMS names"]


def test_without_the_notes_the_seal_is_the_measure(capsys):
    for file in NOTES.glob("*.sha256"):
        file.unlink()
    assert verified(capsys)[0] == 0
    FLOW.write_text("edited")
    assert verified(capsys) == (1, ["results/flow.json: was changed after the build made it"])


def test_without_results_there_is_nothing_to_verify(capsys, tmp_path_factory):
    assert main(["verify", str(tmp_path_factory.mktemp("empty"))]) == 1
    assert "build the review: snakemake" in capsys.readouterr().err


def test_an_edited_copy_that_a_build_kept_is_named_and_no_fault(capsys):
    document = Path("results/manuscript.docx")
    for file in (document, *(document.with_name(f"manuscript.edited{n}.docx") for n in ("", "-2"))):
        file.write_text(file.name)
    note([document], {})
    assert main(["verify"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("is your edited copy, kept by a build") == 2
    assert "  -> for each of these 2: take it in with `prismake merge`, or move it out" in shown
    assert "4 files, unchanged since the build" in shown
    # The name alone does not make a copy: without the document, a file is foreign.
    Path("results/other.edited.docx").write_text("x")
    assert verified(capsys)[0] == 1


def test_without_the_notes_what_the_seal_does_not_name_is_one_fault(capsys):
    shutil.rmtree(NOTES)
    for name in ("a", "b"):
        Path("results", name).touch()
    assert verified(capsys) == (1, ["results/.made: the record of what the build made is missing"])
