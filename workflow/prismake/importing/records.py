"""Entries of an export as records of the record model: one by one, or a batch as a table."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pyarrow as pa

from prismake.importing.cells import numbers, repeated
from prismake.importing.characters import OddCharacters
from prismake.importing.entries import Batch, Entry, Fields, Format
from prismake.importing.record_files import as_table, record_table
from prismake.importing.registrations import is_registration, registrations_among


def as_record(entry: Entry, kind: Format, odd: OddCharacters, *, plain: bool = False) -> dict[str, Any]:
    """An entry in the record model: its columns, its raw fields, and whether it is a register's.

    `plain` says that neither its text nor a value made of it can hold an odd character.
    """
    fields = entry.fields if kind.literal else odd.out_of_fields(entry.fields, entry.line)
    record = kind.columns(fields)
    record["format"] = kind.name
    record["line"] = entry.line
    record["raw"] = as_json(fields, plain=plain)
    if not plain:
        odd.out_of_columns(record, entry.line)
    if is_registration(record):
        record["kind"] = "register"
        record["entrytype"] = "registration"
    return record


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def as_json(fields: Fields, *, plain: bool = False) -> str:
    """The fields as a JSON list of pairs.

    `plain` says that no value holds control characters but line feeds and tabs; the text can then be escaped in one
    go, which gives the same JSON several times faster.
    """
    if not plain or not fields:
        return _encode(fields)
    text = '"], ["'.join(map('", "'.join, fields))
    if text.count('"') > 4 * len(fields) - 2 or "\\" in text or "\t" in text:
        # Marks inside the values: joined by other marks first, so that these can be escaped.
        text = "\x1e".join(map("\x1f".join, fields))
        text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        text = text.replace("\x1f", '", "').replace("\x1e", '"], ["')
    if "\n" in text:
        text = text.replace("\n", "\\n")
    return f'[["{text}"]]'


def table_of(batch: Batch, kind: Format, records: list[dict[str, Any]], start: int, file: str) -> pa.Table:
    """A batch's records as a table of the record model; `records` are those that were read one by one."""
    parts = [as_table([{**record, "file": file} for record in records])]
    if batch.table is not None and batch.lines:
        others = [place for place, _ in batch.others]
        positions = start + numpy.delete(numpy.arange(len(batch.lines) + len(others)), others)
        columns = kind.fields.columns_of_many(batch.table)
        columns |= registrations_among(columns)
        columns["raw"] = batch.table.as_json()
        columns["format"] = repeated(kind.name, len(batch.lines))
        columns["file"] = repeated(file, len(batch.lines))
        columns["position"] = numbers(positions)
        columns["line"] = numbers(numpy.array(batch.lines))
        parts.append(record_table(columns, len(batch.lines)))
        if records:
            order = numpy.argsort(numpy.concatenate(([record["position"] for record in records], positions)))
            return pa.concat_tables(parts).take(numbers(order)).combine_chunks()
    return parts[-1]
