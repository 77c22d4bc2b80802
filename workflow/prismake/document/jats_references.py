"""The reference list of JATS: every work as `element-citation`, whose parts a program can read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from prismake.document.jats_elements import Element, add, add_words

# CSL type -> publication-type.
TYPES = {
    "article-journal": "journal",
    "book": "book",
    "chapter": "book",
    "paper-conference": "confproc",
    "thesis": "thesis",
    "report": "report",
    "webpage": "web",
    "article": "preprint",
    "article-newspaper": "newspaper",
    "dataset": "data",
    "software": "software",
    "standard": "standard",
    "patent": "patent",
}
# Variable of CSL -> element, in the order of a reference.
BEFORE_DATE = {
    "edition": "edition",
    "version": "version",
    "collection-title": "series",
    "event-title": "conf-name",
    "event-place": "conf-loc",
    "publisher-place": "publisher-loc",
    "publisher": "publisher-name",
}
BEHIND_DATE = {"volume": "volume", "issue": "issue", "ISBN": "isbn"}
# What the number of a work is, by its kind.
NUMBERS = {"standard": "std-designation", "patent": "patent-number", "report": "report-number"}
# Works whose title names the part of the whole that `container-title` names.
PARTS = {"book": "chapter-title"}
PAGE = r"[A-Za-z]*\d+[A-Za-z]?"
# "12-15, 20": the first and the last page of a list of ranges.
PAGES = re.compile(rf"(?P<first>{PAGE})(?:\s*[-–,;]\s*{PAGE})*?(?:\s*[-–,;]\s*(?P<last>{PAGE}))?")
# A number that no paper has.
DASHES = ("–", "-")
ELECTRONIC = re.compile(r"[eE]\d+|\d{6,}|[A-Za-z]\d{4,}")
LISTED = re.compile(r"[,;]")
# Markup in the texts of CSL JSON -> element; the spans keep a word's case and have none.
RICH = {"i": "italic", "b": "bold", "sup": "sup", "sub": "sub", "sc": "sc", "span": ""}
TAG = re.compile(r"<(?P<end>/)?(?P<name>i|b|sup|sub|sc|span)(?P<more> [^<>]*)?>")


def _is_paired(text: str) -> bool:
    opened: list[str] = []
    for match in TAG.finditer(text):
        if not match["end"]:
            opened.append(match["name"])
        elif not opened or opened.pop() != match["name"]:
            return False
    return not opened


def add_rich(parent: Element, tag: str, text: str) -> Element:
    """A new child whose text may hold the markup of CSL JSON (`CO<sub>2</sub>`); markup without its end is text."""
    child = add(parent, tag)
    if not _is_paired(text):
        child.text = text
        return child
    places, at = [child], 0
    for match in TAG.finditer(text):
        add_words(places[-1], text[at : match.start()])
        at = match.end()
        if match["end"]:
            places.pop()
            continue
        small = "small-caps" in (match["more"] or "")
        name = "sc" if small else RICH[match["name"]]
        places.append(etree.SubElement(places[-1], name) if name else places[-1])
    add_words(child, text[at:])
    return child


def _people(citation: Element, names: Sequence[Mapping[str, str]], kind: str) -> None:
    if not names:
        return
    group = add(citation, "person-group", person_group_type=kind)
    for person in names:
        if person.get("literal") == "others":
            add(group, "etal")
            continue
        if "literal" in person:
            add(group, "collab", person["literal"])
            continue
        particle = person.get("non-dropping-particle") or person.get("dropping-particle")
        name = add(group, "name")
        add(name, "surname", " ".join(filter(None, (particle, person.get("family", "")))))
        if person.get("given"):
            add(name, "given-names", person["given"])
        if person.get("suffix"):
            add(name, "suffix", person["suffix"])


def _year(item: Mapping[str, Any]) -> str:
    parts = item.get("issued", {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""


def _titles(citation: Element, item: Mapping[str, Any], kind: str) -> None:
    """The title of a work and of what it is in; a foreign title names its language."""
    inside, title = item.get("container-title"), str(item.get("title", ""))
    tag = PARTS.get(kind, "article-title") if inside or kind == "preprint" else "source"
    made = add_rich(citation, tag, title)
    if language := str(item.get("language") or ""):
        made.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    if inside:
        add_rich(citation, "source", str(inside))


def _date(citation: Element, item: Mapping[str, Any]) -> None:
    if year := _year(item):
        add(citation, "year", year, iso_8601_date=year)
    elif words := item.get("issued", {}).get("literal"):
        add(citation, "comment", str(words))
    if read := (item.get("accessed", {}).get("date-parts") or [[]])[0]:
        words = "-".join(f"{int(part):02}" for part in read)
        add(citation, "date-in-citation", words, content_type="access-date", iso_8601_date=words)


def _pages(citation: Element, item: Mapping[str, Any]) -> None:
    """The pages, or the number that an article without pages has."""
    pages, eid = str(item.get("page") or ""), str(item.get("eid") or "")
    if not pages:
        return
    match = PAGES.fullmatch(pages)
    if pages == eid or match is None or ELECTRONIC.fullmatch(pages):
        add(citation, "elocation-id", pages)
        return
    add(citation, "fpage", match["first"])
    if match["last"]:
        add(citation, "lpage", match["last"])
    if LISTED.search(pages):
        add(citation, "page-range", pages)


def element_citation(item: Mapping[str, Any]) -> Element:
    """One entry of the bibliography (CSL JSON) as `element-citation`."""
    kind = TYPES.get(str(item.get("type", "")), "other")
    citation = etree.Element("element-citation", {"publication-type": kind})
    for role in ("author", "editor", "translator"):
        _people(citation, item.get(role) or [], role)
    _titles(citation, item, kind)
    _elements(citation, item, BEFORE_DATE)
    _date(citation, item)
    _elements(citation, item, BEHIND_DATE)
    _pages(citation, item)
    for key, name in (("DOI", "doi"), ("PMID", "pmid"), ("PMCID", "pmcid"), ("number", NUMBERS.get(kind, ""))):
        if item.get(key) and name:
            add(citation, "pub-id", str(item[key]), pub_id_type=name)
    if item.get("URL") and not item.get("DOI"):
        add(citation, "uri", str(item["URL"]))
    for key in ("genre", "note"):
        if item.get(key):
            add_rich(citation, "comment", str(item[key]))
    return citation


def _elements(citation: Element, item: Mapping[str, Any], names: Mapping[str, str]) -> None:
    for key, tag in names.items():
        if item.get(key):
            add_rich(citation, tag, str(item[key]))


def set_references(back: Element, items: Mapping[str, Mapping[str, Any]], *, numbered: bool) -> None:
    """Gives every entry of the list its parts, from the bibliography by key, and its number if the journal has them."""
    for number, reference in enumerate(back.iter("ref"), start=1):
        key = reference.get("id").removeprefix("ref-")
        for child in list(reference):
            reference.remove(child)
        if numbered:
            add(reference, "label", str(number))
        reference.append(element_citation(items[key]))


def list_ranges(article: Element) -> None:
    """Makes "1–3" one pointer that names all three: the works, figures or tables between two are meant as well."""
    order = [reference.get("id") for reference in article.iter("ref")]
    for last in list(article.iter("xref")):
        first = last.getprevious()
        if first is None or first.tag != "xref" or (first.tail or "").strip() not in DASHES:
            continue
        between = _between(first, last, order)
        if between:
            first.set("rid", " ".join(between))
            first.text = f"{first.text}{first.tail}{last.text}"
            first.tail = last.tail
            last.getparent().remove(last)


def _between(first: Element, last: Element, order: Sequence[str]) -> list[str]:
    """What two pointers and all between them point to; empty where they are no range."""
    start, end = str(first.get("rid")), str(last.get("rid"))
    if first.get("ref-type") != last.get("ref-type"):
        return []
    if first.get("ref-type") == "bibr":
        numbers = str(first.text).isdigit() and str(last.text).isdigit()
        known = numbers and start in order and end in order
        return list(order[order.index(start) : order.index(end) + 1]) if known else []
    kind, _, low = start.rpartition("-")
    high = end.removeprefix(f"{kind}-")
    return [f"{kind}-{number}" for number in range(int(low), int(high) + 1)] if low.isdigit() and high.isdigit() else []
