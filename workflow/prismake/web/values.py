"""The numbers and values behind the page: what a door shows, without what the page says elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.common.results.flow import BOX
from prismake.common.results.synthesis import GRADE
from prismake.common.values import Ledger
from prismake.synthesis.figures import name_of
from prismake.trace.numbers import Number
from prismake.web.doors import CLOSED, look_of
from prismake.web.lists import LIST
from prismake.web.private import plain, unnamed

# The interval of an effect, and what stands beside it in the ledger.
INTERVAL = "ci"
# The values in the cells of an outcome, by the column of the table; in all others, its certainty.
OF_COLUMN = {
    "studies": ("meta.{}.n_studies",),
    "risk_without": ("grade.{}.assumed_risk",),
    "risk_with": ("grade.{}.risk", "grade.{}.difference"),
    "relative": ("meta.{}",),
    "participants": ("meta.{}.participants", "meta.{}.n_studies"),
}
OF_INTERVAL = frozenset({"estimate", "low", "high"})


def _filled(about: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in about.items() if value not in (None, "", [], ())}


def with_values(number: Number, ledger: Ledger) -> Number:
    """A number of a table of the certainty of evidence with the values that its cell prints; any other as it is."""
    name = name_of(number.study)
    if GRADE.path not in number.files or f"grade.{name}" not in ledger:
        return number
    own = [value.format(name) for value in OF_COLUMN.get(number.column, ())]
    return replace(number, values=tuple(value for value in own if value in ledger) or (f"grade.{name}",))


def values_shown(numbers: Sequence[Number], ledger: Ledger) -> dict[str, Any]:
    """The values of the ledger that some numbers are: name -> what it is."""
    names = {name for one in numbers if one.source not in CLOSED for name in one.values if name in ledger}
    return {name: ledger[name].value for name in sorted(names)}


def number_behind(number: Number, known: Collection[str], people: Collection[str] = ()) -> dict[str, Any]:
    """What is behind one number: its source, expression, values, cell, statement and works. What a value of the
    ledger, `known` by its name, says itself is not repeated. The names of `people` are kept out of those of files.
    """
    explained = bool(number.values) and all(name in known for name in number.values)
    return _filled(
        {
            "source": number.source,
            "text": plain(number.text),
            "before": plain(number.before),
            "after": plain(number.after),
            "section": plain(number.section),
            "values": list(number.values),
            "expression": plain(number.expression),
            "how": "" if explained else plain(number.how),
            "study": number.study,
            "columns": [] if explained else list(number.columns),
            "files": [] if explained else [unnamed(file, people) for file in number.files],
            "works": list(number.ids) if number.source == "typed" else [],
            "place": number.place,
        }
    )


def _interval(name: str, ledger: Ledger) -> str:
    """The interval of an estimate, of whose model the ledger has one too."""
    model, _, part = name.rpartition(".")
    beside = ledger.get(f"{model}.{INTERVAL}")
    return str(beside.value) if beside and part in OF_INTERVAL else ""


def value_behind(name: str, ledger: Ledger, boxes: Mapping[str, str], people: Collection[str] = ()) -> dict[str, Any]:
    """What a value of the ledger is and rests on; `boxes` gives the box of a value or of a list of records.

    The names of `people` are kept out of those of files.
    """
    value = ledger[name]
    noun = value.nouns[0] if value.nouns else None
    return _filled(
        {
            "noun": list(noun) if noun else None,
            "result": plain(str(value.value)) if isinstance(value.value, str | int | float) else "",
            "interval": plain(_interval(name, ledger)),
            "unit": value.unit,
            "how": plain(value.how),
            "files": [unnamed(file, people) for file in value.files],
            "columns": list(value.columns),
            "studies": list(value.studies),
            "box": boxes.get(name) or boxes.get(value.records, ""),
        }
    )


def _source(number: Number, ledger: Ledger) -> str:
    """What the panel says of where a number comes from."""
    return "outcome" if number.source == "table" and number.values else look_of(number, ledger)


def values_of(
    numbers: Sequence[Number], ledger: Ledger, boxes: Sequence[Mapping[str, Any]], people: Collection[str] = ()
) -> dict[str, Any]:
    """The doors of a page by their number, and the values that they name, without the names of `people` in files.

    `boxes` are the lists of the page.
    """
    doors = {str(place): one for place, one in enumerate(numbers, start=1) if one.source not in CLOSED}
    lists = {str(box["id"]) if box["role"] == LIST else BOX.at(box=box["id"]): str(box["id"]) for box in boxes}
    return {
        "numbers": {
            place: number_behind(one, ledger, people) | {"source": _source(one, ledger)} for place, one in doors.items()
        },
        "values": {name: value_behind(name, ledger, lists, people) for name in values_shown(numbers, ledger)},
    }
