"""Every letter of a document finds its source, whatever form the journal gives to citations."""

import pytest
from prismake.revision.letters import read_story
from prismake.revision.origins import trace
from prismake.revision.package import read_package

from tests.prismake.revision.sources import written
from tests.prismake.revision.word import package, paragraph, run

SOURCE = """# Results {.unnumbered}

We found {{ n | words }} studies [@a; @b], all \\*small\\* --- and "old" [see @c, p. 3].
One was *large*.

- An item with a [link](https://example.org/x).
"""
RAISED = '<w:vertAlign w:val="superscript"/>'
FORMS = {
    "superscript": [("We found nine studies,", ""), ("1,2", RAISED), (" all *small* — and “old”.", ""), ("3", RAISED)],
    "brackets": [("We found nine studies [1,2], all *small* — and “old” [see 3, p. 3].", "")],
    "author-date": [
        ("We found nine studies (A, 2020; B et al., 2021), all *small* — and “old” (see C, 2019, p. 3).", "")
    ],
}


def traced(tmp_path, *paragraphs):
    path = package(tmp_path / "a.docx", *paragraphs)
    return trace(read_story(read_package(path)), written({"01.md": SOURCE}, {"n": 9}), "references.bib")


@pytest.mark.parametrize("form", FORMS)
def test_words_values_and_citations_are_distinguished(tmp_path, form):
    runs = [run(text, properties) for text, properties in [*FORMS[form], (" One was large.", "")]]
    sources = traced(tmp_path, paragraph(run("Results")), paragraph(*runs), paragraph(run("An item with a link.")))
    kinds: dict[str, str] = {}
    for letter, origin in zip(sources.story.letters, sources.origins, strict=True):
        if origin:
            key = f"{origin.kind} {origin.name}".strip()
            kinds[key] = kinds.get(key, "") + letter.text
    assert kinds["value n | words"] == "nine"
    assert kinds["citation a; b"].strip(" ()[]") in ("1,2", "A, 2020; B et al., 2021")
    assert kinds["citation c"].strip(" ()[]") in ("3", "see 3, p. 3", "see C, 2019, p. 3")
    for letter, origin in zip(sources.story.letters, sources.origins, strict=True):
        if origin and origin.kind == "text" and letter.text.isalnum():
            assert SOURCE[origin.start : origin.end] == letter.text
    mapped = sum(bool(origin) for origin in sources.origins)
    assert mapped >= len(sources.origins) - 8, "all but paragraph marks and a bracket or two"


def test_blocks_span_their_source_with_its_marks():
    heading, prose, item = written({"01.md": SOURCE}, {"n": 9}).blocks["01.md"]
    assert SOURCE[heading.start : heading.end] == "# Results {.unnumbered}" and heading.text == "Results"
    assert prose.text == "We found nine studies, all *small* — and “old”. One was large."
    assert item.kind == "bullet" and item.text == "An item with a link."


def test_sections_in_another_order_find_their_source(tmp_path):
    text = "# One\n\nThe first section says this.\n\n# Two\n\nThe second section says that.\n"
    path = package(
        tmp_path / "a.docx",
        *(paragraph(run(line)) for line in ("Two", "The second section says that.", "The first section says this.")),
    )
    sources = trace(read_story(read_package(path)), written({"01.md": text}, {}), "references.bib")
    first = sources.spans[2][0]
    assert sources.origins[first] and sources.origins[first].start == text.index("The first")


CONSTRUCTS = """Methods
=======

Results [and more]{.smallcaps key="b"} of <b>us</b>[^note].

## Closed by signs ## {#sec:closed}

We read *a [link](https://example.org/a.b "Its title").*
Then `code`, $a_b$, ![An icon](icon.png){width=1em} and a note^[It says this.].

[^note]: A note that stands elsewhere.

Term

:   A definition [-@key2020].

{% for name in names %}
- item {{ name }}
{% endfor %}

3) Third
   on two lines.

   Its second paragraph.

> Quoted \\*words\\* -- really.

| Lines that
| keep their ends

~~~
code is for nobody
~~~

{{ figure("plot") }}

::: {.box}
Last words, said in [Closed by signs].
:::
"""
FIGURE = {"plot": {"caption": "What we *saw*", "panels": ["before it", "after {{ n }} days"], "alt": "Two lines"}}
BLOCKS = [
    ("heading", "Methods", "Methods\n======="),
    ("", "Results and more of us.", "Results [and more]"),
    ("heading", "Closed by signs", "## Closed by signs ## {#sec:closed}"),
    ("", "We read a link. Then code, , and a note.", "We read *a"),
    ("", "Term", "Term"),
    ("definition", "A definition.", ":   A definition [-@key2020]."),
    ("bullet", "item Ann", "- item {{ name }}"),
    # The words of a loop are the source of its first item alone.
    ("bullet", "item Bo", "{{ name }}"),
    ("number", "Third on two lines.", "3) Third\n   on two lines."),
    ("", "Its second paragraph.", "   Its second paragraph."),
    ("", "Quoted *words* – really.", "> Quoted \\*words\\* -- really."),
    ("", "Lines that keep their ends", "| Lines that\n| keep their ends"),
    ("picture", "", '{{ figure("plot") }}'),
    ("", "Last words, said in Closed by signs.", "Last words, said in [Closed by signs]."),
]


def test_blocks_are_those_that_pandoc_reads():
    metadata = {"title": "A *title* of {{ n }}", "keywords": ["one", "two *three*"], "figures": FIGURE}
    sources = written({"01.md": CONSTRUCTS}, {"n": 9, "names": ["Ann", "Bo"]}, metadata)
    blocks = sources.blocks["01.md"]
    assert [(block.kind, " ".join(block.text.split())) for block in blocks] == [
        (kind, text) for kind, text, _ in BLOCKS
    ]
    for block, (_, _, span) in zip(blocks, BLOCKS, strict=True):
        assert CONSTRUCTS[block.start : block.end].startswith(span)
        for letter, origin in zip(block.text, block.origins, strict=True):
            if origin and origin.kind == "text" and letter.isalnum():
                assert CONSTRUCTS[origin.start : origin.end] == letter
    named = {name.removeprefix("metadata.yaml, "): item for name, item in sources.blocks.items()}
    printed = {name: [block.text for block in item] for name, item in named.items() if name != "01.md"}
    assert printed == {
        "title": ["A title of 9"],
        "keywords[1]": ["one"],
        "keywords[2]": ["two three"],
        "figures.plot.caption": ["What we saw"],
        "figures.plot.panels[1]": ["before it"],
        "figures.plot.panels[2]": ["after 9 days"],
        "figures.plot.alt": [],
    }
