"""What forbids a merge however many points speak for it, and what must agree at least before records are merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prismake.dedup import title_pairs
from prismake.dedup.features import Features, Integers
from prismake.dedup.journals import APART, NEAR, NONE, SAME
from prismake.dedup.levels import (
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
    TELLING,
    Mask,
    one_article,
)
from prismake.dedup.normalise import FRONT_MATTER, SERIAL
from prismake.dedup.scoring import Comparison
from prismake.dedup.titles import COMMENT, GENERIC, KINDS, PART, RETRACTION

# Up to this page each issue may have a piece of its own, where each issue is counted from 1.
FIRST_OF_ISSUE = 20


@dataclass(frozen=True)
class Facts:
    """What several of the rules below need to know of each pair."""

    features: Features
    pairs: Comparison
    same_page: Mask  # one end of the pages at least
    same_article: Mask  # a whole range of pages
    same_place: Mask  # page, volume and journal
    same_number: Mask  # DOI or accession number
    authors_agree: Mask
    same_source: Mask  # journal or volume, and time
    telling: Mask  # the same title, of enough words that say what it is about


def facts_about(features: Features, pairs: Comparison) -> Facts:
    """The facts about pairs that several rules use."""
    levels = pairs.levels
    words = np.minimum(features.words[pairs.left], features.words[pairs.right])
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
    return Facts(
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
        (levels["title"] <= title_pairs.NEAR) & (words >= TELLING),
    )


def all_else_same(facts: Facts) -> Mask:
    """Title, authors, journal, year, volume and the whole range of pages are the same."""
    levels = facts.pairs.levels
    mask: Mask = (levels["title"] <= title_pairs.NEAR) & facts.authors_agree & facts.same_article
    mask &= (levels["volume"] == SAME) & (levels["journal"] == SAME) & (levels["year"] == SAME)
    mask &= levels["issue"] != APART
    return mask


def other_doi(facts: Facts) -> Mask:
    """Both have a DOI, and not the same; where all else is the same, one of them is wrong, and a warning says so."""
    mask: Mask = (facts.pairs.levels["doi"] == APART) & ~all_else_same(facts)
    return mask


def other_pmid(facts: Facts) -> Mask:
    """Both have a PMID, and not the same."""
    mask: Mask = facts.pairs.levels["accession"] == APART
    return mask


def other_numbers(facts: Facts) -> Mask:
    """The titles name other numbers (parts, phases, doses, years): parts of a series, arms or interim reports."""
    numbers, parts = facts.pairs.levels["numbers"], _in_parts(facts)
    other = (numbers == APART) | ((numbers == NEAR) & parts)
    elsewhere = parts & (facts.pairs.levels["pages"] == PAGE_APART) & ~facts.same_number
    mask: Mask = (other & ~(facts.same_article & facts.same_place)) | elsewhere
    return mask


def more_numbers(facts: Facts) -> Mask:
    """One title names a number that the other leaves out, and neither the place nor a DOI pins the work down."""
    mask: Mask = (facts.pairs.levels["numbers"] == NEAR) & ~_in_parts(facts)
    mask &= ~facts.same_place & ~(facts.same_number & facts.authors_agree)
    return mask


def _in_parts(facts: Facts) -> Mask:
    f, p = facts.features, facts.pairs
    mask: Mask = ((f.marks[p.left] | f.marks[p.right]) & PART) != 0
    return mask


def other_kind(facts: Facts) -> Mask:
    """One is a correction, retraction, reply, comment, protocol, preprint or short form of the work, the other not."""
    f, p = facts.features, facts.pairs
    differ = (f.marks[p.left] ^ f.marks[p.right]) & KINDS
    small = (differ & ~(COMMENT | RETRACTION)) == 0
    meeting = (f.meeting[p.left] != f.meeting[p.right]) & ~facts.same_page & ~facts.same_number
    preprint = (f.preprint[p.left] != f.preprint[p.right]) & ~facts.same_number
    # A server's DOI may stand in the record of the article.
    preprint &= ~(facts.same_page & (p.levels["journal"] == SAME))
    mask: Mask = ((differ != 0) & ~(small & facts.same_place & facts.authors_agree)) | meeting | preprint
    return mask


def other_trial(facts: Facts) -> Mask:
    """Each names one number of the same trial register, and not the same."""
    f, p = facts.features, facts.pairs
    # Without a number both are 0, and so are their registers.
    mask: Mask = (f.trial[p.left] != f.trial[p.right]) & (f.register[p.left] == f.register[p.right])
    return mask


def other_authors(facts: Facts) -> Mask:
    """Other authors, and nothing that pins down the place: a title may be used twice."""
    mask: Mask = (
        (facts.pairs.levels["author"] == AUTHOR_APART) & ~facts.same_place & ~(facts.same_number & facts.same_page)
    )
    return mask


def other_source(facts: Facts) -> Mask:
    """Another journal, volume, issue or time: an abstract and its article, a text in two journals, a yearly report."""
    levels = facts.pairs.levels
    volume, pages, journal, year = levels["volume"], levels["pages"], levels["journal"], levels["year"]
    elsewhere = (journal == APART) & ~facts.same_page & ((volume == APART) | (pages != PAGE_NONE) | (year != SAME))
    another = (volume == APART) & ((pages == PAGE_APART) | (pages == PAGE_OTHER_FORM))
    spread = (journal != SAME) & (volume == APART) & ~facts.same_page
    issue = (levels["issue"] == APART) & (volume != NONE) & ~facts.same_page & (levels["abstract"] != SAME)
    issue &= ~_only_issue_differs(facts)
    later = (year == APART) & ~facts.same_place & (levels["abstract"] != SAME)
    # What a journal brings every year, now and then from the same page.
    again = (year == NEAR) & ((volume == APART) | (levels["issue"] == APART)) & (levels["abstract"] != SAME)
    again &= pages != PAGE_BOTH
    again |= (volume == APART) & (levels["issue"] == APART) & (levels["abstract"] != SAME) & (pages != PAGE_BOTH)
    # Other pages of one volume, of one record a single one: an abstract or a correction of the article.
    f, p = facts.features, facts.pairs
    beside = (pages == PAGE_APART) & (levels["issue"] != SAME) & (levels["abstract"] != SAME)
    beside &= f.alone[p.left] != f.alone[p.right]
    # An issue and its supplement, and no pages that say more: an article and its abstract.
    extra = (f.extra_issue[p.left] != f.extra_issue[p.right]) & (pages == PAGE_NONE) & (levels["issue"] != NONE)
    extra &= levels["abstract"] != SAME
    mask: Mask = elsewhere | another | spread | issue | later | again | beside | extra
    mask |= _yearly(facts) | _later_form(facts)
    mask &= ~facts.same_number
    return mask


def _only_issue_differs(facts: Facts) -> Mask:
    """All but the issue agrees, as far as it is known, and neither is from a supplement: the issue may be wrong."""
    f, p = facts.features, facts.pairs
    levels = p.levels
    mask: Mask = facts.telling & facts.authors_agree & (levels["journal"] == SAME) & (levels["volume"] == SAME)
    mask &= f.people[p.left] == f.people[p.right]
    mask &= (levels["year"] == SAME) & (levels["pages"] == PAGE_NONE) & (levels["numbers"] == SAME)
    mask &= (f.supplement[p.left] | f.supplement[p.right]) == 0
    mask &= (f.alone[p.left] | f.alone[p.right]) == 0
    return mask


def _yearly(facts: Facts) -> Mask:
    """Year and volume, or without a volume the issue, move together, as those of a serial do that has the same title
    and pages each year."""
    f, p = facts.features, facts.pairs
    levels = p.levels
    years = f.year[p.right] - f.year[p.left]
    mask: Mask = (levels["volume"] != NONE) & (years == f.volume[p.right] - f.volume[p.left])
    mask |= (levels["volume"] == NONE) & (levels["issue"] != NONE) & (years == f.issue[p.right] - f.issue[p.left])
    mask &= (levels["year"] != NONE) & (years != 0)
    mask &= p.levels["abstract"] != SAME
    return mask


def _later_form(facts: Facts) -> Mask:
    """One is from a journal, the other perhaps from the meeting it is named after, and no place says which."""
    f, p = facts.features, facts.pairs
    levels = p.levels
    mask: Mask = ((f.source[p.left] ^ f.source[p.right]) & SERIAL) != 0
    mask &= (levels["journal"] != NONE) & (
        (levels["year"] == NEAR) | ((levels["year"] == SAME) & (levels["journal"] != SAME))
    )
    mask &= (levels["volume"] != SAME) & ~facts.same_page & (levels["abstract"] != SAME)
    return mask


def changed_title(facts: Facts) -> Mask:
    """Words of the title differ, and nothing that pins the work down."""
    p = facts.pairs
    title = p.levels["title"]
    pinned = facts.same_place & facts.authors_agree
    numbered = facts.same_number & (facts.authors_agree | facts.same_page) & (p.levels["numbers"] == SAME)
    changed = (title == title_pairs.CHANGED) & ~(pinned & facts.same_article) & ~numbered
    loose = (title == title_pairs.LOOSE) & ~(
        facts.same_article & facts.authors_agree & (facts.same_place | facts.same_number)
    )
    apart = (title == title_pairs.APART) & ~(
        facts.same_number & facts.same_article & facts.authors_agree & facts.same_place
    )
    mask: Mask = changed | loose | apart
    return mask


def _half_placed(f: Features, placed: Integers, unplaced: Integers) -> Mask:
    """One has a single page, and the other no page."""
    mask: Mask = (f.alone[placed] == 1) & (f.page[unplaced] < 0) & (f.last[unplaced] < 0)
    return mask


def too_little(facts: Facts) -> Mask:
    """Too little is known: no title, a title that names no subject, or too few fields that agree."""
    levels = facts.pairs.levels
    title, f, p = levels["title"], facts.features, facts.pairs
    words = np.minimum(f.words[p.left], f.words[p.right])
    needed = np.where(title <= title_pairs.NEAR, 2, 3)
    # A long title that goes on in the other record is nearly as good as the same title.
    continued = (title == title_pairs.LONGER) & (words >= 6)
    needed[continued & (levels["journal"] == SAME) & (levels["year"] == SAME)] = 2
    no_title = title == title_pairs.NONE
    some = (levels["author"] == AUTHOR_SOME) & ~facts.same_page & ~facts.same_number
    nobody = (levels["author"] == AUTHOR_NONE) & ~(
        facts.same_page | facts.same_number | (levels["abstract"] == SAME) | (facts.telling & _in_one_volume(facts))
    )
    mask: Mask = (_confirmations(facts) < needed) | no_title | _vague(facts) | nobody | some | _single_page(facts)
    mask &= ~_one_gathering(facts)
    return mask


def _one_gathering(facts: Facts) -> Mask:
    """The volume of one meeting, without authors, in one issue of a journal: it has no second one of that title."""
    f, p = facts.features, facts.pairs
    levels = p.levels
    mask: Mask = (levels["title"] == title_pairs.EXACT) & ((f.gathering[p.left] & f.gathering[p.right]) == 1)
    mask &= (f.people[p.left] == 0) & (f.people[p.right] == 0) & (levels["pages"] != PAGE_APART)
    mask &= (levels["journal"] == SAME) & (levels["volume"] == SAME) & (levels["issue"] == SAME)
    mask &= (levels["year"] == SAME) | (levels["year"] == NONE)
    return mask


def _in_one_volume(facts: Facts) -> Mask:
    levels = facts.pairs.levels
    mask: Mask = (levels["journal"] == SAME) & (levels["volume"] == SAME) & (levels["year"] != APART)
    return mask


def _confirmations(facts: Facts) -> npt.NDArray[np.int64]:
    """How many things besides the title agree; a number counts twice."""
    f, p, telling = facts.features, facts.pairs, facts.telling
    levels = p.levels
    people = np.minimum(f.people[p.left], f.people[p.right])
    year, volume, author = levels["year"], levels["volume"], levels["author"]
    early = (year == SAME) | (year == NEAR) | (year == NONE)
    fitting = (year != APART) & (volume != APART) & (levels["journal"] != APART) & (author != AUTHOR_APART)
    # The same several authors, the same long title, a year apart: ahead of print and final.
    ahead = telling & ((author == AUTHOR_ALL) | (author == AUTHOR_OTHERS)) & (people > 1) & early
    confirmed: npt.NDArray[np.int64] = (
        facts.authors_agree.astype(np.int64)
        + facts.same_page
        + 2 * facts.same_number.astype(np.int64)
        + (levels["abstract"] == SAME)
        + facts.same_source
        + (facts.same_article & ((volume == SAME) | (telling & fitting)))
        + (telling & _in_one_volume(facts))
        + ahead
    )
    return confirmed


def _vague(facts: Facts) -> Mask:
    """The title names no subject, or hardly one, and neither the place nor the database's own number is the same.

    For a short title the same several authors in the same volume will do. Of two pieces without a subject the whole
    place is needed: an issue has many, some from the same page of theirs.
    """
    f, p = facts.features, facts.pairs
    levels = p.levels
    words = np.minimum(f.words[p.left], f.words[p.right])
    people = np.minimum(f.people[p.left], f.people[p.right])
    generic = ((f.marks[p.left] | f.marks[p.right]) & GENERIC) != 0
    same_time = (levels["year"] == SAME) | ((levels["year"] == NEAR) & facts.same_number)
    one_issue = same_time & (levels["volume"] != APART) & (levels["issue"] != APART)
    pinned = (facts.same_page & (facts.authors_agree | facts.same_number)) | (
        (levels["accession"] == SAME) & facts.authors_agree
    )
    same_issue = (levels["issue"] == SAME) | ((f.page[p.left] > FIRST_OF_ISSUE) & (f.page[p.left] < FRONT_MATTER))
    pinned_piece = pinned & one_issue & (same_issue | facts.same_number)
    numbered = facts.same_number & facts.authors_agree
    together = _in_one_volume(facts) & (levels["author"] == AUTHOR_ALL) & (people > 2)
    vague: Mask = (generic & ~pinned_piece) | ((words < 3) & ~((pinned | together | numbered) & one_issue))
    # A column or a series has the same short title each time, now and then from the same page.
    ranges = (f.last[p.left] > f.page[p.left]) & (f.last[p.right] > f.page[p.right])
    half = ((levels["pages"] == PAGE_FIRST) & ranges) | (levels["pages"] == PAGE_LAST)
    vague |= half & (words < 5) & ~facts.same_number & (levels["abstract"] != SAME)
    return vague


def _single_page(facts: Facts) -> Mask:
    """One has a single page, as an abstract, a correction or a letter has, and the other, perhaps the article, none."""
    f, p = facts.features, facts.pairs
    levels = p.levels
    volume, journal = levels["volume"], levels["journal"]
    single = _half_placed(f, p.left, p.right) | _half_placed(f, p.right, p.left)
    single &= ~facts.same_number & (levels["abstract"] != SAME)
    # Without an issue, or in what is the only one of many journals, the number is an article's.
    unissued = ((f.alone[p.left] == 0) | (f.issue[p.left] <= 1)) & ((f.alone[p.right] == 0) | (f.issue[p.right] <= 1))
    single &= ~((volume == SAME) & ((levels["issue"] == SAME) | unissued) & (journal <= NEAR))
    nowhere = np.minimum(f.volume[p.left], f.volume[p.right]) < 0
    single &= ~(nowhere & (journal == SAME) & (levels["year"] == SAME) & facts.authors_agree)
    return single


# code -> (test, what a person reads). The order is the order in which they are named.
VETOES: dict[str, tuple[Callable[[Facts], Mask], str]] = {
    "doi": (other_doi, "two DOIs"),
    "pmid": (other_pmid, "two PMIDs"),
    "kind": (
        other_kind,
        "one is a correction, retraction, reply, comment, protocol, preprint or meeting abstract",
    ),
    "trial": (other_trial, "two trial numbers"),
    "numbers": (other_numbers, "the titles name other numbers or parts"),
    "more": (more_numbers, "one title names a number that the other leaves out"),
    "authors": (other_authors, "other authors and not the same pages"),
    "source": (other_source, "another journal, volume, issue or time: abstract and article, or published twice"),
    "title": (changed_title, "the titles differ in words and nothing else pins the work down"),
    "little": (too_little, "too little is known of one of them"),
}
NO_VETO = -1
CODES = tuple(VETOES)


def first_veto(features: Features, pairs: Comparison) -> npt.NDArray[np.int8]:
    """For each pair the number of the first veto that holds, or NO_VETO."""
    facts = facts_about(features, pairs)
    mask = np.full(len(pairs), NO_VETO, np.int8)
    for number, (test, _) in reversed(list(enumerate(VETOES.values()))):
        mask[test(facts)] = number
    return mask


ALL_BUT_DOI = "all but the DOI"


RULES = (
    ALL_BUT_DOI,
    "identifier",
    "title, authors and pages",
    "title and pages",
    "title and abstract",
    "title, authors and source",
    "title and source",
)


def rules_of(features: Features, pairs: Comparison) -> npt.NDArray[np.int8]:
    """By which of `RULES` each accepted pair is one work, as its place there: what pins it down most."""
    facts = facts_about(features, pairs)
    levels = pairs.levels
    choices = [
        levels["doi"] == APART,
        facts.same_number,
        facts.same_place & facts.authors_agree,
        facts.same_place,
        levels["abstract"] == SAME,
        facts.authors_agree,
    ]
    return np.select(choices, list(range(len(choices))), len(choices)).astype(np.int8)
