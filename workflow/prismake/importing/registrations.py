"""A trial registry's own records, which PRISMA counts apart: one by one, and among many."""

from __future__ import annotations

import re
from typing import Any

import numpy
import pyarrow as pa
import pyarrow.compute as pc

from prismake.importing.cells import chosen, empty, repeated, truth

_REGISTRY_PLACE = re.compile(
    r"clinicaltrials\.gov|trialsearch\.who\.int|who\.int/(?:trialsearch|ictrp)|isrctn\.(?:com|org)|anzctr\.org|"
    r"clinicaltrialsregister\.eu|chictr\.org|drks\.de|ctri\.nic\.in|umin\.ac\.jp|irct\.ir",
    re.IGNORECASE,
)
_REGISTRY_TYPES = ("trial registry record", "clinical trial registry", "trial registration")


def is_registration(record: dict[str, Any]) -> bool:
    """True for a trial registry's own record (not for an article that names its registration)."""
    types = record.get("publication_types", "").lower()
    if "regist" in types and any(name in types for name in _REGISTRY_TYPES):
        return True
    if not record.get("trial_ids"):
        return False
    accession = record.get("accession", "").upper()
    if accession and accession in record["trial_ids"].split("; "):
        return True
    place = record.get("journal", "") + record.get("url", "")
    return "." in place and bool(_REGISTRY_PLACE.search(place)) and not record.get("doi")


def registrations_among(columns: dict[str, pa.StringArray]) -> dict[str, pa.StringArray]:
    """The columns `kind` and `entrytype`, with the registers' own records among many."""
    types, entrytypes = columns["publication_types"], columns["entrytype"]
    maybe = truth(pc.match_substring(types, "regist", ignore_case=True)) | ~empty(columns["trial_ids"])
    registered = numpy.zeros(len(types), numpy.bool_)
    for place in numpy.flatnonzero(maybe).tolist():
        registered[place] = is_registration({name: cells[place].as_py() for name, cells in columns.items()})
    return {
        "kind": chosen(registered, repeated("register", len(types)), repeated("", len(types))),
        "entrytype": chosen(registered, repeated("registration", len(types)), entrytypes),
    }
