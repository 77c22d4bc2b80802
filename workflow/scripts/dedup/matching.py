"""The whole way from a table of records to works: features, pairs, points, vetoes, clusters, the queue for a person."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from prismake.common.steps import log
from prismake.dedup import vetoes
from prismake.dedup.blocking import candidate_pairs
from prismake.dedup.clusters import Links, cluster
from prismake.dedup.decisions import NO_DECISIONS, Decisions
from prismake.dedup.features import Features, Integers, read_features
from prismake.dedup.scoring import Comparison, compare, explain, probability
from tqdm import tqdm

# Points from which a pair without a veto is one work, and from which a person is asked.
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
    merges: list[Merge]
    questions: list[Question]


class _Progress:
    """A bar on a terminal, one line at each tenth in a log."""

    def __init__(self, task: str, total: int, unit: str) -> None:
        self.task, self.total, self.unit, self.done, self.tenth = task, total, unit, 0, 0
        self.bar = tqdm(total=total, desc=task, unit=unit, disable=not (sys.stderr.isatty() and total > 20_000))

    def __call__(self, more: int) -> None:
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
    progress = _Progress("compare", len(left), "pairs")
    kept: list[Comparison] = []
    veto: list[npt.NDArray[np.int8]] = []
    for start in range(0, max(len(left), 1), BATCH):
        here = slice(start, start + BATCH)
        part = compare(features, left[here], right[here], workers=workers, hopeful=True)
        part = part.take(part.points >= ASKED)
        kept.append(part)
        veto.append(vetoes.first_veto(features, part))
        progress(min(BATCH, len(left) - start))
    joined = Comparison(
        np.concatenate([part.left for part in kept]),
        np.concatenate([part.right for part in kept]),
        {name: np.concatenate([part.levels[name] for part in kept]) for name in kept[0].levels},
        np.concatenate([part.ratio for part in kept]),
        np.concatenate([part.points for part in kept]),
    )
    return joined, np.concatenate(veto)


def match(table: pa.Table, *, decisions: Decisions = NO_DECISIONS, workers: int = 1) -> Matching:
    """Finds the works among the records of a table (columns as in `features.COLUMNS`, any of them may be absent).

    The partition depends on the records' content and ids alone, not on the order of rows nor on `workers`.
    """
    features = read_features(table, workers=workers, progress=_Progress("read", len(table), "records"))
    ids = features.ids.to_pylist()
    rank = _id_rank(ids)
    left, right = _in_order(*candidate_pairs(features), rank)
    log.info("%d records, %d candidate pairs", len(features), len(left))
    pairs, veto = _compare_all(features, left, right, workers)
    accepted = (pairs.points >= ACCEPTED) & (veto == vetoes.NO_VETO)
    chosen = pairs.take(accepted)

    def conflicts(a: Integers, b: Integers) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(a), bool)
        for start in range(0, len(a), BATCH):
            here = slice(start, start + BATCH)
            part = compare(features, *_in_order(a[here], b[here], rank), workers=workers)
            no = vetoes.first_veto(features, part)
            fine = (no == vetoes.NO_VETO) | np.isin(no, SOFT)
            found[start : start + BATCH] = ~fine | (part.points < CONSISTENT)
        return found

    found = cluster(
        len(features),
        Links(chosen.left, chosen.right, chosen.points),
        conflicts,
        rank,
        decisions.same,
        decisions.different,
    )
    merges = _explain_merges(features, chosen, found.joins, decisions)
    questions = _questions(features, pairs, veto, found.roots, rank, decisions)
    log.info("%d works, %d questions", len(np.unique(found.roots)), len(questions))
    return Matching(found.roots, merges, questions)


def _explain_merges(
    features: Features, accepted: Comparison, joins: list[tuple[int, int]], decisions: Decisions
) -> list[Merge]:
    decided = set(decisions.same)
    rules = vetoes.rule_names(features, accepted)
    scores = probability(accepted.points, ACCEPTED - 2)
    place = {
        pair: number for number, pair in enumerate(zip(accepted.left.tolist(), accepted.right.tolist(), strict=True))
    }
    merges = []
    for a, b in joins:
        pair = (a, b) if (a, b) in place or (a, b) in decided else (b, a)
        if pair in decided:
            merges.append(Merge(*pair, "decision", "a person called them the same", 1.0))
            continue
        at = place[pair]
        merges.append(Merge(*pair, rules[at], explain(accepted, at), round(float(scores[at]), 4)))
    return merges


def _questions(
    features: Features,
    pairs: Comparison,
    veto: npt.NDArray[np.int8],
    roots: Integers,
    rank: Integers,
    decisions: Decisions,
) -> list[Question]:
    """The best doubtful pair between each two works, best first, no more than a hundredth of the records."""
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
    questions: list[Question] = []
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
