"""The frame around every step: arguments from the rule, a log with the trace, one message for the person."""

from __future__ import annotations

import gc
import inspect
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, NoReturn

from prismake.common import made
from prismake.common.content import params_digest, parts_of
from prismake.common.errors import SHOWN, BuildStop, Issue, counted, grouped, inert, stop
from prismake.common.machine import machine_fault
from prismake.common.progress import CLEAR, begin_step

log = logging.getLogger("prismake")
# Faults of the computer are met by several steps at once. Each leaves its message in its log under this heading, where
# the logger of the build has set the variable, and the logger prints it once.
SHARED, PRINTS_SHARED = "COMPUTER", "PRISMAKE_PRINTS_SHARED_FAULTS"


def warn(issue: Issue) -> None:
    """Prints a warning, and keeps it in the step's log."""
    log.warning("%s", issue)


def report_issues(issues: Sequence[Issue]) -> None:
    """Prints the first warnings, each cause once, logs all of them, and raises BuildStop where there are errors."""
    causes = grouped(issues)
    by_severity = {name: [issue for issue in causes if issue.severity == name] for name in ("warning", "error")}
    for name, group in by_severity.items():
        if len(group) > SHOWN:
            log.info("all %ss of this check:\n%s", name, "\n".join(map(str, group)))
    warnings, errors = by_severity["warning"], by_severity["error"]
    for issue in warnings[:SHOWN]:
        warn(issue)
    if len(warnings) > SHOWN:
        warn(Issue("more", f"… and {counted(len(warnings) - SHOWN, 'more warning')}, listed in this step's log"))
    if errors:
        raise BuildStop(errors)


def _clear() -> str:
    """What takes away the line in which a terminal shows how far the build has come."""
    return CLEAR if sys.stderr.isatty() else ""


def _start_logging(log_file: Path | None) -> None:
    log.handlers.clear()
    # A log that cannot be written (full disk) must not put a trace on the screen.
    logging.raiseExceptions = False
    log.setLevel(logging.INFO)
    log.propagate = False
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    screen.setFormatter(logging.Formatter(f"{_clear()}%(levelname)s %(message)s"))
    log.addHandler(screen)
    if log_file:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        # Made anew: a review that came from elsewhere may hold a link here, to a file outside of it.
        log_file.unlink(missing_ok=True)
        to_file = logging.FileHandler(log_file, mode="w", encoding="utf-8")
        to_file.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        log.addHandler(to_file)


def _as_path(item: Any) -> Any:
    if isinstance(item, str):
        return Path(item)
    return [Path(part) for part in item]


# A folder in which each step keeps its call, for `prismake preview`.
KEPT_CALLS = "PRISMAKE_KEPT_CALLS"


def _keep_call(folder: Path, snakemake: Any) -> None:
    """Keeps what a step was called with under the name of its rule."""
    named = {part: dict(getattr(snakemake, part).items()) for part in ("input", "output", "params")}
    call = {**named, "log": list(snakemake.log)}
    (folder / f"{snakemake.rule}.json").write_text(json.dumps(call), encoding="utf-8")


def _flat(named: dict[str, Any]) -> list[Path]:
    return [path for item in named.values() for path in (item if isinstance(item, list) else [item])]


def run(main: Callable[..., None], snakemake: Any) -> None:
    """Runs a step's main function with the inputs, outputs and params of its rule.

    Named inputs and outputs come as `Path`, or as a list of `Path` where the rule names several; named params come
    as they are. A parameter whose type is a dataclass takes those of them that are its fields. One called
    `digests` takes the digests of the results among the inputs, by path. The log file of the rule gets all messages
    and, on failure, the trace.
    Results of other steps are compared with what was noted of them before they are read, and the step's own are noted
    at its end (`made`). A failure prints one message and ends the step with exit code 1; Snakemake then removes the
    step's outputs. Run as a rule's script, the process ends here, at once.
    """
    alone = main.__module__ == "__main__"
    log_file = Path(snakemake.log[0]) if snakemake.log else None
    inputs = {name: _as_path(item) for name, item in snakemake.input.items()}
    outputs = {name: _as_path(item) for name, item in snakemake.output.items()}
    try:
        begin_step()
        _start_logging(log_file)
        if folder := os.environ.get(KEPT_CALLS):
            _keep_call(Path(folder), snakemake)
        if alone:
            # What has been imported stays: the collector need not look through it again and again.
            gc.freeze()
        build = made.current_build()
        read = made.check_inputs(_flat(inputs))
        made.forget(_flat(outputs))
        given = {**inputs, **outputs, **dict(snakemake.params.items())}
        if "digests" in inspect.signature(main).parameters:
            given["digests"] = read
        main(**_bundled(main, given))
        params = list(snakemake.params)
        if made.current_build() != build:
            fix = "nothing: the other build makes it"
            raise stop("superseded", "another build began while this step ran; what it made is not kept", fix=fix)
        made.note(_flat(outputs), read, params_digest(params), parts_of(params))
    except BuildStop as problem:
        _fail(str(problem), log_file)
    except Exception as problem:
        if fault := machine_fault(problem):
            _fail(str(fault), log_file, shared=True)
        _fail(
            f"{type(problem).__name__}: {inert(str(problem))}\n"
            f"  -> This is a fault in Prismake, not in your review. The trace is in {log_file}; "
            "please report it with that file.",
            log_file,
        )
    if alone:
        _leave()


def _leave() -> NoReturn:
    """Ends the process of a step whose outputs are written and noted.

    Freeing every object that the imports have made would take up to a fifth of a short step's time.
    """
    logging.shutdown()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


def _bundled(main: Callable[..., None], arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments, those that are fields of a parameter's dataclass gathered in it; two may share a field."""
    gathered, used = dict(arguments), set()
    for name, parameter in inspect.signature(main).parameters.items():
        if is_dataclass(kind := parameter.annotation) and isinstance(kind, type):
            names = {field.name for field in fields(kind)} & set(arguments)
            used |= names
            gathered[name] = kind(**{field: arguments[field] for field in names})
    return {name: item for name, item in gathered.items() if name not in used}


def _fail(message: str, log_file: Path | None, *, shared: bool = False) -> NoReturn:
    """Ends the step with a message. One that other steps share is left in the log, where a logger waits for it."""
    heading, left = (SHARED, True) if shared and PRINTS_SHARED in os.environ and log_file else ("ERROR", False)
    if log_file:
        try:
            with log_file.open("a", encoding="utf-8") as file:
                file.write(f"{heading} {message}\n\n{traceback.format_exc()}")
        except OSError:
            left = False
    if not left:
        sys.stderr.write(f"{_clear()}\nERROR {message}\n\n")
        sys.stderr.flush()
    sys.exit(1)
