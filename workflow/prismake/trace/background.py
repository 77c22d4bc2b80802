"""What the numbers of a build's Word document are followed back to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.audit.build import kept_statements
from prismake.audit.matter import Matter
from prismake.audit.passages import grids_of, passages_of, passages_of_code
from prismake.common.reading import read_json
from prismake.common.results.declaring import FOLDER
from prismake.common.results.synthesis import PRINTED, STUDIES, TABLE_CELLS, VALUES
from prismake.common.values import ledger_of
from prismake.common.writing import read_rows
from prismake.manuscript.model import Manuscript, read_manuscript
from prismake.trace.numbers import Background, TableColumns


@dataclass(frozen=True)
class Sources:
    """The files: the manuscript and its metadata, values, studies, printed tables, references.

    `cells` are the tables as plain text, `stated` the table of statements and its schema, `lists` the folder with the
    records of each box of the flow. Empty lists stand for what a review does without.
    """

    manuscript: Path
    metadata: Path
    values: Path
    studies: list[Path]
    tables: list[Path]
    cells: list[Path]
    stated: list[Path]
    references: Path
    lists: Path


def _texts(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for item in value.values():
                yield from _texts(item)
        case list():
            for item in value:
                yield from _texts(item)
        case str():
            yield value


def title_page_texts(manuscript: Manuscript) -> list[str]:
    """What the head says as it prints: title, names, affiliations, addresses, keywords."""
    return [text for key, value in manuscript.plain_head.items() if key != "abstract" for text in _texts(value)]


def title_page_counts(manuscript: Manuscript) -> dict[str, int]:
    """What a title page may count, by name."""
    counts = manuscript.counts
    cited = {mention.key for mention in manuscript.mentions if not mention.crossing}
    numbers = {"text": counts.text, "references": len(cited), "tables": counts.tables, "figures": counts.figures}
    return numbers if counts.abstract is None else {"abstract": counts.abstract, **numbers}


def _table_columns(table: Path, cells: Path, expressions: Mapping[str, str]) -> TableColumns:
    names = [column["id"] for column in PRINTED.read(table)["columns"]]
    studies = [row["study_id"] for row in TABLE_CELLS.read(cells, ("study_id",))]
    return TableColumns(studies, [(name, expressions.get(name, "")) for name in names])


def background_of(sources: Sources, expressions: Mapping[str, Mapping[str, str]]) -> Background:
    """What the numbers of a build's document are followed back to."""
    manuscript = read_manuscript(sources.manuscript)
    extraction = STUDIES.read(sources.studies[0]) if sources.studies else {"studies": [], "columns": {}}
    matter = Matter(
        passages=[*passages_of(manuscript), *passages_of_code(manuscript)],
        ledger=ledger_of(VALUES.read(sources.values), sources.values.as_posix()),
        studies=extraction["studies"],
        references={work["id"]: work for work in read_json(sources.references)},
        columns=extraction["columns"],
        statements=kept_statements({"stated": sources.stated}),
    )
    tables = {
        f"tbl:{table.stem}": _table_columns(table, cells, expressions.get(table.stem, {}))
        for table, cells in zip(sources.tables, sources.cells, strict=True)
    }

    def listed(path: str) -> list[str]:
        """The ids of a list of records of the flow."""
        file = sources.lists.parent / path.removeprefix(f"{FOLDER}/")
        return [row["record_id"] for row in read_rows(file)] if file.parent == sources.lists else []

    head = [text for key, value in manuscript.plain_head.items() if key != "abstract" for text in _texts(value)]
    metadata, counts = sources.metadata.as_posix(), title_page_counts(manuscript)
    parts = extraction.get("parts") or {}
    return Background(matter, grids_of(manuscript), tables, head, metadata, counts, listed, parts)
