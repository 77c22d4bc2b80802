"""Citations by author and year, and the years of the studies in tables, against the list of references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prismake.audit.foreign.citations import cited_by_name
from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import folded
from prismake.audit.foreign.paper import Paper, Reference, Sentence
from prismake.audit.foreign.studies import STUDY, named, study_tables

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Where fewer of the citations are in the list, the list was not read well enough.
MATCHED = 0.8


@dataclass(frozen=True)
class Named:
    """A citation by author and year, and whether the list has it; `years`: those of the author's listed works."""

    sentence: Sentence
    name: str
    year: str
    listed: bool
    years: tuple[str, ...]


def _citations(paper: Paper) -> Iterator[Named]:
    works = [(folded(one.text), set(YEAR.findall(one.text))) for one in paper.references]
    for sentence in paper.sentences:
        for name, year in cited_by_name(sentence.text):
            own = [years for text, years in works if re.search(rf"\b{re.escape(folded(name))}\b", text[:300])]
            listed = any(year in years for years in own)
            yield Named(sentence, name, year, listed, tuple(sorted(set().union(*own))))


@check(
    "cited-year",
    "error",
    example="“(Hubert et al. 2010)”, where the list has Hubert of 2011",
    blind="a citation of another work of the same author and year",
)
def cited_year(paper: Paper, outcome: Outcome) -> None:
    """Works that are cited by author and year are in the list of references, and listed works are named in the text."""
    if paper.style != "author-year":
        return
    cited = list(dict.fromkeys(_citations(paper)))
    if sum(one.listed for one in cited) < MATCHED * len(cited):
        outcome.unchecked.append(
            "citations by author and year: too few of them were recognised in the list of references"
        )
        return
    for one in cited:
        shown = f"{one.name} {one.year}"
        if one.listed:
            outcome.right(one.sentence, shown)
        elif one.years:
            message = f"{shown} is not in the list, which has {one.name} of {' and '.join(one.years)}"
            outcome.wrong(one.sentence, message, "correct the year or the list")
        else:
            outcome.wrong(one.sentence, f"no listed work names {one.name}", "correct the name or the list")
    _uncited(paper, outcome)


def _uncited(paper: Paper, outcome: Outcome) -> None:
    texts = [paragraph.text for paragraph in paper.paragraphs] + [
        " ".join((*table.header, *(cell for row in table.rows for cell in row))) for table in paper.tables
    ]
    whole = folded(" ".join(texts))
    for reference in paper.references if paper.form != "PDF" else ():
        first = re.match(r"([A-ZÀ-Þ][\w’'À-ž-]{2,}),? [A-Z]", reference.text)
        if first and folded(first[1]) not in whole:
            message = f"{first[1]} is named nowhere in the text"
            outcome.wrong("References", message, "cite it or delete it", text=reference.text[:120], severity="warning")


@check(
    "study-reference",
    "warning",
    example="“Quispe 2018” in a table, where the only listed work of Quispe is of 2017",
    blind="authors with several works in the list; studies whose row has no year",
)
def study_reference(paper: Paper, outcome: Outcome) -> None:
    """The year of a study in a table is that of its work in the list of references."""
    for studies in study_tables(paper):
        for row, label in zip(studies.rows, studies.labels, strict=True):
            name, year = STUDY.match(row[0].strip()), re.search(r"\d{4}$", label)
            if not name or not year:
                continue
            first = re.split(r",| and | & ", name["name"])[0]
            works = [one for one in paper.references if _is_by(first, one)]
            if len(works) != 1 or not YEAR.search(works[0].text):
                continue
            if year[0] in works[0].text:
                outcome.right(named(studies.table), f"{first} {year[0]}")
            else:
                message = f"{first} {year[0]}, but the listed work is of {YEAR.findall(works[0].text)[-1]}"
                outcome.wrong(named(studies.table), message, "correct the table or the list", text=works[0].text[:120])


def _is_by(name: str, work: Reference) -> bool:
    return bool(re.match(rf"(?:\[?\d+[\].)]*\s*)?{re.escape(folded(name))}\b", folded(work.text)))
