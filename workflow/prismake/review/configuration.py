"""A review's folder: its configuration and hand-written tables, checked before any step runs."""

from __future__ import annotations

import datetime
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from prismake import __version__
from prismake.common.defaults import with_defaults
from prismake.common.digests import digest_of
from prismake.common.errors import BuildStop, Issue, nearest, some_of
from prismake.common.kept import Kept
from prismake.common.places import SHEET_FOLDER
from prismake.common.stages import stage_issues
from prismake.common.yaml_files import house_yaml, load_yaml
from prismake.review.appraisal_tables import OWN_FORMS, appraisal_tables
from prismake.review.copies import copy_issues, files_written
from prismake.review.figure_files import figure_issues
from prismake.review.kinds import KINDS
from prismake.review.links import leads_out, outside_issues
from prismake.review.plot_names import plot_names
from prismake.review.printed_tables import grade_tables, table_names
from prismake.review.setting_checks import setting_issues
from prismake.review.workbooks import with_workbooks

Config = dict[str, Any]
# Screening sheets and lists of reports to fetch in `SHEET_FOLDER`, by the names that the build gives them.
SHEETS = ("*_sheet*.xlsx", "*_reports_to_fetch*.xlsx")

# What only the supplement prints of a search.
PRINTED = ("platform", "strategy", "limits")


def _plain(value: Any) -> Any:
    """The configuration as plain data: dates that a YAML reader recognised become text again."""
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
    """Reads and validates config.yaml alone: syntax, repeated keys, unknown keys, types. Raises BuildStop."""
    if not path.is_file():
        raise BuildStop(
            Issue(
                "missing-config",
                f"there is no {path} in {Path.cwd().name}/",
                fix="run snakemake in a review's folder, or name it: snakemake --directory PATH",
            )
        )
    if path.is_symlink() and leads_out(path, path.parent):
        message, fix = "leads out of the review's folder", "put the file itself here"
        raise BuildStop(Issue("outside", message, path.name, fix))
    config = load_yaml(path)
    if not isinstance(config, dict):
        raise BuildStop(Issue("config", "contains no settings", str(path), "start from the example's config.yaml"))
    _check_settings(config, house_yaml(schemas / "config.schema.yaml"), path)
    return config


def _check_settings(config: Config, schema: dict[str, Any], path: Path) -> None:
    # Loading the validator takes longer than the start of a build that has nothing new to check.
    from prismake.common.validation import check_document

    check_document(config, schema, path)


def check_writable(review: Path) -> None:
    """Raises BuildStop if the build could not write its results, before any step has run."""
    places = [review / "results", review / ".snakemake"]
    places = [place if place.exists() else review for place in places]
    places += [path for path in (review / "results").rglob("*") if not path.is_symlink()]
    refused = sorted({place.relative_to(review).as_posix() for place in places if not os.access(place, os.W_OK)})
    if refused:
        message = "cannot be written to" + (f", like {len(refused) - 1} more under it" if len(refused) > 1 else "")
        fix = "make it writable, or copy the review to another place"
        raise BuildStop(Issue("read-only", message, "the review's folder" if refused[0] == "." else refused[0], fix))


def with_sheets(config: Config) -> Config:
    """The settings with the screening sheets that lie in data/screening/ as sources, where they name no sources."""
    screening = config.get("screening")
    if not isinstance(screening, dict) or "sources" in screening:
        return config
    sheets = files_written(SHEET_FOLDER, *SHEETS)
    return {**config, "screening": {**screening, "sources": [{"file": file.as_posix()} for file in sheets]}}


def unread_sheets(config: Config) -> list[Issue]:
    """A warning if sheets lie in data/screening/ that are not read, as `screening.sources` names other files."""
    named = {Path(source["file"]) for source in config["screening"]["sources"]}
    unread = [file.as_posix() for file in files_written(SHEET_FOLDER, *SHEETS) if file not in named]
    if not unread:
        return []
    message = f"names files and not {some_of(unread)}: {'this is' if len(unread) == 1 else 'these are'} not read"
    fix = "add `- {file: …}` for each there, or move it away"
    return [Issue("sheet-unread", message, "config.yaml, screening.sources", fix, "warning")]


def filled(config: Config, schema: dict[str, Any]) -> Config:
    """A valid configuration with every default: those of the schema, and those that depend on other settings."""
    whole: Config = with_defaults(with_sheets(with_workbooks(config)), schema)
    if synthesis := whole.get("synthesis"):
        synthesis.setdefault("order", [synthesis["year"], synthesis["label"]])
    if (appraisal := whole.get("appraisal")) and synthesis:
        study = {"id": "study", "header": "Study", "cell": synthesis["label"], "cite": True}
        overall = [{"id": "overall", "header": "Overall", "cell": "overall"}] if "overall" in appraisal else []
        columns = {"columns": [study], "last_columns": overall}
        appraisal["table"] = {**columns, **appraisal["table"]}
        appraisal.setdefault("own_forms", [file.as_posix() for file in files_written(OWN_FORMS, "*.yaml")])
        whole = with_defaults(whole, schema)
    return whole


def checked(config: Config, schemas: Path, kept: Kept | None = None) -> Config:
    """The configuration in force: valid, with its defaults, and with every file and table that it names checked.

    `config` is what Snakemake merged from config.yaml and its command line; `kept` knows what has been checked already.
    Raises BuildStop with all faults found, so that they can be corrected in one go; paths are relative to the review's
    folder, the working directory.
    """
    kept = kept or Kept(Path(os.devnull))
    schema = house_yaml(schemas / "config.schema.yaml")
    config = _typed(_plain(config), schema)
    state = digest_of([json.dumps(config, default=str)])
    kept.value("settings", state, lambda: _check_settings(config, schema, Path("config.yaml")))
    if copies := copy_issues(config):
        raise BuildStop(copies)
    config = filled(config, schema)
    issues = setting_issues(config, schema, schemas, kept)
    named = "".join(issue.message for issue in issues)
    sections = Path(config["manuscript"]["sections"]) if "manuscript" in config else None
    issues += [issue for issue in outside_issues(Path("data"), sections) if f"'{issue.where}'" not in named]
    issues += _same_exports(config["searches"])
    issues += _missing_exports(config["searches"])
    issues += _table_name_issues(config)
    issues += _supplement_table_issues(config)
    issues += _kind_issues(config)
    issues += _appraisal_stage_issues(config)
    if sections:
        issues += figure_issues(sections, plot_names(config))
    issues += stage_issues(config["screening"]["stages"])
    if issues:
        raise BuildStop(issues)
    return config


def engine_issues(config: Config) -> list[Issue]:
    """A warning if the review is pinned to another version of Prismake than the one that runs."""
    pinned = config["review"].get("engine", __version__)
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


def _missing_exports(searches: list[dict[str, Any]]) -> list[Issue]:
    """A fault for each search without an export that does not say that it had no hits."""
    return [
        Issue(
            "no-files",
            f"the search '{search['id']}' has no files",
            f"config.yaml, searches[{number}].files",
            "list its exports, or write 'hits: 0' if the search found nothing",
        )
        for number, search in enumerate(searches, 1)
        if not search["files"] and search.get("hits") != 0
    ]


def _export_names(search: dict[str, Any]) -> list[str]:
    if len(search["files"]) == 1:
        return [search["id"]]
    return [f"{search['id']}-{number}" for number in range(1, len(search["files"]) + 1)]


def _table_name_issues(config: Config) -> list[Issue]:
    """A fault for each table of the appraisal or of GRADE with the name of another one."""
    keys = dict.fromkeys(appraisal_tables(config), "appraisal.table.id")
    issues: list[Issue] = []
    taken = list(config.get("synthesis", {}).get("tables", {}))
    places = [*keys.items(), *((name, "synthesis.grade") for name in grade_tables(config))]
    for name, key in places:
        if name in taken:
            message = f"'{name}' is also the name of another table"
            issues.append(Issue("name-twice", message, f"config.yaml, {key}", "give it a name of its own"))
        taken.append(name)
    return issues


def _supplement_table_issues(config: Config) -> list[Issue]:
    """A fault for each table that is to stand in the supplement and is none of the review's."""
    known = table_names(config)
    return [
        Issue(
            "unknown-table",
            f"the table '{name}' does not exist",
            "config.yaml, supplement.tables",
            nearest(name, known),
        )
        for name in config["supplement"]["tables"]
        if name not in known
    ]


def _kind_issues(config: Config) -> list[Issue]:
    """An update counts the studies of its previous version; a draft may still lack them."""
    review = config["review"]
    if not KINDS[review["kind"]].updates or "previous" in config["flow"] or review["draft"]:
        return []
    message = f"a review of the kind '{review['kind']}' includes the studies of its previous version, and names none"
    fix = "list them in a table (study_id, report, note) and name it under flow.previous"
    return [Issue("no-previous", message, "config.yaml, flow.previous", fix)]


def _appraisal_stage_issues(config: Config) -> list[Issue]:
    """A fault for each stage that excludes by appraisal without one reason to give, or in a review without one."""
    issues: list[Issue] = []
    for stage in config["screening"]["stages"]:
        where = f"config.yaml, screening.stages, '{stage['id']}'"
        if "by_appraisal" not in stage:
            continue
        if (many := len(stage.get("reasons", {}))) != 1:
            message, fix = f"a stage that excludes by appraisal has {many} reasons", "give it one, under `reasons`"
            issues.append(Issue("appraisal-stage", message, where, fix))
        if "appraisal" not in config and not config["review"]["draft"]:
            message = "the stage excludes by appraisal, and the review has none"
            issues.append(Issue("appraisal-stage", message, where, "add `appraisal`, or remove by_appraisal"))
    return issues


def searches_of(config: Config) -> list[dict[str, Any]]:
    """The searches without what only the supplement prints of them, so that a change in it reruns nothing else."""
    return [{key: value for key, value in search.items() if key not in PRINTED} for search in config["searches"]]


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
