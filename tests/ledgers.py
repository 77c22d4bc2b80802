"""Ledgers for tests: made from plain data, and looked at as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prismake.common.values import OWN, Group, Kind, Value, as_document, flat, named_tree


def _value(plain: Any) -> Value:
    kinds: dict[type, Kind] = {int: "count", float: "measure", str: "text"}
    return Value(plain, kinds.get(type(plain), "list"), "given")


def _tree(plain: Any) -> Any:
    if isinstance(plain, Mapping):
        return {key: _tree(item) for key, item in plain.items()}
    return plain if isinstance(plain, Value) else _value(plain)


def ledger_document(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The content of results/values.json with these values; a `Value` among them stays as it is."""
    return as_document(_tree(plain))


def names_of(plain: Mapping[str, Any]) -> Group:
    """These values as the text's expressions see them."""
    return named_tree(dict(flat(_tree(plain))))


def plain_of(tree: Any) -> Any:
    """A tree of values as plain data, without the group's own numbers where the group has other names too."""
    if isinstance(tree, Value):
        return tree.value
    return {key: plain_of(item) for key, item in tree.items() if key != OWN}
