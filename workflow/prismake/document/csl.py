"""The citation style as citeproc needs it: what it would read otherwise than the style's authors meant is spelt out."""

from __future__ import annotations

from lxml import etree

CSL = "{http://purl.org/net/xbiblio/csl}"
# The word that styles put before the date of a work without volume.
ONLINE = "advance-online-publication"
ARTICLES = "article article-journal article-magazine article-newspaper review"


def _element(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(f"{CSL}{tag}", attributes)


def cites(style: etree._Element, variable: str) -> bool:
    """Whether a style prints a variable in the text: one that prints the date (`issued`) cites by author and year."""
    macros = {macro.get("name"): macro for macro in style.iter(f"{CSL}macro")}
    waiting = style.findall(f"{CSL}citation/{CSL}layout")
    seen: set[str | None] = set()
    while waiting:
        for node in waiting.pop().iter():
            if node.get("variable") == variable:
                return True
            name = node.get("macro")
            if name in macros and name not in seen:
                seen.add(name)
                waiting.append(macros[name])
    return False


def _name_people(style: etree._Element) -> None:
    """Names stand before their label ("Ed A, ed."), also where the style leaves them to the default."""
    for names in style.iter(f"{CSL}names"):
        if names.find(f"{CSL}label") is not None and names.find(f"{CSL}name") is None:
            names.insert(0, _element("name"))


def _name_editors(style: etree._Element) -> None:
    """A work without author goes by its editors, and in a style of authors and years a work without both by its title,
    where the style says nothing of such works."""
    by_year = cites(style, "issued")
    for names in style.iter(f"{CSL}names"):
        parent, known = names.getparent(), names.find(f"{CSL}substitute") is not None
        if names.get("variable") == "author" and not known and parent is not None and parent.tag != f"{CSL}substitute":
            instead = _element("substitute")
            instead.append(_element("names", variable="editor"))
            if by_year:
                name = names.find(f"{CSL}name")
                short = {"form": "short"} if name is not None and name.get("form") == "short" else {}
                instead.append(_element("text", variable="title", **short))
            names.append(instead)


def _say_in_press(style: etree._Element) -> None:
    """Only an article is "published online", and not one that is in press."""
    for word in [node for node in style.iter(f"{CSL}text") if node.get("term") == ONLINE]:
        choice, inner = _element("choose"), _element("choose")
        article, unless = _element("if", match="any", type=ARTICLES), _element("if", match="none", variable="status")
        word.addprevious(choice)
        choice.append(article)
        article.append(inner)
        inner.append(unless)
        unless.append(word)


def prepared_style(style: bytes) -> bytes:
    """A CSL style with its unsaid defaults spelt out for citeproc."""
    root = etree.fromstring(style, etree.XMLParser(resolve_entities=False, no_network=True))
    _name_people(root)
    _name_editors(root)
    _say_in_press(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def without_sorting(style: bytes) -> bytes | None:
    """A style that numbers works as they are cited and sorts citations by number alone, without that sorting; None for
    any other style.

    To sort anything, citeproc reads the order of letters in all languages, which takes as long as all the rest.
    """
    root = etree.fromstring(style, etree.XMLParser(resolve_entities=False, no_network=True))
    keys = root.findall(f"{CSL}citation/{CSL}sort/{CSL}key")
    listed = root.find(f"{CSL}bibliography/{CSL}sort")
    if [dict(key.attrib) for key in keys] != [{"variable": "citation-number"}] or listed is not None:
        return None
    for citation in root.findall(f"{CSL}citation"):
        etree.strip_elements(citation, f"{CSL}sort", with_tail=False)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
