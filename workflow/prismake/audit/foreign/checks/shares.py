"""Percentages with their counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.included import included_counts
from prismake.audit.foreign.masking import PEOPLE, STUDIES, masked
from prismake.audit.foreign.paper import Paper, Paragraph, Sentence
from prismake.audit.foreign.studies import included_number, main_table, total_of

# The largest whole that is tried for a count and its percentage.
COUNTED = (
    rf"(?:{PEOPLE}|{STUDIES}|records|eyes|hips|knees|implants|items|answers|events|deaths|"
    rf"samples|lesions|sites|teeth|plots|species|schools|hospitals)"
)
WHOLE = [
    # 12 of 45 patients (27%); 12 out of the 45; 27% (12 of 45)
    re.compile(
        r"<n(?P<count>\d+)>(?: [a-z]+)? (?:of|out of)(?: the| a total of| all| these| those| our)? "
        r"<n(?P<whole>\d+)>(?: [a-z-]+){0,6} ?"
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
# `50 (54%)`, `50 women [54%]`, `(7 articles, 50%)`
ALONE = re.compile(
    rf"<n(?P<count>\d+)>(?: (?:(?:[a-z-]+ ){{0,3}}{COUNTED}))? [(\[]<p(?P<share>\d+)>[)\]]"
    rf"|\((?:n ?= ?)?<n(?P<inside>\d+)>(?: (?:[a-z-]+ ){{0,3}}{COUNTED})?[,;] ?<p(?P<beside>\d+)>\)",
    re.IGNORECASE,
)
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
        outcome.right(sentence, f"{count} of {whole} = {written.strip()}")
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

    def fits_whole(self, whole: int) -> bool:
        """Whether it can be a share of a whole."""
        low, high = self.wholes
        return low <= whole <= high


def _shares(sentence: Sentence) -> Iterator[Share]:
    text = masked(sentence.text)
    for match in ALONE.finditer(text.text):
        before = re.split(r"[,;:(] ?", text.text[max(0, match.start() - 40) : match.start()])[-1]
        # `rose by 5 (12%)` is a change; `improved in 5 (12%)` counts.
        changed = CHANGED.search(before) and not re.search(r"\b(?:in|of) $", before)
        if (
            re.search(r"(?:/|<n\d+>(?: [a-z]+){0,3} of(?: the| these| those| all| our)?)\s*$", before, re.IGNORECASE)
            or changed
            or CHANGED.search(re.split("[,;.]", text.text[match.end() : match.end() + 25])[0])
        ):
            continue
        share = text.numbers[int(match["share"] or match["beside"])]
        yield Share(sentence, text.count(match["count"] or match["inside"]), share.value, share.text)


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
                outcome.right(sentence, shown)


def _near(paper: Paper, paragraph: Paragraph) -> list[str]:
    """The texts of a paragraph's section and of the abstract."""
    return [
        one.text for one in paper.of("abstract", "text") if one.part == "abstract" or one.section == paragraph.section
    ]


@dataclass(frozen=True)
class Known:
    """How many studies and participants the review has, where that is certain."""

    studies: int | None
    people: int | None


# `Of the 524 ulcers, 131 (25%) …`; `620 patients, of whom 384 (62%) …`; `384 of 620 …`
BASE = re.compile(
    r"\bof (?:the |all |these |our )?<n(?P<of>\d+)>|<n(?P<whom>\d+)>(?: [a-z-]+){0,3}, of (?:whom|which)\b",
    re.IGNORECASE,
)


def _bases(shares: Sequence[Share], known: Known, before: Sentence | None) -> tuple[set[int], set[int]]:
    """The wholes that a sentence gives its shares, and all other numbers near that could be one."""
    sentence = shares[0].sentence
    text = masked(sentence.text)
    marks = [match["of"] or match["whom"] for match in BASE.finditer(text.text)]
    stated = {text.count(mark) for mark in marks if text.numbers[int(mark)].form != "year"}
    studies = re.search(r"\b(?:studies|trials|articles|reports|papers)\b", sentence.text, re.IGNORECASE)
    if known.studies is not None and studies:
        stated.add(known.studies)
    near = _counts(sentence.text) | (_counts(before.text) if before else set())
    added = sum(share.count for share in shares)
    if len(shares) > 1 and added in near | {known.people}:
        stated.add(added)
    return stated, near


def _check_sentence(
    shares: Sequence[Share], known: Known, before: Sentence | None, outcome: Outcome
) -> Iterator[Share]:
    """The shares that agree with the whole that their sentence states; reports one that fits nothing near.

    A share is wrong where another one of its sentence fits the stated whole, or where the counts add up to it.
    """
    sentence = shares[0].sentence
    stated, near = _bases(shares, known, before)
    for whole in sorted(stated, reverse=True):
        good = [share for share in shares if share.fits_whole(whole)]
        odd = [share for share in shares if share not in good and share.count < whole]
        added = sum(share.count for share in shares) == whole and len(shares) > 1
        if not good and not (len(shares) == 1 and _follows(sentence, whole)):
            continue
        yield from good
        for share in odd:
            elsewhere = any(share.fits_whole(one) for one in near - {whole} if one > share.count)
            if added or not elsewhere:
                exact = Decimal(share.count) * 100 / whole
                message = f"{share.count} of {whole} is {exact:.1f}%, not {share.written.strip()}"
                outcome.wrong(sentence, message, "correct the count or the percentage, or name its whole")
        return


def _follows(sentence: Sentence, whole: int) -> bool:
    """Whether the first share of a sentence follows its whole at once: `Of 45 patients, 12 (37%)`."""
    text = masked(sentence.text)
    match = re.search(
        r"(?:\bof (?:the |all |these |our )?<n(\d+)>(?: [a-z-]+){0,4},|<n(\d+)>(?: [a-z-]+){0,3}, of "
        r"(?:whom|which)) <n\d+>"
        r"(?: [a-z-]+)? \(<p",
        text.text,
        re.IGNORECASE,
    )
    return match is not None and text.count(match[1] or match[2]) == whole


def _counts(text: str) -> set[int]:
    return {int(number.value) for number in masked(text).numbers if number.form in ("count", "year")}


@check(
    "shared-whole",
    "error",
    example="“RCTs (n = 12, 40%) …”: three shares of 30 studies and one that no 30 gives",
    blind="paragraphs with shares of several wholes",
)
def shared_whole(paper: Paper, outcome: Outcome) -> None:
    """Counts with percentages, k (p%), of a sentence or paragraph share one whole, which it or the review states."""
    main = main_table(paper)
    known = Known(included_number(paper), total_of(main) if main is not None else None)
    for paragraph in paper.of("abstract", "text"):
        shares: list[Share] = []
        before = None
        for sentence in paragraph.sentences:
            own = [share for share in _shares(sentence) if share.count and 0 < share.percent <= 100]
            settled = list(_check_sentence(own, known, before, outcome)) if own else []
            for share in settled:
                outcome.right(sentence, f"{share.count} ({share.written.strip()})")
            shares += own
            before = sentence
        if len(shares) > 2:
            _check_paragraph(paper, paragraph, shares, outcome)


def _check_paragraph(paper: Paper, paragraph: Paragraph, shares: Sequence[Share], outcome: Outcome) -> None:
    stated = _counts(paragraph.text) | {one.number for one in included_counts(paper)}
    possible = stated.union(*map(_counts, _near(paper, paragraph)))
    fitting = {whole: [share for share in shares if share.fits_whole(whole)] for whole in stated if whole > 4}
    whole = max(fitting, key=lambda one: len(fitting[one]), default=0)
    good = fitting.get(whole, [])
    odd = [share for share in shares if share not in good]
    if not odd and good:
        for share in good:
            outcome.right(share.sentence, f"{len(good)} shares of {whole} ({paragraph.place})")
    elif len(odd) == 1 and len(good) >= 3 and not any(odd[0].fits_whole(one) for one in possible):
        share = odd[0]
        exact = Decimal(share.count) * 100 / whole
        message = (
            f"{share.count} ({share.written.strip()}): the other {len(good)} shares of this "
            f"paragraph are of {whole}, of which {share.count} is {exact:.1f}%"
        )
        if not any(one.text == share.sentence.text for one in outcome.findings):
            outcome.wrong(share.sentence, message, "correct the count or the percentage, or name its whole")
    elif odd:
        outcome.unchecked.append(f"shares of several wholes ({paragraph.place})")
