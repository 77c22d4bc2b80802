"""Results for the submission: checksums, supplement and bundle."""

from __future__ import annotations

from prismake.common.results.declaring import Document, Result, Table, columns, integer
from prismake.common.results.records import RECORD_ID

SUMS = Result("results/SHA256SUMS", "seal", "SHA-256 of every result, as `sha256sum --check` reads it.")
SUPPLEMENT = Result("results/supplement/supplement.md", "compose_supplement", "The supplement as Markdown.")
SUPPLEMENT_REFERENCES = Document(
    "results/supplement/references.json",
    "compose_supplement",
    "The references of the excluded reports as CSL JSON.",
    (),
    True,
)
SUPPLEMENT_PROFILE = Result(
    "results/supplement/profile.yaml", "compose_supplement", "The journal's profile with the look of a supplement."
)
# The caption of the supplement's table of excluded reports, by which other texts refer to it.
EXCLUDED_CAPTION = "Reports excluded after reading their full text"
EXCLUDED_REPORTS = Table(
    "results/supplement/excluded_reports.csv",
    "compose_supplement",
    "One row per report that was excluded after its full text was read.",
    columns(
        row=integer("row of the printed table"),
        record_id=RECORD_ID,
        report="the report as cited",
        title="title",
        reason="why it was excluded",
    ),
)
CHECKLIST = Table(
    "results/supplement/checklist_{checklist}.csv",
    "compose_supplement",
    "A reporting checklist, one row per item.",
    columns(
        item="number of the item",
        section="section of the checklist",
        topic="topic of the item",
        text="the item, verbatim",
        reported="where the manuscript reports it",
    ),
)
SUPPLEMENT_DOCX = Result(
    "results/supplement/supplement.docx", "write_supplement_docx", "The supplement as a Word document."
)
SUPPLEMENT_PDF = Result("results/supplement/supplement.pdf", "write_supplement_pdf", "The supplement as PDF.")
SITE = Result(
    "results/submission/What_the_site_asks_for.md", "bundle", "What the journal's site asks for, to be pasted."
)
BUNDLE = Result("results/submission/{name}.zip", "bundle", "Everything for the journal in one archive.")
