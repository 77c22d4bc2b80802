"""How numbers and results of statistics are written: signs, digits, p values and intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MINUS = "−"
# From so many numbers in a row on, they are a range.
RANGE = 3


def signed(text: str) -> str:
    """A number as text with a typographic minus in front instead of a hyphen."""
    return f"{MINUS}{text[1:]}" if text.startswith("-") else text


def number_text(value: Any, places: int) -> str:
    """A number rounded half up, with thousands separators, a typographic minus, and none before a zero."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return signed(f"{rounded if rounded else abs(rounded):,}")


def span_text(low: str, high: str) -> str:
    """The two ends of a range with a dash between them, or with `to` where a minus would stand beside it."""
    return f"{low} to {high}" if MINUS in (low[:1], high[:1]) else f"{low}–{high}"


def number_runs(numbers: Iterable[int]) -> list[list[int]]:
    """The numbers in order, cut where one is missing; what is too short for a range is cut into single numbers."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [part for run in runs for part in ([run] if len(run) >= RANGE else [[number] for number in run])]


@dataclass(frozen=True)
class Notation:
    """How a journal writes results of statistics.

    `p` is what a p value is called, `spaced` whether blanks stand around = and <, `leading_zero` whether a p value has
    a zero before its point, `interval` what a confidence interval is called, `to` what stands between its ends.
    """

    p: str = "p"
    spaced: bool = True
    leading_zero: bool = True
    interval: str = "CI"
    to: str = " to "

    def relation(self, name: str, sign: str, text: str) -> str:
        """`I² = 92%`, with or without blanks around the sign."""
        return f"{name} {sign} {text}" if self.spaced else f"{name}{sign}{text}"

    def p_value(self, p: float) -> str:
        """A p value as it is reported: p = 0.42, p = 0.004, p < 0.001."""
        if p < 0.001:
            return self.relation(self.p, "<", self._probability("0.001"))
        places = 3 if p < 0.01 else 2
        # Rounding must not carry a p value across 0.05.
        if number_text(p, places) == "0.05" and p < 0.05:
            places = 3
        return self.relation(self.p, "=", self._probability(number_text(p, places)))

    def _probability(self, text: str) -> str:
        return text if self.leading_zero else text.removeprefix("0")

    def ends(self, low: str, high: str) -> str:
        """The two ends of an interval: `0.34 to 0.70`; `to` also where a sign would stand beside a dash."""
        dash = self.to.strip() in ("-", "–")
        return f"{low} to {high}" if dash and MINUS in (low[:1], high[:1]) else f"{low}{self.to}{high}"

    def interval_text(self, level: float, low: str, high: str, kind: str = "") -> str:
        """`95% CI 0.34 to 0.70`, or another `kind` of interval; `level` in percent."""
        percent = number_text(level, 0 if float(level).is_integer() else 1)
        return f"{percent}% {kind or self.interval} {self.ends(low, high)}"


# Where no journal says otherwise.
PLAIN_NOTATION = Notation()
