from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.dedup import overlap

from tests.prismake.dedup.conftest import overlap_of

SEARCHES = ["a", "a", "b", "b", "b", "c"]
WORKS = ["1", "1", "1", "2", "3", "4"]


def test_counts_of_each_search() -> None:
    result = overlap_of(SEARCHES, [s.upper() for s in SEARCHES], WORKS)
    assert overlap.shared_columns(result) == ["with_a", "with_b", "with_c"]
    a, b, c, together = overlap.count_sources(result)
    assert (a["records"], a["duplicates_within"], a["works"], a["unique"], a["with_b"]) == (2, 1, 1, 0, 1)
    assert (b["records"], b["works"], b["unique"], b["shared"]) == (3, 3, 2, 1)
    assert (c["unique"], c["with_a"]) == (1, 0)
    assert (together["records"], together["works"], together["duplicates_within"]) == (6, 4, 2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 8)), max_size=40))
def test_counts_add_up(records: list[tuple[str, int]]) -> None:
    result = overlap_of([s for s, _ in records], [s for s, _ in records], [str(work) for _, work in records])
    *each, together = rows = overlap.count_sources(result)
    for row in rows:
        assert int(row["records"]) == int(row["works"]) + int(row["duplicates_within"])
        assert int(row["works"]) == int(row["unique"]) + int(row["shared"])
    assert together["records"] == sum(int(row["records"]) for row in each) == len(records)
    assert together["unique"] == sum(int(row["unique"]) for row in each)
    assert together["works"] == sum(size for _, size in overlap.combinations(result))


def test_two_searches_of_one_database_are_distinguished() -> None:
    result = overlap_of(["old", "new", "x"], ["PubMed", "PubMed", "Other"], ["1", "1", "2"])
    assert result.labels == {"old": "PubMed (old)", "new": "PubMed (new)", "x": "Other"}
