"""The way from the records to the included studies, and sums of parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import combinations, pairwise

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.included import Included, included_counts
from prismake.audit.foreign.masking import PEOPLE, RECORDS, Masked, N, masked
from prismake.audit.foreign.paper import Paper, Paragraph, Sentence
from prismake.audit.foreign.studies import study_tables

LOST = (
    r"(?:removed|excluded|discarded|eliminated|deleted|rejected|ineligible|not (?:retrieved|"
    r"available|obtained)|unavailable)"
)
REMOVED = [
    rf"(?:removal|removing|exclusion|excluding|elimination|eliminating|deletion|deleting) (?:of )?{N}",
    rf"{N} (?:were |was )?(?:exact )?duplicat\w+",
    rf"{N} (?:{RECORDS}|of these|of them|others?)?[^<.;:]{{0,40}}?(?:were|was|had been|"
    rf"being|could not be|were then|also)? ?{LOST}",
    rf"{N} could not be (?:retrieved|obtained|located|accessed)",
    rf"(?:excluded|removed|discarded|eliminated) {N}\b",
    rf"(?:duplicates?|duplicate records|excluded|removed|not retrieved|ineligible)[^<.;]{{0,45}}\(n ?= ?{N}\)",
]
KEPT = (
    r"(?:identified|retrieved|screened|assessed|reviewed|evaluated|sought|remained|underwent|"
    r"included|eligible|examined|read|left)"
)
STATED = [
    rf"(?:identified|yielded|retrieved|returned|produced|generated|resulted in|found|"
    rf"located)(?: a total of| in total)? {N} {RECORDS}",
    rf"{N} {RECORDS}(?: that| which)?(?: were| was| then)?(?: finally| ultimately| initially|"
    rf" subsequently| then)? ?{KEPT}",
    rf"(?:assessed|screened|reviewed|read|evaluated|examined|retrieved|obtained)(?: the)?(?: remaining)? {N} {RECORDS}",
    rf"leaving(?: a total of)? {N}",
    rf"{N} (?:{RECORDS} )?(?:remained|were left|met (?:the|our|all))",
    rf"(?:records|reports|studies|articles|full[- ]texts?)[\w\s,-]{{0,30}}(?:identified|"
    rf"screened|assessed|included|sought|after duplicates)"
    rf"[^<.;()]{{0,40}}\(n ?= ?{N}\)",
    rf"full[- ]texts? (?:of|for) {N} ",
]
ADDED = re.compile(
    r"(?:additional|\badd(?:ed|ing)\b|\bupdate|experts|contact|further (?:studies|reports|"
    r"articles|records)|other sources|hand[- ]?search|citation (?:search|track|chas)"
    r"|reference lists?|snowball|registers?|"
    r"updated? search|grey literature|gray literature|manual(?:ly)? search|another search|more than one)",
    re.IGNORECASE,
)
# More removals than these between two counts are not combined.
MOST = 10


@dataclass(frozen=True)
class Step:
    """A count on the way: how many were there (`kept`) or were taken out, and where it stands."""

    kept: bool
    number: int
    at: int


def steps_of(text: Masked) -> list[Step]:
    """The counts of a selection in the order of a text; a count that fits both kinds was taken out."""
    kinds: dict[int, bool] = {}
    places: dict[int, int] = {}
    for kept, patterns in ((True, STATED), (False, REMOVED)):
        for pattern in patterns:
            for match in re.finditer(pattern, text.text, re.IGNORECASE):
                kinds[int(match[1])] = kept
                places[int(match[1])] = match.start(1)
    return [Step(kinds[one], text.count(str(one)), places[one]) for one in sorted(kinds)]


def _explained(difference: int, numbers: Sequence[int]) -> bool:
    """Whether some of these numbers add up to a difference."""
    some = numbers[:MOST]
    return any(sum(chosen) == difference for size in range(1, len(some) + 1) for chosen in combinations(some, size))


def _flow_texts(paper: Paper) -> Iterator[tuple[Paragraph, str]]:
    for paragraph in paper.of("abstract", "text", "caption"):
        yield paragraph, paragraph.text


@check(
    "selection",
    "error",
    example="“428 records … after removal of 71 duplicates, 375 were screened”: 428 − 71 = 357",
    blind="a selection told out of order or over several paragraphs; records added from other sources",
)
def selection(paper: Paper, outcome: Outcome) -> None:
    """Each count on the way from the records to the included studies equals the one before without those removed."""
    _check_figure(list(paper.of("box")), outcome)
    for paragraph, text in _flow_texts(paper):
        if re.search("duplicat|screen|full[- ]text|exclu", text, re.IGNORECASE):
            _check_steps(paragraph, masked(text), outcome)
    if not outcome.passed and not outcome.findings:
        outcome.unchecked.append("no paragraph tells the selection as counts that can be subtracted")


def _check_figure(boxes: Sequence[Paragraph], outcome: Outcome) -> None:
    """The counts in the text boxes of a flow figure, read in the order of the file."""
    if not boxes:
        return
    text = masked(" ".join(box.text for box in boxes))
    sources = re.findall(
        rf"(?:registers?|websites|organi[sz]ations|citation search\w*|other (?:sources|methods)"
        rf")[^<]{{0,30}}{N}",
        text.text,
        re.IGNORECASE,
    )
    if any(text.count(mark) for mark in sources):
        outcome.unchecked.append("flow figure: records come from several kinds of sources")
    else:
        _check_steps(boxes[0], text, outcome)


def _restarts(text: str, at: int) -> bool:
    """Whether a count is that of another search, or of studies after their reports: `15 reports of 12 studies`."""
    head, tail = text[:at], text[at : at + 60]
    return bool(
        re.search(
            r"(?:identified|yielded|retrieved|returned|produced|generated|found|located)(?: "
            r"a total of| in total)? <n$",
            head,
        )
        or re.search(r"<n\d+> [a-z -]{0,20}(?:of|on|from|describing|reporting|for) (?:the )?<n$", head)
        or re.match(rf"\d+> {RECORDS} (?:were )?(?:initially )?(?:identified|found|retrieved from)", tail)
    )


def _check_steps(paragraph: Paragraph, text: Masked, outcome: Outcome) -> None:
    steps = steps_of(text)
    kept = [at for at, step in enumerate(steps) if step.kept]
    for first, second in pairwise(kept):
        before, after = steps[first], steps[second]
        removed = [step.number for step in steps[first + 1 : second]]
        between = text.text[before.at : after.at]
        if not removed or before.number <= after.number or _restarts(text.text, after.at):
            continue
        if before.number - sum(removed) == after.number:
            outcome.passed.append(f"{before.number:,} − {' − '.join(f'{one:,}' for one in removed)} = {after.number:,}")
            continue
        # What was taken out may follow: "assessed 60 reports after excluding 740".
        rest = re.split(r"[.;]\s", text.text[after.at :])[0]
        others = [text.count(mark) for mark in re.findall(N, f"{between} {rest}")]
        if (paragraph.part != "box" and ADDED.search(between)) or _explained(before.number - after.number, others):
            outcome.unchecked.append(
                f"{before.number:,} to {after.number:,}: more happens between them ({paragraph.place})"
            )
            continue
        shown = " − ".join(f"{one:,}" for one in (before.number, *removed))
        outcome.wrong(
            paragraph,
            f"{shown} is {before.number - sum(removed):,}, not {after.number:,}",
            "correct the counts of the selection, in the figure as well",
            text=_around(paragraph, text, before, after),
        )


def _around(paragraph: Paragraph, text: Masked, before: Step, after: Step) -> str:
    """The sentences from one count to another."""
    if paragraph.part == "box":
        return "flow figure"
    marks = [text.text[step.at : step.at + 4] for step in (before, after)]
    places = [text.numbers[int(re.sub(r"\D.*", "", mark))] for mark in marks]
    start = paragraph.text.rfind(". ", 0, places[0].start) + 1
    end = paragraph.text.find(". ", places[1].end)
    return paragraph.text[start : end + 1 if end != -1 else None].strip()


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
    """Reasons of exclusion, databases, and women and men add up to the number that they divide."""
    for sentence in [*paper.sentences, *(one for box in paper.of("box") for one in box.sentences)]:
        text = masked(sentence.text)
        _sexes(sentence, text, outcome)
        if not HEDGED.search(text.text) and not OVERLAPPING.search(text.text):
            _databases(sentence, text, outcome)
            _reasons(sentence, text, paper.style, outcome)


def _compare(sentence: Sentence, whole: int, some: Sequence[int], what: str, outcome: Outcome) -> None:
    shown = " + ".join(f"{one:,}" for one in some)
    if sum(some) == whole:
        outcome.passed.append(f"{shown} = {whole:,} ({what})")
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
SEX = r"(?:women|men|females?|males?|girls|boys)"
SHARE = r"(?: [(\[]?<p\d+>[)\]]?)?"
SEXES = [
    re.compile(
        rf"{N} (?:[a-z-]+ )?{PEOPLE} \((?:(?:of whom|including) )?{N} (?:were )?({SEX}){SHARE}[,;]?(?: and)? "
        rf"{N} (?:were )?({SEX}){SHARE}(?=[;)]|, (?!(?:and )?<))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{N} (?:[a-z-]+ )?{PEOPLE}(?: were included| were enrolled)?[,:] (?:of whom )?{N} "
        rf"(?:were )?({SEX}){SHARE} and "
        rf"{N} (?:were )?({SEX})\b(?!,? (?:and )?<)",
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


def _reasons(sentence: Sentence, text: Masked, style: str, outcome: Outcome) -> None:
    """Numbers in parentheses behind `N … excluded`, up to the next count that is not in parentheses."""
    for match in re.finditer(rf"{N}[^<;.]{{0,60}}?\b(?:excluded|removed|discarded)\b", text.text, re.IGNORECASE):
        rest = text.text[match.end() :]
        inside = r"\((?:n ?= ?)?<n\d+>\)" if style != "parentheses" else r"\(n ?= ?<n\d+>\)"
        listed = re.match(rf"(?:[^<()]*{inside})+", rest) or re.match(
            r"[^<()]*\((?:[^<()]*[,:=] ?(?:n ?= ?)?<n\d+>[;,]?)+\)", rest
        )
        some = [text.count(one) for one in re.findall(N, listed[0])] if listed else []
        whole = text.count(match[1])
        if (
            len(some) > 1
            and whole > max(some)
            and not re.search(r"\b(?:leaving|remained|included)\b", listed[0] if listed else "")
        ):
            _compare(sentence, whole, some, "reasons of exclusion", outcome)


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
        outcome.unchecked.append("fewer than two sentences say how many studies are included")


def _agree(noun: str, counts: Sequence[Included], tabled: Set[int], outcome: Outcome) -> None:
    """Compares the counts of one noun: where several, or one and a table, agree against one other, that is an error."""
    numbers = Counter(one.number for one in counts)
    if len(numbers) == 1:
        if len(counts) > 1:
            outcome.passed.append(f"{counts[0].number} included {noun} in {len(counts)} sentences")
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
