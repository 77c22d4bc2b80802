"""What the build made: the digest of every result, noted when its step ends.

A result that is no longer what was noted has been changed by somebody, or damaged; it is named instead of taken as
truth. The notes stand in `results/.made/`, one for each output, in the form that `sha256sum --check` reads in the
review's folder: a line for a file, a line for every file of a folder. A note is taken away before its step starts, so
what a killed build leaves half-made has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from prismake.common.digests import file_digest, files_in
from prismake.common.errors import BuildStop, Issue
from prismake.common.places import RESULTS
from prismake.common.writing import write_text

NOTES = RESULTS / ".made"
# Documents that a person may have worked in; a build keeps them beside the new one.
DOCUMENTS = (".docx", ".pdf", ".md")

Kind = Literal["changed", "missing", "foreign"]
MESSAGES: dict[Kind, str] = {
    "changed": "was changed after the build made it",
    "missing": "is missing",
    "foreign": "was not made by the build",
}
AGAIN = "delete {} and build again; corrections belong in config.yaml, data/ or manuscript/"
ELSEWHERE = "delete it, or move it out of results/, and build again"


@dataclass(frozen=True)
class Change:
    """One file that is not what the build made; `output` is what its rule makes: the file itself or its folder."""

    path: Path
    output: Path
    kind: Kind

    def issue(self) -> Issue:
        """The change as a fault of the review: what it is and what to do."""
        what = "it" if self.path == self.output else f"the folder {self.output.as_posix()}"
        fix = ELSEWHERE if self.kind == "foreign" else AGAIN.format(what)
        if self.kind == "missing" and self.path == self.output:
            fix = "build again"
        return Issue(f"result-{self.kind}", MESSAGES[self.kind], self.path.as_posix(), fix)


def _note(output: Path) -> Path:
    inside = output.relative_to(RESULTS)
    return NOTES / inside.with_name(f"{inside.name}.sha256")


def _made(outputs: Iterable[Path]) -> list[Path]:
    return [output for output in outputs if RESULTS in output.parents]


def forget(outputs: Iterable[Path]) -> None:
    """Takes away the notes of outputs that are about to be made."""
    for output in _made(outputs):
        _note(output).unlink(missing_ok=True)


def note(outputs: Iterable[Path]) -> None:
    """Notes outputs that have been made."""
    for output in _made(outputs):
        write_text(_note(output), "".join(f"{file_digest(file)}  {file.as_posix()}\n" for file in files_in(output)))


def read_sums(file: Path) -> dict[Path, str]:
    """Path -> digest, from lines as `sha256sum` writes them; empty without the file. A damaged line names nothing."""
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return {Path(path): digest for digest, _, path in (line.partition("  ") for line in lines) if path}


def noted(review: Path = Path()) -> dict[Path, dict[Path, str]]:
    """Output -> its files -> their digests, as the steps noted them; paths as seen from the review's folder."""
    notes = {}
    for file in sorted((review / NOTES).rglob("*.sha256")):
        inside = file.relative_to(review / NOTES)
        notes[RESULTS / inside.with_name(inside.name.removesuffix(".sha256"))] = read_sums(file)
    return notes


def changes_of(
    output: Path, noted_files: dict[Path, str], digest: Callable[[Path], str] = file_digest, review: Path = Path()
) -> list[Change]:
    """How an output differs from its note."""
    there = {file.relative_to(review) for file in files_in(review / output) if file.exists()}
    kinds: dict[Path, Kind] = {
        **{path: "changed" for path in noted_files if path in there and digest(review / path) != noted_files[path]},
        **{path: "missing" for path in noted_files if path not in there},
        **{path: "foreign" for path in there if path not in noted_files},
    }
    return [Change(path, output, kind) for path, kind in sorted(kinds.items())]


def changed_results(review: Path) -> list[Change]:
    """Every file that a step made and that is not there as it was made."""
    return [change for output, files in noted(review).items() for change in changes_of(output, files, review=review)]


def check_inputs(inputs: Iterable[Path]) -> None:
    """Raises BuildStop where a result that a step is about to read is not, whole, what another step made."""
    changes: list[Change] = []
    for output in _made(inputs):
        changes += changes_of(output, read_sums(_note(output)))
    if changes:
        raise BuildStop(change.issue() for change in changes)


def check_results(digest: Callable[[Path], str], *, keep: bool) -> list[Issue]:
    """Looks at every result before a build takes it as truth.

    `digest` gives the digest of a file. Raises BuildStop where results are not what the build made. Documents that
    somebody worked in are moved aside (where `keep` says so), so that they are made anew; a warning names each. A
    result that was deleted is made anew, and its note goes.
    """
    changes = []
    for output, files in noted().items():
        if output.exists():
            changes += changes_of(output, files, digest)
        elif keep:
            _note(output).unlink()
    edited = [
        change
        for change in changes
        if change.kind == "changed" and change.path == change.output and change.path.suffix in DOCUMENTS
    ]
    if others := [change.issue() for change in changes if change not in edited]:
        raise BuildStop(others)
    return [_kept(change.path, keep) for change in edited]


def _kept(document: Path, keep: bool) -> Issue:
    """Moves a document aside, under a name that no other file has."""
    names = (f"{document.stem}.edited{count}{document.suffix}" for count in ("", *(f"-{n}" for n in range(2, 10**6))))
    aside = next(path for path in map(document.with_name, names) if not path.exists())
    if keep:
        document.rename(aside)
        _note(document).unlink()
    how = f"prismake merge {aside}" if document.suffix == ".docx" else "the next build makes the document anew"
    return Issue(
        "document-changed",
        f"{MESSAGES['changed']}; it is kept as {aside}"
        if keep
        else f"{MESSAGES['changed']}; a build keeps it as {aside}",
        document.as_posix(),
        f"take the changes over into manuscript/: {how}",
        severity="warning",
    )
