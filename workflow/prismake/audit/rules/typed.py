"""Numbers that an author typed where a value belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.audit.findings import Finding, Severity, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import KINDS_OF_STUDY, PEOPLE, Nouns
from prismake.audit.numerals import Numeral, numerals
from prismake.audit.passages import DISCUSSION, FINDINGS, Passage
from prismake.common.values import plural_of, singular_of

# Words between a finding of the review's own and that of another work.
COMPARED = re.compile(
    r"\b(?:agree[sd]?|agreement|consistent|comparable|similar|identical|in line|in keeping|in contrast|contrary)"
    r"\s+(?:with|to)\b"
    r"|\b\w+er\s+than\b(?=.*\b(?:reported|found|observed|described|earlier|previous|published)\b)"
)
# What a person says, of four words and more, is no finding of the review; nor is who said it, in brackets behind it.
SPEECH = re.compile(r"[“\"](?:[^”\"]*?\w+[^\w”\"]+){3,}[^”\"]*[”\"](?:\s\([^()]*\))?")
# Two reviewers are checked against the settings; the two groups have been spoken of before; `Three reasons:
# a, b, and c` counts what stands behind it.
WORKERS = re.compile(
    r"\s+(?:(?:independent|blinded|trained|different|other|of\s+the|of\s+us)\s+)*(?:reviewers?|authors|investigators|"
    r"researchers|raters|screeners|assessors|coders|librarians)\b",
    re.IGNORECASE,
)
TAKEN_UP = re.compile(r"\b(?:the|these|those|its|their|between)\s$", re.IGNORECASE)
LISTED = re.compile(r"[^:;.]{3,80}:\s+(?=[a-z“(])")
PROCEDURE = re.compile(
    r"\b(?:pilot\w*|test(?:ed|ing)|calibrat\w*|trial\s+run|samples?\s+of|subset\s+of|first|at\s+least|fewer\s+than|"
    r"more\s+than|less\s+than|minimum\s+of)\b[^.;,]{0,30}$",
    re.IGNORECASE,
)
DETERMINERS = frozenset("one a an the this that each every another single other no per first last".split())  # noqa: SIM905
# How far a share may lie from the fraction behind these words, in points.
APPROXIMATE = re.compile(
    r"\b(more\s+than|over|less\s+than|under|fewer\s+than|about|around|nearly|almost|roughly|approximately)\s(?:an?\s)?$",
    re.I,
)
RANGES_OF = {
    **dict.fromkeys(("more than", "over"), (0, 15)),
    **dict.fromkeys(("less than", "under", "fewer than", "nearly", "almost"), (-15, 0)),
    **dict.fromkeys(("about", "around", "roughly", "approximately"), (-5, 5)),
}
COMPARES = re.compile(r"\s+(?:as|the|that|those|more|less|its|their)\b")
OURS = re.compile(
    r"\b(?:we|our|ours|in\s+(?:this|the\s+present)\s+(?:review|meta-analysis|synthesis|analysis|study))\b",
    re.IGNORECASE,
)
FIX = "write it as a value ({{ … }}), or state it with its source in manuscript/stated.csv"


def _external(passage: Passage, matter: Matter) -> bool:
    """Whether a passage reports other works alone: it cites, and no included study."""
    return bool(passage.keys) and not matter.study_ids.intersection(passage.keys)


def _own_from(passage: Passage) -> int:
    """From which place a passage that cites other works speaks of the review: from `we` behind the last citation."""
    last = max((one.at for one in passage.cited), default=0)
    ours = OURS.search(passage.text, last)
    return ours.start() if ours else len(passage.text)


def _own_until(passage: Passage) -> int:
    """Up to which place a passage that cites other works speaks of the review: up to the words that compare."""
    compared = COMPARED.search(passage.text)
    first = min((one.at for one in passage.cited), default=0)
    return compared.start() if compared and passage.part in DISCUSSION and compared.start() < first else 0


def _counts_its_list(passage: Passage, numeral: Numeral) -> bool:
    """Whether a number counts the parts of the list behind a colon in its sentence: `Three reasons: a, b, and c`."""
    listed = LISTED.match(passage.text, numeral.end)
    rest = passage.text[listed.end() :] if listed else ""
    parts = re.split(r";\s+" if ";" in rest else r",\s+(?:and\s+|or\s+)?|\s(?:and|or)\s", rest)
    return numeral.form == "count" and len(parts) > 1 and len(parts) == numeral.value


def _is_label(before: str, after: tuple[str, int] | None, nouns: Nouns) -> bool:
    """Whether a number names one of the things that are counted, as in `tooth 36` or `patient 7`."""
    word = re.search(r"(?:([a-z]+)\s)?([A-Za-z]+)\s$", before)
    noun = word[2].lower() if word else ""
    counted = plural_of(noun) != noun and plural_of(noun) in nouns.known
    return bool(word and counted and after is None and (word[1] or "") not in DETERMINERS)


def _sums_up(passage: Passage, numeral: Numeral) -> bool:
    """Whether a fraction says in words what a value of its sentence prints: `more than half (56%)`."""
    share = 100 * numeral.value
    before = APPROXIMATE.search(passage.text[: numeral.start])
    low, high = RANGES_OF.get(before[1].lower() if before else "", (-3, 3))
    values = [one for one in numerals(passage.text) if one.form == "percent" and passage.value_at(one.start)]
    return numeral.form == "fraction" and any(low <= one.value - share <= high for one in values)


def _no_finding(passage: Passage, numeral: Numeral, nouns: Nouns) -> bool:
    """Whether a typed number is speech, or counts what needs no value: people at work, a pair, the parts of a list."""
    if _sums_up(passage, numeral):
        return True
    speech = any(one.start() <= numeral.start < one.end() for one in SPEECH.finditer(passage.text))
    if speech or _counts_its_list(passage, numeral):
        return True
    before = passage.text[: numeral.start]
    after = nouns.after(passage.text, numeral.end)
    if numeral.text.isdigit() and _is_label(before, after, nouns):
        return True
    counted = after is not None and after[0] in nouns.counted | KINDS_OF_STUDY | PEOPLE
    if numeral.form == "ordinal":
        # `a second study` is another one, `second falls` are a kind.
        another = re.search(r"\b(?:an?|another)\s$", before, re.IGNORECASE)
        return not counted or another is not None or (after is not None and singular_of(after[0]) != after[0])
    if numeral.form == "multiple":
        # `read twice` says how it was done; `twice as many` compares.
        return numeral.text.lower() in ("twice", "thrice") and not COMPARES.match(passage.text, numeral.end)
    if numeral.form != "count":
        return False
    pair = numeral.value == 2 and not counted and not numeral.text.isdigit() and TAKEN_UP.search(before)
    return bool(WORKERS.match(passage.text, numeral.end) or pair)


def _typed(matter: Matter, identifier: str, parts: frozenset[str]) -> Iterator[Finding]:
    # A text without any value was written elsewhere; its numbers are listed, and stop nothing.
    has_values = any(passage.printed for passage in matter.passages)
    severity: Severity = "error" if parts is FINDINGS and has_values else "warning"
    nouns = matter.nouns
    for passage in matter.authored:
        if passage.part not in parts:
            continue
        external = _external(passage, matter)
        end, again = (_own_until(passage), _own_from(passage)) if external else (len(passage.text), 0)
        for numeral in matter.typed(passage):
            if end <= numeral.start < again:
                continue
            if _no_finding(passage, numeral, nouns):
                continue
            message = f"'{numeral.text}' is typed, so nothing computes it"
            text = passage.text.strip()
            yield Finding(identifier, severity, passage.file, passage.line, text, message, FIX)


@rule(
    "typed-number",
    "error",
    needs=("ledger",),
    example="“Of the 71 duplicates” with 71 typed instead of {{ flow.duplicates }}",
    blind="the number one; sentences that cite only works outside the review; speech of four words or more; `the two …`"
    " and ordinals of what is not counted; reviewers, whom `reviewers` checks; numbers of names, versions, and scales",
)
def typed_number(matter: Matter) -> Iterator[Finding]:
    """A number in the title, abstract, Results, a caption, a note, an alternative text or the cover letter is typed.

    In a manuscript that prints no value at all this is a warning.
    """
    if matter.ledger:
        yield from _typed(matter, "typed-number", FINDINGS)


@rule(
    "typed-number-discussed",
    "warning",
    needs=("ledger",),
    example="“only nine reports were found” in the Discussion, with nine typed",
    blind="the number one; a typed number in a sentence that cites only works outside the review",
)
def typed_number_discussed(matter: Matter) -> Iterator[Finding]:
    """A number in the Discussion or Conclusion is typed, in a sentence that does not only report other works."""
    if matter.ledger:
        yield from _typed(matter, "typed-number-discussed", DISCUSSION)


@rule(
    "typed-number-methods",
    "warning",
    needs=("ledger",),
    example="“Two databases were searched” in the Methods of a review of three",
    blind="what the ledger does not count; the number one",
)
def typed_number_methods(matter: Matter) -> Iterator[Finding]:
    """A number in another section counts what the ledger counts, and is typed."""
    nouns = matter.nouns
    counted = {
        word for value in matter.ledger.values() if value.kind == "count" for pair in value.nouns for word in pair
    }
    for passage in matter.authored:
        if passage.part in FINDINGS | DISCUSSION | {"cell"} or passage.keys:
            continue
        for numeral in matter.typed(passage):
            after = nouns.after(passage.text, numeral.end)
            procedure = PROCEDURE.search(passage.text[: numeral.start]) or re.match(
                r"\sor\s(?:more|fewer|less)\b", passage.text[numeral.end :]
            )
            if procedure:
                continue
            if numeral.form == "count" and after and after[0] in counted:
                message = f"'{numeral.text} {after[0]}' is typed, so nothing computes it"
                text = passage.text.strip()
                yield Finding("typed-number-methods", "warning", passage.file, passage.line, text, message, FIX)
