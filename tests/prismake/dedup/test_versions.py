"""A preprint and its article are two reports: linked, not merged, and not queued."""

from __future__ import annotations

import pyarrow as pa
import pytest
from prismake.dedup.tables import link_rows

from tests.prismake.dedup.conftest import ARTICLE, Record, copy, frame_of, run, table_of

PREPRINT = copy(journal="medRxiv", doi="10.1101/2013.05.06.99900001", volume="", number="", pages="", year="2013")


def links(*records: Record) -> list[tuple[str, str]]:
    rows = link_rows(run(records), lambda rows: table_of(frame_of(records)).take(pa.array(rows)))
    return [(str(row["preprint"]), str(row["article"])) for row in rows]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"doi": ""},
        {"doi": "", "year": "2014"},
        {"doi": "", "journal": "", "publication_types": "Preprint"},
        {"journal": "", "doi": "10.48550/arXiv.1305.00001"},
        {"title": ARTICLE["title"].split(":")[0]},
        {"title": ARTICLE["title"].replace("painful", "osteoporotic")},
        {"author": "Okafor, Ada B; Lindqvist, Per"},
        {"abstract": ""},
        {"doi": "", "abstract": ""},
    ],
)
def test_a_preprint_is_linked_to_its_article(change: Record) -> None:
    matching = run([copy(), PREPRINT | change])
    assert matching.roots[0] != matching.roots[1]
    assert not matching.questions
    assert links(copy(), PREPRINT | change) == [("r1", "r0")]
    assert links(PREPRINT | change, copy()) == [("r0", "r1")]


@pytest.mark.parametrize(
    "change",
    [
        {"author": "Moreau, Luc; Haddad, Samir"},
        {"title": "Balance training after hip fracture: a trial in two towns", "abstract": ""},
        {"year": "2003"},
        {
            "abstract": "Balance training in two towns: "
            + "we counted steps, falls and stairs of walkers in winter. " * 4
        },
    ],
)
def test_another_work_is_not_linked(change: Record) -> None:
    assert links(copy(), PREPRINT | change) == []


def test_copies_of_both_make_one_link_of_their_survivors() -> None:
    assert links(copy(), PREPRINT, copy(title=ARTICLE["title"].upper()), PREPRINT | {"abstract": ""}) == [("r1", "r0")]


def test_one_doi_is_one_report() -> None:
    matching = run([copy(), copy(journal="medRxiv", volume="", number="", pages="")])
    assert matching.roots[0] == matching.roots[1]
    assert not matching.versions


@pytest.mark.parametrize("place", [{"volume": "31"}, {"pages": "417-425"}])
def test_an_article_with_the_doi_of_a_server_is_an_article(place: Record) -> None:
    bare = copy(abstract="", volume="", number="", pages="", doi="")
    matching = run([bare | place, bare | place | {"doi": "10.2139/ssrn.99900001"}])
    assert matching.roots[0] == matching.roots[1]
    assert not matching.versions
