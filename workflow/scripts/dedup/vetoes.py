"""What forbids a merge however many points speak for it, and what must be said at least before records are merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from prismake.dedup.features import Features
from prismake.dedup.normalise import COMMENT, GENERIC, KINDS, RETRACTION
from prismake.dedup.scoring import (
    APART,
    AUTHOR_APART,
    AUTHOR_NONE,
    AUTHOR_OTHERS,
    AUTHOR_SOME,
    NEAR,
    PAGE_APART,
    PAGE_BOTH,
    PAGE_FIRST,
    PAGE_NONE,
    PAGE_OTHER_FORM,
    SAME,
    TITLE_CHANGED,
    TITLE_EXACT,
    TITLE_LOOSE,
    TITLE_NEAR,
    TITLE_NONE,
    Comparison,
)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Said:
    """What the rules below ask of each pair, computed once."""

    features: Features
    pairs: Comparison
    same_page: Mask
    same_place: Mask
    same_number: Mask
    authors_agree: Mask


def read(features: Features, pairs: Comparison) -> Said:
    """The statements about pairs that several rules use."""
    levels = pairs.levels
    same_page = (levels["pages"] == PAGE_BOTH) | (levels["pages"] == PAGE_FIRST)
    return Said(
        features,
        pairs,
        same_page,
        same_page & (levels["volume"] == SAME) & (levels["journal"] != APART),
        (levels["doi"] == SAME) | (levels["accession"] == SAME),
        levels["author"] <= AUTHOR_OTHERS,
    )


def other_doi(said: Said) -> Mask:
    """Both have a DOI, and not the same."""
    return np.asarray(said.pairs.levels["doi"] == APART)


def other_pmid(said: Said) -> Mask:
    """Both have a PMID, and not the same."""
    return np.asarray(said.pairs.levels["accession"] == APART)


def other_numbers(said: Said) -> Mask:
    """The titles name other numbers (parts, phases, doses, years): parts of a series, arms or interim reports."""
    f, p = said.features, said.pairs
    differ = f.numbers[p.left] != f.numbers[p.right]
    compared = (p.levels["title"] != TITLE_EXACT) & (p.levels["title"] != TITLE_NONE)
    return differ & compared & ~said.same_place & ~(said.same_number & said.same_page)


def other_kind(said: Said) -> Mask:
    """One is a correction, retraction, reply, comment or protocol of the other."""
    f, p = said.features, said.pairs
    differ = (f.marks[p.left] ^ f.marks[p.right]) & KINDS
    small = (differ & ~(COMMENT | RETRACTION)) == 0
    return (differ != 0) & ~(small & said.same_place & said.authors_agree)


def other_authors(said: Said) -> Mask:
    """Other authors, and nothing that pins down the place: a title may be used twice."""
    return (said.pairs.levels["author"] == AUTHOR_APART) & ~said.same_place & ~(said.same_number & said.same_page)


def other_source(said: Said) -> Mask:
    """Another journal or another volume: an abstract and its article, one text in two journals, a yearly report."""
    levels = said.pairs.levels
    volume, pages, journal = levels["volume"], levels["pages"], levels["journal"]
    elsewhere = (
        (journal == APART) & ~said.same_page & ((volume == APART) | (pages != PAGE_NONE) | (levels["year"] != SAME))
    )
    another = (volume == APART) & ((pages == PAGE_APART) | (pages == PAGE_OTHER_FORM))
    spread = (journal != SAME) & (volume == APART) & ~said.same_page
    return (elsewhere | another | spread) & ~said.same_number


def changed_title(said: Said) -> Mask:
    """Words of the title differ, and nothing that pins down the place."""
    title = said.pairs.levels["title"]
    pinned = said.same_place & said.authors_agree
    changed = (title == TITLE_CHANGED) & ~pinned & ~said.same_number
    loose = (title == TITLE_LOOSE) & ~(said.same_number & said.authors_agree)
    apart = (title > TITLE_LOOSE) & (title != TITLE_NONE) & ~(said.same_number & said.same_page & said.authors_agree)
    return changed | loose | apart


def little_said(said: Said) -> Mask:
    """Too little is told to tell: no title, a title that names no subject, or too few fields that agree."""
    f, p = said.features, said.pairs
    levels = p.levels
    source = (levels["journal"] <= NEAR) & (levels["year"] == SAME)
    confirmed = (
        said.authors_agree.astype(np.int8)
        + said.same_page.astype(np.int8)
        + 2 * said.same_number.astype(np.int8)
        + (levels["abstract"] == SAME).astype(np.int8)
        + (source | ((levels["volume"] == SAME) & (levels["year"] == SAME))).astype(np.int8)
    )
    generic = ((f.marks[p.left] | f.marks[p.right]) & GENERIC) != 0
    needed = np.full(len(p), 2, np.int8)
    needed[(levels["title"] != TITLE_EXACT) & (levels["title"] != TITLE_NEAR)] = 3
    no_title = levels["title"] == TITLE_NONE
    weak = no_title & ~(said.same_number & said.authors_agree & said.same_page)
    vague = generic & ~(said.same_page & (said.authors_agree | said.same_number) & (levels["year"] == SAME))
    nobody = (levels["author"] == AUTHOR_NONE) & ~said.same_page & ~said.same_number & (levels["abstract"] != SAME)
    some = (levels["author"] == AUTHOR_SOME) & ~said.same_page & ~said.same_number
    return (confirmed < needed) | weak | vague | nobody | some


# code -> (test, what a person reads). The order is the order in which they are named.
VETOES: dict[str, tuple[Callable[[Said], Mask], str]] = {
    "doi": (other_doi, "two DOIs"),
    "pmid": (other_pmid, "two PMIDs"),
    "kind": (other_kind, "one is a correction, retraction, reply, comment or protocol"),
    "numbers": (other_numbers, "the titles name other numbers or parts"),
    "authors": (other_authors, "other authors and not the same pages"),
    "source": (other_source, "another journal or volume: abstract and article, or published twice"),
    "title": (changed_title, "the titles differ in words and nothing else pins the work down"),
    "little": (little_said, "too little is told of one of them"),
}
NO_VETO = -1
CODES = tuple(VETOES)


def first_veto(features: Features, pairs: Comparison) -> npt.NDArray[np.int8]:
    """For each pair the number of the first veto that holds, or NO_VETO."""
    said = read(features, pairs)
    found = np.full(len(pairs), NO_VETO, np.int8)
    for number, (test, _) in reversed(list(enumerate(VETOES.values()))):
        found[test(said)] = number
    return found


def rule_names(features: Features, pairs: Comparison) -> list[str]:
    """By which rule each accepted pair is one work: what pins it down most."""
    said = read(features, pairs)
    levels = pairs.levels
    choices = [
        (said.same_number, "identifier"),
        (said.same_place & said.authors_agree, "title, authors and pages"),
        (said.same_place, "title and pages"),
        (levels["abstract"] == SAME, "title and abstract"),
        (said.authors_agree, "title, authors and source"),
    ]
    names = np.select([test for test, _ in choices], [name for _, name in choices], "title and source")
    return [str(name) for name in names]
