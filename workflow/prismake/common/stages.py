"""The roles of the stages of screening in the flow, as config.yaml declares them.

The roles follow the PRISMA 2020 flow diagram (Page et al, BMJ 2021;372:n71): records are removed before screening,
screened, their reports sought for retrieval, and assessed for eligibility.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from prismake.common.errors import Issue

ROLES = ("removal", "screening", "retrieval", "assessment")
# Other boxes of the flow have ids that begin so.
RESERVED = ("duplicates", "identified", "included", "other", "previous", "removed", "total")
WHERE = "config.yaml, screening.stages"

Stage = Mapping[str, Any]


def role_of(stages: Sequence[Stage], position: int) -> str:
    """The role of a stage: as declared, else assessment for the last, retrieval by its name, screening."""
    stage = stages[position]
    if role := stage.get("role"):
        return str(role)
    if position == len(stages) - 1:
        return "assessment"
    return "retrieval" if stage["id"] == "retrieval" else "screening"


def asks_other_methods(stages: Sequence[Stage], position: int) -> bool:
    """Whether records that only other methods found go through a stage: retrieval and assessment, unless declared."""
    declared = stages[position].get("other_methods")
    return role_of(stages, position) in ("retrieval", "assessment") if declared is None else bool(declared)


def found_by_other_methods(cluster_of: Mapping[str, str], searches: Collection[str]) -> set[str]:
    """The survivors whose whole cluster comes from `searches`, the ids of the searches by other methods.

    In `cluster_of` (see `records.read_clusters`) every record id begins with its search's id and a colon.
    """
    if not searches:
        return set()
    by_databases = {survivor for name, survivor in cluster_of.items() if name.partition(":")[0] not in searches}
    return set(cluster_of.values()) - by_databases


def stage_issues(stages: Sequence[Stage]) -> list[Issue]:
    """Faults of the roles: out of order, a last stage that does not assess, an id that another box has."""
    issues = []
    roles = [role_of(stages, position) for position in range(len(stages))]
    for before, after, stage in zip(roles, roles[1:], stages[1:], strict=False):
        if ROLES.index(after) < ROLES.index(before):
            message = f"the stage '{stage['id']}' has the role {after}, after a stage with the role {before}"
            issues.append(Issue("stage-order", message, WHERE, "the order is " + ", ".join(ROLES)))
    if roles and roles[-1] == "removal":
        issues.append(Issue("stage-order", "no stage follows the removal", WHERE, "declare a stage that screens"))
    if stages and not asks_other_methods(stages, len(stages) - 1):
        message = f"the last stage, '{stages[-1]['id']}', must also apply to records from other methods"
        issues.append(Issue("stage-order", message, WHERE, "remove other_methods from it"))
    for stage in stages:
        if stage["id"] in RESERVED:
            message = f"a stage cannot have the id '{stage['id']}', which other boxes of the flow use"
            issues.append(Issue("stage-id", message, WHERE, "give it another id"))
    return issues
