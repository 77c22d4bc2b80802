"""The styles of the Word document: each says what follows it and what it rests on, and the text needs nothing else."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import nsmap, qn
from lxml import etree
from prismake.common.yaml_files import load_yaml
from prismake.document.styles import paragraph_styles, reference_document
from prismake.review.journal import page_of, read_profile

from tests.places import JOURNALS, SCHEMAS

from .conftest import Review

# Properties of single paragraphs that no style can state: of lists, of pages, of numbers under one another.
OF_PLACES = {"pStyle", "numPr", "pageBreakBefore", "keepNext", "sectPr", "tabs", "ind"}
# What an author marks, what a citation is, and in which language words are.
OF_WORDS = {"rStyle", "b", "bCs", "i", "iCs", "vertAlign", "lang"}


@pytest.fixture(scope="module")
def styles() -> Any:
    profile = read_profile(JOURNALS / "j-pain-res/profile.yaml", SCHEMAS / "journal.schema.yaml")
    return docx.Document(io.BytesIO(reference_document(profile, page_of(profile), "en-US", 3))).styles.element


def local(node: Any) -> str:
    return etree.QName(node).localname


def value(style: Any, tag: str) -> str | None:
    node = style.find(qn(f"w:{tag}"))
    return None if node is None else node.get(qn("w:val"))


def test_every_style_says_what_follows_it(styles: Any) -> None:
    paragraphs = [style for style in styles.style_lst if style.get(qn("w:type")) == "paragraph"]
    following = {style.styleId: value(style, "next") for style in paragraphs if style.styleId != "Normal"}
    assert set(following.values()) <= {style.styleId for style in paragraphs}
    assert {following[f"Heading{level}"] for level in range(1, 7)} == {"FirstParagraph"}
    assert following["FirstParagraph"] == following["BodyText"] == following["ImageCaption"] == "BodyText"
    assert (following["Title"], following["Author"], following["Figure"]) == ("Author", "Affiliation", "ImageCaption")
    assert following["TableHeader"] == "TableText" == following["TableText"]


def test_our_captions_rest_on_words_own(styles: Any) -> None:
    own = {style.styleId: style for style in styles.style_lst}
    assert own["Caption"].name_val == "caption" and own["Caption"].get(qn("w:customStyle")) is None
    assert {value(own[name], "basedOn") for name in ("TableCaption", "ImageCaption")} == {"Caption"}
    assert {value(own[name], "basedOn") for name in ("FirstParagraph", "Abstract", "Compact")} == {"BodyText"}
    assert own["TableCaption"].get(qn("w:customStyle")) == "1"


def test_words_gallery_offers_what_a_manuscript_needs(styles: Any) -> None:
    """All other styles of Word's stay hidden until somebody uses one."""
    order = [local(node) for node in styles]
    assert order[:2] == ["docDefaults", "latentStyles"]
    latent = styles.find(qn("w:latentStyles"))
    assert latent.get(qn("w:defSemiHidden")) == "1"
    assert {"Strong", "Emphasis"} <= {node.get(qn("w:name")) for node in latent}
    assert {node.get(qn("w:semiHidden")) for node in latent} == {"0"}


def test_a_style_repeats_nothing_of_what_it_rests_on() -> None:
    for journal in sorted(JOURNALS.glob("*/profile.yaml")):
        profile = read_profile(journal, SCHEMAS / "journal.schema.yaml")
        kinds = {kind.name: kind for kind in paragraph_styles(profile)}
        document = docx.Document(io.BytesIO(reference_document(profile, page_of(profile), "en-US", 3)))
        own = {style.name: style.element for style in document.styles}
        text = own["First Paragraph"]
        same = kinds["First Paragraph"].indent == kinds["Body Text"].indent
        assert (text.find(qn("w:pPr")) is None) == same and text.find(qn("w:rPr")) is None
        assert load_yaml(journal)["text"]["font"] in etree.tostring(own["Body Text"], encoding="unicode")


def test_the_text_has_no_look_that_a_style_can_give(written: Review) -> None:
    with zipfile.ZipFile(written.folder / "manuscript.docx") as package:
        parts = [etree.fromstring(package.read(name)) for name in package.namelist() if is_text(name)]
    assert len(parts) == 3
    paragraph_looks = {local(node) for part in parts for one in part.iter(qn("w:pPr")) for node in one}
    run_looks = {local(node) for part in parts for one in part.iter(qn("w:rPr")) for node in one}
    assert paragraph_looks <= OF_PLACES and run_looks <= OF_WORDS
    for part in parts:
        captions = part.xpath("//w:p[w:pPr/w:pStyle/@w:val='TableCaption']//w:b", namespaces={"w": nsmap["w"]})
        assert not captions


def is_text(name: str) -> bool:
    return name in ("word/document.xml", "word/header1.xml", "word/footer1.xml")
