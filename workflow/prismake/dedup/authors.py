"""Reads who wrote a record, in whatever form the database prints names."""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from prismake.dedup.misreading import skeleton
from prismake.dedup.normalise import plain
from prismake.dedup.vocabulary import NO_AUTHOR, PARTICLES

# Authors after these are not compared: a collaboration may have hundreds.
COMPARED = 30
# Keeps what parts persons and names, drops other punctuation.
_KEPT = "".join(chr(code).lower() if chr(code).isalnum() or chr(code) in ",;" else " " for code in range(128))
_NOT_KEPT = re.compile(r"[^\w,;]+|_+")


class Authors(NamedTuple):
    """The authors' features."""

    names: str  # family names (and full given names), particles and initials dropped, in order
    first: str  # the first author's family name
    people: int  # authors named


NOBODY = Authors("", "", 0)


def _persons(raw: str) -> list[str]:
    """The persons of an author field in order, folded, family and given name parted by a comma where they were."""
    text = plain(raw.replace(" & ", ";").replace(" | ", ";").replace("|", ";"))
    text = text.replace(" and ", ";").replace("\n", ";")
    text = text.translate(_KEPT) if text.isascii() else _NOT_KEPT.sub(" ", text)
    people = [person.strip() for person in text.split(";")]
    if len(people) == 1 and text.count(",") >= 2:
        return _by_commas([part.strip() for part in text.split(",")])
    return people


def _by_commas(parts: list[str]) -> list[str]:
    """Persons of a list that only commas part: 'Smith J, Jones B', or 'Smith, J., Jones, B.' where they alternate."""
    parts = [part for part in parts if part]
    if all(" " in part for part in parts[:-1]):
        return parts
    if len(parts) % 2 == 0 and all(len(part.replace(" ", "")) <= 3 for part in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    return parts


def _names(person: str, raw: str) -> tuple[str, str]:
    """(family name, family and full given names) of one folded person of the field `raw`."""
    family, comma, given = person.partition(",")
    words = family.split()
    last = words[-1] if words else ""
    family_words = [word for word in words if (len(word) > 1 or not word.isascii()) and word not in PARTICLES]
    given_words = [word for word in given.split() if len(word) > 2 and word not in PARTICLES]
    if not family_words:
        family_words, given_words = given_words[:1], given_words[1:]
    elif not comma and len(words) > 1:
        initials = len(last) <= 2 or (len(last) == 3 and last.upper() in raw)
        if initials:
            # 'Smith AB': initials of two or three letters would pass for a name.
            family_words = [word for word in family_words if word != last] or family_words
        else:
            family_words, given_words = family_words[-1:], [word for word in family_words[:-1] if len(word) > 2]
    return "".join(family_words), " ".join([*family_words, *given_words])


def author_features(raw: str) -> Authors:
    """Reads an author field of any style: 'Family, Given and …', 'Family AB; …', 'Given Family and …'."""
    if not raw:
        return NOBODY
    people = [_names(person, raw) for person in _persons(raw)[:COMPARED] if person and person not in NO_AUTHOR]
    people = [person for person in people if person[1]]
    if not people:
        return NOBODY
    return Authors(" ".join([names for _, names in people]), people[0][0], len(people))


def misread(a: str, b: str) -> bool:
    """Whether one family name is the other with letters misread: 'Govld' and 'Gould', 'agner' and 'Wagner'."""
    left, right = skeleton(a), skeleton(b)
    return left == right or (min(len(left), len(right)) >= 5 and Levenshtein.distance(left, right, score_cutoff=1) <= 1)
