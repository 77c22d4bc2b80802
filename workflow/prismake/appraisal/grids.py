"""Appraisals in a workbook: one sheet per form and reviewer, one row per study, one column per item and question.

A column `about` lets a study have several rows: one for each outcome, case or time point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.appraisal.forms import OVERALL, Form
from prismake.common.double_entry import Cell, Settled, read_decisions, settle
from prismake.common.errors import BuildStop, Issue, near_name, nearest
from prismake.common.inference import STUDY
from prismake.common.sheet_cells import (
    SheetTable,
    cell_name,
    column_name,
    grid_name,
    listed,
    repeated,
    sheet_table,
    sheet_titles,
)
from prismake.common.tables import Row

ABOUT, NOTE, PROPOSED = "about", "note", "proposed"
# Columns that say what a study is, for whoever fills the grid in.
_SHOWN = ("label", "year", "journal", "title")
# Two reviewers are compared.
PAIR = 2


@dataclass
class Grid:
    """The answers on one sheet: (study, about, item) -> answer with its place; by study and about the overall answers.

    `notes` are the remarks of the rows, `places` where they stand.
    """

    form: Form
    reviewer: str
    answers: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    overall: dict[tuple[str, str], Row] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)


def item_header(item: str, subject: str) -> str:
    """The header of an item's column: `1. inclusion criteria`."""
    return f"{item}. {subject}" if subject else item


def answer_words(answer: str) -> str:
    """How a drop-down list names an answer: not_applicable is `not applicable`."""
    return answer.replace("_", " ")


def item_of(header: str, form: Form) -> str | None:
    """The item or question that a header means: its id, alone or before a point, a colon or a blank; else None."""
    text = " ".join(header.split())
    for item in sorted((*form.items, *form.questions), key=len, reverse=True):
        rest = text[len(item) :]
        if text.casefold().startswith(item.casefold()) and (not rest or rest[0] in ".: )-"):
            return item
    return None


def read_grids(path: Path, forms: Mapping[str, Form]) -> list[Grid]:
    """The grids of a workbook; sheets of other names are people's own.

    Raises BuildStop with all faults: missing items, unknown answers, a study twice on a sheet, no grid at all.
    """
    grids: list[Grid] = []
    issues: list[Issue] = []
    for title in sheet_titles(path):
        name, reviewer = grid_name(title)
        if name in forms:
            try:
                table = sheet_table(path, column_name(title), (STUDY,))
            except BuildStop as problem:
                issues += problem.issues
                continue
            grid = Grid(forms[name], reviewer)
            issues += _fill(grid, table)
            grids.append(grid)
    if not grids and not issues:
        fix = f"write it with `prismake extract`; forms: {', '.join(sorted(forms))}"
        issues.append(Issue("no-sheet", "no sheet has the name of a form", str(path), fix))
    if issues:
        raise BuildStop(issues)
    return grids


def unread_of_grids(path: Path, forms: Mapping[str, Form]) -> Iterator[Issue]:
    """Warnings about what is not read of a workbook of grids: columns, and sheets whose name is much like a form's."""
    for title in sheet_titles(path):
        name, reviewer = grid_name(title)
        if name not in forms:
            if reviewer or near_name(name, list(forms)):
                message = f"the sheet '{title}' has the name of no form, and is not read"
                yield Issue("unread-sheet", message, str(path), nearest(name, list(forms)), "warning")
            continue
        table = sheet_table(path, column_name(title), (STUDY,))
        yield from table.warnings
        known = {STUDY, ABOUT, OVERALL, NOTE, PROPOSED, *_SHOWN}
        others = [
            text
            for text in table.header
            if text and column_name(text) not in known and item_of(text, forms[name]) is None
        ]
        if others:
            message = f"columns that are not of the form '{name}', and not read: {', '.join(others)}"
            named = sorted(known - {PROPOSED, *_SHOWN})
            fix = f"head an item's column with its id; the others are called {', '.join(named)}"
            yield Issue("unread-column", message, table.row(table.header_row), fix, "warning")


def proposals(form: Form, header: Sequence[str], cells: Sequence[str]) -> str:
    """What the form's rules propose from the answers in a row of its sheet: `D1 low; overall some concerns`."""
    given = {
        item: answer
        for text, cell in zip(header, cells, strict=True)
        if (item := item_of(text, form)) and cell and (answer := form.answer_meant(cell, form.answers_of(item)))
    }
    proposed = {name: item.proposed(given) for name, item in {**form.items, OVERALL: form.verdict}.items()}
    return "; ".join(f"{name} {answer_words(answer)}" for name, answer in proposed.items() if answer)


def _fill(grid: Grid, table: SheetTable) -> Iterator[Issue]:
    """Reads the rows of a sheet into a grid; its faults."""
    form, where = grid.form, table.row(table.header_row)
    names = [column_name(text) for text in table.header]
    if STUDY not in names:
        yield Issue("missing-column", f"column '{STUDY}' is missing", where, "add it to the header")
        return
    heads = [(item, at) for at, text in enumerate(table.header) if (item := item_of(text, form))]
    items = dict(heads)
    for item in repeated([item for item, _ in heads]):
        places = listed([cell_name(table.header_row, at) for name, at in heads if name == item])
        message = f"item {item} of the form '{form.id}' has several columns: {places}"
        yield Issue("column-twice", message, where, "rename one, or join them and remove one")
    if missing := [item for item in form.items if item not in items]:
        message = f"no column for item {', '.join(missing)} of the form '{form.id}'"
        yield Issue(
            "missing-column", message, where, f"head it '{missing[0]}', or write it again with `prismake extract`"
        )
    unknown: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    seen: dict[tuple[str, str], int] = {}
    for number, cells in table.rows:
        row = {name: cells[names.index(name)] for name in (STUDY, ABOUT, OVERALL, NOTE) if name in names}
        key = (row[STUDY], row.get(ABOUT, ""))
        if not key[0]:
            yield Issue("no-study", "the row names no study", table.row(number), f"give its {STUDY}, or delete the row")
            continue
        if seen.setdefault(key, number) != number:
            of = f" for '{key[1]}'" if key[1] else ""
            message = f"study '{key[0]}' already occurs in row {seen[key]}{of}"
            fix = f"keep one of the rows, or say in the column '{ABOUT}' what each is of"
            yield Issue("twice", message, table.row(number), fix)
        place = {"__line__": number, "__where__": table.row(number)}
        grid.places.setdefault(key, table.row(number))
        answered = {item: cells[at] for item, at in items.items() if cells[at]}
        for item, text in answered.items():
            answer = form.answer_meant(text, form.answers_of(item))
            if answer is None:
                unknown.setdefault((text, item, form.answers_of(item)), []).append(table.cell(number, items[item]))
                continue
            grid.answers[*key, item] = answer_row(key, form, item, answer, place)
        if row.get(NOTE):
            grid.notes[key] = row[NOTE]
        overall = row.get(OVERALL, "")
        decided = form.answer_meant(overall, form.overall) if overall else None
        if overall and decided is None:
            unknown.setdefault((overall, OVERALL, form.overall), []).append(table.cell(number, names.index(OVERALL)))
        elif overall or (answered and form.overall):
            grid.overall[key] = overall_row(key, decided, row.get(NOTE) or None, place)
    yield from _unknown_issues(unknown, form)


def _unknown_issues(unknown: Mapping[tuple[str, str, tuple[str, ...]], list[str]], form: Form) -> Iterator[Issue]:
    """One issue for each text that is no answer, whatever the number of items that have it and the same answers."""
    merged: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (text, _, valid), places in unknown.items():
        merged.setdefault((text, valid), []).extend(places)
    for (text, valid), places in merged.items():
        more = f", and in {len(places) - 1} more cells" if len(places) > 1 else ""
        message = f"'{text}' is not an answer of the form '{form.id}'{more}"
        yield Issue("unknown-answer", message, places[0], nearest(text, [answer_words(answer) for answer in valid]))


def answer_row(key: tuple[str, str], form: Form, item: str, answer: str, place: Mapping[str, Any]) -> Row:
    """An answer as the table of answers has it."""
    return {STUDY: key[0], ABOUT: key[1], "form": form.id, "item": item, "answer": answer, "note": None, **place}


def overall_row(key: tuple[str, str], overall: str | None, note: str | None, place: Mapping[str, Any]) -> Row:
    """An overall answer as the table of overall answers has it."""
    return {STUDY: key[0], ABOUT: key[1], "overall": overall, "note": note, **place}


def rows_of(grids: Sequence[Grid]) -> tuple[list[Row], list[Row]]:
    """(answers, overall answers) as the tables of an appraisal have them."""
    answers: list[Row] = [row for grid in grids for row in grid.answers.values()]
    overall: list[Row] = [row for grid in grids for row in grid.overall.values()]
    return answers, overall


def agreed_rows(grids: Sequence[Grid], consensus: Path) -> tuple[list[Row], list[Row], list[Settled]]:
    """(answers, overall answers, what was settled): a form that several reviewers have sheets of by their consensus.

    Raises BuildStop for an agreed value that is not an answer of the form.
    """
    answers: list[Row] = []
    overall: list[Row] = []
    settled: list[Settled] = []
    for form in dict.fromkeys(grid.form.id for grid in grids):
        own = [grid for grid in grids if grid.form.id == form]
        # Reviewers on their own count; the sheet without a reviewer is the team's where there are no others.
        signed = [grid for grid in own if grid.reviewer]
        if len(signed) < PAIR:
            alone = rows_of(signed or own)
            answers += alone[0]
            overall += alone[1]
            continue
        agreed = settle_grids(signed, consensus)
        settled.append(agreed)
        made = _agreed(signed, agreed, consensus)
        answers += made[0]
        overall += made[1]
    return answers, overall, settled


def settle_grids(grids: Sequence[Grid], consensus: Path) -> Settled:
    """What the reviewers of one form agree on; a row of a cell is what of its study is appraised."""
    entries: dict[str, dict[Cell, str]] = {}
    form = grids[0].form
    keys = dict.fromkeys(key for grid in grids for key in (*((one[0], one[1]) for one in grid.answers), *grid.overall))
    used = {item for grid in grids for _, _, item in grid.answers}
    for grid in grids:
        own = entries.setdefault(grid.reviewer, {})
        for key in keys:
            for item in (*form.items, *(name for name in form.questions if name in used)):
                cell = Cell(form.id, *key, item, form.subject_of(item))
                own[cell] = grid.answers.get((*key, item), {}).get("answer") or ""
            if form.overall:
                own[Cell(form.id, *key, OVERALL)] = grid.overall.get(key, {}).get("overall") or ""
    people = list(entries)
    return settle(entries, read_decisions(consensus, people))


def _agreed(grids: Sequence[Grid], settled: Settled, consensus: Path) -> tuple[list[Row], list[Row]]:
    form = grids[0].form
    answers: list[Row] = []
    overall: list[Row] = []
    issues = []
    # What is agreed stands in the rows of all reviewers; a row that only one of them has is found there.
    places = {key: place for grid in reversed(grids) for key, place in grid.places.items()}
    decided = {one.cell: one.decision.where for one in settled.differences if one.decision}
    for cell, text in settled.texts.items():
        key = (cell.study, cell.row)
        valid = form.overall if cell.column == OVERALL else form.answers_of(cell.column)
        value = form.answer_meant(text, valid) if text else None
        if text and value is None:
            message = f"'{text}' is not an answer of the form '{form.id}': {cell}"
            fix = nearest(text, [answer_words(answer) for answer in valid])
            issues.append(Issue("unknown-answer", message, decided.get(cell, str(consensus)), fix))
        place = {"__line__": 0, "__where__": places[key]}
        if cell.column == OVERALL:
            notes = [f"{grid.reviewer}: {grid.notes[key]}" for grid in grids if key in grid.notes]
            overall.append(overall_row(key, value, "; ".join(notes) or None, place))
        elif value is not None:
            answers.append(answer_row(key, form, cell.column, value, place))
    if issues:
        raise BuildStop(issues)
    return answers, overall
