"""Reads the exports of screening tools. The format is found from the content; a file's name is not looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest, stop
from prismake.common.matching import Named
from prismake.screening.readers import bibtex, eppi, notes, ris, tables
from prismake.screening.readers.entries import ARTICLES, LOG, Entry, Source, Told, folded, packed, text_of
from prismake.screening.votes import Vote

_BIBTEX = re.compile(r"^[ \t\ufeff]*@[ \t]*[a-z]+[ \t]*[{(]", re.MULTILINE | re.IGNORECASE)
_LOG = {"article id", "key", "value"}
_FIX = "export the decisions as CSV, RIS, BibTeX or JSON"

# What the word in a cell means. Letter case does not count.
WORDS: dict[str, str] = {
    **dict.fromkeys(
        ("include", "included", "yes", "y", "1", "1.0", "true", "relevant", "accept", "accepted", "eligible", "in"),
        "include",
    ),
    **dict.fromkeys(
        (
            "exclude",
            "excluded",
            "no",
            "n",
            "0",
            "0.0",
            "false",
            "irrelevant",
            "reject",
            "rejected",
            "ineligible",
            "out",
        ),
        "exclude",
    ),
    **dict.fromkeys(("maybe", "unclear", "unsure", "uncertain", "can't tell", "?"), "maybe"),
    **dict.fromkeys(("", "-1", "-1.0", "na", "nan", "none", "null", "undecided", "unscreened", "not seen"), ""),
}


def read_source(source: Source, split: notes.Splitter) -> Told:
    """The decisions of one file. `split` parts a text of several reasons, knowing those that the review declares.

    Every row is counted: it gave a decision, or is among the undecided, or has an issue. Raises BuildStop where the
    file as a whole cannot be read.
    """
    tables_of_rayyan = packed(source.file)
    member = LOG if LOG in tables_of_rayyan else ARTICLES if tables_of_rayyan else ""
    text, warnings = text_of(source.file, member)
    if member == LOG and source.records is None and ARTICLES in tables_of_rayyan:
        source = replace(source, records=source.file)
    told = _read(text, source, split)
    told.issues = warnings + told.issues
    if told.rows == 0 and not any(issue.severity == "error" for issue in told.issues):
        message = "the file contains no record"
        told.issues.append(Issue("no-rows", message, str(source.file), "export it again, or remove it", "warning"))
    return told


def _read(text: str, source: Source, split: notes.Splitter) -> Told:
    start = text.lstrip()[:1]
    if not start:
        return Told("empty")
    if start in "{[":
        return _eppi(text, source)
    issues: list[Issue] = []
    if _BIBTEX.match(text.lstrip()):
        return _noted(bibtex.read(text, str(source.file), issues), "BibTeX", source, split, issues)
    if ris.START.search(text[: 1 << 16]):
        return _noted(ris.read(text), "RIS", source, split, issues)
    _, header = tables.header_of(text)
    if len(header) < 2:
        raise stop("unknown-format", "no known export of decisions", where=str(source.file), fix=_FIX)
    if set(header) >= _LOG:
        return _rayyan_log(text, source)
    entries = tables.read(text, source, issues)
    if "refid" in header:
        return _tabled(entries, "DistillerSR CSV", source, split, issues)
    if "covidence #" in header:
        return _noted(entries, "CSV", source, split, issues, tool="Covidence")
    if {"asreview label", "asreview ranking"}.intersection(header):
        return _tabled(entries, "ASReview CSV", source, split, issues)
    if "key" in header and "notes" in header and notes.RAYYAN in text:
        return _noted(entries, "CSV", source, split, issues, tool="Rayyan")
    return _tabled(entries, "CSV", source, split, issues)


def _vote(entry: Entry, source: Source, said: notes.Said, *, stage: str = "", date: str = "") -> Vote:
    reasons = said.reasons
    if said.decision == "exclude" and not reasons and source.reason:
        reasons = (source.reason,)
    return Vote(
        entry.named,
        stage or source.stage,
        said.reviewer or source.reviewer,
        said.decision,
        reasons,
        said.note,
        date,
        f"{source.file}:{entry.line}",
    )


def _take(told: Told, entry: Entry, source: Source, said: Sequence[notes.Said], **more: str) -> None:
    """Adds what was said of an entry; what decides nothing is counted as undecided."""
    told.rows += 1
    votes = 0
    for one in said:
        if one.decision.startswith("?"):
            told.issues.append(_unknown_word(one.decision[1:], source, entry.line))
        elif one.decision:
            told.votes.append(_vote(entry, source, one, **more))
            votes += 1
    told.undecided += votes == 0


def _unknown_word(word: str, source: Source, line: int) -> Issue:
    message = f"'{word[:100]}' is neither include nor exclude"
    fix = f"define it under 'words' of {source.where or 'the source'}: include, exclude, maybe or ignore"
    return Issue("decision", message, f"{source.file}:{line}", fix)


def _meaning(word: str, source: Source) -> str:
    """The decision that a word means; after a "?" a word that means none."""
    key = folded(word).casefold()
    if said := source.words.get(key):
        return "" if said == "ignore" else said
    return WORDS.get(key, f"?{word}")


def _noted(
    entries: Iterator[Entry], format: str, source: Source, split: notes.Splitter, issues: list[Issue], tool: str = ""
) -> Told:
    """Records whose decisions are in their notes, or are the same for the whole file (`decision` of the source)."""
    told = Told(format, issues=issues)
    found: dict[str, None] = {}
    bare = []
    for entry in entries:
        if said := notes.rayyan(entry.notes, split):
            found["Rayyan"] = None
            _take(told, entry, source, said)
        elif one := notes.asreview(entry.notes):
            found["ASReview"] = None
            _take(told, entry, source, [one])
        elif one := notes.covidence(entry.notes):
            found["Covidence"] = None
            _take(told, entry, source, [one])
        elif source.decision:
            _take(told, entry, source, [notes.Said("", source.decision, (), "; ".join(entry.notes))])
        else:
            told.rows += 1
            told.undecided += 1
            bare.append(entry.line)
    tools = tool or ", ".join(found)
    told.format = f"{tools} {format}".strip()
    if bare and (not told.votes or tool == "Covidence" or found == {"Covidence": None}):
        # Rayyan and ASReview mark what nobody has decided by saying nothing; a list of Covidence is one decision.
        message = f"{len(bare)} records without a decision, the first in line {bare[0]}"
        fix = f"add 'decision: include' (or exclude) to {source.where or 'the source'}: what the whole list means"
        told.issues.append(Issue("no-decision", message, str(source.file), fix))
    return told


def _tabled(entries: Iterator[Entry], format: str, source: Source, split: notes.Splitter, issues: list[Issue]) -> Told:
    """Rows with a column of decisions."""
    told = Told(format, issues=issues)
    for entry in entries:
        cells = entry.cells
        if ":decision" not in cells and not source.decision:
            message = "no column contains decisions"
            fix = f"name it under 'columns' of {source.where or 'the source'}, as in columns: {{decision: My column}}"
            raise stop("no-decision", message, where=f"{source.file}:1", fix=fix)
        decision = _meaning(cells[":decision"], source) if ":decision" in cells else source.decision
        reason = cells.get(":reason", "")
        reasons = tuple(split(reason)) if reason and decision == "exclude" else (reason,) if reason else ()
        note = cells.get(":note", "")
        said = notes.Said(cells.get(":reviewer", ""), decision, reasons, note)
        _take(told, entry, source, [said], stage=cells.get(":stage", ""), date=cells.get(":date", ""))
    return told


def _eppi(text: str, source: Source) -> Told:
    document = eppi.load(text, str(source.file))
    if not eppi.is_export(document):
        raise stop("unknown-format", "this JSON holds no references", where=str(source.file), fix=_FIX)
    told = Told("EPPI-Reviewer JSON")
    for entry, names in eppi.read(document, source, told.issues):
        meant = [eppi.meaning(name, source) for name in names]
        decisions = {decision for decision, _ in meant if decision}
        if len(decisions) > 1:
            told.rows += 1
            where = f"{source.file}, reference {entry.line}"
            message = f"{entry.named} has codes for both {' and '.join(sorted(decisions))}: {', '.join(names)}"
            told.issues.append(Issue("two-codes", message, where, "name the stage's code set under 'codes_under'"))
            continue
        reasons = tuple(dict.fromkeys(reason for decision, reason in meant if decision == "exclude" and reason))
        said = notes.Said("", next(iter(decisions), ""), reasons, "; ".join(entry.notes))
        _take(told, entry, source, [said])
    return told


_LOG_VALUES = {"1": "include", "0": "maybe", "-1": "exclude"}
_GONE = ("deleted", "", "null", "nil")


def _rayyan_log(text: str, source: Source) -> Told:
    """Rayyan's log of events: of each reviewer's events about a record the last one holds."""
    issues: list[Issue] = []
    named = _articles(source, issues)
    told = Told("Rayyan event log", issues=issues)
    last: dict[tuple[str, str], tuple[str, str, int]] = {}
    reasons: dict[tuple[str, str], dict[str, bool]] = {}
    rows = []
    for entry in tables.read(text, source, issues):
        cells = entry.cells
        who = next((cells[name] for name in ("user email", "user name", "user id") if cells.get(name, "").strip()), "")
        rows.append((cells.get("created at", "").strip(), entry.line, who.strip(), cells))
    # The log comes in any order; events of one moment keep the order in which they stand.
    rows.sort(key=lambda row: row[:2])
    for when, line, who, cells in rows:
        told.rows += 1
        key, value = cells["key"].strip().strip('"'), cells["value"].strip().strip('"')
        about = (cells["article id"].strip().removeprefix("rayyan-"), who)
        if key == "included":
            last[about] = (value, when, line)
        elif "__EXR__" in key:
            reasons.setdefault(about, {})[key.replace("__EXR__", "").strip()] = value.casefold() not in (*_GONE, "0")
    for (article, who), (value, when, line) in sorted(last.items(), key=lambda item: item[1][2]):
        if value.casefold() in _GONE:
            told.undecided += 1
            continue
        decision = _LOG_VALUES.get(value)
        if decision is None:
            issues.append(_unknown_word(value, source, line))
            continue
        if article not in named:
            message = f"{source.records} has no article {article}"
            issues.append(Issue("unknown-record", message, f"{source.file}:{line}", "export both files together"))
            continue
        given = tuple(name for name, holds in reasons.get((article, who), {}).items() if holds)
        said = notes.Said(who, decision, given if decision == "exclude" else ())
        told.votes.append(_vote(Entry(line, named[article]), source, said, date=when))
    return told


def _articles(source: Source, issues: list[Issue]) -> Mapping[str, Named]:
    """Number of an article -> how Rayyan's table of articles names it."""
    if source.records is None:
        message = "this is Rayyan's event log, which names records by number only"
        fix = f"add 'records: …/articles.csv' to {source.where or 'the source'}: the table exported with it"
        raise stop("no-articles", message, where=str(source.file), fix=fix)
    text, warnings = text_of(source.records, ARTICLES if ARTICLES in packed(source.records) else "")
    issues += warnings
    _, header = tables.header_of(text)
    if "key" not in header:
        fix = nearest("key", header)
        raise BuildStop(Issue("column", "column 'key' is missing", f"{source.records}:1", fix))
    table = Source(file=source.records, where=source.where)
    return {
        entry.cells["key"].strip().removeprefix("rayyan-"): entry.named for entry in tables.read(text, table, issues)
    }


def sources_of(blocks: Sequence[Mapping[str, Any]]) -> list[Source]:
    """The sources of `screening.sources`, in their order."""
    from prismake.screening.readers.entries import make_source

    return [make_source(block, number) for number, block in enumerate(blocks, start=1)]
