"""What the first sheet of each workbook tells the people who fill it in."""

from __future__ import annotations

from collections.abc import Sequence

from prismake.common.sheet_cells import GUIDE
from prismake.common.sheets import Sheet, SheetColumn

Lines = Sequence[tuple[str, str]]

_COLUMNS = (
    "Columns",
    "A note at each header says what the column holds. For a column of your own, write its name in the next free cell"
    " of the header, with the unit in brackets: age_mean [years]. Leave a cell empty where the report says nothing.",
)
_AGAIN = (
    "More studies",
    "Run `prismake extract` again when more studies are included. It adds what is missing, and leaves the rest.",
)
EXTRACTION: Lines = (
    ("What this is", "What the included studies report. Prismake reads it at every build."),
    ("studies", "One row per study: what tables print of it."),
    ("reports", "Which records report a study. Give two reports of one study the same study_id."),
    ("arms, outcomes", "Rows per arm, and per outcome, arm and time: for what a study has several of."),
    ("codes", "How tables and text print a code that you type in a column such as design."),
    ("overlaps", "Pairs of studies that may report the same patients, and what you decided."),
    _COLUMNS,
    _AGAIN,
    (
        "Two extractors",
        "`prismake extract --extractors AB CD` writes extraction.AB.xlsx and extraction.CD.xlsx. Each person fills in"
        " studies, arms and outcomes there, alone; on this workbook those three sheets then only list the studies, and"
        " both fill in reports, codes and overlaps together. Then run `prismake extract`: it lists in consensus.xlsx"
        " where they differ.",
    ),
)
EXTRACTOR: Lines = (
    ("What this is", "One person's own extraction; the file's name has the initials. Fill it in alone."),
    ("studies, arms, outcomes", "Fill in all three. Do not change a study_id: it says which study a row is of."),
    _COLUMNS,
    (
        "Afterwards",
        "Run `prismake extract`. It compares the extractors cell by cell, and lists in consensus.xlsx where they"
        " differ.",
    ),
)
APPRAISAL: Lines = (
    ("What this is", "The appraisal of the included studies: one sheet per form, one row per study."),
    (
        "Answers",
        "Choose from the list, or type the initials: y, n, u, na. The note at each header names the item and its"
        " answers. Their wording is the tool's own; have it beside you.",
    ),
    ("about", "Copy a study's row to appraise it again, and say here what each row is of, such as an outcome."),
    ("Two forms", "Where two sheets list a study, fill in one of them, and leave its row on the other empty."),
    _AGAIN,
    (
        "Two reviewers",
        "`prismake extract --reviewers AB CD` adds sheets such as `rob2 (AB)`, which AB alone fills in; a sheet without"
        " initials is then not read. Run `prismake extract` again: it lists in consensus.xlsx where they differ.",
    ),
)
CONSENSUS: Lines = (
    ("What this is", "The cells in which two people differ, with what each of them wrote."),
    (
        "agreed",
        "Fill in together: choose one of the two from the list, or type another value. `(empty)` stands for none.",
    ),
    ("note", "Why, for your own records."),
    (
        "Changes",
        "A decision holds as long as the two entries that it was made on. `prismake extract` adds new differences.",
    ),
)
GRADE: Lines = (
    ("What this is", "How certain the evidence on each outcome is, by GRADE. Prismake reads it at every build."),
    ("Rows", "One per meta-analysis. Add a row for an outcome of the extraction that is not pooled."),
    (
        "Domains",
        "Judge each domain from the list, and write the reason beside each judgement that moves the certainty: it is"
        " printed as a footnote.",
    ),
    (
        "certainty",
        "Leave it empty for the sum of the steps. A rating that differs needs its reason in the next column.",
    ),
    ("More outcomes", "Run `prismake add grade` again: it adds the meta-analyses that have no row yet."),
)


def guide_sheet(lines: Lines) -> Sheet:
    """The sheet that shows these lines."""
    columns = (SheetColumn("Sheet or column", 24), SheetColumn("What to do", 110))
    return Sheet(GUIDE, columns, lines, frozen=0)
