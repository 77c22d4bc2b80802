"""Two texts side by side: which words of them, and which letters in the words, are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

TOKEN = re.compile(r"\w+|\s|[^\w\s]")
# Signs that are one letter to a reader, whoever set them.
FOLDED = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\v": " ", "\t": " ", "\n": " "})


def by_words(old: str, new: str) -> Iterator[tuple[bool, range, range]]:
    """Two texts compared by words: stretches that are equal or not, with their positions in each."""
    left, right = ([(match.start(), match[0]) for match in TOKEN.finditer(text)] for text in (old, new))
    starts = [start for start, _ in left] + [len(old)], [start for start, _ in right] + [len(new)]
    words = [word for _, word in left], [word for _, word in right]
    for tag, a, b, c, d in SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes():
        yield tag == "equal", range(starts[0][a], starts[0][b]), range(starts[1][c], starts[1][d])


def same_letters(left: str, right: str) -> Iterator[tuple[int, int]]:
    """The positions of the letters that two texts share, in order."""
    for code in Levenshtein.opcodes(left, right):
        if code.tag == "equal":
            yield from zip(range(code.src_start, code.src_end), range(code.dest_start, code.dest_end), strict=True)


def same_words(left: str, right: str) -> Iterator[tuple[int, int]]:
    """The positions of the letters that two texts share: whole words first, then single letters between those.

    A letter of one word is so never taken for one of another word that both texts have.
    """
    words = [TOKEN.findall(text) for text in (left, right)]
    starts = [[0], [0]]
    for number, listed in enumerate(words):
        for word in listed:
            starts[number].append(starts[number][-1] + len(word))
    at, to = 0, 0
    for block in Levenshtein.opcodes(*words).as_matching_blocks():
        first, other = starts[0][block.a], starts[1][block.b]
        yield from ((at + here, to + there) for here, there in same_letters(left[at:first], right[to:other]))
        at, to = starts[0][block.a + block.size], starts[1][block.b + block.size]
        yield from zip(range(first, at), range(other, to), strict=True)
