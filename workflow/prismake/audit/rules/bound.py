"""Values in the wrong place: another noun, another role, another study, another group's citations, impossible parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from prismake.audit.bounds import CLAUSE, Bound, bound_in, finding_in, is_range, sides_named
from prismake.audit.families import GENERAL, box_family, box_of
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import (
    KINDS_OF_STUDY,
    PATIENTS,
    PEOPLE,
    SEXES,
    Nouns,
    accepted,
    any_of,
    forms,
    missing_roles,
    names_role,
    stem,
)
from prismake.audit.numerals import Numeral, numerals
from prismake.audit.passages import Passage
from prismake.common.values import Value
from prismake.ledger.studies import EXTREME

# `64 of the 93`, `64 women of all 93`; not `93 took part, of whom 64`.
OF_WHOLE = re.compile(
    r"\s?/\s?|(?:(?!\b(?:and|or|was|were)\b)[^,;.()]){0,30}\bof\s+(?:(?:the|these|those|all|our|its)\s+){0,2}(?:(?!whom|which)[a-z-]+\s+)?"
)
# Words that take up what the sentence before was about.
ANAPHOR = re.compile(
    r"\b(?:these|those|they|their|them|its?|this|such|latter|former|both|others?|remaining|rest)\b", re.IGNORECASE
)
SUPERLATIVE = re.compile(
    r"\b(?:best|worst|most|least)\b|\b(?!(?:inter|t|for|w|ch|inv|harv|sugg|cont|prot|qu|requ|man|mod|hon|dig|arr)est\b)[a-z]{3,}est\b",
    re.IGNORECASE,
)
CONTINENT = re.compile(r"\b(?:Africa|America|Asia|Europe|Australasia|Oceania|Middle\s+East)n?s?\b")


@rule(
    "value-noun",
    "error",
    needs=("ledger",),
    example="“{{ pooled.men | n }} women”, or a time in minutes called hours",
    blind="a noun that neither the ledger nor the list of families knows; two values that count the same thing; people "
    "by another word for people; studies instead of the full texts that were read",
)
def value_noun(matter: Matter) -> Iterator[Finding]:
    """The noun behind a value is not what the value counts, or the unit is not its own."""
    nouns = matter.nouns
    for passage in matter.authored:
        for one in bound_in(passage, matter):
            if one.numeral.form in ("percent", "fraction", "date", "year") or not (one.value.nouns or one.value.unit):
                continue
            after = nouns.after(passage.text, one.numeral.end)
            if after and not _called(after[0], one.value, nouns) and not _event_of(one, passage):
                counts = any_of([pair[1] for pair in one.value.nouns] or [one.value.unit])
                yield finding_in("value-noun", passage, f"{one.name} counts {counts}, but the text says '{after[0]}'")


def _event_of(one: Bound, passage: Passage) -> bool:
    """Whether a number is of events, scans or the like in the people or studies behind it: 10 of 36 children."""
    return bool(re.match(r"\s+of\s+(?:the\s+)?[\d,]+\s", passage.text[one.printed.end :])) and not (
        accepted(one.value) & (PEOPLE | KINDS_OF_STUDY | {"records"})
    )


def _called(noun: str, value: Value, nouns: Nouns) -> bool:
    """Whether a value may be written with a noun; people also with a word for people that no other value counts."""
    own = accepted(value)
    # `13 surveys were excluded`, where surveys are the reason.
    if noun in own or (value.roles and stem(noun) in {stem(word) for word in value.roles[0]}):
        return True
    other_sex = any(noun in one and own & other for one, other in (SEXES, SEXES[::-1]))
    return bool(own & PEOPLE) and noun in (PEOPLE - nouns.counted) | PATIENTS and not other_sex


@rule(
    "value-role",
    "warning",
    needs=("ledger",),
    example="“{{ flow.duplicates | n }} records were excluded as editorials”",
    blind="a role that the sentence names elsewhere, for another number, or by a word that two levels share",
)
def value_role(matter: Matter) -> Iterator[Finding]:
    """No word of the sentence says what the value is about: its database, reason, group, or answer."""
    before: Passage | None = None
    for passage in matter.authored:
        text = passage.text
        if before and before.paragraph == passage.paragraph and ANAPHOR.search(text):
            text = f"{before.text} {text}"
        before = passage
        bounds = bound_in(passage, matter)
        ranged = {
            name for pair in pairwise(bounds) if is_range(passage, *pair) for name in (pair[0].name, pair[1].name)
        }
        for one in bounds:
            if _says_itself(one, matter):
                continue
            # The ends of a range are its extremes without a word for it.
            superlative = one.name in ranged or SUPERLATIVE.search(text)
            # `No` for zero does not say that something is missing.
            here, there = passage.text, text
            if one.value.value == 0:
                here = passage.text[: one.numeral.start] + passage.text[one.numeral.end :]
                there = text.replace(passage.text, here)
            missing = list(missing_roles(one.value, there))
            if EXTREME in one.value.roles:
                missing = [group for group in missing if group != EXTREME]
                # That a number is an extreme is said beside it, not in the sentence before.
                missing += [] if superlative or names_role(EXTREME, here) else [EXTREME]
            for group in missing:
                # A country may stand as its continent.
                if re.match(r"groups\.(?:country|countries|region)\.", one.name) and CONTINENT.search(text):
                    continue
                message = f"{one.name} is about {any_of(group)}, of which the sentence says nothing"
                yield finding_in("value-role", passage, message)


def _says_itself(one: Bound, matter: Matter) -> bool:
    """Whether a value needs no word for what it is about.

    An answer to an item is described by what the item asks; a measure alone in its unit cannot be another.
    """
    if one.name.startswith("appraisal.items."):
        return True
    if one.value.kind != "measure" or not one.name.startswith("pooled.") or not one.value.unit:
        return False
    same = (
        value for name, value in matter.ledger.items() if name.startswith("pooled.") and value.unit == one.value.unit
    )
    return all(value.roles[:1] == one.value.roles[:1] for value in same)


@rule(
    "value-among-others",
    "error",
    needs=("ledger",),
    example="a row of reasons for exclusion in which one number is that of a database",
    blind="rows of fewer than three numbers",
)
def value_among_others(matter: Matter) -> Iterator[Finding]:
    """In a row of numbers that are the reasons of one stage or the sources of one search, one is none of them."""
    for passage in matter.authored:
        for row in _rows(passage, bound_in(passage, matter)):
            family, number = Counter(box_family(one.value) for one in row).most_common(1)[0]
            others = [one for one in row[1:] if box_family(one.value) != family]
            # The first two may be wholes, the second the one of which the others are parts.
            whole = [one for one in others if box_of(one.value.records) == family]
            if family and number > 1 and number >= len(row) - 2 and len(others) == 1 and not whole:
                message = f"{others[0].name} ({others[0].numeral.text}) is none of {family}, among which it stands"
                yield finding_in("value-among-others", passage, message)


def _rows(passage: Passage, bounds: Sequence[Bound]) -> Iterator[list[Bound]]:
    """The enumerations of numbers in a passage: three or more, each parted from the next by a comma, `and` or `or`."""
    row: list[Bound] = []
    for one in bounds:
        between = passage.text[row[-1].printed.end : one.printed.start] if row else ""
        # What stands behind a row in brackets is none of it.
        closed = between.count(")") > between.count("(")
        if row and (closed or CLAUSE.search(between) or not re.search(r",|\band\b|\bor\b", between)):
            if len(row) > 2:
                yield row
            row = []
        row.append(one)
    if len(row) > 2:
        yield row


@rule(
    "count-of-citations",
    "error",
    needs=("studies",),
    example="“in three studies” followed by the citations of two",
    blind="counts that stand far from their citations; a single citation",
)
def count_of_citations(matter: Matter) -> Iterator[Finding]:
    """The number of studies before a group of citations is not the number of studies cited."""
    for passage in matter.authored:
        numbers = numerals(passage.text)
        for numeral in numbers:
            if numeral.form != "count":
                continue
            between = passage.text[numeral.end : _cited_at(passage, numeral.end)]
            behind = re.match(
                r"(?:\s[A-Za-z-]+){0,2}?\s(" + "|".join(KINDS_OF_STUDY) + r")\b(?:\s[A-Za-z-]+){0,8}\s?$", between
            )
            keys = [one.key for one in passage.cited if one.at == _cited_at(passage, numeral.end)]
            if any(numeral.end <= other.start < numeral.end + len(between) for other in numbers):
                continue
            if not behind or len(keys) < 2 or not set(keys) <= matter.study_ids:
                continue
            before = passage.text[: numeral.start]
            if len(keys) != numeral.value and not re.search(r"\bof\s(?:the\s)?$|\bper\s$", before):
                message = f"{numeral.text} are counted, but {len(keys)} cited"
                yield finding_in("count-of-citations", passage, message)


def _cited_at(passage: Passage, place: int) -> int:
    """The place of the next citation."""
    return min((one.at for one in passage.cited if one.at >= place), default=len(passage.text))


def _at_once(passage: Passage, one: Bound) -> bool:
    """Whether the label of a number follows it before the next comma: `57 years old, had diabetes for 8 years`."""
    after = re.split(r"[,;:()]|\b(?:and|or|but|while)\b", passage.text[one.printed.end :], maxsplit=1)[0]
    return names_role(one.value.roles[0], after)


@rule(
    "value-order",
    "error",
    needs=("ledger",),
    example="“181 from Embase and 208 from PubMed”, with the two values exchanged",
    blind="numbers whose order a word like 'respectively' gives",
)
def value_order(matter: Matter) -> Iterator[Finding]:
    """In a row of numbers with their labels, one number stands at the label of another."""
    for passage in matter.authored:
        if "respectively" in passage.text:
            continue
        bounds = [one for one in bound_in(passage, matter) if one.value.roles and one.value.roles[0] not in GENERAL]
        # A mean and the ends of its range are about one thing, and are not told apart by their labels.
        single = [next(same) for _, same in groupby(bounds, key=lambda one: one.value.roles[0])]
        if len({one.value.roles[0] for one in single}) < max(2, len(single)):
            continue
        sides = [sides_named(passage, single, index) for index in range(len(single))]
        common = set.intersection(*sides) if all(sides) else set()
        if common or not set.union(*sides) or "inside" in set.union(*sides):
            continue
        side = max(("left", "right"), key=lambda name: sum(name in one for one in sides))
        there = sum(side in one for one in sides)
        for at, (one, own) in enumerate(zip(single, sides, strict=True)):
            # Behind its number where the others stand before it, a label is its own unless another's stands before it.
            others = [other.value.roles[0] for other in single if other is not one]
            taken = any(side in sides_named(passage, single, at, role) for role in others)
            elsewhere = side not in own and taken and there >= max(2, len(single) - 1) and not _at_once(passage, one)
            if elsewhere or not own:
                words = any_of([word for group in one.value.roles for word in group])
                yield finding_in("value-order", passage, f"{one.name} ({one.numeral.text}) does not stand at {words}")


@rule(
    "part-of-whole",
    "error",
    needs=("ledger",),
    example="“93 of the 50 patients”",
    blind="parts and wholes that stand in different sentences",
)
def part_of_whole(matter: Matter) -> Iterator[Finding]:
    """A part is larger than its whole, or a range ends before it begins."""
    nouns = matter.nouns
    for passage in matter.authored:
        numbers = numerals(passage.text)
        for first, second in pairwise(numbers):
            if not (passage.value_at(first.start) or passage.value_at(second.start)):
                continue
            between = passage.text[first.end : second.start]
            opened = re.search(r"(?:^|[.;:]\s+)Of\s+(?:the\s+|these\s+|all\s+)*$", passage.text[: first.start])
            counts = first.form == second.form == "count"
            if opened and counts and first.value < second.value and _same_thing(passage, first, second, nouns):
                yield finding_in("part-of-whole", passage, f"{second.text} of {first.text} is more than the whole")
            plain = first.form in ("count", "decimal", "year") and second.form in ("count", "decimal", "year")
            if (
                plain
                and _one_thing(passage, first, second, nouns)
                and re.fullmatch(r"(?:\s[a-z]+)?\s+of\s+(?:the\s+|these\s+|all\s+)?", between)
                and first.value > second.value
            ):
                yield finding_in("part-of-whole", passage, f"{first.text} of {second.text} is more than the whole")
            ranged = re.fullmatch(r"\s+to\s+|\s?–\s?", between) and (
                "–" in between or re.search(r"(?:from|between|range[ds]?(?: of)?:?)\s+$", passage.text[: first.start])
            )
            if plain and ranged and first.value >= second.value:
                yield finding_in("part-of-whole", passage, f"the range {first.text} to {second.text} does not ascend")


def _one_thing(passage: Passage, part: Numeral, whole: Numeral, nouns: Nouns) -> bool:
    """Whether both numbers count one thing; `8,679 earthworms of 66 species` count two."""
    own, other = nouns.after(passage.text[: whole.start], part.end), nouns.after(passage.text, whole.end)
    return own is None or other is None or bool(forms(own[0]) & forms(other[0]))


def _same_thing(passage: Passage, whole: Numeral, part: Numeral, nouns: Nouns) -> bool:
    """Whether the number after `Of the 93 patients,` has no noun of its own, or that of the whole."""
    between = passage.text[whole.end : part.start]
    own, other = nouns.after(passage.text, part.end), nouns.after(passage.text, whole.end)
    return bool(re.fullmatch(r"[^,;.()]{1,60},\s", between)) and (own is None or (other or own)[0] == own[0])


@rule(
    "percentage",
    "error",
    needs=("ledger",),
    example="“50 (46%) were women”, with the percentage of the men",
    blind="percentages that stand without their count",
)
def percentage(matter: Matter) -> Iterator[Finding]:
    """A percentage beside a count is the percentage of another count."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        for index, (first, second) in enumerate(pairwise(bounds)):
            between = passage.text[first.printed.end : second.printed.start]
            if message := _reversed(first, second, between):
                yield finding_in("percentage", passage, message)
            near = re.fullmatch(
                r"[^.;()%]{0,40}\(|[^.;()%]{0,40}[,;]\s(?:or\s)?(?:an?\s(?:[\w-]+\s){1,2}of\s)?", between
            )
            share = second.numeral.form == "percent" and second.numeral.end <= second.printed.end
            if not share or first.numeral.form != "count" or not near:
                continue
            # `64 of the 93 patients (69%)`: the percentage is that of the part.
            # `1,829 adults, most of whom (68%) were women`: the count is the whole.
            if first.name in second.printed.names[1:] and re.search(r"\bof\s(?:whom|which|these|them)\b", between):
                continue
            # `890 patients (52% women)` says itself what the percentage is of.
            if re.match(r"\s+(?!of\b)[a-z-]+\)", passage.text[second.printed.end :]):
                continue
            part = bounds[index - 1] if index and is_part_of(passage, bounds[index - 1], first) else first
            if part.value.value != second.value.value:
                message = f"{second.numeral.text} is not the percentage of {part.numeral.text}"
                yield finding_in("percentage", passage, message)


def _reversed(first: Bound, second: Bound, between: str) -> str:
    """What is wrong with `52% of the patients (n = 50)`, where the count is neither the part nor the whole."""
    forms = (first.numeral.form, second.numeral.form)
    if forms != ("percent", "count") or not re.fullmatch(r"[^.,;()%]{0,40}\((?:n\s?=\s?)?", between):
        return ""
    if second.name in first.printed.names or second.value.value == first.value.value:
        return ""
    return f"{first.numeral.text} is not the percentage of {second.numeral.text}"


def is_part_of(passage: Passage, first: Bound, second: Bound) -> bool:
    """Whether the first of two numbers is a part of the second by the words between them."""
    return bool(OF_WHOLE.fullmatch(passage.text[first.printed.end : second.printed.start]))


@rule(
    "citations-of-group",
    "error",
    needs=("ledger", "studies"),
    example="“an interlaminar approach in three studies” with the citations of the transforaminal group",
    blind="citations of works outside the review beside those of a group",
)
def citations_of_group(matter: Matter) -> Iterator[Finding]:
    """The studies cited behind a count of studies are not those that it counts."""
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        made = {one.start for one in passage.printed if one.start == one.end}
        for index, one in enumerate(bounds):
            names = {word for pair in one.value.nouns for word in pair}
            if (
                one.value.kind != "count"
                or not {"study", "studies"} & names
                or not (one.value.studies or one.value.value == 0)
            ):
                continue
            if index and is_part_of(passage, bounds[index - 1], one):
                continue
            # `four of the seven studies` cites the four.
            after = index + 1
            after += after < len(bounds) and is_part_of(passage, one, bounds[after])
            following = bounds[after].printed.start if after < len(bounds) else len(passage.text) + 1
            stopped = CLAUSE.search(passage.text, one.printed.end)
            end = min(following, stopped.start() if stopped else following)
            own = [key for key in passage.cited if one.printed.end <= key.at <= end and key.key in matter.study_ids]
            cited = {key.key for key in own}
            # A single work may be the one of which the sentence goes on to speak, unless a value cites it.
            near = {key.key for key in own if key.at == own[0].at}
            # `in two trials [a, b] and insulin in one [c]`: what follows belongs to the next number.
            if (len(near) > 1 or (own and own[0].at in made)) and _fits(passage, one, near):
                continue
            if (len(cited) > 1 or any(key.at in made for key in own)) and not _fits(passage, one, cited):
                missing = sorted(set(one.value.studies) - cited)
                extra = sorted(cited - set(one.value.studies))
                parts = [f"{text} {', '.join(keys)}" for text, keys in (("without", missing), ("with", extra)) if keys]
                message = f"the studies cited are not those of {one.name}: {' and '.join(parts)}"
                yield finding_in(
                    "citations-of-group", passage, message, "cite with the value's own studies: {{ … | cite }}"
                )


def _fits(passage: Passage, one: Bound, cited: set[str]) -> bool:
    """Whether the works cited are those counted, or some of them behind `of the N`."""
    if re.search(
        r"\b[oO]f\s(?:the|these)\s$|\b[aA]mong\s(?:the|these)\s$|^(?:Of|Among)\s$", passage.text[: one.printed.start]
    ):
        return cited <= set(one.value.studies)
    return cited == set(one.value.studies)
