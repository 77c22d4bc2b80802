"""Values beside another noun than that of what they count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.audit.bounds import Bound, bound_in, finding_in
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import (
    KINDS_OF_STUDY,
    MEASURED,
    NOT_SURVIVED,
    PATIENTS,
    PEOPLE,
    SEXES,
    accepted,
    any_of,
    forms,
    head_of,
    names_role,
    same_root,
    stem,
    verbs_of,
    words_in,
)
from prismake.audit.passages import Passage

# Where or when something happened to what is counted.
WHEN = re.compile(r"\s(?:over|before|after|during|in|at|by|within)\s(?=(?:the|an?|this|that|spring|winter|\w+ing)\b)")


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
            if after is None or not _of_other_kind(after[0], one, matter):
                continue
            if not (_called(after[0], one, matter) or _event_of(one, passage) or _says_own(after, one, passage)):
                counts = any_of([pair[1] for pair in one.value.nouns] or [one.value.unit])
                yield finding_in("value-noun", passage, f"{one.name} counts {counts}, but the text says '{after[0]}'")


def _event_of(one: Bound, passage: Passage) -> bool:
    """Whether a number is of events, scans or the like in the people or studies behind it: 10 of 36 children."""
    return bool(re.match(r"\s+of\s+(?:the\s+)?[\d,]+\s", passage.text[one.printed.end :])) and not (
        accepted(one.value) & (PEOPLE | KINDS_OF_STUDY | {"records"})
    )


def _of_other_kind(noun: str, one: Bound, matter: Matter) -> bool:
    """Whether the review counts what a noun names apart, or the noun and the value are of two kinds.

    Any other noun may be the author's word for what is counted (stations called sites), and value-counts asks for it.
    """
    if noun in matter.nouns.counted | matter.nouns.units:
        return True
    own = accepted(one.value)
    kinds = (PEOPLE, KINDS_OF_STUDY, forms("record"), MEASURED)
    return any(noun in kind for kind in kinds) and any(own & kind for kind in kinds)


def _says_own(after: tuple[str, int], one: Bound, passage: Passage) -> bool:
    """Whether other words say what is counted: `340 cows were heifers`, `9 animal studies`."""
    between = passage.text[one.numeral.end : after[1] - len(after[0])]
    if one.value.records:
        return after[0] in KINDS_OF_STUDY and bool(one.value.roles) and names_role(one.value.roles[0], between)
    # `28 female students`, of a value that counts women.
    if any(words_in(between) & {stem(word) for word in sex} and accepted(one.value) & sex for sex in SEXES):
        return True
    # What a noun is completed or described by is shared by others: `episodes of diarrhea`, `randomized trials`.
    own = {stem(head_of(noun).split()[-1]) for noun in accepted(one.value)}
    own |= verbs_of(own)
    clause = re.split(r"[,;.]|\b(?:and|or|but|while)\b", re.sub(r"^\s*\([^()]*\)", "", passage.text[after[1] :]))[0]
    clause = WHEN.split(clause)[0]
    predicate = re.match(r"\s(?:(?:was|were|are|is)\s(?:also\s)?)?([a-z-]+(?:\s[a-z-]+)?\s?)$", clause)
    verbs = {re.sub(r"([a-z])\1$", r"\1", word) for word in words_in(predicate[1])} if predicate else set()
    verbs |= {"died"} if NOT_SURVIVED.search(clause) else set()
    return any(_alike(word, other) for word in verbs for other in own)


def _alike(word: str, other: str) -> bool:
    """Whether a stem of the text is one of the value's: the same, of the same root, or its beginning."""
    return word == other or same_root(word, other) or (len(word) > 3 and other.startswith(word))


def _called(noun: str, one: Bound, matter: Matter) -> bool:
    """Whether a value may be written with a noun; people also with a word for people that no other value counts."""
    own = accepted(one.value)
    # `13 surveys were excluded`, where surveys are the reason.
    if noun in own or (one.value.roles and stem(noun) in {stem(word) for word in one.value.roles[0]}):
        return True
    other_sex = any(noun in words and own & other for words, other in (SEXES, SEXES[::-1]))
    return bool(own & PEOPLE) and noun in (PEOPLE - matter.nouns.counted) | PATIENTS and not other_sex
