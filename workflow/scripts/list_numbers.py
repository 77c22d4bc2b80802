"""Step: every number of the Word document in order, with what is behind it."""

from pathlib import Path
from typing import Any

from prismake.common.records import SEPARATOR
from prismake.common.results.audit import NUMBERS
from prismake.common.writing import write_text
from prismake.trace.background import Sources, background_of
from prismake.trace.document_lines import lines_of
from prismake.trace.numbers import SHOWN, Number, numbers_of
from prismake.trace.numbers_page import page_of


def _row(position: int, number: Number) -> dict[str, Any]:
    return {
        "position": position,
        "section": number.section,
        "before": number.before,
        "number": number.text,
        "after": number.after,
        "source": number.source,
        "place": number.place,
        "expression": number.expression,
        "values": SEPARATOR.join(number.values),
        "study": number.study,
        "column": number.column,
        "how": number.how,
        "files": SEPARATOR.join(number.files),
        "columns": SEPARATOR.join(number.columns),
        "ids": SEPARATOR.join(number.ids[:SHOWN]),
        "further": max(0, len(number.ids) - SHOWN),
    }


def list_numbers(
    *, docx: Path, sources: Sources, csv: Path, page: Path, expressions: dict[str, dict[str, str]]
) -> None:
    """Writes the numbers of the Word document as a table and as a page.

    `expressions` gives for each table of the build the expression of each column's cells.
    """
    background = background_of(sources, expressions)
    numbers = numbers_of(lines_of(docx.read_bytes()), background)
    NUMBERS.write(csv, (_row(position, number) for position, number in enumerate(numbers, start=1)))
    write_text(page, page_of(numbers, next(iter(background.head), "")))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(list_numbers, globals()["snakemake"])
