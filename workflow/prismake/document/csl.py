"""The citation style as citeproc needs it: what it would read otherwise than the style's authors meant is spelt out."""

from __future__ import annotations

from lxml import etree

CSL = "{http://purl.org/net/xbiblio/csl}"
# The word that styles put before the date of a work without volume.
ONLINE = "advance-online-publication"


def _element(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(f"{CSL}{tag}", attributes)


def _name_people(style: etree._Element) -> None:
    """Names stand before their label ("Ed A, ed."), also where the style leaves them to the default."""
    for names in style.iter(f"{CSL}names"):
        if names.find(f"{CSL}label") is not None and names.find(f"{CSL}name") is None:
            names.insert(0, _element("name"))


def _name_editors(style: etree._Element) -> None:
    """A work without author goes by its editors where the style says nothing of such works."""
    for names in style.iter(f"{CSL}names"):
        parent, known = names.getparent(), names.find(f"{CSL}substitute") is not None
        if names.get("variable") == "author" and not known and parent is not None and parent.tag != f"{CSL}substitute":
            instead = _element("substitute")
            instead.append(_element("names", variable="editor"))
            names.append(instead)


def _say_in_press(style: etree._Element) -> None:
    """A work that is in press is not "published online"."""
    for word in [node for node in style.iter(f"{CSL}text") if node.get("term") == ONLINE]:
        choice, unless = _element("choose"), _element("if", match="none", variable="status")
        word.addprevious(choice)
        choice.append(unless)
        unless.append(word)


def prepared_style(style: bytes) -> bytes:
    """A CSL style with its unsaid defaults spelt out for citeproc."""
    root = etree.fromstring(style, etree.XMLParser(resolve_entities=False, no_network=True))
    _name_people(root)
    _name_editors(root)
    _say_in_press(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
