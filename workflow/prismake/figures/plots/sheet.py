"""The sheet on which plots are drawn, in points from its upper left corner.

matplotlib draws it and is imported only here, when the first sheet is made. It sees the fonts of the package alone,
ignores settings of the user or the machine, and leaves no cache behind. Text stays text, so that the other forms of
the figure can be set in the same fonts as the document.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from lxml import etree

from prismake.common.places import FONTS as FONT_FOLDER
from prismake.figures.flow import FONTS

if TYPE_CHECKING:
    from matplotlib.artist import Artist

SVG = "http://www.w3.org/2000/svg"
INK, GREY, FAINT, BLUE = "#1a1a1a", "#6b6b6b", "#d5dbe1", "#1f4e79"
Align = Literal["left", "center", "right"]
Point = tuple[float, float]
STYLE = re.compile(r"(?<![\w-])([\w-]+)\s*:\s*([^;]+)")
# One letter as narrow as any, for text that has lost all of its own.
NOTHING = "\u00a0"


@cache
def _matplotlib() -> Any:
    """matplotlib with its SVG canvas, the fonts of the package and no others.

    Its folder of settings and caches is a temporary one, gone when it has loaded.
    """
    before = os.environ.get("MPLCONFIGDIR")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.environ["MPLCONFIGDIR"] = folder
        try:
            import matplotlib.backends.backend_svg
            import matplotlib.figure
            import matplotlib.lines
            import matplotlib.patches
            import matplotlib.transforms
            from matplotlib import font_manager
        finally:
            del os.environ["MPLCONFIGDIR"]
            if before is not None:
                os.environ["MPLCONFIGDIR"] = before
    font_manager.fontManager.ttflist = []
    for file in sorted(FONT_FOLDER.glob("*.ttf")):
        font_manager.fontManager.addfont(file)
    return matplotlib


def printable(words: str) -> str:
    """A text without control characters, which no XML may hold; line breaks and tabs become spaces."""
    spaced = re.sub(r"[\t\r\n\u2028\u2029]+", " ", words)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs", "Cn")) or NOTHING


# The item of a spot that shows the result of all studies.
POOLED = "pooled"
# Points from the middle of a small mark to the border of its spot.
TO_HIT = 6.0


@dataclass(frozen=True)
class Spot:
    """Where a page shows a study, or an `item` of its appraisal: a rectangle in points from the upper left corner.

    What shows the result of all studies has no study, and the item `pooled`.
    """

    study: str
    item: str
    x: float
    y: float
    width: float
    height: float


class Sheet:
    """A white sheet of `width` × `height` points, its text in the sans or serif font of the package.

    `texts` are the words on it, each once, in the order of writing; `spots` say where studies stand.
    """

    def __init__(self, width: float, height: float, font: str = "sans") -> None:
        self.width, self.height, self._font = width, height, FONTS[font]
        self.texts: dict[str, None] = {}
        self.spots: list[Spot] = []
        library = _matplotlib()
        self._patches, self._lines = library.patches, library.lines
        self._figure = library.figure.Figure(figsize=(width / 72, height / 72), facecolor="white")
        points = library.transforms.Affine2D().scale(1 / 72, -1 / 72).translate(0, height / 72)
        self._points = points + self._figure.dpi_scale_trans
        # What is drawn later lies above.
        self._level = 0

    def _put(self, artist: Artist, name: str | None) -> None:
        self._level += 1
        artist.set(transform=self._points, gid=name, zorder=self._level)
        self._figure.add_artist(artist)

    def spot(self, at: Point, width: float, height: float, study: str, item: str = "") -> None:
        """Notes that a rectangle from its upper left corner shows a study, or an item of its appraisal."""
        if study:
            self.spots.append(Spot(study, item, *(round(one, 1) for one in (*at, width, height))))

    def spot_of_all(self, at: Point, width: float, height: float) -> None:
        """Notes that a rectangle shows the result of all studies."""
        self.spots.append(Spot("", POOLED, *(round(one, 1) for one in (*at, width, height))))

    def spot_around(self, centre: Point, radius: float, study: str) -> None:
        """Notes that a point shows a study, with as much around a small one as a finger or a pointer needs."""
        half = max(radius, TO_HIT)
        self.spot((centre[0] - half, centre[1] - half), 2 * half, 2 * half, study)

    def text(
        self,
        at: Point,
        words: str,
        size: float,
        *,
        align: Align = "left",
        bold: bool = False,
        italic: bool = False,
        colour: str = INK,
        turned: bool = False,
    ) -> None:
        """Words whose baseline begins, has its middle or ends at a point; `turned`: to be read from below."""
        words = printable(words)
        self.texts[words] = None
        self._level += 1
        self._figure.text(
            *at,
            words,
            transform=self._points,
            family=self._font.name,
            size=size,
            ha=align,
            va="baseline",
            weight="bold" if bold else "normal",
            style="italic" if italic else "normal",
            color=colour,
            rotation=90 if turned else 0,
            rotation_mode="anchor",
            parse_math=False,
            zorder=self._level,
        )

    def line(
        self,
        points: Sequence[Point],
        *,
        width: float = 0.75,
        colour: str = INK,
        dashes: Sequence[float] = (),
        name: str | None = None,
    ) -> None:
        """A line through points; `dashes`: lengths of its strokes and gaps, in points."""
        xs, ys = zip(*points, strict=True)
        style: Any = (0, tuple(each / width for each in dashes)) if dashes else "-"
        self._put(
            self._lines.Line2D(xs, ys, linewidth=width, color=colour, linestyle=style, solid_capstyle="butt"), name
        )

    def area(
        self,
        points: Sequence[Point],
        *,
        fill: str = INK,
        edge: str = "none",
        width: float = 0.75,
        name: str | None = None,
    ) -> None:
        """A filled polygon."""
        self._put(self._patches.Polygon(points, facecolor=fill, edgecolor=edge, linewidth=width), name)

    def box(
        self, at: Point, width: float, height: float, *, fill: str, edge: str = "none", name: str | None = None
    ) -> None:
        """A filled rectangle from its upper left corner."""
        (x, y), (right, bottom) = at, (at[0] + width, at[1] + height)
        self.area([(x, y), (right, y), (right, bottom), (x, bottom)], fill=fill, edge=edge, width=0.5, name=name)

    def circle(
        self, at: Point, radius: float, *, fill: str, edge: str = "none", width: float = 0.75, name: str | None = None
    ) -> None:
        """A filled circle."""
        self._put(self._patches.Circle(at, radius, facecolor=fill, edgecolor=edge, linewidth=width), name)

    def svg(self, alternative: str) -> str:
        """The sheet as SVG in points, with its alternative text: the same bytes from the same drawing."""
        library, target = _matplotlib(), io.BytesIO()
        settings = {
            **library.rcParamsDefault,
            "svg.fonttype": "none",
            "svg.hashsalt": "prismake",
            "path.simplify": False,
        }
        settings.pop("backend", None)
        with warnings.catch_warnings(), library.rc_context(settings):
            # Letters that its fonts lack: they are looked up, and reported, in those of the document.
            warnings.simplefilter("ignore")
            library.backends.backend_svg.FigureCanvasSVG(self._figure).print_svg(
                target, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
            )
        return _plain(target.getvalue(), printable(alternative), self._font.fallback)


def _plain(content: bytes, alternative: str, family: str) -> str:
    """The SVG with its text settings as attributes, an alternative text and no metadata."""
    root = etree.fromstring(content, etree.XMLParser(remove_comments=True, resolve_entities=False))
    for element in list(root.iterchildren(f"{{{SVG}}}metadata")):
        root.remove(element)
    for text in root.iter(f"{{{SVG}}}text"):
        for key, value in STYLE.findall(str(text.attrib.pop("style", ""))):
            text.set(key, value.strip())
        if text.get("transform", "").startswith("rotate(-0 "):
            del text.attrib["transform"]
        text.set("font-family", family)
    root.set("role", "img")
    root.set("aria-labelledby", "figure-description")
    description = etree.Element(f"{{{SVG}}}desc", {"id": "figure-description"})
    description.text = alternative
    root.insert(0, description)
    etree.cleanup_namespaces(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode") + "\n"


def texts_of(sheets: Iterable[Sheet]) -> list[str]:
    """The texts on some sheets, each once."""
    return list(dict.fromkeys(text for sheet in sheets for text in sheet.texts))


@dataclass(frozen=True)
class Drawing:
    """A finished plot: the SVG of each page, its alternative text, every text on it, and where its studies stand.

    `sizes` are the width and height of each page in points, `spots` what each shows of studies.
    """

    pages: tuple[str, ...]
    alternative: str
    texts: tuple[str, ...]
    sizes: tuple[tuple[float, float], ...]
    spots: tuple[tuple[Spot, ...], ...]

    @classmethod
    def of(cls, sheets: Sequence[Sheet], alternative: str) -> Drawing:
        """The plot on some sheets. The alternative text of several names the page."""
        pages = tuple(
            sheet.svg(alternative_of_page(alternative, place, len(sheets))) for place, sheet in enumerate(sheets, 1)
        )
        sizes = tuple((sheet.width, sheet.height) for sheet in sheets)
        return cls(pages, alternative, tuple(texts_of(sheets)), sizes, tuple(tuple(sheet.spots) for sheet in sheets))


def alternative_of_page(alternative: str, page: int, pages: int) -> str:
    """The alternative text of one page of a plot: of several it names the page."""
    return f"{alternative} Part {page} of {pages}." if pages > 1 else alternative
