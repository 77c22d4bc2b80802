"""JATS: valid by the DTD, every part in its element, nothing of the text lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from prismake.document.jats import Pictures, assemble, write_caption
from prismake.document.jats_front import ROLES, Journal, write_front
from prismake.document.jats_references import element_citation, list_ranges
from scripts.bibliography import bibliography

from tests.places import JOURNALS

from .conftest import Review
from .test_reference_lists import HERE
from .test_variants import with_parts


def parse(path: Path) -> Any:
    return etree.parse(path, etree.XMLParser(load_dtd=False, no_network=True))


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from .conftest import lay_out

    return parse(lay_out(tmp_path_factory.mktemp("jats")).jats())


def test_the_article_is_valid(article: Any, dtd: etree.DTD) -> None:
    assert dtd.validate(article), dtd.error_log


@pytest.mark.parametrize("journal", sorted(path.parent.name for path in JOURNALS.glob("*/profile.yaml")))
def test_the_article_is_valid_for_every_journal(review: Review, dtd: etree.DTD, journal: str) -> None:
    review.profile = JOURNALS / journal / "profile.yaml"
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    assert article.getroot().get("dtd-version") == "1.3"
    assert article.findtext(".//issn")
    # References that are cited by author and year have no numbers.
    assert bool(article.findall(".//ref/label")) == (journal != "eur-j-pain")
    # The date of publication is not the authors' to give.
    assert article.find(".//pub-date") is None


def test_a_journal_without_a_number_has_none(dtd: etree.DTD) -> None:
    article = etree.Element("article")
    journal = Journal("j", "J", "", {})
    write_front(article, {"title": "T"}, journal, [], [])
    assert article.find(".//issn") is None and article.find(".//permissions") is None


def test_money_and_rights_stand_in_the_front(review: Review, dtd: etree.DTD) -> None:
    head = (
        "permissions: {holder: The authors, year: 2026, license: 'https://creativecommons.org/licenses/by/4.0/'}\n"
        "funding:\n- {source: A Trust, awards: [A1, 7]}\n- {source: A State}\n"
    )
    review.edit(lambda text: text.replace("keywords:", f"{head}keywords:", 1))
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    assert [item.text for item in article.findall(".//funding-source")] == ["A Trust", "A State"]
    assert [item.text for item in article.findall(".//award-id")] == ["A1", "7"]
    assert article.findtext(".//funding-statement") == "There was no funding."
    assert article.findtext(".//copyright-statement") == "© 2026 The authors"
    href = "{http://www.w3.org/1999/xlink}href"
    assert article.find(".//license").get(href) == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("place", "name", "country"),
    [
        ({"name": "Clinic, City, Country"}, "Clinic, City", "Country"),
        ({"name": "Clinic, London, UK"}, "Clinic, London", "UK"),
        ({"name": "Clinic, Boston, MA"}, "Clinic, Boston, MA", None),
        ({"name": "Clinic, Boston, MA", "country": "USA"}, "Clinic, Boston, MA", "USA"),
        ({"name": "Clinic"}, "Clinic", None),
        ({"name": "Clinic, 75013 Paris"}, "Clinic, 75013 Paris", None),
    ],
    ids=["last", "short", "state", "given", "one part", "postcode"],
)
def test_an_affiliation_names_its_country(place: dict[str, str], name: str, country: str | None) -> None:
    article = etree.Element("article")
    write_front(article, {"affiliation": [{"id": 1, **place}]}, Journal("j", "J", "", {}), [], [])
    assert article.findtext(".//institution") == name
    assert article.findtext(".//country") == country


def test_addresses_for_letters_are_marked(article: Any) -> None:
    assert article.findtext(".//corresp/email") == "second@example.org"
    assert article.findtext(".//contrib/email") == "first@example.org"


def test_ranges_name_all_that_they_mean(article: Any) -> None:
    ranges = [node for node in article.iter("xref") if "–" in (node.text or "")]
    assert [(node.text, node.get("rid")) for node in ranges[:1]] == [
        ("3–5", "ref-cedar2003 ref-dogwood2004 ref-elm2005")
    ]
    for node in ranges:
        first, last = (int(number) for number in node.text.split("–"))
        assert len(node.get("rid").split()) == last - first + 1


def test_works_of_every_kind_are_valid(review: Review, dtd: etree.DTD) -> None:
    file = review.folder / "results/manuscript/references.json"
    made = review.folder / "kinds.json"
    bibliography(source=HERE / "kinds.bib", references=made)
    works = json.loads(made.read_text(encoding="utf-8"))
    file.write_text(json.dumps([*json.loads(file.read_text(encoding="utf-8")), *works]), encoding="utf-8")
    cited = "\n\n".join(f"Words [@{work['id']}]." for work in works)
    review.edit(lambda text: text.replace("# Methods\n", f"# Methods\n\n{cited}\n", 1))
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    assert len(article.findall(".//ref")) > len(works)


def test_pointers_that_are_no_range_stay_apart() -> None:
    text = """<article><p><xref ref-type="bibr" rid="a">A</xref>–<xref ref-type="bibr" rid="b">B</xref>
    <xref ref-type="fig" rid="fig-1">1</xref>–<xref ref-type="table" rid="tbl-2">2</xref></p><ref id="a"/><ref id="b"/>
    </article>"""
    made = etree.fromstring(text)
    list_ranges(made)
    assert len(made.findall(".//xref")) == 4


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
    pointers = [rid for node in article.iter("xref") for rid in node.get("rid").split()]
    assert pointers
    assert set(pointers) <= ids


def test_tables_and_figures_have_label_caption_and_notes(article: Any) -> None:
    table = article.find(".//table-wrap")
    assert table.findtext("label") == "Table 1"
    assert "".join(table.find("caption/title").itertext())
    assert table.find("table/thead") is not None
    figure = article.find(".//fig")
    assert figure.findtext("alt-text") == "Flow of reports: 12 identified, 7 excluded & < 6 included."
    href = "{http://www.w3.org/1999/xlink}href"
    # As the figures of the archive are named.
    assert [item.get(href) for item in figure.iter("graphic")] == ["figures/Figure_1.tif", "figures/Figure_1.pdf"]
    assert figure.findtext("caption/title") == "Selection of reports."
    assert figure.findtext("caption/p/bold") == "Boxes"


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
        (
            {
                "type": "article",
                "title": "<i>Über</i> Schmerz",
                "language": "de",
                "publisher": "medRxiv",
                "author": [{"family": "Doe"}, {"literal": "others"}],
                "accessed": {"date-parts": [[2022, 3, 4]]},
            },
            '<element-citation publication-type="preprint"><person-group person-group-type="author"><name><surname>Doe'
            '</surname></name><etal/></person-group><article-title xml:lang="de"><italic>Über</italic> Schmerz'
            '</article-title><publisher-name>medRxiv</publisher-name><date-in-citation content-type="access-date" '
            'iso-8601-date="2022-03-04">2022-03-04</date-in-citation></element-citation>',
        ),
        (
            {
                "type": "standard",
                "title": "Devices",
                "number": "ISO 1",
                "version": "2",
                "collection-title": "S",
                "note": "In German",
                "ISBN": "9",
            },
            '<element-citation publication-type="standard"><source>Devices</source><version>2</version><series>S'
            '</series><isbn>9</isbn><pub-id pub-id-type="std-designation">ISO 1</pub-id><comment>In German</comment>'
            "</element-citation>",
        ),
    ],
    ids=["article", "book", "unknown", "preprint", "standard"],
)
def test_an_entry_becomes_an_element_citation(item: dict[str, Any], expected: str) -> None:
    made = element_citation(item)
    assert etree.tostring(made, encoding="unicode") == expected.replace("<source></source>", "<source/>")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"page": "12-15, 20"}, {"fpage": "12", "lpage": "20", "page-range": "12-15, 20"}),
        ({"page": "S12–S18"}, {"fpage": "S12", "lpage": "S18"}),
        ({"page": "7"}, {"fpage": "7"}),
        ({"page": "e0248001"}, {"elocation-id": "e0248001"}),
        ({"page": "104", "eid": "104"}, {"elocation-id": "104"}),
        ({"page": "article 5"}, {"elocation-id": "article 5"}),
        ({}, {}),
    ],
    ids=["list", "range", "one", "electronic", "eid", "words", "none"],
)
def test_pages_are_taken_apart(item: dict[str, Any], expected: dict[str, str]) -> None:
    made = element_citation({"type": "article-journal", "container-title": "J", **item})
    tags = ("fpage", "lpage", "page-range", "elocation-id")
    assert {tag: made.findtext(tag) for tag in tags if made.find(tag) is not None} == expected


@pytest.mark.parametrize(
    ("caption", "title", "text"),
    [
        ("One title", "One title", None),
        ("A title. And <bold>more</bold>.", "A title.", "And more."),
        ("On <italic>E. coli</italic> here. Then more", "On E. coli here.", "Then more"),
        ("At p &lt; .05 vs. others", "At p < .05 vs. others", None),
    ],
    ids=["title", "text", "marked", "abbreviation"],
)
def test_the_first_sentence_of_a_caption_is_its_title(caption: str, title: str, text: str | None) -> None:
    made = etree.Element("caption")
    write_caption(made, [etree.fromstring(f"<p>{caption}</p>")])
    parts = {part.tag: "".join(str(word) for word in part.itertext()) for part in made}
    assert parts == {"title": title, **({"p": text} if text else {})}


def test_roles_are_those_of_credit(review: Review, dtd: etree.DTD) -> None:
    roles = ", ".join(ROLES)
    review.edit(lambda text: text.replace("name: First Author,", f"name: First Author, roles: [{roles}],"))
    article = parse(review.jats())
    assert dtd.validate(article), dtd.error_log
    made = article.findall(".//role")
    assert [role.text for role in made] == list(ROLES.values())
    credit = "https://credit.niso.org/"
    assert {role.get("vocab-identifier") for role in made} == {credit}
    assert [role.get("vocab-term-identifier") for role in made] == [
        f"{credit}contributor-roles/{role}/" for role in ROLES
    ]


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
    types = {"".join(item.find("title").itertext()): item.get("sec-type") for item in article.findall("body/sec")}
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
