"""The supplement as one Markdown file, which the document stage makes into DOCX and PDF like the manuscript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue
from prismake.common.places import schema_of
from prismake.common.reading import read_json, read_text
from prismake.common.records import each_record, read_clusters
from prismake.common.results.records import IMPORTS, MERGES, SOURCES, TO_REVIEW
from prismake.common.results.screening import AGREEMENT, SCREENING
from prismake.common.results.synthesis import PRINTED
from prismake.common.tables import read_tables
from prismake.common.validation import check_document
from prismake.common.yaml_files import house_yaml, load_yaml
from prismake.ledger.supplement import LEAD
from prismake.manuscript.model import read_manuscript
from prismake.review.journal import ProfileFiles
from prismake.submission import supplement_parts
from prismake.submission.checklists import Checklist, Float, Places, locate, read_checklist
from prismake.submission.marked_numbers import Show, plainly
from prismake.submission.pages import Pages
from prismake.submission.standard_places import standard_entries

# The supplement's changes to the journal's profile: it is read, not edited, and its tables are a series of their own.
LOOK: dict[str, dict[str, Any]] = {
    "text": {"line_spacing": 1.15, "line_numbers": False},
    "tables": {"lead": LEAD, "placement": "text", "landscape_from": 12},
    "figures": {"lead": LEAD, "placement": "text"},
    "keywords": {"min": 0},
    "title_page": {"file": "same", "counts": ["tables", "figures"]},
}
# The requirements of a journal that apply to a manuscript and not to its supplement.
REQUIREMENTS = ("sections", "limits", "languages", "blinding", "submission", "variants")
# The columns that the reference of an excluded report needs.
CITED = ("record_id", "title", "author", "year", "journal", "volume", "number", "pages", "doi")


@dataclass(frozen=True)
class BuiltManuscript:
    """The built manuscript (JSON and PDF), and the journal's profile with its schema."""

    manuscript: Path
    pdf: Path
    profile: ProfileFiles
    schema: Path


@dataclass(frozen=True)
class Evidence:
    """The results that the supplement shows, the search strategies, and the decisions on duplicates, if any.

    `own_tables` are the review's own printed tables that stand there, `works` the manuscript's references (CSL JSON).
    """

    imports: Path
    strategies: list[Path]
    clusters: Path
    unique: Path
    screening: Path
    agreement: Path
    sources: Path
    overlap: Path
    overlap_alt: Path
    merges: Path
    to_review: Path
    decided: list[Path]
    own_tables: list[Path]
    works: Path


def supplement_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The journal's profile with the look of a supplement, without the requirements for a manuscript."""
    look = {block: {**profile[block], **changes} for block, changes in LOOK.items()}
    for block in ("tables", "figures"):
        look[block]["order"] = profile["supplement"]["order"]
    return {key: value for key, value in profile.items() if key not in REQUIREMENTS} | look


def floats_of(pages: Pages, captions: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, Float]:
    """The manuscript's tables and figures on their pages; those that its PDF does not show are left out.

    `captions` maps `tbl:x` and `fig:x` to captions, `labels` maps `tbl` and `fig` to the journal's words for them.
    """
    floats = {}
    for name, caption in captions.items():
        if place := pages.float(labels[name.partition(":")[0]], caption):
            floats[name] = Float(*place)
    return floats


def floats_in(pages: Pages, built: BuiltManuscript, journal: Mapping[str, Any]) -> dict[str, Float]:
    """The tables and figures of the built manuscript on their pages (see `floats_of`)."""
    captions = {each.id: each.caption for each in read_manuscript(built.manuscript).floats}
    return floats_of(pages, captions, {"tbl": journal["tables"]["label"], "fig": journal["figures"]["label"]})


def evidence_parts(
    evidence: Evidence,
    searches: Sequence[Mapping[str, Any]],
    stages: Sequence[Mapping[str, Any]],
    *,
    notes: bool,
    show: Show = plainly,
) -> list[supplement_parts.Part]:
    """The parts that come from the records; at the last of the `stages` full texts are read.

    `notes` says whether reviewers' notes are printed beside the reasons of exclusions, `show` writes the numbers.
    """
    # Several searches may share a file.
    texts = {path: read_text(path) for path in evidence.strategies}
    strategies = {search["id"]: texts[Path(search["strategy"])] for search in searches if "strategy" in search}
    cluster_of = read_clusters(evidence.clusters)
    read_last = {"stage": [stages[-1]["id"]], "decision": ["exclude"]}
    excluded = list(SCREENING.read_where(evidence.screening, read_last))
    wanted = {row["record_id"] for row in excluded}
    reports = {row["record_id"]: row for row in each_record(evidence.unique, CITED) if row["record_id"] in wanted}
    return [
        supplement_parts.strategies(searches, IMPORTS.read(evidence.imports), strategies, show),
        supplement_parts.overlap(
            SOURCES.read(evidence.sources),
            evidence.overlap.as_posix(),
            evidence.overlap_alt.read_text(encoding="utf-8").strip(),
            show,
        ),
        supplement_parts.deduplication(
            len(cluster_of),
            len(set(cluster_of.values())),
            {rule: number for (rule,), number in MERGES.count(evidence.merges, ("rule",)).items()},
            TO_REVIEW.read(evidence.to_review),
            read_tables(evidence.decided, schema_of("dedup_decisions")),
            show,
        ),
        *supplement_parts.unseen(stages, SCREENING.count(evidence.screening, ("stage", "decision")), show),
        supplement_parts.agreement(AGREEMENT.read(evidence.agreement)["stages"], show),
        supplement_parts.excluded_reports(excluded, reports, notes=notes, show=show),
        *supplement_parts.own_tables([PRINTED.read(path) for path in evidence.own_tables], read_json(evidence.works)),
    ]


def located_checklists(
    forms: Sequence[Path], reported: Sequence[Path], places: Places
) -> tuple[list[tuple[Checklist, dict[str, str]]], list[Issue]]:
    """(each checklist with where the manuscript reports its items, faults and warnings)."""
    named: dict[str, Any] = {}
    for path in reported:
        named = load_yaml(path) or {}
        check_document(named, house_yaml(schema_of("checklists")), path)
    source = next(iter(reported), Path("manuscript/checklists.yaml"))
    located, issues = [], []
    for path in forms:
        form = read_checklist(path)
        items, faults = locate(form, named.get(form.id, {}), places, source, standard_entries(form, places))
        issues += faults
        located.append((form, items))
    return located, issues


def checklist_rows(form: Checklist, located: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of results/supplement/checklist_<id>.csv, one per item."""
    return [
        {
            "item": item.item,
            "section": item.section,
            "topic": item.topic,
            "text": item.text,
            "reported": located.get(item.item, ""),
        }
        for item in form.items
    ]


def markdown_of(parts: Sequence[supplement_parts.Part], head: dict[str, Any]) -> str:
    """The whole supplement; `head` is the head of the manuscript."""
    cited = any(part.references for part in parts)
    tail = "\n\n# References {#references .unnumbered}\n\n::: {#refs}\n:::\n" if cited else "\n"
    text = "\n\n".join(part.markdown for part in parts)
    return f"---\n{supplement_parts.front_matter(head)}\n---\n\n{text}{tail}"
