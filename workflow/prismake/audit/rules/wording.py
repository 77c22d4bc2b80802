"""Abbreviations, the order of tables and figures, and claims about all or none of the studies."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from prismake.audit.abbreviations import Definition, definitions, uses
from prismake.audit.findings import Finding, Severity, rule
from prismake.audit.matter import Matter
from prismake.audit.passages import DISCUSSION, Passage

BODY = ("introduction", "background", "method", "result", "discussion", "conclusion", "finding")
# Sentences that name people by their initials.
PEOPLE = re.compile(
    r"\b(?:authors?|reviewers?|investigators?|researchers?|assessors?|librarians?|team)\b", re.IGNORECASE
)


def _in_body(passage: Passage) -> bool:
    return not passage.floating and any(word in passage.part for word in BODY)


def _finding(identifier: str, severity: Severity, passage: Passage, message: str, fix: str) -> Finding:
    return Finding(identifier, severity, passage.file, passage.line, passage.text.strip(), message, fix)


def _scopes(matter: Matter) -> Iterator[tuple[str, list[Passage]]]:
    """The abstract and the text: each explains its abbreviations by itself."""
    yield "abstract", [one for one in matter.authored if one.part == "abstract"]
    yield "text", [one for one in matter.authored if _in_body(one)]


def _defined(passages: list[Passage]) -> dict[str, list[Definition]]:
    made: dict[str, list[Definition]] = defaultdict(list)
    for passage in passages:
        for definition in definitions(passage):
            made[definition.short].append(definition)
    return made


@rule(
    "abbreviation-undefined",
    "warning",
    needs=(),
    example="TLIF used twice, and explained neither in the text nor in the list of abbreviations",
    blind="abbreviations with digits or small letters, of two letters, or used once; names of trials and guidelines",
)
def abbreviation_undefined(matter: Matter) -> Iterator[Finding]:
    """An abbreviation in capitals is used at least twice in the abstract or the text and not explained there."""
    for scope, passages in _scopes(matter):
        known = set(_defined(passages)) | (set(matter.abbreviations) if scope == "text" else set())
        known |= {word for search in matter.settings.get("searches", []) for word in search["database"].split()}
        plain = [one for one in passages if not PEOPLE.search(one.text)]
        counts = Counter(short for passage in plain for short in uses(passage))
        for passage in plain:
            for short in dict.fromkeys(uses(passage)):
                if len(short) > 2 and counts.pop(short, 0) > 1 and short not in known:
                    message = f"{short} is not explained in the {scope}"
                    fix = f"write its words before it at its first use: … ({short})"
                    yield _finding("abbreviation-undefined", "warning", passage, message, fix)


@rule(
    "abbreviation-twice",
    "warning",
    needs=(),
    example="“magnetic resonance cholangiography (MRC)” in the Introduction and again in the Results",
    blind="explanations of which the letters do not stand in the words",
)
def abbreviation_twice(matter: Matter) -> Iterator[Finding]:
    """An abbreviation is explained twice in the abstract or in the text."""
    for _, passages in _scopes(matter):
        for short, several in _defined(passages).items():
            for again in several[1:]:
                first = several[0].passage
                message = f"{short} is explained before, in {first.file}:{first.line}"
                yield _finding("abbreviation-twice", "warning", again.passage, message, f"write {short} alone")


def _stems(long: str) -> set[str]:
    return {word[:4].lower() for word in re.findall(r"[^\W\d_]+", long) if len(word) > 3}


def _differ(long: str, other: str) -> bool:
    stems, others = _stems(long), _stems(other)
    return bool(stems and others) and 2 * len(stems & others) < len(stems | others)


@rule(
    "abbreviation-meaning",
    "warning",
    needs=(),
    example="PT for physical therapy in the Methods and for prothrombin time in the Results",
    blind="meanings that share half of their words",
)
def abbreviation_meaning(matter: Matter) -> Iterator[Finding]:
    """An abbreviation stands for two things, in the text or in the text and the list of abbreviations."""
    meanings = dict(matter.abbreviations)
    for passage in matter.authored:
        for definition in definitions(passage):
            known = meanings.setdefault(definition.short, definition.long)
            if _differ(known, definition.long):
                message = f"{definition.short} means “{known}” elsewhere, and “{definition.long}” here"
                yield _finding("abbreviation-meaning", "warning", passage, message, "use another abbreviation for one")


@rule(
    "abbreviation-unlisted",
    "warning",
    needs=(),
    example="“foraminotomy (FOR)” in the text, without FOR in data/abbreviations.csv",
    blind="reviews without a list of abbreviations",
)
def abbreviation_unlisted(matter: Matter) -> Iterator[Finding]:
    """An abbreviation that the text explains is missing from the review's list of abbreviations."""
    if not matter.abbreviations:
        return
    for _, passages in _scopes(matter):
        for short, several in _defined(passages).items():
            if short not in matter.abbreviations:
                message, fix = f"{short} is not in the list of abbreviations", "add it to the list"
                yield _finding("abbreviation-unlisted", "warning", several[0].passage, message, fix)


@rule(
    "float-order",
    "warning",
    needs=(),
    example="Table 2 mentioned before Table 1",
    blind="floats that the text never mentions, which the check of the Word document reports",
)
def float_order(matter: Matter) -> Iterator[Finding]:
    """The text first mentions tables or figures in another order than they stand in, so their numbers do not ascend."""
    placed = dict.fromkeys(one.floating for one in matter.passages if one.floating and one.part == "caption")
    for kind in ("tbl:", "fig:"):
        order = [name for name in placed if name.startswith(kind)]
        latest = -1
        seen: set[str] = set()
        for passage in matter.passages:
            if passage.floating or not _in_body(passage):
                continue
            for cited in sorted(passage.cited, key=lambda one: one.at):
                if cited.key not in order or cited.key in seen:
                    continue
                seen.add(cited.key)
                number = order.index(cited.key)
                if number > latest + 1:
                    message = f"{cited.key} is mentioned before {order[latest + 1]}, which stands before it"
                    yield _finding("float-order", "warning", passage, message, "mention them in order, or move one")
                latest = max(latest, number)


SOURCE = r"(?:studies|study|trials?|reports?|articles?|cohorts?|series|publications?|papers?|patients?|participants)"
UNIVERSAL = re.compile(
    rf"\b(?:all|every|none\s+of|no|only)(?:\s+of)?(?:\s+(?:the|these|them|our))?(?:\s+[\w-]+){{0,2}}?\s+{SOURCE}\b"
    rf"|\b{SOURCE}\s+(?:[\w-]+\s+){{0,2}}?(?:exclusively|never|always|invariably|uniformly|without\s+exception)\b",
    re.IGNORECASE,
)
# Plans, and what a sentence says of works outside the review, need no signature.
NOT_OURS = re.compile(
    r"\b(?:should|future|would|could|must|needs?|need|further|no\s+further|no\s+studies\s+were\s+excluded)\b",
    re.IGNORECASE,
)
NOT_ALL = re.compile(r"\b(?:some|few|several|half|most)\b", re.IGNORECASE)
NOT_LEFT_OUT = re.compile(r"\s+(?:was|were)\s+(?:left\s+out|omitted|excluded|removed)\b")
CLAIMED_IN = frozenset({"abstract", "results", "conclusion"}) | DISCUSSION


@rule(
    "universal-claim",
    "confirm",
    needs=("studies",),
    example="“No study reported an adverse event.”",
    blind="claims about all or none in other words or about others than studies and patients, and claims of which a "
    "value prints the number",
)
def universal_claim(matter: Matter) -> Iterator[Finding]:
    """A sentence of the findings says something of all, none or only some of the studies, and no value counts them."""
    for passage in matter.authored:
        if passage.part not in CLAIMED_IN or passage.floating or NOT_OURS.search(passage.text):
            continue
        if passage.keys and not matter.study_ids.intersection(passage.keys):
            continue
        for match in UNIVERSAL.finditer(passage.text):
            if NOT_ALL.search(match[0]) or NOT_LEFT_OUT.match(passage.text, match.end()):
                continue
            before = passage.text[: match.start()]
            if re.search(r"\bnot\b[^.;,]*$", before, re.IGNORECASE) or before.count("“") > before.count("”"):
                continue
            near = (match.start() - 12, match.end() + 12)
            if not any(one.start < near[1] and one.end > near[0] for one in passage.printed):
                message = f"“{match[0]}” is a claim that no value makes"
                fix = "print it from a value, or confirm the sentence in manuscript/confirmed.csv"
                yield _finding("universal-claim", "confirm", passage, message, fix)
                break
