"""Two Word documents as one with Word's own tracked changes.

The comparing is done by Docxodus (python-redlines). What it wrote is not believed: with all changes rejected it must
say what the old document says, with all accepted what the new one says, or nothing is written.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

from lxml import etree

from prismake.common.errors import BuildStop, Issue, stop
from prismake.revision import tracked
from prismake.revision.package import MAIN, pack, parse, read_package, serialise, w

AUTHOR = "Prismake"
PROPERTIES = "docProps/core.xml"
MODIFIED = "{http://purl.org/dc/terms/}modified"
# Bears no date of a review: what a document without one gets.
NO_DATE = "1980-01-01T00:00:00Z"
# Seconds; two manuscripts of thirty pages take two.
LONGEST = 300
# Marks that bear an author and a date.
DATED = (*tracked.REVISIONS, w("moveFromRangeStart"), w("moveToRangeStart"))


@dataclass(frozen=True)
class Redline:
    """A document with tracked changes, and how many there are of each kind.

    `accepted` counts the tracked changes that the old and the new document already had.
    """

    content: bytes
    counts: dict[str, int]
    accepted: tuple[int, int] = (0, 0)


def engine_command(folder: Path) -> str:
    """The path of the comparing program, unpacked into `folder`. Raises BuildStop if the platform has none.

    It comes inside a wheel, 108 MB unpacked. It is unpacked for each run (a second) and not kept: a folder of the user
    may be read-only, or hold half of it from a run that was killed.
    """
    try:
        from python_redlines.engines import DocxodusEngine

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(DocxodusEngine(target_path=str(folder)).extracted_binaries_path)
    except (ImportError, OSError) as fault:
        raise stop(
            "no-engine",
            f"the program that compares Word files cannot be run here: {fault}",
            where="python-redlines-docxodus",
            fix="install it: pip install python-redlines python-redlines-docxodus (Linux, macOS, Windows)",
        ) from None


def run_engine(old: Path, new: Path, author: str, date: str) -> bytes:
    """The comparing program's output for two documents. Raises BuildStop with its error message.

    It sees no home, no locale and no diagnostics of the machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "redline.docx"
        command = [
            *[engine_command(Path(folder) / "engine"), str(old.resolve()), str(new.resolve()), str(target)],
            *[f"--author={author}", f"--date-time={date}", "--detect-moves"],
        ]
        environment = {
            "HOME": folder,
            "TMPDIR": folder,
            "LC_ALL": "C.UTF-8",
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
            "DOTNET_EnableDiagnostics": "0",
        }
        environment |= {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
        try:
            done = subprocess.run(
                command, capture_output=True, check=False, timeout=LONGEST, env=environment, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            raise stop("too-long", f"the comparison did not finish within {LONGEST} seconds", where=str(new)) from None
        except OSError as fault:
            raise stop(
                "no-engine", f"the program that compares Word files does not start: {fault}", where=command[0]
            ) from None
        if done.returncode or not target.is_file():
            lines = (done.stderr or done.stdout).decode("utf-8", "replace").strip().splitlines()
            message = f"cannot be compared: {lines[0] if lines else f'exit code {done.returncode}'}"
            raise stop("compare", message, where=str(new), fix="open both files in Word and save them again")
        return target.read_bytes()


def date_of(parts: dict[str, bytes]) -> str:
    """The date in a document's properties, in Word's form for the date of a change."""
    if PROPERTIES in parts:
        modified: str | None = parse(parts[PROPERTIES], PROPERTIES).findtext(MODIFIED)
        if modified and len(modified) == len(NO_DATE) and modified.endswith("Z"):
            return modified
    return NO_DATE


def normalise(root: Any, author: str, date: str) -> None:
    """Gives every change the one author and date, and numbers that run through the part in reading order."""
    numbers: dict[str, str] = {}
    for element in root.iter(*DATED):
        if element.get(w("author")) is not None:
            element.set(w("author"), author)
            element.set(w("date"), date)
    ends = (w("moveFromRangeEnd"), w("moveToRangeEnd"))
    for element in root.iter(*DATED, *ends):
        old = element.get(w("id"))
        if old is None:
            continue
        if element.tag in ends and old in numbers:
            element.set(w("id"), numbers[old])
            continue
        # Far from the numbers of bookmarks, which share the attribute.
        numbers[old] = str(9000 + len(numbers) + 1)
        element.set(w("id"), numbers[old])


def without_sessions(content: bytes, where: str) -> bytes:
    """A part without the identifiers of editing sessions that the comparing program puts in."""
    root = parse(content, where)
    for element in list(root.iter(etree.Element)):
        if element.tag in (w("rsid"), w("rsids"), w("rsidRoot")):
            element.getparent().remove(element)
            continue
        for name in [name for name in element.attrib if name.startswith(w("rsid"))]:
            del element.attrib[name]
    return serialise(root)


def differences(name: str, expected: list[str], actual: list[str]) -> list[Issue]:
    """Issues of a text that a redline should give back and does not, each a paragraph."""
    lines = [line for line in unified_diff(expected, actual, lineterm="", n=0) if line[:3] not in ("---", "+++")]
    return [
        Issue("not-faithful", f"{name}: {line[:200]}", "the redline", "please report both files")
        for line in lines
        if line[:1] in "+-"
    ]


def settled(path: Path, target: Path) -> tuple[Path, dict[str, bytes], int]:
    """(a file without tracked changes, its parts, how many there were): as Word does, they count as accepted.

    The file itself where it has none, else a copy at `target`.
    """
    parts, number = read_package(path), 0
    for name in [name for name in parts if name.startswith("word/") and name.endswith(".xml")]:
        root = parse(parts[name], f"{path}, {name}")
        if here := sum(1 for _ in tracked.revisions(root)):
            parts[name] = serialise(tracked.accepted(root))
            number += here
    if not number:
        return path, parts, 0
    target.write_bytes(pack(parts))
    return target, parts, number


def compare(old: Path, new: Path, *, author: str = AUTHOR, date: str | None = None) -> Redline:
    """The new document with every difference to the old one as a tracked change.

    Tracked changes that the files already have are accepted first. Raises BuildStop for a file that is not a Word
    document, and if the result does not reproduce both texts.
    """
    with tempfile.TemporaryDirectory() as folder:
        earlier, before, had = settled(old, Path(folder) / "old.docx")
        later, after, has = settled(new, Path(folder) / "new.docx")
        day = date or date_of(after)
        written = Path(folder) / "written.docx"
        written.write_bytes(run_engine(earlier, later, author, day))
        parts = read_package(written)
    root = parse(parts[MAIN], "the redline")
    normalise(root, author, day)
    issues = differences(
        "rejected", tracked.texts(parse(before[MAIN], str(old))), tracked.texts(tracked.rejected(root))
    ) + differences("accepted", tracked.texts(parse(after[MAIN], str(new))), tracked.texts(tracked.accepted(root)))
    if issues:
        raise BuildStop(issues)
    parts[MAIN] = serialise(root)
    for name in [name for name in parts if name.startswith("word/") and name.endswith(".xml")]:
        parts[name] = without_sessions(parts[name], name)
    if PROPERTIES in after:
        parts[PROPERTIES] = after[PROPERTIES]
    counts: dict[str, int] = {}
    for element in tracked.revisions(root):
        kind = element.tag.rpartition("}")[2]
        counts[kind] = counts.get(kind, 0) + 1
    return Redline(pack(parts), counts, (had, has))
