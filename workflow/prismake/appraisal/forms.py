"""Appraisal forms as data: one YAML file per form, the engine's (`forms/`) or the review's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.common.based_on import chain, merged, read_document
from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.validation import check_document, house_schema


@dataclass(frozen=True)
class Form:
    """An appraisal form: `items` maps an item's id to its subject, in the form's order; `designs` it is made for."""

    id: str
    title: str
    short: str
    answers: tuple[str, ...]
    overall: tuple[str, ...]
    items: dict[str, str]
    designs: tuple[str, ...] = ()


def read_form(files: Sequence[Path], schema: Path) -> Form:
    """Reads one form: its file, then those that it is based on.

    Raises BuildStop if it does not follow the schema or an item occurs twice.
    """
    document, path = merged(files), files[0]
    check_document(document, house_schema(schema), path)
    items = {item["id"]: item["subject"] for item in document["items"]}
    if len(items) < len(document["items"]):
        raise BuildStop(Issue("item-twice", "two items have the same id", str(path), "renumber the items"))
    return Form(
        document["id"],
        document["title"],
        document["short"],
        tuple(document["answers"]),
        tuple(document["overall"]),
        items,
        # Without a word on it, a form is for the design of its name; what is based on it is for the same.
        tuple(document.get("designs") or [read_document(files[-1])["id"]]),
    )


def forms_for(design: str | None, designs: Mapping[str, list[str]] | None, forms: Mapping[str, Form]) -> list[str]:
    """The ids of the forms that a design may be appraised on: as `designs` says, or else the forms themselves."""
    if designs is not None:
        return designs.get(design or "", [])
    return [form.id for form in forms.values() if design in form.designs]


def read_forms(engine: Sequence[Path], own: Sequence[Path], schema: Path) -> dict[str, Form]:
    """Form id -> form, of the engine and of the review; one of its `own` replaces the engine's of the same id.

    Raises BuildStop if a form is faulty, has no id, or shares it with another of the same side.
    """
    known, ours = _by_id(engine), _by_id(own)
    return {name: read_form(chain(file, ours, known), schema) for name, file in {**known, **ours}.items()}


def _by_id(files: Sequence[Path]) -> dict[str, Path]:
    shelf: dict[str, Path] = {}
    for file in files:
        name = read_document(file).get("id")
        if not isinstance(name, str):
            raise stop("no-id", "has no id", where=str(file), fix="give the form an `id`, as in the table of answers")
        if name in shelf:
            raise stop("form-twice", f"the form '{name}' is also in {shelf[name]}", where=str(file), fix="rename one")
        shelf[name] = file
    return shelf
