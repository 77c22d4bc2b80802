"""The text against the table of the included studies."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.included import included_number
from prismake.audit.foreign.masking import PEOPLE, STUDIES, Masked, N, digits_of, masked
from prismake.audit.foreign.paper import Paper, Sentence
from prismake.audit.foreign.studies import EMPTY, Studies, main_table, named, size_column, study_tables

ALL_STUDIES = re.compile(
    r"characteristics of (?:the |all )*included studies\b(?! (?:on|of|in|with|that|which|"
    r"using|for|by|from)\b)(?!.*continued)",
    re.IGNORECASE,
)


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
            "rows against the number of included studies: the text does not say it in two places that agree"
        )
        return
    tables = [one for one in study_tables(paper) if one.distinct and ALL_STUDIES.search(one.table.caption)]
    whole = next((one for one in tables if len(one.rows) == number), None)
    if whole is not None:
        outcome.passed.append(f"{named(whole.table)}: {number} rows, {number} included studies")
    elif len(tables) == 1:
        place, count = named(tables[0].table), len(tables[0].rows)
        message = f"{count} rows, but the text includes {number} studies"
        outcome.wrong(place, message, "correct the count or the table", text=tables[0].table.caption)
    elif tables:
        outcome.unchecked.append("rows against the number of included studies: several tables share the studies")


PUBLISHED = re.compile(
    r"(?:stud(?:y|ies)|articles|trials|reports|papers|publications|RCTs)[^.;<]{0,40}?\bpublished "
    r"(?:from|between) (?P<first>(?:19|20)\d\d) (?:to|and|through) (?P<last>(?:19|20)"
    r"\d\d)"
    r"|publication years? (?:ranged|spanned|was|were)[^.;]{0,12} (?P<first2>(?:19|20)"
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
    if studies is None or not studies.years:
        outcome.unchecked.append("years of publication: no table has one study with its year in every row")
        return
    first, last = min(studies.years), max(studies.years)
    for sentence in paper.sentences:
        match = PUBLISHED.search(re.sub(r"((?:19|20)\d\d)\s*[–-]\s*((?:19|20)\d\d)", r"\1 to \2", sentence.text))
        if (
            not match
            or re.search("search|database|limit|eligible|restrict|criteria|exclu", sentence.text, re.IGNORECASE)
            or sentence.paragraph.part not in ("abstract", "text")
        ):
            continue
        ends = int(match["first"] or match["first2"]), int(match["last"] or match["last2"])
        if re.match(
            "materials|method|search|eligib|introduction|background", sentence.paragraph.section, re.IGNORECASE
        ):
            continue
        if ends == (first, last):
            outcome.passed.append(f"published from {first} to {last}")
        elif not sentence.cited:
            outcome.wrong(
                sentence,
                f"{ends[0]} to {ends[1]}, but the studies of {named(studies.table)} are of {first} to {last}",
                "correct the years",
            )


GROUPING = re.compile(
    r"countr|design|type|setting|region|location|approach|anesth|anaesth|intervention|language|continent|procedure|"
    r"treatment|cause|exposure|method|instrument|substance|species",
    re.IGNORECASE,
)
ARTICLES = r"(?:studies|trials|articles|reports|papers)"


@check(
    "counted-rows",
    "error",
    example="“six studies came from China” or “case series (n = 4)” and five such rows in the table",
    blind="groups that no column of a table names in the same words",
)
def counted_rows(paper: Paper, outcome: Outcome) -> None:
    """A number of studies with a property equals the rows with that property in a table of the included studies."""
    studies = main_table(paper)
    if studies is None:
        outcome.unchecked.append("numbers of studies with a property: no table has one row for each included study")
        return
    tables = [one for one in study_tables(paper) if one.distinct and len(one.rows) == len(studies.rows)]
    groups = {name: group for table in tables for name, group in _groups(table).items()}
    for sentence in paper.sentences:
        # Participants are counted in the same words, and by no row.
        if _of_findings(sentence) and not re.search(rf"\b{PEOPLE}\b", sentence.text, re.IGNORECASE):
            text = masked(sentence.text)
            for name, group in groups.items():
                _check_group(name, group, text, sentence, outcome)


def _of_findings(sentence: Sentence) -> bool:
    return (
        sentence.paragraph.part in ("abstract", "text")
        and not re.match("materials|method|introduction|background", sentence.paragraph.section, re.IGNORECASE)
        and bool(re.search(r"\b(?:studies|trials|articles|reports|papers|series)\b", sentence.text, re.IGNORECASE))
    )


@dataclass(frozen=True)
class Group:
    """Rows that share a cell: the table, its column, how many rows hold these words alone and how many among others."""

    place: str
    header: str
    alone: int
    among: int


def _check_group(name: str, group: Group, text: Masked, sentence: Sentence, outcome: Outcome) -> None:
    for severity, patterns in (("error", _plain(name)), ("warning", _used(name, group.header))):
        for number in [mark for pattern in patterns for mark in re.findall(pattern, text.text, re.IGNORECASE)]:
            count = text.count(number)
            if count in (group.alone, group.among):
                outcome.passed.append(f"{name}: {count} rows of {group.place}")
            else:
                message = f"{count} for “{name}”, but {group.place} has {group.among} such rows"
                fix = "correct the count or the table"
                outcome.wrong(sentence, message, fix, severity="error" if severity == "error" else "warning")


def _groups(studies: Studies) -> dict[str, Group]:
    """Words of cells -> the rows that have them; from columns in which words repeat."""
    groups: dict[str, Group] = {}
    for at, header in enumerate(studies.table.header):
        cells = [row[at].strip() for row in studies.rows]
        words = [cell for cell in cells if re.fullmatch(r"[A-Z][A-Za-z -]{1,40}", cell) and not EMPTY.match(cell)]
        if at == 0 or not GROUPING.search(header):
            continue
        for word, alone in Counter(words).items():
            among = sum(bool(re.search(rf"\b{re.escape(word)}\b", cell, re.IGNORECASE)) for cell in cells)
            groups.setdefault(word, Group(named(studies.table), header, alone, among))
    return groups


def _plain(name: str) -> list[str]:
    """How a text counts the studies of a country or design."""
    group = re.escape(name) + r"(?:e?s)?"
    patterns = [
        rf"\b{group} \(n ?= ?{N}\)",
        rf"{N} (?:of (?:the|these) )?(?:{ARTICLES} )?(?:were|was|came|originated)?(?: conducted|"
        rf" performed| carried out| done)? ?(?:in|from) (?:the )?{group}\b(?! and| or|, [A-Z])",
    ]
    if re.search(r"stud(?:y|ies)|report|series|trial|RCT|note|survey", name, re.IGNORECASE):
        plural = re.escape(re.sub(r"y$", "ies", name)) if name.endswith("study") else group
        patterns.append(rf"\b(?:there were|were|included|comprised|consisted of|and|,|:) {N} {plural}(?=[,.;]| and)")
    return patterns


def _used(name: str, header: str) -> list[str]:
    """How a text counts the studies that use or report something: "local anesthesia was used in seven studies"."""
    column = re.escape(header.split()[0]) if header else "approach"
    used = r"(?:(?:was|were) (?:used|reported|tested|studied|applied|investigated) )?"
    return [
        rf"(?<![\w-] or )\b{re.escape(name)} (?:\([A-Z]+\) )?(?:{column} )?{used}in {N} {ARTICLES}(?! "
        rf"(?:of|with|that|only)\b)"
    ]


@check(
    "sample",
    "error",
    example="“a total of 1,243 patients” and a column of sample sizes that adds up to 1,234",
    blind="columns with missing or divided sizes",
)
def sample(paper: Paper, outcome: Outcome) -> None:
    """The total number of participants in the text is the sum of the column of sample sizes."""
    studies = main_table(paper)
    sizes: list[int | None] = []
    if studies is not None and (at := size_column(studies)) is not None:
        sizes = [digits_of(row[at]) for row in studies.rows]
    if studies is None or not sizes or None in sizes or len(studies.rows) != included_number(paper):
        outcome.unchecked.append("total of participants: no table has the size of every included study")
        return
    total = sum(size for size in sizes if size is not None)
    for sentence in paper.sentences:
        text = masked(sentence.text)
        for pattern in (
            rf"(?:a )?total of {N} (?:[a-z-]+ )?{PEOPLE}",
            rf"(?:the|all|included) (?:studies|trials) [^.;<]{{0,20}}(?:<n\d+> to <n\d+> )?(?:and "
            rf")?included {N} {PEOPLE}(?=[.,;]|$| \()",
            rf"{N} {STUDIES} (?:were included,? )?(?:with|comprising|including|involving|enrolling|"
            rf"totall?ing|included)(?: a total of)? {N} (?:[a-z-]+ )?{PEOPLE}",
        ):
            for match in re.finditer(pattern, text.text, re.IGNORECASE):
                counts = [text.count(one) for one in match.groups()]
                if (
                    sentence.cited
                    or sentence.paragraph.part not in ("abstract", "text")
                    or (len(counts) == 2 and counts[0] != len(sizes))
                ):
                    continue
                if len(counts) == 1 and not re.search(
                    r"\b(?:all|included|review|overall|altogether|across) ", sentence.text, re.IGNORECASE
                ):
                    continue
                if counts[-1] == total:
                    outcome.passed.append(f"{total:,} participants in {named(studies.table)}")
                else:
                    outcome.wrong(
                        sentence,
                        f"{counts[-1]:,}, but the sizes in {named(studies.table)} add up to {total:,}",
                        "correct the total or the table",
                    )


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
    sizes = _sizes(studies)
    for sentence in paper.sentences:
        match = MEAN.search(sentence.text)
        if (
            not match
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


def _sizes(studies: Studies) -> list[int | None]:
    at = size_column(studies)
    return [digits_of(row[at]) if at is not None else None for row in studies.rows]


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
            outcome.passed.append(f"mean {what} {written} is the {name} mean of {named(studies.table)}")
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
