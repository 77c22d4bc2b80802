"""Which records describe which study: a study may have several reports, a report belongs to one study."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from prismake.common.errors import SHOWN, Issue, counted, near_name, nearest, some_of
from prismake.common.matching import Matcher, without_accents
from prismake.common.records import SEPARATOR
from prismake.common.reports import match_reports
from prismake.common.tables import Row, place_of

# Decisions on all records of a study -> why it is not in the review.
LEFT = {
    frozenset({"exclude"}): "excluded",
    frozenset({"unseen"}): "unseen",
    frozenset({"exclude", "unseen"}): "unseen",
}


# The columns in which tables name a study.
STUDY_COLUMNS = {"study_id", "study_a", "study_b"}


@dataclass
class Links:
    """Studies and their records (record ids are those of survivors).

    `included`: study -> its included records. `left_out`: study -> why it is not in the review, a key of
    `collect.LEFT_OUT`.
    `faults` stop every build; `gaps`, included records that nobody has extracted yet, stop all but a draft.
    """

    included: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    faults: list[Issue] = field(default_factory=list)
    gaps: list[Issue] = field(default_factory=list)


def link(
    reports: list[Row],
    studies: list[str],
    screening: list[dict[str, str]],
    matcher: Matcher,
    path: Path,
) -> Links:
    """Links studies to the records of their reports.

    `reports` are the rows record_id, study_id of the table at `path`, where any record of a cluster stands for its
    survivor; `screening` are the rows of screening.csv. A study whose records were all excluded, or are not decided,
    is left out: the screening decides, and the extraction may stay as it is. A study whose id the table misspells
    is no fault of its own.
    """
    links = Links()
    decision = {row["record_id"]: row["decision"] for row in screening}
    records: dict[str, dict[str, str]] = defaultdict(dict)
    linked, links.faults = match_reports(reports, matcher, path)
    for report in linked:
        records[report.study][report.record] = decision.get(report.record, "pending")
    links.gaps = list(_gaps(screening, {report.record for report in linked}, path))
    listed = {row["study_id"] for row in reports}
    listed |= {near for study_id in listed - set(studies) if (near := near_name(study_id, studies))}
    for study_id in studies:
        decisions = records.get(study_id, {})
        chosen = sorted(record for record, decided in decisions.items() if decided == "include")
        if chosen:
            links.included[study_id] = chosen
        elif decisions:
            links.left_out[study_id] = LEFT.get(frozenset(decisions.values()), "pending")
        elif study_id not in listed:
            message = f"study '{study_id}' is extracted, but linked to no record"
            links.faults.append(Issue("no-report", message, str(path), "add a row record_id,study_id"))
    return links


def unknown_studies(tables: Iterable[tuple[Path, list[Row]]], studies: list[str]) -> Iterator[Issue]:
    """A fault for each study that other tables name and the studies table lacks, however many rows name it.

    `tables` are (file, rows): several may be sheets of one file.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for path, rows in tables:
        for row in rows:
            for column in STUDY_COLUMNS & row.keys():
                if row[column] not in studies:
                    places[row[column]].append(place_of(row, path))
    for study_id, rows_at in places.items():
        first, *others = dict.fromkeys(rows_at)
        message = f"study '{study_id}' is not in the studies table"
        message += (
            f"; {counted(len(others), 'more row')} {'names' if len(others) == 1 else 'name'} it" if others else ""
        )
        fix = f"{nearest(study_id, studies)} Correct it, or add the study to the table of studies"
        yield Issue("unknown-study", message, first, fix)


def _gaps(screening: list[dict[str, str]], linked: set[str], path: Path) -> Iterator[Issue]:
    named = [
        f"'{row['record_id']}' ({row['author'].split(SEPARATOR)[0]} {row['year']})"
        for row in screening
        if row["decision"] == "include" and row["record_id"] not in linked
    ]
    if named:
        records = counted(len(named), "included record belongs", "included records belong")
        fix = "extract the studies, and add rows record_id,study_id"
        yield Issue("not-extracted", f"{records} to no study: {some_of(named, SHOWN)}", str(path), fix)


def versions_apart(rows: list[dict[str, str]], reports: dict[str, list[str]], path: Path) -> Iterator[Issue]:
    """Warnings of preprints whose articles are reports of another study.

    `rows` are those of links.csv, `reports` the included records of each study, `path` the table of reports.
    """
    study_of = {record: study for study, records in reports.items() for record in records}
    for row in rows:
        preprint, article = row["preprint"], row["article"]
        studies = study_of.get(preprint), study_of.get(article)
        if None not in studies and studies[0] != studies[1]:
            message = (
                f"'{preprint}' is the preprint of '{article}', but they belong to '{studies[0]}' and '{studies[1]}'"
            )
            fix = "list both under one study_id if they report one study"
            yield Issue("preprint-study", message, str(path), fix, "warning")


def _folded(text: str) -> str:
    return without_accents(text.casefold())


def doubtful(
    links: Links, rows: dict[str, Row], screening: list[dict[str, str]], label: str, year: str, path: Path
) -> Iterator[Issue]:
    """A warning for each study whose records all name other authors, or years more than one apart.

    One year apart is usual between a version ahead of print and its issue; more is a row of the wrong record.
    """
    about = {row["record_id"]: row for row in screening}
    for study_id, records in links.included.items():
        row, own = rows[study_id], [about[record] for record in records]
        named = _folded(str(row[label])).split()
        authors = "; ".join(record["author"] for record in own if record["author"])
        if named and authors and named[0].strip(",") not in _folded(authors):
            message = f"study '{study_id}' is labelled '{row[label]}', but its records are by {authors}"
            yield Issue("other-authors", message, str(path), "check the record ids", "warning")
        years = [int(record["year"]) for record in own if record["year"].isdigit()]
        if years and row[year] is not None and all(abs(row[year] - other) > 1 for other in years):
            message = f"study '{study_id}' is dated {row[year]}, its records {', '.join(map(str, years))}"
            yield Issue("other-year", message, str(path), "check the record ids", "warning")
