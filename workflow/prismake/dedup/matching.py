"""The whole way from a table of records to works: features, pairs, points, vetoes, clusters, the queue for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from prismake.common.arrow import places
from prismake.common.progress import Progress, stretch
from prismake.common.steps import log
from prismake.dedup import merging, questions, vetoes
from prismake.dedup.blocking import candidate_pairs, codes_of, pairs_with
from prismake.dedup.clusters import Clustering, Links, cluster
from prismake.dedup.columns import without_running_numbers
from prismake.dedup.contents import Contents, contents_of
from prismake.dedup.decisions import NO_DECISIONS, Decisions
from prismake.dedup.features import Features, Integers, read_features
from prismake.dedup.journals import APART
from prismake.dedup.questions import Compared, Question
from prismake.dedup.record_ids import id_rank
from prismake.dedup.scoring import FIELDS, Comparison, compare, explain, probability
from prismake.dedup.store import Both
from prismake.dedup.versions import Version, linked_works

# Points from which a pair without a veto is one work.
ACCEPTED = 9.5
# Records of one work may be this far apart when others link them, no farther.
CONSISTENT = 3.0
# Vetoes that keep two records from being joined, but not from standing in one work that others hold together.
SOFT = [vetoes.CODES.index(code) for code in ("little", "title", "authors", "more")]
BATCH = 100_000
# How much of the matching is done when all records are read, and when all pairs are compared.
READ, COMPARED = 0.8, 0.95
# How often works are compared once more by all fields of their records together.
ROUNDS = 5


@dataclass(frozen=True)
class Merge:
    """Why two records are one work."""

    record_a: int
    record_b: int
    rule: str
    evidence: str
    score: float


# Of a merge that a person decided.
NOT_COMPARED = -1
DECISION = "decision"


class Merges(Sequence[Merge]):
    """Many merges in little memory: the records, and the place of each among the accepted pairs."""

    def __init__(
        self, record_a: Integers, record_b: Integers, place: Integers, rule: npt.NDArray[np.int8], pairs: Comparison
    ) -> None:
        self.record_a, self.record_b = record_a, record_b
        self._decided = place == NOT_COMPARED
        kept = pairs.take(np.where(self._decided, 0, place) if len(pairs) else place[:0])
        self._rule = rule[np.where(self._decided, 0, place)] if len(pairs) else np.zeros(len(place), np.int8)
        self._pairs, self._scores = kept, probability(kept.points, ACCEPTED - 2)

    def __len__(self) -> int:
        return len(self.record_a)

    @overload
    def __getitem__(self, at: int) -> Merge: ...
    @overload
    def __getitem__(self, at: slice) -> list[Merge]: ...
    def __getitem__(self, at: int | slice) -> Merge | list[Merge]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        pair = int(self.record_a[at]), int(self.record_b[at])
        if self._decided[at]:
            return Merge(*pair, DECISION, "a person called them the same", 1.0)
        score = round(float(self._scores[at]), 4)
        return Merge(*pair, vetoes.RULES[int(self._rule[at])], explain(self._pairs, at), score)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)

    def by_rule(self, name: str) -> int:
        """How many merges were made by a rule."""
        return int(np.count_nonzero((self._rule == vetoes.RULES.index(name)) & ~self._decided))

    def kinds(self) -> tuple[Integers, list[Merge]]:
        """(kinds, merges): for each merge the number of its kind, and of each kind one merge.

        Merges of a kind have the same rule, evidence and score; there are few kinds.
        """
        if not len(self):
            return np.empty(0, np.int64), []
        levels = [self._pairs.levels[name] for name in FIELDS] if len(self._pairs) else []
        columns = [self._decided, self._rule, *levels, *([self._scores] if levels else [])]
        kind = np.zeros(len(self), np.int64)
        for column in columns:
            codes = np.unique(np.where(self._decided, column[0], column), return_inverse=True)[1]
            kind = np.unique(kind * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
        first = np.unique(kind, return_index=True)[1]
        return kind, [self[place] for place in first.tolist()]


@dataclass(frozen=True)
class Matching:
    """Which rows are one work (equal roots), why, and which pairs remain doubtful."""

    roots: Integers
    survivor: Integers  # for each row the row of its work's survivor
    members: merging.Works  # works of two or more records: survivor -> rows, the survivor first
    merges: Merges
    questions: list[Question]
    omitted: int  # doubtful pairs that the queue has no room for
    running: list[str]  # files whose issues are running numbers, and were ignored
    versions: list[Version]  # preprints and their articles


def _in_order(left: Integers, right: Integers, rank: Integers) -> tuple[Integers, Integers]:
    """The pairs with the smaller id first: a comparison then never depends on the order of rows."""
    swapped = rank[left] > rank[right]
    return np.where(swapped, right, left), np.where(swapped, left, right)


def compare_all(features: Features, left: Integers, right: Integers, workers: int) -> Compared:
    """Compares candidate pairs in batches and keeps those that may matter: accepted or worth a question."""
    progress = Progress("compared", len(left), "pairs")
    parts: list[Compared] = []
    for start in range(0, max(len(left), 1), BATCH):
        here = slice(start, start + BATCH)
        parts.append(compare_batch(features, left[here], right[here], workers))
        progress(len(left[here]))
    return joined(parts)


def compare_batch(features: Features, left: Integers, right: Integers, workers: int) -> Compared:
    """The same for pairs whose features are gathered together."""
    pairs = compare(features, left, right, workers=workers, hopeful=True)
    near, close = pairs.near(features)
    doubts = questions.doubts(near, close)
    relevant = (pairs.points >= questions.LIKELY) | (doubts != questions.NO_DOUBT)
    pairs, close, doubts = pairs.take(relevant), close.take(relevant), doubts[relevant]
    veto = vetoes.first_veto(near, close)
    rule = np.full(len(pairs), questions.NO_RULE, np.int8)
    accepted = (pairs.points >= ACCEPTED) & (veto == vetoes.NO_VETO)
    rule[accepted] = vetoes.rules_of(near, close.take(accepted))
    return Compared(pairs, veto, doubts, rule)


def joined(parts: Sequence[Compared]) -> Compared:
    """Pairs that were compared in several parts."""
    return Compared(
        _joined([part.pairs for part in parts]),
        np.concatenate([part.veto for part in parts]),
        np.concatenate([part.doubt for part in parts]),
        np.concatenate([part.rule for part in parts]),
    )


def _joined(parts: Sequence[Comparison]) -> Comparison:
    return Comparison(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        {name: np.concatenate([part.levels[name] for part in parts]) for name in parts[0].levels},
        np.concatenate([part.ratio for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


@dataclass(frozen=True)
class _Accepted:
    """Pairs that are one work, and by which of `vetoes.RULES`."""

    pairs: Comparison
    rule: npt.NDArray[np.int8]

    @classmethod
    def among(cls, compared: Compared) -> _Accepted:
        """Those among pairs that were compared."""
        accepted = compared.rule != questions.NO_RULE
        return cls(compared.pairs.take(accepted), compared.rule[accepted])

    def joined(self, other: _Accepted) -> _Accepted:
        return _Accepted(_joined([self.pairs, other.pairs]), np.concatenate([self.rule, other.rule]))


@dataclass(frozen=True)
class Library:
    """All records, as works are made of them: `rank` orders them by their ids, `fetch` gives the records at some rows,
    which ascend, as a table of `features.COLUMNS`."""

    features: Features
    contents: Contents
    rank: Integers
    fetch: merging.Fetch


def match(table: pa.Table, *, decisions: Decisions = NO_DECISIONS, workers: int = 1) -> Matching:
    """Finds the works among the records of a table (columns as in `features.COLUMNS`, any of them may be absent).

    Records are compared; then the records of each work complete each other and the works are compared once more, until
    nothing is found: deduplicating the result finds nothing either. The partition depends on the records' content and
    ids alone, not on the order of rows nor on `workers`.
    """
    table, running = without_running_numbers(table)
    with stretch(0, READ):
        features = read_features(table, workers=workers, progress=Progress("read", len(table), "records"))
    rank = id_rank(features.ids)
    left, right = _in_order(*candidate_pairs(features), rank)
    log.info("%d records, %d candidate pairs", len(features), len(left))
    with stretch(READ, COMPARED):
        compared = compare_all(features, left, right, workers)
    library = Library(features, contents_of(table), rank, lambda rows: table.take(places(rows)))
    with stretch(COMPARED, 1):
        return make_works(library, compared, decisions, running, workers)


def make_works(
    library: Library, compared: Compared, decisions: Decisions, running: list[str], workers: int
) -> Matching:
    """The works from all pairs that were compared (see `match`)."""
    features, rank = library.features, library.rank
    accepted = _Accepted.among(compared)
    clustering = _cluster(features, accepted, rank, decisions, workers)
    members = merging.works(library.contents, rank, clustering.roots)
    for _ in range(ROUNDS):
        more = _compare_works(library, members, workers)
        if not len(more.pairs):
            break
        further = accepted.joined(more)
        again = _cluster(features, further, rank, decisions, workers)
        if np.array_equal(again.roots, clustering.roots):
            break
        accepted, clustering = further, again
        members = merging.works(library.contents, rank, clustering.roots)
    survivor = np.arange(len(features), dtype=np.int64)
    survivor[members.rows] = np.repeat(members.survivors, members.sizes)
    merges, doubtful = _explain_merges(accepted, clustering.joins, decisions)
    queue = questions.queue(compared, clustering.roots, rank, decisions, doubtful, ACCEPTED - 2)
    preprints = compared.doubt == questions.VERSIONS
    versions = list(linked_works(features.preprint, compared.pairs, preprints, clustering.roots, survivor, rank))
    log.info("%d works, %d questions", len(features) - len(clustering.joins), len(queue.questions))
    return Matching(clustering.roots, survivor, members, merges, queue.questions, queue.omitted, running, versions)


def _cluster(features: Features, accepted: _Accepted, rank: Integers, decisions: Decisions, workers: int) -> Clustering:
    """The works by the pairs that are accepted. Only records that are in a pair, or decided on, can be in a work."""

    def conflicts(a: Integers, b: Integers) -> npt.NDArray[np.bool_]:
        conflicting = np.zeros(len(a), bool)
        for start in range(0, len(a), BATCH):
            here = slice(start, start + BATCH)
            pairs = compare(features, *_in_order(rows[a[here]], rows[b[here]], rank), workers=workers)
            no = vetoes.first_veto(*pairs.near(features))
            fine = (no == vetoes.NO_VETO) | np.isin(no, SOFT)
            conflicting[here] = ~fine | (pairs.points < CONSISTENT)
        return conflicting

    pairs = accepted.pairs
    decided = np.array([*decisions.same, *decisions.different], np.int64).reshape(-1, 2)
    rows = np.unique(np.concatenate([pairs.left, pairs.right, decided.ravel()]))

    def inside(known: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        return [(int(a), int(b)) for a, b in np.searchsorted(rows, np.array(known, np.int64).reshape(-1, 2)).tolist()]

    links = Links(np.searchsorted(rows, pairs.left), np.searchsorted(rows, pairs.right), pairs.points)
    same, different = inside(decisions.same), inside(decisions.different)
    clustering = cluster(len(rows), links, conflicts, rank[rows], same, different)
    roots = np.arange(len(features), dtype=np.int64)
    roots[rows] = rows[clustering.roots]
    return Clustering(roots, rows[np.array(clustering.joins, np.int64).reshape(-1, 2)])


def _compare_works(library: Library, members: merging.Works, workers: int) -> _Accepted:
    """Pairs of works that are one by all fields of their records together; named by their survivors' rows."""
    features, rank = library.features, library.rank
    changed, records = merging.completed(library.contents, members, library.fetch)
    gone = np.zeros(len(features), bool)
    gone[members.rows] = True
    gone[members.survivors] = False
    gone[changed] = True
    more = read_features(records, workers=workers)
    rows = np.concatenate([np.arange(len(features), dtype=np.int64), changed])
    a, b = _in_order(*pairs_with(features, gone, more), rank[rows])
    accepted = _Accepted.among(compare_all(Both(features, more), a, b, workers))
    left, right = rows[accepted.pairs.left], rows[accepted.pairs.right]
    return _Accepted(replace(accepted.pairs, left=left, right=right), accepted.rule)


def _explain_merges(accepted: _Accepted, joins: Integers, decisions: Decisions) -> tuple[Merges, list[Question]]:
    """Why each merge was made, and which of them a person should look at."""
    pairs = accepted.pairs
    # A pair of records is explained as it was found first.
    codes, first = np.unique(codes_of(pairs.left, pairs.right), return_index=True)
    a, b = joins[:, 0], joins[:, 1]
    decided = np.isin(codes_of(*np.sort(joins).T), codes_of(*np.array(decisions.same, np.int64).reshape(-1, 2).T))
    # Pairs are accepted with the smaller id first, and joined so.
    at = np.full(len(joins), NOT_COMPARED, np.int64)
    at[~decided] = first[np.searchsorted(codes, codes_of(a[~decided], b[~decided]))]
    merges = Merges(a, b, at, accepted.rule, pairs)
    apart = np.flatnonzero(~decided)
    apart = apart[pairs.levels["doi"][at[apart]] == APART]
    return merges, [
        Question(merge.record_a, merge.record_b, questions.DESPITE_DOI, merge.evidence, merge.score)
        for merge in map(merges.__getitem__, apart.tolist())
    ]
