"""Starts a review: a folder with the exports in their place and a configuration that builds, as a draft."""

from __future__ import annotations

import argparse
import datetime
import re
import shlex
import shutil
import sys
import unicodedata
from pathlib import Path

import yaml

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.writing import write_text

CONFIG = """\
# The settings of this review. An unknown key stops the build; docs/config.md of Prismake describes every key.
# Paths are seen from this folder.

review:
  # true while screening goes on: undecided records are counted as pending instead of stopping the build.
  draft: true

# Write each database's name as it should be printed, and give each search the id that you want before you decide on
# records: their ids begin with it. Under `hits` goes what the database reported: another number stops the build.
# Exports in batches of one search belong together, as several `files` of one entry.
searches:
{searches}
deduplication:
  decisions: data/dedup/decisions.csv

# The eligibility filter: stages in order. Give your own reasons: code, then the text as printed.
screening:
  decisions: data/screening/decisions.csv
  stages:
    - id: abstract
      label: Titles and abstracts screened
      reasons:
        off_topic: Not about the question of this review
    - id: fulltext
      label: Full texts assessed for eligibility
      reasons:
        other_design: Another study design
        no_outcome: Outcome of interest not reported
"""
TABLES = {
    "data/screening/decisions.csv": "record_id,stage,decision,reason,note\n",
    "data/dedup/decisions.csv": "record_a,record_b,decision,note\n",
}


def slug(name: str) -> str:
    """A short name in lower case from a file's name: `Web of Science (1).ris` gives `web-of-science-1`."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "search"


def new_review(folder: Path, exports: list[Path], date: str) -> list[Path]:
    """Makes the folder of a review from its exports; the files written.

    Raises BuildStop where the folder holds something already, the date is none, an export is not there, or two have
    one name.
    """
    if folder.exists() and any(folder.iterdir()):
        raise stop("not-empty", "the folder is not empty", where=str(folder), fix="name a new folder")
    issues = []
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        issues.append(Issue("date", f"'{date}' is no day of the calendar", "--date", "write it as YYYY-MM-DD"))
    issues += [Issue("missing-file", "the export does not exist", str(path)) for path in exports if not path.is_file()]
    names = [slug(path.stem) for path in exports]
    issues += [
        Issue("name-twice", f"two exports would be named '{name}'", fix="rename one of the files")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if issues:
        raise BuildStop(issues)
    entries = []
    for name, export in zip(names, exports, strict=True):
        target = Path("data") / "searches" / export.name
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(export, folder / target)
        entry = {"id": name, "database": export.stem, "kind": "database", "date": date, "files": [target.as_posix()]}
        entries.append(entry)
    listed = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=1000)
    tables = {**TABLES, "config.yaml": CONFIG.format(searches="".join(f"  {line}\n" for line in listed.splitlines()))}
    for file, text in tables.items():
        write_text(folder / file, text)
    return [folder / file for file in tables]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake new`."""
    parser.add_argument("folder", type=Path, help="the review's folder, to be made")
    parser.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help="a search export, one a database")
    parser.add_argument("--date", required=True, help="when the databases were searched, YYYY-MM-DD")


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake new`."""
    new_review(arguments.folder, arguments.exports, arguments.date)
    place = shlex.quote(str(arguments.folder))
    print(f"Made {place}. Look at its config.yaml, then: snakemake --directory {place}", file=sys.stderr)
    return 0
