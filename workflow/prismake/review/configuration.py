"""A review's folder: its configuration and hand-written tables, checked before any step runs."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from prismake import __version__
from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.places import JOURNALS
from prismake.common.stages import stage_issues
from prismake.common.tables import read_table
from prismake.common.validation import check_document, check_row_schema, house_schema, key_path, load_yaml
from prismake.review.figure_files import figure_issues

Config = dict[str, Any]

# What only the supplement prints of a search.
PRINTED = ("platform", "strategy", "limits")

# Braces are wildcards to Snakemake.
_NOT_IN_PATHS = re.compile(r"[{}\x00-\x1f\x7f]")

# Snakemake's report puts settings into a script of its page as they stand; these would end the script there.
_SCRIPT = re.compile(r"<(/?script|!--)", re.IGNORECASE)


def _plain(value: Any) -> Any:
    """The configuration as plain data: what a YAML reader took for a date is text again."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def _typed(value: Any, rule: dict[str, Any]) -> Any:
    """The configuration with its switches and numbers as such: those inside a block of `--config` arrive as text."""
    if isinstance(value, dict):
        others = rule.get("additionalProperties")
        rules = {key: rule.get("properties", {}).get(key, others) for key in value}
        return {key: _typed(item, rules[key] if isinstance(rules[key], dict) else {}) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item, rule.get("items", {})) for item in value]
    if isinstance(value, str) and rule.get("type") == "boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    if isinstance(value, str) and rule.get("type") == "integer" and value.isascii() and value.isdigit():
        return int(value)
    return value


def load_config(path: Path, schemas: Path) -> Config:
    """Reads and validates config.yaml alone: syntax, keys twice, unknown keys, types. Raises BuildStop."""
    if not path.is_file():
        raise BuildStop(
            Issue(
                "missing-config",
                f"there is no {path} in {Path.cwd().name}/",
                fix="run snakemake in a review's folder, or name it: snakemake --directory PATH",
            )
        )
    config = load_yaml(path)
    if not isinstance(config, dict):
        raise BuildStop(Issue("config", "holds no settings", str(path), "start from the example's config.yaml"))
    check_document(config, house_schema(schemas / "config.schema.yaml"), path)
    return config


def check_writable(review: Path) -> None:
    """Raises BuildStop where the build could not write its results, before any step has run."""
    places = [review / "results", review / ".snakemake"]
    places = [place if place.exists() else review for place in places]
    places += [path for path in (review / "results").rglob("*") if not path.is_symlink()]
    refused = sorted({place.relative_to(review).as_posix() for place in places if not os.access(place, os.W_OK)})
    if refused:
        message = "cannot be written to" + (f", like {len(refused) - 1} more under it" if len(refused) > 1 else "")
        fix = "give yourself the right to write there, or copy the review to another place"
        raise BuildStop(Issue("read-only", message, "the review's folder" if refused[0] == "." else refused[0], fix))


def checked(config: Config, schemas: Path) -> Config:
    """The configuration in force, validated, with every file that it names there and every table valid.

    `config` is what Snakemake merged from config.yaml and its command line. Raises BuildStop with all faults found,
    so that a person mends them in one go; paths are relative to the review's folder, the working directory.
    """
    schema = house_schema(schemas / "config.schema.yaml")
    config = _typed(_plain(config), schema)
    check_document(config, schema, Path("config.yaml"))
    draft = config.get("review", {}).get("draft", False)
    issues: list[Issue] = []
    for setting in settings(config, schema):
        issues += _same_names(setting) + _script_issues(setting)
        if setting.rule.get("inputFile") and not (draft and setting.rule.get("mayBeMissingInDraft")):
            issues += _file_issues(setting)
        if setting.rule.get("inputFolder"):
            issues += _folder_issues(setting)
        if shelf := setting.rule.get("journalIn"):
            issues += _journal_issues(setting, Path(shelf), schemas / "journal.schema.yaml")
        if document := setting.rule.get("document"):
            issues += _document_issues(Path(setting.value), schemas / document)
        if rows := setting.rule.get("rows"):
            own = rows == "sibling"
            schema_file = Path(setting.beside["schema"]) if own else schemas / rows
            if not (own and _leads_out(schema_file)):
                issues += _table_issues(setting, schema_file, own=own)
    issues += _same_exports(searches_of(config))
    issues += _table_name_issues(config)
    if "manuscript" in config:
        issues += figure_issues(Path(config["manuscript"]["sections"]))
    issues += stage_issues(config["screening"]["stages"])
    if issues:
        raise BuildStop(issues)
    return config


def engine_issues(config: Config) -> list[Issue]:
    """A warning where the review is pinned to another version of Prismake than the one that runs."""
    pinned = config.get("review", {}).get("engine", __version__)
    if pinned == __version__:
        return []
    message = f"the review is pinned to Prismake {pinned}, and this is Prismake {__version__}: results may differ"
    fix = f'install prismake=={pinned}, or set engine: "{__version__}" and look at what changes'
    return [Issue("engine", message, "config.yaml, review.engine", fix, "warning")]


def _same_exports(searches: list[dict[str, Any]]) -> list[Issue]:
    """A fault for each name that two exports would have: `a` with two files has `a-1`, as a search may be called."""
    names = Counter(name for search in searches for name in _export_names(search))
    return [
        Issue("name-twice", f"two exports are called '{name}'", "config.yaml, searches", "rename one of the searches")
        for name, count in names.items()
        if count > 1
    ]


def _export_names(search: dict[str, Any]) -> list[str]:
    if len(search["files"]) == 1:
        return [search["id"]]
    return [f"{search['id']}-{number}" for number in range(1, len(search["files"]) + 1)]


@dataclass(frozen=True)
class Setting:
    """One value of the configuration with the rule of the schema that speaks of it, and the values beside it."""

    path: tuple[str | int, ...]
    value: Any
    rule: dict[str, Any]
    beside: dict[str, Any]

    @property
    def where(self) -> str:
        """The key path for a person."""
        return f"config.yaml, {key_path(list(self.path))}"


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
        Issue("script", f"holds '{found[0]}', which an HTML report would run", setting.where, "write it without")
        for text in texts
        if isinstance(text, str) and (found := _SCRIPT.search(text))
    ]


def _same_names(setting: Setting) -> list[Issue]:
    key = setting.rule.get("uniqueBy")
    if not key:
        return []
    seen = Counter(item[key] for item in setting.value)
    return [
        Issue("name-twice", f"the {key} '{name}' stands {count} times", setting.where, "give each a name of its own")
        for name, count in seen.items()
        if count > 1
    ]


def _file_issues(setting: Setting) -> list[Issue]:
    path = Path(setting.value)
    if found := _NOT_IN_PATHS.search(setting.value):
        message = f"the path {setting.value!r} holds {found[0]!r}, which Snakemake takes for something else"
        return [Issue("path", message, setting.where, "rename the file")]
    if path.is_absolute() or ".." in path.parts or _leads_out(path):
        return [Issue("outside", f"'{path}' leads out of the review's folder", setting.where, "keep inputs inside it")]
    if path.is_file():
        return []
    if path.is_dir():
        return [Issue("no-file", f"'{path}' is a folder", setting.where, "name a file in it")]
    if path.exists():
        return [Issue("no-file", f"'{path}' is no file but a device or a pipe", setting.where, "name a file")]
    beside = {other.name.lower(): other.as_posix() for other in path.parent.iterdir()} if path.parent.is_dir() else {}
    close = get_close_matches(path.name.lower(), beside, n=1, cutoff=0.7)
    fix = f"did you mean '{beside[close[0]]}'?" if close else "put it there, or correct its path"
    return [Issue("missing-file", f"the file '{path}' does not exist", setting.where, fix)]


def _journal_issues(setting: Setting, shelf: Path, schema: Path) -> list[Issue]:
    """Faults of a journal's folder: it is not there, lacks a file, or its profile does not fit the schema."""
    there = sorted({profile.parent.name for place in (shelf, JOURNALS) for profile in place.glob("*/profile.yaml")})
    if setting.value not in there:
        message = f"there is no journal '{setting.value}'"
        fix = f"{nearest(setting.value, there)}; a journal of your own goes into {shelf.as_posix()}/{setting.value}/"
        return [Issue("no-journal", message, setting.where, fix)]
    if not (shelf / setting.value).is_dir():
        return []
    profile, style = (shelf / setting.value / name for name in ("profile.yaml", "references.csl"))
    issues = [issue for file in (profile, style) for issue in _file_issues(replace(setting, value=file.as_posix()))]
    return issues or _document_issues(profile, schema)


def _document_issues(path: Path, schema: Path) -> list[Issue]:
    """Faults of a YAML file: what its schema finds, names given twice, authors at affiliations that there are not."""
    if not path.is_file() or _leads_out(path):
        return []
    try:
        document, rules = load_yaml(path), house_schema(schema)
        check_document({} if document is None else document, rules, path)
    except BuildStop as problem:
        return list(problem.issues)
    issues = [replace(issue, where=str(path)) for part in settings(document, rules) for issue in _same_names(part)]
    there = [str(place["id"]) for place in document.get("affiliation", [])]
    for author in document.get("author", []):
        for place in author.get("affiliations", []):
            if str(place) not in there:
                message = f"'{author['name']}' has the affiliation '{place}', which is not listed"
                issues.append(Issue("affiliation", message, str(path), "add it under affiliation, or correct the id"))
    return issues


def _table_name_issues(config: Config) -> list[Issue]:
    """The matrix of the appraisal is a table beside the others, so it needs a name of its own."""
    name = config.get("appraisal", {}).get("table", {}).get("id")
    if name not in config.get("synthesis", {}).get("tables", {}):
        return []
    message = f"'{name}' is also a table of synthesis.tables"
    return [Issue("name-twice", message, "config.yaml, appraisal.table.id", "give it a name of its own")]


def _leads_out(path: Path) -> bool:
    """Whether a link on the way leads out of the review's folder, the working directory."""
    try:
        return not path.resolve().is_relative_to(Path.cwd().resolve())
    except (OSError, RuntimeError):
        # Links in a circle.
        return True


def _folder_issues(setting: Setting) -> list[Issue]:
    """Faults of the folder of the sections, and of the sections in it."""
    path = Path(setting.value)
    if path.is_absolute() or ".." in path.parts or _leads_out(path):
        return [Issue("outside", f"'{path}' leads out of the review's folder", setting.where, "keep inputs inside it")]
    if not path.is_dir():
        return [Issue("missing-folder", f"there is no folder '{path}'", setting.where, "make it")]
    sections = sorted(path.glob(setting.rule["inputFolder"]))
    if not sections:
        message = f"the folder '{path}' holds no section"
        return [Issue("empty-folder", message, setting.where, "write one, named as in 01.introduction.md")]
    return [issue for section in sections for issue in _file_issues(replace(setting, value=section.as_posix()))]


def _table_issues(setting: Setting, schema: Path, *, own: bool) -> list[Issue]:
    if not (Path(setting.value).is_file() and schema.is_file()):
        return []
    try:
        rules = load_yaml(schema) if own else house_schema(schema)
        if own:
            check_row_schema(rules, schema)
        read_table(Path(setting.value), rules)
    except BuildStop as problem:
        return list(problem.issues)
    return []


def searches_of(config: Config) -> list[dict[str, Any]]:
    """The searches with what they need not state: a search is of a database unless it says otherwise.

    What only the supplement prints of a search is left out, so that a change in it reruns nothing else.
    """
    return [
        {"kind": "database", **{key: value for key, value in search.items() if key not in PRINTED}}
        for search in config["searches"]
    ]


def exports_of(searches: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Export id -> {file, search} for every file of every search, in the order of the configuration.

    A search with one file gives its own id; the files of a search exported in batches are numbered from 1.
    """
    exports = {}
    for search in searches:
        for name, file in zip(_export_names(search), search["files"], strict=True):
            about = {key: search[key] for key in ("id", "database", "kind", "date")}
            exports[name] = {"file": file, "search": {**about, "export": name}}
    return exports


def summary(results: Path) -> str:
    """Where the manuscript is, and the flow in one line: `120 identified, 30 duplicates, …`."""
    boxes = json.loads((results / "flow.json").read_text(encoding="utf-8"))["boxes"]
    said = ("identified", "duplicates", "removed", "screened", "excluded", "pending", "included")
    parts = []
    for box in boxes:
        if box["role"] not in said or (box["id"] == "other.duplicates" and not box["n"]):
            continue
        words = "assessed" if box["id"].endswith(".assessed") else box["role"]
        where = [name for name in (box.get("stage"), "other methods" if box.get("column") == "other" else "") if name]
        parts.append(f"{box['n']:,} {words}" + (f" ({', '.join(where)})" if where else ""))
    lines = ["", "Flow: " + ", ".join(parts)]
    for name in ("manuscript.docx", "manuscript.pdf"):
        if (results / "manuscript" / name).is_file():
            lines.append(f"Manuscript: {(results / 'manuscript' / name).as_posix()}")
    if len(lines) == 2:
        lines.append(f"Flow figure: {(results / 'figures' / 'prisma.svg').as_posix()}")
    return "\n".join(lines)
