"""Nothing is lost: every identified record is in exactly one terminal box, and in every box on its way there.

What each box should contain is computed a second time, from each record's trail and cluster, and compared id by id.
A sum that closes by chance, a record in two boxes or under another reason does not pass. Sides that are equal are
compared as numbers of rows; only what differs is looked at as ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from prismake.common import arrow
from prismake.common.errors import SHOWN, BuildStop, Issue, counted, some_of
from prismake.common.stages import role_of
from prismake.flow.boxes import (
    TERMINAL,
    Box,
    DeclaredStage,
    entry_id,
    positions_of,
    prefix,
    reasons_of,
    rules_of,
)
from prismake.flow.clusters import COLUMNS, Clusters
from prismake.flow.ids import NOWHERE, Ids, Rows, one_column, places

Places = npt.NDArray[np.int64]
FIX = "the tables under results/ disagree; build them again"


def _listed(ids: Sequence[str]) -> str:
    return some_of(ids, SHOWN)


def _compare(
    left: str, left_ids: Sequence[Sequence[str]], right: str, right_ids: Sequence[Sequence[str]]
) -> list[Issue]:
    """Faults where two sides that must contain the same records differ: the ids that each has alone, or more often.

    A side is the boxes, or lists of ids, that it consists of.
    """
    if _same(left_ids, right_ids):
        return []
    a, b = Counter(chain(*left_ids)), Counter(chain(*right_ids))
    issues = []
    for name, other, excess in ((left, right, a - b), (right, left, b - a)):
        if excess:
            ids = list(excess.elements())
            message = f"{name} contains {counted(len(ids), 'record')} that {other} does not: {_listed(ids)}"
            issues.append(Issue("boxes-differ", message, "flow", FIX))
    return issues


def _same(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> bool:
    """Whether two sides contain the same rows of one column of ids; False where they are not of one."""
    if one_column([*left, *right]) is None:
        return False
    a, b = (one_column(side) or [] for side in (left, right))
    if sum(map(len, a)) != sum(map(len, b)):
        return False
    return bool(np.array_equal(np.sort(_joined(a)), np.sort(_joined(b))))


def _joined(rows: Sequence[Rows]) -> Rows:
    return np.concatenate(rows) if rows else np.empty(0, np.int32)


def check_sums(boxes: Sequence[Box], stages: Sequence[DeclaredStage]) -> list[Issue]:
    """Faults of the arithmetic between boxes, by record: parts and wholes, what enters a stage and what leaves it."""
    ids = {box.id: box.records for box in boxes}
    issues: list[Issue] = []

    def must_equal(whole: str | list[str], pieces: Sequence[str]) -> None:
        wholes = [whole] if isinstance(whole, str) else whole
        left, right = ([ids[name] for name in names] for names in (wholes, pieces))
        issues.extend(_compare(" + ".join(wholes), left, " + ".join(pieces), right))

    def parts(parent: str, role: str) -> list[str]:
        return [box.id for box in boxes if box.parent == parent and box.role == role]

    lasts: list[str] = []
    ends: list[str] = []
    for column in dict.fromkeys(box.column for box in boxes if box.column):
        first = prefix(column)
        entries = [entry_id(stages, position, column) for position in positions_of(stages, column)]
        must_equal(f"{first}identified", parts(f"{first}identified", "source"))
        leaving = [
            box.id
            for box in boxes
            if box.column == column and (box.role in ("duplicates", "removed") or box.kind == "removal")
        ]
        unseen = {entry: _unseen_before(entry, ids) for entry in entries}
        must_equal(f"{first}identified", [*leaving, *unseen[entries[0]], entries[0]])
        for entry, following in zip(entries, [*entries[1:], ""], strict=True):
            own = entry.rpartition(".")[0]
            left = [f"{own}.excluded", *([f"{own}.pending"] if f"{own}.pending" in ids else [])]
            if following:
                must_equal(entry, [*left, *unseen[following], following])
            else:
                lasts.append(entry)
                ends += left
    must_equal(lasts, [*ends, "included"])
    for whole in boxes:
        for role in ("split", "reason"):
            if pieces := parts(whole.id, role):
                must_equal(whole.id, pieces)
    return issues


def _unseen_before(entry: str, ids: Collection[str]) -> list[str]:
    """The box of the records that nobody saw at a stage, by the box of those that entered it; none without a rule."""
    name = f"{entry.rpartition('.')[0]}.unseen"
    return [name] if name in ids else []


def check_ends(boxes: Sequence[Box]) -> list[Issue]:
    """Faults where an identified record ends in no box or in several, or a terminal record was never identified."""
    if _end_once(boxes):
        return []
    ends: defaultdict[str, list[str]] = defaultdict(list)
    for box in boxes:
        if box.role in TERMINAL:
            for identifier in box.records:
                ends[identifier].append(box.id)
    identified = [identifier for box in boxes if box.role == "identified" for identifier in box.records]
    issues = []
    if lost := [identifier for identifier in dict.fromkeys(identified) if identifier not in ends]:
        message = f"{counted(len(lost), 'record')} identified, but in none of the boxes at the end: {_listed(lost)}"
        issues.append(Issue("lost", message, "flow", FIX))
    for identifier, names in ends.items():
        if len(names) > 1:
            issues.append(Issue("two-ends", f"'{identifier}' ends in {' and in '.join(names)}", "flow", FIX))
    if foreign := sorted(set(ends) - set(identified)):
        issues.append(
            Issue(
                "foreign",
                f"{counted(len(foreign), 'record')} in a box, but in no export: {_listed(foreign)}",
                "flow",
                FIX,
            )
        )
    if twice := [identifier for identifier, n in Counter(identified).items() if n > 1]:
        issues.append(
            Issue("twice", f"{counted(len(twice), 'record')} identified twice: {_listed(twice)}", "flow", FIX)
        )
    return issues


def _end_once(boxes: Sequence[Box]) -> bool:
    """Whether each identified record is so once and ends once; False where that is not seen from rows alone."""
    ends, identified = ([box.records for box in boxes if box.role in roles] for roles in (TERMINAL, ("identified",)))
    if one_column([*ends, *identified]) is None:
        return False
    end, begin = (np.sort(_joined(one_column(side) or [])) for side in (ends, identified))
    return bool(np.array_equal(end, begin) and (end[1:] != end[:-1]).all())


def expected(
    clusters: Clusters, trail: pa.Table, stages: Sequence[DeclaredStage], searches: Sequence[str]
) -> dict[str, list[Ids]]:
    """Box id -> the records that it should contain, from each record's own trail.

    The source comes from the search (one of `searches`) that begins its id, duplicates from its cluster, everything
    else from the rows of its trail (record_id of the survivor, stage, decision, reason).
    """
    should: defaultdict[str, list[Ids]] = defaultdict(list)
    everyone = np.arange(len(clusters.names), dtype=np.int32)
    stands = clusters.representative == everyone

    def add(box: str, rows: Rows) -> None:
        should[box].append(Ids(rows, clusters.names))

    for number, column in enumerate(COLUMNS):
        own = clusters.column == number
        if own.any():
            add(f"{prefix(column)}identified", everyone[own])
            add(f"{prefix(column)}duplicates", everyone[own & ~stands])
    for search, rows in _by_search(clusters.names, searches):
        add(f"identified.{search}", rows)
    # The record that stands for each survivor; `NOWHERE` for what is no survivor.
    standing = np.full(len(everyone) + 1, NOWHERE, np.int32)
    standing[clusters.survivor[stands]] = everyone[stands]
    standing[NOWHERE] = NOWHERE
    stands_at = standing[places(trail["record_id"], clusters.names)]
    known = np.flatnonzero(stands_at != NOWHERE)
    rows, names = stands_at[known], [stage["id"] for stage in stages]
    for row, chosen in _alike(trail, ("stage", "decision", "reason"), known):
        for number, column in enumerate(COLUMNS):
            ours = rows[chosen][clusters.column[rows[chosen]] == number]
            for box in _boxes_at(row, stages, names.index(row["stage"]), column) if len(ours) else ():
                add(box, ours)
    last = np.full(len(everyone), NOWHERE, np.int64)
    last[rows] = known
    include = np.append(arrow.equal(trail["decision"], "include"), False)
    add("included", everyone[include[last]])
    return {box: ids for box, ids in should.items() if any(ids)}


def _by_search(names: pa.Array, searches: Sequence[str]) -> Iterator[tuple[str, Rows]]:
    """The rows whose ids begin with each search; ids that begin otherwise are sources of their own."""
    left = np.ones(len(names), bool)
    for search in searches:
        own = arrow.every_truth(pc.starts_with(names, f"{search}:"))
        left &= ~own
        yield search, np.flatnonzero(own).astype(np.int32)
    for row in np.flatnonzero(left).tolist():
        yield str(names[row]).partition(":")[0], np.array([row], np.int32)


def _alike(table: pa.Table, columns: Sequence[str], rows: Places) -> Iterator[tuple[dict[str, str], Rows]]:
    """(cells, places among the `rows`) of rows that are equal in some columns: many rows, few combinations."""
    cells = {name: arrow.codes_of(table[name]) for name in columns}
    codes = np.zeros(len(rows), np.int64)
    for numbers, texts in cells.values():
        codes = codes * len(texts) + numbers[rows]
    order = np.argsort(codes, kind="stable").astype(np.int32)
    for at in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1) if len(order) else ():
        first = rows[at[0]]
        yield {name: texts[numbers[first]] for name, (numbers, texts) in cells.items()}, at


def _boxes_at(row: Mapping[str, str], stages: Sequence[DeclaredStage], position: int, column: str) -> list[str]:
    """The boxes in which a row of the trail puts its record."""
    stage = stages[position]
    by_rule = row["reason"] in rules_of(stage)
    if role_of(stages, position) == "removal":
        if row["decision"] == "pending":
            return [f"{stage['id']}.pending"]
        box = "removed.automation" if by_rule else "removed.other"
        return [box, f"{box}.{row['reason']}"] if row["decision"] == "exclude" else []
    own = f"{prefix(column)}{stage['id']}"
    if row["decision"] == "unseen":
        return [f"{own}.unseen"]
    boxes = [entry_id(stages, position, column)]
    if row["decision"] == "pending":
        return [*boxes, f"{own}.pending"]
    if row["decision"] == "exclude":
        boxes.append(f"{own}.excluded")
        boxes += [f"{own}.{'automation' if by_rule else 'human'}"] if rules_of(stage) else []
        boxes += [f"{own}.excluded.{row['reason']}"] if reasons_of(stage) else []
    return boxes


def check_flow(
    boxes: Sequence[Box], clusters: Clusters, trail: pa.Table, stages: Sequence[DeclaredStage], searches: Sequence[str]
) -> None:
    """Checks that the flow closes, record by record. Raises BuildStop naming the boxes and the ids at fault."""
    issues = check_sums(boxes, stages) + check_ends(boxes)
    should = expected(clusters, trail, stages, searches)
    filled: defaultdict[str, list[Sequence[str]]] = defaultdict(list)
    for box in boxes:
        # A search's records of both kinds are one source.
        name = ".".join(box.id.split(".")[:2]) if box.role == "source" else box.id
        filled[name].append(box.records)
    for name in dict.fromkeys([*filled, *should]):
        issues += _compare(name, filled.get(name, []), "the screening trail", should.get(name, []))
    if issues:
        raise BuildStop(issues)
