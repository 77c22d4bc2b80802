"""A value of the ledger followed back: what it counts, its computation, the cells or records behind it, its uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from prismake.audit.numerals import numerals
from prismake.audit.passages import Passage, passages_of
from prismake.audit.review import Review
from prismake.common.errors import BuildStop, counted, nearest, stop
from prismake.common.records import split_list
from prismake.common.results import manuscript, synthesis
from prismake.common.results.declaring import FOLDER
from prismake.common.values import Ledger, Value, ledger_of
from prismake.common.writing import read_rows
from prismake.manuscript.model import read_manuscript
from prismake.trace.build import Build

Origins = dict[str, Any]

# Records, and values of a group, that are shown; the others are counted.
SHOWN = 20
# How alike a sentence of the manuscript must be to the text that was asked for, in percent.
ALIKE = 70.0
# How long it must at least be, in relation to that text.
LEAST = 0.6
NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
EXPRESSION = re.compile(r"(?:\{\{)?\s*([A-Za-z_][\w.]*)\s*(?:\|[^{}]*)?(?:\}\})?")
_USE = ("file", "line", "expression", "printed")
_RECORD = ("record_id", "title", "author", "year", "reason")


def read_ledger(build: Build) -> Ledger:
    """The values of a build; none where it has no ledger."""
    path = build.path(synthesis.VALUES)
    return ledger_of(synthesis.VALUES.read(path), path.as_posix()) if path.is_file() else {}


def name_of(text: str, ledger: Ledger) -> str:
    """The name of the value, or group of values, that a text or expression names; empty where it names none."""
    match = EXPRESSION.fullmatch(text.strip())
    name = match[1].removesuffix(".value") if match else ""
    return name if name in ledger or any(key.startswith(f"{name}.") for key in ledger) else ""


def shown(value: Value) -> str:
    """A value as text: its number with what it counts, or its unit."""
    match value.value:
        case float():
            places = value.places if value.places is not None else 2
            text = f"{Decimal(str(value.value)):,.{places}f}"
        case int() if value.kind == "year":
            text = f"{value.value}"
        case int():
            text = f"{value.value:,}"
        case list() | tuple():
            text = ", ".join(str(item) for item in value.value)
        case _:
            text = str(value.value)
    one, many = value.nouns[0] if value.nouns else ("", "")
    if value.unit == "%":
        return f"{text}%"
    return f"{text} {value.unit or (one if value.value == 1 else many)}".rstrip()


def _part_cell(row: Mapping[str, Any], column: str) -> str:
    """A row of a table with several rows per study as one cell: its `column`, then the others."""
    others = [f"{key} {cell}" for key, cell in row.items() if key != column and cell is not None]
    return f"{row[column]}" + (f" ({', '.join(others)})" if others else "")


def _cells(value: Value, studies: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """The cells of the extraction behind a value: study, column, cell."""
    for study in studies:
        if value.studies and study["study_id"] not in value.studies:
            continue
        parts = study.get("parts", {})
        for column in value.columns:
            if study.get(column) is not None:
                cells = [str(study[column])]
            elif column in parts:
                cells = [_part_cell(row, next(iter(row))) for row in parts[column]]
            else:
                cells = [
                    _part_cell(row, column) for rows in parts.values() for row in rows if row.get(column) is not None
                ]
            for cell in cells:
                yield {"study": study["study_id"], "column": column, "cell": cell}


def _records(build: Build, path: str) -> dict[str, Any]:
    """The list of records behind a value: its file, its length and its first records."""
    file = build.results / path.removeprefix(f"{FOLDER}/")
    rows = read_rows(file) if path and file.is_file() else []
    first = [{key: row[key] for key in _RECORD if row.get(key)} for row in rows[:SHOWN]]
    return {"file": path, "n": len(rows), "first": first}


def origins(name: str, build: Build, ledger: Ledger) -> Origins:
    """What is behind a value, as data."""
    value = ledger[name]
    uses = build.rows(manuscript.VALUES_USED, (*_USE, "values"))
    studies = build.document(synthesis.STUDIES).get("studies", [])
    return {
        "name": name,
        "value": value.value,
        "shown": shown(value),
        "kind": value.kind,
        "unit": value.unit,
        "counts": [many for _, many in value.nouns],
        "how": value.how,
        "files": list(value.files),
        "columns": list(value.columns),
        "studies": list(value.studies),
        "cells": list(_cells(value, studies)) if value.columns else [],
        "records": _records(build, value.records),
        "uses": [{key: row[key] for key in _USE} for row in uses if name in split_list(row["values"])],
    }


def origins_named(name: str, build: Build, ledger: Ledger) -> list[Origins]:
    """What is behind a value, and behind each value of a group."""
    below = [key for key in ledger if key.startswith(f"{name}.") and not key.endswith(".value")]
    names = [name] if name in ledger else below
    return [origins(key, build, ledger) for key in names]


def unknown_value(name: str, ledger: Ledger, build: Build) -> Exception:
    """The fault that no value has a name."""
    where, names = build.path(synthesis.VALUES).as_posix(), list(ledger)
    return stop("unknown-value", f"no value is called '{name}'", where=where, fix=nearest(name, names))


def _passages(build: Build) -> list[Passage]:
    """The passages of the manuscript, and those of the cover letter where the review's config.yaml stands beside."""
    try:
        letter = Review(build.results).letter()
    except BuildStop:
        letter = []
    return [*passages_of(read_manuscript(build.path(manuscript.MODEL))), *letter]


def nearest_passage(text: str, build: Build) -> Passage | None:
    """The sentence, caption, note or cell of the manuscript or letter that is most like a text, if one is like it."""
    from rapidfuzz import fuzz, utils

    path, wanted = build.path(manuscript.MODEL), utils.default_process(text)
    best, nearest_one = ALIKE, None
    for passage in _passages(build) if path.is_file() else []:
        words = utils.default_process(passage.text)
        # A short title or cell lies somewhere in every long text.
        if len(words) >= LEAST * len(wanted):
            alike = max(fuzz.partial_ratio(wanted, words), fuzz.token_sort_ratio(wanted, words))
            if alike > best:
                best, nearest_one = alike, passage
    return nearest_one


def sentence_origins(passage: Passage, build: Build, ledger: Ledger) -> Origins:
    """What is behind the numbers of a sentence, as data: its values, and the numbers that its author typed."""
    names = dict.fromkeys(name for printed in passage.printed for name in printed.names if name in ledger)
    return {
        "file": passage.file,
        "line": passage.line,
        "sentence": passage.text.strip(),
        "citations": passage.keys,
        "values": [origins(name, build, ledger) for name in names],
        "computed": [
            {"printed": passage.text[one.start : one.end], "expression": one.expression}
            for one in passage.printed
            if not ledger.keys() & set(one.names) and numerals(passage.text[one.start : one.end])
        ],
        "typed": [number.text for number in numerals(passage.text) if not passage.value_at(number.start)],
    }


def as_text(about: Origins) -> str:
    """What is behind a value, for a person to read."""
    lines = [f"{about['name']}: {about['shown']}", f"  {about['how']}"]
    sources = [*about["files"], *(f"column {column}" for column in about["columns"])]
    if sources:
        lines.append(f"  from {', '.join(sources)}")
    if about["cells"]:
        lines += ["Cells", *(f"  {cell['study']}: {cell['column']} {cell['cell']}" for cell in about["cells"])]
    elif about["studies"]:
        lines += ["Studies", f"  {', '.join(about['studies'])}"]
    records = about["records"]
    if records["n"]:
        lines.append(f"Records ({counted(records['n'], 'row')} of {records['file']})")
        for record in records["first"]:
            further = [record[key] for key in ("year", "reason") if key in record]
            title = record.get("title", "").rstrip(".")
            lines.append(f"  {record['record_id']}: {'; '.join([title, *further])}")
        if records["n"] > SHOWN:
            lines.append(f"  and {records['n'] - SHOWN} more")
    lines.append("In the manuscript")
    lines += [f"  {use['file']}:{use['line']}: {use['printed']} ({use['expression']})" for use in about["uses"]]
    if not about["uses"]:
        lines.append("  the text does not use it")
    return "\n".join(lines)


def group_as_text(name: str, members: Sequence[Origins]) -> str:
    """The values of a group, each in a line."""
    lines = [f"  {one['name']}: {one['shown']} ({one['how']})" for one in members[:SHOWN]]
    if len(members) > SHOWN:
        lines.append(f"  and {len(members) - SHOWN} more")
    return "\n".join([f"{name}: {counted(len(members), 'value')}", *lines])


def sentence_as_text(about: Origins) -> str:
    """What is behind the numbers of a sentence, for a person to read."""
    place = f"{about['file']}:{about['line']}" if about["line"] else about["file"]
    lines = [f"{place}: {about['sentence']}"]
    if about["citations"]:
        lines.append(f"  cites {', '.join(about['citations'])}")
    if about["typed"]:
        lines.append(f"  typed by its author: {', '.join(about['typed'])}")
    for one in about["computed"]:
        lines.append(f"  {one['printed']} ({one['expression']}): computed in the text, not in results/values.json")
    if not about["values"] and not about["computed"]:
        lines.append("  no value prints a number in it")
    return "\n\n".join(["\n".join(lines), *map(as_text, about["values"])])
