"""`prismake import`: reads exports outside a build and writes their records into one file."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from prismake.common.errors import BuildStop, Issue, counted
from prismake.common.machine import machine_fault
from prismake.common.records import COLUMNS
from prismake.common.writing import CsvLines, guard_cell, whole_file, write_json
from prismake.importing.cells import texts
from prismake.importing.databases import numbered_database
from prismake.importing.export import Export, ExportReport, Search, search_tables
from prismake.importing.record_files import write_tables

OUTPUTS = (".parquet", ".csv", ".jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.description = "Read search exports of any platform into one table of records."
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="an export, also gzipped or in a zip")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="RECORDS", help="the records: .parquet, .csv or .jsonl"
    )
    parser.add_argument(
        "--report", type=Path, metavar="REPORT.json", help="what was counted, read and rejected, per file"
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs the command. 0 where every file was read, 1 where one was refused; the others' records are written."""
    if arguments.output.suffix not in OUTPUTS:
        sys.stderr.write(f"ERROR --output {arguments.output}: the name must end in {', '.join(OUTPUTS)}\n")
        return 1
    write = {".parquet": write_tables, ".csv": _write_csv, ".jsonl": _write_jsonl}[arguments.output.suffix]
    refused: dict[Path, Refused] = {}
    try:
        while True:
            reports: list[ExportReport] = []
            try:
                write(arguments.output, _tables(arguments.files, reports, refused))
                break
            except _RefusedInside:
                continue
        if arguments.report:
            both = zip(arguments.files, reports, strict=True)
            write_json(arguments.report, {"files": [_as_json(path, report, refused) for path, report in both]})
    except OSError as fault:
        if machine_fault(fault):
            raise
        sys.stderr.write(f"ERROR {fault.filename or arguments.output}: {fault.strerror or fault}\n")
        return 1
    for path, report in zip(arguments.files, reports, strict=True):
        _print_report(path, report, refused[path].problem if path in refused else None)
    return 1 if refused else 0


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be taken: why, and what was counted of it."""

    problem: BuildStop
    report: ExportReport


def _as_json(path: Path, report: ExportReport, refused: Mapping[Path, Refused]) -> dict[str, Any]:
    error = {"error": refused[path].problem.issues[0].message} if path in refused else {}
    return {**report.as_json(), **error}


class _RefusedInside(Exception):
    """A file was refused after records of it had been written: everything is written again, without that file."""


def _tables(files: list[Path], reports: list[ExportReport], refused: dict[Path, Refused]) -> Iterator[pa.Table]:
    """The records of each file that can be read to its end. Fills `reports`, one a file, and `refused`."""
    for path, name in zip(files, search_ids(files), strict=True):
        if path in refused:
            reports.append(refused[path].report)
            continue
        export = Export(path)
        begun = False
        try:
            for table in search_tables(export, Search(name, "", "database", "")):
                yield _placed(table, path)
                begun = True
        except BuildStop as problem:
            refused[path] = Refused(problem, replace(export.report(), parsed=0))
            if begun:
                raise _RefusedInside from problem
        reports.append(refused[path].report if path in refused else export.report())


def _print_report(path: Path, report: ExportReport, refusal: BuildStop | None) -> None:
    """Prints what one file came to."""
    if refusal:
        _print_issue(refusal.issues[0])
        return
    sys.stdout.write(f"{report.path}: {counted(report.parsed, 'record')} ({report.format}, {report.encoding})\n")
    for row in report.rejected:
        _print_issue(Issue("rejected", row.reason, f"{path}:{row.line}", severity="warning"))
    for text in report.warnings:
        _print_issue(Issue("export", text, str(path), severity="warning"))


def _print_issue(issue: Issue) -> None:
    sys.stderr.write(f"{issue.severity.upper()} {issue}\n")


def search_ids(files: Iterable[Path]) -> list[str]:
    """A search id for each file: its name without endings, as a slug; a repeat gets -2, -3."""
    ids: list[str] = []
    for path in files:
        stem = re.sub(r"[^a-z0-9]+", "-", path.name.partition(".")[0].lower()).strip("-") or "export"
        name, number = stem, 1
        while name in ids:
            number += 1
            name = f"{stem}-{number}"
        ids.append(name)
    return ids


def _placed(table: pa.Table, path: Path) -> pa.Table:
    """The records with the database that their accession numbers show, or else the file's name."""
    name = path.name.partition(".")[0]
    numbers = zip(table.column("accession").to_pylist(), table.column("pmid").to_pylist(), strict=True)
    places = [numbered_database(accession, pmid) or name for accession, pmid in numbers]
    return table.set_column(table.column_names.index("database"), "database", texts(places))


def _write_csv(path: Path, tables: Iterable[pa.Table]) -> None:
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = CsvLines(file)
        writer.writerow(COLUMNS)
        for table in tables:
            for row in table.to_pylist():
                writer.writerow([guard_cell(row[name]) for name in COLUMNS])


def _write_jsonl(path: Path, tables: Iterable[pa.Table]) -> None:
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for table in tables:
            for row in table.to_pylist():
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
