"""Verification: every result compared with what the build noted when it made it, and with the seal."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from prismake.common.digests import file_digest, files_in
from prismake.common.errors import Issue
from prismake.common.made import NO_NOTES, NOTES, Change, changes_of, edited_original, noted, read_sums
from prismake.common.places import RESULTS

SUMS = RESULTS / "SHA256SUMS"
# What Snakemake and the other commands leave in the results' folder.
OTHERS = ("logs", "benchmarks", "revision")


class Verification(NamedTuple):
    """How many files were compared, and one issue for each that is not what the build made."""

    files: int
    issues: list[Issue]


def verify(review: Path) -> Verification:
    """Compares a review's results with the build's notes, or with the seal where the notes are gone.

    Files that no step made count as faults too; what `OTHERS` names does not. A copy that a person edited and a build
    kept gives a warning.
    """
    sums = {RESULTS / path: digest for path, digest in read_sums(review / SUMS).items()}
    notes = noted(review) or {path: {path: digest} for path, digest in sums.items()}
    changes = [change for output, files in notes.items() for change in changes_of(output, files, review=review)]
    known = {path for files in notes.values() for path in files} | {change.path for change in changes} | {SUMS}
    others = [path for path in _results(review) if path not in known]
    # Without notes nothing is known of what the seal does not name, which one line says better than one for each file.
    unknown, others = (others, []) if not noted(review) else ([], others)
    copies = {path for path in others if edited_original(path) in known}
    changes += [Change(path, path, "copy" if path in copies else "foreign") for path in others]
    issues = {change.path: change.issue() for change in changes}
    for path, digest in sums.items():
        if path not in issues and (not (review / path).is_file() or file_digest(review / path) != digest):
            fix = "build again, to the end: snakemake"
            issues[path] = Issue("unsealed", "is not the file that results/SHA256SUMS names", path.as_posix(), fix)
    if unknown:
        issues[NOTES] = NO_NOTES
    return Verification(len(known), [issue for _, issue in sorted(issues.items())])


def _results(review: Path) -> list[Path]:
    files = (file.relative_to(review) for file in files_in(review / RESULTS))
    return [file for file in files if file.parts[1] not in OTHERS]
