"""Step: what the searches share, as a table that adds up and as an UpSet figure."""

from pathlib import Path

from prismake.common.arrow import coded
from prismake.common.records import read_clusters, read_record_batches
from prismake.common.results.records import SOURCES
from prismake.common.writing import write_bytes, write_text
from prismake.dedup.overlap import count_sources, find_overlap, shared_columns
from prismake.figures.overlap import DPI, WIDTH, describe, draw
from prismake.figures.pictures import rasterise


def overlap(
    *, records: Path, clusters: Path, fonts: list[Path], sources: Path, figure: Path, png: Path, alt: Path
) -> None:
    """Writes `sources` (one row per search, see `count_sources`) and the figure, from all records and their clusters.

    The figure is `figure` (SVG), `png` (300 dpi at its printed size) and `alt` (its alternative text).
    """
    few_texts = ("search", "database")
    imported = coded(read_record_batches(records, ("record_id", *few_texts)), few_texts)
    shared = find_overlap(imported, read_clusters(clusters))
    drawing = draw(shared)
    SOURCES.write(sources, count_sources(shared), shared_columns(shared))
    write_text(figure, drawing)
    write_bytes(png, rasterise(drawing.encode(), width=WIDTH, dpi=DPI, fonts=fonts))
    write_text(alt, describe(shared) + "\n")


if "snakemake" in globals():
    from prismake.common.steps import run

    run(overlap, globals()["snakemake"])
