"""How many studies a review says that it includes."""

from __future__ import annotations

import re
from collections import Counter

from prismake.audit.foreign.masking import STUDIES, N, masked
from prismake.audit.foreign.paper import Paper, Sentence

INCLUDED = [
    re.compile(
        rf"{N} {STUDIES} (?:were|was) (?:finally |ultimately |eventually )?included(?: in "
        rf"(?:this|the|our) (?:present |current )?(?:systematic |scoping |qualitative )?(?:map|review|"
        rf"synthesis))?(?=[.,;)]| with| and| \()",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:we|this review|the review|our review|review) (?:finally |ultimately )?included {N} {STUDIES}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{N} {STUDIES} (?:met|fulfilled|satisfied) (?:the|our|all) (?:inclusion|eligibility|selection)", re.IGNORECASE
    ),
    re.compile(rf"(?:of|among|across|in) (?:all |the )?{N} included {STUDIES}", re.IGNORECASE),
]


def included_counts(paper: Paper) -> list[tuple[Sentence, int]]:
    """Where the text says how many studies the review includes, and how many."""
    places = []
    for sentence in paper.sentences:
        if sentence.paragraph.part not in ("abstract", "text") or re.search(
            r"meta-analy|quantitative|network|each|per |subgroup|update|previous|prior|earlier|their review|et al",
            sentence.text,
            re.IGNORECASE,
        ):
            continue
        if sentence.cited and not re.search("included", sentence.text):
            continue
        text = masked(sentence.text)
        places += [(sentence, text.count(match[1])) for pattern in INCLUDED for match in pattern.finditer(text.text)]
    return list(dict.fromkeys(places))


def included_number(paper: Paper) -> int | None:
    """The number of included studies where two places agree on it and none differs."""
    numbers = Counter(number for _sentence, number in included_counts(paper))
    return next(iter(numbers)) if len(numbers) == 1 and numbers.total() > 1 else None
