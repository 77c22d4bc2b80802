"""The way from the records to the included studies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import PEOPLE, RECORDS, Masked, N, masked
from prismake.audit.foreign.paper import Paper, Paragraph

LOST = (
    r"(?:removed|excluded|discarded|eliminated|deleted|rejected|ineligible|not (?:eligible|retrieved|"
    r"available|obtained)|unavailable)"
    # `screened 60 reports and excluded 51` takes out the 51.
    r"(?! (?:(?:the|another|a further|a total of) )?<n)"
)
REMOVED = [
    rf"(?:removal|removing|exclusion|excluding|elimination|eliminating|deletion|deleting) (?:of )?{N}",
    rf"{N} (?:were |was )?(?:exact )?duplicat\w+",
    rf"{N} (?:{RECORDS}|of these|of them|others?)?(?:(?! after )[^<.;:]){{0,40}}?(?:were|was|had been|"
    rf"being|could not be|were then|also)? ?{LOST}",
    rf"{N} could not be (?:retrieved|obtained|located|accessed)",
    rf"(?:excluded|removed|discarded|eliminated|rejected) (?:a further |another |the )?{N}",
    rf"(?:duplicates?|duplicate records|excluded|removed|not retrieved|ineligible)[^<.;]{{0,45}}\(n ?= ?{N}\)",
]
KEPT = (
    r"(?:identified|retrieved|screened|assessed|reviewed|evaluated|sought|remained|underwent|"
    r"included|eligible|examined|read|left|found|located|obtained|entered)"
)
STATED = [
    rf"(?:identified|yielded|retrieved|returned|produced|generated|resulted in|found|"
    rf"located)(?: a total of| in total)? {N} {RECORDS}",
    rf"{N} {RECORDS}(?: of <n\d+> {PEOPLE})?(?: left)?(?: that| which)?(?: were| was| then)?(?: finally| "
    rf"ultimately| initially| thus| therefore|"
    rf" subsequently| then)? ?{KEPT}",
    rf"(?:assessed|screened|reviewed|read|evaluated|examined|retrieved|obtained)(?: the)?(?: remaining)? {N} {RECORDS}",
    rf"leaving(?: a total of)? {N}",
    rf"{N} (?:{RECORDS} )?(?:remained|were left|met (?:the|our|all))",
    rf"(?:records|reports|studies|articles|full[- ]texts?)[\w\s,-]{{0,30}}(?:identified|"
    rf"screened|assessed|included|sought|after duplicates)"
    rf"[^<.;()]{{0,40}}\(n ?= ?{N}\)",
    rf"full[- ]texts? (?:of|for) {N} ",
    rf"(?:^|[.;] )of (?:the |these )?{N} {RECORDS}",
    rf"{N} (?:were|was) (?:then |finally )?{KEPT}",
    rf"\b(?:review|map|synthesis) (?:finally )?(?:includes?|included|covers) {N} {RECORDS}",
]
ADDED = re.compile(
    r"(?:additional|\badd(?:ed|ing)\b|\bupdate|experts|contact|further (?:studies|reports|"
    r"articles|records)|other sources|hand[- ]?search|citation (?:search|track|chas)"
    r"|reference lists?|snowball|registers?|"
    r"updated? search|grey literature|gray literature|manual(?:ly)? search|another search|more than one)",
    re.IGNORECASE,
)
# Records that came in from elsewhere: `a further 12`, `12 additional records`.
MORE = re.compile(
    rf"(?:additional|further|another|extra) {N}|{N} (?:additional|further|more|other|extra)\b", re.IGNORECASE
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
    steps = [Step(kinds[one], text.count(str(one)), places[one]) for one in sorted(kinds)]
    return [step for at, step in enumerate(steps) if not (at and _is_reason(text.text, steps[at - 1], step))]


def _is_reason(text: str, before: Step, step: Step) -> bool:
    """Whether a count in parentheses is a reason of the exclusion before it: `32 were excluded: adults (n = 12)`."""
    between = text[before.at : step.at]
    given = re.compile(r"\(n ?= ?<n$")
    same = not re.search(r"[.;]\s", between)
    return (
        same
        and not (before.kept or step.kept)
        and bool(given.search(between))
        and not given.search(text[: before.at + 2])
    )


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
        added = [] if paragraph.part == "box" else [text.count(one or two) for one, two in MORE.findall(between)]
        left = before.number + sum(added) - sum(removed)
        shown = " + ".join(f"{one:,}" for one in (before.number, *added)) + "".join(f" − {one:,}" for one in removed)
        if not removed or before.number + sum(added) <= after.number or _restarts(text.text, after.at):
            continue
        if left == after.number or before.number - sum(removed) == after.number:
            shown = shown if left == after.number else shown.replace(f" + {added[0]:,}" if added else "", "", 1)
            outcome.right(_around(paragraph, text, before, after), f"{shown} = {after.number:,}")
            continue
        # What was taken out may follow: "assessed 60 reports after excluding 740".
        rest = re.split(r"[.;]\s", text.text[after.at :])[0]
        others = [text.count(mark) for mark in re.findall(N, f"{between} {rest}")]
        unclear = paragraph.part != "box" and not added and ADDED.search(between)
        if unclear or _explained(before.number - after.number, others):
            outcome.unchecked.append(
                f"{before.number:,} to {after.number:,}: more happens between them ({paragraph.place})"
            )
            continue
        outcome.wrong(
            paragraph,
            f"{shown} is {left:,}, not {after.number:,}",
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
