"""What a person reads on the screen, from the records that Snakemake logs."""

import logging
import os
import re
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prismake.common.steps import PRINTS_SHARED, SHARED
from snakemake.exceptions import MissingRuleException
from snakemake.persistence import ParamsChange
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_logger_plugin_prismake import TARGETS, LogHandler, reason_of

from tests.places import PROJECT


def settings(dryrun: bool) -> Any:
    """What the handler reads of Snakemake's settings."""
    return SimpleNamespace(dryrun=dryrun)


@pytest.fixture
def printed(capsys, monkeypatch):
    """Hands one record to a handler and returns what it prints."""
    # Handlers set it; no other test may see it.
    monkeypatch.setenv(PRINTS_SHARED, "1")

    def handed(message="", level=logging.INFO, dryrun=False, handler=None, **fields):
        handler = handler or LogHandler(settings(dryrun), None)
        record = logging.LogRecord("snakemake", level, "", 0, message, None, None)
        vars(record).update(fields)
        handler.emit(record)
        return capsys.readouterr().err.strip()

    return handed


def test_a_step_says_what_it_does(printed):
    job = {"event": LogEvent.JOB_INFO, "rule_name": "screen", "rule_msg": "Applying the eligibility filter"}
    assert printed(**job) == "Applying the eligibility filter"
    assert printed(**job, dryrun=True, reason="Updated input files: x").split("\n") == [
        "would run screen: Applying the eligibility filter",
        "    Input has changed: x",
    ]


CODE, TABLE, OTHER = "code " + "a" * 64, "data/o'x.csv " + "b" * 64, "c" * 64


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ([[CODE, TABLE]], [["code " + OTHER, TABLE]], "Code has changed"),
        ([[CODE, TABLE]], [[CODE, "data/o'x.csv " + OTHER]], "Input has changed: data/o'x.csv"),
        ([[CODE]], [[CODE, TABLE]], "Input has changed: data/o'x.csv"),
        ([[CODE, TABLE], {"a": 1}], [["code " + OTHER, TABLE], {"a": 2}], "Code has changed; Settings have changed"),
        ([{"a": "b, [c]"}], [{"a": "b"}], "Settings have changed"),
        ([], [True], "Settings have changed"),
    ],
)
def test_the_reason_of_a_step_names_what_has_changed(before, now, reason):
    # As Snakemake words it.
    change = ParamsChange(only_old={repr(p) for p in before}, only_new={repr(p) for p in now}, files={"x"})
    text = f"Missing output files: a; Params have changed since last execution: {change}; Software"
    assert reason_of(text) == f"Missing output files: a; {reason}; Software"


@pytest.mark.parametrize(
    "noise",
    ["Building DAG of jobs...", "Removing temporary output a.", "Select jobs to execute...", "  ", "Provided cores: 2"],
)
def test_what_says_nothing_about_the_review_is_not_shown(printed, noise):
    assert printed(noise) == ""


TRACED = "ERROR a fault\n\nTraceback (most recent call last):\n"


@pytest.fixture
def fail(printed, tmp_path):
    """Hands on the end of a step that wrote to its log meanwhile, or did not, and returns what it prints."""

    def handed(handler, written="", name="screen"):
        log = tmp_path / f"{name}.log"
        about = {"rule_name": name, "jobid": name, "log": [str(log)], "handler": handler}
        printed(event=LogEvent.JOB_INFO, **about)
        if written:
            log.write_text(written)
        return printed(event=LogEvent.JOB_ERROR, level=logging.ERROR, **about)

    return handed


def handler_of(dryrun=False):
    return LogHandler(settings(dryrun), None)


def test_a_failed_step_is_reported_once_with_its_log(printed, fail, tmp_path):
    handler = handler_of()
    assert fail(handler, TRACED) == (
        f"The step 'screen' stopped the build. Its trace is in {tmp_path}/screen.log. No incomplete results are left."
    )
    assert (
        printed("RuleException: CalledProcessError", event=LogEvent.ERROR, level=logging.ERROR, handler=handler) == ""
    )
    assert printed("At least one job did not complete", level=logging.ERROR, handler=handler) == ""


def test_a_log_without_a_trace_is_not_said_to_have_one(fail, tmp_path):
    assert "trace" not in fail(handler_of(), "INFO 3 records\n")
    # One that an earlier build left is not this step's.
    (tmp_path / "audit.log").write_text(TRACED)
    assert "trace" not in fail(handler_of(), name="audit")


def test_a_step_that_is_killed_is_one_message(printed, fail):
    handler = handler_of()
    text = "CalledProcessError: Command '['python', 'x.py']' died with <Signals.SIGKILL: 9>."
    assert printed(f"RuleException:\n{text}", event=LogEvent.ERROR, level=logging.ERROR, handler=handler) == ""
    assert fail(handler, "INFO 3 records\n").startswith(
        "ERROR the step 'screen' was killed before it could say why; most often the computer"
    )
    # A step that fails meanwhile has printed its own message.
    assert fail(handler, TRACED, name="audit").startswith("The step 'audit' stopped the build.")


@pytest.mark.parametrize(
    ("theirs", "ours", "steps"),
    [
        ("Terminating processes on user request, this might take some time.", "Interrupted: the steps that run", 0),
        ("Will exit after finishing currently running jobs (scheduler).", "Asked to end: the build ends with the", 1),
    ],
)
def test_a_build_that_a_person_ends_is_one_message(printed, fail, theirs, ours, steps):
    handler = handler_of()
    assert printed(theirs, handler=handler).startswith(ours)
    assert printed(theirs, handler=handler) == ""
    # Where the steps are ended too, that they end is no fault.
    assert fail(handler, TRACED).count("stopped the build") == steps
    last = {"event": LogEvent.ERROR, "exception": "At least one job did not complete successfully."}
    assert printed(**last, level=logging.ERROR, handler=handler) == ""


@pytest.mark.parametrize(
    ("target", "meant"), [("finall", "did you mean 'final'? "), ("results/x.txt", "")], ids=["misspelt", "file"]
)
def test_a_wrong_target_gives_one_message_with_the_targets(printed, target, meant):
    # As Snakemake words it.
    message = str(MissingRuleException(target))
    assert printed(message, event=LogEvent.ERROR, level=logging.ERROR).split("\n") == [
        f"ERROR there is no target '{target}'",
        f"  -> {meant}Targets: all, final, supplement, variants, jats, submission",
    ]


def test_the_targets_are_rules_that_the_readme_lists():
    rules = "".join(file.read_text() for file in (PROJECT / "Snakefile", *PROJECT.glob("workflow/rules/*.smk")))
    assert set(TARGETS) <= set(re.findall(r"^ *rule (\w+):", rules, re.MULTILINE))
    listed = re.findall(r"^\| `snakemake (\w+)` \|", (PROJECT / "README.md").read_text(), re.MULTILINE)
    assert set(listed) == set(TARGETS) - {"all"}


def test_warnings_and_other_errors_are_shown(printed):
    assert printed("careful", level=logging.WARNING) == "careful"
    assert (
        printed("MissingInputException: a.ris", event=LogEvent.ERROR, level=logging.ERROR)
        == "MissingInputException: a.ris"
    )
    assert printed("Nothing to be done (all requested files are present)") == (
        "Nothing to do: all results are up to date; what comes next: prismake status"
    )


def test_a_log_that_cannot_be_written_puts_no_trace_on_the_screen(capsys):
    # Snakemake keeps a log of its own, also on a full disk.
    with Path("/dev/full").open("w") as full:
        logging.getLogger("snakemake.test").addHandler(handler := logging.StreamHandler(full))
        logging.getLogger("snakemake.test").error("Building DAG of jobs...")
        assert "Traceback" not in capsys.readouterr().err
        logging.getLogger("snakemake.test").removeHandler(handler)
        with suppress(OSError):
            full.close()


def test_a_full_disk_that_snakemake_meets_is_reported_once(printed):
    handler = handler_of()
    trace = "Traceback (most recent call last):\n  File ...\nOSError: [Errno 28] No space left on device"
    text = printed(trace, level=logging.ERROR, handler=handler)
    assert "the disk is full" in text and "Traceback" not in text
    assert printed(event=LogEvent.ERROR, exception=trace, handler=handler) == ""
    denied = "PermissionError: [Errno 13] Permission denied: '/review/.snakemake/log'"
    assert printed(denied, level=logging.ERROR).startswith("ERROR /review/.snakemake/log: may not be read or written")


def test_a_full_disk_that_two_steps_meet_is_reported_once(fail, monkeypatch):
    monkeypatch.delenv(PRINTS_SHARED)
    handler = handler_of()
    assert os.environ[PRINTS_SHARED]
    written = f"WARNING a\n{SHARED} /review: the disk is full\n  -> make room there\n\nTraceback …"
    texts = [fail(handler, written, name) for name in "ab"]
    assert "ERROR /review: the disk is full\n  -> make room there\n" in texts[0]
    assert "the disk is full" not in texts[1] and "The step 'b' stopped the build." in texts[1]


def test_a_trace_of_snakemake_is_one_message(printed):
    trace = "Traceback (most recent call last):\n\n  File \"{}\", line 1, in x\n\nKeyError: 'x'\n"
    text = printed(trace.format("/env/snakemake/persistence/file.py"), level=logging.ERROR)
    assert text.startswith(
        "ERROR .snakemake/: Snakemake's records of earlier builds are damaged\n  -> delete the folder"
    )
    meanwhile = trace.format("/env/snakemake/persistence/file.py").replace("KeyError", "FileNotFoundError")
    assert "another build is running there" in printed(meanwhile, level=logging.ERROR)
    text = printed(trace.format("/env/snakemake/dag.py"), level=logging.ERROR)
    assert text.startswith("ERROR Snakemake stopped: KeyError: 'x'\n  -> build again") and "Traceback" not in text


@pytest.mark.parametrize(
    "note",
    ["Ignore corrupted or currently written metadata record x.", "No SLURM account given, trying to guess."],
)
def test_snakemakes_notes_of_its_own_are_not_the_persons_concern(printed, note):
    assert printed(note, level=logging.WARNING) == ""


@pytest.mark.parametrize("target", ["supplement", "variants", "jats", "submission"])
def test_a_target_of_a_manuscript_says_what_it_needs(printed, target):
    text = f"No rule to produce {target} (if you use input functions make sure that they don't raise)"
    text = printed(event=LogEvent.ERROR, exception=text)
    assert f"'{target}' is made from the manuscript, and config.yaml has no block" in text


def test_a_semicolon_in_a_setting_ends_no_reason():
    change = "Params have changed since last execution: Union of exclusive params before and now across all output: "
    change += "before: {'note': 'One; two'} now: {'note': 'One; three'} "
    assert reason_of(change) == "Settings have changed"
    assert reason_of(f"{change}; Set of input files has changed") == (
        "Settings have changed; Set of input files has changed"
    )
