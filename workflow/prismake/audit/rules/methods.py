"""What the text says of the selection of studies and the review's other methods, against settings and decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import prismake
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.numerals import numerals
from prismake.audit.own_work import finding_at, is_methods, is_own
from prismake.audit.passages import Passage
from prismake.audit.strategies import words_of

SCREENING = re.compile(
    r"\b(?:screen(?:ed|ing|s)?|selection|selected|eligibility)\b|\b(?:titles?|abstracts?|records?|full[\s-]texts?"
    r"(?:\s+articles)?)\s+(?:was|were)\s+(?:[\w-]+\s+){0,2}?(?:read|judged|reviewed|assessed|examined|inspected|rated)\b",
    re.IGNORECASE,
)
OTHER_WORK = re.compile(
    r"\b(?:extract|apprais|assess(?:ed)?\s+(?:the\s+)?(?:risk|quality|certainty)|risk\s+of\s+bias)", re.I
)
REVIEWERS = re.compile(
    r"\s+(?:(?:independent|blinded|trained|different|of\s+the|of\s+us)\s+)*(?:(?:reviewer|author|investigator|"
    r"researcher|rater|screener|assessor|coder)s?|members)\b|\s+of\s+us\b|\s+people\s+who\s+(?:did|were|had|worked)\b",
    re.IGNORECASE,
)
# Numbers of reviewers in other words.
TWO = re.compile(
    r"\b(?:both|(?:a\s+)?pairs?\s+of)\s+(?:independent\s+)?(?:reviewers|authors|researchers|investigators)\b"
    r"|\bin\s+duplicate\b",
    re.IGNORECASE,
)
ONE = re.compile(
    r"\b(?:a\s+single|only\s+one|one|the\s+(?:first|second|third|last|senior|same))\s+"
    r"(?:reviewer|author|investigator|researcher|rater|coder)\b",
    re.IGNORECASE,
)
# What another review did.
ANOTHER = re.compile(r"\b(?:earlier|previous|original|another|other)\s+(?:systematic\s+)?reviews?\b", re.IGNORECASE)


ALONE = re.compile(
    r"\b(?:a\s+single|one|only\s+one)\s+(?:reviewer|author|investigator)\s+screened\s+(?:all|the|titles)", re.I
)
SECOND = re.compile(r"\b(?:second|another|other|sample|verified|checked|pilot)\b", re.IGNORECASE)
EXTRACTED = re.compile(
    r"\b(?:extract|chart(?:ed|ing)|collect(?:ed|ing)?\s+(?:the\s+)?data|data\s+(?:\w+\s+){0,4}?w(?:as|ere)\s+collected)",
    re.IGNORECASE,
)
APPRAISED = re.compile(
    r"\b(?:apprais|risk\s+of\s+bias|methodological\s+quality|quality\s+(?:of|was)|"
    r"(?:assess|rat|judg)(?:ed?|ing)?\s+(?:each|the|all)\s+(?:included\s+)?(?:stud(?:y|ies)|trials?)\b)",
    re.IGNORECASE,
)
TEAMS = re.compile(
    r"\b(?:pairs?|teams?|groups?|in\s+duplicate|consensus|disagree\w*|conflicts?|each|pilot\w*|calibrat\w*|trial\s+run)\b",
    re.IGNORECASE,
)


def _reviewers(matter: Matter) -> set[int]:
    """How many reviewers judged the records of a stage, by the settings and decisions; empty if neither says so."""
    stages = matter.settings.get("screening", {}).get("stages", [])
    known = {stage["reviewers"] for stage in stages if stage.get("reviewers")}
    for name, value in matter.ledger.items():
        if re.fullmatch(r"agreement\.[^.]+\.reviewers", name):
            known.add(len(value.value) if isinstance(value.value, list | tuple) else int(value.value))
    return known


def _typed_reviewers(passage: Passage) -> list[int]:
    """The numbers of reviewers that a sentence gives in figures or words, and no value printed."""
    return [
        int(one.value)
        for one in numerals(passage.text)
        if one.form == "count"
        and REVIEWERS.match(passage.text, one.end)
        and passage.value_at(one.start) is None
        and not ANOTHER.search(passage.text)
    ]


def _says_how_many(passage: Passage) -> bool:
    """Whether a sentence says how many reviewers of this review did something."""
    words = (TWO.search(passage.text) or ONE.search(passage.text)) and not ANOTHER.search(passage.text)
    return bool(words or _typed_reviewers(passage))


def _screened_by(matter: Matter) -> Iterator[tuple[Passage, int]]:
    """(sentence, number of reviewers who screened) of each sentence of the Methods that says it with a typed number."""
    for passage in matter.authored:
        if not is_own(passage) or not SCREENING.search(passage.text):
            continue
        if OTHER_WORK.search(passage.text) and not re.search(r"\bscreen", passage.text, re.IGNORECASE):
            continue
        if ALONE.search(passage.text) and not SECOND.search(passage.text):
            yield passage, 1
        numbers = _typed_reviewers(passage)
        for number in numbers:
            yield passage, number
        if not numbers and TWO.search(passage.text) and not ANOTHER.search(passage.text):
            yield passage, 2


@rule(
    "reviewers",
    "error",
    needs=("searches",),
    example="“Three reviewers screened the records”, where the decisions are of two",
    blind="extraction and appraisal; a third person who settles conflicts; teams of which two judge each record",
)
def reviewers(matter: Matter) -> Iterator[Finding]:
    """The number of reviewers who screened differs from the settings and from the reviewers of the decisions."""
    known = _reviewers(matter)
    for passage, number in _screened_by(matter):
        if known and number not in known and not TEAMS.search(passage.text):
            message = f"the decisions are of {' or '.join(str(one) for one in sorted(known))} reviewers, not {number}"
            fix = "correct the sentence, or `reviewers` of the stage in config.yaml"
            yield finding_at("reviewers", "error", passage, message, fix)


@rule(
    "reviewers-unrecorded",
    "confirm",
    needs=("searches",),
    example="“Two reviewers independently screened the titles”, where one decision is recorded for each record",
    blind="sentences without a number of reviewers",
)
def reviewers_unrecorded(matter: Matter) -> Iterator[Finding]:
    """The Methods name several reviewers for the screening, and the decisions do not say who decided."""
    if matter.settings.get("screening") and not _reviewers(matter):
        for passage, number in _screened_by(matter):
            if number > 1:
                message = f"no decision says that {number} reviewers judged it"
                fix = "keep the reviewers' own decisions, or confirm the sentence in manuscript/confirmed.csv"
                yield finding_at("reviewers-unrecorded", "confirm", passage, message, fix)


@rule(
    "checklist-reviewers",
    "warning",
    needs=(),
    example="“how many reviewers screened each record” as not reported, beside “Two reviewers screened …”",
    blind="other items of the checklists",
)
def checklist_reviewers(matter: Matter) -> Iterator[Finding]:
    """A checklist says that the number of reviewers is not reported, and the Methods report it."""
    question = re.compile(
        r"\bhow many reviewers\b.*\b(screened|collected|extracted|assessed|appraised)\b", re.IGNORECASE
    )
    work = {"screened": SCREENING, "collected": EXTRACTED, "extracted": EXTRACTED}
    for claim in matter.checklists:
        match = question.search(claim.text) if claim.part == "not_reported" else None
        if not match:
            continue
        done = work.get(match[1].lower(), APPRAISED)
        for passage in matter.authored:
            if is_methods(passage) and done.search(passage.text) and _says_how_many(passage):
                message = f"{claim.file}:{claim.line} says that the text does not report “{claim.text}”"
                yield finding_at(
                    "checklist-reviewers", "warning", passage, message, "correct the checklist or the text"
                )


STAGES = re.compile(r"\s+(?:[\w-]+\s+){0,2}?(?:stages|phases|rounds)\b", re.IGNORECASE)


@rule(
    "screening-stages",
    "warning",
    needs=("searches",),
    example="“Records were screened in two stages”, where config.yaml has three",
    blind="stages that the sentence names without a number",
)
def screening_stages(matter: Matter) -> Iterator[Finding]:
    """A typed number of screening stages differs from config.yaml."""
    stages = matter.settings.get("screening", {}).get("stages", [])
    for passage in matter.authored:
        if not stages or not is_own(passage) or not re.search(r"\bscreen", passage.text, re.IGNORECASE):
            continue
        for numeral in numerals(passage.text):
            here = numeral.form == "count" and STAGES.match(passage.text, numeral.end)
            if here and passage.value_at(numeral.start) is None and int(numeral.value) != len(stages):
                names = ", ".join(stage["id"] for stage in stages)
                message = f"config.yaml has {len(stages)} stages ({names}), not {numeral.text}"
                yield finding_at("screening-stages", "warning", passage, message, "correct the sentence")


GENERAL = frozenset(
    words_of(
        "about after other others without within wrong ineligible irrelevant relevant inappropriate study design "
        "studies population patients participants intervention exposure comparator comparison control outcome outcomes "
        "setting language english text full available abstract only type publication article articles paper data "
        "insufficient duplicate duplicates protocol access published original does with that this from "
        "group groups report reports reported criteria inclusion exclusion topic scope research no not"
    )
)


def _stems(text: str) -> set[str]:
    # `not randomized` and `nonrandomized` are one reason.
    words = [word.removeprefix("non") for word in words_of(text) if word not in GENERAL]
    return {word[:5] for word in words if len(word) > 3 and word not in GENERAL}


@rule(
    "reason-unexplained",
    "warning",
    needs=("searches",),
    example="records excluded as “Cadaver study”, where the Methods do not speak of cadavers",
    blind="reasons in general words (wrong population), and reasons of which one word stands in the Methods",
)
def reason_unexplained(matter: Matter) -> Iterator[Finding]:
    """A reason of exclusion has no word in common with the Methods."""
    methods = [passage for passage in matter.authored if is_methods(passage)]
    if not any(re.search(r"\bexclu(?:ded|sion)", passage.text, re.IGNORECASE) for passage in methods):
        return
    known = set().union(*(_stems(passage.text) for passage in methods))
    for number, stage in enumerate(matter.settings.get("screening", {}).get("stages", []), start=1):
        rules = enumerate(stage.get("rules") or (), start=1)
        labels = [
            *((f"reasons.{code}", label) for code, label in (stage.get("reasons") or {}).items()),
            *((f"rules[{at}].label", one["label"]) for at, one in rules if "label" in one),
        ]
        for key, label in labels:
            if _stems(label) and not _stems(label) & known:
                message = f"the Methods do not mention this reason of the stage {stage['id']}"
                fix = "state the criterion in the Methods"
                line = matter.lines.get(f"screening.stages[{number}].{key}", 0)
                yield Finding("reason-unexplained", "warning", "config.yaml", line, label, message, fix)


VERSION = re.compile(
    r"\bPrismake\b(?:\s(?:pipeline|software|package|program))?[\s(,]*+(?:(?:version|v\.?|release)\s*+)?(\d+(?:\.\d+)+)"
    r"|\b(?:version|v\.?|release)\s*(\d+(?:\.\d+)+)\s+of\s+(?:the\s+)?Prismake\b",
    re.IGNORECASE,
)


@rule(
    "software-version",
    "error",
    needs=(),
    example="“Prismake 0.9.1” in a manuscript that 0.1.0 built",
    blind="the versions of other programs",
)
def software_version(matter: Matter) -> Iterator[Finding]:
    """The version of Prismake that the text names is not the one that builds it."""
    for passage in matter.authored:
        for match in VERSION.finditer(passage.text):
            number = match.lastindex or 1
            if match[number] != prismake.__version__ and passage.value_at(match.start(number)) is None:
                message = f"this is built with Prismake {prismake.__version__}"
                yield finding_at("software-version", "error", passage, message, "correct the version")


# A method: how texts deny it, and how they say that it was done.
DENIALS: dict[str, tuple[str, str]] = {
    "registration": (
        r"\b(?:was|were|is)\s+not\s+(?:prospectively\s+)?registered|\bunregistered\b|\bno\s+registration\b",
        r"\b(?:review|protocol)\s+(?:was|is|has\s+been)\s+(?:\w+\s+)?registered\b|\bregistration\s+(?:number|no\.|ID)\b|"
        r"\bCRD\s?42\d{6,}",
    ),
    "protocol": (
        r"\bno\s+(?:review\s+)?protocol\s+(?:was|has\s+been|exists)|\bprotocol\s+was\s+not\s+(?:prepared|published)",
        r"\bprotocol\s+(?:was|is|has\s+been)\s+(?:registered|published|prepared|deposited|written)",
    ),
    "a meta-analysis": (
        r"\bno\s+meta-?analys[ie]s\s+(?:was|were)\b|\bmeta-?analys[ie]s\s+(?:was|were)\s+(?:therefore\s+)?not\b|"
        r"\b(?:did|could)\s+not\s+(?:perform|conduct|do)\s+(?:a\s+)?meta-?analys",
        r"\b(?:random|fixed|common)-effects?\s+(?:model|meta-?analys[ie]s)\s+(?:was|were)\s+(?:used|fitted|performed)|"
        r"\bmeta-?analys[ie]s\s+(?:(?:with|of|using)\s+[\w\s-]{1,40}?\s)?(?:was|were)\s+(?:performed|conducted|done|carried)|\bpooled\s+(?:odds|risk|hazard)\s+ratio|"
        r"\bwe\s+(?:performed|conducted|did)\s+(?:a\s+)?(?:\w+-effects?\s+)?meta-?analys",
    ),
    "an appraisal of the studies": (
        r"\b(?:quality|risk\s+of\s+bias)\s+(?:of\s+[\w\s]{0,40}?)?(?:was|were)\s+not\s+(?:formally\s+)?(?:assessed|appraised)|"
        r"\bno\s+(?:formal\s+)?(?:critical|quality|risk-of-bias)\s+(?:appraisal|assessment)\s+(?:was|were)",
        r"\b(?:quality|risk\s+of\s+bias)\s+(?:of\s+[\w\s]{0,40}?)?(?:was|were)\s+(?:independently\s+)?"
        r"(?:assessed|appraised|evaluated)\s+(?:with|using|by|independently)",
    ),
    "the certainty of the evidence": (
        r"\bcertainty\s+of\s+(?:the\s+)?evidence\s+was\s+not\b|\b(?:neither|nor)\b[^.;]{0,80}\bcertainty\s+of\s+(?:the\s+)?"
        r"evidence\b|\bno\s+(?:formal\s+)?(?:grading|GRADE)\b|\bGRADE\s+was\s+not\b|\b(?:did\s+not|not)\s+(?:use\s+)?GRADE\b",
        r"\bcertainty\s+of\s+(?:the\s+)?evidence\s+was\s+(?:assessed|rated|graded|judged|low|moderate|high|very)|"
        r"\b(?:low|moderate|high)[-\s]certainty\s+evidence|\b(?:level|Level)\s+(?:I{1,3}|IV|V)\b|"
        r"\bGRADE\s+(?:approach|framework|system)?\s*was\s+(?:used|applied)|\bGRADE(?:d)?\s+as\s+(?:low|moderate|high)",
    ),
    "agreement between reviewers": (
        r"\bagreement\s+(?:between|among|of)\s+(?:the\s+)?(?:reviewers|raters|authors)[^.;]{0,20}\bwas\s+not\b|"
        r"\bneither\s+(?:the\s+)?agreement\s+between",
        r"\bagreement\s+(?:between|among)\s+(?:the\s+)?(?:reviewers|raters|authors)\s+was\s+(?!not)|"
        r"\bkappa\s+(?:was|of|coefficient)|\bκ\s*=",
    ),
    "a search beyond databases": (
        r"\breference\s+lists\s+[\w\s]{0,40}?\bnot\s+(?:searched|screened|checked)|\bno\s+(?:hand|citation)\s*-?search|"
        r"\b(?:search\s+was\s+)?restricted\s+to\s+(?:[\w-]+\s+){0,2}databases",
        r"\breference\s+lists\s+[\w\s,]{0,60}?\bwere\s+(?:also\s+|then\s+)?(?:hand-?searched|searched|screened|checked)|"
        r"\bhand-?searched\b|\bgr[ea]y\s+literature\s+was\s+(?:also\s+)?searched",
    ),
    "a limit of language": (
        r"\bno\s+(?:language|linguistic)\s+(?:limits?|restrictions?|filters?)|\bno\s+(?:limits?|restrictions?)\s+"
        r"[\w\s,]{0,60}?\blanguages?\b|\bwithout\s+(?:any\s+)?language\s+restriction|\b(?:regardless|irrespective)\s+of\s+language",
        r"\b(?:limited|restricted)\s+to\s+[\w\s,]{0,40}?\bEnglish\b|\bonly\s+(?:[\w-]+\s+){0,3}in\s+English\b|"
        r"\bnot\s+(?:published\s+|written\s+)?in\s+English\b|\bEnglish-language\s+(?:articles|studies|reports|publications)",
    ),
}
SAID_IN = frozenset({"title", "abstract", "results", "discussion", "conclusion", "caption", "notes", "letter"})


@rule(
    "denied-and-done",
    "warning",
    needs=(),
    example="“no meta-analysis was performed” beside “a random-effects meta-analysis was performed”",
    blind="methods that its table of eight does not name, and other wordings",
)
def denied_and_done(matter: Matter) -> Iterator[Finding]:
    """The text or a checklist says of a method that it was not used, and the text says elsewhere that it was."""
    own = [one for one in matter.authored if (one.part in SAID_IN or is_methods(one)) and not one.keys]
    listed = [one for one in matter.checklists if one.part == "not_applicable"]
    for method, (no, yes) in DENIALS.items():
        denials = [one for one in (*own, *listed) if re.search(no, one.text, re.IGNORECASE)]
        done = [
            one for one in own if re.search(yes, one.text, re.IGNORECASE) and not re.search(no, one.text, re.IGNORECASE)
        ]
        if denials and done:
            place = f"{denials[0].file}:{denials[0].line}"
            message = f"{place} says that there was none: “{denials[0].text.strip()}” ({method})"
            yield finding_at("denied-and-done", "warning", done[0], message, "correct one of the two sentences")
