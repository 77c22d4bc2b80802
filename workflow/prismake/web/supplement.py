"""The supplementary material as a section of the page: searches, overlap, duplicates, agreement, excluded reports.

Its checklists point to pages of the printed manuscript, and stay there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from prismake.figures.overlap import FOUND_BY
from prismake.manuscript.model import from_markdown
from prismake.review.journal import read_profile
from prismake.submission.marked_numbers import COMPUTED, NAMES, TYPED
from prismake.submission.supplement import markdown_of, supplement_profile
from prismake.submission.supplement_parts import Part
from prismake.synthesis.figures import name_of
from prismake.trace.numbers import Background, Number, around, behind_cell
from prismake.web.article import HEADINGS, Element, Heading, finished, text_of, written_article
from prismake.web.doors import BEFORE, door_of, look_of, open_cell, read_lines
from prismake.web.flow import SVG, record_route, route, study_route
from prismake.web.plots import doors_over, lay_over
from prismake.web.private import plain

TITLE = "Supplementary material"
# The attribute that names the record of a row, and the element of one that the page does not have.
RECORD, UNLINKED = "data-record", "unlinked"
# Attributes that are read out.
WORDS = frozenset({"alt", "title", "aria-label"})
PANELS = re.compile(r"#(?:study|record|box)/")


def _source(files: Files, parts: Sequence[Part], head: dict[str, Any]) -> tuple[Source, Edition]:
    look = supplement_profile(read_profile(files.profile, files.schema))
    profile = with_defaults(look, house_yaml(files.schema))
    edition = replace(edition_of(profile, "web"), parts=("body", "references"), kept=frozenset({COMPUTED, TYPED}))
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


def supplement_section(
    files: Files, parts: Sequence[Part], head: dict[str, Any], overlap: bytes
) -> tuple[Element, list[Heading]]:
    """The supplement as a finished section, and its headings. `head` has a title, `files` names its figures, of which
    `overlap` is the SVG of the only one.

    Raises BuildStop as the writers of documents do.
    """
    source, edition = _source(files, parts, head)
    written = written_article(source, edition, first_level=3)
    section = etree.Element("section", {"class": "supplement"})
    heading = etree.SubElement(section, "h2")
    heading.text = TITLE
    section.extend(list(written))
    headings = finished(section, source.figures, lambda file: None)
    make_plain(section)
    mark_overlap(section, overlap)
    mark_records(section, parts)
    _apart(section)
    return section, [replace(heading, anchor=BEFORE + heading.anchor) for heading in headings]


def make_plain(section: Element) -> None:
    """Takes signs that turn the direction of text out of what records say, in place."""
    for element in section.iter(etree.Element):
        element.text = plain(element.text) if element.text else element.text
        element.tail = plain(element.tail) if element.tail else element.tail
        for name, value in element.items():
            if name in WORDS:
                element.set(name, plain(value))


def supplied_tables(ledger: Ledger, tables: Iterable[str]) -> dict[str, str]:
    """The anchors of the review's own tables in the supplement, each with its id, of all `tables` (`tbl:x`)."""
    supplied = {}
    for name in tables:
        called = ledger.get(f"supplement.tables.{name_of(name.removeprefix('tbl:'))}")
        if called and (number := re.search(r"S(\d+)", str(called.value))):
            supplied[f"{BEFORE}tbl-{number[1]}"] = name
    return supplied


def open_rows(section: Element, background: Background, studies: Collection[str], first: int) -> list[Number]:
    """Makes the names of studies in the review's own tables links to what is behind them and the numbers of their
    rows doors, in place; returns these numbers. `first` is the place of the first of them among those of the page.
    """
    numbers: list[Number] = []
    for anchor, name in supplied_tables(background.matter.ledger, background.tables).items():
        label = text_of(next(iter(section.xpath(".//div[@id=$id]//span[@class='numbering']", id=anchor)), section))
        rows = section.xpath(".//div[@id=$id]//tbody/tr", id=anchor)
        for row, (line, study) in enumerate(zip(rows, background.tables[name].studies, strict=False)):
            for column, cell in enumerate(line):
                if column and any(map(str.isdigit, cell.text or "")):
                    door = open_cell(cell, {})
                    about = behind_cell(background, name, row, column)
                    numbers.append(Number(label, "", door.text, "", **about))
                    made = door_of(door.text, first + len(numbers) - 1, "table")
                    made.tail = door.tail
                    cell.replace(door, made)
                elif not column and study in studies:
                    open_cell(cell, {"href": study_route(study)})
    return numbers


def _says(text: str, values: Sequence[Any]) -> bool:
    """Whether a text is the sum of counts; other values are printed in ways of their own."""
    counts = [value for value in values if isinstance(value, int)]
    return len(counts) < len(values) or text.replace(",", "") == str(sum(counts))


def open_computed(section: Element, ledger: Ledger, first: int) -> list[Number]:
    """Makes each marked number of the section a door, in place; returns these numbers. `first` is the place of the
    first of them among those of the page. One that its values in the ledger do not say stays a text.
    """
    numbers: list[Number] = []
    reading = read_lines(section)
    pieces = zip(reading.lines, reading.pieces, strict=True)
    places = {one.element: (line, one) for line, of_line in pieces for one in of_line if not one.is_tail}
    for mark in section.xpath(f".//span[@class='{COMPUTED}']"):
        known = [name for name in mark.get(f"data-{NAMES}").split() if name in ledger]
        names = tuple(name for name in known if ledger[name].value) or tuple(known[:1])
        if names and _says(text_of(mark), [ledger[name].value for name in names]):
            line, piece = places[mark]
            before, after = around(line, piece.start, piece.start + len(piece.text))
            expression = " + ".join(names) if len(names) > 1 else ""
            number = Number(line.section, before, piece.text, after, "value", expression=expression, values=names)
            door = door_of(piece.text, first + len(numbers), look_of(number, ledger))
            door.tail = mark.tail
            mark.getparent().replace(mark, door)
            numbers.append(number)
    return numbers


def mark_records(section: Element, parts: Sequence[Part]) -> None:
    """Marks the rows of records in the tables of some parts, which `open_records` leads to them, in place."""
    listed = {part.heading: part.records for part in parts if part.records}
    for heading in section.iter(*HEADINGS):
        rows = heading.getparent().xpath(".//tbody/tr")
        for row, record in zip(rows, listed.get(text_of(heading), ()), strict=False):
            open_cell(row[0], {RECORD: record["record_id"]})


def open_records(section: Element, known: Collection[str]) -> None:
    """Leads each marked row to its record, if it is among those `known` to the page by their ids, in place."""
    for door in section.xpath(f".//a[@{RECORD}]"):
        record = door.attrib.pop(RECORD)
        if record in known:
            door.set("href", record_route(record))
        else:
            door.tag = UNLINKED
    etree.strip_tags(section, UNLINKED)


def mark_overlap(section: Element, drawing: bytes) -> None:
    """Lays over the figure of the overlap (its SVG) an area for each combination of databases, still without a link."""
    root = etree.fromstring(drawing, etree.XMLParser(resolve_entities=False, no_network=True))
    pictures = section.xpath(".//div[contains(concat(' ', @class, ' '), ' fig ')]//img")
    areas = [one for one in root.iter(f"{{{SVG}}}rect") if one.get(FOUND_BY)]
    if not pictures or not areas:
        return
    doors = doors_over(float(root.get("width", "1")), float(root.get("height", "1")), "Works in the picture")
    for area in areas:
        door = etree.SubElement(doors, "a", {FOUND_BY: str(area.get(FOUND_BY))})
        etree.SubElement(door, "rect", {key: str(area.get(key)) for key in ("x", "y", "width", "height")})
    lay_over(pictures[0], doors)


def open_overlap(section: Element, boxes: Iterable[Mapping[str, Any]]) -> None:
    """Leads each area of the figure of the overlap to the list of its works, in place; `boxes` are those lists."""
    by_label = {str(box["label"]): box for box in boxes}
    for door in section.xpath(f".//a[@{FOUND_BY}]"):
        name = f"{door.attrib.pop(FOUND_BY)} alone"
        if box := by_label.get(name):
            door.set("href", route(box["id"]))
            door.set("aria-label", f"{box['n']:,} works: {name}")
        else:
            door.getparent().remove(door)
