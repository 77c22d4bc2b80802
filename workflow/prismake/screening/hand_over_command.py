"""`prismake hand-over`: notes which records have gone out to be screened, so that only new ones go out next time."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path

from prismake.common.errors import counted, nearest, stop
from prismake.common.places import RESULTS, SCHEMAS
from prismake.common.results.screening import WAITING
from prismake.common.tables import SEPARATORS, read_tables
from prismake.common.writing import guard_cell, write_text
from prismake.review.configuration import checked, load_config
from prismake.screening.handed_over import SCHEMA
from prismake.screening.marks import marked_ids
from prismake.screening.votes import day_of
from prismake.screening.waiting import ALL, NEW, PILOT

COLUMNS = ("record_id", "stage", "date", "to")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    parser.description = (
        "Note that the records waiting at a stage have gone out to be screened (to a tool, or to people as sheets). "
        "From the next build on, the files called new hold only records that came later."
    )
    parser.add_argument("stage", metavar="STAGE", help="id of the stage, as in config.yaml")
    parser.add_argument("--date", required=True, metavar="YYYY-MM-DD", help="the day of the hand-over")
    parser.add_argument("--to", default="", metavar="NAME", help="the tool or person that received them")
    parser.add_argument(
        "--batch", choices=(ALL, NEW, PILOT), default=ALL, help="which records went out (default: all that wait)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Adds the records of the batch to the review's table; those that it has already are left as they are."""
    config = checked(load_config(Path("config.yaml"), SCHEMAS), SCHEMAS)
    if day_of(arguments.date) is None:
        raise stop("date", f"'{arguments.date}' is not a valid date", where="--date", fix="write it as YYYY-MM-DD")
    stages = [stage["id"] for stage in config["screening"]["stages"]]
    if arguments.stage not in stages:
        raise stop("unknown-stage", f"unknown stage '{arguments.stage}'", fix=nearest(arguments.stage, stages))
    names = _handed_out(arguments.stage, arguments.batch)
    table = Path(config["screening"]["handed_over"])
    known = {(row["record_id"], row["stage"]) for row in read_tables(table, SCHEMA)} if table.is_file() else set()
    added = [name for name in names if (name, arguments.stage) not in known]
    if added:
        _append(table, [(name, arguments.stage, arguments.date, arguments.to) for name in added])
    before = f"; {counted(len(names) - len(added), 'record')} stood there already" if len(added) < len(names) else ""
    print(f"{counted(len(added), 'record')} noted as handed over in {table.as_posix()}{before}")
    return 0


def _handed_out(stage: str, batch: str) -> list[str]:
    """The ids of the records of a batch, from the file that every batch has."""
    waiting = WAITING.under(RESULTS)
    if not waiting.is_file():
        raise stop("no-batch", "nothing has been built to hand over", where=str(waiting), fix="build first: snakemake")
    rows = [row for row in WAITING.read(waiting) if row["stage"] == stage and row["batch"] == batch]
    folder = next((Path(row["folder"]) for row in rows if not row["reviewer"] and row["folder"]), None)
    files = sorted(folder.glob("*.ris")) if folder else []
    plain = [file for file in files if file.stem.endswith(("_records", "_reports_to_fetch"))]
    if not plain:
        message = f"no record of the batch '{batch}' waits at the stage '{stage}'"
        raise stop("no-batch", message, where=str(waiting), fix="build first, or choose another --batch")
    return marked_ids(line for file in plain for line in file.read_text(encoding="utf-8").splitlines())


def _append(table: Path, rows: Sequence[tuple[str, ...]]) -> None:
    """Adds the rows below those that are there, in the table's own columns."""
    text = table.read_text(encoding="utf-8-sig") if table.is_file() else ",".join(COLUMNS) + "\n"
    first = text.partition("\n")[0]
    # A spreadsheet program may have saved the table with another separator.
    mark = max(SEPARATORS, key=first.count)
    try:
        header = [name.strip() for name in next(csv.reader([first], delimiter=mark))]
    except csv.Error as fault:
        message, fix = f"not a well-formed CSV: {fault}", "correct its first line"
        raise stop("csv", message, where=f"{table.as_posix()}:1", fix=fix) from None
    lines = io.StringIO()
    writer = csv.DictWriter(lines, header, lineterminator="\n", extrasaction="ignore", delimiter=mark)
    for row in rows:
        writer.writerow({name: guard_cell(cell) for name, cell in zip(COLUMNS, row, strict=True)})
    write_text(table, text.rstrip("\n") + "\n" + lines.getvalue())
