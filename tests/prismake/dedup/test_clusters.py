from itertools import permutations

import numpy as np
from prismake.dedup import clusters

from tests.prismake.dedup.conftest import copy, run


def joined(
    pairs: list[tuple[int, int, float]], bad: set[tuple[int, int]], count: int, **decisions: object
) -> list[list[int]]:
    links = clusters.Links(
        np.array([a for a, _, _ in pairs], np.int64),
        np.array([b for _, b, _ in pairs], np.int64),
        np.array([points for _, _, points in pairs], np.float32),
    )

    def conflicts(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return np.array(
            [(min(a, b), max(a, b)) in bad for a, b in zip(left.tolist(), right.tolist(), strict=True)], bool
        )

    roots = clusters.cluster(count, links, conflicts, np.arange(count), **decisions).roots  # type: ignore[arg-type]
    groups: dict[int, list[int]] = {}
    for row, root in enumerate(roots.tolist()):
        groups.setdefault(root, []).append(row)
    return sorted(groups.values())


def test_a_hub_joins_only_the_work_it_resembles_most() -> None:
    assert joined([(0, 1, 12.0), (1, 2, 11.0)], {(0, 2)}, 3) == [[0, 1], [2]]
    assert joined([(0, 1, 11.0), (1, 2, 12.0)], {(0, 2)}, 3) == [[0], [1, 2]]


def test_a_chain_without_conflict_is_one_work() -> None:
    assert joined([(0, 1, 12.0), (1, 2, 11.0)], set(), 3) == [[0, 1, 2]]


def test_a_person_wins() -> None:
    assert joined([(0, 1, 12.0)], set(), 2, different=[(0, 1)]) == [[0], [1]]
    assert joined([], {(0, 1)}, 2, same=[(0, 1)]) == [[0, 1]]
    assert joined([(0, 1, 12.0), (1, 2, 12.0)], set(), 3, different=[(0, 2)]) == [[0, 1], [2]]
    assert joined([(0, 1, 12.0), (2, 3, 12.0)], set(), 4, same=[(0, 2)], different=[(1, 3)]) == [[0, 1, 2], [3]]


def test_who_is_linked_to_a_decided_record_does_not_conflict_with_its_fellows() -> None:
    assert joined([(0, 2, 12.0)], {(1, 2), (0, 1)}, 3, same=[(0, 1)]) == [[0, 1, 2]]


def test_a_large_component_is_checked_when_its_works_meet() -> None:
    half = clusters.LARGE_COMPONENT
    rows = range(2 * half)
    pairs = [(row, row + 1, 10.0 if row == half - 1 else 12.0) for row in rows[:-1]]
    bad = {(a, b) for a in range(half) for b in range(half, 2 * half)}
    assert joined(pairs, bad, 2 * half) == [list(range(half)), list(range(half, 2 * half))]


def test_a_sparse_record_never_joins_two_works() -> None:
    sparse = {"title": copy()["title"], "author": copy()["author"], "year": "2014"}
    first = copy(doi="10.5555/one", abstract="")
    second = copy(doi="10.5555/two", journal="Spine Notes", volume="9", number="2", pages="88-96", abstract="")
    for order in permutations([sparse, first, second]):
        roots = run(order).roots.tolist()
        assert roots[order.index(first)] != roots[order.index(second)]
