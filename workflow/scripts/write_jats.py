"""Step: the manuscript as JATS XML, through pandoc."""

import json
import tempfile
from pathlib import Path
from typing import Any

import yaml
from prismake.common.writing import write_bytes
from prismake.document.conversion import Job, run_pandoc, settings_for
from prismake.document.demands import roles_in
from prismake.document.jats import Journal, assemble
from prismake.document.jats_parts import PLAIN, TEMPLATE, alternative_texts, declarations_in, own_abstract
from prismake.document.variants import edition_of
from prismake.figures.figure import read_figures
from prismake.review.journal import ProfileFiles, read_profile


def write_jats(
    *,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    profile: ProfileFiles,
    schema: Path,
    csl: Path,
    filters: list[Path],
    fonts: list[Path],
    jats: Path,
) -> None:
    """Writes the manuscript as JATS 1.1.

    `filters`: the Lua files prepare, citations, select, columns, jats and settings. Raises BuildStop as the writers of
    the other documents do.
    """
    journal = read_profile(profile, schema)
    text = manuscript.read_text(encoding="utf-8")
    head: dict[str, Any] = yaml.safe_load(text.split("---\n", 2)[1])
    edition = edition_of(
        {**journal, **PLAIN, "abstract": own_abstract(journal["abstract"], head.get("abstract"))}, "whole"
    )
    found = read_figures(figures, edition.page, journal["figures"]["min_dpi"])
    words = text + references.read_text(encoding="utf-8")
    settings = settings_for(edition, text=words, fonts=fonts, figures=found, vector=True)
    about = Journal(
        (profile if isinstance(profile, Path) else profile[0]).parent.name,
        journal["name"],
        journal.get("publisher", ""),
        {"tbl": journal["tables"]["label"], "fig": journal["figures"]["label"]},
    )
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "article.jats"
        template.write_text(TEMPLATE, encoding="utf-8")
        job = Job(manuscript, references, csl, filters, "jats", settings)
        written = run_pandoc(job, to="jats_publishing", options=[f"--template={template}"])
    items = json.loads(references.read_text(encoding="utf-8"))
    write_bytes(
        jats, assemble(written, head, about, items, declarations_in(text), alternative_texts(text), roles_in(text))
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_jats, globals()["snakemake"])
