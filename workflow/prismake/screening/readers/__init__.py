"""Reads the exports of screening tools. The format is found from the content; a file's name is not looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.common.errors import Issue, counted, stop
from prismake.screening.readers import (
    abstrackr,
    asreview_project,
    bibtex,
    eppi,
    notes,
    numbers,
    rayyan_log,
    ris,
    tables,
)
from prismake.screening.readers.entries import (
    ARTICLES,
    LOG,
    UNSEEN,
    Blank,
    DecisionExport,
    Entry,
    Source,
    export_text,
    folded,
    make_source,
    members_of,
    packed,
    unknown_words,
    vote_of,
)
from prismake.screening.readers.sheets import is_workbook, sheets_of, table_on
from prismake.screening.readers.unread import UnreadColumns

_BIBTEX = re.compile(r"^[ \t\ufeff]*@[ \t]*[a-z]+[ \t]*[{(]", re.MULTILINE | re.IGNORECASE)
_FIX = "export the decisions as CSV, XLSX, RIS, BibTeX or JSON"

# What the word in a cell means. Letter case does not count.
WORDS: dict[str, str] = {
    **dict.fromkeys(
        (
            "include",
            "included",
            "yes",
            "y",
            "1",
            "1.0",
            "true",
            "relevant",
            "accept",
            "accepted",
            "eligible",
            "in",
            "i",
            "retrieved",
        ),
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
            "e",
            "not retrieved",
        ),
        "exclude",
    ),
    **dict.fromkeys(("maybe", "unclear", "unsure", "uncertain", "can't tell", "?"), "maybe"),
    **dict.fromkeys(("", "-1", "-1.0", "na", "nan", "none", "null", "undecided", "unscreened", "not seen"), ""),
}


# Words of a cell that are a decision in whatever column.
_VERDICTS = {"include", "included", "exclude", "excluded"}


def read_source(source: Source, split: notes.Splitter) -> DecisionExport:
    """The decisions of one file. `split` parts a text of several reasons, knowing those that the review declares.

    Every row is counted: it gave a decision, or is among the blank ones, or has an issue. Raises BuildStop if the
    file as a whole cannot be read.
    """
    export = _read_workbook(source, split) if is_workbook(source.file) else _read_text(source, split)
    if export.words:
        export.issues.append(unknown_words(export.words, source, WORDS))
    if not any(issue.severity == "error" for issue in export.issues):
        export.issues += _emptiness(export, source)
    return export


def _emptiness(export: DecisionExport, source: Source) -> Iterator[Issue]:
    """A warning if a file contains no record, or no decision on any of its records."""
    if export.rows == 0:
        message = "the file contains no record"
        yield Issue("no-rows", message, str(source.file), "export it again, or remove it", "warning")
    elif not export.votes and not export.unseen:
        message = f"no decision is read from its {counted(export.rows, 'row')}"
        fix = f"fill in its decisions, check 'columns' and 'words' of {source.block}, or remove it; "
        fix += "`snakemake final` stops here"
        yield Issue("no-decision-read", message, str(source.file), fix, "warning")


def _read_workbook(source: Source, split: notes.Splitter) -> DecisionExport:
    """The decisions of the sheets of a spreadsheet."""
    whole = DecisionExport("")
    issues_of_each = []
    for sheet in sheets_of(source, whole.issues):
        issues: list[Issue] = []
        on_sheet = replace(source, sheet=sheet.name)
        table = table_on(sheet, on_sheet, issues)
        export = _table_export(table, on_sheet, split, issues, marked=sheet.holds(notes.RAYYAN))
        issues_of_each.append(export.issues)
        whole.add(replace(export, issues=[]))
        whole.format = whole.format or export.format.replace("CSV", "XLSX")
    whole.issues += numbers.unused_in_all(issues_of_each)
    return whole


def _asreview_project(source: Source, names: Sequence[str]) -> DecisionExport:
    export = DecisionExport("ASReview project")
    for entry, answer, time in asreview_project.read(source, names, export.issues):
        _add(export, entry, source, [answer] if answer.decision else [], date=time)
    return export


def _read_text(source: Source, split: notes.Splitter) -> DecisionExport:
    if source.sheets:
        message = "it has no sheets, as it is not a spreadsheet"
        raise stop("sheets", message, where=str(source.file), fix=f"remove 'sheets' from {source.block}")
    names = members_of(source.file)
    if asreview_project.is_project(names):
        return _asreview_project(source, names)
    tables_of_rayyan = packed(source.file)
    member = LOG if LOG in tables_of_rayyan else ARTICLES if tables_of_rayyan else ""
    text, warnings = export_text(source.file, member)
    if member == LOG and source.records is None and ARTICLES in tables_of_rayyan:
        source = replace(source, records=source.file)
    export = _read(text, source, split)
    export.issues = warnings + export.issues
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
    table = tables.table_of(text, source, issues)
    if len(table.header) < 2 and not source.decision:
        raise stop("unknown-format", "no known export of decisions", where=str(source.file), fix=_FIX)
    return _table_export(table, source, split, issues, marked=notes.RAYYAN in text)


def _table_export(
    table: tables.Table, source: Source, split: notes.Splitter, issues: list[Issue], *, marked: bool
) -> DecisionExport:
    """The decisions of a table; `marked` says whether a cell of it holds a mark of Rayyan."""
    header = set(table.header)
    if header >= rayyan_log.COLUMNS:
        return rayyan_log.read(table, source, issues)
    if header >= abstrackr.COLUMNS:
        return _abstrackr(table, source, issues)
    entries = _only_decisions(tables.read(table, source, issues), table, source, issues)
    if "refid" in header:
        return _tabled(entries, "DistillerSR CSV", source, split, issues)
    if "covidence #" in header and "decision" not in source.columns:
        return _noted(entries, "CSV", source, split, issues, tool="Covidence")
    if {"asreview label", "asreview ranking"}.intersection(header):
        return _tabled(entries, "ASReview CSV", source, split, issues)
    if "key" in header and "notes" in header and marked:
        return _noted(entries, "CSV", source, split, issues, tool="Rayyan")
    return _tabled(entries, "CSV", source, split, issues)


def _only_decisions(
    entries: Iterator[Entry], table: tables.Table, source: Source, issues: list[Issue]
) -> Iterator[Entry]:
    """The entries; a column of decisions beside the one that is read, such as a second reviewer's, is an issue.

    It is one by its name and its cells, or by cells that all say include or exclude. Where `columns` of the source says
    which is read, the other is known. A column whose name is much like one that is missing is a warning, as are others
    that may hold decisions or reasons.
    """
    issues += tables.misspelt(table, source)
    known = tables.known_columns({})
    others = [name for name in dict.fromkeys(table.header) if name and name not in known]
    if "decision" in source.columns or not set(table.header).intersection(tables.ROLES["decision"]):
        others = []
    answers: dict[str, list[int]] = {}
    unread = UnreadColumns(table, source)
    for entry in entries:
        unread.see(entry, _meaning(entry.cells.get(":decision", ""), source))
        for name in list(others):
            cell = folded(entry.cells[name]).casefold()
            named = "decision" in name.split()
            if cell and (cell in _VERDICTS or (named and _meaning(cell, source) in ("include", "exclude", "maybe"))):
                answers.setdefault(name, []).append(entry.line)
            elif cell and not named:
                others.remove(name)
                answers.pop(name, None)
        yield entry
    for name, lines in answers.items():
        written = table.written[table.header.index(name)].strip()
        message = f"the column '{written}' holds {counted(len(lines), 'decision')} that would not be read"
        fix = (
            f"list the file twice under screening.sources, each time with its column and reviewer, as in columns: "
            f"{{decision: {written}}} and reviewer: …; or clear the column"
        )
        issues.append(Issue("second-decisions", message, source.at(lines[0]), fix))
    issues += unread.issues(answers)


def _add(export: DecisionExport, entry: Entry, source: Source, answers: Sequence[notes.Answer], **more: str) -> None:
    """Adds the answers that an entry holds; an entry without a decision is among the blank ones."""
    export.rows += 1
    votes = 0
    for answer in answers:
        if answer.decision.startswith("?"):
            export.words.add(answer.decision[1:], source.at_decision(entry))
        elif answer.decision and answer.decision != UNSEEN:
            export.votes.append(vote_of(entry, source, answer, **more))
            votes += 1
    if votes == 0:
        export.unseen += source.decision == UNSEEN
        export.blank.append(Blank(entry.named, more.get("stage") or source.stage, source.at(entry.line)))


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
    for entry in numbers.resolved(entries, source, issues):
        if answers := notes.rayyan(entry.notes, split):
            tools["Rayyan"] = None
            _add(export, entry, source, answers)
        elif answer := notes.asreview(entry.notes):
            tools["ASReview"] = None
            _add(export, entry, source, [answer])
        elif answer := notes.covidence(entry.notes):
            tools["Covidence"] = None
            _add(export, entry, source, [answer])
        elif not source.decision and (answers := notes.labelled(entry.labels)):
            tools["labelled"] = None
            _add(export, entry, source, _one_of_labels(entry, answers, source, issues))
        elif source.decision:
            _add(export, entry, source, [notes.Answer("", source.decision, (), "; ".join(entry.notes))])
        else:
            _add(export, entry, source, [])
            bare.append(entry.line)
    export.format = f"{tool or ', '.join(tools)} {format}".strip()
    if bare and (not export.votes or tool == "Covidence" or tools == {"Covidence": None}):
        # Rayyan and ASReview leave an undecided record without a mark; a list of Covidence is a single decision.
        message = f"{counted(len(bare), 'record')} without a decision, the first in line {bare[0]}: neither notes nor "
        message += "tags, labels and custom fields say one"
        fix = f"add 'decision: include' (or exclude) to {source.block}: what the whole list means"
        export.issues.append(Issue("no-decision", message, str(source.file), fix))
    return export


def _one_of_labels(
    entry: Entry, answers: Sequence[notes.Answer], source: Source, issues: list[Issue]
) -> list[notes.Answer]:
    """The decision that the labels of a record say together; none where they contradict each other, with an issue."""
    decisions = list(dict.fromkeys(answer.decision for answer in answers))
    if len(decisions) > 1:
        message = f"the labels of {entry.named} say {' and '.join(decisions)}"
        fix = f"export one list per stage, and give its decision in {source.block}; or remove one of the labels"
        issues.append(Issue("two-codes", message, source.at(entry.line), fix))
        return []
    reasons = tuple(dict.fromkeys(reason for answer in answers for reason in answer.reasons))
    return [
        notes.Answer("", decisions[0], reasons, "; ".join(note for note in entry.notes if not notes.labelled([note])))
    ]


def _tabled(
    entries: Iterator[Entry], format: str, source: Source, split: notes.Splitter, issues: list[Issue]
) -> DecisionExport:
    """Rows with a column of decisions."""
    export = DecisionExport(format, issues=issues)
    reason_alone = []
    for entry in numbers.resolved(entries, source, issues):
        cells = entry.cells
        if ":decision" not in cells and not source.decision:
            message = "no column contains decisions"
            fix = f"name it under 'columns' of {source.block}, as in columns: {{decision: My column}}"
            raise stop("no-decision", message, where=source.at(1), fix=fix)
        decision = _meaning(cells[":decision"], source) if ":decision" in cells else source.decision
        reason = cells.get(":reason", "")
        reasons = tuple(split(reason)) if reason and decision == "exclude" else (reason,) if reason else ()
        note = cells.get(":note", "")
        if reason and not decision:
            reason_alone.append(entry.line)
        answer = notes.Answer(cells.get(":reviewer", ""), decision, reasons, note)
        _add(export, entry, source, [answer], stage=cells.get(":stage", ""), date=cells.get(":date", ""))
    if reason_alone:
        rows = counted(len(reason_alone), "row gives", "rows give")
        fix = f"fill in the decision, or check which column 'columns' of {source.block} names"
        issues.append(
            Issue("reason-alone", f"{rows} a reason, but no decision", source.at(reason_alone[0]), fix, "warning")
        )
    return export


def _abstrackr(table: tables.Table, source: Source, issues: list[Issue]) -> DecisionExport:
    export = DecisionExport("Abstrackr CSV", issues=issues)
    rows = list(abstrackr.read(table, source, issues))
    answers_of = {entry.line: answers for entry, answers in rows}
    for entry in numbers.resolved((entry for entry, _ in rows), source, issues):
        _add(export, entry, source, answers_of[entry.line])
    return export


def _eppi(text: str, source: Source) -> DecisionExport:
    document = eppi.load(text, str(source.file))
    if not eppi.is_export(document):
        raise stop("unknown-format", "this JSON contains no references", where=str(source.file), fix=_FIX)
    export = DecisionExport("EPPI-Reviewer JSON")
    references = list(eppi.read(document, source, export.issues))
    entries = numbers.resolved((entry for entry, _ in references), source, export.issues)
    names_of = {entry.line: names for entry, names in references}
    for entry in entries:
        names = names_of[entry.line]
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


def sources_of(blocks: Sequence[Mapping[str, Any]]) -> list[Source]:
    """The sources of `screening.sources`, in their order."""
    return [make_source(block, number) for number, block in enumerate(blocks, start=1)]
