"""Files that also say what became of the records that they do not list, and records that nobody has seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.common.errors import Issue, counted, nearest
from prismake.common.matching import Matcher, Named
from prismake.screening.decisions import Key, Settled
from prismake.screening.files import DecisionFile
from prismake.screening.readers.entries import UNSEEN
from prismake.screening.reasons import Reasons
from prismake.screening.stages import Stage
from prismake.screening.votes import EXCLUDE, Vote

# How the vote of a list on a record that it leaves out is marked.
NOT_LISTED = "not listed"


@dataclass(frozen=True)
class ClosedList:
    """A file with `others`: its place among the files, and what it says about the records that it does not list.

    `others` is exclude (for `reason`, a code) or unseen; `reviewers` are those whose decisions the file contains (""
    for the team); `records` the survivors that its rows name, with or without a decision.
    """

    number: int
    file: Path
    stage: str
    others: str
    reason: str
    reviewers: tuple[str, ...]
    consensus: bool
    records: frozenset[str]

    @property
    def where(self) -> str:
        """What decides on a record that is not on the list."""
        return f"{self.file} ({NOT_LISTED})"


@dataclass
class Lists:
    """The lists of all files, and the rows that name a record on which they contain no decision.

    `unseen` maps (survivor, stage) to the row that shows that nobody decided, at stages with a stopping rule.
    """

    closed: list[ClosedList]
    unseen: dict[Key, str]
    issues: list[Issue]


def read_lists(
    files: Sequence[DecisionFile], votes: Sequence[Vote], matcher: Matcher, stages: Sequence[Stage]
) -> Lists:
    """The lists of the files, from the `votes` that were accepted; every fault of a list is among the issues."""
    by_id = {stage.id: stage for stage in stages}
    takers = [stage.id for stage in stages if stage.takes_decisions]
    only = takers[0] if len(takers) == 1 else ""
    lists = Lists([], {}, [])
    for number, file in enumerate(files):
        source = file.source
        others = source.others if source else ""
        blank: dict[str, set[str]] = {}
        lists.issues += _strays(file, matcher)
        for row in file.blank:
            stage = by_id.get(row.stage or only)
            if stage is None or not (others or stage.stopping_rule):
                continue
            match = matcher.match(row.named, row.where)
            if isinstance(match, Issue):
                lists.issues.append(match)
                continue
            blank.setdefault(stage.id, set()).add(match.record)
            if stage.stopping_rule:
                lists.unseen.setdefault((match.record, stage.id), row.where)
        if source and others:
            stage = by_id.get(source.stage or only)
            if issue := _fault(file, stage, by_id):
                lists.issues.append(issue)
            elif stage:
                lists.closed.append(_closed(number, file, stage, votes, blank.get(stage.id, set())))
    return lists


def _strays(file: DecisionFile, matcher: Matcher) -> list[Issue]:
    """A warning about rows without a decision that name no record, such as a note below the table."""
    strays = [
        row
        for row in file.blank
        if row.named.ids and not (row.named.title or row.named.doi or row.named.pmid) and not matcher.find(row.named)
    ]
    if not strays:
        return []
    first = strays[0]
    message = f"{counted(len(strays), 'row names', 'rows name')} no record and no decision, first {first.named}"
    fix = "remove what is a note; correct the id of what is a record"
    return [Issue("stray-row", message, first.where, fix, "warning")]


def _fault(file: DecisionFile, stage: Stage | None, stages: Mapping[str, Stage]) -> Issue | None:
    """Why a file cannot say what became of the records that it does not list."""
    source = file.source
    assert source is not None
    block = source.block
    if stage is None:
        message = f"'others' needs the stage of the list, and '{source.stage}' is not one"
        return Issue("unknown-stage", message, block, nearest(source.stage, list(stages)))
    if not file.votes:
        message = "it contains no decision, so 'others' would decide on every record"
        return Issue("empty-list", message, str(file.file), f"check the file, or remove 'others' from {block}")
    if source.others == UNSEEN and not stage.stopping_rule:
        message = f"the stage '{stage.id}' has no stopping rule, so no record can be unseen"
        return Issue("stopping-rule", message, block, "describe the rule under 'stopping_rule' of the stage")
    if source.others == EXCLUDE and stage.reasons and not Reasons(stage).code(source.reason):
        text = f"'{source.reason}' is not one of the stage's reasons" if source.reason else "it gives no reason"
        message = f"the records that are not listed are excluded at stage '{stage.id}', but {text}"
        return Issue("no-reason", message, f"{block}.reason", "valid here: " + ", ".join(stage.reasons))
    return None


def _closed(number: int, file: DecisionFile, stage: Stage, votes: Sequence[Vote], blank: set[str]) -> ClosedList:
    source = file.source
    assert source is not None
    places = {vote.where for vote in file.votes}
    own = [vote for vote in votes if vote.stage == stage.id and vote.where in places]
    return ClosedList(
        number,
        file.file,
        stage.id,
        source.others,
        Reasons(stage).code(source.reason) if stage.reasons else "",
        tuple(dict.fromkeys(vote.reviewer for vote in own)),
        source.consensus,
        frozenset(blank | {vote.record for vote in own}),
    )


def unlisted_votes(
    closed: ClosedList, reached: Collection[str], votes: Sequence[Vote], settled: Settled
) -> Iterator[Vote]:
    """The exclusions of a list: one for each record that reached its stage and that it does not name.

    A record that the same reviewer decides elsewhere is not concerned, nor one that the reviewers exclude already.
    """
    at_stage = [vote for vote in votes if vote.stage == closed.stage]
    for reviewer in closed.reviewers:
        team = closed.consensus or not reviewer
        decided = {vote.record for vote in at_stage if (vote.team if team else vote.reviewer == reviewer)}
        for name in reached:
            decision = settled.decisions.get((name, closed.stage))
            if name in closed.records or name in decided or (team and decision and decision.decision == EXCLUDE):
                continue
            reasons = (closed.reason,) if closed.reason else ()
            row = (Named(), closed.stage, reviewer, EXCLUDE, reasons, "", "", closed.where)
            yield Vote(*row, record=name, member=name, matched_by=NOT_LISTED, consensus=closed.consensus)
