"""From the votes to one decision per record and stage: agreed, reached by consensus, or still open.

A decision may name any record of a cluster; it applies to the whole cluster. All faults are collected, so that they
can be corrected in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from prismake.common.errors import Issue, counted, nearest
from prismake.common.matching import RECORD_ID, Matcher, Named, named_by
from prismake.screening.reasons import Reasons, unknown_reasons
from prismake.screening.stages import Stage
from prismake.screening.unknown import UnknownTexts
from prismake.screening.votes import EXCLUDE, INCLUDE, MAYBE, Vote


@dataclass(frozen=True)
class Decision:
    """The decision on a cluster at a stage.

    `reasons` are codes in the order of config.yaml; the first is the primary one. `where` names the file and line of
    each vote, after its reviewer where one is known; `place` is the same without reviewers, as messages have it.
    """

    decision: str
    reasons: tuple[str, ...]
    note: str
    where: str
    place: str

    @property
    def reason(self) -> str:
        """The primary reason's code, or ""."""
        return self.reasons[0] if self.reasons else ""

    @property
    def verdict(self) -> str:
        """`include`, or `exclude (reason)`."""
        return f"{self.decision} ({', '.join(self.reasons)})" if self.reasons else self.decision


# (record id of the survivor, stage id)
Key = tuple[str, str]


@dataclass(frozen=True)
class Conflict:
    """A record whose reviewers do not agree on a stage, with their votes and what settled it, if anything did."""

    record: str
    stage: str
    kind: str
    votes: tuple[Vote, ...]
    settled: str = ""

    @property
    def answers(self) -> str:
        """Each reviewer's answer: `Anna include (a.csv:4), Ben exclude (b.csv:9)`."""
        return ", ".join(f"{vote.reviewer or 'the team'} {vote.verdict} ({vote.where})" for vote in self.votes)


@dataclass
class Settled:
    """The valid decisions, the conflicts, and the records for which a stage waits for more reviewers."""

    decisions: dict[Key, Decision] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    # Decided by fewer reviewers than the stage asks for.
    short: dict[Key, str] = field(default_factory=dict)

    @property
    def open(self) -> dict[Key, Conflict]:
        """The conflicts that nothing has resolved."""
        return {(c.record, c.stage): c for c in self.conflicts if not c.settled}


def as_vote(row: Mapping[str, Any], path: object) -> Vote:
    """A row of the table of decisions or of consensus, as `read_table` gives it."""
    reason = row["reason"] or ""
    return Vote(
        named_by(row["record_id"], row.get("title") or "", row.get("year") or ""),
        row["stage"],
        row.get("reviewer") or "",
        row["decision"],
        (reason,) if reason else (),
        row.get("note") or "",
        row.get("date") or "",
        f"{path}:{row['__line__']}",
    )


def _stage_fault(vote: Vote, stages: Mapping[str, Stage]) -> Issue | None:
    if not vote.stage:
        takers = [stage.id for stage in stages.values() if stage.takes_decisions]
        message = "it does not name the stage of its decisions"
        return Issue("no-stage", message, vote.where, f"add 'stage: {takers[0] if takers else '…'}' to its source")
    stage = stages.get(vote.stage)
    if stage is None:
        return Issue("unknown-stage", f"unknown stage '{vote.stage}'", vote.where, nearest(vote.stage, list(stages)))
    if not stage.takes_decisions:
        message = f"the stage '{stage.id}' takes no decisions, only its rules decide"
        fix = "remove the row, or declare reasons for the stage in config.yaml"
        return Issue("rules-only", message, vote.where, fix)
    return None


def _coded(vote: Vote, known: Reasons) -> tuple[Vote, Issue | None]:
    """The vote with those of its reasons that are known, as codes; or its fault."""
    if vote.decision != EXCLUDE:
        if not vote.reasons:
            return vote, None
        message = f"an included record has the reason '{vote.reasons[0]}'"
        return vote, Issue("reason-of-include", message, vote.where, "clear the reason, or write exclude")
    ordered = known.ordered([known.code(text) for text in vote.reasons])
    return (vote if ordered == vote.reasons else replace(vote, reasons=ordered)), None


def _is_number(named: Named) -> bool:
    """Whether a row has nothing but a number that may be the tool's own."""
    return len(named.ids) == 1 and named.ids[0].isdigit() and not (named.title or named.doi)


def _unknown_numbers(faults: Sequence[Issue]) -> Issue:
    """One fault for the rows that are known only by numbers which no record has."""
    message = f"{counted(len(faults), 'row')} have only a number, and no record has it: {faults[0].message}"
    fix = "if they are the tool's own numbers, say which records they mean in a table under 'records' of the source"
    return Issue("unknown-record", message, faults[0].where, fix)


def _other_title(named: Named, record: str, matcher: Matcher) -> str:
    """Another record that has the title of a row, where the record of its id has not; "" where there is none."""
    titled = matcher.with_title(named.title) if named.title else []
    return titled[0] if titled and record not in titled else ""


def _displaced_issues(displaced: Sequence[tuple[Vote, str, str]]) -> list[Issue]:
    """The fault of rows whose id and title are of two records, as where only a part of the columns was sorted."""
    if not displaced:
        return []
    vote, record, titled = displaced[0]
    rows = counted(len(displaced), "row has", "rows have")
    message = f"{rows} the id of one record and the title of another, first '{record}' with the title of '{titled}'"
    fix = "was only a part of the columns sorted? Undo that, or correct the ids: it is not clear what was decided on"
    return [Issue("id-and-title", message, vote.where, fix)]


def checked_votes(votes: Iterable[Vote], matcher: Matcher, stages: Sequence[Stage]) -> tuple[list[Vote], list[Issue]]:
    """The valid votes, each with its record, stage and reasons as codes; and the faults of the others."""
    by_id = {stage.id: stage for stage in stages}
    known = {stage.id: Reasons(stage) for stage in stages}
    unknown = {stage.id: UnknownTexts() for stage in stages}
    takers = [stage.id for stage in stages if stage.takes_decisions]
    only = takers[0] if len(takers) == 1 else ""
    good: list[Vote] = []
    issues: list[Issue] = []
    numbers: list[Issue] = []
    elsewhere: list[tuple[Vote, str, str]] = []
    displaced: list[tuple[Vote, str, str]] = []
    for vote in votes:
        if not vote.stage and only:
            vote = replace(vote, stage=only)
        match = matcher.match(vote.named, vote.where)
        if isinstance(match, Issue):
            (numbers if match.code == "unknown-record" and _is_number(vote.named) else issues).append(match)
        elif vote.own and (own := matcher.find(vote.own)) and match.record not in own:
            elsewhere.append((vote, match.record, next(iter(own))))
        elif match.matched_by == RECORD_ID and (own_title := _other_title(vote.named, match.record, matcher)):
            displaced.append((vote, match.record, own_title))
        fault = _stage_fault(vote, by_id)
        if fault:
            issues.append(fault)
        else:
            reasons = known[vote.stage]
            strange = [text for text in vote.reasons if not reasons.code(text)] if vote.decision == EXCLUDE else []
            for text in strange:
                unknown[vote.stage].add(text, vote.where)
            vote, fault = _coded(vote, reasons)
            issues += [fault] if fault else []
            if strange:
                continue
        if not isinstance(match, Issue) and not fault:
            good.append(vote.of(match.record, match.member, match.matched_by))
    issues += numbers if len(numbers) < 2 else [_unknown_numbers(numbers)]
    issues += [unknown_reasons(texts, known[stage]) for stage, texts in unknown.items() if texts]
    issues += _displaced_issues(displaced)
    if elsewhere:
        vote, record, own_record = elsewhere[0]
        rows = counted(len(elsewhere), "row means", "rows mean")
        message = (
            f"{rows} another record by the table of numbers than by title or DOI, first '{record}', not '{own_record}'"
        )
        fix = "check that the table under 'records' belongs to this file"
        issues.append(Issue("numbers-differ", message, vote.where, fix, "warning"))
    return good, issues


def _note(votes: Sequence[Vote], extra: Sequence[str] = ()) -> str:
    """The notes of all votes, each once, and the survivors of the merged records that they name."""
    parts = []
    several = len({vote.reviewer for vote in votes}) > 1
    for vote in votes:
        if vote.note:
            parts.append(f"{vote.reviewer}: {vote.note}" if several and vote.reviewer else vote.note)
    merged = dict.fromkeys(vote.member for vote in votes if vote.member != vote.record)
    parts += [f"decided on {member}, merged into {votes[0].record}" for member in merged]
    return "; ".join(dict.fromkeys([*parts, *extra]))


def _where(votes: Sequence[Vote]) -> str:
    return "; ".join(dict.fromkeys(f"{v.reviewer} {v.where}" if v.reviewer else v.where for v in votes))


def _place(votes: Sequence[Vote]) -> str:
    return "; ".join(dict.fromkeys(vote.where for vote in votes))


def _counted(answer: str, stage: Stage) -> str:
    """What an answer counts as: maybe lets a record pass where the stage is set so, and otherwise decides nothing."""
    return INCLUDE if answer == MAYBE and stage.maybe == "include" else answer


def answers_of(votes: Iterable[Vote], stages: Sequence[Stage]) -> dict[str, dict[str, dict[str, str]]]:
    """Stage -> record -> reviewer -> include, exclude or maybe; "" for a reviewer who gives two answers."""
    by_id = {stage.id: stage for stage in stages}
    answers: dict[str, dict[str, dict[str, str]]] = {}
    for vote in votes:
        if vote.team:
            continue
        answer = _counted(vote.decision, by_id[vote.stage])
        by_reviewer = answers.setdefault(vote.stage, {}).setdefault(vote.record, {})
        if by_reviewer.setdefault(vote.reviewer, answer) != answer:
            by_reviewer[vote.reviewer] = ""
    return answers


def _disagreement(votes: Sequence[Vote], stage: Stage) -> str:
    """The kind of conflict among the votes of reviewers, or ""."""
    own: dict[str, set[str]] = {}
    for vote in votes:
        own.setdefault(vote.reviewer, set()).add(_counted(vote.decision, stage))
    if any(len(answers) > 1 for answers in own.values()):
        return "one reviewer, two answers"
    answers = set().union(*own.values())
    if answers == {MAYBE}:
        return "undecided"
    if MAYBE in answers:
        return "maybe against a decision"
    return "include against exclude" if len(answers) > 1 else ""


def settle(votes: Sequence[Vote], stages: Sequence[Stage]) -> tuple[Settled, list[Issue]]:
    """One decision for each cluster and stage, from the votes that `checked_votes` accepted.

    A decision of the team (a vote without a reviewer, or of a source of consensus) always counts; an exclusion for
    which the team gives no reason has the reviewers'. Where there is none, reviewers who agree decide; of their reasons
    the first in the order of config.yaml is primary. Reviewers who disagree create a conflict, which waits for the
    team. Votes of the team that contradict each other are faults.
    """
    by_id = {stage.id: stage for stage in stages}
    grouped: dict[Key, list[Vote]] = {}
    for vote in votes:
        grouped.setdefault((vote.record, vote.stage), []).append(vote)
    settled = Settled()
    issues: list[Issue] = []
    bare: dict[str, list[tuple[str, str]]] = {}
    for key, cast in grouped.items():
        stage = by_id[key[1]]
        team = [vote for vote in cast if vote.team and vote.decision != MAYBE]
        people = [vote for vote in cast if not vote.team]
        kind = _disagreement(people, stage)
        issues += _contradictions(key, team)
        if kind:
            settled.conflicts.append(Conflict(*key, kind, tuple(people), team[0].verdict if team else ""))
        if team:
            decided = _team_decision(team, people, stage)
        elif not people or kind:
            continue
        elif (number := len({vote.reviewer for vote in people})) < stage.reviewers:
            settled.short[key] = f"decided by {number} of {stage.reviewers} reviewers ({_where(people)})"
            continue
        else:
            decided = _agreed(people, stage)
        if decided.decision == EXCLUDE and stage.reasons and not decided.reasons:
            bare.setdefault(stage.id, []).append((key[0], decided.place))
        else:
            settled.decisions[key] = decided
    return settled, issues + [_without_reason(excluded, by_id[stage]) for stage, excluded in bare.items()]


def _contradictions(key: Key, team: Sequence[Vote]) -> Iterator[Issue]:
    """Votes of the team that differ from its first; one without a reason does not contradict another."""
    for vote in team[1:]:
        same_reasons = not (vote.reasons and team[0].reasons) or vote.reasons == team[0].reasons
        if vote.decision != team[0].decision or not same_reasons:
            answers = f"{team[0].where} says {team[0].verdict}, this line {vote.verdict}"
            message = f"contradictory decisions on '{key[0]}' at stage '{key[1]}': {answers}"
            yield Issue("contradiction", message, vote.where, "keep the correct one, or name the reviewers")


def _reasons_of(votes: Iterable[Vote], stage: Stage) -> tuple[str, ...]:
    codes = {code for vote in votes for code in vote.reasons}
    return tuple(code for code in stage.reasons if code in codes)


def _team_decision(team: Sequence[Vote], people: Sequence[Vote], stage: Stage) -> Decision:
    """The team's decision; the reasons of an exclusion are the reviewers' where the team gives none."""
    decision = team[0].decision
    reasons = next((vote.reasons for vote in team if vote.reasons), ())
    if decision == EXCLUDE and not reasons:
        reasons = _reasons_of((vote for vote in people if vote.decision == EXCLUDE), stage)
    return Decision(decision, reasons, _note(team), _where(team), _place(team))


def _without_reason(excluded: Sequence[tuple[str, str]], stage: Stage) -> Issue:
    """The fault of exclusions, each a record and the place of its decision, that lack a reason."""
    (first, where), more = excluded[0], len(excluded)
    message = f"'{first}' is excluded at stage '{stage.id}' without a reason"
    if more > 1:
        message = f"{counted(more, 'record')} are excluded at stage '{stage.id}' without a reason, the first '{first}'"
    fix = "add it to the row or to the table under screening.consensus, or set 'reason' of the source; valid here: "
    return Issue("no-reason", message, where, fix + ", ".join(stage.reasons))


def overruled(settled: Settled, votes: Sequence[Vote], stages: Sequence[Stage]) -> Iterator[Issue]:
    """A warning for each stage at which the team decides against reviewers who agree."""
    by_key: dict[Key, list[Vote]] = {}
    decided_by_team = {(vote.record, vote.stage) for vote in votes if vote.team}
    for vote in votes:
        if not vote.team and (key := (vote.record, vote.stage)) in decided_by_team:
            by_key.setdefault(key, []).append(vote)
    for stage in stages:
        against = [
            key
            for key, cast in by_key.items()
            if key[1] == stage.id
            and key in settled.decisions
            and {_counted(vote.decision, stage) for vote in cast} == {_other(settled.decisions[key].decision)}
        ]
        if against:
            first = settled.decisions[against[0]]
            message = (
                f"the team decides against reviewers who agree on {counted(len(against), 'record')}, "
                f"first {first.decision} for '{against[0][0]}'"
            )
            fix = f"check it: the team's decision counts at stage '{stage.id}'"
            yield Issue("overruled", message, first.place, fix, "warning")


def _other(decision: str) -> str:
    return EXCLUDE if decision == INCLUDE else INCLUDE


def _agreed(people: Sequence[Vote], stage: Stage) -> Decision:
    """What reviewers who agree decide together."""
    decision = _counted(people[0].decision, stage)
    reasons = _reasons_of(people, stage)
    extra = []
    if len(reasons) > 1:
        extra.append("reasons: " + ", ".join(reasons))
    return Decision(decision, reasons, _note(people, extra), _where(people), _place(people))
