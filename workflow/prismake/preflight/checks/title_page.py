"""Checks of the title page: authors, affiliations, correspondence, and the counts that it states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prismake.common.errors import counted
from prismake.preflight.document import Document
from prismake.preflight.findings import NO_JOURNAL, Finding, Requirements, Skip, check
from prismake.preflight.numbered_citations import BRACKETS, entries
from prismake.preflight.wordml import W, text_of, whole

WORD = re.compile(r"[^\W_]+(?:[.,'’\-–/][^\W_]+)*")

# Citations by author and year are no words of the text: "(Alder 2001; Birch and Cedar, 2002a)".
YEARS = re.compile(r"\([^()]*\b(?:1[5-9]|20)\d\d[a-z]?\b[^()]*\)")

# By how much a count of words may differ: programs disagree on what a word is.
COUNT_TOLERANCE = 0.03


def _marks(document: Document, paragraph: Any) -> list[str]:
    raised = [piece.text for piece in document.pieces(paragraph) if piece.superscript]
    return [mark.strip() for text in raised for mark in re.split(r"[,\s]+", text) if mark.strip()]


@check("affiliation-marks", "title page", "error", "the affiliation marks of the authors match the listed affiliations")
def affiliation_marks(document: Document, _: Requirements) -> Iterator[Finding]:
    """No mark without an affiliation, none without an author."""
    document.need()
    authors, places = document.styled("author"), document.styled("affiliation")
    if not authors:
        raise Skip("no paragraph has the style Author")
    used = {mark for block in authors for mark in _marks(document, block)}
    stated = [mark for block in places for mark in _marks(document, block)[:1]]
    for mark in sorted(used - set(stated)):
        if re.fullmatch(r"\w+", mark):
            yield Finding(f"an author has the mark {mark}, which no affiliation has", document.where(authors[0]))
    for mark in sorted(set(stated) - used):
        yield Finding(f"the affiliation {mark} has no author", document.where(places[stated.index(mark)]))
    if len(stated) != len(set(stated)):
        yield Finding("two affiliations have the same mark", document.where(places[0]))


@check("correspondence", "title page", "error", "the title page gives an address for correspondence")
def correspondence(document: Document, required: Requirements) -> Iterator[Finding]:
    """An address with an at sign."""
    document.need()
    if required.blinded or not document.styled("author"):
        raise Skip("the copy names no authors")
    front = " ".join(text_of(block) for block in document.styled("title page"))
    if not re.search(r"\S@\S+\.\w", front):
        yield Finding(
            "the title page contains no e-mail address", document.main, None if required.profile else "warning"
        )


def _words(text: str) -> int:
    return len(WORD.findall(text))


def abstract_words(document: Document, required: Requirements) -> int | None:
    """Words of the abstract, without the names of its parts: from its heading to the keywords or the next heading."""
    parts = [str(part["name"]) for part in required.setting("abstract", "parts") or []]
    heading = required.setting("abstract", "heading") or "Abstract"
    inside, level, words = False, 1, 0
    for block in document.blocks:
        own = document.heading_level(block)
        if not inside:
            inside = own is not None and text_of(block).strip().lower() == str(heading).lower()
            level = own or 1
        elif (own is not None and own <= level) or document.style_of(block) == "keywords":
            return words
        elif block.tag == f"{W}p":
            text = _without_citations(document, block)
            name = next((part for part in parts if text.lower().startswith(part.lower())), "")
            words += _words(text[len(name) :])
    return None


def _without_citations(document: Document, paragraph: Any) -> str:
    text = "".join(
        " " if piece.superscript and piece.text.strip()[:1].isdigit() else piece.text
        for piece in document.pieces(paragraph)
    )
    return YEARS.sub(" ", BRACKETS.sub(" ", text))


def _stated_counts(document: Document, required: Requirements) -> dict[str, int]:
    """What the line of counts says: "abstract", "text", "tables", "figures", "references" -> number."""
    label = str(required.setting("title_page", "word_count") or "Word count")
    names = {
        "abstract": "abstract",
        "text": "text",
        str(required.setting("tables", "plural") or "tables").lower(): "tables",
        str(required.setting("figures", "plural") or "figures").lower(): "figures",
        str(required.setting("references", "heading") or "references").lower(): "references",
    }
    stated: dict[str, int] = {}
    for block in document.styled("title page"):
        text = text_of(block).strip()
        if not text.lower().startswith(label.lower()):
            continue
        for piece in text[len(label) :].strip(" :").split(";"):
            name, _, number = piece.strip().rpartition(" ")
            counted = whole(number.replace(",", ""))
            if name.lower() in names and counted is not None:
                stated[names[name.lower()]] = counted
    return stated


@check("word-counts", "title page", "error", "the counts on the title page match the document")
def word_counts(document: Document, required: Requirements) -> Iterator[Finding]:
    """Words of abstract and text (3% are allowed: programs disagree on what a word is), tables, figures.

    What a journal counts as text ends before the declarations, which no style tells: the count must be that of some
    heading of level 1.
    """
    document.need()
    required.need("body")
    stated = _stated_counts(document, required)
    if not stated:
        raise Skip("the title page states no counts")
    words = abstract_words(document, required)
    if "abstract" in stated and words is not None and abs(words - stated["abstract"]) > max(3, words * COUNT_TOLERANCE):
        yield Finding(
            f"the abstract has {counted(words, 'word')}; the title page states {stated['abstract']}", document.main
        )
    if "text" in stated:
        ends = list(_text_counts(document, required))
        fits = any(abs(end - stated["text"]) <= max(5, end * COUNT_TOLERANCE) for end in ends)
        if ends and not fits:
            nearest = min(ends, key=lambda end: abs(end - stated["text"]))
            yield Finding(
                f"the text has {counted(nearest, 'word')}; the title page states {stated['text']}", document.main
            )
    counted_floats = {"tables": 0, "figures": 0}
    for field in document.body_fields:
        if field.name == "SEQ" and field.paragraph is not None and document.is_caption(field.paragraph):
            figure = document.style_of(field.paragraph) == "image caption" or field.argument.lower().startswith("fig")
            counted_floats["figures" if figure else "tables"] += 1
    for name, number in counted_floats.items():
        # What a journal takes as files of their own is not in this one.
        if name in stated and not _elsewhere(required, name) and number != stated[name]:
            yield Finding(
                f"the document has {counted(number, name.removesuffix('s'))}; the title page states {stated[name]}",
                document.main,
            )
    listed = len(entries(document))
    if "references" in stated and listed and listed != stated["references"]:
        yield Finding(
            f"the document has {counted(listed, 'reference')}; the title page states {stated['references']}",
            document.main,
        )


def _elsewhere(required: Requirements, name: str) -> bool:
    """Whether tables or figures may be files of their own: as the profile says; without one, by the variant."""
    return required.apart and required.setting(name, "placement") in ("separate", None)


def _text_counts(document: Document, required: Requirements) -> Iterator[int]:
    """Words of the text up to each heading of level 1 behind the abstract, and up to the end."""
    heading = str(required.setting("abstract", "heading") or "Abstract").lower()
    words, begun = 0, False
    for block in document.blocks:
        if document.heading_level(block) == 1:
            if begun and words:
                yield words
            begun = begun or text_of(block).strip().lower() != heading
        if (
            begun
            and block.tag == f"{W}p"
            and not document.is_caption(block)
            and document.style_of(block)
            not in (
                "table note",
                "bibliography",
                "keywords",
            )
        ):
            words += _words(_without_citations(document, block))
    if words:
        yield words


@check("abstract-length", "title page", "warning", "the abstract is within the journal's limit")
def abstract_length(document: Document, required: Requirements) -> Iterator[Finding]:
    """Counted in the document."""
    document.need()
    limit, words = required.setting("abstract", "max_words"), abstract_words(document, required)
    if not isinstance(limit, int):
        raise Skip(NO_JOURNAL)
    if words is not None and words > limit:
        yield Finding(f"the abstract has {counted(words, 'word')}; the journal takes {limit}", document.main)


@check("keyword-number", "title page", "warning", "the number of keywords is within the journal's limits")
def keyword_number(document: Document, required: Requirements) -> Iterator[Finding]:
    """Counted in the paragraph of keywords."""
    document.need()
    required.need("abstract")
    least, most = required.setting("keywords", "min"), required.setting("keywords", "max")
    if not isinstance(least, int) or not isinstance(most, int):
        raise Skip(NO_JOURNAL)
    lines = document.styled("keywords")
    line = text_of(lines[0]).split(":", 1)[-1] if lines else ""
    number = len([word for word in re.split(r"[,;]", line) if word.strip()])
    if not least <= number <= most:
        yield Finding(
            f"{counted(number, 'keyword')}; the journal takes {least} to {most}",
            document.where(lines[0]) if lines else document.main,
        )
