"""Members of JSON objects as columns of a table: by their paths, lists of people and of words as one cell each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from prismake.importing.entries import Fields


def fields_of(reference: Any) -> Fields:
    """The object's members: texts as they stood, lists of texts one by one, anything else as JSON."""
    fields: Fields = []
    for name, value in reference.items():
        items = value if isinstance(value, list) and all(isinstance(item, str) for item in value) else [value]
        for item in items:
            fields.append((name, item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)))
    return fields


def loaded(text: str) -> Any:
    """What a text holds that is JSON's list or object, else the text."""
    try:
        return json.loads(text) if text[:1] in ("[", "{") else text
    except (ValueError, RecursionError):
        return text


def one_cell_each(fields: Fields) -> Fields:
    """Lists of people and words as one cell each, as a table would have them; members of members by their path."""
    cells: dict[str, str] = {}
    for name, value in _paths(fields):
        cells[name] = f"{cells[name]}; {value}" if name in cells else value
    return list(cells.items())


def _paths(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields:
        parsed = loaded(value) if value[:1] in ("[", "{") else None
        if isinstance(parsed, dict) and parsed:
            words = _in_order(parsed) if name == "abstract_inverted_index" else ""
            if words:
                yield "abstract", words
                continue
            for path, inner in _paths(fields_of(parsed)):
                yield f"{name}.{path}", inner
        elif isinstance(parsed, list) and name in _PEOPLE and (names := [*filter(None, map(_name, parsed))]):
            yield "authors", "; ".join(names)
        elif isinstance(parsed, list) and (typed := dict(filter(None, map(_typed, parsed)))):
            for kind, number in typed.items():
                yield f"{name}.{kind}", number
        else:
            yield name, value


# OpenAlex gives an abstract by the places of its words.
def _in_order(places: dict[str, Any]) -> str:
    try:
        words = {place: word for word, at in places.items() for place in at}
        return " ".join(words[place] for place in sorted(words))
    except TypeError:
        return ""


_PEOPLE = frozenset(("authors", "author", "authorships", "creators", "contributors"))
_PARTS_OF_NAMES = {
    **dict.fromkeys(("name", "display_name", "full_name", "fullName"), "full"),
    **dict.fromkeys(("last_name", "lastName", "family"), "family"),
    **dict.fromkeys(("first_name", "firstName", "given", "initials"), "given"),
}


def _name(person: Any) -> str:
    """The name of a person as programs describe one; "" for anything else."""
    if not isinstance(person, dict):
        return person if isinstance(person, str) else ""
    if isinstance(person.get("author"), dict):
        person = person["author"]
    parts: dict[str, str] = {}
    for key, value in person.items():
        if value and key in _PARTS_OF_NAMES:
            parts.setdefault(_PARTS_OF_NAMES[key], str(value))
    if "family" in parts and "given" in parts:
        return f"{parts['family']}, {parts['given']}"
    return parts.get("full") or parts.get("family", "")


def _typed(item: Any) -> tuple[str, str] | None:
    """Kind and value of an item of a list of identifiers."""
    if isinstance(item, dict) and isinstance(item.get("type"), str) and isinstance(item.get("value"), str):
        return item["type"], item["value"]
    return None
