"""Citations that a journal's style prints otherwise than their author means them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from prismake.common.errors import Issue
from prismake.document.kinds import Style
from prismake.document.parts import is_crossing
from prismake.manuscript import tree
from prismake.manuscript.model import Manuscript
from prismake.manuscript.walking import all_nodes, lists_in, walk
from prismake.manuscript.words import plain_text

# A place in a work at the start of what follows its key: "p. 223", "chap. 3", "§ 4", "12–15".
LOCATOR = re.compile(
    r"[\s,]*(?:(?:p|pp|pages?|ch|chap|chapters?|sec|sections?|vol|volumes?|fig|figures?|no|l|lines?|col|fol|para|pars?|"
    r"appendix|table|verse|v)\.?\s*|[§¶]+\s*)?[A-Za-z]?\d",
    re.IGNORECASE,
)
# The end of an equation that is a raised number: I^2, x^{12}.
RAISED_END = re.compile(r"\^\s*(\{[^{}]*\d\s*\}|\d)\s*$")
RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def _locators(manuscript: Manuscript) -> Iterator[Issue]:
    for node in walk(all_nodes(manuscript.document)):
        if not isinstance(node, tree.Cite) or is_crossing(node):
            continue
        for citation in node.citations:
            place = plain_text(citation.suffix).strip(" ,")
            if LOCATOR.match(place):
                message = f"this journal's style prints no places in works: '{place}' is lost"
                where = manuscript.where(node.at, citation.id)
                yield Issue("locator", message, where, "put it into the sentence", "warning")


def _words(manuscript: Manuscript, *, raised: bool) -> Iterator[Issue]:
    """Words in a bracket of numbers: raised with them, or between two of them ("1,see 2")."""
    for node in walk(all_nodes(manuscript.document)):
        if not isinstance(node, tree.Cite) or is_crossing(node) or node.citations[0].mode == "AuthorInText":
            continue
        for index, citation in enumerate(node.citations):
            behind = plain_text(citation.suffix).strip(" ,")
            words = [plain_text(citation.prefix).strip() if raised or index else ""]
            words += [behind if raised and not LOCATOR.match(behind) else ""]
            for text in filter(None, words):
                message = f"the words '{text}' are set among the numbers of a citation"
                where = manuscript.where(node.at, citation.id)
                yield Issue("words-in-citation", message, where, "put them into the sentence", "warning")


def _is_raised(node: Any, *, last: bool) -> bool:
    """Whether a node ends, or begins, with a raised number or is the mark of a note."""
    if isinstance(node, tree.Note):
        return True
    if isinstance(node, tree.Superscript):
        text = plain_text(node.content)
        return text[-1:].isdigit() if last else text[:1].isdigit()
    if isinstance(node, tree.Math):
        return last and RAISED_END.search(node.text) is not None
    text = node.text if isinstance(node, tree.Str) else ""
    return bool(text) and text[-1 if last else 0] in RAISED_DIGITS


def _beside(manuscript: Manuscript, follows: str) -> Iterator[Issue]:
    for line in _lines(all_nodes(manuscript.document)):
        for index, node in enumerate(line):
            if not isinstance(node, tree.Cite) or is_crossing(node):
                continue
            before, after = line[:index][-1:], line[index + 1 : index + 2]
            # Behind a mark that it follows, the number leaves the place where it is written.
            stays = not (after and isinstance(after[0], tree.Str) and after[0].text.startswith(tuple(follows)))
            named = node.citations[0].mode == "AuthorInText"
            if (before and stays and not named and _is_raised(before[0], last=True)) or (
                after and _is_raised(after[0], last=False)
            ):
                message = "a raised number or note stands beside a raised citation: they read as one"
                where = manuscript.where(node.at, node.citations[0].id)
                yield Issue("raised-number", message, where, "put a word between them, or cite elsewhere", "warning")


def _lines(nodes: list[Any]) -> Iterator[list[Any]]:
    """Every run of nodes, blanks left out."""
    yield [node for node in nodes if not isinstance(node, tree.Space | tree.SoftBreak)]
    for node in nodes:
        for inner in lists_in(node):
            yield from _lines(inner)


def citation_faults(manuscript: Manuscript, style: Style, citations: Mapping[str, Any]) -> list[Issue]:
    """Warnings of places that a style does not print, of words among numbers, and of raised numbers and notes beside
    raised citations.

    `citations` is what the journal's profile says of them.
    """
    issues = [] if style.prints_places else list(_locators(manuscript))
    if not style.by_year:
        issues += _words(manuscript, raised=citations["form"] == "superscript")
    return [*issues, *(_beside(manuscript, citations["after"]) if citations["form"] == "superscript" else ())]
