"""The matrix of primary studies in umbrella reviews, and the corrected covered area."""

import pytest
from prismake.common.errors import BuildStop
from prismake.figures.plots.primary import draw_primary
from prismake.synthesis.primary import degree, inclusions_of

from .svgs import shapes

REVIEWS: tuple[tuple[str, list[str]], ...] = (
    ("One 2020", ["Smith 2001", "wu  2003", "Wu 2003", ""]),
    ("Two 2021", ["Wu 2003", "Ode 2010"]),
    ("None", []),
)


def test_primary_studies_are_one_where_only_case_and_blanks_differ_and_the_area_follows():
    plot = inclusions_of(REVIEWS)
    assert plot.reviews == ("One 2020", "Two 2021")
    assert plot.studies == {"Ode 2010": {1}, "Smith 2001": {0}, "wu 2003": {0, 1}}
    # (4 inclusions - 3 studies) / (3 studies x 2 reviews - 3 studies)
    assert plot.area == pytest.approx(1 / 3)
    assert [degree(area) for area in (0.05, 0.054, 0.1, 0.15, 0.151, 0.156, 1)] == [
        "slight", "slight", "moderate", "high", "high", "very high", "very high",
    ]  # fmt: skip
    assert inclusions_of(REVIEWS[:1]).area is None


def test_every_inclusion_is_drawn_and_pages_hold_all_primary_studies():
    (page,) = draw_primary(inclusions_of(REVIEWS), 340, 400).pages
    assert sum(name.startswith("included-") for name in shapes(page)) == 4
    many = [("A", [f"S {n}" for n in range(60)]), ("B", ["S 3"])]
    drawing = draw_primary(inclusions_of(many), 340, 400)
    assert sum(name.startswith("included-") for page in drawing.pages for name in shapes(page)) == 61
    assert len(drawing.pages) > 1
    assert "60 primary studies, 1 of them in several reviews; corrected covered area 2% (slight overlap)" in (
        drawing.alternative
    )


@pytest.mark.parametrize(
    ("reviews", "code"),
    [
        ((), "plot-empty"),
        ([("A " * 200, ["S"])], "plot-height"),
        ([(f"R{n}", ["S"]) for n in range(80)], "plot-width"),
    ],
)
def test_a_plot_of_primary_studies_that_no_page_holds_says_why(reviews, code):
    with pytest.raises(BuildStop) as stopped:
        draw_primary(inclusions_of(reviews), 340, 400)
    assert [issue.code for issue in stopped.value.issues] == [code]
