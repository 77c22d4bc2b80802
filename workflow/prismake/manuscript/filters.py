"""How values read in prose: the filters that authors use inside `{{ … }}`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from prismake.common.escaping import plain
from prismake.common.notation import number_runs, number_text, signed, span_text
from prismake.common.values import Named, plural_of, singular_of

# Quotation marks and dashes stay as they are: they take the typography of the text around them.
MARKUP = re.compile(r"([\\`*_\[\]<>$^~|@#{}&!])")
# What would start a list, a heading, a rule, a caption or a block where a value opens a line.
OPENING = re.compile(r"^(\w+(?=[.)](?:\s|$))|(?=[-+=:%(]))")
SPELLED_BELOW = 100
# A sentence may start with any number below this, written out.
SPELLED_LARGEST = 1_000_000
# fmt: off
UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
# "Table S2", or "S2 Table".
NUMBERED = re.compile(
    r"(?:(?P<before>[^\d\u00a0]+)\u00a0)?(?P<lead>[A-Z])(?P<number>\d+)(?:\u00a0(?P<after>[^\d\u00a0]+))?"
)
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
    return signed(f"{_whole(value):,}")


def d(value: Any, places: int = 1) -> str:
    """A figure rounded half up to so many decimal places, as a reader would by hand: 68.8."""
    return number_text(value, places)


def pct(part: Any, whole: Any, places: int = 1) -> str:
    """A count as percentage of another: `43 | pct(93)` gives 46.2%. Raises ArithmeticError for a whole of zero."""
    share = Decimal(str(part)) * 100 / Decimal(str(whole))
    return d(share, places) + "%"


def words(value: Any) -> str:
    """A count in words up to ninety-nine, above that in digits."""
    number = _whole(value)
    return _spelled(number) if 0 <= number < SPELLED_BELOW else n(number)


def _spelled(number: int) -> str:
    """A number below a million in words, as American English writes it: four hundred twenty-eight."""
    if number < len(UNITS):
        return UNITS[number]
    if number < 100:
        ten, unit = divmod(number, 10)
        return TENS[ten - 2] + (f"-{UNITS[unit]}" if unit else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    many, rest = divmod(number, size)
    return f"{_spelled(many)} {name}" + (f" {_spelled(rest)}" if rest else "")


def capital_words(value: Any) -> str:
    """As `words`, for the start of a sentence."""
    return _opened(words(value))


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]


def _noun(value: Any, one: str, many: str) -> tuple[str, str]:
    """The nouns that were named, else those of the value. Raises ValueError if there are none."""
    if one:
        return one, many or plural_of(one)
    nouns = value.entry.nouns if isinstance(value, Named) else ()
    if not nouns:
        raise ValueError('this number counts nothing by itself; name what it counts: counted("study", "studies")')
    return nouns[0]


def plural(value: Any, one: str = "", many: str = "") -> str:
    """The noun that fits a count: `1 | plural("study", "studies")` gives study; without nouns, the value's own."""
    return _noun(value, one, many)[0 if _whole(value) == 1 else 1]


def counted(value: Any, one: str = "", many: str = "") -> str:
    """A count in words with its noun: nine studies, one study, no studies. Without nouns, the value's own."""
    return f"{words(value) if _whole(value) else 'no'} {plural(value, one, many)}"


def _figure(value: Any, places: int | None = None) -> str:
    """The number alone: a count in digits, a measure with its decimal places."""
    entry = value.entry if isinstance(value, Named) else None
    if entry and entry.kind in ("year", "date", "text"):
        return str(value)
    decimals = places if places is not None else entry.places if entry else None
    if decimals is None:
        return signed(f"{Decimal(str(value)):,}")
    return d(value, decimals)


def _after(value: Any) -> str:
    """What follows the number: the noun that it counts, or its unit; nothing where it has neither."""
    entry = value.entry if isinstance(value, Named) else None
    if entry is None:
        return ""
    if entry.kind == "count" and entry.nouns:
        return " " + plural(value)
    if entry.unit == "%":
        return "%"
    return f" {singular_of(entry.unit) if Decimal(str(value)) == 1 else entry.unit}" if entry.unit else ""


def whole_phrase(value: Any, *, opening: bool = False) -> str:
    """A value as it reads by itself: `50 women`, `68.8 years`, `2016`; at the start of a sentence a count in words."""
    if opening and isinstance(value, Named) and value.entry.kind == "count" and 0 <= _whole(value) < SPELLED_LARGEST:
        return _opened(_spelled(_whole(value))) + _after(value)
    return _figure(value) + _after(value)


def share(part: Any, whole: Any, places: int = 1) -> str:
    """A count with its percentage of another: `pooled.women | share(pooled.patients)` gives 50 (53.8%)."""
    return f"{n(part)} ({pct(part, whole, places)})"


def of(part: Any, whole: Any, places: int = 1) -> str:
    """A count of a whole with its percentage: `pooled.women | of(pooled.patients)` gives 50 of 93 patients (53.8%)."""
    return f"{n(part)} of {n(whole)}{_after(whole)} ({pct(part, whole, places)})"


def span(value: Any, to: Any = None, places: int | None = None) -> str:
    """A range with its unit: `years.first | range(years.last)` gives 2016–2026; a pooled figure has its own ends.

    Raises ValueError for a value that has no range.
    """
    low, high = (value, to) if to is not None else _ends(value)
    if places is None and to is None:
        places = value.entry.places
    return span_text(_figure(low, places), _figure(high, places)) + _after(high)


def _ends(value: Any) -> tuple[Any, Any]:
    below = value.below if isinstance(value, Named) else {}
    if not {"min", "max"} <= below.keys():
        raise ValueError("this value has no range; name its upper end: range(other)")
    return below["min"], below["max"]


def mean_sd(value: Any, deviation: Any, places: int | None = None) -> str:
    """A mean with its standard deviation and unit: 74.4 ± 8.6 years."""
    return f"{_figure(value, places)} ± {_figure(deviation, places)}{_after(value)}"


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


def together(names: Sequence[Any], many: str = "") -> str:
    """Tables of the supplement under one word: Table S2, Table S3 and Table S4 are Tables S2–S4.

    `many` is the plural of the word, where English does not give it. Raises ValueError for anything but such names.
    """
    matches = [NUMBERED.fullmatch(str(name)) for name in names]
    if not matches or None in matches:
        raise ValueError("only tables, or figures, of the supplement stand together")
    words = {match["before"] or match["after"] for match in matches if match}
    if len(words) > 1:
        raise ValueError(f"{listing(sorted(words))} do not stand together")
    numbers = {int(match["number"]) for match in matches if match}
    if len(numbers) == 1:
        return str(names[0])
    lead = matches[0]["lead"] if matches[0] else ""
    runs = [f"{lead}{run[0]}" + (f"–{lead}{run[-1]}" if len(run) > 1 else "") for run in number_runs(numbers)]
    word = many or plural_of(words.pop())
    first = bool(matches[0] and matches[0]["before"])
    return f"{word}\u00a0{listing(runs)}" if first else f"{listing(runs)}\u00a0{word}"


def cite(keys: Any) -> Ready:
    """A citation of all keys: [@a; @b]; of a value, the studies that it rests on. Raises ValueError without any."""
    if isinstance(keys, Named) and not isinstance(keys, list):
        keys = keys.below.get("studies") or keys.entry.studies
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
    "share": share,
    "of": of,
    "range": span,
    "mean_sd": mean_sd,
    "date": date,
    "listing": listing,
    "together": together,
    "cite": cite,
}
