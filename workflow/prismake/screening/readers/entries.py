"""What the readers of formats return, before anything that is particular to a screening tool."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, stop
from prismake.common.matching import Named
from prismake.common.reading import UNPRINTABLE, check_regular
from prismake.screening.votes import Vote

# Bytes. An export of 200,000 records with their abstracts has 0.4 GB.
LARGEST = 1 << 30
_BINARY = ((b"PK\x03\x04", "a spreadsheet or archive"), (b"\xd0\xcf\x11\xe0", "an old spreadsheet"), (b"%PDF", "a PDF"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One row or record: its line, how it names its record, its notes, and its cells by folded column name."""

    line: int
    named: Named
    notes: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One file under `screening.sources`; see the keys' descriptions in the schema of config.yaml."""

    file: Path
    stage: str = ""
    reviewer: str = ""
    decision: str = ""
    reason: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    codes_under: str = ""
    records: Path | None = None
    where: str = ""


def make_source(block: Mapping[str, Any], number: int) -> Source:
    """A source from its block in config.yaml, the `number`-th from 1."""
    named = {key: block[key] for key in ("stage", "reviewer", "decision", "reason", "codes_under") if key in block}
    return Source(
        file=Path(block["file"]),
        columns=block.get("columns", {}),
        words={" ".join(str(word).split()).casefold(): what for word, what in block.get("words", {}).items()},
        records=Path(block["records"]) if "records" in block else None,
        where=f"config.yaml, screening.sources[{number}]",
        **named,
    )


@dataclass
class DecisionExport:
    """The content of an export: its format, its decisions, how many of its rows have none, and its faults."""

    format: str
    votes: list[Vote] = field(default_factory=list)
    rows: int = 0
    undecided: int = 0
    issues: list[Issue] = field(default_factory=list)


ARTICLES, LOG = "articles.csv", "customizations_log.csv"


def packed(path: Path) -> tuple[str, ...]:
    """The tables of Rayyan (`ARTICLES`, `LOG`) in an archive; none where the file is not an archive of Rayyan."""
    check_regular(path, LARGEST)
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return ()
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.rpartition("/")[2] for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError):
        return ()
    return tuple(name for name in (ARTICLES, LOG) if name in names)


def _member(path: Path, name: str) -> bytes:
    """A file of an archive, its folder not counted. Raises BuildStop where it is too large or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = next(info for info in archive.infolist() if info.filename.rpartition("/")[2] == name)
            with archive.open(info) as file:
                # The size that the archive states may be wrong.
                data = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as fault:
        raise stop("archive", f"{name} cannot be unpacked: {fault}", where=str(path), fix="export it again") from None
    if len(data) > LARGEST:
        message = f"{name} is larger than {LARGEST // 1024 // 1024} MB when unpacked"
        raise stop("too-large", message, where=str(path), fix="is it the file that you meant?")
    return data


def export_text(path: Path, member: str = "") -> tuple[str, list[Issue]]:
    """The text of an export with LF line ends, and a warning where its encoding had to be guessed.

    `member` is the file to read where `path` is an archive. Characters that no table should contain become U+FFFD: they
    occur in abstracts and have no bearing on a decision. Raises BuildStop for a file that is not text.
    """
    check_regular(path, LARGEST)
    data = _member(path, member) if member else path.read_bytes()
    for start, what in _BINARY:
        if data.startswith(start):
            fix = "export the decisions as CSV, RIS, BibTeX or JSON"
            raise stop("binary", f"this is {what}", where=str(path), fix=fix)
    issues = []
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("windows-1252", "replace")
            message = "not UTF-8; read as Windows-1252"
            issues.append(
                Issue("encoding", message, str(path), "check names and accents, or save it as UTF-8", "warning")
            )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNPRINTABLE.sub("\ufffd", text), issues


_SPACE = re.compile(r"\s+")


def folded(text: str) -> str:
    """White space folded to single spaces."""
    return _SPACE.sub(" ", text).strip()
