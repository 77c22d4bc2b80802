"""The lines of the article, and its numbers made links."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from prismake.common.values import Value, count, flat, noun
from prismake.trace.numbers import Background, Number
from prismake.web.article import parsed
from prismake.web.doors import lead_to_supplement, look_of, open_doors, read_lines

from tests.prismake.audit.manuscripts import matter

TREE = {"flow": {"included": count(9, "rows", noun("studies"), records="results/flow/included.csv")}}


def lines(fragment):
    return read_lines(parsed(fragment.encode())).lines


def test_sections_styles_and_cells():
    made = lines(
        "<section><h2>Results</h2><section><h3>Dogs</h3><p>Text 1</p></section>"
        '<div class="float tbl" id="tbl-1"><div class="caption"><p><span class="label">'
        '<span class="numbering">Table 1</span></span> Cap</p></div>'
        "<table><thead><tr><th>A</th><th></th></tr></thead><tbody><tr><td>2</td><td>3</td></tr></tbody>"
        '</table><div class="notes"><p>Note</p></div></div></section>'
        '<div id="refs"><div id="ref-a" class="csl-entry"><div class="csl-left-margin">1. </div>'
        '<div class="csl-right-inline">Doe J.</div></div></div>'
    )
    assert [(one.section, one.style, one.text.strip(), one.cell) for one in made] == [
        ("Results", "heading 1", "Results", None),
        ("Results: Dogs", "heading 2", "Dogs", None),
        ("Results: Dogs", "body", "Text 1", None),
        ("Table 1", "caption", "Table 1 Cap", None),
        ("Table 1", "table", "A", (0, 0)),
        ("Table 1", "table", "2", (0, 1)),
        ("Table 1", "table", "3", (0, 2)),
        ("Table 1", "table note", "Note", None),
        ("Results: Dogs", "bibliography", "1. Doe J.", None),
    ]
    assert made[3].added == ((0, 7, "numbering"),) and made[-1].bookmark == "ref-a"


def test_citations_references_formulas_and_marks_are_apart():
    text, author = lines(
        '<p>Dogs<span class="citation"><sup><a href="#ref-a">1</a>,<a href="#ref-b">2</a></sup></span> in '
        '<a class="reference" href="#fig-1">Figure 1</a> weigh <math><mn>7</mn></math> kg</p>'
        '<div class="part authors"><p>A Author<sup>1</sup></p></div>'
    )
    assert text.text == "Dogs in Figure 1 weigh 7 kg"
    assert [(one.text, one.works) for one in text.cited] == [("1", ("ref-a",)), (",2", ("ref-b",))]
    assert {text.text[start:end]: kind for start, end, kind in text.added} == {"Figure 1": "numbering", "7": "formula"}
    assert author.added == ((8, 9, "numbering"),)


def opened(folder, source, fragment):
    background = Background(matter(folder, source, TREE), {})
    article = parsed(fragment.encode())
    numbers = open_doors(article, background)
    return etree.tostring(article, encoding="unicode"), numbers


def test_numbers_of_values_and_typed_ones_are_doors(tmp_path):
    page, numbers = opened(
        tmp_path,
        "# Results\n\nWe included {{ flow.included }} and saw 12 dogs.\n",
        "<h2>Results</h2><p>We included <em>9 studies</em> and saw 12 dogs.</p>",
    )
    assert re.findall(r'<a href="#n(\d)" id="n\1" class="n (\w+)">([^<]+)</a>', page) == [
        ("1", "value", "9"),
        ("2", "typed", "12"),
    ]
    assert numbers[0].values == ("flow.included",)
    assert re.sub(r"<[^>]+>", "", page) == "ResultsWe included 9 studies and saw 12 dogs."


@pytest.mark.parametrize("fragment", ["<p><a href='https://a.org'>12 dogs</a> ran</p>", "<p>Dogs<sup>a</sup> ran</p>"])
def test_a_link_holds_no_door(tmp_path, fragment):
    page, _ = opened(tmp_path, "# Results\n\nThen 12 dogs ran.\n", fragment)
    assert 'class="n' not in page


PIECES = st.lists(
    st.tuples(st.sampled_from(["em", "strong", "sub", ""]), st.text("ab 12.,", max_size=6)), min_size=1, max_size=6
)


@given(PIECES)
def test_doors_never_change_the_words(tmp_path_factory, pieces):
    fragment = "".join(f"<{tag}>{text}</{tag}>" if tag else text for tag, text in pieces)
    article = parsed(f"<p>{fragment}</p>".encode())
    before = "".join(article.itertext())
    background = Background(matter(tmp_path_factory.mktemp("m"), "# Results\n\nNothing.\n", TREE), {})
    open_doors(article, background)
    assert "".join(article.itertext()) == before


def test_a_number_has_its_sign(tmp_path):
    text = "It fell by −0.029 (-7), in 3-5 dogs, and 9 − 2 ran."
    page, numbers = opened(tmp_path, f"# Results\n\n{text}\n", f"<h2>Results</h2><p>{text}</p>")
    doors = re.findall(r'">([^<]+)</a>', page)
    assert doors[:2] == ["−0.029", "-7"] and not {"-5", "−2"} & set(doors)
    assert (numbers[0].text, numbers[0].before) == ("−0.029", "It fell by ")


def test_names_of_the_supplements_tables_lead_there():
    article = parsed("<p>See Table\u00a0S1, Tables S2–S4, <a href='#x'>Table S1</a>, Table S9, T11–S1.</p>".encode())
    numbers = "".join(f"<div id='s-tbl-{number}'/>" for number in range(1, 5)) + "<div id='s-fig-1'/>"
    lead_to_supplement(article, parsed(numbers.encode()), {"tbl": {"Table", "Tables"}, "fig": {"Figure"}})
    links = article.xpath(".//a[@class='reference']")
    assert [(one.text, one.get("href")) for one in links] == [
        ("S1", "#s-tbl-1"),
        ("S2", "#s-tbl-2"),
        ("S4", "#s-tbl-4"),
    ]
    assert "".join(article.itertext()) == "See Table\u00a0S1, Tables S2–S4, Table S1, Table S9, T11–S1."
    first = parsed(b"<p>S1, S4, and S9 Tables; S1 Fig</p>")
    lead_to_supplement(first, parsed(numbers.encode()), {"tbl": {"Table", "Tables"}, "fig": {"Fig"}})
    assert [one.get("href") for one in first.iter("a")] == ["#s-tbl-1", "#s-tbl-4", "#s-fig-1"]


@pytest.mark.parametrize(
    ("names", "files", "look"),
    [
        (("flow.included",), (), "value"),
        (("models",), (), "written"),
        (("models", "flow.included"), (), "value"),
        ((), (), "written"),
        (("counts.text",), ("results/manuscript/manuscript.json",), "value"),
        (("pooled",), (), "value"),
        (("set",), (), "settings"),
    ],
)
def test_a_number_in_a_text_of_the_workflow_is_not_called_computed(names, files, look):
    ledger = flat(
        {
            **TREE,
            "models": Value("a t distribution with k − 1 degrees of freedom", "text", "the models as they were run"),
            "pooled": Value("95% CI 0.34 to 0.70", "text", "pooled", files=("data/extraction/outcomes.csv",)),
            "set": Value(3, "count", "set", files=("config.yaml",)),
        }
    )
    assert look_of(Number("Methods", "", "1", "", "value", values=names, files=files), dict(ledger)) == look
