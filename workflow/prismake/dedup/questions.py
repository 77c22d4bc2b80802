"""Which pairs a person should look at: what is doubtful, the most probable first, no more than a person can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prismake.dedup import title_pairs, vetoes
from prismake.dedup.decisions import Decisions
from prismake.dedup.features import Features, Integers
from prismake.dedup.journals import APART, NEAR, SAME
from prismake.dedup.levels import (
    AUTHOR_ALL,
    AUTHOR_APART,
    AUTHOR_SOME,
    PAGE_APART,
    PAGE_BOTH,
    PAGE_LAST,
    PAGE_NONE,
    TELLING,
    Mask,
)
from prismake.dedup.scoring import Comparison, explain, probability
from prismake.dedup.versions import versions

# Points from which a pair that nothing forbids is shown to a person, and from which one that a veto forbids.
LIKELY = 6.5
LIKELY_DESPITE_VETO = 9.5
# The queue holds at most this share of the records, and at least this many pairs if there are as many.
SHARE = 0.01
FLOOR = 20
DESPITE_DOI = "merged although the DOIs differ, because all else is the same: one DOI is probably wrong"
CONTRADICTED = "one of them belongs to a work that the other contradicts"
NO_DOUBT = -1
NO_RULE = -1
# The doubt that is a link between two reports, and no question.
VERSIONS = 0
NOT_ENOUGH = "much agrees, but not enough"


@dataclass(frozen=True)
class Question:
    """A pair that a person should look at."""

    record_a: int
    record_b: int
    why: str
    evidence: str
    score: float


@dataclass(frozen=True)
class Queue:
    """The pairs that a person should look at, and how many more there are than the queue holds."""

    questions: list[Question]
    omitted: int


def sparse(facts: vetoes.Facts) -> Mask:
    """The same telling title, nothing that differs, and too little else to be sure."""
    levels = facts.pairs.levels
    mask: Mask = facts.telling & _nothing_differs(facts) & (levels["author"] != AUTHOR_SOME)
    mask &= (levels["year"] != NEAR) | facts.authors_agree | (levels["journal"] == SAME)
    return mask


def cut_off(facts: vetoes.Facts) -> Mask:
    """One title goes on where the other ends, and nothing differs."""
    f, p = facts.features, facts.pairs
    words = np.minimum(f.words[p.left], f.words[p.right])
    mask: Mask = (p.levels["title"] == title_pairs.LONGER) & (words >= TELLING) & _nothing_differs(facts)
    mask &= facts.authors_agree | (p.levels["abstract"] <= NEAR) | facts.same_number
    return mask


def one_name_for_another(facts: vetoes.Facts) -> Mask:
    """The same telling title and year, and either the authors or the source named otherwise, nothing else."""
    levels = facts.pairs.levels
    people = (levels["author"] == AUTHOR_APART) | (levels["author"] == AUTHOR_SOME)
    mask: Mask = facts.telling & _nothing_differs(facts, "author", "journal") & (levels["year"] == SAME)
    mask &= (people & (levels["journal"] == SAME)) | (facts.authors_agree & (levels["journal"] == APART))
    return mask


def one_book(facts: vetoes.Facts) -> Mask:
    """One ISBN and titles that resemble each other: a book, an edition of it, or a chapter of the same name."""
    f, p = facts.features, facts.pairs
    mask: Mask = (f.isbn[p.left] == f.isbn[p.right]) & (f.isbn[p.left] != 0)
    mask &= p.levels["title"] <= title_pairs.CHANGED
    return mask


def one_number(facts: vetoes.Facts) -> Mask:
    """One DOI or accession number, and titles that are alike, or in two scripts."""
    f, p = facts.features, facts.pairs
    title = p.levels["title"]
    scripts = f.script[p.left] != f.script[p.right]
    mask: Mask = facts.same_number & (scripts | (title <= title_pairs.CHANGED))
    mask &= (title != title_pairs.NONE) & (scripts | (p.levels["author"] != AUTHOR_APART))
    return mask


def one_piece(facts: vetoes.Facts) -> Mask:
    """The same title, which says little, in one issue of a journal, and nothing that differs."""
    levels = facts.pairs.levels
    mask: Mask = (levels["title"] == title_pairs.EXACT) & _nothing_differs(facts)
    mask &= (levels["journal"] == SAME) & (levels["volume"] == SAME) & (levels["issue"] == SAME)
    return mask


def one_text(facts: vetoes.Facts) -> Mask:
    """The same telling title, authors and abstract, wherever: a text that appeared twice, or whose place is wrong."""
    mask: Mask = facts.telling & facts.authors_agree & (facts.pairs.levels["abstract"] == SAME)
    mask &= ~vetoes.other_kind(facts)
    return mask


def renamed(facts: vetoes.Facts) -> Mask:
    """The same several authors, source and year, a title in other words, and nothing that differs."""
    f, p = facts.features, facts.pairs
    people = np.minimum(f.people[p.left], f.people[p.right])
    mask: Mask = (p.levels["title"] == title_pairs.CHANGED) & (p.levels["author"] == AUTHOR_ALL) & (people > 2)
    mask &= (p.levels["journal"] == SAME) & (p.levels["year"] == SAME) & _nothing_differs(facts)
    return mask


def retitled(facts: vetoes.Facts) -> Mask:
    """Another title for what its place says is one article: in another language or script, where the authors' names and
    the journal's may be too; without pages, only in another script."""
    f, p = facts.features, facts.pairs
    levels = p.levels
    scripts = f.script[p.left] != f.script[p.right]
    same_journal, same_volume = levels["journal"] == SAME, levels["volume"] == SAME
    mask: Mask = (levels["title"] >= title_pairs.CHANGED) & (levels["title"] != title_pairs.NONE)
    for name in ("volume", "issue", "doi", "accession"):
        mask &= levels[name] != APART
    pages = facts.same_article | ((levels["pages"] == PAGE_BOTH) & (levels["issue"] == SAME))
    pages &= facts.authors_agree & (levels["journal"] != APART) & (same_journal | same_volume)
    scripted = scripts & same_volume & (levels["pages"] <= PAGE_LAST)
    scripted |= scripts & same_volume & same_journal & facts.authors_agree & (levels["pages"] == PAGE_NONE)
    return np.asarray(mask & (levels["year"] == SAME) & (pages | scripted), dtype=bool)


# Doubts that are shown whatever the points: (test, what a person reads where no veto says more).
DOUBTS = (
    (versions, "a preprint and its article"),
    (one_number, "one number stands for titles that differ"),
    (one_book, "one ISBN"),
    (cut_off, "one title may have been cut off"),
    (sparse, "the same title, and little else is known"),
    (one_name_for_another, "all but the authors or the source agrees"),
    (one_piece, "the same title in one issue"),
    (one_text, "the same title, authors and abstract in two places"),
    (retitled, "the same place, and another title: a translation"),
    (renamed, "the titles differ in words, and nothing else differs"),
)


def _nothing_differs(facts: vetoes.Facts, *but: str) -> Mask:
    """No field that both records fill differs, but for those named."""
    levels = facts.pairs.levels
    worst = {
        "author": AUTHOR_APART,
        "pages": PAGE_APART,
        **dict.fromkeys(("numbers", "year", "journal", "volume", "issue", "doi", "accession", "abstract"), APART),
    }
    fine = ~vetoes.other_kind(facts) & ~vetoes.other_trial(facts)
    for name, level in worst.items():
        if name not in but:
            fine &= levels[name] != level
    return np.asarray(fine, dtype=bool)


Doubts = npt.NDArray[np.int8]


def doubts(features: Features, pairs: Comparison) -> Doubts:
    """For each pair the number of the first of `DOUBTS` that holds, or NO_DOUBT."""
    facts = vetoes.facts_about(features, pairs)
    first = np.full(len(pairs), NO_DOUBT, np.int8)
    for number, (test, _) in reversed(list(enumerate(DOUBTS))):
        first[test(facts)] = number
    return first


@dataclass(frozen=True)
class Compared:
    """Pairs that were compared: of each the first veto and the first doubt, and the rule that makes them one work.

    `rule` is a place in `vetoes.RULES`, or `NO_RULE`.
    """

    pairs: Comparison
    veto: npt.NDArray[np.int8]
    doubt: Doubts
    rule: npt.NDArray[np.int8]

    def likely(self) -> Mask:
        """The pairs that a person may have to look at, if they are not one work."""
        points = self.pairs.points
        mask: Mask = (self.veto == vetoes.NO_VETO) & (points >= LIKELY)
        mask |= (points >= LIKELY_DESPITE_VETO) | (self.doubt != NO_DOUBT)
        levels = self.pairs.levels
        # Parts and arms that are elsewhere, or have a DOI each, leave no doubt.
        parts = (levels["numbers"] == APART) & ((levels["pages"] == PAGE_APART) | (levels["doi"] == APART))
        return np.asarray(mask & ~parts & (self.doubt != VERSIONS), dtype=bool)

    def reason(self, pair: int, accepted: float) -> str:
        """Why a pair is in the queue."""
        veto, doubt = int(self.veto[pair]), int(self.doubt[pair])
        test, why = DOUBTS[doubt] if doubt != NO_DOUBT else (None, "")
        if why and (veto == vetoes.NO_VETO or vetoes.CODES[veto] == "little" or test is retitled):
            return why
        if veto != vetoes.NO_VETO:
            return vetoes.VETOES[vetoes.CODES[veto]][1]
        return CONTRADICTED if self.pairs.points[pair] >= accepted else NOT_ENOUGH


def queue(
    compared: Compared,
    roots: Integers,
    rank: Integers,
    decisions: Decisions,
    doubtful_merges: list[Question],
    middle: float,
) -> Queue:
    """Doubtful merges, then the best doubtful pair between each two works, as many as the queue may hold.

    `middle` is the number of points whose score is one half.
    """
    pairs = compared.pairs
    rows = np.flatnonzero((roots[pairs.left] != roots[pairs.right]) & compared.likely())
    low = np.minimum(rank[pairs.left], rank[pairs.right])[rows]
    high = np.maximum(rank[pairs.left], rank[pairs.right])[rows]
    rows = rows[np.lexsort((high, low, -pairs.points[rows]))]
    known = _Answered(roots, decisions.different)
    decided = set(decisions.same)
    questions = [pair for pair in doubtful_merges if tuple(sorted((pair.record_a, pair.record_b))) not in decided]
    scores = probability(pairs.points, middle)
    for row in rows.tolist():
        a, b = int(pairs.left[row]), int(pairs.right[row])
        if known.are_new(a, b):
            why = compared.reason(row, middle + 2)
            questions.append(Question(a, b, why, explain(pairs, row), round(float(scores[row]), 4)))
    room = max(FLOOR, int(len(roots) * SHARE))
    return Queue(questions[:room], max(0, len(questions) - room))


class _Answered:
    """The pairs of works that a person has decided, or that are queued already."""

    def __init__(self, roots: Integers, different: Sequence[tuple[int, int]]) -> None:
        self.roots = roots
        self.works: dict[int, set[int]] = defaultdict(set)
        for a, b in different:
            self.are_new(a, b)

    def are_new(self, a: int, b: int) -> bool:
        """Whether nothing is known yet of the works of two records; from now on it is."""
        left, right = int(self.roots[a]), int(self.roots[b])
        new = right not in self.works[left]
        self.works[left].add(right)
        self.works[right].add(left)
        return new
