"""Forest plots: what is on them, where, and what they refuse."""

import math
from dataclasses import replace

import pytest
from prismake.common.errors import BuildStop
from prismake.common.places import FONTS
from prismake.figures.flow import make_forms
from prismake.figures.letters import texts_without_glyphs
from prismake.figures.plots.forest import Effect, Forest, Group, Row, Summary
from prismake.figures.plots.forest_drawing import draw_forest
from prismake.figures.plots.forest_layout import columns_of, lines_of, pages_of
from prismake.figures.plots.lights import levels

from .svgs import description, shapes, text_places, texts

WIDTH, TALLEST = 468.0, 520.0
LEVELS = levels(["low", "some_concerns", "high"], {"low": "L +", "some_concerns": "S !", "high": "H ×"})
ROWS = (
    Row("Aronson, 1948", Effect(0.41, 0.13, 1.26), 0.1, ("4/123",), ("low",)),
    Row("Comstock, 1974", Effect(0.71, 0.57, 0.89), 0.4, ("186/50,634",), ("high",)),
    Row("TPT Madras, 1980", Effect(1.01, 0.89, 1.14), 0.5, ("505/88,391",), (None,)),
)
OVERALL = Summary("Random effects", Effect(0.49, 0.34, 0.70), 1.0, (0.15, 1.55), (), ("I² = 92%",))
PLOT = Forest(
    (Group(ROWS),),
    OVERALL,
    "Risk ratio",
    log=True,
    null=1,
    columns=("Vaccine",),
    domains=(("D1", "allocation"),),
    levels=LEVELS,
    sides=("Vaccination better", "No vaccination better"),
)


def with_rows(*rows: Row, **changes) -> Forest:
    return replace(PLOT, groups=(Group(rows),), **changes)


def middle(corners, axis):
    values = [corner[axis] for corner in corners]
    return (min(values) + max(values)) / 2


def side(corners):
    return max(x for x, _ in corners) - min(x for x, _ in corners)


def test_every_study_has_its_label_effect_weight_cell_and_judgement_on_one_line():
    (page,) = draw_forest(PLOT, WIDTH, TALLEST).pages
    places = text_places(page)
    for row, effect, weight in zip(
        ROWS, ("0.41 (0.13 to 1.26)", "0.71 (0.57 to 0.89)", "1.01 (0.89 to 1.14)"), ("10.0%", "40.0%", "50.0%"),
        strict=True,
    ):  # fmt: skip
        baselines = {places[text][1] for text in (row.label, effect, weight, row.cells[0])}
        assert len(baselines) == 1
    assert {"low", "high", "not yet judged", "I² = 92%", "0.15 to 1.55", "D1, allocation"} <= set(texts(page))


def test_squares_lie_at_their_effects_and_their_areas_are_in_proportion_to_the_weights():
    drawn = shapes(draw_forest(PLOT, WIDTH, TALLEST).pages[0])
    squares = [drawn[f"row-{place}-square"] for place in (1, 2, 3)]
    null = drawn["null-line"][0][0]
    distance = [middle(square, 0) - null for square in squares]
    assert distance[0] / distance[1] == pytest.approx(math.log(0.41) / math.log(0.71), rel=1e-3)
    assert (side(squares[1]) / side(squares[2])) ** 2 == pytest.approx(0.4 / 0.5, rel=1e-3)
    diamond = drawn["summary-overall-diamond"]
    ends = [min(diamond)[0] - null, max(diamond)[0] - null]
    assert ends[0] / ends[1] == pytest.approx(math.log(0.34) / math.log(0.70), rel=1e-3)
    assert drawn["pooled-line"][0][0] == pytest.approx(diamond[1][0], abs=1e-3)


def test_a_study_without_an_estimate_is_listed_and_has_no_square():
    plot = with_rows(*ROWS, Row("Empty, 2000", None, note="no events"))
    drawing = draw_forest(plot, WIDTH, TALLEST)
    assert text_places(drawing.pages[0])["no events"][1] == text_places(drawing.pages[0])["Empty, 2000"][1]
    assert "row-4-square" not in shapes(drawing.pages[0])
    assert "1 study without an estimate" in drawing.alternative


def test_intervals_beyond_the_axis_end_in_arrows():
    plot = with_rows(*ROWS, Row("Wide, 2000", Effect(0.5, 0, math.inf), 0.1))
    drawn = shapes(draw_forest(plot, WIDTH, TALLEST).pages[0])
    assert {"row-4-interval-arrow-low", "row-4-interval-arrow-high"} <= set(drawn)
    assert not any("arrow" in name for name in drawn if name.startswith("row-1"))
    assert "0.50 (0.00 to ∞)" in texts(draw_forest(plot, WIDTH, TALLEST).pages[0])


def test_sixty_studies_are_continued_over_pages_with_headings_and_axis_on_each():
    rows = [replace(ROWS[0], label=f"Study {place}") for place in range(60)]
    plot = replace(PLOT, groups=(Group(tuple(rows), "A subgroup"),))
    drawing = draw_forest(plot, WIDTH, TALLEST)
    assert len(drawing.pages) == 2
    shown = [text.strip("\u00a0") for page in drawing.pages for text in texts(page)]
    assert [text for text in shown if text.startswith("Study ")] == [row.label for row in rows]
    for page in drawing.pages:
        assert {"Vaccine", "Weight", "Vaccination better", "0.5"} <= set(texts(page))
        assert float(page.split('height="')[1].split("pt")[0]) <= TALLEST
    assert "A subgroup (continued)" in texts(drawing.pages[1])
    assert description(drawing.pages[1]).endswith("Part 2 of 2.")


def test_two_thousand_effects_all_have_their_line_on_a_page():
    rows = [Row(f"Study {place}", Effect(1.0 + place / 1e4, 0.5, 3.0), 1 / 2000) for place in range(2000)]
    forest = Forest((Group(tuple(rows)),), OVERALL, "Odds ratio", True, 1)
    columns = columns_of(forest, WIDTH)
    pages = pages_of(forest, list(lines_of(forest, columns)), columns, TALLEST)
    assert [line.row for page in pages for line in page.lines if line.row] == rows
    assert all(sum(map(columns.height, page.lines)) < TALLEST for page in pages)


def test_the_description_says_the_result_and_which_side_is_better():
    alternative = draw_forest(PLOT, WIDTH, TALLEST).alternative
    assert "Risk ratio 0.49, 95% CI 0.34 to 0.70, prediction interval 0.15 to 1.55" in alternative
    assert "Vaccination better" in alternative
    unclear = replace(PLOT, overall=Summary("All", Effect(0.9, 0.7, 1.2)))
    assert "includes no effect (1)" in draw_forest(unclear, WIDTH, TALLEST).alternative
    alone = with_rows(ROWS[0], overall=None)
    assert "Risk ratio 0.41 (0.13 to 1.26)." in draw_forest(alone, WIDTH, TALLEST).alternative


def test_the_same_plot_gives_the_same_bytes():
    first, second = (draw_forest(PLOT, WIDTH, TALLEST, "serif") for _ in range(2))
    assert first == second
    assert "Tinos" in first.pages[0]
    made = [
        make_forms(first.pages[0], first.alternative, sorted(FONTS.glob("*.ttf")), ["pdf", "tiff"]) for _ in range(2)
    ]
    assert made[0] == made[1]


def test_long_labels_are_broken_and_stay_left_of_the_plot():
    label = "A very long name of a study " * 6
    (page,) = draw_forest(with_rows(replace(ROWS[0], label=label)), WIDTH, TALLEST).pages
    shown = [text for text in texts(page) if text in label]
    assert " ".join(shown).split() == label.split()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row("Bad", Effect(math.nan, 0, 1)), "plot-value"),
        (Row("Bad", Effect(-1, -2, 1)), "plot-value"),
        (Row("Bad", Effect(2, 0.5, 1)), "plot-value"),
        (Row("Bad", Effect(0.5, 0.2, 1), lights=("dubious",)), "plot-judgement"),
        (Row("Bad", Effect(0.5, 0.2, 1), cells=("1", "2")), "plot-columns"),
        (Row("Bad " * 2000, Effect(0.5, 0.2, 1)), "plot-height"),
    ],
)
def test_what_cannot_be_drawn_stops_the_build_and_names_the_row(row, code):
    with pytest.raises(BuildStop) as stopped:
        draw_forest(with_rows(*ROWS, row), WIDTH, TALLEST)
    assert [issue.code for issue in stopped.value.issues] == [code]
    assert "Bad" in str(stopped.value)


def test_a_plot_without_studies_or_room_is_refused():
    with pytest.raises(BuildStop, match="no study"):
        draw_forest(with_rows(), WIDTH, TALLEST)
    with pytest.raises(BuildStop, match="no room"):
        draw_forest(replace(PLOT, columns=("A" * 60, "B" * 60)), 238, TALLEST)


def test_letters_without_a_glyph_are_found_and_markup_is_text():
    label = "研究 <b>&amp; $x^2$\x07"
    drawing = draw_forest(with_rows(replace(ROWS[0], label=label)), WIDTH, TALLEST)
    assert label.replace("\x07", "") in texts(drawing.pages[0])
    assert texts_without_glyphs(drawing.texts, sorted(FONTS.glob("*.ttf"))) == [label.replace("\x07", "")]


def test_a_prediction_interval_of_few_studies_ends_in_arrows_and_does_not_make_the_plot_small():
    narrow = draw_forest(replace(PLOT, overall=Summary("All", Effect(0.5, 0.3, 0.7))), WIDTH, TALLEST)
    wide = Summary("All", Effect(0.5, 0.3, 0.7), prediction=(1e-9, 1e9))
    drawn = draw_forest(replace(PLOT, overall=wide), WIDTH, TALLEST)
    assert shapes(drawn.pages[0])["row-1-square"] == shapes(narrow.pages[0])["row-1-square"]
    assert "summary-overall-prediction-arrow-high" in shapes(drawn.pages[0])
