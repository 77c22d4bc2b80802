"""Effects of two-by-two tables: events in two groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from prismake.common.errors import some_of
from prismake.metaanalysis.faults import BoolArray, FloatArray, demand, refusal
from prismake.metaanalysis.rows import Effects, Note, Rows

NO_CONTRAST = "no or only events in both groups"


@dataclass(frozen=True)
class ZeroCells:
    """What happens to tables with empty cells.

    `to`: which tables get `add` on all four cells: those with an empty cell (`only-zero`), `all`, or `none`. `both`:
    what happens to studies without events, or with events only, in both groups: `exclude`, which reports each by name,
    or `keep`. Cochrane Handbook 10.4.4; Sweeting MJ, Sutton AJ, Lambert PC. Stat Med 2004;23:1351-75.
    """

    to: Literal["only-zero", "all", "none"] = "only-zero"
    add: float = 0.5
    both: Literal["exclude", "keep"] = "exclude"


EXCLUDE = ZeroCells()
KEEP = ZeroCells(both="keep")


@dataclass(frozen=True, eq=False)
class Tables(Rows):
    """Events and participants of two groups, 1 the intervention and 2 the control.

    Counts may be fractions, as where a shared control group is split. Raises Inestimable for negative counts, groups
    without participants, and more events than participants.
    """

    events1: FloatArray
    total1: FloatArray
    events2: FloatArray
    total2: FloatArray

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(
            self.labels, (self.events1 >= 0) & (self.events2 >= 0), "negative-count", "a number of events is negative"
        )
        demand(self.labels, (self.total1 > 0) & (self.total2 > 0), "empty-group", "a group has no participants")
        demand(
            self.labels,
            (self.events1 <= self.total1) & (self.events2 <= self.total2),
            "events-exceed-total",
            lambda i: (
                "a group has more events than participants: "
                f"{self.events1[i]:g}/{self.total1[i]:g} and {self.events2[i]:g}/{self.total2[i]:g}"
            ),
        )

    @property
    def others1(self) -> FloatArray:
        """Participants of group 1 without event."""
        return self.total1 - self.events1

    @property
    def others2(self) -> FloatArray:
        """Participants of group 2 without event."""
        return self.total2 - self.events2

    @property
    def sizes(self) -> FloatArray:
        """Participants of both groups."""
        return self.total1 + self.total2

    @property
    def without_contrast(self) -> BoolArray:
        """Tables without events, or with events only, in both groups."""
        without: BoolArray = (self.events1 + self.events2 == 0) | (self.others1 + self.others2 == 0)
        return without


@dataclass(frozen=True)
class Cells:
    """The corrected cells of the tables that remain, and what was done to which."""

    tables: Tables
    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray
    notes: tuple[Note, ...]

    def effects(self, measure: str, yi: FloatArray, vi: FloatArray) -> Effects:
        """The effects of these tables."""
        return Effects(self.tables.labels, measure, yi, vi, self.tables.sizes, self.notes)

    def demand_filled(self, *cells: FloatArray) -> None:
        """Raises Inestimable for tables in which one of these cells is empty."""
        demand(
            self.tables.labels,
            np.min(cells, axis=0) > 0,
            "empty-cell",
            "a cell of the table is empty, which leaves the effect without a finite value",
            "add a correction to empty cells, or use a method that needs none (Mantel-Haenszel, Peto)",
        )


def with_contrast(tables: Tables) -> tuple[Tables, tuple[Note, ...]]:
    """The tables that tell the groups apart, and a note on each of the others.

    Raises Inestimable if no table is left.
    """
    without = tables.without_contrast
    notes = tuple(Note("no-contrast", f"excluded: {NO_CONTRAST}", tables.labels[i]) for i in np.flatnonzero(without))
    if without.all():
        message = f"every study has {NO_CONTRAST}, so there is no ratio to estimate: {some_of(tables.labels)}"
        raise refusal("no-contrast", message, fix="use the risk difference, or report the counts")
    return tables.take(np.flatnonzero(~without)), notes


def _cells(tables: Tables, zeros: ZeroCells) -> Cells:
    tables, excluded = with_contrast(tables) if zeros.both == "exclude" else (tables, ())
    cells = np.array([tables.events1, tables.others1, tables.events2, tables.others2])
    empty = (cells == 0).any(axis=0)
    corrected = {"only-zero": empty, "all": np.ones_like(empty), "none": np.zeros_like(empty)}[zeros.to]
    added = Note("zero-cell", f"{zeros.add:g} added to each cell")
    notes = tuple(Note(added.code, added.message, tables.labels[i]) for i in np.flatnonzero(corrected))
    a, b, c, d = cells + zeros.add * corrected
    return Cells(tables, a, b, c, d, excluded + notes)


def risk_difference(tables: Tables, zeros: ZeroCells = KEEP) -> Effects:
    """Risk in group 1 minus risk in group 2; variance p(1 − p)/n summed over the groups.

    Fleiss JL, Berlin JA, in: The handbook of research synthesis and meta-analysis. 2nd ed. Russell Sage; 2009:237-53.
    """
    cells = _cells(tables, zeros)
    n1, n2 = cells.a + cells.b, cells.c + cells.d
    vi = cells.a * cells.b / n1**3 + cells.c * cells.d / n2**3
    demand(
        cells.tables.labels,
        vi > 0,
        "no-variance",
        f"a study with {NO_CONTRAST} has a risk difference without a variance",
        "add a correction to empty cells, or pool with Mantel-Haenszel",
    )
    return cells.effects("RD", cells.a / n1 - cells.c / n2, vi)


def risk_ratio(tables: Tables, zeros: ZeroCells = EXCLUDE) -> Effects:
    """The log risk ratio; variance 1/a − 1/n₁ + 1/c − 1/n₂. Katz D, et al. Biometrics 1978;34:469-74."""
    cells = _cells(tables, zeros)
    cells.demand_filled(cells.a, cells.c, cells.b + cells.d)
    n1, n2 = cells.a + cells.b, cells.c + cells.d
    vi = 1 / cells.a - 1 / n1 + 1 / cells.c - 1 / n2
    return cells.effects("RR", np.log(cells.a * n2 / (cells.c * n1)), vi)


def odds_ratio(tables: Tables, zeros: ZeroCells = EXCLUDE) -> Effects:
    """The log odds ratio; variance 1/a + 1/b + 1/c + 1/d. Woolf B. Ann Hum Genet 1955;19:251-3."""
    cells = _cells(tables, zeros)
    cells.demand_filled(cells.a, cells.b, cells.c, cells.d)
    yi = np.log(cells.a * cells.d / (cells.b * cells.c))
    return cells.effects("OR", yi, 1 / cells.a + 1 / cells.b + 1 / cells.c + 1 / cells.d)


def peto_odds_ratio(tables: Tables) -> Effects:
    """Peto's log odds ratio (O − E)/V with variance 1/V, V hypergeometric; no cell is corrected.

    Yusuf S, Peto R, et al. Prog Cardiovasc Dis 1985;27:335-71. Studies without contrast have no V: they are excluded.
    """
    tables, notes = with_contrast(tables)
    excess, variance = hypergeometric(tables)
    return Effects(tables.labels, "PETO", excess / variance, 1 / variance, tables.sizes, notes)


def hypergeometric(tables: Tables) -> tuple[FloatArray, FloatArray]:
    """(observed minus expected events in group 1, their hypergeometric variance), margins fixed."""
    n, events = tables.sizes, tables.events1 + tables.events2
    excess = tables.events1 - events * tables.total1 / n
    variance = events * (n - events) * tables.total1 * tables.total2 / (n**2 * (n - 1))
    return excess, variance
