"""Step: every value that the text may use, in one ledger: flow, searches, studies, figures, groups, appraisal."""

import json
from pathlib import Path

from prismake.common.writing import write_json
from prismake.synthesis.pool import Values, agreement_values, appraisal_values, flow_values, search_values, synthesise


def pool(
    *,
    extraction: list[Path],
    flow: Path,
    appraisal: list[Path],
    agreement: Path,
    tables: list[Path],
    values: Path,
    synthesis: Values,
    searches: list[Values],
) -> None:
    """Writes the ledger of values, `values` (results/values.json), the only place where the text gets numbers from.

    Inputs: `extraction` (results/studies.json) and `appraisal` (results/appraisal.json), each empty where the review
    has none, `flow` (results/flow.json), `agreement` (results/screening/agreement.json) and `tables` (the
    results/tables/*.json). `synthesis` and `searches` are the config blocks.
    Raises BuildStop where a setting names a column or part that is not there, or two things get one name.
    """
    (boxes, agreed), studies, appraised, printed = (
        [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        for paths in ([flow, agreement], extraction, appraisal, tables)
    )
    of_studies = synthesise(studies[0], synthesis) if studies else {}
    of_appraisal = {"appraisal": appraisal_values(appraised[0])} if appraised else {}
    write_json(
        values,
        {
            "flow": flow_values(boxes),
            "search": search_values(searches, boxes),
            **of_studies,
            **of_appraisal,
            **agreement_values(agreed),
            "tables": {table["id"]: {"caption": table["caption"], "rows": len(table["rows"])} for table in printed},
        },
    )


if "snakemake" in globals():
    from prismake.common.steps import run

    run(pool, globals()["snakemake"])
