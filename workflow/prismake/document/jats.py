"""The manuscript as JATS, the journals' own XML (Archiving and Interchange tag set, version 1.3, with MathML 3).

Pandoc writes the text; these modules write what pandoc has no word for: the front from the manuscript's head
(`jats_front`), tables and figures with label, caption and notes, the declarations in the back, and every reference as
`element-citation`, whose parts a program can read (`jats_references`). Of the tag sets, Archiving asks for no date of
publication and no ISSN, which a manuscript does not have; its DTD of version 1.3 is the newest that a package brings.

Source: NISO Z39.96-2021 (JATS 1.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from prismake.document.jats_body import repair, set_note_marks
from prismake.document.jats_elements import XLINK, Element, add, append_text
from prismake.document.jats_front import Journal, add_funding, write_front
from prismake.document.jats_references import list_ranges, set_references

DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD with MathML3 v1.3 '
    '20210610//EN" "JATS-archivearticle1-3-mathml3.dtd">'
)
# Role of a section -> sec-type, as the tag library and JATS4R suggest them.
SECTION_TYPES = {
    "introduction": "intro",
    "methods": "methods",
    "results": "results",
    "discussion": "discussion",
    "conclusion": "conclusions",
    "conclusions": "conclusions",
    "data": "data-availability",
    "ethics": "ethics-statement",
    "interests": "COI-statement",
    "supplement": "supplementary-material",
}
# Between the sentences of a caption.
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z(]|$)")
FLOATS = {"tbl": ("table-wrap", "table-wrap-foot"), "fig": ("fig", "")}


@dataclass(frozen=True)
class Pictures:
    """The figures: the alternative text of each by its file, the files that go to the journal by its number."""

    alt: Mapping[str, str]
    files: Mapping[int, Sequence[str]]


def _counts(meta: Element, article: Element, words: int | None) -> None:
    counts = add(meta, "counts")
    for tag, path in (("fig-count", ".//fig"), ("table-count", ".//table-wrap"), ("ref-count", ".//ref")):
        add(counts, tag, count=str(len(article.findall(path))))
    if words is not None:
        add(counts, "word-count", count=str(words))


# Tables and figures ---------------------------------------------------------------------------------------------------


def _is_mark(node: Element, name: str) -> bool:
    return node.tag is etree.PI and node.target == name


def _groups(nodes: Sequence[Element], name: str) -> Iterator[tuple[str, list[Element], list[Element]]]:
    """(what the opening mark says, the nodes between it and its end, all of them with both marks)."""
    inside: list[Element] = []
    opened = None
    for node in nodes:
        if opened is None and _is_mark(node, name):
            opened, inside = node, []
        elif opened is not None and _is_mark(node, "end") and (node.text or "").strip() == name:
            yield (opened.text or "").strip(), inside, [opened, *inside, node]
            opened = None
        elif opened is not None:
            inside.append(node)


def _part(nodes: Sequence[Element], name: str) -> list[Element]:
    return next((inside for _, inside, _ in _groups(nodes, name)), [])


def _first_sentence(paragraph: Element) -> tuple[Element, Element | None]:
    """A caption's title, its first sentence, and the text behind it; marked words are never cut."""
    for place in [None, *paragraph]:
        text = (paragraph.text if place is None else place.tail) or ""
        if end := SENTENCE_END.search(text):
            index = 0 if place is None else paragraph.index(place) + 1
            rest = etree.Element("p")
            rest.text = text[end.end() :]
            rest.extend(list(paragraph)[index:])
            if place is None:
                paragraph.text = text[: end.start()]
            else:
                place.tail = text[: end.start()]
            return paragraph, rest
    return paragraph, None


def write_caption(caption: Element, paragraphs: Sequence[Element]) -> None:
    """Writes the first sentence of a caption as its title, what follows as its text."""
    for number, paragraph in enumerate(paragraphs):
        if number:
            caption.append(paragraph)
            continue
        title, rest = _first_sentence(paragraph)
        append_text(add(caption, "title"), [title])
        if rest is not None:
            caption.append(rest)


def _float(label: str, nodes: Sequence[Element], labels: Mapping[str, str], pictures: Pictures) -> Element:
    kind, number = label.split()
    tag, foot = FLOATS[kind]
    made: Element = etree.Element(tag, {"id": f"{kind}-{number}"})
    add(made, "label", f"{labels[kind]} {number}")
    write_caption(add(made, "caption"), _part(nodes, "caption"))
    notes = _part(nodes, "notes")
    for block in _part(nodes, "content"):
        if kind == "tbl":
            made.append(next(block.iter("table")))
            continue
        if notes:
            made.find("caption").extend(notes)
        graphic = next(block.iter("graphic", "inline-graphic"))
        target = graphic.get(f"{{{XLINK}}}href", "")
        add(made, "alt-text", pictures.alt.get(target, ""))
        files = pictures.files.get(int(number)) or [target.rpartition("/")[2]]
        holder = made if len(files) == 1 else add(made, "alternatives")
        for file in files:
            etree.SubElement(holder, "graphic", {f"{{{XLINK}}}href": file})
    if foot and notes:
        add(made, foot).extend(notes)
    return made


def _place_floats(body: Element, labels: Mapping[str, str], pictures: Pictures) -> None:
    for parent in [body, *body.iter("sec")]:
        for label, inside, marked in list(_groups(list(parent), "float")):
            parent.replace(marked[0], _float(label, inside, labels, pictures))
            for node in marked[1:]:
                if node.getparent() is parent:
                    parent.remove(node)


def _gather_floats(article: Element, body: Element) -> None:
    """Figures and tables that a journal wants behind the text have a place of their own: none follows a section."""
    behind = body.xpath("sec/following-sibling::*[self::fig or self::table-wrap]")
    if behind:
        add(article, "floats-group").extend(behind)


# All together ---------------------------------------------------------------------------------------------------------


def _to_back(body: Element, back: Element, declarations: Sequence[str]) -> None:
    """Moves the declarations behind the text; acknowledgments have an element of their own."""
    place = 0
    for section in list(body):
        title = section.find("title")
        if section.tag != "sec" or title is None or "".join(title.itertext()) not in declarations:
            continue
        section.tail = None
        if "acknowledg" in "".join(title.itertext()).casefold():
            section.tag = "ack"
        back.insert(place, section)
        place += 1


def _text_of_role(body: Element, roles: Mapping[str, str], role: str) -> str:
    """The words of the section that has a role; empty where there is none."""
    for section in body.findall("sec"):
        title = section.find("title")
        if title is not None and roles.get(" ".join("".join(title.itertext()).split())) == role:
            return " ".join(" ".join("".join(one.itertext()) for one in section if one is not title).split())
    return ""


def _section_types(article: Element, roles: Mapping[str, str]) -> None:
    """Says of every section of the first level what it is, where its heading has a role."""
    for section in article.xpath("body/sec | back/sec"):
        title = section.find("title")
        role = roles.get(" ".join("".join(title.itertext()).split()), "") if title is not None else ""
        if role in SECTION_TYPES:
            section.set("sec-type", SECTION_TYPES[role])


def _safe_ids(article: Element) -> None:
    """Makes every id one that XML takes, and what points to it with it; two that would be one get a number."""
    made: dict[str, str] = {}
    for node in article.iter(etree.Element):
        for name in ("id", "rid"):
            if given := node.get(name):
                if given not in made:
                    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", given)
                    taken = set(made.values())
                    made[given] = safe if safe not in taken else f"{safe}-{len(made)}"
                node.set(name, made[given])


def assemble(
    text: bytes,
    head: Mapping[str, Any],
    journal: Journal,
    items: Sequence[Mapping[str, Any]],
    declarations: Sequence[str],
    pictures: Pictures,
    roles: Mapping[str, str],
) -> bytes:
    """The article as JATS.

    `text` is what pandoc wrote with the JATS filter: `<article><body>…</body><back>…</back></article>`. `head` is the
    manuscript's YAML head, `items` the bibliography (CSL JSON), `declarations` the titles of the sections that belong
    behind the text, `roles` the role of each section by its title.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    written: Element = etree.fromstring(text, parser)
    body, back = written.find("body"), written.find("back")
    article = etree.Element(
        "article",
        {"article-type": "review-article", "dtd-version": "1.3"},
        nsmap={"xlink": XLINK},
    )
    article.set("{http://www.w3.org/XML/1998/namespace}lang", str(head.get("lang") or "en-US"))
    front: dict[str, list[Element]] = {"title": [], "abstract": []}
    for name in front:
        for _, inside, marked in list(_groups(list(body), name)):
            front[name] = inside
            for node in marked:
                body.remove(node)
    meta = write_front(article, head, journal, front["title"], front["abstract"])
    article.extend([body, back])
    _place_floats(body, journal.labels, pictures)
    _gather_floats(article, body)
    repair(article)
    if journal.letters:
        set_note_marks(article)
    set_references(back, {str(item["id"]): item for item in items}, numbered=journal.numbered)
    add_funding(meta, head, _text_of_role(body, roles, "funding"))
    _to_back(body, back, declarations)
    _section_types(article, roles)
    _counts(meta, article, (head.get("word-counts") or {}).get("text"))
    _safe_ids(article)
    list_ranges(article)
    # Pandoc's hint for readers without a screen; the DTD knows it on pictures only.
    for link in article.iter("xref"):
        link.attrib.pop("alt", "")
    tree: bytes = etree.tostring(article, encoding="UTF-8", xml_declaration=True, doctype=DOCTYPE, pretty_print=True)
    return tree
