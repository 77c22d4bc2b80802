"""Harvest plots: one bar for each study, under the direction of its effects."""

from dataclasses import replace

import pytest
from prismake.common.errors import BuildStop
from prismake.figures.plots.direction import Directed, Direction, Directions
from prismake.figures.plots.harvest import HEIGHTS, draw_harvest

from .svgs import shapes


def test_bars_of_a_harvest_plot_have_the_height_of_their_study_and_wrap():
    studies = [
        Directed(f"S {n}", (Direction("benefit"),), participants, study=f"s{n}")
        for n, participants in enumerate((10, 100, 900))
    ]
    drawing = draw_harvest(Directions(tuple(studies), ("Pain",)), 340, 400)
    drawn, spots = shapes(drawing.pages[0]), drawing.spots[0]
    assert [spot.study for spot in spots] == ["s0", "s1", "s2"]
    heights = []
    for n, spot in enumerate(spots, 1):
        ys = [y for _, y in drawn[f"bar-benefit-{n}"]]
        assert spot.y <= min(ys) and spot.y + spot.height == pytest.approx(max(ys), abs=0.6)
        heights.append(max(ys) - min(ys))
    assert heights == pytest.approx([HEIGHTS["small"], HEIGHTS["medium"], HEIGHTS["large"]])
    many = tuple(replace(studies[0], label=f"S {n}") for n in range(30))
    page = draw_harvest(Directions(many, ("Pain",)), 340, 400).pages[0]
    places = {corner for n in range(1, 31) for corner in shapes(page)[f"bar-benefit-{n}"][:1]}
    assert len(places) == 30
    with pytest.raises(BuildStop, match="does not fit on a page"):
        draw_harvest(Directions(many * 20, ("Pain",)), 340, 400)
