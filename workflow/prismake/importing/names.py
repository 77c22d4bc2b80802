"""Names of authors as 'Family, Given' where the export shows which is which."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prismake.importing.text import fold, listed

# Letters of a name; patterns that look for its parts take the cube of this.
_LONGEST = 300
# "Brownstein C D", "Smith JA", "van der Berg J.-P.": a family name followed by nothing but initials.
_INITIALS_LAST = re.compile(rf"^(?=.{{,{_LONGEST}}}$)(.*[^\W\d_]{{2,}}[^ ]*) ((?:[A-Z]\.?[ -]?){{1,4}})$")

# "Stillman, Andrew N. (a.stillman@example.org)", "Wilson, Lauren N. (58975547800)"
_ASIDE = re.compile(r" ?\((?:[^()]*@[^()]*|\d{5,})\)")


def people(names: Iterable[str], groups: Iterable[str] = ()) -> str:
    """Names as one list cell, each as `person` gives it; those of groups follow as they are."""
    persons = [name if ", " in name and ")" not in name else person(name) for name in names]
    return listed([*persons, *groups] if groups else persons)


def person(name: str) -> str:
    """One name: folded, without an address in brackets, and with a comma where the family name shows to come first."""
    name = fold(name)
    if len(name) > _LONGEST:
        return name
    name = _ASIDE.sub("", name).strip(",; ")
    if "," in name:
        return name if ", " in name else name.replace(",", ", ", 1)
    match = _INITIALS_LAST.match(name)
    # An all-capital group ("WHO EURO") is not a person with initials.
    return f"{match[1]}, {match[2].strip()}" if match and not match[1].isupper() else name


def split_people(cell: str, *, many: bool = True) -> list[str]:
    """The names in one cell of a table, by the separator that it uses.

    `many` says that the column's name is a plural, which decides for "A B, C D" (two people or one).
    """
    for separator in (";", "\n", "|", " and ", " AND "):
        if separator in cell:
            names = (name.strip().removeprefix("and ").removesuffix(", null") for name in cell.split(separator))
            return [name for name in names if name]
    # PubMed ends its list with a full stop, which is none of the last author's initials.
    ends = cell.rstrip().endswith(".") and cell.count(".") == 1
    parts = [part.strip() for part in (cell.rstrip(" .") if ends else cell).split(",") if part.strip()]
    if len(parts) > 1:
        by_initials = all(map(_INITIALS_LAST.match, parts))
        by_words = all(" " in part for part in parts) and (many or len(parts) > 2)
        if by_initials or by_words:
            return parts
    return [cell.strip()] if cell.strip() else []
