"""Checks of the document's properties and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, Skip, check
from prismake.preflight.wordml import M, R, W, find, local, shortened, shown_in, text_of, value, whole

PATHS = re.compile(r"[A-Za-z]:\\(?:Users|Documents and Settings)\\|/(?:home|Users)/[^/\s]+/|file:///")


def _core(document: Document) -> dict[str, str]:
    """The core properties by name."""
    document.need()
    return document.properties


def _extended(document: Document) -> dict[str, str]:
    for relation in document.package.related("", "extended-properties"):
        if relation.target in document.package.trees:
            return {local(node): shown_in(node) for node in document.package.trees[relation.target] if local(node)}
    return {}


def _bare(text: str) -> str:
    """The letters and digits of a text: marks and blanks may be set in other ways in properties than on a page."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@check("property-title", "properties", "error", "the title in the properties is the printed title")
def property_title(document: Document, _: Requirements) -> Iterator[Finding]:
    """dc:title."""
    stated = _core(document).get("title", "")
    blocks = document.styled("title")
    titles = [text_of(block) for block in blocks]
    if not stated:
        yield Finding("no title in the properties", "docProps/core.xml")
    elif any(next(block.iter(f"{M}oMath"), None) is not None for block in blocks):
        raise Skip("the title contains an equation, which properties cannot hold")
    elif titles and _bare(stated) != _bare(titles[0]):
        yield Finding(
            f"the properties say '{shortened(stated)}', the title page '{shortened(titles[0])}'", "docProps/core.xml"
        )


@check("property-authors", "properties", "error", "the properties name the authors of the title page and nobody else")
def property_authors(document: Document, required: Requirements) -> Iterator[Finding]:
    """dc:creator; empty in a blinded copy."""
    named = [name.strip() for name in _core(document).get("creator", "").split(";") if name.strip()]
    lines = document.styled("author")
    if required.blinded:
        if named:
            yield Finding("the properties of the blinded copy name authors", "docProps/core.xml")
        return
    printed = "".join(piece.text for block in lines for piece in document.pieces(block) if not piece.superscript)
    if not named:
        yield Finding("no authors in the properties", "docProps/core.xml")
    elif lines:
        for name in named:
            if _bare(name) not in _bare(printed):
                yield Finding(f"'{name[:60]}' is not an author on the title page", "docProps/core.xml")
        if len(named) == 1 and printed.count(",") >= 1 and len(printed) > len(named[0]) + 8:
            yield Finding("the properties name one author, the title page several", "docProps/core.xml")


@check("property-keywords", "properties", "warning", "the properties contain the keywords")
def property_keywords(document: Document, required: Requirements) -> Iterator[Finding]:
    """cp:keywords."""
    required.need("title-page", "head")
    if not _core(document).get("keywords"):
        yield Finding("no keywords in the properties", "docProps/core.xml")


@check(
    "property-language",
    "properties",
    "error",
    "the properties and the styles state the language of the text",
)
def property_language(document: Document, _: Requirements) -> Iterator[Finding]:
    """dc:language and w:lang: hyphenation and screen readers go by it."""
    stated = _core(document).get("language", "")
    styles = document.part("styles")
    default = value(find(styles, "docDefaults/rPrDefault/rPr/lang"))
    if not default:
        normal = document.styles.get(document.default_style)
        default = value(find(normal.element, "rPr/lang")) if normal else None
    if not stated:
        yield Finding("no language in the properties", "docProps/core.xml", "warning")
    if not default:
        yield Finding("the styles state no language", "styles")
    elif stated and stated.split("-")[0].lower() != default.split("-")[0].lower():
        yield Finding(f"the properties say {stated[:20]}, the styles {default[:20]}", "docProps/core.xml")


@check(
    "property-dates",
    "properties",
    "warning",
    "the properties contain dates in a possible order",
)
def property_dates(document: Document, _: Requirements) -> Iterator[Finding]:
    """dcterms:created and modified."""
    core = _core(document)
    dates = [core.get("created", ""), core.get("modified", "")]
    for name, date in zip(("created", "modified"), dates, strict=True):
        if not re.match(r"\d{4}-\d{2}-\d{2}", date):
            yield Finding(f"no date '{name}' in the properties", "docProps/core.xml")
    if all(dates) and dates[1] < dates[0]:
        yield Finding("the date of the last change is before the date of creation", "docProps/core.xml")


@check("property-user", "properties", "error", "the properties name no user, company, manager or local template")
def property_user(document: Document, _: Requirements) -> Iterator[Finding]:
    """What Word fills in from the computer."""
    core, extended = _core(document), _extended(document)
    for name, text in (
        ("lastModifiedBy", core.get("lastModifiedBy", "")),
        *((key, extended.get(key, "")) for key in ("Company", "Manager")),
    ):
        if text:
            yield Finding(f"{name} is '{text[:60]}'", "docProps")
    template = extended.get("Template", "")
    if template and template.lower() not in ("normal", "normal.dotm", "normal.dot"):
        yield Finding(f"Template is '{template[:60]}'", "docProps")


@check("user-path", "properties", "error", "the document contains no path of a computer")
def user_path(document: Document, _: Requirements) -> Iterator[Finding]:
    """Names of folders are names of people."""
    document.need()
    for name, root in document.package.trees.items():
        if root is document.root:
            continue
        for node in root.iter():
            for text in (*node.attrib.values(), node.text or ""):
                if match := PATHS.search(str(text)):
                    yield Finding(
                        f"contains the path '{shortened(str(text)[match.start() : match.start() + 60])}'", name
                    )


@check("editing-marks", "properties", "warning", "the document contains no identifiers of editing sessions (rsid)")
def editing_marks(document: Document, _: Requirements) -> Iterator[Finding]:
    """They reveal who wrote what in which session, and make equal documents differ."""
    document.need()
    for name, root in document.package.trees.items():
        if not str(root.tag).startswith(W):
            continue
        for node in root.iter():
            if any(str(key).startswith(f"{W}rsid") for key in node.attrib) or node.tag in (f"{W}rsid", f"{W}rsids"):
                yield Finding("holds identifiers of editing sessions", name)
                break


@check("compatibility", "properties", "warning", "Word does not open the document in compatibility mode")
def compatibility(document: Document, _: Requirements) -> Iterator[Finding]:
    """compatibilityMode 15: Word 2013 and later."""
    document.need()
    settings = document.part("settings")
    modes = [
        whole(value(node))
        for node in (settings.iter(f"{W}compatSetting") if settings is not None else [])
        if value(node, "name") == "compatibilityMode"
    ]
    if not modes or (modes[0] or 0) < 15:
        yield Finding("Word shows the document in compatibility mode", "settings")


@check("protection", "properties", "error", "the document can be edited")
def protection(document: Document, _: Requirements) -> Iterator[Finding]:
    """No protection, no recommendation to read only."""
    document.need()
    settings = document.part("settings")
    for tag in ("documentProtection", "writeProtection"):
        node = find(settings, tag)
        if node is not None and (
            tag == "writeProtection" or (value(node, "enforcement") or "0").lower() not in ("0", "false", "off")
        ):
            yield Finding(f"{tag} is set", "settings")


@check("template-attached", "properties", "error", "no template is attached")
def template_attached(document: Document, _: Requirements) -> Iterator[Finding]:
    """Word would look for it when the document is opened."""
    document.need()
    node = find(document.part("settings"), "attachedTemplate")
    if node is not None:
        yield Finding(f"a template is attached ({shortened(node.get(f'{R}id') or '')})", "settings")
