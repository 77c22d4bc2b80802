"""What an export file holds: itself, or the members of an archive."""

from __future__ import annotations

from pathlib import Path

from prismake.common.errors import stop
from prismake.importing.content import Content


def contents(path: Path) -> list[Content]:
    """The exports in a file. Raises BuildStop where the file is not there."""
    if not path.is_file():
        raise stop("missing-file", "the file does not exist", where=str(path), fix="correct its path in config.yaml")
    return [Content(str(path), lambda: path.open("rb"))]
