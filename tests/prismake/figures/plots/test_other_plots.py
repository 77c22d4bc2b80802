"""Funnel, bubble, lights, summary and effect direction: what is on them, and what they refuse."""

import math
import subprocess
import sys
from dataclasses import replace

import pytest
from prismake.common.errors import BuildStop
from prismake.figures.plots.bubble import Bubble, Bubbles, LinePoint, draw_bubbles
from prismake.figures.plots.direction import Directed, Direction, Directions, draw_directions, size_class
from prismake.figures.plots.funnel import Funnel, Point, draw_funnel
from prismake.figures.plots.judgements import Judged, Judgements, draw_lights, draw_summary
from prismake.figures.plots.lights import levels

from .svgs import shapes, texts

LEVELS = levels(["low", "some_concerns", "high"], {"low": "L +", "some_concerns": "S !", "high": "H ×"})
FUNNEL = Funnel(
    (Point("A", -0.9, 0.5), Point("B", -0.3, 0.1), Point("C", 0.4, 0.6, imputed=True)),
    math.log(0.5),
    "Risk ratio",
    log=True,
    asymmetry="Egger's test gives P = 0.19.",
)
BUBBLES = Bubbles(
    (Bubble("A", 13, 0.9, 0.2), Bubble("B", 33, 0.5, 0.8)),
    (LinePoint(13, 0.9, 0.7, 1.1), LinePoint(33, 0.5, 0.4, 0.7)),
    "Risk ratio",
    "latitude",
    log=True,
    null=1,
    slope="0.97 per degree.",
)
JUDGED = Judgements(
    "RoB 2",
    (Judged("Aronson, 1948", ("low", "high"), 3.0), Judged("Comstock, 1974", ("low", None), 1.0)),
    (("D1", "allocation"), ("All", "overall judgement")),
    LEVELS,
    "weight in the meta-analysis",
)
DIRECTED = Directions(
    (
        Directed("Aronson, 1948", (Direction("benefit", 3), None), 20, LEVELS["low"]),
        Directed("Comstock, 1974", (Direction("harm"), Direction("unclear")), 900, LEVELS["high"]),
    ),
    ("Mortality", "Pain"),
    "Sign test: P = 0.5.",
)


def test_a_funnel_has_every_study_precise_ones_above_and_contours_around_the_null():
    drawing = draw_funnel(FUNNEL, 340)
    drawn = shapes(drawing.pages[0])
    points = [drawn[f"point-{place}"] for place in (1, 2, 3)]
    height = [max(y for _, y in corners) for corners in points]
    assert height[1] < height[0] < height[2]
    assert sum(name.startswith("contour") for name in drawn) == 3
    assert drawing.alternative.startswith("Funnel plot of 2 studies, around the pooled risk ratio of 0.50: 1 below")
    assert "1 study added by trim and fill. Egger's test gives P = 0.19." in drawing.alternative
    assert "added by trim and fill" in texts(drawing.pages[0])


def test_a_contour_begins_where_the_effect_is_so_many_standard_errors_from_the_null():
    drawn = shapes(draw_funnel(replace(FUNNEL, points=(*FUNNEL.points, Point("D", -1.0, 0.6))), 340).pages[0])
    name = next(name for name in drawn if name.startswith("contour-p-"))
    apex, *rest = drawn[name]
    point = [drawn[f"point-{place}"] for place in (1, 2)]
    x = [(min(c)[0] + max(c)[0]) / 2 for c in point]
    y = [(min(v for _, v in c) + max(v for _, v in c)) / 2 for c in point]
    per_unit, per_error = (x[1] - x[0]) / 0.6, (y[0] - y[1]) / 0.4
    corner = rest[0]
    assert (corner[0] - apex[0]) / per_unit == pytest.approx(1.645 * (corner[1] - apex[1]) / per_error, rel=0.01)


def test_a_funnel_of_one_study_and_of_many_shows_all():
    one = draw_funnel(replace(FUNNEL, points=FUNNEL.points[:1], null=None), 240)
    assert "point-1" in shapes(one.pages[0])
    many = tuple(Point(str(place), place / 1e3, 0.1 + place / 1e4) for place in range(300))
    assert "point-300" in shapes(draw_funnel(replace(FUNNEL, points=many), 340).pages[0])


def test_bubbles_have_areas_in_proportion_to_weights_and_say_the_slope():
    drawing = draw_bubbles(BUBBLES, 340)
    drawn = shapes(drawing.pages[0])
    wide = [max(drawn[f"bubble-{place}"])[0] - min(drawn[f"bubble-{place}"])[0] for place in (1, 2)]
    assert (wide[0] / wide[1]) ** 2 == pytest.approx(0.25, rel=1e-3)
    assert {"band", "regression", "null-line"} <= set(drawn)
    assert drawing.alternative == (
        "Bubble plot of 2 studies: risk ratio against latitude, from 13 to 33. 0.97 per degree."
    )


def test_each_judgement_is_a_light_with_a_symbol_and_the_summary_is_weighted():
    (page,) = draw_lights(JUDGED, 340, 500).pages
    assert sum(name.startswith("light-") for name in shapes(page)) == 4
    assert {"+", "×", "…", "low", "high", "not yet judged"} <= set(texts(page))
    assert "some concerns" not in texts(page)
    summary = draw_summary(JUDGED, 340)
    drawn = shapes(summary.pages[0])
    wide = [max(drawn[f"bar-2-{place}"])[0] - min(drawn[f"bar-2-{place}"])[0] for place in (1, 2)]
    assert wide[0] / wide[1] == pytest.approx(3, rel=1e-3)
    assert "Overall judgement: high 75%, not yet judged 25%." in summary.alternative


def test_lights_of_many_studies_are_continued_and_forms_without_marks_have_symbols():
    known = levels(["yes", "no", "unclear", "not_applicable", "2", "0", "1"], {})
    assert [level.symbol for level in known.values()] == ["+", "×", "?", "–", "2", "0", "1"]
    assert len({level.colour for level in levels(["0", "1", "2"], {}).values()}) == 3
    studies = tuple(Judged(f"Study {place}", ("yes", "unclear")) for place in range(70))
    drawing = draw_lights(replace(JUDGED, studies=studies, levels=known), 340, 500)
    assert len(drawing.pages) > 1
    assert sum(name.startswith("light-") for page in drawing.pages for name in shapes(page)) == 140


def test_directions_are_arrows_with_sizes():
    drawing = draw_directions(DIRECTED, 340, 500)
    drawn = shapes(drawing.pages[0])
    up, down = drawn["direction-1-1"], drawn["direction-2-1"]
    assert up[0][1] < up[1][1]
    assert down[0][1] > down[1][1]
    assert abs(down[0][1] - down[1][1]) > abs(up[0][1] - up[1][1])
    assert "3" in texts(drawing.pages[0])
    assert "Mortality: benefit 1, harm 1. Pain: no change or conflicting 1. Sign test: P = 0.5." in drawing.alternative
    assert [size_class(n) for n in (None, 49, 50, 299, 300)] == ["medium", "small", "medium", "medium", "large"]


@pytest.mark.parametrize(
    ("draw", "match"),
    [
        (lambda: draw_funnel(replace(FUNNEL, points=(Point("Bad", 0.1, 0.0),)), 340), "Bad"),
        (lambda: draw_funnel(replace(FUNNEL, points=()), 340), "no study"),
        (lambda: draw_bubbles(replace(BUBBLES, bubbles=(Bubble("Bad", math.nan, 1, 1),)), 340), "Bad"),
        (lambda: draw_lights(replace(JUDGED, studies=(Judged("Bad", ("low",)),)), 340, 500), "Bad"),
        (lambda: draw_lights(replace(JUDGED, studies=(Judged("Bad", ("low", "odd")),)), 340, 500), "'odd'"),
        (lambda: draw_summary(replace(JUDGED, studies=(Judged("Bad", ("low", "low"), 0.0),)), 340), "weights"),
        (lambda: draw_directions(replace(DIRECTED, domains=("One",)), 340, 500), "Aronson"),
        (lambda: draw_directions(replace(DIRECTED, studies=()), 340, 500), "no effect"),
    ],
)
def test_what_cannot_be_drawn_stops_the_build(draw, match):
    with pytest.raises(BuildStop, match=match):
        draw()


def test_importing_the_plots_does_not_load_matplotlib():
    code = "import sys, prismake.figures.plots.forest_drawing, prismake.figures.plots.direction; "
    code += "sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_matplotlib_writes_no_cache_and_reads_no_settings(tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 40\nlines.linewidth: 9\nsvg.fonttype: path\n")
    code = "from prismake.figures.plots.sheet import Sheet\ns = Sheet(90, 30); s.text((5, 20), 'x', 8)\n"
    code += "s.line([(0, 0), (9, 9)])\nimport sys; sys.stdout.write(s.svg('y'))"
    made = []
    for folder in (tmp_path, tmp_path.parent):
        environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, check=True, text=True
        )
        made.append(done.stdout)
    assert made[0] == made[1]
    assert "<text" in made[0]
    assert [file.name for file in tmp_path.rglob("*")] == ["matplotlibrc"]


def test_points_say_which_study_they_are_and_can_be_hit():
    point, bubble = Point("A", -0.9, 0.5, study="a"), Bubble("A", 13, 0.9, 0.2, study="a")
    funnel = replace(FUNNEL, points=(point, replace(FUNNEL.points[1], study="b"), FUNNEL.points[2]))
    bubbles = replace(BUBBLES, bubbles=(bubble, replace(BUBBLES.bubbles[1], study="b")))
    for drawing, name in ((draw_funnel(funnel, 340), "point"), (draw_bubbles(bubbles, 340), "bubble")):
        drawn, spots = shapes(drawing.pages[0]), {spot.study: spot for spot in drawing.spots[0]}
        assert sorted(spots) == ["a", "b"]
        for number, spot in enumerate((spots["a"], spots["b"]), 1):
            corners = drawn[f"{name}-{number}"]
            x, y = (sum(values) / len(corners) for values in zip(*corners, strict=True))
            assert spot.x + spot.width / 2 == pytest.approx(x, abs=0.6)
            assert spot.y + spot.height / 2 == pytest.approx(y, abs=0.6)
            assert min(spot.width, spot.height) >= 12
