"""Prismake: from search exports to a journal's manuscript, with every number computed from the records."""

from pathlib import Path

__version__ = "0.1.0"

PACKAGE = Path(__file__).resolve().parent
# A wheel carries Snakefile, rules and scripts inside the package; in a checkout they stand beside it.
ENGINE = PACKAGE / "engine" if (PACKAGE / "engine").is_dir() else PACKAGE.parents[1]


def snakefile() -> str:
    """The path of the engine's Snakefile, for the `include:` in a review's own Snakefile."""
    return str(ENGINE / "Snakefile")
