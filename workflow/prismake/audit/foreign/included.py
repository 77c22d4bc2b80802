"""How many studies a review says that it includes, and how many participants."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prismake.audit.foreign.masking import PEOPLE, N, masked
from prismake.audit.foreign.paper import Paper, Sentence

NOUNS = r"(studies|trials|articles|papers|reports|publications|series|RCTs|cohorts|surveys|reviews)"
WORDS = r"(?:[a-z-]+ ){0,3}?"
REVIEW = r"(?:(?:systematic|scoping|qualitative|present|current|evidence) )*(?:map|review|synthesis|meta-analysis)"
# `with 231 caregivers` between the studies and what is said of them.
WITH = rf"(?: (?:of|with|involving|comprising|enrolling) <n\d+> {WORDS}{PEOPLE}| \(<n\d+> {WORDS}{PEOPLE}\))?"
SO = r"(?:finally |ultimately |eventually |thus |therefore |hence |then )?"
# What may stand between the studies and the verb: `covering 318 sites in nine countries`.
ASIDE = (
    r"(?: left)?(?: \([^()]*\))?"
    r"(?: (?:covering|involving|comprising|describing|reporting)(?:(?! and |, )[^.;:]){0,60}?)?"
)
INCLUDED = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{N} {WORDS}{NOUNS}{WITH}{ASIDE} (?:were|was) {SO}(?:included|eligible)"
        rf"(?: in (?:this|the|our) {REVIEW})?(?=\s*[.,;)]| with| and| \(|$)",
        rf"{N} {WORDS}{NOUNS}{WITH}{ASIDE} {SO}entered (?:this|the|our) {REVIEW}",
        rf"(?:we|th(?:is|e|at) {REVIEW}|our {REVIEW}) (?:finally |ultimately )?(?:included?s?|covers) {N} "
        rf"{WORDS}{NOUNS}",
        rf"(?:this|our|the present) {REVIEW} of {N} {WORDS}{NOUNS}",
        rf"{N} {WORDS}{NOUNS}{WITH}{ASIDE} {SO}(?:met|fulfilled|satisfied) (?:the|our|all) (?:(?:inclusion|eligibility"
        rf"|selection)|criteria)",
        rf"(?:(?:of|across|among|in) (?:all |the )?|\b(?:all|the|these) ){N} included {WORDS}{NOUNS}",
    )
]
# Sentences about a part of the review, or about another one.
OTHER = re.compile(
    r"quantitative|network|each|per |subgroup|update|previous|prior|earlier|their review|et al|respectively"
    r"|included in (?:the|a|our) (?:\w+ )?meta-analys",
    re.IGNORECASE,
)
STUDIES_WITH_PEOPLE = re.compile(
    rf"{N} (?:included |eligible |randomi[sz]ed |controlled |clinical |primary )*{NOUNS}(?: were included,?)? "
    rf"(?:(?:of|with|including|included|involving|enrolling|enrolled|comprising|totall?ing)(?: a total of)? {N} "
    rf"(?:[a-z]+ )?{PEOPLE}\b|\({N} {PEOPLE}[;,)])",
    re.IGNORECASE,
)
PEOPLE_IN_ALL = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:this|our|the present) {REVIEW} of {N} {PEOPLE}\b",
        rf"(?:the|all|included) (?:studies|trials|reports) [^.;<]{{0,20}}(?:<n\d+> to <n\d+> )?(?:and )?included "
        rf"{N} {PEOPLE}(?=[.,;:]|$| \()",
        rf"\bwith a total of {N} (?:[a-z-]+ )?{PEOPLE} (?:across|in|from) (?:all|the) (?:included )?(?:studies|trials)",
        rf"(?:all|included|review|overall|altogether|across)\b[^.;]{{0,60}}\btotal of {N} (?:[a-z-]+ )?{PEOPLE}",
        rf"\btotal of {N} (?:[a-z-]+ )?{PEOPLE}[^.;<]{{0,30}}\b(?:all|included|review|overall|altogether|across)\b",
        rf"<n\d+> (?:and|to) <n\d+> {PEOPLE}, {N} (?:in (?:all|total)|altogether)\b",
    )
]


# Definite, but they may speak of a part: they only support what another sentence says.
SUPPORTING = re.compile(
    rf"(?:^|[.;:] )(?:all |the ){N} (?:{NOUNS} (?:were|was|are|included|came|reported|used)\b|included {NOUNS})"
    rf"|\bof (?:the |all |these )?{N} {NOUNS}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Included:
    """A statement of how many studies are included, and what it calls them: 20 studies may have 22 reports."""

    sentence: Sentence
    number: int
    noun: str


@dataclass(frozen=True)
class Enrolled:
    """A statement of how many participants the review covers; `studies` where it says in how many studies."""

    sentence: Sentence
    people: int
    studies: int | None = None


def included_counts(paper: Paper) -> list[Included]:
    """Where the text says how many studies the review includes."""
    counts = []
    for sentence in paper.sentences:
        if sentence.paragraph.part not in ("abstract", "text") or OTHER.search(sentence.text):
            continue
        if sentence.cited and "included" not in sentence.text and not re.search(r"\bmet\b", sentence.text):
            continue
        text = masked(sentence.text)
        for pattern in INCLUDED:
            for match in pattern.finditer(text.text):
                counts.append(Included(sentence, text.count(match[1]), match[2].lower()))
    return list(dict.fromkeys(counts))


def supporting_numbers(paper: Paper) -> set[int]:
    """Numbers of studies that sentences on the findings speak of as known: `the 18 studies were …`, `of 18 studies`."""
    numbers = set()
    for sentence in paper.sentences:
        if sentence.reports_findings and not sentence.cited:
            text = masked(sentence.text)
            for match in SUPPORTING.finditer(text.text):
                numbers.add(text.count(match[1] or match[4]))
    return numbers


def enrolled_counts(paper: Paper) -> list[Enrolled]:
    """Where the text says how many participants the review covers, or how many studies have how many participants."""
    counts = []
    for sentence in paper.sentences:
        if sentence.cited and not re.search(r"\bincluded?\b", sentence.text):
            continue
        if sentence.paragraph.part not in ("abstract", "text") or re.search(
            "previous|prior|earlier|et al|each|per ", sentence.text, re.IGNORECASE
        ):
            continue
        text = masked(sentence.text)
        for match in STUDIES_WITH_PEOPLE.finditer(text.text):
            counts.append(Enrolled(sentence, text.count(match[3] or match[4]), text.count(match[1])))
        taken = {one.people for one in counts if one.sentence is sentence}
        for pattern in PEOPLE_IN_ALL:
            for match in pattern.finditer(text.text):
                if text.count(match[1]) not in taken:
                    counts.append(Enrolled(sentence, text.count(match[1])))
    return list(dict.fromkeys(counts))
