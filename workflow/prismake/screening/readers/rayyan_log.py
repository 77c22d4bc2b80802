"""Rayyan's log of events, which names records by the numbers of its table of articles."""

from __future__ import annotations

from collections.abc import Mapping

from prismake.common.errors import BuildStop, Issue, nearest, stop
from prismake.common.matching import Named
from prismake.screening.readers import notes, tables
from prismake.screening.readers.entries import (
    ARTICLES,
    Blank,
    DecisionExport,
    Entry,
    Source,
    export_text,
    packed,
    vote_of,
)

# The columns by which the log is known.
COLUMNS = {"article id", "key", "value"}
_VALUES = {"1": "include", "0": "maybe", "-1": "exclude"}
_GONE = ("deleted", "", "null", "nil")


def read(table: tables.Table, source: Source, issues: list[Issue]) -> DecisionExport:
    """The decisions of the log: of each reviewer's events about a record, the last one counts."""
    named = _articles(source, issues)
    export = DecisionExport("Rayyan event log", issues=issues)
    last: dict[tuple[str, str], tuple[str, str, int]] = {}
    reasons: dict[tuple[str, str], dict[str, bool]] = {}
    rows = []
    for entry in tables.read(table, source, issues):
        cells = entry.cells
        reviewer = next(
            (cells[name] for name in ("user email", "user name", "user id") if cells.get(name, "").strip()), ""
        )
        rows.append((cells.get("created at", "").strip(), entry.line, reviewer.strip(), cells))
    # The log comes in any order; events of one moment keep the order in which they stand.
    rows.sort(key=lambda row: row[:2])
    for when, line, reviewer, cells in rows:
        export.rows += 1
        key, value = cells["key"].strip().strip('"'), cells["value"].strip().strip('"')
        about = (cells["article id"].strip().removeprefix("rayyan-"), reviewer)
        if key == "included":
            last[about] = (value, when, line)
        elif "__EXR__" in key:
            reasons.setdefault(about, {})[key.replace("__EXR__", "").strip()] = value.casefold() not in (*_GONE, "0")
    for (article, reviewer), (value, when, line) in sorted(last.items(), key=lambda item: item[1][2]):
        if value.casefold() in _GONE:
            export.blank.append(Blank(named.get(article, Named()), source.stage, source.at(line)))
            continue
        decision = _VALUES.get(value)
        if decision is None:
            export.words.add(value, source.at(line))
            continue
        if article not in named:
            message = f"{source.records} has no article {article}"
            issues.append(Issue("unknown-record", message, source.at(line), "export both files together"))
            continue
        set_reasons = tuple(name for name, is_set in reasons.get((article, reviewer), {}).items() if is_set)
        answer = notes.Answer(reviewer, decision, set_reasons if decision == "exclude" else ())
        export.votes.append(vote_of(Entry(line, named[article]), source, answer, date=when))
    return export


def _articles(source: Source, issues: list[Issue]) -> Mapping[str, Named]:
    """Number of an article -> how Rayyan's table of articles names it."""
    if source.records is None:
        message = "this is Rayyan's event log, which names records by number only"
        fix = f"add 'records: …/articles.csv' to {source.block}: the table exported with it"
        raise stop("no-articles", message, where=str(source.file), fix=fix)
    text, warnings = export_text(source.records, ARTICLES if ARTICLES in packed(source.records) else "")
    issues += warnings
    articles = Source(file=source.records, where=source.where)
    table = tables.table_of(text, articles, issues)
    if "key" not in table.header:
        fix = nearest("key", table.header)
        raise BuildStop(Issue("column", "column 'key' is missing", articles.at(1), fix))
    return {
        entry.cells["key"].strip().removeprefix("rayyan-"): entry.named
        for entry in tables.read(table, articles, issues)
    }
