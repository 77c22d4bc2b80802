"""Checks of styles, headings and lists: styles in use are defined, and paragraphs of a kind share a style."""

from __future__ import annotations

from collections.abc import Iterator

from prismake.document.styles import paragraph_styles
from prismake.preflight.document import Document
from prismake.preflight.findings import NO_JOURNAL, Finding, Requirements, Skip, check
from prismake.preflight.wordml import W, find, is_on, text_of, value

USES = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}
TITLE = "title"


@check("style-defined", "styles", "error", "every style in use is defined and of the right kind")
def style_defined(document: Document, _: Requirements) -> Iterator[Finding]:
    """No paragraph, run or table names a style that is not there."""
    document.need()
    known = document.styles
    for root in document.stories.values():
        for node in root.iter(*[W + tag for tag in USES]):
            used, kind = value(node) or "", USES[node.tag[len(W) :]]
            if used not in known:
                yield Finding(f"the {kind} style '{used[:60]}' is not defined", document.where(node))
            elif known[used].type != kind:
                yield Finding(
                    f"'{used[:60]}' is a {known[used].type} style, used as {kind} style", document.where(node)
                )


@check("style-chain", "styles", "error", "styles are based on existing styles, without circles")
def style_chain(document: Document, _: Requirements) -> Iterator[Finding]:
    """basedOn, next and link lead somewhere."""
    document.need()
    known = document.styles
    for style in known.values():
        for tag in ("basedOn", "next", "link"):
            other = value(find(style.element, tag))
            if other is not None and other not in known:
                yield Finding(f"{tag} of the style '{style.id}' names '{other[:60]}', which does not exist", "styles")
        seen, at = set(), style.id
        while at in known and at not in seen:
            seen.add(at)
            at = known[at].base
        if at in seen:
            yield Finding(f"the style '{style.id}' is based on itself", "styles")


@check("style-unique", "styles", "error", "style identifiers and names are unique")
def style_unique(document: Document, _: Requirements) -> Iterator[Finding]:
    """Each style once."""
    document.need()
    root = document.part("styles")
    seen: set[tuple[str, str]] = set()
    for node in root.findall(f"{W}style") if root is not None else []:
        for key in (("identifier", value(node, "styleId") or ""), ("name", (value(find(node, "name")) or "").lower())):
            if key in seen and key[1]:
                yield Finding(f"two styles have the {key[0]} '{key[1][:60]}'", "styles")
            seen.add(key)


@check("named-styles", "styles", "error", "the named styles that a journal's staff use are present")
def named_styles(document: Document, required: Requirements) -> Iterator[Finding]:
    """Body Text, Table Text, Table Caption, Image Caption, Bibliography, Author, Affiliation, …"""
    document.need()
    if required.profile is None:
        raise Skip(NO_JOURNAL)
    there = {style.name for style in document.styles.values()}
    for style in paragraph_styles(required.profile):
        if style.name.lower() not in there:
            yield Finding(f"there is no style '{style.name}'", "styles")


@check("plain-text-style", "styles", "warning", "running text has a style of its own, not Normal")
def plain_text_style(document: Document, _: Requirements) -> Iterator[Finding]:
    """Text in Normal cannot be restyled without what rests on it."""
    document.need()
    for block in document.blocks:
        if block.tag == f"{W}p" and document.style_of(block) in ("normal", "") and text_of(block).strip():
            yield Finding("the paragraph has the style Normal", document.where(block))


@check("heading-levels", "styles", "error", "headings begin at level 1 and never skip a level")
def heading_levels(document: Document, _: Requirements) -> Iterator[Finding]:
    """Levels go down one at a time."""
    document.need()
    last = 0
    for block in document.blocks:
        level = document.heading_level(block)
        if level is None:
            continue
        if level > last + 1:
            yield Finding(
                f"a heading of level {level} follows one of level {last}"
                if last
                else f"the first heading is of level {level}",
                document.where(block),
            )
        last = level


@check("empty-heading", "styles", "error", "no heading is empty")
def empty_heading(document: Document, _: Requirements) -> Iterator[Finding]:
    """No heading without text."""
    document.need()
    for block in document.blocks:
        if document.heading_level(block) is not None and not text_of(block).strip():
            yield Finding("the heading is empty", document.where(block))


@check("headings-there", "styles", "warning", "the document has headings in heading styles")
def headings_there(document: Document, required: Requirements) -> Iterator[Finding]:
    """Bold lines are not headings: navigation and screen readers do not see them."""
    document.need()
    required.need("abstract", "references")
    if not any(document.heading_level(block) for block in document.blocks):
        yield Finding("no paragraph has a heading style", document.main)


@check("one-title", "styles", "error", "there is exactly one title, and it comes first")
def one_title(document: Document, required: Requirements) -> Iterator[Finding]:
    """One title, ahead of all headings."""
    document.need()
    required.need("title-page", "head")
    titles = [block for block in document.styled(TITLE) if text_of(block).strip()]
    if not titles:
        yield Finding("no paragraph has the style Title", document.main)
    for extra in titles[1:]:
        yield Finding("a second title", document.where(extra))
    first = next((block for block in document.blocks if text_of(block).strip()), None)
    if titles and first is not titles[0]:
        yield Finding("there is text before the title", document.where(first), "warning")


@check("keep-with-next", "styles", "error", "headings stay on the page of the text that follows")
def keep_with_next(document: Document, _: Requirements) -> Iterator[Finding]:
    """No lone heading at a page foot."""
    document.need()
    for block in document.blocks:
        if document.heading_level(block) is not None and not is_on(document.property_of(block, "pPr", "keepNext")):
            yield Finding("the heading may be separated from the text that follows", document.where(block))


@check("numbering-defined", "styles", "error", "every list that is used is defined")
def numbering_defined(document: Document, _: Requirements) -> Iterator[Finding]:
    """numId leads to a num, and that to an abstractNum."""
    document.need()
    root = document.part("numbering")
    lists = (
        {value(node, "numId"): value(find(node, "abstractNumId")) for node in root.findall(f"{W}num")}
        if root is not None
        else {}
    )
    shapes = {value(node, "abstractNumId") for node in root.findall(f"{W}abstractNum")} if root is not None else set()
    for name, story in document.stories.items():
        for node in story.iter(f"{W}numId"):
            used = value(node)
            if used == "0":
                continue
            if used not in lists:
                yield Finding(f"the list {used} is not defined", document.where(node))
            elif lists[used] not in shapes:
                yield Finding(f"the list {used} in {name} has no definition", document.where(node))


@check("typed-list", "styles", "warning", "lists are Word lists, not typed bullets")
def typed_list(document: Document, _: Requirements) -> Iterator[Finding]:
    """A typed bullet does not hang and is not read as a list."""
    document.need()
    for block in document.blocks:
        text = text_of(block).lstrip() if block.tag == f"{W}p" else ""
        if text[:1] in "•●◦▪‣·" and text[:1]:
            yield Finding("the bullet is typed", document.where(block))
