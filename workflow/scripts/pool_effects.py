"""Step: the meta-analyses that the settings ask for, from the checked extraction. Only this step loads scipy."""

from pathlib import Path

from prismake.common.results.synthesis import APPRAISAL, META, STUDIES
from prismake.common.steps import report_issues
from prismake.synthesis.collect import Settings
from prismake.synthesis.pooling.analysing import analyse_all


def pool_effects(*, extraction: Path, appraisal: list[Path], meta: Path, synthesis: Settings, draft: bool) -> None:
    """Writes `meta`, results/meta.json, from `extraction`, results/studies.json, and `appraisal`,
    results/appraisal.json, if there is one; `synthesis` is the block of config.yaml.

    Raises BuildStop with the faults of all analyses, each with row and column; in a draft an analysis that cannot be
    made is left out with a warning.
    """
    selections = APPRAISAL.read(appraisal[0])["selections"] if appraisal else {}
    document, warnings = analyse_all(STUDIES.read(extraction), synthesis, selections, draft=draft)
    META.write(meta, document)
    report_issues(warnings)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(pool_effects, globals()["snakemake"])
