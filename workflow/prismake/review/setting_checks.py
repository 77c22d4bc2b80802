"""What the settings name, checked before any step runs: files, folders, tables, YAML documents, journals, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.common.inference import is_inferred, row_schema
from prismake.common.kept import Kept
from prismake.common.sheet_cells import is_workbook
from prismake.common.tables import read_table
from prismake.common.yaml_files import house_yaml, load_yaml
from prismake.review.journal import OWN_JOURNALS, PROFILE, STYLE, find_journal, read_profile
from prismake.review.links import leads_out

# Braces are wildcards to Snakemake; bytes that are not UTF-8 come as surrogates, which no settings can hold.
_NOT_IN_PATHS = re.compile(r"[{}\x00-\x1f\x7f\ud800-\udfff]")

# Snakemake's report puts settings into a script of its page as they stand; these would end that script.
_SCRIPT = re.compile(r"<(/?script|!--)", re.IGNORECASE)


# Tables of the appraisal, which a workbook has as grids: the step that knows the forms reads them.
IN_GRIDS = ("appraisal_answers.schema.yaml", "appraisal_overall.schema.yaml")


@dataclass(frozen=True)
class Setting:
    """One value of the configuration with the rule of the schema that applies to it, and the values beside it."""

    path: tuple[str | int, ...]
    value: Any
    rule: dict[str, Any]
    beside: dict[str, Any]

    @property
    def where(self) -> str:
        """The key path for a person."""
        # Loading the validator takes longer than all else that is done here where nothing has changed since a build.
        from prismake.common.validation import key_path

        return f"config.yaml, {key_path(list(self.path))}"


def refused_part(name: str) -> str:
    """What in a file's name the checks of a build refuse; empty if they accept it."""
    match = _NOT_IN_PATHS.search(name) or _SCRIPT.search(name)
    return match[0] if match else ""


def check_scripts(config: dict[str, Any], schema: dict[str, Any]) -> None:
    """Raises BuildStop with every text of a valid configuration that an HTML report would run."""
    if issues := [issue for setting in settings(config, schema) for issue in _script_issues(setting)]:
        raise BuildStop(issues)


def setting_issues(config: dict[str, Any], schema: dict[str, Any], schemas: Path, kept: Kept) -> list[Issue]:
    """The faults of every value of a valid configuration, defaults filled in, as the house keywords of its rule say.

    A table or document in which `kept` knows that there are none is not read.
    """
    issues: list[Issue] = []
    for setting in settings(config, schema):
        issues += _same_names(setting) + _script_issues(setting)
        if setting.rule.get("inputFile"):
            # A file elsewhere is never opened, not even to check it.
            if faults := _path_issues(setting):
                issues += faults
                continue
            if not (config["review"]["draft"] and setting.rule.get("mayBeMissingInDraft")):
                issues += _file_issues(setting)
        if setting.rule.get("inputFolder"):
            issues += _folder_issues(setting)
        if setting.rule.get("journal"):
            issues += _journal_issues(setting, schemas / "journal.schema.yaml")
        if document := setting.rule.get("document"):
            issues += _document_issues(Path(setting.value), schemas / document, kept)
        if rows := setting.rule.get("rows"):
            own = rows == "sibling"
            schema_file = Path(setting.beside["schema"]) if own else schemas / rows
            if not (own and (schema_file.is_absolute() or ".." in schema_file.parts or leads_out(schema_file))):
                issues += _table_issues(setting, schema_file, own, kept)
    return issues


def settings(value: Any, rule: dict[str, Any]) -> Iterator[Setting]:
    """Every value of a valid configuration with its rule, parents first, in the order of the configuration."""
    yield from _walk(value, rule, (), {})


def _walk(value: Any, rule: dict[str, Any], path: tuple[str | int, ...], beside: dict[str, Any]) -> Iterator[Setting]:
    yield Setting(path, value, rule, beside)
    if isinstance(value, dict):
        others = rule.get("additionalProperties")
        for key, item in value.items():
            inner = rule.get("properties", {}).get(key, others)
            if isinstance(inner, dict):
                yield from _walk(item, inner, (*path, key), value)
    elif isinstance(value, list) and isinstance(rule.get("items"), dict):
        for number, item in enumerate(value):
            yield from _walk(item, rule["items"], (*path, number), beside)


def _script_issues(setting: Setting) -> list[Issue]:
    texts = list(setting.value) if isinstance(setting.value, dict) else [setting.value]
    return [
        Issue("script", f"contains '{match[0]}', which an HTML report would run", setting.where, "write it without")
        for text in texts
        if isinstance(text, str) and (match := _SCRIPT.search(text))
    ]


def _same_names(setting: Setting) -> list[Issue]:
    key = setting.rule.get("uniqueBy")
    if not key:
        return []
    seen = Counter(item[key] for item in setting.value)
    return [
        Issue("name-twice", f"the {key} '{name}' occurs {count} times", setting.where, "give each a name of its own")
        for name, count in seen.items()
        if count > 1
    ]


def _path_issues(setting: Setting) -> list[Issue]:
    """Faults of a path itself, whether there is a file or not."""
    path = Path(setting.value)
    if match := _NOT_IN_PATHS.search(setting.value):
        message = f"the path {setting.value!r} contains {match[0]!r}, which has a special meaning in Snakemake"
        return [Issue("file-name", message, setting.where, "rename the file")]
    if path.is_absolute() or ".." in path.parts or leads_out(path):
        return [Issue("outside", f"'{path}' leads out of the review's folder", setting.where, "keep inputs inside it")]
    return []


def _file_issues(setting: Setting) -> list[Issue]:
    if faults := _path_issues(setting):
        return faults
    path = Path(setting.value)
    if path.is_file():
        return []
    if path.is_dir():
        return [Issue("no-file", f"'{path}' is a folder", setting.where, "name a file in it")]
    if path.exists():
        return [Issue("no-file", f"'{path}' is a device or a pipe, not a file", setting.where, "name a file")]
    beside = {other.name.lower(): other.as_posix() for other in path.parent.iterdir()} if path.parent.is_dir() else {}
    close = get_close_matches(path.name.lower(), beside, n=1, cutoff=0.7)
    fix = f"did you mean '{beside[close[0]]}'?" if close else "put it there, or correct its path"
    return [Issue("missing-file", f"the file '{path}' does not exist", setting.where, fix)]


def _journal_issues(setting: Setting, schema: Path) -> list[Issue]:
    """Faults of a journal: it does not exist, lacks a file, leads out of the review, or its profile is not valid."""
    own = [file for name in (PROFILE, STYLE) for file in sorted(OWN_JOURNALS.glob(f"*/{name}"))]
    if OWN_JOURNALS.joinpath(setting.value).is_dir():
        own.append(OWN_JOURNALS / setting.value / PROFILE)
    # Checked before any of them is read.
    if faults := [issue for file in own for issue in _file_issues(replace(setting, value=file.as_posix()))]:
        return list(dict.fromkeys(faults))
    try:
        journal = find_journal(setting.value)
        read_profile(journal.profile, schema)
    except BuildStop as problem:
        return [issue if issue.where else replace(issue, where=setting.where) for issue in problem.issues]
    return []


def _document_issues(path: Path, schema: Path, kept: Kept) -> list[Issue]:
    """Faults of a YAML file: those that its schema finds, names that occur twice, unknown affiliations of authors."""
    if not path.is_file():
        return []
    return kept.issues(f"{path} {schema.name}", [path, schema], lambda: _faults_of_document(path, schema))


def _faults_of_document(path: Path, schema: Path) -> list[Issue]:
    from prismake.common.validation import check_document

    try:
        document, rules = load_yaml(path), house_yaml(schema)
        check_document({} if document is None else document, rules, path)
    except BuildStop as problem:
        return list(problem.issues)
    issues = [replace(issue, where=str(path)) for part in settings(document, rules) for issue in _same_names(part)]
    return [*issues, *_author_issues(document, str(path))]


def _is_orcid(text: str) -> bool:
    """Whether the last digit of an ORCID iD is the one that follows from the others (ISO 7064, MOD 11-2)."""
    *digits, last = list(text.replace("-", ""))
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return last == "0123456789X"[(12 - total % 11) % 11]


def _author_issues(document: dict[str, Any], where: str) -> Iterator[Issue]:
    """Faults of the authors: affiliations that are not listed, ORCID iDs with a wrong digit."""
    affiliations = [str(place["id"]) for place in document.get("affiliation", [])]
    for author in document.get("author", []):
        for place in author.get("affiliations", []):
            if str(place) not in affiliations:
                message = f"'{author['name']}' has the affiliation '{place}', which is not listed"
                yield Issue("affiliation", message, where, "add it under affiliation, or correct the id")
        if "orcid" in author and not _is_orcid(author["orcid"]):
            message = f"the ORCID iD {author['orcid']} of '{author['name']}' has a wrong digit"
            yield Issue("orcid", message, where, "copy it from the author's page at https://orcid.org")


def _folder_issues(setting: Setting) -> list[Issue]:
    """Faults of the folder of the sections, and of the sections in it."""
    path = Path(setting.value)
    if path.is_absolute() or ".." in path.parts or leads_out(path):
        return [Issue("outside", f"'{path}' leads out of the review's folder", setting.where, "keep inputs inside it")]
    if not path.is_dir():
        return [Issue("missing-folder", f"there is no folder '{path}'", setting.where, "create it")]
    sections = sorted(path.glob(setting.rule["inputFolder"]))
    if not sections:
        message = f"the folder '{path}' contains no section"
        return [Issue("empty-folder", message, setting.where, "write one, named as in 01.introduction.md")]
    return [issue for section in sections for issue in _file_issues(replace(setting, value=section.as_posix()))]


def _table_issues(setting: Setting, schema: Path, own: bool, kept: Kept) -> list[Issue]:
    table = Path(setting.value)
    if not (table.is_file() and schema.is_file()) or (is_workbook(table) and schema.name in IN_GRIDS):
        return []
    key, *above = [str(part) for part in reversed(setting.path)]
    sheet = above[0] if key == "table" else key
    name = f"{table} {schema.as_posix() if own else schema.name} {sheet}"
    return kept.issues(name, [table, schema], lambda: _faults_of_table(table, schema, sheet, own))


def _faults_of_table(table: Path, schema: Path, sheet: str, own: bool) -> list[Issue]:
    from prismake.common.validation import check_row_schema

    try:
        rules = row_schema(schema, table, sheet) if own else house_yaml(schema)
        if own and not is_inferred(schema):
            check_row_schema(rules, schema)
        read_table(table, rules, sheet=sheet)
    except BuildStop as problem:
        return list(problem.issues)
    return []
