"""The way of one record through a finished build, told from the files under `results/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from prismake.common.errors import nearest, stop
from prismake.common.writing import read_rows

Row = Mapping[str, str]

# Where the results of the earlier stages stand, from the folder of results.
RECORDS, CLUSTERS, MERGES = "records/records.parquet", "records/clusters.csv", "dedup/merges.csv"
TRAIL = "screening/trail.csv"


def _import_lines(record: Row) -> list[str]:
    place = f"{record['file']}, record {record['position']}"
    if int(record["line"]):
        place += f" (line {record['line']})"
    about = ". ".join(
        part.rstrip(".") for part in (record["author"], record["title"], record["journal"], record["year"]) if part
    )
    searched = f", searched {record['search_date']}" if record["search_date"] else ""
    return [record["record_id"], f"  {about}", "Imported", f"  from {record['database']}{searched}: {place}"]


def _cluster_lines(name: str, clusters: Sequence[Row], merges: Sequence[Row]) -> list[str]:
    kept = next(row["cluster"] for row in clusters if row["record_id"] == name)
    members = [row["record_id"] for row in clusters if row["cluster"] == kept]
    if len(members) == 1:
        return ["Duplicates", "  none found"]
    head = "it stands for all of them" if kept == name else f"{kept} stands for all of them"
    lines = ["Duplicates", f"  one of {len(members)} records of the same report; {head}"]
    lines += [f"  - {member}" for member in members if member != name]
    for merge in merges:
        if merge["cluster"] == kept:
            lines.append(f"  {merge['record_a']} = {merge['record_b']}: {merge['rule']} ({merge['evidence']})")
    return lines


def _stage_lines(trail: Sequence[Row]) -> list[str]:
    lines = ["Screening"]
    for step in trail:
        because = step["label"] or step["reason"]
        text = f"  {step['stage']}: {step['decision']}" + (f", {because}" if because else "")
        text += f" ({step['matched']})" if step["matched"] else ""
        text += f", by {step['decided_by']}" if step["decided_by"] else ""
        lines.append(text + (f"; note: {step['note']}" if step["note"] else ""))
    last = trail[-1]["decision"] if trail else ""
    if last == "include":
        lines.append("  It is included in the review.")
    elif last == "pending":
        lines.append("  It waits for a decision.")
    return lines


def explain(name: str, results: Path) -> str:
    """Tells where a record was imported, which cluster it belongs to and what each stage decided.

    Reads the files of a finished build. Raises BuildStop where the record or the build is not there.
    """
    import pyarrow.parquet as pq

    for needed in (RECORDS, CLUSTERS, TRAIL):
        if not (results / needed).is_file():
            raise stop("not-built", "the file does not exist", where=str(results / needed), fix="run `snakemake` first")
    columns = ["record_id", "title", "author", "journal", "year", "database", "search_date", "file", "position", "line"]
    table = pq.read_table(results / RECORDS, columns=columns)
    ids = table.column("record_id").to_pylist()
    if name not in ids:
        hint = nearest(name, ids)
        fix = hint if hint.startswith("did you mean") else f"{results / CLUSTERS} lists all records"
        raise stop("unknown-record", f"there is no record '{name}'", where=str(results / RECORDS), fix=fix)
    record = {key: str(value or "") for key, value in table.slice(ids.index(name), 1).to_pylist()[0].items()}
    record["line"] = record["line"] or "0"
    clusters = read_rows(results / CLUSTERS)
    merges = read_rows(results / MERGES) if (results / MERGES).is_file() else []
    kept = next(row["cluster"] for row in clusters if row["record_id"] == name)
    trail = [row for row in read_rows(results / TRAIL) if row["record_id"] == kept]
    return "\n".join([*_import_lines(record), *_cluster_lines(name, clusters, merges), *_stage_lines(trail)])
