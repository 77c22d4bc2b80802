from pathlib import Path

import pytest
from prismake.common.cluster_map import ClusterMap
from prismake.common.errors import BuildStop
from prismake.dedup.decisions import Decisions, read_decisions

from tests.prismake.dedup.conftest import copy, run

IDS = ClusterMap.of({name: name for name in ["a:1", "a:2", "b:1", "b:2"]})


def table(folder: Path, *rows: str) -> Path:
    path = folder / "decisions.csv"
    path.write_text("\n".join(["record_a,record_b,decision,note", *rows]) + "\n", encoding="utf-8")
    return path


def test_decisions_are_pairs_of_rows(tmp_path: Path) -> None:
    result = read_decisions(table(tmp_path, "b:1,a:1,same,seen", "a:2,b:2,different,"), IDS)
    assert result == Decisions(same=[(0, 2)], different=[(1, 3)])
    assert read_decisions(table(tmp_path), IDS) == Decisions([], [])


RECORDS = [
    {"record_id": "a:1", "doi": "10.5555/one", "pmid": "31415926"},
    {"record_id": "a:2", "doi": "10.5555/two"},
    {"record_id": "b:1", "doi": "10.5555/two"},
    {"record_id": "b:2", "embase_id": "L600000001"},
]


def test_a_record_is_named_by_an_identifier_that_no_other_has(tmp_path: Path) -> None:
    rows = ["https://doi.org/10.5555/ONE,a:2,same,", "31415926,L600000001,different,"]
    assert read_decisions(table(tmp_path, *rows), IDS, lambda: RECORDS) == Decisions(same=[(0, 1)], different=[(0, 3)])
    with pytest.raises(BuildStop, match=r"decisions.csv:2: '10.5555/two' fits 2 records: a:2 \(DOI\), b:1 \(DOI\)"):
        read_decisions(table(tmp_path, "10.5555/two,a:1,same,"), IDS, lambda: RECORDS)
    with pytest.raises(BuildStop, match=r"no record has the id 'a:3'\n  -> results/records/clusters"):
        read_decisions(table(tmp_path, "a:3,b:1,same,"), IDS, lambda: RECORDS)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (["a:1,a:9,same,"], ["unknown-record"]),
        (["a:1,a:1,same,"], ["same-record"]),
        (["a:1,b:1,same,", "b:1,a:1,different,"], ["contradiction"]),
        (["a:1,b:1,same,", "b:1,b:2,same,", "a:1,b:2,different,"], ["contradiction"]),
        (["a:1,b:1,perhaps,"], ["cell"]),
        (["a:8,a:9,same,", "a:1,a:1,same,"], ["unknown-record", "same-record"]),
    ],
)
def test_what_cannot_be_followed_stops_the_build(tmp_path: Path, rows: list[str], codes: list[str]) -> None:
    with pytest.raises(BuildStop) as stopped:
        read_decisions(table(tmp_path, *rows), IDS)
    assert [issue.code for issue in stopped.value.issues] == codes


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a:1,a:1,same,"], ":2: 'a:1' is one record"),
        (["a:1,10.5555/one,same,"], ":2: 'a:1' and '10.5555/one' are one record"),
        (["10.5555/one,31415926,same,"], ":2: '10.5555/one' and '31415926' are one record, 'a:1'"),
        (
            # The longer way round says less.
            ["a:1,a:2,same,", "a:2,b:2,same,", "b:2,b:1,same,", "a:2,b:1,same,", "b:1,a:1,different,"],
            ":6: 'b:1' and 'a:1' are different works here, but the same work by {}:5, {}:2",
        ),
    ],
)
def test_a_message_names_the_records_and_the_decisions_that_a_person_must_look_at(
    tmp_path: Path, rows: list[str], message: str
) -> None:
    path = table(tmp_path, *rows)
    with pytest.raises(BuildStop) as stopped:
        read_decisions(path, IDS, lambda: RECORDS)
    (issue,) = stopped.value.issues
    assert f"{path}{message}".replace("{}", str(path)) in str(issue)


def test_a_long_way_between_two_records_is_not_listed_whole(tmp_path: Path) -> None:
    ids = ClusterMap.of({f"a:{number}": f"a:{number}" for number in range(40)})
    path = table(tmp_path, "a:0,a:39,different,", *(f"a:{n},a:{n + 1},same," for n in range(39)))
    with pytest.raises(BuildStop, match=rf"by {path}:3, .*, {path}:22 and 19 more decisions"):
        read_decisions(path, ids)


def test_a_decision_always_wins() -> None:
    twins, strangers = [copy(), copy()], [copy(), {"title": "Another thing altogether"}]
    assert len(set(run(twins).roots.tolist())) == 1
    assert len(set(run(twins, decisions=Decisions([], [(0, 1)])).roots.tolist())) == 2
    merged = run(strangers, decisions=Decisions([(0, 1)], []))
    assert len(set(merged.roots.tolist())) == 1
    assert [(merge.rule, merge.score) for merge in merged.merges] == [("decision", 1.0)]


def test_an_answered_pair_is_not_queued_again() -> None:
    wrong_doi = [copy(), copy(doi="10.5555/ejim.2014.714")]
    assert len(run(wrong_doi).questions) == 1
    assert run(wrong_doi, decisions=Decisions([(0, 1)], [])).questions == []
    assert run(wrong_doi, decisions=Decisions([], [(0, 1)])).questions == []
