"""The front of JATS, from the manuscript's head: journal, title, authors, affiliations, rights, abstract, funding.

Sources: NISO Z39.96-2021 (JATS 1.3); CRediT, NISO Z39.104-2022.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.document.jats_elements import XLINK, Element, add, add_words, append_text

CREDIT = "https://credit.niso.org/"
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
COUNTRY = re.compile(r"[^\W\d_][^\d,;@]{2,}|U[KS]")
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+")


@dataclass(frozen=True)
class Journal:
    """What the front says of the journal, its words for figures and tables; `letters`: whether they mark its notes;
    `numbered`: whether its references have numbers."""

    id: str
    name: str
    publisher: str
    labels: Mapping[str, str]
    issn: str = ""
    letters: bool = False
    numbered: bool = True


def _name(parent: Element, author: Mapping[str, Any]) -> None:
    """A person's name: the family name is the last word, unless the head names it."""
    whole = " ".join(str(author["name"]).split())
    family = str(author.get("family") or whole.rpartition(" ")[2])
    given = whole.removesuffix(family).strip()
    name = add(parent, "name")
    add(name, "surname", family)
    if given:
        add(name, "given-names", given)


def _affiliation(meta: Element, place: Mapping[str, Any]) -> None:
    """An affiliation: what is named last is its country, unless it is too short for one ("Boston, MA")."""
    made = add(meta, "aff", id=f"aff-{place['id']}")
    add(made, "label", str(place["id"]))
    name, country = str(place["name"]).strip(), str(place.get("country") or "")
    before, comma, last = name.rpartition(",")
    if not country and comma and COUNTRY.fullmatch(last.strip()):
        country = last.strip()
    if country and last.strip() == country:
        name = before.strip()
    institution = add(made, "institution", name)
    if country:
        institution.tail = ", "
        add(made, "country", country)


def _correspondence(made: Element, text: str) -> None:
    """The words of the correspondence, its addresses as such."""
    at = 0
    for match in EMAIL.finditer(text):
        add_words(made, text[at : match.start()])
        add(made, "email", match[0])
        at = match.end()
    add_words(made, text[at:])


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
            term = {"vocab_term": ROLES[role], "vocab_term_identifier": f"{CREDIT}contributor-roles/{role}/"}
            add(contributor, "role", ROLES[role], vocab="credit", vocab_identifier=CREDIT, **term)
        for number in author.get("affiliations") or []:
            add(contributor, "xref", str(number), ref_type="aff", rid=f"aff-{number}")
        if author.get("email"):
            add(contributor, "email", str(author["email"]))
        if author.get("corresponding") and head.get("correspondence"):
            add(contributor, "xref", "*", ref_type="corresp", rid="correspondence")
    for place in head.get("affiliation") or []:
        _affiliation(meta, place)
    if head.get("correspondence"):
        _correspondence(add(add(meta, "author-notes"), "corresp", id="correspondence"), str(head["correspondence"]))


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


def _permissions(meta: Element, terms: Mapping[str, Any]) -> None:
    """Who holds the rights, and the licence: what the head says of them."""
    if not terms:
        return
    made = add(meta, "permissions")
    year, holder, licence = (str(terms.get(name) or "") for name in ("year", "holder", "license"))
    if holder:
        add(made, "copyright-statement", " ".join(filter(None, ("©", year, holder))))
    if year:
        add(made, "copyright-year", year)
    if holder:
        add(made, "copyright-holder", holder)
    if licence:
        element = add(made, "license")
        element.set(f"{{{XLINK}}}href", licence)
        link = add(add(element, "license-p"), "ext-link", licence, ext_link_type="uri")
        link.set(f"{{{XLINK}}}href", licence)


def add_funding(meta: Element, head: Mapping[str, Any], statement: str) -> None:
    """Who paid: the grants that the head lists, and the words of the section on funding."""
    if not head.get("funding") and not statement:
        return
    group = add(meta, "funding-group")
    for grant in head.get("funding") or []:
        award = add(group, "award-group")
        add(award, "funding-source", str(grant["source"]))
        for number in grant.get("awards") or []:
            add(award, "award-id", str(number))
    if statement:
        add(group, "funding-statement", statement)


def write_front(
    article: Element, head: Mapping[str, Any], journal: Journal, title: Sequence[Element], abstract: Sequence[Element]
) -> Element:
    """Writes the front of an article and returns its `article-meta`, which funding and counts end.

    `title` and `abstract` are the paragraphs that pandoc made of them.
    """
    front = add(article, "front")
    about = add(front, "journal-meta")
    add(about, "journal-id", journal.id, journal_id_type="publisher-id")
    add(add(about, "journal-title-group"), "journal-title", journal.name)
    if journal.issn:
        add(about, "issn", journal.issn)
    if journal.publisher:
        add(add(about, "publisher"), "publisher-name", journal.publisher)
    meta = add(front, "article-meta")
    add(add(add(meta, "article-categories"), "subj-group", subj_group_type="heading"), "subject", "Review")
    titles = add(meta, "title-group")
    append_text(add(titles, "article-title"), title)
    if head.get("short-title"):
        add(titles, "alt-title", str(head["short-title"]), alt_title_type="running-head")
    _contributors(meta, head)
    _permissions(meta, head.get("permissions") or {})
    if abstract:
        parts = head.get("abstract")
        _abstract(meta, abstract, [str(part["name"]) for part in parts] if isinstance(parts, list) else [])
    if head.get("keywords"):
        words = add(meta, "kwd-group", kwd_group_type="author")
        for word in head["keywords"]:
            add(words, "kwd", str(word))
    return meta
