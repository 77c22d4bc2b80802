"""Dates as tables hold them: a spreadsheet's day numbers, dates without hyphens, and ranges that became dates."""

from __future__ import annotations

import datetime
import re

# Day 0 of spreadsheets, which take 1900 for a leap year.
_DAY_ZERO = datetime.date(1899, 12, 30)
# Five digits that are days of the years 1950 to 2099.
_SERIAL = re.compile(r"([1-7]\d{4})(?:\.\d*)?\Z")
_FIRST, _FIRST_RECENT, _LAST_RECENT, _LAST = (
    (datetime.date(year, month, day) - _DAY_ZERO).days
    for year, month, day in ((1950, 1, 1), (2000, 1, 1), (2035, 12, 31), (2099, 12, 31))
)
_COMPACT = re.compile(r"((?:1[5-9]|20)\d\d)(\d\d)(\d\d)\Z")
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sept|mrz|mär|mai|okt|dez|janv|févr|mars|avr|juin|juil|août|déc|"
    r"ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|maa|mei|fev|out)\.?"
)
# "2026-03-12", "12-Mar", "Mar-12", "12. Mrz", "3/12/2026", "12.03.2026"
_MADE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?\Z"
    rf"|\d{{1,2}}(?:-|\. ){_MONTH}(?:-\d\d(?:\d\d)?)?\Z|{_MONTH}-\d\d\Z"
    r"|(\d{1,2})([/.])\d{1,2}\2(?:19|20)\d\d\Z",
    re.IGNORECASE,
)


def as_date(text: str) -> str:
    """A day number of a spreadsheet or a date without hyphens as YYYY-MM-DD; any other text as it is."""
    if match := _SERIAL.match(text):
        days = int(match[1])
        return (_DAY_ZERO + datetime.timedelta(days)).isoformat() if _FIRST <= days <= _LAST else text
    if match := _COMPACT.match(text):
        try:
            return datetime.date(*map(int, match.groups())).isoformat()
        except ValueError:
            return text
    return text


def is_serial(text: str) -> bool:
    """True for the day number of a spreadsheet for a day of the years 2000 to 2035."""
    match = _SERIAL.match(text.strip())
    return match is not None and _FIRST_RECENT <= int(match[1]) <= _LAST_RECENT


def is_made_date(text: str) -> bool:
    """True for a date in the form that a spreadsheet program makes of "3-12" or "1/2"."""
    return bool(_MADE.match(text.strip()))
