"""A build of everything anew in a clean folder, and what in it is not as the seal names it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import prismake
from prismake.common.digests import file_digest
from prismake.common.errors import Issue, some_of, stop
from prismake.common.made import Origin, noted, origin, read_sums
from prismake.common.packages import plain_name
from prismake.common.places import RESULTS
from prismake.review.no_code import check_no_code
from prismake.submission.differences import difference_of_files
from prismake.submission.verification import SUMS

ENGINE = Path(prismake.snakefile()).parent
FROM_RESULTS = "it was made from"
_REQUIRED = re.compile(r"[A-Za-z0-9._-]+")


def _linked(source: str, target: str) -> None:
    """A second name for a file that a build only reads; where the disk is another one, a copy."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)


def copy_sources(review: Path, folder: Path) -> None:
    """Puts what people made of a review into a new folder: no results, nothing hidden, no pipes."""

    def left_out(place: str, names: list[str]) -> set[str]:
        here = Path(place)
        return {
            name
            for name in names
            if not ((here / name).is_file() or (here / name).is_dir())
            or (here == review and (name.startswith(".") or name == RESULTS.name))
        }

    shutil.copytree(review, folder, symlinks=True, ignore=left_out, copy_function=_linked)


def rebuild(review: Path, folder: Path) -> None:
    """Builds a review in a new folder with the code that runs now, whatever code lies in the review.

    What Snakemake prints is shown. Raises BuildStop if it ends with an error, and if the review contains what Snakemake
    would run before the engine has a say.
    """
    check_no_code(review)
    copy_sources(review, folder)
    # `-P`: a module in the review's folder must not stand in for one of the environment.
    command = [sys.executable, "-P", "-m", "snakemake", "--snakefile", str(ENGINE / "Snakefile")]
    command += ["--directory", str(folder), "--workflow-profile", str(ENGINE / "profiles" / "default")]
    if subprocess.run(command, cwd=folder, check=False, stdin=subprocess.DEVNULL).returncode:
        fix = "correct what the message above names; a build in the review's own folder will stop at it too"
        raise stop("rebuild", "the review does not build in a clean folder", where=str(review), fix=fix)


def _needed_by(package: str, needed: set[str]) -> None:
    """Adds a package, and what it needs without its extras, to the names in `needed`."""
    if package in needed:
        return
    needed.add(package)
    with suppress(metadata.PackageNotFoundError):
        for line in metadata.requires(package) or ():
            if "extra ==" not in line and (match := _REQUIRED.match(line)):
                _needed_by(plain_name(match[0]), needed)


def differing_versions(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """`typst 0.14.0, now 0.15.0` for each version of what Prismake needs that is not the same in both lists."""
    needed = {"python", "system"}
    _needed_by("prismake", needed)
    # Its own code has a digest, and an installation in place has no version here.
    needed.discard("prismake")
    names = sorted(name for name in needed & (before.keys() | now.keys()) if before.get(name) != now.get(name))
    return [f"{name} {before.get(name, 'missing')}, now {now.get(name, 'missing')}" for name in names]


def _cause(before: Origin | None, now: Origin | None) -> str:
    """Why an output may have come out otherwise, in words."""
    if before is None or now is None or not before.parts:
        return "results/.made does not say what it was made from: build the review again, to the end"
    if results := sorted(
        path for path in before.read.keys() | now.read.keys() if before.read.get(path) != now.read.get(path)
    ):
        return f"{FROM_RESULTS} {some_of(results, 3)}, which differ{'s' * (len(results) == 1)} too: look there first"
    parts = [
        part for part in dict.fromkeys([*before.parts, *now.parts]) if before.parts.get(part) != now.parts.get(part)
    ]
    versions = differing_versions(before.packages, now.packages)
    changed = [f"changed since it was made: {some_of(parts)}"] * bool(parts)
    changed += [f"made with other versions: {'; '.join(versions)}"] * bool(versions)
    unknown = "code, sources, settings and versions are the same: please report this with both files"
    return "; ".join(changed) or unknown


def differing(review: Path, rebuilt: Path) -> list[Issue]:
    """One issue for each file that the seal of a review names and a build in a clean folder did not make alike.

    Each says where the two first differ, and what changed: a source, the code, the settings, a version, or a result
    that it was made from. Raises BuildStop where there is no seal.
    """
    sums, now = (read_sums(folder / SUMS) for folder in (review, rebuilt))
    if not sums:
        raise stop("no-seal", "does not exist", where=str(SUMS), fix="build the review to its end: snakemake")
    output_of = {path: output for output, files in {**noted(rebuilt), **noted(review)}.items() for path in files}
    issues = []
    for path in sorted(sums.keys() | now.keys()):
        if sums.get(path) == now.get(path):
            continue
        name = RESULTS / path
        files = review / name, rebuilt / name
        output = output_of.get(name, name)
        if path not in now:
            message = "was not made by a build in a clean folder"
        elif path not in sums:
            message = "was made by a build in a clean folder alone"
        # What somebody edited since says nothing of the build.
        elif not files[0].is_file() or file_digest(files[0]) != sums[path]:
            message = "does not come out as the seal names it"
        else:
            place, *both = difference_of_files(*files)
            message = f"does not come out the same: {place}: {both[0]}, now {both[1]}"
        issues.append(
            Issue("not-the-same", message, name.as_posix(), _cause(origin(output, review), origin(output, rebuilt)))
        )
    # What differs because another result does comes after it.
    return sorted(issues, key=lambda issue: issue.fix.startswith(FROM_RESULTS))
