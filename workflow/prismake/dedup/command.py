"""`prismake dedup`: the matcher outside a build."""

from __future__ import annotations

import argparse
import csv
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from prismake.common.arrow import places, whole
from prismake.common.cluster_map import ClusterMap
from prismake.common.errors import counted, nearest, stop
from prismake.common.matching import COLUMNS as IDENTIFYING
from prismake.common.processors import processors
from prismake.common.progress import CLEAR, begin_step
from prismake.common.results.records import LINKS, MERGES
from prismake.common.steps import log
from prismake.common.writing import write_rows
from prismake.dedup import decisions as decided
from prismake.dedup.features import COLUMNS, Integers
from prismake.dedup.matching import match
from prismake.dedup.record_ids import check_ids, id_rank
from prismake.dedup.tables import link_rows, merge_tables, review_columns, review_rows

# Bytes that one row of a CSV may have.
LONGEST_ROW = 1 << 26
SHOWN_IN_REVIEW = ("record_id", "title", "author", "year", "journal", "volume", "pages", "doi", "pmid", "database")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of `prismake dedup`."""
    parser.add_argument(
        "records", type=Path, metavar="RECORDS", help=".csv, .parquet or .jsonl with one record per row"
    )
    parser.add_argument(
        "--output", type=Path, required=True, metavar="CLUSTERS.csv", help="id and cluster of each record"
    )
    parser.add_argument("--review", type=Path, metavar="TO_REVIEW.csv", help="pairs for a person to decide")
    parser.add_argument("--explain", type=Path, metavar="MERGES.csv", help="rule, evidence and score of each merge")
    parser.add_argument("--links", type=Path, metavar="LINKS.csv", help="preprints and their articles")
    parser.add_argument(
        "--decisions", type=Path, metavar="DECISIONS.csv", help="record_a, record_b, decision (same, different)"
    )
    parser.add_argument("--workers", type=int, default=processors(), help="processes (default: all cores)")


def read_input(path: Path) -> pa.Table:
    """Reads a table of records: columns as in the benchmark (`id`, `title`, …) or in the record model (`record_id`).

    Raises BuildStop for a file that is missing, is not such a table, or has no column of ids or titles.
    """
    if not path.exists():
        raise stop("missing-file", "the file does not exist", where=str(path))
    try:
        table = _read(path)
    except (ValueError, csv.Error, pa.ArrowException, OSError) as fault:
        raise stop(
            "not-a-table",
            f"cannot be read as a table of records: {str(fault).splitlines()[0][:200]}",
            where=str(path),
            fix="give a UTF-8 .csv with a header, a .parquet or a .jsonl file",
        ) from None
    table = _in_lower_case(table)
    names = table.column_names
    if "record_id" not in names and "id" in names:
        table = table.rename_columns(["record_id" if name == "id" else name for name in names])
    for needed in ("record_id", "title"):
        if needed not in table.column_names:
            raise stop("missing-column", f"there is no column '{needed}'", where=str(path), fix=nearest(needed, names))
    columns = [name for name in dict.fromkeys((*COLUMNS, *SHOWN_IN_REVIEW)) if name in table.column_names]
    texts = [pa.compute.fill_null(table[name].cast(pa.large_string()), "").combine_chunks() for name in columns]
    return pa.table(dict(zip(columns, texts, strict=True)))


def _in_lower_case(table: pa.Table) -> pa.Table:
    """The table with its columns' names in lower case, where no two become one."""
    names = [name.strip().lower() for name in table.column_names]
    return table.rename_columns(names) if len(set(names)) == len(names) else table


def _read(path: Path) -> pa.Table:
    if path.suffix == ".parquet":
        return pa.parquet.read_table(path)
    if path.suffix in {".jsonl", ".ndjson", ".json"}:
        return _read_lines(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
    # A spreadsheet of some countries parts cells by semicolons.
    delimiter = max(",;\t", key=lambda mark: len(wanted_columns(_header(first, mark))))
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file, delimiter=delimiter), [])
    wanted = wanted_columns(header)
    names = [name.strip().lower() for name in wanted]
    if twice := [name for name in header if name in wanted and names.count(name.strip().lower()) > 1]:
        raise ValueError(f"the column '{twice[0]}' occurs twice")
    if twice := [name for name in wanted if header.count(name) > 1]:
        raise ValueError(f"the column '{twice[0]}' occurs twice")
    return pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(block_size=LONGEST_ROW),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(header, pa.large_string()),
            strings_can_be_null=False,
        ),
    )


def _header(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def wanted_columns(header: list[str]) -> list[str]:
    """The columns that are read, in any case, as the table names them; of `id` and `record_id` the latter."""
    known = [name.strip().lower() for name in header]
    ids = ["id"] if "record_id" not in known else []
    needed = dict.fromkeys((*ids, *COLUMNS, *SHOWN_IN_REVIEW))
    return list(dict.fromkeys(name for column in needed for name in header if name.strip().lower() == column))


def _read_lines(path: Path) -> pa.Table:
    """One JSON object per line; numbers become text, what an object lacks is empty."""
    with path.open(encoding="utf-8") as file:
        records = [_object(line, f"{path}:{number}") for number, line in enumerate(file, start=1) if line.strip()]
    names = list(dict.fromkeys(name for record in records for name in record))
    return pa.table(
        {name: pa.array([_text(record.get(name)) for record in records], pa.large_string()) for name in names}
    )


def _object(line: str, where: str) -> dict[str, object]:
    """The record of one line. Raises BuildStop if the line is not one JSON object."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        fix = 'write each record on a line of its own, as {"id": "a:1", "title": "…"}'
        raise stop("not-a-table", "the line is not one record in JSON", where=where, fix=fix)
    return record


def _text(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


@contextmanager
def _logged() -> Iterator[None]:
    """Shows how far the work has come: in one line of a terminal, elsewhere as plain lines on the error output."""
    handler = logging.StreamHandler()
    if terminal := sys.stderr.isatty():
        handler.setFormatter(logging.Formatter(f"{CLEAR}%(message)s"))
        handler.terminator = ""
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    begin_step()
    try:
        yield
    finally:
        log.removeHandler(handler)
        if terminal:
            print(CLEAR, end="", file=sys.stderr, flush=True)


def _identifying(table: pa.Table) -> list[dict[str, str]]:
    """What can identify a record, as far as the table has it."""
    rows: list[dict[str, str]] = table.select([name for name in IDENTIFYING if name in table.column_names]).to_pylist()
    return rows


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake dedup`; raises BuildStop for input that cannot be read."""
    with _logged():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    table = read_input(arguments.records)
    ids = whole(table["record_id"])
    rank = id_rank(ids)
    check_ids(ids, rank, arguments.records)
    names = ids.to_pylist()
    load = partial(_identifying, table)
    known = (
        decided.read_decisions(arguments.decisions, ClusterMap(ids, ids), load)
        if arguments.decisions
        else decided.NO_DECISIONS
    )
    matching = match(table, decisions=known, workers=arguments.workers)
    survivor = matching.survivor
    write_rows(
        arguments.output,
        ("id", "cluster"),
        ({"id": record_id, "cluster": names[best]} for record_id, best in zip(names, survivor.tolist(), strict=True)),
    )

    def fetch(rows: Integers) -> pa.Table:
        return table.take(places(rows))

    if arguments.review:
        write_rows(arguments.review, review_columns(table), review_rows(matching, fetch))
    if arguments.explain:
        MERGES.write_tables(arguments.explain, merge_tables(matching, ids, rank))
    if arguments.links:
        LINKS.write(arguments.links, link_rows(matching, fetch))
    works = len(set(survivor.tolist()))
    more = f" ({matching.omitted} more left out)" if matching.omitted else ""
    print(
        f"{counted(len(ids), 'record')}, {counted(works, 'work')}, {counted(len(ids) - works, 'duplicate')}, "
        f"{counted(len(matching.questions), 'pair')} to review{more}"
    )
    if matching.running:
        print("ignored: issues that are running numbers, as no two records share one")
    return 0
