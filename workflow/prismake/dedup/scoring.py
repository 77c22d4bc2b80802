"""How much two records agree: a level for each field, points for each level, and their sum.

The points follow the log-odds of Fellegi and Sunter (1969, A theory for record linkage, J Am Stat Assoc
64:1183-1210): agreement in what few works share counts much, agreement in what many share counts little, and what one
record leaves out counts nothing. A pair's points depend on its two records alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from prismake.dedup import authors, journals, misreading, title_pairs
from prismake.dedup.context import settle
from prismake.dedup.features import ACCESSIONS, Features, Integers
from prismake.dedup.journals import APART, NEAR, NONE, SAME
from prismake.dedup.levels import (
    AUTHOR_ALL,
    AUTHOR_APART,
    AUTHOR_FIRST,
    AUTHOR_NONE,
    AUTHOR_OTHERS,
    AUTHOR_SOME,
    PAGE_APART,
    PAGE_BOTH,
    PAGE_FIRST,
    PAGE_LAST,
    PAGE_NONE,
    PAGE_OTHER_FORM,
    PAGE_TOUCH,
    Levels,
    equal_levels,
    one_article,
    texts_of,
)
from prismake.dedup.titles import GENERIC

_LETTERS = re.compile(r"[^a-z0-9]")

Points = npt.NDArray[np.float32]

# field -> level -> (points, words for the explanation)
POINTS: dict[str, tuple[tuple[float, str], ...]] = {
    "title": (
        (7.0, "same title"),
        (6.0, "title differs in spelling"),
        (4.5, "one title continues the other"),
        (2.0, "title in another language"),
        (2.0, "title differs in words"),
        (-1.0, "titles somewhat alike"),
        (-6.0, "other title"),
        (-1.0, ""),
    ),
    "numbers": ((0.0, ""), (0.0, "one title names more numbers"), (0.0, "other numbers in the title"), (0.0, "")),
    "author": (
        (3.0, "same authors"),
        (2.0, "same first author"),
        (2.0, "same authors in other order or form"),
        (0.0, "some authors shared"),
        (-4.0, "other authors"),
        (-0.5, ""),
    ),
    "pages": (
        (3.0, "same pages"),
        (2.5, "same first page"),
        (1.5, "same last page"),
        (0.5, "pages overlap"),
        (-0.5, "pages in another form"),
        (-3.5, "other pages"),
        (0.0, ""),
    ),
    "volume": ((1.5, "same volume"), (0.0, "volume perhaps misread"), (-2.0, "other volume"), (0.0, "")),
    "issue": ((0.5, "same issue"), (0.0, ""), (-0.75, "other issue"), (0.0, "")),
    "year": ((1.0, "same year"), (-0.5, "year differs by one or two"), (-2.5, "other year"), (0.0, "")),
    "journal": ((2.0, "same journal"), (0.5, "journals alike"), (-2.5, "other journal"), (0.0, "")),
    "doi": ((6.0, "same DOI"), (0.0, ""), (-6.0, "other DOI"), (0.0, "")),
    "accession": ((6.0, "same accession number"), (0.0, ""), (-4.0, "other PMID"), (0.0, "")),
    "abstract": ((4.0, "same abstract"), (1.0, "abstracts alike"), (-2.5, "other abstract"), (0.0, "")),
}
FIELDS = tuple(POINTS)


@dataclass(frozen=True)
class Comparison:
    """Levels of agreement of many pairs, one column per field."""

    left: Integers
    right: Integers
    levels: dict[str, Levels]
    ratio: Points  # similarity of the titles, 0 to 100
    points: Points

    def __len__(self) -> int:
        return len(self.left)

    def near(self, features: Features) -> tuple[Features, Comparison]:
        """(features, pairs): where the pairs are compared, and the pairs with their rows there."""
        near, left, right = features.near(self.left, self.right)
        return near, Comparison(left, right, self.levels, self.ratio, self.points)

    def take(self, chosen: npt.NDArray[np.bool_] | Integers) -> Comparison:
        """The chosen pairs only."""
        return Comparison(
            self.left[chosen],
            self.right[chosen],
            {name: levels[chosen] for name, levels in self.levels.items()},
            self.ratio[chosen],
            self.points[chosen],
        )


Scorer = Callable[..., float]


def _ratios(column: pa.Array, left: Integers, right: Integers, scorer: Scorer, *, workers: int) -> Points:
    """A similarity for each pair, computed outside Python."""
    if not len(left):
        return np.empty(0, np.float32)
    ratios: Points = process.cpdist(
        texts_of(column, left), texts_of(column, right), scorer=scorer, dtype=np.float32, workers=workers
    )
    return ratios


def _page_levels(f: Features, a: Integers, b: Integers) -> Levels:
    page_a, page_b, last_a, last_b = f.page[a], f.page[b], f.last[a], f.last[b]
    known = (page_a >= 0) & (page_b >= 0)
    ranges = (last_a > page_a) & (last_b > page_b)
    single = ((f.locator[a] == 1) & ((f.alone[a] == 1) | (f.locator[b] == 0))) | (
        (f.locator[b] == 1) & ((f.alone[b] == 1) | (f.locator[a] == 0))
    )
    touching = (np.maximum(page_a, page_b) <= np.minimum(last_a, last_b)) & ranges
    same_first = known & (page_a == page_b)
    # An article number or a count from 1 in one database, pages of the volume in the other.
    other_form = single | (page_a <= 1) | (page_b <= 1)
    ends = (last_a >= 0) & (last_b >= 0) & ((page_a < 0) != (page_b < 0))
    suffix = ends & ((last_a % 100 == last_b % 100) | (last_a % 10 == last_b))
    levels = np.full(len(a), PAGE_NONE, np.int8)
    levels[known] = PAGE_APART
    levels[known & other_form] = PAGE_OTHER_FORM
    levels[known & touching] = PAGE_TOUCH
    levels[suffix] = PAGE_TOUCH
    levels[known & touching & (last_a == last_b)] = PAGE_LAST
    levels[same_first] = PAGE_FIRST
    levels[same_first & ranges & (last_a == last_b)] = PAGE_BOTH
    return levels


def _misread_numbers(a: Integers, b: Integers, pairs: Integers, *, places: int) -> Integers:
    """Of the chosen pairs those whose numbers are one number with a digit misread or lost."""
    misread = [
        pair
        for pair in pairs.tolist()
        if min(a[pair], b[pair]) >= 10 ** (places - 1)
        and Levenshtein.distance(str(a[pair]), str(b[pair]), score_cutoff=1) <= 1
    ]
    return np.array(misread, dtype=np.int64)


def _joined_pages(f: Features, joined_rows: Integers, range_rows: Integers) -> npt.NDArray[np.bool_]:
    """Whether the single number of one is the range of the other without its dash: 118124 is 118-124, 52532 525-532."""
    first, last, number = f.page[range_rows], f.last[range_rows], f.page[joined_rows]
    ranges = (first >= 10) & (last > first) & (first < LONGEST_NUMBER) & (last < LONGEST_NUMBER)
    joined: npt.NDArray[np.bool_] = np.zeros(len(joined_rows), bool)
    for digits in range(1, 6):
        power = 10**digits
        joined |= number == np.where(last < power * 10, first * power + last % power, -1)
    joined &= ranges & (number > 0) & (f.last[joined_rows] == number)
    return joined


# Pages have fewer digits.
LONGEST_NUMBER = 10**5


def _place_levels(f: Features, a: Integers, b: Integers) -> dict[str, Levels]:
    """Volume, issue and pages; where one record has them one field too late, they are read from where they stand."""
    volume = equal_levels(f.volume[a], f.volume[b], -1)
    issue = equal_levels(f.issue[a], f.issue[b], -1)
    pages = _page_levels(f, a, b)
    for left, right in ((a, b), (b, a)):
        pages[_joined_pages(f, left, right)] = PAGE_FIRST
    apart = np.flatnonzero(pages == PAGE_APART)
    starts = _misread_numbers(f.page[a], f.page[b], apart, places=2)
    pages[_misread_numbers(f.last[a], f.last[b], starts, places=2)] = PAGE_TOUCH
    # Two volumes, or one with a digit misread: the page is the same, and the time.
    likely = (volume == APART) & (pages <= PAGE_LAST) & (f.year[a] == f.year[b]) & (f.year[a] > 0)
    likely &= (((f.marks[a] | f.marks[b]) & GENERIC) == 0) & (np.minimum(f.words[a], f.words[b]) >= 5)
    volume[_misread_numbers(f.volume[a], f.volume[b], np.flatnonzero(likely), places=1)] = NEAR
    for left, right in ((a, b), (b, a)):
        late = (f.volume[left] < 0) & (f.issue[left] >= 0) & (f.issue[left] == f.volume[right])
        late &= (f.page[left] == f.issue[right]) | (f.page[left] < 0) | (f.issue[right] < 0)
        volume[late], issue[late], pages[late] = SAME, NONE, PAGE_NONE
    return {"pages": pages, "volume": volume, "issue": issue}


def _doi_levels(f: Features, a: Integers, b: Integers) -> Levels:
    levels = equal_levels(f.doi[a], f.doi[b])
    unclear = np.flatnonzero(levels == APART)
    for pair, x, y in zip(unclear, texts_of(f.doi_text, a[unclear]), texts_of(f.doi_text, b[unclear]), strict=True):
        # Broken by blanks, dashes or points: not another DOI, but no proof either.
        if _LETTERS.sub("", x) == _LETTERS.sub("", y):
            levels[pair] = NEAR
    return levels


def _year_levels(f: Features, a: Integers, b: Integers) -> Levels:
    levels = equal_levels(f.year[a], f.year[b])
    levels[(levels == APART) & (np.abs(f.year[a] - f.year[b]) == 1)] = NEAR
    return levels


def _author_levels(f: Features, a: Integers, b: Integers, workers: int) -> Levels:
    levels = np.full(len(a), AUTHOR_NONE, np.int8)
    known = np.flatnonzero((f.people[a] > 0) & (f.people[b] > 0))
    a, b = a[known], b[known]
    first = _ratios(f.first, a, b, JaroWinkler.normalized_similarity, workers=workers) >= 0.9
    shared = _ratios(f.authors, a, b, fuzz.token_ratio, workers=workers)
    several = np.minimum(f.people[a], f.people[b]) > 1
    unclear = np.flatnonzero(~first | (shared < 80))
    for pair, name_a, name_b in zip(unclear, texts_of(f.first, a[unclear]), texts_of(f.first, b[unclear]), strict=True):
        first[pair] |= authors.misread(name_a, name_b)
    unclear = np.flatnonzero(shared < 80)
    for pair, *both in zip(unclear, texts_of(f.authors, a[unclear]), texts_of(f.authors, b[unclear]), strict=True):
        shared[pair] = max(shared[pair], fuzz.ratio(*(misreading.skeleton(names.replace(" ", "")) for names in both)))
    names = np.full(len(a), AUTHOR_APART, np.int8)
    names[shared >= 50] = AUTHOR_SOME
    names[shared >= 80] = AUTHOR_OTHERS
    names[first] = AUTHOR_FIRST
    names[first & several & (shared >= 75)] = AUTHOR_ALL
    levels[known] = names
    return levels


# --- titles -----------------------------------------------------------------------------------------------------


def _title_levels(f: Features, a: Integers, b: Integers, workers: int) -> tuple[Levels, Levels, Points]:
    ratio = _ratios(f.title, a, b, fuzz.ratio, workers=workers)
    levels = np.full(len(a), title_pairs.APART, np.int8)
    levels[ratio >= 50] = title_pairs.LOOSE
    levels[(f.title_hash[a] == 0) | (f.title_hash[b] == 0)] = title_pairs.NONE
    exact = (f.title_hash[a] == f.title_hash[b]) & (f.title_hash[a] != 0)
    crossed = (
        (f.other_hash[a] != 0) & ((f.other_hash[a] == f.title_hash[b]) | (f.other_hash[a] == f.other_hash[b]))
    ) | ((f.other_hash[b] != 0) & (f.other_hash[b] == f.title_hash[a]))
    levels[exact | crossed] = title_pairs.EXACT
    ratio[exact | crossed] = 100
    has_other = np.flatnonzero(((f.other_hash[a] != 0) | (f.other_hash[b] != 0)) & (ratio < 85))
    for pair in has_other:
        left = {f.title[a[pair]].as_py(), f.other[a[pair]].as_py()} - {""}
        right = {f.title[b[pair]].as_py(), f.other[b[pair]].as_py()} - {""}
        best = max((fuzz.ratio(x, y) for x in sorted(left) for y in sorted(right)), default=0)
        if best >= 85:
            levels[pair], ratio[pair] = title_pairs.NEAR, best
    numbers = np.full(len(a), NONE, np.int8)
    numbers[exact | crossed] = SAME
    unclear = np.flatnonzero((levels >= title_pairs.LOOSE) & (levels != title_pairs.NONE))
    # Most pairs of a loose key have nothing in common: only what could be a longer or changed title is read by word.
    partial = _ratios(f.title, a[unclear], b[unclear], fuzz.token_set_ratio, workers=workers)
    unclear = unclear[(partial >= 85) | (ratio[unclear] >= 70)]
    for pair, first, second in zip(unclear, texts_of(f.title, a[unclear]), texts_of(f.title, b[unclear]), strict=True):
        level, number = title_pairs.relate(*sorted((first, second)))
        levels[pair], numbers[pair] = level, (SAME, NEAR, APART)[number]
    return levels, numbers, ratio


def _journal_levels(f: Features, a: Integers, b: Integers) -> Levels:
    levels = equal_levels(f.journal_hash[a], f.journal_hash[b])
    unclear = np.flatnonzero(levels == APART)
    left, right = texts_of(f.journal, a[unclear]), texts_of(f.journal, b[unclear])
    levels[unclear] = [journals.relate(*sorted((x, y))) for x, y in zip(left, right, strict=True)]
    return levels


def _abstract_levels(f: Features, a: Integers, b: Integers, workers: int) -> Levels:
    levels = np.full(len(a), NONE, np.int8)
    known = np.flatnonzero((f.abstract_hash[a] != 0) & (f.abstract_hash[b] != 0))
    ratio = _ratios(f.abstract, a[known], b[known], fuzz.ratio, workers=workers)
    levels[known] = np.where(ratio >= 85, SAME, np.where(ratio >= 60, NEAR, APART))
    return levels


def _accession_levels(f: Features, a: Integers, b: Integers) -> Levels:
    levels = np.full(len(a), NONE, np.int8)
    for name in ACCESSIONS:
        numbers = equal_levels(getattr(f, name)[a], getattr(f, name)[b])
        if name == "pmid":
            levels[numbers == APART] = APART
        levels[numbers == SAME] = SAME
    return levels


def _hopeless(f: Features, a: Integers, b: Integers, levels: dict[str, Levels]) -> npt.NDArray[np.bool_]:
    """Pairs whose titles are apart and that have neither a number nor a range of pages in common.

    Of titles in two scripts the volume and the year are enough to go on comparing.
    """
    title = levels["title"]
    apart = (title == title_pairs.APART) | (title == title_pairs.LOOSE)
    hopeless: npt.NDArray[np.bool_] = apart & (levels["doi"] != SAME) & (levels["accession"] != SAME)
    hopeless &= ~one_article(f, a, b, levels)
    hopeless &= ~((f.script[a] != f.script[b]) & (levels["volume"] == SAME) & (levels["year"] == SAME))
    return hopeless


def compare(
    features: Features, left: Integers, right: Integers, *, workers: int = 1, hopeful: bool = False
) -> Comparison:
    """Compares the pairs of rows (left[i], right[i]) field by field.

    With `hopeful`, pairs that nothing could make one work are left out before the dear comparisons.
    """
    f, a, b = features.near(left, right)
    title, numbers, ratio = _title_levels(f, a, b, workers)
    levels: dict[str, Levels] = {
        "title": title,
        "numbers": numbers,
        **_place_levels(f, a, b),
        "year": _year_levels(f, a, b),
        "doi": _doi_levels(f, a, b),
        "accession": _accession_levels(f, a, b),
    }
    if hopeful:
        kept = ~_hopeless(f, a, b, levels)
        left, right, ratio = left[kept], right[kept], ratio[kept]
        levels = {name: column[kept] for name, column in levels.items()}
        f, a, b = features.near(left, right)
    levels |= {
        "author": _author_levels(f, a, b, workers),
        "journal": _journal_levels(f, a, b),
        "abstract": _abstract_levels(f, a, b, workers),
    }
    settle(f, a, b, levels)
    return Comparison(left, right, levels, ratio, _points(f, a, b, levels))


def _points(f: Features, left: Integers, right: Integers, levels: dict[str, Levels]) -> Points:
    points = np.zeros(len(left), np.float32)
    for name in FIELDS:
        points += np.array([value for value, _ in POINTS[name]], np.float32)[levels[name]]
    # A title with few words, or with none that name its subject, says less.
    words = np.minimum(f.words[left], f.words[right])
    # The title of a meeting's volume, which has no authors, names no subject, but the meeting.
    gathering = ((f.gathering[left] & f.gathering[right]) == 1) & (f.people[left] == 0) & (f.people[right] == 0)
    titled = (levels["title"] <= title_pairs.NEAR) & ~gathering
    points -= np.where(titled & (words < 5), np.float32(1.0) * (5 - words), np.float32(0))
    points -= np.where(titled & (((f.marks[left] | f.marks[right]) & GENERIC) != 0), np.float32(1.5), np.float32(0))
    return points


def explain(comparison: Comparison, pair: int) -> str:
    """The evidence of one pair in words, for and against."""
    agreements = []
    for name in FIELDS:
        _, words = POINTS[name][int(comparison.levels[name][pair])]
        if words:
            agreements.append(words)
    return "; ".join(agreements)


def probability(points: Points | Sequence[float], middle: float) -> Points:
    """Points as a score from 0 to 1, one half at `middle`."""
    shifted = np.asarray(points, np.float32) - np.float32(middle)
    scores: Points = (1 / (1 + np.exp(-shifted))).astype(np.float32)
    return scores
