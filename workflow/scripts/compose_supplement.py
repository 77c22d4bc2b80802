"""Step: the supplement as one Markdown file, which the document stage makes into DOCX and PDF like the manuscript."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prismake.common.results import submission as results
from prismake.common.steps import report_issues
from prismake.common.writing import write_text
from prismake.manuscript.model import read_manuscript
from prismake.review.journal import read_profile
from prismake.submission.checklists import Places
from prismake.submission.headings import source_headings
from prismake.submission.pages import Pages
from prismake.submission.supplement import (
    BuiltManuscript,
    Evidence,
    checklist_rows,
    evidence_parts,
    floats_in,
    located_checklists,
    markdown_of,
    supplement_profile,
)
from prismake.submission.supplement_parts import checklist
from prismake.submission.texts import texts_of


@dataclass(frozen=True)
class Written:
    """The supplement (Markdown), the references that it cites (CSL JSON), its look (YAML) and its tables (CSV)."""

    supplement: Path
    references: Path
    look: Path
    excluded_reports: Path
    checklists: list[Path]


def compose_supplement(
    *,
    built: BuiltManuscript,
    evidence: Evidence,
    forms: list[Path],
    reported: list[Path],
    written: Written,
    searches: list[dict[str, Any]],
    stages: list[dict[str, Any]],
    notes: bool,
) -> None:
    """Writes the supplement.

    `forms` are the engine's checklists and `reported` the review's manuscript/checklists.yaml, if it has one;
    `searches` and `stages` are those of config.yaml; `notes` says whether reviewers' notes are printed. Raises
    BuildStop where checklists.yaml names an item, heading, table or figure that is not there.
    """
    journal = read_profile(built.profile, built.schema)
    pages = Pages(built.pdf)
    parts = evidence_parts(evidence, searches, stages, notes=notes)
    manuscript = read_manuscript(built.manuscript)
    headings = source_headings(manuscript.sections, pages, journal)
    # What is looked for in the words is English.
    texts = texts_of(manuscript, parts) if str(manuscript.plain_head.get("lang") or "en").startswith("en") else {}
    places = Places(headings, floats_in(pages, built, journal), [part.heading for part in parts], texts)
    located, issues = located_checklists(forms, reported, places)
    report_issues(issues)
    parts += [checklist(form, items) for form, items in located]
    write_text(written.supplement, markdown_of(parts, manuscript.head))
    results.SUPPLEMENT_REFERENCES.write(written.references, [item for part in parts for item in part.references])
    write_text(written.look, yaml.safe_dump(supplement_profile(journal), allow_unicode=True, sort_keys=False))
    results.EXCLUDED_REPORTS.write(written.excluded_reports, (row for part in parts for row in part.records))
    rows = {form.id: checklist_rows(form, items) for form, items in located}
    for path in written.checklists:
        results.CHECKLIST.write(path, rows[path.stem.removeprefix("checklist_")])


if "snakemake" in globals():
    from prismake.common.steps import run

    run(compose_supplement, globals()["snakemake"])
