"""Lists of records that no box of the flow holds: what databases share, what was merged, what reviewers compared.

Each has the name of the value that it stands behind; the page offers it where it has as many entries as its value says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.synthesis.figures import name_of
from prismake.web.private import plain

Row = Mapping[str, str]
# The role of a box that is such a list.
LIST = "list"
# How the ids of boxes begin that hold the works which databases found together.
OVERLAP = "overlap."
RECORDS, WORKS, PAIRS = ("record", "records"), ("work", "works"), ("pair", "pairs")


@dataclass(frozen=True)
class Listing:
    """A list behind a value: what it holds, the places of its records, and why each is there."""

    label: str
    noun: tuple[str, str]
    places: Sequence[int]
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Sought:
    """The records by their places: the id, search and database of each, and the cluster of each id."""

    ids: Sequence[str]
    searches: Sequence[str]
    databases: Sequence[str]
    cluster_of: Mapping[str, str]

    @property
    def labels(self) -> dict[str, str]:
        """Search -> its database, with the id of the search where others ran in the same."""
        names = {search: plain(name) for search, name in zip(self.searches, self.databases, strict=True)}
        listed = list(names.values())
        return {search: f"{name} ({search})" if listed.count(name) > 1 else name for search, name in names.items()}


def coded(cells: Iterable[str]) -> dict[str, Any]:
    """A column with few different texts: the texts, and for each row the place of its own."""
    places: dict[str, int] = {}
    rows = [places.setdefault(plain(cell), len(places)) for cell in cells]
    return {"texts": list(places), "rows": rows}


def steps_of(places: Sequence[int]) -> list[int]:
    """Each place as the distance from the one before it: small numbers, of which a list of all needs few bytes."""
    return [place - (places[index - 1] if index else 0) for index, place in enumerate(places)]


def overlaps(sought: Sought) -> list[dict[str, Any]]:
    """A box for each set of databases that found works together and no other did, the largest first."""
    found_by: dict[str, set[str]] = {}
    for name, database in zip(sought.ids, sought.databases, strict=True):
        found_by.setdefault(sought.cluster_of[name], set()).add(plain(database))
    together: dict[tuple[str, ...], list[int]] = {}
    for place, name in enumerate(sought.ids):
        if name in found_by:
            together.setdefault(tuple(sorted(found_by[name])), []).append(place)
    ordered = sorted(together.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {
            "id": f"{OVERLAP}{' and '.join(names)}",
            "n": len(places),
            "role": "overlap",
            "label": f"{' and '.join(names)} alone",
            "noun": list(WORKS),
            "records": steps_of(places),
        }
        for names, places in ordered
        if len(set(sought.databases)) > 1
    ]


def _works_of(sought: Sought) -> dict[str, dict[str, int]]:
    """Cluster -> the searches that found it, each with the place of its first record."""
    found_by: dict[str, dict[str, int]] = {}
    for place, (name, search) in enumerate(zip(sought.ids, sought.searches, strict=True)):
        found_by.setdefault(sought.cluster_of[name], {}).setdefault(search, place)
    return found_by


def lists_of_sources(sought: Sought) -> Iterator[tuple[str, Listing]]:
    """(name of a value of results/dedup/sources.csv, its list)."""
    works = _works_of(sought)
    by_search: dict[str, list[int]] = {search: [] for search in sought.labels}
    for place, search in enumerate(sought.searches):
        by_search[search].append(place)
    for search, label in sought.labels.items():
        own = {by[search]: by for by in works.values() if search in by}
        before = f"dedup.sources.{name_of(search)}"
        yield f"{before}.records", Listing(f"Records of {label}", RECORDS, by_search[search])
        repeated = [place for place in by_search[search] if place not in own]
        yield f"{before}.duplicates_within", Listing(f"Duplicates within {label}", RECORDS, repeated)
        yield f"{before}.works", Listing(f"Works found by {label}", WORKS, list(own))
        alone = [place for place, by in own.items() if len(by) == 1]
        yield f"{before}.unique", Listing(f"Works found by {label} alone", WORKS, alone)
        shared = [place for place, by in own.items() if len(by) > 1]
        yield f"{before}.shared", Listing(f"Works found by {label} and another search", WORKS, shared)
        for other, its in sought.labels.items():
            if other != search:
                both = [place for place, by in own.items() if other in by]
                yield f"{before}.with_{name_of(other)}", Listing(f"Works found by {label} and {its}", WORKS, both)
    yield from _lists_of_all(sought, works)


def _lists_of_all(sought: Sought, works: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, Listing]]:
    """The lists of the last row of results/dedup/sources.csv; of each work its survivor is listed."""
    index = {name: place for place, name in enumerate(sought.ids)}
    finders = {index[cluster]: by for cluster, by in works.items()}
    before, every = "dedup.sources.all", range(len(sought.ids))
    copies = [place for place in every if place not in finders]
    yield f"{before}.records", Listing("Records of all searches", RECORDS, every)
    yield f"{before}.duplicates_within", Listing("Duplicates among the records of all searches", RECORDS, copies)
    yield f"{before}.works", Listing("Works found by all searches", WORKS, sorted(finders))
    for column, label, wanted in (("unique", "one search alone", False), ("shared", "two or more searches", True)):
        places = sorted(place for place, by in finders.items() if (len(by) > 1) == wanted)
        yield f"{before}.{column}", Listing(f"Works found by {label}", WORKS, places)


def _pairs(label: str, rows: Sequence[Row], sides: tuple[str, str], index: Mapping[str, int]) -> Listing:
    """Pairs by the first record of each; the other stands in the reason."""
    one, other = sides
    known = [row for row in rows if row[one] in index]
    reasons = [f"and {row[other]}: {row['evidence']}" for row in known]
    return Listing(label, PAIRS, [index[row[one]] for row in known], reasons)


def lists_of_pairs(
    merges: Sequence[Row], to_review: Sequence[Row], links: Sequence[Row], index: Mapping[str, int]
) -> Iterator[tuple[str, Listing]]:
    """(name of a value about deduplication, its list), of the rows of merges.csv, to_review.csv and links.csv."""
    sides = ("record_a", "record_b")
    merged = list(dict.fromkeys(index[row["cluster"]] for row in merges))
    yield "dedup.merged", Listing("Works with more than one record", WORKS, merged)
    yield "dedup.pairs", _pairs("Pairs of records that were merged", merges, sides, index)
    for rule in dict.fromkeys(row["rule"] for row in merges):
        own = [row for row in merges if row["rule"] == rule]
        yield f"dedup.rules.{name_of(rule)}", _pairs(f"Pairs merged by the rule “{rule}”", own, sides, index)
    yield "dedup.to_review", _pairs("Pairs for a person to judge", to_review, sides, index)
    yield "dedup.linked", _pairs("Preprints and their articles", links, ("preprint", "article"), index)


def lists_of_agreement(votes: Sequence[Row], index: Mapping[str, int]) -> Iterator[tuple[str, Listing]]:
    """(name of a value about the agreement at a stage, its list), of the rows of reviewers.csv; nobody is named."""
    stages: dict[str, dict[str, dict[str, str]]] = {}
    for row in votes:
        stages.setdefault(row["stage"], {}).setdefault(row["record_id"], {})[row["reviewer"]] = row["decision"]
    for stage, records in stages.items():
        compared = {
            name: sorted(answers.values()) for name, answers in records.items() if len(answers) > 1 and name in index
        }
        kinds = {
            "n": ("Records that two or more reviewers judged", compared),
            "agree": (
                "Records on which the reviewers agree",
                {name: answers for name, answers in compared.items() if len(set(answers)) == 1},
            ),
        }
        for key, (label, answers) in kinds.items():
            reasons = [", ".join(decisions) for decisions in answers.values()]
            places = [index[name] for name in answers]
            yield f"agreement.{name_of(stage)}.{key}", Listing(f"{label}: {stage}", RECORDS, places, reasons)


def boxes_of(lists: Iterable[tuple[str, Listing]], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lists behind the `wanted` values, each of which gives its number, as boxes of the page.

    A list that is not as long as its value says is left out.
    """
    return [
        {
            "id": name,
            "n": len(one.places),
            "role": LIST,
            "label": plain(one.label),
            "noun": list(one.noun),
            "records": steps_of(one.places),
            **({"reasons": coded(one.reasons)} if any(one.reasons) else {}),
        }
        for name, one in lists
        if name in wanted and wanted[name] == len(one.places)
    ]
