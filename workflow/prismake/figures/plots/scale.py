"""Axes of plots: where a value lies, which range is shown, and which ticks divide it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

# Ticks within a decade, from the coarsest to the finest.
LADDERS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))
STEPS = (1.0, 2.0, 2.5, 5.0)
MOST = 6
# An interval is cut, with an arrow, where it would make the rest of the plot small: this many times the typical one.
TYPICAL = 1.5
MINUS, INFINITY = "\u2212", "\u221e"
# A number with more digits than this before or after its point is printed in scientific notation.
LONGEST = 1e7


@dataclass(frozen=True)
class Scale:
    """A range of values, `low` to `high`, drawn from `start` to `end` in points, linear or as logarithms."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Where a value lies; one beyond the range at its end."""
        low, high = (transformed(each, self.log) for each in (self.low, self.high))
        share = (transformed(value, self.log) - low) / (high - low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def contains(self, value: float) -> bool:
        """Whether a value is within the range."""
        return self.low <= value <= self.high


def transformed(value: float, log: bool) -> float:
    """A value as it is drawn: its logarithm on a logarithmic scale, minus infinity for 0."""
    if not log:
        return value
    return math.log(value) if value > 0 else -math.inf


def plotted_range(points: Sequence[float], intervals: Iterable[tuple[float, float]], log: bool) -> tuple[float, float]:
    """The range that holds all `points`, and all `intervals` but those much longer than the typical one.

    A tenth of it is left free, half on each side. `points` are finite, and positive where `log`.
    """
    inner = [transformed(each, log) for each in points]
    low, high = min(inner), max(inner)
    ends = [(transformed(a, log), transformed(b, log)) for a, b in intervals]
    widths = [b - a for a, b in ends if math.isfinite(b - a)]
    room = max(high - low, TYPICAL * median(widths) if widths else 0.0)
    room = room or (math.log(2) if log else abs(low) or 1.0)
    low, high = max(min([low, *(a for a, _ in ends)]), low - room), min(max([high, *(b for _, b in ends)]), high + room)
    free = 0.05 * (high - low or room)
    low, high = low - free, high + free
    return (math.exp(low), math.exp(high)) if log else (low, high)


def ticks(low: float, high: float, log: bool) -> list[float]:
    """Round values within a range, two to six of them: 0.1, 0.2, 0.5, 1 of logarithms; equal steps otherwise."""
    if not log or high / low < 3:
        return _linear_ticks(low, high)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    best = _within(low, high, [10.0**exponent for exponent in decades if exponent % max(1, len(decades) // 4) == 0])
    for ladder in LADDERS:
        finer = _within(low, high, [float(f"{digit}e{exponent}") for exponent in decades for digit in ladder])
        if len(finer) <= MOST:
            best = finer
    return best


def _within(low: float, high: float, values: Iterable[float]) -> list[float]:
    return [each for each in values if low <= each <= high]


def _linear_ticks(low: float, high: float) -> list[float]:
    size = math.floor(math.log10(high - low)) - 1
    for exponent in range(size, size + 3):
        for factor in STEPS:
            step = Decimal(str(factor)).scaleb(exponent)
            first, last = math.ceil(low / float(step)), math.floor(high / float(step))
            if last - first < MOST:
                return [float(step * count) for count in range(first, last + 1)]
    raise AssertionError("a step of ten times the range leaves one tick")


def tick(value: float) -> str:
    """The number at a tick: four digits are together, as those of a year are."""
    return number(value).replace(",", "") if abs(value) < 10_000 else number(value)


def number(value: float, decimals: int | None = None) -> str:
    """A number as printed: a real minus sign, thousands with commas; as many decimals as it has where none are given.

    It is rounded half up, as in the text, which would otherwise print another number than the figure.
    """
    if math.isinf(value):
        return (MINUS if value < 0 else "") + INFINITY
    size = abs(value)
    if size and (size >= LONGEST or (decimals is None and size < 1 / LONGEST)):
        text = f"{value:.3g}"
    else:
        exact = Decimal(f"{value:.12g}")
        text = f"{exact if decimals is None else exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return text.replace("-", MINUS)
