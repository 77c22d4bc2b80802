"""Step: the authors' own figures, checked, made safe, and in the forms that both documents take."""

from pathlib import Path
from typing import Any

from lxml import etree
from prismake.common.errors import BuildStop, Issue
from prismake.common.results.manuscript import FIGURES
from prismake.common.writing import write_bytes
from prismake.common.yaml_files import load_yaml
from prismake.figures.drawings import drawn_size, raster_of, take_in_drawing
from prismake.figures.figure import printed_size
from prismake.figures.rasters import FORMATS, take_in_raster
from prismake.figures.taking_in import DRAWING_DPI, KINDS, kind_of_drawing
from prismake.review.journal import ProfileFiles, page_of, read_profile


def _entry(source: Path, files: list[Path], kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    vector = next((file.as_posix() for file in files if file.suffix == ".svg"), None)
    raster = next(file.as_posix() for file in files if file.suffix != ".svg")
    return {
        "id": files[0].stem,
        "source": source.as_posix(),
        "file": vector or raster,
        "raster": raster,
        "kind": settings.get("kind") or kind,
        "width_mm": settings.get("width_mm"),
    }


def take_in(
    *,
    sources: list[Path],
    metadata: Path,
    profile: ProfileFiles,
    schema: Path,
    fonts: list[Path],
    files: list[Path],
    about: Path,
) -> None:
    """Writes `files`, for each of `sources` those of its stem, and `about`, the JSON list that says what each is.

    A picture of pixels becomes one PNG or JPEG; a drawing (SVG, PDF, DOT) an SVG, and a PNG of 600 dpi or more at the
    size in which it prints on the page of the journal's `profile`. `metadata` may say a figure's `kind` and
    `width_mm`. Raises BuildStop with every figure that cannot be taken in.
    """
    settings = (load_yaml(metadata) or {}).get("figures") or {}
    journal = read_profile(profile, schema)
    page, dpi = page_of(journal), max(DRAWING_DPI, journal["figures"]["min_dpi"])
    entries: list[dict[str, Any]] = []
    written: list[tuple[Path, bytes]] = []
    issues: list[Issue] = []
    for source in sources:
        mine = [file for file in files if file.stem == source.stem]
        own = settings.get(source.stem) or {}
        kind = "combined"
        try:
            if source.suffix.lower() in FORMATS:
                content, picture = take_in_raster(source, mine[0])
                written.append((mine[0], content))
                kind = KINDS[picture.mode]
            else:
                root = take_in_drawing(source, fonts)
                svg = etree.tostring(root, encoding="utf-8", xml_declaration=True)
                width, _ = printed_size(drawn_size(root), own.get("width_mm"), page)
                raster = raster_of(root, fonts, width, dpi, source.as_posix())
                kind = kind_of_drawing(svg)
                written += [(file, svg if file.suffix == ".svg" else raster) for file in mine]
        except BuildStop as problem:
            issues += problem.issues
        entries.append(_entry(source, mine, kind, own))
    if issues:
        raise BuildStop(issues)
    for file, content in written:
        write_bytes(file, content)
    FIGURES.write(about, entries)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(take_in, globals()["snakemake"])
