"""Step: every value that the text may use, in one ledger: flow, searches, studies, figures, groups, appraisal."""

from pathlib import Path

from prismake.common.results.flow import FLOW
from prismake.common.results.screening import AGREEMENT
from prismake.common.results.synthesis import APPRAISAL, PRINTED, STUDIES, VALUES
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
    boxes = FLOW.read(flow)
    ledger: Values = {"flow": flow_values(boxes), "search": search_values(searches, boxes)}
    for path in extraction:
        ledger |= synthesise(STUDIES.read(path), synthesis)
    for path in appraisal:
        ledger["appraisal"] = appraisal_values(APPRAISAL.read(path))
    ledger |= agreement_values(AGREEMENT.read(agreement))
    printed = [PRINTED.read(path) for path in tables]
    ledger["tables"] = {table["id"]: {"caption": table["caption"], "rows": len(table["rows"])} for table in printed}
    VALUES.write(values, ledger)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(pool, globals()["snakemake"])
