"""Percentages with their counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.included import included_counts
from prismake.audit.foreign.masking import PEOPLE, STUDIES, masked
from prismake.audit.foreign.paper import Paper, Paragraph, Sentence

# The largest whole that is tried for a count and its percentage.
COUNTED = (
    rf"(?:{PEOPLE}|{STUDIES}|records|eyes|hips|knees|implants|items|answers|events|deaths|"
    rf"samples|lesions|sites|teeth|plots|species|schools|hospitals)"
)
WHOLE = [
    # 12 of 45 patients (27%); 12 out of the 45; 27% (12 of 45)
    re.compile(
        r"<n(?P<count>\d+)> (?:of|out of)(?: the| a total of| all)? <n(?P<whole>\d+)>(?: [a-z-]+){0,4} ?"
        r"[(\[,]\s*<p(?P<share>\d+)>\s*[)\];,]",
        re.IGNORECASE,
    ),
    re.compile(
        r"<p(?P<share>\d+)> ?[(\[]\s*(?:n ?= ?)?<n(?P<count>\d+)>(?: of | out of )<n(?P<whole>\d+)"
        r">\s*[)\];,]",
        re.IGNORECASE,
    ),
]
# 12/45 (27%); 27% (12/45)
DIVIDED = [
    re.compile(
        r"(?<![\w/.,])(?P<count>\d+)\s?/\s?(?P<whole>\d+)(?![\d/])(?: [a-z-]+){0,3} ?[(\[,]\s*(?P<share>\d+(?:\.\d+)"
        r"?)\s?%\s*[)\];,]"
    ),
    re.compile(
        r"(?<![\w.,])(?P<share>\d+(?:\.\d+)?)\s?% ?[(\[]\s*(?:n ?= ?)?(?P<count>\d+)\s?/\s?(?P<whole>\d+)"
        r"(?![\d/])\s*[)\];,]"
    ),
]
ALONE = re.compile(rf"<n(\d+)>(?: ((?:[a-z-]+ ){{0,3}}{COUNTED}))? \(<p(\d+)>\)", re.IGNORECASE)
CHANGED = re.compile(
    r"\b(?:increas|decreas|reduc|rose|fell|declin|improv|higher|lower|grew|chang|gain|"
    r"loss|week|month|year|day|dose|mg|ml)\w*",
    re.IGNORECASE,
)


def fits(count: int, whole: int, percent: Decimal, shown: str) -> bool:
    """Whether a percentage is that of a count, rounded or cut to the digits that it shows."""
    places = len(shown.split(".")[1]) if "." in shown else 0
    step = Decimal(1).scaleb(-places)
    exact = Decimal(count) * 100 / Decimal(whole)
    return percent - step / 2 <= exact <= percent + step / 2 or percent <= exact < percent + step


def _digits(text: str) -> str:
    match = re.search(r"[\d.]+", text)
    return match[0] if match else ""


def wholes(count: int, percent: Decimal, shown: str) -> tuple[int, int]:
    """The smallest and largest whole of which a count is this percentage; none where the first is larger."""
    places = len(shown.split(".")[1]) if "." in shown else 0
    step = Decimal(1).scaleb(-places)
    low = percent - step / 2
    high = percent + step
    most = floor(Decimal(count) * 100 / low) if low > 0 else 10**9
    return max(count, ceil(Decimal(count) * 100 / high)), most


@check(
    "percentage",
    "error",
    example="“12 of 45 patients (37%)”: 12 of 45 are 26.7%",
    blind="a percentage without its count and its whole side by side",
)
def percentage(paper: Paper, outcome: Outcome) -> None:
    """A percentage is that of its count and whole: k of N (p%), k/N (p%), p% (k/N)."""
    for sentence in paper.sentences:
        text = masked(sentence.text)
        for pattern in WHOLE:
            for match in pattern.finditer(text.text):
                share = text.numbers[int(match["share"])]
                _compare(
                    sentence, text.count(match["count"]), text.count(match["whole"]), share.value, share.text, outcome
                )
        for pattern in DIVIDED:
            for match in pattern.finditer(sentence.text):
                percent = match["share"]
                _compare(sentence, int(match["count"]), int(match["whole"]), Decimal(percent), f"{percent}%", outcome)


def _compare(sentence: Sentence, count: int, whole: int, percent: Decimal, written: str, outcome: Outcome) -> None:
    if whole == 0:
        return
    if count > whole:
        outcome.wrong(sentence, f"{count} of {whole} is more than all", "correct the count or the whole")
    elif fits(count, whole, percent, _digits(written)):
        outcome.passed.append(f"{count} of {whole} = {written.strip()}")
    else:
        exact = Decimal(count) * 100 / whole
        outcome.wrong(
            sentence,
            f"{count} of {whole} is {exact:.1f}%, not {written.strip()}",
            "correct the percentage, the count or the whole",
        )


@dataclass(frozen=True)
class Share:
    """A count with its percentage, whose whole is not beside it."""

    sentence: Sentence
    count: int
    percent: Decimal
    written: str

    @property
    def wholes(self) -> tuple[int, int]:
        """The smallest and largest whole that it can have."""
        return wholes(self.count, self.percent, _digits(self.written))


def _shares(sentence: Sentence) -> Iterator[Share]:
    text = masked(sentence.text)
    for match in ALONE.finditer(text.text):
        before = text.text[max(0, match.start() - 40) : match.start()]
        if (
            re.search(r"(?:\bof|/|out of|of the)\s*$", before, re.IGNORECASE)
            or CHANGED.search(before)
            or CHANGED.search(text.text[match.end() : match.end() + 25])
        ):
            continue
        share = text.numbers[int(match[3])]
        yield Share(sentence, text.count(match[1]), share.value, share.text)


@check(
    "impossible-percentage",
    "error",
    example="“5 patients (90.9%)”: no whole number has 5 as 90.9%",
    blind="large counts, of which every percentage is possible",
)
def impossible(paper: Paper, outcome: Outcome) -> None:
    """A count with its percentage, k (p%), is possible for some whole, and the percentage is at most 100."""
    for sentence in paper.sentences:
        for share in _shares(sentence):
            low, high = share.wholes
            shown = f"{share.count} ({share.written.strip()})"
            if share.count == 0 or share.percent == 0:
                if (share.count == 0) != (share.percent < 1):
                    outcome.wrong(sentence, f"{shown}: none is 0%", "correct the count or the percentage")
            elif share.percent > 100:
                outcome.wrong(sentence, f"{shown}: more than all", "correct the percentage")
            elif low > high:
                outcome.wrong(
                    sentence,
                    f"{shown}: no whole number has {share.count} as {share.written.strip()}",
                    "correct the count or the percentage",
                )
            else:
                outcome.passed.append(shown)


def _near(paper: Paper, paragraph: Paragraph) -> list[str]:
    """The texts of a paragraph's section and of the abstract."""
    return [
        one.text for one in paper.of("abstract", "text") if one.part == "abstract" or one.section == paragraph.section
    ]


def _divided(shares: Sequence[Share], stated: Set[int], outcome: Outcome) -> None:
    """The shares of a sentence that add up to a number of the paragraph, and to about 100%, are shares of it."""
    for sentence in dict.fromkeys(share.sentence.text for share in shares):
        own = [share for share in shares if share.sentence.text == sentence]
        whole = sum(share.count for share in own)
        if len(own) < 2 or whole not in stated or not 90 < sum(share.percent for share in own) < 110:
            continue
        for share in own:
            if not share.wholes[0] <= whole <= share.wholes[1]:
                exact = Decimal(share.count) * 100 / whole
                message = (
                    f"{share.count} of {whole} is {exact:.1f}%, not {share.written.strip()}; the shares "
                    f"add up to {whole}"
                )
                outcome.wrong(share.sentence, message, "correct the percentage")


def _counts(text: str) -> set[int]:
    return {int(number.value) for number in masked(text).numbers if number.form in ("count", "year")}


@check(
    "shared-whole",
    "error",
    example="“RCTs (n = 12, 40%) …”: three shares of 30 studies and one that no 30 gives",
    blind="paragraphs with shares of several wholes",
)
def shared_whole(paper: Paper, outcome: Outcome) -> None:
    """Counts with percentages of one paragraph share one whole, which the paragraph or the review states: k (p%)."""
    for paragraph in paper.of("abstract", "text"):
        shares = [
            share
            for sentence in paragraph.sentences
            for share in _shares(sentence)
            if share.count and 0 < share.percent <= 100
        ]
        if len(shares) < 2:
            continue
        _divided(shares, set[int]().union(*map(_counts, _near(paper, paragraph))), outcome)
        if len(shares) < 3:
            continue
        stated = _counts(paragraph.text) | {one.number for one in included_counts(paper)}
        possible = stated.union(*map(_counts, _near(paper, paragraph)))
        fitting = {
            whole: [share for share in shares if share.wholes[0] <= whole <= share.wholes[1]]
            for whole in stated
            if whole > 4
        }
        whole = max(fitting, key=lambda one: len(fitting[one]), default=0)
        good = fitting.get(whole, [])
        odd = [share for share in shares if share not in good]
        if not odd and good:
            outcome.passed.append(f"{len(good)} shares of {whole} ({paragraph.place})")
        elif (
            len(odd) == 1
            and len(good) >= 3
            and not any(odd[0].wholes[0] <= one <= odd[0].wholes[1] for one in possible)
        ):
            share = odd[0]
            exact = Decimal(share.count) * 100 / whole
            outcome.wrong(
                share.sentence,
                f"{share.count} ({share.written.strip()}): the other {len(good)} shares of this "
                f"paragraph are of {whole}, of which {share.count} is {exact:.1f}%",
                "correct the count or the percentage, or name its whole",
            )
        else:
            outcome.unchecked.append(f"shares of several wholes ({paragraph.place})")
