"""Search strategies as words, so that a term of the text can be looked for in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prismake.common.matching import without_accents

# What platforms write at the end of a term: PubMed's fields, Ovid's, Embase.com's and the Cochrane Library's.
FIELD = re.compile(r"\[[^\]]*\]|\.(?:[a-z]{2},?)+\.?(?=\W|$)|:[a-z]{2}(?:,[a-z]{2})*\b|/exp\b", re.IGNORECASE)
WORD = re.compile(r"\w+[*$?]?")


def words_of(text: str) -> list[str]:
    """The words of a strategy or term: lower case, without accents, fields and quotes; truncation is kept as `*`."""
    plain = without_accents(FIELD.sub(" ", text)).lower().replace("’", "'")
    return [re.sub(r"[$?]$", "*", word) for word in WORD.findall(plain)]


def _same(word: str, other: str) -> bool:
    """Whether two words are the same, or one is what the other is truncated to."""
    if word.endswith("*") or other.endswith("*"):
        stem, end = word.rstrip("*"), other.rstrip("*")
        return (word.endswith("*") and end.startswith(stem)) or (other.endswith("*") and stem.startswith(end))
    return word == other


def contains(strategy: Sequence[str], term: Sequence[str]) -> bool:
    """Whether a strategy contains the words of a term side by side, in their order or inverted as subject headings are.

    A word of the term fits a truncated word of the strategy, and the other way round.
    """
    size = len(term)
    for at in range(len(strategy) - size + 1):
        window = strategy[at : at + size]
        for order in (term, [*term[-1:], *term[:-1]], [*term[1:], *term[:1]]):
            if all(_same(word, other) for word, other in zip(order, window, strict=True)):
                return True
    return False
