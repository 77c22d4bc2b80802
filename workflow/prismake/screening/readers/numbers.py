"""Tables that say which record each of a tool's own numbers means, so that nobody edits an export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from prismake.common.errors import Issue, nearest, stop
from prismake.common.matching import Named
from prismake.screening.readers import tables
from prismake.screening.readers.entries import Entry, Source, export_text
from prismake.screening.readers.sheets import is_workbook, sheets_of, table_on

_MARK = re.compile(r"(?:rayyan-|#|no\.?\s)\s*", re.IGNORECASE)
_DIGITS = re.compile(r"(?:0(?=\d))*+(\d++)(?:\.0+)?\Z")
# The code of the warning on a row of a table of numbers that a source does not use.
UNUSED = "number-unused"
_PMID = re.compile(r"[0-9]{4,8}")


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A row of a table of numbers: the number as written, how the row names its record, and its place."""

    number: str
    named: Named
    where: str


def number_key(text: str) -> str:
    """A tool's number for comparison: without its mark, leading zeros and the point of a spreadsheet."""
    text = " ".join(text.split()).casefold()
    text = text[match.end() :] if (match := _MARK.match(text)) else text
    return match[1] if (match := _DIGITS.match(text)) else text


def resolved(entries: Iterable[Entry], source: Source, issues: list[Issue]) -> Iterator[Entry]:
    """The entries, those whose number the table under `records` contains named as it says.

    The others are looked up as they name themselves; one that has nothing but its number is an issue. A row of that
    table whose number no entry has is a warning of the code `UNUSED`.
    """
    if source.records is None:
        yield from entries
        return
    rows = _rows_by_number(source, issues)
    used: set[str] = set()
    for entry in entries:
        written = entry.cells.get(":number", "")
        keys = [number_key(text) for text in ((written,) if written else entry.named.ids)]
        key = next((key for key in keys if key in rows), None)
        own = entry.named
        if key is not None:
            named = rows[key].named
            used.add(key)
            own_name = own if own.title or own.doi or own.pmid else None
            yield replace(entry, named=named, own=own_name)
        elif own.title or own.doi or own.pmid or own.ids:
            yield entry
        else:
            message = f"{source.records} has no row with the number '{written}'"
            issues.append(Issue("unknown-record", message, source.at(entry.line), "add it to that table"))
    issues += [_unused(row) for key, row in rows.items() if key not in used]


def _unused(row: NumberedRow) -> Issue:
    message = f"no row of the decisions has the number '{row.number}'"
    fix = "check that the table belongs to these decisions, and that the export of them is whole"
    return Issue(UNUSED, message, row.where, fix, "warning", item=f"'{row.number}'")


def unused_in_all(of_each: Sequence[Sequence[Issue]]) -> list[Issue]:
    """The issues of sheets or files that one table of numbers serves, `of_each` those of one; unused rows once.

    Of the rows that one of them does not use those alone are unused that no other uses.
    """
    unused = [{issue.where for issue in issues if issue.code == UNUSED} for issues in of_each]
    kept = {issue.where: issue for issues in of_each for issue in issues if issue.code == UNUSED}
    others = [issue for issues in of_each for issue in issues if issue.code != UNUSED]
    return others + [issue for where, issue in kept.items() if all(where in wheres for wheres in unused)]


def _rows_by_number(source: Source, issues: list[Issue]) -> Mapping[str, NumberedRow]:
    """Number -> its row in the table under `records`."""
    assert source.records is not None
    about = Source(file=source.records, records=source.records, where=source.where)
    if is_workbook(source.records):
        (sheet, *_) = sheets_of(about, issues)
        about = replace(about, sheet=sheet.name)
        table = table_on(sheet, about, issues)
    else:
        text, warnings = export_text(source.records)
        issues += warnings
        table = tables.table_of(text, about, issues)
    wanted = tables.plain(source.columns.get("number", ""))
    names = (wanted, *(name for name in tables.NUMBERS if name not in tables.ROLES["record_id"]))
    column = next((name for name in names if name and name in table.header), "")
    if not column:
        message = "no column contains the tool's numbers"
        fix = nearest(wanted or "number", table.header) if wanted else "call it number, beside record_id, doi or title"
        raise stop("no-tool-number", message, where=about.at(1), fix=fix)
    about = replace(about, columns={"number": column})
    rows: dict[str, NumberedRow] = {}
    for entry in tables.read(table, about, issues):
        number, named = entry.cells[":number"], entry.named
        written = named.ids[0] if named.ids else ""
        if _PMID.fullmatch(written) and not named.pmid:
            named = replace(named, pmid=written.lstrip("0"))
        if not number:
            issues.append(
                Issue("no-tool-number", "the row has no number", about.at(entry.line), "add it, or remove the row")
            )
        elif not (named.ids or named.doi or named.pmid or named.title):
            message = f"the row names no record for the number '{number}'"
            fix = "give its record_id, doi, pmid or title, or remove the row"
            issues.append(Issue("no-tool-number", message, about.at(entry.line), fix))
        elif rows.setdefault(number_key(number), NumberedRow(number, named, about.at(entry.line))).named != named:
            message = f"the number '{number}' already denotes another record"
            issues.append(Issue("number-twice", message, about.at(entry.line), "keep one of the rows"))
    return rows
