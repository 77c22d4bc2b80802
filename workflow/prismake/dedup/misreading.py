"""Words and titles that were misspelt, or misread by a machine: what is one word or title in spite of it, and what not.

Words of opposite meaning (hyper-, hypo-) are never misspellings of each other.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from prismake.dedup.vocabulary import CONTRASTS, ROMAN, SPELLED_NUMBERS, STOP

# How the numbers of two titles relate.
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


_TURNS = frozenset(CONTRASTS) | {(two, one) for one, two in CONTRASTS}


@lru_cache(maxsize=1 << 16)
def contrast(a: str, b: str) -> bool:
    """Whether two words differ in a part that turns the meaning: hypertension and hypotension, male and female."""
    common = 0
    while common < min(len(a), len(b)) and a[-1 - common] == b[-1 - common]:
        common += 1
    # 'unilateral' and 'bilateral' end alike in more letters than the part after the prefix.
    return any((a[:-end], b[:-end]) in _TURNS for end in range(common, max(common - 3, 0), -1))


@lru_cache(maxsize=1 << 16)
def bones(word: str) -> str:
    """The skeleton of a word, kept for the next time."""
    return skeleton(word)


def digits_of(word: str) -> str:
    """The digits of a word, in order."""
    return "" if word.isalpha() else "".join(letter for letter in word if letter.isdigit())


def alike(a: str, b: str) -> bool:
    """Whether one word is a misspelling or a misreading of the other. Two numbers never are."""
    shorter, longer = sorted((len(a), len(b)))
    if longer > 2 * shorter or shorter < 2:
        return False
    digits_a, digits_b = digits_of(a), digits_of(b)
    if bones(a) == bones(b) and not (digits_a == a and digits_b == b):
        return True
    if digits_a and digits_b:
        return digits_a == digits_b and fuzz.ratio(a, b) >= 75
    if digits_a or digits_b:
        # A digit inside a word is a misread letter; 'cox2' beside 'cox' is not.
        return shorter >= 6 and shorter == longer and fuzz.ratio(bones(a), bones(b)) >= 75
    if shorter < 3 or fuzz.ratio(a, b) < (80 if shorter == 3 else 70 if shorter < 6 else 75):
        return False
    return not contrast(a, b)


# --- whole titles -------------------------------------------------------------------------------------------------

# Digits that stand for letters where a word was misread.
_DIGIT_LETTERS = str.maketrans(
    {"0": "o", "1": "l", "5": "s", "6": "b", "8": "b", "9": "g", "2": "z", "4": "a", "3": "b"}
)
# Below this similarity of the letters without blanks two titles are not read as one title misread.
MISREAD_FROM = 82
SHORTEST_MISREAD = 20


def misread(a: str, b: str) -> int | None:
    """How the numbers of two folded titles relate that are one title misread; None if they are not.

    The letters are aligned without blanks and cut where both titles have a blank at the same place, so that words
    broken at the end of a line or run together meet their twins. Each pair of pieces may then differ in scattered
    letters only; a short word, which one letter makes another one, only where longer ones show that much was misread.
    """
    left, right = a.replace(" ", ""), b.replace(" ", "")
    if min(len(left), len(right)) < SHORTEST_MISREAD or fuzz.ratio(left, right) < MISREAD_FROM:
        return None
    numbers, short, long = NUMBERS_SAME, 0, 0
    for x, y in _pieces(a, b):
        if x == y:
            continue
        number = _other_number(x, y)
        if number is None:
            edits = _edits(x, y)
            if edits is None or contrast(x, y):
                return None
            if min(len(x), len(y)) > SHORT_WORD:
                long += edits > 0
            else:
                short += edits > 0
        else:
            numbers = max(numbers, number)
    return None if short > long else numbers


def runs_into(title: str, source: str, other: str) -> bool:
    """Whether `title` is the title `other` and then its `source` (folded, small words dropped), misread or not."""
    words, length = title.split(), len(other.replace(" ", ""))
    at, rest = 0, len(words)
    for place, word in enumerate(words):
        at += len(word)
        if at >= length - 2:
            rest = place + 1
            break
    behind = "".join(word for word in words[rest:] if word not in STOP)
    named = source.replace(" ", "")
    if not behind or not named or fuzz.ratio(skeleton(behind), skeleton(named)) < 80:
        return False
    before = " ".join(words[:rest])
    return before.replace(" ", "") == other.replace(" ", "") or misread(*sorted((before, other))) == NUMBERS_SAME


SHORT_WORD = 4


def _pieces(a: str, b: str) -> list[tuple[str, str]]:
    """The pieces of two titles between blanks that both have at the same place, without blanks."""
    left, right = a.replace(" ", ""), b.replace(" ", "")
    blanks_a, blanks_b = _ends(a), _ends(b)
    cuts = [(0, 0)]
    for edit in Levenshtein.opcodes(left, right):
        if edit.tag != "equal":
            continue
        for step in range(edit.src_end - edit.src_start + 1):
            at_a, at_b = edit.src_start + step, edit.dest_start + step
            if at_a in blanks_a and at_b in blanks_b and at_a > cuts[-1][0] and at_b > cuts[-1][1]:
                cuts.append((at_a, at_b))
    if cuts[-1] != (len(left), len(right)):
        cuts.append((len(left), len(right)))
    return [(left[low_a:high_a], right[low_b:high_b]) for (low_a, low_b), (high_a, high_b) in pairwise(cuts)]


def _ends(text: str) -> set[int]:
    """Where words end, counted without blanks."""
    ends, at = set(), 0
    for word in text.split():
        at += len(word)
        ends.add(at)
    return ends


def _other_number(x: str, y: str) -> int | None:
    """How the numbers of two pieces that differ relate; None where neither is a number or names one."""
    if bones(x) == bones(y) and not (x.isdigit() and y.isdigit()):
        return None
    if len(x) == 1 == len(y) and x.isalpha() and y.isalpha():
        return NUMBERS_APART
    named_x, named_y = _named(x, y), _named(y, x)
    if named_x == named_y:
        return None
    return NUMBERS_APART if named_x and named_y else NUMBERS_MORE


def _named(word: str, twin: str) -> str:
    """The number that a piece names: its digits, but those that the twin has a letter for."""
    if word in ROMAN and len(word) < 5 and word not in {"x", "v"}:
        return str(ROMAN[word])
    if word in SPELLED_NUMBERS and word != "one":
        return SPELLED_NUMBERS[word]
    digits = digits_of(word)
    if not digits or len(word) == len(digits):
        return digits.lstrip("0") or digits
    letters = word.translate(_DIGIT_LETTERS)
    without = "".join(letter for letter in word if not letter.isdigit())
    # 'lesio5' beside 'lesions': the digit stands for letters; 'cox2' beside 'cox': it is one more.
    read, dropped = (Levenshtein.distance(bones(text), bones(twin)) for text in (letters, without))
    if len(without) >= 3 and not digits_of(twin) and read < dropped:
        return ""
    return digits.lstrip("0") or digits


def _edits(x: str, y: str) -> int | None:
    """How many letters of two pieces are misread, not counting what a skeleton has lost; None for other words."""
    bones_x, bones_y = bones(x), bones(y)
    if bones_x == bones_y:
        return 0
    longer = max(len(bones_x), len(bones_y))
    edits = [edit for edit in Levenshtein.opcodes(bones_x, bones_y) if edit.tag != "equal"]
    longest = max(max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start) for edit in edits)
    distance = Levenshtein.distance(bones_x, bones_y)
    if longest > 2 or distance > max(1, round(0.34 * longer)):
        return None
    return distance
