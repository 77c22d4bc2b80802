"""Checks of sections: sheet, margins, header and footer, line numbers, spacing, type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prismake.document.styles import paragraph_styles
from prismake.preflight.checks.fields import margins_of
from prismake.preflight.document import Document
from prismake.preflight.findings import NO_JOURNAL, Finding, Requirements, Skip, check
from prismake.preflight.wordml import TWIPS_PER_POINT, W, find, is_on, text_of, twips, value
from prismake.review.journal import page_of

HAIR = 20
SIDES = ("top", "bottom", "left", "right")
# Running text is long; what stands with a wide table on its page (a heading, a sentence that leads to it) is short.
RUNNING = 400
TEXT_STYLES = ("body text", "first paragraph")


def _journal(document: Document, required: Requirements) -> dict[str, Any]:
    document.need()
    if required.profile is None:
        raise Skip(NO_JOURNAL)
    return required.profile


@check("sections-there", "sections", "error", "the document states its page size")
def sections_there(document: Document, _: Requirements) -> Iterator[Finding]:
    """The last section's properties end the body, and each section has a page size and margins."""
    body = document.need()
    if body.find(f"{W}sectPr") is None:
        yield Finding("the body has no section", document.main)
    for section in document.sections:
        if section.width is None or section.height is None:
            yield Finding("the section states no page size", str(section))
        elif any(section.margin(side) is None for side in SIDES):
            yield Finding("the section does not state all margins", str(section))


@check("header-footer", "sections", "error", "every section has a header and a footer")
def header_footer(document: Document, _: Requirements) -> Iterator[Finding]:
    """Landscape sections too."""
    document.need()
    for section in document.sections:
        for kind in ("header", "footer"):
            if not margins_of(document, section.number, kind):
                yield Finding(f"no {kind}", str(section))


@check("header-text", "sections", "warning", "the header is not empty and is the same in every section")
def header_text(document: Document, required: Requirements) -> Iterator[Finding]:
    """A running head, where the journal wants one."""
    document.need()
    required.need("title-page", "head")
    if required.setting("running_head", "in_header") is False:
        raise Skip("the journal does not print a running head")
    headers = []
    for section in document.sections:
        parts = margins_of(document, section.number, "header")
        text = " ".join(text_of(document.stories[part]).strip() for part in parts).strip()
        if parts and not text:
            yield Finding("the header is empty", str(section))
        elif parts:
            headers.append(text)
    if len(set(headers)) > 1:
        yield Finding("sections have different running heads", document.main)


@check("orientation", "sections", "error", "the stated orientation of every section matches its page size")
def orientation(document: Document, _: Requirements) -> Iterator[Finding]:
    """Orientation and size agree."""
    document.need()
    for section in document.sections:
        stated = value(find(section.properties, "pgSz"), "orient") or "portrait"
        if section.width is not None and (stated == "landscape") != section.landscape:
            yield Finding(
                f"says {stated}, but is {section.width:.0f} by {section.height or 0:.0f} twentieths of a point",
                str(section),
            )


@check("portrait-again", "sections", "error", "running text is on portrait pages")
def portrait_again(document: Document, _: Requirements) -> Iterator[Finding]:
    """A landscape section holds a wide table or figure and what belongs to it."""
    document.need()
    for section in document.sections:
        if not section.landscape:
            continue
        if not any(
            block.tag == f"{W}tbl" or next(block.iter(f"{W}drawing"), None) is not None for block in section.blocks
        ):
            yield Finding("a landscape section without a table or figure", str(section))
        for block in section.blocks:
            if document.style_of(block) in TEXT_STYLES or document.style_of(block) == "bibliography":
                yield Finding("running text is on a landscape page", document.where(block))
                break


@check("page-size", "sections", "error", "the page size is the journal's and the same throughout")
def page_size(document: Document, required: Requirements) -> Iterator[Finding]:
    """Without a profile only: one sheet throughout."""
    document.need()
    sheets = [(section, sorted((section.width or 0, section.height or 0))) for section in document.sections]
    if not sheets:
        return
    wanted = (
        sorted((page_of(required.profile).width * 20, page_of(required.profile).height * 20))
        if required.profile
        else sheets[0][1]
    )
    for section, sheet in sheets:
        if any(abs(have - want) > HAIR for have, want in zip(sheet, wanted, strict=True)):
            yield Finding(
                f"{sheet[0]:.0f} by {sheet[1]:.0f}, not {wanted[0]:.0f} by {wanted[1]:.0f} twentieths of a point",
                str(section),
            )


@check("page-margins", "sections", "error", "margins are the journal's and the same throughout")
def page_margins(document: Document, required: Requirements) -> Iterator[Finding]:
    """Without a profile only: the same margins throughout."""
    document.need()
    if not document.sections:
        return
    first = sorted(document.sections[0].margin(side) or 0 for side in SIDES)
    wanted = [page_of(required.profile).margin * TWIPS_PER_POINT] * 4 if required.profile else first
    for section in document.sections:
        have = sorted(section.margin(side) or 0 for side in SIDES)
        if any(abs(own - want) > HAIR for own, want in zip(have, wanted, strict=True)):
            yield Finding(
                f"margins of {', '.join(f'{margin / 20:.0f}' for margin in have)} points, not "
                f"{', '.join(f'{margin / 20:.0f}' for margin in wanted)}",
                str(section),
            )


@check(
    "line-numbers", "sections", "error", "lines are numbered as the journal requires, continuously through all sections"
)
def line_numbers(document: Document, required: Requirements) -> Iterator[Finding]:
    """Without a profile only: all sections or none."""
    document.need()
    numbers = [find(section.properties, "lnNumType") for section in document.sections]
    wanted = required.setting("text", "line_numbers")
    if not isinstance(wanted, bool):
        wanted = any(number is not None for number in numbers)
    for section, number in zip(document.sections, numbers, strict=True):
        counting = number is not None and value(number, "countBy") not in (None, "0")
        if wanted and not counting:
            yield Finding("lines are not numbered", str(section))
        elif wanted and value(number, "restart") != "continuous":
            yield Finding("line numbering restarts", str(section))
        elif counting and not wanted:
            yield Finding("lines are numbered, and the journal requires no line numbers", str(section))


@check("line-spacing", "sections", "error", "line spacing is the journal's")
def line_spacing(document: Document, required: Requirements) -> Iterator[Finding]:
    """Of the styles, and of paragraphs that have a spacing of their own."""
    profile = _journal(document, required)
    by_name = {style.name: style for style in document.styles.values()}
    wanted = {style.name.lower(): style.spacing for style in paragraph_styles(profile)}
    for name, spacing in wanted.items():
        if name in by_name:
            line = twips(value(find(by_name[name].element, "pPr/spacing"), "line"))
            if line is not None and abs(line - spacing * 240) > 2:
                yield Finding(
                    f"the style '{name}' has a spacing of {line / 240:g}; the journal requires {spacing:g}", "styles"
                )
    for block in document.styled(*TEXT_STYLES):
        line = twips(value(find(block, "pPr/spacing"), "line"))
        if line is not None and abs(line - wanted[document.style_of(block)] * 240) > 2:
            yield Finding(f"the paragraph has a spacing of its own ({line / 240:g})", document.where(block))


@check("text-font", "sections", "error", "font and size of running text are the journal's")
def text_font(document: Document, required: Requirements) -> Iterator[Finding]:
    """Of the styles of running text."""
    profile = _journal(document, required)
    font, size = profile["text"]["font"], float(profile["text"]["size_pt"])
    seen: set[str] = set()
    for block in document.styled(*TEXT_STYLES):
        name = document.style_of(block)
        if name in seen:
            continue
        seen.add(name)
        have = value(document.property_of(block, "rPr", "rFonts"), "ascii")
        half_points = twips(value(document.property_of(block, "rPr", "sz")))
        if have != font:
            yield Finding(
                f"'{name}' is set in {have or 'no stated font'}; the journal requires {font}", document.where(block)
            )
        if half_points is not None and abs(half_points / 2 - size) > 0.1:
            yield Finding(
                f"'{name}' is set in {half_points / 2:g} points; the journal requires {size:g}", document.where(block)
            )


@check("direct-font", "sections", "warning", "no text overrides the font or size of its style")
def direct_font(document: Document, _: Requirements) -> Iterator[Finding]:
    """Such text does not follow when staff restyle."""
    document.need()
    for paragraph in document.paragraphs:
        for run in paragraph.iter(f"{W}r"):
            own = find(run, "rPr/rFonts") if text_of(run).strip() else None
            family = value(own, "ascii")
            if family and family != value(document.property_of(paragraph, "rPr", "rFonts"), "ascii"):
                yield Finding(f"'{family[:40]}' is set by hand", document.where(paragraph))
                break


@check("widows", "sections", "warning", "no single line of a paragraph is left alone on a page")
def widows(document: Document, _: Requirements) -> Iterator[Finding]:
    """Widow control is not switched off."""
    document.need()
    for style in document.styles.values():
        control = find(style.element, "pPr/widowControl")
        if control is not None and not is_on(control):
            yield Finding(f"the style '{style.name[:60]}' turns widow control off", "styles")
