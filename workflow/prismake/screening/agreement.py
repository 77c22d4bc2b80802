"""How far the reviewers of a stage agree, and where only one of them answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.common.errors import Issue, counted
from prismake.common.kappa import Answers, agreement
from prismake.screening.decisions import Settled
from prismake.screening.stages import Stage
from prismake.screening.votes import Vote


def agreement_of_stages(
    answers: Mapping[str, Answers], stages: Sequence[Stage], settled: Settled
) -> list[dict[str, Any]]:
    """The agreement at each stage that two or more reviewers took part in, in the stages' order.

    `answers` maps a stage to its answers. Adds `stage`, `conflicts` and `open`, the conflicts that nothing settled.
    """
    rows = []
    for stage in stages:
        at_stage = answers.get(stage.id, {})
        names = _reviewers(at_stage)
        if len(names) > 1:
            conflicts = [conflict for conflict in settled.conflicts if conflict.stage == stage.id]
            counts = {"conflicts": len(conflicts), "open": sum(not conflict.settled for conflict in conflicts)}
            rows.append({"stage": stage.id, **agreement(at_stage, names), **counts})
    return rows


def _reviewers(answers: Answers) -> list[str]:
    return sorted({name for by_reviewer in answers.values() for name in by_reviewer})


def one_answer_issues(votes: Sequence[Vote], stages: Sequence[Stage], answers: Mapping[str, Answers]) -> list[Issue]:
    """A warning for each stage where most records have two or more answers and some have only one."""
    issues = []
    for stage in stages:
        at_stage = answers.get(stage.id, {})
        alone = [name for name, by_reviewer in at_stage.items() if len(by_reviewer) == 1]
        if stage.reviewers > 1 or not alone or 2 * len(alone) >= len(at_stage):
            continue
        agreed = {vote.record for vote in votes if vote.stage == stage.id and vote.team}
        if alone := [name for name in alone if name not in agreed]:
            answers_of = Counter(name for by_reviewer in at_stage.values() for name in by_reviewer)
            numbers = ", ".join(f"{name} {answers_of[name]}" for name in _reviewers(at_stage))
            count = counted(len(alone), "record has", "records have")
            message = f"{count} only one reviewer's answer, the others two or more ({numbers}); the first is {alone[0]}"
            fix = "set 'reviewers: 2' at the stage in config.yaml if each record needs two"
            issues.append(Issue("one-answer", message, f"stage '{stage.id}'", fix, "warning"))
    return issues
