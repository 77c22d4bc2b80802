"""the manuscript as Word document, through pandoc."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.writing import rewrite_zip
from prismake.document.blinding import blinded_references, identity_of
from prismake.document.conversion import CELL_PADDING_PT, Job, run_pandoc, settings_for
from prismake.document.matter import read_head, read_matter
from prismake.document.styles import reference_document
from prismake.document.variants import Edition
from prismake.document.word import finish
from prismake.figures.figure import Figure, read_figures


def coarse_figures(figures: dict[str, Figure], profile: dict[str, Any]) -> list[Issue]:
    """Pictures sharp enough for the document, but not for the separate files that the journal asks for."""
    asked = profile["figures"]["dpi"]
    return [
        Issue(
            "figure-resolution",
            f"{figure.dpi:.0f} pixels per inch; {profile['name']} takes {asked[figure.kind]} for figures of this kind",
            figure.raster.as_posix(),
            "export it with more pixels, or print it smaller (width_mm)",
            "warning",
        )
        for figure in figures.values()
        # A drawing is drawn at any resolution.
        if figure.vector is None and figure.dpi < asked[figure.kind] * 0.99
    ]


def works_of(references: Path) -> dict[str, str]:
    """Each work of the bibliography by its key, as JSON in one line: what a live citation carries of it."""
    items = json.loads(references.read_text(encoding="utf-8"))
    return {item["id"]: json.dumps(item, ensure_ascii=False, sort_keys=True) for item in items}


def docx_of(
    edition: Edition,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    csl: Path,
    filters: list[Path],
    fonts: list[Path],
) -> bytes:
    """The Word document of one edition of a manuscript. Raises BuildStop as `write_docx` does."""
    found = read_figures(figures, edition.page, edition.profile["figures"]["min_dpi"])
    matter = read_matter(manuscript)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if edition.blinded:
            matter = replace(matter, authors=())
            identity = identity_of(read_head(manuscript))
            references = blinded_references(references, identity, edition.profile, folder)
        text = manuscript.read_text(encoding="utf-8") + references.read_text(encoding="utf-8")
        settings = settings_for(edition, text=text, fonts=fonts, figures=found, vector=False)
        if edition.profile["citations"]["live"] == "zotero":
            settings["works"] = works_of(references)
        styles = folder / "styles.docx"
        styles.write_bytes(reference_document(edition.profile, edition.page, matter.language, CELL_PADDING_PT))
        job = Job(manuscript, references, csl, filters, "word", settings)
        content = run_pandoc(job, to="docx", options=[f"--reference-doc={styles}"])
    finished = finish(content, edition, matter, found)
    return rewrite_zip(finished, first=["[Content_Types].xml"])
