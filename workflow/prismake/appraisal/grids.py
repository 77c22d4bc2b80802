"""Appraisals in a workbook: one sheet per form and reviewer, one row per study, one column per item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prismake.appraisal.forms import Form
from prismake.common.double_entry import Cell, Settled, read_decisions, settle
from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.inference import STUDY
from prismake.common.sheet_cells import SheetTable, column_name, grid_name, sheet_table, sheet_titles
from prismake.common.tables import Row

OVERALL, NOTE = "overall", "note"
# Two reviewers are compared.
PAIR = 2


@dataclass
class Grid:
    """The answers on one sheet: (study, item) -> answer with its place; `overall` and `notes` by study likewise."""

    form: Form
    reviewer: str
    answers: dict[tuple[str, str], Row] = field(default_factory=dict)
    overall: dict[str, Row] = field(default_factory=dict)


def item_header(item: str, subject: str) -> str:
    """The header of an item's column: `1. inclusion criteria`."""
    return f"{item}. {subject}" if subject else item


def answer_words(answer: str) -> str:
    """How a drop-down list names an answer: not_applicable is `not applicable`."""
    return answer.replace("_", " ")


def item_of(header: str, form: Form) -> str | None:
    """The item that a header means: its id, alone or before a point, a colon or a blank; None where it means none."""
    text = " ".join(header.split())
    for item in sorted(form.items, key=len, reverse=True):
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


def _fill(grid: Grid, table: SheetTable) -> Iterator[Issue]:
    """Reads the rows of a sheet into a grid; its faults."""
    form, where = grid.form, table.row(table.header_row)
    names = [column_name(text) for text in table.header]
    if STUDY not in names:
        yield Issue("missing-column", f"column '{STUDY}' is missing", where, "add it to the header")
        return
    items = {item: at for at, text in enumerate(table.header) if (item := item_of(text, form))}
    if missing := [item for item in form.items if item not in items]:
        message = f"no column for item {', '.join(missing)} of the form '{form.id}'"
        yield Issue(
            "missing-column", message, where, f"head it '{missing[0]}', or write it again with `prismake extract`"
        )
    unknown: dict[str, list[str]] = {}
    seen: dict[str, int] = {}
    for number, cells in table.rows:
        study = cells[names.index(STUDY)]
        note = cells[names.index(NOTE)] if NOTE in names else ""
        place = {"__line__": number, "__where__": table.row(number)}
        if not study:
            yield Issue("no-study", "the row names no study", table.row(number), f"give its {STUDY}, or delete the row")
            continue
        if seen.setdefault(study, number) != number:
            message = f"study '{study}' already occurs in row {seen[study]}"
            yield Issue("twice", message, table.row(number), "keep one of the rows")
        answered = {item: cells[at] for item, at in items.items() if cells[at]}
        for item, text in answered.items():
            answer = _known(text, form.answers)
            if answer is None:
                unknown.setdefault(text, []).append(table.cell(number, items[item]))
                continue
            row = {STUDY: study, "form": form.id, "item": item, "answer": answer, "note": None, **place}
            grid.answers[study, item] = row
        overall = cells[names.index(OVERALL)] if OVERALL in names else ""
        if overall and (decided := _known(overall, form.overall)) is None:
            unknown.setdefault(overall, []).append(table.cell(number, names.index(OVERALL)))
        elif overall or (answered and form.overall):
            decided = _known(overall, form.overall) if overall else None
            grid.overall[study] = {STUDY: study, "overall": decided, "note": note or None, **place}
    valid = [answer_words(answer) for answer in (*form.answers, *form.overall)]
    for text, places in unknown.items():
        more = f", and in {len(places) - 1} more cells" if len(places) > 1 else ""
        message = f"'{text}' is not an answer of the form '{form.id}'{more}"
        yield Issue("unknown-answer", message, places[0], nearest(text, valid))


def _known(text: str, answers: Sequence[str]) -> str | None:
    """The form's answer that a cell means, whatever its case, blanks and marks."""
    name = column_name(f"x {text}")
    return next((answer for answer in answers if column_name(f"x {answer}") == name), None)


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
        made = _agreed(signed[0].form, agreed, consensus)
        answers += made[0]
        overall += made[1]
    return answers, overall, settled


def settle_grids(grids: Sequence[Grid], consensus: Path) -> Settled:
    """What the reviewers of one form agree on."""
    entries: dict[str, dict[Cell, str]] = {}
    studies = dict.fromkeys(study for grid in grids for study in (*(key[0] for key in grid.answers), *grid.overall))
    for grid in grids:
        form = grid.form
        own = entries.setdefault(grid.reviewer, {})
        for study in studies:
            for item in form.items:
                own[Cell(form.id, study, "", item)] = grid.answers.get((study, item), {}).get("answer") or ""
            if form.overall:
                own[Cell(form.id, study, "", OVERALL)] = grid.overall.get(study, {}).get("overall") or ""
    people = list(entries)
    return settle(entries, read_decisions(consensus, people))


def _agreed(form: Form, settled: Settled, consensus: Path) -> tuple[list[Row], list[Row]]:
    answers: list[Row] = []
    overall: list[Row] = []
    issues = []
    for cell, text in settled.texts.items():
        valid = form.overall if cell.column == OVERALL else form.answers
        value = _known(text, valid) if text else None
        if text and value is None:
            message = f"'{text}' is not an answer of the form '{form.id}': {cell}"
            issues.append(Issue("unknown-answer", message, str(consensus), nearest(text, list(valid))))
        place = {"__line__": 0, "__where__": f"{consensus}, form '{form.id}', study '{cell.study}'"}
        if cell.column == OVERALL:
            overall.append({STUDY: cell.study, "overall": value, "note": None, **place})
        elif value is not None:
            row = {STUDY: cell.study, "form": form.id, "item": cell.column, "answer": value, "note": None}
            answers.append({**row, **place})
    if issues:
        raise BuildStop(issues)
    return answers, overall
