"""The abstract against the article, and claims about all or none of the studies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from prismake.audit.foreign.checks.reported import INTERVAL
from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import masked
from prismake.audit.foreign.paper import Paper, Sentence

# Words that a repeated clause has at least.
FEWEST_WORDS = 5


def _frames(sentence: Sentence) -> dict[str, tuple[Decimal, ...]]:
    """The clauses of a sentence without their numbers -> the numbers."""
    frames = {}
    text = masked(sentence.text)
    for clause in re.split(r"(?<=[;:]) ", text.text):
        plain = re.sub(r"<[nxp]\d+>", "#", clause).strip(" .;:").lower()
        numbers = tuple(text.numbers[int(mark)].value for mark in re.findall(r"<[nxp](\d+)>", clause))
        if numbers and len(re.findall(r"[a-z]{2,}", plain)) >= FEWEST_WORDS:
            frames[plain] = numbers
    return frames


@check(
    "restated",
    "warning",
    example="“a pooled sensitivity of 0.90 (95% CI 0.89–0.96)” in the abstract, 0.93 with this interval in Results",
    blind="numbers that abstract and text give in other words; those are listed to be confirmed",
)
def restated(paper: Paper, outcome: Outcome) -> None:
    """The same estimate, or the same sentence, has the same numbers in the abstract and in the text."""
    intervals: dict[tuple[str, ...], dict[str, Sentence]] = defaultdict(dict)
    for sentence in paper.sentences:
        for match in INTERVAL.finditer(sentence.text) if sentence.reports_findings else ():
            key = (match["measure"].lower(), match["low"], match["high"], match["unit"] or "")
            intervals[key].setdefault(match["value"], sentence)
    for (measure, low, high, _unit), values in intervals.items():
        for value, sentence in values.items() if len(values) == 2 else ():
            other = next(one for one in values if one != value)
            message = f"{measure} {value} here and {other} elsewhere, both with the interval {low} to {high}"
            outcome.wrong(sentence, message, "correct one of the two")
    body: dict[str, list[tuple[tuple[Decimal, ...], Sentence]]] = defaultdict(list)
    for sentence in paper.sentences:
        if sentence.paragraph.part == "text" and not sentence.cited:
            for frame, numbers in _frames(sentence).items():
                body[frame].append((numbers, sentence))
    for sentence in paper.sentences:
        for frame, numbers in _frames(sentence).items() if sentence.paragraph.part == "abstract" else ():
            others = body.get(frame, [])
            if any(one == numbers for one, _where in others):
                outcome.right(sentence, sentence.text)
            elif others:
                shown = ", ".join(f"{one:,}" for one in others[0][0])
                message = f"the same words in {others[0][1].paragraph.place} with other numbers ({shown})"
                outcome.wrong(sentence, message, "correct one of the two")


def _marked(text: str) -> Iterator[tuple[str, str]]:
    """(digits in order, what follows: a percent sign or a word) of each number of three digits and more."""
    for match in re.finditer(r"(?<![\d.])\d[\d,]*(?:\.\d+)?(?=(%)|\s([a-z]+))", text):
        if len(digits := re.sub(r"[^\d.]", "", match[0])) > 2:
            yield digits, match[1] or match[2]


def _exchanged(one: str, other: str) -> bool:
    """Whether two numbers differ by an exchange of two digits."""
    apart = [pair for pair in zip(one, other, strict=False) if len(set(pair)) > 1]
    return len(one) == len(other) and len(apart) == 2 and apart[0] == apart[1][::-1]


@check(
    "abstract-slip",
    "warning",
    example="“of 1,968 records” in the abstract, where the text has 1,986 records and nowhere 1,968",
    blind="slips that are no exchange of digits; numbers of two digits",
)
def abstract_slip(paper: Paper, outcome: Outcome) -> None:
    """No number of the abstract is one of the text with its digits exchanged."""
    there = {pair for paragraph in paper.of("text", "caption", "notes", "box") for pair in _marked(paragraph.text)}
    digits = {one for one, _ in there} | {
        re.sub(r"[^\d.]", "", one)
        for table in paper.tables
        for row in table.rows
        for cell in row
        for one in re.findall(r"\d[\d,]*(?:\.\d+)?", cell)
    }
    for sentence in paper.sentences:
        for number, unit in _marked(sentence.text) if sentence.paragraph.part == "abstract" else ():
            alike = sorted(one for one, other in there if other == unit and _exchanged(one, number))
            if alike and number not in digits:
                message = f"{number} {unit} here, {alike[0]} in the text, and {number} nowhere else"
                outcome.wrong(sentence, message, "correct one of the two")


@check(
    "abstract-alone",
    "confirm",
    example="“5,420 residents” in the abstract, a number that text and tables do not have",
    blind="numbers that stand elsewhere in another meaning",
)
def abstract_alone(paper: Paper, outcome: Outcome) -> None:
    """Numbers of the abstract stand in the text or in a table."""
    there = set[Decimal]()
    for paragraph in paper.of("text", "caption", "notes", "box"):
        there |= {number.value for number in masked(paragraph.text).numbers}
        there |= {Decimal(one.replace(",", "")) for one in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", paragraph.text)}
    for table in paper.tables:
        for cell in (cell for row in (table.header, *table.rows) for cell in row):
            there |= {Decimal(one.replace(",", "")) for one in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", cell)}
    for sentence in paper.sentences:
        if sentence.paragraph.part != "abstract":
            continue
        alone = [
            number.text.strip()
            for number in masked(sentence.text).numbers
            if number.form in ("count", "decimal", "percent") and number.value not in there
        ]
        if alone:
            verb = "stands" if len(alone) == 1 else "stand"
            outcome.wrong(
                sentence, f"{', '.join(alone)} {verb} in the abstract alone", "find it in the article, or correct it"
            )


STUDIES = r"(?:studies|trials|articles|reports|papers|cases|patients|participants)"
UNIVERSAL = re.compile(
    rf"\b(?:no|none of the|all(?: of)?(?: the)?(?: included)?|every|each of the|only (?:one|two|three)|"
    rf"neither)\s+(?:[\w-]+\s+){{0,2}}?"
    rf"{STUDIES}\b|\b(?:all|none) of (?:them|these)\b|\b{STUDIES} (?:exclusively|never|always|invariably|uniformly)\b",
    re.IGNORECASE,
)
WISHED = re.compile(r"\b(?:should|future|would|could|must|needs?|need|further|were excluded|language)\b", re.IGNORECASE)


@check(
    "universal",
    "confirm",
    example="“No study reported harm.”",
    blind="claims about all or none in other words",
)
def universal(paper: Paper, outcome: Outcome) -> None:
    """What the findings say of all, none or only some of the studies, which a person compares with the studies."""
    for sentence in paper.sentences:
        match = UNIVERSAL.search(sentence.text)
        ours = sentence.reports_findings and sentence.paragraph.part in ("abstract", "text")
        if match and ours and not sentence.cited and not WISHED.search(sentence.text):
            outcome.wrong(sentence, f"“{match[0]}” is said of the studies", "compare it with each study")
