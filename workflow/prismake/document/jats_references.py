"""The reference list of JATS: every work as `element-citation`, whose parts a program can read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from prismake.document.jats_elements import Element, add

# CSL type -> publication-type.
TYPES = {
    "article-journal": "journal",
    "book": "book",
    "chapter": "book",
    "paper-conference": "confproc",
    "thesis": "thesis",
    "report": "report",
    "webpage": "web",
}
PAGES = re.compile(r"([A-Za-z]*\d+)\s*[-–]\s*([A-Za-z]*\d+)")
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


def _write(element: Element, text: str) -> None:
    """Adds text behind what an element holds."""
    if not text:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def add_rich(parent: Element, tag: str, text: str) -> Element:
    """A new child whose text may hold the markup of CSL JSON (`CO<sub>2</sub>`); markup without its end is text."""
    child = add(parent, tag)
    if not _is_paired(text):
        child.text = text
        return child
    places, at = [child], 0
    for match in TAG.finditer(text):
        _write(places[-1], text[at : match.start()])
        at = match.end()
        if match["end"]:
            places.pop()
            continue
        small = "small-caps" in (match["more"] or "")
        name = "sc" if small else RICH[match["name"]]
        places.append(etree.SubElement(places[-1], name) if name else places[-1])
    _write(child, text[at:])
    return child


def _people(citation: Element, names: Sequence[Mapping[str, str]], kind: str) -> None:
    if not names:
        return
    group = add(citation, "person-group", person_group_type=kind)
    for person in names:
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


def element_citation(item: Mapping[str, Any]) -> Element:
    """One entry of the bibliography (CSL JSON) as `element-citation`."""
    kind = TYPES.get(str(item.get("type", "")), "other")
    citation = etree.Element("element-citation", {"publication-type": kind})
    _people(citation, item.get("author") or [], "author")
    _people(citation, item.get("editor") or [], "editor")
    inside = item.get("container-title")
    if inside:
        add_rich(citation, "chapter-title" if kind == "book" else "article-title", str(item.get("title", "")))
        add_rich(citation, "source", str(inside))
    else:
        add_rich(citation, "source", str(item.get("title", "")))
    for key, tag in (("edition", "edition"), ("publisher-place", "publisher-loc"), ("publisher", "publisher-name")):
        if item.get(key):
            add(citation, tag, str(item[key]))
    if year := _year(item):
        add(citation, "year", year, **{"iso_8601_date": year})
    elif words := item.get("issued", {}).get("literal"):
        add(citation, "comment", str(words))
    for key in ("volume", "issue"):
        if item.get(key):
            add(citation, key, str(item[key]))
    if pages := str(item.get("page") or ""):
        if found := PAGES.fullmatch(pages):
            add(citation, "fpage", found[1])
            add(citation, "lpage", found[2])
        else:
            add(citation, "elocation-id", pages)
    for key, name in (("DOI", "doi"), ("PMID", "pmid"), ("PMCID", "pmcid")):
        if item.get(key):
            add(citation, "pub-id", str(item[key]), pub_id_type=name)
    if item.get("URL") and not item.get("DOI"):
        add(citation, "uri", str(item["URL"]))
    return citation


def set_references(back: Element, items: Mapping[str, Mapping[str, Any]]) -> None:
    """Gives every entry of the list its number and its parts, from the bibliography by key."""
    for number, reference in enumerate(back.iter("ref"), start=1):
        key = reference.get("id").removeprefix("ref-")
        for child in list(reference):
            reference.remove(child)
        add(reference, "label", str(number))
        reference.append(element_citation(items[key]))
