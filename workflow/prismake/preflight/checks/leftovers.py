"""Checks of traces of drafting: tracked changes, comments, hidden and highlighted text."""

from __future__ import annotations

from collections.abc import Iterator

from prismake.preflight.document import Document
from prismake.preflight.findings import Finding, Requirements, check
from prismake.preflight.wordml import W, find, is_on, local, shortened, text_of, value


@check("tracked-change", "text", "error", "no tracked changes remain")
def tracked_change(document: Document, _: Requirements) -> Iterator[Finding]:
    """Insertions, deletions, moves and changes of format."""
    document.need()
    tags = (
        "ins",
        "del",
        "moveFrom",
        "moveTo",
        "cellIns",
        "cellDel",
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
    )
    for root in document.stories.values():
        for node in root.iter(*[W + tag for tag in tags]):
            yield Finding(f"a tracked change ({local(node)})", document.where(node))
    settings = document.part("settings")
    if is_on(find(settings, "trackRevisions")):
        yield Finding("changes are being tracked", "settings", "warning")


@check("comment", "text", "error", "no comments remain")
def comment(document: Document, _: Requirements) -> Iterator[Finding]:
    """Comments and the marks of where they stand."""
    document.need()
    root = document.part("comments")
    for node in root.iter(f"{W}comment") if root is not None else []:
        yield Finding(f"a comment: '{shortened(text_of(node))}'", "comments")
    for node in document.body.iter(f"{W}commentReference"):
        if root is None:
            yield Finding("refers to a comment that does not exist", document.where(node))


@check("hidden-text", "text", "error", "no text is hidden")
def hidden_text(document: Document, _: Requirements) -> Iterator[Finding]:
    """Text that does not print is read by everybody who looks."""
    document.need()
    for root in document.stories.values():
        for run in root.iter(f"{W}r"):
            hidden = is_on(find(run, "rPr/vanish")) or (value(find(run, "rPr/color")) or "").lower() == "ffffff"
            if hidden and text_of(run).strip():
                yield Finding(f"'{shortened(text_of(run))}' is hidden", document.where(run))


@check("highlight", "text", "warning", "no highlighting or coloured text remains")
def highlight(document: Document, _: Requirements) -> Iterator[Finding]:
    """Marks of a draft."""
    document.need()
    for paragraph in document.paragraphs:
        for run in paragraph.iter(f"{W}r"):
            marked = value(find(run, "rPr/highlight")) not in (None, "none")
            coloured = (value(find(run, "rPr/color")) or "auto").lower() not in ("auto", "000000", "ffffff")
            if (marked or coloured) and text_of(run).strip():
                yield Finding(
                    f"'{shortened(text_of(run))}' is {'highlighted' if marked else 'coloured'}", document.where(run)
                )
                break
