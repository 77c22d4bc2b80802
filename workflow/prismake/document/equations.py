"""The equations of the Word document: what an exponent or an index behind a bracket belongs to."""

from __future__ import annotations

from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

SCRIPTS = ("m:sSup", "m:sSub", "m:sSubSup")
OPENING, CLOSING = "([{", ")]}"


def _sign(node: Any) -> str:
    """The bracket that a node is, or that its exponent or index stands at; empty for any other node."""
    inner = node.find(qn("m:e")) if node.tag in [qn(name) for name in SCRIPTS] else None
    run = inner[0] if inner is not None and len(inner) == 1 else node
    text = run.findtext(qn("m:t")) or "" if run.tag == qn("m:r") else ""
    return text if len(text) == 1 and text in OPENING + CLOSING else ""


def _opening(script: Any) -> Any:
    """The bracket before a script that is closed at its base; None where there is none beside it."""
    depth = 0
    for node in script.itersiblings(preceding=True):
        sign = _sign(node)
        if sign and sign in CLOSING:
            depth += 1
        elif sign and depth:
            depth -= 1
        elif sign:
            return node if node.tag == qn("m:r") else None
    return None


def bracket_bases(root: Any) -> None:
    """Makes the whole bracket the base of an exponent or index behind it: pandoc raises it at the closing sign alone.

    So a reader, a screen reader too, finds the square of a difference and not that of a sign.
    """
    for script in [node for node in root.iter(*(qn(name) for name in SCRIPTS)) if _sign(node) in (*CLOSING,)]:
        opening = _opening(script)
        if opening is None:
            continue
        base = script.find(qn("m:e"))
        signs = f'<m:begChr m:val="{_sign(opening)}"/><m:sepChr m:val=""/><m:endChr m:val="{_sign(script)}"/>'
        group = parse_xml(f"<m:d {nsdecls('m')}><m:dPr>{signs}<m:grow/></m:dPr><m:e/></m:d>")
        inside: list[Any] = []
        for node in script.itersiblings(preceding=True):
            if node is opening:
                break
            inside.insert(0, node)
        group[-1].extend(inside)
        opening.getparent().remove(opening)
        base[:] = [group]
