"""Tables and figures as blocks of Pandoc Markdown, in the form that the document stage takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from prismake.common.errors import stop
from prismake.common.escaping import escape, plain

NOT_IN_ATTRIBUTES = frozenset("\\`*_[]<>$^~|@#{}&!\"'")
ALIGNMENTS = {"left": ":---", "center": ":---:", "right": "---:", "decimal": ":---:"}
# Where a line of a cell ends; the document stage makes a line break of it.
LINE_END = "[]{.line}"


def cell_text(cell: str) -> str:
    """A cell on one line of a pipe table: bars escaped, the ends of its lines marked, blanks folded."""
    lines = [" ".join(line.split()) for line in re.sub(r"(?<!\\)\|", r"\\|", cell).split("\n")]
    return f" {LINE_END} ".join(line for line in lines if line)


def table_block(table: Mapping[str, Any]) -> str:
    """A table (results/tables/<id>.json) as Pandoc Markdown: a pipe table, its caption and its notes, in one div.

    Widths are relative; `.wide` asks for a landscape page, `header-columns` says how many hold the headers of the rows.
    Raises ValueError for a row that does not fit the columns, and BuildStop for a table without rows.
    """
    columns = table["columns"]
    if not table["rows"]:
        fix = "remove it from the manuscript, or fill it"
        raise stop("empty-table", "the table has no rows", where=f"table '{table['id']}'", fix=fix)
    for row in table["rows"]:
        if len(row) != len(columns):
            raise ValueError(f"table '{table['id']}': a row of {len(row)} cells for {len(columns)} columns")
    lines = [
        "| " + " | ".join(cell_text(column["header"]) for column in columns) + " |",
        "|" + "|".join(ALIGNMENTS[column.get("align", "left")] for column in columns) + "|",
        *("| " + " | ".join(cell_text(cell) for cell in row) + " |" for row in table["rows"]),
    ]
    notes = [f"**Notes:** {' '.join(table['notes'])}"] if table.get("notes") else []
    if table.get("abbreviations"):
        expanded = "; ".join(f"{escape(short)}, {escape(full)}" for short, full in table["abbreviations"])
        notes.append(f"**Abbreviations:** {expanded}.")
    widths = " ".join(f"{column.get('width', 1):g}" for column in columns)
    aligns = " ".join(column.get("align", "left")[0] for column in columns)
    wide = " .wide" if table.get("wide") else ""
    heads = f' header-columns="{table["header_columns"]}"' if table.get("header_columns") else ""
    block = [
        f'::: {{#tbl:{table["id"]} .table{wide} widths="{widths}" align="{aligns}"{heads}}}',
        *lines,
        "",
        f": {table['caption']}",
        "",
    ]
    if notes:
        block += ["::: notes", "\n\n".join(notes), ":::", ""]
    return "\n".join([*block, ":::"])


def figure_block(name: str, caption: str, file: str, alt: str) -> str:
    """A figure as Pandoc Markdown; its caption is Markdown, its alternative text plain."""
    # As entities, so that no mark in it pairs with one of the caption: `](` in a label would end the picture there.
    quoted = "".join(f"&#{ord(mark)};" if mark in NOT_IN_ATTRIBUTES else mark for mark in plain(alt))
    return f'![{caption}]({file}){{#fig:{name} alt="{quoted}"}}'
