"""`prismake merge`: a co-author's Word file with tracked changes and comments, back into the sources."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path
from typing import Any

from prismake.common.defaults import with_defaults
from prismake.common.errors import BuildStop, Issue, counted, inert, stop
from prismake.common.limits import TooMuch, memory_bound, time_bound
from prismake.common.places import SCHEMAS
from prismake.common.writing import write_json, write_rows, write_text, write_together
from prismake.common.yaml_files import house_yaml, load_yaml
from prismake.review.appraisal_tables import appraisal_tables
from prismake.review.configuration import filled
from prismake.review.printed_tables import grade_tables
from prismake.revision.cells import appraisal_cells, synthesis_cells
from prismake.revision.finding import read_sources
from prismake.revision.merging import ORDER, Merge, as_json, merge, patch_of, stale
from prismake.revision.package import read_package

CONFIG_SCHEMA = SCHEMAS / "config.schema.yaml"
BASE = Path("results/manuscript/manuscript.docx")
OUTPUT = Path("results/revision/merge")
COMMENT_COLUMNS = ("number", "author", "date", "where", "words", "text", "resolved", "reply_to")
EDIT_COLUMNS = ("outcome", "where", "old", "new", "reason", "fix")
SHOWN = 30
# Seconds of the processor and bytes that a file which came in may take; a manuscript of thirty pages takes two seconds.
LONGEST = 300.0
LARGEST = 2 << 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake merge`."""
    parser.add_argument("edited", type=Path, metavar="EDITED.docx", help="the file that the co-author returned")
    parser.add_argument(
        "--base", type=Path, default=BASE, metavar="FILE.docx", help=f"the file that was sent (default: {BASE})"
    )
    parser.add_argument(
        "--map", type=Path, metavar="FILE.json", help="the manuscript.json of the base (default: beside it)"
    )
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FOLDER", help=f"(default: {OUTPUT})")
    parser.add_argument("--write", action="store_true", help="change the sources instead of only writing the patch")


def _settings(config: Path) -> Any:
    """The settings with their defaults and every table written out; none if the file is not there.

    Where a workbook is missing, its cells have no place to edit, and everything else has its own.
    """
    schema, settings = house_yaml(CONFIG_SCHEMA), load_yaml(config) or {} if config.is_file() else {}
    try:
        return filled(settings, schema) if settings else {}
    except BuildStop:
        missing = isinstance((settings.get("synthesis") or {}).get("extraction"), str)
        rest = {key: block for key, block in settings.items() if not (missing and key == "synthesis")}
        return with_defaults(rest, schema)


def data_files(config: Path, tables_made: Path) -> dict[str, str]:
    """What to edit for each table (`tbl:id`) and each cell of it (`cell_name`), as config.yaml names the files.

    `tables_made` is the folder results/tables of the document that was sent. Empty without a config.yaml.
    """
    settings: Any = _settings(config)
    synthesis, appraisal = settings.get("synthesis") or {}, settings.get("appraisal") or {}
    extraction = synthesis.get("extraction") or {}
    files = [(extraction.get("studies") or {}).get("table")]
    files += [part.get("table") for part in (extraction.get("parts") or {}).values()]
    named = " or ".join(str(file) for file in files if file)
    tables = synthesis.get("tables") or {}
    sources = {
        f"tbl:{name}": f"{named} (cells), config.yaml synthesis.tables.{name} (caption, headers)" for name in tables
    }
    matrices = appraisal_tables(settings)
    for own in matrices:
        answers = appraisal.get("answers", "the appraisal's answers")
        sources[f"tbl:{own}"] = f"{answers} (cells), config.yaml appraisal.table (caption, headers)"
    for own in grade_tables(settings):
        judged = synthesis["grade"].get("judgements", "the GRADE judgements")
        sources[f"tbl:{own}"] = f"{judged} (judgements), config.yaml synthesis.grade (captions)"
    return {
        **sources,
        **dict(synthesis_cells(synthesis, tables_made)),
        **{name: place for own in matrices for name, place in appraisal_cells(own, appraisal, tables_made)},
    }


def bibliography(config: Path) -> str:
    """The file of the references, as config.yaml names it."""
    settings: Any = _settings(config)
    return str((settings.get("manuscript") or {}).get("bibliography", "the bibliography"))


def prefix_in_repository() -> str:
    """The path of this folder in its git repository, so that `git apply` finds the files; empty outside one."""
    try:
        done = subprocess.run(["git", "rev-parse", "--show-prefix"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if not done.returncode else ""


def write_sources(result: Merge) -> None:
    """Changes the sources. Raises BuildStop, without changing any, if one has changed since the build."""
    if old := stale(result.files):
        fix = "git apply --3way the patch, or check out the version that was sent"
        raise BuildStop(
            Issue("changed-since", "the source has changed since the document was built", file, fix) for file in old
        )
    contents = {}
    for file, (_, new) in result.files.items():
        ends = "\r\n" if b"\r\n" in Path(file).read_bytes() else "\n"
        contents[Path(file)] = new.replace("\n", ends).encode()
    write_together(contents)


def summary(report: dict[str, Any], patch: Path, files: int) -> str:
    """The report for the screen."""
    counts, edits = report["accounting"], report["edits"]
    lines = [
        f"Tracked changes: {counts['revisions']} ({', '.join(f'{counts[name]} {name}' for name in ORDER)})",
        f"Edits: {', '.join(f'{len(edits[name])} {name}' for name in ORDER)}; comments: {counts['comments']}",
    ]
    for name in ("refused", "unplaced"):
        for edit in edits[name][:SHOWN]:
            lines.append(f"  {name} {edit['where']}: '{edit['old']}' → '{edit['new']}': {edit['reason']}")
            lines.append(f"    -> {edit['fix']}")
        lines += [
            f"  {name} {mark['part']}: {mark['kind']} by {mark['author']}: '{mark['text'][:60]}': {mark['reason']}"
            for mark in report["revisions"][name][:SHOWN]
            if not any(mark["number"] in edit["revisions"] for edit in edits[name])
        ]
    lines += [
        f"  note {edit['where']}: {note}" for edit in edits["patched"] for note in edit["notes"] if note != "moved"
    ]
    for comment in report["comments"][:SHOWN]:
        lines.append(f"  comment {comment['where']} by {comment['author']} on '{comment['words']}': {comment['text']}")
    lines.append(f"Patch: {patch.as_posix()} ({counted(files, 'file')})" if files else "No source changes.")
    return "\n".join(lines)


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake merge`; raises BuildStop for a file that is not a Word document, or if its build is missing."""
    config = Path("config.yaml")
    written = read_sources(arguments.map or arguments.base.with_name("manuscript.json"))
    tables_made = arguments.base.parent.parent / "tables"
    sent, edited = read_package(arguments.base), read_package(arguments.edited)
    try:
        with time_bound(LONGEST), memory_bound(LARGEST):
            result = merge(sent, edited, written, data_files(config, tables_made), bibliography(config))
    except TooMuch as fault:
        raise stop("too-much", f"{fault}", where=str(arguments.edited), fix="check that it is the right file") from None
    report = as_json(result, written.units)
    output: Path = arguments.output
    patch = output / "changes.patch"
    write_text(patch, patch_of(result.files, prefix_in_repository()))
    write_json(output / "merge.json", report)
    write_rows(output / "comments.csv", COMMENT_COLUMNS, report["comments"])
    write_rows(
        output / "edits.csv",
        EDIT_COLUMNS,
        (
            {"outcome": name, **{column: edit[column] for column in EDIT_COLUMNS[1:]}}
            for name in ORDER
            for edit in report["edits"][name]
        ),
    )
    print(inert(summary(report, patch, len(result.files))))
    if arguments.write:
        write_sources(result)
        print(f"Changed: {', '.join(sorted(result.files)) or 'nothing'}")
    return 0
