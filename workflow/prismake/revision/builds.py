"""A version of a review: a Word file, the folder of a finished build, or a git revision built in a clean checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import prismake
from prismake.common.errors import BuildStop, some_of, stop
from prismake.review.no_code import check_no_code

DOCX = Path("results/manuscript/manuscript.docx")
RESULTS = Path("results")
# What the comparison needs of a build; all that these are made from is built with them.
TARGETS = (DOCX.as_posix(), "results/flow.json", "results/values.json")
# The page that shows what changed, which code of earlier versions does not make.
PAGE, PAGE_RULES = "results/manuscript/manuscript.html", "workflow/rules/web.smk"
# What a checkout carries of the engine beside its rules.
PACKAGES = ("prismake", "snakemake_logger_plugin_prismake")
# The present code: the workflow beside the package that runs.
SNAKEFILE = Path(prismake.snakefile())
# Seconds; a review of ten thousand records builds in two minutes.
LONGEST = 3600
# Settings that a message names.
SHOWN = 3


@dataclass(frozen=True)
class Version:
    """A document, and the results that it was built with, if available."""

    name: str
    docx: Path
    results: Path | None


# What a repository's own settings could make git run: hooks, a watcher of files, the updates of modules.
NOTHING_RUN = (f"core.hooksPath={os.devnull}", "core.fsmonitor=false", "submodule.recurse=false")
# Programs that change files as they are checked out; git has no switch that turns all of them off.
OF_REPOSITORY = ("local", "worktree")
FILTERS = r"^filter\..*\.(smudge|clean|process)$"


def git(folder: Path, *arguments: str) -> str:
    """The output of git in a folder, which runs no hook and fetches nothing. Raises BuildStop with git's message."""
    options = [part for setting in NOTHING_RUN for part in ("-c", setting)]
    command = ["git", *options, "-C", str(folder), *arguments]
    environment = {**os.environ, "GIT_ALLOW_PROTOCOL": ""}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment
        )
    except OSError as fault:
        raise stop("no-git", f"git cannot be run: {fault}", fix="install git, or give two .docx files") from None
    if done.returncode:
        output = done.stderr.strip().splitlines()
        raise stop(
            "git", output[-1] if output else "git failed", where=" ".join(arguments[:2]), fix="check the revision"
        )
    return done.stdout.strip()


def check_no_filters(review: Path) -> None:
    """Raises BuildStop if the repository's own settings name programs that change files as they are checked out.

    Those of the person's own settings, such as git-lfs, are run.
    """
    try:
        every = git(review, "config", "--show-scope", "--name-only", "--get-regexp", FILTERS)
    except BuildStop:
        return  # git fails where there is none
    own = {name for scope, _, name in (line.partition("\t") for line in every.splitlines()) if scope in OF_REPOSITORY}
    if own:
        message = f"the repository's own settings name programs that git would run: {some_of(sorted(own), SHOWN)}"
        fix = "if you trust them, move them to your own settings (git config --global); if not, delete them"
        raise stop("git-filter", message, where=".git/config", fix=fix)


@contextmanager
def checked_out(revision: str, review: Path, folder: Path) -> Iterator[Path]:
    """The review's folder as of a revision, in a temporary checkout."""
    try:
        commit = git(review, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except BuildStop:
        message = "is neither a git revision here, nor a .docx file, nor the folder of a built review"
        raise stop("no-version", message, where=revision, fix="name a commit, tag or branch, or a file") from None
    check_no_filters(review)
    inside = git(review, "rev-parse", "--show-prefix")
    git(review, "worktree", "add", "--quiet", "--detach", "--force", str(folder), commit)
    try:
        place = folder / inside
        if not (place / "config.yaml").is_file():
            raise stop(
                "no-review",
                f"there is no {inside}config.yaml",
                where=revision,
                fix="run the command in a review's folder",
            )
        yield place
    finally:
        git(review, "worktree", "remove", "--force", str(folder))


def command_of(review: Path, snakefile: Path) -> list[str]:
    """The command that builds what the comparison needs of a review."""
    page = [PAGE] if (snakefile.parent / PAGE_RULES).is_file() else []
    # `-P`: a module in the review's folder must not stand in for one of the environment.
    command = [sys.executable, "-P", "-m", "snakemake", "--snakefile", str(snakefile), "--directory", str(review)]
    quiet = ["--quiet", "host", "progress", "reason", "rules"]
    return [*command, "--workflow-profile", "none", "--cores", "all", *quiet, "--", *TARGETS, *page]


def build(review: Path, code: str, revision: str) -> None:
    """Builds the manuscript in a clean checkout. Raises BuildStop with the output of the build, and if the checkout
    contains what Snakemake would run before the engine has a say.

    `code`: "own" takes the workflow that the checkout carries, where it carries one; "present" the one that runs now.
    """
    check_no_code(review)
    own = review / "Snakefile"
    snakefile, environment = SNAKEFILE, dict(os.environ)
    # No folder of the review: a build writes through no link that leads out of its own.
    with TemporaryDirectory(prefix="prismake-") as shelf:
        if code == "own" and own.is_file() and (review / "workflow" / "prismake").is_dir():
            # The packages of the environment are another checkout's; this one's come first.
            for package in filter(Path.is_dir, (review.resolve() / "workflow" / name for name in PACKAGES)):
                Path(shelf, package.name).symlink_to(package, target_is_directory=True)
            snakefile, environment["PYTHONPATH"] = own, shelf
        done = subprocess.run(
            command_of(review, snakefile),
            cwd=review,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    if done.returncode:
        output = done.stderr.strip()
        at = output.find("ERROR ")
        message = (
            output[at if at >= 0 else -800 :][:800]
            or f"Snakemake ended with code {done.returncode} and printed nothing"
        )
        other = "own" if code == "present" else "present"
        raise stop(
            "build", f"the review does not build: {message}", where=revision, fix=f"or build it with --code {other}"
        )


@contextmanager
def version(given: str, review: Path, scratch: Path, code: str, results: Path | None) -> Iterator[Version]:
    """The version that a person named: a .docx file, a folder with results in it, or a git revision."""
    path = Path(given)
    if path.suffix.lower() == ".docx":
        if not path.is_file():
            raise stop("missing-file", "the file does not exist", where=given, fix="correct its path")
        yield Version(path.name, path, results)
    elif path.is_dir() and (path / DOCX).is_file():
        yield Version(given, path / DOCX, results or path / RESULTS)
    elif path.is_dir():
        raise stop("no-build", f"there is no {DOCX.as_posix()} in it", where=given, fix="build the review there first")
    else:
        with checked_out(given, review, scratch) as place:
            build(place, code, given)
            yield Version(given, place / DOCX, results or place / RESULTS)
