"""Numbers of studies with a property against the rows of the tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import PEOPLE, Masked, N, digits_of, masked
from prismake.audit.foreign.paper import Paper, Sentence, Table
from prismake.audit.foreign.studies import EMPTY, TOTAL, Studies, included_number, named, whole_tables

ARTICLES = r"(?:studies|trials|articles|reports|papers|publications|series|reviews|rcts)"
# A clause that counts rows holds no other words than these, the words of the cell and of its column.
FILLING = re.compile(
    r"(?:a|an|the|of|in|from|by|with|on|at|to|as|was|were|is|are|be|been|had|have|has|did|used|using|use|employed|"
    r"included|includes|include|comprised|described|reported|conducted|performed|undertaken|carried|out|came|come|"
    r"originated|took|place|done|published|based|data|only|all|both|there|finally|overall|n|study|studies|trial|"
    r"trials|article|articles|report|reports|rcts|paper|papers|publication|publications|design|designs|designed|"
    r"represented|contributed|it|they|these|those|we|among|respectively|remaining|other|others|including|namely|"
    r"applied|tested|examined|investigated|lasted|were|set|located)"
)
# Words that stand in cells of many columns, and say something only beside the column's own words.
COMMON = re.compile(
    r"(?:yes|no|both|mixed|low|high|moderate|unclear|other|others|none|good|fair|poor|all|single|multiple|oral|male|female|"
    r"present|absent|some concerns|serious|critical|adult|adults|children)",
    re.IGNORECASE,
)
SAME = [
    {"usa", "us", "united states", "united states of america", "the united states"},
    {"uk", "united kingdom", "great britain"},
    {"rct", "randomised controlled trial", "randomised trial", "randomized controlled trial", "randomized trial"},
    {"south korea", "korea", "republic of korea"},
    {"netherlands", "the netherlands"},
]
UNITS = {"wk": "weeks", "mo": "months", "yr": "years", "d": "days", "min": "minutes", "h": "hours"}
BOUNDARY = re.compile(r"[;:.]|,(?= )|\band\b|\bwhile\b|\bwhereas\b|\bbut\b")
RESTRICTED = re.compile(
    r"\b(?:among|of (?:these|those|them|which|whom)|within|except|exclud\w+|at least|more than|fewer than|up to|about|"
    r"nearly|approximately|over|in the \w+ (?:group|arm|trials|studies))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Group:
    """Rows that share words: the column, how many rows hold these words alone, how many among others, of how many."""

    place: str
    header: str
    alone: int
    among: int
    rows: int


def spellings(words: str) -> list[str]:
    """The ways to write the words of a cell: singular and plural, and the usual other names."""
    plain = plain_words(words)
    names = {plain} | next((same for same in SAME if plain in same), set())
    plurals = {re.sub(r"y$", "ies", name) if re.search(r"[^aeiou]y$", name) else f"{name}s" for name in names}
    return sorted(names | plurals, key=len, reverse=True)


def plain_words(text: str) -> str:
    """Words in small letters, with one kind of dash and British endings."""
    return re.sub(r"(?<=\w)[‐‑–—](?=\w)", "-", text.lower()).replace("randomiz", "randomis").strip()


def groups_of(paper: Paper) -> dict[str, list[Group]]:
    """Words of cells -> the columns that have them."""
    groups: dict[str, list[Group]] = {}
    for studies in whole_tables(paper):
        for words, group in _of_rows(studies):
            groups.setdefault(plain_words(words), []).append(group)
    number = included_number(paper)
    for table in paper.tables:
        for words, group in _of_counts(table, number):
            groups.setdefault(plain_words(words), []).append(group)
    return groups


def _of_rows(studies: Studies) -> Iterator[tuple[str, Group]]:
    for at, header in enumerate(studies.table.header):
        cells = [row[at].strip() for row in studies.rows]
        words = [cell for cell in cells if _is_group(cell)]
        if at == 0 or len(set(cells)) == len(cells):
            words = [
                word for word in words if cells.count(word) > 1 or re.search(r"countr|design", header, re.IGNORECASE)
            ]
        for word, alone in Counter(_measured(cells, header)).items() if at else ():
            yield word, Group(named(studies.table), header, alone, alone, len(cells))
        for word, alone in Counter(words).items() if at else ():
            among = sum(bool(re.search(rf"\b{re.escape(word)}\b", cell, re.IGNORECASE)) for cell in cells)
            yield word, Group(named(studies.table), header, alone, among, len(cells))


def _measured(cells: list[str], header: str) -> list[str]:
    """Numbers that repeat in a column with a unit, as one word: value24weeks for 24 in “Duration, weeks” or “Weeks”."""
    unit = re.search(r"(?:, ?|\(|^)([a-z]+)\)?$", header.lower())
    whole = unit and all(re.fullmatch(r"\d+", cell) for cell in cells)
    return (
        [f"value{cell}{UNITS.get(unit[1], unit[1])}" for cell in cells if cells.count(cell) > 1]
        if unit and whole
        else []
    )


def _is_group(cell: str) -> bool:
    return bool(re.fullmatch(r"[A-Z][A-Za-z–/ -]{1,40}", cell)) and not EMPTY.match(cell)


def _of_counts(table: Table, number: int | None) -> Iterator[tuple[str, Group]]:
    """A table that counts the studies of each country or design, if its counts add up to the included studies."""
    places = [
        at
        for at, name in enumerate(table.header)
        if at
        and re.fullmatch(
            rf"(?:all|total|n|no\.?|(?:(?:number|no\.?) of )?{ARTICLES})(?:,? \(?n\)?)?", name, re.IGNORECASE
        )
    ]
    rows = [row for row in table.rows if not TOTAL.match(row[0])]
    if len(places) != 1 or number is None or len(rows) < 2:
        return
    counts = [digits_of(row[places[0]]) for row in rows]
    if None in counts or sum(count or 0 for count in counts) != number:
        return
    for row, count in zip(rows, counts, strict=True):
        if count is not None and _is_group(row[0].strip()):
            yield row[0].strip(), Group(named(table), table.header[0], count, count, number)


@check(
    "counted-rows",
    "error",
    example="“six studies came from China” or “case series (n = 4)” and five such rows in the table",
    blind="groups that no column of a table names in the same words; clauses that say more than the count and "
    "the group",
)
def counted_rows(paper: Paper, outcome: Outcome) -> None:
    """A number of studies with a property equals the rows with that property in a table of the included studies."""
    groups = groups_of(paper)
    if not groups:
        outcome.unchecked.append("numbers of studies with a property: no table has one row for each included study")
        return
    by_spelling = {spelling: name for name in groups for spelling in spellings(name)}
    pattern = re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(by_spelling, key=len, reverse=True)))})(?![\w-])"
    )
    for paragraph in paper.of("abstract", "text"):
        before = ""
        for sentence in paragraph.sentences:
            if sentence.reports_findings and _about_studies(sentence.text, before):
                _check_sentence(sentence, groups, by_spelling, pattern, outcome)
            before = sentence.text


def _about_studies(text: str, before: str) -> bool:
    """Whether a sentence counts studies: it names them, or it names nothing else and the sentence before names them."""
    if re.search(rf"\b{ARTICLES}\b", text, re.IGNORECASE):
        return True
    people = re.compile(rf"\b{PEOPLE}\b", re.IGNORECASE)
    return bool(re.search(rf"\b{ARTICLES}\b", before, re.IGNORECASE)) and not people.search(f"{before} {text}")


def _check_sentence(
    sentence: Sentence,
    groups: Mapping[str, list[Group]],
    by_spelling: Mapping[str, str],
    pattern: re.Pattern[str],
    outcome: Outcome,
) -> None:
    text = masked(_with_values(plain_words(sentence.text), by_spelling))
    restricted = False
    for start, end in _clauses(text):
        clause, so_far = text.text[start:end], text.text[:end]
        names = [by_spelling[match] for match in dict.fromkeys(pattern.findall(clause))]
        restricted = restricted or bool(RESTRICTED.search(clause))
        base = re.search(rf"\bof (?:the |all |our )?{N}", clause)
        for number in _counts(clause, text):
            total = text.count(base[1]) if base else None
            for group in groups[names[0]] if len(names) == 1 and not restricted else ():
                if total in (None, number, group.rows) and _says_no_more(clause, names[0], group, sentence.text):
                    _compare(number, names[0], group, sentence, outcome)
                    break
        restricted = restricted or bool(base and all(text.count(base[1]) != one.rows for one in _all(groups)))
        # What counts people counts them in the clauses that follow too.
        if re.search(rf"\b{PEOPLE}\b", so_far) and not re.search(rf"\b{ARTICLES}\b", clause):
            restricted = True


def _with_values(text: str, by_spelling: Mapping[str, str]) -> str:
    """A text whose numbers with a unit, 24 weeks, are one word where a column has them."""
    for number in reversed(masked(text).numbers):
        unit = re.match(r"[ -]([a-z]+)\b", text[number.end :])
        word = f"value{number.value}{unit[1]}" if unit else ""
        if unit and word in by_spelling:
            text = text[: number.start] + word + text[number.end + unit.end() :]
    return text


def _all(groups: Mapping[str, list[Group]]) -> Iterator[Group]:
    return (group for listed in groups.values() for group in listed)


def _clauses(text: Masked) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in [*BOUNDARY.finditer(text.text), None]:
        end = cut.start() if cut else len(text.text)
        # A comma inside of parentheses, as in (n = 8, 57%), ends no clause.
        if cut and text.text.count("(", start, end) > text.text.count(")", start, end):
            continue
        yield start, end
        start = cut.end() if cut else end


def _counts(clause: str, text: Masked) -> list[int]:
    """The number that a clause counts: its only one beside percentages and the whole behind `of the`."""
    marks = re.findall(N, re.sub(rf"\bof (?:the |all |our )?{N}", "", clause))
    subject = re.match(rf"\s*of (?:the |all |our )?{N}", clause)
    if not marks and subject:
        marks = [subject[1]]
    others = re.search(r"<x\d+>", clause)
    return [text.count(marks[0])] if len(marks) == 1 and not others else []


def _says_no_more(clause: str, name: str, group: Group, sentence: str) -> bool:
    """Whether a clause is made of the count, the words of the cell and of its column, and words that say nothing."""
    if COMMON.fullmatch(name) and not re.search(
        rf"\b{re.escape(plain_words(group.header).split()[0])}", sentence.lower()
    ):
        return False
    rest = clause
    for spelling in spellings(name):
        rest = re.sub(rf"(?<![\w-]){re.escape(spelling)}(?![\w-])", " ", rest)
    header = {word for part in re.findall(r"[a-z]+", plain_words(group.header)) for word in (part, f"{part}s")}
    rest = re.sub(r"<[np]\d+>", " ", rest)
    return all(FILLING.fullmatch(word) or word in header for word in re.findall(r"[a-zà-ž]+", rest))


def _compare(count: int, name: str, group: Group, sentence: Sentence, outcome: Outcome) -> None:
    if count in (group.alone, group.among):
        outcome.right(sentence, f"{name}: {count} rows of {group.place}")
    else:
        shown = re.sub(r"^value(\d+)", r"\1 ", name)
        message = f"{count} for “{shown}”, but {group.place} has {group.among} ({group.header})"
        outcome.wrong(sentence, message, "correct the count or the table")


@check(
    "countries",
    "warning",
    example="“from seven countries” and six countries in the table",
    blind="studies of several countries in one cell; other things than countries",
)
def countries(paper: Paper, outcome: Outcome) -> None:
    """The number of countries of the studies is that of the table of the included studies."""
    for studies in whole_tables(paper)[:1]:
        at = studies.at(r"countr(?:y|ies)(?: of (?:origin|study))?")
        cells = [row[at].strip() for row in studies.rows] if at is not None else []
        if not cells or not all(_is_group(cell) and "/" not in cell for cell in cells):
            continue
        there = len({plain_words(cell) for cell in cells})
        for sentence in paper.sentences:
            text = masked(sentence.text)
            match = re.search(
                rf"\b(?:from|in|across) {N} (?:different )?countries\b(?! (?:of|in|on|with|outside|that|"
                rf"which)\b)|{N} countries (?:are|were) represented",
                text.text,
            )
            others = {text.count(mark) for mark in re.findall(rf"{N} {ARTICLES}", text.text)} - {len(cells)}
            if not match or others or not sentence.reports_findings or sentence.cited or RESTRICTED.search(text.text):
                continue
            count = text.count(match[1] or match[2])
            if count == there:
                outcome.right(sentence, f"{count} countries in {named(studies.table)}")
            else:
                message = f"{count} countries, but {named(studies.table)} has {there}"
                outcome.wrong(sentence, message, "correct the count or the table")
