"""Where the headings of the source stand in the built PDF, in which a journal renames, numbers and moves them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.manuscript.contents import REFERENCES, Section
from prismake.submission.pages import Heading, Pages, folded

NUMBER = re.compile(r"\A\d+(?:\.\d+)*\.\s+")
ABSTRACT = "Abstract"


def _printed(section: Section, journal: Mapping[str, Any]) -> str:
    """The name under which a journal prints a section; it renames those of the first level."""
    names = {rule["role"]: rule.get("name") for rule in journal["sections"]}
    return (section.level == 1 and names.get(section.role)) or section.title


def _take(waiting: list[tuple[str, Heading]], printed: str, over: Heading | None) -> Heading | None:
    """Takes the first waiting heading of these words, if possible one under the heading that stands `over` it."""
    same = [entry for entry in waiting if entry[0] == folded(printed)]
    above = () if over is None else (*over.above, over.title)
    entry = next((entry for entry in same if entry[1].above == above), same[0] if same else None)
    if entry is None:
        return None
    waiting.remove(entry)
    return entry[1]


def source_headings(sections: Sequence[Section], pages: Pages, journal: Mapping[str, Any]) -> tuple[Heading, ...]:
    """The headings as the source words them, with the pages and the words of the PDF.

    `sections` are those of results/manuscript/manuscript.json, `journal` is the profile. A section whose name the
    journal sets in bold before its text has no heading in the PDF; its page is that of its name and colon.
    """
    numbered = journal["headings"]["numbered"]
    waiting = [
        (folded(NUMBER.sub("", heading.title, count=1) if numbered else heading.title), heading)
        for heading in pages.headings
    ]
    result: list[Heading] = []
    over: list[tuple[Section, Heading | None]] = []
    for section in sections:
        over = [entry for entry in over if entry[0].level < section.level]
        above, printed = tuple(entry.title for entry, _ in over), _printed(section, journal)
        heading = _take(waiting, printed, over[-1][1] if over else None)
        if heading is not None:
            result.append(Heading(section.title, above, heading.page, heading.title))
        elif page := pages.run_in(printed):
            result.append(Heading(section.title, above, page, printed))
        over.append((section, heading))
    names = {journal["abstract"]["heading"]: ABSTRACT, journal["references"]["heading"]: REFERENCES.title()}
    rest = [
        replace(heading, title=names.get(heading.title, heading.title), printed=heading.title) for _, heading in waiting
    ]
    return (*result, *rest)
