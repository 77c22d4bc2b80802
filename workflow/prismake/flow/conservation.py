"""Nothing is lost: every identified record is in exactly one terminal box, and in every box on its way there.

What each box should contain is computed a second time, from each record's trail and cluster, and compared id by id.
A sum that closes by chance, a record in two boxes or under another reason does not pass.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from prismake.common.errors import SHOWN, BuildStop, Issue, counted, some_of
from prismake.common.stages import role_of
from prismake.flow.boxes import (
    TERMINAL,
    Box,
    Clusters,
    DeclaredStage,
    entry_id,
    positions_of,
    prefix,
    reasons_of,
    rules_of,
)

FIX = "the tables under results/ disagree; build them again"


def _listed(ids: Sequence[str]) -> str:
    return some_of(ids, SHOWN)


def _compare(left: str, left_ids: Iterable[str], right: str, right_ids: Iterable[str]) -> list[Issue]:
    """Faults where two sides that must contain the same records differ: the ids that each has alone, or more often."""
    left_ids, right_ids = list(left_ids), list(right_ids)
    if left_ids == right_ids:
        return []
    a, b = Counter(left_ids), Counter(right_ids)
    issues = []
    for name, other, excess in ((left, right, a - b), (right, left, b - a)):
        if excess:
            ids = list(excess.elements())
            message = f"{name} contains {counted(len(ids), 'record')} that {other} does not: {_listed(ids)}"
            issues.append(Issue("boxes-differ", message, "flow", FIX))
    return issues


def check_sums(boxes: Sequence[Box], stages: Sequence[DeclaredStage]) -> list[Issue]:
    """Faults of the arithmetic between boxes, by record: parts and wholes, what enters a stage and what leaves it."""
    ids = {box.id: box.records for box in boxes}
    issues: list[Issue] = []

    def must_equal(whole: str | list[str], pieces: Sequence[str]) -> None:
        wholes = [whole] if isinstance(whole, str) else whole
        left, right = ([i for name in names for i in ids[name]] for names in (wholes, pieces))
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


def expected(
    records: Sequence[Mapping[str, str]],
    clusters: Clusters,
    trail: Sequence[Mapping[str, str]],
    stages: Sequence[DeclaredStage],
) -> dict[str, list[str]]:
    """Box id -> the records that it should contain, from each record's own trail.

    The source comes from the search that begins its id, duplicates from its cluster, everything else from the rows
    of its trail (record_id of the survivor, stage, decision, reason).
    """
    names = [stage["id"] for stage in stages]
    rows_of: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in trail:
        rows_of[row["record_id"]].append(row)
    should: defaultdict[str, list[str]] = defaultdict(list)
    # Many records, few combinations of stage, decision, reason and column.
    at: dict[tuple[str, str, str, str], list[list[str]]] = {}
    for record in records:
        name, column = record["record_id"], clusters.column[record["record_id"]]
        first = prefix(column)
        should[f"{first}identified"].append(name)
        should[f"identified.{name.partition(':')[0]}"].append(name)
        if clusters.representative[name] != name:
            should[f"{first}duplicates"].append(name)
            continue
        rows = rows_of[clusters.survivor[name]]
        for row in rows:
            key = (row["stage"], row["decision"], row["reason"], column)
            if key not in at:
                at[key] = [should[box] for box in _boxes_at(row, stages, names.index(row["stage"]), column)]
            for box in at[key]:
                box.append(name)
        if rows and rows[-1]["decision"] == "include":
            should["included"].append(name)
    return dict(should)


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
    boxes: Sequence[Box],
    records: Sequence[Mapping[str, str]],
    clusters: Clusters,
    trail: Sequence[Mapping[str, str]],
    stages: Sequence[DeclaredStage],
) -> None:
    """Checks that the flow closes, record by record. Raises BuildStop naming the boxes and the ids at fault."""
    issues = check_sums(boxes, stages) + check_ends(boxes)
    should = expected(records, clusters, trail, stages)
    filled: defaultdict[str, list[str]] = defaultdict(list)
    for box in boxes:
        # A search's records of both kinds are one source.
        name = ".".join(box.id.split(".")[:2]) if box.role == "source" else box.id
        filled[name] += box.records
    for name in dict.fromkeys([*filled, *should]):
        issues += _compare(name, filled.get(name, []), "the screening trail", should.get(name, []))
    if issues:
        raise BuildStop(issues)
