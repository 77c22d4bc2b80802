"""Where the cells of the composed tables are written: the file, the row and the columns behind each."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.common.inference import row_schema
from prismake.common.writing import read_rows
from prismake.synthesis.checks import columns_of


def cell_name(table: str, row: int, column: int) -> str:
    """`tbl:technique, row 2, column 3`, counted from 1 below the header, which is row 0."""
    return f"{table}, {f'row {row}' if row else 'header'}, column {column + 1}"


def names_in(expression: str) -> list[str]:
    """The names and texts in the expression of a cell, in order: columns, parts and functions."""
    try:
        nodes = list(ast.walk(ast.parse(expression, mode="eval")))
    except SyntaxError:
        return []
    named = [
        (node.col_offset, node.id if isinstance(node, ast.Name) else str(node.value))
        for node in nodes
        if isinstance(node, ast.Name | ast.Constant)
    ]
    return list(dict.fromkeys(name for _, name in sorted(named)))


def _columns(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return f"column {quoted[0]}" if len(quoted) == 1 else f"columns {', '.join(quoted)}"


class Extraction:
    """The tables of the extraction as config.yaml names them."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        studies = settings.get("studies") or {}
        self._studies, self._codes = studies.get("table", ""), settings.get("codes", "")
        table, schema = Path(self._studies), Path(studies.get("schema", ""))
        self._columns = columns_of(row_schema(schema, table, "studies")) if schema.is_file() else {}
        self._parts = {name: part.get("table", "") for name, part in (settings.get("parts") or {}).items()}

    def place(self, study: str, expression: str) -> str:
        """What a person edits to change the cell that an expression gives for a study; empty where nothing is known."""
        names = names_in(expression)
        columns = [name for name in names if name in self._columns]
        places = []
        if columns:
            coded = any(self._columns[name]["coded"] for name in columns)
            words = f" (a code; its words are in {self._codes})" if coded else ""
            places.append(f"{self._studies}, row '{study}', {_columns(columns)}{words}")
        places += [f"{self._parts[name]}, the rows of '{study}'" for name in names if name in self._parts]
        return "; ".join(places)


def _studies_of(file: Path) -> list[str]:
    return [row.get("study_id", "") for row in read_rows(file)] if file.is_file() else []


def synthesis_cells(synthesis: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, str]]:
    """(name of a cell, what to edit) for the tables of the included studies; `folder` is results/tables."""
    extraction = Extraction(synthesis.get("extraction") or {})
    for name, table in (synthesis.get("tables") or {}).items():
        for row, study in enumerate(_studies_of(folder / f"{name}.csv"), start=1):
            for column, about in enumerate(table["columns"]):
                if place := extraction.place(study, str(about["cell"])):
                    yield cell_name(f"tbl:{name}", row, column), place


def appraisal_cells(name: str, appraisal: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, str]]:
    """(name of a cell, what to edit) for the answers in a table of the appraisal by its id."""
    file = folder / f"{name}.csv"
    for row, cells in enumerate(read_rows(file) if file.is_file() else [], start=1):
        study = cells.get("study_id", "")
        for column, about in enumerate(list(cells)[1:]):
            if about.startswith("item_"):
                item = about.removeprefix("item_")
                yield (
                    cell_name(f"tbl:{name}", row, column),
                    f"{appraisal.get('answers')}, study '{study}', item {item}, column 'answer'",
                )
            elif about == "overall" and appraisal.get("overall"):
                yield (
                    cell_name(f"tbl:{name}", row, column),
                    f"{appraisal['overall']}, row '{study}', column 'overall'",
                )
