"""The authors' own figures and fonts: their files beside the manuscript, and the files that each figure becomes."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

from prismake.common.errors import Issue
from prismake.review.links import leads_out

FOLDER = "figures"
TAKEN_IN = Path("results/manuscript/figures")
# A picture of pixels stays one file; a drawing is an SVG with a raster beside it.
RASTERS = {".png": ".png", ".jpg": ".jpg", ".jpeg": ".jpg", ".tif": ".png", ".tiff": ".png"}
DRAWINGS = (".svg", ".pdf", ".dot", ".gv")
# Formats that are not accepted: a person who puts such a file there expects it to be printed.
OTHERS = (
    ".eps",
    ".ps",
    ".ai",
    ".psd",
    ".gif",
    ".bmp",
    ".webp",
    ".heic",
    ".heif",
    ".emf",
    ".wmf",
    ".cdr",
    ".pptx",
    ".jp2",
)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Fonts of the review's own, for letters that the vendored ones do not have.
FONTS = "fonts"
# The figure that Prismake draws of every review.
RESERVED = ("prisma",)


def figures_of(sections: Path) -> list[Path]:
    """The files of the `figures` folder beside the sections that are figures, sorted; none without that folder."""
    folder = sections / FOLDER
    if not folder.is_dir():
        return []
    known = {*RASTERS, *DRAWINGS}
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in known and file.name[0] != ".")


def fonts_of(sections: Path) -> list[Path]:
    """The fonts in the `fonts` folder beside the sections, sorted; none without that folder."""
    folder = sections / FONTS
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in (".ttf", ".otf") and file.is_file())


def taken_in(source: Path) -> list[Path]:
    """The files that a figure becomes, all with its stem."""
    suffix = source.suffix.lower()
    forms = [RASTERS[suffix]] if suffix in RASTERS else [".svg", ".png"]
    return [TAKEN_IN / f"{source.stem}{form}" for form in forms]


def figure_issues(sections: Path, plots: Container[str] = ()) -> list[Issue]:
    """Faults of the folder: names that cannot be referred to, two files of one name, formats that are not accepted.

    `plots` are the names of the plots that the build can draw, which no file may have.
    """
    folder = sections / FOLDER
    if not folder.is_dir():
        return []
    issues = []
    seen: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        where = file.as_posix()
        if file.suffix.lower() in OTHERS:
            fix = "export it as SVG or PDF (drawings), PNG, JPEG or TIFF (pictures)"
            issues.append(Issue("figure-form", f"{file.suffix} files are not accepted", where, fix))
    for file in figures_of(sections):
        where = file.as_posix()
        if not NAME.fullmatch(file.stem):
            fix = "use letters, digits, hyphens and underscores, as in approach-1.png"
            issues.append(Issue("figure-name", "its name cannot be referred to in the text", where, fix))
        elif file.stem in RESERVED:
            fix = "give it another name"
            issues.append(Issue("figure-name", f"'{file.stem}' is the name of the flow figure", where, fix))
        elif file.stem in plots:
            fix = "give it another name"
            issues.append(Issue("figure-name", f"'{file.stem}' is the name of a plot that the build draws", where, fix))
        elif other := seen.get(file.stem.lower()):
            message = f"has the same name as {other.name}, and the text refers to a figure by its name"
            issues.append(Issue("figure-name", message, where, "rename one of them, or put it elsewhere"))
        seen.setdefault(file.stem.lower(), file)
        # A link that leads out of the review is refused as such.
        if not leads_out(file) and not file.is_file():
            issues.append(Issue("missing-figure", "the file does not exist", where, "put the figure there"))
    return issues
