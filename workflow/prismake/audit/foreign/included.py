"""How many studies a review says that it includes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from prismake.audit.foreign.masking import N, masked
from prismake.audit.foreign.paper import Paper, Sentence

NOUNS = r"(studies|trials|articles|papers|reports|publications|series|RCTs|cohorts|surveys|reviews)"
WORDS = r"(?:[a-z-]+ ){0,3}"
INCLUDED = [
    re.compile(
        rf"{N} {WORDS}{NOUNS} (?:were|was) (?:finally |ultimately |eventually )?included"
        r"(?: in (?:this|the|our) (?:present |current )?(?:systematic |scoping |qualitative "
        r")?(?:map|review|synthesis))?"
        r"(?=[.,;)]| with| and| \()",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:we|this review|the review|our review) (?:finally |ultimately )?included {N} {WORDS}{NOUNS}", re.IGNORECASE
    ),
    re.compile(
        rf"{N} {WORDS}{NOUNS} (?:met|fulfilled|satisfied) (?:the|our|all) (?:inclusion|eligibility|selection)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:of|among|across|in) (?:all |the )?{N} included {WORDS}{NOUNS}", re.IGNORECASE),
]
# Sentences about a part of the review, or about another one.
OTHER = re.compile(
    r"meta-analy|quantitative|network|each|per |subgroup|update|previous|prior|earlier|their review|et al|respectively",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Included:
    """A statement of how many studies are included, and what it calls them: 20 studies may have 22 reports."""

    sentence: Sentence
    number: int
    noun: str


def included_counts(paper: Paper) -> list[Included]:
    """Where the text says how many studies the review includes."""
    counts = []
    for sentence in paper.sentences:
        if sentence.paragraph.part not in ("abstract", "text") or OTHER.search(sentence.text):
            continue
        if sentence.cited and "included" not in sentence.text:
            continue
        text = masked(sentence.text)
        for pattern in INCLUDED:
            for match in pattern.finditer(text.text):
                counts.append(Included(sentence, text.count(match[1]), match[2].lower()))
    return list(dict.fromkeys(counts))


def included_number(paper: Paper) -> int | None:
    """The number of included studies where two places agree on it and none differs."""
    counts = [
        one for one in included_counts(paper) if one.noun not in ("articles", "papers", "reports", "publications")
    ]
    numbers = Counter(one.number for one in counts or included_counts(paper))
    return next(iter(numbers)) if len(numbers) == 1 and numbers.total() > 1 else None
