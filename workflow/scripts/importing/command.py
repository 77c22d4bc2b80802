"""`prismake import`: reads exports outside a build and writes their records into one file."""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from prismake.common.errors import BuildStop, Issue
from prismake.common.records import COLUMNS
from prismake.common.writing import guard_cell, whole_file, write_json
from prismake.importing.import_export import of_search
from prismake.importing.reading import Export
from prismake.importing.record_files import as_table, batches, write_tables

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
    reports: list[dict[str, Any]] = []
    write = {".parquet": write_tables, ".csv": _write_csv, ".jsonl": _write_jsonl}[arguments.output.suffix]
    try:
        write(arguments.output, _tables(arguments.files, reports))
        if arguments.report:
            write_json(arguments.report, {"files": reports})
    except OSError as fault:
        sys.stderr.write(f"ERROR {fault.filename or arguments.output}: {fault.strerror or fault}\n")
        return 1
    return 1 if any("error" in report for report in reports) else 0


def _tables(files: list[Path], reports: list[dict[str, Any]]) -> Iterator[pa.Table]:
    """The records of each file that could be read to its end, and its report."""
    names = search_ids(files)
    for path, name in zip(files, names, strict=True):
        export = Export(path)
        try:
            search = {"id": name, "database": "", "kind": "database", "date": ""}
            tables = [
                as_table([_placed(record, path) for record in batch]) for batch in batches(of_search(export, search))
            ]
        except BuildStop as problem:
            reports.append({**export.report(), "parsed": 0, "error": problem.issues[0].message})
            _say(problem.issues[0])
            continue
        report = export.report()
        reports.append(report)
        sys.stdout.write(f"{report['path']}: {report['parsed']} records ({report['format']}, {report['encoding']})\n")
        for row in report["rejected"]:
            _say(Issue("rejected", row["reason"], f"{path}:{row['line']}", severity="warning"))
        for text in report["warnings"]:
            _say(Issue("export", text, str(path), severity="warning"))
        yield from tables


def _say(issue: Issue) -> None:
    sys.stderr.write(f"{issue.severity.upper()} {issue}\n")


def search_ids(files: Iterable[Path]) -> list[str]:
    """A search id for each file: its name without endings, as a slug; a repeat gets -2, -3."""
    found: list[str] = []
    for path in files:
        stem = re.sub(r"[^a-z0-9]+", "-", path.name.partition(".")[0].lower()).strip("-") or "export"
        name, number = stem, 1
        while name in found:
            number += 1
            name = f"{stem}-{number}"
        found.append(name)
    return found


# The form of an accession number -> the database that gives it.
_PLATFORMS = (
    (re.compile(r"^L\d+$"), "Embase"),
    (re.compile(r"^CN-\d+$"), "Cochrane CENTRAL"),
    (re.compile(r"^CD\d+$"), "Cochrane Database of Systematic Reviews"),
    (re.compile(r"^(?:WOS|MEDLINE|ZOOREC|BIOSIS|CCC|CABI|KJD|SCIELO):"), "Web of Science"),
    (re.compile(r"^2-s2\.0-"), "Scopus"),
    (re.compile(r"^pub\.\d+$"), "Dimensions"),
    (re.compile(r"^\d{3}(?:-\d{3}){3}-\d{2}[\dX]$"), "The Lens"),
    (re.compile(r"^NCT\d{8}$"), "ClinicalTrials.gov"),
    (re.compile(r"^W\d+$"), "OpenAlex"),
    (re.compile(r"^(?:EJ|ED)\d+$"), "ERIC"),
    (re.compile(r"^\d{4}-\d{5}-\d{3}$"), "APA PsycInfo"),
)


def _placed(record: dict[str, Any], path: Path) -> dict[str, Any]:
    """The record with the database that its accession number shows, or else the file's name."""
    accession = record.get("accession", "")
    if accession and accession == record.get("pmid"):
        record["database"] = "PubMed"
    else:
        known = (name for form, name in _PLATFORMS if form.match(accession))
        record["database"] = next(known, path.name.partition(".")[0])
    return record


def _write_csv(path: Path, tables: Iterable[pa.Table]) -> None:
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for table in tables:
            for row in table.to_pylist():
                writer.writerow([guard_cell(row[name]) for name in COLUMNS])


def _write_jsonl(path: Path, tables: Iterable[pa.Table]) -> None:
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for table in tables:
            for row in table.to_pylist():
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
