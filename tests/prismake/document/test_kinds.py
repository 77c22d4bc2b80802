"""Every kind of work, set in the styles of the journals that ship."""

from __future__ import annotations

from typing import Any

import pytest
from prismake.document.csl import prepared_style
from prismake.document.kinds import Style, set_as

from tests.places import JOURNALS

STYLES = {path.parent.name: path for path in sorted(JOURNALS.glob("*/references.csl"))}
DATED = {"title": "A title", "issued": {"date-parts": [[2020]]}, "author": [{"family": "Doe", "given": "J"}]}
WEB = {"URL": "https://a.org", "accessed": {"date-parts": [[2021, 1, 2]]}}
# Kind of work -> the parts that a reader needs to find it, which every style prints.
NEEDED: dict[str, dict[str, Any]] = {
    "article-journal": {"container-title": "J", "volume": "1", "page": "e5"},
    "article-newspaper": {"container-title": "The Sun", **WEB},
    "article": {"publisher": "medRxiv", "DOI": "10.1/x"},
    "book": {"publisher": "P", "edition": "2", "volume": "3"},
    "chapter": {"container-title": "B", "publisher": "P", "edition": "2", "page": "1-2"},
    "paper-conference": {"container-title": "B", "publisher": "P", "page": "1-2"},
    "thesis": {"publisher": "U", "genre": "PhD thesis", "URL": "https://a.org"},
    "report": {"publisher": "P", "number": "NG226", **WEB},
    "standard": {"publisher": "ISO", "number": "ISO 1"},
    "patent": {"number": "US 1"},
    "software": {"publisher": "P", "version": "4.3", "URL": "https://a.org"},
    "dataset": {"publisher": "Zenodo", "version": "1", "DOI": "10.1/x"},
    "webpage": WEB,
    "document": {"publisher": "A leaflet"},
    "pamphlet": {"publisher": "P"},
    "manuscript": {"publisher": "Unpublished data"},
    "song": {"URL": "https://a.org"},
}
# What a style leaves out by its own rules.
LEFT_OUT = {
    ("bmj", "book"): {"volume"},
    ("frontiers-in-surgery", "book"): {"volume"},
    ("plos-one", "book"): {"volume"},
    ("systematic-reviews", "book"): {"volume"},
    ("eur-j-pain", "book"): {"volume"},
    ("j-clin-med", "webpage"): {"issued"},
}


@pytest.fixture(scope="module", params=STYLES)
def journal(request: pytest.FixtureRequest) -> tuple[str, Style]:
    return request.param, Style(prepared_style(STYLES[request.param].read_bytes()))


@pytest.mark.parametrize("kind", NEEDED)
def test_every_part_by_which_a_work_is_found_is_printed(journal: tuple[str, Style], kind: str) -> None:
    name, style = journal
    made = set_as({**DATED, **NEEDED[kind], "type": kind}, style)
    printed = " ".join(str(made[part]) for part in style.prints(made))
    lost = {
        part
        for part, value in {**DATED, **NEEDED[kind]}.items()
        if str(value) not in printed and not (part == "accessed" and "URL" in style.prints(made))
    }
    assert lost == LEFT_OUT.get((name, kind), set())


def test_a_volume_without_an_edition_takes_its_place(journal: tuple[str, Style]) -> None:
    style = journal[1]
    made = set_as({**DATED, "type": "book", "publisher": "P", "volume": "3"}, style)
    assert "3" in " ".join(str(made[part]) for part in style.prints(made))


def test_a_suffix_has_a_stop_where_initials_have_one(journal: tuple[str, Style]) -> None:
    name, style = journal
    made = set_as({**DATED, "type": "book", "author": [{"family": "King", "suffix": "Jr."}]}, style)
    assert made["author"][0]["suffix"] == ("Jr." if name in ("eur-j-pain", "j-clin-med") else "Jr")


def test_a_work_without_a_date_says_so(journal: tuple[str, Style]) -> None:
    style = journal[1]
    undated = {"type": "book", "title": "T", "publisher": "P"}
    assert set_as(undated, style)["issued"] == {"literal": "n.d."}
    read = set_as({"type": "webpage", "title": "T", **WEB}, style)
    assert ("issued" in read) == style.by_year


STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl">{macros}<citation><layout>{cited}</layout></citation>
<bibliography><layout>{layout}</layout></bibliography></style>"""


def style(layout: str, macros: str = "", cited: str = "") -> Style:
    return Style(STYLE.format(layout=layout, macros=macros, cited=cited).encode())


def test_what_a_style_prints_follows_its_conditions() -> None:
    layout = """<text macro="m"/><choose><if type="book report" match="any"><number variable="edition"/></if>
    <else-if variable="DOI URL" match="none"><text variable="page"/></else-if>
    <else-if is-numeric="volume"><text variable="volume"/></else-if><else><text variable="note"/></else></choose>"""
    macros = """<macro name="m"><names variable="author editor"><substitute><text variable="title"/></substitute>
    </names></macro>"""
    read = style(layout, macros)
    work = {"author": [{}], "title": "T", "edition": "2", "page": "1", "volume": "Suppl", "note": "N", "DOI": "d"}
    assert read.prints({**work, "type": "book"}) == {"author", "edition"}
    assert read.prints({**work, "type": "song"}) == {"author", "note"}
    assert read.prints({**work, "type": "song", "volume": "12a-14"}) == {"author", "volume"}
    assert read.prints({"title": "T", "page": "1", "type": "song"}) == {"title", "page"}


def test_a_style_of_authors_and_years_prints_dates_in_the_text() -> None:
    macros = '<macro name="y"><date variable="issued"/></macro>'
    assert style("", macros, '<group><text macro="y"/></group>').by_year
    assert not style('<text macro="y"/>', macros, '<text variable="citation-number"/>').by_year
