"""Numbers in English text: digits and words, ranges, percentages, ordinals, fractions, dates; and what is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from prismake.manuscript.filters import MONTHS as FULL_MONTHS
from prismake.manuscript.filters import TENS, UNITS

Form = Literal["count", "decimal", "percent", "range", "date", "year", "ordinal", "fraction", "multiple"]

ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
FRACTIONS = {"half": (1, 2), "halves": (1, 2), "third": (1, 3), "quarter": (1, 4), "fifth": (1, 5), "tenth": (1, 10)}
MULTIPLES = {"twice": 2, "thrice": 3, "twofold": 2, "threefold": 3, "fourfold": 4}
COMPARED = {"double": 2, "triple": 3}
GROUPS = {"dozen": 12, "dozens": 12, "pair": 2, "couple": 2}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
MONTHS = [*FULL_MONTHS, "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec"]
CARDINALS = {word: number for number, word in enumerate(UNITS)} | {
    word: (number + 2) * 10 for number, word in enumerate(TENS)
}

# Numbers in Chinese characters, where no other character makes a word of them.
HAN = "[\u4e00-\u9fff]"
HAN_DIGITS = {
    **{character: number for number, character in enumerate("零一二三四五六七八九")},
    **{"〇": 0, "两": 2},
}
HAN_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
DASH = "[-‐‑–—−]"
DIGITS = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
MONTH = "|".join(MONTHS)
SPELLED = "|".join([*UNITS, *TENS, *SCALES])
WORDS = rf"(?:{SPELLED})(?:(?:[-\s]|\sand\s)(?:{SPELLED}))*"
DATE = re.compile(
    rf"\b(?:(?:{MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{MONTH})\.?,?\s+\d{{4}}"
    rf"|(?:{MONTH})\.?\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}})\b"
)
# `the second stage of labor` and `a two-tailed test` are names; `the second trial` and `a two-year visit` count.
RANKED = (
    "author|party|parties|person|edition|stage|trimester|line|generation|degree|molar|language|opinion|reader|reviewer"
)
SHAPED = re.compile(
    rf"^{DASH}(?:tailed|sided|way|dimensional|armed|arm|field|stage|step|point|tier|tiered|sample|factor|portal|part|lead"
    r"|item|question|domain|level|component|legged|dose|hit|drug|digit|letter|word|page|bed|group"
    r"|bit|core|layer|reader|reviewer|observer|rater|person)\b"
    rf"|^{DASH}fold\s+(?:cross|validation|CV)"
    rf"|^{DASH}by{DASH}"
    # Tests and outcomes that are called by a time, dose or distance: 6-minute walk, 75-g oral glucose, 24-hour urine.
    rf"|^{DASH}(?:s|sec|second|min|minute|h|hour|day|week|month|year|m|meter|metre|foot|g|gram|mg)[-\s]"
    r"(?:walk|run|swim|sit|stand|chair|step|stair|oral|glucose|plasma|postprandial|urin|recall|diet|food|ambulatory|"
    r"electrocardio|holter|mortality|survival|risk|readmission|reoperation|retention|moving|average)"
    # `two-, three- and four-level` and the locants of chemistry.
    rf"|^{DASH}(?=[,\s])|^{DASH}(?:HT|FU|ASA|KETO)\b"
    rf"|^{DASH}\w*(?:hydroxy|methyl|amino|fluoro|chloro|bromo|oxo|phosph|acetyl|nitro|lipoxygenase|reductase)"
)
SUTURE = re.compile(r"\b\d-0\s+(?=(?:suture|nylon|silk|polypropylene|polyglactin|monofilament|stitch))")
# Roman numerals count where people or reports follow, and no word before them makes them a name: `in XIV patients`.
ROMAN = re.compile(
    r"\b(?P<letters>(?!IV\b)(?=[XVI]{2})X{0,3}(?:IX|IV|V?I{0,3}))(?=\s(?:(?:consecutive|older|adult|included|eligible)\s)?"
    r"(?:patients|participants|people|women|men|children|studies|trials|records|reports|articles)\b)"
    r"|[\u2160-\u217f]+(?=\s[a-z]+s\b)"
)
BEFORE_ROMAN = re.compile(
    r"(?:^|[.;:,(]\s|\b(?:in|of|to|had|and|for|all|the|was|were|with|only|from|over|among|included|excluded)\s)$", re.I
)
ROMAN_LETTERS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
NUMBER = re.compile(
    rf"(?P<digits>(?:(?<![\w.,/])|(?<=\d/)){DIGITS})(?P<ordinal>st|nd|rd|th)?(?P<percent>\s?%|\s+per\s?cent\b|\s+percent\b)?"
    rf"|\b(?P<fraction>(?:(?:one|two|three)[-\s])?(?:half|halves|thirds?|quarters?|fifths?|tenths?))\b(?!{DASH}|\s+(?:author|party))"
    rf"|\b(?P<ordinals>{'|'.join(ORDINALS[2:])})\b(?!{DASH}|\s+(?:{RANKED})\b)"
    # `double the dose` is a number; double-blind, double data entry and triple therapy are names.
    rf"|\b(?P<multiple>{'|'.join(MULTIPLES)}|(?:{'|'.join(COMPARED)})(?=\s+(?:the|that|those|of|as)\b))\b(?!{DASH})"
    rf"|(?P<script>[¼½¾⅐-⅞]|(?<!{HAN})[{''.join(HAN_DIGITS)}{''.join(HAN_SCALES)}]+(?!{HAN}))"
    # A pair and a couple are numbers only where they count: `a couple of studies`, not `a matched pair`.
    r"|\b(?P<group>dozens?|(?<=\ba\s)(?:pair|couple)(?=\s+of\b))\b"
    rf"|\b(?P<words>{WORDS})\b(?P<spelled_percent>\s+per\s?cent\b|\s+percent\b)?",
    re.IGNORECASE,
)
# Names that hold digits: vertebrae, molecules, instruments, versions, guidelines, registrations, parts of a paper.
NAMED_BEFORE = re.compile(
    r"(?:\b(?:PRISMA(?:-\w+)?|RoB|ROBINS-[IE]|AMSTAR|QUADAS|ICD|DSM|COVID|SARS-CoV|types?|grades?|class|classes|stages?|phases?|levels?|generation|"
    r"version|edition|semester|v|No\.?|nos?\.|number|items?|questions?|Q|steps?|parts?|aims?|table|tables|figure|figures|fig\.|figs\.|box|appendix|"
    r"supplement|annex|panel|file|video|algorithm|footnote|section|chapter|equation|eq\.|reference|ref\.|"
    r"page|pp?\.|volume|vol\.|Python|R|Windows|GPT|ISO|Web of|"
    r"CRD|NCT|grant|protocol|group|arm|cohort|model|visit|day|week|month|year|zone|vertebra|segment|factor|interleukin|"
    r"experiment|theme|subtheme|domain|objective|hypothesis|module|session|task|cluster|category|criterion|scenario|"
    r"wave|tier|block|round|recommendation|principle|pillar|goal|quartile|quintile|tertile|vignette|principal\s+component|"
    r"ATLAS\.ti|NVivo|MAXQDA|SPSS|Stata|SAS|RevMan|JASP|jamovi|Prism|MATLAB|EndNote|Excel|Zotero|Julia|Java|iOS|Android|"
    r"Web|Industry|HPV|DALL-E|Llama)"
    r"[\s\u00a0-]*(?P<listed>\d+[a-z]?\s*(?:,(?:\s*(?:and|or)\b)?|and|or|to|through|–|-)\s*)*)$",
    re.IGNORECASE,
)
# `day 30` and `group 2` are names, `in 30 days` is not; what follows makes a count of these again.
COUNTED_AFTER = re.compile(r"\s*(?:records|studies|patients|participants|reports|trials|women|men|people|eyes|cases)\b")
NEAR = 100
SHARE_AFTER = re.compile(r"\s*\(\d+(?:\.\d+)?\s?%")
ATTACHED_BEFORE = re.compile(r"[A-Za-z]$|[A-Za-z][-‐‑–]$|[@#_]$|(?<!\d)/$")
ATTACHED_AFTER = re.compile(r"^(?:[A-Za-z_@]|/(?!\d)|[-‐‑][A-Za-z]*\d)")
CONFIDENCE_INSIDE = re.compile(
    r"\b(?:9[059]|99\.9)\s?%\s*(?:confidence|credible|prediction|uncertainty|limits|CIs?\b|PIs?\b|UIs?\b|CrIs?\b|HDIs?\b|LoA\b)"
    r"|\b(?:1|5|10)\s?%\s+(?:significance\s+)?level\b"
)
ADDRESS = re.compile(r"(?:https?://|www\.|doi:?\s*|10\.\d{4,}/)\S+|(?<!\S)\S[^\s@]*@\S+\.\w+", re.IGNORECASE)
STREET = r"(?:Street|St\.|Road|Rd\.|Avenue|Ave\.|Boulevard|Blvd\.|Lane|Square)"
# 12 Example Street; Example Street 12, 80331 City; +49 89 1234567.
POSTAL = re.compile(
    rf"\b\d+[a-z]?\s+(?:[A-Z][\w’'-]*\s+){{1,3}}{STREET}(?!\w)(?:,\s+\d{{4,6}}(?=\s+[A-Z]))?|\b{STREET}\s+\d+[a-z]?(?:,\s+\d{{4,6}}(?=\s+[A-Z]))?"
    r"|\+\d[\d\s()/-]{6,}\d"
)
IDENTIFIER = re.compile(r"\b[A-Z]{2,}[-\s]?\d{4,}[-\d]*\b|\b[A-Za-z]+[-]?\d+(?:[-–/][A-Za-z]*\d+)*[A-Za-z]?\b")
# What else is a name or a convention: designs, allocations, registrations, versions, frequencies, thresholds of P in
# legends, the first number of a heading, the ends of a scale, the author of a species.
SHAPES = (
    # Indices and exponents of a formula, and a fraction of its letters.
    re.compile(r"[_^]\{[^{}]*\}|[_^]\d+|\b\d+/(?=[A-Za-z]_)"),
    re.compile(r"\bIS[BS]N(?:\sis)?:?\s[\dXx-]+"),
    re.compile(r"\b\d\s?[×x]\s?\d\s(?=(?:factorial|contingency|cross-?over|design|tables?)\b)"),
    re.compile(r"(?<![\d:])\d{1,2}:\d{1,2}(?::\d{1,2})?(?![\d:])"),
    re.compile(r"\bCA\s\d+-\d\b|\b\d{4}-\d{6}-\d{2}\b|\b\d+\.\d+\.\d+\b|\b\d+\.\d+-\d+\b"),
    re.compile(
        r"\b(?:twice|thrice|(?:two|three|four)\stimes)\s(?:daily|weekly|monthly|yearly|an?|per|each|every)\b", re.I
    ),
    re.compile(r"(?<![*†‡§¶#])[*†‡§¶#]+\s?[Pp]\s?[<≤]\s?0?\.\d+"),
    re.compile(r"\bNo\.?\s\d+/\d+|\b\d+/\d+/\w+|\b(?:19|20)\d\d/\d+\b|\b24/7\b|\b20/\d+(?=\svis)"),
    # Versions (PyTorch 1.13), and a scale with words at its ends: from 0.5 (chance) to 1 (perfect).
    re.compile(
        r"\b[A-Z]+[a-z]+[A-Z]\w*\s\d+\.\d+\b|\b\d[\d.]{0,12}\s\([^()\d]+\)\s?(?:to|–|-)\s?\d[\d.]*\s\([^()\d]+\)"
    ),
    re.compile(r"\b[Cc]ross-validat\w+[^.;]{0,20}\b\w+-?fold\b|\b\w+-?fold\s+cross-?validat"),
    # Whom a review is about: adults aged 65 years and over.
    re.compile(r"\bage[ds]?\s(?:of\s)?\d+\s(?:years?\s)?(?:and|or)\s(?:over|older|above|more)\b"),
    re.compile(r"\bhalf\san?\s(?:[a-z]+\s)?(?:year|day|hour|century|minute)\b"),
    # `no two of them are alike`
    re.compile(r"\b(?:[Nn]o|[Aa]ny)\stwo\b"),
    # A code that begins with 0, and the end of a scale: `70.2 of 100 points`.
    re.compile(
        r"(?<![\d.,])0\d+\b(?!\.\d|\s[a-z]+|\s\(\d)|\b(?:out\s)?of\s(?:a\s(?:possible|maximum)\s)?\d+\spoints\b"
    ),
    re.compile(r"^\d+\.(?:\d++\.?+)*+\s+(?=[A-Z])"),
    re.compile(
        r"\b(?i:scales?|scores?|scored|rated|ratings?|Likert|VAS|NRS)\b[^.;\d]{0,30}"
        r"\b[01]\s*(?:\([^)]*\)\s*)?(?:to|–|-)\s*\d+\b"
    ),
    re.compile(r"(?:\bL\.,?|\b[A-Z][a-zü]+,)\s1[78]\d\d\b"),
)
RANGE = re.compile(rf"\s*{DASH}\s*|\s+to\s+|\s+(?:and)\s+")


@dataclass(frozen=True)
class Numeral:
    """A number in a text: its place, its letters, its value, and in which form it is written."""

    start: int
    end: int
    text: str
    value: Decimal
    form: Form


def _spelled(text: str) -> Decimal:
    """The value of a number in words."""
    total = part = 0
    for word in re.split(r"[-\s]+", text.lower()):
        if word == "and":
            continue
        if word in SCALES:
            scale = SCALES[word]
            part = (part or 1) * scale
            if scale > 100:
                total, part = total + part, 0
        else:
            part += CARDINALS[word]
    return Decimal(total + part)


def _scripted(text: str) -> Decimal:
    """The value of a number in Chinese characters, or of a fraction in one letter."""
    if text not in HAN_DIGITS and not set(text) & {*HAN_DIGITS, *HAN_SCALES}:
        return Decimal(str(unicodedata.numeric(text)))
    total = part = 0
    for character in text:
        if character in HAN_SCALES:
            total, part = total + (part or 1) * HAN_SCALES[character], 0
        else:
            part = part * 10 + HAN_DIGITS[character] if part else HAN_DIGITS[character]
    return Decimal(total + part)


def _roman(text: str) -> Decimal:
    """The value of a Roman numeral."""
    letters = [ROMAN_LETTERS[letter] for letter in unicodedata.normalize("NFKC", text).upper()]
    following = [*letters[1:], 0]
    return Decimal(sum(-one if one < other else one for one, other in zip(letters, following, strict=True)))


def _fraction(text: str) -> Decimal:
    parts = re.split(r"[-\s]+", text.lower())
    name = parts[-1].removesuffix("s") if parts[-1] != "halves" else "half"
    above, below = FRACTIONS[name]
    many = CARDINALS.get(parts[0], above) if len(parts) > 1 else above
    return Decimal(many) / Decimal(below)


def _read(match: re.Match[str]) -> tuple[Decimal, Form]:
    if digits := match["digits"]:
        number = Decimal(re.sub(r"[,\u00a0\u202f]", "", digits))
        if match["percent"]:
            return number, "percent"
        if match["ordinal"]:
            return number, "ordinal"
        if "." in digits:
            return number, "decimal"
        return number, "year" if 1900 <= number <= 2100 and "," not in digits else "count"
    if match["fraction"]:
        return _fraction(match["fraction"]), "fraction"
    if match["ordinals"]:
        return Decimal(ORDINALS.index(match["ordinals"].lower())), "ordinal"
    if match["multiple"]:
        return Decimal((MULTIPLES | COMPARED)[match["multiple"].lower()]), "multiple"
    if match["script"]:
        return _scripted(match["script"]), "count" if match["script"][0] in HAN_DIGITS | HAN_SCALES else "fraction"
    if match["group"]:
        return Decimal(GROUPS[match["group"].lower()]), "count"
    return _spelled(match["words"]), "percent" if match["spelled_percent"] else "count"


# `fell by a third`, `almost a tenth in both groups`.
AMOUNT = re.compile(r"\b(?:by|than|nearly|about|almost|over|under|roughly|only|approximately)\sa\s$", re.IGNORECASE)
AMOUNT_END = re.compile(r"\s*(?:$|[.,;:)])|\s(?:in|after|among|during|from|with|at|over|and|when|while|compared)\b")


def _is_share(text: str, start: int, end: int) -> bool:
    """Whether `third` is a share, as in `a third of the trials` or `fell by a third`; `a third reviewer` is a rank."""
    before = text[max(0, start - NEAR) : start]
    if not re.search(r"\ba\s$", before, re.IGNORECASE):
        return False
    return text.startswith(" of ", end) or bool(AMOUNT.search(before) and AMOUNT_END.match(text, end))


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether the digits at a place belong to a name: L3, PRISMA 2020, IL-6, Table 2."""
    # What names a number stands near; a text may hold thousands of them.
    before, after = text[max(0, start - NEAR) : start], text[end : end + NEAR]
    if ATTACHED_BEFORE.search(before) or ATTACHED_AFTER.match(after):
        return True
    named = NAMED_BEFORE.search(before)
    # `of stage 1, 252 (48%) of stage 2`: the second number has its share.
    if not named or (named["listed"] and SHARE_AFTER.match(after)):
        return False
    # `at the title stage 92 records`, but `phase 3 trials`.
    return not (COUNTED_AFTER.match(after) and len(text[start:end]) > 1)


def _hidden(text: str) -> list[tuple[int, int]]:
    """The places of addresses and identifiers, whose digits are no numbers."""
    return [
        match.span()
        for pattern in (ADDRESS, POSTAL, SUTURE, IDENTIFIER, CONFIDENCE_INSIDE, *SHAPES)
        for match in pattern.finditer(text)
    ] + _enumerators(text)


def _enumerators(text: str) -> list[tuple[int, int]]:
    """The places of (1), (2), (3) where they number what stands behind them."""
    numbered = list(re.finditer(r"\((\d{1,2})\)(?=\s\w)", text))
    counting = [int(match[1]) for match in numbered] == list(range(1, len(numbered) + 1))
    return [match.span() for match in numbered] if counting and len(numbered) > 1 else []


def numerals(text: str) -> list[Numeral]:
    """The numbers of a text, in order. `one` alone is an article as often as a number, and is none."""
    return list(_numerals(text))


# Every rule reads the same sentences.
@lru_cache(maxsize=8192)
def _numerals(text: str) -> tuple[Numeral, ...]:
    numbers: list[Numeral] = []
    hidden = _hidden(text)
    dates = [match.span() for match in DATE.finditer(text)]
    for start, end in dates:
        numbers.append(Numeral(start, end, text[start:end], Decimal(re.findall(r"\d{4}", text[start:end])[0]), "date"))
    for match in ROMAN.finditer(text):
        if not match["letters"] or BEFORE_ROMAN.search(text[max(0, match.start() - NEAR) : match.start()]):
            numbers.append(Numeral(match.start(), match.end(), match[0], _roman(match[0]), "count"))
    for match in NUMBER.finditer(text):
        start, end = match.span()
        if any(begin < end and start < stop for begin, stop in (*dates, *hidden)):
            continue
        if match["digits"] and not match["percent"] and _is_name(text, start, end):
            continue
        before = text[max(0, start - NEAR) : start]
        if SHAPED.match(text[end : end + NEAR]) or re.search(rf"{DASH}by{DASH}$", before):
            continue
        lone = (match["fraction"] or "").lower() in ("third", "fifth", "tenth")
        ranked = lone and re.search(r"\bthe\s$", before, re.IGNORECASE)
        if ranked:
            place = next(at for at, word in enumerate(ORDINALS) if word == match[0].lower())
            numbers.append(Numeral(start, end, match[0], Decimal(place), "ordinal"))
            continue
        if (match["words"] or "").lower() in ("one", "zero") or (lone and not _is_share(text, start, end)):
            continue
        number, form = _read(match)
        numbers.append(Numeral(start, end, match[0], number, form))
    return tuple(sorted(numbers, key=lambda numeral: numeral.start))


def ranges(text: str, found: Sequence[Numeral]) -> Iterator[tuple[Numeral, Numeral]]:
    """The pairs of neighbours that are the ends of a range: 55–119, 2016 to 2026."""
    for first, second in pairwise(found):
        if RANGE.fullmatch(text[first.end : second.start]) and " and " not in text[first.end : second.start]:
            yield first, second
