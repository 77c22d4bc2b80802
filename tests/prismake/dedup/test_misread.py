"""Records as a scan gives them: letters and digits misread, words broken or joined, fields astray."""

from collections.abc import Callable

import pytest
from prismake.dedup import authors, journals, misreading, title_pairs
from prismake.dedup.blocking import candidate_pairs
from prismake.dedup.features import LEAST, least_hashes, read_features
from prismake.dedup.normalise import fold, page_features, volume_feature, year_feature

from tests.prismake.dedup.conftest import ARTICLE, copy, frame_of, table_of

SCANNED = {"doi": "", "abstract": ""}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("modern treatment of painful fractures", "modem treatment of pa1nful fractvres"),
        ("modern treatment of painful fractures", "modern treat ment ofpainful fractures"),
        ("modern treatment of 12 painful fractures", "mdern treatmenf of 12 paiful fractures"),
        ("the levels of iron in lesions of bone", "the levels of iron in lesio5 of bonc"),
    ],
)
def test_misread_titles_are_one(left: str, right: str) -> None:
    assert misreading.misread(*sorted((left, right))) == misreading.NUMBERS_SAME
    assert title_pairs.relate(left, right)[0] == title_pairs.NEAR


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("treatment of painful fractures in rats", "treatment of painful fractures in cats"),
        ("treatment of sensitive disease in adults", "treatment of resistant disease in adults"),
        ("treatment of hypertension in old adults", "treatment of hypotension in old adults"),
    ],
)
def test_other_words_are_not_misread(left: str, right: str) -> None:
    assert misreading.misread(*sorted((left, right))) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("vaccination against virus type 16 in women", "vaccination against virus type 18 in women"),
        ("hepatitis b in the blood of old donors", "hepatitis c in the blood of old donors"),
    ],
)
def test_other_numbers_and_letters_stay_other(left: str, right: str) -> None:
    assert title_pairs.relate(left, right)[1] == misreading.NUMBERS_APART


def test_words_broken_at_the_end_of_a_line_are_joined() -> None:
    assert fold("Painful frac- tures") == "painful fractures"
    assert fold("Short- and long-term pain") == "short and long term pain"


@pytest.mark.parametrize(
    ("raw", "year"), [("2O14", 2014), ("20l4", 2014), ("Z005", 2005), ("l998", 1998), ("in press", 0), ("solo", 0)]
)
def test_years_through_letters(raw: str, year: int) -> None:
    assert year_feature(raw) == year


def test_pages_and_volumes_through_letters() -> None:
    assert page_features("4l7-4Z5")[:2] == (417, 425)
    assert page_features("28S-35S")[:2] == (28, 35)
    assert page_features("100B")[:2] == (100, 100)
    assert volume_feature("1O8") == 108


def test_a_single_page_is_distinguished_from_an_article_number() -> None:
    assert page_features("1107-1107").alone and page_features("274").alone
    assert not any(page_features(raw).alone for raw in ("e274", "35+", "274-275", "1", "756134"))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"pages": "417425"}, True),  # the dash is lost
        ({"pages": "17-425", "volume": "3"}, True),
        ({"journal": "Eur J lnvcnted Med"}, True),
        ({"title": ARTICLE["title"] + " European Jovrnal of Invented Medicine", "journal": ""}, True),
        ({"author": "0KAFOR, ADA B ad LINDQVIST, PER and TANAKA, YUI", "year": "2O14"}, True),
        ({"pages": "901-901", "number": ""}, False),  # a single page elsewhere: its correction
    ],
)
def test_scanned_copies(works_of: Callable[..., list[list[int]]], changes: dict[str, str], same: bool) -> None:
    assert works_of(copy(**SCANNED), copy(**SCANNED | changes)) == ([[0, 1]] if same else [[0], [1]])


def test_a_single_page_does_not_join_a_record_without_pages(works_of: Callable[..., list[list[int]]]) -> None:
    bare = copy(**SCANNED, pages="", number="")
    assert works_of(bare, copy(**SCANNED, pages="901")) == [[0], [1]]
    assert works_of(bare, copy(**SCANNED)) == [[0, 1]]


def test_pieces_without_a_subject_need_the_whole_place(works_of: Callable[..., list[list[int]]]) -> None:
    piece = copy(**SCANNED, title="Editorial introduction", pages="5-10")
    assert works_of(piece, {**piece, "pages": "5-6", "number": ""}) == [[0], [1]]
    assert works_of(piece, {**piece, "title": "Edito- rial introduction", "number": ""}) == [[0], [1]]
    assert works_of(piece, {**piece, "title": "Edito- rial introduction"}) == [[0, 1]]


def test_what_comes_back_every_year_stays_apart(works_of: Callable[..., list[list[int]]]) -> None:
    series = copy(**SCANNED, title="Special section: competitive strategy and economics", pages="7-13")
    assert works_of(series, {**series, "pages": "7-10", "year": "2015", "volume": "32"}) == [[0], [1]]


def test_misread_names() -> None:
    assert authors.misread("govld", "gould") and authors.misread("wagner", "agner")
    assert not authors.misread("smith", "jones") and not authors.misread("li", "lu")
    assert journals.relate(*sorted(("internati0na1 joumal invented medicine", "int j invented med"))) != journals.APART
    assert journals.relate(*sorted(("annals surgery", "annals botany"))) == journals.APART


def test_misread_titles_meet() -> None:
    worse = "Percutaneovs cement augmentafion of painful th0racic fractures ih older adulfs: a cohorf stvdy"
    frame = frame_of([copy(**SCANNED), copy(**SCANNED, title=worse, author="Qkafor, Ada B", volume="")])
    left, _ = candidate_pairs(read_features(table_of(frame)))
    assert len(left) == 1


def test_least_hashes_depend_on_the_text_alone() -> None:
    texts = ["painful fractures of the spine", "short", "", "старые переломы позвоночника", "painful fractures"]
    together = least_hashes(texts)
    assert len(together) == len(LEAST)
    for place, text in enumerate(texts):
        assert [column[place] for column in together] == [column[0] for column in least_hashes([text])]
    assert all(column[1] == column[2] == 0 for column in together)
