"""Numbers that cannot stand together, and abbreviations."""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.paper import Paper

NUMBER = r"[-−]?\d+(?:\.\d+)?"
INTERVAL = re.compile(
    rf"(?P<measure>\b(?:OR|RR|HR|IRR|MD|SMD|WMD|RD|odds ratio|risk ratio|relative risk|"
    rf"hazard ratio|mean difference|mean|median|averaged|average|sensitivity|specificity|prevalence|AUC|"
    rf"r|d|g)\b)"
    rf"[^.;()\[\]\d]{{0,25}}?(?P<value>{NUMBER})(?P<unit> ?%| [a-zA-Z]+)?\s*[,;(\[]+\s*(?P<kind>9[059]\s?% "
    rf"?(?:CI|confidence interval)|range|IQR|interquartile range)s?\s*[:,=]?\s*"
    rf"(?P<low>{NUMBER}) ?%?\s*(?:to|[-‐–—]|,)\s*(?P<high>{NUMBER})",
    re.IGNORECASE,
)


def _number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-"))


@check(
    "interval",
    "error",
    example="“OR 1.52 (95% CI 1.61–2.04)”; “mean age 68 (range 55–63)”",
    blind="estimates far from their interval in the text",
)
def interval(paper: Paper, outcome: Outcome) -> None:
    """An estimate lies in its interval, a mean or median in its range, and the lower end of an interval comes first."""
    for sentence in paper.sentences:
        for match in INTERVAL.finditer(sentence.text):
            value, low, high = (_number(match[name]) for name in ("value", "low", "high"))
            mean_in_quartiles = (
                match["kind"].lower().startswith(("iqr", "inter")) and "median" not in match["measure"].lower()
            )
            # "-3.1 - -1.2" written with one dash reads as a positive end.
            if mean_in_quartiles or (value < 0 <= low and value < 0 <= high):
                continue
            if low > high and low > 0:
                outcome.wrong(
                    sentence,
                    f"the interval {match['low']} to {match['high']} runs backward",
                    "correct its ends",
                    text=match[0],
                )
            elif low <= value <= high:
                outcome.right(sentence, match[0].strip())
            else:
                outcome.wrong(
                    sentence,
                    f"{match['value']} lies outside {match['low']} to {match['high']}",
                    "correct the estimate or its interval",
                    text=match[0],
                )


WHOLE = re.compile(r"\b(?:number of|score|VAS|NRS|ODI|points|Likert|items correct|count)\b", re.IGNORECASE)


@check(
    "grim",
    "warning",
    example="a mean of 3.47 of whole numbers in 15 people: no sum of whole numbers gives it",
    blind="means with fewer digits than the size allows to tell; items that are no whole numbers",
)
def grim(paper: Paper, outcome: Outcome) -> None:
    """A mean of whole numbers (scores, counts) is possible for its n (GRIM; Brown and Heathers 2017)."""
    for table in paper.tables:
        sizes = [re.search(r"\b[nN]\s*=\s*(\d+)\b", header) for header in table.header]
        for row in table.rows:
            if not WHOLE.search(row[0]) or re.search(
                r"subscale|average|composite|standardi|percent|%|index", row[0], re.IGNORECASE
            ):
                continue
            for at, size in enumerate(sizes):
                match = re.match(r"^(\d+\.\d{1,2})\s*(?:±|\(\d)", row[at].strip()) if size else None
                if match and size:
                    _possible(f"{row[0]}: {row[at]}", match[1], int(size[1]), table.label or "a table", outcome)
    if not outcome.passed and not outcome.findings:
        outcome.unchecked.append("means of whole numbers: no table gives a score with its n")


def _possible(shown: str, mean: str, size: int, place: str, outcome: Outcome) -> None:
    places = len(mean.partition(".")[2])
    if size == 0 or size >= 10**places:
        return
    step = Decimal(1).scaleb(-places)
    nearest = (Decimal(mean) * size).to_integral_value()
    if any(
        abs(Decimal(whole) / size - Decimal(mean)) <= step * Decimal("0.5000001")
        for whole in (nearest - 1, nearest, nearest + 1)
    ):
        outcome.right(place, f"{shown} with n = {size}")
    else:
        outcome.wrong(
            place, f"no sum of {size} whole numbers has the mean {mean}", "check the mean and its n", text=shown
        )


DEFINED = re.compile(r"\((?P<short>[A-Z][A-Za-z]?[A-Z][A-Z0-9]{0,5}s?)\)")
USED = re.compile(r"(?<![\w-])[A-Z]{3,6}s?(?![\w-])")
# What needs no explanation, and Roman numerals.
COMMON = re.compile(
    r"(?:AND|NOT|USA|DNA|RNA|HIV|AIDS|COVID|PRISMA|CENTRAL|MEDLINE|EMBASE|CINAHL|PROSPERO|DOI|ISBN|ISSN|WHO|III|VII|"
    r"VIII|XII|XIII|PICO|PICOS|GRADE|SPSS|STATA|ROBINS|QUADAS|AMSTAR|ANOVA|MRI|URL|PDF|TELF|CSV|ISO|SAS|OSF|ICTRP|"
    r"STROBE|CONSORT|MESH|MOOSE|CASP|JBI|NOS|LILACS|ERIC)"
)


def _spells(short: str, long: str) -> bool:
    """Whether the letters of an abbreviation occur in this order at the words before it."""
    letters, place = short.removesuffix("s").lower(), 0
    for letter in long.lower():
        if place < len(letters) and letter == letters[place]:
            place += 1
    return place == len(letters)


@check(
    "abbreviations",
    "warning",
    example="“VAS” used five times and explained nowhere; “CT (computed tomography)” and “CT (cognitive therapy)”",
    blind="abbreviations of two letters or with small letters that nothing explains",
)
def abbreviations(paper: Paper, outcome: Outcome) -> None:
    """An abbreviation that the text uses three times is explained, and means one thing."""
    running = [
        paragraph
        for paragraph in paper.paragraphs
        if paragraph.part in ("abstract", "text", "notes", "caption", "title")
    ]
    meanings: dict[str, dict[str, str]] = defaultdict(dict)
    for paragraph in running:
        for match in DEFINED.finditer(paragraph.text):
            short = match["short"].removesuffix("s")
            before = paragraph.text[max(0, match.start() - 120) : match.start()]
            words = re.findall(r"[\w’']+", before)[-len(short) - 1 :]
            if words and _spells(short, " ".join(words)):
                meanings[short][words[-1].lower().removesuffix("s")] = " ".join(words)
    whole = " ".join(paragraph.text for paragraph in running)
    listed = set(re.findall(r"\b([A-Z][A-Za-z0-9]{1,6})(?:[,:=]| [–=-]) ?[a-z]", whole)) | set(
        re.findall(r"\(([A-Z]{3,6})s?[;,)]", whole)
    )
    uses: dict[str, int] = defaultdict(int)
    for paragraph in running:
        if paragraph.part == "text" and paragraph.text.upper() != paragraph.text:
            for match in USED.finditer(paragraph.text):
                uses[match[0].removesuffix("s")] += 1
    for short, times in sorted(uses.items()):
        if times < 3 or COMMON.fullmatch(short) or not set(short) - set("IVXLC"):
            continue
        if short in meanings or short in listed or re.search(rf"\b{short}s? \(", whole):
            outcome.right("text", short)
        else:
            outcome.wrong(
                "text",
                f"{short} is used {times} times and explained nowhere",
                "explain it where it is used first",
                text=short,
            )
    for short, all_meanings in meanings.items():
        if len(all_meanings) > 1:
            outcome.wrong(
                "text",
                f"{short} stands for {' and for '.join(f'“{one}”' for one in all_meanings.values())}",
                "use one meaning",
                text=short,
            )
