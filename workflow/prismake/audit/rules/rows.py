"""Numbers in a row with parts of one whole: another number in a part's place, parts that make another whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from prismake.audit.bounds import Bound, bound_in, finding_in, sides_named
from prismake.audit.families import Member, member_of
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import SEXES, accepted, any_of
from prismake.audit.passages import Passage
from prismake.common.values import Value

START = re.compile(r"(?:^|[.:]\s+)(?:Of|From|Among)\s+(?:the\s+|a\s+total\s+of\s+)?$")
# Records that the searches gave, before any copy was removed.
SEARCHED = re.compile(r"\b(?:(?:last\s+)?searched|searches|databases|identified|retrieved)\b", re.IGNORECASE)
OF_RECORDS = ("flow.", "search.", "agreement.", "dedup.")
RECORDS = frozenset({"records", "citations", "references", "hits"})
SIDES = frozenset({"left", "right"})
# A count that is used of its label alone: `the intranasal route was used in 11 trials`.
DIRECT = re.compile(
    r"\b(?:used|studied|subject|chosen|given|performed|reported|applied|tested|setting|approach|comparator|standard|"
    r"method|design)\s+(?:in|of|by|for)\s+$|\b(?:in|of)\s+the\s+[\w\s-]{3,40}?\b(?:studies|trials|series|cohorts|"
    r"reports),\s+$"
)


def _members(bounds: Sequence[Bound]) -> dict[int, Member]:
    """Index of each number that is a part of a whole -> which."""
    return {at: place for at, one in enumerate(bounds) if (place := member_of(one.name, one.value))}


def _labelled(passage: Passage, bounds: Sequence[Bound], at: int, absent: Mapping[str, Value], side: str) -> list[str]:
    """The absent members of a family whose label stands on a side of a number."""
    return [
        name
        for name, value in absent.items()
        if value.roles and side in sides_named(passage, bounds, at, value.roles[0])
    ]


def _in_slot(passage: Passage, bounds: Sequence[Bound], at: int, siblings: Sequence[int], matter: Matter) -> str:
    """What is wrong with a number that stands among members of a family, at the label of one that is absent."""
    places, one = _members(bounds), bounds[at]
    family, measure = places[siblings[0]].family, places[siblings[0]].measure
    members, there = matter.families.get(family, {}), {places[other].name for other in siblings}
    common = SIDES.intersection(*(sides_named(passage, bounds, other) for other in siblings))
    if len(common) != 1:
        return ""
    absent = {
        name: value
        for name, value in members.items()
        if name not in there
        and matter.ledger.get(f"{family}.{name}.{measure}", value).value != one.value.value
        and not (one.value.studies and set(one.value.studies) <= set(value.studies))
    }
    labelled = _labelled(passage, bounds, at, absent, next(iter(common)))
    if len(labelled) != 1:
        return ""
    words = any_of(members[labelled[0]].roles[0])
    return f"{one.name} ({one.numeral.text}) stands at {words}, where the numbers beside it are of {family}"


def _alone(passage: Passage, one: Bound, matter: Matter) -> str:
    """What is wrong with the only number of a sentence, behind the label of a group that it does not count."""
    before = passage.text[: one.printed.start]
    if not DIRECT.search(before) or one.value.roles or one.name.startswith("studies."):
        return ""
    labelled = [
        (family, name)
        for family, members in matter.families.items()
        if family.startswith("groups.")
        for name, value in members.items()
        if value.roles and "left" in sides_named(passage, [one], 0, value.roles[0])
    ]
    if len(labelled) != 1:
        return ""
    family, name = labelled[0]
    own = [value.value for key, value in matter.ledger.items() if key.startswith(f"{family}.{name}")]
    if one.value.value in own:
        return ""
    return f"{one.name} ({one.numeral.text}) stands at {any_of(matter.families[family][name].roles[0])}"


@rule(
    "value-slot",
    "error",
    needs=("ledger",),
    example="“two trials came from Poland and 48 from Brazil”, with the number of patients of another trial",
    blind="rows whose labels stand on both sides of their numbers",
)
def value_slot(matter: Matter) -> Iterator[Finding]:
    """In a row of levels, reasons or databases with their numbers, one number is of something else."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        places = _members(bounds)
        for at, one in enumerate(bounds):
            if one.value.kind != "count" or (at in places and not places[at].family.startswith("appraisal.items.")):
                continue
            message = _alone(passage, one, matter) if len(bounds) == 1 else ""
            near = {places[other] for other in (at - 1, at + 1) if other in places}
            for family, measure in {(place.family, place.measure) for place in near}:
                siblings = [at for at, place in places.items() if (place.family, place.measure) == (family, measure)]
                if measure in ("n", "patients") and at not in siblings:
                    message = message or _in_slot(passage, bounds, at, siblings, matter)
            if message:
                yield finding_in("value-slot", passage, message)


def _whole(passage: Passage, bounds: Sequence[Bound], parts: Sequence[int], total: int, matter: Matter) -> str:
    """What is wrong with the numbers before all the parts of a whole; nothing where one of them is the whole."""
    nouns = matter.nouns
    own = {word for at in parts for word in accepted(bounds[at].value)}
    leads = []
    for at in range(min(parts)):
        one = bounds[at]
        after = nouns.after(passage.text, one.numeral.end)
        if one.value.kind == "count" and (after is None or after[0] in own):
            leads.append(one)
    if not leads or any(one.value.value >= total and one.name.startswith("flow.") for one in leads):
        return ""
    if any(one.value.value == total for one in leads):
        return ""
    numbers = ", ".join(f"{one.name} ({one.numeral.text})" for one in leads)
    return f"the parts add up to {total}, and the number before them is {numbers}"


@rule(
    "value-sum",
    "error",
    needs=("ledger",),
    example="“In total, 43 patients took part: 50 women and 43 men”",
    blind="wholes that are larger than the sum, of which some parts may not be listed; wholes behind their parts",
)
def value_sum(matter: Matter) -> Iterator[Finding]:
    """All reasons of a stage, all databases, or both sexes are listed, and the number before them is not their sum."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        places = _members(bounds)
        for family in {place.family for place in places.values() if place.family.startswith("flow.")}:
            listed = {places[at].name: at for at in places if places[at].family == family}
            members = matter.families[family]
            if len(listed) > 1 and all(name in listed for name, value in members.items() if value.value):
                total = sum(value.value for value in members.values())
                if message := _whole(passage, bounds, list(listed.values()), total, matter):
                    yield finding_in("value-sum", passage, message)
        sexes = [_of_sex(bounds, index) for index in (0, 1)]
        if all(at is not None for at in sexes):
            parts = [at for at in sexes if at is not None]
            total = sum(bounds[at].value.value for at in parts)
            if message := _whole(passage, bounds, parts, total, matter):
                yield finding_in("value-sum", passage, message)


@rule(
    "value-start",
    "error",
    needs=("ledger",),
    example="“of 231 records, nine studies were included”, where 428 records were identified",
    blind="sentences that do not go from the records to the included studies; sums of searches",
)
def value_start(matter: Matter) -> Iterator[Finding]:
    """A sentence goes from records to the included studies, and begins at another number than the flow of records."""
    flow = {name: value.value for name, value in matter.ledger.items() if name.startswith("flow.")}
    identified = {flow.get("flow.identified")}
    screened = {max((number for name, number in flow.items() if name.endswith("_screened")), default=0)}
    for passage in matter.authored:
        bounds = [one for one in bound_in(passage, matter) if one.numeral.form == "count"]
        if len(bounds) < 2 or not bounds[1].name.startswith("flow.included"):
            continue
        first = bounds[0]
        searched = SEARCHED.search(passage.text[first.printed.end : bounds[1].printed.start])
        begins = identified if searched else identified | screened
        opened = START.search(passage.text[: first.printed.start]) and first.name.startswith(OF_RECORDS)
        after = matter.nouns.after(passage.text, first.numeral.end)
        if opened and after and after[0] in RECORDS and first.value.value not in begins:
            message = f"{first.name} ({first.numeral.text}) is not the number of records identified or screened"
            yield finding_in("value-start", passage, message)


def _of_sex(bounds: Sequence[Bound], index: int) -> int | None:
    """The first number of pooled women, or of men, that is no share of another."""
    for at, one in enumerate(bounds):
        first = one.value.nouns[0][1].lower() if one.value.nouns else ""
        if one.name.startswith("pooled.") and one.name.count(".") == 1 and first in SEXES[index]:
            return at
    return None
