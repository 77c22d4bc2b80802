"""Values about the supplement: how each of its tables and figures is called, so that the text can refer to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prismake.common.values import Tree, Value
from prismake.synthesis.figures import name_of

# The letter before each number of the supplement's own series.
LEAD = "S"


@dataclass(frozen=True)
class Contents:
    """What decides which tables a supplement has.

    `strategies` are the ids of the searches whose strategy was recorded, `agreement` says whether a stage had two
    reviewers, `excluded` whether a report was excluded at full text, `checklists` are the ids of the forms. `tables`
    are those of the review's own printed tables that stand there.
    """

    strategies: Sequence[str]
    agreement: bool
    excluded: bool
    checklists: Sequence[str]
    tables: Sequence[str] = ()


def tables_of(contents: Contents) -> list[tuple[str, str]]:
    """Name in the text and identifier in the supplement of each table, in the order in which they are numbered."""
    return [
        ("search_strategies", "searches"),
        *((f"strategies.{name_of(search)}", f"strategy-{search}") for search in contents.strategies),
        ("overlap", "overlap"),
        ("deduplication", "merges"),
        *([("agreement", "agreement")] if contents.agreement else []),
        *([("excluded_reports", "excluded")] if contents.excluded else []),
        *((f"tables.{name_of(table)}", table) for table in contents.tables),
        *((f"checklists.{name_of(form)}", form.replace("_", "-")) for form in contents.checklists),
    ]


def _called(label: str, number: int, order: str) -> str:
    """ "Table S1", or "S1 Table" where the journal puts the number first."""
    words = (label, f"{LEAD}{number}")
    return "\u00a0".join(words if order == "label" else reversed(words))


def supplement_values(contents: Contents, labels: Mapping[str, str]) -> Tree:
    """The parts of the supplement by name, each as the journal calls it.

    `labels` are the journal's words for a table (`tables`) and a figure (`figures`), and which stands first, the label
    or the number (`order`).
    """
    how = "name of a {} of the supplement, in the supplement's own series"
    values: Tree = {}
    for number, (name, _) in enumerate(tables_of(contents), start=1):
        group, _, last = name.rpartition(".")
        place = values.setdefault(group, {}) if group else values
        place[last] = Value(_called(labels["tables"], number, labels["order"]), "text", how.format("table"))
    figure = _called(labels["figures"], 1, labels["order"])
    return values | {"overlap_figure": Value(figure, "text", how.format("figure"))}
