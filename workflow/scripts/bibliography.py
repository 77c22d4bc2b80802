"""The reference list: BibTeX entries checked one by one and handed on as CSL JSON.

bibtexparser 2 keeps every block that it could not read, where version 1 dropped them silently; pandoc turns what is
sound into CSL JSON."""

import logging
from pathlib import Path

from bibtexparser.entrypoint import parse_string
from prismake.common.errors import BuildStop, Issue
from prismake.common.reading import read_text
from prismake.common.results.manuscript import REFERENCES
from prismake.common.steps import warn
from prismake.manuscript.bibliography import anonymous, check_entries, retracted, to_csl
from prismake.manuscript.people import misread_names


def bibliography(*, source: Path, references: Path) -> None:
    """Checks references.bib and writes results/manuscript/references.json (CSL JSON, in the order of the file)."""
    text = read_text(source)
    # The parser logs entries that it cannot read; `check_entries` reports each of them once, with its place.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    library = parse_string(text)
    if issues := [*check_entries(library, source), *misread_names(library, str(source))]:
        raise BuildStop(issues)
    if issue := anonymous(library, source):
        warn(issue)
    items = to_csl(text, library, source)
    lost = {entry.key for entry in library.entries} - {item["id"] for item in items}
    if lost:
        raise BuildStop(
            Issue(
                "bibtex",
                f"pandoc could not read these entries: {', '.join(sorted(lost))}",
                str(source),
                "check their type",
            )
        )
    if issue := retracted(items, source):
        warn(issue)
    REFERENCES.write(references, items)


if "snakemake" in globals():
    from prismake.common.steps import run

    run(bibliography, globals()["snakemake"])
