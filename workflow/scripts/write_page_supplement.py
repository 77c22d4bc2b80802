"""Step: the supplementary material as the page for a browser shows it, which no change of the text makes anew."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml
from lxml import etree
from prismake.common.results.manuscript import PAGE_SUPPLEMENT
from prismake.document.documents import Files
from prismake.submission.marked_numbers import marked
from prismake.submission.supplement import Evidence, evidence_parts
from prismake.web.supplement import supplement_section


def write_page_supplement(
    *,
    files: Files,
    evidence: Evidence,
    overlap_png: Path,
    section: Path,
    notes: bool,
    searches: list[dict[str, Any]],
    stages: list[dict[str, Any]],
) -> None:
    """Writes the supplement as a `section` of the page, and its headings.

    `files` are those of the page, `manuscript` among them the metadata of the text. Raises BuildStop as the writers of
    documents do.
    """
    metadata = yaml.safe_load(files.manuscript.read_text(encoding="utf-8")) or {}
    head = {"title": "Supplement", **{key: metadata[key] for key in ("lang",) if key in metadata}}
    parts = evidence_parts(evidence, searches, stages, notes=notes, show=marked)
    own = replace(files, figures=[evidence.overlap, overlap_png])
    element, headings = supplement_section(own, parts, head, evidence.overlap.read_bytes())
    markup = etree.tostring(element, encoding="unicode")
    PAGE_SUPPLEMENT.write(section, {"markup": markup, "headings": [asdict(one) for one in headings]})


if "snakemake" in globals():
    from prismake.common.steps import run

    run(write_page_supplement, globals()["snakemake"])
