"""Numbers, decisions and the truth: all that the exports do not hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from tools.example.catalogue import Work
from tools.example.changes import Entry, members
from tools.example.draw import Draw

# First digits that no real number has today; works that exist take 99, so that they stand apart.
NUMBERS = {"P": ("{}", 6), "E": ("L{}", 8), "C": ("CN-{}", 6)}
DECISION_COLUMNS = ("record_id", "stage", "decision", "reason", "note")
TRUTH_COLUMNS = (
    "record_id", "work", "real", "copies", "changes", "near_miss", "group", "stage", "decision", "reason",
)  # fmt: skip


def accessions(works: Sequence[Work]) -> dict[str, dict[str, str]]:
    """For each work the accession number of each of its records, in ranges that no database has reached."""
    draw = Draw("accessions")
    taken: set[str] = set()
    numbers: dict[str, dict[str, str]] = {}
    for work in works:
        numbers[work.key] = {}
        for letter, name in members(work):
            form, digits = NUMBERS[letter]
            number = ""
            while not number or number in taken:
                lead = 99 if work.real else draw.whole(90, 98)
                number = form.format(f"{lead}{draw.whole(0, 10**digits - 1):0{digits}d}")
            taken.add(number)
            numbers[work.key][name] = number
    return numbers


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def truth(made: Sequence[Entry]) -> bytes:
    """One row per record: the work that it is a record of, how it differs, and where the work leaves the review."""
    rows = [
        {
            "record_id": entry.record_id,
            "work": entry.work.key,
            "real": "yes" if entry.work.real else "no",
            "copies": len(entry.work.found_in),
            "changes": "; ".join(entry.changed),
            "near_miss": entry.work.near_miss,
            "group": entry.work.group,
            "stage": entry.work.stage,
            "decision": entry.work.decision,
            "reason": entry.work.reason,
        }
        for entry in made
    ]
    return _csv(TRUTH_COLUMNS, rows)


def decisions(by_work: Mapping[str, list[Entry]]) -> bytes:
    """The human decisions, each naming any one record of its cluster: abstract stage first, then full texts."""
    draw = Draw("decisions")
    abstract: list[dict[str, str]] = []
    fulltext: list[dict[str, str]] = []
    for made in by_work.values():
        work = made[0].work
        if work.stage == "title":
            continue
        row = {"record_id": draw.pick(made).record_id, "stage": "abstract", "decision": "include"}
        if work.stage == "abstract":
            row |= {"decision": "exclude", "reason": work.reason, "note": work.remark}
        abstract.append(row)
        if work.stage == "fulltext":
            row = {"record_id": draw.pick(made).record_id, "stage": "fulltext", "decision": work.decision}
            if work.decision == "exclude":
                row |= {"reason": work.reason, "note": work.remark}
            fulltext.append(row)
    return _csv(DECISION_COLUMNS, draw.order(abstract) + draw.order(fulltext))


def reports(by_work: Mapping[str, list[Entry]]) -> bytes:
    """Which record reports which included study; a study's id is the citation key of its main report."""
    rows = [
        {"record_id": made[0].record_id, "study_id": key}
        for key, made in by_work.items()
        if made[0].work.decision == "include"
    ]
    return _csv(("record_id", "study_id"), rows)
