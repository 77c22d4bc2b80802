"""Checks of tables and captions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import ImageFont

from prismake.preflight.document import (
    CAPTION_STYLES,
    TWIPS_PER_POINT,
    Document,
    W,
    find,
    is_on,
    shortened,
    text_of,
    twips,
    value,
    whole,
)
from prismake.preflight.findings import Asked, Found, Skip, check

# Columns from which a table needs a landscape page, where no profile says.
WIDE = 9
# Twips by which rounding may change a width.
HAIR = 20
MOST_COLUMNS = 63
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
NOTE_STYLES = ("table note",)


def _rows(table: Any) -> list[Any]:
    return [row for row in table.iter(f"{W}tr") if _table_of(row) is table]


def _table_of(node: Any) -> Any:
    node = node.getparent()
    while node is not None and node.tag != f"{W}tbl":
        node = node.getparent()
    return node


def _cells(row: Any) -> list[Any]:
    found = []
    for node in row:
        if node.tag == f"{W}tc":
            found.append(node)
        elif node.tag in (f"{W}sdt", f"{W}customXml"):
            found.extend(cell for cell in node.iter(f"{W}tc"))
    return found


def _span(cell: Any) -> int:
    return min(max(whole(value(find(cell, "tcPr/gridSpan"))) or 1, 1), 1000)


def _grid(table: Any) -> list[float | None]:
    grid = find(table, "tblGrid")
    return [twips(value(column, "w")) for column in grid.findall(f"{W}gridCol")] if grid is not None else []


def _columns(table: Any) -> int:
    return len(_grid(table)) or max((sum(map(_span, _cells(row))) for row in _rows(table)), default=0)


def _starts(row: Any) -> Iterator[tuple[int, Any]]:
    at = max(whole(value(find(row, "trPr/gridBefore"))) or 0, 0)
    for cell in _cells(row):
        yield at, cell
        at += _span(cell)


@check("table-grid", "tables", "error", "the cells of every row fill the grid, and merged cells fit those above")
def table_grid(document: Document, _: Asked) -> Iterator[Found]:
    """Rows and grid agree, spans counted."""
    document.need()
    for table in document.body.iter(f"{W}tbl"):
        columns = len(_grid(table))
        merging: dict[int, int] = {}
        for number, row in enumerate(_rows(table), start=1):
            filled = sum(_span(cell) for cell in _cells(row))
            filled += max(whole(value(find(row, "trPr/gridBefore"))) or 0, 0)
            filled += max(whole(value(find(row, "trPr/gridAfter"))) or 0, 0)
            if filled != columns:
                yield Found(f"row {number} fills {filled} columns of a grid of {columns}", document.where(table))
            above, merging = merging, {}
            for start, cell in _starts(row):
                merge = find(cell, "tcPr/vMerge")
                if merge is None:
                    continue
                if (value(merge) or "continue") == "continue" and above.get(start) != _span(cell):
                    yield Found(
                        f"row {number}: a cell goes on from a cell above that is not there", document.where(table)
                    )
                merging[start] = _span(cell)
            if columns > MOST_COLUMNS and number == 1:
                yield Found(f"{columns} columns; Word takes {MOST_COLUMNS}", document.where(table))


def _is_headless(table: Any) -> bool:
    """Whether a table says that its first row is no header, and marks no row as one."""
    look = find(table, "tblPr/tblLook")
    says = look is not None and value(look, "firstRow") in ("0", "false", "off")
    return says and not any(is_on(find(row, "trPr/tblHeader")) for row in _rows(table))


@check("table-header", "tables", "error", "the header row of every table repeats on each page")
def table_header(document: Document, _: Asked) -> Iterator[Found]:
    """The first row is marked as header, unless the table says that it has none."""
    document.need()
    for table in document.tables:
        if _is_headless(table):
            continue
        marks = [is_on(find(row, "trPr/tblHeader")) for row in _rows(table)]
        if len(marks) > 1 and not marks[0]:
            yield Found("the first row is not marked as header", document.where(table))
        elif any(later and not earlier for earlier, later in pairwise(marks)):
            yield Found(
                "a row below the first ones is marked as header: Word does not repeat it", document.where(table)
            )


@check("table-rows", "tables", "error", "no row splits over pages")
def table_rows(document: Document, _: Asked) -> Iterator[Found]:
    """Every row is marked as one that cannot split."""
    document.need()
    for table in document.tables:
        split = [number for number, row in enumerate(_rows(table), start=1) if not is_on(find(row, "trPr/cantSplit"))]
        if split:
            listed = ", ".join(map(str, split[:5])) + (", …" if len(split) > 5 else "")
            yield Found(f"rows that may split: {listed}", document.where(table))


def _drawn(border: Any) -> bool:
    return border is not None and value(border) not in (None, "nil", "none") and value(border, "sz") != "0"


def _table_borders(document: Document, table: Any) -> dict[str, bool]:
    sides: dict[str, bool] = {}
    places = [find(table, "tblPr/tblBorders")]
    for style in document.line_of_styles(value(find(table, "tblPr/tblStyle")) or ""):
        places.append(find(style.element, "tblPr/tblBorders"))
    for place in places:
        for border in place if place is not None else []:
            if isinstance(border.tag, str):
                sides.setdefault(border.tag.rsplit("}", 1)[-1], _drawn(border))
    return sides


@check(
    "table-rules",
    "tables",
    "error",
    "tables have a rule above, below and under the header row, no vertical lines, no shading",
)
def table_rules(document: Document, _: Asked) -> Iterator[Found]:
    """The look that journals print."""
    document.need()
    for table in document.tables:
        sides, where = _table_borders(document, table), document.where(table)
        rows = _rows(table)
        if upright := [side for side in ("left", "start", "right", "end", "insideV") if sides.get(side)]:
            yield Found(f"vertical lines ({', '.join(upright)})", where)
        if any(
            _drawn(find(cell, f"tcPr/tcBorders/{side}"))
            for row in rows
            for cell in _cells(row)
            for side in ("left", "start", "right", "end", "insideV")
        ):
            yield Found("cells have vertical lines", where)
        if any(_shaded(node) for node in table.iter(f"{W}shd")):
            yield Found("cells or text are shaded", where)
        for side, edge in (("top", 0), ("bottom", -1)):
            own = (
                rows
                and _cells(rows[edge])
                and all(_drawn(find(cell, f"tcPr/tcBorders/{side}")) for cell in _cells(rows[edge]))
            )
            if not sides.get(side) and not own:
                yield Found(f"no rule at the {side}", where)
        heads = [row for row in rows if is_on(find(row, "trPr/tblHeader"))] or rows[:1]
        if len(rows) > 1 and not sides.get("insideH") and not _is_headless(table):
            last = heads[-1]
            below = rows[rows.index(last) + 1] if rows.index(last) + 1 < len(rows) else None
            ruled = all(_drawn(find(cell, "tcPr/tcBorders/bottom")) for cell in _cells(last))
            ruled = ruled or (
                below is not None and all(_drawn(find(cell, "tcPr/tcBorders/top")) for cell in _cells(below))
            )
            if not ruled and not _ruled_by_style(document, table):
                yield Found("no rule under the header row", where)


def _shaded(node: Any) -> bool:
    fill = (value(node, "fill") or "auto").lower()
    return fill not in ("auto", "ffffff") or value(node) not in (None, "clear", "nil")


def _ruled_by_style(document: Document, table: Any) -> bool:
    if (value(find(table, "tblPr/tblLook"), "firstRow") or "0").lower() in ("0", "false", "off"):
        return False
    for style in document.line_of_styles(value(find(table, "tblPr/tblStyle")) or ""):
        for part in style.element.findall(f"{W}tblStylePr"):
            if value(part, "type") == "firstRow" and _drawn(find(part, "tcPr/tcBorders/bottom")):
                return True
    return False


@check("table-width", "tables", "error", "no table is wider than the text, and its columns add up to its width")
def table_width(document: Document, _: Asked) -> Iterator[Found]:
    """Widths fit."""
    document.need()
    for table in document.tables:
        section = document.section_of(table)
        room = section.text_width if section else None
        grid = [width for width in _grid(table) if width is not None]
        if room is None or not grid:
            continue
        total, where = sum(grid), document.where(table)
        if total > room + HAIR:
            yield Found(f"{total / TWIPS_PER_POINT:.0f} points wide, the text {room / TWIPS_PER_POINT:.0f}", where)
        if any(width <= 0 for width in grid):
            yield Found("a column has no width", where)
        stated = find(table, "tblPr/tblW")
        width = twips(value(stated, "w")) if value(stated, "type") == "dxa" else None
        if width is not None and abs(width - total) > HAIR and width > 0:
            yield Found(f"states a width of {width:.0f} and has columns of {total:.0f} twentieths of a point", where)


@check("cell-width", "tables", "error", "every cell states the width of its columns")
def cell_width(document: Document, _: Asked) -> Iterator[Found]:
    """Cells and grid agree, so that Word, LibreOffice and Pages draw the same table."""
    document.need()
    for table in document.tables:
        grid = _grid(table)
        if any(width is None for width in grid) or value(find(table, "tblPr/tblLayout"), "type") != "fixed":
            continue
        for number, row in enumerate(_rows(table), start=1):
            for start, cell in _starts(row):
                stated = find(cell, "tcPr/tcW")
                width = twips(value(stated, "w")) if value(stated, "type") == "dxa" else None
                room = sum(width or 0 for width in grid[start : start + _span(cell)])
                if width is not None and abs(width - room) > HAIR:
                    yield Found(f"row {number}: a cell of {width:.0f} in a column of {room:.0f}", document.where(table))
                    break


@cache
def _face(file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), 1000)


@cache
def _advance(file: Path, letter: str) -> float:
    return _face(file).getlength(letter) / 1000


def _face_of(document: Document, run: Any, paragraph: Any, asked: Asked) -> Path | None:
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
    files = {font.stem: font for font in asked.fonts}
    for style in (wanted[styles["b"], styles["i"]], "Bold" if styles["b"] else "Regular"):
        if f"{family}-{style}" in files:
            return files[f"{family}-{style}"]
    return None


def _size_of(document: Document, run: Any, paragraph: Any) -> float:
    own = find(run, "rPr/sz")
    half_points = twips(value(own if own is not None else document.property_of(paragraph, "rPr", "sz")))
    return (half_points or 20) / 2


def _padding(document: Document, table: Any) -> float:
    """What is left and right of the text in a cell, both together, in points."""
    places = [find(table, "tblPr/tblCellMar")]
    for style in document.line_of_styles(value(find(table, "tblPr/tblStyle")) or "TableNormal"):
        places.append(find(style.element, "tblPr/tblCellMar"))
    total = 0.0
    for sides in (("left", "start"), ("right", "end")):
        found = next(
            (
                twips(value(find(place, side), "w"))
                for place in places
                for side in sides
                if find(place, side) is not None
            ),
            None,
        )
        total += (found or 0) / TWIPS_PER_POINT
    return total


def _words(document: Document, paragraph: Any, asked: Asked) -> Iterator[tuple[str, float | None]]:
    """The words of a paragraph that no line can break, each with its width in points, or None where it is unknown."""
    word, width = "", 0.0
    unknown = False
    for piece in document.pieces(paragraph):
        face = _face_of(document, piece.run, paragraph, asked)
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
def table_words(document: Document, asked: Asked) -> Iterator[Found]:
    """No word breaks in a narrow column. Measured with fonts of the same metrics as those that the document names."""
    document.need()
    measured = unmeasured = False
    for table in document.tables:
        grid, padding = _grid(table), _padding(document, table)
        if any(width is None for width in grid):
            continue
        told = 0
        for number, row in enumerate(_rows(table), start=1):
            for start, cell in _starts(row):
                room = sum(width or 0 for width in grid[start : start + _span(cell)]) / TWIPS_PER_POINT - padding
                for paragraph in cell.iter(f"{W}p"):
                    for word, width in _words(document, paragraph, asked):
                        measured, unmeasured = measured or width is not None, unmeasured or width is None
                        if width is not None and width > room + 0.5 and told < 5:
                            told += 1
                            yield Found(
                                f"row {number}, column {start + 1}: '{shortened(word)}' is {width:.0f} points wide, "
                                f"its column {room:.0f}",
                                document.where(table),
                            )
    if unmeasured and not measured:
        raise Skip("the fonts of its tables are not among those that can be measured")


@check("table-empty", "tables", "error", "no table is empty")
def table_empty(document: Document, _: Asked) -> Iterator[Found]:
    """A table says something."""
    document.need()
    for table in document.tables:
        if not _rows(table):
            yield Found("the table has no rows", document.where(table))
        elif not text_of(table).strip():
            yield Found("no cell of the table holds text", document.where(table))


@check("table-landscape", "tables", "error", "a table of many columns stands in a landscape section")
def table_landscape(document: Document, asked: Asked) -> Iterator[Found]:
    """As the profile says, nine columns where it does not."""
    document.need()
    least = asked.setting("tables", "landscape_from")
    for table in document.tables:
        columns, section = _columns(table), document.section_of(table)
        if section is not None and columns >= (least if isinstance(least, int) else WIDE) and not section.landscape:
            # Without a profile the number is a guess.
            yield Found(
                f"{columns} columns on a portrait page", document.where(table), None if asked.profile else "warning"
            )


# Captions -------------------------------------------------------------------------------------------------------


def _is_small(block: Any) -> bool:
    """Whether a paragraph is empty: between a caption and its float it does not count."""
    return (
        block.tag == f"{W}p"
        and not text_of(block).strip()
        and next(block.iter(f"{W}drawing", f"{W}pict"), None) is None
    )


def _beside(document: Document, block: Any, step: int) -> Any:
    at = document.places[block] + step
    while 0 <= at < len(document.blocks) and _is_small(document.blocks[at]):
        at += step
    return document.blocks[at] if 0 <= at < len(document.blocks) else None


def _has_picture(block: Any) -> bool:
    return (
        block is not None
        and block.tag == f"{W}p"
        and next(block.iter(f"{W}drawing", f"{W}pict", f"{W}object"), None) is not None
    )


def _counts(document: Document, caption: Any) -> str:
    for field in document.body_fields:
        if field.paragraph is caption and field.name == "SEQ":
            return field.argument.lower()
    return ""


def _is_table_caption(document: Document, block: Any) -> bool:
    if block is None or not document.is_caption(block):
        return False
    if document.style_of(block) == "caption":
        return not re.match(r"fig|abb", text_of(block).strip().lower())
    return document.style_of(block) == "table caption"


@check("table-caption", "captions", "error", "every table has its caption directly above")
def table_caption(document: Document, _: Asked) -> Iterator[Found]:
    """Caption above, in a caption's style."""
    document.need()
    for table in document.tables:
        if not _is_table_caption(document, _beside(document, table, -1)):
            yield Found("no caption directly above", document.where(table))


@check("figure-caption", "captions", "error", "every figure has its caption directly below")
def figure_caption(document: Document, asked: Asked) -> Iterator[Found]:
    """Caption below, in a caption's style."""
    document.need()
    for block in document.blocks:
        # A picture in a sentence is no figure.
        if not _has_picture(block) or text_of(block).strip():
            continue
        below = _beside(document, block, 1)
        while _has_picture(below):
            below = _beside(document, below, 1)
        if below is None or not document.is_caption(below) or document.style_of(below) == "table caption":
            yield Found("no caption directly below", document.where(block))


@check("orphan-caption", "captions", "error", "every caption has its table or figure")
def orphan_caption(document: Document, asked: Asked) -> Iterator[Found]:
    """No caption is left over. Where a journal takes figures as separate files, their legends stand alone."""
    document.need()
    separate = document.pictures == []
    for caption in document.captions:
        if not text_of(caption).strip():
            yield Found("the caption is empty", document.where(caption))
        elif _is_table_caption(document, caption):
            below = _beside(document, caption, 1)
            if below is None or below.tag != f"{W}tbl":
                yield Found("no table follows the caption", document.where(caption))
        elif not _has_picture(_beside(document, caption, -1)):
            yield Found("no figure stands above the caption", document.where(caption), "warning" if separate else None)


@check("caption-keep", "captions", "error", "a caption stays on the page of its table or figure")
def caption_keep(document: Document, _: Asked) -> Iterator[Found]:
    """A table's caption, and a figure above its caption, are kept with what follows."""
    document.need()
    for block in document.blocks:
        figure = _has_picture(block) and document.is_caption(_beside(document, block, 1))
        if not figure and not _is_table_caption(document, block):
            continue
        if not is_on(document.property_of(block, "pPr", "keepNext")):
            kind = "the figure" if figure else "the caption"
            yield Found(f"{kind} may part from what follows it", document.where(block))


@check("table-notes", "captions", "error", "notes of a table stand directly below it")
def table_notes(document: Document, _: Asked) -> Iterator[Found]:
    """No notes are left over."""
    document.need()
    for block in document.styled(*NOTE_STYLES):
        above = _beside(document, block, -1)
        while above is not None and document.style_of(above) in NOTE_STYLES:
            above = _beside(document, above, -1)
        floats = above is not None and (above.tag == f"{W}tbl" or document.is_caption(above) or _has_picture(above))
        if not floats:
            yield Found("no table stands above the note", document.where(block))


# "Table 1", "Tables 1, 2, and 4–6", "Figs. 1 and 2".
NUMBERS = r"s?\.?[ \u00a0](?P<numbers>\d{1,3}(?:(?:–|-|, and |, | and |,)\d{1,3})*)"
# A document has two labels, a supplement beside it two more.
MOST_LABELS = 20


def mentions(labels: Sequence[str], text: str) -> Iterator[re.Match[str]]:
    """Where a text mentions something of these labels, the longest first, by number."""
    names = "|".join(re.sub(r"\\ ", "[ \u00a0]", re.escape(label)) for label in labels)
    return re.finditer(rf"(?<!\w)(?P<label>{names}){NUMBERS}", text, re.IGNORECASE) if names else iter(())


@check("float-mentioned", "captions", "error", "the text refers to every table and figure")
def float_mentioned(document: Document, asked: Asked) -> Iterator[Found]:
    """Each is mentioned, by a field or in words."""
    document.need()
    asked.need("body")
    said = " ".join(
        text_of(block)
        for block in document.blocks
        if block.tag == f"{W}p" and document.style_of(block) not in (*CAPTION_STYLES, "title page")
    )
    counted = [
        field
        for field in document.body_fields
        if field.name == "SEQ" and field.paragraph is not None and document.is_caption(field.paragraph)
    ]
    # A label may have several words: "Supplementary Table 1" is no mention of "Table 1".
    labels = {field.argument.replace("_", " ").lower().rstrip(".")[:60] for field in counted}
    numbers: dict[str, set[int]] = {}
    for match in mentions(sorted(labels, key=lambda label: (-len(label), label))[:MOST_LABELS], said):
        for piece in re.split(r",? and |, ?", match["numbers"]):
            ends = [int(end) for end in re.findall(r"\d+", piece)]
            if ends and ends[-1] - ends[0] < 200:
                numbers.setdefault(" ".join(match["label"].lower().split()), set()).update(range(ends[0], ends[-1] + 1))
    for field in counted:
        number, label = whole(field.result), field.argument.replace("_", " ")
        if number is not None and number not in numbers.get(label.lower().rstrip("."), set()):
            yield Found(f"the text never mentions {label} {number}", document.where(field.paragraph))
