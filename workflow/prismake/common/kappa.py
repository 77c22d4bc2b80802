"""How far people agree who judge the same things: raw agreement, Cohen's kappa of two, Fleiss' kappa of more.

Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37-46, with the asymptotic standard
error of Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969;72:323-327; Fleiss JL. Measuring nominal scale agreement
among many raters. Psychol Bull 1971;76:378-382. Both as statsmodels computes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from prismake.common.errors import counted

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
