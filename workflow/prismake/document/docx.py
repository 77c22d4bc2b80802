"""The manuscript as a Word document, through pandoc."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.writing import zip_of
from prismake.document.arranging import Arranged, Work
from prismake.document.conversion import CELL_PADDING_PT, Writer, filter_of, writer_settings
from prismake.document.documents import Source, written
from prismake.document.matter import matter_of
from prismake.document.styles import reference_document
from prismake.document.variants import Edition
from prismake.document.word import finish
from prismake.figures.figure import Figure
from prismake.manuscript import tree
from prismake.manuscript.walking import walk


def coarse_figures(figures: dict[str, Figure], profile: dict[str, Any]) -> list[Issue]:
    """Pictures sharp enough for the document, but not for the separate files that the journal asks for."""
    least = profile["figures"]["dpi"]
    return [
        Issue(
            "figure-resolution",
            f"{figure.dpi:.0f} pixels per inch; {profile['name']} takes {least[figure.kind]} for figures of this kind",
            figure.raster.as_posix(),
            "export it with more pixels, or print it smaller (width_mm)",
            "warning",
        )
        for figure in figures.values()
        # A drawing is drawn at any resolution.
        if figure.vector is None and figure.dpi < least[figure.kind] * 0.99
    ]


def _live_works(works: list[Work]) -> dict[str, str]:
    """Each work of the bibliography by its key, as JSON in one line: what a live citation carries of it."""
    return {work["id"]: json.dumps(work, ensure_ascii=False, sort_keys=True) for work in works}


def docx_of(source: Source, made: Arranged, edition: Edition) -> bytes:
    """The Word document of one edition of a manuscript. Raises BuildStop as `write_docx` does."""
    matter = matter_of(source.manuscript)
    if edition.blinded:
        matter = replace(matter, authors=())
    settings = writer_settings(edition, source.figures, vector=False)
    settings["quotations"] = any(isinstance(node, tree.BlockQuote) for node in walk(made.blocks))
    custom = b""
    if edition.profile["citations"]["live"] == "zotero":
        # It loads a module for the web, which takes as long as a table to set.
        from prismake.document.zotero import custom_properties

        settings["works"] = _live_works(source.works)
        custom = custom_properties(source.files.csl.read_bytes(), matter)
    with tempfile.TemporaryDirectory() as folder:
        styles = Path(folder) / "styles.docx"
        styles.write_bytes(reference_document(edition.profile, edition.page, matter.language, CELL_PADDING_PT))
        lua = filter_of(source.files.writer, "word")
        writer = Writer("docx", lua, settings, [f"--reference-doc={styles}"])
        content = written(made, edition, source.files.fonts, writer)
    return zip_of(finish(content, edition, matter, source.figures, custom), first=["[Content_Types].xml"])
