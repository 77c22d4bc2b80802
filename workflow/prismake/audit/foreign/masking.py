"""Text with its numbers replaced by marks, so that patterns speak of "a count" and not of its letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from prismake.audit.numerals import Numeral, numerals

# A count in a masked text; `one` is an article elsewhere.
N = r"<n(\d+)>"
# What is counted on the way through a selection.
RECORDS = (
    r"(?:(?:potentially|unique|relevant|eligible|bibliographic|initial|remaining|full[- "
    r"]text|non-duplicate|duplicated?|"
    r"different|further|published|primary|original) )*"
    r"(?:records|citations|articles|studies|references|titles(?: and abstracts)?|abstracts|publications|papers|"
    r"reports|hits|results|entries|trials|full[- ]texts|documents)"
)
STUDIES = (
    r"(?:(?:[a-z-]+ ){0,3}(?:studies|trials|articles|papers|reports|publications|series|RCTs|cohorts|surveys|reviews))"
)
PEOPLE = (
    r"(?:patients|participants|subjects|individuals|adults|children|infants|neonates|women|men|students|nurses|people|"
    r"persons|volunteers|cases|adolescents|mothers|pregnancies|caregivers|carers|respondents|animals|residents|learners|"
    r"pupils|teachers|survivors|veterans|workers|families|older adults|eyes|knees|hips)"
)

SEX = r"(?:women|men|females?|males?|girls|boys)"
SHARE = r"(?: [(\[]?<p\d+>[)\]]?)?"
# `50 (53.8%) were women`, `50 women (53.8%)`, `50 were women`
ONE_SEX = rf"{N}{SHARE} (?:were |are )?({SEX}){SHARE}"


@dataclass(frozen=True)
class Masked:
    """A text in which `<n3>` stands for the whole number `numbers[3]`, `<p3>` for a percentage, `<x3>` for others."""

    text: str
    numbers: tuple[Numeral, ...]

    def count(self, mark: str) -> int:
        """The whole number that a mark stands for."""
        return int(self.numbers[int(mark)].value)


def _numerals(text: str) -> Iterator[Numeral]:
    """The numbers of a text, sentence by sentence: the context of a number is short, and a paragraph may be long."""
    start = 0
    for end in [*(match.end() for match in re.finditer(r"[.;]\s", text)), len(text)]:
        for number in numerals(text[start:end]):
            yield replace(number, start=number.start + start, end=number.end + start)
        start = end


@lru_cache(maxsize=4096)
def masked(text: str) -> Masked:
    """A text with marks for its numbers."""
    numbers = tuple(_numerals(text))
    parts, at = [], 0
    for place, number in enumerate(numbers):
        whole = number.form in ("count", "year") and number.value == int(number.value)
        letter = "p" if number.form == "percent" else "n" if whole else "x"
        parts += [text[at : number.start], f"<{letter}{place}>"]
        at = number.end
    return Masked("".join([*parts, text[at:]]), numbers)


def digits_of(text: str) -> int | None:
    """The whole number that a cell holds alone: 12, 1,204, n = 12."""
    match = re.fullmatch(r"(?:[nN]\s*=\s*)?(\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)", text.strip())
    return int(re.sub(r"\D", "", match[1])) if match else None


def folded(text: str) -> str:
    """A name without accents and case."""
    plain = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("ß", "ss"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
