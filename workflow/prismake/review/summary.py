"""What a build says at its end, and `prismake status` at any time: the flow, what people have to do, what is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from prismake.common.errors import counted
from prismake.common.reading import read_json
from prismake.common.results.screening import WAITING
from prismake.common.writing import read_rows
from prismake.review.status import Status, Step, by_person, next_step

# So many results in one folder have a line each.
MOST_LINES = 4
# What a build of `prepare_screening` makes, in the results.
WAITING_FOLDER = Path("screening/to_screen")


def _doubtful_pairs(results: Path, decisions: str) -> list[str]:
    """A line that names the pairs of records that deduplication leaves to a person, where there are any."""
    queue = results / "dedup" / "to_review.csv"
    pairs = len(read_rows(queue)) if queue.is_file() else 0
    if not pairs:
        return []
    return [f"To decide: {counted(pairs, 'possible duplicate')} in {queue.as_posix()}; decide each in {decisions}"]


def _waiting(results: Path) -> list[str]:
    """A line for each stage and person that work waits for: what waits, for what, and the folder that has it."""
    table = results / WAITING_FOLDER / "waiting.csv"
    rows = [row for row in (WAITING.read(table) if table.is_file() else []) if row["records"] != "0"]
    lines = []
    for row in rows:
        if row["reviewer"] or row["batch"] not in ("all", "conflicts"):
            continue
        own = by_person(rows, row["stage"]) if row["batch"] == "all" else []
        for one in own or [row]:
            by = f" by {one['reviewer']}" if one["reviewer"] else ""
            lines.append(f"{_what_waits(one)}{by}: {one['folder']}/")
    return lines


def _what_waits(row: Mapping[str, str]) -> str:
    number, name = int(row["records"]), row["stage"].replace("_", " ")
    if row["batch"] == "conflicts":
        return counted(number, "conflict waits", "conflicts wait") + f" for the team's decision ({name})"
    if row["role"] == "retrieval":
        return counted(number, "report waits", "reports wait") + " to be retrieved"
    if row["role"] == "assessment":
        return counted(number, "report waits", "reports wait") + f" for assessment ({name})"
    return counted(number, "record waits", "records wait") + f" for {name} screening"


def _work_left(status: Status) -> list[str]:
    """A line for each part of the work after screening in which something is left to do."""
    lines = []
    # In a finished review what is empty was not reported.
    if status.draft and (cells := sum(status.empty_cells.values())):
        most = [f"{column} {number}" for column, number in list(status.empty_cells.items())[:3]]
        named = ", ".join([*most, *(["…"] if len(status.empty_cells) > 3 else [])])
        extracted = counted(status.studies or 0, "study", "studies")
        lines.append(f"Extraction: {extracted}; {counted(cells, 'cell is', 'cells are')} empty ({named})")
    if status.not_appraised:
        lines.append(f"Appraisal: {counted(status.not_appraised, 'study waits', 'studies wait')}")
    if status.to_write:
        lines.append(f"Text: {counted(status.to_write, 'passage is', 'passages are')} to be written")
    if findings := sum(status.findings.values()):
        lines.append(f"Audit: {counted(findings, 'finding')}: prismake audit")
    lines += [f"Changed since the last build ({stage}): {', '.join(names)}" for stage, names in status.changed.items()]
    return lines


def results_made(made: Sequence[Path]) -> list[str]:
    """A line for each file or folder that a build was asked for; one for a folder where many lie in it."""
    folders: dict[Path, list[Path]] = {}
    for path in made:
        folders.setdefault(path.parent, []).append(path)
    lines = []
    for folder, files in folders.items():
        if len(files) > MOST_LINES:
            lines.append(f"Made: {counted(len(files), 'file')} in {folder.as_posix()}/")
        else:
            lines += [f"Made: {path.as_posix()}{'/' if path.is_dir() else ''}" for path in files]
    return lines


def _step_after(status: Status, made: Sequence[Path], results: Path) -> Step:
    """What comes next after a build of everything, or of what `made` names.

    What has changed since the last whole build is not news to a build that just listed what waits to be screened: as
    long as something waits, that comes next. After another it is what remains to be built.
    """
    if not (made and status.changed):
        return next_step(status)
    listed = results / WAITING_FOLDER in made
    if listed and (status.to_decide or status.waiting):
        return next_step(replace(status, changed={}))
    number = sum(map(len, status.changed.values()))
    changed = counted(number, "file has", "files have")
    return Step(f"build the rest of the review: {changed} changed since the last whole build", "snakemake")


def summary(results: Path, decisions: str, status: Status, made: Sequence[Path] = ()) -> str:
    """The flow in one line (`120 identified, 30 duplicates, …`), what is left to do, where what was made is.

    `decisions` is the table of the decisions on pairs; `made` are the results that a build was asked for, instead of
    the manuscript.
    """
    boxes = read_json(results / "flow.json")["boxes"]
    roles = ("identified", "duplicates", "removed", "unseen", "screened", "excluded", "pending", "included")
    parts = []
    for box in boxes:
        if box["role"] not in roles or (box["id"] == "other.duplicates" and not box["n"]):
            continue
        # Of the words of roles only this one is a noun; the others are participles.
        one_duplicate = box["role"] == "duplicates" and box["n"] == 1
        words = "duplicate" if one_duplicate else "assessed" if box["id"].endswith(".assessed") else box["role"]
        where = [name for name in (box.get("stage"), "other methods" if box.get("column") == "other" else "") if name]
        parts.append(f"{box['n']:,} {words}" + (f" ({', '.join(where)})" if where else ""))
    # A build of single results need not count the flow again.
    flow = "Flow at the last build: " if status.changed else "Flow: "
    lines = ["", flow + ", ".join(parts), *_doubtful_pairs(results, decisions), *_waiting(results)]
    lines += _work_left(status)
    documents = [results / "manuscript" / name for name in ("manuscript.docx", "manuscript.pdf", "manuscript.html")]
    places = [f"Manuscript: {document.as_posix()}" for document in documents if document.is_file()]
    figure = results / "figures" / "prisma.svg"
    lines += results_made(made) or places or ([f"Flow figure: {figure.as_posix()}"] if figure.is_file() else [])
    step = _step_after(status, made, results)
    return "\n".join([*lines, f"Next: {step.text}: {step.how}"])
