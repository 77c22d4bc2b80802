import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.dedup.normalise import (
    Pages,
    abstract_feature,
    doi_feature,
    fold,
    journal_feature,
    page_features,
    trial_numbers,
    volume_feature,
    year_feature,
)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Côté &amp; Søn: <i>β</i>-blockers", "cote and son beta blockers"),
        ("cd4(T-cell)", "cd4 t cell"),
        ("ÉTUDE  d'Œuvre", "etude d oeuvre"),
        ("𝞌-opioid, ά", "kappa opioid alpha"),
        ("日本語の題名", "日本語の題名"),
        ("Українська мова", "украінська мова"),
        ("", ""),
    ],
)
def test_folding_keeps_letters_of_every_script(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("raw", "pages"),
    [
        ("613-18", Pages(613, 618, False)),
        ("613-618", Pages(613, 618, False)),
        ("S211-S223", Pages(211, 223, False)),
        ("S211-23", Pages(211, 223, False)),
        ("e20315", Pages(20315, 20315, True)),
        ("1741", Pages(1741, 1741, True, True)),
        ("01-Oct", Pages(1, 10, False)),
        ("Oct-01", Pages(1, 10, False)),
        ("Suppl-23", Pages(-1, 23, False)),
        ("200A-201A", Pages(200, 201, False)),
        ("xxxv-xlii", Pages(10**11 + 35, 10**11 + 42, False)),
        ("1O8-112", Pages(108, 112, False)),
        ("4 07-412", Pages(407, 412, False)),
        ("51‐57", Pages(51, 57, False)),
        ("140 -- 158", Pages(140, 158, False)),
        ("(no pagination)", Pages(-1, -1, False)),
        ("", Pages(-1, -1, False)),
        ("not known", Pages(-1, -1, False)),
    ],
)
def test_pages(raw: str, pages: Pages) -> None:
    assert page_features(raw) == pages


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_no_text_breaks_the_readers_of_places(text: str) -> None:
    page_features(text)
    year_feature(text)
    volume_feature(text)
    doi_feature(text)
    journal_feature(text)
    abstract_feature(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 99999), st.integers(0, 300))
def test_a_shortened_last_page_is_the_same_page(first: int, length: int) -> None:
    last = first + length
    short = str(last)
    if len(str(first)) == len(short):
        while (
            len(short) > 1
            and str(first)[: len(str(first)) - len(short) + 1] == str(last)[: len(str(last)) - len(short) + 1]
        ):
            short = short[1:]
    assert page_features(f"{first}-{short}") == page_features(f"{first}-{last}")


def test_years_and_volumes() -> None:
    assert year_feature("2014 Mar 3") == 2014
    assert year_feature("in press") == 0
    assert volume_feature("143 Supplement 3") == 143
    assert volume_feature("2016", 2016) == -1
    assert volume_feature("") == -1


def test_dois_without_address_and_version() -> None:
    assert doi_feature("https://doi.org/10.5555/ABC.1.") == "10.5555/abc.1"
    assert doi_feature("10.5555/14651858.CD000001.pub2") == "10.5555/14651858.cd000001"
    assert doi_feature("none") == ""


def test_trial_numbers() -> None:
    assert trial_numbers("See NCT 01234567 and ISRCTN12345678") == ["ISRCTN12345678", "NCT01234567"]
    assert trial_numbers("no trial") == []


def test_a_journal_without_its_society() -> None:
    assert journal_feature("Spine Notes (Oslo, Norway)") == journal_feature("Spine notes")
