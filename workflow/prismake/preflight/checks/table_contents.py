"""Checks of what tables hold: words that fit their columns, rows, and the page they are printed on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from PIL import ImageFont

from prismake.preflight.checks.tables import columns_of, grid_of, rows_of, span_of, starts_of
from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, Skip, check
from prismake.preflight.wordml import TWIPS_PER_POINT, W, find, is_on, shortened, text_of, twips, value

# Columns from which a table needs a landscape page, where no profile says.
WIDE = 9

# Vendored fonts that have the metrics of the fonts that Word documents name.
METRICS = {
    "times new roman": "Tinos",
    "liberation serif": "Tinos",
    "tinos": "Tinos",
    "arial": "Arimo",
    "helvetica": "Arimo",
    "liberation sans": "Arimo",
    "arimo": "Arimo",
}

SIZE_OF_SUPERSCRIPT = 0.65


@cache
def _face(file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), 1000)


@cache
def _advance(file: Path, letter: str) -> float:
    return _face(file).getlength(letter) / 1000


def _face_of(document: Document, run: Any, paragraph: Any, required: Requirements) -> Path | None:
    fonts = find(run, "rPr/rFonts")
    if fonts is None or not value(fonts, "ascii"):
        fonts = document.property_of(paragraph, "rPr", "rFonts")
    family = METRICS.get((value(fonts, "ascii") or "").lower())
    if family is None:
        return None
    styles = {
        name: is_on(own)
        if (own := find(run, f"rPr/{name}")) is not None
        else is_on(document.property_of(paragraph, "rPr", name))
        for name in ("b", "i")
    }
    wanted = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "BoldItalic"}
    files = {font.stem: font for font in required.fonts}
    for style in (wanted[styles["b"], styles["i"]], "Bold" if styles["b"] else "Regular"):
        if f"{family}-{style}" in files:
            return files[f"{family}-{style}"]
    return None


def _size_of(document: Document, run: Any, paragraph: Any) -> float:
    own = find(run, "rPr/sz")
    half_points = twips(value(own if own is not None else document.property_of(paragraph, "rPr", "sz")))
    return (half_points or 20) / 2


def _padding(document: Document, table: Any) -> float:
    """The left and right padding of a cell together, in points."""
    places = [find(table, "tblPr/tblCellMar")]
    for style in document.line_of_styles(value(find(table, "tblPr/tblStyle")) or "TableNormal"):
        places.append(find(style.element, "tblPr/tblCellMar"))
    total = 0.0
    for sides in (("left", "start"), ("right", "end")):
        width = next(
            (
                twips(value(find(place, side), "w"))
                for place in places
                for side in sides
                if find(place, side) is not None
            ),
            None,
        )
        total += (width or 0) / TWIPS_PER_POINT
    return total


def _words(document: Document, paragraph: Any, required: Requirements) -> Iterator[tuple[str, float | None]]:
    """The words of a paragraph that no line can break, each with its width in points, or None where it is unknown."""
    word, width = "", 0.0
    unknown = False
    for piece in document.pieces(paragraph):
        face = _face_of(document, piece.run, paragraph, required)
        size = _size_of(document, piece.run, paragraph) * (SIZE_OF_SUPERSCRIPT if piece.superscript else 1)
        unknown = unknown or face is None
        for letter in piece.text:
            if not letter.isspace() or letter in "\u00a0\u202f":
                word += letter
                width += _advance(face, letter) * size if face is not None else 0
            if (letter.isspace() and letter not in "\u00a0\u202f") or letter in "-\u2010\u200b":
                if word:
                    yield word, None if unknown else width
                word, width, unknown = "", 0.0, face is None
    if word:
        yield word, None if unknown else width


@check("table-words", "tables", "error", "the longest word of each cell fits its column")
def table_words(document: Document, required: Requirements) -> Iterator[Finding]:
    """No word breaks in a narrow column. Measured with fonts of the same metrics as those that the document names."""
    document.need()
    measured = unmeasured = False
    for table in document.tables:
        grid, padding = grid_of(table), _padding(document, table)
        if any(width is None for width in grid):
            continue
        reported = 0
        for number, row in enumerate(rows_of(table), start=1):
            for start, cell in starts_of(row):
                room = sum(width or 0 for width in grid[start : start + span_of(cell)]) / TWIPS_PER_POINT - padding
                for paragraph in cell.iter(f"{W}p"):
                    for word, width in _words(document, paragraph, required):
                        measured, unmeasured = measured or width is not None, unmeasured or width is None
                        if width is not None and width > room + 0.5 and reported < 5:
                            reported += 1
                            yield Finding(
                                f"row {number}, column {start + 1}: '{shortened(word)}' is {width:.0f} points wide, "
                                f"its column {room:.0f}",
                                document.where(table),
                            )
    if unmeasured and not measured:
        raise Skip("the fonts of its tables are not among those that can be measured")


@check("table-empty", "tables", "error", "no table is empty")
def table_empty(document: Document, _: Requirements) -> Iterator[Finding]:
    """A table says something."""
    document.need()
    for table in document.tables:
        if not rows_of(table):
            yield Finding("the table has no rows", document.where(table))
        elif not text_of(table).strip():
            yield Finding("all cells of the table are empty", document.where(table))


@check("table-landscape", "tables", "error", "a table of many columns is on a landscape page")
def table_landscape(document: Document, required: Requirements) -> Iterator[Finding]:
    """The profile's number of columns, or nine."""
    document.need()
    least = required.setting("tables", "landscape_from")
    for table in document.tables:
        columns, section = columns_of(table), document.section_of(table)
        if section is not None and columns >= (least if isinstance(least, int) else WIDE) and not section.landscape:
            # Without a profile the number is a guess.
            yield Finding(
                f"{columns} columns on a portrait page", document.where(table), None if required.profile else "warning"
            )
