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

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.stages import asks_other_methods, role_of

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
    records: tuple[str, ...]
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


def column_of(search: Mapping[str, Any]) -> str:
    """The column of the figure in which a search's records stand."""
    return "other" if search.get("kind") == "other" else "databases"


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


@dataclass(frozen=True)
class Clusters:
    """Which record stands for each cluster, and in which column.

    A report found by databases and by other methods counts in the column of the databases, so a record of theirs
    stands for it there: the survivor where it is one. `representative` maps every record id to the record that
    stands for it, `column` every record id to its own column, `survivor` the representatives to the survivor.
    """

    representative: Mapping[str, str]
    column: Mapping[str, str]
    survivor: Mapping[str, str]


def make_clusters(
    records: Sequence[Mapping[str, str]], cluster_of: Mapping[str, str], searches: Sequence[Mapping[str, Any]]
) -> Clusters:
    """The clusters from the records (record_id, search) in their order and from each record's cluster."""
    columns = {search["id"]: column_of(search) for search in searches}
    column = {record["record_id"]: columns[record["search"]] for record in records}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name in column:
        members[cluster_of.get(name, name)].append(name)
    representative: dict[str, str] = {}
    for survivor_id, names in members.items():
        main = [name for name in names if column[name] == "databases"] or names
        stands = survivor_id if survivor_id in main else main[0]
        representative |= dict.fromkeys(names, stands)
    survivor = {stands: cluster_of.get(stands, stands) for stands in representative.values()}
    return Clusters(representative, column, survivor)


def _sources(
    records: Sequence[Mapping[str, str]], search: Mapping[str, Any], labels: Mapping[str, str], kinds: str
) -> list[Box]:
    """The box of a search; with `kinds` record, a second one for its records of the other kind."""
    column, name = column_of(search), f"identified.{search['id']}"
    kind = search.get("method", "other") if column == "other" else search.get("kind", "database")
    parent = f"{prefix(column)}identified"
    kinds_of = [(row["record_id"], row.get("kind") or kind) for row in records if row["search"] == search["id"]]
    if column == "other" or kinds == "search":
        return [Box(name, labels[name], tuple(i for i, _ in kinds_of), "source", "", kind, column, parent)]
    other = next(each for each in KINDS if each != kind)
    split = {each: tuple(i for i, of in kinds_of if (of == other) == (each == other)) for each in (kind, other)}
    boxes = [Box(name, labels[name], split[kind], "source", "", kind, column, parent)]
    if split[other]:
        second = f"{name}.{other}"
        boxes.append(Box(second, labels[second], split[other], "source", "", other, column, parent))
    return boxes


def make_boxes(
    records: Sequence[Mapping[str, str]],
    clusters: Clusters,
    screening: Sequence[Mapping[str, str]],
    stages: Sequence[DeclaredStage],
    searches: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
    *,
    kinds: str = "search",
) -> list[Box]:
    """All boxes in reading order.

    `records` (record_id, search, kind) are the imported records, `screening` (record_id, stage, decision, reason) the
    outcome of each unique record; `kinds` tells whether its search or the record itself makes it a register's. Each
    box is filled from its own table, not from its neighbours, so that `check_flow` can find tables that disagree.
    """
    columns = columns_of(searches)
    outcomes = [
        {**row, "record_id": clusters.representative.get(row["record_id"], row["record_id"])} for row in screening
    ]
    boxes: list[Box] = []
    for column in columns:
        name = f"{prefix(column)}identified"
        ids = tuple(i for i, of in clusters.column.items() if of == column)
        boxes.append(Box(name, labels[name], ids, "identified", column=column))
        for search in searches:
            if column_of(search) == column:
                boxes += _sources(records, search, labels, kinds)
        name = f"{prefix(column)}duplicates"
        copies = tuple(i for i in ids if clusters.representative[i] != i)
        boxes.append(Box(name, labels[name], copies, "duplicates", column=column, parent="removed"))
    boxes += _removed(outcomes, stages, labels)
    for column in columns:
        rows = [row for row in outcomes if clusters.column.get(row["record_id"], "databases") == column]
        for position in positions_of(stages, column):
            boxes += _stage_boxes(rows, stages, position, column, labels)
    included = tuple(row["record_id"] for row in outcomes if row["decision"] == "include")
    boxes.append(Box("included", labels["included"], included, "included", column=""))
    return boxes


def _ids(
    rows: Sequence[Mapping[str, str]], decision: str, stages: Sequence[str], reasons: Any = None
) -> tuple[str, ...]:
    return tuple(
        row["record_id"]
        for row in rows
        if row["decision"] == decision and row["stage"] in stages and (reasons is None or row["reason"] in reasons)
    )


def _removed(
    rows: Sequence[Mapping[str, str]], stages: Sequence[DeclaredStage], labels: Mapping[str, str]
) -> list[Box]:
    """What left before screening, by automation and for other reasons; a box only where a stage can fill it."""
    removal = [stage for position, stage in enumerate(stages) if role_of(stages, position) == "removal"]
    names = [stage["id"] for stage in removal]
    rules: dict[str, str] = {code: text for stage in removal for code, text in rules_of(stage).items()}
    reasons: dict[str, str] = {code: text for stage in removal for code, text in (stage.get("reasons") or {}).items()}
    boxes = []
    for box, codes in (("removed.automation", rules), ("removed.other", reasons)):
        if not codes:
            continue
        boxes.append(Box(box, labels[box], _ids(rows, "exclude", names, codes), "removed", parent="removed"))
        for code in codes:
            name = f"{box}.{code}"
            ids = _ids(rows, "exclude", names, [code])
            boxes.append(Box(name, labels[name], ids, "reason", parent=box))
    # Reviewers who disagree on a removal leave the record waiting.
    for name in names:
        if pending := _ids(rows, "pending", [name]):
            boxes.append(Box(f"{name}.pending", labels[f"{name}.pending"], pending, "pending", name, "removal"))
    return boxes


def _stage_boxes(
    rows: Sequence[Mapping[str, str]],
    stages: Sequence[DeclaredStage],
    position: int,
    column: str,
    labels: Mapping[str, str],
) -> list[Box]:
    names = [stage["id"] for stage in stages]
    stage, name = stages[position], names[position]
    own, entry, rules = f"{prefix(column)}{name}", entry_id(stages, position, column), rules_of(stage)
    part = role_of(stages, position)
    unseen = _ids(rows, "unseen", [name])
    reached = (row["record_id"] for row in rows if row["stage"] in names and names.index(row["stage"]) >= position)
    not_seen = set(unseen)
    entered = tuple(each for each in reached if each not in not_seen)
    excluded = f"{own}.excluded"
    left = Box(excluded, labels[excluded], _ids(rows, "exclude", [name]), "excluded", name, part, column)
    boxes = [Box(entry, labels[entry], entered, "screened", name, part, column), left]
    if stage.get("stopping_rule"):
        boxes.insert(0, Box(f"{own}.unseen", labels[f"{own}.unseen"], unseen, "unseen", name, part, column))

    def add(box: str, ids: tuple[str, ...], role: str, kind: str) -> None:
        boxes.append(Box(box, labels[box], ids, role, name, kind, column, excluded))

    if rules:
        by_rule = set(_ids(rows, "exclude", [name], rules))
        add(f"{own}.automation", tuple(i for i in left.records if i in by_rule), "split", "automation")
        add(f"{own}.human", tuple(i for i in left.records if i not in by_rule), "split", "human")
    for code in reasons_of(stage):
        kind = ("automation" if code in rules else "human") if rules else ""
        add(f"{excluded}.{code}", _ids(rows, "exclude", [name], [code]), "reason", kind)
    if pending := _ids(rows, "pending", [name]):
        boxes.append(Box(f"{own}.pending", labels[f"{own}.pending"], pending, "pending", name, part, column))
    return boxes
