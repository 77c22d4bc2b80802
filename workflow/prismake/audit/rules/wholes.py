"""Parts and their wholes: a part is no larger than its whole, a percentage is that of its count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from prismake.audit.bounds import Bound, bound_in, finding_in
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import Nouns, forms
from prismake.audit.numerals import Numeral, numerals
from prismake.audit.passages import Passage

# `64 of the 93`, `64 women of all 93`; not `93 took part, of whom 64`.
OF_WHOLE = re.compile(
    r"\s?/\s?|(?:(?!\b(?:and|or|was|were)\b)[^,;.()]){0,30}\bof\s+(?:(?:the|these|those|all|our|its)\s+){0,2}(?:(?!whom|which)[a-z-]+\s+)?"
)
# What opens a range with `to`, and with `and`.
RANGED = (
    r"(?:from|between|range[ds]?(?: of)?:?)\s+$",
    r"\b(?:lay|lies|lie|was|were|is|are|ranged?|varied)\sbetween\s$",
)

# `decreased from 9 to 2.3`: no range, and what changes or improves may go either way.
FALLING = r"\b(?:decreas|declin|drop|lower|reduc|shorten|fell\b|fall)"
CHANGING = rf"(?:{FALLING}|\b(?:chang|improv|went\b|goes?\b|mov|shift|worsen))[^,;.()]{{0,40}}\bfrom\s+$"


def _wrong_way(before: str, between: str, first: Numeral, second: Numeral) -> tuple[str, str] | None:
    """What two numbers are that go the wrong way, and which way they should: a range descends, or a fall ascends."""
    if between.strip() == "to" and re.search(CHANGING, before, re.IGNORECASE):
        falls = re.search(FALLING, before[-60:], re.IGNORECASE)
        return ("the fall from", "descend") if falls and first.value <= second.value else None
    ranged = re.fullmatch(r"\s+to\s+|\s?–\s?|\s+and\s+", between) and (
        "–" in between or re.search(RANGED["and" in between], before)
    )
    return ("the range", "ascend") if ranged and first.value >= second.value else None


@rule(
    "part-of-whole",
    "error",
    needs=("ledger",),
    example="“93 of the 50 patients”",
    blind="parts and wholes that stand in different sentences",
)
def part_of_whole(matter: Matter) -> Iterator[Finding]:
    """A part is larger than its whole, a number of people or studies is negative, or a range or a fall goes the wrong
    way.
    """
    nouns = matter.nouns
    for passage in matter.authored:
        for one in bound_in(passage, matter):
            if one.value.kind == "count" and passage.text[one.printed.start] in "−-":
                yield finding_in("part-of-whole", passage, f"−{one.numeral.text} is less than nothing")
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
            if plain and (wrong := _wrong_way(passage.text[: first.start], between, first, second)):
                span, way = wrong
                yield finding_in("part-of-whole", passage, f"{span} {first.text} to {second.text} does not {way}")


def _one_thing(passage: Passage, part: Numeral, whole: Numeral, nouns: Nouns) -> bool:
    """Whether both numbers count one thing; `8,679 earthworms of 66 species` count two."""
    own, other = nouns.after(passage.text[: whole.start], part.end), nouns.after(passage.text, whole.end)
    # `1,773 cows of 68 farms`: a noun that nothing counts is another thing too.
    unknown = re.match(r"\s([a-z]{3,}s)\b", passage.text[whole.end :]) if own and not other else None
    return not unknown and (own is None or other is None or bool(forms(own[0]) & forms(other[0])))


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
