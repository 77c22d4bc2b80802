"""Starts a review: a folder with the exports in their place and a configuration that builds, as a draft."""

from __future__ import annotations

import argparse
import datetime
import json
import re
import shlex
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Any

import yaml

from prismake import ENGINE, __version__
from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.places import SCHEMAS
from prismake.common.validation import house_schema
from prismake.common.writing import write_text
from prismake.importing.databases import REGISTERS, common_database, named_database
from prismake.importing.export import Export
from prismake.review.setting_checks import refused_part
from prismake.review.start import SNAKEFILE

CONFIG = """\
# yaml-language-server: $schema={schema}
# The settings of this review. An unknown key stops the build; docs/config.md of Prismake describes every key.
# Paths start in this folder.

review:
  # true while screening goes on: undecided records are counted as pending instead of stopping the build.
  draft: true
  # The version of Prismake that this review is built with. A build with another version warns.
  engine: "{version}"

# `database` is the name as printed. Record ids begin with the `id` of their search, so choose the ids before you decide
# on records. Add `hits: 181` where the database reported a number: an import that differs then stops the build.
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
# What editors read to complete and check config.yaml.
SCHEMA = "config.schema.json"
PROFILE = "profiles/default/config.yaml"
FILES = {
    "Snakefile": SNAKEFILE,
    ".gitignore": ".snakemake/\nresults/\n",
    "data/screening/decisions.csv": "record_id,stage,decision,reason,note\n",
    "data/dedup/decisions.csv": "record_a,record_b,decision,note\n",
}


def slug(name: str) -> str:
    """A short name in lower case from a file's name: `Web of Science (1).ris` gives `web-of-science-1`."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "search"


def new_review(folder: Path, exports: list[Path], date: str) -> None:
    """Makes the folder of a review from its exports.

    Raises BuildStop, and makes nothing, where the folder is not empty, the date is not valid, an export cannot be read
    or contains no record, or two exports would get one name.
    """
    if folder.exists() and any(folder.iterdir()):
        raise stop("not-empty", "the folder is not empty", where=str(folder), fix="name a new folder")
    issues: list[Issue] = []
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        issues.append(Issue("date", f"'{date}' is not a valid date", "--date", "write it as YYYY-MM-DD"))
    refused = {path: part for path in exports if (part := refused_part(path.name))}
    issues += [
        Issue(
            "file-name",
            f"the name contains {part!r}, which Snakemake or its report would interpret",
            str(path),
            "rename the file",
        )
        for path, part in refused.items()
    ]
    databases = {path: _database(path, issues) for path in dict.fromkeys(exports) if path not in refused}
    names = [slug(path.stem) for path in exports]
    issues += [
        Issue("name-twice", f"two exports would be named '{name}'", fix="rename one of the files")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if issues:
        raise BuildStop(issues)
    there = folder.exists()
    try:
        _write_review(folder, dict(zip(names, exports, strict=True)), databases, date)
    except BaseException:
        # Half a review is none; the folder was not there, or was empty.
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            folder.mkdir()
        raise


def _write_review(folder: Path, exports: dict[str, Path], databases: dict[Path, str], date: str) -> None:
    """Copies the exports, by the names of their searches, and writes every other file of the review."""
    entries = []
    for name, export in exports.items():
        target = Path("data") / "searches" / export.name
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(export, folder / target)
        kind = "register" if databases[export] in REGISTERS else "database"
        entry = {"id": name, "database": databases[export], "kind": kind, "date": date, "files": [target.as_posix()]}
        entries.append(entry)
    for file, text in files_of(entries).items():
        write_text(folder / file, text)


def _database(export: Path, issues: list[Issue]) -> str:
    """The name of the database that an export comes from, or else of its file; why it cannot be read goes to issues."""
    numbers: list[tuple[str | None, str | None]] = []
    try:
        for table in Export(export).tables():
            numbers += zip(table.column("accession").to_pylist(), table.column("pmid").to_pylist(), strict=True)
    except BuildStop as fault:
        issues += fault.issues
    return named_database(export.stem) or common_database(numbers) or export.stem


def files_of(searches: list[dict[str, Any]]) -> dict[str, str]:
    """File -> its text, for every file of a new review but the exports: settings, empty tables, what builds it."""
    listed = yaml.safe_dump(searches, sort_keys=False, allow_unicode=True, width=1000)
    config = CONFIG.format(
        schema=SCHEMA, version=__version__, searches="".join(f"  {line}\n" for line in listed.splitlines())
    )
    profile = (ENGINE / PROFILE).read_text(encoding="utf-8")
    return {**FILES, "config.yaml": config, SCHEMA: editors_schema(), PROFILE: profile}


def editors_schema() -> str:
    """The schema of config.yaml as editors read it: JSON, with the same keys, defaults and descriptions."""
    return json.dumps(house_schema(SCHEMAS / "config.schema.yaml"), ensure_ascii=False, indent=1) + "\n"


class _WriteSchema(argparse.Action):
    """`--schema`: writes the schema to the screen and ends."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(editors_schema())
        parser.exit()


def build_command(folder: Path) -> str:
    """What to type to build a review, for a POSIX shell that need not have the environment active."""
    beside = Path(sys.executable).with_name("snakemake")
    on_path = shutil.which("snakemake")
    active = on_path is not None and Path(on_path).absolute() == beside.absolute()
    snakemake = "snakemake" if active or not beside.is_file() else shlex.quote(str(beside.absolute()))
    return f"cd {shlex.quote(str(folder))} && {snakemake}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake new`."""
    parser.add_argument("folder", type=Path, help="the new folder of the review")
    parser.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help="a search export, one per database")
    parser.add_argument("--date", required=True, help="when the databases were searched, YYYY-MM-DD")
    parser.add_argument(
        "--schema", action=_WriteSchema, nargs=0, help=f"print {SCHEMA} for editors, to update an older review"
    )


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake new`."""
    try:
        new_review(arguments.folder, arguments.exports, arguments.date)
    except OSError as problem:
        message, where = f"cannot be made: {problem.strerror}", str(problem.filename or arguments.folder)
        raise stop("new-folder", message, where=where, fix="name another folder") from None
    print(f"Made the review. Check its config.yaml, then build it:\n\n    {build_command(arguments.folder)}\n")
    return 0
