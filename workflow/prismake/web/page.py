"""The page as one file: article, styles, program and data, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from lxml import etree
from markupsafe import Markup

from prismake.web.article import Element, Heading, contents_of
from prismake.web.flow import route
from prismake.web.labels import labels_of
from prismake.web.packing import packed

STYLES = ("page.css",)
# In the order in which they use one another.
PROGRAM = ("elements.js", "data.js", "lists.js", "downloads.js", "views.js", "panel.js", "tables.js", "page.js")


@dataclass(frozen=True)
class Page:
    """What the page shows around the article. `draft` is the mark of a draft, empty otherwise."""

    title: str
    language: str
    journal: str
    draft: str
    headings: Sequence[Heading]
    boxes: Sequence[Mapping[str, Any]]
    overlaps: Sequence[Mapping[str, Any]] = ()


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(style: str, program: str) -> str:
    """What the page may do: run its own program, use its own styles and pictures; nothing is loaded."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_digest(program)}",
            f"style-src {_digest(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def listed_boxes(flow: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The boxes of the flow that the figure shows, with how deep each stands under others and whether it is listed."""
    parents = {box["id"]: box.get("parent", "") for box in flow["boxes"]}
    labels = labels_of(flow["boxes"])

    def depth(box: str) -> int:
        parent = parents.get(box, "")
        return 1 + depth(parent) if parent in parents else 0

    return [
        {**box, "label": labels[box["id"]], "depth": depth(box["id"]), "listed": bool(box.get("records"))}
        for box in flow["boxes"]
        if box.get("shown", True)
    ]


def page_of(article: Element, page: Page, data: Mapping[str, Any], assets: Sequence[Path]) -> str:
    """The page as text. `article` holds the finished article, `data` what its panels and lists show, `assets` are the
    files of its template, styles and program.
    """
    texts = {file.name: file.read_text(encoding="utf-8") for file in assets}
    style, program = ("\n".join(texts[name] for name in names) for names in (STYLES, PROGRAM))
    environment = Environment(loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined)
    environment.filters["route"] = route
    content = environment.get_template("page.html").render(
        page=page,
        contents=contents_of(page.headings),
        policy=policy(style, program),
        style=Markup(style),
        program=Markup(program),
        article=Markup(etree.tostring(article, method="html", encoding="unicode")),
        data=Markup(packed(data)),
    )
    return content + "\n"
