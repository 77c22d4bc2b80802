"""What no writer can set stops the build, by name and with its line, in every writer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop

from tests.prismake.document.conftest import Review

from .conftest import with_text


@dataclass(frozen=True)
class Refused:
    """A text that is refused: the message's code, and the words of the line that it names."""

    name: str
    text: str
    code: str
    line: str


REFUSED = [
    Refused("html-block", "<div>\n\nInside.\n\n</div>", "raw-markup", "<div>"),
    Refused("html-inline", "Words with <b>bold</b>.", "raw-markup", "Words with"),
    Refused("html-span", 'Words with <span class="x">a span</span>.', "raw-markup", "Words with"),
    Refused("html-table", "<table><tr><td>1</td></tr></table>", "raw-markup", "<table>"),
    Refused("html-break", "Words<br>more.", "raw-markup", "Words<br>"),
    Refused("html-in-list", "- point\n- <u>point</u>", "raw-markup", "- <u>"),
    Refused("html-in-note", "Words.^[A <i>note</i>.]", "raw-markup", "Words.^["),
    Refused("comment-and-tag", "<!-- remark --><hr/>", "raw-markup", "<!-- remark"),
    Refused("comment-without-end", "Words.\n\n<!-- a remark\n\nMore words.", "open-comment", "<!-- a remark"),
    Refused("comment-in-comment", "Words <!-- a <!-- b --> c --> more.", "open-comment", "Words <!--"),
    Refused("tex-inline", "Words with \\textbf{bold}.", "raw-markup", "Words with"),
    Refused("tex-block", "\\begin{center}\nx\n\\end{center}", "raw-markup", "\\begin"),
    Refused("tex-macro", "\\newcommand{\\x}{y}", "raw-markup", "\\newcommand"),
    Refused("raw-block", "```{=latex}\n\\clearpage\n```", "raw-markup", "\\clearpage"),
    Refused("raw-inline", "Words `<w:br/>`{=openxml}.", "raw-markup", "Words `"),
    Refused("raw-html-block", "```{=html}\n<video src='x'/>\n```", "raw-markup", "<video"),
    Refused("note-in-citation", "Cited [@adams2001[^q]].\n\n[^q]: Inside [@bohm2002].", "note-in-citation", "Cited ["),
    Refused("inline-note-in-citation", "Cited [@adams2001, see^[Note.]].", "note-in-citation", "Cited ["),
    Refused("bad-equation", "The effect $\\frac{1$ is small.", "equation", "The effect"),
    Refused("heading-in-quotation", "> # Deep heading", "nested-heading", "> # Deep"),
    Refused("heading-in-list", "- # Deep heading", "nested-heading", "- # Deep"),
    Refused("picture-without-alt", "Words ![](results/figures/mark.png) here.", "no-alt-text", "Words !["),
    Refused("picture-alone", "![](results/figures/mark.png)", "no-alt-text", "![]("),
    Refused("unknown-picture", "Words ![alt](nowhere.png) here.", "missing-figure", "Words !["),
    Refused("figure-without-name", "![A caption](results/figures/plot.png)", "no-identifier", "![A caption"),
    Refused("table-without-name", "| Alpha | B |\n|---|---|\n| 1 | 2 |", "no-identifier", "| Alpha"),
    Refused(
        "figure-in-cell",
        "See [@tbl:t; @fig:f].\n\n::: {#tbl:t .table}\n\n+------------------------------------------+\n"
        "| ![Words](results/figures/plot.png){#fig:f} |\n+------------------------------------------+\n\n: C\n\n:::",
        "figure-in-table",
        "::: {#tbl:t",
    ),
    Refused("empty-heading", "Before.\n\n##\n\nUnder it.", "empty-heading", "##"),
    Refused("heading-of-attributes", "## {.unnumbered}\n\nUnder it.", "empty-heading", "## {"),
    Refused("undefined-note", "Words[^nope] here.", "undefined-note", "Words[^"),
    Refused("brackets-that-touch", "Led [see @adams2001][@bohm2002].", "citations-side-by-side", "Led ["),
    Refused("picture-alone-with-alt", "![A mark](results/figures/mark.png)\\\n", "picture-alone", "![A mark"),
    Refused(
        "pictures-in-a-row", "![A](results/figures/mark.png) ![B](results/figures/mark.png)", "picture-alone", "![A]"
    ),
    Refused("picture-in-link", "See [![A mark](results/figures/mark.png)](https://x.org).", "picture-place", "See ["),
    Refused("picture-in-note", "See.^[A ![mark](results/figures/mark.png) here.]", "picture-place", "See.^["),
    Refused("broken-grid", "+---+---+\n| A | B |\n+===+===+\n| too long | 2 |", "broken-table", "+---+---+"),
    Refused("broken-pipes", "Words\n| A | B |\n|---|---|\n| 1 | 2 |", "broken-table", "|---|---|"),
    Refused(
        "header-columns-for-all",
        "See [@tbl:t].\n\n::: {#tbl:t .table header-columns=2}\n\n| Alpha | B |\n|---|---|\n| 1 | 2 |\n\n: C\n\n:::",
        "header-columns",
        "::: {#tbl:t",
    ),
    Refused(
        "header-columns-by-name",
        "See [@tbl:t].\n\n| Alpha | B |\n|---|---|\n| 1 | 2 |\n\n: C {#tbl:t header-columns=first}",
        "header-columns",
        "| Alpha",
    ),
    Refused("metadata-in-text", "Before.\n\n---\ntitle: Stolen\n---\n\nAfter.", "metadata-block", "title: Stolen"),
    Refused("unknown-key", "Cited [@nobody1999].", "unknown-citation", "Cited ["),
    Refused("unknown-key-in-note", "Words.^[Cited [@nobody1999].]", "unknown-citation", "Words.^["),
    Refused("unknown-key-with-accent", "Cited [@müller1999].", "unknown-citation", "Cited ["),
    Refused("mixed", "Cited [@adams2001; @fig:x].", "mixed-reference", "Cited ["),
    Refused("unknown-float", "See [@tbl:nowhere].", "unknown-reference", "See ["),
]


# Texts that have more than the one fault: a reference to a figure that is none.
SEVERAL = ("figure-in-cell", "mixed")


@pytest.mark.parametrize("writer", ["docx", "pdf", "jats"])
@pytest.mark.parametrize("refused", REFUSED, ids=[refused.name for refused in REFUSED])
def test_refused(tmp_path: Path, refused: Refused, writer: str) -> None:
    review: Review = with_text(tmp_path, refused.text)
    text = (tmp_path / "results/manuscript/manuscript.md").read_text(encoding="utf-8").splitlines()
    with pytest.raises(BuildStop) as stopped:
        getattr(review, writer)()
    # One fault, one message.
    assert len(stopped.value.issues) == 1 or refused.name in SEVERAL
    (issue,) = [issue for issue in stopped.value.issues if issue.code == refused.code]
    number = next(number for number, line in enumerate(text, start=1) if line.startswith(refused.line))
    assert f"{issue.where}:".startswith(f"results/manuscript/manuscript.md:{number}:")
    assert issue.message and issue.fix
    assert not list(tmp_path.glob("manuscript.*"))
