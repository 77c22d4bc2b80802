"""The whole way from a table of records to works: features, pairs, points, vetoes, clusters, the queue for a person."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from tqdm import tqdm

from prismake.common.steps import log
from prismake.dedup import merging, vetoes
from prismake.dedup.blocking import candidate_pairs
from prismake.dedup.clusters import Clustering, Links, cluster
from prismake.dedup.decisions import NO_DECISIONS, Decisions
from prismake.dedup.features import Features, Integers, read_features
from prismake.dedup.journals import APART
from prismake.dedup.scoring import Comparison, compare, explain, probability

# Points from which a pair without a veto is one work, and from which a pair goes to a person.
ACCEPTED = 9.5
ASKED = 6.5
# Records of one work may be this far apart when others link them, no farther.
CONSISTENT = 3.0
# Vetoes that keep two records from being joined, but not from standing in one work that others hold together.
SOFT = [vetoes.CODES.index(code) for code in ("little", "title", "authors")]
# A pair with a veto is shown to a person when this much speaks for it.
ASKED_DESPITE_VETO = 9.5
# At most this share of the records may stand in the queue.
QUEUE_SHARE = 0.01
BATCH = 100_000
# How often works are compared once more by all fields of their records together.
ROUNDS = 5
DESPITE_DOI = "merged although the DOIs differ, because all else is the same: one DOI is probably wrong"


@dataclass(frozen=True)
class Merge:
    """Why two records are one work."""

    record_a: int
    record_b: int
    rule: str
    evidence: str
    score: float


@dataclass(frozen=True)
class Question:
    """A pair that a person should look at."""

    record_a: int
    record_b: int
    why: str
    evidence: str
    score: float


@dataclass(frozen=True)
class Matching:
    """Which rows are one work (equal roots), why, and what is left to ask."""

    roots: Integers
    survivor: Integers  # for each row the row of its work's survivor
    members: dict[int, list[int]]  # works of two or more records: survivor -> rows, the survivor first
    merges: list[Merge]
    questions: list[Question]


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


def _compare_all(
    features: Features, left: Integers, right: Integers, workers: int
) -> tuple[Comparison, npt.NDArray[np.int8]]:
    """Compares candidate pairs in batches and keeps those that may matter: accepted or worth a question."""
    progress = Progress("compare", len(left), "pairs")
    kept: list[Comparison] = []
    veto: list[npt.NDArray[np.int8]] = []
    for start in range(0, max(len(left), 1), BATCH):
        here = slice(start, start + BATCH)
        part = compare(features, left[here], right[here], workers=workers, hopeful=True)
        part = part.take(part.points >= ASKED)
        kept.append(part)
        veto.append(vetoes.first_veto(features, part))
        progress(min(BATCH, len(left) - start))
    return _joined(kept), np.concatenate(veto)


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


def _accept(features: Features, pairs: Comparison, veto: npt.NDArray[np.int8]) -> _Accepted:
    chosen = pairs.take((pairs.points >= ACCEPTED) & (veto == vetoes.NO_VETO))
    return _Accepted(chosen, vetoes.rule_names(features, chosen))


def match(table: pa.Table, *, decisions: Decisions = NO_DECISIONS, workers: int = 1) -> Matching:
    """Finds the works among the records of a table (columns as in `features.COLUMNS`, any of them may be absent).

    Records are compared; then the records of each work complete each other and the works are compared once more, until
    nothing is found: deduplicating the result finds nothing either. The partition depends on the records' content and
    ids alone, not on the order of rows nor on `workers`.
    """
    features = read_features(table, workers=workers, progress=Progress("read", len(table), "records"))
    rank = _id_rank(features.ids.to_pylist())
    left, right = _in_order(*candidate_pairs(features), rank)
    log.info("%d records, %d candidate pairs", len(features), len(left))
    pairs, veto = _compare_all(features, left, right, workers)
    accepted = _accept(features, pairs, veto)
    found = _cluster(features, accepted, rank, decisions, workers)
    members = merging.works(table, found.roots)
    for _ in range(ROUNDS):
        more = _compare_works(table, features, members, found.roots, rank, workers)
        if not len(more.pairs):
            break
        joined = accepted.joined(more)
        again = _cluster(features, joined, rank, decisions, workers)
        if len(again.joins) == len(found.joins):
            break
        accepted, found = joined, again
        members = merging.works(table, found.roots)
    survivor = np.arange(len(table), dtype=np.int64)
    for best, rows in members.items():
        survivor[rows] = best
    merges, doubtful = _explain_merges(accepted, found.joins, decisions)
    questions = _questions(features, pairs, veto, found.roots, rank, decisions, doubtful)
    log.info("%d works, %d questions", len(table) - len(found.joins), len(questions))
    return Matching(found.roots, survivor, members, merges, questions)


def _cluster(features: Features, accepted: _Accepted, rank: Integers, decisions: Decisions, workers: int) -> Clustering:
    def conflicts(a: Integers, b: Integers) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(a), bool)
        for start in range(0, len(a), BATCH):
            here = slice(start, start + BATCH)
            part = compare(features, *_in_order(a[here], b[here], rank), workers=workers)
            no = vetoes.first_veto(features, part)
            fine = (no == vetoes.NO_VETO) | np.isin(no, SOFT)
            found[here] = ~fine | (part.points < CONSISTENT)
        return found

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
    pairs, veto = _compare_all(works, a, b, workers)
    accepted = _accept(works, pairs, veto)
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
            doubtful.append(Question(*pair, DESPITE_DOI, evidence, score))
    return merges, doubtful


def _questions(
    features: Features,
    pairs: Comparison,
    veto: npt.NDArray[np.int8],
    roots: Integers,
    rank: Integers,
    decisions: Decisions,
    merged: list[Question],
) -> list[Question]:
    """Doubtful merges, then the best doubtful pair between each two works; no more than a hundredth of the records."""
    apart = roots[pairs.left] != roots[pairs.right]
    doubtful = (veto == vetoes.NO_VETO) | (pairs.points >= ASKED_DESPITE_VETO)
    rows = np.flatnonzero(apart & doubtful)
    low = np.minimum(rank[pairs.left], rank[pairs.right])[rows]
    high = np.maximum(rank[pairs.left], rank[pairs.right])[rows]
    rows = rows[np.lexsort((high, low, -pairs.points[rows]))]
    room = max(1, int(len(features) * QUEUE_SHARE)) if len(features) > 1 else 0
    answered: dict[int, set[int]] = defaultdict(set)
    for a, b in decisions.different:
        answered[int(roots[a])].add(int(roots[b]))
        answered[int(roots[b])].add(int(roots[a]))
    asked = set(decisions.same)
    questions = [one for one in merged if tuple(sorted((one.record_a, one.record_b))) not in asked][:room]
    for row in rows.tolist():
        if len(questions) >= room:
            break
        a, b = int(pairs.left[row]), int(pairs.right[row])
        root_a, root_b = int(roots[a]), int(roots[b])
        if root_b in answered[root_a]:
            continue
        answered[root_a].add(root_b)
        answered[root_b].add(root_a)
        code = int(veto[row])
        if code != vetoes.NO_VETO:
            why = vetoes.VETOES[vetoes.CODES[code]][1]
        elif pairs.points[row] >= ACCEPTED:
            why = "one of them belongs to a work that the other contradicts"
        else:
            why = "much agrees, but not enough"
        score = round(float(probability(pairs.points[row : row + 1], ACCEPTED - 2)[0]), 4)
        questions.append(Question(a, b, why, explain(pairs, row), score))
    return questions
