"""The direction of effect in each study, for outcomes that are not pooled: vote counting by direction.

Cochrane Handbook 12.2.1.3; Campbell M, McKenzie JE, Sowden A, et al. BMJ 2020;368:l6890 (SWiM).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest, some_of
from prismake.metaanalysis.direction import vote_count
from prismake.metaanalysis.faults import Inestimable
from prismake.synthesis import outcomes
from prismake.synthesis.pooling.completing import figure
from prismake.synthesis.pooling.plain import Plain, rounded
from prismake.synthesis.pooling.rows import Cells, Row, fits, rows_of, unique_labels

FAVOURS, AGAINST, UNCLEAR = 1, -1, 0
# What a row may state, in any letter case.
STATED = {
    **dict.fromkeys(("favours", "favors", "benefit", "positive"), FAVOURS),
    **dict.fromkeys(("against", "harm", "negative"), AGAINST),
    **dict.fromkeys(("unclear", "mixed", "no difference", "none"), UNCLEAR),
}
# What two arms are compared by, the first that both report.
COMPARED = (outcomes.CHANGE_MEAN, outcomes.MEAN, outcomes.MEDIAN)


@dataclass(frozen=True)
class Counting:
    """An entry of `synthesis.directions`: the outcome, the arms, and which values of it are better."""

    name: str
    outcome: str
    title: str
    time: str
    arms: tuple[str, ...]
    versus: tuple[str, ...]
    better: str
    level: float

    @property
    def where(self) -> str:
        """Its place in the settings."""
        return f"config.yaml, synthesis.directions.{self.name}"


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def counting_of(name: str, about: Mapping[str, Any]) -> Counting:
    """The entry of the settings of this name, whose plain defaults the schema has filled in."""
    title, time = about.get("title", about["outcome"]), str(about.get("time", ""))
    sides = _names(about.get("arm")), _names(about.get("versus"))
    return Counting(name, about["outcome"], title, time, *sides, about["better"], about["level"] / 100)


def directions_of(extraction: Cells, synthesis: Mapping[str, Any]) -> tuple[Plain, list[Issue]]:
    """(content of results/directions.json, warnings) of every entry of `synthesis.directions`. Raises BuildStop."""
    made: Plain = {}
    issues: list[Issue] = []
    for name, about in synthesis["directions"].items():
        counting = counting_of(name, about)
        try:
            made[name] = rounded(_counted(counting, extraction, synthesis))
        except BuildStop as fault:
            issues += [replace(one, where=one.where or counting.where) for one in fault.issues]
    if issues:
        raise BuildStop(issues)
    return {"outcomes": made}, [issue for one in made.values() for issue in _warnings(one)]


def _warnings(one: Plain) -> Iterator[Issue]:
    for left in one["undetermined"]:
        message = f"'{one['name']}' counts no direction of {left['label']}: {left['reason']}"
        yield Issue("direction-unknown", message, left["where"], severity="warning")


def _counted(counting: Counting, extraction: Cells, synthesis: Mapping[str, Any]) -> Plain:
    studies = extraction["studies"]
    names = unique_labels(studies, synthesis["label"])
    rows: list[Plain] = []
    undetermined: list[Plain] = []
    silent: list[str] = []
    known: dict[str, None] = {}
    for study in studies:
        every = list(rows_of(study, extraction))
        known |= dict.fromkeys(str(row.cells.get(outcomes.OUTCOME)) for row in every)
        own = [row for row in every if _asked(row, counting)]
        about = {"study": study["study_id"], "label": names[study["study_id"]]}
        if not own:
            silent.append(study["study_id"])
            continue
        direction, source = _direction(counting, own)
        if source:
            row = {**about, "year": study[synthesis["year"]], "where": own[0].where, "participants": _participants(own)}
            rows.append({**row, "direction": direction, "source": source})
        else:
            reason = "no direction is stated, and the arms report nothing to compare them by"
            undetermined.append({**about, "where": own[0].where, "reason": reason})
    if not rows and not undetermined:
        message = f"no study has the outcome '{counting.outcome}'" + (f" at '{counting.time}'" if counting.time else "")
        raise BuildStop(Issue("no-outcome", message, counting.where, nearest(counting.outcome, list(known))))
    return {
        "name": counting.name,
        "outcome": counting.outcome,
        "title": counting.title,
        "time": counting.time,
        "arm": list(counting.arms),
        "versus": list(counting.versus),
        "better": counting.better,
        "level": counting.level * 100,
        "rows": rows,
        "undetermined": undetermined,
        "not_reported": silent,
        "votes": _votes([row["direction"] for row in rows], counting.level),
    }


def _asked(row: Row, counting: Counting) -> bool:
    at = not counting.time or str(row.cells.get(outcomes.TIME) or "") == counting.time
    return at and str(row.cells.get(outcomes.OUTCOME)) == counting.outcome


def _votes(directions: Sequence[int], level: float) -> Plain:
    try:
        made = vote_count(directions, level)
    except Inestimable as fault:
        return {"refused": fault.issues[0].message}
    return {**vars(made), "ci": vars(made.ci)}


def _participants(rows: Sequence[Row]) -> int | None:
    sizes = {row.arm: row.cells.get(outcomes.N) or row.arm_size for row in rows}
    known = [int(size) for size in sizes.values() if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _direction(counting: Counting, rows: Sequence[Row]) -> tuple[int, str]:
    """(direction, what tells it): as a row states it, else by the effect or the figures of the arms; `` if nothing."""
    for source, some in (
        ("stated", list(_stated(rows))),
        ("effect", list(_by_effect(counting, rows))),
        ("figures", list(_by_figures(counting, rows))),
    ):
        if some:
            # Results that point both ways, such as those of two time points, have no clear direction.
            return (some[0] if len(set(some)) == 1 else UNCLEAR), source
    return UNCLEAR, ""


def _stated(rows: Sequence[Row]) -> Iterator[int]:
    for row in rows:
        if text := str(row.cells.get(outcomes.DIRECTION) or "").strip().casefold():
            if text not in STATED:
                message = f"'{text}' is not a direction of effect"
                fix = f"write {some_of(['favours', 'against', 'unclear'])}"
                raise BuildStop(Issue("direction", message, row.place(outcomes.DIRECTION), fix))
            yield STATED[text]


def _signed(counting: Counting, difference: float) -> int:
    sign = (difference > 0) - (difference < 0)
    return -sign if counting.better == "lower" else sign


def _by_effect(counting: Counting, rows: Sequence[Row]) -> Iterator[int]:
    for row in rows:
        named = fits(row, counting.arms, row.arm) and fits(row, counting.versus, row.versus)
        effect, logarithm = figure(row, outcomes.EFFECT), figure(row, outcomes.EFFECT_LOG)
        if not named or (effect is None and logarithm is None):
            continue
        if logarithm is not None:
            yield _signed(counting, logarithm)
        elif effect is not None:
            ratio = outcomes.is_ratio(str(row.cells.get(outcomes.EFFECT_MEASURE) or ""))
            yield _signed(counting, effect - (1 if ratio else 0))


def _by_figures(counting: Counting, rows: Sequence[Row]) -> Iterator[int]:
    single = [row for row in rows if not row.versus]
    ours = [row for row in single if fits(row, counting.arms, row.arm)]
    theirs = [row for row in single if fits(row, counting.versus, row.arm)]
    for row in ours:
        for other in theirs:
            same_time = row.cells.get(outcomes.TIME) == other.cells.get(outcomes.TIME)
            difference = _difference(row, other) if same_time else None
            if difference is not None:
                yield _signed(counting, difference)


def _difference(row: Row, other: Row) -> float | None:
    for column in COMPARED:
        ours, theirs = figure(row, column), figure(other, column)
        if ours is not None and theirs is not None:
            return ours - theirs
    shares = _share(row), _share(other)
    return None if shares[0] is None or shares[1] is None else shares[0] - shares[1]


def _share(row: Row) -> float | None:
    """The share of patients with the event, or of events in person-time."""
    events, percent = figure(row, outcomes.EVENTS), figure(row, outcomes.PERCENT)
    whole = figure(row, outcomes.PERSON_TIME) or figure(row, outcomes.N) or row.arm_size
    if events is not None and whole:
        return events / whole
    return None if percent is None else percent / 100
