"""Results of the build: the digests of each output, kept in a note when its step ends.

A result that no longer matches its note has been changed or damaged; it is reported instead of used. The notes are in
`results/.made/`, one per output, in the format that `sha256sum --check` reads in the review's folder: a line per file.
A note is deleted before its step starts, so the unfinished output of a killed build has none.

A note also lists, as comments, what the output was made from: the results of other steps that were read, the step's
code, sources and settings, and the packages that were installed. A build that stops half-way leaves results that were
made from earlier ones; the digests show which, even if a clock was set or an archive came from elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from prismake.common.digests import digest_of, file_digest, files_in
from prismake.common.errors import BuildStop, Issue
from prismake.common.packages import installed_versions
from prismake.common.places import RESULTS
from prismake.common.writing import write_text

NOTES = RESULTS / ".made"
# Documents that a person may have worked in; a build keeps them beside the new one.
DOCUMENTS = (".docx", ".pdf", ".md")
# A sheet that people fill in; it belongs elsewhere before they do.
SHEET = ".xlsx"
_EDITED = re.compile(r"\.edited(?:-[0-9]+)?$")

READ = "# "
# Before the digest of what the step was made from: its code, its sources, its settings; and of each of these alone.
MADE_FROM, PART = "#= ", "#: "
# Before the digest of the list of packages, which is kept under it.
PACKAGES, LISTS = "#~ ", NOTES / "packages"
DIGITS = tuple("0123456789abcdef")
# What Snakemake takes for the time of a folder that a step makes.
FOLDER_TIME = ".snakemake_timestamp"
# How far the time stamps of outdated results are set back, in nanoseconds (40 years): before those of any other result,
# which keep their order, so that they can be set forward again.
SET_BACK = 40 * 365 * 86_400 * 10**9
# Where Snakemake keeps its records: a file per output, named after it, in parts where the name would be too long.
SNAKEMAKE_RECORDS, RECORD_NAME = Path(".snakemake/metadata"), 254
SNAKEMAKE_INCOMPLETE = Path(".snakemake/incomplete")
# The name of the build that is running, or was the last one: another for each.
BUILD = Path(".snakemake/prismake/build")


@dataclass(frozen=True)
class Change:
    """One file that is not what the build made; `output` is what its rule makes: the file itself or its folder."""

    path: Path
    output: Path
    kind: Literal["changed", "missing", "foreign", "copy", "folder", "file"]

    @property
    def document(self) -> bool:
        """Whether it is a document, which a person may have worked in."""
        return self.path == self.output and self.path.suffix in DOCUMENTS

    def issue(self) -> Issue:
        """The change as a fault of the review: what it is and what to do."""
        where = self.path.as_posix()
        target = "it" if self.path == self.output else f"the folder {self.output.as_posix()}"
        match self.kind:
            case "changed" if self.document:
                fix = "build again: the build keeps it beside the new one"
                fix += ", and `prismake merge` takes it in" if self.path.suffix == ".docx" else ""
                return Issue("result-changed", "was changed after the build made it", where, fix)
            case "changed" if self.path.suffix == SHEET:
                fix = "if somebody filled it in, move it to data/screening/ and name it under screening.sources; "
                fix += f"then delete {target} and build again"
                return Issue("result-changed", "was changed after the build made it", where, fix)
            case "changed":
                fix = f"delete {target} and build again; corrections belong in config.yaml, data/ or manuscript/"
                return Issue("result-changed", "was changed after the build made it", where, fix)
            case "missing":
                fix = "build again" if self.path == self.output else f"delete {target} and build again"
                return Issue("result-missing", "is missing", where, fix)
            case "foreign":
                fix = "delete it, or move it out of results/, and build again"
                return Issue("result-foreign", "was not made by the build", where, fix)
            case "folder" | "file":
                fix = f"delete it, or move it out of {RESULTS}/, and build again"
                return Issue("result-kind", f"is a {self.kind}, which the build did not make", where, fix)
            case "copy":
                merge = "take it in with `prismake merge`, or " if self.path.suffix == ".docx" else ""
                fix = f"{merge}move it out of results/"
                return Issue("result-copy", "is your edited copy, kept by a build", where, fix, "warning")


NO_NOTES = Issue(
    "no-notes",
    "the record of what the build made is missing",
    NOTES.as_posix(),
    f"move documents that you edited out of {RESULTS}/, delete {RESULTS}/ and build again",
)


def _note(output: Path) -> Path:
    inside = output.relative_to(RESULTS)
    return NOTES / inside.with_name(f"{inside.name}.sha256")


def _made(outputs: Iterable[Path]) -> list[Path]:
    return [output for output in outputs if RESULTS in output.parents]


def begin_build() -> None:
    """Gives the build that begins a name. A step that an earlier build left behind then keeps nothing."""
    # On a full disk steps have more to say.
    with suppress(OSError):
        write_text(BUILD, secrets.token_hex(8))


def current_build() -> str:
    """The name of the build that began last; empty where none did, or where it cannot be read."""
    try:
        return BUILD.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def forget(outputs: Iterable[Path]) -> None:
    """Deletes the notes of outputs that are about to be made."""
    for output in _made(outputs):
        _note(output).unlink(missing_ok=True)


def note(
    outputs: Iterable[Path], read: Mapping[Path, str], made_from: str = "", parts: Mapping[str, str] | None = None
) -> None:
    """Notes outputs that have been made, and the digests of the results that were `read` to make them.

    `made_from` is the digest of the params of the job (`content.params_digest`), `parts` those of what is in them
    (`content.parts_of`).
    """
    comments = "".join(f"{READ}{digest}  {path.as_posix()}\n" for path, digest in sorted(read.items()))
    comments += "".join(f"{PART}{digest}  {name}\n" for name, digest in (parts or {}).items())
    packages = "".join(f"{name} {version}\n" for name, version in installed_versions().items())
    comments += f"{PACKAGES}{(digest := digest_of([packages]))}  packages\n"
    for output in _made(outputs):
        files = "".join(f"{file_digest(file)}  {file.as_posix()}\n" for file in files_in(output))
        write_text(_note(output), f"{files}{MADE_FROM}{made_from}  {output.as_posix()}\n{comments}")
    if not (listed := LISTS / f"{digest}.txt").is_file():
        write_text(listed, packages)


@dataclass(frozen=True)
class Origin:
    """What an output was made from: path or name -> digest of each result read and of each part; package -> version."""

    read: Mapping[str, str]
    parts: Mapping[str, str]
    packages: Mapping[str, str]


def origin(output: Path, review: Path) -> Origin | None:
    """What an output was made from by its note; None where there is no note."""
    if not (file := review / _note(output)).is_file():
        return None
    read, parts, listed = (
        {path.as_posix(): digest for path, digest in read_sums(file, mark).items()} for mark in (READ, PART, PACKAGES)
    )
    list_ = review / LISTS / f"{next(iter(listed.values()), '')}.txt"
    lines = list_.read_text(encoding="utf-8", errors="replace").splitlines() if list_.is_file() else []
    return Origin(read, parts, dict(line.split(" ", 1) for line in lines if " " in line))


def read_sums(file: Path, mark: str = "") -> dict[Path, str]:
    """Path -> digest, from lines as `sha256sum` writes them, or from comments that start with a mark.

    Empty without the file. A damaged line names nothing.
    """
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    marked = (line.removeprefix(mark) for line in lines if line.startswith(mark or DIGITS))
    return {Path(path): digest for digest, _, path in (line.partition("  ") for line in marked) if path}


def _note_files(review: Path = Path()) -> list[Path]:
    return sorted((review / NOTES).rglob("*.sha256"))


def noted(review: Path = Path()) -> dict[Path, dict[Path, str]]:
    """Output -> its files -> their digests, as the steps noted them; paths as seen from the review's folder."""
    notes = {}
    for file in _note_files(review):
        inside = file.relative_to(review / NOTES)
        notes[RESULTS / inside.with_name(inside.name.removesuffix(".sha256"))] = read_sums(file)
    return notes


def _is_plain(path: Path) -> bool:
    """Whether it is a file, and no link, nor a pipe or device, whose content has no end."""
    return path.is_file() and not path.is_symlink()


def changes_of(
    output: Path, noted_files: dict[Path, str], digest: Callable[[Path], str] = file_digest, review: Path = Path()
) -> list[Change]:
    """The differences between an output and its note."""
    # A folder in the place of a file, or the other way round.
    place, is_file = review / output, output in noted_files
    if noted_files and place.exists() and place.is_dir() == is_file:
        return [Change(output, output, "folder" if is_file else "file")]
    files = files_in(review / output)
    present = {file.relative_to(review) for file in files if file.exists() or file.is_symlink()}
    changes = [Change(path, output, "missing") for path in noted_files if path not in present]
    for path in present:
        if path not in noted_files:
            changes.append(Change(path, output, "foreign"))
        # A pipe or a device in its place has no end.
        elif (
            (review / path).is_symlink() or not (review / path).is_file() or digest(review / path) != noted_files[path]
        ):
            changes.append(Change(path, output, "changed"))
    return sorted(changes, key=lambda change: change.path)


def changed_results(review: Path) -> list[Change]:
    """Every file that a step made and that is not there as it was made."""
    return [change for output, files in noted(review).items() for change in changes_of(output, files, review=review)]


def check_inputs(inputs: Iterable[Path]) -> dict[Path, str]:
    """The digests of the results among a step's inputs.

    Raises BuildStop if one of them is not, whole, what another step made.
    """
    notes = {output: read_sums(_note(output)) for output in _made(inputs)}
    if changes := [change for output, files in notes.items() for change in changes_of(output, files)]:
        raise BuildStop(change.issue() for change in changes)
    return {path: digest for files in notes.values() for path, digest in files.items()}


def outdated(made_from: Mapping[Path, str]) -> list[Path]:
    """The results that were made from others that have been made anew since.

    So are those that were not made from what `made_from` now gives for them: the digest of the params of their job.
    """
    notes = noted()
    now = {path: digest for files in notes.values() for path, digest in files.items()}
    stale = []
    for output in notes:
        read = read_sums(_note(output), READ)
        before = read_sums(_note(output), MADE_FROM).get(output)
        if made_from.get(output, before) != before or any(
            now.get(path, digest) != digest for path, digest in read.items()
        ):
            stale.append(output)
    return stale


def remove(outputs: Iterable[Path], *, keep: bool) -> list[Issue]:
    """Takes away results that are as the build made them, with their notes, so that they are made again.

    Without `keep` nothing is removed, and a warning names each.
    """
    message, fix = "was made from what has changed since", "nothing: a build makes it again, or removes it"
    if not keep:
        return [Issue("outdated", message, output.as_posix(), fix, "warning") for output in outputs]
    for output in outputs:
        _remove(output)
        _note(output).unlink(missing_ok=True)
    return []


def _remove(output: Path) -> None:
    if output.is_dir() and not output.is_symlink():
        shutil.rmtree(output)
    else:
        output.unlink(missing_ok=True)


def age(stale: Iterable[Path], current: Iterable[Path] = ()) -> None:
    """Sets back the time stamps of outdated results, so that Snakemake makes them again where its own records are lost.

    Those of `current` results that were set back, and whose change was taken back before a build, are as they were.
    """
    for outputs, is_stale in ((stale, True), (current, False)):
        for output in outputs:
            for file in (output, output / FOLDER_TIME):
                # Another build may have taken it away.
                with suppress(FileNotFoundError, NotADirectoryError):
                    made = file.stat().st_mtime_ns
                    if (made >= SET_BACK) == is_stale:
                        time = made - SET_BACK if is_stale else made + SET_BACK
                        os.utime(file, ns=(time, time))


def _record(output: Path, records: Path) -> Path:
    """Where Snakemake keeps a record of a result."""
    name = urlsafe_b64encode(output.as_posix().encode()).decode()
    parts = [name[at : at + RECORD_NAME] for at in range(0, len(name), RECORD_NAME)]
    return records.joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])


def forget_records(outputs: Iterable[Path], records: Path = SNAKEMAKE_RECORDS) -> None:
    """Deletes Snakemake's own records of results; where they are of other results, they would call these up to date.

    The results stay: a build of a single target need not make all of them anew.
    """
    for output in outputs:
        _record(output, records).unlink(missing_ok=True)


def orphans() -> list[Path]:
    """The results that were made from one that is missing now, as its step stopped the last time."""
    notes = noted()
    return [
        output
        for output in notes
        if output.exists() and any(path not in notes and not path.exists() for path in read_sums(_note(output), READ))
    ]


def mark_incomplete(outputs: Iterable[Path], records: Path = SNAKEMAKE_INCOMPLETE) -> None:
    """Marks results so that Snakemake makes them again, with what they are made from, when it is next to make them.

    It misses a result only where it is a target: those that were made from an earlier one it calls up to date.
    """
    for output in outputs:
        write_text(_record(output, records), json.dumps({"external_jobid": None}))


def notes_digest() -> str:
    """The digest of all notes: the state of the results that Snakemake's own records belong to."""
    return digest_of(text for file in _note_files() for text in (file.as_posix(), file.read_text("utf-8", "replace")))


def check_results(digest: Callable[[Path], str], *, keep: bool) -> list[Issue]:
    """Looks at every result before a build takes it as truth.

    `digest` gives the digest of a file. Raises BuildStop if results are not what the build made. Documents that
    somebody worked in are moved aside (where `keep` says so), so that they are made again; a warning names each. A
    result that was deleted is made again, and its note is deleted.
    """
    changes = []
    for output, files in noted().items():
        if output.exists() or output.is_symlink():
            changes += changes_of(output, files, digest)
        elif keep:
            _note(output).unlink(missing_ok=True)
    edited = [change for change in changes if change.kind == "changed" and change.document]
    if others := [change.issue() for change in changes if change not in edited]:
        raise BuildStop(others)
    return [_kept(change.path, keep, "was changed after the build made it") for change in edited]


def remove_unnoted(outputs: Mapping[Path, bool], *, keep: bool) -> list[Issue]:
    """Deletes the outputs of steps that have no note, as their origin is unknown, so that they are made again.

    `outputs` says of each whether its step makes a folder; what is a folder where a file belongs is named instead.
    Documents are moved aside instead, with a warning, unless they are what the seal names. Without `keep` nothing is
    moved or removed. Raises BuildStop if no result has a note, because any document might have been edited.
    """
    sealed = {RESULTS / path: digest for path, digest in read_sums(RESULTS / "SHA256SUMS").items()}
    unnoted = [output for output in outputs if not _note(output).is_file()]
    if strange := [output for output in unnoted if output.is_dir() != outputs[output]]:
        raise BuildStop(Change(path, path, "folder" if path.is_dir() else "file").issue() for path in strange)
    documents = [output for output in unnoted if output.suffix in DOCUMENTS]
    if documents and not noted():
        raise BuildStop(NO_NOTES)
    edited = [document for document in documents if file_digest(document) != sealed.get(document)]
    for output in unnoted if keep else []:
        if output not in edited:
            _remove(output)
    message, fix = "has no record of how a build made it; a build may have been killed", "nothing: it is made again"
    lost = [output for output in unnoted if output not in edited and not keep]
    return [
        *(_kept(document, keep, message) for document in edited),
        *(Issue("no-notes", message, output.as_posix(), fix, "warning") for output in lost),
    ]


def edited_original(path: Path) -> Path | None:
    """The document of which a file is, by its name, the edited copy that a build kept; None if it is not one."""
    if path.suffix not in DOCUMENTS or not _EDITED.search(path.stem):
        return None
    return path.with_name(_EDITED.sub("", path.stem) + path.suffix)


def _kept(document: Path, keep: bool, why: str) -> Issue:
    """Moves a document aside, under a name that no other file has; the warning says `why`."""
    names = (f"{document.stem}.edited{count}{document.suffix}" for count in ("", *(f"-{n}" for n in range(2, 10**6))))
    aside = next(path for path in map(document.with_name, names) if not path.exists())
    if keep:
        document.rename(aside)
        _note(document).unlink(missing_ok=True)
    how = f"prismake merge {aside}" if document.suffix == ".docx" else "the next build makes the document again"
    return Issue(
        "document-changed",
        f"{why}; {'it is kept' if keep else 'a build would keep it'} as {aside}",
        document.as_posix(),
        f"if you changed it, take the changes over into manuscript/: {how}",
        severity="warning",
    )
