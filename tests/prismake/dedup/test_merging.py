import numpy as np
import pyarrow as pa
import pytest
from prismake.common.records import COLUMNS, split_list
from prismake.dedup import merging
from prismake.dedup.matching import match
from prismake.dedup.merging import Works, merged_values

from tests.prismake.dedup.conftest import ARTICLE, copy, frame_of, table_of, unique_of

FULL = copy(
    record_id="b", database="Full", search="full", keywords="spine; cement", pmid="99900001", url="http://one.example"
)
BARE = copy(
    record_id="a",
    database="Bare",
    search="bare",
    abstract="",
    number="",
    doi="",
    keywords="cement; brace",
    embase_id="L99900001",
    accession="L99900001",
    language="English",
    url="http://two.example",
)
OTHER = {
    "record_id": "c",
    "database": "Bare",
    "search": "bare",
    "title": "Another thing entirely",
    "accession": "L99900002",
}


def test_the_survivor_tells_most_then_the_smaller_id() -> None:
    frame = frame_of([BARE, FULL, OTHER])
    matching = match(table_of(frame))
    assert matching.survivor.tolist() == [1, 1, 2]
    twins = frame_of([copy(record_id="z"), copy(record_id="y")])
    assert match(table_of(twins)).survivor.tolist() == [1, 1]


def test_merged_fields_identifiers_and_sources() -> None:
    frame = frame_of([BARE, FULL, OTHER])
    unique = unique_of(frame)
    assert unique["record_id"].tolist() == ["b", "c"]
    first, second = unique.to_dict("records")
    assert first["language"] == "English"
    assert first["abstract"] == ARTICLE["abstract"]
    assert first["keywords"] == "spine; cement; brace"
    assert split_list(first["url"]) == ["http://one.example", "http://two.example"]
    assert first["embase_id"] == "L99900001"
    assert first["members"] == "b; a"
    assert first["sources"] == "Bare; Full"
    assert split_list(first["identifiers"]) == [
        "doi:10.5555/ejim.2014.417",
        "pmid:99900001",
        "embase_id:L99900001",
        "accession:L99900001",
    ]
    assert (second["members"], second["sources"], second["identifiers"]) == ("c", "Bare", "accession:L99900002")
    # Where the survivor comes from stays its own.
    assert first["database"] == "Full"
    assert first["accession"] == ""


def test_no_merge_loses_a_value_that_only_one_record_has() -> None:
    frame = frame_of([BARE, FULL])
    unique = unique_of(frame).iloc[0]
    for name in frame.columns:
        if name not in merging.OWN and (frame[name] != "").any():
            assert unique[name] != ""


def test_an_abstract_that_was_cut_off_gives_way() -> None:
    frame = frame_of([copy(abstract=ARTICLE["abstract"][:90], language="en", issn="1234-5679"), copy(number="")])
    unique = unique_of(frame)
    assert unique["abstract"].tolist() == [ARTICLE["abstract"]]


@pytest.mark.parametrize(
    ("years", "taken"),
    [
        # The survivor's year, unless more than half of the records agree on another.
        (["2014", "2013", "2014"], "2014"),
        (["2013", "2014", "2014"], "2014"),
        (["2013", "2014", ""], "2013"),
        (["2013", "2014", "2014", "2015"], "2013"),
        (["", "2014", "2013"], "2014"),
    ],
)
def test_the_year_is_that_of_most_records(years: list[str], taken: str) -> None:
    columns = {"record_id": list("abcde"[: len(years)]), "year": years}
    table = pa.table({name: columns.get(name, [""] * len(years)) for name in COLUMNS})
    rows = np.arange(len(years))
    year = merged_values(table, rows, Works(rows, np.array([0])))["year"].get(0, years[0])
    assert year == taken
