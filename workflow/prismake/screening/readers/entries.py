"""What the readers of formats take and return, before anything that is particular to a screening tool."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, counted, some_of, stop
from prismake.common.matching import Named
from prismake.common.places import SHEET_FOLDER
from prismake.common.reading import UNPRINTABLE, check_regular
from prismake.common.sheet_cells import cell_name
from prismake.common.spreadsheets import ZIP
from prismake.screening.readers.notes import Answer
from prismake.screening.unknown import MOST, UnknownTexts, fold, left_out
from prismake.screening.votes import EXCLUDE, Vote, without_addresses

# Bytes. An export of 200,000 records with their abstracts has 0.4 GB.
LARGEST = 1 << 30
_BINARY = ((b"PK\x03\x04", "an archive"), (b"%PDF", "a PDF"))
UNSEEN = "unseen"
# A word of a decision may be misspelt from this length on, and is so much like the right one.
SHORTEST, ALIKE = 5, 0.75
_OPEN = "'?'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row or record: its line, how it names its record, its notes, and its cells by folded column name.

    `labels` are the tags and labels that people gave it.
    `own` is how the row itself names its record, where a table of numbers names it in its place; `column` is the one
    of its decision, counted from 0.
    """

    line: int
    named: Named
    notes: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    own: Named | None = None
    column: int | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One file under `screening.sources`; see the keys' descriptions in the schema of config.yaml.

    `sheet` is the sheet that is being read, where the file is a spreadsheet; `alone` says that the block names the file
    and nothing else.
    """

    file: Path
    stage: str = ""
    reviewer: str = ""
    consensus: bool = False
    decision: str = ""
    others: str = ""
    reason: str = ""
    sheets: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    codes_under: str = ""
    records: Path | None = None
    where: str = ""
    sheet: str = ""
    alone: bool = False

    def at(self, line: int) -> str:
        """The place of a line of the file, or of a row of the sheet."""
        if not self.sheet:
            return f"{self.file}:{line}"
        return f"{self.file}, sheet '{without_addresses(self.sheet)}', row {line}"

    def at_decision(self, entry: Entry) -> str:
        """The place of the cell with an entry's decision; of its row or line where the file is not a spreadsheet."""
        if not self.sheet or entry.column is None:
            return self.at(entry.line)
        return f"{self.at(entry.line).rpartition(', row ')[0]}, cell {cell_name(entry.line, entry.column)}"

    @property
    def block(self) -> str:
        """Its block in config.yaml; of a sheet that may be read without one, how to find or to write it."""
        if self.alone and self.file.parent == SHEET_FOLDER:
            written = f"'- file: {self.file.as_posix()}'"
            return f"{written} of screening.sources in config.yaml (where there are no sources, add each sheet so)"
        return self.where or "the source"


_PLAIN_KEYS = ("stage", "reviewer", "consensus", "decision", "others", "reason", "codes_under")


def make_source(block: Mapping[str, Any], number: int) -> Source:
    """A source from its block in config.yaml, the `number`-th from 1."""
    return Source(
        file=Path(block["file"]),
        sheets=tuple(block.get("sheets", ())),
        columns=block.get("columns", {}),
        words={" ".join(str(word).split()).casefold(): meaning for word, meaning in block.get("words", {}).items()},
        records=Path(block["records"]) if "records" in block else None,
        where=f"config.yaml, screening.sources[{number}]",
        alone=set(block) == {"file"},
        **{key: block[key] for key in _PLAIN_KEYS if key in block},
    )


@dataclass(frozen=True, slots=True)
class Blank:
    """A row that names a record and gives no decision on it."""

    named: Named
    stage: str
    where: str


@dataclass
class DecisionExport:
    """The content of an export: its format, its decisions, its rows without one, and its faults.

    `unseen` counts the rows that say that nobody has seen the record (`decision: unseen` of the source); `words` are
    the answers that are not known as decisions.
    """

    format: str
    votes: list[Vote] = field(default_factory=list)
    rows: int = 0
    blank: list[Blank] = field(default_factory=list)
    unseen: int = 0
    words: UnknownTexts = field(default_factory=UnknownTexts)
    issues: list[Issue] = field(default_factory=list)

    @property
    def undecided(self) -> int:
        """How many rows give no decision."""
        return len(self.blank)

    def add(self, other: DecisionExport) -> None:
        """Adds what another sheet of the same file contains."""
        self.votes += other.votes
        self.rows += other.rows
        self.blank += other.blank
        self.unseen += other.unseen
        for word in other.words.most_frequent():
            self.words.add(word.text, word.where, word.rows)
        self.issues += other.issues


def unknown_words(words: UnknownTexts, source: Source, known: Mapping[str, str]) -> Issue:
    """The fault of the answers that are not known as decisions, with a block for config.yaml.

    `known` are the words that mean a decision; what resembles one is probably misspelt.
    """
    distinct = words.most_frequent()
    message = f"{counted(len(distinct), 'answer is', 'answers are')} neither include nor exclude, in "
    message += counted(words.rows, "row")
    if len(distinct) == 1:
        rows = "" if words.rows == 1 else f" ({words.rows:,} rows)"
        message = f"'{distinct[0].text[:100]}' is neither include nor exclude{rows}"
    meant = {word.text: _meant(word.text, known) for word in distinct}
    fix = f"define under {source.block}, where each ? is include, exclude, maybe or ignore:"
    if misspelt := [word.text for word in distinct if meant[word.text]]:
        hints = f"'{meant[misspelt[0]]}'"
        if len(distinct) > 1:
            hints = some_of(f"'{meant[text]}' for '{text}'" for text in misspelt)
        cells = "that cell" if words.rows == 1 else "the cells"
        fix = f"did you mean {hints}? Then correct {cells}; if the tool writes it so, {fix}"
    lines = (f"  {word.quoted}: {meant[word.text] or _OPEN}{word.comment}" for word in distinct[:MOST])
    return Issue("decision", message, words.where, "\n     ".join([fix, "words:", *lines, *left_out(distinct)]))


def _meant(text: str, known: Mapping[str, str]) -> str:
    """The decision that a misspelt word means, "" where it resembles none."""
    words = [word for word in known if len(word) >= SHORTEST]
    close = get_close_matches(fold(text), words, n=1, cutoff=ALIKE)
    return known[close[0]] if close else ""


def vote_of(entry: Entry, source: Source, answer: Answer, *, stage: str = "", date: str = "") -> Vote:
    """The vote that an answer on an entry is."""
    reasons = answer.reasons
    if answer.decision == EXCLUDE and not reasons and source.reason:
        reasons = (source.reason,)
    return Vote(
        entry.named,
        stage or source.stage,
        answer.reviewer or source.reviewer,
        answer.decision,
        reasons,
        answer.note,
        date,
        source.at(entry.line),
        consensus=source.consensus,
        own=entry.own,
    )


ARTICLES, LOG = "articles.csv", "customizations_log.csv"


def packed(path: Path) -> tuple[str, ...]:
    """The tables of Rayyan (`ARTICLES`, `LOG`) in an archive; none if the file is not an archive of Rayyan."""
    names = {name.rpartition("/")[2] for name in members_of(path)}
    return tuple(name for name in (ARTICLES, LOG) if name in names)


def members_of(path: Path) -> list[str]:
    """The names of the files in an archive; none if the file is not an archive."""
    check_regular(path, LARGEST)
    with path.open("rb") as file:
        if file.read(4) != ZIP:
            return []
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return []


def member(path: Path, name: str) -> bytes:
    """A file of an archive, by its path or else by its name in any folder.

    Raises BuildStop if it is too large or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = archive.infolist()
            info = next((info for info in files if info.filename == name), None) or next(
                info for info in files if info.filename.rpartition("/")[2] == name
            )
            with archive.open(info) as file:
                # The size that the archive states may be wrong.
                data = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as fault:
        raise stop("archive", f"{name} cannot be unpacked: {fault}", where=str(path), fix="export it again") from None
    if len(data) > LARGEST:
        message = f"{name} is larger than {LARGEST // 1024 // 1024} MB when unpacked"
        raise stop("too-large", message, where=str(path), fix="is it the file that you meant?")
    return data


def export_text(path: Path, packed_file: str = "") -> tuple[str, list[Issue]]:
    """The text of an export (see `decoded`); `packed_file` is the file to read where `path` is an archive."""
    check_regular(path, LARGEST)
    return decoded(member(path, packed_file) if packed_file else path.read_bytes(), str(path))


def decoded(data: bytes, where: str) -> tuple[str, list[Issue]]:
    """The text of an export with LF line ends, and a warning where its encoding had to be guessed.

    Characters that no table should contain become U+FFFD: they occur in abstracts and have no bearing on a decision.
    Raises BuildStop for a file that is not text.
    """
    for start, kind in _BINARY:
        if data.startswith(start):
            fix = "export the decisions as CSV, XLSX, RIS, BibTeX or JSON"
            raise stop("binary", f"this is {kind}", where=where, fix=fix)
    issues = []
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("windows-1252", "replace")
            message = "not UTF-8; read as Windows-1252"
            issues.append(Issue("encoding", message, where, "check names and accents, or save it as UTF-8", "warning"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNPRINTABLE.sub("\ufffd", text), issues


_SPACE = re.compile(r"\s+")


def folded(text: str) -> str:
    """White space folded to single spaces."""
    return _SPACE.sub(" ", text).strip()
