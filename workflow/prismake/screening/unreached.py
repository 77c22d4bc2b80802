"""Decisions on records that did not reach their stage: they had left before, or wait for an earlier decision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from prismake.common.errors import Issue, counted, some_of
from prismake.common.results.screening import EXCLUDED_BY_APPRAISAL
from prismake.screening.decisions import Key, Settled
from prismake.screening.readers.entries import UNSEEN
from prismake.screening.screen import Verdict


@dataclass(frozen=True)
class _Astray:
    """A decision on a record at a stage that it did not reach, and the record's last verdict."""

    record: str
    stage: str
    decision: str
    place: str
    last: Verdict


# Why a record is undecided at the earlier stage.
DISAGREE, FEW = "disagree", "few"


@dataclass(frozen=True)
class _Cause:
    """Why decisions are astray: the code of the issue, the stage, the earlier stage, and a detail of these."""

    code: str
    stage: str
    earlier: str
    detail: str = ""


def unreached(
    trails: Mapping[str, Sequence[Verdict]],
    settled: Settled,
    elsewhere: Collection[str] = (),
    skipped: Collection[str] = (),
) -> list[Issue]:
    """A fault for each cause by which decisions are about records that did not reach the stage, with all the records.

    Records that only other methods found (`elsewhere`) do not go through the stages `skipped`. Decisions that only
    repeat an exclusion by a rule are a warning. Conflicts between reviewers count as decisions.
    """
    decided = {key: (decision.decision, decision.place) for key, decision in settled.decisions.items()}
    decided |= {key: ("two answers", "; ".join(v.where for v in c.votes)) for key, c in settled.open.items()}
    causes: dict[_Cause, list[_Astray]] = {}
    for (name, stage), (decision, place) in decided.items():
        # A study may be appraised before its reports are excluded for another reason.
        if place.startswith(EXCLUDED_BY_APPRAISAL.path):
            continue
        if any(verdict.stage == stage and not verdict.decided_by.startswith("rule ") for verdict in trails[name]):
            continue
        last = trails[name][-1]
        astray = _Astray(name, stage, decision, place, last)
        other = name in elsewhere and stage in skipped
        causes.setdefault(_cause(astray, settled, other=other), []).append(astray)
    return [_issue(cause, records) for cause, records in causes.items()]


def _cause(astray: _Astray, settled: Settled, *, other: bool) -> _Cause:
    last, stage = astray.last, astray.stage
    by_rule = last.decided_by.startswith("rule ")
    if other:
        return _Cause("stage-not-applicable", stage, last.stage)
    if last.stage == stage or (by_rule and astray.decision == "exclude"):
        code = "against-rule" if astray.decision == "include" else "repeats-rule"
        return _Cause(code, stage, last.stage, f"{astray.decision}, {last.decided_by}")
    if last.decision in ("pending", UNSEEN):
        return _Cause("stage-skipped", stage, last.stage, _why((astray.record, last.stage), settled))
    return _Cause("stage-not-reached", stage, last.stage)


def _why(key: Key, settled: Settled) -> str:
    """Why a record is undecided at a stage: reviewers disagree, are too few, or ("") there is no decision."""
    return DISAGREE if key in settled.open else FEW if key in settled.short else ""


def _issue(cause: _Cause, records: Sequence[_Astray]) -> Issue:
    """The fault of all decisions that have one cause; its place is that of the first."""
    return _ISSUES[cause.code](cause, _Group(records))


@dataclass(frozen=True)
class _Group:
    """The decisions of one cause, as their message words them."""

    astray: Sequence[_Astray]

    @property
    def first(self) -> _Astray:
        return self.astray[0]

    @property
    def one(self) -> bool:
        return len(self.astray) == 1

    @property
    def records(self) -> str:
        """`'s:1'`, or `12 records`."""
        return f"'{self.first.record}'" if self.one else counted(len(self.astray), "record")

    @property
    def names(self) -> str:
        """The ids of several records, after a colon."""
        return "" if self.one else f": {some_of(each.record for each in self.astray)}"

    def word(self, singular: str, plural: str) -> str:
        return singular if self.one else plural

    @property
    def remove(self) -> str:
        return self.word("remove the row", "remove the rows")


def _not_applicable(cause: _Cause, group: _Group) -> Issue:
    verb = group.word("was", "were")
    message = f"{group.records} {verb} found only by other methods, whose records skip the stage '{cause.stage}'"
    fix = f"{group.remove}, or set 'other_methods: true' at the stage in config.yaml"
    return Issue("stage-not-applicable", message + group.names, group.first.place, fix)


def _excluded_by_rule(group: _Group) -> str:
    last = group.first.last
    matched = f" ({last.matched})" if group.one else group.names
    return f"{group.first.decision} for {group.records}, which {last.decided_by} excludes{matched}"


def _against_rule(cause: _Cause, group: _Group) -> Issue:
    fix = f"narrow the rule with unless_… in config.yaml ({cause.stage}), or {group.remove}"
    return Issue("against-rule", _excluded_by_rule(group), group.first.place, fix)


def _repeats_rule(_: _Cause, group: _Group) -> Issue:
    return Issue("repeats-rule", _excluded_by_rule(group), group.first.place, group.remove, "warning")


def _skipped(cause: _Cause, group: _Group) -> Issue:
    verb = group.word("is", "are")
    message = f"{group.records} {verb} decided at stage '{cause.stage}' but not at the earlier stage '{cause.earlier}'"
    if cause.detail == DISAGREE:
        message += ", where reviewers disagree"
        fix = group.word("settle the conflict", "settle the conflicts") + f" at '{cause.earlier}' first"
    elif cause.detail == FEW:
        message += ", where too few reviewers have decided"
        fix = f"add the missing reviewers' decisions at '{cause.earlier}', or {group.remove}"
    else:
        fix = f"decide {group.word('it', 'them')} at '{cause.earlier}' as well, or {group.remove}"
    return Issue("stage-skipped", message + group.names, group.first.place, fix)


def _not_reached(cause: _Cause, group: _Group) -> Issue:
    why = f", excluded at '{cause.earlier}'{group.names}"
    if group.one:
        why = f": {group.first.last.decided_by} excluded it at '{cause.earlier}'"
    fix = f"{group.remove}, or correct the earlier {group.word('decision', 'decisions')}"
    return Issue(
        "stage-not-reached", f"{group.records} did not reach stage '{cause.stage}'{why}", group.first.place, fix
    )


_ISSUES: Mapping[str, Callable[[_Cause, _Group], Issue]] = {
    "stage-not-applicable": _not_applicable,
    "against-rule": _against_rule,
    "repeats-rule": _repeats_rule,
    "stage-skipped": _skipped,
    "stage-not-reached": _not_reached,
}
