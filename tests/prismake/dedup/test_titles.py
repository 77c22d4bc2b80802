import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.dedup import misreading, title_pairs, titles
from prismake.dedup.normalise import fold

LONG = "Cement leakage after augmentation of vertebral fractures in older adults"


@pytest.mark.parametrize(
    "mark",
    [
        ". [Review] [45 refs]",
        " (Provisional abstract)",
        " (Brief record)",
        ". [Erratum appears in Invented J. 2011;9(2):71]",
        ".[Erratum appears in Invented J. 2011;9(2):71 Note: Doe, J [added]].[Erratum",
        " (multiple letters) [1]",
        ". [Spanish]",
        ".",
    ],
)
def test_what_databases_put_behind_a_title_is_not_part_of_it(mark: str) -> None:
    assert titles.title_features(LONG + mark).words == fold(LONG)
    assert titles.title_features(LONG + mark).marks == 0


def test_a_translated_title_has_two_titles() -> None:
    assert titles.title_features(f"[{LONG}]. [German]").words == fold(LONG)
    both = titles.title_features(f"{LONG} [Zementaustritt nach Augmentation bei alten Menschen]")
    assert both.words == fold(LONG)
    assert both.other == "zementaustritt nach augmentation bei alten menschen"


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        (f"Erratum: {LONG}", titles.CORRECTION),
        (f"Correction to: {LONG}", titles.CORRECTION),
        (f"{LONG} (vol 12, pg 88, 2011)", titles.CORRECTION),
        (f"{LONG} (Invented Journal (2011) 12 (88-93))", titles.CORRECTION),
        (f"{LONG} - Reply", titles.REPLY),
        (f"Re: {LONG}", titles.REPLY),
        (f"Response to the letter on {LONG}", titles.REPLY),
        (f"Comment on {LONG}", titles.COMMENT),
        (f"{LONG}Comment", titles.COMMENT),
        (f"{LONG}Reply", titles.REPLY),
        (f"{LONG}: study protocol", titles.PROTOCOL),
        (f"{LONG}. Part II", titles.PART),
        (f"Retraction: {LONG}", titles.RETRACTION),
    ],
)
def test_kinds_of_pieces(title: str, mark: int) -> None:
    assert titles.title_features(title).marks & mark


def test_a_correction_keeps_the_title_of_its_work() -> None:
    assert titles.title_features(f"Erratum to: {LONG}").words == fold(LONG)
    assert titles.title_features(f"Erratum: {LONG} (Invented Journal (M").words == fold(LONG)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (LONG, LONG.replace("leakage", "leakge"), title_pairs.NEAR),
        (LONG, LONG.replace("older adults", "olderadults"), title_pairs.NEAR),
        (LONG, LONG.replace("vertebral", "vertebra1").replace("older", "o1der"), title_pairs.NEAR),
        (LONG, LONG + ": results of two years", title_pairs.LONGER),
        (LONG, LONG.replace("older adults", "young women"), title_pairs.CHANGED),
        (
            "Treatment of hypertension after stroke at home",
            "Treatment of hypotension after stroke at home",
            title_pairs.CHANGED,
        ),
        ("Screening for colon cancer", "A history of vertebral surgery in Oslo", title_pairs.APART),
    ],
)
def test_how_titles_relate(left: str, right: str, level: int) -> None:
    assert title_pairs.relate(fold(left), fold(right))[0] == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("Trial of X, part 1", "Trial of X, part 2", misreading.NUMBERS_APART),
        ("Vitamin K in bone disease of children", "Vitamin D in bone disease of children", misreading.NUMBERS_APART),
        ("Hepatitis B in children of Oslo", "Hepatitis C in children of Oslo", misreading.NUMBERS_APART),
        ("Outcome at two years", "Outcome at 2 years", misreading.NUMBERS_SAME),
        ("Type l4 of the valve", "Type 14 of the valve", misreading.NUMBERS_SAME),
        ("Results of the trial", "Results of the trial 2004", misreading.NUMBERS_MORE),
    ],
)
def test_numbers_in_titles(left: str, right: str, level: int) -> None:
    assert title_pairs.relate(fold(left), fold(right))[1] == level


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("increase", "decrease"),
        ("male", "female"),
        ("unilateral", "bilateral"),
        ("systolic", "diastolic"),
        ("men", "women"),
    ],
)
def test_contrasts_are_not_misspellings(left: str, right: str) -> None:
    assert misreading.contrast(left, right)
    assert not misreading.alike(left, right)


def test_misread_words_are_alike() -> None:
    assert misreading.alike("vertical", "vert1cal")
    assert misreading.alike("modern", "modem")
    assert not misreading.alike("cox1", "cox2")
    assert not misreading.alike("12", "13")


@settings(max_examples=100, deadline=None)
@given(st.text("abcdei 12", max_size=40), st.text("abcdei 12", max_size=40))
def test_relating_titles_is_symmetric(left: str, right: str) -> None:
    assert title_pairs.relate(fold(left), fold(right)) == title_pairs.relate(fold(right), fold(left))


def test_words_that_tell() -> None:
    assert titles.informative_words("editorial") == 0
    assert titles.informative_words("notes from the spine editor", "spine notes") == 0
    assert titles.informative_words("cement leakage") == 2
    assert titles.informative_words("日本語の題名について") == 2
