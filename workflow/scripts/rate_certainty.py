"""Step: the certainty of the evidence by GRADE, from what people judged, and its printed tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.notation import Notation
from prismake.common.places import schema_of
from prismake.common.printed import Wording, compose
from prismake.common.results.synthesis import GRADE, META, PRINTED, STUDIES, TABLE_CELLS
from prismake.common.steps import report_issues
from prismake.common.tables import read_table
from prismake.grade.columns import findings_columns, profile_columns
from prismake.grade.evidence import evidence
from prismake.grade.tables import ABBREVIATIONS, findings_notes, findings_rows, notes, profile_rows
from prismake.manuscript.parsing import words_of


@dataclass(frozen=True)
class Written:
    """results/grade.json, and each printed table as plain text (CSV) and as printed (JSON)."""

    grade: Path
    cells: list[Path]
    tables: list[Path]


def rate_certainty(
    *,
    judgements: Path,
    extraction: Path,
    meta: list[Path],
    wording: Wording,
    written: Written,
    settings: dict[str, Any],
    statistics: dict[str, Any],
    draft: bool,
) -> None:
    """Checks the judgements of people, and writes them with the effects of results/meta.json and as two tables.

    `settings` is the block `synthesis.grade` of config.yaml with the column `design`, `statistics` how the journal
    writes statistics. Raises BuildStop with all faults; what is not judged yet stops all but a draft.
    """
    rows = read_table(judgements, schema_of("grade"), sheet="judgements")
    analyses = META.read(meta[0]) if meta else {"analyses": {}}
    document, issues = evidence(rows, analyses, STUDIES.read(extraction), settings, judgements, draft=draft)
    notation = Notation(**statistics)
    printed = {
        "table": (findings_columns(document["outcomes"]), findings_rows(document, notation), findings_notes(document)),
        "profile": (profile_columns(), profile_rows(document), notes(document)),
    }
    composed = []
    for key, (columns, lines, own) in printed.items():
        layout = settings[key]
        about = {**layout, "header_columns": 1, "columns": columns, "notes": [*layout["notes"], *own]}
        composed.append(
            compose(
                about,
                lines,
                table_id=layout["id"],
                missing="–",
                dictionary={**ABBREVIATIONS, **wording.dictionary()},
                words_of=words_of,
                common=wording.not_abbreviations,
            )
        )
    for (table, plain_rows), (columns, *_), cells_path, table_path in zip(
        composed, printed.values(), written.cells, written.tables, strict=True
    ):
        TABLE_CELLS.write(cells_path, plain_rows, [column["id"] for column in columns])
        PRINTED.write(table_path, table)
    GRADE.write(written.grade, document)
    report_issues(issues)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(rate_certainty, globals()["snakemake"])
