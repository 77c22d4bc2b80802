from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from prismake.common.writing import read_rows, write_rows
from prismake.dedup import overlap
from scripts.overlap import count_and_draw

from tests.places import FONTS
from tests.prismake.dedup.conftest import frame_of
from tests.records import write_parquet

SEARCHES = ["a", "a", "b", "b", "b", "c"]
WORKS = ["1", "1", "1", "2", "3", "4"]


def overlap_of(searches: Sequence[str], databases: Sequence[str], works: Sequence[str]) -> overlap.Overlap:
    """The overlap of records that are given as three columns."""
    records = [
        {"record_id": str(place), "search": search, "database": database}
        for place, (search, database) in enumerate(zip(searches, databases, strict=True))
    ]
    return overlap.find_overlap(records, {str(place): work for place, work in enumerate(works)})


def test_counts_of_each_search() -> None:
    columns, rows = overlap.count_sources(overlap_of(SEARCHES, [s.upper() for s in SEARCHES], WORKS))
    assert columns[-3:] == ["with_a", "with_b", "with_c"]
    a, b, c, together = rows
    assert (a["records"], a["duplicates_within"], a["works"], a["unique"], a["with_b"]) == (2, 1, 1, 0, 1)
    assert (b["records"], b["works"], b["unique"], b["shared"]) == (3, 3, 2, 1)
    assert (c["unique"], c["with_a"]) == (1, 0)
    assert (together["records"], together["works"], together["duplicates_within"]) == (6, 4, 2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 8)), max_size=40))
def test_counts_add_up(records: list[tuple[str, int]]) -> None:
    found = overlap_of([s for s, _ in records], [s for s, _ in records], [str(work) for _, work in records])
    _, rows = overlap.count_sources(found)
    *each, together = rows
    for row in rows:
        assert int(row["records"]) == int(row["works"]) + int(row["duplicates_within"])
        assert int(row["works"]) == int(row["unique"]) + int(row["shared"])
    assert together["records"] == sum(int(row["records"]) for row in each) == len(records)
    assert together["unique"] == sum(int(row["unique"]) for row in each)
    assert together["works"] == sum(size for _, size in overlap.combinations(found))


def test_two_searches_of_one_database_are_told_apart() -> None:
    found = overlap_of(["old", "new", "x"], ["PubMed", "PubMed", "Other"], ["1", "1", "2"])
    assert found.labels == {"old": "PubMed (old)", "new": "PubMed (new)", "x": "Other"}


def test_the_figure_is_well_formed_and_the_same_every_time(tmp_path: Path) -> None:
    searches = [name for name in ("pub<med", "embase & co", "x") for _ in range(4)]
    works = [str(place % 7) for place in range(12)]
    frame = frame_of([{"search": name, "database": name.upper()} for name in searches])
    write_parquet(tmp_path / "records.parquet", frame)
    rows = [{"record_id": record, "cluster": work} for record, work in zip(frame["record_id"], works, strict=True)]
    write_rows(tmp_path / "clusters.csv", ("record_id", "cluster"), rows)
    for name in ("one", "two"):
        count_and_draw(
            records=tmp_path / "records.parquet",
            clusters=tmp_path / "clusters.csv",
            sources=tmp_path / "sources.csv",
            fonts=FONTS,
            figure=tmp_path / f"{name}.svg",
            png=tmp_path / f"{name}.png",
            alt=tmp_path / f"{name}.txt",
        )
    drawn = (tmp_path / "one.svg").read_bytes()
    assert drawn == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.width == round(overlap.WIDTH / 72 * overlap.DPI)
        assert round(picture.info["dpi"][0]) == overlap.DPI
    assert "works" in (tmp_path / "one.txt").read_text()
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert b"EMBASE &amp; CO" in drawn
    assert read_rows(tmp_path / "sources.csv")[-1]["works"] == "7"


def test_many_combinations_end_in_one_column_for_the_rest() -> None:
    names = "abcdef"
    found = overlap_of(
        [name for work in range(64) for name in names if work >> names.index(name) & 1],
        [name for work in range(64) for name in names if work >> names.index(name) & 1],
        [str(work) for work in range(64) for name in names if work >> names.index(name) & 1],
    )
    assert len(overlap.combinations(found)) == 63
    assert overlap.draw(found).count("others") == 1
