"""The studies behind the page: their rows of the extraction, their appraisals, and the records that report them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prismake.document.cleaning import works_of
from prismake.web.private import plain
from prismake.web.records import Shown

# Columns in which people write for themselves, and those that say who filled in a row, as `_plain_name` has them.
NOTES = re.compile(
    r"(?:^|_)(?:notes?|comments?|remarks?|bemerkung(?:en)?|anmerkung(?:en)?|remarques?|observaciones)(?:_|$)"
)
PEOPLE = re.compile(
    r"(?:(?:(?:first|second|third)_)?(?:reviewer|extractor|appraiser)s?"
    # Alone these are what some studies count.
    r"|(?:first|second|third)_(?:reader|rater|assessor|coder)"
    r"|(?:\w+_)?(?:extracted|reviewed|appraised|checked|entered|verified|screened|coded|assessed|rated)_by)"
    r"(?:_?(?:id|name|initials|\d+))?"
)
# What a panel shows above the row.
TOLD_ABOVE = frozenset({"study_id", "parts", "reports"})
STATES = {"pending": "not yet appraised", "missing": "not on this form", "not_on_form": "not on this form"}


def name_of_column(name: str) -> str:
    """A column's name as words."""
    return name.replace("_", " ").strip().capitalize()


def _plain_name(column: str) -> str:
    """A column's name in small letters, its words joined by underscores, however people write it."""
    return re.sub(r"[\W_]+", "_", column).strip("_").lower()


def _may_show(column: str, shown: Shown) -> bool:
    name = _plain_name(column)
    return (shown.notes or not NOTES.search(name)) and (shown.reviewers or not PEOPLE.fullmatch(name))


def _cell(value: Any, codes: Mapping[str, Mapping[str, str]]) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, (_cell(item, codes) for item in value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return plain(codes.get(text, {}).get("label", text))


def _parts(parts: Mapping[str, Any], codes: Mapping[str, Any], shown: Shown) -> Iterator[tuple[str, str]]:
    for name, rows in parts.items():
        lines = [
            " ".join(
                filter(
                    None,
                    (_cell(value, codes.get(column, {})) for column, value in row.items() if _may_show(column, shown)),
                )
            )
            for row in rows
        ]
        yield name_of_column(name), "; ".join(lines)


def _row(study: Mapping[str, Any], codes: Mapping[str, Any], shown: Shown) -> list[tuple[str, str]]:
    cells = [
        (name_of_column(name), _cell(value, codes.get(name, {})))
        for name, value in study.items()
        if name not in TOLD_ABOVE and _may_show(name, shown)
    ]
    return [(name, text) for name, text in [*cells, *_parts(study.get("parts") or {}, codes, shown)] if text]


def _answer(item: Mapping[str, Any]) -> str:
    answer = str(item.get("answer") or "")
    return plain(answer.replace("_", " ")) if answer else STATES.get(str(item.get("state")), str(item.get("state")))


def _appraisal(appraisal: Mapping[str, Any], forms: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    form = forms.get(appraisal["form"], {})
    subjects = {str(item["id"]): item for item in form.get("items", [])}
    items = []
    for id, item in appraisal["items"].items():
        about = subjects.get(str(id), {})
        subject = " ".join(filter(None, (about.get("group"), about.get("subject")))) or str(id)
        items.append([str(id), plain(subject), _answer(item), plain(item.get("note") or "") if shown.notes else ""])
    return {
        "form": plain(form.get("title") or appraisal["form"]),
        "about": plain(appraisal.get("about") or ""),
        "overall": plain(str(appraisal.get("overall") or "").replace("_", " ")),
        "items": items,
    }


def studies_of(
    extraction: Mapping[str, Any],
    appraisal: Mapping[str, Any],
    references: Sequence[Mapping[str, Any]],
    index: Mapping[str, int],
    shown: Shown,
) -> dict[str, Any]:
    """Id of each study -> its name, its row, its appraisals, and the places of its records.

    `extraction` and `appraisal` are the contents of studies.json and appraisal.json, `index` the place of each record.
    """
    works = {str(work["id"]): work for work in references}
    names = works_of([dict(work) for work in references], set(works)).names
    codes, forms = extraction.get("codes") or {}, appraisal.get("forms") or {}
    result = {}
    for study in extraction.get("studies", []):
        id = study["study_id"]
        issued = ((works.get(id, {}).get("issued") or {}).get("date-parts") or [[""]])[0][0]
        result[id] = {
            "name": plain(" ".join(filter(None, (names.get(id, id), str(issued))))),
            "row": _row(study, codes, shown),
            "appraisals": [
                _appraisal(one, forms, shown) for one in appraisal.get("appraisals", []) if one["study_id"] == id
            ],
            "records": [index[name] for name in study.get("reports") or [] if name in index],
            "cited": id in works,
        }
    return result
