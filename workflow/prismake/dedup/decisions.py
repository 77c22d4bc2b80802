"""What a person decided about pairs of records: it always wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prismake.common.cluster_map import ClusterMap
from prismake.common.errors import BuildStop, Issue
from prismake.common.matching import Match, Matcher, named_by
from prismake.common.places import SCHEMAS
from prismake.common.tables import place_of, read_table
from prismake.dedup.clusters import Groups

SCHEMA = SCHEMAS / "dedup_decisions.schema.yaml"


@dataclass(frozen=True)
class Decisions:
    """Pairs of rows that a person called the same work, or different works."""

    same: list[tuple[int, int]]
    different: list[tuple[int, int]]


NO_DECISIONS = Decisions([], [])


def read_decisions(
    path: Path,
    ids: ClusterMap,
    load: Callable[[], Iterable[Mapping[str, str]]] | None = None,
) -> Decisions:
    """Reads decisions.csv (record_a, record_b, decision, note) for a table with these record ids, each its own cluster.

    A row names a record by its id or, where `load` gives the records' identifiers, by a DOI, PMID or other identifier
    that no other record has. Raises BuildStop with every row that names no record, several records or the same record
    twice, and with every pair that is called both the same and different, directly or through other decisions.
    """
    matcher = Matcher(ids, load)
    issues: list[Issue] = []
    known = []
    for row in read_table(path, SCHEMA):
        where = place_of(row, path)
        matches = [matcher.match(named_by(row[side]), where) for side in ("record_a", "record_b")]
        issues += [match for match in matches if isinstance(match, Issue)]
        named = [match.record for match in matches if isinstance(match, Match)]
        if len(set(named)) < len(named) or row["record_a"] == row["record_b"]:
            issues.append(Issue("same-record", "a record is compared with itself", where, "name two records"))
        elif len(named) == len(matches):
            a, b = named
            known.append((ids.row(a), ids.row(b), str(row["decision"]), where))
    issues += _contradictions(known, ids)
    if issues:
        raise BuildStop(issues)
    return Decisions(
        sorted({(min(a, b), max(a, b)) for a, b, decision, _ in known if decision == "same"}),
        sorted({(min(a, b), max(a, b)) for a, b, decision, _ in known if decision == "different"}),
    )


def _contradictions(known: list[tuple[int, int, str, str]], ids: ClusterMap) -> list[Issue]:
    numbers: dict[int, int] = {}
    for a, b, _, _ in known:
        numbers.setdefault(a, len(numbers))
        numbers.setdefault(b, len(numbers))
    groups = Groups(len(numbers))
    for a, b, decision, _ in known:
        if decision == "same":
            groups.join(numbers[a], numbers[b])
    return [
        Issue(
            "contradiction",
            f"'{ids.names[a]}' and '{ids.names[b]}' are different works here, but the same work by other decisions",
            where,
            "change one of the decisions that link them",
        )
        for a, b, decision, where in known
        if decision == "different" and groups.find(numbers[a]) == groups.find(numbers[b])
    ]
