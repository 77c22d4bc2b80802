"""The supplementary material as a section of the page: searches, overlap, duplicates, agreement, excluded reports.

Its checklists point to pages of the printed manuscript, and stay there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from prismake.common.defaults import with_defaults
from prismake.common.values import Ledger
from prismake.common.yaml_files import house_yaml
from prismake.document.blinding import identity_of
from prismake.document.documents import Files, Source
from prismake.document.variants import Edition, edition_of
from prismake.figures.figure import read_figures
from prismake.manuscript.model import from_markdown
from prismake.review.journal import read_profile
from prismake.submission.supplement import markdown_of, supplement_profile
from prismake.submission.supplement_parts import Part
from prismake.synthesis.figures import name_of
from prismake.trace.numbers import TableColumns
from prismake.web.article import Element, Heading, finished, written_article
from prismake.web.doors import BEFORE

TITLE = "Supplementary material"
PANELS = re.compile(r"#(?:study|record|box)/")


def _source(files: Files, parts: Sequence[Part], head: dict[str, Any]) -> tuple[Source, Edition]:
    look = supplement_profile(read_profile(files.profile, files.schema))
    profile = with_defaults(look, house_yaml(files.schema))
    edition = replace(edition_of(profile, "web"), parts=("body", "references"))
    text = from_markdown(markdown_of(parts, head), "the supplement")
    works = [item for part in parts for item in part.references]
    figures = read_figures(list(files.figures), edition.page, profile["figures"]["min_dpi"])
    return Source(files, text, works, figures, identity_of(text.plain_head)), edition


def _apart(section: Element) -> None:
    """Gives the anchors of the supplement names of their own, and leads its links to them."""
    for element in section.iter(etree.Element):
        for name in ("id", "href", "aria-labelledby"):
            value = element.get(name, "")
            if name != "href" and value:
                element.set(name, BEFORE + value)
            elif value.startswith("#") and not PANELS.match(value):
                element.set(name, f"#{BEFORE}{value[1:]}")


def supplement_section(files: Files, parts: Sequence[Part], head: dict[str, Any]) -> tuple[Element, list[Heading]]:
    """The supplement as a finished section, and its headings. `head` has a title, `files` names its figures.

    Raises BuildStop as the writers of documents do.
    """
    source, edition = _source(files, parts, head)
    written = written_article(source, edition, first_level=3)
    section = etree.Element("section", {"class": "supplement"})
    heading = etree.SubElement(section, "h2")
    heading.text = TITLE
    section.extend(list(written))
    headings = finished(section, source.figures, lambda file: None)
    _apart(section)
    return section, [replace(heading, anchor=BEFORE + heading.anchor) for heading in headings]


def supplied_tables(ledger: Ledger, tables: Mapping[str, TableColumns]) -> dict[str, TableColumns]:
    """The review's own tables in the supplement by their anchors there; `tables` are all by their ids (`tbl:x`)."""
    supplied = {}
    for name, table in tables.items():
        called = ledger.get(f"supplement.tables.{name_of(name.removeprefix('tbl:'))}")
        if called and (number := re.search(r"S(\d+)", str(called.value))):
            supplied[f"{BEFORE}tbl-{number[1]}"] = table
    return supplied
