"""The step as its rule calls it, for tests that change one thing at a time."""

from pathlib import Path
from typing import Any

from scripts.screen import Written, screen

OUTPUTS: dict[str, Any] = {
    "screening": Path("screening.csv"),
    "trail": Path("trail.csv"),
    "reviewers": Path("reviewers.csv"),
    "conflicts": Path("conflicts.csv"),
    "agreement": Path("agreement.json"),
    "agreement_table": Path("agreement.csv"),
    "read": Path("sources.csv"),
}


def run_step(tables=(), *, stages, searches=(), draft=False, **settings):
    """Screens unique.parquet with clusters.csv and records.parquet of the current folder."""
    screen(
        unique=Path("unique.parquet"),
        clusters=Path("clusters.csv"),
        records=Path("records.parquet"),
        tables=list(tables),
        written=Written(**OUTPUTS),
        settings={"stages": stages, **settings},
        searches=searches,
        draft=draft,
    )
