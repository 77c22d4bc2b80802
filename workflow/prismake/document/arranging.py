"""The manuscript as a journal and a variant want it: sections, floats, title page and cross-references in place.

What comes out is one tree in the vocabulary of `parts`, whose citations are not resolved yet (`citing`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, stop
from prismake.document.cleaning import clean, works_of
from prismake.document.floats import Floats, Placed, at_the_end, legends
from prismake.document.parts import Blocks, heading, new_page, part, region, text_of
from prismake.document.references import Resolver
from prismake.document.sections import Arrangement, Section, arrange, plain_header, with_heading
from prismake.document.title_page import FrontMatter
from prismake.document.variants import Edition
from prismake.figures.figure import Figure
from prismake.manuscript import tree
from prismake.manuscript.checks import faults
from prismake.manuscript.contents import blocks_of, floats_in, is_float
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import rewrite
from prismake.manuscript.words import plain_text

Work = dict[str, Any]


@dataclass(frozen=True)
class Arranged:
    """The arranged document: its regions, and the language of the manuscript."""

    manuscript: Manuscript
    blocks: Blocks
    language: str


def read_works(references: Path) -> list[Work]:
    """The works of a bibliography (CSL JSON). Raises BuildStop if the file is none."""
    try:
        works = json.loads(references.read_text(encoding="utf-8"))
        if isinstance(works, list) and all(isinstance(work, dict) and "id" in work for work in works):
            return works
    except ValueError:
        pass
    message = "this is not a bibliography in CSL JSON"
    raise stop("bibliography", message, where=references.as_posix(), fix="delete it and build again")


def _outside(manuscript: Manuscript, blocks: Sequence[tree.Block], where: str) -> list[Issue]:
    """Floats in a section that the journal prints elsewhere, or in the abstract, which would leave the text with it."""
    message = f"a figure or table is in a section that this journal prints elsewhere: {where}"
    return [
        Issue(
            "float-outside",
            message,
            manuscript.where(block.at, block.attr.identifier or where),
            "move it to a section of the text",
        )
        for block in floats_in(blocks)
    ]


def _check_places(manuscript: Manuscript, places: Mapping[str, list[Section]], abstract: str) -> None:
    issues = [
        issue
        for sections in places.values()
        for section in sections
        for issue in _outside(manuscript, section.blocks, plain_text(section.name or []))
    ]
    issues += _outside(manuscript, blocks_of(manuscript.document.meta.get("abstract")), abstract)
    if issues:
        raise BuildStop(issues)


def _regions(front: FrontMatter, arrangement: Arrangement, placed: Placed, *, blinded: bool) -> Blocks:
    profile, places = front.profile, arrangement.places
    whole: Blocks = []
    if front.short_title and profile["running_head"]["in_header"]:
        whole.append(part("running-head", [tree.Para(front.short_title)]))
    if not blinded:
        whole.append(region("title-page", front.title_page(places["title-page"])))
    whole.append(region("head", [front.title(), *front.short_and_counts()]))
    whole.append(region("abstract", front.abstract_page(places["front"])))
    # A journal that wants no page breaks wants none here either.
    apart = [new_page()] if profile["abstract"]["own_page"] else []
    whole.append(region("body", [*apart, *placed.body]))
    # A supplement may cite nothing.
    listed: Blocks = [heading(profile["references"]["heading"]), tree.Div(tree.Attr("refs"), [])] if front.cited else []
    after = [block for section in places["after-references"] for block in with_heading(section)]
    whole.append(region("references", [*listed, *after]))
    whole.append(region("site", [block for section in places["site"] for block in with_heading(section)]))
    whole.append(region("floats", at_the_end(placed.last)))
    whole.append(region("apart", [*placed.apart["tbl"], *placed.apart["fig"]]))
    for role, section in arrangement.alone.items():
        whole.append(region(f"section-{role}", with_heading(section)))
    whole.append(region("legends", legends(placed.apart["fig"], profile["figures"]["legends"])))
    return whole


def _unwrapped(node: Any) -> list[Any] | None:
    """The content of a div that means nothing here; tables and their notes stay whole."""
    if isinstance(node, tree.Div) and not is_float(node) and "notes" not in node.attr.classes:
        return list(node.blocks)
    return None


def check(manuscript: Manuscript, works: Sequence[Work], figures: Mapping[str, Figure]) -> None:
    """Looks for the faults of a text that no earlier step checked. Raises BuildStop with all of them."""
    if issues := faults(manuscript, {str(work["id"]) for work in works}, set(figures)):
        raise BuildStop(issues)


def arranged(manuscript: Manuscript, edition: Edition, works: list[Work], figures: Mapping[str, Figure]) -> Arranged:
    """The manuscript as an edition has it. The manuscript's tree is used up: it becomes the arranged one.

    Raises BuildStop for floats that stand in another order than they are mentioned in, or that the journal's order of
    sections would take out of the text.
    """
    document, profile = manuscript.document, edition.profile
    known = {str(work["id"]) for work in works}
    cited = {mention.key for mention in manuscript.mentions} & known
    clean(manuscript, profile, works_of(works, cited), blinded=edition.blinded, kept=edition.kept)
    rewrite(document.blocks, _unwrapped)
    arrangement = arrange(document.blocks, profile, blinded=edition.blinded)
    _check_places(manuscript, arrangement.places, profile["abstract"]["heading"])
    rewrite(arrangement.body, plain_header)
    floats = Floats(manuscript, profile)
    body = floats.take(arrangement.body)
    issues = floats.number(body) + floats.size_pictures(body, figures, edition.page.text_width)
    if issues:
        raise BuildStop(issues)
    words = manuscript.head.get("word-counts") or {}
    front = FrontMatter(document.meta, profile, words, len(cited), floats)
    whole = _regions(front, arrangement, floats.put_back(body), blinded=edition.blinded)
    Resolver(floats).resolve(whole)
    return Arranged(manuscript, whole, text_of(document.meta.get("lang")))
