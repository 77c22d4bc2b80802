"""The life of one record in a finished build, from the line of its export to the sentences that cite it.

Everything is told from the files under `results/`; what a review does not have, as studies or a manuscript, is left
out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.common.errors import stop
from prismake.common.records import read_clusters, read_records, split_list
from prismake.common.writing import read_rows

Row = Mapping[str, str]
Life = dict[str, Any]

# Where the results of the earlier stages stand, from the folder of results.
RECORDS, CLUSTERS, MERGES = "records/records.parquet", "records/clusters.csv", "dedup/merges.csv"
TRAIL, REVIEWERS, FLOW = "screening/trail.csv", "screening/reviewers.csv", "flow.json"
STUDIES, TABLES, FIGURE = "studies.json", "tables", "figures/prisma.svg"
# Where the supplement is built: its list of excluded reports, and what that table is called there.
EXCLUDED, EXCLUDED_TABLE = "supplement/excluded_reports.csv", "Reports excluded after reading their full text"
MANUSCRIPT, VALUES = "manuscript/manuscript.md", "manuscript/values_used.csv"

NAMED = ("doi", "pmid", "pmcid", "trial_ids", "embase_id", "central_id", "accession")
_ADDRESS = re.compile(
    r"^(?:https?://(?:dx\.)?doi\.org/|https?://pubmed\.ncbi\.nlm\.nih\.gov/|doi:|pmid:?\s|pmcid:\s*)", re.I
)
ALIKE, SHOWN = 70.0, 3


def _read_records(results: Path) -> list[dict[str, str]]:
    columns = ["record_id", "title", "author", "journal", "year", "database", "search_date", "file", "position", "line"]
    rows = read_records(results / RECORDS, (*columns, *NAMED))
    return [{key: str(value or "") for key, value in row.items()} for row in rows]


def find(asked: str, records: Sequence[Row], studies: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
    """(what the name is, the ids of the records that it names).

    A record id is tried first, then identifiers (PubMed id, DOI, PMCID, trial registration, Embase and CENTRAL
    numbers; an address of them too), then the id of a study, whose reports it names.
    """
    by_id = [row["record_id"] for row in records if row["record_id"] == asked]
    if by_id:
        return "record_id", by_id
    name = _ADDRESS.sub("", asked.strip()).strip(" /").casefold()
    for column in NAMED:
        cells = ((row["record_id"], row[column]) for row in records if row[column])
        held = [
            identifier
            for identifier, cell in cells
            if name in [part.casefold() for part in (split_list(cell) if column == "trial_ids" else [cell])]
        ]
        if held:
            return column, held
    return ("study_id", list(studies[asked])) if asked in studies else ("", [])


def nearest_records(asked: str, records: Sequence[Row]) -> list[Row]:
    """The records whose id, identifiers or title are most like a name, the best first."""
    from rapidfuzz import fuzz, process

    name = asked.casefold()
    best: dict[int, float] = {}
    for column in ("record_id", "title", *NAMED):
        cells = {number: row[column].casefold() for number, row in enumerate(records) if row[column]}
        scorer = fuzz.token_set_ratio if column == "title" and " " in name else fuzz.ratio
        for _, score, number in process.extract(name, cells, scorer=scorer, score_cutoff=ALIKE, limit=SHOWN):
            best[number] = max(best.get(number, 0.0), score)
    order = sorted(best, key=lambda number: (-best[number], number))
    return [records[number] for number in order[:SHOWN]]


def _merges(results: Path, kept: str) -> list[dict[str, str]]:
    path = results / MERGES
    rows = read_rows(path) if path.is_file() else []
    return [
        {key: row.get(key, "") for key in ("record_a", "record_b", "rule", "evidence", "score")}
        for row in rows
        if row["cluster"] == kept
    ]


def _stages(results: Path, kept: str) -> list[dict[str, Any]]:
    path = results / REVIEWERS
    reviewers = [row for row in read_rows(path) if row.get("record_id") == kept] if path.is_file() else []
    return [
        {
            **{key: value for key, value in row.items() if key != "record_id"},
            "reviewers": [
                {key: each.get(key, "") for key in ("reviewer", "decision", "reason", "note")}
                for each in reviewers
                if each.get("stage") == row["stage"]
            ],
        }
        for row in read_rows(results / TRAIL)
        if row["record_id"] == kept
    ]


def _boxes(results: Path, names: set[str]) -> list[dict[str, Any]]:
    """The boxes of the flow whose lists hold one of the records, in reading order."""
    path = results / FLOW
    held = []
    for box in json.loads(path.read_text(encoding="utf-8"))["boxes"] if path.is_file() else []:
        listed = results / "flow" / f"{box['id']}.csv"
        if box["role"] in ("previous", "total") or not listed.is_file():
            continue
        if found := [row["record_id"] for row in read_rows(listed) if row["record_id"] in names]:
            held.append({"id": box["id"], "label": box["label"], "records": found, "role": box["role"]})
    return held


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _tables(results: Path, studies: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Where the printed tables cite a study: the table, its file and the number of the row."""
    cited = re.compile("|".join(rf"@{re.escape(study)}\b" for study in studies)) if studies else None
    for path in sorted((results / TABLES).glob("*.json")) if cited else []:
        table = _load(path)
        for number, row in enumerate(table.get("rows", []), start=1):
            if cited and any(cited.search(str(cell)) for cell in row):
                caption = table.get("caption", "")
                yield {"table": table.get("id", path.stem), "caption": caption, "row": number, "file": path.as_posix()}


def _in_supplement(results: Path, names: set[str], stages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the supplement's table of excluded reports that are one of the records.

    None where the supplement is not built, or was built before the screening said what it says now.
    """
    path = results / EXCLUDED
    last = stages[-1] if stages else {}
    because = str(last.get("label") or last.get("reason") or "")
    return [
        {"table": EXCLUDED_TABLE, "row": int(row["row"]), "reason": row["reason"], "file": path.as_posix()}
        for row in (read_rows(path) if path.is_file() else [])
        if row["record_id"] in names and last.get("decision") == "exclude" and row["reason"].startswith(because)
    ]


def _sentences(results: Path, studies: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The lines of the manuscript, one a sentence, that cite a study; rows of tables stand apart."""
    path = results / MANUSCRIPT
    if not studies or not path.is_file():
        return
    cited = re.compile("|".join(rf"@{re.escape(study)}\b" for study in studies))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if cited.search(line) and not line.startswith("|"):
            yield {"file": path.as_posix(), "line": number, "text": line}


def _values(results: Path, boxes: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The numbers of the text that count the record: values of the flow's boxes that hold it."""
    path = results / VALUES
    names = {re.sub(r"\W", "_", box["id"]) for box in boxes}
    held = []
    for row in read_rows(path) if path.is_file() else []:
        if names & {name.removesuffix("_studies") for name in re.findall(r"\bflow\.(\w+)", row["expression"])}:
            held.append({key: row[key] for key in ("file", "line", "expression", "printed")})
    return held


def lives(asked: str, results: Path) -> list[Life]:
    """The life of every report that a name names, as data: one a cluster, in the order of the records.

    Raises BuildStop where the build or the record is not there; the message names the nearest records.
    """
    for needed in (RECORDS, CLUSTERS, TRAIL):
        if not (results / needed).is_file():
            raise stop("not-built", "the file does not exist", where=str(results / needed), fix="run `snakemake` first")
    records = _read_records(results)
    by_id = {row["record_id"]: row for row in records}
    cluster_of = read_clusters(results / CLUSTERS)
    studies = {study["study_id"]: study["reports"] for study in _load(results / STUDIES).get("studies", [])}
    kind, named = find(asked, records, studies)
    if not named:
        close = nearest_records(asked, records)
        fix = "; ".join(f"{row['record_id']} ({row['title'][:70]})" for row in close)
        fix = f"nearest: {fix}" if close else f"{results / CLUSTERS} lists all records"
        raise stop("unknown-record", f"there is no record '{asked}'", where=str(results / RECORDS), fix=fix)
    told = []
    for kept in dict.fromkeys(cluster_of[name] for name in named):
        members = [name for name, cluster in cluster_of.items() if cluster == kept]
        mine = [study for study, reports in studies.items() if set(reports) & set(members)]
        boxes = _boxes(results, set(members))
        stages = _stages(results, kept)
        told.append(
            {
                "asked": asked,
                "asked_by": kind,
                "record_id": kept,
                "named": [name for name in named if name in members],
                "about": {key: by_id[kept][key] for key in ("title", "author", "journal", "year", *NAMED)},
                "imported": [
                    {
                        **{key: by_id[name][key] for key in ("record_id", "database", "search_date", "file")},
                        "position": int(by_id[name]["position"] or 0),
                        "line": int(by_id[name]["line"] or 0),
                    }
                    for name in members
                ],
                "merges": _merges(results, kept),
                "stages": stages,
                "boxes": boxes,
                "figures": [(results / FIGURE).as_posix()] if boxes and (results / FIGURE).is_file() else [],
                "studies": mine,
                "tables": list(_tables(results, mine)),
                "supplement": _in_supplement(results, set(members), stages),
                "sentences": list(_sentences(results, mine)),
                "numbers": _values(results, boxes),
            }
        )
    return told


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
        yield "  It waits for a decision."


def tell(life: Life) -> str:
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
        lines.append(f"  {len(members)} records of the same report; {life['record_id']} stands for all of them")
    for merge in life["merges"]:
        score = f", score {merge['score']}" if merge["score"] else ""
        lines.append(f"  {merge['record_a']} = {merge['record_b']}: {merge['rule']} ({merge['evidence']}{score})")
    lines += ["Screening", *_stage_lines(life)]
    if life["boxes"]:
        lines.append("In the flow" + (f" ({', '.join(life['figures'])})" if life["figures"] else ""))
        for box in life["boxes"]:
            others = [name for name in box["records"] if name != life["record_id"]]
            who = f", as {', '.join(others)}" if others and life["record_id"] not in box["records"] else ""
            lines.append(f"  {box['label'].rstrip(':')} [{box['id']}]{who}")
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
