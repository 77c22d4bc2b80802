"""What forbids a merge however many points speak for it, and what must be said at least before records are merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prismake.dedup import titles
from prismake.dedup.features import Features, Integers
from prismake.dedup.journals import APART, NEAR, NONE, SAME
from prismake.dedup.normalise import FRONT_MATTER
from prismake.dedup.scoring import (
    AUTHOR_ALL,
    AUTHOR_APART,
    AUTHOR_NONE,
    AUTHOR_OTHERS,
    AUTHOR_SOME,
    PAGE_APART,
    PAGE_BOTH,
    PAGE_FIRST,
    PAGE_LAST,
    PAGE_NONE,
    PAGE_OTHER_FORM,
    Comparison,
    one_article,
)
from prismake.dedup.titles import COMMENT, GENERIC, KINDS, PART, RETRACTION

# Up to this page each issue may have a piece of its own, where each issue is counted from 1.
FIRST_OF_ISSUE = 20

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Said:
    """What the rules below ask of each pair, computed once."""

    features: Features
    pairs: Comparison
    same_page: Mask  # one end of the pages at least
    same_article: Mask  # a whole range of pages
    same_place: Mask  # page, volume and journal
    same_number: Mask  # DOI or accession number
    authors_agree: Mask
    same_source: Mask  # journal or volume, and time


def read(features: Features, pairs: Comparison) -> Said:
    """The statements about pairs that several rules use."""
    levels = pairs.levels
    volume, journal, year = levels["volume"], levels["journal"], levels["year"]
    same_page = levels["pages"] <= PAGE_LAST
    same_article = one_article(features, pairs.left, pairs.right, levels)
    authors_agree = levels["author"] <= AUTHOR_OTHERS
    # A range of pages, the authors and two of journal, volume and year outweigh the third, which may be misread.
    bound = ((volume == SAME) & (journal != APART)) | (
        same_article
        & authors_agree
        & (
            ((journal == SAME) & (year == SAME))
            | ((volume == SAME) & (year == SAME))
            | ((volume == SAME) & (journal == SAME))
        )
    )
    return Said(
        features,
        pairs,
        same_page,
        same_article,
        same_page & bound,
        (levels["doi"] == SAME) | (levels["accession"] == SAME),
        authors_agree,
        ((journal <= NEAR) & (year == SAME))
        | ((volume == SAME) & (year == SAME))
        | ((journal <= NEAR) & (volume == SAME) & (year != APART)),
    )


def all_else_same(said: Said) -> Mask:
    """Title, authors, journal, year, volume and the whole range of pages are the same."""
    levels = said.pairs.levels
    found: Mask = (levels["title"] <= titles.NEAR) & said.authors_agree & said.same_article
    found &= (levels["volume"] == SAME) & (levels["journal"] == SAME) & (levels["year"] == SAME)
    found &= levels["issue"] != APART
    return found


def other_doi(said: Said) -> Mask:
    """Both have a DOI, and not the same; where all else is the same one of them is wrong, and a person is told."""
    found: Mask = (said.pairs.levels["doi"] == APART) & ~all_else_same(said)
    return found


def other_pmid(said: Said) -> Mask:
    """Both have a PMID, and not the same."""
    found: Mask = said.pairs.levels["accession"] == APART
    return found


def other_numbers(said: Said) -> Mask:
    """The titles name other numbers (parts, phases, doses, years): parts of a series, arms or interim reports."""
    f, p = said.features, said.pairs
    numbers = p.levels["numbers"]
    parts = ((f.marks[p.left] | f.marks[p.right]) & PART) != 0
    other = (numbers == APART) | ((numbers == NEAR) & parts)
    more = (numbers == NEAR) & ~parts & ~said.same_place & ~(said.same_number & said.authors_agree)
    elsewhere = parts & (p.levels["pages"] == PAGE_APART) & ~said.same_number
    found: Mask = (other & ~(said.same_article & said.same_place)) | more | elsewhere
    return found


def other_kind(said: Said) -> Mask:
    """One is a correction, retraction, reply, comment, protocol or meeting abstract, the other is not."""
    f, p = said.features, said.pairs
    differ = (f.marks[p.left] ^ f.marks[p.right]) & KINDS
    small = (differ & ~(COMMENT | RETRACTION)) == 0
    meeting = (f.meeting[p.left] != f.meeting[p.right]) & ~said.same_page & ~said.same_number
    found: Mask = ((differ != 0) & ~(small & said.same_place & said.authors_agree)) | meeting
    return found


def other_trial(said: Said) -> Mask:
    """Each names one number of the same trial register, and not the same."""
    f, p = said.features, said.pairs
    found: Mask = (f.trial[p.left] != f.trial[p.right]) & (f.register[p.left] == f.register[p.right])
    found &= f.register[p.left] != 0
    return found


def other_authors(said: Said) -> Mask:
    """Other authors, and nothing that pins down the place: a title may be used twice."""
    found: Mask = (
        (said.pairs.levels["author"] == AUTHOR_APART) & ~said.same_place & ~(said.same_number & said.same_page)
    )
    return found


def other_source(said: Said) -> Mask:
    """Another journal, volume, issue or time: an abstract and its article, a text in two journals, a yearly report."""
    levels = said.pairs.levels
    volume, pages, journal, year = levels["volume"], levels["pages"], levels["journal"], levels["year"]
    elsewhere = (journal == APART) & ~said.same_page & ((volume == APART) | (pages != PAGE_NONE) | (year != SAME))
    another = (volume == APART) & ((pages == PAGE_APART) | (pages == PAGE_OTHER_FORM))
    spread = (journal != SAME) & (volume == APART) & ~said.same_page
    issue = (levels["issue"] == APART) & (volume != NONE) & ~said.same_page & (levels["abstract"] != SAME)
    later = (year == APART) & ~said.same_place & (levels["abstract"] != SAME)
    # What a journal brings every year, now and then from the same page.
    again = (year == NEAR) & ((volume == APART) | (levels["issue"] == APART)) & (levels["abstract"] != SAME)
    again &= pages != PAGE_BOTH
    again |= (volume == APART) & (levels["issue"] == APART) & (levels["abstract"] != SAME) & (pages != PAGE_BOTH)
    # Other pages of one volume, of one record a single one: an abstract or a correction of the article.
    f, p = said.features, said.pairs
    beside = (pages == PAGE_APART) & (levels["issue"] != SAME) & (levels["abstract"] != SAME)
    beside &= f.alone[p.left] != f.alone[p.right]
    found: Mask = (elsewhere | another | spread | issue | later | again | beside) & ~said.same_number
    return found


def changed_title(said: Said) -> Mask:
    """Words of the title differ, and nothing that pins the work down."""
    p = said.pairs
    title = p.levels["title"]
    pinned = said.same_place & said.authors_agree
    numbered = said.same_number & (said.authors_agree | said.same_page) & (p.levels["numbers"] == SAME)
    changed = (title == titles.CHANGED) & ~(pinned & said.same_article) & ~numbered
    loose = (title == titles.LOOSE) & ~(said.same_article & said.authors_agree & (said.same_place | said.same_number))
    apart = (title == titles.APART) & ~(said.same_number & said.same_article & said.authors_agree & said.same_place)
    found: Mask = changed | loose | apart
    return found


def _half_told(f: Features, one: Integers, other: Integers) -> Mask:
    """One is a single page, and of the other no page is told."""
    found: Mask = (f.alone[one] == 1) & (f.page[other] < 0) & (f.last[other] < 0)
    return found


def little_said(said: Said) -> Mask:
    """Too little is told to tell: no title, a title that names no subject, or too few fields that agree."""
    f, p = said.features, said.pairs
    levels = p.levels
    title, words = levels["title"], np.minimum(f.words[p.left], f.words[p.right])
    telling = (title <= titles.NEAR) & (words >= 5)
    people = np.minimum(f.people[p.left], f.people[p.right])
    year, volume, journal = levels["year"], levels["volume"], levels["journal"]
    early = (year == SAME) | (year == NEAR) | (year == NONE)
    bound = (journal == SAME) & (volume == SAME) & (year != APART)
    fitting = (year != APART) & (volume != APART) & (journal != APART) & (levels["author"] != AUTHOR_APART)
    confirmed = (
        said.authors_agree.astype(np.int8)
        + said.same_page
        + 2 * said.same_number.astype(np.int8)
        + (levels["abstract"] == SAME)
        + said.same_source
        + (said.same_article & ((volume == SAME) | (telling & fitting)))
        + (telling & bound)
        # The same several authors, the same long title, a year apart: ahead of print and final.
        + (telling & ((levels["author"] == AUTHOR_ALL) | (levels["author"] == AUTHOR_OTHERS)) & (people > 1) & early)
    )
    needed = np.where(title <= titles.NEAR, 2, 3)
    # A long title that goes on in the other record is nearly as good as the same title.
    needed[(title == titles.LONGER) & (words >= 6) & (levels["journal"] == SAME) & (levels["year"] == SAME)] = 2
    no_title = title == titles.NONE
    generic = ((f.marks[p.left] | f.marks[p.right]) & GENERIC) != 0
    # Where the title names no subject, or hardly one, the place or the database's own number must be the same; for a
    # short title the same several authors in the same volume will do.
    same_time = (year == SAME) | ((year == NEAR) & said.same_number)
    one_issue = same_time & (volume != APART) & (levels["issue"] != APART)
    pinned = (said.same_page & (said.authors_agree | said.same_number)) | (
        (levels["accession"] == SAME) & said.authors_agree
    )
    # Of two pieces without a subject the whole place is needed: an issue has many, some from the same page of theirs.
    ranges = (f.last[p.left] > f.page[p.left]) & (f.last[p.right] > f.page[p.right])
    half = ((levels["pages"] == PAGE_FIRST) & ranges) | (levels["pages"] == PAGE_LAST)
    same_issue = (levels["issue"] == SAME) | ((f.page[p.left] > FIRST_OF_ISSUE) & (f.page[p.left] < FRONT_MATTER))
    pinned_piece = pinned & one_issue & (same_issue | said.same_number)
    numbered = said.same_number & said.authors_agree
    together = bound & (levels["author"] == AUTHOR_ALL) & (people > 2)
    vague = (generic & ~pinned_piece) | ((words < 3) & ~((pinned | together | numbered) & one_issue))
    # A column or a series has the same short title each time, now and then from the same page.
    vague |= half & (words < 5) & ~said.same_number & (levels["abstract"] != SAME)
    nobody = (levels["author"] == AUTHOR_NONE) & ~(
        said.same_page | said.same_number | (levels["abstract"] == SAME) | (telling & bound)
    )
    # A single page is that of an abstract, a correction or a letter; whose pages are not told may be the article.
    single = _half_told(f, p.left, p.right) | _half_told(f, p.right, p.left)
    single &= ~said.same_number & (levels["abstract"] != SAME)
    # Told without an issue, or in what is the only one of many journals, the number is an article's.
    unissued = ((f.alone[p.left] == 0) | (f.issue[p.left] <= 1)) & ((f.alone[p.right] == 0) | (f.issue[p.right] <= 1))
    single &= ~((volume == SAME) & ((levels["issue"] == SAME) | unissued) & (journal <= NEAR))
    nowhere = np.minimum(f.volume[p.left], f.volume[p.right]) < 0
    single &= ~(nowhere & (journal == SAME) & (year == SAME) & said.authors_agree)
    some = (levels["author"] == AUTHOR_SOME) & ~said.same_page & ~said.same_number
    found: Mask = (confirmed < needed) | no_title | vague | nobody | some | single
    return found


# code -> (test, what a person reads). The order is the order in which they are named.
VETOES: dict[str, tuple[Callable[[Said], Mask], str]] = {
    "doi": (other_doi, "two DOIs"),
    "pmid": (other_pmid, "two PMIDs"),
    "kind": (other_kind, "one is a correction, retraction, reply, comment, protocol or meeting abstract"),
    "trial": (other_trial, "two trial numbers"),
    "numbers": (other_numbers, "the titles name other numbers or parts"),
    "authors": (other_authors, "other authors and not the same pages"),
    "source": (other_source, "another journal, volume, issue or time: abstract and article, or published twice"),
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


ALL_BUT_DOI = "all but the DOI"


def rule_names(features: Features, pairs: Comparison) -> list[str]:
    """By which rule each accepted pair is one work: what pins it down most."""
    said = read(features, pairs)
    levels = pairs.levels
    choices = [
        (levels["doi"] == APART, ALL_BUT_DOI),
        (said.same_number, "identifier"),
        (said.same_place & said.authors_agree, "title, authors and pages"),
        (said.same_place, "title and pages"),
        (levels["abstract"] == SAME, "title and abstract"),
        (said.authors_agree, "title, authors and source"),
    ]
    names = np.select([test for test, _ in choices], [name for _, name in choices], "title and source")
    return [str(name) for name in names]
