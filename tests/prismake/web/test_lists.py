"""Lists behind values that no box of the flow holds: each as long as its value says, or not there."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.cluster_map import ClusterMap
from prismake.common.values import flat
from prismake.dedup.overlap import count_sources, find_overlap
from prismake.ledger.records import deduplication_values
from prismake.web.lists import Sought, boxes_of, lists_of_agreement, lists_of_pairs, lists_of_sources
from prismake.web.records import Shown, records_of

from .reviews import review

DATABASES = {"pub-med": "PubMed", "embase": "Embase", "embase2": "Embase"}
FOUND = st.lists(st.tuples(st.sampled_from(sorted(DATABASES)), st.integers(0, 5)), min_size=1, max_size=12)


@given(FOUND)
def test_the_lists_of_a_search_are_as_long_as_its_row_says(found):
    ids = [f"r:{place}" for place in range(len(found))]
    searches = [search for search, _ in found]
    first: dict[int, str] = {}
    for name, (_, work) in zip(ids, found, strict=True):
        first.setdefault(work, name)
    cluster_of = {name: first[work] for name, (_, work) in zip(ids, found, strict=True)}
    databases = [DATABASES[search] for search in searches]
    table = pa.table({"record_id": ids, "search": searches, "database": databases})
    rows = count_sources(find_overlap(table, ClusterMap.of(cluster_of)))
    printed = [{column: str(cell) for column, cell in row.items()} for row in rows]
    values = {
        f"dedup.{name}": value.value
        for name, value in flat(deduplication_values({}, 0, [], [], [], printed))
        if name.startswith("sources.")
    }
    lists = dict(lists_of_sources(Sought(ids, searches, databases, cluster_of)))
    assert {name: len(one.places) for name, one in lists.items()} == values
    assert all(len(set(one.places)) == len(one.places) for one in lists.values())


def test_pairs_are_listed_by_their_rule_with_what_is_alike():
    merges = [
        {"cluster": "a", "record_a": "a", "record_b": "b", "rule": "identifier", "evidence": "same DOI"},
        {"cluster": "a", "record_a": "a", "record_b": "c", "rule": "title, authors", "evidence": "same title"},
    ]
    lists = dict(lists_of_pairs(merges, [], [], {"a": 4, "b": 5, "c": 6}))
    assert lists["dedup.merged"].places == [4] and lists["dedup.pairs"].places == [4, 4]
    assert lists["dedup.rules.title_authors"].reasons == ["and c: same title"]
    assert lists["dedup.pairs"].noun == ("pair", "pairs") and lists["dedup.to_review"].places == []


def test_what_reviewers_compared_is_listed_without_their_names():
    votes = [
        {"stage": "full-text", "record_id": record, "reviewer": name, "decision": decision}
        for record, name, decision in (
            ("a", "Ana", "include"),
            ("a", "Bo", "exclude"),
            ("b", "Ana", "include"),
            ("b", "Bo", "include"),
            ("c", "Ana", "include"),
        )
    ]
    lists = dict(lists_of_agreement(votes, {"a": 0, "b": 1, "c": 2}))
    assert lists["agreement.full_text.n"].places == [0, 1] and lists["agreement.full_text.agree"].places == [1]
    assert lists["agreement.full_text.n"].reasons == ["exclude, include", "include, include"]


def test_a_list_that_is_not_as_long_as_its_value_is_left_out(tmp_path):
    records = [{"record_id": f"r:{n}", "title": "T", "search": "s", "database": "D"} for n in range(3)]
    files, flow = review(tmp_path, records, {"all": []}, clusters={"r:1": "r:0"})
    wanted = {"dedup.sources.s.works": 2, "dedup.sources.s.records": 4, "flow.all": 0}
    _, *lists = records_of(files, flow, Shown(), wanted)["boxes"]
    assert [(box["id"], box["n"], box["noun"], box["records"]) for box in lists] == [
        ("dedup.sources.s.works", 2, ["work", "works"], [0, 2])
    ]
    assert boxes_of([], wanted) == []
