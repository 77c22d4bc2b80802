"""The body of JATS put into the shape of its tag set, and the markup of references."""

from __future__ import annotations

import pytest
from lxml import etree
from prismake.document.jats_body import repair
from prismake.document.jats_references import add_rich

MATH = '<inline-formula><math xmlns="http://www.w3.org/1998/Math/MathML">{}</math></inline-formula>'
SQUARE = "<msup><mi>x</mi><mn>2</mn></msup>"
BODIES = [
    (
        "<p><?verse?>one<?line?>two <b>x</b> y</p>",
        "<verse-group><verse-line>one</verse-line><verse-line>two <b>x</b> y</verse-line></verse-group>",
    ),
    ("<td><?verse?>a<?line?>b</td>", "<td><p>VERSE</p></td>"),
    ("<list-item><p><?verse?>a<?line?>b</p></list-item>", "<list-item><p>VERSE</p></list-item>"),
    ("<list-item/>", "<list-item><p/></list-item>"),
    ("<list-item><label>1</label></list-item>", "<list-item><label>1</label><p/></list-item>"),
    ("<abstract><p>a</p><list/></abstract>", "<abstract><p>a</p><p><list/></p></abstract>"),
    ("<fn><label>1</label><list/></fn>", "<fn><label>1</label><p><list/></p></fn>"),
    ('<td><p specific-use="wrapper"><p>a</p><p>b</p></p></td>', "<td><p>a</p><p>b</p></td>"),
    ("<p><list/></p>", "<p><list/></p>"),
    (
        f"<ext-link>See {MATH.format(f'{SQUARE}<mo>=</mo><mfrac><mi>a</mi><mi>b</mi></mfrac>')}.</ext-link>",
        "<ext-link>See <italic>x<sup>2</sup>=a/b</italic>.</ext-link>",
    ),
    (
        f"<ext-link>{MATH.format('<msubsup><mi>y</mi><mi>i</mi><mrow><mn>1</mn><mn>0</mn></mrow></msubsup>')}</ext-link>",
        "<ext-link><italic>y<sub>i</sub><sup>10</sup></italic></ext-link>",
    ),
]


@pytest.mark.parametrize(("before", "after"), BODIES, ids=range(len(BODIES)))
def test_repair(before: str, after: str) -> None:
    verse = "<verse-group><verse-line>a</verse-line><verse-line>b</verse-line></verse-group>"
    root = etree.fromstring(f"<article>{before}</article>")
    repair(root)
    assert etree.tostring(root, encoding="unicode") == f"<article>{after.replace('VERSE', verse)}</article>"


TEXTS = [
    ("Levels of CO<sub>2</sub> here", "Levels of CO<sub>2</sub> here"),
    ("<i>Quercus</i> and <b>x<sup>2</sup></b>", "<italic>Quercus</italic> and <bold>x<sup>2</sup></bold>"),
    ('<span class="nocase">PMMA</span> now', "PMMA now"),
    ('<span style="font-variant:small-caps;">Ad</span>', "<sc>Ad</sc>"),
    ("a <b> c", "a &lt;b&gt; c"),
    ("a </i><i> c", "a &lt;/i&gt;&lt;i&gt; c"),
    ("p <0.05 & n", "p &lt;0.05 &amp; n"),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS, ids=range(len(TEXTS)))
def test_markup_of_references(text: str, expected: str) -> None:
    parent = etree.Element("x")
    add_rich(parent, "source", text)
    assert etree.tostring(parent, encoding="unicode") == f"<x><source>{expected}</source></x>"
