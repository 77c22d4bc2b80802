"""Reads an article in JATS."""

from __future__ import annotations

from typing import Any

from lxml import etree

from prismake.audit.foreign.building import Draft, body_and_header, squeezed, unmarked
from prismake.audit.foreign.citations import LINK, RAISED, UNLINK, UNRAISED
from prismake.audit.foreign.paper import Reference, Table
from prismake.common.errors import stop
from prismake.common.package import LARGEST_XML
from prismake.common.xml_faults import xml_fault

# What stands in a paragraph but is none of its text.
ASIDE = frozenset(
    {"table-wrap", "fig", "boxed-text", "disp-formula", "table-wrap-group", "fig-group", "supplementary-material"}
)


# A table that spans more was made to fill a computer's memory.
MOST_COLUMNS = 200
MOST_CELLS = 200_000


def read_jats(content: bytes, name: str) -> Draft:
    """What an article in JATS holds. Raises BuildStop where the XML is damaged, unsafe or none of JATS."""
    root = _parsed(content, name)
    if etree.QName(root).localname != "article":
        article = next(root.iter("{*}article"), None)
        if article is None:
            raise stop(
                "unreadable",
                f"is XML, but not an article in JATS (it starts with <{etree.QName(root).localname}>)",
                where=name,
            )
        root = article
    for node in root.iter(etree.Element):
        if isinstance(node.tag, str) and "}" in node.tag:
            node.tag = etree.QName(node).localname
    # Reviews of the article and answers to them, and formulas that are given a second time, are none of its text.
    for aside in [*root.iter("sub-article", "response", "tex-math")]:
        aside.text, aside[:] = "", []
        aside.attrib.clear()
    draft = Draft(name, "JATS")
    for number, work in enumerate(root.iterfind(".//ref-list//ref"), start=1):
        draft.references.append(Reference(work.get("id") or str(number), squeezed(" ".join(work.itertext()))))
    known = _labels(root)
    for title in root.iterfind("./front//title-group/article-title"):
        draft.add("title", _text(title, known), title.sourceline or 0)
    for abstract in root.iterfind("./front//abstract"):
        if abstract.get("abstract-type") in (None, "", "structured"):
            for node in abstract.iter("p"):
                draft.section = "Abstract"
                draft.add("abstract", _text(node, known), node.sourceline or 0)
    body = root.find("body")
    if body is None:
        draft.unread.append("body: the file holds no text of the article")
    else:
        _section(body, "", draft, known)
    for wrap in root.iter("table-wrap"):
        _table(wrap, draft, known)
    for figure in root.iter("fig"):
        draft.section = ""
        caption = figure.find("caption")
        if caption is not None:
            draft.add("caption", _text(caption, known), figure.sourceline or 0)
    if root.find(".//fig") is not None:
        draft.unread.append("pictures: the text inside figures is not read")
    return draft


def _labels(root: Any) -> dict[str, str]:
    """The identifiers of works and of what stands within them -> the work's label."""
    labels: dict[str, str] = {}
    for number, work in enumerate(root.iterfind(".//ref-list//ref"), start=1):
        label = work.get("id") or str(number)
        labels |= {inner.get("id"): label for inner in work.iter() if isinstance(inner.tag, str) and inner.get("id")}
        labels[label] = label
    return labels


def _parsed(content: bytes, name: str) -> Any:
    if len(content) > LARGEST_XML:
        raise stop("unreadable", "is too large to be read safely", where=name)
    if b"<!ENTITY" in content or "<!ENTITY".encode("utf-16-le") in content or "<!ENTITY".encode("utf-16-be") in content:
        raise stop(
            "unreadable", "declares entities, which the audit does not read", where=name, fix="remove the declaration"
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as fault:
        raise stop(
            "unreadable", f"is not well-formed XML: {xml_fault(fault)}", where=name, fix="export the file again"
        ) from None


def _text(node: Any, known: dict[str, str]) -> str:
    """The letters of an element with the marks of citations."""
    letters = [node.text or ""]
    for child in node:
        if isinstance(child.tag, str) and child.tag not in ASIDE:
            inner = _text(child, known)
            works = (child.get("rid") or "").split() if child.tag == "xref" else []
            if works and (child.get("ref-type") == "bibr" or all(work in known for work in works)):
                works = [known.get(work, work) for work in works]
                inner = f"{LINK}{' '.join(works)}|{unmarked(inner)}{UNLINK}"
            elif child.tag == "sup":
                inner = f"{RAISED}{inner}{UNRAISED}"
            elif child.tag in ("title", "p", "list-item", "label"):
                inner = f" {inner} "
            letters.append(inner)
        letters.append(child.tail or "")
    return "".join(letters)


def _section(node: Any, title: str, draft: Draft, known: dict[str, str]) -> None:
    """The paragraphs of a section and of those within it."""
    for child in node:
        if not isinstance(child.tag, str) or child.tag in ASIDE:
            continue
        if child.tag == "sec":
            heading = child.find("title")
            named = unmarked(_text(heading, known)) if heading is not None else title
            draft.heading(named)
            _section(child, named, draft, known)
        elif child.tag in ("p", "list", "disp-quote", "def-list"):
            draft.section = title
            draft.add("text", _text(child, known), child.sourceline or 0)


def _table(wrap: Any, draft: Draft, known: dict[str, str]) -> None:
    label, caption = wrap.find("label"), wrap.find("caption")
    named = squeezed("".join(label.itertext())) if label is not None else ""
    caption_text = unmarked(_text(caption, known)) if caption is not None else ""
    foot = wrap.find("table-wrap-foot")
    notes = unmarked(_text(foot, known)) if foot is not None else ""
    draft.section = named
    draft.add("caption", _text(caption, known) if caption is not None else "", wrap.sourceline or 0)
    draft.add("notes", _text(foot, known) if foot is not None else "", wrap.sourceline or 0)
    table = wrap.find(".//table")
    if table is None:
        draft.unread.append(f"{named or 'a table'}: it is a picture")
        return
    heads = sum(len(head.findall("tr")) for head in table.iterfind("thead"))
    rows, merged = _grid(table)
    if not rows:
        draft.unread.append(f"{named or 'a table'}: it has more than {MOST_CELLS:,} cells")
    if len(rows) > 1:
        header, body = body_and_header(rows, max(heads, 1))
        draft.tables.append(Table(named.rstrip(".:"), caption_text, header, body, notes, merged, wrap.sourceline or 0))


def _span(cell: Any, name: str) -> int:
    stated = cell.get(name) or "1"
    return min(int(stated), 200) if stated.isdigit() and int(stated) > 0 else 1


def _grid(table: Any) -> tuple[list[list[str]], bool]:
    """The cells by row, a spanning one repeated wherever it reaches."""
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}
    merged = False
    for row in table.iter("tr"):
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            while (above := hanging.get(len(cells))) and above[0] > 0:
                hanging[len(cells)] = (above[0] - 1, above[1])
                cells.append(above[1])
            for raised in cell.iter("sup"):
                raised.text, raised[:] = "", []
            text = squeezed(" ".join(cell.itertext()))
            wide, deep = _span(cell, "colspan"), _span(cell, "rowspan")
            merged = merged or wide > 1 or deep > 1
            for _ in range(min(wide, MOST_COLUMNS - len(cells))):
                hanging[len(cells)] = (deep - 1, text)
                cells.append(text)
        while (above := hanging.get(len(cells))) and above[0] > 0:
            hanging[len(cells)] = (above[0] - 1, above[1])
            cells.append(above[1])
        rows.append(cells)
        if sum(map(len, rows)) > MOST_CELLS:
            return [], merged
    return rows, merged
