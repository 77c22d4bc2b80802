"""Plots of analyses as the build computes them: the BCG trials of Colditz (1994)."""

import pytest
from prismake.common.errors import BuildStop
from prismake.common.notation import Notation
from prismake.figures.plots.analyses import bubbles_of, forest_of, funnel_of, leave_one_out_of, sides_of
from prismake.figures.plots.bubble import draw_bubbles
from prismake.figures.plots.forest_drawing import draw_forest
from prismake.figures.plots.funnel import draw_funnel
from prismake.synthesis.pooling.analysing import analyse_all

from tests.prismake.synthesis.pooling.extractions import bcg, hine, settings

from .svgs import shapes, texts

ABOUT = {"arm": "treated", "versus": "control", "prediction": "z", "better": "lower"}


def analysed(extraction, **about):
    return analyse_all(extraction, settings(**{**ABOUT, **about}), draft=False)[0]["analyses"]["death"]


@pytest.fixture(scope="module")
def trials():
    return analysed(bcg(), measure="RR", subgroups="alloc", moderator="ablat")


def test_the_forest_plot_of_an_analysis_has_its_studies_subgroups_and_result(trials):
    drawing = draw_forest(forest_of(trials), 468, 520)
    (page,) = drawing.pages
    drawn = shapes(page)
    assert sum(name.endswith("-square") for name in drawn) == 13
    assert sum(name.endswith("-diamond") for name in drawn) == 4
    shown = {text.strip("\u00a0") for text in texts(page)}
    assert {"Aronson 1948", "4/123", "0.41 (0.13 to 1.26)", "0.49 (0.34 to 0.70)", "0.15 to 1.55", "100.0%"} <= shown
    assert {"Random", "Alternate", "Systematic", "Heterogeneity: τ² = 0.31; I² = 92%"} <= shown
    assert "Risk ratio 0.49, 95% CI 0.34 to 0.70" in drawing.alternative
    assert "Treated better" in drawing.alternative


def test_studies_that_are_not_pooled_are_listed(trials):
    excluded = {**trials, "excluded": [{"label": "Empty 1990", "study": "empty1990", "reason": "no events"}]}
    page = draw_forest(forest_of(excluded), 468, 520).pages[0]
    shown = [text.strip("\u00a0") for text in texts(page)]
    assert "Empty 1990" in shown
    assert "not pooled" in shown


def test_the_sides_follow_from_what_is_better(trials):
    assert sides_of(trials) == ("Treated better", "Control better")
    assert sides_of({**trials, "better": "higher"}) == ("Control better", "Treated better")
    assert sides_of(analysed(hine(), measure="RD", better="")) is None


def test_leave_one_out_funnel_and_bubbles_have_every_study(trials):
    drawing = draw_forest(leave_one_out_of(trials), 468, 520)
    assert drawing.alternative.startswith("Forest plot of 13 pooled effects, outcome: death.")
    assert sum(name.endswith("-square") for page in drawing.pages for name in shapes(page)) == 13
    funnel = draw_funnel(funnel_of(trials, filled=True), 340)
    assert sum(name.startswith("point-") for name in shapes(funnel.pages[0])) == 14
    assert "Egger's test of asymmetry: p = 0.42." in funnel.alternative
    bubbles = draw_bubbles(bubbles_of(trials), 340)
    assert sum(name.startswith("bubble-") for name in shapes(bubbles.pages[0])) == 13
    assert "Slope −0.029 on the log scale, 95% CI −0.043 to −0.015, p < 0.001." in bubbles.alternative


def test_few_studies_have_no_funnel_and_an_analysis_without_moderator_no_bubbles():
    few = analysed(hine(), measure="RD")
    with pytest.raises(BuildStop, match="it takes 10"):
        funnel_of(few)
    with pytest.raises(BuildStop, match="no moderator"):
        bubbles_of(few)
    assert len(draw_forest(forest_of(few), 468, 520).pages) == 1


def test_statistics_are_written_as_the_journal_writes_them(trials):
    notation = Notation(p="P", spaced=False, to=" – ")
    shown = texts(draw_forest(forest_of(trials, notation=notation), 468, 520).pages[0])
    assert {"Q=152.23, df=12, P<0.001", "0.49 (0.34 – 0.70)", "0.15 – 1.55"} <= set(shown)
    assert "P < 0.01" in texts(draw_funnel(funnel_of(trials, notation), 340).pages[0])
