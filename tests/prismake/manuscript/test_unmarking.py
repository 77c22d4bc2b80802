"""Marks are taken out of a tree: every node gets the line that it stands on, and values become nodes."""

import pytest
from prismake.manuscript import tree
from prismake.manuscript.marks import VALUE_END, line_mark, mark_lines, value_mark
from prismake.manuscript.parsing import parse, plain_source
from prismake.manuscript.tree import CodeBlock, Para, Plain, Space, Str, Value
from prismake.manuscript.unmarking import Unmarker
from prismake.manuscript.walking import walk


def unmarked(text, *blocks):
    """Blocks of a text whose marks were taken out."""
    nodes = list(blocks)
    Unmarker(text.split("\n")).list_of(nodes)
    return nodes


def words(nodes):
    """The words of nodes with their lines."""
    return [(node.text, node.at) for node in walk(nodes) if isinstance(node, Str | CodeBlock)]


def marked(line, text):
    return Str(line_mark(line) + text)


def test_a_mark_gives_its_line_to_what_follows_it():
    nodes = unmarked(
        "# A\n\nOne two\nthree",
        tree.Header(1, tree.Attr(), [marked(0, "A")]),
        Para([marked(2, "One"), Space(), Str("two"), tree.SoftBreak(), marked(3, "three")]),
    )
    assert words(nodes) == [("A", 0), ("One", 2), ("two", 2), ("three", 3)]
    assert [node.at for node in nodes] == [0, 2]


def test_what_stands_before_the_mark_of_its_line_waits_for_it():
    cite = tree.Cite([tree.Citation("a")], [Str("@a")])
    nodes = unmarked("Why\n@a says so", Para([marked(0, "Why"), tree.SoftBreak(), cite, Space(), marked(1, "says")]))
    assert cite.at == 1 and words(nodes) == [("Why", 0), ("@a", 1), ("says", 1)]


def test_a_line_without_mark_is_counted():
    nodes = unmarked("One\n*two*\nthree", Para([marked(0, "One"), tree.SoftBreak(), tree.Emph([Str("two")])]))
    assert words(nodes) == [("One", 0), ("two", 1)]


def test_a_second_mark_on_a_line_gives_no_place_to_what_stands_before_it():
    # A caption that several texts of the metadata were put into.
    nodes = unmarked("One.", Para([marked(5, "Caption."), Space(), marked(6, "panel")]))
    assert words(nodes) == [("Caption.", 5), ("panel", 6)]


def test_a_figure_stands_where_it_is_placed_though_its_caption_comes_from_elsewhere():
    image = tree.Image(tree.Attr(), [Str("alt")], "x.png")
    figure = tree.Figure(tree.Attr("fig:x"), tree.Caption([Plain([marked(9, "Caption")])]), [Plain([image])])
    nodes = unmarked("Text\n\n![Caption](x.png){#fig:x}", Para([marked(0, "Text")]), figure)
    assert (figure.at, image.at) == (2, 2) and words(nodes)[1] == ("Caption", 9)


def test_code_has_lines_too():
    code = CodeBlock(tree.Attr(), "a\n\nb")
    rule = tree.HorizontalRule()
    nodes = unmarked("Text\n\n~~~\na\n\nb\n~~~\n\n---", Para([marked(0, "Text")]), code, rule)
    assert words(nodes) == [("Text", 0), ("a\n\nb", 3)] and rule.at == 8
    indented = unmarked("    a\n\n* * *", CodeBlock(tree.Attr(), "a"), tree.HorizontalRule())
    assert [node.at for node in indented] == [0, 2]


def test_the_cells_of_a_row_stand_on_one_line():
    def row(*cells):
        return tree.Row([tree.Cell([Plain([cell])]) for cell in cells])

    table = tree.Table(
        tree.Attr(),
        tree.Caption([Plain([marked(6, "Caption")])]),
        [("AlignLeft", None)] * 2,
        [row(marked(2, "A"), Str("B"))],
        [tree.Body([row(marked(4, "1"), Str("2"))])],
        [],
    )
    unmarked("Text\n\n| A | B |\n|--|--|\n| 1 | 2 |\n\n: Caption", Para([marked(0, "Text")]), table)
    assert words([table]) == [("Caption", 6), ("A", 2), ("B", 2), ("1", 4), ("2", 4)]


def test_a_note_stands_elsewhere():
    note = tree.Note([Para([marked(2, "Note.")])])
    nodes = unmarked("One[^1] two\n\n[^1]: Note.", Para([marked(0, "One"), note, Space(), Str("two")]))
    assert words(nodes) == [("One", 0), ("Note.", 2), ("two", 0)]


def test_what_a_value_printed_becomes_a_node():
    opening, closing = Str(f"({value_mark(7, '4').removesuffix(VALUE_END)}"), Str(f"8{VALUE_END})")
    (para,) = unmarked("x", Para([marked(0, value_mark(6, "428")), Space(), opening, Space(), closing]))
    assert para == Para([Value(6, [Str("428")]), Space(), Str("("), Value(7, [Str("4"), Space(), Str("8")]), Str(")")])
    assert [node.at for node in walk([para]) if isinstance(node, Value)] == [0, 0]


def test_marks_leave_keys_addresses_code_and_attributes():
    mark = value_mark(1, "428")
    attr = tree.Attr("", (), (("width", mark),))
    link = tree.Link(attr, [Str("here")], f"https://example.org/{mark}", mark)
    code, cite = tree.Code(attr, f"x = {mark}"), tree.Cite([tree.Citation(f"a{mark}")], [Str("@a")])
    unmarked("x", Para([link, code, cite]))
    assert (link.target, link.title, link.attr.get("width")) == ("https://example.org/428", "428", "428")
    assert (code.text, code.attr.get("width"), cite.citations[0].id) == ("x = 428", "428", "a428")


def test_texts_of_the_head_have_marks_too():
    title, part = tree.MetaInlines([marked(3, "Title")]), tree.MetaInlines([marked(4, "Aims")])
    unmarker = Unmarker(["---"])
    unmarker.meta(title)
    unmarker.meta([{"name": "Background", "text": part}])
    assert words(title.content) == [("Title", 3)] and words(part.content) == [("Aims", 4)]


VERBATIM = [
    "<img src=x>",
    "<script>alert(3)</script>",
    "`<w:p/>`{=openxml}",
    "\\input{/etc/passwd}",
    "```{=openxml}\n<w:p/>\n```",
    '```{=typst}\n#panic("raw")\n```',
    "> <img src=y>",
    "```\ncode\n\nmore\n```",
    "\\begin{x}\na\n\\end{x}",
]


@pytest.mark.parametrize("pieces", [VERBATIM, VERBATIM[::-1], [*VERBATIM[::2], *VERBATIM[1::2], VERBATIM[0]]])
def test_each_of_several_raw_pieces_has_its_own_line(pieces):
    text = "\n\n".join(pieces)
    starts = [text.count("\n", 0, len("\n\n".join([*pieces[:number], ""]))) for number in range(len(pieces))]
    raw = [
        node
        for node in walk(parse(plain_source("x.md", text, mark_lines)).blocks)
        if isinstance(node, tree.RawBlock | tree.RawInline | tree.CodeBlock) and not node.text.startswith("</")
    ]
    expected = [start + piece.startswith("```") for start, piece in zip(starts, pieces, strict=True)]
    assert [node.at for node in raw] == expected
