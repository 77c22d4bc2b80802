"""The columns of the flow figure and the size of its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PIXEL = 72 / 300

# White around the figure, so that no line is cut in half.
MARGIN = 3 * PIXEL

# 6.5 inches (165.1 mm) with the margin: the text width of a letter page, so print does not shrink the text.
WIDTH = 1950 * PIXEL - 2 * MARGIN

# How much wider bold text runs at most.
BOLDER = 1.09

# Pixels that a main column may give to the one beside it.
SHIFTS = (0, 30, 60, -30)

COLUMNS = ("previous", "main", "side", "other_main", "other_side")


@dataclass(frozen=True)
class Grid:
    """The positions of columns and the size of the text: `columns` gives (left, width) by the names in `COLUMNS`."""

    width: float
    font_size: float
    padding_x: float
    padding_y: float
    bar: float
    bar_gap: float
    row_gap: float
    stack_gap: float
    indent: int
    columns: Mapping[str, tuple[float, float]]

    @property
    def line_height(self) -> float:
        """As Graphviz sets lines."""
        return 1.2 * self.font_size

    def centre(self, column: str) -> float:
        """The middle of a column."""
        left, width = self.columns[column]
        return left + width / 2


# Pixels at the width of a letter page: bar, gap behind it, then each column and the gap behind it. With four or five
# columns the text is smaller, as far as it stays legible in print.
_WIDE = {"font_size": 9.0, "padding_x": 28, "padding_y": 23, "row_gap": 82, "stack_gap": 34, "indent": 3}

_NARROW = {"font_size": 8.0, "padding_x": 20, "padding_y": 18, "row_gap": 74, "stack_gap": 30, "indent": 2}

_TEMPLATES: dict[tuple[str, ...], tuple[dict[str, float], tuple[int, ...]]] = {
    ("main", "side"): (_WIDE, (84, 32, 816, 116, 896)),
    ("previous", "main", "side"): (_WIDE, (84, 32, 400, 64, 628, 88, 648)),
    ("main", "side", "other_main", "other_side"): (_NARROW, (72, 24, 440, 56, 440, 48, 404, 56, 404)),
    COLUMNS: (_NARROW, (72, 24, 300, 36, 366, 50, 368, 40, 318, 50, 320)),
}


def make_grid(columns: Sequence[str], width: float = WIDTH, shift: int = 0) -> Grid:
    """The grid of one of the four templates in a figure of that width in points, its margin aside.

    `shift` is how many pixels each main column gives to the column at its right.
    """
    measures, template = _TEMPLATES[tuple(columns)]
    lengths = list(template)
    for number, column in enumerate(columns):
        if column in ("side", "other_side"):
            lengths[2 * number] -= shift
            lengths[2 * number + 2] += shift
    placed: dict[str, tuple[float, float]] = {}
    bar, gap = lengths[0] * PIXEL, lengths[1] * PIXEL
    # Bars and the room for arrows stay as they are; the columns share what a wider or narrower figure brings.
    boxes = sum(lengths[2::2]) * PIXEL
    fit = (boxes + width - WIDTH) / boxes
    left = bar + gap
    for number, column in enumerate(columns):
        wide = 2 * round(lengths[2 + 2 * number] * fit / 2) * PIXEL
        if number == len(columns) - 1:
            wide = width - left
        placed[column] = (left, wide)
        left += wide + (lengths[3 + 2 * number] * PIXEL if number < len(columns) - 1 else 0)
    return Grid(
        width=width,
        font_size=measures["font_size"],
        padding_x=measures["padding_x"] * PIXEL,
        padding_y=measures["padding_y"] * PIXEL,
        bar=bar,
        bar_gap=gap,
        row_gap=measures["row_gap"] * PIXEL,
        stack_gap=measures["stack_gap"] * PIXEL,
        indent=int(measures["indent"]),
        columns=placed,
    )
