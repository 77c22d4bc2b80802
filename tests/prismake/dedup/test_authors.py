import pytest
from prismake.dedup.authors import author_features


@pytest.mark.parametrize(
    "raw",
    [
        "Okafor, Ada B; Lindqvist, Per; Tanaka, Yui",
        "Okafor, A. B. and Lindqvist, P. and Tanaka, Y.",
        "Okafor AB, Lindqvist P, Tanaka Y",
        "Okafor, A.B., Lindqvist, P., Tanaka, Y.",
        "OKAFOR, AB; LINDQVIST, P; TANAKA, Y",
        "Ada B. Okafor; Per Lindqvist; Yui Tanaka",
    ],
)
def test_all_styles_name_the_same_people(raw: str) -> None:
    result = author_features(raw)
    assert result.first == "okafor"
    assert result.people == 3
    assert {"okafor", "lindqvist", "tanaka"} <= set(result.names.split())


def test_particles_and_suffixes_are_not_names() -> None:
    assert author_features("van der Berg, Jan").first == author_features("Berg, Jan van der").first == "berg"
    assert author_features("Wright Jr., T C").first == "wright"


@pytest.mark.parametrize("raw", ["", "Anonymous", "[No authors listed]", "N/A", "unknown"])
def test_nobody(raw: str) -> None:
    assert author_features(raw).people == 0


def test_a_group_is_one_author() -> None:
    assert author_features("Invented Spine Study Group").people == 1


def test_names_in_other_scripts_are_kept() -> None:
    assert author_features("王, 伟; 李, 娜").people == author_features("王伟; 李娜").people == 2
