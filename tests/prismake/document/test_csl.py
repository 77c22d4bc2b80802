"""The citation style as citeproc gets it."""

from __future__ import annotations

from typing import Any

from lxml import etree
from prismake.document.csl import CSL, prepared_style, without_sorting

from tests.places import JOURNALS

STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl"><macro name="a"><names variable="author">
<label form="short" prefix=", "/></names></macro>
<macro name="b"><names variable="editor"><name/><label/></names></macro>
<macro name="c"><names variable="author"><name/><substitute><text macro="b"/></substitute></names></macro>
<macro name="d"><group><text term="advance-online-publication"/><date variable="issued"/></group></macro></style>"""


def made(style: str = STYLE) -> Any:
    root = etree.fromstring(prepared_style(style.encode()))
    for node in root.iter():
        node.tag = etree.QName(node).localname
    return root


def test_names_stand_before_their_label() -> None:
    names = made().find("macro[@name='a']/names")
    assert [node.tag for node in names] == ["name", "label", "substitute"]
    assert [node.tag for node in made().find("macro[@name='b']/names")] == ["name", "label"]


def test_a_work_without_author_goes_by_its_editors() -> None:
    style = made()
    assert style.find("macro[@name='a']/names/substitute/names").get("variable") == "editor"
    assert style.find("macro[@name='b']/names/substitute") is None
    assert [node.tag for node in style.find("macro[@name='c']/names/substitute")] == ["text"]


def test_only_an_article_that_has_appeared_is_published_online() -> None:
    group = made().find("macro[@name='d']/group")
    assert [node.tag for node in group] == ["choose", "date"]
    article = group.find("choose/if")
    assert "article-journal" in article.get("type").split() and "book" not in article.get("type").split()
    unless = article.find("choose/if")
    assert (unless.get("match"), unless.get("variable")) == ("none", "status")
    assert unless.find("text").get("term") == "advance-online-publication"


def test_a_style_that_says_everything_stays_as_it_is() -> None:
    style = (JOURNALS / "plos-one" / "references.csl").read_bytes()
    before, after = etree.fromstring(style), etree.fromstring(prepared_style(style))
    assert [node.tag for node in before.iter()] == [node.tag for node in after.iter()]


def test_sorting_by_number_alone_is_left_out() -> None:
    numbered = (JOURNALS / "plos-one" / "references.csl").read_bytes()
    made = without_sorting(numbered)
    assert made and b"<sort>" in numbered and b"<sort>" not in made
    # Numbers that follow the alphabet are known to citeproc alone.
    style = etree.fromstring(numbered)
    listed = style.find("{*}bibliography")
    assert listed is not None
    listed.insert(0, etree.fromstring(f'<sort xmlns="{CSL[1:-1]}"><key macro="author"/></sort>'))
    assert without_sorting(etree.tostring(style)) is None
    assert without_sorting((JOURNALS / "eur-j-pain" / "references.csl").read_bytes()) is None
