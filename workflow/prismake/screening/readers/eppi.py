"""EPPI-Reviewer's JSON: references with the codes that were applied to them, and the code sets that name the codes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from prismake.common import identifiers
from prismake.common.errors import Issue, nearest, stop
from prismake.common.matching import Named
from prismake.screening.marks import marked_ids
from prismake.screening.readers.entries import Entry, Source, folded

_CODE = re.compile(
    r"^\W*(include|exclude)[ds]?\b[\s:–-]*(?:(?:on|because(?: of)?|due to)\b)?[\s:–-]*(.*)$", re.I | re.S
)


def is_export(document: Any) -> bool:
    """Whether a JSON document is EPPI-Reviewer's."""
    return isinstance(document, dict) and isinstance(document.get("References"), list)


def load(text: str, path: str) -> Any:
    """The JSON document. Raises BuildStop if the text is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as fault:
        line = getattr(fault, "lineno", 1)
        raise stop("json", f"not JSON: {fault}", where=f"{path}:{line}", fix="export the file again") from None


def _codes(block: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(id, name, names of what it stands under) of every code below."""
    attributes = block.get("Attributes") if isinstance(block, dict) else None
    listed = attributes.get("AttributesList") if isinstance(attributes, dict) else None
    for code in listed if isinstance(listed, list) else []:
        if isinstance(code, dict):
            name = folded(str(code.get("AttributeName", "")))
            yield str(code.get("AttributeId")), name, path
            yield from _codes(code, (*path, name))


def known_codes(document: Mapping[str, Any], source: Source) -> dict[str, str]:
    """Id -> name of the codes that count: those below `codes_under`, or all. Raises BuildStop if there is none."""
    every = []
    places: dict[str, None] = {}
    sets = document.get("CodeSets")
    for block in sets if isinstance(sets, list) else []:
        name = folded(str(block.get("SetName", ""))) if isinstance(block, dict) else ""
        places[name] = None
        for code in _codes(block, (name,)):
            every.append(code)
            places.update(dict.fromkeys(code[2]))
    wanted = folded(source.codes_under).casefold()
    known = {number: name for number, name, path in every if not wanted or wanted in [part.casefold() for part in path]}
    if not known:
        message = f"there is no code under '{source.codes_under}'" if wanted else "it contains no codes"
        fix = nearest(source.codes_under, list(places)) if wanted else "export the references with their codes"
        raise stop("no-codes", message, where=f"{source.file}", fix=fix)
    return known


def meaning(name: str, source: Source) -> tuple[str, str]:
    """(decision, reason) of a code's name, from `words` or from how it begins; two empty texts where it has neither."""
    match = _CODE.match(name)
    decision = source.words.get(name.casefold()) or (match[1].lower() if match else "ignore")
    if decision == "ignore":
        return "", ""
    return decision, (match[2] if match else name).strip() if decision == "exclude" else ""


def read(document: Mapping[str, Any], source: Source, issues: list[Issue]) -> Iterator[tuple[Entry, list[str]]]:
    """Yields each reference with the names of the codes applied to it that count."""
    codes = known_codes(document, source)
    for number, reference in enumerate(document["References"], start=1):
        if not isinstance(reference, dict):
            message = f"reference {number} is not a block of fields"
            issues.append(Issue("json", message, f"{source.file}", "export the file again"))
            continue
        applied = reference.get("Codes")
        names, remarks = [], []
        for code in applied if isinstance(applied, list) else []:
            name = codes.get(str(code.get("AttributeId"))) if isinstance(code, dict) else None
            if name:
                names.append(name)
                if remark := folded(str(code.get("AdditionalText") or "")):
                    remarks.append(remark)
        fields = {key: str(reference.get(key) or "") for key in ("Title", "Year", "DOI", "URL", "OldItemId", "Authors")}
        carried = marked_ids(value for value in reference.values() if isinstance(value, str))
        ids = (*carried, *(fields[key] for key in ("OldItemId", "URL") if fields[key]))
        named = Named(
            ids, identifiers.doi(fields["DOI"]), "", folded(fields["Title"]), fields["Year"][:4], fields["Authors"]
        )
        yield Entry(number, named, tuple(remarks)), names
