"""What a person reads of steps that ran on a cluster, whose own output is there."""

import logging
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prismake.common.step_logs import ELSEWHERE
from prismake.common.steps import PRINTS_SHARED
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_logger_plugin_prismake import LogHandler

# What the handler reads of Snakemake's settings.
SETTINGS: Any = SimpleNamespace(dryrun=False)
DISK = "snakemake_logger_plugin_prismake.failures.disk_usage"
FAULT = "ERROR data/a.csv:2: no record has the id 'x'\n  -> look there\n\nTraceback\n"


@pytest.fixture
def step(tmp_path, capsys, monkeypatch):
    """A step on a cluster: `begin` announces it, `left` is what it wrote to its log, `end` returns what is printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(PRINTS_SHARED, "1")
    monkeypatch.setenv(ELSEWHERE, "1")
    monkeypatch.setattr(DISK, lambda place: SimpleNamespace(free=10**12))
    handler = LogHandler(SETTINGS, None)
    log = tmp_path / "screen.log"

    def emit(event: LogEvent, **fields: Any) -> str:
        record = logging.LogRecord("snakemake", logging.INFO, "", 0, "", None, None)
        vars(record).update({"event": event, "rule_name": "screen", "log": [str(log)], **fields})
        handler.emit(record)
        return str(capsys.readouterr().err).strip()

    def fail(number: str | None = "27", message: str = "") -> str:
        return emit(LogEvent.JOB_ERROR, jobid=4, rule_msg=message, aux={"external_jobid": number} if number else {})

    return SimpleNamespace(
        log=log,
        begin=lambda name="screen": emit(LogEvent.JOB_INFO, jobid=4, rule_msg="Screening", rule_name=name),
        end=lambda: emit(LogEvent.JOB_FINISHED, job_id=4),
        fail=fail,
        snakemake=lambda text: emit(LogEvent.ERROR, exception=text),
    )


def test_its_warnings_are_printed_when_it_ends(step):
    step.begin()
    step.log.write_text("INFO 3 records\nWARNING data/a.csv: draft\n  -> decide\n")
    assert step.end() == "WARNING data/a.csv: draft\n  -> decide"


def test_its_fault_is_one_message_without_a_trace(step):
    step.begin()
    step.log.write_text(FAULT)
    printed = step.fail()
    assert printed.startswith("ERROR data/a.csv:2: no record has the id 'x'\n  -> look there")
    assert printed.count("ERROR") == 1
    assert "Traceback" not in printed


def test_the_message_of_an_earlier_build_is_not_taken_for_its_own(step):
    step.log.write_text(FAULT)
    step.begin()
    printed = step.fail(message="SLURM-job '27' failed, SLURM status is: 'OUT_OF_MEMORY'. Reason: Unknown.")
    assert printed.startswith("ERROR the cluster ended job 27, the step 'screen': OUT_OF_MEMORY")
    assert "screen:mem_mb=" in printed
    assert "data/a.csv" not in printed
    # Nor its trace: a step that a cluster ends leaves none.
    assert "trace" not in printed


def test_a_job_that_was_never_taken_points_to_the_commands(step):
    step.begin()
    assert step.fail(number=None).startswith("ERROR the cluster did not take the step 'screen'")


def test_a_full_disk_is_one_message_though_steps_cannot_write_their_logs(step, monkeypatch):
    monkeypatch.setattr(DISK, lambda place: SimpleNamespace(free=0))
    step.begin()
    assert re.search(rf"ERROR {re.escape(str(Path.cwd()))}: the disk is full", step.fail())
    assert "ERROR" not in step.fail()
    # Nor is it when Snakemake meets it too.
    assert step.snakemake(f"[Errno 28] No space left on device: '{Path.cwd()}/x'") == ""


def test_at_home_a_step_has_printed_all_of_that_itself(step, monkeypatch):
    monkeypatch.delenv(ELSEWHERE)
    step.begin()
    step.log.write_text("WARNING x\n" + FAULT)
    assert step.end() == ""
    assert step.fail().startswith("The step 'screen' stopped the build.")


@pytest.mark.parametrize(
    "line", ["Submitted job 5 with external jobid '2'.", "Job 3 has been submitted with SLURM jobid 1 (log: x)."]
)
def test_numbers_of_jobs_are_not_printed(capsys, monkeypatch, line):
    monkeypatch.setenv(PRINTS_SHARED, "1")
    record = logging.LogRecord("snakemake", logging.INFO, "", 0, line, None, None)
    LogHandler(SETTINGS, None).emit(record)
    assert capsys.readouterr().err == ""
