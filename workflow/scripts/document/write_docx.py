"""Step: the manuscript as Word document, through pandoc."""

import json
import tempfile
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.steps import warn
from prismake.common.writing import rewrite_zip, write_bytes
from prismake.document.conversion import CELL_PADDING_PT, Job, run_pandoc, settings_for
from prismake.document.figures import Figure, read_figures
from prismake.document.matter import Matter, read_matter
from prismake.document.profile import read_profile
from prismake.document.styles import reference_document
from prismake.document.variants import edition_of
from prismake.document.word import finish


def journal_limits(matter: Matter, profile: dict[str, Any], where: str) -> list[Issue]:
    """What the journal would send back: an abstract that is too long, too few or too many keywords."""
    issues = []
    limit, words = profile["abstract"]["max_words"], matter.abstract_words
    if words is not None and words > limit:
        message = f"the abstract has {words} words; {profile['name']} takes {limit}"
        issues.append(Issue("abstract-length", message, where, "shorten it", "warning"))
    least, most = profile["keywords"]["min"], profile["keywords"]["max"]
    if not least <= len(matter.keywords) <= most:
        message = f"{len(matter.keywords)} keywords; {profile['name']} takes {least} to {most}"
        issues.append(Issue("keywords", message, where, "change keywords in manuscript/metadata.yaml", "warning"))
    return issues


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
    """Writes the Word document of a manuscript in the look that a journal asks for.

    `filters`: the Lua files prepare, citations, select, columns, word and settings; `fonts` are measured, not embedded.
    Raises BuildStop for an unknown citation key, a missing figure, an unresolved cross-reference, or a table that no
    page can hold.
    """
    journal = read_profile(profile, schema)
    edition = edition_of(journal, variant)
    found = read_figures(figures, edition.page, journal["figures"]["min_dpi"])
    matter = read_matter(manuscript)
    for issue in [*journal_limits(matter, journal, manuscript.as_posix()), *coarse_figures(found, journal)]:
        warn(issue)
    text = manuscript.read_text(encoding="utf-8") + references.read_text(encoding="utf-8")
    settings = settings_for(edition, text=text, fonts=fonts, figures=found, vector=False)
    if edition.profile["citations"]["live"] == "zotero":
        settings["works"] = works_of(references)
    with tempfile.TemporaryDirectory() as folder:
        styles = Path(folder) / "styles.docx"
        styles.write_bytes(reference_document(edition.profile, edition.page, matter.language, CELL_PADDING_PT))
        job = Job(manuscript, references, csl, filters, "word", settings)
        content = run_pandoc(job, to="docx", options=[f"--reference-doc={styles}"])
    write_bytes(
        docx, rewrite_zip(finish(content, edition.profile, edition.page, matter, found), first=["[Content_Types].xml"])
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_docx, globals()["snakemake"])
