"""Step: the plots of meta-analyses and appraisals that the text places. Only this step loads matplotlib."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.common.results.synthesis import APPRAISAL, DIRECTIONS, META, PLOTS, STUDIES
from prismake.common.steps import report_issues
from prismake.common.writing import write_bytes, write_text
from prismake.figures.flow import DPI, FONTS, make_forms
from prismake.figures.letters import texts_without_glyphs
from prismake.figures.plots.drawing import Look, Material, Plot, draw_plot, full_names, look_of
from prismake.figures.plots.placeholder import draw_placeholder
from prismake.figures.plots.sheet import Drawing, alternative_of_page
from prismake.review.journal import ProfileFiles, read_profile
from prismake.review.plot_names import kind_and_subject
from prismake.synthesis.primary import primary_studies

OWN_FONT = "add an open font that can to the manuscript's folder fonts/"


@dataclass(frozen=True)
class Results:
    """What plots are drawn from: results/studies.json, and results/meta.json, results/directions.json and
    results/appraisal.json, each a list that is empty where the review has none."""

    extraction: Path
    meta: list[Path]
    directions: list[Path]
    appraisal: list[Path]

    def material(self, settings: Mapping[str, Any]) -> Material:
        """What they contain; `settings` has the columns `label` and `year`, and what stands `beside` effects."""
        extraction = STUDIES.read(self.extraction)
        names, labels = full_names(extraction, settings["label"], settings["year"])
        meta = META.read(self.meta[0]) if self.meta else {"analyses": {}, "failed": {}}
        appraisal = APPRAISAL.read(self.appraisal[0]) if self.appraisal else None
        counted = list(DIRECTIONS.read(self.directions[0])["outcomes"].values()) if self.directions else []
        primary = primary_studies(extraction)
        beside = settings["beside"]
        return Material(meta["analyses"], appraisal, names, labels, meta["failed"], primary, counted, beside)


def _drawn(name: str, material: Material, look: Look, issues: list[Issue], *, draft: bool) -> tuple[Plot, bool]:
    """(the plot, whether it is a placeholder): in a draft the reasons why it cannot be drawn are warnings."""
    try:
        return draw_plot(name, material, look), False
    except BuildStop as fault:
        # The step that could not make the analysis has said why.
        if kind_and_subject(name)[1] not in material.failed:
            issues += [replace(one, severity="warning") if draft else one for one in fault.issues]
        reasons = [f"{one.message}." for one in fault.issues]
        return Plot(draw_placeholder(name, reasons, look.narrow, look.font)), True


def _write(folder: Path, name: str, drawing: Drawing, look: Look, fonts: list[Path]) -> list[Path]:
    """The drawings of the plot's pages, with their other forms beside them."""
    files, forms = [], ("pdf", "png", "tiff")
    title, pages = name.replace("_", " ").capitalize(), len(drawing.pages)
    for page, svg in enumerate(drawing.pages, 1):
        stem = folder / (name if page == 1 else f"{name}-{page}")
        files.append(stem.with_suffix(".svg"))
        write_text(files[-1], svg)
        alt = alternative_of_page(drawing.alternative, page, pages)
        made = make_forms(svg, alt, fonts, forms, font=FONTS[look.font], dpi=DPI, title=title)
        for form in forms:
            write_bytes(stem.with_suffix(f".{form}"), made[form])
    return files


def draw_plots(
    *,
    results: Results,
    fonts: list[Path],
    profile: ProfileFiles,
    schema: Path,
    about: Path,
    folder: Path,
    names: list[str],
    synthesis: Mapping[str, Any],
    draft: bool,
) -> None:
    """Draws the plots called `names` into `folder`, each page as SVG, PNG, PDF and TIFF, and writes `about`.

    They are as wide as the column of the journal's `profile` (checked by its `schema`), in its kind of font; `fonts`
    are those of the figure and the review's own. `synthesis` has the columns `label` and `year`, and which judgements
    stand `beside` effects. Raises BuildStop with
    every plot that the data do not allow; a draft gets a placeholder for it, and a warning.
    """
    material, look = results.material(synthesis), look_of(read_profile(profile, schema))
    issues: list[Issue] = []
    entries: list[dict[str, Any]] = []
    plots = {name: _drawn(name, material, look, issues, draft=draft) for name in names}
    for name, (plot, _) in plots.items():
        for text in texts_without_glyphs(plot.drawing.texts, fonts):
            message = f"the figure's fonts cannot print '{text}'"
            issues.append(Issue("letters", message, f"the plot '{name}'", OWN_FONT, "warning"))
    report_issues(issues)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (plot, pending) in plots.items():
        files = _write(folder, name, plot.drawing, look, fonts)
        for part, file in enumerate(files, 1):
            entry = {"id": name, "file": file.as_posix(), "part": part, "parts": len(files)}
            drawing = plot.drawing
            alt = alternative_of_page(drawing.alternative, part, len(files))
            shown = {"size": drawing.sizes[part - 1], "spots": [astuple(spot) for spot in drawing.spots[part - 1]]}
            entries.append({**entry, "alt": alt, "notes": list(plot.notes), "pending": pending, **shown})
    PLOTS.write(about, entries)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(draw_plots, globals()["snakemake"])
