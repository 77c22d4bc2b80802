"""Titles: what a title says, and how two of them relate, word by word.

Two titles are the same, misspelt or misread, longer, translated or changed, and their numbers differ or not. What they
share is set aside; what is left decides. A misspelling is a word that its twin in the other title resembles; words of
opposite meaning (hyper-, hypo-) are no misspellings.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from prismake.dedup.normalise import fold
from prismake.dedup.vocabulary import CONTRASTS, GENERIC_WORDS, MARKING, ROMAN, SPELLED_NUMBERS, STOP

# --- reading ----------------------------------------------------------------------------------------------------

CORRECTION, RETRACTION, REPLY, COMMENT, PROTOCOL, GENERIC, PART = 1, 2, 4, 8, 16, 32, 64
# What two versions of one work cannot differ in.
KINDS = CORRECTION | RETRACTION | REPLY | COMMENT | PROTOCOL
# Marks that databases put behind a title; what they say is not part of it.
_BRACKET_END = re.compile(r"[\s.,;:]*\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\][\s.]*$")
_BRACKET_ALL = re.compile(r"^\[([^\[\]]+)\][\s.]*$")
# A mark that was cut off with the title.
_BRACKET_CUT = re.compile(
    r"[\s.,;:]*\[(?:published )?(?:erratum|errata|correct|corrig|comment|retract|republi|see|update|summary)[^\]]*$",
    re.IGNORECASE,
)
_NOTE_END = re.compile(
    r"[\s.,;:-]*\((?:provisional|structured|brief|project|withdrawn|meeting|conference|english|author s)?\s*"
    r"(?:abstract|record|summary|report)s?\)[\s.]*$",
    re.IGNORECASE,
)
_LETTERS_END = re.compile(r"\s*\((?:multiple|two|three) letters\)[\s.]*$", re.IGNORECASE)
_NOT_A_TITLE = re.compile(
    r"^\s*(?:\d+|\d+ ref\w*|review\w*|letters?|editorials?|comments?|see comments?|case reports?|abstract|survey|"
    r"(?:published )?(?:errat|corrig|correct|retract|comment|update|republi|summary|original|reprint).*|"
    r"in \w+|\w+)\s*\.?\s*$",
    re.IGNORECASE | re.DOTALL,
)
# The source of the work that a correction, reply or comment is about.
_ABOUT_END = re.compile(
    r"[\s.,;:]*(?:\(\s*vol(?:ume)?\.?\s*\d+.*|\([^()]*\((?:19|20)\d\d\)[^()]*\(.*|\[?\(?doi:?\s*10\.\S+.*)$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:published\s+)?(?:errat(?:um|a)|corrig(?:endum|enda)|corrections?|addendum|author corrections?|"
    r"publisher(?: s)? corrections?|expression of concern|fe de errata?s?|berichtigung|rectificatif)\b"
)
_CORRECTION_END = re.compile(r"\b(?:erratum|errata|corrigendum|author correction|publisher correction)$")
_RETRACTION = re.compile(
    r"^(?:retraction|retracted|notice of retraction|withdrawn|withdrawal)\b|\bretraction (?:note|notice)$"
)
_REPLY = re.compile(
    r"^(?:re|reply|replies|response|authors? (?:s )?(?:reply|response)|in reply|rejoinder|in response)\b"
    r"(?=\s+(?:to|from|by|of|the|authors?|letter|comment|on)\b|$)|^re\b|"
    r"\b(?:reply|authors? (?:s )?(?:reply|response)|in reply|rejoinder|response from the authors?|reply to letter)$|"
    r"^(?:the )?authors? (?:s )?(?:reply|response|respond)"
)
_COMMENT = re.compile(
    r"^(?:comments?|commentary|letters?|letter to the editor|editorial(?: comment)?|invited commentary|discussion)\b"
    r"(?=\s+(?:on|to|about|re|regarding|of|by)\b)|^(?:comments? on|commentary on|letter to the editor)\b|"
    r"\b(?:comment|commentary|invited commentary|invited comment|letter to the editor|discussion)$"
)
_PROTOCOL = re.compile(
    r"\b(?:study protocol|trial protocol|protocol (?:for|of) (?:a|an|the)\b|review protocol|rationale and design|"
    r"design and rationale)"
)
_PART = re.compile(
    r"\b(?:part|parts|pt|section|chapter|volume|vol|paper|report|article|lecture|study|phase|teil|parte|partie|no|"
    r"number)\s+"
    r"(\d{1,3}|[ivx]{1,5}|one|two|three|four|five|six)\b"
)


class Title(NamedTuple):
    """A title's features."""

    words: str  # folded, without the database's marks
    other: str  # the other title of a translated or bilingual record, folded; "" without one
    marks: int  # bits: CORRECTION … PART


def _split_marks(text: str) -> tuple[str, list[str]]:
    """The title without bracketed marks at its end, and the marks."""
    marks: list[str] = []
    whole = _BRACKET_ALL.match(text)
    if whole:
        return whole.group(1), marks
    while found := _BRACKET_END.search(text):
        rest = text[: found.start()]
        if not rest.strip():
            return found.group(1), marks
        if len(rest.strip()) < 8 and len(found.group(1)) > len(rest):
            break
        marks.append(found.group(1))
        text = rest.strip()
        if whole := _BRACKET_ALL.match(text):
            return whole.group(1), marks
    return text, marks


def title_features(raw: str) -> Title:
    """Reads a title: what it is called, what else it is called, what kind of piece it is."""
    text = raw
    other = ""
    if "[" in text or "(" in text:
        text, brackets = _split_marks(_BRACKET_CUT.sub("", text))
        translated = [mark for mark in brackets if not _NOT_A_TITLE.match(mark) and mark.count(" ") >= 2]
        if translated:
            other = fold(translated[0])
        text = _LETTERS_END.sub("", _NOTE_END.sub("", text))
    about = _ABOUT_END.search(text) if "(" in text or "10." in text else None
    is_about = about is not None and about.start() > 12
    if about and is_about:
        text = text[: about.start()]
    words = fold(text) or fold(raw)
    marks = _marks(words, is_about)
    if marks & CORRECTION:
        words = _corrected(text, words)
    if not other and " = " in text:
        first, _, second = text.partition(" = ")
        if first.count(" ") >= 2 and second.count(" ") >= 2:
            words, other = fold(first), fold(second)
    return Title(words, other, marks)


def _corrected(text: str, words: str) -> str:
    """The title of the work that a correction is about, without the word for it and a source that was cut off."""
    cut = text.find("(", 30)
    if cut > 0 and text.count("(") > text.count(")"):
        words = fold(text[:cut])
    rest = _CORRECTION.sub("", words).strip()
    rest = rest.removeprefix("to ").removeprefix("for ").removeprefix("in ")
    return rest if rest.count(" ") >= 2 else words


def _marks(words: str, about: bool) -> int:
    if not about and MARKING.isdisjoint(words.split()):
        return 0
    marks = 0
    if about or _CORRECTION.match(words) or _CORRECTION_END.search(words):
        marks |= CORRECTION
    if _RETRACTION.search(words):
        marks |= RETRACTION
    if _REPLY.search(words):
        marks |= REPLY
    if _COMMENT.search(words):
        marks |= COMMENT
    if _PROTOCOL.search(words):
        marks |= PROTOCOL
    if _PART.search(words):
        marks |= PART
    return marks


def informative_words(words: str, source: str = "") -> int:
    """How many words of a folded title say what it is about; words of its folded source (`source`) do not.

    Scripts without blanks count four letters as a word.
    """
    if not words.isascii() and any(
        "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in words
    ):
        return len(words.replace(" ", "")) // 4
    silent = source.split()
    return sum(
        len(word) > 1 and word not in STOP and word not in GENERIC_WORDS and word not in silent and not word.isdigit()
        for word in words.split()
    )


# --- comparing --------------------------------------------------------------------------------------------------

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
def _bones(word: str) -> str:
    return skeleton(word)


def _digits(word: str) -> str:
    return "" if word.isalpha() else "".join(letter for letter in word if letter.isdigit())


def alike(a: str, b: str) -> bool:
    """Whether one word is a misspelling or a misreading of the other. Two numbers never are."""
    shorter, longer = sorted((len(a), len(b)))
    if longer > 2 * shorter or shorter < 2:
        return False
    digits_a, digits_b = _digits(a), _digits(b)
    if _bones(a) == _bones(b) and not (digits_a == a and digits_b == b):
        return True
    if digits_a and digits_b:
        return digits_a == digits_b and fuzz.ratio(a, b) >= 75
    if digits_a or digits_b:
        # A digit inside a word is a misread letter; 'cox2' beside 'cox' is not.
        return shorter >= 6 and shorter == longer and fuzz.ratio(_bones(a), _bones(b)) >= 75
    if shorter < 3 or fuzz.ratio(a, b) < (80 if shorter == 3 else 70 if shorter < 6 else 75):
        return False
    return not contrast(a, b)


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
    """Single letters that tell types apart (hepatitis B, vitamin K); not what elisions and plurals leave."""
    return Counter(word for word in words if len(word) == 1 and word.isalpha() and word not in "astoeyi")


def _numbers(words: list[str]) -> Counter[str]:
    """The numbers among words, alone or in short names such as cd4; a digit in a longer word is a misread letter."""
    found: Counter[str] = Counter()
    for word in words:
        digits = _digits(word)
        if word in ROMAN and word not in {"x", "v"}:
            found[str(ROMAN[word])] += 1
        elif word in SPELLED_NUMBERS and word != "one":
            found[SPELLED_NUMBERS[word]] += 1
        elif digits and len(word) - len(digits) <= 5 and not _MISREAD_INSIDE.fullmatch(word):
            found[digits.lstrip("0") or "0"] += 1
    return found


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


def _level(a: str, b: str, only_a: list[str], only_b: list[str]) -> int:
    telling_a, telling_b = _telling(only_a), _telling(only_b)
    joined_a, joined_b = "".join(only_a), "".join(only_b)
    if not telling_a and not telling_b and len(joined_a + joined_b) <= 8:
        return NEAR
    if joined_a == joined_b:
        return NEAR
    resembling = min(len(joined_a), len(joined_b)) >= 6 and fuzz.ratio(joined_a, joined_b) >= 75
    if (resembling or _scattered(a, b, telling_a, telling_b)) and not any(
        contrast(one, two) for one in telling_a for two in telling_b
    ):
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


# --- misread titles ---------------------------------------------------------------------------------------------

# Digits that stand for letters where a word was misread.
_DIGIT_LETTERS = str.maketrans(
    {"0": "o", "1": "l", "5": "s", "6": "b", "8": "b", "9": "g", "2": "z", "4": "a", "3": "b"}
)
# Below this similarity of the letters without blanks two titles are not read as one title misread.
MISREAD_FROM = 82
SHORTEST_MISREAD = 20


def misread(a: str, b: str) -> int | None:
    """How the numbers of two folded titles relate that are one title misread; None where they are not.

    The letters are aligned without blanks and cut where both titles have a blank at the same place, so that words
    broken at the end of a line or run together meet their twins. Each pair of pieces may then differ in scattered
    letters only; a short word, which one letter makes another one, only where longer ones show that much was misread.
    """
    one, two = a.replace(" ", ""), b.replace(" ", "")
    if min(len(one), len(two)) < SHORTEST_MISREAD or fuzz.ratio(one, two) < MISREAD_FROM:
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
    one, two = a.replace(" ", ""), b.replace(" ", "")
    blanks_a, blanks_b = _ends(a), _ends(b)
    cuts = [(0, 0)]
    for edit in Levenshtein.opcodes(one, two):
        if edit.tag != "equal":
            continue
        for step in range(edit.src_end - edit.src_start + 1):
            at_a, at_b = edit.src_start + step, edit.dest_start + step
            if at_a in blanks_a and at_b in blanks_b and at_a > cuts[-1][0] and at_b > cuts[-1][1]:
                cuts.append((at_a, at_b))
    if cuts[-1] != (len(one), len(two)):
        cuts.append((len(one), len(two)))
    return [(one[low_a:high_a], two[low_b:high_b]) for (low_a, low_b), (high_a, high_b) in pairwise(cuts)]


def _ends(text: str) -> set[int]:
    """Where words end, counted without blanks."""
    ends, at = set(), 0
    for word in text.split():
        at += len(word)
        ends.add(at)
    return ends


def _other_number(x: str, y: str) -> int | None:
    """How the numbers of two pieces that differ relate; None where neither is a number or names one."""
    if _bones(x) == _bones(y) and not (x.isdigit() and y.isdigit()):
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
    digits = _digits(word)
    if not digits or len(word) == len(digits):
        return digits.lstrip("0") or digits
    letters = word.translate(_DIGIT_LETTERS)
    without = "".join(letter for letter in word if not letter.isdigit())
    # 'lesio5' beside 'lesions': the digit stands for letters; 'cox2' beside 'cox': it is one more.
    read, dropped = (Levenshtein.distance(_bones(text), _bones(twin)) for text in (letters, without))
    if len(without) >= 3 and not _digits(twin) and read < dropped:
        return ""
    return digits.lstrip("0") or digits


def _edits(x: str, y: str) -> int | None:
    """How many letters of two pieces are misread, not counting what a skeleton has lost; None for other words."""
    bones_x, bones_y = _bones(x), _bones(y)
    if bones_x == bones_y:
        return 0
    longer = max(len(bones_x), len(bones_y))
    edits = [edit for edit in Levenshtein.opcodes(bones_x, bones_y) if edit.tag != "equal"]
    longest = max(max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start) for edit in edits)
    distance = Levenshtein.distance(bones_x, bones_y)
    if longest > 2 or distance > max(1, round(0.34 * longer)):
        return None
    return distance
