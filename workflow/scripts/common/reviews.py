"""A review's folder: its configuration and hand-written tables, checked before any step runs."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.tables import read_table
from prismake.common.validation import check_document, load_yaml

Config = dict[str, Any]


def _plain(value: Any) -> Any:
    """The configuration as plain data: what a YAML reader took for a date is text again."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
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
    check_document(config, load_yaml(schemas / "config.schema.yaml"), path)
    return config


def checked(config: Config, schemas: Path) -> Config:
    """The configuration in force, validated, with every file that it names there and every table valid.

    `config` is what Snakemake merged from config.yaml and its command line. Raises BuildStop with all faults found,
    so that a person mends them in one go; paths are relative to the review's folder, the working directory.
    """
    config = _plain(config)
    source = Path("config.yaml")
    check_document(config, load_yaml(schemas / "config.schema.yaml"), source)
    issues = [*_unique_ids(config), *_missing_files(config)]
    for read in _tables(config, schemas):
        try:
            read()
        except BuildStop as problem:
            issues.extend(problem.issues)
    if issues:
        raise BuildStop(issues)
    return config


def _unique_ids(config: Config) -> list[Issue]:
    issues = []
    for section, items in (
        ("searches", config["searches"]),
        ("screening.stages", config["screening"]["stages"]),
        ("tables", config.get("tables", [])),
    ):
        seen: set[str] = set()
        for number, item in enumerate(items, start=1):
            if item["id"] in seen:
                issues.append(
                    Issue(
                        "id-twice",
                        f"the id '{item['id']}' stands twice",
                        f"config.yaml, {section}[{number}].id",
                        "rename one",
                    )
                )
            seen.add(item["id"])
    return issues


def named_files(config: Config) -> list[tuple[str, str]]:
    """(key path, file) of every file that the configuration says is there."""
    named = [
        (f"searches[{n}].files[{m}]", file)
        for n, search in enumerate(config["searches"], start=1)
        for m, file in enumerate(search["files"], start=1)
    ]
    draft = config.get("review", {}).get("draft", False)
    if not draft and any("rules" not in stage for stage in config["screening"]["stages"]):
        named.append(("screening.decisions", config["screening"].get("decisions", "")))
    for name, table in config.get("extraction", {}).get("tables", {}).items():
        named += [
            (f"extraction.tables.{name}.file", table["file"]),
            (f"extraction.tables.{name}.schema", table["schema"]),
        ]
    for section, keys in (
        ("extraction", ("reports", "abbreviations")),
        ("appraisal", ("answers", "overall")),
        ("manuscript", ("metadata", "bibliography")),
    ):
        named += [(f"{section}.{key}", config[section][key]) for key in keys if config.get(section, {}).get(key)]
    return named


def _missing_files(config: Config) -> list[Issue]:
    issues = []
    for key, file in named_files(config):
        path = Path(file) if file else None
        if path and (path.is_absolute() or ".." in path.parts):
            issues.append(
                Issue(
                    "outside",
                    f"'{file}' leads out of the review's folder",
                    f"config.yaml, {key}",
                    "keep inputs inside it",
                )
            )
        elif not path or not path.is_file():
            beside = sorted(str(p) for p in path.parent.iterdir()) if path and path.parent.is_dir() else []
            issues.append(
                Issue("missing-file", f"the file '{file}' does not exist", f"config.yaml, {key}", nearest(file, beside))
            )
    return issues


def _tables(config: Config, schemas: Path) -> list[Callable[[], object]]:
    """A reader for each table that people write, where the table is there; absence is told by `_missing_files`."""
    pairs: list[tuple[str, Path]] = [
        (config["screening"].get("decisions", ""), schemas / "screening_decisions.schema.yaml"),
        (config.get("deduplication", {}).get("decisions", ""), schemas / "dedup_decisions.schema.yaml"),
    ]
    extraction = config.get("extraction", {})
    for table in extraction.get("tables", {}).values():
        if Path(table["schema"]).is_file():
            pairs.append((table["file"], Path(table["schema"])))
    pairs.append((extraction.get("reports", ""), schemas / "reports.schema.yaml"))
    pairs.append((extraction.get("abbreviations", ""), schemas / "abbreviations.schema.yaml"))
    appraisal = config.get("appraisal", {})
    pairs.append((appraisal.get("answers", ""), schemas / "appraisal_answers.schema.yaml"))
    pairs.append((appraisal.get("overall", ""), schemas / "appraisal_overall.schema.yaml"))
    return [partial(read_table, Path(file), schema) for file, schema in pairs if file and Path(file).is_file()]


def exports_of(searches: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Export id -> {file, search} for every file of every search, in the order of the configuration.

    A search with one file gives its own id; the files of a search exported in batches are numbered from 1.
    """
    exports = {}
    for search in searches:
        for number, file in enumerate(search["files"], start=1):
            name = search["id"] if len(search["files"]) == 1 else f"{search['id']}-{number}"
            about = {key: search.get(key, "") for key in ("id", "database", "kind", "date")}
            exports[name] = {"file": file, "search": {**about, "kind": about["kind"] or "database", "export": name}}
    return exports


def summary(results: Path) -> str:
    """Where the manuscript is, and the flow in one line: `428 identified, 71 duplicates removed, …`."""
    boxes = json.loads((results / "flow.json").read_text(encoding="utf-8"))["boxes"]
    main = [box for box in boxes if box["id"].count(".") < 2 and not box["id"].startswith("identified.")]
    said = {
        "identified": "identified",
        "duplicates": "duplicates",
        "screened": "screened",
        "assessed": "assessed",
        "excluded": "excluded",
        "pending": "pending",
        "included": "included",
    }
    parts = []
    for box in main:
        stage, _, what = box["id"].rpartition(".")
        words = said.get(what, what)
        parts.append(f"{box['n']:,} {words}" + (f" ({stage})" if stage else ""))
    lines = ["", "Flow: " + ", ".join(parts)]
    for name in ("manuscript.docx", "manuscript.pdf"):
        if (results / "manuscript" / name).is_file():
            lines.append(f"Manuscript: {(results / 'manuscript' / name).as_posix()}")
    if len(lines) == 2:
        lines.append(f"Flow figure: {(results / 'figures' / 'prisma.svg').as_posix()}")
    return "\n".join(lines)
