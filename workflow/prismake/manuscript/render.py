"""The manuscript resolved: values filled in, tables and figures in their places, parsed and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, counted
from prismake.common.reading import read_text
from prismake.common.yaml_files import load_yaml
from prismake.figures.own import figure_faults, files_by_name
from prismake.manuscript.checks import faults, mention_pages, resolve_pictures, uncited
from prismake.manuscript.composing import Composed, Parts, compose, lines_of_keys, markdown, texts_in
from prismake.manuscript.contributions import contributions
from prismake.manuscript.model import Manuscript
from prismake.manuscript.parsing import parse
from prismake.manuscript.placing import PREFIXES, Blocks
from prismake.manuscript.templates import Prose, Use
from prismake.manuscript.tracing import PLACED, Text
from prismake.manuscript.unwritten import leftover_issues, to_write, unwritten_issues


@dataclass(frozen=True)
class Written:
    """What people wrote: the sections in order, the metadata, the keys of the bibliography, the abbreviations."""

    sections: Sequence[Path]
    metadata: Path
    keys: frozenset[str]
    abbreviations: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Made:
    """What the build made: the values by name, tables by id, figures by name, the authors' own figures by name.

    A figure has `file` and `alt`, and may have `notes` and `further` pages; `plots` are those that may be drawn, and
    `supplementary` the tables that stand in the supplement (`Blocks`).
    """

    values: Mapping[str, Any]
    tables: Mapping[str, Any]
    figures: Mapping[str, Mapping[str, Any]]
    own: Mapping[str, Mapping[str, Any]]
    plots: Sequence[str] = ()
    supplementary: Sequence[str] = ()

    def blocks(self) -> Blocks:
        """A fresh set of what authors may place."""
        figures = {name: dict(entry) for name, entry in self.figures.items()}
        own = {name: {"file": entry["file"]} for name, entry in self.own.items()}
        return Blocks(self.tables, figures | own, self.plots, self.supplementary)


@dataclass(frozen=True)
class Rendered:
    """The manuscript, its Markdown for people, the values used, and warnings."""

    manuscript: Manuscript
    markdown: str
    ledger: list[Use]
    warnings: list[Issue]


class _Filling:
    """Fills values into texts: once as they print, once with the marks that show where each letter comes from."""

    def __init__(self, made: Made, authors: Sequence[Mapping[str, Any]]) -> None:
        self.blocks = made.blocks()
        own: dict[str, Callable[..., Any]] = {"contributions": partial(contributions, authors), "to_write": to_write}
        own["meta_methods"] = partial(_methods, made.values, "meta", "meta-analysis; add one with prismake add meta")
        own["swim_methods"] = partial(_methods, made.values, "directions", "outcome under synthesis.directions")
        own["grade_methods"] = partial(_methods, made.values, "grade", "GRADE judgement; see prismake add grade")
        self._prose = Prose(made.values, self.blocks.functions() | own)
        self._tracing = Prose(made.values, made.blocks().functions() | own, traced=True)
        self.ledger = self._prose.ledger

    def text(self, file: str, written: str, path: str = "", line: int = 1) -> Text:
        """A text with its values. Raises BuildStop for an unknown value, with file and line."""
        filled, before = self._prose.render(written, file, line), len(self._tracing.ledger)
        traced = self._tracing.render(written, file, line)
        return Text(file, written, filled, traced, path, line, tuple(self._tracing.ledger[before:]))


def source_map(parts: Parts, source: str, lines: Mapping[str, list[int]]) -> dict[str, Any]:
    """For each section and text of the metadata its source, the pieces that it is printed in, and its lines."""

    def entry(text: Text) -> dict[str, Any]:
        return {"source": text.written, "pieces": text.pieces(), "lines": lines.get(text.name, [])}

    return {
        "sections": [{"file": part.file, **entry(part)} for part in parts.sections],
        "metadata": {
            "file": parts.file,
            "source": source,
            "texts": [{"path": path, **entry(text)} for path, text in parts.texts.items()],
        },
    }


def _checked(manuscript: Manuscript, written: Written, made: Made, parts: Parts, blocks: Blocks) -> list[Issue]:
    """The warnings about a manuscript. Raises BuildStop with all its faults."""
    beside = {Path(part.file).parent.as_posix() for part in parts.sections}
    files = files_by_name(made.own, beside)
    resolve_pictures(manuscript, files)
    mention_pages(manuscript, blocks.pages())
    known = {*files, *(page["file"] for one in made.figures.values() for page in (one, *one.get("further", ())))}
    used = {item.file for item in manuscript.floats}
    described = parts.front({path: text.text for path, text in parts.texts.items()}).get("figures") or {}
    names = [name.removeprefix("fig:") for name in blocks.placed if name.startswith("fig:")]
    drawn = [*made.figures, *made.plots]
    about_figures = figure_faults(names, made.own, drawn, described, used, parts.file)
    issues = faults(manuscript, written.keys, known, [f"{PREFIXES['table']}{name}" for name in made.tables])
    issues += [issue for issue in about_figures if issue.severity == "error"]
    if issues:
        raise BuildStop(issues)
    return [issue for issue in about_figures if issue.severity == "warning"]


def _methods(values: Mapping[str, Any], name: str, lacking: str) -> Any:
    """A paragraph on methods as they were used. Raises ValueError where the review has nothing that it is about."""
    if name not in values.get("methods", {}):
        raise ValueError(f"the review has no {lacking}")
    return values["methods"][name]


def _unplaced(made: Made, figures: Sequence[str], placed: Sequence[str], folder: str) -> Iterator[Issue]:
    """Warnings with the lines to paste for the tables with rows, and of `figures`, that no document contains."""
    tables = [name for name, table in made.tables.items() if table["rows"]]
    for kind, names in (("table", tables), ("figure", figures)):
        if left := [name for name in names if f"{PREFIXES[kind]}{name}" not in placed]:
            lines = "".join(f'\n     {{{{ {kind}("{name}") }}}}' for name in left)
            message = f"the text does not place {counted(len(left), kind)}: {', '.join(left)}"
            fix = f"paste {'each' if len(left) > 1 else 'this'} where it belongs:{lines}"
            yield Issue("unplaced", message, folder, fix, "warning")


def _head(composed: Composed, manuscript: Manuscript, last_search: str, draft: bool) -> dict[str, Any]:
    """The head with what the title page counts; documents bear the day to which the evidence reaches."""
    counts = manuscript.counts
    head = {**composed.head}
    # The only date that the records themselves give.
    head.setdefault("date-fixed", str(last_search))
    if draft:
        head["draft"] = True
    head["word-counts"] = {"abstract": counts.abstract or 0, "text": counts.text}
    return {**head, "tables": counts.tables, "figures": counts.figures}


def render(
    written: Written, made: Made, *, stop_on_uncited: bool, draft: bool, prompts: Sequence[str] = ()
) -> Rendered:
    """The resolved manuscript; `prompts` are the texts of the marks of new reviews.

    Raises BuildStop for an unknown value or citation key, a cross-reference to nothing, a table or figure that no
    sentence mentions, and every other fault that `checks` finds, each with the file and line of its source; with
    `stop_on_uncited` also for works that nobody cites, which are a warning otherwise.
    """
    file = written.metadata.as_posix()
    raw, source = load_yaml(written.metadata) or {}, read_text(written.metadata)
    filling = _Filling(made, raw.get("author") or [])
    keys = lines_of_keys(source)
    texts = {path: filling.text(file, text, path, keys.get(path, 1)) for path, text in texts_in(raw)}
    paths = sorted(written.sections, key=lambda path: path.name)
    sections = [filling.text(path.as_posix(), read_text(path)) for path in paths]
    # What is wrong with the text as a whole is wrong in the folder of its sections.
    name = paths[0].parent.as_posix() if paths else file
    parts = Parts(name, sections, file, raw, texts)
    composed = compose(parts, filling.blocks, written.abbreviations, keys)
    places, traced = (*composed.source.places, *composed.source.further), source_map(parts, source, composed.lines)
    manuscript = Manuscript(name, {}, parse(composed.source), places, composed.values, traced)
    warnings = _checked(manuscript, written, made, parts, filling.blocks)
    if unused := uncited(manuscript, written.keys):
        fix = "cite them or remove them"
        if stop_on_uncited:
            fix = "cite them, remove them, or set manuscript.uncited to 'warn' in config.yaml"
        message = f"the text never cites {counted(len(unused), 'work')}: {', '.join(unused)}"
        issue = Issue("uncited", message, "the bibliography", fix, "error" if stop_on_uncited else "warning")
        if stop_on_uncited:
            raise BuildStop(issue)
        warnings.append(issue)
    described = [plot for plot in raw.get("figures") or {} if plot in made.plots and plot not in made.figures]
    warnings += _unplaced(made, [*made.figures, *described], filling.blocks.placed, name)
    waiting = unwritten_issues(filling.ledger, draft=draft)
    for path, as_written in ((file, source), *((part.file, part.written) for part in sections)):
        waiting += leftover_issues(path, as_written, prompts, draft=draft)
    if not draft and waiting:
        raise BuildStop(waiting)
    warnings += waiting
    head = _head(composed, manuscript, made.values["search"]["last_date"], draft)
    ledger = [use for use in filling.ledger if not PLACED.fullmatch(use.printed)]
    return Rendered(replace(manuscript, head=head), markdown(head, composed.body), ledger, warnings)
