"""`prismake diff`: what changed between two versions of a manuscript, as Word's tracked changes and as numbers."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from prismake.common.errors import counted, inert, stop
from prismake.common.results.manuscript import HTML
from prismake.common.writing import write_bytes, write_rows, write_text
from prismake.revision.builds import Version, version
from prismake.revision.compare import AUTHOR, compare
from prismake.revision.numbers import (
    COLUMNS,
    RECORD_COLUMNS,
    Change,
    as_markdown,
    changed_numbers,
    moved_records,
    read_build,
)
from prismake.web.changes import with_changes

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `prismake diff`."""
    either = "a .docx file, a git revision, or the folder of a built review"
    parser.add_argument("old", metavar="OLD", help=either)
    parser.add_argument("new", metavar="NEW", help=either)
    parser.add_argument("--output", type=Path, default=Path("results/revision/changes.docx"), metavar="FILE.docx")
    parser.add_argument("--author", default=AUTHOR, help=f"who made the changes (default: {AUTHOR})")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the changes' date (default: the new document's own)")
    parser.add_argument(
        "--code",
        choices=("own", "present"),
        default="own",
        help="build a revision with its own code or with the present code",
    )
    parser.add_argument("--old-results", type=Path, metavar="FOLDER", help="the results of OLD, if it is a .docx")
    parser.add_argument("--new-results", type=Path, metavar="FOLDER", help="the results of NEW, if it is a .docx")


def _page(results: Path) -> str | None:
    """The page of a build, if it has one."""
    page = HTML.under(results)
    return page.read_text(encoding="utf-8") if page.is_file() else None


def numbers(old: Version, new: Version, output: Path) -> list[Change] | None:
    """Writes the tables of changed numbers and moved records, and the page with what changed, beside the redline.

    Returns None if the results of either version are not available.
    """
    if not (old.results and new.results):
        return None
    before, after = read_build(old.results), read_build(new.results)
    changes, moved = changed_numbers(before, after), moved_records(before, after)
    write_rows(output.with_suffix(".numbers.csv"), COLUMNS, (vars(change) for change in changes))
    write_rows(output.with_suffix(".records.csv"), RECORD_COLUMNS, moved)
    write_text(output.with_suffix(".numbers.md"), as_markdown(changes, moved))
    if page := _page(new.results):
        write_text(output.with_suffix(".html"), with_changes(page, changes, _page(old.results)))
    return changes


def _change_lines(changes: Sequence[Change] | None) -> str:
    if changes is None:
        return (
            "Numbers that changed: not available, as a .docx file alone does not hold its values; give --old-results "
            "and --new-results, or two git revisions"
        )
    used = [change for change in changes if change.used]
    lines = [f"Numbers that changed: {len(used)} that the text uses, {counted(len(changes) - len(used), 'other')}"]
    lines += [f"  {change.value}: {change.old} → {change.new}  ({change.why})" for change in used[:SHOWN]]
    if len(used) > SHOWN:
        lines.append(f"  … and {len(used) - SHOWN} more")
    return "\n".join(lines)


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake diff`; raises BuildStop for a version that is not there or does not build."""
    if arguments.output.suffix.lower() != ".docx":
        raise stop("output", "is not the name of a Word file", where=str(arguments.output), fix="end it with .docx")
    if arguments.date and not DATE.fullmatch(arguments.date):
        raise stop("date", f"'{arguments.date}' is not a valid date", where="--date", fix="write it as YYYY-MM-DD")
    if "\x00" in arguments.author or not arguments.author.strip():
        raise stop("author", "is empty", where="--author", fix="name the author of the changes")
    with tempfile.TemporaryDirectory() as folder:
        scratch, here = Path(folder), Path.cwd()
        with (
            version(arguments.old, here, scratch / "old", arguments.code, arguments.old_results) as old,
            version(arguments.new, here, scratch / "new", arguments.code, arguments.new_results) as new,
        ):
            date = f"{arguments.date}T00:00:00Z" if arguments.date else None
            redline = compare(old.docx, new.docx, author=arguments.author, date=date)
            changes = numbers(old, new, arguments.output)
    write_bytes(arguments.output, redline.content)
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(redline.counts.items())) or "none"
    for given, number in zip((arguments.old, arguments.new), redline.accepted, strict=True):
        if number:
            print(inert(f"{given}: {counted(number, 'tracked change')} in it count as accepted"))
    print(f"Tracked changes: {counts}\n{inert(_change_lines(changes))}\nWritten: {arguments.output.as_posix()}")
    return 0
