"""CSV of every screening tool: the columns are known by their names, or named under `columns` of the source."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from prismake.common import identifiers
from prismake.common.errors import BuildStop, Issue, counted, nearest
from prismake.common.matching import Named
from prismake.common.writing import unguard_cell
from prismake.screening.readers.entries import Entry, Source, folded

# Role -> the names that tools give its column, the best first, as `plain` writes them.
ROLES: dict[str, tuple[str, ...]] = {
    "record_id": ("record id", "record", "prismake id"),
    "title": ("title", "article title", "primary title", "title primary"),
    "author": ("authors", "author", "author full names", "author names", "first author"),
    "year": ("year", "published year", "publication year", "pub year"),
    "doi": ("doi", "doi link"),
    "pmid": ("pmid", "pubmed id", "medline pmid"),
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
_DELIMITERS = (",", ";", "\t")
_NOTHING = {"NA", "NaN", "nan", "None", "null"}

csv.field_size_limit(1 << 24)


def plain(name: str) -> str:
    """A column's name in lower-case words."""
    return re.sub(r"[^\w#]+|_", " ", name.strip().removeprefix("\ufeff").lower()).strip()


def header_of(text: str) -> tuple[str, list[str]]:
    """The delimiter that makes the first row name most columns, and that row."""
    known = {name for names in ROLES.values() for name in names} | set(_IDS)
    best: tuple[int, str, list[str]] = (-1, ",", [])
    for delimiter in _DELIMITERS:
        cells = next(csv.reader(io.StringIO(text[: 1 << 20]), delimiter=delimiter), [])
        names = [plain(cell) for cell in cells]
        recognised = len(known.intersection(names))
        if (recognised, len(cells)) > (best[0], len(best[2])):
            best = (recognised, delimiter, names)
    return best[1], best[2]


def _roles(header: Sequence[str], source: Source) -> dict[str, int]:
    """Role -> column. Raises BuildStop where `columns` names one that is not there."""
    at = {name: position for position, name in reversed(list(enumerate(header)))}
    roles = {}
    issues = []
    where = f"{source.file}:1"
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
        if name := next((name for name in names if name in at), None):
            roles[role] = at[name]
    for role in _ONCE:
        if role in roles and header.count(name := header[roles[role]]) > 1:
            fix = "rename one of them in the file"
            issues.append(Issue("two-columns", f"{header.count(name)} columns are called '{name}'", where, fix))
    named = any(role in roles for role in ("record_id", "title", "doi", "pmid")) or {*_IDS, "article id"} & set(header)
    if not named and not issues:
        message = f"no column identifies the records; the first row reads {', '.join(map(repr, header[:5]))}"
        fix = "the first row must name the columns, among them record_id, doi, pmid or title"
        issues.append(Issue("no-name", message, where, fix))
    if issues:
        raise BuildStop(issues)
    return roles


def read(text: str, source: Source, issues: list[Issue]) -> Iterator[Entry]:
    """Yields the table's rows in order; `cells` holds the roles found and, by its folded name, every column.

    A row with more or fewer cells than the header is an issue: a quotation mark or comma went astray in it.
    """
    delimiter, header = header_of(text)
    roles = _roles(header, source)
    numbers = [position for position, name in enumerate(header) if name in _IDS and position not in roles.values()]
    # Where a row leaves the reviewer's column empty, another may name the reviewer: tools fill in a name or an address.
    people = [at for at, name in enumerate(header) if name in ROLES["reviewer"] and "reviewer" not in source.columns]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    end = 0
    try:
        for cells in reader:
            line, end = end + 1, reader.line_num
            if line == 1 or not any(map(str.strip, cells)):
                continue
            if len(cells) != len(header):
                message = f"{counted(len(cells), 'cell')}, where the header has {len(header)}"
                fix = "put cells that contain the separator in quotes, or export the file again"
                issues.append(Issue("cells", message, f"{source.file}:{line}", fix))
                continue
            yield _entry(line, cells, header, roles, numbers, people)
    except csv.Error as fault:
        message = f"not a well-formed CSV: {fault}"
        issues.append(Issue("csv", message, f"{source.file}:{reader.line_num}", "check the quotes on this line"))


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
    ids = [by_role["record_id"]] if by_role.get("record_id") else []
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
    notes = (by_role["note"],) if by_role.get("note") else ()
    return Entry(line, named, notes, {**dict(zip(header, cells, strict=True)), **_marked(by_role)})


def _cell_text(cell: str) -> str:
    """A cell's text, "" for what R and pandas write where there is nothing."""
    cell = cell.strip()
    return "" if cell in _NOTHING else cell


def _marked(by_role: Mapping[str, str]) -> dict[str, str]:
    """The roles' cells under names that no column has."""
    return {f":{role}": value for role, value in by_role.items()}
