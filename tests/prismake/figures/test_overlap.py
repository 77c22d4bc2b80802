from pathlib import Path
from xml.etree import ElementTree

from PIL import Image
from prismake.common.writing import read_rows, write_rows
from prismake.dedup.overlap import combinations
from prismake.figures.overlap import DPI, WIDTH, describe, draw
from scripts.overlap import overlap as overlap_step

from tests.places import FONTS
from tests.prismake.dedup.conftest import frame_of, overlap_of
from tests.records import write_parquet


def test_the_figure_is_well_formed_and_the_same_every_time(tmp_path: Path) -> None:
    searches = [name for name in ("pub<med", "embase & co", "x") for _ in range(4)]
    works = [str(place % 7) for place in range(12)]
    frame = frame_of([{"search": name, "database": name.upper()} for name in searches])
    write_parquet(tmp_path / "records.parquet", frame)
    rows = [{"record_id": record, "cluster": work} for record, work in zip(frame["record_id"], works, strict=True)]
    write_rows(tmp_path / "clusters.csv", ("record_id", "cluster"), rows)
    for name in ("one", "two"):
        overlap_step(
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
        assert picture.width == round(WIDTH / 72 * DPI)
        assert round(picture.info["dpi"][0]) == DPI
    assert "works" in (tmp_path / "one.txt").read_text()
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert b"EMBASE &amp; CO" in drawn
    assert read_rows(tmp_path / "sources.csv")[-1]["works"] == "7"


def test_many_combinations_end_in_one_column_for_the_rest() -> None:
    names = "abcdef"
    result = overlap_of(
        [name for work in range(64) for name in names if work >> names.index(name) & 1],
        [name for work in range(64) for name in names if work >> names.index(name) & 1],
        [str(work) for work in range(64) for name in names if work >> names.index(name) & 1],
    )
    assert len(combinations(result)) == 63
    assert draw(result).count("others") == 1


def test_the_figure_in_words_names_every_combination_with_its_number() -> None:
    result = overlap_of(["a", "b", "b", "a"], ["A", "B", "B", "A"], ["1", "1", "2", "3"])
    assert describe(result) == "Overlap of 2 searches: 3 works, 1 by A alone, 1 by B alone, 1 by A and B."
