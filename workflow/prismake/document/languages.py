"""The languages of foreign titles in the list of references: spelt, divided and read aloud by their own rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from prismake.manuscript import tree
from prismake.manuscript.walking import rewrite, walk

ENTRY = "ref-"
# Citeproc leaves the letters of such a span as they are, as CSL asks of titles in other languages than English.
VERBATIM = "nocase"
# A translation of the title that follows it in brackets is in the manuscript's own language.
TRANSLATED = re.compile(r"(.*\S)(\s*\[[^\[\]]+\])", re.DOTALL)


def _primary(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def foreign(works: Sequence[dict[str, Any]], language: str) -> dict[str, str]:
    """The language (as `de-DE`) of each work that states another one than the manuscript's, by key."""
    stated = {str(work["id"]): str(work.get("language") or "").replace("_", "-") for work in works}
    return {key: own for key, own in stated.items() if own and _primary(own) != _primary(language or "en")}


def _marked(title: str) -> str:
    translated = TRANSLATED.fullmatch(title)
    own, rest = translated.groups() if translated else (title, "")
    return f'<span class="{VERBATIM}">{own}</span>{rest}'


def with_titles_marked(works: Sequence[dict[str, Any]], languages: dict[str, str]) -> list[dict[str, Any]]:
    """The works, those in a foreign language with their titles as spans that citeproc carries into the list."""
    return [
        {**work, "title": _marked(str(work["title"]))} if str(work["id"]) in languages and work.get("title") else work
        for work in works
    ]


def mark_titles(blocks: Sequence[tree.Block], languages: dict[str, str]) -> None:
    """Turns the marks in the list of references into the languages of the titles, in place."""
    for node in walk(blocks):
        if isinstance(node, tree.Div) and node.attr.identifier.startswith(ENTRY):
            language = languages.get(node.attr.identifier.removeprefix(ENTRY))
            if language:
                _mark(node, language)


def _mark(entry: tree.Div, language: str) -> None:
    def change(node: Any) -> list[Any] | None:
        if isinstance(node, tree.Span) and VERBATIM in node.attr.classes:
            return [tree.Span(tree.Attr("", (), (("lang", language),)), node.content, at=node.at)]
        return None

    rewrite(entry.blocks, change)
