"""The files of decisions: tables that people write, and exports of screening tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue
from prismake.common.places import SCHEMAS
from prismake.common.tables import read_table
from prismake.screening.decisions import as_vote
from prismake.screening.readers import read_source, sources_of
from prismake.screening.readers.entries import Blank, Source
from prismake.screening.readers.numbers import unused_in_all
from prismake.screening.reasons import Reasons, splitter
from prismake.screening.stages import Stage
from prismake.screening.votes import Vote, holds_address, labels, relabelled, without_addresses

# The format of the tables that people write.
TABLE = "Prismake CSV"
SCHEMA = SCHEMAS / "screening_decisions.schema.yaml"


@dataclass(frozen=True)
class DecisionFile:
    """The content of one file of decisions: rows read, votes, rows without a decision.

    `source` is its block in config.yaml, None for a table that people write; `unseen` counts the rows that say that
    nobody has seen the record.
    """

    file: Path
    format: str
    stage: str
    rows: int
    votes: Sequence[Vote]
    blank: Sequence[Blank] = ()
    unseen: int = 0
    source: Source | None = None


@dataclass
class DecisionFiles:
    """All votes of all files, with the reviewers' labels, and the faults of the files."""

    files: list[DecisionFile] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    label: Mapping[str, str] = field(default_factory=dict)

    def rows(self, others: Mapping[int, int]) -> list[dict[str, Any]]:
        """The rows of results/screening/sources.csv.

        `others` counts the records that a file decides by not listing them, by the file's place.
        """
        return [
            {
                "file": file.file.as_posix(),
                "format": file.format,
                "stage": file.stage,
                "rows": file.rows,
                "decisions": len(file.votes),
                "undecided": len(file.blank),
                "unseen": file.unseen,
                "others": others.get(number, 0),
                "reviewers": ", ".join(sorted({self.label[vote.reviewer] for vote in file.votes if vote.reviewer})),
            }
            for number, file in enumerate(self.files)
        ]


def without_decisions(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The sources, by rows of results/screening/sources.csv, of which no row is a decision; tables may be empty."""
    mute = (row for row in rows if row["format"] != TABLE and row["decisions"] == row["unseen"] == "0")
    return list(dict.fromkeys(row["file"] for row in mute))


def read_decisions(
    tables: Sequence[Path], sources: Sequence[Mapping[str, Any]], stages: Sequence[Stage], names: Mapping[str, str]
) -> DecisionFiles:
    """The votes of the tables that people write and of the exports of screening tools.

    `sources` is the block `screening.sources` of config.yaml, which describes the exports; `names` is
    `screening.reviewers`, the labels of reviewers. Raises BuildStop with every fault of a table.
    """
    decisions = DecisionFiles()
    for path in tables:
        votes = [as_vote(row, path) for row in read_table(path, SCHEMA)]
        decisions.files.append(DecisionFile(path, TABLE, "", len(votes), votes))
    _read_exports(sources, stages, decisions)
    votes = [vote for file in decisions.files for vote in file.votes]
    decisions.label = labels({vote.reviewer for vote in votes}, names)
    decisions.votes = relabelled(votes, decisions.label)
    return decisions


def _read_exports(blocks: Sequence[Mapping[str, Any]], stages: Sequence[Stage], decisions: DecisionFiles) -> None:
    known = {stage.id: Reasons(stage) for stage in stages}
    # Several files may share a table of numbers.
    numbered: dict[Path, list[list[Issue]]] = {}
    for source in sources_of(blocks):
        if holds_address(str(source.file)) or holds_address(source.reviewer):
            message = "the file's name or its reviewer contains an e-mail address, which would reach the results"
            where = without_addresses(str(source.file)) if source.alone else source.where
            decisions.issues.append(Issue("address", message, where, "rename it"))
            continue
        reasons = [known[source.stage]] if source.stage in known else list(known.values())
        try:
            export = read_source(source, partial(splitter, reasons))
        except BuildStop as problem:
            decisions.issues += problem.issues
            continue
        if source.records is None:
            decisions.issues += export.issues
        else:
            numbered.setdefault(source.records, []).append(export.issues)
        decisions.files.append(
            DecisionFile(
                source.file,
                export.format,
                source.stage,
                export.rows,
                export.votes,
                export.blank,
                export.unseen,
                source,
            )
        )
    for of_each in numbered.values():
        decisions.issues += unused_in_all(of_each)
