"""A result that somebody changed, or that was cut, is named; it is never taken as truth."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from prismake.cli import main
from prismake.common.made import noted

pytestmark = pytest.mark.build

DELETE = "delete it and build again"


def edit(path, content: bytes) -> None:
    """Changes a result as an editor does, or so that its time stamp tells nothing."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def flow_and_lists(review):
    return [review / "results/flow.json", *sorted((review / "results/flow").glob("*.csv"))]


def test_every_result_is_noted(example):
    outputs = {path.as_posix() for files in noted(example.folder).values() for path in files}
    assert {f"results/{name}" for name in example.sums()} | {"results/SHA256SUMS"} <= outputs


def test_a_number_changed_by_hand_stops_the_build_until_the_file_is_deleted(copy):
    path = copy / "results/flow.json"
    whole = path.read_bytes()
    changed = whole.replace(b'"n": 9', b'"n": 8', 1)
    assert changed != whole
    path.write_bytes(changed)
    for arguments in (("--dry-run",), ("results/values.json",)):
        output = copy.stopped(*arguments)
        assert "ERROR results/flow.json: was changed after the build made it" in output and DELETE in output
    assert path.read_bytes() == changed
    path.unlink()
    copy.build("results/flow.json")
    assert path.read_bytes() == whole
    # A folder of new files is read again by the steps that read it whole; for the same bytes nothing else runs.
    assert set(copy.would_run()) == {"audit", "list_numbers", "write_html", "seal", "all"}


DAMAGES = {
    "results/flow.json": lambda whole: whole.replace(b'"n": 9', b'"n": 8', 1),
    "results/records/records.parquet": lambda whole: whole[: len(whole) // 2],
    "results/values.json": lambda _: b"",
    "results/screening/agreement.json": lambda whole: whole[: len(whole) // 2],
    "results/records/clusters.csv": lambda whole: b"".join(line.split(b",")[0] + b"\n" for line in whole.split()),
    "results/SHA256SUMS": lambda whole: whole[:100],
}


def test_damaged_results_are_named_whatever_their_time_stamps_say(copy):
    for name, damage in DAMAGES.items():
        edit(copy / name, damage((copy / name).read_bytes()))
    output = copy.stopped()
    for name in DAMAGES:
        assert f"ERROR {name}: was changed after the build made it" in output or f"\n{name}: was changed" in output, (
            name
        )
    assert DELETE in output and "Traceback" not in output and "fault in Prismake" not in output


def test_a_result_damaged_while_the_build_runs_is_named_by_the_step_that_reads_it(copy):
    # A step that cuts the file of another as it runs, which no look at the start can see.
    script = copy / "workflow/scripts/overlap.py"
    run = '    run(overlap, globals()["snakemake"])\n'
    assert script.read_text().endswith(run)
    cut = "    open('results/records/records.parquet', 'wb').close()\n"
    script.write_text(script.read_text().removesuffix(run) + cut + run)
    message = copy.stopped("results/dedup/sources.csv")
    assert "ERROR results/records/records.parquet: was changed after the build made it" in message and DELETE in message
    assert "fault in Prismake" not in message


def test_a_command_that_reads_a_damaged_result_names_it(copy, capsys):
    study = (copy / "results/records/clusters.csv").read_text().splitlines()[1].split(",")[0]
    for name in ("records/records.parquet", "records/clusters.csv", "flow.json", "studies.json"):
        path = copy / "results" / name
        whole = path.read_bytes()
        path.write_bytes(whole[:200])
        assert main(["why", study, "--results", str(copy / "results")]) == 1
        output = capsys.readouterr().err
        assert f"results/{name}: " in output and DELETE in output
        path.write_bytes(whole)


def test_a_file_put_into_a_folder_of_results_is_named(copy):
    (copy / "results/flow/more.csv").write_text("record_id\npubmed:1\n")
    assert "ERROR results/flow/more.csv: was not made by the build" in copy.stopped()
    (copy / "results/flow/more.csv").unlink()
    assert copy.would_run() == {}


def test_an_edited_document_is_kept_beside_the_new_one(copy):
    path, kept = copy / "results/manuscript/manuscript.docx", copy / "results/manuscript/manuscript.edited.docx"
    whole = path.read_bytes()
    edit(path, whole + b"edited")
    # A dry run moves nothing.
    assert str(kept.relative_to(copy.folder)) in copy.snakemake("--dry-run").stderr
    assert not kept.exists()
    output = copy.build("results/manuscript/manuscript.docx")
    assert "results/manuscript/manuscript.docx: was changed after the build made it" in output
    assert "prismake merge results/manuscript/manuscript.edited.docx" in output
    assert kept.read_bytes() == whole + b"edited" and path.read_bytes() == whole
    assert copy.would_run() == {}


def test_a_killed_build_is_not_a_change_by_hand(copy):
    # The step has written half of a result over the old one when it is killed, with everything above it.
    script = copy / "workflow/scripts/count_flow.py"
    code = script.read_text()
    run = code[code.rindex("    run(") :]
    killed = (
        "    def killed(flow, **others):\n"
        "        flow.write_text('half')\n"
        "        import time\n"
        "        time.sleep(120)\n\n"
        "    run(killed, globals()['snakemake'])\n"
    )
    script.write_text(code.removesuffix(run) + killed)
    before = {path: path.read_bytes() for path in flow_and_lists(copy)}
    build = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "results/flow.json"],
        cwd=copy.folder,
        env=copy.variables(),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not (copy / "results/flow.json").exists() or (copy / "results/flow.json").read_text() != "half":
        assert build.poll() is None
        time.sleep(0.05)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait()
    unfinished = copy / "results/.0123456789abcdef.part"
    unfinished.write_text("half")
    handed_on = copy / ".snakemake/prismake/dedup/features_0.arrow"
    handed_on.parent.mkdir(parents=True)
    handed_on.write_text("of records that may have changed")
    script.write_text(code)
    # While the lock is there, a build may be running.
    assert copy.snakemake("results/flow.json").returncode and unfinished.exists() and handed_on.exists()
    shutil.rmtree(copy / ".snakemake/locks")
    copy.build("results/flow.json")
    assert {path: path.read_bytes() for path in flow_and_lists(copy)} == before
    assert not unfinished.exists() and not handed_on.exists()


def test_a_build_that_stopped_half_way_is_continued_whatever_the_clock_says(copy):
    # What was not reached has time stamps of the future, as an archive from another time zone brings them.
    future = time.time() + 86400
    for path in (copy / "results").rglob("*"):
        os.utime(path, (future, future))
    target = "results/manuscript/references.json"
    copy.edit("manuscript/references.bib", "title", "subtitle = {A trial}, title")
    copy.build(target)
    assert copy.would_run()["render"] == f"Input has changed: {target}"


def test_a_change_is_seen_where_snakemakes_own_records_are_lost(copy):
    shutil.rmtree(copy / ".snakemake")
    edit(copy / "manuscript/references.bib", (copy / "manuscript/references.bib").read_bytes() + b"\n")
    assert "bibliography" in copy.would_run()


def test_records_of_snakemake_that_were_put_back_hide_nothing(copy):
    target, source = "results/manuscript/references.json", copy / "manuscript/references.bib"
    copy.build(target)
    before, text = (copy / target).read_bytes(), source.read_text()
    shutil.copytree(copy / ".snakemake", copy / "kept")
    source.write_text(text.replace("title", "subtitle = {A trial}, title", 1))
    copy.build(target)
    assert (copy / target).read_bytes() != before
    # Its records say that the target was made from the source as it is again.
    source.write_text(text)
    shutil.rmtree(copy / ".snakemake")
    (copy / "kept").rename(copy / ".snakemake")
    assert f"WARNING {target}: was made from what has changed since" in copy.snakemake("--dry-run", target).stderr
    copy.build(target)
    assert (copy / target).read_bytes() == before


def test_builds_of_one_target_keep_the_results_that_they_do_not_make(copy):
    kept = {path for path in (copy / "results").rglob("*") if path.is_file()}
    # The flow is then made from what has changed twice, and is not made anew.
    for old, new in (("label: Editorial\n", "label: Editorials\n"), ("label: Editorials\n", "label: Comments\n")):
        copy.edit("config.yaml", old, new)
        copy.build("prepare_screening")
        assert not [path for path in kept if not path.is_file()]


def test_results_that_no_step_makes_any_more_are_removed(copy):
    # The variant of another journal, and a file in a folder that no step writes to.
    for name in ("variants/Main document.docx", "elsewhere/a.csv"):
        path, record = copy / "results" / name, copy / "results/.made" / f"{name}.sha256"
        for folder in (path.parent, record.parent):
            folder.mkdir(exist_ok=True)
        path.write_text("made")
        record.write_text(f"{hashlib.sha256(b'made').hexdigest()}  results/{name}\n")
    assert "results/variants/Main document.docx" in copy.snakemake("--dry-run", "results/studies.json").stderr
    assert (copy / "results/variants/Main document.docx").is_file()
    copy.build("results/studies.json")
    assert not (copy / "results/variants/Main document.docx").exists() and (copy / "results/elsewhere/a.csv").is_file()


def test_an_edited_result_whose_note_is_lost_is_made_again(copy):
    path = copy / "results/tables/technique.csv"
    whole = path.read_bytes()
    edit(path, whole + b"more\n")
    (copy / "results/.made/tables/technique.csv.sha256").unlink()
    assert "technique.csv: has no record of how a build made it" in copy.snakemake("--dry-run").stderr
    copy.build("results/tables/technique.csv")
    assert path.read_bytes() == whole and copy.would_run() == {}


def test_a_build_without_any_note_stops_with_one_message(copy):
    shutil.rmtree(copy / "results/.made")
    message = copy.stopped()
    assert message.count("ERROR") == 1 and "results/.made: the record of what the build made is missing" in message
