"""The manuscript resolved: values filled in, tables and figures in their places, citations and references checked."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from prismake.common.blocks import figure_block, table_block
from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.reading import read_text
from prismake.common.steps import warn
from prismake.common.tables import read_table
from prismake.common.validation import load_yaml
from prismake.common.writing import write_json, write_rows, write_text
from prismake.figures.own import alternative_of, caption_of, figure_faults, with_own_files
from prismake.manuscript.filters import Ready, escape
from prismake.manuscript.render import (
    CITED,
    PLACE,
    PLACED,
    WRITTEN,
    Section,
    abbreviations_used,
    abstract_text,
    check_citations,
    check_mentions,
    check_words,
    count_words,
    map_of,
)
from prismake.manuscript.templates import Prose


class _Blocks:
    """What authors place with `{{ table("id") }}`, `{{ figure("id") }}` and `{{ abbreviations() }}`."""

    def __init__(self, tables: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
        self.tables, self.figures = tables, figures
        self.placed: list[str] = []

    def _place(self, kind: str, prefix: str, name: str, valid: Mapping[str, Any]) -> Ready:
        if name not in valid:
            raise LookupError(f"there is no {kind} '{name}': {nearest(name, sorted(valid))}")
        if f"{prefix}:{name}" in self.placed:
            raise ValueError(f"the {kind} '{name}' is placed twice")
        self.placed.append(f"{prefix}:{name}")
        return Ready(PLACE.format(kind=kind, name=name))

    def table(self, name: str) -> Ready:
        """Places a table of results/tables here."""
        return self._place("table", "tbl", name, self.tables)

    def figure(self, name: str) -> Ready:
        """Places a figure here."""
        return self._place("figure", "fig", name, self.figures)

    def abbreviations(self) -> Ready:
        """Places the list of abbreviations that the manuscript uses here."""
        return Ready(PLACE.format(kind="abbreviations", name=""))


def _rendered(value: Any, prose: Prose, source: str, path: str) -> Any:
    """Metadata with values in its texts; a fault is told at its key."""
    if isinstance(value, str) and ("{{" in value or "{%" in value):
        return prose.render(value, f"{source}, {path}")
    if isinstance(value, dict):
        return {key: _rendered(item, prose, source, f"{path}.{key}".lstrip(".")) for key, item in value.items()}
    if isinstance(value, list):
        return [_rendered(item, prose, source, f"{path}[{number}]") for number, item in enumerate(value, start=1)]
    return value


def _block_text(
    match: re.Match[str], blocks: _Blocks, captions: Mapping[str, str], known: list[dict[str, Any]], text: str
) -> str:
    name = match["name"]
    if match["kind"] == "table":
        return table_block(blocks.tables[name])
    if match["kind"] == "figure":
        figure = blocks.figures[name]
        return figure_block(name, captions[name], figure["file"], figure["alt"])
    listed = "; ".join(f"{escape(short)}, {escape(full)}" for short, full in abbreviations_used(known, text))
    return f"{listed}." if listed else "None."


def render(
    *,
    sections: list[Path],
    metadata: Path,
    values: Path,
    tables: list[Path],
    figure: Path,
    alt: Path,
    own_figures: Path,
    references: Path,
    abbreviations: Path,
    abbreviations_schema: Path,
    manuscript: Path,
    ledger: Path,
    source_map: Path,
    uncited: str,
    draft: bool = False,
) -> None:
    """Writes results/manuscript/manuscript.md, the one source of DOCX and PDF, the ledger of values used, the map.

    Columns of the ledger: file, line, expression, printed. Raises BuildStop for an unknown value (file:line), an
    unknown citation key, a cross-reference to nothing, a table or figure that no sentence mentions, an author who is
    not named; `uncited` says whether works that nobody cites stop the build ("stop") or warn ("warn"). With `draft`
    the head says so, and every page of the documents bears the mark.
    """
    names = json.loads(values.read_text(encoding="utf-8"))
    loaded = {table["id"]: table for table in (json.loads(path.read_text(encoding="utf-8")) for path in tables)}
    own = {entry["id"]: entry for entry in json.loads(own_figures.read_text(encoding="utf-8"))}
    figures = {figure.stem: {"file": figure.as_posix(), "alt": alt.read_text(encoding="utf-8")}}
    figures |= {name: {"file": entry["file"]} for name, entry in own.items()}
    blocks = _Blocks(loaded, figures)
    prose = Prose(names, {"table": blocks.table, "figure": blocks.figure, "abbreviations": blocks.abbreviations})

    raw = load_yaml(metadata)
    front = _rendered(raw, prose, str(metadata), "")
    written = [(path, read_text(path)) for path in sorted(sections, key=lambda path: path.name)]
    parts = [Section(path.as_posix(), text, prose.render(text, path.as_posix())) for path, text in written]

    again = _Blocks(loaded, figures)
    tracing = Prose(
        names, {"table": again.table, "figure": again.figure, "abbreviations": again.abbreviations}, traced=True
    )
    traces = map_of(parts, raw, front, metadata, tracing)

    described = front.pop("figures", {})
    captions = {name: caption_of(entry) for name, entry in described.items()}
    for name, entry in described.items():
        if name in own:
            figures[name]["alt"] = alternative_of(entry, raw["figures"][name])
    keys = {item["id"] for item in json.loads(references.read_text(encoding="utf-8"))}
    abstract = Section(metadata.as_posix(), abstract_text(raw.get("abstract")), abstract_text(front.get("abstract")))
    issues = check_words(parts)
    with_files = [with_own_files(part.text, part.file, own) for part in parts]
    parts = [replace(part, text=text) for part, (text, _) in zip(parts, with_files, strict=True)]
    issues += [issue for _, found in with_files for issue in found]
    standing = [*blocks.placed, *(match["name"] for part in parts for match in WRITTEN.finditer(part.text))]
    issues += check_citations([*parts, abstract], keys, set(standing)) + check_mentions(parts, standing)
    placed = [name.removeprefix("fig:") for name in blocks.placed if name.startswith("fig:")]
    found = figure_faults(placed, own, described, "".join(part.text for part in parts), str(metadata))
    issues += [issue for issue in found if issue.severity == "error"]
    for issue in found:
        if issue.severity == "warning":
            warn(issue)
    if issues:
        raise BuildStop(issues)

    known = read_table(abbreviations, abbreviations_schema)
    text = "\n\n".join(part.text.strip() for part in parts)
    everything = text + abstract.text
    body = PLACED.sub(lambda match: _block_text(match, blocks, captions, known, everything), text)
    _check_uncited(keys, body, references, uncited)

    if isinstance(front.get("abstract"), dict):
        # A list, as pandoc forgets the order of a block's keys.
        front["abstract"] = [{"name": name, "text": part} for name, part in front["abstract"].items()]
    # The documents bear the day to which the evidence reaches: the only date that the records themselves give.
    front.setdefault("date-fixed", names["search"]["last_date"])
    if draft:
        front["draft"] = True
    front["word-counts"] = {"abstract": count_words(abstract.text), "text": _body_words(parts)}
    front["tables"] = sum(name.startswith("tbl:") for name in standing)
    front["figures"] = sum(name.startswith("fig:") for name in standing)
    header = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=10_000)
    write_text(
        manuscript, f"---\n{header}---\n\n{body}\n\n# References {{#references .unnumbered}}\n\n::: {{#refs}}\n:::\n"
    )
    write_json(source_map, traces)
    write_rows(
        ledger,
        ["file", "line", "expression", "printed"],
        [
            {"file": use.file, "line": use.line, "expression": use.expression, "printed": use.printed}
            for use in prose.ledger
            if not PLACED.fullmatch(use.printed)
        ],
    )


def _body_words(parts: list[Section]) -> int:
    """Words of the text proper: what stands before the first declaration."""
    text = "\n\n".join(part.text for part in parts)
    return count_words(re.split(r"^# .*\.declaration.*$", text, maxsplit=1, flags=re.MULTILINE)[0])


def _check_uncited(keys: set[str], body: str, references: Path, uncited: str) -> None:
    unused = sorted(keys - {match["key"] for match in CITED.finditer(body)})
    if not unused:
        return
    issue = Issue(
        "uncited",
        f"{len(unused)} works that the text never cites: {', '.join(unused)}",
        "the bibliography",
        "cite them, remove them, or set manuscript.uncited to 'warn' in config.yaml",
        severity="error" if uncited == "stop" else "warning",
    )
    if uncited == "stop":
        raise BuildStop(issue)
    warn(issue)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(render, globals()["snakemake"])
