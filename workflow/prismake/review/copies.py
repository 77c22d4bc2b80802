"""What programs that synchronise or open files leave beside a review's tables: copies, placeholders, lock files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, counted, some_of

# Where people keep tables, sheets, forms and sections, whatever the settings name.
FOLDERS = ("data/screening", "data/dedup", "data/extraction", "data/appraisal", "data/appraisal/forms", "manuscript")
# Where the sheets and workbooks that people fill in are read by their places.
FILLED_IN = ("data/screening", "data/extraction", "data/appraisal")
READ = (".csv", ".xlsx", ".yaml", ".md", ".bib")
# What spreadsheet programs offer to save a workbook as, and Prismake does not read.
OTHER_SPREADSHEETS = (".ods", ".xls", ".xlsm", ".xlsb", ".numbers", ".gsheet")
ICLOUD = ".icloud"
SHOWN = 8
# How the name of a copy differs: of Dropbox, Nextcloud, Google Drive, iCloud, OneDrive, Syncthing, browsers and others.
_COPIES = (
    re.compile(r"(?P<original>.+?)(?: - Copy| copy)?(?: ?\(\d+\)| \d+)", re.IGNORECASE),
    re.compile(r"(?P<original>.+?)(?: - Copy| copy)", re.IGNORECASE),
    re.compile(r"(?P<original>.+?) \([^()]*\b(?:conflict|conflicted|copy|case conflict)\b[^()]*\)", re.IGNORECASE),
    re.compile(r"(?P<original>.+?)\.sync-conflict-\d{8}-\d{6}(?:-\w+)?"),
    # OneDrive adds the computer's name; only the names that Windows gives are sure to be one: `AB` may be a person.
    re.compile(r"(?P<original>.+?)-(?:DESKTOP|LAPTOP)-[A-Z0-9]{7,8}(?:-\d+)?"),
    re.compile(r"Copy of (?P<original>.+)", re.IGNORECASE),
)


def is_leftover(file: Path) -> bool:
    """Whether a file is hidden, or the lock of a program that has another one open: `~$studies.xlsx`."""
    return file.name.startswith((".", "~$"))


def files_written(folder: Path, *patterns: str) -> list[Path]:
    """The files of a folder with names of these patterns, sorted, without what programs leave beside them."""
    return sorted({file for pattern in patterns for file in folder.glob(pattern) if not is_leftover(file)})


def original_of(file: Path) -> Path | None:
    """The file beside it that a file copies, by its name: of `studies (1).xlsx` or `studies.ods`, `studies.xlsx`."""
    if file.suffix.lower() in OTHER_SPREADSHEETS:
        workbook = file.with_suffix(".xlsx")
        return workbook if workbook.is_file() else None
    for pattern in _COPIES:
        match = pattern.fullmatch(file.stem)
        if match and (original := file.with_name(match["original"] + file.suffix)).is_file():
            return original
    return None


def copy_issues(config: Mapping[str, Any]) -> list[Issue]:
    """The faults of copies that would be read twice or not at all, and of files that a cloud has not downloaded.

    Looks in the folders where people keep tables and in those of the files that the settings name, searches excepted. A
    file that the settings name is never taken for a copy. Paths start in the working directory.
    """
    values = set(_texts({key: value for key, value in config.items() if key != "searches"}))
    named = {Path(text) for text in values if "/" in text and "\n" not in text}
    folders = {Path(name) for name in FOLDERS} | {path.parent if path.suffix else path for path in named}
    inside = [folder for folder in sorted(folders) if not folder.is_absolute() and ".." not in folder.parts]
    return [issue for folder in inside if folder.is_dir() for issue in _issues_in(folder, named)]


def _issues_in(folder: Path, named: set[Path]) -> Iterator[Issue]:
    files = sorted(folder.iterdir())
    copies = [
        file
        for file in files
        if file.suffix.lower() in (*READ, *OTHER_SPREADSHEETS)
        and not is_leftover(file)
        and file not in named
        and original_of(file)
    ]
    if copies:
        many = counted(len(copies), "file looks", "files look")
        pairs = [f"'{file.name}' of '{original.name}'" for file in copies if (original := original_of(file))]
        message = f"{many} like a copy that a program or a download made: {some_of(pairs, SHOWN)}"
        fix = "compare the two, keep what matters in one of them, and delete or rename the other"
        yield Issue("copy", message, folder.as_posix(), fix)
    if folder.as_posix() in FILLED_IN:
        other = [
            file.name
            for file in files
            if file.suffix.lower() in OTHER_SPREADSHEETS
            and not (is_leftover(file) or file in named or original_of(file))
        ]
        if other:
            message = f"{counted(len(other), 'spreadsheet is', 'spreadsheets are')} not read: {some_of(other, SHOWN)}"
            fix = "save it as XLSX, or move it to another folder"
            yield Issue("workbook", message, folder.as_posix(), fix)
    if absent := [file.name.removesuffix(ICLOUD).removeprefix(".") for file in files if file.suffix == ICLOUD]:
        many = counted(len(absent), "file is", "files are")
        message = f"{many} in iCloud and not on this computer: {some_of(absent, SHOWN)}"
        yield Issue("not-downloaded", message, folder.as_posix(), "download it: open the folder in the Finder")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _all_texts(value.values())
    elif isinstance(value, list):
        yield from _all_texts(value)


def _all_texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)
