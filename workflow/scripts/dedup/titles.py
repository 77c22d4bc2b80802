"""How two titles relate, word by word: the same, misspelt or misread, longer, changed; and whether their numbers differ.

Titles come folded (`normalise.fold`). What two titles share is set aside; what is left decides. A misspelling is a
word that its twin in the other title resembles; words of opposite meaning (hyper-, hypo-) are no misspellings.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

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
    if skeleton(a) == skeleton(b) and not (a.isdigit() and b.isdigit()):
        return len(a) > 1
    if digits_a and digits_b:
        return digits_a == digits_b and fuzz.ratio(a, b) >= 75
    shorter = min(len(a), len(b))
    if digits_a or digits_b:
        # A digit inside a word is a misread letter; 'hpv16' beside 'hpv' is not.
        return shorter >= 6 and len(a) == len(b) and fuzz.ratio(skeleton(a), skeleton(b)) >= 75
    if shorter < 3 or contrast(a, b):
        return False
    return fuzz.ratio(a, b) >= (80 if shorter == 3 else 70 if shorter < 6 else 75)


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
    """Single letters that tell types apart (hepatitis B, factor H); not what elisions and plurals leave."""
    return Counter(word for word in words if len(word) == 1 and word.isalpha() and word not in "astoeyi")


def _numbers(words: list[str]) -> Counter[str]:
    """The numbers among words, alone or in short names such as p16; a digit in a longer word is a misread letter."""
    found: Counter[str] = Counter()
    for word in words:
        digits = "".join(letter for letter in word if letter.isdigit())
        if word in ROMAN and word not in {"x", "v"}:
            found[str(ROMAN[word])] += 1
        elif word in SPELLED_NUMBERS and word != "one":
            found[SPELLED_NUMBERS[word]] += 1
        elif digits and len(word) - len(digits) <= 5:
            found[digits.lstrip("0") or "0"] += 1
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
    letters_a, letters_b = _letters(only_a), _letters(only_b)
    if letters_a and letters_b and letters_a != letters_b:
        numbers = NUMBERS_APART
    elif numbers_a == numbers_b:
        numbers = NUMBERS_SAME
    else:
        numbers = NUMBERS_APART if numbers_a - numbers_b and numbers_b - numbers_a else NUMBERS_MORE
    return _level(a, b, only_a, only_b), numbers


def _level(a: str, b: str, only_a: list[str], only_b: list[str]) -> int:
    telling_a, telling_b = _telling(only_a), _telling(only_b)
    joined_a, joined_b = "".join(only_a), "".join(only_b)
    if not telling_a and not telling_b and len(joined_a + joined_b) <= 8:
        return NEAR
    if joined_a == joined_b:
        return NEAR
    turned = any(contrast(one, two) for one in telling_a for two in telling_b)
    if min(len(joined_a), len(joined_b)) >= 6 and not turned and fuzz.ratio(joined_a, joined_b) >= 75:
        return NEAR
    if not turned and _scattered(a, b, telling_a, telling_b):
        return NEAR
    shorter, longer = sorted((a.replace(" ", ""), b.replace(" ", "")), key=lambda text: (len(text), text))
    if (not telling_a or not telling_b) and len(shorter) >= 12:
        return LONGER
    if len(shorter) >= 20 and len(shorter) <= 0.8 * len(longer) and fuzz.partial_ratio(shorter, longer) >= 90:
        return LONGER
    whole = fuzz.ratio(a, b)
    return CHANGED if whole >= 75 else LOOSE if whole >= 50 else APART


def _scattered(a: str, b: str, only_a: list[str], only_b: list[str]) -> bool:
    """Whether two titles differ in single letters and blanks here and there, as misreading makes them, not in words."""
    if any(len(one) == len(two) <= 4 for one in only_a for two in only_b):
        return False
    one, two = a.replace(" ", ""), b.replace(" ", "")
    if min(len(one), len(two)) < 20 or fuzz.ratio(one, two) < 88:
        return False
    edits = [edit for edit in Levenshtein.opcodes(one, two) if edit.tag != "equal"]
    return all(max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start) <= 2 for edit in edits) and all(
        after.src_start - before.src_end > 1 for before, after in pairwise(edits)
    )
