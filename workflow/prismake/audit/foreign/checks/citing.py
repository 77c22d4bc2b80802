"""Citations: their numbers, their names, how many works a count names; tables and figures that the text names."""

from __future__ import annotations

import re
from collections import Counter

from prismake.audit.foreign.findings import Outcome, check
from prismake.audit.foreign.masking import N, folded, masked
from prismake.audit.foreign.paper import Paper, Sentence
from prismake.audit.foreign.studies import included_number

SIMPLE = (
    r"(?:studies|trials|RCTs|cohorts|cohort studies|case series|case reports|articles|"
    r"papers|publications|randomi[sz]ed (?:controlled )?trials|(?:[a-z-]+ ){0,2}studies)"
)
# Raised numbers stand behind the comma.
COUNTED = re.compile(rf"(?<!of )(?<!of the )(?<!among )(?<!other ){N} {SIMPLE}[,;]?\s*$", re.IGNORECASE)
SEVERAL = re.compile(
    r"\b(?:reviews?|meta-analys\w+|maps?|earlier|previous\w*|prior|pool\w*|synthes\w+|"
    r"reports? of|each|per|at least|more than|over|about|respectively|both|publications? "
    r"of)\b",
    re.IGNORECASE,
)


@check(
    "cited-count",
    "error",
    example="“five trials [1–6]”",
    blind="a count that does not stand right before its citations; one study cited with several reports",
)
def cited_count(paper: Paper, outcome: Outcome) -> None:
    """A number of studies equals the number of works that are cited right behind it."""
    if not paper.style:
        outcome.unchecked.append("citations: none were recognised in the text")
        return
    number = included_number(paper)
    for sentence in paper.sentences:
        _cited_at_the_end(sentence, outcome)
        _cited_as_included(sentence, number, outcome)
        for cluster in sentence.cited:
            text = masked(sentence.text[: cluster.at])
            match = COUNTED.search(text.text) or _counted_before(text.text)
            if not match or len(cluster.works) < 2 or SEVERAL.search(text.text[-60:]):
                continue
            if re.search(r"<[nxp]\d+>[^<]{0,3}(?:and|to|or|[-–])\s*$", text.text[: match.start(1) - 2]):
                continue
            count = text.count(match[1])
            shown = sentence.text[text.numbers[int(match[1])].start : cluster.at].strip()
            if count == len(cluster.works):
                outcome.right(sentence, f"{shown} [{cluster.written}]")
            else:
                outcome.wrong(
                    sentence,
                    f"“{shown}” is followed by {len(cluster.works)} citations ({cluster.written})",
                    "correct the count or the citations",
                )


def _counted_before(text: str) -> re.Match[str] | None:
    """`in three` right before citations, where a count of studies stands before: `ethics in nine articles, code "
    "in three`."""
    match = re.search(rf"\bin {N}[,;]?\s*$", text)
    return match if match and re.search(rf"\bin {N} {SIMPLE}\b", text[: match.start()], re.IGNORECASE) else None


AS_INCLUDED = re.compile(
    rf"^(?:finally, |in total, |overall, )?{N} {SIMPLE}(?: of <n\d+> [a-z]+)? (?:were (?:finally )?included|"
    rf"met (?:the|our|all) \w+(?: \w+)?)"
    r"(?: in (?:the|this|our) (?:\w+ )?\w+)?\s*$",
    re.IGNORECASE,
)


def _cited_as_included(sentence: Sentence, number: int | None, outcome: Outcome) -> None:
    """The citations behind `14 studies were included` are as many as the studies."""
    if len(sentence.cited) != 1:
        return
    (cluster,) = sentence.cited
    text = masked(sentence.text[: cluster.at])
    match = AS_INCLUDED.match(text.text)
    if not match or len(cluster.works) < 2:
        return
    count = text.count(match[1])
    if count == len(cluster.works):
        outcome.right(sentence, f"{count} included studies [{cluster.written}]")
    else:
        message = f"{count} studies are included, and {len(cluster.works)} works cited ({cluster.written})"
        outcome.wrong(
            sentence, message, "correct the count or the citations", severity="error" if count == number else "warning"
        )


@check(
    "citation-numbers",
    "error",
    example="[61] where 59 works are listed; the range [9–7]",
    blind="a citation of the wrong work",
)
def citation_numbers(paper: Paper, outcome: Outcome) -> None:
    """Cited works are in the list of references, ranges run upward, and listed works are cited."""
    works = {reference.label for reference in paper.references}
    if paper.style == "author-year":
        return
    if not works or not paper.style:
        outcome.unchecked.append(
            "citations against the list of references: "
            + ("no list was found" if not works else "no citations were recognised")
        )
        return
    cited = {work for paragraph in paper.paragraphs for cluster in paragraph.cited for work in cluster.works}
    if len(cited & works) < len(works) / 2:
        outcome.unchecked.append(
            "citations against the list of references: most listed works were not recognised in the text"
        )
        return
    for paragraph in paper.paragraphs:
        for cluster in paragraph.cited:
            missing = [work for work in cluster.works if work not in works]
            text = paragraph.text[max(0, cluster.at - 80) : cluster.at] + f" [{cluster.written}]"
            if cluster.backward:
                outcome.wrong(
                    paragraph, f"the range {cluster.written} runs backward", "correct the citation", text=text
                )
            elif missing:
                outcome.wrong(
                    paragraph,
                    f"{', '.join(missing)} is not among the {len(works)} listed works",
                    "correct the citation",
                    text=text,
                )
    outcome.right("References", f"{len(cited & works)} of {len(works)} listed works are cited")
    if paper.form != "PDF" and len(cited & works) >= 0.8 * len(works):
        for reference in paper.references:
            if reference.label not in cited and re.search(r"\b(?:19|20)\d\d", reference.text):
                outcome.wrong(
                    "References",
                    f"work {reference.label} is never cited in the text",
                    "cite it or delete it",
                    text=reference.text[:120],
                    severity="warning",
                )


ELSEWHERE = re.compile(
    r"\W*+\d*+\W*+(?:introduction|background|materials|methods?|discussion|conclusion)", re.IGNORECASE
)


def _cited_at_the_end(sentence: Sentence, outcome: Outcome) -> None:
    """One count of studies in a sentence of Results that ends with its only citations, three or more."""
    text = masked(sentence.text)
    counts = re.findall(rf"\b(?:in|by|from|of) {N} (?:studies|trials|articles)\b(?!\s*$)", text.text, re.IGNORECASE)
    if len(sentence.cited) != 1 or len(counts) != 1 or ELSEWHERE.match(sentence.paragraph.section):
        return
    (cluster,) = sentence.cited
    others = re.findall(rf"{N} (?:[a-z-]+ )?(?:studies|trials|articles|reports)", text.text, re.IGNORECASE)
    if cluster.at < len(sentence.text) - 2 or len(cluster.works) < 3 or len(others) > 1:
        return
    if (
        re.search("[;:]", sentence.text)
        or SEVERAL.search(sentence.text)
        or re.search(
            r"\b(?:as|like|consistent|similar|in line|theory|guideline|and|but|while|whereas|"
            r"although|which|whose|who|where|when|largest|include\w*)\b",
            sentence.text,
        )
    ):
        return
    count = text.count(counts[0])
    if count == len(cluster.works):
        outcome.right(sentence, f"{count} studies [{cluster.written}]")
    else:
        message = f"{count} studies, and the sentence ends with {len(cluster.works)} citations ({cluster.written})"
        outcome.wrong(sentence, message, "correct the count or the citations", severity="warning")


NAME = re.compile(
    r"(?P<name>[A-ZÀ-Þ][\w’'À-ž-]+)(?: (?:and|&) [A-ZÀ-Þ][\w’'À-ž-]+(?= \((?:19|20)\d\d\))"
    r"| et al\.?| and (?:colleagues|co-?workers))"
    r"(?: \((?P<year>(?:19|20)\d\d)\)| (?P<bare>(?:19|20)\d\d),?)?(?:[’']s)?\s*$"
)
# Bodies whose last word stands where a name would.
BODIES = re.compile(
    r"(?:Group|Groups|Organization|Organisation|Collaboration|Consortium|Institute|Society|Association|Network|"
    r"Investigators|University|Committee|Foundation|Commission|Agency|Team|Center|Centre)"
)


@check(
    "cited-name",
    "error",
    example="“Smith et al [12]” where work 12 is by others; “Smith et al (2019) [12]” of 2018",
    blind="authors that the text does not name beside the number",
)
def cited_name(paper: Paper, outcome: Outcome) -> None:
    """An author named right before a citation is among that work's authors; a year named there is that work's."""
    listed = {reference.label: reference.text for reference in paper.references}
    for sentence in paper.sentences:
        for cluster in sentence.cited:
            match = NAME.search(sentence.text[: cluster.at])
            if (
                not match
                or len(cluster.works) != 1
                or cluster.works[0] not in listed
                or BODIES.fullmatch(match["name"])
            ):
                continue
            work = listed[cluster.works[0]]
            if not set(folded(match["name"])) <= set("abcdefghijklmnopqrstuvwxyz'’-") or len(match["name"]) < 3:
                continue
            shown = f"{match[0].strip()} [{cluster.written}]"
            year = match["year"] or match["bare"]
            if folded(match["name"]) not in folded(work):
                outcome.wrong(
                    sentence,
                    f"“{shown}”: work {cluster.works[0]} does not name {match['name']}",
                    "correct the citation or the name",
                    text=shown,
                )
            elif year and year not in work:
                outcome.wrong(
                    sentence,
                    f"“{shown}”: work {cluster.works[0]} is not of {year}",
                    "correct the year or the citation",
                    text=shown,
                    severity="warning",
                )
            else:
                outcome.right(sentence, shown)


MENTION = re.compile(
    r"\b(?P<kind>Tables?|Figures?|Figs?\.)\s+(?P<list>\d+[A-Za-z]?(?:(?:\s*[,&–-]\s*|"
    r"\s+and\s+|\s+to\s+)\d+[A-Za-z]?)*)(?! of | in [A-Z])"
)


@check(
    "mentions",
    "error",
    example="“(Table 4)” in an article with three tables",
    blind="a mention of the wrong table",
)
def mentions(paper: Paper, outcome: Outcome) -> None:
    """Tables and figures that the text names exist."""
    if paper.form == "PDF":
        outcome.unchecked.append("tables and figures that the text names: captions cannot be told apart in a PDF")
        return
    captions = [caption.text for caption in paper.of("caption")] + [
        f"{table.label} {table.caption}" for table in paper.tables
    ]
    for kind in ("Table", "Fig"):
        there = {int(match[1]) for text in captions for match in re.finditer(rf"^{kind}\w*\.?\s*(\d+)", text)}
        if kind == "Fig" and paper.form == "JATS" and not there:
            continue
        named: dict[int, Sentence] = {}
        for sentence in paper.sentences:
            if sentence.paragraph.part in ("text", "abstract"):
                for match in MENTION.finditer(sentence.text):
                    numbers = [int(one) for one in re.findall(r"\d+", match["list"])]
                    if match["kind"].startswith(kind) and not sentence.cited:
                        named |= {number: sentence for number in numbers if number not in named}
        if not there or there != set(range(1, max(there) + 1)):
            if named:
                outcome.unchecked.append(f"{kind.lower()}s that the text names: not all captions were recognised")
            continue
        for number, sentence in named.items():
            if number not in there:
                outcome.wrong(
                    sentence, f"there is no {kind.lower()} {number}; the last is {max(there)}", "correct the number"
                )
        for number in sorted(there & named.keys()):
            outcome.right("text", f"{kind} {number} is named and there")


@check(
    "references-twice",
    "warning",
    example="the same DOI or the same title in two entries of the list",
    blind="one work written in two ways without an identifier",
)
def references_twice(paper: Paper, outcome: Outcome) -> None:
    """No work is listed twice: no DOI or PMID occurs in two entries."""
    if not paper.references:
        outcome.unchecked.append("the list of references: none was found")
        return
    identifiers = Counter[str]()
    for reference in paper.references:
        identifiers.update({one.rstrip(".,;)").lower() for one in re.findall(r"\b10\.\d{4,}/\S+", reference.text)})
    for identifier, times in identifiers.items():
        if times > 1:
            labels = [one.label for one in paper.references if identifier in one.text.lower()]
            if len(labels) > 1 and not any(
                re.search(r"erratum|correct|supplement", one.text, re.IGNORECASE)
                for one in paper.references
                if one.label in labels
            ):
                outcome.wrong(
                    "References", f"{' and '.join(labels)} are the same work", "list it once", text=identifier
                )
    outcome.right("References", f"{len(paper.references)} works, {len(identifiers)} with a DOI")
