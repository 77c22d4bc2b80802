import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.pandoc import pandoc_program
from prismake.manuscript import tree
from prismake.manuscript.codec import decode, encode
from prismake.manuscript.marks import mark_lines, without_marks
from prismake.manuscript.parsing import Place, Source, parse
from prismake.manuscript.walking import walk

from tests.places import PROJECT

TEXTS = [*sorted((PROJECT / "docs").glob("*.md")), PROJECT / "tests/prismake/document/fixtures/manuscript.md"]
EVERYTHING = r"""
# Heading {#id .class key="value"}

Other
-----

*emph* **strong** ~~out~~ a^2^ b~2~ [small]{.smallcaps} [under]{.underline} `code`{.r} "quoted 'inner'" $x^2$ $$y$$
`raw`{=html} [link](https://example.org "title") ![picture](x.png "t"){width=5}
note[^1] [@a; see @b, p. 3] @c [span]{.x}\
after a break

[^1]: Footnote.

| line
|   block

    code block

``` {.r}
fenced
```

```{=latex}
\raw
```

> quote

(3) three
(4) four

- one

    more
- two

Term
:   one definition
:   another

* * *

+---+---+
| A | B |
+===+===+
| c | d |
|   +---+
|   | e |
+---+---+

: Caption

![Figure](x.png){#fig:x}

::: {.div}
inside
:::
"""
FULL = "markdown+grid_tables"


def pandoc(text, reader="markdown"):
    done = subprocess.run(
        [str(pandoc_program()), f"--from={reader}", "--to=json"], input=text.encode(), capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_what_pandoc_says_of_a_text_comes_back(path):
    written = pandoc(path.read_text(encoding="utf-8"))
    assert encode(decode(written)) == written


def test_every_kind_of_node_comes_back():
    written = pandoc(
        f"---\ntitle: '*T*'\nlist: [1, true, {{a: b}}]\nblocks: |\n  One.\n\n  Two.\n---\n{EVERYTHING}", FULL
    )
    document = decode(written)
    assert encode(document) == written and encode(decode(encode(document, whole=True)), whole=True) == written
    kinds = {type(node).__name__ for node in walk(document.blocks)}
    assert kinds >= {kind.__name__ for kind in (*tree.Block.__args__, *tree.Inline.__args__)} - {"Value"}


@pytest.mark.parametrize("json_tree", [{"t": "Poem", "c": []}, {"t": "Para", "c": [{"t": "Emoji", "c": ""}]}])
def test_an_unknown_kind_is_refused(json_tree):
    with pytest.raises(ValueError, match="pandoc has no"):
        decode({"pandoc-api-version": [1, 23], "meta": {}, "blocks": [json_tree]})


words = st.text("abcXYZ é(*_[]`$^~<>|#-+:.0123", min_size=1, max_size=12)
lines = st.lists(words, min_size=1, max_size=8).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(st.lists(lines, min_size=1, max_size=6).map("\n".join))
def test_marks_never_change_what_is_read(text):
    plain = pandoc_tree(text)
    source = Source("x.md", text, mark_lines(text, 0), tuple(Place("x.md", n) for n in range(1, text.count("\n") + 2)))
    assert without_marks(source.marked) == text
    assert encode(parse(source)) == plain


def pandoc_tree(text):
    return encode(parse(Source("x.md", text, text, ())))


def test_words_and_their_blanks_are_one_text_for_a_writer():
    words: list[tree.Inline] = [tree.Str("one"), tree.Space(), tree.Str("two"), tree.SoftBreak(), tree.Str("three")]
    line = [*words, tree.Space(), tree.Emph([tree.Str("a"), tree.Space(), tree.Str("b")]), tree.Space(), tree.Str("c")]
    box: list[tree.Inline] = [tree.Str("☐"), tree.Space(), tree.Str("open"), tree.Space(), tree.Str("task")]
    written = encode(tree.Document({}, [tree.Para(line), tree.Plain(box)]), lines=True)["blocks"]
    space, emph = {"t": "Space"}, {"t": "Emph", "c": [{"t": "Str", "c": "a b"}]}
    texts = [{"t": "Str", "c": "one two"}, {"t": "SoftBreak"}, {"t": "Str", "c": "three"}, space, emph, space]
    assert written[0]["c"] == [*texts, {"t": "Str", "c": "c"}]
    # By its box, a writer knows a task.
    assert written[1]["c"] == [{"t": "Str", "c": "☐"}, space, {"t": "Str", "c": "open task"}]
