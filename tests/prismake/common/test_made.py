import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from prismake.common.digests import file_digest
from prismake.common.errors import BuildStop
from prismake.common.machine import machine_fault
from prismake.common.made import (
    SET_BACK,
    age,
    changed_results,
    check_inputs,
    check_results,
    forget,
    mark_incomplete,
    note,
    noted,
    notes_digest,
    orphans,
    outdated,
    read_sums,
    remove,
    remove_unnoted,
)

FLOW, FOLDER, DOCUMENT = Path("results/flow.json"), Path("results/flow"), Path("results/manuscript/manuscript.docx")
OUTPUTS = {FLOW: False, FOLDER: True, DOCUMENT: False}


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    """A review with a result of each kind: a file, a folder, a document."""
    monkeypatch.chdir(tmp_path)
    for file in (FLOW, FOLDER / "a.csv", FOLDER / "deep" / "b.csv", DOCUMENT):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(file.name.encode())
    (FOLDER / ".snakemake_timestamp").write_text("")
    note([FLOW, FOLDER, DOCUMENT, Path("elsewhere.txt")], {})


def kinds():
    return {change.path.as_posix(): change.kind for change in changed_results(Path())}


def test_what_a_step_made_is_noted_as_sha256sum_writes_it():
    assert noted()[FLOW] == {FLOW: hashlib.sha256(b"flow.json").hexdigest()}
    assert set(noted()) == {FLOW, FOLDER, DOCUMENT} and set(noted()[FOLDER]) == {
        FOLDER / "a.csv",
        FOLDER / "deep/b.csv",
    }
    notes = [str(path) for path in Path("results/.made").rglob("*.sha256")]
    assert subprocess.run(["sha256sum", "--check", "--strict", "--quiet", *notes], check=False).returncode == 0
    assert kinds() == {}
    check_inputs([FLOW, FOLDER, DOCUMENT, Path("data/none.csv")])


def test_every_difference_from_a_note_is_a_change():
    FLOW.write_bytes(b"flow.jsom")
    (FOLDER / "a.csv").unlink()
    (FOLDER / "c.csv").write_text("")
    DOCUMENT.unlink()
    assert kinds() == {
        "results/flow.json": "changed",
        "results/flow/a.csv": "missing",
        "results/flow/c.csv": "foreign",
        "results/manuscript/manuscript.docx": "missing",
    }


def test_a_pipe_in_the_place_of_a_result_is_not_waited_for():
    FLOW.unlink()
    os.mkfifo(FLOW)
    assert kinds() == {"results/flow.json": "changed"}


@pytest.mark.parametrize("damage", [b"", b"flow", b"flow.json\n", b"\x00" * 9])
def test_a_step_does_not_read_a_damaged_result(damage):
    FLOW.write_bytes(damage)
    with pytest.raises(BuildStop) as stopped:
        check_inputs([FOLDER, FLOW])
    assert str(stopped.value) == (
        "results/flow.json: was changed after the build made it\n"
        "  -> delete it and build again; corrections belong in config.yaml, data/ or manuscript/"
    )


def test_a_step_does_not_read_what_no_step_has_finished():
    forget([FLOW])
    with pytest.raises(BuildStop, match=r"results/flow\.json: was not made by the build"):
        check_inputs([FLOW])
    # It may be half-made: whoever killed the build did not change it.
    assert kinds() == {}


def test_a_build_stops_at_a_changed_result_and_names_all_of_them():
    FLOW.write_text("edited")
    (FOLDER / "c.csv").write_text("")
    DOCUMENT.write_text("edited")
    with pytest.raises(BuildStop) as stopped:
        check_results(file_digest, keep=True)
    assert [issue.where for issue in stopped.value.issues] == ["results/flow.json", "results/flow/c.csv"]
    assert DOCUMENT.read_text() == "edited"


def test_a_deleted_result_is_made_anew():
    FLOW.unlink()
    assert check_results(file_digest, keep=False) == [] and FLOW in noted()
    assert check_results(file_digest, keep=True) == [] and FLOW not in noted()


def test_a_document_that_somebody_edited_is_kept_beside():
    aside = [DOCUMENT.with_name(name) for name in ("manuscript.edited.docx", "manuscript.edited-2.docx")]
    for round_, kept in enumerate(aside):
        DOCUMENT.write_text(f"edit {round_}")
        (issue,) = check_results(file_digest, keep=False)
        assert DOCUMENT.exists() and not kept.exists() and str(kept) in issue.message
        (issue,) = check_results(file_digest, keep=True)
        assert not DOCUMENT.exists() and kept.read_text() == f"edit {round_}"
        assert issue.where == str(DOCUMENT) and f"prismake merge {kept}" in issue.fix and issue.severity == "warning"
        DOCUMENT.write_text("made anew")
        note([DOCUMENT], {})
    assert check_results(file_digest, keep=True) == []
    assert [kept.read_text() for kept in aside] == ["edit 0", "edit 1"]


def test_a_damaged_note_vouches_for_nothing():
    Path("results/.made/flow.json.sha256").write_bytes(b"\xff\xfe cut")
    assert kinds() == {"results/flow.json": "foreign"}
    assert read_sums(Path("none")) == {}


def test_a_result_made_from_an_earlier_one_is_older_than_any_other_whatever_the_clock_says():
    (FOLDER / ".snakemake_timestamp").touch()
    for made in (DOCUMENT, FOLDER):
        note([made], check_inputs([FLOW]))
    assert outdated({}) == []
    FLOW.write_text("made anew")
    note([FLOW], {})
    assert outdated({}) == [FOLDER, DOCUMENT]
    aged = (DOCUMENT, FOLDER, FOLDER / ".snakemake_timestamp")
    before = [path.stat().st_mtime_ns for path in (*aged, FLOW)]
    for _ in range(2):
        age(outdated({}), [FLOW])
        now = [path.stat().st_mtime_ns for path in (*aged, FLOW)]
        assert max(now[:3]) < SET_BACK and now[3] == before[3]
    age([], outdated({}))
    assert [path.stat().st_mtime_ns for path in (*aged, FLOW)] == before
    assert kinds() == {}
    assert subprocess.run(["sha256sum", "--check", "--quiet", *Path("results/.made").rglob("*.sha256")]).returncode == 0


def test_a_result_is_made_again_where_one_that_it_was_made_from_is_missing(tmp_path):
    for made in (DOCUMENT, FOLDER):
        note([made], check_inputs([FLOW]))
    assert orphans() == []
    FLOW.unlink()
    forget([FLOW])
    assert orphans() == [FOLDER, DOCUMENT]
    mark_incomplete(orphans(), tmp_path)
    # As Snakemake writes it, which it reads with `rerun-incomplete`.
    name = base64.urlsafe_b64encode(DOCUMENT.as_posix().encode()).decode()
    assert json.loads((tmp_path / name).read_text()) == {"external_jobid": None}


@pytest.mark.parametrize("now", ["earlier", "later"])
def test_a_result_that_was_made_from_other_sources_is_outdated(now):
    note([FLOW], {}, "earlier")
    assert (outdated({FLOW: now}) == [FLOW]) == (now == "later")


def test_outdated_results_are_removed_with_their_notes():
    (warning, *_) = remove([FLOW, FOLDER], keep=False)
    assert FLOW.exists() and (warning.code, warning.where) == ("outdated", "results/flow.json")
    before = notes_digest()
    assert remove([FLOW, FOLDER, DOCUMENT], keep=True) == []
    assert not any(path.exists() for path in (FLOW, FOLDER, DOCUMENT)) and noted() == {}
    assert notes_digest() != before


def test_a_result_without_a_note_is_made_again():
    for output in (FLOW, FOLDER):
        forget([output])
    (warning, _) = remove_unnoted(OUTPUTS, keep=False)
    assert FLOW.exists() and warning.where == "results/flow.json" and warning.severity == "warning"
    assert remove_unnoted(OUTPUTS, keep=True) == []
    assert not FLOW.exists() and not FOLDER.exists() and DOCUMENT.exists()


def test_a_document_without_a_note_is_kept_unless_it_is_sealed():
    forget([DOCUMENT])
    Path("results/SHA256SUMS").write_text(f"{file_digest(DOCUMENT)}  manuscript/manuscript.docx\n")
    whole = DOCUMENT.read_bytes()
    DOCUMENT.write_text("edited")
    (warning,) = remove_unnoted({DOCUMENT: False}, keep=True)
    assert DOCUMENT.with_name("manuscript.edited.docx").read_text() == "edited" and not DOCUMENT.exists()
    assert "prismake merge" in warning.fix
    DOCUMENT.write_bytes(whole)
    assert remove_unnoted({DOCUMENT: False}, keep=True) == [] and not DOCUMENT.exists()


def test_without_any_note_a_build_stops_with_one_message():
    forget([FLOW, FOLDER, DOCUMENT])
    with pytest.raises(BuildStop, match=r"results/\.made: the record .* is missing") as stopped:
        remove_unnoted(OUTPUTS, keep=True)
    assert len(stopped.value.issues) == 1 and DOCUMENT.exists() and FLOW.exists()


def test_what_stands_in_the_place_of_a_result_is_named_once():
    FLOW.unlink()
    FLOW.mkdir()
    (FLOW / "inside").touch()
    shutil.rmtree(FOLDER)
    FOLDER.touch()
    DOCUMENT.unlink()
    DOCUMENT.symlink_to("none")
    assert kinds() == {"results/flow.json": "folder", "results/flow": "file", str(DOCUMENT): "changed"}
    with pytest.raises(BuildStop, match=r"flow\.json: is a folder.*\n  -> delete it"):
        check_results(file_digest, keep=True)


def test_a_link_to_the_same_content_is_a_change():
    FLOW.rename("results/other.json")
    FLOW.symlink_to("other.json")
    assert kinds() == {"results/flow.json": "changed"}


def test_nobody_is_sent_to_delete_a_document():
    DOCUMENT.write_text("edited")
    (change,) = changed_results(Path())
    assert "delete" not in change.issue().fix and "prismake merge" in change.issue().fix


def test_nobody_is_sent_to_delete_a_sheet_that_was_filled_in():
    sheet = FOLDER / "sheet.xlsx"
    sheet.write_bytes(b"made")
    note([FOLDER], {})
    sheet.write_bytes(b"filled in")
    with pytest.raises(BuildStop) as stopped:
        check_results(file_digest, keep=True)
    (issue,) = stopped.value.issues
    assert issue.where == sheet.as_posix()
    assert issue.fix.startswith(
        "if somebody filled it in, move it to data/screening/ and name it under screening.sources"
    )
    assert sheet.read_bytes() == b"filled in"


def test_a_folder_in_the_place_of_a_result_without_a_note_is_not_removed():
    forget([FLOW, FOLDER])
    FLOW.unlink()
    (FLOW / "mine").mkdir(parents=True)
    with pytest.raises(BuildStop, match=r"results/flow\.json: is a folder"):
        remove_unnoted(OUTPUTS, keep=True)
    assert (FLOW / "mine").exists() and FOLDER.exists()


@pytest.mark.parametrize("place", ["results/.made", "results/.made/b.csv.sha256"])
def test_what_stands_in_the_place_of_a_note_is_named(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir(exist_ok=True)
    output = Path("results/b.csv")
    output.write_text("x")
    shutil.rmtree("results/.made", ignore_errors=True)
    if place.endswith(".made"):
        Path(place).write_text("x")
    else:
        Path(place).mkdir(parents=True)
    with pytest.raises(OSError) as caught:
        note([output], {})
    assert str(machine_fault(caught.value)).startswith(f"{place}: is a f")
