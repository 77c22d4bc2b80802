"""The boxes of the flow: each is a list of record ids, and its number is the length of that list.

Box ids, in reading order: `identified`, `identified.<search>`, `duplicates`, `removed.automation` and `removed.other`
(what left before screening), then for every stage `<stage>.unseen` (where it has a stopping rule: what nobody had seen
when screening stopped), `<stage>.screened` (the last stage: `<stage>.assessed`), `<stage>.excluded`,
`<stage>.automation` and `<stage>.human` (where the stage has rules), `<stage>.excluded.<reason>`, `<stage>.pending`
(only where records wait), and `included` at the end. Records that only searches by other methods
found stand in boxes of the same names that begin with `other.`. The arithmetic is that of the PRISMA 2020 flow
diagram (Page et al, BMJ 2021;372:n71).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prismake.common import arrow
from prismake.common.arrow import equal, is_in, whole
from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.stages import asks_other_methods, role_of
from prismake.flow.clusters import COLUMNS, DATABASES, Clusters, column_of
from prismake.flow.ids import NOWHERE, Ids, places

# The default labels of the boxes, in the words of PRISMA 2020. A label that ends with a colon heads the lines below it
# and has no number of its own.
LABELS = {
    "heading": "Identification of studies via {sources}",
    "heading.other": "Identification of studies via other methods",
    "phase.identification": "Identification",
    "phase.screening": "Screening",
    "phase.included": "Included",
    "identified": "Records identified from:",
    "identified.databases": "Databases",
    "identified.registers": "Registers",
    "removed": "Records removed before screening:",
    "duplicates": "Duplicate records removed",
    "removed.automation": "Records marked as ineligible by automation tools",
    "removed.other": "Records removed for other reasons",
    "included": "Reports of included studies",
    "included.studies": "Studies included in review",
}
# Boxes that only reviews with searches by other methods have, and those of an updated review.
OTHER_LABELS = {
    "other.identified": "Records identified from:",
    "other.identified.website": "Websites",
    "other.identified.organisation": "Organisations",
    "other.identified.citation": "Citation searching",
    "other.identified.other": "Other methods",
    "other.duplicates": "Duplicate records removed",
}
UPDATED_LABELS = {
    "heading": "Identification of new studies via {sources}",
    "heading.other": "Identification of new studies via other methods",
    "heading.previous": "Previous studies",
    "previous": "Studies included in previous version of review",
    "previous.reports": "Reports of studies included in previous version of review",
    "included": "Reports of new included studies",
    "included.studies": "New studies included in review",
    "total": "Total studies included in review",
    "total.reports": "Reports of total included studies",
}
# By the role of a stage: what enters, what leaves, what waits, what nobody saw before screening stopped.
ROLE_LABELS = {
    "screening": (
        "Records screened",
        "Records excluded",
        "Records awaiting a decision",
        "Records not screened, as the stopping rule was met",
    ),
    "retrieval": (
        "Reports sought for retrieval",
        "Reports not retrieved",
        "Reports awaiting retrieval",
        "Reports not sought, as the stopping rule was met",
    ),
    "assessment": (
        "Reports assessed for eligibility",
        "Reports excluded",
        "Reports awaiting a decision",
        "Reports not assessed, as the stopping rule was met",
    ),
}
STAGE_LABELS = {
    "title": ("Titles screened", "Records excluded by title"),
    "abstract": ("Abstracts screened", "Records excluded by abstract"),
}
SPLIT_LABELS = {"automation": "By automation tools", "human": "By a human"}
METHODS = ("website", "organisation", "citation", "other")
KINDS = ("database", "register")
# The boxes in which a record ends.
TERMINAL = ("duplicates", "removed", "unseen", "excluded", "pending", "included")

DeclaredStage = Mapping[str, Any]


@dataclass(frozen=True)
class Box:
    """One box.

    `role` is identified, source, duplicates, removed, unseen, screened, excluded, split (by automation or a human),
    reason, pending, included or added; `stage` the stage it belongs to ("" outside screening); `kind` what a source is
    (database, register or a method) and which part the stage plays, or who gave a reason
    where the stage has rules; `column` databases or other ("" for what both
    share); `parent` the box that holds all its records ("" for a box by itself).
    """

    id: str
    label: str
    records: Sequence[str]
    role: str
    stage: str = ""
    kind: str = ""
    column: str = "databases"
    parent: str = ""

    @property
    def n(self) -> int:
        """The number that the box shows."""
        return len(self.records)


def prefix(column: str) -> str:
    """What the ids of a column's boxes begin with."""
    return "other." if column == "other" else ""


def entry_id(stages: Sequence[DeclaredStage], position: int, column: str) -> str:
    """Id of the box of what enters a stage: the last stage assesses, those before it screen."""
    role = "assessed" if position == len(stages) - 1 else "screened"
    return f"{prefix(column)}{stages[position]['id']}.{role}"


def rules_of(stage: DeclaredStage) -> dict[str, str]:
    """The rules of a stage, code to text: reasons that no person gave."""
    return {rule["id"]: rule.get("label") or rule["id"] for rule in stage.get("rules") or []}


def reasons_of(stage: DeclaredStage) -> dict[str, str]:
    """Why a record may leave at a stage: rules and declared reasons, code to text, in their order in config.yaml."""
    return rules_of(stage) | dict(stage.get("reasons") or {})


def columns_of(searches: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns that a review has; a review with searches by other methods alone has both."""
    return ["databases", "other"] if any(column_of(search) == "other" for search in searches) else ["databases"]


def positions_of(stages: Sequence[DeclaredStage], column: str) -> list[int]:
    """The stages that a column's records go through and that show a box of what enters: not the removal."""
    return [
        position
        for position in range(len(stages))
        if role_of(stages, position) != "removal" and (column != "other" or asks_other_methods(stages, position))
    ]


def _stage_labels(stages: Sequence[DeclaredStage], position: int, column: str) -> dict[str, str]:
    stage = stages[position]
    name, role = stage["id"], role_of(stages, position)
    known = ROLE_LABELS[role]
    several = sum(role_of(stages, other) == role for other in range(len(stages))) > 1
    entered, left = STAGE_LABELS.get(name, tuple(f"{text} ({name})" if several else text for text in known[:2]))
    own = f"{prefix(column)}{name}"
    labels = {
        entry_id(stages, position, column): stage.get("label") or entered,
        f"{own}.excluded": stage.get("excluded_label") or left,
        f"{own}.pending": known[2],
    }
    if stage.get("stopping_rule"):
        labels[f"{own}.unseen"] = f"{known[3]} ({name})" if several else known[3]
    labels |= {f"{own}.{half}": text for half, text in SPLIT_LABELS.items()} if rules_of(stage) else {}
    return labels | {f"{own}.excluded.{code}": text for code, text in reasons_of(stage).items()}


def _removal_labels(stage: DeclaredStage) -> dict[str, str]:
    labels = {f"{stage['id']}.pending": ROLE_LABELS["screening"][2]}
    labels |= {f"removed.automation.{code}": text for code, text in rules_of(stage).items()}
    return labels | {f"removed.other.{code}": text for code, text in (stage.get("reasons") or {}).items()}


def _including(label: str, includes: str) -> str:
    """A label of PRISMA 2020 for a review that includes something else than studies."""
    return label.replace("studies", includes).replace("Studies", includes[0].upper() + includes[1:])


def make_labels(
    configured: Mapping[str, str],
    stages: Sequence[DeclaredStage],
    searches: Sequence[Mapping[str, Any]],
    *,
    updated: bool = False,
    includes: str = "studies",
) -> dict[str, str]:
    """The label of every box this review can have; `includes` is what it includes, in the plural.

    Raises BuildStop for a label of a box that cannot be.
    """
    columns = columns_of(searches)
    labels = LABELS | (OTHER_LABELS if "other" in columns else {}) | (UPDATED_LABELS if updated else {})
    labels = {name: _including(label, includes) for name, label in labels.items()}
    if "other" not in columns:
        labels.pop("heading.other")
    kinds = sorted({f"{search.get('kind', 'database')}s" for search in searches if column_of(search) == "databases"})
    labels["heading"] = labels["heading"].format(sources=" and ".join(kinds) or "databases and registers")
    for search in searches:
        labels |= {f"identified.{search['id']}": search["database"]}
        labels |= {f"identified.{search['id']}.{kind}": search["database"] for kind in KINDS}
    for position, stage in enumerate(stages):
        if role_of(stages, position) == "removal":
            labels |= _removal_labels(stage)
    for column in columns:
        for position in positions_of(stages, column):
            labels |= _stage_labels(stages, position, column)
    if issues := [
        Issue("unknown-label", f"there is no box '{name}'", "config.yaml, flow.labels", nearest(name, list(labels)))
        for name in configured
        if name not in labels
    ]:
        raise BuildStop(issues)
    return labels | dict(configured)


def _sources(
    records: pa.Table, clusters: Clusters, search: Mapping[str, Any], labels: Mapping[str, str], kinds: str
) -> list[Box]:
    """The box of a search; with `kinds` record, a second one for its records of the other kind."""
    column, name = column_of(search), f"identified.{search['id']}"
    kind = search.get("method", "other") if column == "other" else search.get("kind", "database")
    parent = f"{prefix(column)}identified"
    rows = np.flatnonzero(equal(records["search"], search["id"]))

    def box(name: str, kind: str, rows: npt.NDArray[np.int64]) -> Box:
        return Box(name, labels[name], Ids(rows, clusters.names), "source", "", kind, column, parent)

    if column == "other" or kinds == "search":
        return [box(name, kind, rows)]
    other = next(each for each in KINDS if each != kind)
    is_other = equal(records["kind"], other)[rows]
    second = [box(f"{name}.{other}", other, rows[is_other])] if is_other.any() else []
    return [box(name, kind, rows[~is_other]), *second]


class Outcomes:
    """The outcome of each unique record (record_id, stage, decision, reason), as `make_boxes` fills boxes from it.

    `ids` are the records that stand for them in the flow, in the order of screening.
    """

    def __init__(self, screening: pa.Table, clusters: Clusters) -> None:
        self.clusters = clusters
        known = places(screening["record_id"], clusters.names)
        rows = np.where(known == NOWHERE, NOWHERE, clusters.representative[known])
        foreign = np.flatnonzero(rows == NOWHERE)
        # What is in no export stands behind the records.
        rows[foreign] = len(clusters.names) + np.arange(len(foreign))
        names = clusters.names
        if len(foreign):
            names = pa.concat_arrays([names, whole(screening["record_id"].take(arrow.places(foreign)))])
        self.names, self.ids = names, Ids(rows, names)
        self.column = np.append(clusters.column, np.full(len(foreign), DATABASES, np.int8))[rows]
        self._columns = {name: screening[name] for name in ("stage", "decision", "reason")}

    def ids_of(
        self,
        column: str | None,
        decision: str,
        stages: Sequence[str],
        reasons: Collection[str] | None = None,
        *,
        other: bool = False,
    ) -> Ids:
        """The records of a column (None: of any) with a decision at one of the stages, for one of the reasons.

        With `other`, for any other reason.
        """
        chosen = equal(self._columns["decision"], decision) & is_in(self._columns["stage"], stages)
        if column is not None:
            chosen &= self.column == COLUMNS.index(column)
        if reasons is not None:
            chosen &= is_in(self._columns["reason"], list(reasons)) != other
        return self.ids.chosen(chosen)

    def entered(self, column: str, stages: Sequence[str], name: str) -> Ids:
        """The records of a column that ended at one of the stages, but for those that nobody saw at the first."""
        unseen = equal(self._columns["decision"], "unseen") & equal(self._columns["stage"], name)
        chosen = is_in(self._columns["stage"], stages) & (self.column == COLUMNS.index(column))
        return self.ids.chosen(chosen & ~unseen)

    def included(self) -> Ids:
        """The records at the end of the flow."""
        return self.ids.chosen(equal(self._columns["decision"], "include"))


def make_boxes(
    records: pa.Table,
    outcomes: Outcomes,
    stages: Sequence[DeclaredStage],
    searches: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    *,
    kinds: str = "search",
) -> list[Box]:
    """All boxes in reading order.

    `records` (record_id, search, kind) are the imported records, `outcomes` those of the unique records; `kinds` tells
    whether its search or the record itself makes it a register's. Each box is filled from its own table, not from its
    neighbours, so that `check_flow` can find tables that disagree.
    """
    clusters, columns = outcomes.clusters, columns_of(searches)
    boxes: list[Box] = []
    for column in columns:
        name = f"{prefix(column)}identified"
        rows = np.flatnonzero(clusters.column == COLUMNS.index(column))
        boxes.append(Box(name, labels[name], Ids(rows, clusters.names), "identified", column=column))
        for search in searches:
            if column_of(search) == column:
                boxes += _sources(records, clusters, search, labels, kinds)
        name = f"{prefix(column)}duplicates"
        copies = Ids(rows[clusters.representative[rows] != rows], clusters.names)
        boxes.append(Box(name, labels[name], copies, "duplicates", column=column, parent="removed"))
    boxes += _removed(outcomes, stages, labels)
    for column in columns:
        for position in positions_of(stages, column):
            boxes += _stage_boxes(outcomes, stages, position, column, labels)
    boxes.append(Box("included", labels["included"], outcomes.included(), "included", column=""))
    return boxes


def _removed(outcomes: Outcomes, stages: Sequence[DeclaredStage], labels: Mapping[str, str]) -> list[Box]:
    """What left before screening, by automation and for other reasons; a box only where a stage can fill it."""
    removal = [stage for position, stage in enumerate(stages) if role_of(stages, position) == "removal"]
    names = [stage["id"] for stage in removal]
    rules: dict[str, str] = {code: text for stage in removal for code, text in rules_of(stage).items()}
    reasons: dict[str, str] = {code: text for stage in removal for code, text in (stage.get("reasons") or {}).items()}
    boxes = []
    for box, codes in (("removed.automation", rules), ("removed.other", reasons)):
        if not codes:
            continue
        left = outcomes.ids_of(None, "exclude", names, codes)
        boxes.append(Box(box, labels[box], left, "removed", parent="removed"))
        for code in codes:
            name = f"{box}.{code}"
            ids = outcomes.ids_of(None, "exclude", names, [code])
            boxes.append(Box(name, labels[name], ids, "reason", parent=box))
    # Reviewers who disagree on a removal leave the record waiting.
    for name in names:
        if pending := outcomes.ids_of(None, "pending", [name]):
            boxes.append(Box(f"{name}.pending", labels[f"{name}.pending"], pending, "pending", name, "removal"))
    return boxes


def _stage_boxes(
    outcomes: Outcomes,
    stages: Sequence[DeclaredStage],
    position: int,
    column: str,
    labels: Mapping[str, str],
) -> list[Box]:
    names = [stage["id"] for stage in stages]
    stage, name = stages[position], names[position]
    own, entry, rules = f"{prefix(column)}{name}", entry_id(stages, position, column), rules_of(stage)
    part = role_of(stages, position)
    excluded = f"{own}.excluded"
    left = Box(excluded, labels[excluded], outcomes.ids_of(column, "exclude", [name]), "excluded", name, part, column)
    entered = outcomes.entered(column, names[position:], name)
    boxes = [Box(entry, labels[entry], entered, "screened", name, part, column), left]
    if stage.get("stopping_rule"):
        unseen = outcomes.ids_of(column, "unseen", [name])
        boxes.insert(0, Box(f"{own}.unseen", labels[f"{own}.unseen"], unseen, "unseen", name, part, column))

    def add(box: str, ids: Ids, role: str, kind: str) -> None:
        boxes.append(Box(box, labels[box], ids, role, name, kind, column, excluded))

    if rules:
        add(f"{own}.automation", outcomes.ids_of(column, "exclude", [name], rules), "split", "automation")
        add(f"{own}.human", outcomes.ids_of(column, "exclude", [name], rules, other=True), "split", "human")
    for code in reasons_of(stage):
        kind = ("automation" if code in rules else "human") if rules else ""
        add(f"{excluded}.{code}", outcomes.ids_of(column, "exclude", [name], [code]), "reason", kind)
    if pending := outcomes.ids_of(column, "pending", [name]):
        boxes.append(Box(f"{own}.pending", labels[f"{own}.pending"], pending, "pending", name, part, column))
    return boxes
