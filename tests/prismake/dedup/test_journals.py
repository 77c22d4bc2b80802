import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.dedup import journals
from prismake.dedup.normalise import journal_feature


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("European Journal of Invented Medicine", "Eur J Invented Med", journals.SAME),
        ("European Journal of Invented Medicine", "EUROPEAN JOURNAL OF INVENTED MEDICINE.", journals.SAME),
        ("Annals of Invented Surgery", "AIS", journals.SAME),
        ("Journal of Spine & Bone", "Journal of Spine and Bone", journals.SAME),
        (
            "Proceedings of the 3rd Conference on Bone Cement",
            "2015 Third International Conference on Bone Cement",
            journals.SAME,
        ),
        ("Annals of Invented Surgery", "Acta Paediatrica Fictiva", journals.APART),
        ("", "Acta Paediatrica Fictiva", journals.NONE),
    ],
)
def test_names_of_sources(left: str, right: str, level: int) -> None:
    assert journals.relate(journal_feature(left), journal_feature(right)) == level


@settings(max_examples=100, deadline=None)
@given(st.text("abc d", max_size=20), st.text("abc d", max_size=20))
def test_relating_names_is_symmetric(left: str, right: str) -> None:
    left, right = journal_feature(left), journal_feature(right)
    assert journals.relate(left, right) == journals.relate(right, left)
