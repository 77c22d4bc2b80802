"""Step: draws the PRISMA flow figure as SVG, PNG, PDF and TIFF, with its alternative text and an outline in words.

The `graphviz` package builds the graph from a finished layout; the wheel `graphviz-pure` renders it, so no Graphviz
has to be installed and the same bytes come out everywhere. Typst makes the other forms of the SVG, with the fonts that
Prismake brings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.steps import warn
from prismake.common.writing import write_bytes, write_text
from prismake.figures.flow import DPI, TALLEST_MM, draw_svg, drawn_as, make_forms, without_controls
from prismake.figures.flow_grid import MARGIN
from prismake.figures.flow_layout import Picture, arrange
from prismake.figures.letters import without_glyphs
from prismake.flow.describe import describe, outline
from prismake.review.journal import ProfileFiles, read_profile

OWN_FONT = (
    "add an open font that can to the manuscript's folder fonts/, or give the box another label under flow.labels"
)


def _warn_of_height(picture: Picture) -> None:
    height = (picture.height + 2 * MARGIN) / 72 * 25.4
    if height > TALLEST_MM:
        message = f"the figure is {height:.0f} mm high; to fit a page it would shrink, and its text with it"
        fix = "shorten labels, hide boxes (flow.hide), or make it wider (flow.width_mm)"
        warn(Issue("figure-height", message, "the flow figure", fix))


def draw(
    *,
    flow: Path,
    fonts: list[Path],
    svg: Path,
    png: Path,
    pdf: Path,
    tiff: Path,
    alt: Path,
    text: Path,
    schema: Path,
    profile: ProfileFiles = (),
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Draws the figure of `flow` (flow.json) as `svg`, `png`, `pdf` and `tiff`.

    Writes its `alt` text too, and the whole flow as `text`. `fonts` are those of the figure and the review's own.
    `settings` is the config block `flow`, of which `font` (sans or serif), `width_mm` and `dpi` count here; what it
    does not say comes from the journal's `profile` (checked by its `schema`), where the review has a manuscript.
    """
    content = without_controls(json.loads(flow.read_text(encoding="utf-8")))
    font, width = drawn_as(settings or {}, read_profile(profile, schema) if profile else {})
    dpi = (settings or {}).get("dpi", DPI)
    picture = arrange(content, width)
    for name, line in without_glyphs(picture, fonts):
        warn(Issue("letters", f"the figure's fonts cannot print '{line}'", f"box {name}", OWN_FONT))
    _warn_of_height(picture)
    alternative = describe(content)
    drawing = draw_svg(picture, alternative, font)
    write_text(svg, drawing)
    made = make_forms(drawing, alternative, fonts, ("pdf", "png", "tiff"), font=font, dpi=dpi)
    for form, path in (("pdf", pdf), ("png", png), ("tiff", tiff)):
        write_bytes(path, made[form])
    write_text(alt, alternative + "\n")
    write_text(text, outline(content))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(draw, globals()["snakemake"])
