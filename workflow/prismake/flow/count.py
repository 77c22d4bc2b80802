"""Counting the flow: every box is written as the list of its records, and the sums must close."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from prismake.common.errors import BuildStop, Issue, counted, nearest
from prismake.common.matching import Match, Matcher, named_by
from prismake.common.places import SCHEMAS
from prismake.common.reports import match_reports
from prismake.common.results.flow import PREVIOUS_STUDIES, TOTAL_STUDIES
from prismake.common.steps import warn
from prismake.common.tables import Row as WrittenRow
from prismake.common.tables import place_of, read_table
from prismake.flow.boxes import METHODS, Box
from prismake.flow.previous import Previous, total_rows

REPORTS_FIX = "list the study of each report in synthesis.extraction.reports"
# The mark on the figure and the documents of an unfinished review.
DRAFT = "DRAFT"


def studies_of(
    included: Sequence[str],
    rows: Sequence[WrittenRow],
    matcher: Matcher,
    path: Path,
    draft: bool,
    appraised_out: Collection[str] = (),
) -> dict[str, str]:
    """The study that each included record reports, in order.

    `rows` are those of the table of reports at `path`; `matcher` gives the record that stands for a cluster in the
    flow. Raises BuildStop for the faults of `match_reports` and for an included record without a study; in a draft
    the latter counts as a study of its own. A report that is not included is a warning: it counts for no study. Those
    that their appraisal excludes, `appraised_out`, keep their study.
    """
    reports, issues = match_reports(rows, matcher, path)
    study = {report.record: report.study for report in reports}
    known = {*included, *appraised_out}
    for report in reports:
        if report.record not in known:
            message = f"'{report.written}' is not an included record"
            warn(Issue("not-included", message, report.where, "its study is not counted", "warning"))
    for name in included:
        if name not in study and not draft:
            message = f"the included record '{name}' belongs to no study"
            issues.append(Issue("no-study", message, str(path), "add a row that names its study"))
    if issues:
        raise BuildStop(issues)
    return {name: study.get(name, name) for name in included}


def read_studies(
    included: Sequence[str], reports: Sequence[Path], matcher: Matcher, draft: bool, appraised_out: Collection[str] = ()
) -> dict[str, str] | None:
    """The study of each included record by the review's table of reports (see `studies_of`); None without a table."""
    for path in reports:
        rows = read_table(path, SCHEMAS / "reports.schema.yaml", sheet="reports")
        return studies_of(included, rows, matcher, path, draft, appraised_out)
    return None


def write_study_lists(previous: Previous, study_of: Mapping[str, str], lists: Path) -> None:
    """Writes the lists of the boxes that count studies: those of the previous version, and all."""
    old = [{"study_id": study, "report": text} for study, reports in previous.studies.items() for text, _ in reports]
    PREVIOUS_STUDIES.write(lists / "previous.csv", old)
    TOTAL_STUDIES.write(lists / "total.csv", total_rows(previous, Counter(study_of.values())))


def added_boxes(
    declared: Sequence[Mapping[str, Any]],
    tables: Sequence[Path],
    boxes: Sequence[Box],
    matcher: Matcher,
) -> list[Box]:
    """The boxes that the review adds: each the records of its table, in the order of its parent box.

    Raises BuildStop for an unknown box, an id already in use, and a record that the parent box does not contain.
    """
    by_id = {box.id: box for box in boxes}
    issues: list[Issue] = []
    added: list[Box] = []
    for block, table in zip(declared, tables, strict=True):
        where = f"config.yaml, flow.added ('{block['id']}')"
        holder = by_id.get(block["in"])
        if holder is None:
            issues.append(Issue("no-box", f"there is no box '{block['in']}'", where, nearest(block["in"], list(by_id))))
            continue
        if block["id"] in by_id:
            issues.append(Issue("box-twice", "another box already has this id", where, "choose another id"))
        rows = [
            (row["record_id"], place_of(row, table)) for row in read_table(table, SCHEMAS / "flow_added.schema.yaml")
        ]
        matches = [(matcher.match(named_by(written), place), written, place) for written, place in rows]
        names = {match.record for match, *_ in matches if isinstance(match, Match)}
        ids = tuple(name for name in holder.records if name in names)
        for match, written, place in matches:
            if isinstance(match, Issue):
                issues.append(match)
            elif match.record not in ids:
                message = f"'{written}' is not in the box '{holder.id}'"
                issues.append(Issue("not-in-box", message, place, "remove the row"))
        added.append(Box(block["id"], block["label"], ids, "added", column=holder.column, parent=holder.id))
    if issues:
        raise BuildStop(issues)
    return added


def shown_boxes(boxes: Sequence[Box], hide: Sequence[str], show: Sequence[str]) -> set[str]:
    """The ids of the boxes that the figure shows.

    Without settings it leaves out reasons without records, and the split between automation and people where only one
    of them excluded records. Raises BuildStop for the id of an unknown box, and where the remaining numbers would not
    add up without a hidden box.
    """
    by_id = {box.id: box for box in boxes}
    issues = [
        Issue("no-box", f"there is no box '{name}'", f"config.yaml, flow.{key}", nearest(name, list(by_id)))
        for key, names in (("hide", hide), ("show", show))
        for name in names
        if name not in by_id
    ]
    for box in boxes:
        if box.id not in hide:
            continue
        left = [
            other
            for other in boxes
            if other.n
            and (other.id == box.id or (box.role == "screened" and other.stage == box.stage))
            and other.column == box.column
            and other.role in ("duplicates", "removed", "unseen", "excluded", "pending")
        ]
        if box.role in ("identified", "included") or left:
            message = f"'{box.id}' cannot be hidden: " + (
                f"{counted(left[0].n, 'record leaves', 'records leave')} the flow in '{left[0].id}'"
                if left
                else "the flow begins or ends there"
            )
            issues.append(
                Issue("hidden", message, "config.yaml, flow.hide", "keep it: without it the figure does not add up")
            )
    if issues:
        raise BuildStop(issues)
    splits = Counter(box.parent for box in boxes if box.role == "split" and box.n)
    shown = set(show)
    for box in boxes:
        may_be_empty = box.role != "reason" and box.id != "other.duplicates"
        if (box.n or may_be_empty) and (box.role != "split" or splits[box.parent] == 2):
            shown.add(box.id)
    return shown - set(hide)


def as_document(
    boxes: Sequence[Box],
    labels: Mapping[str, str],
    study_of: Mapping[str, str] | None,
    lists: Path,
    *,
    shown: set[str] | None = None,
    previous: Previous | None = None,
) -> Any:
    """The content of flow.json: headings and phases of the figure, and the boxes in reading order.

    `study_of` names the study of each included record, None where the review does not count studies and reports apart;
    `shown` are the boxes that the figure shows, all where None; `previous` the studies of the previous version.
    """
    old = previous.studies if previous else {}
    rows: list[dict[str, Any]] = []
    for box in boxes:
        row: dict[str, Any] = {"id": box.id, "label": box.label, "n": box.n}
        row |= {"records": (lists / f"{box.id}.csv").as_posix(), "role": box.role}
        row |= {key: getattr(box, key) for key in ("stage", "kind", "column", "parent") if getattr(box, key)}
        if shown is not None and box.id not in shown:
            row["shown"] = False
        if study_of is not None and box.role in ("included", "added") and "included" in (box.id, box.parent):
            row["studies"] = len({study_of[name] for name in box.records} - set(old if box.role == "included" else ()))
        if box.role == "included" and "studies" in row:
            row["studies_label"] = labels["included.studies"]
        rows.append(row)
    if previous and study_of is not None:
        reports = {"previous": previous.reports, "total": previous.reports + len(study_of)}
        first = _study_box("previous", len(old), reports["previous"], labels, lists)
        last = _study_box("total", len(set(old) | set(study_of.values())), reports["total"], labels, lists)
        rows = [first, *rows, last]
    return {
        "heading": labels["heading"],
        "headings": {name: labels[f"heading.{name}"] for name in ("other", "previous") if f"heading.{name}" in labels},
        "phases": {name: labels[f"phase.{name}"] for name in ("identification", "screening", "included")},
        "kinds": {"database": labels["identified.databases"], "register": labels["identified.registers"]},
        "methods": {name: labels[f"other.identified.{name}"] for name in METHODS if "other.identified" in labels},
        "removed": labels["removed"],
        "boxes": rows,
    }


def _study_box(name: str, n: int, reports: int, labels: Mapping[str, str], lists: Path) -> dict[str, Any]:
    """A box that counts studies: those of the previous version, or all."""
    return {
        "id": name,
        "label": labels[name],
        "n": n,
        "records": (lists / f"{name}.csv").as_posix(),
        "role": name,
        "reports": reports,
        "reports_label": labels[f"{name}.reports"],
    }


def marked_as_draft(document: Mapping[str, Any]) -> dict[str, Any]:
    """The content of flow.json of a review that is not finished."""
    return {**document, "draft": DRAFT, "heading": f"{document['heading']} ({DRAFT})".strip()}
