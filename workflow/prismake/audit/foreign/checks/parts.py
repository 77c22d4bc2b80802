"""Sums of parts: reasons of exclusion, databases, women and men, ratings, and other lists of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from prismake.audit.foreign.checks.selection import ADDED
from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import ONE_SEX, PEOPLE, RECORDS, Masked, N, masked
from prismake.audit.foreign.paper import Paper, Sentence
from prismake.audit.foreign.studies import included_number

OVERLAPPING = re.compile(
    r"more than one|multiple reasons|several reasons|not mutually|some (?:of|reports|studies)|at least|over ",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"\b(?:including|mainly|mostly|such as|e\.g\.|for example|among (?:them|others)|primarily|chiefly|of which|most)\b",
    re.IGNORECASE,
)


@check(
    "parts",
    "error",
    example="“92 were excluded (editorials, 14; reviews, 38; other, 39)”: the parts are 91; "
    "“93 patients (50 women and 42 men)”",
    blind="parts that overlap or are spread over sentences; lists that name some parts only",
)
def parts(paper: Paper, outcome: Outcome) -> None:
    """Reasons of exclusion, databases, women and men, and lists behind a colon add up to the number that they "
    "divide."""
    boxes = [one for box in paper.of("box") for one in box.sentences]
    running = [*paper.sentences, *boxes]
    for sentence, following in zip_longest(running, running[1:]):
        text = masked(sentence.text)
        _sexes(sentence, text, outcome)
        listed = not OVERLAPPING.search(text.text) and _reasons(sentence, text, following, paper.style, outcome)
        if not listed and not HEDGED.search(text.text) and not OVERLAPPING.search(text.text):
            _databases(sentence, text, outcome)
            _behind_a_colon(sentence, text, outcome)


def _compare(sentence: Sentence, whole: int, some: Sequence[int], what: str, outcome: Outcome) -> None:
    shown = " + ".join(f"{one:,}" for one in some)
    if sum(some) == whole:
        outcome.right(sentence, f"{shown} = {whole:,} ({what})")
    else:
        message = f"{shown} is {sum(some):,}, not {whole:,} ({what})"
        outcome.wrong(sentence, message, "correct the whole or its parts")


DATABASE = re.compile(
    r"\b(?:PubMed|MEDLINE|Embase|Scopus|Web of (?:Science|Knowledge)|Cochrane|CENTRAL|"
    r"CINAHL|PsycINFO|PsycArticles|ERIC|LILACS|"
    r"Google Scholar|ScienceDirect|CAB|BIOSIS|Ovid|ProQuest|EBSCO\w*|IEEE|ACM|CNKI|Wanfang|"
    r"VIP|SciELO|AMED|PEDro|DOAJ|JSTOR|"
    r"SPORTDiscus|Global Health|Dimensions|Epistemonikos|Sociological Abstracts|EconLit|AGRICOLA)\b",
    re.IGNORECASE,
)
SEXES = [
    re.compile(
        rf"{N} (?:[a-z-]+ )?{PEOPLE} \((?:(?:of whom|including) )?{ONE_SEX}[,;]?(?: and)? {ONE_SEX}(?=[;)]|, "
        rf"(?!(?:and )?<))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{N} (?:[a-z-]+ )?{PEOPLE}(?: were included| were enrolled)?[,:] (?:of whom )?{ONE_SEX},? and {ONE_SEX}"
        rf"(?![\w-])(?!,? (?:and )?<)",
        re.IGNORECASE,
    ),
]
OTHERS = re.compile(
    r"non-?binary|gender|transgender|unknown|unspecified|missing|not (?:report|stat|disclos|known)|unreported",
    re.IGNORECASE,
)


def _sexes(sentence: Sentence, text: Masked, outcome: Outcome) -> None:
    if OTHERS.search(text.text):
        return
    for pattern in SEXES:
        for match in pattern.finditer(text.text):
            female = [bool(re.match("w|f|g", match[place].lower())) for place in (3, 5)]
            if female[0] != female[1]:
                some = [text.count(match[place]) for place in (2, 4)]
                _compare(sentence, text.count(match[1]), some, "women and men", outcome)


def _databases(sentence: Sentence, text: Masked, outcome: Outcome) -> None:
    """Records by database: `N records: a from PubMed, b from Embase`, `N records (PubMed, n = a; Embase, n = b)`."""
    if len(DATABASE.findall(text.text)) < 2:
        return
    for match in re.finditer(rf"{N} {RECORDS}[^<.;()]{{0,40}}\(([^()]*)\)", text.text, re.IGNORECASE):
        listed = [text.count(one) for one in re.findall(N, match[2])]
        if len(listed) > 1 and len(DATABASE.findall(match[2])) > 1 and text.count(match[1]) > max(listed):
            _compare(sentence, text.count(match[1]), listed, "records by database", outcome)
            return
    some = re.findall(rf"{N} (?:{RECORDS} )?(?:from|in|through|via) (?:the )?(?=[A-Z])", text.text)
    if len(some) < 2 or ADDED.search(text.text):
        return
    first = text.text.find(f"<n{some[0]}>")
    heads = re.findall(rf"{N} {RECORDS}", text.text[:first], re.IGNORECASE)
    numbers = [text.count(one) for one in some]
    marks = [one for one in re.findall(N, text.text[first:]) if one not in some]
    if len(heads) == 1 and not marks and text.count(heads[0]) > max(numbers):
        _compare(sentence, text.count(heads[0]), numbers, "records by database", outcome)


# `92 … were excluded`, `excluded 92`, `excluded 92 of them`
EXCLUDED = re.compile(
    rf"{N}[^<;.:(]{{0,60}}?\b(?:excluded|removed|discarded|rejected|ineligible|not eligible)\b(?! (?:(?:the|"
    rf"another|a further|a "
    rf"total of) )?<n)"
    rf"|\b(?:excluded|excluding|removed|discarded|rejected) (?:the |another |a further |a total of )?{N}"
    rf"(?: (?:of (?:them|these)|{RECORDS}))?",
    re.IGNORECASE,
)
# `because they concerned adults (n = 12), gave no table (n = 11), or were abstracts (n = 3)`
WITH_N = re.compile(r"(?:[^<().]*\(n ?= ?<n\d+>\))+")
# `(editorials, 14; fewer than 100 patients, 8)`: the last number of an item counts.
ITEM = re.compile(r"[^;]*?[,:=(] ?(?:n ?= ?)?<n(\d+)>(?: \(<p\d+>\)|[,;] ?<p\d+>)?\s*")


def _reasons(sentence: Sentence, text: Masked, following: Sentence | None, style: str, outcome: Outcome) -> bool:
    """The reasons behind a number of excluded records, in its sentence or in a next one that begins with them."""
    for match in EXCLUDED.finditer(text.text):
        mark = match[1] or match[2]
        if HEDGED.search(text.text[match.end() :]):
            continue
        some = _listed(text, text.text[match.end() :], style)
        rest = text.text[match.end() :].strip(" .)")
        if (
            not some
            and not rest
            and following
            and re.match(r"(?:the |main )*reasons?\b", following.text, re.IGNORECASE)
        ):
            behind = masked(following.text)
            if HEDGED.search(behind.text) or OVERLAPPING.search(behind.text):
                continue
            some = _listed(behind, behind.text, style)
        whole = text.count(mark)
        if len(some) > 1 and whole > max(some):
            _compare(sentence, whole, some, "reasons of exclusion", outcome)
            return True
    return False


def _listed(text: Masked, rest: str, style: str) -> list[int]:
    """The numbers of a list of reasons at the beginning of a text."""
    bare = re.compile(r"(?:[^<().]*\((?:n ?= ?)?<n\d+>\))+")
    inside = re.match(r"[^<(.]*\(((?:[^()]|\([^()]*\))*)\)", rest)
    items = inside[1].split(";") if inside else []
    if len(items) > 1 and all(ITEM.fullmatch(f",{item}") for item in items):
        return [text.count(match[1]) for item in items if (match := ITEM.fullmatch(f",{item}"))]
    commas = re.fullmatch(r"(?:[^<()]*[,:=] ?(?:n ?= ?)?<n\d+>[;,]?)+", inside[1]) if inside else None
    behind = (WITH_N if style == "parentheses" else bare).match(rest)
    for listed in (match[0] for match in (commas, behind) if match):
        numbers = [text.count(one) for one in re.findall(N, listed)]
        if len(numbers) > 1 and not re.search(r"\b(?:leaving|remained|included|retained)\b", listed):
            return numbers
    return _leading(text, rest.partition(":")[2]) if re.match(r"[^<:]{0,60}:", rest) else []


def _leading(text: Masked, rest: str) -> list[int]:
    """The numbers that begin the items of a list: `15 had no comparison, 9 were not in physics and 6 gave "
    "no scores`."""
    whole = re.split(r"[.;](?=\s|$)", re.sub(r" \(<p\d+>\)", "", rest))[0]
    items = [item.strip() for item in re.split(r",? and (?=<n|one )|[,;] (?=<n|one )", whole)]
    begins = [re.match(rf"(?:{N}|one) [^()]+$", item) for item in items]
    numbers = [text.count(match[1]) if match[1] else 1 for match in begins if match]
    return numbers if len(items) > 1 and all(begins) else []


def _behind_a_colon(sentence: Sentence, text: Masked, outcome: Outcome) -> None:
    """`87 participants withdrew: 41 from exercise and 46 from control`: the only number before, and all behind."""
    head, _colon, tail = text.text.partition(": ")
    before = re.findall(N, head)
    numbers = _leading(text, tail) if tail.strip().rstrip(".").count(".") == 0 else []
    if len(before) != 1 or len(numbers) < 2 or re.search(r"<x\d+>", head):
        return
    # Numbers within an item would be parts of it.
    if len(re.findall(rf"{N}|\bone ", tail)) == len(numbers) and text.count(before[0]) > max(numbers):
        _compare(sentence, text.count(before[0]), numbers, "the numbers behind the colon", outcome)


RATED = re.compile(
    rf"\b(?P<rating>low|moderate|high|unclear|serious|critical|good|fair|poor)\b[^<.;]{{0,30}}? (?:in|for) {N}"
    rf"|{N} (?:[a-z]+ ){{0,6}}?(?:at |of |had (?:an? )?|were (?:at |of )?)(?:an? )?(?P<after>low|moderate|"
    rf"high|unclear|serious|critical|good|fair|poor)\b",
    re.IGNORECASE,
)


@check(
    "ratings",
    "warning",
    example="“quality was high in six studies and moderate in three” in a review of eight studies",
    blind="ratings of several domains; numbers below that of the included studies",
)
def ratings(paper: Paper, outcome: Outcome) -> None:
    """Studies at each level of a rating are no more than the included studies."""
    number = included_number(paper)
    if number is None:
        outcome.unchecked.append("ratings of the studies: the number of included studies is not certain")
        return
    for sentence in paper.sentences:
        text = masked(sentence.text)
        levels: dict[str, int] = {}
        for match in RATED.finditer(text.text):
            level = (match["rating"] or match["after"]).lower()
            levels.setdefault(level, text.count(match[2] or match[3]))
        if (
            len(levels) < 2
            or not sentence.reports_findings
            or re.search(r"domain|outcome|item|theme|reviews|evidence|certainty|confidence", text.text)
        ):
            continue
        if not re.search(r"stud|trial|articles|reports|papers", text.text):
            continue
        shown = " + ".join(map(str, levels.values()))
        if sum(levels.values()) == number:
            outcome.right(sentence, f"{shown} = {number} rated studies")
        elif sum(levels.values()) > number:
            outcome.wrong(sentence, f"{shown} is {sum(levels.values())}, of {number} studies", "correct the numbers")


MOST_APART = 60
IN_STUDIES = re.compile(rf"\b(?:in|by|for) {N}(?! of)(?= (?:studies|trials|articles|reports)|[,;.]| and|$)")
GIVEN = re.compile(rf"\(n ?= ?{N}(?:[,;] ?<p\d+>)?\)")


@check(
    "enumerations",
    "confirm",
    example="“camera traps (n = 8), radio tracking (n = 6) and tunnels (n = 5)” in a review of 18 studies",
    blind="lists whose sum is far from the number of studies, as of several methods in one study",
)
def enumerations(paper: Paper, outcome: Outcome) -> None:
    """A list of studies by property, X (n = a), Y (n = b), whose numbers almost add up to the included studies."""
    number = included_number(paper)
    for sentence in paper.sentences if number else ():
        text = masked(sentence.text)
        if not sentence.reports_findings or not number or HEDGED.search(text.text):
            continue
        # `The 23 models used …`: what the sentence is about is the whole.
        about = re.match(rf"(?:all |of )?(?:the |all ){N}\b|the {N} ", text.text, re.IGNORECASE)
        whole = text.count(about[1] or about[2]) if about else number
        for pattern, fewest in ((GIVEN, 2), (IN_STUDIES, 3)):
            matches = list(pattern.finditer(text.text))
            apart = [two.start() - one.end() for one, two in pairwise(matches)]
            if len(matches) >= fewest and max(apart) <= MOST_APART:
                _add_up([text.count(match[1]) for match in matches], whole, sentence, outcome)


def _add_up(numbers: Sequence[int], whole: int, sentence: Sentence, outcome: Outcome) -> None:
    shown = " + ".join(map(str, numbers))
    if sum(numbers) == whole:
        outcome.right(sentence, f"{shown} = {whole}")
    elif abs(sum(numbers) - whole) <= max(1, whole // 10):
        message = f"{shown} is {sum(numbers)}, almost all {whole}"
        outcome.wrong(sentence, message, "confirm that the groups overlap or leave some out")
