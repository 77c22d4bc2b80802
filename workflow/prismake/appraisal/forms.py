"""Appraisal forms as data: one YAML file a form, of the package (`forms/`) or of the review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.validation import check_document, load_yaml


@dataclass(frozen=True)
class Form:
    """An appraisal form: `items` maps an item's id to its subject, in the form's order."""

    id: str
    title: str
    short: str
    answers: tuple[str, ...]
    overall: tuple[str, ...]
    items: dict[str, str]


def read_form(path: Path, schema: Path) -> Form:
    """Reads one form. Raises BuildStop where the file does not follow the schema or an item stands twice."""
    document = load_yaml(path)
    check_document(document, load_yaml(schema), path)
    items = {item["id"]: item["subject"] for item in document["items"]}
    if len(items) < len(document["items"]):
        raise BuildStop(Issue("item-twice", "an item id stands twice", str(path), "number the items anew"))
    return Form(
        document["id"],
        document["title"],
        document["short"],
        tuple(document["answers"]),
        tuple(document["overall"]),
        items,
    )


def read_forms(paths: Iterable[Path], schema: Path) -> dict[str, Form]:
    """Form id -> form. Raises BuildStop where two files have one id."""
    forms: dict[str, Form] = {}
    for path in paths:
        form = read_form(path, schema)
        if form.id in forms:
            raise BuildStop(
                Issue("form-twice", f"a form '{form.id}' is there already", str(path), "give it another id")
            )
        forms[form.id] = form
    return forms
