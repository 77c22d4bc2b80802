"""A start of Snakemake, looked at before Snakemake reads anything: the folder, its Snakefile and its profile.

Snakemake evaluates parts of a profile as Python before the engine has a say. In a review that runs no code but the
engine's, whose Snakefile is the one that `prismake new` writes, the profile is data too, or the build does not start.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import prismake
from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.yaml_files import load_yaml

# The Snakefile of a review.
SNAKEFILE = """\
# Builds this review with the Prismake that is installed: run `snakemake` in this folder.
from prismake import snakefile

include: snakefile()
workflow.default_target = "all"
"""
# Where Snakemake looks for both.
SNAKEFILES = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")
PROFILES = ("default", "profiles/default")
# As Snakemake has it, down to the point that stands for any character.
PROFILE_FILES = re.compile(r"(?:profile|config)(?:\.v\d+\+)?.yaml")
# Settings of a profile that name no code, no file and no command.
PLAIN_SETTINGS = frozenset(
    (
        *("cores", "jobs", "max-jobs-per-second", "max-status-checks-per-second", "local-cores", "max-threads"),
        *("keep-going", "retries", "restart-times", "rerun-incomplete", "rerun-triggers", "latency-wait", "scheduler"),
        *("max-checksum-file-size", "seconds-between-status-checks", "logger", "executor", "quiet", "verbose"),
        *("printshellcmds", "show-failed-logs", "nocolor", "keep-incomplete", "resources", "default-resources"),
        *("set-resources", "set-threads"),
    )
)
# A word or a number: as Python it names something and runs nothing. Blocks may hold `step: {resource: value}`.
PLAIN_VALUE = re.compile(r"[\w.+:/-]*(?:=[\w.+:/-]*)?")
HELP = {"-h", "--help", "-v", "--version"}


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Those of Snakemake's arguments that say what it reads."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("-s", "--snakefile")
    parser.add_argument("-d", "--directory")
    parser.add_argument("--workflow-profile")
    return parser.parse_known_args(list(argv))[0]


def _code(text: str) -> list[str]:
    """The lines of a Snakefile without comments and empty ones."""
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _is_engines(snakefile: Path) -> bool:
    """Whether a Snakefile runs nothing but the engine: it is the engine's, or the one of a new review."""
    if snakefile.resolve() == Path(prismake.snakefile()).resolve():
        return True
    try:
        return _code(snakefile.read_text(encoding="utf-8")) == _code(SNAKEFILE)
    except (OSError, UnicodeDecodeError):
        return False


def _plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_plain(key) and _plain(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    return value is None or isinstance(value, int | float) or PLAIN_VALUE.fullmatch(str(value)) is not None


def profile_issues(profile: Path) -> Iterator[Issue]:
    """A fault for each setting in a profile's files by which Snakemake would run something."""
    files = (
        [profile] if profile.is_file() else [f for f in sorted(profile.iterdir()) if PROFILE_FILES.fullmatch(f.name)]
    )
    fix = "remove the setting; if you wrote or trust this profile, name it: snakemake --workflow-profile "
    for file in files:
        settings = load_yaml(file)
        for key, value in settings.items() if isinstance(settings, dict) else ():
            if key not in PLAIN_SETTINGS:
                yield Issue("profile", f"'{key}' may run code", file.as_posix(), fix + profile.as_posix())
            elif not _plain(value):
                message = f"the value of '{key}' is an expression, which Snakemake would run"
                yield Issue("profile", message, file.as_posix(), fix + profile.as_posix())


def check_cache(cache: Path) -> None:
    """Raises BuildStop where the folder in which Snakemake keeps files between runs cannot be made or written to."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        reason = "" if os.access(cache, os.W_OK) else "no permission"
    except OSError as fault:
        reason = fault.strerror or str(fault)
    if reason:
        message, fix = f"Snakemake's folder of kept files cannot be written to: {reason}", "make it writable, or set "
        raise stop("cache", message, where=str(cache), fix=fix + "XDG_CACHE_HOME to a folder that is")


def check_start(argv: Sequence[str], cache: Path) -> None:
    """Raises BuildStop where Snakemake, started with these arguments, would find no Snakefile, could not write to its
    `cache`, or would run code of a profile that nobody has named.
    """
    if HELP & set(argv):
        return
    try:
        arguments = _arguments(argv)
    except argparse.ArgumentError:
        return
    named = [arguments.snakefile] if arguments.snakefile else SNAKEFILES
    snakefile = next((path for path in map(Path, named) if path.exists()), None)
    if snakefile is None:
        # Named, also behind other options of one letter (`-ns FILE`): Snakemake says whether it is there.
        if arguments.snakefile or any(re.match(r"-[a-zA-Z]+s", text) for text in argv):
            return
        fix = "go to the folder of a review; from elsewhere: snakemake -s REVIEW/Snakefile --directory REVIEW"
        fix += "; `prismake new` makes a review"
        raise stop("no-review", "is not the folder of a review: it has no Snakefile", where=str(Path.cwd()), fix=fix)
    check_cache(cache)
    if arguments.workflow_profile or not _is_engines(snakefile):
        return
    # The first that is there is the one that Snakemake takes.
    profiles = [*map(Path, PROFILES), snakefile.parent / PROFILES[-1]]
    profile = next((path for path in profiles if path.exists()), None)
    if profile and (issues := list(profile_issues(profile))):
        raise BuildStop(issues)
