"""How two titles relate, word by word: the same, misspelt, longer or changed, and whether their numbers differ.

What the two share is set aside; what is left decides.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from prismake.dedup.misreading import NUMBERS_APART, NUMBERS_MORE, NUMBERS_SAME, alike, contrast, digits_of, misread
from prismake.dedup.titles import without_footnote
from prismake.dedup.vocabulary import ROMAN, SPELLED_NUMBERS, STOP

EXACT, NEAR, LONGER, TRANSLATED, CHANGED, LOOSE, APART, NONE = range(8)


def _left_over(a: str, b: str) -> tuple[list[str], list[str]]:
    """The words of each title that the other has not, nor anything like them."""
    shared = Counter(a.split()) & Counter(b.split())
    only_a, only_b = _without(a.split(), shared), _without(b.split(), shared)
    if "".join(only_a) == "".join(only_b):
        return [], []
    for word in list(only_a):
        twin = next((other for other in only_b if alike(word, other)), None)
        if twin is not None:
            only_a.remove(word)
            only_b.remove(twin)
    return only_a, only_b


def _without(words: list[str], shared: Counter[str]) -> list[str]:
    left = Counter(shared)
    kept = []
    for word in words:
        if left[word]:
            left[word] -= 1
        else:
            kept.append(word)
    return kept


def _letters(words: list[str]) -> Counter[str]:
    """Single letters that distinguish types (hepatitis B, vitamin K); not what elisions and plurals leave."""
    return Counter(word for word in words if len(word) == 1 and word.isalpha() and word not in "astoeyi")


def _numbers(words: list[str]) -> Counter[str]:
    """The numbers among words, alone or in short names such as cd4; a digit in a longer word is a misread letter."""
    counts: Counter[str] = Counter()
    for word in words:
        digits = digits_of(word)
        if word in ROMAN and word not in {"x", "v"}:
            counts[str(ROMAN[word])] += 1
        elif word in SPELLED_NUMBERS and word != "one":
            counts[SPELLED_NUMBERS[word]] += 1
        elif digits and len(word) - len(digits) <= 5 and not _MISREAD_INSIDE.fullmatch(word):
            counts[digits.lstrip("0") or "0"] += 1
    return counts


# One digit among letters is one of them, misread: 'ca5ein'.
_MISREAD_INSIDE = re.compile(r"(?=\D*\d\D*$)[^\W\d_]{2,}[015689][^\W\d_]{2,}")


def _telling(words: list[str]) -> list[str]:
    return [word for word in words if len(word) > 2 and word not in STOP and not word.isdigit()]


@lru_cache(maxsize=1 << 16)
def relate(a: str, b: str) -> tuple[int, int]:
    """(level of the titles, level of their numbers) for two folded titles that are not equal; symmetric."""
    if a > b:
        a, b = b, a
    numbers_misread = misread(a, b)
    if numbers_misread is not None:
        return NEAR, numbers_misread
    only_a, only_b = _left_over(a, b)
    numbers_a, numbers_b = _numbers(only_a), _numbers(only_b)
    letters_a, letters_b = _letters(only_a), _letters(only_b)
    if letters_a and letters_b and letters_a != letters_b:
        numbers = NUMBERS_APART
    elif numbers_a == numbers_b:
        numbers = NUMBERS_SAME
    else:
        numbers = NUMBERS_APART if numbers_a - numbers_b and numbers_b - numbers_a else NUMBERS_MORE
    return _level(a, b, only_a, only_b), numbers


def differ_by_footnote(a: str, b: str) -> bool:
    """Whether one of two folded titles is the other with a footnote's number at its end."""
    bare_a, bare_b = without_footnote(a), without_footnote(b)
    if (bare_a == a) == (bare_b == b):
        return False
    return bare_a.replace(" ", "") == bare_b.replace(" ", "") or relate(*sorted((bare_a, bare_b))) == (
        NEAR,
        NUMBERS_SAME,
    )


# Letters at the start of a title that no two titles share by chance.
LONG_HEAD = 30


def _level(a: str, b: str, only_a: list[str], only_b: list[str]) -> int:
    telling_a, telling_b = _telling(only_a), _telling(only_b)
    joined_a, joined_b = "".join(only_a), "".join(only_b)
    if not telling_a and not telling_b and len(joined_a + joined_b) <= 8:
        return NEAR
    if joined_a == joined_b:
        return NEAR
    resembling = min(len(joined_a), len(joined_b)) >= 6 and fuzz.ratio(joined_a, joined_b) >= 75
    if (resembling or _scattered(a, b, telling_a, telling_b)) and not any(
        contrast(left, right) for left in telling_a for right in telling_b
    ):
        return NEAR
    shorter, longer = sorted((a.replace(" ", ""), b.replace(" ", "")), key=lambda text: (len(text), text))
    if (not telling_a or not telling_b) and len(shorter) >= 12:
        return LONGER
    # Cut off inside a word.
    if len(shorter) >= LONG_HEAD and longer.startswith(shorter):
        return LONGER
    if len(shorter) >= 20 and len(shorter) <= 0.8 * len(longer) and fuzz.partial_ratio(shorter, longer) >= 90:
        return LONGER
    whole = fuzz.ratio(a, b)
    return CHANGED if whole >= 75 else LOOSE if whole >= 50 else APART


def _scattered(a: str, b: str, only_a: list[str], only_b: list[str]) -> bool:
    """Whether two titles differ in single letters and blanks here and there, as misreading makes them, not in words."""
    if any(len(left) == len(right) <= 4 for left in only_a for right in only_b):
        return False
    left, right = a.replace(" ", ""), b.replace(" ", "")
    if min(len(left), len(right)) < 20 or fuzz.ratio(left, right) < 88:
        return False
    edits = [edit for edit in Levenshtein.opcodes(left, right) if edit.tag != "equal"]
    return all(max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start) <= 2 for edit in edits) and all(
        after.src_start - before.src_end > 1 for before, after in pairwise(edits)
    )
