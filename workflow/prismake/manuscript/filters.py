"""How values read in prose: the filters that authors use inside `{{ … }}`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from prismake.common.printed import plain

# Quotation marks and dashes stay as they are: they take the typography of the text around them.
MARKUP = re.compile(r"([\\`*_\[\]<>$^~|@#{}&!])")
# What would start a list, a heading, a rule, a caption or a block where a value opens a line.
OPENING = re.compile(r"^(\w+(?=[.)](?:\s|$))|(?=[-+=:%(]))")
SPELLED_BELOW = 100
# fmt: off
UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
# Written out: strftime would follow the locale.
MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


class Ready(str):
    """Text that is Markdown already and goes into the manuscript as it is."""

    __slots__ = ()


def escape(text: str) -> Ready:
    """Text from data as Markdown that prints as it stands: markup in a title stays letters, also at a line's start."""
    if isinstance(text, Ready):
        return text
    return Ready(OPENING.sub(r"\1\\", MARKUP.sub(r"\\\1", plain(text)), count=1))


def _whole(value: Any) -> int:
    number = Decimal(str(value))
    if number != number.to_integral_value():
        raise ValueError(f"{value} is not a whole number")
    return int(number)


def n(value: Any) -> str:
    """A count in digits with thousands separators: 1,234."""
    return f"{_whole(value):,}"


def d(value: Any, places: int = 1) -> str:
    """A figure rounded half up to so many decimal places, as a reader would by hand: 68.8."""
    step = Decimal(1).scaleb(-places)
    return f"{Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP):,}"


def pct(part: Any, whole: Any, places: int = 1) -> str:
    """A count as percentage of another: `43 | pct(93)` gives 46.2%. Raises ArithmeticError for a whole of zero."""
    share = Decimal(str(part)) * 100 / Decimal(str(whole))
    return d(share, places) + "%"


def words(value: Any) -> str:
    """A count in words up to ninety-nine, above that in digits."""
    number = _whole(value)
    if not 0 <= number < SPELLED_BELOW:
        return n(number)
    if number < len(UNITS):
        return UNITS[number]
    ten, unit = divmod(number, 10)
    return TENS[ten - 2] + (f"-{UNITS[unit]}" if unit else "")


def capital_words(value: Any) -> str:
    """As `words`, for the start of a sentence."""
    text = words(value)
    return text[:1].upper() + text[1:]


def plural(value: Any, one: str, many: str) -> str:
    """The noun that fits a count: `1 | plural("study", "studies")` gives study."""
    return one if _whole(value) == 1 else many


def counted(value: Any, one: str, many: str) -> str:
    """A count in words with its noun: nine studies, one study, no studies."""
    return f"{words(value) if _whole(value) else 'no'} {plural(value, one, many)}"


def date(value: str) -> str:
    """A date in American order: December 16, 2025. Takes YYYY-MM-DD."""
    day = datetime.date.fromisoformat(value)
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def listing(items: Sequence[Any]) -> Ready:
    """Items in a sentence: A; A and B; A, B, and C."""
    texts = [escape(str(item)) for item in items]
    if len(texts) < 3:
        return Ready(" and ".join(texts))
    return Ready(", ".join(texts[:-1]) + f", and {texts[-1]}")


def cite(keys: Sequence[str]) -> Ready:
    """A citation of all keys: [@a; @b]. Raises ValueError where there is nothing to cite."""
    if not keys:
        raise ValueError("no study to cite here")
    return Ready("[" + "; ".join(f"@{key}" for key in keys) + "]")


FILTERS: dict[str, Callable[..., Any]] = {
    "n": n,
    "d": d,
    "pct": pct,
    "words": words,
    "Words": capital_words,
    "plural": plural,
    "counted": counted,
    "date": date,
    "listing": listing,
    "cite": cite,
}
