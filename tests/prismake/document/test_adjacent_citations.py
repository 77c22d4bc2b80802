"""Citations beside one another, and beside the names of their authors, in styles of numbers and of years."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prismake.document.arranging import Arranged
from prismake.document.citing import cite
from prismake.document.cleaning import clean, works_of
from prismake.document.parts import run_of
from prismake.manuscript import tree
from prismake.manuscript.model import read_manuscript
from prismake.manuscript.words import plain_text
from prismake.review.journal import read_profile

from tests.places import JOURNALS, SCHEMAS

PARTS: dict[str, dict[str, Any]] = {
    "a": {"author": [{"family": "Adler"}, {"family": "Berg"}, {"family": "Cox"}], "issued": {"date-parts": [[2001]]}},
    "b": {"author": [{"non-dropping-particle": "van der", "family": "Berg"}], "issued": {"date-parts": [[2002]]}},
    "c": {"issued": {"date-parts": [[2003]]}, "title": "An editorial"},
}
WORKS: list[dict[str, Any]] = [
    {"id": key, "type": "article-journal", "title": f"On {key}", "container-title": "J", **parts}
    for key, parts in PARTS.items()
]


def resolved(tmp_path: Path, text: str, journal: str) -> list[tree.Inline]:
    """A paragraph with its citations as a journal prints them."""
    source = tmp_path / "text.md"
    source.write_text(f"---\ntitle: T\n---\n\n{text}\n", encoding="utf-8")
    manuscript, folder = read_manuscript(source), JOURNALS / journal
    profile = read_profile(folder / "profile.yaml", SCHEMAS / "journal.schema.yaml")
    clean(manuscript, profile, works_of(WORKS, {"a", "b", "c"}), blinded=False)
    blocks: list[tree.Block] = [*manuscript.document.blocks[:1], tree.Div(tree.Attr("refs"), [])]
    made = Arranged(manuscript, blocks, "en-US")
    cite(made, WORKS, folder / "references.csl", after=profile["citations"]["after"], linked=False)
    return run_of(blocks[:1])


def printed(tmp_path: Path, text: str, journal: str) -> str:
    """A paragraph as printed, raised citations between carets."""
    line = resolved(tmp_path, text, journal)
    raised = [isinstance(node, tree.Cite) and isinstance(node.content[0], tree.Superscript) for node in line]
    words = [plain_text([node]) for node in line]
    return "".join(f"^{word}^" if up else word for word, up in zip(words, raised, strict=True))


@pytest.mark.parametrize(
    ("text", "raised", "brackets", "years"),
    [
        ("X [@a] [@b].", "X.^1,2^", "X [1,2].", "X (Adler et al., 2001; van der Berg, 2002)."),
        ("X [@a][@b] y.", "X^1,2^ y.", "X [1,2] y.", "X (Adler et al., 2001; van der Berg, 2002) y."),
        ("X [@a]\n[@b].", "X.^1,2^", "X [1,2].", "X (Adler et al., 2001; van der Berg, 2002)."),
        ("X [@a]; [@b] y", "X^1,2^ y", "X [1,2] y", "X (Adler et al., 2001; van der Berg, 2002) y"),
        ("By @b here", "By van der Berg^1^ here", "By van der Berg [1] here", "By van der Berg (2002) here"),
        (
            "By @b [@a].",
            "By van der Berg.^1,2^",
            "By van der Berg [1,2].",
            "By van der Berg (2002) (Adler et al., 2001).",
        ),
        ("X [@c].", "X.^1^", "X [1].", "X (An editorial, 2003)."),
        (
            "X [@a; @b; @a], [@b; @a].",
            "X.^1,2^",
            "X [1,2].",
            "X (Adler et al., 2001; van der Berg, 2002).",
        ),
        ("X [@a, p. 1; @a, p. 2] y", "X^1(p1),1(p2)^ y", None, None),
        (
            "X [@a] y [@b; @a] z",
            "X^1^ y^1,2^ z",
            "X [1] y [1,2] z",
            "X (Adler et al., 2001) y (Adler et al., 2001; van der Berg, 2002) z",
        ),
        ("X [@a] y [@b; @a, p. 1] z", "X^1^ y^1(p1),2^ z", None, None),
    ],
    ids=[
        *("blank", "touching", "line", "semicolon", "name", "name and others", "title", "twice", "two places"),
        *("order", "order and place"),
    ],
)
def test_citations_beside_one_another_are_one_group(
    tmp_path: Path, text: str, raised: str, brackets: str | None, years: str | None
) -> None:
    assert printed(tmp_path, text, "j-pain-res") == raised
    if brackets:
        assert printed(tmp_path, text, "plos-one") == brackets
        assert printed(tmp_path, text, "eur-j-pain") == years


def test_a_bracket_keeps_its_works_as_they_are_written(tmp_path: Path) -> None:
    brackets = [node for node in resolved(tmp_path, "X [@a] y [@b; @a] z", "j-pain-res") if isinstance(node, tree.Cite)]
    assert [[citation.id for citation in bracket.citations] for bracket in brackets] == [["a"], ["b", "a"]]
