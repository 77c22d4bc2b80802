"""What a person decided about pairs of records: it always wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.common.cluster_map import ClusterMap
from prismake.common.errors import SHOWN, BuildStop, Issue, counted
from prismake.common.matching import Match, Matcher, named_by
from prismake.common.places import SCHEMAS
from prismake.common.tables import place_of, read_table

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
        written = row["record_a"], row["record_b"]
        if len(set(named)) < len(named) or written[0] == written[1]:
            names = [f"'{name}'" for name in dict.fromkeys([*written, *named])]
            message = f"{' and '.join(names[:2])} {'are' if len(names) > 1 else 'is'} one record"
            message += f", {names[2]}" if len(names) > 2 else ""
            issues.append(Issue("same-record", message, where, "name two records"))
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
    """A fault for each pair called different that others link, with the decisions of the shortest way between them."""
    links: dict[int, dict[int, str]] = {}
    for a, b, decision, where in known:
        if decision == "same":
            links.setdefault(a, {}).setdefault(b, where)
            links.setdefault(b, {}).setdefault(a, where)
    return [
        Issue(
            "contradiction",
            f"'{ids.names[a]}' and '{ids.names[b]}' are different works here, but the same work by {_listed(way)}",
            where,
            "change one of these decisions",
        )
        for a, b, decision, where in known
        if decision == "different" and (way := _way(links, a, b))
    ]


def _way(links: Mapping[int, Mapping[int, str]], start: int, end: int) -> list[str]:
    """Where the fewest decisions stand that link two records; empty where none do."""
    before: dict[int, tuple[int, str]] = {start: (start, "")}
    for here in (queue := [start]):
        for there, where in links.get(here, {}).items():
            if there not in before:
                before[there] = here, where
                queue.append(there)
        if end in before:
            break
    way = []
    while end in before and end != start:
        end, where = before[end]
        way.append(where)
    return way[::-1]


def _listed(places: Sequence[str]) -> str:
    more = f" and {counted(len(places) - SHOWN, 'more decision')}" if len(places) > SHOWN else ""
    return ", ".join(places[:SHOWN]) + more
