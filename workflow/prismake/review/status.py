"""Where a review stands: what its last build says of its searches, screening, extraction and text, and what is next."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.common.digests import digest_of, file_digest
from prismake.common.errors import counted, stop
from prismake.common.places import RESULTS
from prismake.common.results.audit import FINDINGS
from prismake.common.results.declaring import DAMAGED, Document, Result, Table
from prismake.common.results.flow import FLOW
from prismake.common.results.manuscript import VALUES_USED
from prismake.common.results.records import SOURCES, TO_REVIEW
from prismake.common.results.screening import SCREENING, WAITING
from prismake.common.results.synthesis import APPRAISAL, STUDIES
from prismake.common.writing import write_text
from prismake.common.yaml_files import load_yaml

# The files that people keep, with their digests, as the last whole build read them.
BUILT_FROM = Path(".snakemake/prismake/built_from.json")
SETTINGS = "config.yaml"
# The part of them that decides which records are included, noted beside the whole.
SELECTION, SELECTING = "config.yaml: selection", ("searches", "deduplication", "screening")
# Where a file lies -> what the next build makes again, from there on.
STAGES = {
    "data/searches": "import",
    "data/dedup": "deduplication",
    "data/screening": "screening",
    "data/flow": "flow",
    "data/extraction": "tables",
    "data/appraisal": "appraisal",
    "manuscript": "manuscript",
}


# Where people save sheets and workbooks, all of which a whole build reads.
FILLED_IN = ("data/screening/", "data/extraction/", "data/appraisal/")


@dataclass(frozen=True)
class Step:
    """One thing to do next: what, and the command or file with which."""

    text: str
    how: str


@dataclass
class Status:
    """The review at a glance. Numbers are those of the last build; `changed` are files that differ from it."""

    draft: bool = False
    built: bool = False
    searches: list[dict[str, Any]] = field(default_factory=list)
    duplicates: int = 0
    to_decide: int = 0
    stages: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    included: int = 0
    studies: int | None = None
    empty_cells: dict[str, int] = field(default_factory=dict)
    not_appraised: int | None = None
    to_write: int | None = None
    findings: dict[str, int] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)


def _settings_digest(review: Path, *blocks: str) -> str:
    """The digest of what config.yaml says, or some of its blocks; comments and blanks change nothing."""
    settings = load_yaml(review / SETTINGS)
    kept = {key: settings.get(key) for key in blocks} if blocks and isinstance(settings, dict) else settings
    return digest_of([json.dumps(kept, sort_keys=True, default=str)])


def note_sources(review: Path, read: Mapping[str, str]) -> None:
    """Notes what a whole build was made from. `read` are the digests of the files that its steps read."""
    own = {name: digest for name, digest in read.items() if name.startswith(tuple(f"{place}/" for place in STAGES))}
    own |= {SETTINGS: _settings_digest(review), SELECTION: _settings_digest(review, *SELECTING)}
    # Without it the status cannot name what has changed, nothing else.
    with suppress(OSError):
        write_text(review / BUILT_FROM, json.dumps(own))


def _named_in(value: Any) -> Iterator[str]:
    """Each text in the settings that is the path of what people fill in."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _named_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named_in(inner)
    elif isinstance(value, str) and value.startswith(FILLED_IN):
        yield value


def _built_from(review: Path) -> dict[str, str]:
    """File -> its digest, as the last whole build read it; nothing where there is no such note."""
    try:
        before = json.loads((review / BUILT_FROM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return before if isinstance(before, dict) else {}


def changed_selection(review: Path, config: Mapping[str, Any]) -> list[str]:
    """The files by which other records may be included than the last build says: exports, decisions, settings.

    A build of single targets leaves no note; what is older than the outcome of screening was read by one.
    """
    outcome = SCREENING.under(review / RESULTS)
    if not outcome.is_file():
        return []
    changed = changed_sources(review, config)
    names = [name for stage in ("import", "deduplication", "screening") for name in changed.get(stage, ())]
    before = _built_from(review).get(SELECTION)
    if before not in (None, _settings_digest(review, *SELECTING)):
        names.append(SETTINGS)
    made = outcome.stat().st_mtime
    return [name for name in names if not (review / name).is_file() or (review / name).stat().st_mtime > made]


def changed_sources(review: Path, config: Mapping[str, Any] | None = None) -> dict[str, list[str]]:
    """What the next build makes again -> the files of people that have changed, come or gone since the last build.

    `config` are the settings with their defaults, which name the sheets that people have saved.
    """
    before = {name: digest for name, digest in _built_from(review).items() if name != SELECTION}
    if not before:
        return {}
    changed = {
        name
        for name, digest in before.items()
        if not (review / name).is_file()
        or digest != (_settings_digest(review) if name == SETTINGS else file_digest(review / name))
    }
    sections = {f"manuscript/{file.name}" for file in (review / "manuscript").glob("[0-9]*.md")}
    again: dict[str, list[str]] = {}
    sheets = {name for name in _named_in(config or {}) if (review / name).is_file()}
    for name in sorted(changed | ((sections | sheets) - set(before))):
        stage = next((stage for place, stage in STAGES.items() if name.startswith(f"{place}/")), "settings")
        again.setdefault(stage, []).append(name)
    return again


def _rows(table: Table, results: Path, *columns: str) -> list[dict[str, str]]:
    path = table.under(results)
    return table.read(path, columns) if path.is_file() else []


@contextmanager
def _reading(result: Result, results: Path) -> Iterator[None]:
    """Raises BuildStop where the content of a result is not of the kind that Prismake writes."""
    try:
        yield
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError):
        message = "the file is not one that Prismake wrote"
        raise stop("damaged", message, where=str(result.under(results)), fix=DAMAGED) from None


def _document(document: Document, results: Path) -> dict[str, Any] | None:
    path = document.under(results)
    content: dict[str, Any] | None = document.read(path) if path.is_file() else None
    return content


def _stages(boxes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each stage of the flow with what entered it, left it and waits in it."""
    stages: dict[str, dict[str, Any]] = {}
    for box in boxes:
        if box["role"] in ("screened", "excluded", "pending", "unseen") and box.get("column") != "other":
            stage = stages.setdefault(box["stage"], {"stage": box["stage"], "label": "", "screened": 0, "excluded": 0})
            stage[box["role"]] = box["n"]
            if box["role"] == "screened":
                stage["label"] = box["label"]
    return list(stages.values())


def status_of(review: Path, config: Mapping[str, Any]) -> Status:
    """The status of a review in a folder. `config` are its settings with their defaults."""
    results = review / RESULTS
    flow = _document(FLOW, results)
    status = Status(draft=config["review"]["draft"], built=flow is not None)
    if flow is None:
        return status
    with _reading(FLOW, results):
        boxes = flow["boxes"]
        status.duplicates = sum(box["n"] for box in boxes if box["role"] == "duplicates")
        status.stages = _stages(boxes)
        status.included = next(box["n"] for box in boxes if box["id"] == "included")
    with _reading(SOURCES, results):
        status.searches = [
            {"search": row["search"], "database": row["database"], "records": int(row["records"])}
            for row in _rows(SOURCES, results, "search", "database", "records")
            if row["search"] in {search["id"] for search in config["searches"]}
        ]
    status.to_decide = len(_rows(TO_REVIEW, results, "record_a"))
    with _reading(WAITING, results):
        status.waiting = [
            {**row, "records": int(row["records"])}
            for row in _rows(WAITING, results, "stage", "role", "batch", "reviewer", "records", "folder")
            if row["records"] != "0"
        ]
    _count_synthesis(status, results)
    if "manuscript" in config and VALUES_USED.under(results).is_file():
        used = _rows(VALUES_USED, results, "expression")
        status.to_write = sum(row["expression"].startswith("to_write(") for row in used)
    with _reading(FINDINGS, results):
        if (audit := _document(FINDINGS, results)) is not None:
            status.findings = dict(Counter(one["severity"] for one in audit["findings"]))
    status.changed = changed_sources(review, config)
    return status


def _count_synthesis(status: Status, results: Path) -> None:
    """Counts the studies, the empty cells of their extraction, and those that are not appraised."""
    with _reading(STUDIES, results):
        if (studies := _document(STUDIES, results)) is not None:
            status.studies = len(studies["studies"])
            empty = Counter(
                column
                for study in studies["studies"]
                for column in studies["columns"].keys()  # noqa: SIM118 - a list has none
                if study.get(column) in (None, "", [])
            )
            status.empty_cells = dict(sorted(empty.items(), key=lambda item: (-item[1], item[0])))
    with _reading(APPRAISAL, results):
        if (appraisal := _document(APPRAISAL, results)) is not None:
            open_studies = {one["study_id"] for one in appraisal["appraisals"] if one["state"] != "complete"}
            status.not_appraised = len(open_studies)


def by_person(waiting: Iterable[Mapping[str, Any]], stage: str) -> list[Mapping[str, Any]]:
    """The rows of waiting.csv that say what each person has to screen at a stage; none where the work is not divided.

    Reports are retrieved once, by anybody.
    """
    return [
        row
        for row in waiting
        if row["stage"] == stage and row["batch"] == "all" and row["reviewer"] and row["role"] != "retrieval"
    ]


def next_step(status: Status) -> Step:
    """What to do next, the earliest stage first."""
    if not status.built:
        return Step("build the review", "snakemake")
    if status.changed:
        files = [file for names in status.changed.values() for file in names]
        return Step(f"build again: {counted(len(files), 'file has', 'files have')} changed", "snakemake")
    if status.to_decide:
        pairs = counted(status.to_decide, "possible duplicate")
        return Step(f"decide {pairs}", "results/dedup/to_review.csv")
    everybody = [row for row in status.waiting if not row["reviewer"]]
    if conflicts := [row for row in everybody if row["batch"] == "conflicts"]:
        number = counted(sum(row["records"] for row in conflicts), "conflict")
        return Step(f"settle {number} between reviewers", f"{conflicts[0]['folder']}/")
    if waits := [row for row in everybody if row["batch"] == "all"]:
        first, own = waits[0], by_person(status.waiting, waits[0]["stage"])
        verb = "retrieve" if first["role"] == "retrieval" else "screen"
        noun = "record" if first["role"] in ("screening", "removal") else "report"
        folders = ", ".join(f"{row['folder']}/" for row in own or [first])
        return Step(f"{verb} {counted(first['records'], noun)} ({first['stage']})", folders)
    if not status.waiting and any(stage.get("pending") for stage in status.stages):
        # A build of single targets need not have listed them.
        return Step("list the records that wait to be screened", "snakemake")
    if status.included and status.studies is None:
        return Step("extract the included studies", "prismake extract")
    if status.not_appraised:
        how = "fill in the workbook of the appraisal; prismake extract adds what it lacks"
        return Step(f"appraise {counted(status.not_appraised, 'study', 'studies')}", how)
    if status.to_write:
        return Step(f"write {counted(status.to_write, 'passage')}", "each {{ to_write(…) }} in manuscript/")
    if errors := sum(status.findings.get(name, 0) for name in ("error", "warning")):
        return Step(f"look at {counted(errors, 'finding')} of the audit", "prismake audit")
    if status.draft:
        return Step("finish: set 'draft: false' in config.yaml", "snakemake final")
    return Step("submit", "snakemake submission")
