"""Numbers that changed between two builds, and why: the ledger's values beside the records and cells behind them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import some_of, stop
from prismake.common.records import split_list
from prismake.common.values import Ledger, Value, ledger_of
from prismake.common.writing import read_rows
from prismake.web.labels import labels_of

COLUMNS = ("value", "old", "new", "used", "why")
RECORD_COLUMNS = ("record_id", "title", "old", "new")
VALUES, FLOW, USED = "values.json", "flow.json", "manuscript/values_used.csv"
# Ids of records or cells that one cell of the table names; the rest is counted, and the table of records holds all.
NAMED = 5
ABSENT = "–"


@dataclass(frozen=True)
class Build:
    """A finished build: values and the studies behind them by name, the records in each box, where each is used; what
    each box is called.
    """

    values: dict[str, str]
    behind: dict[str, tuple[str, ...]]
    studies: dict[str, dict[str, str]]
    boxes: dict[str, tuple[str, ...]]
    titles: dict[str, str]
    uses: dict[str, tuple[str, ...]]
    labels: dict[str, str]


@dataclass
class Change:
    """One value that changed: its dotted name, both values, where the text uses it, and why it changed."""

    value: str
    old: str
    new: str
    used: str
    why: str


def _read(path: Path) -> Any:
    if not path.is_file():
        raise stop("no-build", "the result does not exist", where=str(path), fix="build the review first")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise stop("no-build", f"is not what a build wrote: {fault}", where=str(path), fix="build again") from None


def _shown(value: Value) -> str:
    plain = value.value
    if isinstance(plain, list):
        return ", ".join(" ".join(map(str, item.values())) if isinstance(item, dict) else str(item) for item in plain)
    return "" if plain is None else str(plain)


def _once(ledger: Ledger) -> Ledger:
    """The values without the second names of those that a group has as its own number."""
    return {
        name: value
        for name, value in ledger.items()
        if not (name.endswith((".value", ".n")) and ledger.get(name.rpartition(".")[0]) == value)
    }


def read_build(results: Path) -> Build:
    """Reads values.json, flow.json with its lists and the table of used values. Raises BuildStop without them."""
    ledger = _once(ledger_of(_read(results / VALUES), str(results / VALUES)))
    studies: dict[str, dict[str, str]] = {}
    for name in [name for name in ledger if name.startswith("studies.")]:
        _, study, column = name.split(".", 2)
        studies.setdefault(study, {})[column] = _shown(ledger.pop(name))
    boxes, titles, counted = {}, {}, _read(results / FLOW)["boxes"]
    for box in counted:
        rows = (
            read_rows(results / "flow" / f"{box['id']}.csv")
            if (results / "flow" / f"{box['id']}.csv").is_file()
            else []
        )
        boxes[box["id"]] = tuple(row["record_id"] for row in rows)
        titles.update({row["record_id"]: row.get("title", "") for row in rows})
    uses: dict[str, list[str]] = {}
    for row in read_rows(results / USED) if (results / USED).is_file() else []:
        for name in split_list(row["values"]):
            place = f"{row['file']}:{row['line']}"
            if place not in uses.setdefault(name, []):
                uses[name].append(place)
    return Build(
        {name: _shown(value) for name, value in ledger.items()},
        {name: value.studies for name, value in ledger.items()},
        studies,
        boxes,
        titles,
        {name: tuple(places) for name, places in uses.items()},
        labels_of(counted),
    )


def place_of(record: str, build: Build) -> str:
    """The last box of the flow that contains a record, or empty."""
    holding = [box for box, records in build.boxes.items() if record in records]
    last = ("duplicates", "included", "pending", "unseen")
    ends = [box for box in holding if "excluded" in box or box.rpartition(".")[2] in last]
    return max(ends or holding, key=lambda box: (box.count("."), len(box)), default="")


def _grouped(records: list[str], there: Build, sign: str, absent: str, words: str) -> list[str]:
    """Records by where the other build has them: `+2 embase:1, embase:2 (not in the old exports)`."""
    groups: dict[str, list[str]] = {}
    for record in records:
        groups.setdefault(place_of(record, there), []).append(record)
    return [
        f"{sign}{len(members)} {some_of(members, NAMED)} ({f'{words} “{there.labels[place]}”' if place else absent})"
        for place, members in groups.items()
    ]


def why_box(box: str, old: Build, new: Build) -> str:
    """Why a box of the flow changed: the records that came and went, and where they were or are now."""
    before, after = old.boxes.get(box, ()), new.boxes.get(box, ())
    came = [record for record in after if record not in set(before)]
    went = [record for record in before if record not in set(after)]
    return "; ".join(
        _grouped(came, old, "+", "not in the old exports", "was in")
        + _grouped(went, new, "−", "no longer in the exports", "now in")
    )


def _is_number(text: str) -> bool:
    return not text or text.replace(".", "", 1).removeprefix("-").isdigit()


def cell_changes(old: Build, new: Build, studies: set[str] | None = None, *, numeric: bool = False) -> list[str]:
    """What changed in the extraction: studies that came and went, and every cell with both its values.

    `studies` bounds it to some, `numeric` to cells that hold numbers, which alone a pooled figure can come from.
    """
    changes = []
    for study in [*old.studies, *(name for name in new.studies if name not in old.studies)]:
        if studies is not None and study not in studies:
            continue
        if study not in old.studies or study not in new.studies:
            changes.append(f"study {study} {'added' if study in new.studies else 'removed'}")
            continue
        before, after = old.studies[study], new.studies[study]
        for column in dict.fromkeys((*before, *after)):
            cells = before.get(column, ""), after.get(column, "")
            if cells[0] != cells[1] and not (numeric and not all(map(_is_number, cells))):
                was, now = before.get(column, ABSENT) or ABSENT, after.get(column, ABSENT) or ABSENT
                changes.append(f"{study}.{column}: {was} → {now}")
    return changes


def _contributing(name: str, old: Build, new: Build) -> set[str] | None:
    """The studies behind a value; nothing where it rests on none."""
    return {study for build in (old, new) for study in build.behind.get(name, ())} or None


def _why(name: str, old: Build, new: Build) -> str:
    box = {box.replace(".", "_"): box for build in (old, new) for box in build.boxes}.get(name.removeprefix("flow."))
    if name.startswith("flow.") and box:
        return why_box(box, old, new)
    if name.startswith("search.") and (box := {f"search.{b.rpartition('.')[2]}": b for b in new.boxes}.get(name)):
        return why_box(box, old, new)
    if name.startswith("search."):
        return "the searches in config.yaml"
    changes = cell_changes(old, new, _contributing(name, old, new), numeric=name.startswith("pooled.")) or cell_changes(
        old, new
    )
    if changes:
        return "; ".join(changes[:NAMED]) + (f"; and {len(changes) - NAMED} more" if len(changes) > NAMED else "")
    return "the appraisal" if name.startswith("appraisal.") else "the settings or the workflow itself"


def changed_numbers(old: Build, new: Build) -> list[Change]:
    """Every value of the ledger that differs, those that the text uses first, then in the ledger's order."""
    names = [name for name in dict.fromkeys((*old.values, *new.values)) if old.values.get(name) != new.values.get(name)]
    changes = []
    for name in names:
        used = new.uses.get(name) or old.uses.get(name) or ()
        was, now = old.values.get(name, ABSENT), new.values.get(name, ABSENT)
        changes.append(Change(name, was, now, "; ".join(used), _why(name, old, new)))
    return sorted(changes, key=lambda change: not change.used)


def moved_records(old: Build, new: Build) -> list[dict[str, str]]:
    """Every record that ended in another box, came or went: record_id, title, old, new (a box; empty: not there)."""
    rows = []
    for record in dict.fromkeys((*old.titles, *new.titles)):
        before, after = place_of(record, old), place_of(record, new)
        if before != after:
            title = new.titles.get(record) or old.titles.get(record, "")
            rows.append({"record_id": record, "title": title, "old": before, "new": after})
    return rows


def _cell(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|$^~@#{}])", r"\\\1", " ".join(text.split()))


def as_markdown(changes: list[Change], moved: list[dict[str, str]]) -> str:
    """The table of changed numbers for a person, with the counts of records that moved."""
    lines = ["# Numbers that changed and why", ""]
    if not changes:
        lines.append("No value changed.")
    else:
        lines += ["| value | old | new | where the text uses it | why |", "|---|---|---|---|---|"]
        lines += [
            f"| {' | '.join(map(_cell, (change.value, change.old, change.new, change.used, change.why)))} |"
            for change in changes
        ]
    if moved:
        lines += ["", "# Records that ended elsewhere", "", "| record | title | old | new |", "|---|---|---|---|"]
        lines += [
            f"| {_cell(row['record_id'])} | {_cell(row['title'])} | {_cell(row['old']) or ABSENT} "
            f"| {_cell(row['new']) or ABSENT} |"
            for row in moved
        ]
    return "\n".join([*lines, ""])
