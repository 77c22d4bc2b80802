"""Step: the manuscript as Word document, through pandoc."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.steps import warn
from prismake.common.writing import rewrite_zip, write_bytes
from prismake.document.blinding import blinded_references, check_blinded, identity_of
from prismake.document.conversion import CELL_PADDING_PT, Job, run_pandoc, settings_for
from prismake.document.demands import unmet
from prismake.document.figures import Figure, read_figures
from prismake.document.matter import read_head, read_matter
from prismake.document.profile import read_profile
from prismake.document.styles import reference_document
from prismake.document.variants import Edition, edition_of
from prismake.document.word import finish


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


def _tell_demands(manuscript: Path, references: Path, figures: list[Path], edition: Edition) -> None:
    """Warns of everything that the journal asks for and does not get."""
    matter, works = read_matter(manuscript), json.loads(references.read_text(encoding="utf-8"))
    text = manuscript.read_text(encoding="utf-8")
    found = read_figures(figures, edition.page, edition.profile["figures"]["min_dpi"])
    told = unmet(matter, edition.profile, text, len(works), manuscript.as_posix())
    for issue in [*told, *coarse_figures(found, edition.profile)]:
        warn(issue)


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


def write_docx(
    *,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    profile: Path,
    schema: Path,
    csl: Path,
    filters: list[Path],
    fonts: list[Path],
    docx: Path,
    variant: str = "whole",
) -> None:
    """Writes the Word document of a manuscript in the look that a journal asks for, or a variant of it.

    `filters`: the Lua files prepare, citations, select, columns, word and settings; `fonts` are measured, not embedded.
    Raises BuildStop for an unknown citation key, a missing figure, an unresolved cross-reference, a table that no
    page can hold, or a blinded copy that tells who wrote it.
    """
    journal = read_profile(profile, schema)
    edition = edition_of(journal, variant)
    if variant == "whole":
        _tell_demands(manuscript, references, figures, edition)
    content = docx_of(edition, manuscript, references, figures, csl, filters, fonts)
    if edition.blinded:
        check_blinded(content, identity_of(read_head(manuscript)), docx, manuscript)
    write_bytes(docx, content)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_docx, globals()["snakemake"])
