"""The records behind the page, by columns: what each is, what became of it, and which boxes of the flow count it.

Each record is here once and named by its place in the list; a review may have 100,000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from prismake.common.records import read_record_table
from prismake.common.results.declaring import FOLDER
from prismake.common.results.flow import BOX, PREVIOUS_STUDIES, TOTAL_STUDIES
from prismake.common.results.records import CLUSTERS, LINKS, MERGES, TO_REVIEW
from prismake.common.results.screening import REVIEWERS, TRAIL
from prismake.web.labels import labels_of
from prismake.web.lists import (
    Sought,
    boxes_of,
    coded,
    lists_of_agreement,
    lists_of_pairs,
    lists_of_sources,
    overlaps,
    steps_of,
)
from prismake.web.private import plain

SHOWN = ("title", "author", "year", "journal", "doi", "pmid")
IMPORTED = ("database", "search_date", "file", "position", "line")
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
    to_review: Path
    trail: Path
    reviewers: Path
    lists: Path


Steps = Sequence[Mapping[str, str]]


def _reasons(box: Mapping[str, Any], rows: Steps, trail: Steps, shown: Shown) -> list[str]:
    """Why each record is in a box. The list of the flow adds reviewers' notes to the reasons of a stage."""
    if shown.notes or not box.get("stage"):
        return [row["reason"] for row in rows]
    own = {step["record_id"]: step["label"] or step["matched"] for step in trail if step["stage"] == box["stage"]}
    return [own.get(row["record_id"], "") if row["reason"] else "" for row in rows]


def _box(box: Mapping[str, Any], lists: Path, index: Mapping[str, int], trail: Steps, shown: Shown) -> dict[str, Any]:
    about = {key: box[key] for key in ("id", "n", "role", "parent", "studies", "studies_label") if key in box}
    about["label"] = plain(str(box["label"]))
    if not box.get("records"):
        return about
    file = lists.parent / str(box["records"]).removeprefix(f"{FOLDER}/")
    if box["role"] in OF_STUDIES:
        kind, column = OF_STUDIES[box["role"]]
        about["listed"] = [[row["study_id"], plain(row[column])] for row in kind.read(file, ("study_id", column))]
        return about
    rows = BOX.read(file, ("record_id", "reason"))
    known = [row for row in rows if row["record_id"] in index]
    about["records"] = steps_of([index[row["record_id"]] for row in known])
    reasons = _reasons(box, known, trail, shown)
    if any(reasons):
        about["reasons"] = coded(reasons)
    return about


def _trail(rows: Steps, index: Mapping[str, int], shown: Shown) -> dict[str, Any]:
    columns = {"stage": "stage", "decision": "decision", "label": "label", "matched": "matched"}
    columns |= {"decided_by": "by"} if shown.reviewers else {}
    columns |= {"note": "note"} if shown.notes else {}
    return {
        "record": steps_of([index[row["record_id"]] for row in rows]),
        **{short: coded(row[name] for row in rows) for name, short in columns.items()},
    }


def records_of(
    files: RecordFiles, flow: Mapping[str, Any], shown: Shown, wanted: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """All records of the review with their copies, decisions and boxes, as data for the page.

    `wanted` are values by their names; the lists behind them that no box of the flow holds are boxes too.
    """
    fields = (*SHOWN, *(("abstract",) if shown.abstracts else ()))
    table = read_record_table(files.collected, ("record_id", "search", *fields, *IMPORTED))
    ids: list[str] = table.column("record_id").to_pylist()
    index = {name: place for place, name in enumerate(ids)}
    cluster_of = {row["record_id"]: row["cluster"] for row in CLUSTERS.read(files.clusters, ("record_id", "cluster"))}
    merges = MERGES.read(files.merges, ("cluster", "record_a", "record_b", "rule", "evidence"))
    links = LINKS.read(files.links, ("preprint", "article", "evidence"))
    trail = TRAIL.read(files.trail, TRAIL.columns)
    few = {"database", "search_date", "file", "journal"}
    columns = {
        name: coded(cells)
        if name in few
        else cells
        if name in ("position", "line")
        else [plain(cell) for cell in cells]
        for name in (*fields, *IMPORTED)
        for cells in [table.column(name).to_pylist()]
    }
    labels = labels_of(flow["boxes"])
    searches, databases = (table.column(name).to_pylist() for name in ("search", "database"))
    sought = Sought(ids, searches, databases, cluster_of)
    behind = chain(
        lists_of_sources(sought),
        lists_of_pairs(merges, TO_REVIEW.read(files.to_review, ("record_a", "record_b", "evidence")), links, index),
        lists_of_agreement(REVIEWERS.read(files.reviewers, ("record_id", "stage", "reviewer", "decision")), index),
    )
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
            *(_box({**box, "label": labels[box["id"]]}, files.lists, index, trail, shown) for box in flow["boxes"]),
            *overlaps(sought),
            *boxes_of(behind, wanted or {}),
        ],
    }
