"""The kinds of review: what each includes, and the checklists by which it is reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A kind of review.

    `includes` is (singular, plural) of what the flow counts at its end; `checklists` are the ids of its reporting
    guidelines, in the order in which the supplement prints them; `updates` says whether the review needs the studies
    of a previous version.
    """

    includes: tuple[str, str]
    checklists: tuple[str, ...]
    updates: bool = False


_STUDIES = ("study", "studies")
_PRISMA = ("prisma2020", "prisma2020_abstracts", "prisma_s")

KINDS: Mapping[str, Kind] = {
    "systematic": Kind(_STUDIES, _PRISMA),
    "update": Kind(_STUDIES, _PRISMA, updates=True),
    # PRISMA-LSR is used beside PRISMA 2020 (Akl et al, BMJ 2024;387:e079183). The first version has no previous one.
    "living": Kind(_STUDIES, ("prisma2020", "prisma2020_abstracts", "prisma_lsr", "prisma_s")),
    # PRISMA-ScR counts sources of evidence, which need not be studies (Tricco et al, Ann Intern Med 2018;169:467-473).
    "scoping": Kind(("source of evidence", "sources of evidence"), ("prisma_scr", "prisma_s")),
    "umbrella": Kind(("systematic review", "systematic reviews"), _PRISMA),
}


def checklists_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the checklists by which a review is reported, in the order in which the supplement prints them."""
    counted = config.get("synthesis", {}).get("directions")
    return (*KINDS[config["review"]["kind"]].checklists, *(["swim"] if counted else []))
