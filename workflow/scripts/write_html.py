"""Step: the manuscript as a page for a browser, through pandoc, with the records behind its numbers."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from prismake.common.results.flow import FLOW, PRISMA
from prismake.common.results.synthesis import APPRAISAL, STUDIES
from prismake.common.writing import write_text
from prismake.document.documents import Files, read_source
from prismake.document.matter import matter_of
from prismake.document.variants import edition_of
from prismake.figures.flow import drawn_as, without_controls
from prismake.review.journal import read_profile
from prismake.submission.supplement import Evidence, evidence_parts
from prismake.trace.background import Sources, background_of
from prismake.web.article import Element, finished, written_article
from prismake.web.doors import open_doors, open_studies
from prismake.web.flow import live
from prismake.web.page import Page, listed_boxes, page_of
from prismake.web.records import RecordFiles, Shown, records_of
from prismake.web.studies import studies_of
from prismake.web.supplement import supplement_section
from prismake.web.values import values_of


def write_html(
    *,
    files: Files,
    behind: Sources,
    life: RecordFiles,
    evidence: Evidence,
    flow: Path,
    appraisal: list[Path],
    overlap_png: Path,
    assets: list[Path],
    html: Path,
    expressions: dict[str, dict[str, str]],
    look: dict[str, Any],
    shown: dict[str, bool],
    searches: list[dict[str, Any]],
    stages: list[dict[str, Any]],
) -> None:
    """Writes the manuscript as a page for a browser, `html`.

    The writer's files are the Lua filters html and settings, `assets` the page's own, `look` the font and width of the
    flow figure, `shown` what of the private parts of the review the page may show; `searches` and `stages` are those of
    config.yaml. Raises BuildStop as the writers of
    the other documents do.
    """
    edition = edition_of(read_profile(files.profile, files.schema), "web")
    source = read_source(files, edition)
    matter = matter_of(source.manuscript)
    content: Mapping[str, Any] = without_controls(FLOW.read(flow))
    _, width = drawn_as(look, edition.profile)
    figure = Path(PRISMA.at(form="svg")).name

    def drawn(file: Path) -> Element | None:
        return live(file.read_bytes(), content, width) if file.name == figure else None

    article = written_article(source, edition)
    headings = finished(article, source.figures, drawn)
    background = background_of(behind, expressions)
    numbers = open_doors(article, background)
    appraised = APPRAISAL.read(appraisal[0]) if appraisal else {}
    open_studies(article, background, {f"tbl:{table}" for table in appraised.get("tables", ())})
    parts = evidence_parts(evidence, searches, stages, notes=shown["notes"])
    overlap = replace(files, figures=[evidence.overlap, overlap_png])
    supplement, further = supplement_section(overlap, parts, source.manuscript)
    article.append(supplement)
    allowed = Shown(**shown)
    records = records_of(life, content, allowed)
    index = {name: place for place, name in enumerate(records["id"])}
    extraction = STUDIES.read(behind.studies[0]) if behind.studies else {}
    references = json.loads(behind.references.read_text(encoding="utf-8"))
    data = {
        "records": records,
        "studies": studies_of(extraction, appraised, references, index, allowed),
        **values_of(numbers, background.matter.ledger, content),
    }
    page = Page(
        title=matter.title,
        language=matter.language,
        journal=edition.profile["name"],
        draft="Draft" if matter.draft else "",
        headings=[*headings, *further],
        boxes=listed_boxes(content),
        overlaps=[box for box in records["boxes"] if box["role"] == "overlap"],
    )
    write_text(html, page_of(article, page, data, assets))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_html, globals()["snakemake"])
