"""The boxes of the flow: each is a list of record ids, and its number is the length of that list.

Box ids, in reading order: `identified`, `identified.<search>`, `duplicates`, then for every stage `<stage>.screened`
(the last stage: `<stage>.assessed`), `<stage>.excluded`, `<stage>.excluded.<reason>`, `<stage>.pending` (only where
records wait), and `included` at the end. The arithmetic is that of the PRISMA 2020 flow diagram (Page et al, BMJ
2021;372:n71).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.common.errors import SHOWN, BuildStop, Issue, nearest

# What the boxes are called where config.yaml says nothing; `{stage}` is the id of a stage.
LABELS = {
    "heading": "Identification of studies via {sources}",
    "phase.identification": "Identification",
    "phase.screening": "Screening",
    "phase.included": "Included",
    "identified": "Records identified",
    "identified.databases": "Databases",
    "identified.registers": "Registers",
    "duplicates": "Duplicate records removed",
    "included": "Reports included in the review",
    "included.studies": "Studies included in the review",
    "screening.screened": "Records screened",
    "screening.excluded": "Records excluded",
    "title.screened": "Titles screened",
    "title.assessed": "Titles screened",
    "title.excluded": "Records excluded by title",
    "abstract.screened": "Abstracts screened",
    "abstract.assessed": "Abstracts screened",
    "abstract.excluded": "Records excluded by abstract",
    "retrieval.screened": "Reports sought for retrieval",
    "retrieval.excluded": "Reports not retrieved",
    "fulltext.assessed": "Full texts assessed for eligibility",
    "fulltext.excluded": "Full texts excluded",
    "fulltext.pending": "Full texts awaiting a decision",
}
STAGE_LABELS = {
    "screened": "Records screened ({stage})",
    "assessed": "Reports assessed for eligibility ({stage})",
    "excluded": "Records excluded ({stage})",
    "pending": "Records awaiting a decision",
}


@dataclass(frozen=True)
class Box:
    """One box.

    `role` is identified, source, duplicates, screened, excluded, reason, pending or included; `stage` the stage it
    belongs to ("" outside screening); `kind` is database or register for a source.
    """

    id: str
    label: str
    records: tuple[str, ...]
    role: str
    stage: str = ""
    kind: str = ""

    @property
    def n(self) -> int:
        """The number that the box shows."""
        return len(self.records)


def entry_id(stages: Sequence[Mapping[str, Any]], position: int) -> str:
    """Id of the box of what enters a stage: the last stage assesses, those before it screen."""
    return f"{stages[position]['id']}.{'assessed' if position == len(stages) - 1 else 'screened'}"


def reasons_of(stage: Mapping[str, Any]) -> dict[str, str]:
    """Why a record may leave at a stage: rules and declared reasons, code to text, in their order in config.yaml."""
    rules = {rule["id"]: rule.get("label") or rule["id"] for rule in stage.get("rules") or []}
    return rules | dict(stage.get("reasons") or {})


def make_labels(
    configured: Mapping[str, str], stages: Sequence[Mapping[str, Any]], searches: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """The label of every box this review can have. Raises BuildStop for a label of a box that cannot be."""
    labels = {name: text for name, text in LABELS.items() if "." not in name or name.startswith("phase.")}
    labels |= {name: LABELS[name] for name in ("identified.databases", "identified.registers", "included.studies")}
    kinds = dict.fromkeys(search.get("kind", "database") + "s" for search in searches)
    labels["heading"] = labels["heading"].format(sources=" and ".join(sorted(kinds)) or "databases")
    labels |= {f"identified.{search['id']}": search["database"] for search in searches}
    for position, stage in enumerate(stages):
        name = stage["id"]
        named = {
            "screened": stage.get("label"),
            "assessed": stage.get("label"),
            "excluded": stage.get("excluded_label"),
        }
        for box in (entry_id(stages, position), f"{name}.excluded", f"{name}.pending"):
            role = box.rpartition(".")[2]
            labels[box] = named.get(role) or LABELS.get(box, STAGE_LABELS[role].format(stage=name))
        labels |= {f"{name}.excluded.{code}": text for code, text in reasons_of(stage).items()}
    if issues := [
        Issue("unknown-label", f"there is no box '{name}'", "config.yaml, flow.labels", nearest(name, list(labels)))
        for name in configured
        if name not in labels
    ]:
        raise BuildStop(issues)
    return labels | dict(configured)


def make_boxes(
    records: Sequence[Mapping[str, str]],
    duplicates: Iterable[str],
    screening: Sequence[Mapping[str, str]],
    stages: Sequence[Mapping[str, Any]],
    searches: Sequence[Mapping[str, Any]],
    labels: Mapping[str, str],
) -> list[Box]:
    """All boxes in reading order.

    `records` (record_id, search) are the imported records, `duplicates` the ids that are not survivors, `screening`
    (record_id, stage, decision, reason) the outcome of each unique record. Each box is filled from the table that
    tells of it, not from its neighbours, so `check_sums` can find tables that disagree.
    """
    boxes = [Box("identified", labels["identified"], tuple(r["record_id"] for r in records), "identified")]
    for search in searches:
        name = f"identified.{search['id']}"
        ids = tuple(r["record_id"] for r in records if r["search"] == search["id"])
        boxes.append(Box(name, labels[name], ids, "source", kind=search.get("kind", "database")))
    boxes.append(Box("duplicates", labels["duplicates"], tuple(duplicates), "duplicates"))

    def ids_of(decision: str, stage: str, reason: str | None = None) -> tuple[str, ...]:
        return tuple(
            r["record_id"]
            for r in screening
            if r["decision"] == decision and r["stage"] == stage and reason in (None, r["reason"])
        )

    names = [stage["id"] for stage in stages]
    reached = {r["record_id"]: names.index(r["stage"]) if r["stage"] in names else -1 for r in screening}
    for position, stage in enumerate(stages):
        name, entry = names[position], entry_id(stages, position)
        entered = tuple(identifier for identifier, last in reached.items() if last >= position)
        boxes.append(Box(entry, labels[entry], entered, "screened", name))
        boxes.append(Box(f"{name}.excluded", labels[f"{name}.excluded"], ids_of("exclude", name), "excluded", name))
        for code in reasons_of(stage):
            box = f"{name}.excluded.{code}"
            boxes.append(Box(box, labels[box], ids_of("exclude", name, code), "reason", name))
        if pending := ids_of("pending", name):
            boxes.append(Box(f"{name}.pending", labels[f"{name}.pending"], pending, "pending", name))
    included = tuple(r["record_id"] for r in screening if r["decision"] == "include")
    boxes.append(Box("included", labels["included"], included, "included"))
    return boxes


def _listed(ids: Sequence[str]) -> str:
    more = f" … and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(ids[:SHOWN]) + more


def _compare(left: str, left_ids: Iterable[str], right: str, right_ids: Iterable[str]) -> list[Issue]:
    """Faults where two sides that must hold the same records do not: which ids each has in excess."""
    a, b = Counter(left_ids), Counter(right_ids)
    issues = []
    for name, other, excess in ((left, right, a - b), (right, left, b - a)):
        if excess:
            ids = list(excess.elements())
            message = f"{name} has {len(ids)} in excess of {other}: {_listed(ids)}"
            issues.append(Issue("sum", message, "flow", "the tables under results/ disagree; build them again"))
    return issues


def check_sums(boxes: Sequence[Box], stages: Sequence[Mapping[str, Any]]) -> None:
    """Checks that the flow closes, record by record. Raises BuildStop naming the boxes and the ids in excess."""
    ids = {box.id: box.records for box in boxes}
    issues: list[Issue] = []

    def parts(prefix: str) -> list[str]:
        return [name for name in ids if name.startswith(prefix + ".")]

    def must_equal(whole: str, pieces: Sequence[str]) -> None:
        together = [identifier for piece in pieces for identifier in ids.get(piece, ())]
        issues.extend(_compare(whole, ids[whole], " + ".join(pieces), together))

    entries = [entry_id(stages, position) for position in range(len(stages))] + ["included"]
    must_equal("identified", parts("identified"))
    must_equal("identified", ["duplicates", entries[0]])
    for stage, entry, following in zip(stages, entries, entries[1:], strict=False):
        name = stage["id"]
        pending = [f"{name}.pending"] if f"{name}.pending" in ids else []
        must_equal(entry, [f"{name}.excluded", *pending, following])
        if reasons := parts(f"{name}.excluded"):
            must_equal(f"{name}.excluded", reasons)
    if issues:
        raise BuildStop(issues)
