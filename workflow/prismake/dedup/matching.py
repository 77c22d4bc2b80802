"""The whole way from a table of records to works: features, pairs, points, vetoes, clusters, the queue for a person."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from tqdm import tqdm

from prismake.common.steps import log
from prismake.dedup import merging, questions, vetoes
from prismake.dedup.blocking import candidate_pairs
from prismake.dedup.clusters import Clustering, Links, cluster
from prismake.dedup.columns import without_running_numbers
from prismake.dedup.decisions import NO_DECISIONS, Decisions
from prismake.dedup.features import Features, Integers, read_features
from prismake.dedup.journals import APART
from prismake.dedup.questions import Compared, Question
from prismake.dedup.scoring import Comparison, compare, explain, probability
from prismake.dedup.versions import Version, linked_works

# Points from which a pair without a veto is one work.
ACCEPTED = 9.5
# Records of one work may be this far apart when others link them, no farther.
CONSISTENT = 3.0
# Vetoes that keep two records from being joined, but not from standing in one work that others hold together.
SOFT = [vetoes.CODES.index(code) for code in ("little", "title", "authors", "more")]
BATCH = 100_000
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


@dataclass(frozen=True)
class Matching:
    """Which rows are one work (equal roots), why, and which pairs remain doubtful."""

    roots: Integers
    survivor: Integers  # for each row the row of its work's survivor
    members: dict[int, list[int]]  # works of two or more records: survivor -> rows, the survivor first
    merges: list[Merge]
    questions: list[Question]
    omitted: int  # doubtful pairs that the queue has no room for
    running: list[str]  # files whose issues are running numbers, and were ignored
    versions: list[Version]  # preprints and their articles


class Progress:
    """A bar on a terminal, one line at each tenth in a log."""

    def __init__(self, task: str, total: int, unit: str) -> None:
        self.task, self.total, self.unit, self.done, self.tenth = task, total, unit, 0, 0
        self.bar = tqdm(total=total, desc=task, unit=unit, disable=not (sys.stderr.isatty() and total > 20_000))

    def __call__(self, more: int) -> None:
        """Counts `more` as done."""
        self.bar.update(more)
        self.done += more
        tenth = 10 * self.done // max(self.total, 1)
        if tenth > self.tenth and self.total > 20_000:
            self.tenth = tenth
            log.info("%s: %d of %d %s", self.task, self.done, self.total, self.unit)
        if self.done >= self.total:
            self.bar.close()


def _id_rank(ids: Sequence[str]) -> Integers:
    rank = np.empty(len(ids), dtype=np.int64)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return rank


def _in_order(left: Integers, right: Integers, rank: Integers) -> tuple[Integers, Integers]:
    """The pairs with the smaller id first: a comparison then never depends on the order of rows."""
    swapped = rank[left] > rank[right]
    return np.where(swapped, right, left), np.where(swapped, left, right)


def _compare_all(features: Features, left: Integers, right: Integers, workers: int) -> Compared:
    """Compares candidate pairs in batches and keeps those that may matter: accepted or worth a question."""
    progress = Progress("compare", len(left), "pairs")
    kept: list[Comparison] = []
    veto: list[npt.NDArray[np.int8]] = []
    doubt: list[npt.NDArray[np.int8]] = []
    for start in range(0, max(len(left), 1), BATCH):
        here = slice(start, start + BATCH)
        part = compare(features, left[here], right[here], workers=workers, hopeful=True)
        doubts = questions.doubts(features, part)
        relevant = (part.points >= questions.LIKELY) | (doubts != questions.NO_DOUBT)
        part = part.take(relevant)
        kept.append(part)
        veto.append(vetoes.first_veto(features, part))
        doubt.append(doubts[relevant])
        progress(min(BATCH, len(left) - start))
    return Compared(_joined(kept), np.concatenate(veto), np.concatenate(doubt))


def _joined(parts: list[Comparison]) -> Comparison:
    return Comparison(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        {name: np.concatenate([part.levels[name] for part in parts]) for name in parts[0].levels},
        np.concatenate([part.ratio for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


@dataclass(frozen=True)
class _Accepted:
    """Pairs that are one work, and by which rule."""

    pairs: Comparison
    rules: list[str]

    def joined(self, other: _Accepted) -> _Accepted:
        return _Accepted(_joined([self.pairs, other.pairs]), self.rules + other.rules)


def _accept(features: Features, compared: Compared) -> _Accepted:
    chosen = compared.pairs.take((compared.pairs.points >= ACCEPTED) & (compared.veto == vetoes.NO_VETO))
    return _Accepted(chosen, vetoes.rule_names(features, chosen))


def match(table: pa.Table, *, decisions: Decisions = NO_DECISIONS, workers: int = 1) -> Matching:
    """Finds the works among the records of a table (columns as in `features.COLUMNS`, any of them may be absent).

    Records are compared; then the records of each work complete each other and the works are compared once more, until
    nothing is found: deduplicating the result finds nothing either. The partition depends on the records' content and
    ids alone, not on the order of rows nor on `workers`.
    """
    table, running = without_running_numbers(table)
    features = read_features(table, workers=workers, progress=Progress("read", len(table), "records"))
    rank = _id_rank(features.ids.to_pylist())
    left, right = _in_order(*candidate_pairs(features), rank)
    log.info("%d records, %d candidate pairs", len(features), len(left))
    compared = _compare_all(features, left, right, workers)
    accepted = _accept(features, compared)
    clustering = _cluster(features, accepted, rank, decisions, workers)
    members = merging.works(table, clustering.roots)
    for _ in range(ROUNDS):
        more = _compare_works(table, features, members, clustering.roots, rank, workers)
        if not len(more.pairs):
            break
        joined = accepted.joined(more)
        again = _cluster(features, joined, rank, decisions, workers)
        if np.array_equal(again.roots, clustering.roots):
            break
        accepted, clustering = joined, again
        members = merging.works(table, clustering.roots)
    survivor = np.arange(len(table), dtype=np.int64)
    for best, rows in members.items():
        survivor[rows] = best
    merges, doubtful = _explain_merges(accepted, clustering.joins, decisions)
    queue = questions.queue(compared, clustering.roots, rank, decisions, doubtful, ACCEPTED - 2)
    preprints = compared.doubt == questions.VERSIONS
    versions = list(linked_works(features, compared.pairs, preprints, clustering.roots, survivor, rank))
    log.info("%d works, %d questions", len(table) - len(clustering.joins), len(queue.questions))
    return Matching(clustering.roots, survivor, members, merges, queue.questions, queue.omitted, running, versions)


def _cluster(features: Features, accepted: _Accepted, rank: Integers, decisions: Decisions, workers: int) -> Clustering:
    def conflicts(a: Integers, b: Integers) -> npt.NDArray[np.bool_]:
        conflicting = np.zeros(len(a), bool)
        for start in range(0, len(a), BATCH):
            here = slice(start, start + BATCH)
            part = compare(features, *_in_order(a[here], b[here], rank), workers=workers)
            no = vetoes.first_veto(features, part)
            fine = (no == vetoes.NO_VETO) | np.isin(no, SOFT)
            conflicting[here] = ~fine | (part.points < CONSISTENT)
        return conflicting

    pairs = accepted.pairs
    links = Links(pairs.left, pairs.right, pairs.points)
    return cluster(len(features), links, conflicts, rank, decisions.same, decisions.different)


def _compare_works(
    table: pa.Table,
    features: Features,
    members: dict[int, list[int]],
    roots: Integers,
    rank: Integers,
    workers: int,
) -> _Accepted:
    """Pairs of works that are one by all fields of their records together; named by their survivors' rows."""
    changed, records = merging.completed(table, members)
    gone = np.zeros(len(table), bool)
    for best, copies in members.items():
        gone[copies] = True
        gone[best] = False
    gone[changed] = True
    rest = np.flatnonzero(~gone)
    rows = np.concatenate([rest, changed])
    works = features.take(rest).joined(read_features(records, workers=workers))
    a, b = candidate_pairs(works)
    concerned = b >= len(rest)
    a, b = _in_order(a[concerned], b[concerned], rank[rows])
    accepted = _accept(works, _compare_all(works, a, b, workers))
    left, right = rows[accepted.pairs.left], rows[accepted.pairs.right]
    return _Accepted(replace(accepted.pairs, left=left, right=right), accepted.rules)


def _explain_merges(
    accepted: _Accepted, joins: list[tuple[int, int]], decisions: Decisions
) -> tuple[list[Merge], list[Question]]:
    """Why each merge was made, and which of them a person should look at."""
    pairs, decided = accepted.pairs, set(decisions.same)
    scores = probability(pairs.points, ACCEPTED - 2)
    place: dict[tuple[int, int], int] = {}
    for number, pair in enumerate(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)):
        # A pair of records is explained as it was found first.
        place.setdefault(pair, number)
    merges, doubtful = [], []
    for a, b in joins:
        if (a, b) in decided or (b, a) in decided:
            merges.append(Merge(a, b, "decision", "a person called them the same", 1.0))
            continue
        pair = (a, b) if (a, b) in place else (b, a)
        at = place[pair]
        evidence, score = explain(pairs, at), round(float(scores[at]), 4)
        merges.append(Merge(*pair, accepted.rules[at], evidence, score))
        if pairs.levels["doi"][at] == APART:
            doubtful.append(Question(*pair, questions.DESPITE_DOI, evidence, score))
    return merges, doubtful
