"""How two names of a journal or of proceedings relate: abbreviations, acronyms, with and without the society."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from prismake.dedup.misreading import skeleton
from prismake.dedup.vocabulary import BOOK_WORDS, SOURCE_WORDS

SAME, NEAR, APART, NONE = range(4)


def abbreviates(short: str, full: str) -> bool:
    """Whether a word abbreviates another: the same first letter, its letters in order in the other."""
    if short[0] != full[0]:
        return False
    at = 0
    for letter in short:
        at = full.find(letter, at) + 1
        if not at:
            return False
    return True


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words)


def _core(words: list[str]) -> set[str]:
    return {word for word in words if word not in SOURCE_WORDS and not word[0].isdigit()}


@lru_cache(maxsize=1 << 18)
def relate(a: str, b: str) -> int:
    """SAME, NEAR or APART for two folded names of sources, NONE where one is empty; symmetric."""
    if a == b or a.replace(" ", "") == b.replace(" ", ""):
        return SAME
    short, full = sorted((a.split(), b.split()), key=lambda words: (len(" ".join(words)), words))
    if not short or not full:
        return NONE
    initials = _initials(full)
    if len(short) == 1 and len(short[0]) >= 3 and initials.startswith(short[0]):
        return SAME
    at = 0
    for word in full:
        if at < len(short) and abbreviates(short[at], word):
            at += 1
    if at == len(short):
        return SAME if len(short) >= 2 or len(short) == len(full) else NEAR
    if any(len(word) >= 3 and word in {_initials(short), initials} for word in (*short, *full)):
        return NEAR
    if _is_book(short) != _is_book(full):
        return APART
    # An acronym leaves out what all sources of its kind are called.
    if len(short) == 1 and len(short[0]) >= 3 and short[0] == _initials([w for w in full if w not in SOURCE_WORDS]):
        return SAME
    # Proceedings are named in many ways: what is left without the words that all of them share.
    core_a, core_b = _core(short), _core(full)
    if core_a and core_b and (core_a <= core_b or core_b <= core_a) and len(core_a & core_b) >= 2:
        return SAME
    ratio = max(fuzz.token_sort_ratio(a, b), fuzz.token_set_ratio(a, b) - 5)
    if ratio >= 88:
        return SAME
    return NEAR if ratio >= 80 or _misread("".join(short), "".join(full)) else APART


def _is_book(words: list[str]) -> bool:
    return not BOOK_WORDS.isdisjoint(words)


LONGEST_ACRONYM = 8


def acronym_beside_name(a: str, b: str) -> bool:
    """Whether one folded name of a meeting is an acronym and the other spells a name out: neither contradicts."""
    short, full = sorted((_core(a.split()), _core(b.split())), key=len)
    return len(short) == 1 and len(full) > 1 and len(next(iter(short))) <= LONGEST_ACRONYM


SHORTEST_MISREAD = 7


def _misread(short: str, full: str) -> bool:
    """Whether one name without blanks is the other misread, or an abbreviation of it misread."""
    shorter, longer = sorted((skeleton(short), skeleton(full)), key=lambda name: (len(name), name))
    if len(shorter) < SHORTEST_MISREAD:
        return False
    if fuzz.ratio(shorter, longer) >= 80:
        return True
    # An abbreviation keeps its letters' order, and the beginning.
    return LCSseq.similarity(shorter, longer) >= 0.88 * len(shorter) and fuzz.ratio(shorter[:3], longer[:3]) >= 60
