"""The output of a build: one line per step, and one message per fault.

A Snakemake logger plugin, chosen by the workflow's default profile (`logger: prismake`). Without that profile
(`snakemake --workflow-profile none --cores all`) Snakemake prints as usual.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from difflib import get_close_matches
from pathlib import Path

# Imported here, as Snakemake loads its plugins before it looks for modules in the review's folder: a `prismake.py` that
# lies there would otherwise replace the engine when the review's Snakefile asks for it.
from prismake.common.errors import BuildStop
from prismake.common.machine import machine_fault
from prismake.common.step_logs import ELSEWHERE
from prismake.common.steps import PRINTS_SHARED
from prismake.review.start import check_start
from snakemake.common import get_appdirs
from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_prismake.failures import TRACE, StepLogs
from snakemake_logger_plugin_prismake.progress import Progress

# A log of Snakemake's that cannot be written (full disk) must not put a trace on the screen at every line.
logging.raiseExceptions = False
# Snakemake reads the folder's profile after its plugins, and the processes of single jobs read none.
CACHE = Path(get_appdirs().user_cache_dir)
if Path(sys.argv[0]).name in ("snakemake", "__main__.py") and "--mode" not in sys.argv:
    try:
        check_start(sys.argv[1:], CACHE)
    except BuildStop as problem:
        sys.exit(f"\nERROR {problem}\n")

# Lines of Snakemake that say nothing about the review; all of them are in its own log.
NOISE = (
    "Assuming unrestricted",
    "Conda environments: ignored",
    "Building DAG",
    "Using shell",
    "Provided cores",
    "Rules claiming",
    "Select jobs",
    "Execute ",
    "Job stats",
    "Shutting down",
    "Exiting because",
    "Complete log",
    "Elapsed time",
    "At least one job did not",
    "Removing output files",
    "Removing temporary output",
    "host:",
    "SLURM run ID",
    "Cleaning up SLURM log files",
    "Falling back to greedy",
    # Advice to go by time stamps alone.
    "Some jobs were triggered by provenance",
)


# The number that a cluster has given a job.
SUBMITTED = re.compile(r"Submitted (?:group )?job |Job \S+ has been submitted")

# Warnings of Snakemake about notes of its own that it does without, and of its plugin for Slurm about accounts: a
# cluster that asks for one refuses the job.
HARMLESS = (
    "No SLURM account given",
    "not able to get a SLURM account",
    "Unable to guess SLURM account",
    "Ignore corrupted or currently written metadata record",
    "jobs have missing provenance/metadata",
    "Failed to set marker file for job started",
)
LOCKED = """
ERROR the review's folder is locked: another build is running there, or one was killed.
  -> wait for it; if none is running, unlock the folder and build again: snakemake --unlock, then snakemake
     (both with --directory PATH where you built with it); what was half-made is made anew
"""


# Snakemake's words where a person ends the build, by Ctrl-C or by a signal that asks it to end, and those printed.
INTERRUPTED = "Terminating processes on user request"
ENDINGS = {
    INTERRUPTED: "Interrupted: the steps that run are ended. Nothing incomplete is kept; the next build continues.",
    "Will exit after finishing": "Asked to end: the build ends with the steps that run. The next build continues.",
}
# Of a step that a signal has ended.
SIGNALLED = re.compile(r"died with <Signals\.\w+")


# An error of the system, as Python words it at the end of a trace.
SYSTEM_ERROR = re.compile(r"\[Errno (?P<number>\d+)\] (?P<text>[^:\n]+)(?:: '(?P<file>[^'\n]+)')?")


RECORDS = """
ERROR .snakemake/: Snakemake's records of earlier builds are damaged
  -> delete the folder .snakemake/ and build again; results that are up to date stay
"""


def fault_outside_steps(text: str) -> str:
    """The message where Snakemake itself fails, on a full disk or damaged records; empty where the text is another."""
    match = SYSTEM_ERROR.search(text)
    if match and (fault := machine_fault(OSError(int(match["number"]), match["text"], match["file"]), Path(), CACHE)):
        return f"\nERROR {fault}\n"
    if TRACE not in text:
        return ""
    if "/snakemake/persistence/" in text.replace("\\", "/"):
        # A file of theirs that comes or goes meanwhile is another build's.
        return LOCKED if re.search("File(?:NotFound|Exists)Error", text) else RECORDS
    return (
        f"\nERROR Snakemake stopped: {text.strip().splitlines()[-1].strip()}\n  -> build again; if it stops again, "
        "report it with the whole trace: snakemake --workflow-profile none --cores 1\n"
    )


# What a person may ask the build for, as the README lists it.
TARGETS = ("all", "final", "supplement", "variants", "jats", "submission")
# Of those, what is made of a manuscript.
OF_A_MANUSCRIPT = ("supplement", "variants", "jats", "submission")
NO_TARGET = re.compile(r"No rule to produce (?P<target>.+?) \(if you use")


def no_target(text: str) -> str:
    """The message for a target that no rule makes, with the nearest that one does; empty where the text is another."""
    match = NO_TARGET.search(text)
    if not match:
        return ""
    if match["target"] in OF_A_MANUSCRIPT:
        message = f"'{match['target']}' is made from the manuscript, and config.yaml has no block `manuscript`"
        return f"\nERROR {message}\n  -> add the block; docs/config.md describes its keys"
    near = get_close_matches(match["target"], TARGETS, n=1)
    meant = f"did you mean '{near[0]}'? " if near else ""
    return f"\nERROR there is no target '{match['target']}'\n  -> {meant}Targets: {', '.join(TARGETS)}"


# Snakemake's words for a changed param, and in them the digests of what a job is made from (`content` in the rules).
# Settings hold semicolons of their own, so that the next reason is known by its words alone.
CHANGE = re.compile(
    r"Params have changed since last execution: .*? before: (?P<before>.*) now: (?P<now>.*?) ?"
    r"(?=; (?:Code|Set of|Software|Input files|Updated|Missing|Forced)|$)",
    re.DOTALL,
)
DIGEST = re.compile(r"""(?<=[\[ ])(?P<quote>['"])(?P<name>.+?) (?P<digest>[0-9a-f]{64})(?P=quote)""")


def _change(params: re.Match[str]) -> str:
    """What has changed, by name: the code, a file that people make, a setting."""
    before, now = (
        {match["name"]: match["digest"] for match in DIGEST.finditer(params[part])} for part in ("before", "now")
    )
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    others = {re.sub(r"[\[\], ]", "", DIGEST.sub("", params[part])) for part in ("before", "now")}
    files = ", ".join(name for name in names if name != "code")
    return "; ".join(
        text
        for text, applies in (
            ("Code has changed", "code" in names),
            (f"Input has changed: {files}", files),
            ("Settings have changed", len(others - {"<nothingexclusive>"}) > 1 or not names),
        )
        if applies
    )


def reason_of(text: str) -> str:
    """Why a step would run, in the words of a review instead of Snakemake's."""
    return CHANGE.sub(_change, text).replace("Updated input files:", "Input has changed:")


class LogHandler(LogHandlerBase):
    """Prints the message of each step as it starts, and of a failure only what a person needs."""

    def __post_init__(self) -> None:
        """Starts with no failed step."""
        # Whether it has been said why the build ends: Snakemake then says it again in its own words.
        self.explained = False
        self.interrupted = False
        self.killed = False
        self.printed: set[str] = set()
        self.progress = Progress()
        self.logs = StepLogs()
        os.environ[PRINTS_SHARED] = "1"

    def emit(self, record: logging.LogRecord) -> None:
        """Prints what of a log record concerns the person; keeps quiet about the rest."""
        try:
            text = self._text(record)
        except Exception:
            # Better Snakemake's own words than none.
            text = record.getMessage()
        if text:
            self.progress.clear()
            print(text, file=sys.stderr, flush=True)

    def _text(self, record: logging.LogRecord) -> str:
        match getattr(record, "event", None):
            case LogEvent.JOB_INFO:
                return self._job(record)
            case LogEvent.JOB_FINISHED:
                self.progress.end(getattr(record, "job_id", -1))
                return self.logs.warnings(getattr(record, "job_id", None)) if ELSEWHERE in os.environ else ""
            case LogEvent.JOB_ERROR:
                self.progress.end(getattr(record, "jobid", -1))
                return self._failure(record)
            case LogEvent.ERROR:
                return self._error(record)
            case None:
                return self._plain(record)
        return ""

    def _job(self, record: logging.LogRecord) -> str:
        self.logs.begin(record)
        # A target that only gathers what its steps make has no message.
        name, message = getattr(record, "rule_name", ""), getattr(record, "rule_msg", None)
        if not name or (getattr(record, "local", False) and name == "all"):
            return ""
        if self.common_settings.dryrun:
            return f"would run {name}: {message or name}\n    {reason_of(str(getattr(record, 'reason', '')))}"
        if message and (job := getattr(record, "jobid", None)) is not None:
            log = next(iter(getattr(record, "log", None) or []), None)
            self.progress.begin(job, str(message), getattr(record, "benchmark", None), log)
        return str(message or "")

    def _failure(self, record: logging.LogRecord) -> str:
        if self.interrupted:
            return ""
        self.explained = True
        if ELSEWHERE in os.environ:
            warned, fault = self.logs.failure(record)
        else:
            warned, fault = "", self.logs.at_home(record, self.killed)
        fault = fault and self._once(f"\nERROR {fault}\n\n")
        where = self.logs.traces(getattr(record, "jobid", None))
        return (
            f"{warned}{fault}The step '{getattr(record, 'rule_name', '?')}' stopped the build.{where}"
            " No incomplete results are left."
        )

    def _error(self, record: logging.LogRecord) -> str:
        # A failed step has printed its own message; Snakemake's are about its machinery.
        text = record.getMessage() or str(getattr(record, "exception", ""))
        if "cannot be locked" in text:
            return LOCKED
        self.killed = self.killed or SIGNALLED.search(text) is not None
        if fault := fault_outside_steps(text):
            return self._once(fault)
        return "" if self.explained or text.startswith("RuleException") else no_target(text) or text

    def _once(self, text: str) -> str:
        """The text where it has not been printed: several steps may meet the same full disk."""
        new = text.strip() not in self.printed
        self.printed.add(text.strip())
        return text if new else ""

    def _plain(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if "cannot be locked" in message:
            return LOCKED
        if record.levelno >= logging.ERROR:
            if fault := fault_outside_steps(message):
                return self._once(fault)
            # After a failed step Snakemake repeats the failure in its own words.
            return "" if self.explained or "RuleException" in message else message
        if record.levelno >= logging.WARNING:
            return "" if any(text in message for text in HARMLESS) else message
        if ending := next((words for start, words in ENDINGS.items() if message.startswith(start)), ""):
            self.explained = True
            self.interrupted = self.interrupted or message.startswith(INTERRUPTED)
            return self._once(f"\n{ending}")
        if not message.strip() or message.lstrip().startswith(NOISE) or SUBMITTED.match(message):
            return ""
        if message.startswith("Nothing to be done"):
            return "Nothing to do: all results are up to date; what comes next: prismake status"
        return message

    @property
    def writes_to_stream(self) -> bool:
        """It replaces Snakemake's own screen output."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """It keeps no file."""
        return False

    @property
    def has_filter(self) -> bool:
        """It chooses by itself what to show."""
        return True

    @property
    def has_formatter(self) -> bool:
        """It words the messages by itself."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It draws no graph."""
        return False
