"""Abbreviations in text: where they are explained, and where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prismake.audit.passages import Passage

# Known to every reader, or names more than abbreviations, in the usage of medical journals.
COMMON = frozenset(
    word
    for line in (
        "AIDS AMSTAR AND ANOVA APA API ASCII BBC BMI CAB CARE CASP CENTRAL CHARMS CI CINAHL COCHRANE COI CONSORT COREQ",
        "COVID CPU CSV CT DNA DOI EBSCO ECG EEG EMBASE ENTREQ EQUATOR ERIC EU FDA GPU GRADE HIV HR HTML ICD ICMJE",
        "ICTRP ID IEEE INPLASY IQ IQR ISBN ISO ISRCTN ISSN JBI JSON LILACS MD MEDLINE MESH MOOSE MRI NCT NHS NICE",
        "NIH NOT NR OECD OR ORCID OSF PC PCR PDF PECO PEDRO PHD PICO PICOS PRESS PRISMA PROSPERO QUADAS QUIPS RCT",
        "RIS RNA ROBINS ROBIS RR SAGER SARS SAS SD SE SEM SPIDER SPSS SQL STARD STATA STROBE SWIM TIDIER TRIPOD TV",
        "UK UN UNESCO UNICEF URL US USA USDA UV VIP WHO WOS XML",
    )
    for word in line.split()
)
USE = re.compile(r"(?<![\w./@&-])([A-Z]{2,8})s?(?![\w/@&]|[-.]\w)")
ROMAN = re.compile(r"[IVXLCM]+")
QUOTED = re.compile(r"[\"“][^\"”“]*[\"”]")
# What follows the name of a trial, guideline or instrument.
NAMED = re.compile(
    r"\s+(?:[\w-]+\s+)?(?:trials?|study|studies|registry|register|cohort|collaboration|consortium|group|network|"
    r"statement|checklist|guidelines?|criteria|tool|framework|extension|software|database|model|algorithm|version|code)\b",
    re.IGNORECASE,
)
BRACKET = re.compile(r"\(([^()]{2,120})\)")
SHORT = re.compile(r"([A-Z][A-Za-z]{0,3}[A-Z][A-Za-z]{0,5}?)s?(?=$|[;,\s])")


@dataclass(frozen=True)
class Definition:
    """An abbreviation with the words that explain it, in its passage."""

    short: str
    long: str
    passage: Passage


def long_form(short: str, before: str) -> str:
    """The words at the end of a text that an abbreviation stands for; empty if none do.

    Its letters are looked for from the right, its first at the beginning of a word: Schwartz AS, Hearst MA. A simple
    algorithm for identifying abbreviation definitions in biomedical text. Pac Symp Biocomput 2003:451-462.
    """
    text, at = before.rstrip(), len(before.rstrip())
    for place in range(len(short) - 1, -1, -1):
        at -= 1
        while at >= 0 and (
            text[at].lower() != short[place].lower() or (place == 0 and at > 0 and text[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return ""
    words = text[at:].split()
    return " ".join(words) if len(words) <= min(len(short) + 5, len(short) * 2) else ""


def definitions(passage: Passage) -> Iterator[Definition]:
    """The abbreviations that a passage explains, as `long form (SHORT)` or `SHORT (long form)`."""
    for bracket in BRACKET.finditer(passage.text):
        before, inside = passage.text[: bracket.start()], bracket[1].strip()
        if (match := SHORT.match(inside)) and (long := long_form(match[1], before)) and len(long) > len(match[1]):
            yield Definition(match[1], long, passage)
        elif (last := re.search(r"([A-Z]{2,8})s?[\"”]?\s*$", before)) and " " in inside:
            words = re.split(r"[;,]", inside)[0].removeprefix("for ").strip()
            if (long := long_form(last[1], words)) and len(long) >= len(words) - 1:
                yield Definition(last[1], long, passage)


def uses(passage: Passage) -> Iterator[str]:
    """The abbreviations in capitals that a passage uses, without names, Roman numerals and quoted words."""
    text = QUOTED.sub(lambda match: " " * len(match[0]), passage.text)
    for match in USE.finditer(text):
        short = match[1]
        if short in COMMON or ROMAN.fullmatch(short) or NAMED.match(text, match.end()):
            continue
        yield short
