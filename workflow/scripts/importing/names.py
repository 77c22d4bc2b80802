"""Names of authors as 'Family, Given' where the export tells which is which."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prismake.importing.text import fold, listed

# "Brownstein C D", "Smith JA", "van der Berg J.-P.": a family name followed by nothing but initials.
_INITIALS_LAST = re.compile(r"^(.*[^\W\d_]{2,}[^ ]*) ((?:[A-Z]\.?[ -]?){1,4})$")


def people(names: Iterable[str]) -> str:
    """Names as one list cell, each as `person` gives it."""
    return listed([name if ", " in name else person(name) for name in names])


def person(name: str) -> str:
    """One name: folded, and with a comma where its form shows the family name to come first."""
    name = fold(name).strip(",; ")
    if "," in name:
        return name if ", " in name else name.replace(",", ", ", 1)
    match = _INITIALS_LAST.match(name)
    # An all-capital group ("WHO EURO") is not a person with initials.
    return f"{match[1]}, {match[2].strip()}" if match and not match[1].isupper() else name
