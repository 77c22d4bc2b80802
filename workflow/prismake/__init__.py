"""Prismake: from search exports to a journal's manuscript, with every number computed from the records."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def snakefile() -> str:
    """The path of the engine's Snakefile, for the `include:` in a review's own Snakefile.

    A wheel carries the rules and scripts inside the package; in a checkout they stand beside it.
    """
    packaged = PACKAGE / "engine" / "Snakefile"
    return str(packaged if packaged.is_file() else PACKAGE.parents[1] / "Snakefile")
