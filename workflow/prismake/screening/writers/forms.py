"""The sheets that people fill in: the screening sheet, the sheet of conflicts, the list of reports to fetch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prismake.common.records import split_list
from prismake.common.sheets import Link, Sheet, SheetColumn
from prismake.screening.sheet_names import FETCH_SHEET, SCREENING_SHEET
from prismake.screening.stages import Stage
from prismake.screening.waiting import Batch
from prismake.screening.writers.references import doi_link, one_line, pubmed_link
from prismake.screening.writers.sheet import Screening

Record = Mapping[str, Any]

DECISIONS = ("include", "exclude", "maybe")
RETRIEVED, NOT_RETRIEVED = "retrieved", "not retrieved"
# Authors that a cell lists; the others are counted.
AUTHORS = 6

_NOTE = SheetColumn("Note", 18, answer=True)
_TITLE, _ABSTRACT = SheetColumn("Title", 36), SheetColumn("Abstract", 95)
_SOURCE = (SheetColumn("Authors", 20), SheetColumn("Year", 6), SheetColumn("Journal", 18))
_LINKS = (SheetColumn("DOI", 28, printed=False), SheetColumn("PMID", 11, printed=False))
_PRINTED_LINKS = (SheetColumn("DOI", 28), SheetColumn("PMID", 11))
_KEYS = (SheetColumn("Stage", 10, printed=False), SheetColumn("Record id", 20, printed=False))


def _reason(stage: Stage) -> tuple[SheetColumn, ...]:
    choices = tuple(stage.reasons.values())
    return (SheetColumn("Reason", 22, answer=True, choices=choices),) if choices else ()


def screening_sheet(batch: Batch) -> Screening:
    """The sheet on which one person, or the team, decides on each record."""
    stage = batch.stage
    columns = (
        SheetColumn("Decision", 12, answer=True, choices=DECISIONS),
        *_reason(stage),
        _NOTE,
        _TITLE,
        _ABSTRACT,
        *_SOURCE,
        *_LINKS,
        SheetColumn("Reviewer", 13, answer=not batch.reviewer, printed=False),
        *_KEYS,
    )
    who = "Leave it as it is." if batch.reviewer else "Write your name, or leave it empty if the team decides together."
    explanation = [
        ("Screening sheet", f"Stage '{stage.id}', one row per record."),
        ("Decision", "Choose include, exclude or maybe. An empty cell means: not yet."),
        *_about_reason(stage),
        ("Note", "Anything you want to remember."),
        ("Reviewer", who),
        *_ABOUT_ROWS,
    ]
    return _for_paper(SCREENING_SHEET, columns, explanation, _needs(stage, "Decision", "exclude"))


def conflict_sheet(batch: Batch) -> Screening:
    """The sheet on which the team settles the records on which reviewers disagree."""
    stage = batch.stage
    columns = (
        SheetColumn("Decision", 12, answer=True, choices=DECISIONS[:2]),
        *_reason(stage),
        _NOTE,
        SheetColumn("Answers", 30),
        _TITLE,
        _ABSTRACT,
        *_SOURCE,
        *_LINKS,
        *_KEYS,
    )
    explanation = [
        ("Conflicts", f"Records on which the reviewers disagree at stage '{stage.id}'."),
        ("Decision", "What the team decides. An empty cell means: not yet."),
        *_about_reason(stage),
        ("Answers", "What each reviewer decided, and where that is written."),
        *_ABOUT_ROWS,
    ]
    return _for_paper(SCREENING_SHEET, columns, explanation, _needs(stage, "Decision", "exclude"))


def fetch_list(batch: Batch, *, recorded: bool) -> Screening:
    """The list of reports to fetch. `recorded` says whether it takes down what could not be retrieved."""
    stage = batch.stage
    answers = (SheetColumn("Retrieval", 14, answer=True, choices=(RETRIEVED, NOT_RETRIEVED)), *_reason(stage), _NOTE)
    columns = (*(answers if recorded else (_NOTE,)), _TITLE, *_SOURCE, *_DETAILS, *_PRINTED_LINKS, *_KEYS)
    if recorded:
        about = "Choose 'retrieved' or 'not retrieved'. An empty cell means: not yet."
        explanation = [("Reports to fetch", "One row per report."), ("Retrieval", about), *_ABOUT_ROWS]
        return _for_paper(FETCH_SHEET, columns, explanation, _needs(stage, "Retrieval", NOT_RETRIEVED))
    about = (
        "One row per report. This review has no stage for retrieval, so the list cannot take down what was not "
        "retrieved: add the stage '- id: retrieval' before this one in config.yaml."
    )
    return _for_paper(FETCH_SHEET, columns, [("Reports to fetch", about)])


def _for_paper(
    name: str,
    columns: Sequence[SheetColumn],
    explanation: Sequence[tuple[str, str]],
    needs: tuple[str, str, str] | None = None,
) -> Screening:
    return Screening(Sheet(name, columns, frozen=0, printing=True, needs=needs), explanation)


_DETAILS = (SheetColumn("Volume", 8), SheetColumn("Issue", 7), SheetColumn("Pages", 11))
_ABOUT_ROWS = (
    (
        "Rows",
        "Sort, filter, colour or delete rows as you like: each row is known by its record id. Do not merge cells.",
    ),
    ("Sorting", "Sort whole rows. If only one column is sorted, ids and titles no longer belong together."),
    (
        "When you are done",
        "Send the file back to whoever sent it. It goes into data/screening/, and its name into config.yaml under "
        "screening: sources: - {file: data/screening/…}",
    ),
)


def _about_reason(stage: Stage) -> list[tuple[str, str]]:
    return [("Reason", "An excluded record needs one; choose it from the list.")] if stage.reasons else []


def _needs(stage: Stage, answer: str, value: str) -> tuple[str, str, str] | None:
    return (answer, value, "Reason") if stage.reasons else None


def sheet_rows(batch: Batch, records: Sequence[Record], answers: Mapping[str, str]) -> Iterator[dict[str, str | Link]]:
    """The cells of each record; a workbook takes those that it has columns for. `answers` maps record to answers."""
    for record in records:
        yield {
            "Title": one_line(record["title"]),
            "Abstract": one_line(record["abstract"]),
            "Authors": _authors(record["author"]),
            "Year": record["year"],
            "Journal": one_line(record["journal"]),
            "Volume": record["volume"],
            "Issue": record["number"],
            "Pages": record["pages"],
            "DOI": Link(doi_link(record), record["doi"]),
            "PMID": Link(pubmed_link(record), record["pmid"]),
            "Answers": answers.get(record["record_id"], ""),
            "Reviewer": batch.reviewer,
            "Stage": batch.stage.id,
            "Record id": record["record_id"],
        }


def _authors(cell: str) -> str:
    names = split_list(cell)
    more = len(names) - AUTHORS
    return "; ".join(names) if more <= 1 else "; ".join(names[:AUTHORS]) + f"; and {more} more"
