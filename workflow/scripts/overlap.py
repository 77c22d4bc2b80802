"""Step: what the searches share, as a table that adds up and as an UpSet figure.

The figure follows Lex A, Gehlenborg N, Strobelt H, Vuillemot R, Pfister H (2014) UpSet: visualization of intersecting
sets. IEEE Trans Vis Comput Graph 20(12):1983-1992: one column a combination of searches, its bar the number of works
that exactly these searches found; one row a search, its bar the works that it found."""

from pathlib import Path

from prismake.common.records import read_clusters, read_records
from prismake.common.writing import write_bytes, write_rows, write_text
from prismake.dedup.overlap import DPI, WIDTH, count_sources, describe, draw, find_overlap
from prismake.figures.pictures import rasterise


def count_and_draw(
    *, records: Path, clusters: Path, fonts: list[Path], sources: Path, figure: Path, png: Path, alt: Path
) -> None:
    """Writes `sources` (one row a search, see `count_sources`) and the figure from all records and their works.

    The figure is `figure` (SVG), `png` (300 dpi at its printed size) and `alt` (its alternative text).
    """
    overlap = find_overlap(read_records(records, ("record_id", "search", "database")), read_clusters(clusters))
    write_rows(sources, *count_sources(overlap))
    drawing = draw(overlap)
    write_text(figure, drawing)
    write_bytes(png, rasterise(drawing.encode(), width=WIDTH, dpi=DPI, fonts=fonts))
    write_text(alt, describe(overlap) + "\n")


if "snakemake" in globals():
    from prismake.common.steps import run

    run(count_and_draw, globals()["snakemake"])
