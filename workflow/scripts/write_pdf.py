"""Step: the manuscript as PDF, through Typst."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from prismake.common.writing import write_bytes
from prismake.document.blinding import blinded_references, check_blinded, identity_of
from prismake.document.conversion import Job, run_pandoc, settings_for
from prismake.document.matter import read_head, read_matter
from prismake.document.pdf import attachments_of, compile_pdf, families_of, places_of, template_settings
from prismake.document.variants import edition_of
from prismake.figures.figure import read_figures
from prismake.review.journal import ProfileFiles, read_profile


def write_pdf(
    *,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    profile: ProfileFiles,
    schema: Path,
    csl: Path,
    filters: list[Path],
    template: Path,
    fonts: list[Path],
    pdf: Path,
    variant: str = "whole",
    evidence: Sequence[Path] = (),
    records: Sequence[Path] = (),
) -> None:
    """Writes the PDF of a manuscript in the look that a journal asks for, or a variant of it.

    `filters`: the Lua files prepare, citations, select, columns, typst and settings. `evidence` (values.json,
    flow.json, config.yaml) is attached to the file whole, `records` (exports, records, clusters, screening) by
    checksum, where the variant carries them; a blinded copy does not. Raises BuildStop for an unknown citation key, a
    missing figure, an unresolved cross-reference, a table that no page can hold, or a blinded copy that tells who
    wrote it.
    """
    edition = edition_of(read_profile(profile, schema), variant)
    found = read_figures(figures, edition.page, edition.profile["figures"]["min_dpi"])
    matter, identity = read_matter(manuscript), identity_of(read_head(manuscript))
    with tempfile.TemporaryDirectory() as folder:
        cited = references
        if edition.blinded:
            matter = replace(matter, authors=())
            cited = blinded_references(references, identity, edition.profile, Path(folder))
        text = manuscript.read_text(encoding="utf-8") + cited.read_text(encoding="utf-8")
        settings = settings_for(edition, text=text, fonts=fonts, figures=found, vector=True)
        body = run_pandoc(Job(manuscript, cited, csl, filters, "typst", settings), to="typst-smart-citations")
    day = datetime(matter.date.year, matter.date.month, matter.date.day, tzinfo=UTC)
    attached = attachments_of(evidence, records) if edition.evidence else {}
    families = families_of(edition.profile, fonts)
    told = template_settings(settings, matter, [about for _, about in attached.values()], families, variant)
    contents = {name: content for name, (content, _) in attached.items()}
    places = partial(places_of, manuscript=manuscript, references=references, figures=found.values())
    content = compile_pdf(body.decode(), template, told, found, fonts, day, contents, places)
    if edition.blinded:
        check_blinded(content, identity, pdf, manuscript)
    write_bytes(pdf, content)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_pdf, globals()["snakemake"])
