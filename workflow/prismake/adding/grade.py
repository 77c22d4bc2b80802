"""`prismake add grade`: the workbook in which people judge the certainty of the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from prismake.common.errors import stop
from prismake.common.places import schema_of
from prismake.common.sheet_cells import is_workbook
from prismake.common.sheets import SheetColumn
from prismake.common.yaml_files import load_yaml
from prismake.extraction.guides import GRADE, guide_sheet
from prismake.extraction.updating import Plan, update
from prismake.grade.domains import words
from prismake.review.settings_file import Settings, check_config, write_config

WORKBOOK = Path("data/grade/grade.xlsx")
SHEET, KEY = "judgements", "outcome"
LONG = ("title", "effect", "comments")


def grade_columns() -> Iterator[SheetColumn]:
    """The columns of the sheet, as the schema of the judgements describes them, with their answers to choose from."""
    for name, rule in load_yaml(schema_of("grade"))["properties"].items():
        answers = tuple(words(answer) for answer in rule.get("enum", ()) if answer)
        wide = name in LONG or name.endswith(("_reason", "_source"))
        meaning = rule["description"]
        yield SheetColumn(name, 40 if wide else 18, f"{meaning[:1].upper()}{meaning[1:]}.", answers)


def grade(config: Path) -> list[str]:
    """Writes or extends the workbook with a row for each meta-analysis, and names it in the settings."""
    settings = Settings(config)
    synthesis = settings.content.get("synthesis") or {}
    analyses = list(synthesis.get("meta") or {})
    if not analyses:
        fix = "add one first: prismake add meta"
        raise stop("no-analysis", "the review has no meta-analysis to rate", where="config.yaml", fix=fix)
    path = Path((synthesis.get("grade") or {}).get(SHEET, WORKBOOK))
    if not is_workbook(path):
        message = "the review keeps its judgements as CSV, which `prismake add grade` does not write"
        raise stop("no-workbook", message, where="config.yaml, synthesis.grade", fix=f"name a workbook: {WORKBOOK}")
    rows = [{KEY: name} for name in analyses]
    changes = update(path, [Plan(SHEET, list(grade_columns()), (KEY,), rows)], guide_sheet(GRADE))
    settings.block("synthesis", "grade").setdefault(SHEET, path.as_posix())
    check_config(settings)
    write_config(settings)
    done = [f"{path.as_posix()}: {line}" for line in changes.lines()] or [f"{path.as_posix()}: nothing to add"]
    return [*done, 'place the tables with {{ table("summary_of_findings") }} and {{ table("grade") }}']
