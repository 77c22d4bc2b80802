"""The lists of references of all journals: works of some ninety kinds, each line as an editor has read it.

After a change that is meant, `UPDATE=1 pytest tests/prismake/document/test_reference_lists.py` writes them anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prismake.document.arranging import Arranged, read_works
from prismake.document.citing import cite
from prismake.document.parts import run_of
from prismake.manuscript import tree
from prismake.manuscript.words import plain_text
from scripts.bibliography import bibliography

from tests.places import JOURNALS

HERE = Path(__file__).parent / "reference_lists"
STYLES = sorted(path.parent.name for path in JOURNALS.glob("*/references.csl"))
# Marks side by side that no reference list prints, and what a program would leave.
FAULTS = re.compile(r"[,;:]\.|[,;:][,;]|\.\.|\s[,;.](?!\d)|\(\)|\[\]|[,;:]$|\s$|^\s|None|\\|\$[^\d]|&lt;|</?\w")


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    made = tmp_path_factory.mktemp("works") / "references.json"
    bibliography(source=HERE / "kinds.bib", references=made)
    return read_works(made)


def printed(works: list[Any], journal: str) -> dict[str, str]:
    """Each entry as printed, by its key, in the order of the list; and the citation of each."""
    cites: list[tree.Block] = [tree.Para([tree.Cite([tree.Citation(work["id"])], [])]) for work in works]
    blocks = [*cites, tree.Div(tree.Attr("refs"), [])]
    manuscript: Any = SimpleNamespace(name="test")
    cite(Arranged(manuscript, blocks, "en-US"), works, JOURNALS / journal / "references.csl", after="", linked=False)
    listed = blocks[-1]
    assert isinstance(listed, tree.Div)
    entries = {
        item.attr.identifier.removeprefix("ref-"): plain_text(run_of([item]))
        for item in listed.blocks
        if isinstance(item, tree.Div)
    }
    return {**entries, **{f"[{w['id']}]": plain_text(run_of([block])) for w, block in zip(works, cites, strict=True)}}


@pytest.mark.parametrize("journal", STYLES)
def test_every_kind_of_work_is_printed_as_the_journal_wants_it(works: list[Any], journal: str) -> None:
    made = printed(works, journal)
    entries = {key: line for key, line in made.items() if not key.startswith("[")}
    assert len(entries) == len(works)
    assert {key: line for key, line in entries.items() if FAULTS.search(line)} == {}
    shown = "".join(f"{key}: {line}\n" for key, line in entries.items())
    golden = HERE / f"{journal}.txt"
    if os.environ.get("UPDATE"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_works_without_an_author_are_cited_by_their_title(works: list[Any]) -> None:
    made = printed(works, "eur-j-pain")
    assert made["[a20]"] == "(An unsigned editorial, 2001)"
    assert made["[b02]"] == "(Ed and Itor, 2011)"
    assert made["[w03]"] == "(A page by nobody, n.d.)"
    assert made["[a05]"] == "(Press, in press)"
