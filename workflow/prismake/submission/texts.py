"""The words at each place that a checklist may name."""

from __future__ import annotations

from collections.abc import Sequence

from prismake.manuscript import tree
from prismake.manuscript.contents import blocks_of, flat, floats_in
from prismake.manuscript.model import Manuscript
from prismake.manuscript.unwritten import without_unwritten
from prismake.manuscript.words import inlines_of, plain_text
from prismake.submission.checklists import SUPPLEMENT, TITLE
from prismake.submission.headings import ABSTRACT
from prismake.submission.supplement_parts import Part


def _words(blocks: Sequence[tree.Block]) -> str:
    return "\n".join(plain_text(line) for line in inlines_of(blocks))


def texts_of(manuscript: Manuscript, parts: Sequence[Part]) -> dict[str, str]:
    """Place (`Methods > Eligibility`, `tbl:x`, `Title`, `Supplement: Deduplication`) -> its words.

    The words of a section include those of the sections under it, without their headings; what is still to be written
    is no part of them.
    """
    under: dict[str, list[tree.Block]] = {}
    above: list[tuple[int, str]] = []
    for block in flat(manuscript.document.blocks):
        if isinstance(block, tree.Header):
            above = [entry for entry in above if entry[0] < block.level]
            above.append((block.level, plain_text(block.content)))
            under.setdefault(" > ".join(title for _, title in above), [])
        else:
            for depth in range(1, len(above) + 1):
                under[" > ".join(title for _, title in above[:depth])].append(block)
    texts = {
        TITLE: str(manuscript.plain_head["title"]),
        ABSTRACT: _words(blocks_of(manuscript.document.meta.get("abstract"))),
        **{path: _words(blocks) for path, blocks in under.items()},
        **{block.attr.identifier: _words([block]) for block in floats_in(manuscript.document.blocks)},
        **{f"{SUPPLEMENT}: {part.heading}": part.markdown for part in parts},
    }
    return {place: without_unwritten(text) for place, text in texts.items()}
