"""What an exponent or an index behind a bracket belongs to, in equations: the whole bracket.

Pandoc raises it at the closing sign alone, so that a program, a screen reader among them, finds the square of a sign
and not that of the difference in the brackets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from lxml import etree

OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
SCRIPTS = tuple(qn(name) for name in ("m:sSup", "m:sSub", "m:sSubSup"))
MATHML = "{http://www.w3.org/1998/Math/MathML}"
MATHML_SCRIPTS = tuple(f"{MATHML}{name}" for name in ("msup", "msub", "msubsup"))


def _bracket(text: str | None) -> str:
    sign = (text or "").strip()
    return sign if sign in OPENING | CLOSING else ""


def _word_sign(node: Any) -> str:
    """The bracket that a node of Word's is, or that its exponent or index stands at; empty for any other node."""
    inner = node.find(qn("m:e")) if node.tag in SCRIPTS else None
    run = inner[0] if inner is not None and len(inner) == 1 else node
    return _bracket(run.findtext(qn("m:t"))) if run.tag == qn("m:r") else ""


def _mathml_sign(node: Any) -> str:
    """The same of a node of MathML."""
    base = node[0] if node.tag in MATHML_SCRIPTS else node
    return _bracket(base.text) if base.tag == f"{MATHML}mo" else ""


def _from_opening(script: Any, sign: Callable[[Any], str]) -> list[Any]:
    """The nodes from the bracket that a script's base closes up to the script; none where nothing beside opens it."""
    if sign(script) not in CLOSING:
        return []
    depth = 0
    nodes: list[Any] = []
    for node in script.itersiblings(preceding=True):
        nodes.insert(0, node)
        if sign(node) in CLOSING:
            depth += 1
        elif sign(node) and depth:
            depth -= 1
        elif sign(node):
            # A bracket with an exponent of its own opens nothing.
            return [] if node.tag in (*SCRIPTS, *MATHML_SCRIPTS) else nodes
    return []


def bracket_bases(root: Any) -> None:
    """Makes the whole bracket the base of an exponent or index behind it, in a part of a Word document."""
    for script in list(root.iter(*SCRIPTS)):
        if nodes := _from_opening(script, _word_sign):
            opening, *inside = nodes
            signs = f'<m:begChr m:val="{_word_sign(opening)}"/><m:sepChr m:val=""/>'
            signs += f'<m:endChr m:val="{_word_sign(script)}"/>'
            group = parse_xml(f"<m:d {nsdecls('m')}><m:dPr>{signs}<m:grow/></m:dPr><m:e/></m:d>")
            group[-1].extend(inside)
            opening.getparent().remove(opening)
            script.find(qn("m:e"))[:] = [group]


def bracket_bases_of_mathml(root: Any) -> None:
    """Makes the whole bracket the base of an exponent or index behind it, in the equations of an article."""
    for script in list(root.iter(*MATHML_SCRIPTS)):
        if nodes := _from_opening(script, _mathml_sign):
            group = etree.Element(f"{MATHML}mrow")
            group.extend([*nodes, script[0]])
            script.insert(0, group)
