"""How far reviewers agree at a stage: raw agreement, Cohen's kappa of two, Fleiss' kappa of more.

Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37-46, with the asymptotic standard
error of Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969;72:323-327; Fleiss JL. Measuring nominal scale agreement
among many raters. Psychol Bull 1971;76:378-382. Both as statsmodels computes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from prismake.common.errors import Issue, counted
from prismake.screening.decisions import Settled
from prismake.screening.stages import Stage
from prismake.screening.votes import Vote

# Record -> reviewer -> answer.
Answers = Mapping[str, Mapping[str, str]]

DIGITS = 12
# A variance that is zero may come out as this much.
ROUNDING = 1e-12
SAME = "all answers are the same, so chance alone would agree as well"
NO_WIDTH = "the asymptotic interval has no width"
PERFECT = "the reviewers agree on every record, which leaves the asymptotic interval without a width"


def agreement(answers: Answers, reviewers: Sequence[str]) -> dict[str, Any]:
    """The agreement of a stage over the records that two or more reviewers decided.

    Keys: `reviewers`, `n` records, `agree` (on how many all answers are equal), `raw`, `kappa`, `low` and `high` (its
    95 % interval), `method`, `reason` (why a number is null) and `pairs` (the same for each two of more reviewers).
    """
    if len(reviewers) == 2:
        return _cohen(answers, reviewers[0], reviewers[1])
    result = _fleiss(answers, reviewers)
    result["pairs"] = [_cohen(answers, first, second) for first, second in combinations(reviewers, 2)]
    return result


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


def _result(reviewers: Sequence[str], n: int, agree: int, method: str) -> dict[str, Any]:
    return {
        "reviewers": list(reviewers),
        "n": n,
        "agree": agree,
        "raw": round(agree / n, DIGITS) if n else None,
        "kappa": None,
        "low": None,
        "high": None,
        "method": method,
        "reason": "" if n else "no record was decided twice",
    }


def _cohen(answers: Answers, first: str, second: str) -> dict[str, Any]:
    pairs = Counter(
        (record[first], record[second]) for record in answers.values() if record.get(first) and record.get(second)
    )
    n = sum(pairs.values())
    agree = sum(count for (left, right), count in pairs.items() if left == right)
    result = _result((first, second), n, agree, "Cohen's kappa")
    kinds = sorted({kind for pair in pairs for kind in pair})
    if not n:
        return result
    if len(kinds) == 1:
        result["reason"] = SAME
        return result
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa  # type: ignore[import-untyped]

    # Divisions by a standard error of zero, in tests of significance that are not used.
    with np.errstate(all="ignore"):
        statistic = cohens_kappa([[pairs[left, right] for right in kinds] for left in kinds])
    result["kappa"] = round(float(statistic.kappa), DIGITS)
    if agree == n:
        result["reason"] = PERFECT
    elif not statistic.var_kappa > ROUNDING:
        result["reason"] = NO_WIDTH
    else:
        result["low"] = round(max(-1.0, float(statistic.kappa_low)), DIGITS)
        result["high"] = round(min(1.0, float(statistic.kappa_upp)), DIGITS)
    return result


def _fleiss(answers: Answers, reviewers: Sequence[str]) -> dict[str, Any]:
    """Fleiss' kappa needs the same number of answers, not the same people, for each record: the most common number."""
    counts = [Counter(answer for answer in by_reviewer.values() if answer) for by_reviewer in answers.values()]
    sizes = Counter(size for count in counts if (size := count.total()) > 1)
    size = max(sizes, key=lambda size: (sizes[size], size), default=0)
    rated = [count for count in counts if count.total() == size] if size else []
    agree = sum(len(count) == 1 for count in rated)
    result = _result(
        reviewers, len(rated), agree, f"Fleiss' kappa, {size} answers per record" if size else "Fleiss' kappa"
    )
    kinds = sorted({kind for count in rated for kind in count})
    if not rated:
        return result
    if others := sum(sizes.values()) - len(rated):
        result["reason"] = f"{counted(others, 'record')} with another number of answers left out"
    if len(kinds) == 1:
        result["reason"] = SAME
        return result
    import numpy as np
    from statsmodels.stats.inter_rater import fleiss_kappa

    result["kappa"] = round(float(fleiss_kappa(np.array([[count[kind] for kind in kinds] for count in rated]))), DIGITS)
    return result
