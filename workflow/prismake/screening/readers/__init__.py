"""Reads the exports of screening tools. The format is found from the content; a file's name is not looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.common.errors import BuildStop, Issue, counted, nearest, stop
from prismake.common.matching import Named
from prismake.screening.readers import bibtex, eppi, notes, ris, tables
from prismake.screening.readers.entries import ARTICLES, LOG, DecisionExport, Entry, Source, export_text, folded, packed
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


def read_source(source: Source, split: notes.Splitter) -> DecisionExport:
    """The decisions of one file. `split` parts a text of several reasons, knowing those that the review declares.

    Every row is counted: it gave a decision, or is among the undecided, or has an issue. Raises BuildStop where the
    file as a whole cannot be read.
    """
    tables_of_rayyan = packed(source.file)
    member = LOG if LOG in tables_of_rayyan else ARTICLES if tables_of_rayyan else ""
    text, warnings = export_text(source.file, member)
    if member == LOG and source.records is None and ARTICLES in tables_of_rayyan:
        source = replace(source, records=source.file)
    export = _read(text, source, split)
    export.issues = warnings + export.issues
    if export.rows == 0 and not any(issue.severity == "error" for issue in export.issues):
        message = "the file contains no record"
        export.issues.append(Issue("no-rows", message, str(source.file), "export it again, or remove it", "warning"))
    return export


def _read(text: str, source: Source, split: notes.Splitter) -> DecisionExport:
    start = text.lstrip()[:1]
    if not start:
        return DecisionExport("empty")
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


def _vote(entry: Entry, source: Source, answer: notes.Answer, *, stage: str = "", date: str = "") -> Vote:
    reasons = answer.reasons
    if answer.decision == "exclude" and not reasons and source.reason:
        reasons = (source.reason,)
    return Vote(
        entry.named,
        stage or source.stage,
        answer.reviewer or source.reviewer,
        answer.decision,
        reasons,
        answer.note,
        date,
        f"{source.file}:{entry.line}",
    )


def _add(export: DecisionExport, entry: Entry, source: Source, answers: Sequence[notes.Answer], **more: str) -> None:
    """Adds the answers that an entry holds; an entry without a decision is counted as undecided."""
    export.rows += 1
    votes = 0
    for answer in answers:
        if answer.decision.startswith("?"):
            export.issues.append(_unknown_word(answer.decision[1:], source, entry.line))
        elif answer.decision:
            export.votes.append(_vote(entry, source, answer, **more))
            votes += 1
    export.undecided += votes == 0


def _unknown_word(word: str, source: Source, line: int) -> Issue:
    message = f"'{word[:100]}' is neither include nor exclude"
    fix = f"define it under 'words' of {source.where or 'the source'}: include, exclude, maybe or ignore"
    return Issue("decision", message, f"{source.file}:{line}", fix)


def _meaning(word: str, source: Source) -> str:
    """The decision that a word means; after a "?" a word that means none."""
    key = folded(word).casefold()
    if meaning := source.words.get(key):
        return "" if meaning == "ignore" else meaning
    return WORDS.get(key, f"?{word}")


def _noted(
    entries: Iterator[Entry], format: str, source: Source, split: notes.Splitter, issues: list[Issue], tool: str = ""
) -> DecisionExport:
    """Records whose decisions are in their notes, or are the same for the whole file (`decision` of the source)."""
    export = DecisionExport(format, issues=issues)
    tools: dict[str, None] = {}
    bare = []
    for entry in entries:
        if answers := notes.rayyan(entry.notes, split):
            tools["Rayyan"] = None
            _add(export, entry, source, answers)
        elif answer := notes.asreview(entry.notes):
            tools["ASReview"] = None
            _add(export, entry, source, [answer])
        elif answer := notes.covidence(entry.notes):
            tools["Covidence"] = None
            _add(export, entry, source, [answer])
        elif source.decision:
            _add(export, entry, source, [notes.Answer("", source.decision, (), "; ".join(entry.notes))])
        else:
            export.rows += 1
            export.undecided += 1
            bare.append(entry.line)
    export.format = f"{tool or ', '.join(tools)} {format}".strip()
    if bare and (not export.votes or tool == "Covidence" or tools == {"Covidence": None}):
        # Rayyan and ASReview leave an undecided record without a mark; a list of Covidence is a single decision.
        message = f"{counted(len(bare), 'record')} without a decision, the first in line {bare[0]}"
        fix = f"add 'decision: include' (or exclude) to {source.where or 'the source'}: what the whole list means"
        export.issues.append(Issue("no-decision", message, str(source.file), fix))
    return export


def _tabled(
    entries: Iterator[Entry], format: str, source: Source, split: notes.Splitter, issues: list[Issue]
) -> DecisionExport:
    """Rows with a column of decisions."""
    export = DecisionExport(format, issues=issues)
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
        answer = notes.Answer(cells.get(":reviewer", ""), decision, reasons, note)
        _add(export, entry, source, [answer], stage=cells.get(":stage", ""), date=cells.get(":date", ""))
    return export


def _eppi(text: str, source: Source) -> DecisionExport:
    document = eppi.load(text, str(source.file))
    if not eppi.is_export(document):
        raise stop("unknown-format", "this JSON contains no references", where=str(source.file), fix=_FIX)
    export = DecisionExport("EPPI-Reviewer JSON")
    for entry, names in eppi.read(document, source, export.issues):
        meant = [eppi.meaning(name, source) for name in names]
        decisions = {decision for decision, _ in meant if decision}
        if len(decisions) > 1:
            export.rows += 1
            where = f"{source.file}, reference {entry.line}"
            message = f"{entry.named} has codes for both {' and '.join(sorted(decisions))}: {', '.join(names)}"
            export.issues.append(Issue("two-codes", message, where, "name the stage's code set under 'codes_under'"))
            continue
        reasons = tuple(dict.fromkeys(reason for decision, reason in meant if decision == "exclude" and reason))
        answer = notes.Answer("", next(iter(decisions), ""), reasons, "; ".join(entry.notes))
        _add(export, entry, source, [answer])
    return export


_LOG_VALUES = {"1": "include", "0": "maybe", "-1": "exclude"}
_GONE = ("deleted", "", "null", "nil")


def _rayyan_log(text: str, source: Source) -> DecisionExport:
    """Rayyan's log of events: of each reviewer's events about a record, the last one counts."""
    issues: list[Issue] = []
    named = _articles(source, issues)
    export = DecisionExport("Rayyan event log", issues=issues)
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
        export.rows += 1
        key, value = cells["key"].strip().strip('"'), cells["value"].strip().strip('"')
        about = (cells["article id"].strip().removeprefix("rayyan-"), who)
        if key == "included":
            last[about] = (value, when, line)
        elif "__EXR__" in key:
            reasons.setdefault(about, {})[key.replace("__EXR__", "").strip()] = value.casefold() not in (*_GONE, "0")
    for (article, who), (value, when, line) in sorted(last.items(), key=lambda item: item[1][2]):
        if value.casefold() in _GONE:
            export.undecided += 1
            continue
        decision = _LOG_VALUES.get(value)
        if decision is None:
            issues.append(_unknown_word(value, source, line))
            continue
        if article not in named:
            message = f"{source.records} has no article {article}"
            issues.append(Issue("unknown-record", message, f"{source.file}:{line}", "export both files together"))
            continue
        set_reasons = tuple(name for name, is_set in reasons.get((article, who), {}).items() if is_set)
        answer = notes.Answer(who, decision, set_reasons if decision == "exclude" else ())
        export.votes.append(_vote(Entry(line, named[article]), source, answer, date=when))
    return export


def _articles(source: Source, issues: list[Issue]) -> Mapping[str, Named]:
    """Number of an article -> how Rayyan's table of articles names it."""
    if source.records is None:
        message = "this is Rayyan's event log, which names records by number only"
        fix = f"add 'records: …/articles.csv' to {source.where or 'the source'}: the table exported with it"
        raise stop("no-articles", message, where=str(source.file), fix=fix)
    text, warnings = export_text(source.records, ARTICLES if ARTICLES in packed(source.records) else "")
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
