import json

import pytest
from prismake.common.errors import BuildStop
from prismake.manuscript import tree
from prismake.manuscript.model import as_json, from_markdown, read_manuscript, write_manuscript
from prismake.manuscript.walking import walk

from .test_render import append, build, review  # noqa: F401

TEXT = """---
title: A *title*
abstract: One text.
---

# Results {role=results}

The first line
and the second, with [@a]
[@b; @c] and a third.

| Head | Other |
|------|-------|
| one  | two   |

- item
- another `with code`

> quoted

Term

:   definition

![Caption](x.png){#fig:x alt="shown"}

Last[^1].

[^1]: A note.
"""


@pytest.fixture
def manuscript():
    return from_markdown(TEXT, "text.md")


def line_of(manuscript, text):
    node = next(n for n in walk(manuscript.document.blocks) if isinstance(n, tree.Str) and n.text == text)
    return manuscript.where(node.at)


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("Results", 6),
        ("first", 8),
        ("second,", 9),
        ("third.", 10),
        ("Other", 12),
        ("two", 14),
        ("another", 17),
        ("quoted", 19),
        ("definition", 23),
        ("Caption", 25),
        ("shown", 25),
        ("Last", 27),
        ("note.", 29),
    ],
)
def test_every_word_knows_its_line(manuscript, word, line):
    assert line_of(manuscript, word) == f"text.md:{line}"


def test_a_citation_before_the_first_word_of_a_line_is_on_that_line(manuscript):
    assert [(mention.key, manuscript.where(mention.at)) for mention in manuscript.mentions] == [
        ("a", "text.md:9"),
        ("b", "text.md:10"),
        ("c", "text.md:10"),
    ]


def test_the_head_has_lines_too(manuscript):
    assert manuscript.where(manuscript.document.meta["abstract"].content[0].at) == "text.md:3"


def test_a_manuscript_comes_back_from_its_file(manuscript, tmp_path):
    path = tmp_path / "m.json"
    write_manuscript(path, manuscript)
    again = read_manuscript(path)
    assert as_json(again) == as_json(manuscript)
    before = path.read_bytes()
    write_manuscript(path, again)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", '{"name": "x"', "[]", '{"name": 1, "places": [[7, 1]], "files": []}'])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "manuscript.json"
    path.write_text(content)
    with pytest.raises(BuildStop, match=r"manuscript\.json.*(not a manuscript|damaged).*\n.*delete it and build again"):
        read_manuscript(path)


def model_of(folder):
    return json.loads((folder / "out/manuscript.json").read_text())


def test_values_keep_their_expression_and_place(review):  # noqa: F811
    append(
        review, "\nOf {{ flow.included | n }} **{{ flow.included }}**.\n\n## About {{ flow.included | words }} {#x}\n"
    )
    build(review)
    values = model_of(review)["values"]
    assert [(value["expression"], value["printed"], value["line"]) for value in values[1:]] == [
        ("flow.included | n", "2", 9),
        ("flow.included", "2", 9),
        ("flow.included | words", "two", 11),
    ]
    assert values[0]["file"].endswith("metadata.yaml") and values[0]["line"] == 2
    manuscript = read_manuscript(review / "out/manuscript.json")
    nodes = [node for node in walk(manuscript.document.blocks) if isinstance(node, tree.Value)]
    assert [(node.number, manuscript.where(node.at).rpartition(":")[2]) for node in nodes] == [
        (1, "9"),
        (2, "9"),
        (3, "11"),
    ]


def test_sentences_name_file_line_values_and_citations(review):  # noqa: F811
    append(review, "\nWe kept {{ flow.included }} [@wu2021]. One more.\nAnd\nanother.\n")
    build(review)
    items = [item for item in model_of(review)["sentences"] if item["part"] == "results"][1:]
    assert [(item["text"], item["line"], item["values"], item["citations"]) for item in items] == [
        ("We kept 2 [@wu2021].", 9, [1], ["wu2021"]),
        ("One more.", 9, [], []),
        ("And another.", 10, [], []),
    ]
    assert all(item["file"].endswith("01.md") for item in items)


def test_a_placed_table_has_the_line_that_places_it(review):  # noqa: F811
    build(review)
    (table, figure) = model_of(review)["floats"]
    assert (table["id"], table["line"], table["caption"], table["words"]) == ("tbl:one", 5, "Studies | all", 2)
    assert (figure["id"], figure["line"]) == ("fig:prisma", 7)


def test_a_loop_that_prints_a_value_twice_gives_two_values(review):  # noqa: F811
    append(review, "\n{% for one in [1, 2] %}Row {{ flow.included }}.\n{% endfor %}\n")
    build(review)
    assert [item["line"] for item in model_of(review)["values"]] == [2, 9, 9]


@pytest.mark.parametrize("words", ["few", "many words " * 12])
def test_a_row_of_a_table_keeps_its_values_however_long_it_is(review, words):  # noqa: F811
    # Marks make a line longer, and pandoc takes widths of columns from long lines alone.
    cells, rule = " | ".join(["{{ flow.included | n }}"] * 9), "|:---" * 9
    header = " | ".join([words, *"BCDEFGHI"])
    append(review, f"\n\nSee [@tbl:long].\n\n| {header} |\n{rule}|\n| {cells} |\n\n: Cap {{#tbl:long}}\n")
    build(review)
    manuscript = read_manuscript(review / "out/manuscript.json")
    *_, table = (node for node in walk(manuscript.document.blocks) if isinstance(node, tree.Table))
    assert len([node for node in walk([table]) if isinstance(node, tree.Value)]) == 9
    assert all((share is not None) == (words != "few") for _, share in table.columns)


def test_a_value_in_an_address_leaves_the_address_whole(review):  # noqa: F811
    append(review, "\nSee [there](https://example.org/{{ flow.included }}/x).\n")
    build(review)
    manuscript = read_manuscript(review / "out/manuscript.json")
    (link,) = [node for node in walk(manuscript.document.blocks) if isinstance(node, tree.Link)]
    assert link.target == "https://example.org/2/x" and manuscript.where(link.at).endswith("01.md:9")


def test_a_fault_in_the_head_is_in_plain_english_at_its_line():
    with pytest.raises(BuildStop, match=r"^m\.md:3: the YAML head: a colon where no key can stand\n  -> put a value"):
        from_markdown("---\ntitle: T\nsubtitle: a: b\n---\n\ntext\n", "m.md")
