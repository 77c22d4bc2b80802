"""`prismake revman`: data rows of a Cochrane data package into tables of outcomes and arms, and back."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path

from prismake.common.errors import BuildStop, Issue, counted, stop
from prismake.common.places import RESULTS
from prismake.common.reading import read_text
from prismake.common.results.synthesis import META
from prismake.common.writing import write_rows
from prismake.synthesis import revman


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake revman`."""
    parser.add_argument("rows", type=Path, nargs="?", metavar="DATA-ROWS", help="a file …-data-rows.csv to read")
    parser.add_argument("--settings", type=Path, help="the file …-overall-estimates-and-settings.csv beside it")
    parser.add_argument("--output", type=Path, default=Path(), metavar="FOLDER", help="where the tables are written")
    parser.add_argument("--write", type=Path, metavar="FILE", help="writes data rows from the last build instead")


def _read(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV of RevMan. Raises BuildStop where columns are missing or a figure is not a number."""
    if not path.is_file():
        raise stop("missing-file", "the file does not exist", where=path.as_posix(), fix="correct its path")
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path).removeprefix("\ufeff"))))
    except csv.Error as fault:
        message = f"not a well-formed CSV: {fault}"
        raise stop("csv", message, where=path.as_posix(), fix="download the data package again") from None
    header = list(rows[0]) if rows else []
    if missing := [name for name in needed if name not in header]:
        message = f"the column '{missing[0]}' is missing"
        fix = "name a file …-data-rows.csv of a Cochrane data package" if needed == revman.NEEDED else "name another"
        raise stop("missing-column", message, where=path.as_posix(), fix=fix)
    return [{name: (cell or "").strip() for name, cell in row.items() if name} for row in rows]


def _numbers(rows: Sequence[dict[str, str]], path: Path) -> None:
    figures = [f"{side} {name}" for side in revman.SIDES.values() for name in revman.ARM.values()]
    figures += [revman.MEAN, revman.SE, revman.OBSERVED, revman.VARIANCE]
    issues = [
        Issue("cell", f"'{row[name]}' is not a number", f"{path.as_posix()}:{line}, column '{name}'", "correct it")
        for line, row in enumerate(rows, start=2)
        for name in figures
        if row.get(name) and not revman.is_number(row[name])
    ]
    if issues:
        raise BuildStop(issues)


def read_data_rows(path: Path, settings: Path | None, folder: Path) -> list[Path]:
    """Writes outcomes.csv and arms.csv into a folder where neither is; the files. Raises BuildStop."""
    targets = [folder / name for name in ("outcomes.csv", "arms.csv")]
    for target in targets:
        if target.exists():
            raise stop("file-there", "is there already", where=target.as_posix(), fix="name another folder: --output")
    rows = _read(path, revman.NEEDED)
    _numbers(rows, path)
    about = _read(settings, (revman.GROUP, revman.NUMBER, revman.LOG_SCALE)) if settings else []
    effects = revman.outcome_rows(rows, about, path.as_posix())
    used = [name for name in revman.OUTCOME_COLUMNS if any(row.get(name) for row in effects)]
    write_rows(targets[0], used, ({name: row.get(name, "") for name in used} for row in effects))
    arms = [{**one, "arm": arm, "intervention": arm} for one in revman.study_rows(rows) for arm in revman.SIDES]
    write_rows(targets[1], (*revman.STUDY_COLUMNS, "arm", "intervention"), arms)
    return targets


def write_data_rows(path: Path, results: Path = RESULTS) -> list[str]:
    """Writes the data rows of the last build; the analyses that have no place in them. Raises BuildStop."""
    meta = META.under(results)
    if not meta.is_file():
        fix = "add one with `prismake add meta`, and build"
        raise stop("no-build", "the build has no meta-analysis", where=meta.as_posix(), fix=fix)
    document = META.read(meta)
    write_rows(path, revman.COLUMNS, revman.data_rows(document))
    return revman.left_out(document)


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake revman`. Raises BuildStop, and writes nothing, for a file that cannot be read."""
    if arguments.write:
        left = write_data_rows(arguments.write)
        print(f"{arguments.write}: the data rows of the last build")
        if left:
            print(f"of one arm, and not in it: {', '.join(left)}")
    elif arguments.rows:
        for path in read_data_rows(arguments.rows, arguments.settings, arguments.output):
            print(path)
        print(
            f"the ids of {counted(len(set(_ids(arguments.output))), 'study', 'studies')} are made of their names: "
            "give them those of your table of studies"
        )
    else:
        raise stop("no-file", "no file is named", where="prismake revman", fix="name data rows, or --write FILE")
    return 0


def _ids(folder: Path) -> list[str]:
    return [row["study_id"] for row in csv.DictReader(io.StringIO(read_text(folder / "outcomes.csv")))]
