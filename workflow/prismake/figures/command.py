"""`prismake flow`: the flow figure from a CSV of the R package PRISMA2020, without a review."""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.places import FONTS
from prismake.common.writing import write_bytes, write_text

FORMS = ("svg", "png", "pdf", "tiff", "txt", "csv", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake flow`."""
    parser.add_argument("table", type=Path, metavar="FILE.csv", help="a table in the form of the R package PRISMA2020")
    parser.add_argument(
        "--output",
        type=Path,
        action="append",
        required=True,
        metavar="FIGURE",
        help="the file to write, in the format of its ending: " + ", ".join(FORMS) + "; may be repeated",
    )
    parser.add_argument("--dpi", type=int, default=300, help="pixels per inch of PNG and TIFF (default: 300)")
    parser.add_argument(
        "--font", choices=("sans", "serif"), default="sans", help="a font like Arial (sans) or Times New Roman (serif)"
    )
    parser.add_argument(
        "--width", type=float, default=165.1, metavar="MM", help="printed width in millimetres (default: 165.1)"
    )
    parser.add_argument("--anyway", action="store_true", help="draw the figure even if the boxes do not add up")


def _forms(arguments: argparse.Namespace) -> dict[Path, str]:
    """The form of each output by its ending. Raises BuildStop for an ending, resolution or width that is not valid."""
    forms = {
        path: path.suffix.lower().lstrip(".").replace("tif", "tiff").replace("tifff", "tiff")
        for path in arguments.output
    }
    issues = [
        Issue("form", f"'{path}' has no known ending", "--output", "valid here: " + ", ".join(FORMS))
        for path, form in forms.items()
        if form not in FORMS
    ]
    if not 72 <= arguments.dpi <= 1200:
        issues.append(Issue("dpi", f"{arguments.dpi} pixels per inch are out of range", "--dpi", "give 72 to 1200"))
    if not 120 <= arguments.width <= 260:
        issues.append(Issue("width", f"{arguments.width:g} mm", "--width", "give 120 to 260"))
    if issues:
        raise BuildStop(issues)
    return forms


def run(arguments: argparse.Namespace) -> int:
    """Draws the figure. Raises BuildStop if the boxes do not add up, unless `--anyway` is given."""
    from prismake.figures.flow import FONTS as FONT_NAMES
    from prismake.figures.flow import draw_svg, make_forms, without_controls
    from prismake.figures.flow_grid import MARGIN
    from prismake.figures.flow_layout import arrange
    from prismake.figures.letters import without_glyphs
    from prismake.flow.describe import describe, outline
    from prismake.flow.prisma2020_flow import flow_of
    from prismake.flow.prisma2020_table import check, read, write

    forms = _forms(arguments)
    table = read(arguments.table)
    issues = check(table, arguments.table)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors and not arguments.anyway:
        raise BuildStop(errors)
    for issue in issues:
        logging.getLogger("prismake").warning("%s", issue)
    flow = without_controls(flow_of(table))
    alternative = describe(flow)
    font, fonts = FONT_NAMES[arguments.font], sorted(FONTS.glob("*.ttf"))
    picture = arrange(flow, arguments.width / 25.4 * 72 - 2 * MARGIN)
    for name, line in without_glyphs(picture, fonts):
        issue = Issue(
            "letters", f"the figure's fonts cannot print '{line}'", f"box {name}", "write it in other letters"
        )
        logging.getLogger("prismake").warning("%s", issue)
    svg = draw_svg(picture, alternative, font)
    made = make_forms(svg, alternative, fonts, list(forms.values()), font=font, dpi=arguments.dpi)
    for path, form in forms.items():
        if form in made:
            write_bytes(path, made[form])
        elif form == "csv":
            write(path, table)
        else:
            texts = {"svg": svg, "txt": outline(flow), "json": json.dumps(flow, ensure_ascii=False, indent=2) + "\n"}
            write_text(path, texts[form])
    return 0
