"""The rows of outcomes that a meta-analysis takes: its outcome and time, the two sides of each study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.common.errors import Issue, nearest, some_of
from prismake.synthesis import outcomes
from prismake.synthesis.pooling.settings import Analysis

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A row of outcomes: its study, its cells, its place in the file, and the size of the arm by the sheet of arms."""

    study: Cells
    cells: Cells
    where: str
    arm_size: int | None = None

    @property
    def arm(self) -> str:
        """The arm's name; empty where the study has one."""
        return str(self.cells.get(outcomes.ARM) or "")

    @property
    def versus(self) -> str:
        """The arm that a row compares it with; empty in a row of one arm."""
        return str(self.cells.get(outcomes.VERSUS) or "")

    def place(self, *columns: str) -> str:
        """Where the row stands, with the columns concerned."""
        names = " or ".join(f"'{name}'" for name in columns)
        return f"{self.where}, column {names}" if names else self.where


@dataclass(frozen=True)
class Comparison:
    """What a study gives to an analysis: rows of one side, rows of the other, or a row that has the effect itself.

    `parts` tells between how many comparisons the other side is split.
    """

    label: str
    study: Cells
    ours: tuple[Row, ...] = ()
    theirs: tuple[Row, ...] = ()
    given: Row | None = None
    parts: int = 1

    @property
    def where(self) -> str:
        """The place of its first row."""
        return (self.given or self.ours[0]).where


@dataclass(frozen=True)
class Excluded:
    """A study, or a comparison of it, that reports the outcome and is not pooled, and why."""

    label: str
    study: str
    reason: str
    where: str


@dataclass
class Chosen:
    """The comparisons of an analysis, the studies that it leaves out, and what is wrong with the rows."""

    comparisons: list[Comparison] = field(default_factory=list)
    not_reported: list[str] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def choose(analysis: Analysis, extraction: Cells, label: str) -> Chosen:
    """The comparisons, in the order of the studies of results/studies.json; `label` is the column of their names."""
    studies = extraction["studies"]
    names = unique_labels(studies, label)
    chosen = Chosen()
    every = {study["study_id"]: list(rows_of(study, extraction)) for study in studies}
    known = sorted({str(row.cells.get(outcomes.OUTCOME)) for rows in every.values() for row in rows})
    if outcomes.OUTCOMES not in extraction["parts"]:
        message = "the extraction has no table of outcomes"
        fix = "write its sheet with `prismake extract`, or name a table under synthesis.extraction.parts.outcomes"
        chosen.issues.append(Issue("no-outcomes", message, analysis.where, fix))
        return chosen
    if analysis.outcome not in known:
        message = f"no study has the outcome '{analysis.outcome}'"
        chosen.issues.append(
            Issue("no-outcome", message, f"{analysis.where}.outcome", nearest(analysis.outcome, known))
        )
        return chosen
    for study in studies:
        rows = [row for row in every[study["study_id"]] if str(row.cells.get(outcomes.OUTCOME)) == analysis.outcome]
        if analysis.time:
            rows = [row for row in rows if str(row.cells.get(outcomes.TIME) or "") == analysis.time]
        faults = [*(() if analysis.time else _several_times(rows)), *_repeated(rows)]
        if not rows:
            chosen.not_reported.append(study["study_id"])
        elif faults:
            chosen.issues.append(faults[0])
        else:
            chosen.issues += _sided(analysis, rows, names[study["study_id"]], chosen)
    if not chosen.comparisons and not chosen.issues:
        chosen.issues.append(_nothing(analysis, chosen))
    return chosen


def _nothing(analysis: Analysis, chosen: Chosen) -> Issue:
    if chosen.excluded:
        first = chosen.excluded[0]
        message = f"no study can be compared; '{first.study}', for one, {first.reason}"
        return Issue(
            "no-arm", message, analysis.where, "correct `arm` and `versus`: names of arms, or of interventions"
        )
    message = f"no study reports '{analysis.outcome}' at '{analysis.time}'"
    return Issue("no-time-point", message, f"{analysis.where}.time", "write it as the table of outcomes does")


def unique_labels(studies: Sequence[Cells], label: str) -> dict[str, str]:
    """Study -> its name in tables; with its year or its id where others have the same."""
    printed = {study["study_id"]: str(study.get(label) or study["study_id"]) for study in studies}
    several = {name for name in printed.values() if list(printed.values()).count(name) > 1}
    return {key: f"{name} ({key})" if name in several else name for key, name in printed.items()}


def rows_of(study: Cells, extraction: Cells) -> Iterator[Row]:
    """The rows of outcomes of a study, with their places."""
    parts = study.get("parts", {})
    sizes = {str(arm.get("arm")): arm.get("n") for arm in parts.get(outcomes.ARMS, [])}
    places = extraction.get("places", {}).get(study["study_id"], [])
    for number, cells in enumerate(parts.get(outcomes.OUTCOMES, [])):
        where = places[number] if number < len(places) else f"outcomes of study '{study['study_id']}'"
        size = sizes.get(str(cells.get(outcomes.ARM)))
        yield Row(study, cells, where, size if isinstance(size, int) else None)


def _several_times(rows: Sequence[Row]) -> Iterator[Issue]:
    times = list(dict.fromkeys(str(row.cells.get(outcomes.TIME) or "") for row in rows))
    if len(times) > 1:
        message = f"study '{rows[0].study['study_id']}' reports the outcome at {some_of(times)}"
        fix = f"name one in the analysis: `time: {times[0]}`"
        yield Issue("several-times", message, rows[0].place(outcomes.TIME), fix)


def _repeated(rows: Sequence[Row]) -> Iterator[Issue]:
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        earlier = first.setdefault((row.arm, row.versus), row)
        if earlier is not row:
            arm = f"arm '{row.arm}' of " if row.arm else ""
            message = f"{arm}study '{row.study['study_id']}' has the outcome twice, also in {earlier.where}"
            fix = "keep one row, or give the two their times"
            yield Issue("outcome-twice", message, row.place(outcomes.ARM), fix)


def fits(row: Row, names: Sequence[str], arm: str) -> bool:
    """Whether an arm is one of those named, by its own name or by its intervention."""
    interventions = {str(one.get("arm")): one.get("intervention") for one in row.study["parts"].get(outcomes.ARMS, [])}
    return arm in names or str(interventions.get(arm)) in names


def _sided(analysis: Analysis, rows: Sequence[Row], label: str, chosen: Chosen) -> Iterator[Issue]:
    """Adds a study's comparisons to those chosen; an issue where its arms do not fit the analysis."""
    study = rows[0].study
    given = [row for row in rows if row.versus]
    single = [row for row in rows if not row.versus]
    if not analysis.compares:
        ours = [row for row in single if not analysis.arms or fits(row, analysis.arms, row.arm)]
        yield from _one_sided(analysis, ours, study, label, chosen, rows[0])
        return
    ours = [row for row in single if fits(row, analysis.arms, row.arm)]
    theirs = [row for row in single if fits(row, analysis.versus, row.arm)]
    fitting = [row for row in given if fits(row, analysis.arms, row.arm) and fits(row, analysis.versus, row.versus)]
    unnamed = [row for row in single if not row.arm and analysis.kind == "given"]
    if both := [row for row in ours if row in theirs]:
        message = f"arm '{both[0].arm}' is on both sides of the comparison"
        yield Issue("arm-twice", message, both[0].place(outcomes.ARM), f"correct {analysis.where}: arm and versus")
    elif analysis.kind != "given" and ours and theirs:
        yield from _two_sided(analysis, ours, theirs, study, label, chosen)
    elif contrasts := fitting or unnamed:
        if len(contrasts) > 1:
            message = f"study '{study['study_id']}' gives {len(contrasts)} effects that share patients"
            fix = f"name one arm on each side in {analysis.where}"
            yield Issue("shared-arm", message, contrasts[1].where, fix)
        else:
            chosen.comparisons.append(Comparison(label, study, given=contrasts[0]))
    else:
        lacking = analysis.arms if not ours else analysis.versus
        _leave_out(chosen, rows, label, f"has no arm '{some_of(lacking)}' with the outcome")


def _leave_out(chosen: Chosen, rows: Sequence[Row], label: str, reason: str) -> None:
    arms = sorted({name for row in rows for name in (row.arm, row.versus) if name})
    reason += f" (it has {', '.join(arms)})" if arms else ""
    chosen.excluded.append(Excluded(label, rows[0].study["study_id"], reason, rows[0].place(outcomes.ARM)))


def _one_sided(
    analysis: Analysis, ours: Sequence[Row], study: Cells, label: str, chosen: Chosen, first: Row
) -> Iterator[Issue]:
    if not ours:
        _leave_out(chosen, [first], label, f"has no arm '{some_of(analysis.arms)}' with the outcome")
    elif len(ours) == 1 or analysis.shared == "combine":
        chosen.comparisons.append(Comparison(label, study, tuple(ours)))
    elif analysis.shared == "split":
        chosen.comparisons += [Comparison(f"{label}: {row.arm}", study, (row,)) for row in ours]
    else:
        yield _sharing(analysis, ours, study, "each counts on its own")


def _two_sided(
    analysis: Analysis,
    ours: Sequence[Row],
    theirs: Sequence[Row],
    study: Cells,
    label: str,
    chosen: Chosen,
) -> Iterator[Issue]:
    if (len(ours) == 1 and len(theirs) == 1) or analysis.shared == "combine":
        chosen.comparisons.append(Comparison(label, study, tuple(ours), tuple(theirs)))
    elif analysis.shared == "split" and len(theirs) == 1:
        chosen.comparisons += [
            Comparison(f"{label}: {row.arm}", study, (row,), tuple(theirs), parts=len(ours)) for row in ours
        ]
    elif analysis.shared == "split":
        message = f"study '{study['study_id']}' has {len(theirs)} arms to compare with, and one can be split"
        yield Issue("shared-arm", message, theirs[1].place(outcomes.ARM), "use `shared: combine`, or name one `versus`")
    else:
        yield _sharing(analysis, ours if len(ours) > 1 else theirs, study, "each is compared, and the shared arm split")


def _sharing(analysis: Analysis, rows: Sequence[Row], study: Cells, split: str) -> Issue:
    arms = some_of(row.arm or "without a name" for row in rows)
    message = f"several arms of study '{study['study_id']}' fit: {arms}"
    fix = f"set `shared` in {analysis.where}: combine makes them one group; split: {split}; or name one of the arms"
    return Issue("shared-arm", message, rows[1].place(outcomes.ARM), fix)
