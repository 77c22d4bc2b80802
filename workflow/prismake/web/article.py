"""The article as elements of HTML: what pandoc wrote, made fit for a page with a strict policy and for every reader.

Pandoc's own styles, which such a policy forbids, become classes; tables get headers with a scope and a frame that
scrolls; headings get anchors; pictures stand in the page; mail addresses are left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from prismake.document.conversion import Writer, filter_of, writer_settings
from prismake.document.documents import Source, arrange_source, written
from prismake.document.variants import Edition
from prismake.figures.drawings import POINTS
from prismake.figures.figure import Figure
from prismake.web.private import EXAMPLE, without_addresses

Element = Any
# The elements of a picture that stands in the page as its own; None for one that is a picture like any other.
Drawn = Callable[[Path], Element | None]
MATHML = "http://www.w3.org/1998/Math/MathML"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MEDIA = {".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}
ALIGNED = re.compile(r"text-align:\s*(center|right)")
FLOW = "prisma"
# Words between mail addresses and what introduces them: "; Email ", ", such as ".
INTRODUCED = re.compile(rf"(?:[;,]|(?<!\s))\s*(?:e-?mail(?: address)?:?\s*|{EXAMPLE}\s*)?$", re.IGNORECASE)
LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?)([a-z]*)")
# What a heading's words are without: marks of notes and citations.
MARKS = ".//text()[not(ancestor::a[@role='doc-noteref'] or ancestor::*[contains(@class, 'citation')])]"
# Anchors that the page has for itself: its elements, numbers, changes, notes. Those of the supplement begin with s-.
OWN_ANCHORS = re.compile(
    r"(?:text|records|sources|panel|panel-title|panel-body|back|close|tip|status|data|footnotes|list-\w+"
    r"|n\d+|changed-\d+|fn\d+|fnref\d+)\Z"
)


@dataclass(frozen=True)
class Heading:
    """A heading of the article, for its table of contents."""

    anchor: str
    level: int
    text: str


def written_article(source: Source, edition: Edition, first_level: int = 2) -> Element:
    """The article that pandoc writes of a manuscript, its first headings of a level. The manuscript's tree is used up.

    Raises BuildStop as the writers of the other documents do.
    """
    made = arrange_source(source, edition, linked=True)
    settings = writer_settings(edition, source.figures, vector=True)
    options = ["--mathml", "--section-divs", "--email-obfuscation=none", f"--shift-heading-level-by={first_level - 1}"]
    writer = Writer("html5", filter_of(source.files.writer, "html"), settings, options)
    content = written(made, edition, source.files.fonts, writer)
    return parsed(content)


def parsed(content: bytes) -> Element:
    """A fragment of HTML, as pandoc writes it, in an element `article`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(b"<article>" + content.replace(b"&nbsp;", b"&#160;") + b"</article>", parser)


def text_of(element: Element) -> str:
    """The words of an element, without line ends."""
    return " ".join("".join(element.itertext()).split())


def _wrap(element: Element, tag: str, **attributes: str) -> Element:
    """Puts an element into a new one that stands in its place."""
    outer = etree.Element(tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    element.getparent().replace(element, outer)
    outer.tail, element.tail = element.tail, None
    outer.append(element)
    return outer


def _leave_out(element: Element) -> None:
    """Removes an element and keeps the text behind it."""
    parent, before = element.getparent(), element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _classes(article: Element) -> None:
    for element in article.iter(etree.Element):
        if style := element.attrib.pop("style", ""):
            aligned = ALIGNED.search(style)
            if aligned and element.tag in ("td", "th"):
                element.set("class", f"{element.get('class', '')} {aligned[1]}".strip())
    for columns in list(article.iter("colgroup")):
        _leave_out(columns)


def _title(article: Element) -> None:
    for block in article.xpath("div[contains(concat(' ', @class, ' '), ' title ')]"):
        for paragraph in block.findall("p"):
            paragraph.tag = "h1"


def _own_anchors(article: Element) -> None:
    """Renames the anchors of the manuscript that the page needs for itself, with the links to them."""
    notes = {"footnotes", *(note.get("id") for note in article.xpath("//*[@role='doc-endnotes']//li | //a[@role]"))}
    renamed = {}
    for element in article.xpath(".//*[@id]"):
        name = element.get("id")
        if name not in notes and OWN_ANCHORS.match(name):
            renamed[f"#{name}"] = f"#{name}-"
            element.set("id", f"{name}-")
    for link in article.iter("a"):
        link.set("href", renamed.get(link.get("href"), link.get("href", "")))


def _anchors(article: Element) -> list[Heading]:
    """Gives every heading an anchor made of its words; returns the headings below the title."""
    headings: list[Heading] = []
    taken = {element.get("id") for element in article.iter(etree.Element) if element.get("id")}
    for element in article.iter(*HEADINGS[1:]):
        words = " ".join("".join(element.xpath(MARKS)).split())
        base = re.sub(r"\W+", "-", words.casefold()).strip("-") or "section"
        base = f"section-{base}" if base.startswith("s-") else base
        anchor, further = base, 2
        while anchor in taken or OWN_ANCHORS.match(anchor):
            anchor, further = f"{base}-{further}", further + 1
        taken.add(anchor)
        element.set("id", anchor)
        headings.append(Heading(anchor, int(element.tag[1]), words))
    return headings


def _row_headers(table: Element) -> None:
    """Makes the first cells of rows headers where each names its row: none is empty, no two are the same."""
    rows = table.findall("tbody/tr")
    firsts = [row[0] for row in rows if len(row) > 1]
    names = {text_of(cell) for cell in firsts}
    whole = len(firsts) == len(rows) == len(names) and "" not in names
    if whole and all(cell.tag == "td" and not cell.get("rowspan") for cell in firsts):
        for cell in firsts:
            cell.tag = "th"
            cell.set("class", f"{cell.get('class', '')} name".strip())


def _tables(article: Element) -> None:
    """Headers with a scope, and around each table a frame that scrolls, named by its caption."""
    for number, table in enumerate(list(article.iter("table"))):
        for header in table.iterfind("thead/tr/th"):
            header.set("scope", "col")
        _row_headers(table)
        for header in table.iterfind("tbody/tr/th"):
            header.set("scope", "row")
        for corner in table.iterfind("thead/tr/th"):
            if not text_of(corner):
                corner.tag = "td"
                del corner.attrib["scope"]
        float_: Element = next(
            (outer for outer in table.iterancestors("div") if "float" in outer.get("class", "")), None
        )
        frame = _wrap(table, "div", **{"class": "scroll"}, tabindex="0", role="region")
        caption = float_.find("div[@class='caption']") if float_ is not None else None
        if caption is None:
            frame.set("aria-label", f"Table {number + 1}")
        else:
            caption.set("id", f"{float_.get('id')}-caption")
            frame.set("aria-labelledby", caption.get("id"))
            table.set("aria-labelledby", caption.get("id"))


def _size(picture: Element) -> None:
    """Gives a picture in a sentence or a cell its printed size, in pixels of the page; a figure fills its frame."""
    framed = any("fig" in outer.get("class", "").split() for outer in picture.iterancestors("div"))
    for name in ("width", "height"):
        stated = LENGTH.fullmatch(picture.attrib.pop(f"data-{name}", ""))
        if stated and stated[2] in POINTS and not framed:
            picture.set(name, str(max(1, round(float(stated[1]) * POINTS[stated[2]] / POINTS["px"]))))


def _figures(article: Element, figures: Mapping[str, Figure], drawn: Drawn) -> None:
    """Puts the pictures into the page; `drawn` gives one that stands as its own elements."""
    files = {figure.main.name: figure.main for figure in figures.values()}
    for picture in list(article.iter("img")):
        _size(picture)
        file = files.get(picture.get("src"))
        if file is None:
            continue
        drawing = drawn(file)
        if drawing is not None:
            drawing.tail, picture.tail = picture.tail, None
            picture.getparent().replace(picture, drawing)
        else:
            content = base64.b64encode(file.read_bytes()).decode()
            picture.set("src", f"data:{MEDIA[file.suffix.lower()]};base64,{content}")
            picture.attrib.pop("data-source", None)


def _leave_out_addresses(article: Element) -> None:
    for link in list(article.iter("a")):
        if link.get("href", "").startswith("mailto:"):
            before, parent = link.getprevious(), link.getparent()
            if before is not None:
                before.tail = INTRODUCED.sub("", before.tail or "")
            else:
                parent.text = INTRODUCED.sub("", parent.text or "")
            _leave_out(link)
    for element in article.iter(etree.Element):
        element.text = without_addresses(element.text) if element.text else element.text
        element.tail = without_addresses(element.tail) if element.tail else element.tail
        for name in ("alt", "title", "aria-label"):
            if name in element.attrib:
                element.set(name, without_addresses(element.get(name)))


def _formulas(article: Element) -> None:
    """Formulas without their source, which is not for reading; one that may scroll can be reached by the keyboard."""
    for source in list(article.iter(f"{{{MATHML}}}annotation")):
        formula = next(source.iterancestors(f"{{{MATHML}}}math"))
        link = formula.getparent()
        if link.tag == "a" and not "".join(link.xpath("text()")).strip():
            link.set("aria-label", source.text or "")
        if formula.get("display") == "block":
            formula.set("tabindex", "0")
        _leave_out(source)


def _code(article: Element) -> None:
    """A listing may scroll on a narrow screen, and the keyboard must reach it."""
    for listing in article.iter("pre"):
        listing.set("tabindex", "0")


def _tasks(article: Element) -> None:
    """A box of a task list is a sign, as in the other documents, and nothing to click."""
    for box in list(article.iter("input")):
        sign = "☒" if "checked" in box.attrib else "☐"
        box.getparent().tag = "span"
        box.tail = f"{sign} {box.tail or ''}"
        _leave_out(box)


def _notes(article: Element) -> None:
    """Names for the list of footnotes and for the links back from it."""
    for notes in article.xpath(".//section[@role='doc-endnotes']"):
        notes.set("aria-label", "Notes")
    for number, link in enumerate(article.xpath(".//a[@role='doc-backlink']"), start=1):
        link.set("aria-label", f"Back to note {number} in the text")


def _links(article: Element) -> None:
    """Links that lead out of the page say nothing about it; none of pandoc's roles is invalid. Anchors in the page are
    named as they are, not as pandoc escapes them.
    """
    for link in article.iter("a"):
        if link.get("href", "").startswith("#"):
            link.set("href", unquote(link.get("href")))
        if link.get("href", "").startswith(("http://", "https://")):
            link.set("rel", "noopener noreferrer")
    for element in article.iter(etree.Element):
        if element.get("role") == "list":
            del element.attrib["role"]
    for entry in article.iter("div"):
        if entry.get("role") == "listitem":
            del entry.attrib["role"]


def finished(article: Element, figures: Mapping[str, Figure], drawn: Drawn) -> list[Heading]:
    """Finishes an article in place and returns its headings. `drawn` is asked for each picture's own elements."""
    _classes(article)
    _title(article)
    _leave_out_addresses(article)
    _tables(article)
    _figures(article, figures, drawn)
    _formulas(article)
    _code(article)
    _tasks(article)
    _notes(article)
    _links(article)
    _own_anchors(article)
    return _anchors(article)


def contents_of(headings: Sequence[Heading]) -> list[tuple[Heading, list[Heading]]]:
    """What a table of contents lists: each section with its parts."""
    contents: list[tuple[Heading, list[Heading]]] = []
    for heading in headings:
        if heading.level == 3 and contents:
            contents[-1][1].append(heading)
        elif heading.level <= 3:
            contents.append((heading, []))
    return contents
