"""A review is data: what in its folder would run as code is refused."""

from __future__ import annotations

from pathlib import Path

from prismake.common.errors import stop

# Every Python process that loads Snakemake, the steps included, looks for missing modules here.
DEPLOYMENTS = Path(".snakemake/pip-deployments")


def check_no_code(review: Path) -> None:
    """Raises BuildStop if Snakemake would import Python modules that lie in the review's folder."""
    if (review / DEPLOYMENTS).exists():
        raise stop(
            "code-in-review",
            "may contain Python modules, which Snakemake would run",
            where=DEPLOYMENTS.as_posix(),
            fix="delete the folder; no review needs it",
        )
