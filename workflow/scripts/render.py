"""Step: the manuscript with its values filled in, parsed and checked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.results.manuscript import VALUES_USED
from prismake.common.results.synthesis import PLOTS, VALUES
from prismake.common.steps import warn
from prismake.common.tables import read_table
from prismake.common.values import ledger_of, named_tree
from prismake.common.writing import write_text
from prismake.manuscript import render as library
from prismake.manuscript.model import write_manuscript
from prismake.review.skeleton import prompts_of_all_kinds


@dataclass(frozen=True)
class Sources:
    """What the manuscript is made of.

    `sections` and `metadata` are what people wrote, `references` their bibliography (CSL JSON), `abbreviations` their
    table and its schema, or nothing. `values` and `tables` are the build's; `figures` are the flow figure, its
    alternative text, and the list of the authors' own figures; `plots` is the list of plots, or nothing.
    """

    sections: list[Path]
    metadata: Path
    values: Path
    tables: list[Path]
    figures: list[Path]
    plots: list[Path]
    references: Path
    abbreviations: list[Path]


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _written(sources: Sources) -> library.Written:
    keys = frozenset(item["id"] for item in _json(sources.references))
    known = read_table(*sources.abbreviations) if sources.abbreviations else []
    return library.Written(sources.sections, sources.metadata, keys, known)


def _plots(lists: list[Path]) -> dict[str, dict[str, Any]]:
    """The plots by their names, each with its further pages."""
    plots: dict[str, dict[str, Any]] = {}
    for entry in (entry for path in lists for entry in PLOTS.read(path)):
        first = plots.setdefault(entry["id"], {**entry, "further": []})
        if entry["part"] > 1:
            first["further"].append(entry)
    return plots


def _made(sources: Sources, plots: Sequence[str], supplementary: Sequence[str]) -> library.Made:
    flow, alt, own = sources.figures
    return library.Made(
        named_tree(ledger_of(VALUES.read(sources.values), sources.values.as_posix())),
        {table["id"]: table for table in map(_json, sources.tables) if table["id"] not in supplementary},
        {flow.stem: {"file": flow.as_posix(), "alt": alt.read_text(encoding="utf-8")}, **_plots(sources.plots)},
        {entry["id"]: entry for entry in _json(own)},
        plots,
        supplementary,
    )


def render(
    *,
    sources: Sources,
    model: Path,
    markdown: Path,
    ledger: Path,
    options: dict[str, Any],
) -> None:
    """Writes the manuscript as data for the writers, as Markdown for people, and the ledger of the values used.

    Columns of the ledger: file, line, expression, printed, values. `options`: `uncited` says whether works that nobody
    cites stop the build ("stop") or warn ("warn"), `draft` whether the head says so, `plots` which plots the text may
    place, `supplementary` which tables stand in the supplement. Raises BuildStop with every fault of the text, each
    with file and line.
    """
    rendered = library.render(
        _written(sources),
        _made(sources, options.get("plots", ()), options.get("supplementary", ())),
        stop_on_uncited=options["uncited"] == "stop",
        draft=bool(options.get("draft")),
        prompts=prompts_of_all_kinds(),
    )
    for issue in rendered.warnings:
        warn(issue)
    write_manuscript(model, rendered.manuscript)
    write_text(markdown, rendered.markdown)
    VALUES_USED.write(
        ledger,
        (
            {
                "file": use.file,
                "line": use.line,
                "expression": use.expression,
                "printed": use.printed,
                "values": "; ".join(use.names),
            }
            for use in rendered.ledger
        ),
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(render, globals()["snakemake"])
