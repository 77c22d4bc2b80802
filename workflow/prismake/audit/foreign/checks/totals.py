"""How many studies and participants the review has: the same everywhere, and as its table says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.included import Enrolled, Included, enrolled_counts, included_counts
from prismake.audit.foreign.masking import ONE_SEX, PEOPLE, Masked, N, masked
from prismake.audit.foreign.paper import Paper, Sentence
from prismake.audit.foreign.studies import Studies, included_number, main_table, named, study_tables, total_of

ALL_STUDIES = re.compile(
    r"characteristics of (?:the |all )*included (?:studies|trials|articles|reports)\b(?! (?:on|of|in|with|that|which|"
    r"using|for|by|from)\b)(?!.*continued)",
    re.IGNORECASE,
)


@check(
    "included",
    "error",
    example="“nine studies were included” in the abstract, “ten studies met the inclusion criteria” in Results",
    blind="numbers of studies in a part of the review; fewer than three statements, unless two agree against one",
)
def included(paper: Paper, outcome: Outcome) -> None:
    """The text says the same number of included studies everywhere."""
    counts = included_counts(paper)
    tabled = {len(one.rows) for one in study_tables(paper) if one.distinct}
    for noun in dict.fromkeys(one.noun for one in counts):
        _agree(noun, [one for one in counts if one.noun == noun], tabled, outcome)
    if not outcome.passed and not outcome.findings:
        outcome.unchecked.append("included studies: fewer than two sentences say how many there are")


def _agree(noun: str, counts: Sequence[Included], tabled: Set[int], outcome: Outcome) -> None:
    """Compares the counts of one noun: where several, or one and a table, agree against one other, that is an error."""
    numbers = Counter(one.number for one in counts)
    if len(numbers) == 1:
        for one in counts if len(counts) > 1 else ():
            outcome.right(one.sentence, f"{one.number} included {noun} in {len(counts)} sentences")
        return
    usual, times = numbers.most_common(1)[0]
    clear = times > 1 and len(numbers) == 2
    if not clear and len(numbers) == 2 and len(backed := tabled & numbers.keys()) == 1:
        (usual,), clear = backed, True
    for one in counts:
        if one.number != usual or not clear:
            others = [usual] if clear else sorted(numbers.keys() - {one.number})
            message = f"{one.number} included {noun} here, {' or '.join(map(str, others))} elsewhere"
            outcome.wrong(one.sentence, message, "say one number", severity="error" if clear else "warning")


@check(
    "rows",
    "error",
    example="“ten studies were included” (twice), and nine rows in “Characteristics of the included studies”",
    blind="tables of a part of the studies; studies in several rows",
)
def rows(paper: Paper, outcome: Outcome) -> None:
    """A table of the characteristics of the included studies has as many rows as the text includes studies."""
    number = included_number(paper)
    if number is None:
        outcome.unchecked.append(
            "rows against the number of included studies: no two places agree on that number, or one differs"
        )
        return
    tables = [one for one in study_tables(paper) if one.distinct and ALL_STUDIES.search(one.table.caption)]
    whole = next((one for one in tables if len(one.rows) == number), None)
    if whole is not None:
        outcome.right(named(whole.table), f"{named(whole.table)}: {number} rows, {number} included studies")
    elif len(tables) == 1:
        place, count = named(tables[0].table), len(tables[0].rows)
        message = f"{count} rows, but the text includes {number} studies"
        outcome.wrong(place, message, "correct the count or the table", text=tables[0].table.caption)
    elif tables:
        outcome.unchecked.append("rows against the number of included studies: several tables share the studies")


@check(
    "sample",
    "error",
    example="“a total of 1,243 patients” and a column of sample sizes that adds up to 1,234",
    blind="columns with missing or divided sizes; a total that the text gives once, without a table",
)
def sample(paper: Paper, outcome: Outcome) -> None:
    """The number of participants in the text is the sum of the column of sample sizes, and the same everywhere."""
    counts, studies = enrolled_counts(paper), main_table(paper)
    number = included_number(paper)
    total = total_of(studies) if studies is not None and len(studies.rows) == number else None
    source = f"the sizes in {named(studies.table)} add up to" if studies is not None else ""
    if total is None:
        total, source = _usual(counts, number), "the text elsewhere says"
    if total is None:
        outcome.unchecked.append("total of participants: no table has the size of every study, no two sentences agree")
        return
    for one in counts:
        if one.people == total and one.studies in (None, number):
            outcome.right(one.sentence, f"{total:,} participants: {source.split(' ', 1)[1]} {total:,}")
        elif one.people == total and number is not None:
            message = f"{total:,} participants in {one.studies} studies, but the review includes {number}"
            outcome.wrong(one.sentence, message, "correct the number of studies")
        elif one.people != total and one.studies in (None, number):
            message = f"{one.people:,}, but {source} {total:,}"
            outcome.wrong(one.sentence, message, "correct the total or the table")


def _usual(counts: Sequence[Enrolled], number: int | None) -> int | None:
    """The total that at least two sentences agree on, where one at most differs."""
    ranked = Counter(one.people for one in counts if one.studies in (None, number)).most_common(2)
    agreed = ranked and ranked[0][1] > 1 and (len(ranked) == 1 or ranked[1][1] == 1)
    return ranked[0][0] if agreed else None


WOMEN, MEN = r"(?:women|females?|girls|f)", r"(?:men|males?|boys|m)"


def _of_sex(cell: str, sex: str) -> int:
    """The number in a cell like `2 F / 3 M` or `F`, which is one person."""
    match = re.search(rf"(?:(\d+)\s*)?\b{sex}\b", cell, re.IGNORECASE)
    return int(match[1] or 1) if match else 0


def _sexes_of(studies: Studies) -> tuple[int, int] | None:
    """The women and men of a table: from a column of each, of one of them, or of both in one cell."""
    total = total_of(studies)
    header = [re.sub(r"(?:,| \(|\().*$", "", name).strip() for name in studies.table.header]
    sums = {}
    for sex in (WOMEN, MEN):
        places = [at for at, name in enumerate(header) if re.fullmatch(sex, name, re.IGNORECASE)]
        counts = [re.match(r"\d+", row[places[0]].strip()) for row in studies.rows] if len(places) == 1 else []
        if counts and all(counts):
            sums[sex] = sum(int(count[0]) for count in counts if count)
    both = [at for at, name in enumerate(header) if re.fullmatch(r"(?:sex|gender).*", name, re.IGNORECASE)]
    if len(both) == 1 and not sums:
        sums = {sex: sum(_of_sex(row[both[0]], sex) for row in studies.rows) for sex in (WOMEN, MEN)}
    if total is None or not sums:
        return None
    women = sums.get(WOMEN, total - sums.get(MEN, 0))
    men = sums.get(MEN, total - sums.get(WOMEN, 0))
    return (women, men) if women + men == total else None


@check(
    "women-men",
    "error",
    example="“43 women and 50 men” where the table has 50 women and 43 men",
    blind="tables that do not give the sex of all participants; numbers of one sex alone",
)
def women_men(paper: Paper, outcome: Outcome) -> None:
    """The women and men of the text are the sums of the table of the included studies."""
    studies = main_table(paper)
    sexes = _sexes_of(studies) if studies is not None else None
    if studies is None or sexes is None:
        outcome.unchecked.append("women and men: no table gives the sex of all participants")
        return
    for sentence in paper.sentences:
        text = masked(sentence.text)
        for match in re.finditer(rf"{ONE_SEX},? and {ONE_SEX}(?![\w-])", text.text, re.IGNORECASE):
            female = [bool(re.match("w|f|g", match[place].lower())) for place in (2, 4)]
            counts = [text.count(match[place]) for place in (1, 3)]
            if female[0] == female[1] or sentence.cited or not sentence.reports_findings:
                continue
            pair = (counts[0], counts[1]) if female[0] else (counts[1], counts[0])
            if pair == sexes:
                outcome.right(sentence, f"{pair[0]} women and {pair[1]} men in {named(studies.table)}")
            elif sum(pair) == sum(sexes) or (pair[0] == sexes[0]) != (pair[1] == sexes[1]):
                message = f"{pair[0]} women and {pair[1]} men, but {named(studies.table)} has {sexes[0]} and {sexes[1]}"
                outcome.wrong(sentence, message, "correct the numbers or the table")
        _check_women(sentence, text, sexes, studies, outcome)


def _check_women(sentence: Sentence, text: Masked, sexes: tuple[int, int], studies: Studies, outcome: Outcome) -> None:
    """`2,046 participants; 1,637 women [80.0%]`: the women of all participants."""
    for match in re.finditer(rf"{N} {PEOPLE}[;,:(] ?(?:of whom )?{ONE_SEX}(?!,? and <)", text.text, re.IGNORECASE):
        if text.count(match[1]) != sum(sexes) or sentence.cited:
            continue
        there = sexes[not re.match("w|f|g", match[3].lower())]
        if text.count(match[2]) == there:
            outcome.right(sentence, f"{there:,} {match[3]} in {named(studies.table)}")
        else:
            message = f"{text.count(match[2]):,} {match[3]}, but {named(studies.table)} has {there:,}"
            outcome.wrong(sentence, message, "correct the number or the table")
