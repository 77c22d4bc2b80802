"""Variants of a manuscript: the same source and the same writers, with other settings and other parts.

A variant changes some settings of the journal's profile and says which parts of the manuscript its file has:
title-page, head (the title without its authors), abstract, body, references, floats (tables and figures after the
references), legends (captions of figures that are files of their own).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prismake.common.errors import nearest, stop
from prismake.review.journal import Page, page_of

Profile = dict[str, Any]

REST = ("abstract", "body", "references", "floats")


@dataclass(frozen=True)
class Edition:
    """A journal's profile as one variant has it.

    `only` names one float ("tbl-2") that the file holds alone; `evidence`: whether a PDF carries the numbers' evidence.
    `kept` are the classes of spans that its writer takes over; all others are no more than their words.
    Every file but the whole manuscript says in its properties which `variant` it is, so that `prismake check` knows.
    """

    profile: Profile
    page: Page
    parts: tuple[str, ...]
    blinded: bool = False
    only: str = ""
    evidence: bool = False
    variant: str = "whole"
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Variant:
    """What makes a variant: settings that it changes, by key path, and its parts.

    `apart`: figures and tables that the journal wants as files of their own, and sections that are typed into its site,
    are left out. `first`: the title page, the head, or as the journal wants it.
    """

    first: str
    rest: tuple[str, ...] = REST
    apart: bool = False
    blinded: bool = False
    evidence: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)


VARIANTS = {
    # What the build writes: all in one file, in the journal's look.
    "whole": Variant("title-page", evidence=True),
    "submission": Variant("as asked", (*REST, "legends"), apart=True, evidence=True),
    "reading": Variant(
        "title-page",
        evidence=True,
        changes={
            "text.line_spacing": 1,
            "text.line_numbers": False,
            # A page for a few lines is what the copy to submit has.
            "abstract.own_page": False,
            # A wide table, on a sheet of its own, would leave the page before it half empty in mid-section.
            "tables.placement": "section",
            "figures.placement": "text",
        },
    ),
    # A page in a browser has no sheets: floats stand where their author placed them.
    "web": Variant(
        "title-page",
        changes={"tables.placement": "text", "figures.placement": "text", "citations.live": "off"},
    ),
    # Live citations would carry the keys of works, which mostly hold an author's name.
    "blinded": Variant("head", (*REST, "legends"), apart=True, blinded=True, changes={"citations.live": "off"}),
    "title-page": Variant("title-page", (), changes={"text.line_numbers": False}),
    "letter": Variant(
        "",
        ("body",),
        changes={
            "text.line_spacing": 1.15,
            "text.line_numbers": False,
            "text.indent_mm": 0,
            "text.gap_pt": 8,
            "running_head.in_header": False,
        },
    ),
    "table": Variant("", (), apart=True, changes={"text.line_numbers": False}),
    "section": Variant("", (), apart=True, changes={"text.line_numbers": False}),
}


def _changed(profile: Profile, changes: Mapping[str, Any]) -> Profile:
    whole = {key: dict(value) if isinstance(value, dict) else value for key, value in profile.items()}
    for path, value in changes.items():
        block, _, key = path.partition(".")
        if key:
            whole[block][key] = value
        else:
            whole[block] = value
    return whole


def edition_of(profile: Profile, variant: str, table: int = 0, role: str = "") -> Edition:
    """The edition that a variant makes of a journal's profile; `table` is the number of the one that stands alone,
    `role` the role of the section that does.

    Raises BuildStop for a variant that there is not.
    """
    if variant not in VARIANTS:
        raise stop(
            "variant", f"there is no variant '{variant}'", where="the rule", fix=nearest(variant, list(VARIANTS))
        )
    kind = VARIANTS[variant]
    changes = dict(kind.changes)
    if not kind.apart:
        for block in ("tables", "figures"):
            if profile[block]["placement"] == "separate":
                changes.setdefault(f"{block}.placement", "end")
        changes["sections"] = [
            {**rule, "place": "text" if rule["place"] == "site" else rule["place"]} for rule in profile["sections"]
        ]
    first = kind.first
    if first == "as asked":
        first = "title-page" if profile["title_page"]["file"] == "same" else "head"
    parts = tuple(part for part in (first, *kind.rest, f"section-{role}" if role else "") if part)
    own = _changed(profile, changes)
    only = f"tbl-{table}" if variant == "table" else ""
    return Edition(own, page_of(own), parts, kind.blinded, only, kind.evidence, variant)
