"""What holds for any records: order, workers, new exports and repetition change nothing that they should not."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.dedup import blocking, matching, questions
from prismake.dedup import features as feature_columns
from prismake.dedup.features import Features, Integers, read_features
from prismake.dedup.matching import compare_all, match
from prismake.dedup.questions import Compared

from tests.prismake.dedup.conftest import Record, copy, frame_of, partition, run, table_of, unique_of

SUBJECTS = ("cement leakage", "bone density", "spinal infection", "pain relief", "adjacent fractures")
PLACES = ("after vertebral augmentation", "in older women of two towns", "during long follow-up at home")
FAMILIES = ("Okafor", "Lindqvist", "Tanaka", "Moreau", "Haddad", "Silva")
LETTERS = str.maketrans("0123456789", "ghijklmnop")
JOURNALS = ("European Journal of Invented Medicine", "Spine Notes", "Annals of Fictive Surgery")


@st.composite
def libraries(draw: st.DrawFn) -> list[Record]:
    """A few works, each in several versions with fields missing or changed, beside near misses."""
    chance = random.Random(draw(st.integers(0, 10_000)))
    records: list[Record] = []
    for _ in range(draw(st.integers(2, 6))):
        page = chance.randrange(2, 900)
        work: Record = {
            "title": f"{chance.choice(SUBJECTS)} {chance.choice(PLACES)}: a study".capitalize(),
            "author": "; ".join(f"{name}, A" for name in chance.sample(FAMILIES, 3)),
            "year": str(chance.randrange(2001, 2020)),
            "journal": chance.choice(JOURNALS),
            "volume": str(chance.randrange(1, 50)),
            "number": str(chance.randrange(1, 7)),
            "pages": f"{page}-{page + 7}",
            "doi": f"10.5555/{page}",
        }
        for _ in range(chance.randrange(1, 5)):
            records.append(_version(work, chance))
    return [{**record, "record_id": f"x{place}"} for place, record in enumerate(records)]


def _version(work: Record, chance: random.Random) -> Record:
    version = dict(work)
    for name in work:
        if chance.random() < 0.2:
            version[name] = ""
    match chance.randrange(6):
        case 0:
            version["title"] = version["title"].upper()
        case 1:
            version["title"] = f"Erratum: {version['title']}"
        case 2:
            version |= {"pages": "S1", "volume": "99", "doi": ""}
        case 3:
            version["title"] = version["title"].replace("e", "c", 1)
    return version


def works(records: list[Record], **arguments: Any) -> set[frozenset[str]]:
    frame = frame_of(records)
    return partition(frame, match(table_of(frame), **arguments))


@settings(max_examples=25, deadline=None)
@given(libraries(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(records: list[Record], chance: random.Random) -> None:
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert works(records) == works(shuffled)


@settings(max_examples=25, deadline=None)
@given(libraries(), st.randoms(use_true_random=False))
def test_merges_and_questions_do_not_depend_on_the_order_of_rows(records: list[Record], chance: random.Random) -> None:
    shuffled = list(records)
    chance.shuffle(shuffled)
    results = []
    for rows in (records, shuffled):
        result, ids = run(rows), [row["record_id"] for row in rows]
        results.append(
            (
                sorted(
                    (ids[merge.record_a], ids[merge.record_b], merge.rule, merge.evidence, merge.score)
                    for merge in result.merges
                ),
                sorted(
                    (ids[merge.record_a], ids[merge.record_b], merge.why, merge.evidence) for merge in result.questions
                ),
                sorted(ids[survivor] for survivor in result.members),
            )
        )
    assert results[0] == results[1]


@settings(max_examples=25, deadline=None)
@given(libraries())
def test_deduplicating_the_result_removes_nothing(records: list[Record]) -> None:
    frame = frame_of(records)
    unique = unique_of(frame)
    assert match(table_of(unique)).merges == []


@dataclass(frozen=True)
class Decisions:
    """What was decided about records, by their ids: works with their survivors, merges and questions."""

    survivors: dict[frozenset[str], str]
    merges: set[tuple[str, str, str, str, float]]
    questions: set[tuple[str, str, str, str, float]]
    compared: set[tuple[str, str]]
    omitted: int

    def about(self, works: Iterable[frozenset[str]]) -> tuple[dict[frozenset[str], str], set[Any], set[Any]]:
        """Survivors, merges and questions of these works alone; those that are no works here are left out."""
        chosen = {work: self.survivors[work] for work in works if work in self.survivors}
        ids = {name for work in chosen for name in work}
        merges, questions = ({row for row in rows if {row[0], row[1]} <= ids} for rows in (self.merges, self.questions))
        return chosen, merges, questions


def decisions(records: list[Record]) -> Decisions:
    """The decisions about records, and which pairs were compared for them in any round."""
    compared: set[tuple[str, str]] = set()

    def noted(features: Features, left: Integers, right: Integers, workers: int) -> Compared:
        near, a, b = features.near(left, right)
        names = near.ids.to_pylist()
        compared.update((names[a], names[b]) for a, b in zip(a.tolist(), b.tolist(), strict=True))
        return compare_all(features, left, right, workers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "compare_all", noted)
        result = run(records)
    ids = [record["record_id"] for record in records]
    survivors = {
        frozenset(ids[row] for row in result.members.get(best, [best])): ids[best]
        for best in set(result.survivor.tolist())
    }
    merges = {(ids[m.record_a], ids[m.record_b], m.rule, m.evidence, m.score) for m in result.merges}
    questions = {(ids[q.record_a], ids[q.record_b], q.why, q.evidence, q.score) for q in result.questions}
    return Decisions(survivors, merges, questions, compared, result.omitted)


def assert_untouched(old: list[Record], new: list[Record]) -> int:
    """Works none of whose records is compared with a new one keep all that was decided; returns how many there are."""
    before, after = decisions(old), decisions([*old, *new])
    assert before.omitted == after.omitted == 0
    added = {record["record_id"] for record in new}
    touched = {name for pair in after.compared if added & set(pair) for name in pair}
    untouched = [work for work in before.survivors if not work & touched]
    assert after.about(untouched) == before.about(untouched)
    return len(untouched)


@settings(max_examples=60, deadline=None)
@given(libraries(), libraries(), st.randoms(use_true_random=False))
def test_a_new_export_changes_no_decision_on_works_that_it_does_not_touch(
    old: list[Record], new: list[Record], chance: random.Random
) -> None:
    again = [{**_version(record, chance), "doi": ""} for record in chance.sample(old, min(2, len(old)))]
    new = [{**record, "record_id": f"new{place}"} for place, record in enumerate([*new[:4], *again])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "FLOOR", 10_000)
        assert_untouched(old, new)


def test_a_new_export_changes_no_decision_where_too_many_records_share_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """All records have one DOI; one title is in another script, which makes a question with each of the others."""
    monkeypatch.setattr(questions, "FLOOR", 10_000)
    monkeypatch.setattr(blocking, "LARGEST_BLOCK", 100)
    monkeypatch.setattr(blocking, "WINDOW", 10)
    records = [
        {"title": _invented_title(place), "doi": "10.5555/all", "journal": "Spine Notes"} for place in range(100)
    ]
    records.append({"title": "Цементная аугментация болезненных переломов", "doi": "10.5555/all"})
    order = blocking.content_order(read_features(table_of(frame_of(records))))
    last = int(order[:100].argmax())
    old = [{**record, "record_id": f"r{place:04}"} for place, record in enumerate(records) if place != last]
    assert len(decisions(old).questions) == 99
    assert assert_untouched(old, [{**records[last], "record_id": "new"}]) > 80


def _invented_title(number: int) -> str:
    return " ".join(sha256(f"{number} {word}".encode()).hexdigest().translate(LETTERS)[:9] for word in range(4))


def test_the_number_of_workers_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [
        copy(title=f"{copy()['title']} of town {place % 40}", doi="", pages=f"{place % 40 + 2}-{place % 40 + 9}")
        for place in range(90)
    ]
    alone = works(records, workers=1)
    monkeypatch.setattr(feature_columns, "PARALLEL_FROM", 10)
    monkeypatch.setattr(feature_columns, "CHUNK", 20)
    assert works(records, workers=2) == alone
    assert len(alone) == 40


def test_no_records() -> None:
    matching = match(table_of(frame_of([])))
    assert (len(matching.roots), list(matching.merges), matching.questions, dict(matching.members)) == (0, [], [], {})


def test_a_table_may_lack_columns() -> None:
    frame = frame_of([copy(), copy()])[["record_id", "title", "author", "year", "pages"]]
    assert len(match(table_of(frame)).merges) == 1


def test_every_merge_has_a_rule_evidence_and_score() -> None:
    (merge,) = run([copy(), copy(pages="417")]).merges
    assert merge.rule == "identifier"
    assert "same title; same authors; same first page" in merge.evidence
    assert 0.5 < merge.score <= 1


def test_merges_are_one_fewer_than_the_records_of_each_work() -> None:
    matching = run([copy(), copy(year="2015"), copy(doi=""), copy(title="Another thing entirely", doi="", pages="5-9")])
    assert [sorted(rows) for rows in matching.members.values()] == [[0, 1, 2]]
    assert len(matching.merges) == 2


@pytest.mark.parametrize(("works", "wanted"), [(15, 15), (150, 20), (1300, 26)])
def test_the_queue_holds_twenty_pairs_or_a_hundredth_of_the_records(works: int, wanted: int) -> None:
    records = []
    for place in range(works):
        work = copy(
            title=_invented_title(place),
            pages=f"{place + 2}-{place + 9}",
            abstract="",
            doi=f"10.5555/{place}",
        )
        records += [work, {**work, "doi": f"10.5555/other.{place}"}]
    matching = run(records)
    assert (len(matching.questions), matching.omitted) == (wanted, works - wanted)


def test_works_complete_each_other() -> None:
    titled = {"title": copy()["title"]}
    first = titled | {"author": copy()["author"], "year": "2014", "journal": "Spine Notes", "volume": "9"}
    second = titled | {"author": copy()["author"], "year": "2014", "pages": "88-96", "journal": "Spine Notes"}
    third = titled | {"volume": "9", "pages": "88-96"}
    assert len(set(run([first, second, third]).roots.tolist())) == 1


def newcomers(count: int, chance: random.Random) -> list[Record]:
    """Other works under the same title, by the same first author, in the same year."""
    return [
        copy(
            record_id=f"new{place}",
            author=f"Okafor, Ada B; {chance.choice(FAMILIES)}, C; Person{place}, D",
            journal="Annals of Fictive Surgery",
            volume=str(chance.randrange(1, 31)),
            pages=f"{20 * place + 2}-{20 * place + 9}",
            number="",
            doi=f"10.5555/new.{place}",
            abstract="",
        )
        for place in range(count)
    ]


@settings(max_examples=12, deadline=None)
@given(libraries(), st.integers(100, 260), st.randoms(use_true_random=False))
def test_one_more_export_changes_nothing_about_the_works_that_it_does_not_touch(
    records: list[Record], count: int, chance: random.Random
) -> None:
    """Also where its records share most keys with the others: more than any window would hold."""
    sparse = copy(record_id="b", author="Okafor AB, Lindqvist P", journal="Eur J Invented Med", abstract="", doi="")
    old = [*records, copy(record_id="a", abstract=""), sparse | {"volume": "", "number": "", "pages": ""}]
    more = [*old, *newcomers(count, chance)]
    chance.shuffle(more)
    before, after = works(old), works(more)
    touched = {name for work in after for name in work if any(other.startswith("new") for other in work)}
    assert {"a", "b"} in before
    assert not touched & {record["record_id"] for record in old}
    assert before == {work for work in after if not work & touched}


def test_ids_may_be_any_text() -> None:
    frame = pd.DataFrame([{"record_id": "pubmed:1~2", **copy()}, {"record_id": "été 3", **copy()}])
    assert len(match(table_of(frame)).merges) == 1
