"""Values in the wrong place: another noun, another role, another study, another group's citations, impossible parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from prismake.audit.bounds import CLAUSE, SUPERLATIVE, Bound, bound_in, finding_in, is_range, sides_named
from prismake.audit.families import GENERAL, box_family, box_of
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import (
    KINDS_OF_STUDY,
    any_of,
    missing_roles,
    names_role,
)
from prismake.audit.numerals import numerals
from prismake.audit.passages import Passage
from prismake.audit.rules.wholes import is_part_of
from prismake.ledger.studies import EXTREME

# Words that take up what the sentence before was about.
ANAPHOR = re.compile(
    r"\b(?:these|those|they|their|them|its?|this|such|latter|former|both|others?|remaining|rest)\b", re.IGNORECASE
)
CONTINENT = re.compile(r"\b(?:Africa|America|Asia|Europe|Australasia|Oceania|Middle\s+East)n?s?\b")


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
    tables = _words_of_tables(matter)
    for passage in matter.authored:
        text = tables[passage.floating] if passage.part == "cell" else passage.text
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
                there = text.replace(passage.text, here) if passage.part != "cell" else text
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


def _words_of_tables(matter: Matter) -> dict[str, str]:
    """Identifier of each table that an author wrote -> its caption and cells: what a cell is about stands in others."""
    words: dict[str, list[str]] = {}
    for passage in matter.authored:
        if passage.floating:
            words.setdefault(passage.floating, []).append(passage.text)
    return {name: " ".join(texts) for name, texts in words.items()}


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
