"""What pandoc writes, made fit for the page."""

import pytest
from lxml import etree
from prismake.web.article import finished, parsed, text_of


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
        ("<p>Write to a.b@c-d.example.org now</p>", "Write to now"),
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
