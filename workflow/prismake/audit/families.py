"""Values that are parts of one whole: the reasons of a stage, the sources of a search, the levels of a group."""

from __future__ import annotations

from dataclasses import dataclass

from prismake.common.values import Ledger, Value
from prismake.ledger.records import ROLES

# Roles that whole boxes of the flow have; only labels of one kind stand in a row with their numbers.
GENERAL = frozenset(ROLES.values())


def box_of(records: str) -> str:
    """The box of the flow whose records a file lists."""
    return records.rsplit("/", 1)[-1].removesuffix(".csv")


def box_family(value: Value) -> str:
    """The box of the flow of which a value is a part: the reasons of a stage, the sources of the searches."""
    parent, _, part = box_of(value.records).rpartition(".")
    return parent if part and value.roles and value.roles[0] not in GENERAL else ""


@dataclass(frozen=True)
class Member:
    """Which part of which whole a value is of: the level of a group, a reason of a stage, an answer to an item.

    `measure` is what is counted of it: studies (n), patients.
    """

    family: str
    name: str
    measure: str = "n"


def member_of(name: str, value: Value) -> Member | None:
    """The family of a value and its place in it; nothing for a value that is no part of a whole."""
    parts = name.split(".")
    match parts:
        case ["groups", column, level, *rest]:
            return Member(f"groups.{column}", level, ".".join(rest) or "n")
        case ["appraisal", "overall" | "answers" as kind, answer, *rest]:
            return Member(f"appraisal.{kind}", answer, ".".join(rest) or "n")
        case ["appraisal", "about", what, "overall", answer, *rest]:
            return Member(f"appraisal.about.{what}", answer, ".".join(rest) or "n")
        case ["appraisal", "items", form, item, answer, *rest]:
            return Member(f"appraisal.items.{form}.{item}", answer, ".".join(rest) or "n")
        case ["flow", box] if family := box_family(value):
            return Member(f"flow.{family}", box)
    return None


def families_of(ledger: Ledger) -> dict[str, dict[str, Value]]:
    """Family -> member -> the number of its records, studies or answers."""
    families: dict[str, dict[str, Value]] = {}
    for name, value in ledger.items():
        place = member_of(name, value)
        if place and place.measure == "n":
            families.setdefault(place.family, {})[place.name] = value
    return families
