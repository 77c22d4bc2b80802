"""What the columns of the extraction mean: which statistic of which measure, over how many, of what kind of numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from prismake.audit.matter import Matter

# The statistics that a column may hold, and by which ends of a column's name they are known without a mark.
STATISTICS = frozenset(
    ["mean", "median", "sd", "se", "min", "max", "q1", "q3", "ci_low", "ci_high", "p", "percent", "count", "ratio"]
)
CENTRES = ("mean", "median")


@dataclass(frozen=True)
class Column:
    """A column of numbers: the statistic that it holds and of which measure, and what is known of the numbers behind.

    `n` is the column with the number of those measured, `whole` whether each of them is a whole number, `low` and
    `high` the bounds of what can be measured.
    """

    name: str
    statistic: str = ""
    measure: str = ""
    n: str = ""
    whole: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""


def _of_name(name: str) -> tuple[str, str]:
    """(statistic, measure) that a column's name says: age_mean is the mean of age."""
    for statistic in STATISTICS:
        if name.endswith(f"_{statistic}"):
            return statistic, name.removesuffix(f"_{statistic}")
    return "", name


def number_of(cell: Any) -> Decimal | None:
    """A cell as a number with the digits that are written; nothing for an empty cell or a text."""
    if cell is None or isinstance(cell, bool):
        return None
    try:
        number = Decimal(str(cell))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def columns_of(matter: Matter) -> dict[str, Column]:
    """The columns of numbers of the studies' table, except the year."""
    synthesis = matter.settings.get("synthesis", {})
    patients, made = synthesis.get("patients", ""), {}
    for name, marks in matter.columns.items():
        if not marks.get("number") or name == synthesis.get("year"):
            continue
        statistic, measure = _of_name(name)
        statistic, measure = marks.get("statistic", statistic), marks.get("of", measure)
        low, high = marks.get("bounds") or (None, None)
        made[name] = Column(
            name,
            statistic,
            measure,
            marks.get("n") or ("" if statistic == "percent" else patients),
            bool(marks.get("whole")),
            number_of(low),
            number_of(high),
            marks.get("unit", ""),
        )
    return made


@dataclass(frozen=True)
class Summary:
    """What a study reports of one measure: statistic -> its number and its column, and how many were measured."""

    study: str
    measure: str
    n: int | None
    whole: bool
    low: Decimal | None
    high: Decimal | None
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def binary(self) -> bool:
        """Whether each number is a zero or a one."""
        return self.whole and self.low == 0 and self.high == 1

    def get(self, *statistics: str) -> list[Decimal] | None:
        """The numbers of these statistics, if all are reported."""
        if all(statistic in self.numbers for statistic in statistics):
            return [self.numbers[statistic] for statistic in statistics]
        return None

    def text(self, *statistics: str) -> str:
        """The cells of these statistics as a finding shows them."""
        cells = (f"{self.names[one]} {self.numbers[one]}" for one in statistics if one in self.names)
        return f"{self.study}: " + ", ".join(cells)


def summaries(matter: Matter) -> Iterator[Summary]:
    """Every measure of every study, with the statistics that are reported of it."""
    measures: dict[str, dict[str, Column]] = defaultdict(dict)
    for column in columns_of(matter).values():
        if column.statistic:
            measures[column.measure].setdefault(column.statistic, column)
    for study in matter.studies:
        for measure, columns in measures.items():
            numbers = {one: number_of(study.get(column.name)) for one, column in columns.items()}
            kept = {one: number for one, number in numbers.items() if number is not None}
            if not kept:
                continue
            first = next(columns[one] for one in columns if one in kept)
            n = number_of(study.get(first.n)) if first.n else None
            bounds = [(column.low, column.high) for column in columns.values() if column.statistic != "sd"]
            yield Summary(
                study["study_id"],
                measure,
                int(n) if n is not None and n == int(n) else None,
                any(column.whole for column in columns.values()),
                next((low for low, _ in bounds if low is not None), None),
                next((high for _, high in bounds if high is not None), None),
                kept,
                {one: column.name for one, column in columns.items()},
            )
