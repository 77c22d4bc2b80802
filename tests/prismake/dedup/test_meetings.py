"""A congress abstract and its article are two works, also where each says little; a survivor follows a stated rule."""

from collections.abc import Callable

import pytest
from prismake.dedup.matching import match

from tests.prismake.dedup.conftest import ARTICLE, Record, copy, frame_of, run, table_of, unique_of

Works = Callable[..., list[list[int]]]
# Neither number nor abstract: nothing but the kind of publication keeps them apart.
BARE = {"doi": "", "abstract": ""}
PLACE = {"pages": "", "volume": "", "number": ""}


@pytest.mark.parametrize("kind", ["Conference Abstract", "Meeting Abstract", "Journal Article; Conference Abstract"])
def test_a_meeting_abstract_is_not_its_article(works_of: Works, kind: str) -> None:
    article = copy(pmid="99900001", **BARE)
    abstract = copy(publication_types=kind, pmid="", **PLACE, **BARE)
    assert works_of(article, abstract) == [[0], [1]]
    assert works_of(abstract, article) == [[0], [1]]
    assert works_of(article, abstract | {"publication_types": ""}) == [[0, 1]]
    assert works_of(article | {"publication_types": kind}, abstract) == [[0, 1]]


@pytest.mark.parametrize("same", [{"doi": ARTICLE["doi"]}, {"pmid": "99900001"}])
def test_one_database_may_call_an_article_a_meeting_abstract(works_of: Works, same: Record) -> None:
    """The same number, or the same pages, says more than a label."""
    article = copy(**(BARE | same))
    assert works_of(article, copy(publication_types="Conference Abstract", **PLACE, **(BARE | same))) == [[0, 1]]


def test_the_same_pages_say_more_than_a_label(works_of: Works) -> None:
    assert works_of(copy(**BARE), copy(publication_types="Conference Abstract", **BARE)) == [[0, 1]]


def test_no_trial_number_is_no_other_trial(works_of: Works) -> None:
    assert works_of(copy(trial_ids="NCT99900001"), copy()) == [[0, 1]]
    assert works_of(copy(trial_ids="NCT99900001"), copy(trial_ids="ISRCTN99900001")) == [[0, 1]]


def test_of_records_that_say_as_much_the_longer_abstract_survives() -> None:
    text = ARTICLE["abstract"]
    records = [copy(record_id="a", abstract=text[:120]), copy(record_id="b", abstract=text)]
    for rows in (records, records[::-1]):
        frame = frame_of(rows)
        matching = match(table_of(frame))
        assert {frame["record_id"][row] for row in matching.survivor.tolist()} == {"b"}


def test_more_fields_beat_a_longer_abstract_and_a_smaller_id() -> None:
    full = copy(record_id="z", abstract=ARTICLE["abstract"][:120], pmid="99900001")
    frame = frame_of([copy(record_id="a"), full])
    assert match(table_of(frame)).survivor.tolist() == [1, 1]


@pytest.mark.parametrize(("length", "kept"), [(90, False), (103, True), (120, True)])
def test_an_abstract_gives_way_to_one_more_than_twice_as_long(length: int, kept: bool) -> None:
    text = ARTICLE["abstract"][:206]
    short = text[:length]
    frame = frame_of([copy(record_id="full", abstract=short, pmid="99900001"), copy(abstract=text)])
    unique = unique_of(frame)
    assert unique["record_id"].tolist() == ["full"]
    assert unique["abstract"].tolist() == [short if kept else text]


def test_an_empty_field_takes_the_value_of_the_next_record_in_rank() -> None:
    text = ARTICLE["abstract"]
    first = copy(record_id="a", abstract=text, language="")
    second = copy(record_id="b", abstract=text[:-1], language="English")
    third = copy(record_id="c", abstract=text[:-2], language="German")
    unique = unique_of(frame_of([third, second, first]))
    assert (unique["record_id"][0], unique["members"][0]) == ("a", "a; b; c")
    assert unique["language"][0] == "English"


def test_sources_stand_in_the_order_of_the_table_and_members_in_rank() -> None:
    full = copy(record_id="z", database="Third", pmid="99900001")
    unique = unique_of(frame_of([copy(record_id="b", database="First"), copy(record_id="a", database="Second"), full]))
    assert unique["sources"].tolist() == ["First; Second; Third"]
    assert unique["members"].tolist() == ["z; a; b"]


def test_the_place_a_record_comes_from_stays_the_survivors() -> None:
    full = copy(record_id="a", database="Full", pmid="99900001", accession="")
    bare = copy(record_id="b", database="Bare", accession="L99900001", file="bare.ris")
    unique = unique_of(frame_of([full, bare]))
    assert (unique["database"][0], unique["accession"][0], unique["file"][0]) == ("Full", "", "")
    assert "accession:L99900001" in unique["identifiers"][0]


def test_two_trials_of_one_register_are_two_works_whatever_else_agrees() -> None:
    matching = run([copy(trial_ids="NCT99900001"), copy(trial_ids="NCT99900002")])
    assert matching.roots[0] != matching.roots[1]
