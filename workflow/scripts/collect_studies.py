"""Step: reads what was extracted, links it to the included records, and checks it before anything is computed.

The unit is the study, never the report: a study counts once, however many reports describe it. What goes on from here
(tables, appraisal, pooled values) reads `results/studies.json`, so an inconsistent extraction reaches none of them."""

from functools import partial
from pathlib import Path

from prismake.common.errors import BuildStop, Issue
from prismake.common.matching import COLUMNS as IDENTIFYING
from prismake.common.matching import Matcher
from prismake.common.records import read_clusters, read_records
from prismake.common.steps import warn
from prismake.common.tables import Row, read_table, read_tables
from prismake.common.validation import load_yaml
from prismake.common.writing import read_rows, write_json
from prismake.synthesis.checks import (
    arithmetic_issues,
    code_book,
    code_issues,
    columns_of,
    overlaps,
    part_issues,
    patients_issues,
    setting_issues,
)
from prismake.synthesis.collect import LEFT_OUT, Settings, sort_key
from prismake.synthesis.links import doubtful, link


def collect(
    *,
    studies: Path,
    studies_schema: Path,
    reports: Path,
    reports_schema: Path,
    codes: Path | list[Path],
    codes_schema: Path,
    overlap: Path | list[Path],
    overlap_schema: Path,
    parts: list[Path],
    part_schemas: list[Path],
    screening: Path,
    records: Path,
    clusters: Path,
    extraction: Path,
    synthesis: Settings,
    draft: bool,
) -> None:
    """Writes the checked extraction of the included studies.

    Inputs: the tables that people write and their schemas (`parts` and `part_schemas` in the order of
    `synthesis.extraction.parts`; `codes` and `overlap` are empty where the review has none), `screening`
    (results/screening/screening.csv), all `records` and `clusters`
    (results/records/clusters.csv). `synthesis` is the config block, `draft` the review's draft switch.
    `extraction` (results/studies.json) holds `columns`, `codes`, `parts`, `studies` (in the configured order:
    study_id, columns, parts, reports), `left_out` and `overlaps`. Decimals stand as text, digit by digit as reported.
    Raises BuildStop with all faults of the tables, or of the links between them, at once.
    """
    schema = load_yaml(studies_schema)
    columns = columns_of(schema)
    if wrong := list(setting_issues(synthesis, columns)):
        raise BuildStop(wrong)
    patients = synthesis["patients"]
    rows = read_table(studies, schema)
    by_id = {row["study_id"]: row for row in rows}
    book = code_book(read_tables(codes, codes_schema))
    issues = [
        *code_issues(rows, columns, book, studies),
        *patients_issues(rows, patients, studies),
        *arithmetic_issues(rows, synthesis["checks"], studies),
    ]
    part_settings: dict[str, Settings] = synthesis["extraction"]["parts"]
    part_rows: dict[str, list[Row]] = {}
    for (name, part), path, schema_path in zip(part_settings.items(), parts, part_schemas, strict=True):
        part_schema = load_yaml(schema_path)
        part_rows[name] = read_table(path, part_schema)
        issues += code_issues(part_rows[name], columns_of(part_schema), book, path)
        issues += part_issues(part_rows[name], part, by_id, patients, path)

    matcher = Matcher(read_clusters(clusters), partial(read_records, records, IDENTIFYING))
    screened = read_rows(screening)
    links = link(read_table(reports, reports_schema), list(by_id), screened, matcher, reports)
    chosen = sorted((by_id[study_id] for study_id in links.included), key=lambda row: sort_key(row, synthesis["order"]))
    pairs = read_tables(overlap, overlap_schema)
    judged, pair_issues = overlaps(
        chosen, pairs, synthesis["same_patients"], list(by_id), overlap if isinstance(overlap, Path) else None
    )
    issues += [*links.faults, *pair_issues, *([] if draft else links.gaps)]
    if issues:
        raise BuildStop(issues)
    for gap in links.gaps:
        warn(gap)
    for doubt in doubtful(links, by_id, screened, synthesis["label"], synthesis["year"], reports):
        warn(doubt)
    for study_id, reason in links.left_out.items():
        message = f"study '{study_id}' is extracted, but {LEFT_OUT[reason]}: it is left out"
        warn(Issue("left-out", message, str(reports), severity="warning"))

    write_json(
        extraction,
        {
            "columns": columns,
            "codes": book,
            "parts": part_settings,
            "studies": [
                {
                    **{name: row[name] for name in columns},
                    "parts": {
                        name: [
                            {key: part[key] for key in part if key not in ("study_id", "__line__")}
                            for part in held
                            if part["study_id"] == row["study_id"]
                        ]
                        for name, held in part_rows.items()
                    },
                    "reports": links.included[row["study_id"]],
                }
                for row in chosen
            ],
            "left_out": [{"study_id": study_id, "reason": reason} for study_id, reason in links.left_out.items()],
            "overlaps": judged,
        },
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(collect, globals()["snakemake"])
