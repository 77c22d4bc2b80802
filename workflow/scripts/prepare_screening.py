"""Step: the records that wait to be screened go out, as sheets for people and as files for screening tools."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prismake.common.errors import Issue, nearest
from prismake.common.records import each_record, read_clusters
from prismake.common.results import screening as results
from prismake.common.stages import role_of
from prismake.common.steps import report_issues
from prismake.common.writing import write_text
from prismake.screening.handed_over import read_handed_over
from prismake.screening.stages import make_stages
from prismake.screening.waiting import ALL, CONFLICTS, NEW, Batch, Division, batches, standing
from prismake.screening.writers.files import Place, folder_name, write_batch, write_fetch_list
from prismake.screening.writers.references import COLUMNS

TWO = 2
READ_ME = """\
What waits to be screened; waiting.csv counts it. A folder per stage, and in it a folder per batch:
  all        every record that waits
  new        those that were not handed over before (data/screening/handed_over.csv)
  pilot      a random sample that everybody screens first
  conflicts  records on which reviewers disagree, for the team
and in these a folder per person, where config.yaml names people under screening.to_screen.reviewers.

  …_sheet.xlsx             screening sheet for Excel or LibreOffice; fill it in and return it as it is
  …_rayyan.ris             Rayyan
  …_covidence.ris          Covidence
  …_asreview.csv           ASReview
  …_eppi_reviewer.ris      EPPI-Reviewer
  …_distillersr.ris        DistillerSR
  …_records.ris, .bib      EndNote, Zotero and other reference managers
  …_records.csv            a plain table
  …_reports_to_fetch.*     the reports whose full text is needed, with links

Each build makes this folder anew: save what you fill in under data/screening/.
"""


@dataclass(frozen=True)
class Screened:
    """What deduplication and screening made."""

    unique: Path
    clusters: Path
    screening: Path
    trail: Path
    conflicts: Path
    reviewers: Path


def prepare(
    *,
    screened: Screened,
    handed_over: list[Path],
    to_screen: Path,
    settings: dict[str, Any],
    saved: Sequence[str] = (),
) -> None:
    """Writes the files into the folder `to_screen`.

    `handed_over` is the table of records that have gone out before, where the review has one; `settings` is the block
    `screening` of config.yaml, and `saved` are the names of the files with decisions. Raises BuildStop with every fault
    of the table.
    """
    stages = make_stages(settings["stages"])
    disputed = results.CONFLICTS.read(screened.conflicts)
    names, options = [stage.id for stage in stages], settings["to_screen"]
    now = standing(
        results.SCREENING.read_where(screened.screening, {"decision": ["pending"]}, ("record_id", "stage", "decision")),
        # Only a pilot is drawn from all that reached a stage.
        results.TRAIL.read_where(screened.trail, {"stage": options["pilot"]}, ("record_id", "stage", "decided_by")),
        disputed,
        results.REVIEWERS.read_where(screened.reviewers, {}, ("record_id", "stage", "reviewer")),
    )
    handed = read_handed_over(handed_over, read_clusters(screened.clusters) if handed_over else {}, names)
    report_issues([*handed.issues, *_unknown_pilots(options["pilot"], names)])
    division = Division(options["reviewers"], options["pilot"], options["seed"])
    roles = {stage.id: role_of(settings["stages"], at) for at, stage in enumerate(stages)}
    to_screen.mkdir(parents=True)
    write_text(to_screen / "READ_ME.txt", READ_ME)
    going_out = [
        batch
        for batch in batches(stages, now, division, handed.records)
        # Reports are retrieved by whoever retrieves them.
        if not (batch.reviewer and roles[batch.stage.id] == "retrieval")
    ]
    records = _records(screened.unique, {name for batch in going_out for name in batch.records})
    answers = {(row["record_id"], row["stage"]): row["answers"] for row in disputed}
    folders: dict[str, str] = {}
    for reviewer in division.reviewers:
        folders[reviewer] = folder_name(reviewer, folders.values())
    places = [_place(to_screen, batch, folders, saved) for batch in going_out]
    issues = _divided(settings["stages"], division, going_out)
    for place, batch in zip(places, going_out, strict=True):
        own = [records[name] for name in batch.records]
        issues += _write(place, batch, own, answers, options["tools"], roles)
    report_issues(issues)
    rows = [_waiting_row(batch, roles, place.folder) for place, batch in zip(places, going_out, strict=True)]
    rows += [
        {"stage": s.id, "role": roles[s.id], "batch": ALL, "records": 0} for s in stages if not now.waiting.get(s.id)
    ]
    results.WAITING.write(to_screen / "waiting.csv", sorted(rows, key=lambda row: names.index(row["stage"])))


def _records(unique: Path, names: Collection[str]) -> dict[str, dict[str, Any]]:
    """Some of the unique records by their ids."""
    every = each_record(unique, COLUMNS) if names else ()
    return {record["record_id"]: record for record in every if record["record_id"] in names}


def _unknown_pilots(pilots: Mapping[str, int], stages: Sequence[str]) -> list[Issue]:
    where = "config.yaml, screening.to_screen.pilot"
    unknown = [name for name in pilots if name not in stages]
    return [Issue("unknown-stage", f"unknown stage '{name}'", where, nearest(name, stages)) for name in unknown]


def _divided(declared: Sequence[Mapping[str, Any]], division: Division, going_out: Sequence[Batch]) -> list[Issue]:
    """A warning for each stage whose records are divided among people although it does not say for how many each is."""
    silent = {stage["id"] for stage in declared if "reviewers" not in stage}
    stages = dict.fromkeys(batch.stage.id for batch in going_out if batch.reviewer and batch.stage.id in silent)
    if len(division.reviewers) < TWO:
        return []
    fix = "write 'reviewers: 2' at the stage if two people screen each record, or 'reviewers: 1' if one is enough"
    people = ", ".join(division.reviewers)
    return [
        Issue("divided", f"each record goes to one of {people}", f"config.yaml, stage '{name}'", fix, "warning")
        for name in stages
    ]


def _place(to_screen: Path, batch: Batch, folders: Mapping[str, str], saved: Sequence[str]) -> Place:
    parts = [batch.stage.id, batch.name, *([folders[batch.reviewer]] if batch.reviewer else [])]
    return Place(to_screen.joinpath(*parts), "_".join(parts), saved)


def _write(
    place: Place,
    batch: Batch,
    records: Sequence[Mapping[str, Any]],
    answers: Mapping[tuple[str, str], str],
    tools: Sequence[str],
    roles: Mapping[str, str],
) -> list[Issue]:
    """Writes one batch. Reports are fetched by whoever fetches them, so their list is for everybody."""
    role, retrieves = roles[batch.stage.id], "retrieval" in roles.values()
    if role == "retrieval" and batch.name != CONFLICTS:
        return write_fetch_list(place, batch, records, recorded=True)
    own = {name: answer for (name, stage), answer in answers.items() if stage == batch.stage.id}
    issues = write_batch(place, batch, records, own, tools)
    if role == "assessment" and not retrieves and batch.name in (ALL, NEW) and not batch.reviewer:
        issues += write_fetch_list(place, batch, records, recorded=False)
    return issues


def _waiting_row(batch: Batch, roles: Mapping[str, str], folder: Path) -> dict[str, Any]:
    return {
        "stage": batch.stage.id,
        "role": roles[batch.stage.id],
        "batch": batch.name,
        "reviewer": batch.reviewer,
        "records": len(batch.records),
        "folder": folder.as_posix(),
    }


if "snakemake" in globals():
    from prismake.common.steps import run

    run(prepare, globals()["snakemake"])
