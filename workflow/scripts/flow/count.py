"""Step: counts the flow. Every box is written as the list of its records, and the sums must close."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest, stop
from prismake.common.records import join_list
from prismake.common.steps import warn
from prismake.common.tables import read_table
from prismake.common.writing import read_rows, write_json, write_rows
from prismake.flow.boxes import Box, check_sums, make_boxes, make_labels

# What a box's list tells of each record.
LISTED = ("record_id", "title", "author", "year", "journal", "doi", "sources", "reason")
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

Row = dict[str, str]


def studies_of(
    included: Sequence[str],
    reports: Sequence[Mapping[str, Any]],
    survivors: Mapping[str, str],
    path: Path,
    draft: bool,
) -> list[str]:
    """The ids of the studies that the included records report, each once, in order.

    `reports` are rows of the table of reports (record_id, study_id, `__line__`); a report may be named by any record
    of its cluster. Raises BuildStop for a record that does not exist, a report of two studies and an included record
    without a study; in a draft the last counts as a study of its own. A report that is not included is a warning:
    its study does not count through it.
    """
    issues: list[Issue] = []
    study: dict[str, str] = {}
    for row in reports:
        where, name = f"{path}:{row['__line__']}", row["record_id"]
        if name not in survivors:
            fix = nearest_record(name, survivors)
            issues.append(Issue("unknown-record", f"there is no record '{name}'", where, fix))
            continue
        survivor = survivors[name]
        if study.setdefault(survivor, row["study_id"]) != row["study_id"]:
            message = f"'{name}' reports both '{study[survivor]}' and '{row['study_id']}'"
            issues.append(Issue("two-studies", message, where, "keep one study a report"))
        if survivor not in included:
            warn(Issue("not-included", f"'{name}' is not an included record", where, "its study is not counted"))
    for name in included:
        if name not in study and not draft:
            message = f"the included record '{name}' belongs to no study"
            issues.append(Issue("no-study", message, str(path), "add a row that names its study"))
    if issues:
        raise BuildStop(issues)
    return list(dict.fromkeys(study.get(name, name) for name in included))


def nearest_record(name: str, known: Mapping[str, str]) -> str:
    """A hint for an unknown record id."""
    hint = nearest(name, list(known))
    return hint if hint.startswith("did you mean") else "results/records/clusters.csv lists all records"


def describe_records(
    records: Sequence[Mapping[str, str]], clusters: Mapping[str, str], screening: Sequence[Mapping[str, str]]
) -> tuple[dict[str, Row], dict[str, Row]]:
    """(records as imported, records as screened) by id, with the columns `LISTED`.

    A duplicate's reason is the record that stands for it; a screened record's is why it left.
    """
    imported = {}
    for record in records:
        name = record["record_id"]
        kept = clusters.get(name, name)
        imported[name] = {column: record.get(column, "") for column in LISTED} | {
            "sources": record["database"],
            "reason": f"duplicate of {kept}" if kept != name else "",
        }
    screened = {
        row["record_id"]: {column: row.get(column, "") for column in LISTED}
        | {"reason": join_list([row["label"] or row["reason"], row["note"]])}
        for row in screening
    }
    return imported, screened


def write_lists(boxes: Sequence[Box], imported: Mapping[str, Row], screened: Mapping[str, Row], lists: Path) -> None:
    """Writes each box as `<lists>/<box id>.csv` and removes lists of boxes that are no more."""
    lists.mkdir(parents=True, exist_ok=True)
    for old in lists.glob("*.csv"):
        old.unlink()
    for box in boxes:
        if not SAFE_ID.fullmatch(box.id):
            message = f"'{box.id}' cannot name a file"
            raise stop("box-id", message, where="config.yaml", fix="use letters, digits, _ and - in ids")
        source = imported if box.role in ("identified", "source", "duplicates") else screened
        without_reason = {"reason": ""} if box.role in ("identified", "source", "screened", "included") else {}
        write_rows(lists / f"{box.id}.csv", LISTED, ({**source[name], **without_reason} for name in box.records))


def as_document(boxes: Sequence[Box], labels: Mapping[str, str], studies: Sequence[str] | None, lists: Path) -> Any:
    """The content of flow.json: heading and phases of the figure, and the boxes in reading order."""
    rows: list[dict[str, Any]] = []
    for box in boxes:
        row: dict[str, Any] = {
            "id": box.id,
            "label": box.label,
            "n": box.n,
            "records": (lists / f"{box.id}.csv").as_posix(),
            "role": box.role,
        }
        if box.stage:
            row["stage"] = box.stage
        if box.kind:
            row["kind"] = box.kind
        if box.role == "included" and studies is not None:
            row |= {"studies": len(studies), "studies_label": labels["included.studies"]}
        rows.append(row)
    return {
        "heading": labels["heading"],
        "phases": {name: labels[f"phase.{name}"] for name in ("identification", "screening", "included")},
        "kinds": {"database": labels["identified.databases"], "register": labels["identified.registers"]},
        "boxes": rows,
    }


def _read_records(path: Path) -> list[Row]:
    import pyarrow.parquet as pq

    columns = ["record_id", "search", "database", "title", "author", "year", "journal", "doi"]
    return [
        {name: value or "" for name, value in row.items()} for row in pq.read_table(path, columns=columns).to_pylist()
    ]


def count(
    *,
    records: Path,
    clusters: Path,
    screening: Path,
    flow: Path,
    lists: Path,
    stages: list[dict[str, Any]],
    searches: list[dict[str, Any]],
    labels: dict[str, str] | None = None,
    draft: bool = False,
    reports: Path | list[Path] | None = None,
    reports_schema: Path | None = None,
) -> None:
    """Counts the flow and checks that it closes.

    Reads all `records`, their `clusters`, the outcome of `screening` and, where the review has it, `reports`
    (record_id, study_id; checked by `reports_schema`), so that studies and reports are told apart. `stages` and
    `searches` are the config blocks, `labels` the block `flow.labels` (box id to text). Writes `flow` (JSON) and a
    CSV a box into the folder `lists`.
    Raises BuildStop where the tables disagree or a report lacks its study.
    """
    rows = _read_records(records)
    cluster_of = {row["record_id"]: row["cluster"] for row in read_rows(clusters)}
    duplicates = [name for name, kept in cluster_of.items() if kept != name]
    outcome = read_rows(screening)
    texts = make_labels(labels or {}, stages, searches)
    boxes = make_boxes(rows, duplicates, outcome, stages, searches, texts)
    check_sums(boxes, stages)
    studies = None
    if reports and reports_schema:
        path = reports[0] if isinstance(reports, list) else reports
        studies = studies_of(boxes[-1].records, read_table(path, reports_schema), cluster_of, path, draft)
    write_lists(boxes, *describe_records(rows, cluster_of, outcome), lists)
    write_json(flow, as_document(boxes, texts, studies, lists))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(count, globals()["snakemake"])
