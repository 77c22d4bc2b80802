"""YAML documents based on others: a document inherits what it does not state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from prismake.common.errors import nearest, stop
from prismake.common.reading import read_text
from prismake.common.yaml_files import LARGEST_YAML, house_yaml, is_ours, parse_yaml

KEY = "based_on"


def chain(first: Path, own: Mapping[str, Path], engine: Mapping[str, Path]) -> list[Path]:
    """A document's file, then those that it is based on, each after the one that names it.

    Bases are named as in `own` (the review's) and `engine`; one of the review's own takes precedence over the engine's
    of the same name, and may be based on that. Raises BuildStop if a base does not exist, or a document is based on
    itself in the end.
    """
    files = [first]
    while (base := _base_of(files[-1])) is not None:
        shelves = [shelf[base] for shelf in (own, engine) if base in shelf]
        fresh = [file for file in shelves if file not in files]
        if not shelves:
            known = sorted({*own, *engine})
            raise stop(
                KEY, f"there is no '{base}' to be based on", where=f"{files[-1]}, {KEY}", fix=nearest(base, known)
            )
        if not fresh:
            raise stop(
                KEY,
                "is based on itself, directly or through others",
                where=f"{files[-1]}, {KEY}",
                fix="name another base",
            )
        files.append(fresh[0])
    return files


def merged(files: Sequence[Path]) -> dict[str, Any]:
    """The content of a chain of documents: blocks are merged key by key, and everything else is replaced as a whole."""
    whole: dict[str, Any] = {}
    for file in reversed(files):
        whole = _over(whole, read_document(file))
    whole.pop(KEY, None)
    return whole


def checked(files: Sequence[Path], schema: Path) -> dict[str, Any]:
    """The content of a chain of documents (`merged`). Raises BuildStop if it does not follow the schema."""
    whole = merged(files)
    if not all(map(is_ours, files)):
        # Our own documents are checked by our tests; the validator takes longer to load than a short step runs.
        from prismake.common.validation import check_document

        check_document(whole, house_yaml(schema), files[0])
    return whole


def _base_of(file: Path) -> str | None:
    base = read_document(file).get(KEY)
    if base is not None and not isinstance(base, str):
        raise stop(KEY, f"{base!r} is not a name", where=f"{file}, {KEY}", fix="name one document")
    return base


# A chain is followed first and merged afterwards, and several documents share a base: each is parsed once.
_parsed = lru_cache(maxsize=64)(parse_yaml)


def read_document(file: Path) -> dict[str, Any]:
    """The content of one document, which others share: not to be changed. Raises BuildStop if it has no keys."""
    document = house_yaml(file) if is_ours(file) else _parsed(read_text(file, largest=LARGEST_YAML), file)
    if not isinstance(document, dict):
        raise stop(
            "no-keys", "does not consist of keys and values", where=str(file), fix="start from one of Prismake's"
        )
    return document


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {key: _over(below[key], above[key]) for key in above if _are_blocks(below.get(key), above[key])}
    return {**below, **above, **both}


def _are_blocks(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)
