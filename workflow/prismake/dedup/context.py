"""What differs in one field may be a misprint, a footnote or a label where all other fields agree."""

from __future__ import annotations

import numpy as np

from prismake.dedup import journals, misreading, title_pairs
from prismake.dedup.features import Features, Integers
from prismake.dedup.journals import APART, NEAR, NONE, SAME
from prismake.dedup.levels import (
    AUTHOR_ALL,
    AUTHOR_FIRST,
    AUTHOR_OTHERS,
    PAGE_APART,
    TELLING,
    Levels,
    Mask,
    one_article,
    texts_of,
)
from prismake.dedup.normalise import MEETING
from prismake.dedup.titles import GENERIC
from prismake.dedup.vocabulary import language_of


def settle(f: Features, a: Integers, b: Integers, levels: dict[str, Levels]) -> None:
    """Changes, in place, the level of a field that differs only in print, as the other fields show."""
    _find_run_on(f, a, b, levels)
    _find_translations(f, a, b, levels)
    placed = _placed(levels)
    _find_footnotes(f, a, b, levels, placed)
    _find_labels(f, a, b, levels, placed)
    _find_misprinted_years(f, a, b, levels, placed)
    _find_acronyms(f, a, b, levels)


def _placed(levels: dict[str, Levels]) -> Mask:
    """Authors, journal and volume agree, and neither issue, pages nor DOI speak against."""
    placed = (levels["author"] <= AUTHOR_OTHERS) & (levels["journal"] == SAME) & (levels["volume"] == SAME)
    placed &= (levels["issue"] != APART) & (levels["pages"] != PAGE_APART) & (levels["doi"] != APART)
    return np.asarray(placed, dtype=bool)


def _find_footnotes(f: Features, a: Integers, b: Integers, levels: dict[str, Levels], placed: Mask) -> None:
    """A lone number that ends one title is the mark of a footnote."""
    pairs = np.flatnonzero(placed & (levels["numbers"] == NEAR) & (levels["year"] != APART))
    for pair, left, right in zip(pairs, texts_of(f.title, a[pairs]), texts_of(f.title, b[pairs]), strict=True):
        if title_pairs.differ_by_footnote(left, right):
            levels["title"][pair], levels["numbers"][pair] = title_pairs.NEAR, SAME


def _find_labels(f: Features, a: Integers, b: Integers, levels: dict[str, Levels], placed: Mask) -> None:
    """One title is the other behind the label of a section, series or prize."""
    labelled = ((f.body_hash[a] != 0) & (f.body_hash[a] == f.title_hash[b])) | (
        (f.body_hash[b] != 0) & (f.body_hash[b] == f.title_hash[a])
    )
    mask = labelled & placed & (levels["year"] != APART) & (levels["title"] > title_pairs.NEAR)
    levels["title"][mask] = title_pairs.NEAR
    levels["numbers"][mask & (levels["numbers"] == NONE)] = SAME


def _find_misprinted_years(f: Features, a: Integers, b: Integers, levels: dict[str, Levels], placed: Mask) -> None:
    """A year two apart is a misprint where the issue is the same too; further apart it is another year."""
    generic = ((f.marks[a] | f.marks[b]) & GENERIC) != 0
    mask = placed & (levels["issue"] == SAME) & (levels["title"] <= title_pairs.NEAR) & ~generic
    mask &= (levels["year"] == APART) & (np.abs(f.year[a] - f.year[b]) == 2)
    levels["year"][mask] = NEAR


def _find_acronyms(f: Features, a: Integers, b: Integers, levels: dict[str, Levels]) -> None:
    """Two meetings, one named by an acronym, may be one where title, authors and year agree and nothing differs."""
    nowhere = (f.volume < 0) & (f.issue < 0) & (f.page < 0)
    mask = (levels["journal"] == APART) & (levels["title"] <= title_pairs.NEAR) & (levels["year"] == SAME)
    # One author is enough for a title that is hardly used twice.
    alone = (levels["author"] == AUTHOR_FIRST) & (f.people[a] == 1) & (f.people[b] == 1)
    alone &= np.minimum(f.words[a], f.words[b]) >= TELLING
    mask &= ((levels["author"] == AUTHOR_ALL) | alone) & (levels["abstract"] != APART) & (levels["doi"] != APART)
    mask &= (f.source[a] == MEETING) & (f.source[b] == MEETING) & (nowhere[a] | nowhere[b])
    pairs = np.flatnonzero(mask)
    for pair, left, right in zip(pairs, texts_of(f.journal, a[pairs]), texts_of(f.journal, b[pairs]), strict=True):
        if journals.acronym_beside_name(left, right):
            levels["journal"][pair] = NEAR


def _find_translations(f: Features, a: Integers, b: Integers, levels: dict[str, Levels]) -> None:
    """Where all but the title agree, and the titles are in two languages, one translates the other."""
    title = levels["title"]
    likely = (title >= title_pairs.CHANGED) & (title != title_pairs.NONE) & one_article(f, a, b, levels)
    likely &= (levels["volume"] == SAME) & (levels["journal"] == SAME) & (levels["year"] == SAME)
    likely &= (levels["author"] <= AUTHOR_OTHERS) & (levels["issue"] != APART) & (levels["doi"] != APART)
    pairs = np.flatnonzero(likely)
    for pair, left, right in zip(pairs, texts_of(f.title, a[pairs]), texts_of(f.title, b[pairs]), strict=True):
        spoken = {language_of(left), language_of(right)}
        if len(spoken) == 2 and "" not in spoken:
            title[pair] = title_pairs.TRANSLATED


def _find_run_on(f: Features, a: Integers, b: Integers, levels: dict[str, Levels]) -> None:
    """Where one record has its journal behind the title and none in its place, the titles are the same."""
    for left, right in ((a, b), (b, a)):
        likely = (
            (levels["title"] > title_pairs.NEAR)
            & (levels["title"] != title_pairs.NONE)
            & (levels["title"] != title_pairs.APART)
        )
        likely &= (f.journal_hash[left] == 0) & (f.journal_hash[right] != 0)
        for pair in np.flatnonzero(likely).tolist():
            title, other = f.title[left[pair]].as_py(), f.title[right[pair]].as_py()
            if misreading.runs_into(title, f.journal[right[pair]].as_py(), other):
                levels["title"][pair], levels["journal"][pair], levels["numbers"][pair] = title_pairs.NEAR, NEAR, SAME
