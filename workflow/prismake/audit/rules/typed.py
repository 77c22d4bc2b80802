"""Numbers that an author typed where a value belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from prismake.audit.bounds import bound_in
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
SPEECH = re.compile(r"[“\"][^\w”\"]*+(?:\w++[^\w”\"]++){3}[^”\"]*[”\"](?:\s\([^()]*\))?")
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
INCLUDED = re.compile(r"\b(?:the|all|these)\s$", re.IGNORECASE)
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
    word = re.search(r"(?:([a-z]+)\s)?([A-Za-z]+)\s$", before[-100:])
    noun = word[2].lower() if word else ""
    counted = plural_of(noun) != noun and plural_of(noun) in nouns.known
    return bool(word and counted and after is None and (word[1] or "") not in DETERMINERS)


def _sums_up(passage: Passage, numeral: Numeral) -> bool:
    """Whether a fraction says in words what a value of its sentence prints: `more than half (56%)`."""
    share = 100 * numeral.value
    before = APPROXIMATE.search(passage.text[: numeral.start])
    low, high = RANGES_OF.get(before[1].lower() if before else "", (-3, 3))
    printed = [one for one in numerals(passage.text) if passage.value_at(one.start)]
    shares = [one.value for one in printed if one.form == "percent"]
    for part, whole in pairwise(printed):
        if re.fullmatch(r"\sof\s(?:the\s)?", passage.text[part.end : whole.start]) and whole.value:
            shares.append(100 * part.value / whole.value)
    return numeral.form == "fraction" and any(low <= one - share <= high for one in shares)


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
        if re.search(r"\bevery\s$", before, re.IGNORECASE):
            return False
        another = re.search(r"\b(?:an?|another)\s$", before, re.IGNORECASE)
        return not counted or another is not None or (after is not None and singular_of(after[0]) != after[0])
    if numeral.form == "multiple":
        # `read twice` says how it was done; `twice as many` compares.
        return numeral.text.lower() in ("twice", "thrice") and not COMPARES.match(passage.text, numeral.end)
    if numeral.form != "count":
        return False
    pair = numeral.value == 2 and not counted and not numeral.text.isdigit() and TAKEN_UP.search(before)
    return bool(WORKERS.match(passage.text, numeral.end) or pair)


# What makes sure that a bare number is of the review: it stands as `n = 12`, `(12)`, `12/40`, `12 of the …`, or ends
# what was, ranged or fell.
BRACKETED = re.compile(r"\($|\d/$|\{$")
FOLLOWING = re.compile(r"\s([a-z]+)\b")
PREPOSITION = re.compile(r"\b(in|of|for|from|by|with)\s$", re.IGNORECASE)
LIST_END = re.compile(r"\s*[,;.)]|\s(?:and|or|but)\b|\s*$")
ENDS_BRACKET = re.compile(r"(?:\s(?:each|in\s(?:each|all|both|total)))?[);,%/}]")
EQUALS = re.compile(r"[\w)}]\s?=\s?$")
DID = re.compile(r"\b(?:of|to|by|than|only|kept|found|had|saw|gave|left|with|(?!named)\w{2,}ed)\s$", re.IGNORECASE)
BEGINS, IS = (
    re.compile(r"(?:^|[,;:(]\s*|\band\s)$"),
    re.compile(r"\s(?:was|were|had|have|has|are|did|met|used|reported|showed|died|survived|withdrew|dropped\sout)\b"),
)
CLAUSE_END = re.compile(r"\s*(?:$|[.,;:)]|\s(?:and|or)\b)")
QUANTIFIES = re.compile(r"\s(?:out\s)?of\s(?:the|these|those|all|our|them|which|whom|\d|\w+\s(?:trials|studies))|/\d")
SAID = re.compile(
    r"(?:\b(?:was|were|is|are|averaged|totall?ed|numbered|reached|equall?ed|remained|exceeded)\s|[=<>≤≥~]\s?)"
    r"(?:(?:only|about|around|nearly|almost|at|least|most|over|under|approximately|more|less|fewer|than|by|to)\s)*$"
)
SAID_END = re.compile(r"\s*(?:$|[.,;:)])|\s(?:and|or|but|in|with|for|at|after|on|before|while|versus|vs)\b")
MOVED = re.compile(
    r"\b(?:rang(?:ed|ing|e)|varied|rose|fell|increased|decreased|dropped|declined|improved|between)\b[^.;]{0,60}$"
)
IN_YEAR = re.compile(r"\b(?:in|by|since|until|from|to|during|before|after|of|and)\s$", re.IGNORECASE)
OF_YEAR = re.compile(r"\b(?:trial|study|guideline|review|report|edition)\s(?:of|from)\s$")
PUBLISHED = re.compile(r"\b(?:publi(?:shed|cation)|appear(?:ed|ing))\b", re.IGNORECASE)
# `a 5% solution` and `1.5-T scanners` are kinds of things, `Rayyan 2.1` and `the package meta 6.5` names.
STRENGTH_OF = re.compile(r"\b(?:solution|dilution|suspension|cream|gel|ointment|spray|lotion)s?\sof\s$", re.IGNORECASE)
KIND_AFTER = re.compile(r"\s?[-‐‑][A-Za-z]")
NAME_BEFORE = re.compile(r"(?<!^)(?<![.:;]\s)\b[A-Z][a-z]\w*\s$|\bpackages?\s\w+\s$|\bpH\s$")
PERCENT_OF = frozenset(
    "of in were was is are had have and or to for at by with on more less fewer higher lower greater smaller after "  # noqa: SIM905
    "before vs versus compared between among as than from per during did do met each confidence".split()
)
# Nouns that number the parts of a thing as often as they count: `the 28 items`.
PARTS = frozenset("item items question questions table tables figure figures word words group groups".split())  # noqa: SIM905
OF_MANUSCRIPT = frozenset("table tables figure figures word words".split())  # noqa: SIM905
# From here on a number that the ledger has too is hardly there by chance.
DISTINCT = 13
RATE = re.compile(r"\bper\s$")
SCORE = re.compile(r"\sof\s(?:the\s|a\s)?(?:(?:possible|maximum)\s(?:of\s)?)?$")
SCORED = re.compile(r"\s(?:[\w-]+\s)?(?:items?|points?|questions?|criteria|domains?|stars?)\b")
# What an author supposes or advises is no finding.
SUPPOSED = re.compile(
    r"\b(?:should|would|could|might|must|recommend\w*|suggest\s+that|future|if|had\s+we|needs?|suppose|assum\w+|expect\w*|"
    r"for\s+(?:example|instance))\b",
    re.IGNORECASE,
)
LABEL = re.compile(r"\s*([A-Z][A-Za-z]+)(?:\s(?:and\s)?[A-Za-z]+){0,3}:\s")
METHODS = re.compile(r"Methods?|Materials|Patients|Design", re.I)
INTRODUCING = re.compile(r"Background|Introduction|Importance|Context|Rationale|Objectives?|Aims?|Purpose", re.I)


def _counts(passage: Passage, numeral: Numeral, matter: Matter) -> bool:
    """Whether a number says what of the review it counts or measures, or is a count of the review."""
    # In cells, formulas and expressions numbers have no words, or need none.
    if passage.part == "cell" or passage.value_at(numeral.start):
        return True
    before, after = passage.text[: numeral.start], passage.text[numeral.end :]
    nouns = matter.nouns
    noun = nouns.after(passage.text, numeral.end)
    # A cover letter counts the manuscript's words and tables.
    parts = PARTS - OF_MANUSCRIPT if passage.part == "letter" else PARTS
    counted = noun is not None and noun[0] in (nouns.known - parts) | nouns.counted | PEOPLE | KINDS_OF_STUDY
    match numeral.form:
        case "percent":
            word = re.match(r"\s([a-z]+)", after)
            if STRENGTH_OF.search(before):
                return False
            return counted or word is None or word[1] in PERCENT_OF or word[1].endswith("ed")
        case "decimal":
            return not KIND_AFTER.match(after) and not NAME_BEFORE.search(before)
        case "year":
            years = {str(matter.ledger[name].value) for name in ("years.first", "years.last") if name in matter.ledger}
            many = counted and not IN_YEAR.search(before)
            return (
                many or bool(PUBLISHED.search(passage.text)) or (numeral.text in years and not OF_YEAR.search(before))
            )
        case "fraction":
            return not re.match(r"\sof\san?\s", after)
        case "count":
            large = numeral.value >= DISTINCT and (numeral.value in matter.counts or "," in numeral.text)
            predicate = (
                (SAID.search(before) and SAID_END.match(after))
                or (DID.search(before) and CLAUSE_END.match(after))
                or (BEGINS.search(before) and IS.match(after))
            )
            alike = (BEGINS.search(before) and _goes_on_as_another(passage, numeral)) or _stands_as_another(
                passage, numeral
            )
            return bool(
                counted or large or predicate or alike or QUANTIFIES.match(after) or _stands_apart(before, after)
            )
    return True


def _goes_on_as_another(passage: Passage, numeral: Numeral) -> bool:
    """Whether the word behind a number stands behind one that a value printed: `11 because …, nine because …`."""
    following = FOLLOWING.match(passage.text, numeral.end)
    return following is not None and following[1] in passage.beside_values[1]


def _stands_as_another(passage: Passage, numeral: Numeral) -> bool:
    """Whether a number that ends its part of a list stands as one that a value printed: `A in three, B in four`."""
    before = PREPOSITION.search(passage.text[max(0, numeral.start - 6) : numeral.start])
    ends = LIST_END.match(passage.text, numeral.end)
    return bool(before and ends and before[1].lower() in passage.beside_values[0])


def _stands_apart(before: str, after: str) -> bool:
    """Whether a number stands alone in brackets, behind `n =`, or at the end of what moved or ranged."""
    return (
        bool(BRACKETED.search(before) and ENDS_BRACKET.match(after))
        or bool(EQUALS.search(before))
        or bool(
            MOVED.search(before)
            and re.match(r"\s?(?:[–-]|to\b|and\b|%|[.,;)]|$|[^\sa-zA-Z]*[a-zµ°]{1,3}[./)\s])", after)
        )
    )


def _needs_none(passage: Passage, numeral: Numeral, matter: Matter) -> bool:
    """Whether a number is the base of a rate, the highest score, or the year of a limit of the searches."""
    before, after = passage.text[: numeral.start], passage.text[numeral.end :]
    if RATE.search(before) and numeral.text.rstrip("0,") == "1":
        return True
    score = SCORE.search(before)
    if score and SCORED.match(after) and passage.value_at(score.start() - 1):
        return True
    # A reason for exclusion may say it: `9 followed the cows for under three weeks`.
    roles = {word for one in bound_in(passage, matter) for group in one.value.roles for word in group}
    if numeral.text.lower() in roles:
        return True
    limits = " ".join(str(one.get("limits", "")) for one in matter.settings.get("searches", []))
    return numeral.form == "year" and "search" in passage.text and numeral.text in limits


def _labels(passages: Sequence[Passage]) -> dict[int, str]:
    """Passage of a structured abstract, by its place in memory -> the label that it stands under: Background."""
    label, labels = "", {}
    for passage in passages:
        if passage.part == "abstract":
            own = LABEL.match(passage.text)
            label = own[1] if own else label
            labels[id(passage)] = label
    return labels


def _certain(matter: Matter) -> Iterator[tuple[Passage, Numeral, bool]]:
    """The typed numbers of the findings, each with whether it says what of the review it counts or measures."""
    labels = _labels(matter.authored)
    for passage, numeral in _typed(matter, FINDINGS) if matter.ledger else ():
        label = labels.get(id(passage), "")
        threshold = METHODS.match(label) and PROCEDURE.search(passage.text[: numeral.start])
        apart = threshold or INTRODUCING.fullmatch(label)
        yield passage, numeral, not apart and _counts(passage, numeral, matter)


def _typed(matter: Matter, parts: frozenset[str]) -> Iterator[tuple[Passage, Numeral]]:
    """The typed numbers of some parts that should be values."""
    for passage in matter.authored:
        if passage.part not in parts:
            continue
        external = _external(passage, matter)
        end, again = (_own_until(passage), _own_from(passage)) if external else (len(passage.text), 0)
        for numeral in matter.typed(passage):
            if end <= numeral.start < again:
                continue
            if not (_no_finding(passage, numeral, matter.nouns) or _needs_none(passage, numeral, matter)):
                yield passage, numeral


def _finding(identifier: str, severity: Severity, passage: Passage, numeral: Numeral) -> Finding:
    message = f"'{numeral.text}' is typed, so nothing computes it"
    return Finding(identifier, severity, passage.file, passage.line, passage.text.strip(), message, FIX)


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

    It says what it counts or measures, or is a count of the review. In a manuscript that prints no value at all this
    is a warning.
    """
    # A text without any value was written elsewhere; its numbers are listed, and stop nothing.
    severity: Severity = "error" if any(passage.printed for passage in matter.passages) else "warning"
    for passage, numeral, certain in _certain(matter):
        if certain:
            yield _finding("typed-number", severity, passage, numeral)


@rule(
    "typed-number-bare",
    "warning",
    needs=("ledger",),
    example="“items 8 to 10 were seldom met”, “a 5% solution”, or “baths of 200 L” in the Results",
    blind="as typed-number",
)
def typed_number_bare(matter: Matter) -> Iterator[Finding]:
    """A number where typed-number looks is typed and does not say what of the review it counts or measures."""
    for passage, numeral, certain in _certain(matter):
        if not certain:
            yield _finding("typed-number-bare", "warning", passage, numeral)


@rule(
    "typed-number-discussed",
    "warning",
    needs=("ledger",),
    example="“only nine reports were found” in the Discussion, with nine typed",
    blind="the number one; a typed number in a sentence that cites only works outside the review, supposes or advises, "
    "and one that does not say what of the review it counts or measures",
)
def typed_number_discussed(matter: Matter) -> Iterator[Finding]:
    """A number in the Discussion or Conclusion is typed, in a sentence that does not only report other works."""
    for passage, numeral in _typed(matter, DISCUSSION) if matter.ledger else ():
        # Years and sums of money are rarely of the review.
        apart = numeral.form == "year" or passage.text[: numeral.start].endswith(("$", "£", "€"))
        if not apart and not SUPPOSED.search(passage.text) and _counts(passage, numeral, matter):
            yield _finding("typed-number-discussed", "warning", passage, numeral)


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
            # `the 14 trials`, `all 14 trials` and `14 included trials` are those of the review.
            own = INCLUDED.search(passage.text[: numeral.start]) or passage.text.startswith(" included", numeral.end)
            studies = own and after and after[0] in KINDS_OF_STUDY
            if numeral.form == "count" and after and (after[0] in counted or studies):
                message = f"'{numeral.text} {after[0]}' is typed, so nothing computes it"
                text = passage.text.strip()
                yield Finding("typed-number-methods", "warning", passage.file, passage.line, text, message, FIX)
