"""Step: the manuscript as PDF, through Typst."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst
from prismake.common.errors import BuildStop, Issue
from prismake.common.writing import write_bytes
from prismake.document.conversion import Job, run_pandoc, settings_for
from prismake.document.figures import VENDORED, Figure, read_figures, with_fonts
from prismake.document.matter import Matter, read_matter
from prismake.document.profile import read_profile
from prismake.document.typesetting import MAIN, typeset
from prismake.document.variants import edition_of

# Accessible (tags, alt text, language) and archivable (all fonts embedded, no dependence on the outside).
STANDARDS = ["ua-1", "a-3a"]
START = '#import "manuscript.typ": *\n#show: manuscript\n'


def template_settings(settings: dict[str, Any], matter: Matter) -> dict[str, Any]:
    """What the template reads: profile, page and properties of the document."""
    return {
        "profile": settings["profile"],
        "page": settings["page"],
        "matter": {
            "title": matter.title,
            "short_title": matter.short_title,
            "authors": list(matter.authors),
            "keywords": list(matter.keywords),
            "language": matter.language,
            "date": [matter.date.year, matter.date.month, matter.date.day],
        },
    }


def fault_of(fault: typst.TypstError, template: Path) -> Issue:
    """Typst's complaint for a person. A letter that no font has is by far the likeliest."""
    missing = re.search(r'the text `"(.+?)"` could not be displayed with font `"(.+?)"`', fault.message)
    if missing:
        codes = ", ".join(f"U+{ord(letter):04X}" for letter in missing[1])
        message = f"the font {missing[2]} has no glyph for '{missing[1]}' ({codes})"
        fix = "write it in Latin letters or as a word; look for it in the text, the tables and the references"
        return Issue("missing-glyph", message, "PDF", fix)
    return Issue("pdf", fault.diagnostic.strip(), template.name, "this is likely a fault in Prismake; please report it")


def compile_pdf(
    body: str, template: Path, settings: dict[str, Any], figures: dict[str, Figure], fonts: list[Path], day: datetime
) -> bytes:
    """Compiles Typst: it sees the files given here, the vendored fonts, and nothing else.

    Raises BuildStop with Typst's message.
    """
    files = {
        MAIN: START.encode() + body.encode(),
        "manuscript.typ": template.read_bytes(),
        "settings.json": json.dumps(settings).encode(),
    }
    for figure in figures.values():
        files[figure.main.name] = with_fonts(figure.vector, VENDORED) if figure.vector else figure.raster.read_bytes()
    try:
        pdf, warnings = typeset(files, fonts, standards=STANDARDS, day=day)
    except typst.TypstError as fault:
        raise BuildStop(fault_of(fault, template)) from None
    if warnings:
        issues = [Issue("pdf", str(warning), template.as_posix(), "; ".join(warning.hints)) for warning in warnings]
        raise BuildStop(issues)
    return pdf


def write_pdf(
    *,
    manuscript: Path,
    references: Path,
    figures: list[Path],
    profile: Path,
    schema: Path,
    csl: Path,
    filters: list[Path],
    template: Path,
    fonts: list[Path],
    pdf: Path,
    variant: str = "whole",
) -> None:
    """Writes the PDF of a manuscript in the look that a journal asks for.

    `filters`: the Lua files prepare, citations, select, columns, typst and settings. Raises BuildStop for an unknown
    citation key, a missing figure, an unresolved cross-reference, or a table that no page can hold.
    """
    journal = read_profile(profile, schema)
    edition = edition_of(journal, variant)
    found = read_figures(figures, edition.page, journal["figures"]["min_dpi"])
    matter = read_matter(manuscript)
    text = manuscript.read_text(encoding="utf-8") + references.read_text(encoding="utf-8")
    settings = settings_for(edition, text=text, fonts=fonts, figures=found, vector=True)
    body = run_pandoc(Job(manuscript, references, csl, filters, "typst", settings), to="typst-smart-citations")
    day = datetime(matter.date.year, matter.date.month, matter.date.day, tzinfo=UTC)
    write_bytes(pdf, compile_pdf(body.decode(), template, template_settings(settings, matter), found, fonts, day))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_pdf, globals()["snakemake"])
