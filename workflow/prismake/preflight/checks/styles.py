"""Checks of styles, headings and lists: what is used is defined, and staff can restyle a kind in one click."""

from __future__ import annotations

from collections.abc import Iterator

from prismake.document.styles import paragraph_styles
from prismake.preflight.document import Document, W, find, is_on, text_of, value
from prismake.preflight.findings import Asked, Found, Skip, check

USES = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}
TITLE = "title"


@check("style-defined", "styles", "error", "every style in use is defined, and of the kind that is used")
def style_defined(document: Document, _: Asked) -> Iterator[Found]:
    """No paragraph, run or table names a style that is not there."""
    document.need()
    known = document.styles
    for root in document.stories.values():
        for node in root.iter(*[W + tag for tag in USES]):
            used, kind = value(node) or "", USES[node.tag[len(W) :]]
            if used not in known:
                yield Found(f"the {kind} style '{used[:60]}' is not defined", document.where(node))
            elif known[used].type != kind:
                yield Found(f"'{used[:60]}' is a {known[used].type} style, used as {kind} style", document.where(node))


@check("style-chain", "styles", "error", "styles rest on styles that are there, and never in a circle")
def style_chain(document: Document, _: Asked) -> Iterator[Found]:
    """basedOn, next and link lead somewhere."""
    document.need()
    known = document.styles
    for style in known.values():
        for tag in ("basedOn", "next", "link"):
            other = value(find(style.element, tag))
            if other is not None and other not in known:
                yield Found(f"{tag} of the style '{style.id}' names '{other[:60]}', which is not there", "styles")
        seen, at = set(), style.id
        while at in known and at not in seen:
            seen.add(at)
            at = known[at].base
        if at in seen:
            yield Found(f"the style '{style.id}' rests on itself", "styles")


@check("style-unique", "styles", "error", "no two styles have one identifier or one name")
def style_unique(document: Document, _: Asked) -> Iterator[Found]:
    """Each style once."""
    document.need()
    root = document.part("styles")
    seen: set[tuple[str, str]] = set()
    for node in root.findall(f"{W}style") if root is not None else []:
        for key in (("identifier", value(node, "styleId") or ""), ("name", (value(find(node, "name")) or "").lower())):
            if key in seen and key[1]:
                yield Found(f"two styles have the {key[0]} '{key[1][:60]}'", "styles")
            seen.add(key)


@check("named-styles", "styles", "error", "the styles by which a journal's staff restyle are there by their names")
def named_styles(document: Document, asked: Asked) -> Iterator[Found]:
    """Body Text, Table Text, Table Caption, Image Caption, Bibliography, Author, Affiliation, …"""
    document.need()
    if asked.profile is None:
        raise Skip("needs the journal's profile")
    there = {style.name for style in document.styles.values()}
    for style in paragraph_styles(asked.profile):
        if style.name.lower() not in there:
            yield Found(f"there is no style '{style.name}'", "styles")


@check("plain-text-style", "styles", "warning", "running text has a style of its own, not Normal")
def plain_text_style(document: Document, _: Asked) -> Iterator[Found]:
    """Text in Normal cannot be restyled without what rests on it."""
    document.need()
    for block in document.blocks:
        if block.tag == f"{W}p" and document.style_of(block) in ("normal", "") and text_of(block).strip():
            yield Found("the paragraph has the style Normal", document.where(block))


@check("heading-levels", "styles", "error", "headings begin at level 1 and never skip a level")
def heading_levels(document: Document, _: Asked) -> Iterator[Found]:
    """Levels go down one at a time."""
    document.need()
    last = 0
    for block in document.blocks:
        level = document.heading_level(block)
        if level is None:
            continue
        if level > last + 1:
            yield Found(
                f"a heading of level {level} follows one of level {last}"
                if last
                else f"the first heading is of level {level}",
                document.where(block),
            )
        last = level


@check("empty-heading", "styles", "error", "every heading says something")
def empty_heading(document: Document, _: Asked) -> Iterator[Found]:
    """No heading without text."""
    document.need()
    for block in document.blocks:
        if document.heading_level(block) is not None and not text_of(block).strip():
            yield Found("the heading is empty", document.where(block))


@check("headings-there", "styles", "warning", "the document has headings in heading styles")
def headings_there(document: Document, asked: Asked) -> Iterator[Found]:
    """Bold lines are no headings: navigation and screen readers do not see them."""
    document.need()
    asked.need("abstract", "references")
    if not any(document.heading_level(block) for block in document.blocks):
        yield Found("no paragraph has a heading style", document.main)


@check("one-title", "styles", "error", "exactly one paragraph is the title, and it comes first")
def one_title(document: Document, asked: Asked) -> Iterator[Found]:
    """One title, ahead of all headings."""
    document.need()
    asked.need("title-page", "head")
    titles = [block for block in document.styled(TITLE) if text_of(block).strip()]
    if not titles:
        yield Found("no paragraph has the style Title", document.main)
    for extra in titles[1:]:
        yield Found("a second title", document.where(extra))
    first = next((block for block in document.blocks if text_of(block).strip()), None)
    if titles and first is not titles[0]:
        yield Found("text stands before the title", document.where(first), "warning")


@check("keep-with-next", "styles", "error", "headings stay with what follows")
def keep_with_next(document: Document, _: Asked) -> Iterator[Found]:
    """No lone heading at a page foot."""
    document.need()
    for block in document.blocks:
        if document.heading_level(block) is not None and not is_on(document.property_of(block, "pPr", "keepNext")):
            yield Found("the heading may part from what follows it", document.where(block))


@check("numbering-defined", "styles", "error", "every list that is used is defined")
def numbering_defined(document: Document, _: Asked) -> Iterator[Found]:
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
                yield Found(f"the list {used} is not defined", document.where(node))
            elif lists[used] not in shapes:
                yield Found(f"the list {used} in {name} has no shape", document.where(node))


@check("typed-list", "styles", "warning", "lists are native lists, not typed bullets")
def typed_list(document: Document, _: Asked) -> Iterator[Found]:
    """A typed bullet does not hang and is not read as a list."""
    document.need()
    for block in document.blocks:
        text = text_of(block).lstrip() if block.tag == f"{W}p" else ""
        if text[:1] in "•●◦▪‣·" and text[:1]:
            yield Found("the bullet is typed", document.where(block))
