"""The overlap of the searches as an UpSet figure.

It follows Lex A, Gehlenborg N, Strobelt H, Vuillemot R, Pfister H (2014) UpSet: visualization of intersecting sets.
IEEE Trans Vis Comput Graph 20(12):1983-1992: one column per combination of searches, its bar the number of works that
exactly these searches found; one row per search, its bar the works that it found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from prismake.common.errors import counted
from prismake.dedup.overlap import Overlap, combinations

# More combinations than this would be illegible; the rest is one last number.
SHOWN = 24
FONT = "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif"
INK, FAINT, BAND = "#1f2933", "#d5dbe1", "#f3f5f7"
COLUMN, ROW, PLOT, SET_BAR, DOT = 24, 22, 150, 100, 6
# Units of the drawing: wider, its letters would be smaller than 6 points in print; narrower, larger than the text's.
WIDEST, NARROWEST = 760, 560
# The attribute that names the combination of an area.
FOUND_BY = "data-found-by"
# Points: as wide as a page's text, so that the raster is sharp however the figure is made smaller to fit.
WIDTH, DPI = 468, 300


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: float = 11, weight: str = "normal") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}" font-weight="{weight}" '
        f'fill="{INK}">{escape(words)}</text>'
    )


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


def _scaled(value: int, most: int, length: float) -> float:
    return round(length * value / most, 1) if most else 0.0


def draw(overlap: Overlap) -> str:
    """The UpSet figure as SVG: the same counts give the same text."""
    columns = combinations(overlap)
    order = sorted(overlap.searches, key=lambda search: (-overlap.works_of(search), overlap.searches.index(search)))
    label = 12 + 6.2 * max((len(overlap.labels[search]) for search in order), default=0)
    left, top = SET_BAR + label + 24, 34
    room = max(1, int((WIDEST - left - 20) // COLUMN) - 1)
    shown = columns[: min(SHOWN, room)]
    rest = sum(size for _, size in columns[len(shown) :])
    width = max(NARROWEST, left + COLUMN * len(shown) + (46 if rest else 20))
    height = top + PLOT + 20 + ROW * len(order) + 30
    parts = [_text(left, 18, "Works found by exactly these searches", weight="bold")]
    for row in range(0, len(order), 2):
        parts.append(_box(0, top + PLOT + 20 + ROW * row, width, ROW, BAND))
    tallest = max((size for _, size in shown), default=0)
    for column, (searches, size) in enumerate(shown):
        x, bar = left + COLUMN * column, _scaled(size, tallest, PLOT - 16)
        parts.append(_box(x + 5, top + PLOT - bar, COLUMN - 10, bar, INK))
        parts.append(_text(x + COLUMN / 2, top + PLOT - bar - 4, f"{size:,}", anchor="middle", size=9.5))
        parts += _dots(x + COLUMN / 2, top + PLOT + 20 + ROW / 2, [search in searches for search in order])
        parts.append(_area(x, top, PLOT + 20 + ROW * len(order), [overlap.labels[search] for search in searches]))
    if rest:
        # No bar: that of many combinations together would dwarf those of each.
        x = left + COLUMN * len(shown) + 4
        parts.append(_text(x, top + PLOT - 4, f"+ {rest:,}", size=9.5))
        parts.append(_text(x, top + PLOT + 10, "others", size=9.5))
    most = max((overlap.works_of(search) for search in order), default=0)
    for row, search in enumerate(order):
        y, works = top + PLOT + 20 + ROW * row, overlap.works_of(search)
        bar = _scaled(works, most, SET_BAR - 40)
        parts.append(_box(SET_BAR - bar, y + 6, bar, ROW - 12, INK))
        parts.append(_text(SET_BAR - bar - 4, y + ROW / 2 + 4, f"{works:,}", anchor="end", size=10))
        parts.append(_text(left - 12, y + ROW / 2 + 4, overlap.labels[search], anchor="end"))
    parts.append(_text(SET_BAR, top + PLOT + 12, "Works found", anchor="end", size=10))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family={quoteattr(FONT)} role="img">'
    )
    ground = _box(0, 0, width, height, "#ffffff")
    return "\n".join([head, f"<title>{escape(describe(overlap))}</title>", ground, *parts, "</svg>"]) + "\n"


def _area(x: float, y: float, height: float, labels: Sequence[str]) -> str:
    """What no eye sees: where a combination of searches stands, for the page in which it leads to its works."""
    found_by = quoteattr(combination(labels))
    return f'<rect x="{x:g}" y="{y:g}" width="{COLUMN}" height="{height:g}" fill="none" {FOUND_BY}={found_by}/>'


def combination(labels: Iterable[str]) -> str:
    """A combination of searches by the names of their databases."""
    return " and ".join(sorted(set(labels)))


def _dots(x: float, y: float, members: Sequence[bool]) -> list[str]:
    rows = [row for row, is_member in enumerate(members) if is_member]
    parts = []
    for row, is_member in enumerate(members):
        parts.append(f'<circle cx="{x:g}" cy="{y + ROW * row:g}" r="{DOT:g}" fill="{INK if is_member else FAINT}"/>')
    if len(rows) > 1:
        parts.append(
            f'<line x1="{x:g}" y1="{y + ROW * rows[0]:g}" x2="{x:g}" y2="{y + ROW * rows[-1]:g}" '
            f'stroke="{INK}" stroke-width="3"/>'
        )
    return parts


def describe(overlap: Overlap) -> str:
    """The figure in one sentence, for those who do not see it."""
    parts = [
        f"{size:,} by {' and '.join(overlap.labels[search] for search in searches)}"
        + (" alone" if len(searches) == 1 else "")
        for searches, size in combinations(overlap)[:SHOWN]
    ]
    rest = sum(size for _, size in combinations(overlap)[SHOWN:])
    if rest:
        parts.append(f"{rest:,} by other combinations")
    return (
        f"Overlap of {counted(len(overlap.searches), 'search', 'searches')}: {counted(overlap.works, 'work')}, "
        + ", ".join(parts)
        + "."
    )
