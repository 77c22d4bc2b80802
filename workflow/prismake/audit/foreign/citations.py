"""Citations in the text of a document: numbers in brackets, in parentheses or raised, and the links of JATS."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prismake.audit.foreign.paper import Cluster

# Marks that the readers put around raised text and around links to works.
RAISED, UNRAISED, LINK, UNLINK = "\ue000", "\ue001", "\ue002", "\ue003"
DASHES = r"\-‐‑–—−"
LIST = rf"\d{{1,3}}(?:\s*[,;{DASHES}]\s*\d{{1,3}})*"
STYLES = {
    "brackets": re.compile(rf"\s*\[(?P<list>{LIST})\]"),
    "raised": re.compile(rf"{RAISED}\s*(?P<list>{LIST}),?\s*{UNRAISED}"),
    "parentheses": re.compile(rf"\s*\((?P<list>{LIST})\)"),
}
# Links side by side, with what stands between them: [3]–[5], (3, 4).
LINKS = re.compile(
    rf"[\s{RAISED}]*[\[(]?{RAISED}?{LINK}[^{UNLINK}]*{UNLINK}(?:[\s,;{DASHES}{RAISED}{UNRAISED}]*{LINK}[^{UNLINK}]*{UNLINK})"
    rf"*"
    rf"{UNRAISED}?[\])]?{UNRAISED}?"
)
ONE_LINK = re.compile(rf"(?P<between>[^{LINK}]*){LINK}(?P<work>[^{UNLINK}|]*)\|(?P<shown>[^{UNLINK}]*){UNLINK}")
MARKS = re.compile(f"[{RAISED}{UNRAISED}]")
# Raised digits behind these are exponents.
UNIT = re.compile(r"(?:\b(?:mm|cm|km|m|dm|s|kg/m|10|R|r|I|x)|[χτηωεσ]|\d)$")
# Behind a number, numbers in brackets are its range: 45 years [30–61]; years are no such number.
MEASURED = re.compile(
    r"(?<![\d.])(?!(?:19|20)\d\d\D)\d+(?:\.\d+)?\s?(?:%|years?|months?|weeks?|days?|"
    r"hours?|min(?:utes)?|points?|m?g|[cm]m)?\s*$"
)
# Citations by author and year: `Frank (2016)`, `Zhao and Lin (2018)`, `(Hubert et al., 2011; Baker & Harris 2007)`.
# Names are of bounded length and number, as each could start a list as long as the text.
AUTHOR = r"[A-ZÀ-Þ][\w’'À-ž-]{1,40}"
AUTHORS = (
    rf"(?P<name>{AUTHOR})(?:,? (?:and|&) {AUTHOR}|(?:, {AUTHOR}){{1,8}},? (?:and|&) {AUTHOR}|,? et al\.?)?(?:[’']s?)?"
)
NARRATIVE = re.compile(rf"(?<![\w-]){AUTHORS} \((?P<years>(?:19|20)\d\d[a-z]?(?:, (?:19|20)\d\d[a-z]?)*)\)")
PARENTHESIS = re.compile(r"\(([^()]*\b(?:19|20)\d\d[a-z]?)\)")
IN_PARENTHESIS = re.compile(
    rf"(?:see |e\.g\.,? |cf\. |also |and )*{AUTHORS},? (?P<years>(?:19|20)\d\d[a-z]?(?:, (?:19|20)\d\d[a-z]?)*)"
)
# Words that stand before a year like a name.
NO_AUTHORS = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|PRISMA|Cochrane|WHO|"
    r"Table|Figure|In|The|Since|Until|Before|After|Version|Windows|Excel|Python|Spring|Summer|Autumn|Winter)"
)
# So many places show how a document cites.
ENOUGH = 3


def style_of(texts: Sequence[str], works: int) -> str:
    """How a document cites: by `links`, `brackets`, `raised` numbers or `parentheses`; empty where that is unclear.

    Numbers that go beyond the list of references speak against a style.
    """
    whole = "\n".join(texts)
    if LINK in whole:
        return "links"
    counts = {}
    for name, pattern in STYLES.items():
        matches = [match for match in pattern.finditer(whole) if _plausible(name, whole, match)]
        numbers = {int(number) for match in matches for number in re.findall(r"\d+", match["list"])}
        # Parentheses hold counts as often as citations: they cite only where the numbers start at one and are many.
        needed = max(ENOUGH, works // 3) if name == "parentheses" else ENOUGH
        if len(matches) >= needed and (name != "parentheses" or {1, 2, 3} <= numbers):
            counts[name] = len(matches)
    return max(counts, key=lambda name: counts[name]) if counts else ""


def cited_by_name(text: str) -> list[tuple[str, str]]:
    """The citations by author and year in a text: the first author's name and the year."""
    matches = list(NARRATIVE.finditer(text))
    for group in PARENTHESIS.finditer(text):
        parts = [IN_PARENTHESIS.fullmatch(part.strip()) for part in group[1].split(";")]
        matches += [match for match in parts if match]
    return [
        (match["name"], year[:4])
        for match in matches
        if not NO_AUTHORS.fullmatch(match["name"])
        for year in re.split(", ", match["years"])
    ]


def _plausible(style: str, text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - 20) : match.start()], text[match.end() : match.end() + 1]
    if "0" in re.split(r"\D+", match["list"]):
        return False
    if style == "raised":
        # Digits before a letter belong to an isotope.
        return not UNIT.search(before) and not after.isalpha()
    return not (re.search(r"\D", match["list"]) and MEASURED.search(before))


def works_of(written: str) -> tuple[tuple[str, ...], bool]:
    """The numbers that a list of citations names, and whether a range in it runs backward."""
    works: list[str] = []
    backward = False
    for part in re.split(r"\s*[,;]\s*", written):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        if len(ends) == 2:
            backward = backward or ends[1] <= ends[0]
            works += [str(number) for number in range(ends[0], ends[1] + 1)]
        else:
            works += [str(number) for number in ends]
    return tuple(dict.fromkeys(works)), backward


def _linked(match: re.Match[str], order: Sequence[str]) -> tuple[tuple[str, ...], str, bool]:
    """The works of neighbouring links, a dash between two standing for all between them."""
    works: list[str] = []
    backward = False
    for link in ONE_LINK.finditer(match[0]):
        work = link["work"]
        if works and re.search(rf"[{DASHES}]", link["between"]) and works[-1] in order and work in order:
            first, last = order.index(works[-1]), order.index(work)
            backward = backward or last <= first
            works += order[first + 1 : last]
        works += work.split()
    shown = re.sub(rf"{LINK}[^|]*\||[{UNLINK}{RAISED}{UNRAISED}]", "", match[0]).strip(" []()")
    return tuple(dict.fromkeys(works)), shown, backward


def separated(text: str, style: str, order: Sequence[str]) -> tuple[str, tuple[Cluster, ...]]:
    """A text without its citations and marks, and the citations at their places. `order`: the works as listed."""
    pattern = LINKS if style == "links" else STYLES.get(style)
    plain, cited, at = "", [], 0
    for match in pattern.finditer(text) if pattern else ():
        if style != "links" and not _plausible(style, text, match):
            continue
        plain += MARKS.sub("", text[at : match.start()])
        if style == "links":
            works, written, backward = _linked(match, order)
        else:
            (works, backward), written = works_of(match["list"]), match["list"]
        cited.append(Cluster(len(plain), works, written, backward))
        at = match.end()
    plain += MARKS.sub("", re.sub(rf"{LINK}[^|]*\||{UNLINK}", "", text[at:]))
    return plain, tuple(cited)
