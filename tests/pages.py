"""The pages of a PDF as text, by a reader that Prismake itself does not use."""

from pathlib import Path

import pymupdf


def page_texts(path: Path) -> list[str]:
    """The text of each page."""
    with pymupdf.open(path) as document:
        return [str(page.get_text()) for page in document]
