"""What pandoc writes, made fit for the page."""

import pytest
from lxml import etree
from prismake.web.article import Heading, contents_of, finished, parsed, text_of


def made(fragment, drawn=lambda file: None, figures=None):
    article = parsed(fragment.encode())
    return article, finished(article, figures or {}, drawn)


def markup(article):
    return etree.tostring(article, encoding="unicode")


def test_styles_become_classes_and_widths_go():
    article, _ = made(
        '<table><colgroup><col style="width: 4%"/></colgroup><thead><tr><th style="text-align: center;">A</th>'
        '<th></th></tr></thead><tbody><tr><th>r</th><td style="text-align: right;">1</td></tr></tbody></table>'
    )
    assert "style" not in markup(article) and not article.findall(".//col")
    assert [cell.get("class") for cell in article.iter("th", "td")] == ["center", None, None, "right"]
    assert [cell.get("scope") for cell in article.iter("th")] == ["col", "row"]
    # A corner without words is no header.
    assert article.find(".//thead//td") is not None


def test_a_table_scrolls_in_a_frame_named_by_its_caption():
    article, _ = made(
        '<div class="float tbl" id="tbl-1"><div class="caption"><p>Table 1 Dogs</p></div>'
        "<table><tbody><tr><td>1</td></tr></tbody></table></div><table><tbody><tr><td>2</td></tr></tbody></table>"
    )
    first, second = article.findall(".//div[@class='scroll']")
    assert first.get("tabindex") == "0" and first.get("role") == "region"
    assert article.find(f".//*[@id='{first.get('aria-labelledby')}']").get("class") == "caption"
    assert second.get("aria-label") == "Table 2"


def test_headings_get_anchors_that_are_one_each():
    article, headings = made('<div class="part title"><p>T</p></div><h2>A b: c</h2><h3>A b, c</h3><h2>…</h2>')
    assert [(one.anchor, one.level) for one in headings] == [("a-b-c", 2), ("a-b-c-2", 3), ("section", 2)]
    assert text_of(article.find(".//h1")) == "T"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ('<p>A, City; Email <a href="mailto:a@b.org">a@b.org</a></p>', "A, City"),
        ('<p>A, City; e-mail: <a href="mailto:a@b.org">a@b.org</a>.</p>', "A, City."),
        ('<p><a href="mailto:a@b.org">a@b.org</a></p>', ""),
        ('<p>[Who; e-mail, such as <a href="mailto:a@b.org">a@b.org</a>]</p>', "[Who; e-mail]"),
        ("<p>Write to a.b@c-d.example.org now</p>", "Write to now"),
        ('<p>Seen<img alt="by a@b.org" title="a@b.org"/></p>', "Seen"),
    ],
)
def test_mail_addresses_are_left_out(line, left):
    article, _ = made(line)
    assert text_of(article) == left and "@" not in markup(article)


def test_links_that_lead_out_say_nothing_of_the_page():
    article, _ = made('<p><a href="https://a.org/x">x</a> <a href="#ref-b">b</a></p>')
    assert [link.get("rel") for link in article.iter("a")] == ["noopener noreferrer", None]


def test_a_blank_that_does_not_break_is_a_letter():
    assert parsed(b"<p>a&nbsp;b</p>")[0].text == "a\u00a0b"


def test_a_picture_in_a_sentence_has_its_printed_size_and_a_figure_fills_its_frame():
    article, _ = made(
        '<p>A <img src="a.png" data-width="4mm"/> and <img src="a.png" data-width="50%" data-height="0.5in"/></p>'
        '<div class="float fig" id="fig-1"><p><img src="a.png" data-width="6in"/></p></div>'
    )
    assert [(one.get("width"), one.get("height")) for one in article.iter("img")] == [
        ("15", None),
        (None, "48"),
        (None, None),
    ]
    assert "data-" not in markup(article)


FORMULA = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="{}"><semantics><mi>x</mi>'
    '<annotation encoding="application/x-tex">x^2</annotation></semantics></math>'
)


def test_a_formula_is_read_once_and_can_be_reached_where_it_may_scroll():
    article, _ = made(f'<p>{FORMULA.format("inline")}<a href="https://a.org">{FORMULA.format("inline")}</a></p>')
    assert text_of(article) == "xx" and "tabindex" not in markup(article)
    assert article.find(".//a").get("aria-label") == "x^2"
    displayed, _ = made(f"<p>{FORMULA.format('block')}</p>")
    assert displayed[0][0].get("tabindex") == "0"


def test_a_task_is_a_sign_as_in_the_other_documents():
    article, _ = made(
        '<ul><li><label><input type="checkbox" checked=""/>done</label></li>'
        '<li><label><input type="checkbox"/>open</label></li></ul>'
    )
    assert [text_of(item) for item in article.iter("li")] == ["☒ done", "☐ open"]
    assert article.find(".//input") is None and article.find(".//label") is None


def test_notes_and_the_links_back_have_names():
    article, _ = made(
        '<section id="footnotes" role="doc-endnotes"><ol><li id="fn1"><p>N<a href="#fnref1" role="doc-backlink">↩︎</a>'
        "</p></li></ol></section>"
    )
    assert article[0].get("aria-label") == "Notes" and article[0].get("id") == "footnotes"
    assert article.find(".//a").get("aria-label") == "Back to note 1 in the text"


def test_no_anchor_is_one_that_the_page_needs_for_itself():
    article, headings = made(
        '<h2>Data</h2><h2>Sources</h2><h2>n12</h2><h2>S data</h2><h2>Data sources</h2><p><span id="panel">A</span>'
        '<a href="#panel">there</a></p>'
    )
    assert [one.anchor for one in headings] == ["data-2", "sources-2", "n12-2", "section-s-data", "data-sources"]
    assert article.find(".//span").get("id") == "panel-" and article.find(".//a").get("href") == "#panel-"


def test_marks_of_notes_and_citations_are_no_words_of_a_heading():
    _, headings = made(
        '<h2>Dogs<a href="#fn1" id="fnref1" role="doc-noteref"><sup>1</sup></a> and <em>cats</em>'
        '<span class="citation"><sup><a href="#ref-a">2</a></sup></span></h2>'
    )
    assert [(one.anchor, one.text) for one in headings] == [("dogs-and-cats", "Dogs and cats")]


def test_links_in_the_page_name_anchors_as_they_are():
    article, _ = made('<p><a href="#ref-m%C3%BCller">1</a> <a href="https://a.org/%C3%BC">2</a></p>')
    assert [link.get("href") for link in article.iter("a")] == ["#ref-müller", "https://a.org/%C3%BC"]


def test_what_may_scroll_is_reached_by_the_keyboard():
    article, _ = made("<div><pre><code>a = 1</code></pre></div>")
    assert article.find(".//pre").get("tabindex") == "0"


@pytest.mark.parametrize(
    ("firsts", "tag"), [(("Doe", "Roe"), "th"), (("Doe", "Doe"), "td"), (("Doe", ""), "td"), (("Doe",), "th")]
)
def test_a_cell_that_names_its_row_is_its_header(firsts, tag):
    rows = "".join(f"<tr><td>{name}</td><td>1</td></tr>" for name in firsts)
    article, _ = made(f"<table><tbody>{rows}</tbody></table>")
    assert [row[0].tag for row in article.iter("tr")] == [tag] * len(firsts)
    assert {cell.get("scope") for cell in article.iter("th")} <= {"row"}


def test_the_contents_list_parts_below_their_sections():
    headings = [Heading(str(place), level, "") for place, level in enumerate((3, 2, 3, 4, 3, 2))]
    contents = [(one.anchor, [part.anchor for part in parts]) for one, parts in contents_of(headings)]
    assert contents == [("0", []), ("1", ["2", "4"]), ("5", [])]
