"""Tables of a PDF page: between rules, with a caption above or below; columns from rules or from blank strips."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from prismake.audit.foreign.building import body_and_header, squeezed
from prismake.audit.foreign.docx import is_caption
from prismake.audit.foreign.layout import Word, is_raised, rows_of
from prismake.audit.foreign.paper import Table

CAPTION = re.compile(r"Table\s+(\d+[A-Za-z]?)\b", re.IGNORECASE)
# Points: how far a caption stands from its table, and the narrowest strip between two columns.
FAR = 60
STRIP = 3.5


@dataclass(frozen=True)
class Rule:
    """A horizontal rule."""

    x0: float
    x1: float
    y: float


@dataclass(frozen=True)
class Placed:
    """A table on a page with its caption's place; `table` is None where its cells are not clear."""

    label: str
    boxes: tuple[tuple[float, float, float, float], ...]
    table: Table | None

    def holds(self, word: Word) -> bool:
        """Whether a word belongs to the table or its caption."""
        x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
        return any(left - 2 <= x <= right + 2 and top - 1 <= y <= bottom + 1 for left, top, right, bottom in self.boxes)


def tables_of(page: Any, words: Sequence[Word]) -> list[Placed]:
    """The tables of a page that have a caption."""
    rows = rows_of(words)
    captions = _captions(rows)
    blocks = _blocks(_rules(page))
    placed = []
    for label, caption in captions:
        left, top, right, bottom = _box(caption)
        near = [
            block
            for block in blocks
            if block[0].x0 < right
            and block[0].x1 > left
            and (0 <= block[0].y - bottom < FAR + 2 * (bottom - top) or 0 <= top - block[-1].y < FAR / 2)
        ]
        above = [block for block in near if block[0].y >= bottom - 2]
        block = min(above or near, key=lambda one: abs(one[0].y - bottom), default=None)
        if block is None:
            placed.append(Placed(label, (), None))
            continue
        blocks = [one for one in blocks if one is not block]
        edge = block[0].x0, block[0].y, block[0].x1, block[-1].y
        # All lines between caption and table are the caption's.
        between = [
            word
            for word in words
            if top - 1 <= word.top and word.bottom <= edge[1] + 1 and edge[0] - 5 <= word.x0 and word.x1 <= edge[2] + 5
        ]
        whole = [*caption, *(word for word in between if word not in caption)] if block[0].y >= bottom - 2 else caption
        text = squeezed(" ".join(word.text for row in rows_of(whole) for word in row))
        inside = [word for word in words if Placed("", (edge,), None).holds(word)]
        table = _table(page, block, inside, label, text)
        placed.append(Placed(label, (edge, _box(whole)), table))
    return placed


def _box(words: Sequence[Word]) -> tuple[float, float, float, float]:
    return (
        min(word.x0 for word in words),
        min(word.top for word in words),
        max(word.x1 for word in words),
        max(word.bottom for word in words),
    )


def _captions(rows: Sequence[Sequence[Word]]) -> list[tuple[str, list[Word]]]:
    """The lines that begin with `Table 1` and no sentence about it, in each column."""
    captions = []
    for row in rows:
        for at, (first, second) in enumerate(pairwise(row)):
            starts = at == 0 or first.x0 - row[at - 1].x1 > 1.5 * first.size
            match = CAPTION.match(f"{first.text} {second.text}")
            if not (starts and match and first.text.lower() == "table"):
                continue
            rest = [second]
            for one, two in pairwise(row[at + 1 :]):
                if two.x0 - one.x1 > 1.5 * two.size:
                    break
                rest.append(two)
            if is_caption(" ".join(word.text for word in [first, *rest])):
                captions.append((f"Table {match[1]}", [first, *rest]))
    return captions


def _rules(page: Any) -> list[Rule]:
    """The horizontal rules of a page, pieces on one height joined."""
    pieces = sorted(
        (round(float(edge["top"])), float(edge["x0"]), float(edge["x1"]), float(edge["top"]))
        for edge in page.edges
        if edge["orientation"] == "h" and float(edge["x1"]) - float(edge["x0"]) > 2
    )
    rules: list[Rule] = []
    for _height, x0, x1, y in pieces:
        if rules and abs(rules[-1].y - y) < 1.5 and x0 <= rules[-1].x1 + 3:
            rules[-1] = Rule(rules[-1].x0, max(x1, rules[-1].x1), rules[-1].y)
        else:
            rules.append(Rule(x0, x1, y))
    return [rule for rule in rules if rule.x1 - rule.x0 > 60]


def _blocks(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules of one width below one another."""
    blocks: list[list[Rule]] = []
    for rule in rules:
        block = next((one for one in blocks if abs(one[0].x0 - rule.x0) < 6 and abs(one[0].x1 - rule.x1) < 6), None)
        if block is None:
            blocks.append([rule])
        else:
            block.append(rule)
    return [block for block in blocks if len(block) > 1]


def _table(page: Any, block: Sequence[Rule], words: Sequence[Word], label: str, caption: str) -> Table | None:
    columns = _ruled_columns(page, block)
    cells, heads = _grid(page, block) if columns else _blank_grid(block, words)
    if not _clear(cells, heads):
        return None
    header, body = body_and_header(cells, heads)
    return Table(label, caption, header, body)


def _ruled_columns(page: Any, block: Sequence[Rule]) -> bool:
    """Whether vertical rules divide the table."""
    top, bottom = block[0].y, block[-1].y
    inner = [
        float(edge["bottom"]) - float(edge["top"])
        for edge in page.edges
        if edge["orientation"] == "v"
        and block[0].x0 + 5 < float(edge["x0"]) < block[0].x1 - 5
        and float(edge["top"]) > top - 2
        and float(edge["bottom"]) < bottom + 2
    ]
    return sum(inner) > 0.6 * (bottom - top)


def _grid(page: Any, block: Sequence[Rule]) -> tuple[list[list[str]], int]:
    edge = block[0].x0 - 1, block[0].y - 1, block[0].x1 + 1, block[-1].y + 1
    tables = page.crop(edge, strict=False).extract_tables({"text_x_tolerance_ratio": 0.2})
    table: list[list[str | None]] = max(tables, key=len, default=[])
    return [[squeezed(cell or "") for cell in row] for row in table], 1


def _blank_grid(block: Sequence[Rule], words: Sequence[Word]) -> tuple[list[list[str]], int]:
    """Cells by blank strips: the header lies between the first two rules, or is the first row where there are two."""
    top, split, bottom = block[0].y, block[1].y, block[-1].y
    head = [word for word in words if word.bottom <= split + 1] if len(block) > 2 else []
    body = [word for word in words if word not in head and top - 1 <= word.top and word.bottom <= bottom + 1]
    if not head and body:
        first = rows_of(body)[0]
        head, body = list(first), [word for word in body if word not in first]
    lines = rows_of(body)
    if len(lines) < 2:
        return [], 1
    edges = _strips(lines, block[0].x0, block[0].x1)
    header = _header(head, body, edges)
    return [header, *(_cells(rows, edges) for rows in _grouped(lines, edges))], 1


def _header(head: Sequence[Word], body: Sequence[Word], edges: Sequence[float]) -> list[str]:
    """The header by column: a phrase stands over the column that it overlaps most, or over all that it spans."""
    columns: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    for word in body:
        columns[sum((word.x0 + word.x1) / 2 > edge for edge in edges)].append(word)
    extents = [(min(word.x0 for word in one), max(word.x1 for word in one)) if one else (0.0, 0.0) for one in columns]
    cells: list[list[str]] = [[] for _ in extents]
    for row in rows_of(head):
        phrases: list[list[Word]] = []
        for word in row:
            if phrases and word.x0 - phrases[-1][-1].x1 < 0.6 * word.size:
                phrases[-1].append(word)
            else:
                phrases.append([word])
        for phrase in phrases:
            left, right = phrase[0].x0, phrase[-1].x1
            shared = [min(right, end) - max(left, start) for start, end in extents]
            spanned = [at for at, (start, end) in enumerate(extents) if shared[at] > 0.9 * (end - start)]
            best = max(range(len(extents)), key=lambda at: shared[at])
            for at in spanned if len(spanned) > 1 else [best]:
                cells[at].append(" ".join(word.text for word in phrase))
    return [squeezed(" ".join(cell)) for cell in cells]


def _strips(lines: Sequence[Sequence[Word]], left: float, right: float) -> list[float]:
    """The middles of the strips that the lines of a table leave blank."""
    covered = Counter[int]()
    scale = 2
    for line in lines:
        covered.update({at for word in line for at in range(int(word.x0 * scale), int(word.x1 * scale) + 1)})
    allowed = len(lines) // 12
    edges, start = [], None
    for at in range(int(left * scale), int(right * scale) + 1):
        if covered[at] <= allowed:
            start = at if start is None else start
        else:
            if start is not None and (at - start) / scale >= STRIP and start > int(left * scale) + 12:
                edges.append((start + at) / 2 / scale)
            start = None
    return edges


def _cells(lines: Sequence[Sequence[Word]], edges: Sequence[float]) -> list[str]:
    """The texts of one row, by column."""
    cells: list[list[str]] = [[] for _ in range(len(edges) + 1)]
    for line in lines:
        largest = max(word.size for word in line)
        foot = max(word.bottom for word in line if word.size == largest)
        for word in (row_word for row in rows_of(line) for row_word in row if not is_raised(row_word, largest, foot)):
            cells[sum((word.x0 + word.x1) / 2 > edge for edge in edges)].append(word.text)
    return [squeezed(" ".join(cell)) for cell in cells]


def _grouped(lines: Sequence[Sequence[Word]], edges: Sequence[float]) -> list[list[Sequence[Word]]]:
    """Lines of one row together: rows stand farther apart than lines, or begin with a word in the first column."""
    gaps = [min(w.top for w in two) - max(w.bottom for w in one) for one, two in pairwise(lines)]
    first = [bool(line[0].x0 < (edges[0] if edges else 1e9)) for line in lines]
    apart = max(gaps) > min(gaps) + 2.5
    limit = (max(gaps) + min(gaps)) / 2
    groups: list[list[Sequence[Word]]] = []
    for at, line in enumerate(lines):
        new = at == 0 or (gaps[at - 1] > limit if apart else first[at])
        if new:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _clear(cells: Sequence[Sequence[str]], heads: int) -> bool:
    """Whether cells look like a table: columns and rows, and hardly any cell empty."""
    body = cells[heads:]
    if len(body) < 2 or len(cells[0]) < 2:
        return False
    filled = [[bool(cell.strip()) for cell in row] for row in body]
    return sum(row[0] for row in filled) > 0.8 * len(body) and sum(map(sum, filled)) > 0.6 * sum(map(len, filled))
