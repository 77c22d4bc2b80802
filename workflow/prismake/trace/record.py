"""The life of one record in a finished build, from the line of its export to the sentences that cite it.

What a review does not have, such as studies or a manuscript, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.common.errors import stop
from prismake.common.records import read_clusters, split_list
from prismake.common.results import flow, manuscript, records, screening, submission, synthesis
from prismake.synthesis.figures import name_of
from prismake.trace.build import DESCRIBED, IMPORTED, NAMED, Build, find, nearest_records

Life = dict[str, Any]

_MERGE = ("record_a", "record_b", "rule", "evidence", "score")
_VOTE = ("reviewer", "decision", "reason", "note")
_USE = ("file", "line", "expression", "printed")


def _merges(build: Build, survivor: str) -> list[dict[str, str]]:
    rows = build.rows(records.MERGES, ("cluster", *_MERGE))
    return [{key: row[key] for key in _MERGE} for row in rows if row["cluster"] == survivor]


def _versions(build: Build, kept: str) -> list[dict[str, str]]:
    """The preprints of an article, or the articles of a preprint, and what agrees."""
    versions = []
    for row in build.rows(records.LINKS, ("preprint", "article", "evidence")):
        for column, other in (("article", "preprint"), ("preprint", "article")):
            if row[column] == kept:
                versions.append({"record_id": row[other], "is": other, "evidence": row["evidence"]})
    return versions


def _stages(build: Build, survivor: str) -> list[dict[str, Any]]:
    votes = build.rows(screening.REVIEWERS, ("record_id", "stage", *_VOTE))
    mine = [row for row in votes if row["record_id"] == survivor]
    return [
        {
            **{key: value for key, value in row.items() if key != "record_id"},
            "reviewers": [{key: vote[key] for key in _VOTE} for vote in mine if vote["stage"] == row["stage"]],
        }
        for row in build.rows(screening.TRAIL, screening.TRAIL.columns)
        if row["record_id"] == survivor
    ]


def _boxes(build: Build, names: set[str]) -> list[dict[str, Any]]:
    """The boxes of the flow whose lists contain one of the records, in reading order."""
    boxes = []
    for box in build.document(flow.FLOW).get("boxes", []):
        if box["role"] in ("previous", "total"):
            continue
        rows = build.rows(flow.BOX, ("record_id",), box=box["id"])
        if ids := [row["record_id"] for row in rows if row["record_id"] in names]:
            boxes.append({"id": box["id"], "label": box["label"], "records": ids, "role": box["role"]})
    return boxes


def _citation(studies: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(rf"@{re.escape(study)}\b" for study in studies)) if studies else None


def _tables(build: Build, studies: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Where the printed tables cite a study: the table, its file and the number of the row."""
    cited = _citation(studies)
    for path in sorted(build.path(synthesis.PRINTED, table="any").parent.glob("*.json")) if cited else []:
        table = synthesis.PRINTED.read(path)
        for number, row in enumerate(table["rows"], start=1):
            if cited and any(cited.search(str(cell)) for cell in row):
                yield {"table": table["id"], "caption": table["caption"], "row": number, "file": path.as_posix()}


def _in_supplement(build: Build, names: set[str], stages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the supplement's table of excluded reports that are one of the records.

    None where the supplement is not built, or was built before the screening decided as it does now.
    """
    last = stages[-1] if stages else {}
    because = str(last.get("label") or last.get("reason") or "")
    path = build.path(submission.EXCLUDED_REPORTS).as_posix()
    return [
        {"table": submission.EXCLUDED_CAPTION, "row": int(row["row"]), "reason": row["reason"], "file": path}
        for row in build.rows(submission.EXCLUDED_REPORTS, ("row", "record_id", "reason"))
        if row["record_id"] in names and last.get("decision") == "exclude" and row["reason"].startswith(because)
    ]


def _sentences(build: Build, studies: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The sentences of the manuscript that cite a study, with file and line; rows of tables stand apart."""
    for sentence in build.document(manuscript.MODEL).get("sentences", []) if studies else []:
        if set(studies) & set(sentence["citations"]) and not sentence["part"].startswith("float:"):
            yield {key: sentence[key] for key in ("file", "line", "text")}


def _values(build: Build, boxes: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The numbers of the text that count the record: values of the flow's boxes that contain it."""
    names = {f"flow.{name_of(box['id'])}" for box in boxes}
    return [
        {key: row[key] for key in _USE}
        for row in build.rows(manuscript.VALUES_USED, (*_USE, "values"))
        if names & {name.removesuffix("_studies") for name in split_list(row["values"])}
    ]


def lives(identifier: str, results: Path) -> list[Life]:
    """The life of every report that an identifier names, as data: one per cluster, in the order of the records.

    Raises BuildStop if the build or the record does not exist; the message names the nearest records.
    """
    build = Build(results)
    for needed in (records.RECORDS, records.CLUSTERS, screening.TRAIL):
        if not build.path(needed).is_file():
            raise stop(
                "not-built", "the file does not exist", where=str(build.path(needed)), fix="run `snakemake` first"
            )
    rows = build.records()
    cluster_of = read_clusters(build.path(records.CLUSTERS))
    studies = {study["study_id"]: study["reports"] for study in build.document(synthesis.STUDIES).get("studies", [])}
    kind, named = find(identifier, rows, studies)
    if not named:
        nearest = "; ".join(f"{row['record_id']} ({row['title'][:70]})" for row in nearest_records(identifier, rows))
        fix = f"nearest: {nearest}" if nearest else f"{build.path(records.CLUSTERS)} lists all records"
        where = str(build.path(records.RECORDS))
        raise stop("unknown-record", f"no record matches '{identifier}'", where=where, fix=fix)
    by_id = {row["record_id"]: row for row in rows}
    histories: list[Life] = []
    for survivor in dict.fromkeys(cluster_of[name] for name in named):
        members = [name for name, cluster in cluster_of.items() if cluster == survivor]
        about = {
            "identifier": identifier,
            "identifier_type": kind,
            "record_id": survivor,
            "named": [name for name in named if name in members],
            "about": {key: by_id[survivor][key] for key in (*DESCRIBED, *NAMED)},
            "imported": [{key: by_id[name][key] for key in IMPORTED} for name in members],
        }
        mine = [study for study, reports in studies.items() if set(reports) & set(members)]
        histories.append({**about, **_after_import(build, survivor, set(members), mine)})
    return histories


def _after_import(build: Build, survivor: str, members: set[str], studies: list[str]) -> Life:
    """What became of the cluster of a `survivor`; `studies` are those whose reports it contains."""
    boxes, stages, figure = _boxes(build, members), _stages(build, survivor), build.path(flow.PRISMA, form="svg")
    return {
        "merges": _merges(build, survivor),
        "versions": _versions(build, survivor),
        "stages": stages,
        "boxes": boxes,
        "figures": [figure.as_posix()] if boxes and figure.is_file() else [],
        "studies": studies,
        "tables": list(_tables(build, studies)),
        "supplement": _in_supplement(build, members, stages),
        "sentences": list(_sentences(build, studies)),
        "numbers": _values(build, boxes),
    }


def _stage_lines(life: Life) -> Iterator[str]:
    for step in life["stages"]:
        because = step["label"] or step["reason"]
        text = f"  {step['stage']}: {step['decision']}" + (f", {because}" if because else "")
        text += f" ({step['matched']})" if step["matched"] else ""
        text += f", by {step['decided_by']}" if step["decided_by"] else ""
        yield text + (f"; note: {step['note']}" if step["note"] else "")
        for each in step["reviewers"]:
            reason = f", {each['reason']}" if each["reason"] else ""
            yield f"    {each['reviewer']}: {each['decision']}{reason}" + (f"; {each['note']}" if each["note"] else "")
    last = life["stages"][-1]["decision"] if life["stages"] else ""
    if last == "include":
        yield "  It is included in the review."
    elif last == "pending":
        yield "  It awaits a decision."
    elif last == "unseen":
        yield "  Nobody has seen it: screening had stopped before."


def as_text(life: Life) -> str:
    """A record's life for a person to read."""
    about = life["about"]
    parts = [part.rstrip(".") for part in (about["author"], about["title"], about["journal"], about["year"]) if part]
    lines = [life["record_id"], f"  {'. '.join(parts)}", "Imported"]
    for item in life["imported"]:
        place = f"{item['file']}, record {item['position']}" + (f" (line {item['line']})" if item["line"] else "")
        searched = f", searched {item['search_date']}" if item["search_date"] else ""
        lines.append(f"  {item['record_id']}: from {item['database']}{searched}: {place}")
    members = life["imported"]
    lines.append("Duplicates")
    if len(members) == 1:
        lines.append("  none found")
    else:
        lines.append(f"  {len(members)} records of one report, represented by {life['record_id']}")
    for merge in life["merges"]:
        score = f", score {merge['score']}" if merge["score"] else ""
        lines.append(f"  {merge['record_a']} = {merge['record_b']}: {merge['rule']} ({merge['evidence']}{score})")
    for version in life["versions"]:
        lines.append(f"  {version['record_id']} is its {version['is']}: linked, not merged ({version['evidence']})")
    lines += ["Screening", *_stage_lines(life)]
    if life["boxes"]:
        lines.append("In the flow" + (f" ({', '.join(life['figures'])})" if life["figures"] else ""))
        for box in life["boxes"]:
            others = [name for name in box["records"] if name != life["record_id"]]
            stand_ins = f", as {', '.join(others)}" if others and life["record_id"] not in box["records"] else ""
            lines.append(f"  {box['label'].rstrip(':')} [{box['id']}]{stand_ins}")
    if life["studies"]:
        lines += ["In the synthesis", *(f"  study {study}" for study in life["studies"])]
        lines += [f"  table {item['table']}, row {item['row']} ({item['caption']})" for item in life["tables"]]
    if life["supplement"]:
        lines.append("In the supplement")
        lines += [f"  {item['table']}, row {item['row']}: {item['reason']}" for item in life["supplement"]]
    if life["sentences"] or life["numbers"]:
        lines.append("In the manuscript")
        lines += [f"  {item['file']}:{item['line']}: {item['text']}" for item in life["sentences"]]
        lines += [
            f"  {item['file']}:{item['line']} counts it: {item['printed']} ({item['expression']})"
            for item in life["numbers"]
        ]
    return "\n".join(lines)
