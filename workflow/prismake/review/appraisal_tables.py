"""Which printed tables the appraisal has: forms of one family share a matrix, others have tables of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake import PACKAGE
from prismake.common.based_on import chain, merged, read_document
from prismake.common.errors import BuildStop
from prismake.common.sheet_cells import is_workbook
from prismake.common.tables import csv_cells

# Where a review keeps appraisal forms of its own.
OWN_FORMS = Path("data/appraisal/forms")
ENGINE_FORMS = PACKAGE / "appraisal" / "forms"


def form_ids(own_forms: Sequence[str]) -> set[str]:
    """The ids of the forms that a review may use: the engine's, and those in its `own_forms` or in their folder."""
    files = [Path(file) for file in own_forms] or sorted(OWN_FORMS.glob("*.yaml"))
    ids = {file.stem for file in ENGINE_FORMS.glob("*.yaml")}
    for file in files:
        try:
            ids.add(str(read_document(file).get("id")))
        except BuildStop:
            # The step that reads the forms reports it.
            continue
    return ids


def appraisal_tables(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """The id of each printed table of the appraisal -> the forms that it shows; none for one table of all forms.

    `table.by_form` gives each form its own table, or all forms one; by default forms of one family share theirs. The
    configuration may be as people wrote it, without the schema's defaults.
    """
    appraisal = config.get("appraisal")
    if not appraisal:
        return {}
    table = appraisal.get("table") or {}
    name, by_form = table.get("id", "appraisal"), table.get("by_form")
    forms = forms_named(appraisal)
    groups = {form: [form] for form in forms} if by_form else _families(forms, appraisal)
    if by_form is False or (len(groups) < 2 and not by_form):
        return {name: []}
    ids = {group: own[0] if len(own) == 1 else group for group, own in groups.items()}
    return {f"{name}_{ids[group]}": own for group, own in groups.items()}


def forms_named(appraisal: Mapping[str, Any]) -> list[str]:
    """The forms that the settings name, or else those of the table of answers."""
    designs = {form for allowed in (appraisal.get("designs") or {}).values() for form in allowed}
    named = designs or set(appraisal.get("forms") or ())
    path = Path(appraisal.get("answers", ""))
    if not named and path.is_file() and not is_workbook(path):
        try:
            header, rows, _ = csv_cells(path, ("form", "study_id", "item"))
            at = header.index("form") if "form" in header else len(header)
            named = {cells[at].strip() for _, cells in rows if at < len(cells)} - {""}
        except BuildStop:
            # The step that reads the answers reports it.
            return []
    return sorted(named)


def _families(forms: Sequence[str], appraisal: Mapping[str, Any]) -> dict[str, list[str]]:
    """Family -> its forms, of those named. A form that cannot be read is a family of its own, and reported later."""
    files = [Path(file) for file in appraisal.get("own_forms") or sorted(OWN_FORMS.glob("*.yaml"))]
    own = {file.stem: file for file in files}
    engine = {file.stem: file for file in ENGINE_FORMS.glob("*.yaml")}
    families: dict[str, list[str]] = {}
    for form in forms:
        file = own.get(form) or engine.get(form)
        try:
            document = merged(chain(file, own, engine)) if file else {}
        except (BuildStop, OSError):
            document = {}
        families.setdefault(str(document.get("family", form)), []).append(form)
    return families
