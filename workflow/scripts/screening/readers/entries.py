"""What the readers of formats give, before a tool's way of telling decisions is looked at."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, stop
from prismake.common.reading import UNPRINTABLE, check_regular
from prismake.screening.votes import Named, Vote

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
class Told:
    """What a file told: its format, decisions, and how many of its rows hold none; with what is wrong in it."""

    format: str
    votes: list[Vote] = field(default_factory=list)
    rows: int = 0
    undecided: int = 0
    issues: list[Issue] = field(default_factory=list)


def text_of(path: Path) -> tuple[str, list[Issue]]:
    """The text of an export with LF line ends, and a warning where its encoding had to be guessed.

    Characters that no table should hold become U+FFFD: they stand in abstracts, and decide nothing. Raises BuildStop
    for what is no text.
    """
    check_regular(path, LARGEST)
    data = path.read_bytes()
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
