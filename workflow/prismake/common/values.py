"""The ledger: every value that the text may use, with what it counts, how it was computed and what it rests on.

Values are made as a tree of names (`pooled.women`), kept flat in results/values.json, and seen by the expressions of
the text as numbers and texts that know their name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from prismake.common.errors import stop

Kind = Literal["count", "measure", "share", "year", "date", "text", "list", "studies", "awaited"]
Noun = tuple[str, str]

SCHEMA = "prismake values 1"
# The name under which a group of values has a number of its own: `pooled.women` beside `pooled.women.n`.
OWN = ""

# Nouns whose plural no rule gives, as the field uses them.
IRREGULAR = {
    "woman": "women",
    "man": "men",
    "child": "children",
    "person": "people",
    "case series": "case series",
    "series": "series",
    "analysis": "analyses",
    "diagnosis": "diagnoses",
    "vertebra": "vertebrae",
    "criterion": "criteria",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "species": "species",
    "hypothesis": "hypotheses",
    "knife": "knives",
    "datum": "data",
    "life": "lives",
    "leaf": "leaves",
    "calf": "calves",
}
# What completes a noun: `loss of follow-up`, `leakage at an unspecified site`, `study (animal)`.
COMPLETED = re.compile(r"(?P<head>\S.*?)(?P<rest>\s(?:with|without|of|at|in|on|for|from|after|before|by)\s.+|\s?\(.+)")


def plural_of(noun: str) -> str:
    """The plural of an English noun, or of the noun in a phrase: case reports, losses of follow-up."""
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if completed := COMPLETED.fullmatch(noun):
        return plural_of(completed["head"]) + completed["rest"]
    before, _, last = noun.rpartition(" ")
    if before and last in IRREGULAR:
        return f"{before} {IRREGULAR[last]}"
    if noun.endswith("y") and noun[-2:-1] not in ("a", "e", "i", "o", "u"):
        return noun[:-1] + "ies"
    if noun.endswith("is") and len(noun) > 4:
        return noun[:-2] + "es"
    # A plural stays: `mixed methods`, `RCTs`.
    if re.search(r"[^siuaon]s$", noun):
        return noun
    return noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")


def singular_of(noun: str) -> str:
    """The singular of an English plural: women -> woman, studies -> study. A word that is no plural stays as it is."""
    if completed := COMPLETED.fullmatch(noun):
        return singular_of(completed["head"]) + completed["rest"]
    known = {many: one for one, many in IRREGULAR.items()}
    before, _, last = noun.rpartition(" ")
    if last in known:
        return f"{before} {known[last]}".strip()
    if last.endswith("ies") and len(last) > 4:
        return noun[:-3] + "y"
    if last.endswith(("sses", "xes", "zes", "ches", "shes")):
        return noun[:-2]
    return noun[:-1] if last.endswith("s") and not last.endswith("ss") else noun


def noun(many: str) -> Noun:
    """(singular, plural) of a plural."""
    return singular_of(many), many


@dataclass(frozen=True)
class Value:
    """A value: what it is, what it counts, how it was computed, and what it rests on.

    `nouns` are (singular, plural) of what is counted, the one that is printed first; `unit` is a measure's. `roles` are
    groups of words: a sentence about the value uses a word of each (`excluded` or `removed`, and `PubMed`). `places`
    are the decimal places that it is printed with. `files` and `columns` name its sources, `studies` the studies that
    it rests on, and `records` the table that lists its records.
    """

    value: Any
    kind: Kind
    how: str
    unit: str = ""
    nouns: tuple[Noun, ...] = ()
    roles: tuple[tuple[str, ...], ...] = ()
    places: int | None = None
    files: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    records: str = ""

    def plain(self) -> dict[str, Any]:
        """The value as plain data, without what is empty."""
        return {key: item for key, item in vars(self).items() if item or key in ("value", "kind", "how") or item == 0}


Tree = dict[str, Any]
Ledger = dict[str, Value]


def count(number: int | None, how: str, *nouns: Noun, **more: Any) -> Value:
    """A count of things."""
    return Value(number, "count", how, nouns=nouns, **more)


def flat(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Value]]:
    """Dotted name and value of each leaf of a tree of values."""
    for key, item in tree.items():
        name = ".".join(part for part in (before, str(key)) if part)
        if isinstance(item, Value):
            yield name, item
        else:
            yield from flat(item, name)


def as_document(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The content of results/values.json."""
    return {"schema": SCHEMA, "values": {name: value.plain() for name, value in flat(tree)}}


def _pairs(items: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(item) for item in items)


def _value(entry: Mapping[str, Any]) -> Value:
    kept: dict[str, Any] = {
        key: tuple(item) if key in ("files", "columns", "studies") else item for key, item in entry.items()
    }
    for key in ("nouns", "roles"):
        kept[key] = _pairs(entry.get(key, ()))
    if kept["kind"] not in get_args(Kind):
        raise ValueError(kept["kind"])
    return Value(**kept)


def ledger_of(document: Mapping[str, Any], where: str) -> Ledger:
    """Name -> value from the content of results/values.json. Raises BuildStop if it is not what a build wrote."""
    try:
        if document["schema"] != SCHEMA:
            raise ValueError(document["schema"])
        return {name: _value(entry) for name, entry in document["values"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        message = "this is not a ledger of values that a build wrote"
        raise stop("damaged", message, where=where, fix="delete it and build again") from None


class Named:
    """A value as the text's expressions see it: with its name, its entry in the ledger, and the values below it."""

    name: str
    entry: Value
    below: dict[str, Any]


class Whole(Named, int):
    """A whole number of the ledger."""


class Figure(Named, float):
    """A number with decimals of the ledger."""


class Words(Named, str):
    """A text or date of the ledger."""


class Listed(Named, list[Any]):
    """A list of the ledger."""


class Awaited(Named, str):
    """A value of an analysis that a draft does without: its parts, and what is computed with it, are itself."""

    def _itself(self, *_: Any) -> Awaited:
        return self

    def _never(self, _: Any) -> bool:
        return False

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __neg__ = __mod__ = _itself
    __lt__ = __le__ = __gt__ = __ge__ = _never


class Group(dict[str, Any]):
    """Values below one name that have no number of their own."""

    name = ""


def _named(name: str, entry: Value, below: dict[str, Any]) -> Any:
    made: Named
    match entry.value:
        case str() if entry.kind == "awaited":
            made = Awaited(entry.value)
        case int():
            made = Whole(entry.value)
        case float():
            made = Figure(entry.value)
        case str():
            made = Words(entry.value)
        case list() | tuple():
            made = Listed(entry.value)
        case _:
            return entry.value
    made.name, made.entry, made.below = name, entry, below
    return made


def _branch(name: str, tree: Mapping[str, Any], ledger: Ledger) -> Any:
    below = {key: _branch(f"{name}.{key}" if name else key, item, ledger) for key, item in tree.items()}
    if name in ledger:
        # `pooled.women.value` is another name of `pooled.women`, and is known by that.
        parent = name.rpartition(".")[0]
        own = parent if parent in ledger and ledger[parent] == ledger[name] else name
        return _named(own, ledger[name], below)
    group = Group(below)
    group.name = name
    return group


def named_tree(ledger: Ledger) -> Group:
    """The ledger as the text's expressions see it: `pooled.women` is a number, `pooled.women.studies` a list."""
    tree: Tree = {}
    for name in ledger:
        branch = tree
        for part in name.split("."):
            branch = branch.setdefault(part, {})
    top: Group = _branch("", tree, ledger)
    return top
