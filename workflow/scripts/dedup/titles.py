"""How two titles relate, word by word: the same, misspelt or misread, longer, changed; and whether their numbers differ.

Titles come folded (`normalise.fold`). What two titles share is set aside; what is left decides. A misspelling is a
word that its twin in the other title resembles; words of opposite meaning (hyper-, hypo-) are no misspellings.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from rapidfuzz import fuzz

from prismake.dedup.normalise import ROMAN, SPELLED_NUMBERS
from prismake.dedup.vocabulary import CONTRASTS, STOP

EXACT, NEAR, LONGER, TRANSLATED, CHANGED, LOOSE, APART, NONE = range(8)
NUMBERS_SAME, NUMBERS_MORE, NUMBERS_APART = range(3)

# Letters that are misread for each other, in one letter each; a word's skeleton survives most misreadings.
_SKELETON = str.maketrans(
    {
        **dict.fromkeys("il1tfj", "i"),
        **dict.fromkeys("ceo0a", "o"),
        **dict.fromkeys("nr", "n"),
        **dict.fromkeys("uv", "u"),
        **dict.fromkeys("hb8", "h"),
        **dict.fromkeys("s5", "s"),
        **dict.fromkeys("gq9", "g"),
    }
)


def skeleton(text: str) -> str:
    """A text without what misreading changes most: 'modern' and 'modem' are one."""
    return text.replace("rn", "m").replace("ri", "n").translate(_SKELETON)


@lru_cache(maxsize=1 << 16)
def contrast(a: str, b: str) -> bool:
    """Whether two words differ in a part that turns the meaning: hypertension and hypotension, male and female."""
    return any(
        (a.startswith(one) and b.startswith(two) and a[len(one) :] == b[len(two) :] != "")
        or (a.startswith(two) and b.startswith(one) and a[len(two) :] == b[len(one) :] != "")
        for one, two in CONTRASTS
    )


def alike(a: str, b: str) -> bool:
    """Whether one word is a misspelling or a misreading of the other. Two numbers never are."""
    digits_a, digits_b = (("".join(letter for letter in word if letter.isdigit())) for word in (a, b))
    if digits_a and digits_b:
        return digits_a == digits_b and fuzz.ratio(a, b) >= 75
    if skeleton(a) == skeleton(b):
        return len(a) > 1
    shorter = min(len(a), len(b))
    if digits_a or digits_b:
        # A digit inside a word is a misread letter; 'hpv16' beside 'hpv' is not.
        return shorter >= 6 and len(a) == len(b) and fuzz.ratio(skeleton(a), skeleton(b)) >= 75
    if shorter < 4 or contrast(a, b):
        return False
    return fuzz.ratio(a, b) >= (75 if shorter >= 6 else 70)


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


def _numbers(words: list[str]) -> Counter[str]:
    """What tells parts, arms and types apart among words: numbers, and single letters (hepatitis B, factor H)."""
    found: Counter[str] = Counter()
    for word in words:
        digits = "".join(letter for letter in word if letter.isdigit())
        if word in ROMAN and word not in {"x", "v"}:
            found[str(ROMAN[word])] += 1
        elif word in SPELLED_NUMBERS and word != "one":
            found[SPELLED_NUMBERS[word]] += 1
        elif digits:
            found[digits.lstrip("0") or "0"] += 1
        elif len(word) == 1 and word not in "astoey":
            found[word] += 1
    return found


def _telling(words: list[str]) -> list[str]:
    return [word for word in words if len(word) > 2 and word not in STOP and not word.isdigit()]


@lru_cache(maxsize=1 << 16)
def relate(a: str, b: str) -> tuple[int, int]:
    """(level of the titles, level of their numbers) for two folded titles that are not equal; symmetric."""
    if a > b:
        a, b = b, a
    only_a, only_b = _left_over(a, b)
    numbers_a, numbers_b = _numbers(only_a), _numbers(only_b)
    if numbers_a == numbers_b:
        numbers = NUMBERS_SAME
    else:
        numbers = NUMBERS_APART if numbers_a - numbers_b and numbers_b - numbers_a else NUMBERS_MORE
    return _level(a, b, only_a, only_b), numbers


def _level(a: str, b: str, only_a: list[str], only_b: list[str]) -> int:
    telling_a, telling_b = _telling(only_a), _telling(only_b)
    joined_a, joined_b = "".join(only_a), "".join(only_b)
    if not telling_a and not telling_b and len(joined_a + joined_b) <= 8:
        return NEAR
    turned = any(contrast(one, two) for one in telling_a for two in telling_b)
    if min(len(joined_a), len(joined_b)) >= 6 and not turned and fuzz.ratio(joined_a, joined_b) >= 75:
        return NEAR
    shorter, longer = sorted((a.replace(" ", ""), b.replace(" ", "")), key=lambda text: (len(text), text))
    if (not telling_a or not telling_b) and len(shorter) >= 12:
        return LONGER
    if len(shorter) >= 20 and len(shorter) <= 0.8 * len(longer) and fuzz.partial_ratio(shorter, longer) >= 90:
        return LONGER
    whole = fuzz.ratio(a, b)
    return CHANGED if whole >= 75 else LOOSE if whole >= 50 else APART
