"""Step: the direction of effect in each study, of the outcomes that are counted and not pooled."""

from pathlib import Path

from prismake.common.results.synthesis import DIRECTIONS, STUDIES
from prismake.common.steps import report_issues
from prismake.synthesis.collect import Settings
from prismake.synthesis.pooling.directions import directions_of


def count_directions(*, extraction: Path, directions: Path, synthesis: Settings) -> None:
    """Writes `directions`, results/directions.json, from `extraction`, results/studies.json; `synthesis` is the block
    of config.yaml. Raises BuildStop for an outcome that no study has, and a direction that is none.
    """
    document, warnings = directions_of(STUDIES.read(extraction), synthesis)
    DIRECTIONS.write(directions, document)
    report_issues(warnings)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(count_directions, globals()["snakemake"])
