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


STAGES: list[dict[str, Any]] = [
    {"id": "abstract", "reasons": {"design": "Wrong design, no control", "animals": "Animals only", "other": "Other"}},
    {"id": "fulltext", "reasons": {"no_outcome": "No outcome"}},
]
RECORDS = [
    {
        "record_id": "s:1",
        "title": "Endoscopic decompression after cement leakage",
        "year": "2021",
        "doi": "10.5555/one",
    },
    {"record_id": "s:2", "title": "Percutaneous techniques: a second look", "year": "2020", "pmid": "777"},
    {"record_id": "s:3", "title": "Nobody looked at this yet", "year": "2019"},
]
TWINS = [
    {
        "record_id": "t:1",
        "title": "Endoscopic decompression after cement leakage.",
        "year": "2020",
        "doi": "10.5555/twin",
    }
]


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
