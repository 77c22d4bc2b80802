"""Tables of every screening tool: the columns are known by their names, or named under `columns` of the source."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from prismake.common import identifiers
from prismake.common.errors import BuildStop, Issue, counted, nearest
from prismake.common.matching import Named
from prismake.common.sheet_cells import rows_like_data
from prismake.common.writing import unguard_cell
from prismake.screening.marks import marked_ids, without_mark
from prismake.screening.readers.entries import Entry, Source, folded

# Role -> the names that tools give its column, the best first, as `plain` writes them.
ROLES: dict[str, tuple[str, ...]] = {
    "record_id": ("prismake id", "record id", "record"),
    "title": ("title", "article title", "primary title", "title primary"),
    "author": ("authors", "author", "author full names", "author names", "first author"),
    "year": ("year", "published year", "publication year", "pub year"),
    "doi": ("doi", "doi link"),
    "pmid": ("pmid", "pubmed id", "medline pmid"),
    "number": (),
    "stage": ("stage", "screening stage", "level", "form"),
    "decision": (
        "decision",
        "asreview label",
        "final decision",
        "screening decision",
        "included",
        "label included",
        "inclusion",
        "include",
        "include exclude",
        "eligible",
        "verdict",
        "vote",
        "response",
        "retrieval",
    ),
    "reason": ("reason", "exclusion reason", "reason for exclusion", "exclusion reasons", "reasons", "exclude reason"),
    "reviewer": (
        "reviewer",
        "asreview user name",
        "user name",
        "username",
        "user",
        "screener",
        "rater",
        "asreview user email",
        "user email",
    ),
    "note": ("note", "notes", "comment", "comments", "asreview note", "exported notes 1", "general notes"),
    "date": ("date", "decided", "decided on", "decision date", "asreview time", "created at", "timestamp"),
}
# Names of a tool's own number of a row, which only a table of numbers (`records`) can resolve; the best first.
NUMBERS = (
    "number",
    "no",
    "nr",
    "#",
    "covidence #",
    "refid",
    "ref id",
    "key",
    "article id",
    "internal id",
    "item id",
    "record number",
    "study id",
    "id",
    "record id",
)
# Numbers of a record other than its DOI and PMID; each is looked up.
_IDS = (
    "accession number",
    "accession",
    "database id",
    "pmc id",
    "pmcid",
    "embase id",
    "refid",
    "id",
    "eid",
    "url",
)
# Roles of which a table may have one column only: two could contradict each other.
_ONCE = ("stage", "decision", "reason", "reviewer")
# Roles whose cells a row must have.
_NEEDED = ("record_id", "title", "doi", "pmid", "number", "decision")
# Roles whose columns people write by hand, and from when on another name is much like one.
_WRITTEN = ("stage", "decision", "reason", "reviewer", "note", "date")
ALIKE = 0.82
_DELIMITERS = (",", ";", "\t", "|")
# The header stands in one of the first rows: people write a title above it.
HEADER_ROWS = 30
_SEPARATOR = re.compile(r"sep=.\n", re.IGNORECASE)
_NOTHING = {"NA", "NaN", "nan", "None", "null", "N/A", "n/a", "#N/A", "-", "–", "—"}

csv.field_size_limit(1 << 24)


def plain(name: str) -> str:
    """A column's name in lower-case words."""
    return re.sub(r"[^\w#]+|_", " ", name.strip().removeprefix("\ufeff").lower()).strip()


@dataclass(frozen=True)
class Table:
    """A table: its column names as `plain` writes them, and its rows below the header, each with its line.

    A row with too few cells is as long as it was written. `written` is the header as it stands in the file.
    """

    header: list[str]
    rows: Iterable[tuple[int, list[str]]]
    written: Sequence[str]


def known_columns(columns: Mapping[str, str]) -> set[str]:
    """All names by which a column is known, those under `columns` of the source among them."""
    known = {name for names in ROLES.values() for name in names} | {*_IDS, *NUMBERS}
    return known | {plain(name) for name in columns.values()}


def without_nameless_end(header: list[str]) -> list[str]:
    """A header without the empty columns that spreadsheet programs leave at its end."""
    while header and not header[-1]:
        header = header[:-1]
    return header


@dataclass(frozen=True)
class Header:
    """The header of a CSV: the delimiter, the names as written, and how many rows stand above it.

    `data` are those of them that hold more than a title.
    """

    delimiter: str = ","
    names: Sequence[str] = ()
    above: int = 0
    data: Sequence[int] = ()


def header_of(text: str, columns: Mapping[str, str]) -> Header:
    """The delimiter and the row that name most columns; of rows that name as many the first."""
    known = known_columns(columns)
    best, most = Header(), (-1, 0)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text[: 1 << 20], newline=""), delimiter=delimiter)
        rows = list(islice(_well_formed(reader), HEADER_ROWS))
        for above, cells in enumerate(rows):
            names = without_nameless_end([cell.strip() for cell in cells])
            recognised = len(known.intersection(map(plain, names)))
            # Below the first row only a name of two columns or more shows a header.
            if (recognised, len(names)) > most and (above == 0 or recognised > max(1, most[0])):
                data = rows_like_data(rows[:above], names)
                best, most = Header(delimiter, names, above, data), (recognised, len(names))
    return best


def _well_formed(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows up to the first that is longer than a cell may be."""
    try:
        yield from reader
    except csv.Error:
        return


def table_of(text: str, source: Source, issues: list[Issue]) -> Table:
    """The table in the text of a CSV, whose rows are read as they are asked for."""
    # Excel reads the separator from such a line, which other programs write for it.
    start = match.end() if (match := _SEPARATOR.match(text)) else 0
    header = header_of(text[start:], source.columns)
    issues += above_issues(header.data, source)
    rows = _lines(text[start:], header, 1 if start else 0, source, issues)
    return Table([plain(name) for name in header.names], rows, header.names)


def above_issues(data: Sequence[int], source: Source) -> list[Issue]:
    """The fault of rows above the header that hold more than a title."""
    if not data:
        return []
    message = f"{counted(len(data), 'row')} above the header, of several cells, would not be read"
    return [Issue("above-header", message, source.at(data[0] + 1), "delete the second header, or the rows above it")]


def _lines(
    text: str, header: Header, before: int, source: Source, issues: list[Issue]
) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header, each with the line that it begins in; so many lines stand `before` the text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=header.delimiter, strict=True)
    end = 0
    try:
        for number, cells in enumerate(reader):
            line, end = end + 1, reader.line_num
            if number > header.above:
                yield line + before, cells
    except csv.Error as fault:
        message = f"not a well-formed CSV: {fault}"
        issues.append(Issue("csv", message, source.at(reader.line_num + before), "check the quotes on this line"))


def _positions(header: Sequence[str]) -> dict[str, int]:
    """Name -> column, the first of the same name; where there are several, also as `name 1`, `name 2`."""
    at: dict[str, int] = {}
    for position, name in enumerate(header):
        at.setdefault(name, position)
    for name in {name for name in header if name and header.count(name) > 1}:
        places = [position for position, other in enumerate(header) if other == name]
        for number, position in enumerate(places, start=1):
            at.setdefault(f"{name} {number}", position)
    return at


def _is_numbered(source: Source, role: str, name: str) -> bool:
    """Whether `columns` says which of several columns of one name a role means."""
    return plain(source.columns.get(role, name)) != name


def _roles(header: Sequence[str], source: Source) -> dict[str, int]:
    """Role -> column. Raises BuildStop if `columns` names one that is not there."""
    at = _positions(header)
    roles = {}
    issues = []
    where = source.at(1)
    for role, names in ROLES.items():
        if wanted := source.columns.get(role):
            if plain(wanted) not in at:
                message = f"there is no column '{wanted}' in {source.file}"
                issues.append(
                    Issue("column", message, f"{source.where}.columns.{role}", nearest(plain(wanted), header))
                )
            else:
                roles[role] = at[plain(wanted)]
            continue
        if role == "number" and source.records:
            names = NUMBERS
        if name := next((name for name in names if name in at), None):
            roles[role] = at[name]
    if "number" in roles and roles["number"] == roles.get("record_id"):
        del roles["record_id"]
    for role in _ONCE:
        if role in roles and header.count(name := header[roles[role]]) > 1 and not _is_numbered(source, role, name):
            fix = f"say under 'columns' of {source.block} which one is meant: '{name} 1', '{name} 2', …"
            issues.append(Issue("two-columns", f"{header.count(name)} columns are called '{name}'", where, fix))
    named = any(role in roles for role in ("record_id", "title", "doi", "pmid", "number"))
    named = named or bool({*_IDS, "article id"} & set(header))
    if not named and not issues:
        message = f"no column identifies the records; the first row reads {', '.join(map(repr, header[:5]))}"
        fix = "the first row must name the columns, among them record_id, doi, pmid or title"
        issues.append(Issue("no-name", message, where, fix))
    if issues:
        raise BuildStop(issues)
    return roles


def read(table: Table, source: Source, issues: list[Issue]) -> Iterator[Entry]:
    """Yields the table's rows in order; `cells` holds the roles found and, by its folded name, every column.

    A row with more cells than the header, or too few, is an issue: a quotation mark or comma went astray in it. Empty
    cells at the end do not count, neither as more nor, where they are neither a name nor a decision, as too few:
    spreadsheet programs add and leave out both.
    """
    header = table.header
    roles = _roles(header, source)
    numbers = [position for position, name in enumerate(header) if name in _IDS and position not in roles.values()]
    # Where a row leaves the reviewer's column empty, another may name the reviewer: tools fill in a name or an address.
    people = [at for at, name in enumerate(header) if name in ROLES["reviewer"] and "reviewer" not in source.columns]
    needed = 1 + max(position for role, position in roles.items() if role in _NEEDED or position == 0) if roles else 0
    width = len(header)
    for line, row in table.rows:
        cells = row
        if len(cells) != width:
            cells = _fitted(cells, width, needed)
        if not any(map(str.strip, cells)):
            continue
        if len(cells) != width:
            message = f"{counted(len(cells), 'cell')}, where the header has {width}"
            fix = "put cells that contain the separator in quotes, or export the file again"
            issues.append(Issue("cells", message, source.at(line), fix))
            continue
        yield _entry(line, cells, header, roles, numbers, people)


def misspelt(table: Table, source: Source) -> Iterator[Issue]:
    """A warning for each column that nothing reads and whose name is much like one that is missing."""
    for name, written in zip(table.header, table.written, strict=True):
        if role := meant_role(name, table, source):
            message = f"nothing reads the column '{written}'"
            fix = f"did you mean '{role}'? Rename it, or write columns: {{{role}: {written}}} into {source.block}"
            yield Issue("unread-column", message, source.at(1), fix, "warning")


def meant_role(name: str, table: Table, source: Source) -> str:
    """The role that a column of no known name probably means: one that is missing, with a name much like it; or ""."""
    if not name or name in known_columns(source.columns):
        return ""
    near = get_close_matches(name, [role for role in _WRITTEN if role not in table.header], n=1, cutoff=ALIKE)
    return near[0] if near and not source.columns.get(near[0]) else ""


def _fitted(cells: list[str], width: int, needed: int) -> list[str]:
    """The cells of a row as many as the header has, where the difference is empty cells at the end."""
    if len(cells) > width:
        return cells[:width] if not any(map(str.strip, cells[width:])) else cells
    return cells + [""] * (width - len(cells)) if len(cells) >= needed else cells


def _entry(
    line: int,
    cells: list[str],
    header: Sequence[str],
    roles: Mapping[str, int],
    numbers: Sequence[int],
    people: Sequence[int],
) -> Entry:
    """One row. `numbers` are the columns of further ids, `people` those that may name the reviewer."""
    by_role = {role: _cell_text(unguard_cell(cells[position])) for role, position in roles.items()}
    if people and not by_role["reviewer"]:
        by_role["reviewer"] = next(filter(None, (_cell_text(cells[position]) for position in people)), "")
    # Tools keep the mark in columns of many names; what it says is surer than any of their own numbers.
    ids = marked_ids(cells)
    ids += [by_role["record_id"]] if by_role.get("record_id") else []
    ids += [value for position in numbers if (value := _cell_text(cells[position]))]
    year = re.search(r"\d{4}", by_role["year"]) if by_role.get("year") else None
    doi, pmid = by_role.get("doi", ""), by_role.get("pmid", "")
    named = Named(
        tuple(ids),
        identifiers.doi(doi) if doi else "",
        identifiers.pmid(pmid) if pmid and pmid != "0" else "",
        folded(by_role.get("title", "")),
        year[0] if year else "",
        by_role.get("author", ""),
    )
    if by_role.get("note"):
        by_role["note"] = without_mark(by_role["note"])
    notes = (by_role["note"],) if by_role.get("note") else ()
    named_cells = {**dict(zip(header, cells, strict=True)), **_marked(by_role)}
    return Entry(line, named, notes, named_cells, column=roles.get("decision"))


def _cell_text(cell: str) -> str:
    """A cell's text, "" for what R and pandas write where there is nothing."""
    cell = cell.strip()
    return "" if cell in _NOTHING else cell


def _marked(by_role: Mapping[str, str]) -> dict[str, str]:
    """The roles' cells under names that no column has."""
    return {f":{role}": value for role, value in by_role.items()}
