"""Starts a review: a folder with the exports in their place and a configuration that builds, as a draft."""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from prismake import PACKAGE
from prismake.common.errors import BuildStop, Issue, nearest, stop
from prismake.common.machine import FULL, machine_fault
from prismake.common.places import JOURNALS
from prismake.common.writing import write_text
from prismake.importing.databases import REGISTERS, common_database, named_database
from prismake.importing.export import Export
from prismake.review.journal import find_journal, journals_in
from prismake.review.kinds import KINDS
from prismake.review.setting_checks import refused_part
from prismake.review.skeleton import SCHEMA, Setup, editors_schema, files_of
from prismake.review.typed import check_day, check_name, one_line, people_in

# The appraisal forms that come with Prismake.
FORMS = sorted(path.stem for path in (PACKAGE / "appraisal" / "forms").glob("*.yaml"))
FIRST_KIND, FIRST_JOURNAL = "systematic", "systematic-reviews"
# Files that systems put into a folder by themselves.
OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")
NOT_RECOGNISED = (
    "database not recognised, printed as '{export.stem}'; write its name under 'database' of the search '{name}' in "
    "config.yaml, or delete the folder and start again with --database '{export.name}=NAME'"
)


def slug(name: str, otherwise: str = "search") -> str:
    """A short name in lower case from a file's name: `Web of Science (1).ris` gives `web-of-science-1`.

    A name without letters or digits gives `otherwise`.
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or otherwise


def new_review(
    folder: Path, exports: list[Path], date: str, about: Setup, named: Mapping[str, str] | None = None
) -> dict[str, tuple[Path, str]]:
    """Makes the folder of a review from its exports: search -> its export and database, empty where nothing shows it.

    `about` is what is known of the review beside its searches, `named` the databases of exports by their file names.
    Raises BuildStop, and makes nothing, where the folder is not empty, the date is not valid, there is no such journal,
    an export cannot be read or contains no record, or two exports would get one name.
    """
    if folder.exists() and any(file.name not in OF_SYSTEMS for file in folder.iterdir()):
        raise stop("not-empty", "the folder is not empty", where=str(folder), fix="name a new folder")
    issues: list[Issue] = []
    try:
        check_day(date, "--date")
    except BuildStop as fault:
        issues += fault.issues
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
    named = named or {}
    issues += _unnamed(named, exports)
    databases = {path: database_of(path, issues) for path in dict.fromkeys(exports) if path not in refused}
    databases |= {path: named[path.name] for path in databases if path.name in named}
    names = _search_ids(exports, databases)
    issues += [
        Issue(
            "name-twice",
            f"would be named '{name}' like another export",
            ", ".join(str(path) for path, one in zip(exports, names, strict=True) if one == name),
            "rename one of the files after its database",
        )
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    try:
        find_journal(about.journal)
    except BuildStop as fault:
        issues += fault.issues
    if issues:
        raise BuildStop(issues)
    there = folder.exists()
    searches = {name: (path, databases[path]) for name, path in zip(names, exports, strict=True)}
    try:
        _write_review(folder, searches, date, about)
    except BaseException:
        # Half a review is none; the folder was not there, or was empty.
        shutil.rmtree(folder, ignore_errors=True)
        if there:
            folder.mkdir()
        raise
    return searches


def _unnamed(named: Mapping[str, str], exports: Sequence[Path]) -> Iterator[Issue]:
    """A fault for each database that is named for a file which is none of the exports."""
    files = [path.name for path in exports]
    for name in named:
        if name not in files:
            yield Issue("no-export", f"'{name}' is not one of the exports", "--database", nearest(name, files))


def _search_ids(exports: Sequence[Path], databases: Mapping[Path, str]) -> list[str]:
    """The id of each search: its database if no other export is from the same one, else the name of its file."""
    named = [slug(databases.get(path) or path.stem) for path in exports]
    return [name if named.count(name) == 1 else slug(path.stem) for name, path in zip(named, exports, strict=True)]


def _write_review(folder: Path, searches: Mapping[str, tuple[Path, str]], date: str, about: Setup) -> None:
    """Copies the exports, by the names of their searches, and writes every other file of the review."""
    entries = []
    for name, (export, database) in searches.items():
        target = Path("data") / "searches" / export.name
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(export, folder / target)
        kind = "register" if database in REGISTERS else "database"
        printed = database or export.stem
        entries.append({"id": name, "database": printed, "kind": kind, "date": date, "files": [target.as_posix()]})
    for file, text in files_of(replace(about, searches=entries)).items():
        write_text(folder / file, text)


def database_of(export: Path, issues: list[Issue]) -> str:
    """The name of the database that an export comes from, empty if nothing shows it; its faults go to `issues`."""
    numbers: list[tuple[str | None, str | None]] = []
    try:
        for table in Export(export).tables():
            numbers += zip(table.column("accession").to_pylist(), table.column("pmid").to_pylist(), strict=True)
    except BuildStop as fault:
        issues += fault.issues
    return named_database(export.stem) or common_database(numbers)


class _WriteSchema(argparse.Action):
    """`--schema`: writes the schema to the screen and ends."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(editors_schema())
        parser.exit()


def build_command(folder: Path) -> str:
    """What to type to build a review, for a POSIX shell that need not have the environment active."""
    beside = Path(sys.executable).with_name("snakemake")
    on_path = shutil.which("snakemake")
    # pipx puts a link to it on the path.
    active = on_path is not None and beside.is_file() and Path(on_path).samefile(beside)
    snakemake = "snakemake" if active or not beside.is_file() else shlex.quote(str(beside.absolute()))
    return f"cd {shlex.quote(str(folder))} && {snakemake}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake new`."""
    parser.add_argument("folder", type=Path, help="the new folder of the review")
    parser.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help="a search export, one per database")
    parser.add_argument("--date", help="when the databases were searched, YYYY-MM-DD")
    parser.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="FILE=NAME",
        help="the database of an export, as printed, where Prismake does not recognise it; once for each",
    )
    parser.add_argument("--title", help="the title of the review")
    parser.add_argument("--question", help="the question of the review, as a sentence")
    parser.add_argument("--kind", choices=list(KINDS), help=f"the kind of review (default: {FIRST_KIND})")
    parser.add_argument(
        "--journal", help=f"the journal's id (default: {FIRST_JOURNAL}), of: {', '.join(sorted(journals_in(JOURNALS)))}"
    )
    parser.add_argument("--form", action="append", default=[], choices=FORMS, help="an appraisal form; once for each")
    parser.add_argument(
        "--reviewers",
        metavar="NAME,NAME",
        help="who screens, such as Ana,Ben: each gets sheets of their own, and each record goes to two of them",
    )
    parser.add_argument(
        "--schema", action=_WriteSchema, nargs=0, help=f"print {SCHEMA} for editors, to update an older review"
    )


def _databases(words: Sequence[str]) -> dict[str, str]:
    """File -> database, as `--database` says. Raises BuildStop for one that is not of the form FILE=NAME."""
    named = {}
    for text in words:
        file, sign, name = one_line(text, "--database").rpartition("=")
        if not (sign and file and name):
            raise stop("database", f"'{text}' does not name a file", where="--database", fix="write FILE=NAME")
        check_name(name, "--database")
        named[Path(file).name] = name
    return named


def _answer(given: str | None, question: str, default: str) -> str:
    """What a flag says; else what a person at the keyboard answers; else the default."""
    if given is not None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return given if given is not None else default
    return input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake new`."""
    date = _answer(arguments.date, "When were the databases searched (YYYY-MM-DD)?", "")
    if not date:
        raise stop("date", "the date of the searches is missing", where="--date", fix="add --date YYYY-MM-DD")
    about = Setup(
        title=one_line(_answer(arguments.title, "Title of the review?", ""), "--title"),
        question=one_line(_answer(arguments.question, "Question of the review?", ""), "--question"),
        kind=_answer(arguments.kind, f"Kind of review ({', '.join(KINDS)})?", FIRST_KIND),
        journal=_answer(arguments.journal, "Journal?", FIRST_JOURNAL),
        searches=[],
        forms=arguments.form,
        reviewers=people_in(_answer(arguments.reviewers, "Who screens (such as Ana, Ben)?", ""), "--reviewers"),
    )
    try:
        searches = new_review(arguments.folder, arguments.exports, date, about, _databases(arguments.database))
    except OSError as problem:
        if problem.errno in FULL and (fault := machine_fault(problem, arguments.folder)):
            raise BuildStop(fault) from None
        message, where = f"cannot be made: {problem.strerror}", str(problem.filename or arguments.folder)
        raise stop("new-folder", message, where=where, fix="name another folder") from None
    print("Made the review from these searches:\n")
    for name, (export, database) in searches.items():
        print(f"    {export.name}: {database or NOT_RECOGNISED.format(export=export, name=name)}")
    print(f"\nBuild its first draft:\n\n    {build_command(arguments.folder)}\n")
    return 0
