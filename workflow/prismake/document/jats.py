"""The manuscript as JATS, the journals' own XML (Journal Publishing tag set, version 1.1).

Pandoc writes the text; this module writes what pandoc has no word for: the front from the manuscript's head, tables and
figures with label, caption and notes, the declarations in the back, and every reference as `element-citation`, whose
parts a program can read. Version 1.1, because its DTD is the newest that a package brings, so that a test can hold the
file against it; contributor roles therefore carry the CRediT address as their `content-type`.

Sources: NISO Z39.96-2015 (JATS 1.1); CRediT, NISO Z39.104-2022.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from prismake.document.jats_body import repair
from prismake.document.jats_elements import Element, add
from prismake.document.jats_references import set_references

XLINK = "http://www.w3.org/1999/xlink"
DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.1 20151215//EN" '
    '"JATS-journalpublishing1.dtd">'
)
CREDIT = "https://credit.niso.org/contributor-roles/{}/"
# The 14 roles of CRediT: what metadata.yaml calls each, and its name.
ROLES = {
    "conceptualization": "Conceptualization",
    "data-curation": "Data curation",
    "formal-analysis": "Formal analysis",
    "funding-acquisition": "Funding acquisition",
    "investigation": "Investigation",
    "methodology": "Methodology",
    "project-administration": "Project administration",
    "resources": "Resources",
    "software": "Software",
    "supervision": "Supervision",
    "validation": "Validation",
    "visualization": "Visualization",
    "writing-original-draft": "Writing – original draft",
    "writing-review-editing": "Writing – review & editing",
}
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
FLOATS = {"tbl": ("table-wrap", "table-wrap-foot"), "fig": ("fig", "")}


@dataclass(frozen=True)
class Journal:
    """What the front says of the journal and of its words for figures and tables."""

    id: str
    name: str
    publisher: str
    labels: Mapping[str, str]
    issn: str = ""


@dataclass(frozen=True)
class Pictures:
    """The figures: the alternative text of each by its file, the files that go to the journal by its number."""

    alt: Mapping[str, str]
    files: Mapping[int, Sequence[str]]


def _append_text(target: Element, paragraphs: Sequence[Element]) -> None:
    """Puts the words of paragraphs, with their markup, into an element that takes no paragraphs."""
    for paragraph in paragraphs:
        target.text = (target.text or "") + (paragraph.text or "")
        target.extend(list(paragraph))


# The front ------------------------------------------------------------------------------------------------------------


def _name(parent: Element, author: Mapping[str, Any]) -> None:
    """A person's name: the family name is the last word, unless the head names it."""
    whole = " ".join(str(author["name"]).split())
    family = str(author.get("family") or whole.rpartition(" ")[2])
    given = whole.removesuffix(family).strip()
    name = add(parent, "name")
    add(name, "surname", family)
    if given:
        add(name, "given-names", given)


def _contributors(meta: Element, head: Mapping[str, Any]) -> None:
    group = add(meta, "contrib-group")
    for author in head.get("author") or []:
        contributor = add(group, "contrib", contrib_type="author")
        if author.get("corresponding"):
            contributor.set("corresp", "yes")
        if author.get("orcid"):
            add(contributor, "contrib-id", f"https://orcid.org/{author['orcid']}", contrib_id_type="orcid")
        _name(contributor, author)
        if author.get("degrees"):
            add(contributor, "degrees", str(author["degrees"]))
        for role in author.get("roles") or []:
            add(contributor, "role", ROLES[role], content_type=CREDIT.format(role))
        for number in author.get("affiliations") or []:
            add(contributor, "xref", str(number), ref_type="aff", rid=f"aff-{number}")
        if author.get("corresponding"):
            add(contributor, "xref", "*", ref_type="corresp", rid="correspondence")
    for place in head.get("affiliation") or []:
        affiliation = add(meta, "aff", id=f"aff-{place['id']}")
        add(affiliation, "label", str(place["id"]))
        add(affiliation, "institution", str(place["name"]))
    if head.get("correspondence"):
        add(add(meta, "author-notes"), "corresp", str(head["correspondence"]), id="correspondence")


def _abstract(meta: Element, paragraphs: Sequence[Element], parts: Sequence[str]) -> None:
    """The abstract; one in parts has a section for each, whose name begins the paragraph in bold."""
    abstract = add(meta, "abstract")
    if not parts:
        abstract.extend(paragraphs)
        return
    for name, paragraph in zip(parts, paragraphs, strict=True):
        section = add(abstract, "sec")
        add(section, "title", name)
        bold = paragraph[0]
        paragraph.text = (bold.tail or "").lstrip()
        paragraph.remove(bold)
        section.append(paragraph)


def _front(
    article: Element, head: Mapping[str, Any], journal: Journal, title: Sequence[Element], abstract: Sequence[Element]
) -> Element:
    front = add(article, "front")
    about = add(front, "journal-meta")
    add(about, "journal-id", journal.id, journal_id_type="publisher-id")
    add(add(about, "journal-title-group"), "journal-title", journal.name)
    # The DTD wants the element even where the profile does not give the number.
    add(about, "issn", journal.issn)
    if journal.publisher:
        add(add(about, "publisher"), "publisher-name", journal.publisher)
    meta = add(front, "article-meta")
    add(add(add(meta, "article-categories"), "subj-group", subj_group_type="heading"), "subject", "Review")
    titles = add(meta, "title-group")
    _append_text(add(titles, "article-title"), title)
    if head.get("short-title"):
        add(titles, "alt-title", str(head["short-title"]), alt_title_type="running-head")
    _contributors(meta, head)
    year, month, day = str(head["date-fixed"]).split("-")
    # The DTD wants a date: the day to which the evidence reaches. That of publication is the publisher's to give.
    date = add(meta, "pub-date", date_type="last-search")
    for tag, text in (("day", day), ("month", month), ("year", year)):
        add(date, tag, text)
    if abstract:
        told = head.get("abstract")
        _abstract(meta, abstract, [str(part["name"]) for part in told] if isinstance(told, list) else [])
    if head.get("keywords"):
        words = add(meta, "kwd-group", kwd_group_type="author")
        for word in head["keywords"]:
            add(words, "kwd", str(word))
    return meta


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


def _float(said: str, nodes: Sequence[Element], labels: Mapping[str, str], pictures: Pictures) -> Element:
    kind, number = said.split()
    tag, foot = FLOATS[kind]
    made: Element = etree.Element(tag, {"id": f"{kind}-{number}"})
    add(made, "label", f"{labels[kind]} {number}")
    _append_text(add(add(made, "caption"), "title"), _part(nodes, "caption"))
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
        for said, inside, marked in list(_groups(list(parent), "float")):
            parent.replace(marked[0], _float(said, inside, labels, pictures))
            for node in marked[1:]:
                if node.getparent() is parent:
                    parent.remove(node)


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
        {"article-type": "review-article", "dtd-version": "1.1"},
        nsmap={"xlink": XLINK},
    )
    article.set("{http://www.w3.org/XML/1998/namespace}lang", str(head.get("lang") or "en-US"))
    front: dict[str, list[Element]] = {"title": [], "abstract": []}
    for name in front:
        for _, inside, marked in list(_groups(list(body), name)):
            front[name] = inside
            for node in marked:
                body.remove(node)
    meta = _front(article, head, journal, front["title"], front["abstract"])
    article.extend([body, back])
    _place_floats(body, journal.labels, pictures)
    repair(article)
    set_references(back, {str(item["id"]): item for item in items})
    _to_back(body, back, declarations)
    _section_types(article, roles)
    _counts(meta, article, (head.get("word-counts") or {}).get("text"))
    _safe_ids(article)
    # Pandoc's hint for readers without a screen; the DTD knows it on pictures only.
    for link in article.iter("xref"):
        link.attrib.pop("alt", "")
    tree: bytes = etree.tostring(article, encoding="UTF-8", xml_declaration=True, doctype=DOCTYPE, pretty_print=True)
    return tree
