"""BibTeX as Rayyan writes it: the decisions are in `note`."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from prismake.common import identifiers
from prismake.common.errors import Issue
from prismake.common.matching import Named
from prismake.screening.marks import marked_ids, without_mark
from prismake.screening.readers.entries import Entry, folded

if TYPE_CHECKING:
    from bibtexparser.model import Entry as Block


def read(text: str, path: str, issues: list[Issue]) -> Iterator[Entry]:
    """Yields a file's entries in order; each block that is not a well-formed entry is added to `issues`."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, ParsingFailedBlock
    from bibtexparser.model import Entry as BibEntry

    # The parser prints a line for each entry that it cannot read; here these become issues.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    for parsed in parse_string(text).blocks:
        block = parsed
        # A key or field that occurs twice is not a fault here: the key of an entry is never used.
        if (
            isinstance(parsed, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock)
            and parsed.ignore_error_block is not None
        ):
            block = parsed.ignore_error_block
        if isinstance(block, BibEntry):
            yield _entry(block)
        elif isinstance(block, ParsingFailedBlock):
            where = f"{path}:{(block.start_line or 0) + 1}"
            issues.append(Issue("bibtex", "not a well-formed BibTeX entry", where, "export the file again"))


# Where reference managers keep people's tags.
LABELS = (
    "keywords",
    "keyword",
    "mendeley-tags",
    "groups",
    "label",
    *(f"custom{n}" for n in range(1, 9)),
    "note",
    "annote",
)


def _entry(block: Block) -> Entry:
    fields = {field.key.lower().replace("_", "-"): _plain(str(field.value)) for field in block.fields}
    noted = [folded(fields[name]) for name in ("note", "notes", "annote") if fields.get(name)]
    notes = tuple(note for note in map(without_mark, noted) if note)
    return Entry(
        (block.start_line or 0) + 1,
        Named(
            (
                *marked_ids(noted),
                *(value for value in (fields.get("pmc-id", ""), fields.get("url", ""), block.key) if value),
            ),
            identifiers.doi(fields.get("doi", "")),
            identifiers.pmid(fields.get("pmid", "") or fields.get("pubmed-id", "")),
            folded(fields.get("title", "")),
            fields.get("year", "").strip(),
            folded(fields.get("author", "")),
        ),
        notes,
        labels=tuple(folded(part) for name in LABELS for part in re.split(r"[,;\n]", fields.get(name, ""))),
    )


def _plain(value: str) -> str:
    """A value without the marks of the language: its outer braces or quotes, escapes, protected capitals.

    A note of Rayyan holds braces of its own, which stay: only pairs around the whole value go.
    """
    value = value.strip()
    while len(value) > 1 and (value[0], value[-1]) in (("{", "}"), ('"', '"')) and _wraps(value):
        value = value[1:-1].strip()
    if "RAYYAN-" in value:
        return value.replace("\\{", "{").replace("\\}", "}").replace("\\_", "_").replace("\\&", "&").replace("\\%", "%")
    if "\\" in value:
        from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

        # pylatexenc raises many kinds on text that is not LaTeX after all.
        with suppress(Exception):
            value = str(LatexNodes2Text(math_mode="verbatim").latex_to_text(value.replace("%", "\\%")))
    return value.replace("{", "").replace("}", "")


def _wraps(value: str) -> bool:
    """Whether the first brace closes with the last."""
    if value[0] == '"':
        return '"' not in value[1:-1]
    depth = 0
    for at, character in enumerate(value):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return at == len(value) - 1
    return False
