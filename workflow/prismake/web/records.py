"""The records behind the page, by columns: what each is, what became of it, and which boxes of the flow count it.

Each record is here once and named by its place in the list; a review may have 100,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.records import read_record_table
from prismake.common.results.declaring import FOLDER
from prismake.common.results.flow import BOX, PREVIOUS_STUDIES, TOTAL_STUDIES
from prismake.common.results.records import CLUSTERS, LINKS, MERGES
from prismake.common.results.screening import TRAIL
from prismake.web.private import plain

SHOWN = ("title", "author", "year", "journal", "doi", "pmid")
IMPORTED = ("database", "search_date", "file", "position", "line")
# How the ids of boxes begin that hold the works which databases found together.
OVERLAP = "overlap."
# The boxes that count studies, those of the previous version of the review and all, and what their lists say of each.
OF_STUDIES = {"previous": (PREVIOUS_STUDIES, "report"), "total": (TOTAL_STUDIES, "version")}


@dataclass(frozen=True)
class Shown:
    """What of the review may be shown: notes of reviewers, their names, abstracts."""

    notes: bool = False
    reviewers: bool = False
    abstracts: bool = False


@dataclass(frozen=True)
class RecordFiles:
    """The results that hold the life of the records; `lists` is the folder with the records of each box."""

    collected: Path
    clusters: Path
    merges: Path
    links: Path
    trail: Path
    lists: Path


def coded(cells: Iterable[str]) -> dict[str, Any]:
    """A column with few different texts: the texts, and for each row the place of its own."""
    places: dict[str, int] = {}
    rows = [places.setdefault(plain(cell), len(places)) for cell in cells]
    return {"texts": list(places), "rows": rows}


def _steps(places: Sequence[int]) -> list[int]:
    """Each place as the distance from the one before it: small numbers, of which a list of all needs few bytes."""
    return [place - (places[index - 1] if index else 0) for index, place in enumerate(places)]


Steps = Sequence[Mapping[str, str]]


def _reasons(box: Mapping[str, Any], rows: Steps, trail: Steps, shown: Shown) -> list[str]:
    """Why each record is in a box. The list of the flow adds reviewers' notes to the reasons of a stage."""
    if shown.notes or not box.get("stage"):
        return [row["reason"] for row in rows]
    own = {step["record_id"]: step["label"] or step["matched"] for step in trail if step["stage"] == box["stage"]}
    return [own.get(row["record_id"], "") if row["reason"] else "" for row in rows]


def _box(box: Mapping[str, Any], lists: Path, index: Mapping[str, int], trail: Steps, shown: Shown) -> dict[str, Any]:
    about = {key: box[key] for key in ("id", "n", "role", "parent", "studies", "studies_label") if key in box}
    about["label"] = plain(str(box["label"]).rstrip(":"))
    if not box.get("records"):
        return about
    file = lists.parent / str(box["records"]).removeprefix(f"{FOLDER}/")
    if box["role"] in OF_STUDIES:
        kind, column = OF_STUDIES[box["role"]]
        about["listed"] = [[row["study_id"], plain(row[column])] for row in kind.read(file, ("study_id", column))]
        return about
    rows = BOX.read(file, ("record_id", "reason"))
    known = [row for row in rows if row["record_id"] in index]
    about["records"] = _steps([index[row["record_id"]] for row in known])
    reasons = _reasons(box, known, trail, shown)
    if any(reasons):
        about["reasons"] = coded(reasons)
    return about


def _overlaps(ids: Sequence[str], databases: Sequence[str], cluster_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """A box for each set of databases that found works together and no other did, the largest first."""
    found_by: dict[str, set[str]] = {}
    for name, database in zip(ids, databases, strict=True):
        found_by.setdefault(cluster_of[name], set()).add(plain(database))
    together: dict[tuple[str, ...], list[int]] = {}
    for place, name in enumerate(ids):
        if name in found_by:
            together.setdefault(tuple(sorted(found_by[name])), []).append(place)
    ordered = sorted(together.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {
            "id": f"{OVERLAP}{number}",
            "n": len(places),
            "role": "overlap",
            "label": f"{' and '.join(names)} alone",
            "records": _steps(places),
        }
        for number, (names, places) in enumerate(ordered, start=1)
        if len(set(databases)) > 1
    ]


def _trail(rows: Steps, index: Mapping[str, int], shown: Shown) -> dict[str, Any]:
    columns = {"stage": "stage", "decision": "decision", "label": "label", "matched": "matched"}
    columns |= {"decided_by": "by"} if shown.reviewers else {}
    columns |= {"note": "note"} if shown.notes else {}
    return {
        "record": _steps([index[row["record_id"]] for row in rows]),
        **{short: coded(row[name] for row in rows) for name, short in columns.items()},
    }


def records_of(files: RecordFiles, flow: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """All records of the review with their copies, decisions and boxes, as data for the page."""
    wanted = (*SHOWN, *(("abstract",) if shown.abstracts else ()))
    table = read_record_table(files.collected, ("record_id", *wanted, *IMPORTED))
    ids: list[str] = table.column("record_id").to_pylist()
    index = {name: place for place, name in enumerate(ids)}
    cluster_of = {row["record_id"]: row["cluster"] for row in CLUSTERS.read(files.clusters, ("record_id", "cluster"))}
    merges = MERGES.read(files.merges, ("record_a", "record_b", "rule", "evidence"))
    links = LINKS.read(files.links, ("preprint", "article", "evidence"))
    trail = TRAIL.read(files.trail, TRAIL.columns)
    few = {"database", "search_date", "file", "journal"}
    columns = {
        name: coded(cells)
        if name in few
        else cells
        if name in ("position", "line")
        else [plain(cell) for cell in cells]
        for name in (*wanted, *IMPORTED)
        for cells in [table.column(name).to_pylist()]
    }
    return {
        "id": ids,
        **columns,
        "survivor": [index[cluster_of[name]] - place for place, name in enumerate(ids)],
        "merges": {
            "a": [index[row["record_a"]] for row in merges],
            "b": [index[row["record_b"]] for row in merges],
            "rule": coded(row["rule"] for row in merges),
            "evidence": coded(row["evidence"] for row in merges),
        },
        "links": [[index[row["preprint"]], index[row["article"]], plain(row["evidence"])] for row in links],
        "trail": _trail(trail, index, shown),
        "boxes": [
            *(_box(box, files.lists, index, trail, shown) for box in flow["boxes"]),
            *_overlaps(ids, table.column("database").to_pylist(), cluster_of),
        ],
    }
