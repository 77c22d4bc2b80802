"""All results, in the order in which data flows."""

from __future__ import annotations

from prismake.common.results import audit, flow, manuscript, records, screening, submission, synthesis
from prismake.common.results.declaring import PLACEHOLDER, Result

# What is made beside the results: logs, run times, and what the engine keeps for itself.
NOT_RESULTS = ("results/logs/", "results/benchmarks/")
STAGES = (records, screening, flow, synthesis, manuscript, audit, submission)
DECLARED: tuple[Result, ...] = tuple(
    value for stage in STAGES for value in vars(stage).values() if isinstance(value, Result)
)


def declaration_of(path: str) -> Result | None:
    """What declares the file at a path from the review's folder: the declaration that names most of it."""
    fitting = [result for result in DECLARED if result.fits(path)]
    return max(fitting, key=lambda result: len(PLACEHOLDER.sub("", result.path)), default=None)
