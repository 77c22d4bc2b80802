"""What a draft shows in the place of a plot that cannot be drawn yet."""

from __future__ import annotations

from prismake.figures.plots.sheet import GREY, Drawing, Sheet
from prismake.figures.textwidth import wrap

SIZE, MARGIN = 9.0, 14.0


def draw_placeholder(name: str, reasons: list[str], width: float, font: str = "sans") -> Drawing:
    """A framed box, `width` points wide, that names the plot and says what it waits for."""
    lines = [line for reason in reasons for line in wrap(reason, SIZE, width - 2 * MARGIN)]
    height = 2 * MARGIN + 1.35 * SIZE * (len(lines) + 1)
    sheet = Sheet(width, height, font)
    sheet.box((0.5, 0.5), width - 1, height - 1, fill="#ffffff", edge=GREY, name="frame")
    sheet.text((MARGIN, MARGIN + SIZE), f"To be drawn: {name}", SIZE, bold=True)
    for place, words in enumerate(lines, 1):
        sheet.text((MARGIN, MARGIN + SIZE * (1 + 1.35 * place)), words, SIZE, colour=GREY)
    return Drawing.of([sheet], f"The plot {name} is still to be drawn: {' '.join(reasons)}")
