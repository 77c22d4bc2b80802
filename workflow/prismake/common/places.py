"""Paths: the engine's schemas, journals and fonts, and the results as seen from a review's folder."""

from pathlib import Path

from prismake import PACKAGE

SCHEMAS = PACKAGE / "schemas"
JOURNALS = PACKAGE / "journals"
FONTS = PACKAGE / "figures" / "fonts"

RESULTS = Path("results")
# Where screening sheets and lists of reports to fetch are read from, by the names that the build gives them.
SHEET_FOLDER = Path("data/screening")


def schema_of(table: str) -> Path:
    """The schema of a table that people write, of a form or a profile, by its name."""
    return SCHEMAS / f"{table}.schema.yaml"
