"""How many studies have how many of a thing: the same wherever the document says it, and the sum of its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.included import NOUNS
from prismake.audit.foreign.masking import PEOPLE, N, digits_of, masked
from prismake.audit.foreign.paper import Paper, Sentence
from prismake.audit.foreign.studies import Studies, included_number, main_table, named

TOGETHER = re.compile(
    rf"{N} (?:included |eligible )?{NOUNS} (?:of|with|on|in|involving|comprising|covering|including|measuring) "
    rf"(?:a total of )?{N} (?P<noun>[a-z]+s)\b",
    re.IGNORECASE,
)
OTHERS = re.compile(r"\b(?:previous|prior|earlier|et al|each|another|other)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """A statement that so many studies have so many of a thing."""

    sentence: Sentence
    studies: int
    things: int
    noun: str


def _statements(paper: Paper) -> Iterator[Statement]:
    """Statements on the findings of the review; those on people are compared by the check of the sample."""
    for sentence in paper.sentences:
        text = masked(sentence.text)
        ours = sentence.reports_findings and sentence.paragraph.part in ("abstract", "text")
        for match in TOGETHER.finditer(text.text) if ours and not OTHERS.search(sentence.text) else ():
            noun = match["noun"].lower()
            if not re.fullmatch(PEOPLE, noun, re.IGNORECASE):
                yield Statement(sentence, text.count(match[1]), text.count(match[3]), noun)


def _sum_of(studies: Studies, noun: str) -> int | None:
    """The sum of the whole numbers of the column that a noun heads."""
    names = [re.sub(r"\W+(?:n|no)?\W*$", "", name.lower()) for name in studies.table.header]
    at = [place for place, name in enumerate(names) if name in (noun, f"no. of {noun}", f"number of {noun}")]
    cells = [digits_of(row[at[0]]) for row in studies.rows] if len(at) == 1 else []
    return sum(cell for cell in cells if cell is not None) if cells and None not in cells else None


@check(
    "together",
    "warning",
    example="“12 studies of 39 roofs” in the abstract, and “12 studies of 37 roofs” or a column that adds up to 37",
    blind="numbers of people, which `sample` compares; counts without the number of studies; some of the studies",
)
def together(paper: Paper, outcome: Outcome) -> None:
    """How many things the included studies have is the same everywhere, and the sum of the column so called."""
    number, table = included_number(paper), main_table(paper)
    statements = [*_statements(paper)]
    for one in statements:
        # The other statement is of all studies, too, or of the same number of things.
        others = [
            other
            for other in statements
            if other.noun == one.noun and number in (one.studies, other.studies) and other.sentence != one.sentence
        ]
        total = _sum_of(table, one.noun) if table and one.studies == len(table.rows) else None
        if total is not None and table:
            if total == one.things:
                outcome.right(one.sentence, f"{one.things} {one.noun} in {named(table.table)}")
            else:
                message = f"{one.things} {one.noun}, but those of {named(table.table)} add up to {total}"
                outcome.wrong(one.sentence, message, "correct the text or the table")
                continue
        wrong = [
            other
            for other in others
            if (other.studies == one.studies) != (other.things == one.things)
            and (one.studies != number if other.things == one.things else other.studies == number)
        ]
        if wrong and total is None:
            message = f"{one.studies} studies of {one.things} {one.noun} here, and {wrong[0].studies} of "
            outcome.wrong(one.sentence, f"{message}{wrong[0].things} elsewhere", "correct one of the two")
