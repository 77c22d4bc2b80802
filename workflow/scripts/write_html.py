"""Step: the manuscript as a page for a browser, through pandoc, with the records behind its numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from prismake.common.results.flow import FLOW, PRISMA
from prismake.common.results.manuscript import PAGE_SUPPLEMENT
from prismake.common.results.synthesis import APPRAISAL, PLOTS, STUDIES
from prismake.common.writing import write_text
from prismake.document.documents import Files, read_source
from prismake.document.matter import Matter, matter_of
from prismake.document.variants import edition_of
from prismake.figures.flow import drawn_as, without_controls
from prismake.review.journal import read_profile
from prismake.trace.background import Sources, background_of
from prismake.trace.numbers import Background, Number
from prismake.web.article import Drawn, Element, Heading, finished, written_article
from prismake.web.doors import lead_to_supplement, open_doors, open_studies
from prismake.web.flow import live
from prismake.web.page import Page, listed_boxes, page_of
from prismake.web.plots import drawn_studies, open_plots, plots_in, pooled_routes
from prismake.web.records import RecordFiles, Shown, records_of
from prismake.web.studies import studies_of
from prismake.web.supplement import open_computed, open_overlap, open_records, open_rows
from prismake.web.values import values_of, values_shown, with_values

# What the anchors call the kinds of numbered blocks, and where the journal has its words for them.
KINDS = {"tbl": "tables", "fig": "figures"}


@dataclass(frozen=True)
class Settings:
    """What config.yaml says: the expressions of tables' cells, the look of the flow figure, what the page may show."""

    expressions: dict[str, dict[str, str]]
    look: dict[str, Any]
    shown: dict[str, bool]


def _drawn(flow: Mapping[str, Any], look: Mapping[str, Any], profile: Mapping[str, Any]) -> Drawn:
    """Draws the flow figure with its links, and no other."""
    _, width = drawn_as(look, profile)
    name = Path(PRISMA.at(form="svg")).name
    return lambda file: live(file.read_bytes(), flow, width) if file.name == name else None


def _words_for_floats(profile: Mapping[str, Any]) -> dict[str, set[str]]:
    """What the journal calls tables and figures, one and several."""
    return {kind: {profile[key][form] for form in ("label", "plural")} for kind, key in KINDS.items()}


def _open_supplement(
    section: Element, background: Background, studies: Collection[str], numbers: Sequence[Number]
) -> list[Number]:
    """Makes the numbers of the supplement doors, in place; returns all of the page, after those of the article."""
    made = [*numbers, *open_computed(section, background.matter.ledger, len(numbers))]
    made += open_rows(section, background, studies, len(made))
    return [with_values(one, background.matter.ledger) for one in made]


def _page(
    matter: Matter,
    journal: str,
    headings: Sequence[Heading],
    boxes: Sequence[Mapping[str, Any]],
    overlaps: Sequence[Mapping[str, Any]],
) -> Page:
    """What the page shows around the article."""
    draft = "Draft" if matter.draft else ""
    return Page(matter.title, matter.language, journal, draft, headings, boxes, overlaps)


def _extractors(extraction: Mapping[str, Any]) -> list[str]:
    """Those who have workbooks of their own, which bear their names."""
    return list((extraction.get("agreement") or {}).get("extractors", ()))


def write_html(
    *,
    files: Files,
    behind: Sources,
    life: RecordFiles,
    supplement: Path,
    flow: Path,
    appraisal: list[Path],
    plots: list[Path],
    assets: list[Path],
    html: Path,
    settings: Settings,
) -> None:
    """Writes the manuscript as a page for a browser, `html`.

    The writer's files are the Lua filters html and settings, `assets` the page's own. Raises BuildStop as the writers
    of the other documents do.
    """
    edition = edition_of(read_profile(files.profile, files.schema), "web")
    source = read_source(files, edition)
    matter, shown = matter_of(source.manuscript), Shown(**settings.shown)
    content: Mapping[str, Any] = without_controls(FLOW.read(flow))
    article = written_article(source, edition)
    appraised = APPRAISAL.read(appraisal[0]) if appraisal else {}
    background = background_of(behind, settings.expressions)
    drawn = [page for path in plots for page in PLOTS.read(path)]
    shown_plots = plots_in(article, drawn, drawn_studies(background.matter.ledger, appraised))
    headings = finished(article, source.figures, _drawn(content, settings.look, edition.profile))
    numbers = open_doors(article, background)
    extraction: Mapping[str, Any] = STUDIES.read(behind.studies[0]) if behind.studies else {}
    studies = {study["study_id"] for study in extraction.get("studies", ())}
    open_studies(article, background, {f"tbl:{table}" for table in appraised.get("tables", ())}, studies)
    supplied = PAGE_SUPPLEMENT.read(supplement)
    section = etree.fromstring(supplied["markup"])
    numbers = _open_supplement(section, background, studies, numbers)
    records = records_of(life, content, shown, values_shown(numbers, background.matter.ledger))
    index = {name: place for place, name in enumerate(records["id"])}
    overlaps = [box for box in records["boxes"] if box["role"] == "overlap"]
    open_overlap(section, overlaps)
    open_records(section, index)
    lead_to_supplement(article, section, _words_for_floats(edition.profile))
    article.append(section)
    headings += [Heading(**one) for one in supplied["headings"]]
    page = _page(matter, edition.profile["name"], headings, listed_boxes(content), overlaps)
    rows = studies_of(extraction, appraised, source.works, index, shown)
    open_plots(shown_plots, rows, pooled_routes(numbers))
    data = {
        "records": records,
        "studies": rows,
        **values_of(
            numbers, background.matter.ledger, records["boxes"], () if shown.reviewers else _extractors(extraction)
        ),
    }
    write_text(html, page_of(article, page, data, assets))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_html, globals()["snakemake"])
