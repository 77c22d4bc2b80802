"""What a forest plot shows, and how it is described to those who do not see it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from prismake.common.errors import BuildStop, Issue, counted
from prismake.common.notation import PLAIN_NOTATION, Notation
from prismake.figures.plots.lights import Level
from prismake.figures.plots.scale import number


@dataclass(frozen=True)
class Effect:
    """An effect and its interval, as printed: a risk ratio, not its logarithm. The ends may be infinite."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """A study, or a result without it: its label, effect, share of the weight (0 to 1), and texts and judgements.

    `effect` is None where it cannot be estimated: the study is listed with `note` in place of the effect. `cells` are
    the texts of the columns beside the label, `lights` keys of the plot's levels (None: not yet judged); `study` is the
    id of the study that the row is of.
    """

    label: str
    effect: Effect | None
    weight: float | None = None
    cells: tuple[str, ...] = ()
    lights: tuple[str | None, ...] = ()
    note: str = "not estimable"
    study: str = ""


@dataclass(frozen=True)
class Summary:
    """A pooled effect: drawn as a diamond, with its prediction interval, and lines of text below."""

    label: str
    effect: Effect
    weight: float | None = None
    prediction: tuple[float, float] | None = None
    cells: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows under a title, and their pooled effect; one group without title where there are no subgroups."""

    rows: tuple[Row, ...]
    title: str = ""
    summary: Summary | None = None


@dataclass(frozen=True)
class Forest:
    """A forest plot.

    `noun` names the effect ("Risk ratio"); `null` is the value of no effect; `sides` what lies left and right of it;
    `columns` head the rows' cells, `domains` are (heading, name) of the rows' lights, whose keys are in `levels`;
    `level` is that of the intervals in percent; `rows_are` names the rows in singular and plural; `subject` is the
    outcome, `notation` how the journal writes intervals.
    """

    groups: tuple[Group, ...]
    overall: Summary | None
    noun: str
    log: bool = False
    null: float | None = None
    decimals: int = 2
    level: float = 95
    label: str = "Study"
    columns: tuple[str, ...] = ()
    domains: tuple[tuple[str, str], ...] = ()
    levels: Mapping[str, Level] = field(default_factory=dict)
    sides: tuple[str, str] | None = None
    lines: tuple[str, ...] = ()
    rows_are: tuple[str, str] = ("study", "studies")
    subject: str = ""
    notation: Notation = PLAIN_NOTATION

    def rows(self) -> Iterator[Row]:
        """All rows, group by group."""
        return chain.from_iterable(group.rows for group in self.groups)

    def summaries(self) -> Iterator[Summary]:
        """All pooled effects, the overall one last."""
        yield from (group.summary for group in self.groups if group.summary)
        if self.overall:
            yield self.overall

    def written(self, effect: Effect) -> str:
        """An effect as text: 0.49 (0.34 to 0.70)."""
        value, low, high = (number(each, self.decimals) for each in (effect.value, effect.low, effect.high))
        return f"{value} ({self.notation.ends(low, high)})"

    def span(self, ends: tuple[float, float]) -> str:
        """The ends of an interval as text: 0.15 to 1.60."""
        return self.notation.ends(*(number(end, self.decimals) for end in ends))


def check(forest: Forest) -> None:
    """Raises BuildStop, with every row concerned, for a plot without rows and for values that no axis can show."""
    issues = []
    if not any(True for _ in forest.rows()):
        issues.append(Issue("plot-empty", "the forest plot has no study", forest.noun))
    named = [(row.label, row.effect) for row in forest.rows() if row.effect]
    named += [(summary.label, summary.effect) for summary in forest.summaries()]
    for label, effect in named:
        if fault := _fault(effect, forest.log):
            issues.append(Issue("plot-value", fault, label, "check the figures of this row"))
    for row in forest.rows():
        if len(row.cells) > len(forest.columns) or len(row.lights) > len(forest.domains):
            issues.append(
                Issue("plot-columns", "the row has more columns than the plot", row.label, "head each column")
            )
        for unknown in {light for light in row.lights if light is not None} - set(forest.levels):
            issues.append(
                Issue("plot-judgement", f"'{unknown}' is not a judgement of the form", row.label, "correct it")
            )
    if issues:
        raise BuildStop(issues)


def _fault(effect: Effect, log: bool) -> str:
    low, value, high = effect.low, effect.value, effect.high
    if any(math.isnan(each) for each in (low, value, high)) or math.isinf(value):
        return f"the effect {value:g} ({low:g} to {high:g}) is not a number"
    if log and (value <= 0 or low < 0):
        return f"the effect {value:g} ({low:g} to {high:g}) is not positive, but its axis is logarithmic"
    if not low <= value <= high:
        return f"the effect {value:g} is outside its interval, {low:g} to {high:g}"
    return ""


def describe(forest: Forest) -> str:
    """The plot in words: what is pooled, the result with its interval, which side is better, the subgroups."""
    rows = list(forest.rows())
    parts = [f"Forest plot of {counted(len(rows), *forest.rows_are)}{on(forest.subject)}."]
    if forest.overall:
        parts.append(f"{forest.noun} {_result(forest, forest.overall)}.")
    parts += [f"{group.title}: {_result(forest, group.summary)}." for group in forest.groups if group.summary]
    if forest.overall is None and not any(group.summary for group in forest.groups):
        effects = [row.effect for row in rows if row.effect]
        if len(effects) == 1:
            parts.append(f"{forest.noun} {forest.written(effects[0])}.")
        elif effects:
            values = [effect.value for effect in effects]
            low, high = (number(each, forest.decimals) for each in (min(values), max(values)))
            parts.append(f"{forest.noun} from {low} to {high}; not pooled.")
    if without := sum(row.effect is None for row in rows):
        parts.append(f"{counted(without, *forest.rows_are)} without an estimate.")
    return " ".join(parts)


def on(subject: str) -> str:
    """What a plot is about, after its first words: `, outcome: mortality`."""
    return f", outcome: {subject}" if subject else ""


def _result(forest: Forest, summary: Summary) -> str:
    effect = summary.effect
    value = number(effect.value, forest.decimals)
    text = f"{value}, {forest.level:g}% CI {forest.span((effect.low, effect.high))}"
    if summary.prediction:
        text += f", prediction interval {forest.span(summary.prediction)}"
    if forest.null is None:
        return text
    if effect.low <= forest.null <= effect.high:
        return f"{text}, which includes no effect ({number(forest.null)})"
    side = 0 if effect.high < forest.null else 1
    return f"{text}; {forest.sides[side]}" if forest.sides else f"{text}, which excludes no effect"
