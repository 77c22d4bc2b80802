"""The text against the table of the included studies: years, means, ranges, single studies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import PEOPLE, folded
from prismake.audit.foreign.paper import Paper, Sentence
from prismake.audit.foreign.studies import (
    EMPTY,
    STUDY,
    Studies,
    main_table,
    named,
    size_column,
    sizes_of,
    whole_tables,
)

PUBLISHED = re.compile(
    r"(?:stud(?:y|ies)|articles|trials|reports|papers|publications|RCTs)[^.;<]{0,40}?\bpublished "
    r"(?:from|between) (?P<first>(?:19|20)\d\d) (?:to|and|through) (?P<last>(?:19|20)"
    r"\d\d)"
    r"|(?:stud(?:y|ies)|articles|trials|reports) appeared between (?P<first3>(?:19|20)\d\d) and "
    r"(?P<last3>(?:19|20)\d\d)"
    r"|publication (?:years?|dates?) (?:ranged|spanned|was|were)[^.;]{0,12} (?P<first2>(?:19|20)"
    r"\d\d) (?:to|and|through) (?P<last2>(?:19|20)\d\d)",
    re.IGNORECASE,
)


@check(
    "years",
    "error",
    example="“published from 2015 to 2026” and years 2016 to 2026 in the table",
    blind="a table without a year in every row",
)
def years(paper: Paper, outcome: Outcome) -> None:
    """The years of publication in the text are the first and last of the table of the included studies."""
    studies = main_table(paper)
    spans = list(_published(paper))
    if studies is None or not studies.years:
        if len({ends for ends, _sentence in spans}) > 1:
            for ends, sentence in spans:
                others = sorted({f"{one[0]} to {one[1]}" for one, _where in spans if one != ends})
                message = f"published from {ends[0]} to {ends[1]} here, {' or '.join(others)} elsewhere"
                outcome.wrong(sentence, message, "say the same years", severity="warning")
        for ends, sentence in spans if len(spans) > 1 and not outcome.findings else ():
            outcome.right(sentence, f"published from {ends[0]} to {ends[1]} in {len(spans)} sentences")
        if not spans or not outcome.passed + outcome.findings:
            outcome.unchecked.append("years of publication: no table has one study with its year in every row")
        return
    first, last = min(studies.years), max(studies.years)
    for ends, sentence in spans:
        if ends == (first, last):
            outcome.right(sentence, f"published from {first} to {last}")
        else:
            message = f"{ends[0]} to {ends[1]}, but the studies of {named(studies.table)} are of {first} to {last}"
            outcome.wrong(sentence, message, "correct the years")


def _published(paper: Paper) -> Iterator[tuple[tuple[int, int], Sentence]]:
    """The years of publication that sentences on the findings give, with the sentence."""
    for sentence in paper.sentences:
        match = PUBLISHED.search(re.sub(r"((?:19|20)\d\d)\s*[–-]\s*((?:19|20)\d\d)", r"\1 to \2", sentence.text))
        aside = re.search("search|database|limit|eligible|restrict|criteria|exclu", sentence.text, re.IGNORECASE)
        # `Studies published from 2008 to 2015 were smaller` speaks of some.
        some = match and re.search(r"[a-z]s published ", match[0]) and "included" not in sentence.text
        if (
            match
            and not some
            and not aside
            and sentence.reports_findings
            and not sentence.cited
            and sentence.paragraph.part in ("abstract", "text")
        ):
            ends = [int(one) for one in match.groups() if one]
            yield (ends[0], ends[1]), sentence


MEAN = re.compile(
    r"(?P<kind>weighted |pooled |overall |unweighted )?mean (?P<what>age|operating time|"
    r"operative time|follow-up|hospital stay|length of stay|BMI|duration)[^.;<]{0,25}? "
    r"(?:was|of|is)? ?(?P<number>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)


@check(
    "pooled-mean",
    "warning",
    example="“mean age of 68.8 years” where the column gives 63.4 weighted and 64.0 unweighted",
    blind="columns with medians or missing values",
)
def pooled_mean(paper: Paper, outcome: Outcome) -> None:
    """A pooled mean is the mean of its column, weighted by the number of participants or not."""
    studies = main_table(paper)
    if studies is None:
        outcome.unchecked.append("pooled means: no table has one row for each included study")
        return
    sizes = sizes_of(studies)
    for sentence in paper.sentences:
        match = MEAN.search(sentence.text)
        if (
            not match
            or re.search(r"\b(?:wom[ae]n|m[ae]n|girls|boys|females?|males?|controls?|groups?|arms?|cases)\b", match[0])
            or sentence.paragraph.part not in ("abstract", "text")
            or sentence.cited
            or re.search(
                r"ranged|from \d|method|\bif\b|would|exclud|without|except",
                sentence.text[: match.end() + 12],
                re.IGNORECASE,
            )
        ):
            continue
        columns = [
            at
            for at, name in enumerate(studies.table.header)
            if re.match(rf"(?:mean )?{match['what']}\b", name.strip(), re.IGNORECASE)
        ]
        cells = (
            [re.match(r"^(\d+(?:\.\d+)?)(?=$|\s*[±(])", row[columns[0]].strip()) for row in studies.rows]
            if len(columns) == 1
            else []
        )
        pairs = [(Decimal(cell[1]), size) for cell, size in zip(cells, sizes, strict=False) if cell]
        missing = [
            row
            for cell, row in zip(cells, studies.rows, strict=False)
            if not cell and not EMPTY.match(row[columns[0]].strip())
        ]
        if len(pairs) < 3 or missing or not (match["kind"] or "overall" in sentence.text):
            continue
        _compare_mean(match["number"], match["what"], pairs, sentence, studies, outcome)


def _compare_mean(
    written: str,
    what: str,
    pairs: list[tuple[Decimal, int | None]],
    sentence: Sentence,
    studies: Studies,
    outcome: Outcome,
) -> None:
    plain = sum((mean for mean, _size in pairs), Decimal(0)) / len(pairs)
    whole = sum(size or 0 for _mean, size in pairs)
    weighted = (
        sum((mean * (size or 0) for mean, size in pairs), Decimal(0)) / whole
        if whole and all(size for _mean, size in pairs)
        else None
    )
    step = Decimal(1).scaleb(-len(written.partition(".")[2]))
    for name, value in (("weighted", weighted), ("unweighted", plain)):
        if value is not None and abs(value - Decimal(written)) <= step * Decimal("0.6"):
            outcome.right(sentence, f"mean {what} {written} is the {name} mean of {named(studies.table)}")
            return
    if weighted is None:
        outcome.unchecked.append(f"mean {what} {written}: {named(studies.table)} does not give every size")
        return
    outcome.wrong(
        sentence,
        f"mean {what} {written}, but {named(studies.table)} gives {weighted:.2f} weighted "
        f"by size and {plain:.2f} unweighted",
        "correct the mean, or say which studies it covers",
    )


NUMBER = r"-?\d{1,3}(?:,\d{3})+|-?\d+(?:\.\d+)?"
DASHES = r"[-‐‑–—]"
SPAN = re.compile(
    rf"\b(?:(?:ranged|ranging|varied|varying|range[ds]?)\b[^.;,\d]{{0,25}}?|between |from |aged |enrolled |"
    rf"included )(?:from |between )?"
    rf"(?P<low>{NUMBER})(?:\s?%)?(?: \([^()]*\))?\s*(?:to|and|through|"
    rf"{DASHES})\s*(?P<high>{NUMBER})(?P<unit>\s?%|\s[a-z]+)?",
    re.IGNORECASE,
)
# Words that restrict a statement to some of the studies.
SOME = re.compile(
    r"\b(?:(?:in|of|for|among) (?:the )?(?!all |included |these |eligible )(?:[a-z-]+ ){1,2}(?:studies|"
    r"trials|articles|reports|arms?)"
    r"|of (?:the|these|those)|among|in (?:one|two|three|four|five|six|the) (?:studies|trials|\w+ "
    r"(?:group|arm))|except|exclud\w+"
    r"|search\w*|eligib\w+|criteria|scale|scor\w+|controls?|per (?:group|arm|study)|I2|heterogeneity|interval|CI)\b"
)
SAMPLES = re.compile(rf"\b(?:samples?(?: sizes?)?|sample sizes|enrolled|number of {PEOPLE})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of numbers: its table, the words that name it in a text, and its numbers by row."""

    place: str
    words: tuple[str, ...]
    numbers: tuple[Decimal, ...]
    sizes: bool


def _columns(paper: Paper) -> Iterator[Column]:
    """The columns with a number for every included study that reports one."""
    for studies in whole_tables(paper):
        for at, header in enumerate(studies.table.header):
            filled = [row[at].strip() for row in studies.rows if not EMPTY.match(row[at].strip())]
            cells = [re.match(rf"({NUMBER})\s*%?(?=$|\s*[(±])", cell) for cell in filled]
            if at and len(cells) > 2 and all(cells):
                # A cell `64 (16.0)` below `n (%)` holds two numbers, and its range may be that of either.
                shares = [re.search(r"\((\d+(?:\.\d+)?)%?\)$", cell) for cell in filled]
                sizes = at == size_column(studies)
                words = tuple(re.findall(r"[a-z]{4,}", re.sub(r"\(.*?\)|,.*", "", header.lower())))
                for matches in (cells, shares):
                    if all(matches):
                        numbers = tuple(Decimal(one[1].replace(",", "")) for one in matches if one)
                        yield Column(named(studies.table), words, numbers, sizes)


def _named_in(column: Column, text: str) -> bool:
    words = re.findall(r"[a-z]+", text.lower())
    stems = [word.removesuffix("s") for word in column.words]
    return bool(stems) and all(any(word.startswith(stem) for word in words) for stem in stems)


@check(
    "ranges",
    "warning",
    example="“sample sizes ranged from 28 to 150” and sizes from 36 to 150 in the table",
    blind="ranges of which neither end is in the table; ranges of some of the studies",
)
def ranges(paper: Paper, outcome: Outcome) -> None:
    """The ends of a range in the text are the smallest and largest number of the column that it speaks of."""
    columns = list(_columns(paper))
    if not columns:
        outcome.unchecked.append("ranges over the studies: no table has a number for every included study")
        return
    for sentence in paper.sentences:
        if sentence.paragraph.part not in ("abstract", "text") or not sentence.reports_findings or sentence.cited:
            continue
        done = 0
        for match in SPAN.finditer(sentence.text):
            clause = re.split(r"[;.:]\s|, (?:and|with) ", sentence.text[done : match.start()])[-1] + match[0]
            done = match.end()
            following = sentence.text[match.end() : match.end() + 25]
            if not SOME.search(clause) and "CI" not in sentence.text[match.start() - 12 : match.start()]:
                _check_span(match, clause, following, columns, sentence, outcome)


def _check_span(
    match: re.Match[str], clause: str, following: str, columns: list[Column], sentence: Sentence, outcome: Outcome
) -> None:
    ends = tuple(Decimal(match[name].replace(",", "")) for name in ("low", "high"))
    about_sizes = SAMPLES.search(clause) or re.match(
        rf"{PEOPLE}\b", f"{match['unit'] or ''}{following}".strip(), re.IGNORECASE
    )
    fitting = [one for one in columns if (one.sizes and about_sizes) or (_named_in(one, clause) and not one.sizes)]
    fitting += [one for one in columns if one.sizes and not about_sizes and _named_in(one, clause)]
    for column in fitting:
        if ends == (min(column.numbers), max(column.numbers)):
            outcome.right(sentence, f"{match['low']} to {match['high']} in {column.place}")
            return
    near = [
        one
        for one in fitting
        if (ends[0] == min(one.numbers)) != (ends[1] == max(one.numbers)) and min(one.numbers) < max(one.numbers)
    ]
    if len(near) == 1 and len(fitting) <= 2:
        low, high = min(near[0].numbers), max(near[0].numbers)
        message = f"{match['low']} to {match['high']}, but the numbers in {near[0].place} go from {low:,} to {high:,}"
        outcome.wrong(sentence, message, "correct the range or the table, or say which studies it covers")


ENROLLED = re.compile(
    rf"\b(?:randomi[sz]ed|enrolled|recruited|included)(?: a total of)? "
    rf"(?P<count>\d{{1,3}}(?:,\d{{3}})+|\d+) (?:[a-z]+ )?{PEOPLE}\b(?! (?:to|in the|with|who|from|of)\b)",
    re.IGNORECASE,
)
REPORTED = re.compile(
    rf"\b(?:the|an?|its) (?P<what>(?:[a-z]+ ){{0,2}}[a-z]+) (?:was|of) (?P<number>{NUMBER})(?![\d./]|\s?%?\s?[-–(±])"
)


@check(
    "study-row",
    "warning",
    example="“the trial by Moreau randomised 105 participants” and 150 in the row of Moreau",
    blind="studies that the text does not name; numbers of groups within a study; sentences on several studies",
)
def study_row(paper: Paper, outcome: Outcome) -> None:
    """What a sentence says of one included study stands in the row of that study."""
    for studies in whole_tables(paper):
        labels = [STUDY.match(row[0].strip()) for row in studies.rows]
        names = [re.split(r",| and | & ", label["name"])[0] if label else "" for label in labels]
        for sentence in paper.sentences:
            rows = [at for at, name in enumerate(names) if name and re.search(rf"\b{re.escape(name)}\b", sentence.text)]
            if len(rows) == 1 and names.count(names[rows[0]]) == 1 and len(sentence.cited) < 2:
                _check_row(sentence, studies, rows[0], outcome)


def _check_row(sentence: Sentence, studies: Studies, row: int, outcome: Outcome) -> None:
    cells, header = studies.rows[row], studies.table.header
    name = f"{named(studies.table)}, {cells[0]}"
    size = sizes_of(studies)[row]
    for match in ENROLLED.finditer(sentence.text) if size is not None else ():
        count = int(match["count"].replace(",", ""))
        if count == size:
            outcome.right(sentence, f"{name}: {count}")
        elif not re.search(r"\b(?:only|of whom|of the|arm|group)\b", sentence.text):
            outcome.wrong(sentence, f"{match['count']}, but {size} in {name}", "correct the number or the table")
    for match in REPORTED.finditer(sentence.text):
        what = folded(match["what"]).split()[-1]
        places = [at for at, one in enumerate(header) if at and re.findall(r"[a-z]+", folded(one))[:1] == [what]]
        if len(places) == 1 and re.fullmatch(NUMBER, cells[places[0]].strip()):
            there = Decimal(cells[places[0]].strip().replace(",", ""))
            if Decimal(match["number"].replace(",", "")) == there:
                outcome.right(sentence, f"{name}: {what} {there}")
            else:
                outcome.wrong(sentence, f"{match[0]}, but {there} in {name}", "correct the number or the table")
