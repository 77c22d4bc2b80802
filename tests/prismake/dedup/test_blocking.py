from typing import Any, cast

import numpy as np
import pytest
from prismake.dedup import blocking
from prismake.dedup.features import Features, read_features

from tests.prismake.dedup.conftest import copy, frame_of, table_of


def pairs_of(*records: dict[str, Any]) -> set[tuple[int, int]]:
    features = read_features(table_of(frame_of(records)))
    return set(zip(*(column.tolist() for column in blocking.candidate_pairs(features)), strict=True))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "A quite other name", "abstract": "", "author": "", "pages": ""},
        {"doi": "", "abstract": "", "author": "", "pages": "", "volume": "", "year": "", "journal": ""},
        {"doi": "", "abstract": "", "title": copy()["title"].replace("Percutaneous", "Percutaneons"), "pages": ""},
        {"doi": "", "abstract": "", "title": "[Zementaugmentation schmerzhafter Frakturen]", "author": ""},
        {
            "doi": "",
            "abstract": "",
            "title": copy()["title"].replace("o", "0").replace("l", "1"),
            "author": "",
            "pages": "",
        },
    ],
)
def test_versions_of_a_record_are_compared(changes: dict[str, str]) -> None:
    assert pairs_of(copy(), copy(**changes)) == {(0, 1)}


def test_records_that_share_nothing_telling_are_not_compared() -> None:
    other = {
        "title": "Editorial",
        "author": "Moreau, Luc",
        "year": "2014",
        "journal": "European Journal of Invented Medicine",
    }
    assert pairs_of(copy(), other, {"title": "Editorial"}, {"title": ""}, {}) == set()


def test_a_pair_is_named_once_the_smaller_row_first() -> None:
    features = read_features(table_of(frame_of([copy(), copy(), copy()])))
    left, right = blocking.candidate_pairs(features)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]


def test_all_holders_of_a_key_are_compared_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    features = read_features(table_of(frame_of([copy(pages=f"{10 * place}-{10 * place + 5}") for place in range(400)])))
    assert len(blocking.candidate_pairs(features)[0]) == 400 * 399 / 2
    monkeypatch.setattr(blocking, "LARGEST_BLOCK", 20)
    monkeypatch.setattr(blocking, "WINDOW", 15)
    assert len(blocking.candidate_pairs(features)[0]) < 400 * 60


def pairs_of_one_key(monkeypatch: pytest.MonkeyPatch, holders: int) -> set[tuple[int, int]]:
    """The pairs of records that all hold one key, in the order of content."""
    everyone = np.arange(holders, dtype=np.int64)
    monkeypatch.setattr(blocking, "keys", lambda features: [("one", np.ones(holders, np.uint64), everyone)])
    monkeypatch.setattr(blocking, "_ordered", lambda features: lambda rows: rows)
    left, right = blocking.candidate_pairs(cast(Features, None))
    return set(zip(left.tolist(), right.tolist(), strict=True))


def test_beyond_the_first_thousand_holders_each_is_compared_with_the_hundred_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pairs = pairs_of_one_key(monkeypatch, 1_150)
    assert pairs == {(a, b) for b in range(1_150) for a in range(0 if b < 1_000 else b - 100, b)}


@pytest.mark.parametrize("window", [1, 100, 999])
def test_within_the_bound_the_window_changes_nothing(monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    monkeypatch.setattr(blocking, "WINDOW", window)
    assert len(pairs_of_one_key(monkeypatch, 1_000)) == 1_000 * 999 / 2
    assert pairs_of_one_key(monkeypatch, 3) == {(0, 1), (0, 2), (1, 2)}


@pytest.mark.parametrize("old", [1_000, 1_100])
def test_a_new_record_takes_a_comparison_only_from_records_that_it_is_compared_with(old: int) -> None:
    records = [{"record_id": f"r{place}", "title": f"{place} words", "doi": "10.5555/all"} for place in range(old + 3)]
    before, after = pairs_of(*records[:old]), pairs_of(*records)
    touched = {a for a, b in after if b >= old}
    assert len(touched) < old
    assert all({a, b} & touched for a, b in before - after)


def test_an_unknown_value_makes_no_key() -> None:
    first, second = np.array([1, 0, 3], np.uint64), np.array([5, 5, -1], np.int64)
    assert (blocking.mix(first, second) != 0).tolist() == [True, False, False]
