"""The manuscript's Markdown is put together from its texts, twice: for people, and with marks for the parser."""

from typing import Any

import pytest
from prismake.manuscript.composing import Parts, compose
from prismake.manuscript.marks import line_mark, value_mark, without_marks
from prismake.manuscript.model import Value
from prismake.manuscript.parsing import Place
from prismake.manuscript.placing import Blocks, Placing
from prismake.manuscript.templates import Prose
from prismake.manuscript.tracing import Line, Text

TABLE: dict[str, Any] = {"id": "t", "caption": "C", "columns": [{"header": "A"}], "rows": [["1"], ["2"]]}
FIGURES = {"plot": {"file": "figures/plot.png"}}


def placed(kind, name=""):
    return f"\x02{kind}:{name}\x03"


def line(text, number=1):
    return Line(text, text, Place("01.md", number), ("01.md", number - 1))


@pytest.fixture
def placing():
    blocks = Blocks({"t": TABLE}, {"plot": {**FIGURES["plot"], "alt": "Dots"}})
    captions = {"plot": [("A caption", f"{line_mark(9)}A caption")]}
    return Placing(blocks, captions, [("PVP", "percutaneous *vertebroplasty*"), ("VCF", "fracture")])


def test_a_placed_figure_has_its_caption_without_and_with_marks(placing):
    plain, marked = placing.block("figure", "plot")
    assert plain == '![A caption](figures/plot.png){#fig:plot alt="Dots"}'
    assert marked != plain and without_marks(marked) == plain


def test_a_figure_without_caption_is_left_to_the_checks():
    bare = Placing(Blocks({}, FIGURES), {}, [])
    assert bare.block("figure", "plot")[0] == '![plot](figures/plot.png){#fig:plot alt="\\(plot\\)"}'.replace("\\", "")
    empty = Placing(Blocks({}, FIGURES), {"plot": [("", "")]}, [])
    assert empty.block("figure", "plot")[0].startswith("![plot]")


def noted(**figure):
    """What is composed of a section that places one figure with these settings."""
    blocks = Blocks({}, {"plot": {"file": "a.svg", "alt": "Dots", **figure}})
    raw = {"title": "T", "figures": {"plot": {"caption": "All trials"}}}
    words = "Seen in [@fig:plot].\n\n" + blocks.functions()["figure"]("plot")
    texts = {"figures.plot.caption": Text("m.yaml", "All trials", "All trials", "All trials", "figures.plot.caption")}
    parts = Parts("manuscript", [Text("01.md", words, words, words)], "m.yaml", raw, texts)
    return blocks, compose(parts, blocks, [], {"figures.plot.caption": 7})


def test_notes_of_a_figure_follow_its_caption_and_are_a_value():
    blocks, composed = noted(notes=["Circles, trials.", "Not pooled: Hart 1977."])
    assert "![All trials. Circles, trials. Not pooled: Hart 1977.](a.svg){#fig:plot" in composed.body
    (value,) = composed.values
    assert (value.expression, value.file, value.line) == ('figure("plot")', "m.yaml", 7)
    assert value_mark(0, "Circles, trials. Not pooled: Hart 1977.") in composed.source.marked
    assert blocks.pages() == {}


def test_a_figure_of_several_pages_is_several_figures_with_its_notes_on_the_first():
    blocks, composed = noted(notes=["Circles, trials."], further=[{"file": "b.svg", "alt": "More dots"}])
    assert '![All trials. Part 1 of 2. Circles, trials.](a.svg){#fig:plot alt="Dots"}' in composed.body
    assert '![All trials. Part 2 of 2.](b.svg){#fig:plot-2 alt="More dots"}' in composed.body
    assert blocks.pages() == {"fig:plot": ["fig:plot-2"]}


def test_the_list_of_abbreviations_is_one_sentence(placing):
    assert placing.block("abbreviations", "")[0] == r"PVP, percutaneous \*vertebroplasty\*; VCF, fracture."
    assert Placing(placing.blocks, {}, []).block("abbreviations", "") == ("None.", "None.")


def test_all_lines_of_a_block_come_from_the_line_that_places_it(placing):
    before, table, after = line("One"), line(placed("table", "t"), 2), line("Two", 3)
    lines = list(placing.expanded([before, table, after]))
    assert lines[0] is before and lines[-1] is after
    inside = lines[1:-1]
    assert inside[0].text.startswith("::: {#tbl:t .table") and inside[-1].text == ":::"
    assert {(one.place, one.source) for one in inside} == {(Place("01.md", 2), ("01.md", 1))}


def test_a_list_in_a_sentence_stays_in_its_line(placing):
    (one,) = placing.expanded([line(f"Abbreviations: {placed('abbreviations')}")])
    assert one.text == r"Abbreviations: PVP, percutaneous \*vertebroplasty\*; VCF, fracture."


VALUES = {"n": 428}
RAW: dict[str, Any] = {
    "title": "A review of {{ n }}",
    "abstract": {"aims": "To see PVP.", "results": "Few\nof {{ n }}."},
    "keywords": ["spine"],
    "figures": {"plot": {"caption": "Plot of {{ n }}", "alt": "Dots"}},
}
KEYS = {"title": 1, "abstract": 2, "abstract.aims": 3, "abstract.results": 4, "figures.plot.caption": 9}
ONE = '\n# One\n\nWe saw {{ n }}\nrecords.\n\n{{ figure("plot") }}\n\n'
TWO = "# Two {role=discussion}\n\nLast of VCFs.\n"


@pytest.fixture
def composed():
    blocks = Blocks({}, {name: dict(figure) for name, figure in FIGURES.items()})
    tracing = Prose(VALUES, Blocks({}, dict(FIGURES)).functions(), traced=True)
    plain = Prose(VALUES, blocks.functions())

    def text(file, words, path=""):
        start = KEYS.get(path, 1)
        return Text(file, words, plain.render(words, file), tracing.render(words, file), path, start)

    texts = {
        "title": text("metadata.yaml", RAW["title"], "title"),
        "abstract.aims": text("metadata.yaml", RAW["abstract"]["aims"], "abstract.aims"),
        "abstract.results": text("metadata.yaml", RAW["abstract"]["results"], "abstract.results"),
        "keywords[1]": text("metadata.yaml", "spine", "keywords[1]"),
        "figures.plot.caption": text("metadata.yaml", RAW["figures"]["plot"]["caption"], "figures.plot.caption"),
        "figures.plot.alt": text("metadata.yaml", "Dots", "figures.plot.alt"),
    }
    sections = [text("01.md", ONE), text("02.md", TWO)]
    known = [{"abbreviation": name, "expansion": name.lower()} for name in ("VCF", "PVP", "OVF")]
    return compose(Parts("manuscript", sections, "metadata.yaml", RAW, texts), blocks, known, KEYS)


def test_the_text_is_the_sections_between_their_head_and_the_references(composed):
    assert composed.body == (
        '# One\n\nWe saw 428\nrecords.\n\n![Plot of 428](figures/plot.png){#fig:plot alt="Dots"}\n\n'
        "# Two {role=discussion}\n\nLast of VCFs.\n\n# References {#references .unnumbered}\n\n::: {#refs}\n:::\n"
    )
    assert composed.source.text.endswith(composed.body)
    assert composed.head["title"] == "A review of 428" and "figures" not in composed.head
    assert [part["name"] for part in composed.head["abstract"]] == ["aims", "results"]


def test_marks_are_all_that_the_marked_text_has_more(composed):
    assert without_marks(composed.source.marked).split("\n\n")[1:] == composed.source.text.split("\n\n")[1:]
    assert value_mark(0, "428") in composed.source.marked and composed.source.marked != composed.source.text


def test_every_line_has_its_place(composed):
    lines = composed.source.text.split("\n")
    assert len(composed.source.places) == len(lines)
    where = {lines[number]: str(place) for number, place in enumerate(composed.source.places)}
    assert where["# One"] == "01.md:2" and where["records."] == "01.md:5" and where["Last of VCFs."] == "02.md:3"
    assert where['![Plot of 428](figures/plot.png){#fig:plot alt="Dots"}'] == "01.md:7"
    assert where["title: A review of 428"] == "metadata.yaml:1"
    assert [str(place) for place in composed.source.further] == [
        "metadata.yaml:1",
        "metadata.yaml:3",
        "metadata.yaml:4",
        "metadata.yaml:5",
        "metadata.yaml:9",
    ]


def test_every_value_is_known_by_its_number(composed):
    assert composed.values == (
        Value("n", "428", "metadata.yaml", 1),
        Value("n", "428", "metadata.yaml", 5),
        Value("n", "428", "metadata.yaml", 9),
        Value("n", "428", "01.md", 4),
    )


def test_every_line_of_a_text_knows_its_line_in_the_manuscript(composed):
    lines = composed.source.text.split("\n")
    assert [lines[at] if at >= 0 else None for at in composed.lines["02.md"][:3]] == TWO.split("\n")[:3]
    assert composed.lines["01.md"][0] == -1, "an empty line at the start of a section is left out"
    assert composed.lines["abstract.results"] == [len(lines) + 2, len(lines) + 3]
    assert "keywords[1]" not in composed.lines


def test_a_table_of_the_supplement_is_not_placed_in_the_text():
    place = Blocks({}, {}, supplementary=["more-facts"]).functions()["table"]
    with pytest.raises(LookupError, match=r"stands in the supplement: refer to it .*supplement\.tables\.more_facts "):
        place("more-facts")
