"""The arranged document, piece by piece: sections, floats, references, title page, selection, columns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop
from prismake.document.arranging import arranged
from prismake.document.cleaning import works_of
from prismake.document.columns import Measures, placed_cells, set_widths
from prismake.document.parts import Blocks, div, is_div
from prismake.document.references import references_of
from prismake.document.selecting import select
from prismake.document.title_page import abstract_blocks
from prismake.document.variants import Edition, edition_of
from prismake.figures.figure import Figure
from prismake.manuscript import tree
from prismake.manuscript.model import from_markdown
from prismake.manuscript.walking import walk
from prismake.manuscript.words import plain_text
from prismake.review.journal import read_profile

from tests.places import JOURNALS, SCHEMAS

PROFILE = read_profile(JOURNALS / "j-pain-res/profile.yaml", SCHEMAS / "journal.schema.yaml")
FIGURE = {
    "f.png": Figure(None, Path("f.png"), 3, 2, "line", 600),
    "g.png": Figure(None, Path("g.png"), 3, 2, "line", 600),
}
WORKS: list[dict[str, Any]] = [
    {"id": "yu", "author": [{"family": "Yu"}, {"family": "Ma"}, {"family": "Li"}]},
    {"id": "berg", "author": [{"family": "van der Berg"}]},
    {"id": "nobody", "title": "Anonymous"},
]


def edition(variant: str = "whole", **changes: Any) -> Edition:
    profile = {
        key: {**value, **changes.get(key, {})} if isinstance(value, dict) else value for key, value in PROFILE.items()
    }
    profile |= {key: value for key, value in changes.items() if not isinstance(value, dict)}
    return edition_of(profile, variant)


def blocks_of(text: str, edition: Edition) -> Blocks:
    """The blocks of a variant's file, its citations not resolved."""
    manuscript = from_markdown(f"---\ntitle: T\n---\n\n{text}\n", "m.md")
    return select(arranged(manuscript, edition, WORKS, FIGURE).blocks, edition)


def texts(blocks: Blocks, kind: type[Any]) -> list[str]:
    return [plain_text(node.content) for node in walk(blocks) if isinstance(node, kind)]


def figure(name: str, file: str = "f.png") -> str:
    return f'![Caption {name}]({file}){{#fig:{name} alt="shown"}}'


def test_sections_stand_where_the_journal_wants_them() -> None:
    sections = [
        {"role": "funding", "name": "Funding", "place": "text", "required": False},
        {"role": "key-points", "place": "front", "required": False},
        {"role": "data", "place": "text", "required": False},
    ]
    text = (
        "# Introduction\n\nText.\n\n# Data {.declaration}\n\nData.\n\n# Money {.declaration role=funding}\n\nNone.\n\n"
        "# Key points\n\nPoint.\n\n# Other {.declaration}\n\nOther.\n"
    )
    made = blocks_of(text, edition(sections=sections, declarations={"heading": "Declarations", "form": "heading"}))
    levels = [(node.level, plain_text(node.content)) for node in walk(made) if isinstance(node, tree.Header)]
    assert levels == [
        (1, "Key points"),
        (1, "Introduction"),
        (1, "Declarations"),
        (2, "Funding"),
        (2, "Data"),
        (2, "Other"),
    ]


def test_headings_are_numbered_but_for_those_that_are_not() -> None:
    text = "# One\n\n## A\n\n## B {.unnumbered}\n\n## C\n\n### D\n\n# Two\n\n## E\n\n# Three {.unnumbered}\n"
    made = blocks_of(text, edition(headings={"numbered": True, "levels": 3}))
    assert texts(made, tree.Header) == ["1. One", "1.1. A", "B", "1.2. C", "1.2.1. D", "2. Two", "2.1. E", "Three"]


@pytest.mark.parametrize(
    ("numbers", "printed"),
    [
        ([1], "Table\u00a01"),
        ([3, 1], "Tables\u00a01 and 3"),
        ([1, 2], "Tables\u00a01 and 2"),
        ([3, 1, 2], "Tables\u00a01–3"),
        ([1, 2, 3, 5], "Tables\u00a01–3 and 5"),
        ([1, 3, 5, 6, 7], "Tables\u00a01, 3, and 5–7"),
    ],
)
def test_references_name_each_number_or_a_range(numbers: list[int], printed: str) -> None:
    # In a supplement a letter stands before each number.
    for lead in ("", "S"):
        profile = {"tables": {"label": "Table", "plural": "Tables", "lead": lead, "order": "label"}}
        inlines = references_of(profile, "tbl", numbers)
        assert plain_text(inlines) == re.sub(r"(\d)", rf"{lead}\1", printed)
        assert all(node.attr.get("kind") == "tbl" for node in walk(inlines) if isinstance(node, tree.Span))


def test_floats_are_numbered_where_they_are_first_mentioned() -> None:
    text = f"See [@fig:a] and [@fig:b B].\n\n{figure('a')}\n\n{figure('b', 'g.png')}\n"
    made = blocks_of(text, edition(figures={"placement": "text"}))
    assert "See Figure\u00a01 and Figure\u00a02B." in texts(made, tree.Para)
    numbers = [block.attr.get("number") for block in made if isinstance(block, tree.Div) and is_div(block, "float")]
    assert numbers == ["1", "2"]


def test_floats_out_of_order_stop_at_their_line() -> None:
    text = f"See [@fig:b] and [@fig:a].\n\n{figure('a')}\n\n{figure('b', 'g.png')}\n"
    with pytest.raises(BuildStop) as stopped:
        blocks_of(text, edition())
    (issue,) = stopped.value.issues
    assert (issue.code, issue.where) == ("out-of-order", "m.md:9: 'fig:b'")


def test_a_float_that_only_a_moved_section_mentions_stops() -> None:
    sections = [{"role": "key-points", "place": "front", "required": False}]
    with pytest.raises(BuildStop) as stopped:
        blocks_of(f"# Key points\n\nSee [@fig:a].\n\n# Text\n\n{figure('a')}\n", edition(sections=sections))
    assert [(issue.code, issue.where) for issue in stopped.value.issues] == [("never-mentioned", "m.md:11: 'fig:a'")]


def test_a_section_may_be_a_file_of_its_own_beside_its_place_in_the_text() -> None:
    files = [{"item": "Disclosure", "role": "interests", "file": "Disclosure"}, {"item": "Letter", "variant": "letter"}]
    text = "# Text\n\nSee [@yu].\n\n# Money {.declaration role=interests}\n\nNone [@berg].\n"
    profile = edition(submission=files).profile
    alone = blocks_of(text, edition_of(profile, "section", role="interests"))
    assert texts(alone, tree.Header) == ["Disclosure"] and "None" in texts(alone, tree.Para)[0]
    assert "Disclosure" in texts(blocks_of(text, edition_of(profile, "submission")), tree.Header)
    # A journal that does not ask for it gets none.
    assert blocks_of(text, edition_of(PROFILE, "section", role="interests")) == []


@pytest.mark.parametrize(
    ("placement", "order"),
    [("text", ["float", "One", "Two"]), ("section", ["One", "float", "Two"]), ("end", ["One", "Two", "float"])],
)
def test_floats_stand_where_the_journal_wants_them(placement: str, order: list[str]) -> None:
    text = f"# A\n\nSee [@fig:a].\n\n{figure('a')}\n\nOne.\n\n# B\n\nTwo.\n"
    made = blocks_of(text, edition(figures={"placement": placement, "callout": "[{label} here]"}))
    items = []
    for block in made:
        if is_div(block, "float"):
            items.append("float")
        elif isinstance(block, tree.Para) and (words := plain_text(block.content)) in ("One.", "Two."):
            items.append(words.rstrip("."))
    assert items == order
    assert ("[Figure 1 here]" in texts(made, tree.Para)) == (placement == "end")


def test_a_float_follows_the_paragraph_that_mentions_it_first() -> None:
    """Wherever it stands in the source; so do captions of which a journal wants no list."""
    text = (
        f"# A\n\nOne [@fig:a].\n\nTwo [@fig:b].\n\nThree [@fig:a].\n\n# B\n\n{figure('a')}\n\n{figure('b', 'g.png')}\n"
    )
    kinds = (("whole", {"placement": "mention"}), ("submission", {"placement": "separate", "legends": ""}))
    for variant, settings in kinds:
        made = blocks_of(text, edition(variant, figures=settings))
        order = [
            block.attr.get("number") if is_div(block, "float") else plain_text(block.content).split()[0]
            for block in made
            if is_div(block, "float") or isinstance(block, tree.Para | tree.Header)
        ]
        assert order[order.index("A") :] == ["A", "One", "1", "Two", "2", "Three", "B"]


@pytest.mark.parametrize(
    ("caption", "end", "printed"),
    [
        ("A title.", "none", "A title"),
        ("A title", "point", "A title."),
        ("A title. (**A**) One; (**B**) two.", "none", "A title. (A) One; (B) two."),
        ("A title. Dots are studies.", "none", "A title. Dots are studies."),
        ("The series of Yu et al. A and B.", "none", "The series of Yu et al.\xa0A and B"),
    ],
)
def test_a_caption_ends_as_the_journal_wants(caption: str, end: str, printed: str) -> None:
    text = f'See [@fig:one].\n\n![{caption}](f.png){{#fig:one alt="shown"}}'
    made = blocks_of(text, edition(figures={"placement": "text", "end": end}))
    assert any(item.endswith(printed) for item in texts(made, tree.Para)), texts(made, tree.Para)


def test_a_work_cited_in_a_table_is_cited_where_the_table_is_mentioned() -> None:
    table = "::: {#tbl:t .table}\n| A |\n|---|\n| [@yu] |\n\n: Caption\n:::\n"
    made = blocks_of(f"See [@tbl:t].\n\n{table}", edition())
    (hidden,) = [node for node in walk(made) if isinstance(node, tree.Span) and "first-cited" in node.attr.classes]
    assert [cite.citations[0].id for cite in hidden.content if isinstance(cite, tree.Cite)] == ["yu"]


def test_authors_are_named_in_running_text_and_not_twice() -> None:
    by_number = blocks_of("@yu found it, as did @berg.", edition(citations={"form": "superscript"}))
    assert any(
        text.startswith("Yu et al @yu found it, as did van der Berg @berg") for text in texts(by_number, tree.Para)
    )
    by_name = blocks_of("Yu et al [@yu] and others [@berg].", edition(citations={"form": "author-date"}))
    modes = [node.citations[0].mode for node in walk(by_name) if isinstance(node, tree.Cite)]
    assert modes == ["SuppressAuthor", "NormalCitation"]
    with pytest.raises(BuildStop, match=r"m\.md:5: 'nobody': the text names the author of a work that has none"):
        blocks_of("@nobody found it.", edition(citations={"form": "superscript"}))


def test_names_of_works() -> None:
    works = works_of(WORKS, {"yu", "berg", "nobody"})
    assert works.families == {"yu": "Yu", "berg": "Berg"}
    assert works.names == {"yu": "Yu et al", "berg": "van der Berg", "nobody": ""}


def test_links_comments_and_quotation_marks_are_cleaned() -> None:
    made = blocks_of('A [site](https://e.org) and [file](file:///etc) <!-- note -->\n"quoted".', edition())
    assert [node.target for node in walk(made) if isinstance(node, tree.Link)] == ["https://e.org"]
    assert "A site and file “quoted”." in texts(made, tree.Para)


def test_an_abstract_in_parts_has_the_journals_order() -> None:
    def text(words: str) -> tree.MetaInlines:
        return tree.MetaInlines([tree.Str(words)])

    abstract: list[Any] = [
        {"name": text("Results"), "text": text("r")},
        {"name": text("Extra"), "text": text("x")},
        {"name": text("Aims"), "text": text("a")},
    ]
    parts = [{"name": "Purpose", "from": ["aims"]}, {"name": "Results", "from": []}]
    made = abstract_blocks(abstract, {"parts": parts, "separator": ": "})
    assert texts(made, tree.Para) == ["Purpose: a", "Results: r", "Extra: x"]
    running = abstract_blocks(abstract, {"parts": [], "separator": ""})
    assert texts(running, tree.Para) == ["r x a"]


# Columns --------------------------------------------------------------------------------------------------------------


def cell(text: str, rows: int = 1, columns: int = 1) -> tree.Cell:
    words: list[Any] = []
    for word in text.split():
        words += [tree.Space(), tree.Str(word)] if words else [tree.Str(word)]
    return tree.Cell([tree.Plain(words)], rows=rows, columns=columns)


def table_of(*rows: list[tree.Cell], columns: int, decimal: str = "") -> tree.Table:
    pairs = (("decimal", decimal),)
    return tree.Table(
        tree.Attr("", (), pairs),
        tree.Caption(),
        [("AlignLeft", None)] * columns,
        [tree.Row(rows[0])],
        [tree.Body([tree.Row(row) for row in rows[1:]])],
        [],
    )


# Every letter is half as wide as the text is high.
HALF = Measures({"M": 0.5}, {"M": 0.5}, padding=3)


def widths(table: tree.Table, width: float = 200) -> list[float]:
    block = div("float", [table], kind="tbl", number="1", wide="0")
    about = {
        "tables": {"label": "Table", "lead": "", "order": "label", "size_pt": 10, "min_size_pt": 8},
        "figures": {"label": "Figure"},
    }
    set_widths([block], about, HALF, (width, width), lambda at: "m.md:1")
    return [round((share or 0) * width, 2) for _, share in table.columns]


def test_columns_fill_the_page_and_hold_their_longest_words() -> None:
    result = widths(table_of([cell("A"), cell("B")], [cell("longword"), cell("x " * 40)], columns=2))
    assert sum(result) == pytest.approx(200) and result[0] >= 8 * 5 + 7 and result[1] > result[0]


def test_cells_that_span_are_reckoned_in() -> None:
    rows = [
        tree.Row([cell("a", rows=2), cell("b", columns=2)]),
        tree.Row([cell("c"), cell("d")]),
        tree.Row([cell("e"), cell("f"), cell("g")]),
    ]
    assert [column for column, _ in placed_cells(rows)] == [0, 1, 1, 2, 0, 1, 2]
    wide = "abcdefghijklmnopqrst"
    result = widths(table_of([cell("A"), cell(wide, columns=2)], [cell("x"), cell("y"), cell("z")], columns=3))
    assert result[1] + result[2] >= len(wide) * 5 + 7


def test_a_table_shrinks_as_far_as_it_may_and_is_refused_beyond() -> None:
    small = table_of([cell("A"), cell("B")], [cell("x" * 20), cell("y" * 20)], columns=2)
    widths(small, 195)
    assert small.attr.get("size") == "9"
    with pytest.raises(
        BuildStop,
        match=r"m\.md:1: 'Table 1': the longest words of its columns need 62 mm, and the page has 42 mm "
        r"\('x{20}', 'y{20}' in the row 'x{20}'\)",
    ):
        widths(table_of([cell("A"), cell("B")], [cell("x" * 20), cell("y" * 20)], columns=2), 120)


def test_numbers_stand_at_their_points() -> None:
    table = table_of([cell("N")], [cell("1.5")], [cell("100.25")], [cell("none")], columns=1, decimal="d")
    widths(table, 100)
    first, second, third = (row.cells[0].attr for row in table.bodies[0].rows)
    assert first.get("point") == second.get("point") != ""
    assert float(first.get("indent")) - float(second.get("indent")) == pytest.approx(10, abs=0.01)
    assert third.get("point") == ""
