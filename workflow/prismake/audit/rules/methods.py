"""What the text says of the review's methods, against its settings, strategies and decisions, and against itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import prismake
from prismake.audit.findings import Finding, Severity, rule
from prismake.audit.matter import Matter
from prismake.audit.numerals import DATE, MONTHS, numerals
from prismake.audit.passages import Passage
from prismake.audit.strategies import contains, words_of

# Databases and registers by the names that texts give them; one group is one source.
DATABASES: dict[str, str] = {
    "PubMed": r"Pub[Mm]ed|MEDLINE|Medline",
    "Embase": r"Embase|EMBASE",
    "Cochrane": r"Cochrane\s+(?:Library|CENTRAL|Central|Database|Register)|CENTRAL",
    "Web of Science": r"Web\s+of\s+Science|WoS",
    "Scopus": r"Scopus",
    "CINAHL": r"CINAHL",
    "PsycINFO": r"Psyc\s?INFO",
    "LILACS": r"LILACS",
    "SciELO": r"SciELO",
    "Google Scholar": r"Google\s+Scholar",
    "ERIC": r"ERIC",
    "IEEE Xplore": r"IEEE\s*Xplore",
    "ACM Digital Library": r"ACM\s+Digital\s+Library",
    "CNKI": r"CNKI|China\s+National\s+Knowledge\s+Infrastructure",
    "Wanfang": r"Wan\s?[Ff]ang",
    "SinoMed": r"SinoMed|CBM\b",
    "SPORTDiscus": r"SPORTDiscus",
    "PEDro": r"PEDro",
    "ClinicalTrials.gov": r"ClinicalTrials\.gov",
    "ICTRP": r"ICTRP|International\s+Clinical\s+Trials\s+Registry\s+Platform",
    "BIOSIS": r"BIOSIS",
    "CAB Abstracts": r"CAB\s+(?:Abstracts|Direct)",
    "AGRICOLA": r"AGRICOLA",
    "Epistemonikos": r"Epistemonikos",
    "OpenGrey": r"Open\s?Grey",
    "AMED": r"AMED",
}
KNOWN = re.compile("|".join(rf"(?P<g{at}>\b(?:{names})\b)" for at, names in enumerate(DATABASES.values())))
VERB = re.compile(
    r"\b(?:searched|queried|(?:literature|electronic|systematic|database|bibliographic|comprehensive|last|final)\s+"
    r"search(?:es)?|search(?:es)?\s+(?:of|in|was|were)|we\s+search)\b",
    re.IGNORECASE,
)
SEARCH = re.compile(rf"{VERB.pattern}|\bdatabases\b", re.IGNORECASE)
# A search for something else than the review's studies, or none at all.
ELSEWHERE = re.compile(
    r"\b(?:not|nor|neither|without|preliminary|scoping\s+search|existing\s+reviews?|previous|prior|earlier\s+reviews?|"
    r"citing|citation|cited|reference\s+lists?|hand|grey|gray|snowball\w*|such\s+as|future|would|should|had\s+searched|"
    r"no\s+(?:[\w-]+\s+)?search\w*|identify\s+(?:[\w-]+\s+){0,2}reviews?)\b",
    re.IGNORECASE,
)
OPEN_LIST = re.compile(r"\b(?:including|such as|e\.g\.|for example|among|other|others|additional)\b", re.IGNORECASE)
OWN = frozenset({"abstract", "letter", "highlights"})


def _is_methods(passage: Passage) -> bool:
    return "method" in passage.part


def _is_own(passage: Passage) -> bool:
    """Whether a passage tells how this review was done."""
    return (_is_methods(passage) or passage.part in OWN) and not passage.floating


def _finding(identifier: str, severity: Severity, passage: Passage, message: str, fix: str) -> Finding:
    return Finding(identifier, severity, passage.file, passage.line, passage.text.strip(), message, fix)


def _group(match: re.Match[str]) -> str:
    return list(DATABASES)[int((match.lastgroup or "g0")[1:])]


def _searched(matter: Matter) -> dict[str, str]:
    """Group of a database -> its name in config.yaml; a database that no group names is its own."""
    made: dict[str, str] = {}
    for search in matter.settings.get("searches", []):
        for text in (search["database"], search.get("platform", "")):
            for match in KNOWN.finditer(text):
                made.setdefault(_group(match), search["database"])
        if not KNOWN.search(search["database"]):
            made[search["database"]] = search["database"]
    return made


@rule(
    "database-unsearched",
    "error",
    needs=("searches",),
    example="“We searched PubMed and Scopus”, where no search of config.yaml is of Scopus",
    blind="databases that its list of some thirty does not name; sentences on citation searching or with a negation",
)
def database_unsearched(matter: Matter) -> Iterator[Finding]:
    """The Methods, abstract or letter say that a database was searched that config.yaml does not have."""
    searched = _searched(matter)
    for passage in matter.authored:
        if not (searched and _is_own(passage) and SEARCH.search(passage.text)) or ELSEWHERE.search(passage.text):
            continue
        for match in KNOWN.finditer(passage.text):
            if _group(match) not in searched and passage.value_at(match.start()) is None:
                message = f"config.yaml has no search of {match[0]}"
                fix = "add the search to config.yaml, or write {{ search.databases | listing }}"
                yield _finding("database-unsearched", "error", passage, message, fix)


@rule(
    "database-unnamed",
    "warning",
    needs=("searches",),
    example="a search sentence that names PubMed and Embase, where the Cochrane Library was searched too",
    blind="databases that the section names anywhere; lists that say that they are not complete",
)
def database_unnamed(matter: Matter) -> Iterator[Finding]:
    """The Methods, abstract or letter names some of the searched databases, and not all."""
    names = {
        search["database"]
        for search in matter.settings.get("searches", [])
        if search.get("kind", "database") == "database"
    }
    wanted = {group: name for group, name in _searched(matter).items() if name in names}
    for own in (_is_methods, *(lambda passage, part=part: passage.part == part for part in sorted(OWN))):
        passages = [passage for passage in matter.authored if own(passage) and not passage.floating]
        text = " ".join(passage.text for passage in passages)
        there = {_group(match) for match in KNOWN.finditer(text)} | {name for name in wanted.values() if name in text}
        missing = sorted(name for group, name in wanted.items() if group not in there and name not in there)
        naming = [
            passage
            for passage in passages
            if VERB.search(passage.text)
            and not ELSEWHERE.search(passage.text)
            and any(_group(match) in wanted for match in KNOWN.finditer(passage.text))
        ]
        if missing and naming and not any(OPEN_LIST.search(passage.text) for passage in naming):
            message = f"{', '.join(missing)} was searched too, and this part does not name it"
            fix = "name it, or write {{ search.databases | listing }}"
            yield _finding("database-unnamed", "warning", naming[0], message, fix)


@rule(
    "database-number",
    "error",
    needs=("searches",),
    example="“Four databases were searched” with three searches in config.yaml",
    blind="numbers with other words between them and `databases`",
)
def database_number(matter: Matter) -> Iterator[Finding]:
    """A typed number of databases differs from the searches of config.yaml."""
    searches = matter.settings.get("searches", [])
    known = {
        len({search["database"] for search in searches if search.get("kind", "database") in kinds})
        for kinds in (("database",), ("database", "register"), ("database", "register", "other"))
    }
    for passage in matter.authored:
        if not searches or not _is_own(passage) or ELSEWHERE.search(passage.text):
            continue
        for numeral in numerals(passage.text):
            counted = re.match(
                r"\s+(?:(?:electronic|bibliographic|online|medical|major|large|different|literature|biomedical|scientific)"
                r"\s+){0,2}databases\b(?!\s+of)",
                passage.text[numeral.end :],
            )
            typed = counted and numeral.form == "count" and passage.value_at(numeral.start) is None
            if typed and VERB.search(passage.text) and int(numeral.value) not in known:
                message = f"config.yaml has {min(known)} databases, not {numeral.text}"
                fix = "write {{ search.n_databases | counted }}"
                yield _finding("database-number", "error", passage, message, fix)


def _day(text: str) -> tuple[int, int, int]:
    """(year, month, day) of a date in English or as YYYY-MM-DD; a day that is not given is 0."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        year, month, day = (int(part) for part in text.split("-"))
        return year, month, day
    names = [month[:3] for month in MONTHS[:12]]
    month = next(names.index(word[:3]) + 1 for word in re.findall(r"[A-Z][a-z]+", text) if word[:3] in names)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return numbers[-1], month, numbers[0] if len(numbers) > 1 else 0


SEARCHED_ON = re.compile(
    r"\b(?:searched|queried|search(?:es)?\s+(?:was|were)\s+(?:[\w-]+\s+)?(?:run|made|done|conducted|performed|carried|"
    r"executed|completed)|(?:last|final|latest|database|literature|electronic|systematic)\s+search(?:es)?)\b[^.;]*?"
    r"\b(?:on|up\s+to|until|till|through|as\s+of|in|by|to|inception\s+to)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
LIMITED = re.compile(
    r"\b(?:published|publication|review(?:ed)?\s+by|from\s+\w+\s+\d{4}|between|since|registered|update)\b",
    re.IGNORECASE,
)


@rule(
    "search-date",
    "error",
    needs=("searches",),
    example="“last searched on December 6, 2025”, where config.yaml has December 16",
    blind="dates in sentences on limits of publication or on an update",
)
def search_date(matter: Matter) -> Iterator[Finding]:
    """A typed date of a search is not the date of any search of config.yaml."""
    dates = [tuple(map(int, search["date"].split("-"))) for search in matter.settings.get("searches", [])]
    for passage in matter.authored:
        if not dates or not _is_own(passage) or LIMITED.search(passage.text):
            continue
        for match in DATE.finditer(passage.text):
            before = passage.text[: match.start()]
            if passage.value_at(match.start()) is not None or not SEARCHED_ON.search(before):
                continue
            year, month, day = _day(match[0])
            if not any((year, month) == date[:2] and day in (0, date[2]) for date in dates):
                message = f"config.yaml has no search of {match[0]}"
                fix = "write {{ search.last_date | date }}, or correct the date of the search"
                yield _finding("search-date", "error", passage, message, fix)


QUOTED = re.compile(r"[\"“]([^\"”“]{2,80})[\"”]")
ABOUT_TERMS = re.compile(r"\b(?:search\w*|terms?|strateg\w+|keywords?|quer(?:y|ies)|concepts?)\b", re.IGNORECASE)
BOOLEAN = re.compile(r"\b(?:AND|OR|NOT)\b")


@rule(
    "search-term",
    "error",
    needs=("searches",),
    example="“heart failure” OR “cardiac decompensation” in the Methods, where no strategy has the second",
    blind="terms without quotation marks; reviews of which not every database search has its strategy in a file",
)
def search_term(matter: Matter) -> Iterator[Finding]:
    """A quoted term of a search, joined with AND, OR or NOT in the Methods, stands in none of the strategies."""
    searches = [one for one in matter.settings.get("searches", []) if one.get("kind", "database") == "database"]
    if not searches or not all(search.get("strategy") in matter.strategies for search in searches):
        return
    strategies = [words_of(text) for text in matter.strategies.values()]
    near = False
    for passage in matter.authored:
        # A list of terms goes on from the sentence on the search that introduces it.
        joined = bool(BOOLEAN.search(passage.text))
        near = _is_own(passage) and (bool(ABOUT_TERMS.search(passage.text)) or (near and joined))
        if not (near and joined):
            continue
        for match in QUOTED.finditer(passage.text):
            term = words_of(match[1])
            if term and not BOOLEAN.search(match[1]) and not any(contains(words, term) for words in strategies):
                message = f"no strategy contains “{match[1]}”"
                fix = "write the term as the strategies have it"
                yield _finding("search-term", "error", passage, message, fix)


NO_LIMIT = re.compile(
    r"\b(?:no|without(?:\s+any)?)\s+(?:[\w-]+\s+){0,3}?(?:limits?|restrictions?|limitations?|filters?)\b", re.IGNORECASE
)
TOPICS: dict[str, tuple[str, str]] = {
    "language": (r"language", r"language|english|french|german|spanish|chinese"),
    "date": (r"\b(?:date|year|time|period)s?\b", r"\b(?:19|20)\d\d\b|years?\b"),
}
NONE = re.compile(r"^\s*(?:none|no\b|not\s|without|n/?a\b|-|–)", re.IGNORECASE)


LIMITED_TO = re.compile(
    r"\b(?:limited|restricted|limits?\s+(?:was|were)\s+set)\s+to\s+(?:[\w-]+\s+){0,4}?"
    r"(?P<limit>English|German|French|Spanish|Chinese|languages?|humans?|adults|(?:19|20)\d\d)\b"
)


@rule(
    "search-limits",
    "warning",
    needs=("searches",),
    example="“no language restrictions” in the Methods, where a search of config.yaml is limited to English",
    blind="limits of eligibility, and limits that config.yaml does not name",
)
def search_limits(matter: Matter) -> Iterator[Finding]:
    """The Methods deny a limit that config.yaml gives for a search, or name one where config.yaml has none."""
    limits = {
        search["id"]: search["limits"]
        for search in matter.settings.get("searches", [])
        if search.get("limits") and not NONE.match(search["limits"])
    }
    searches = matter.settings.get("searches", [])
    unlimited = bool(searches) and all(NONE.match(search.get("limits", "")) for search in searches)
    for passage in matter.authored:
        limited = LIMITED_TO.search(passage.text) if unlimited and _is_own(passage) else None
        if limited and VERB.search(passage.text) and not ELSEWHERE.search(passage.text):
            message = f"every search of config.yaml is without limits, this sentence names {limited['limit']}"
            yield _finding("search-limits", "warning", passage, message, "describe the limits as the searches had them")
        if not _is_own(passage) or not NO_LIMIT.search(passage.text):
            continue
        for topic, (said, given) in TOPICS.items():
            for name, limit in limits.items():
                if re.search(said, passage.text, re.IGNORECASE) and re.search(given, limit, re.IGNORECASE):
                    message = f"the search {name} has the limit “{limit}” ({topic})"
                    fix = "describe the limits as the searches had them"
                    yield _finding("search-limits", "warning", passage, message, fix)


SCREENING = re.compile(r"\b(?:screen(?:ed|ing|s)?|selection|selected|eligibility)\b", re.IGNORECASE)
OTHER_WORK = re.compile(
    r"\b(?:extract|apprais|assess(?:ed)?\s+(?:the\s+)?(?:risk|quality|certainty)|risk\s+of\s+bias)", re.I
)
REVIEWERS = re.compile(
    r"\s+(?:(?:independent|blinded|trained|different|of\s+the|of\s+us)\s+)*(?:reviewers?|authors|investigators|"
    r"researchers|raters|screeners|assessors|members)\b",
    re.IGNORECASE,
)


EXTRACTED = re.compile(r"\b(?:extract|chart(?:ed|ing)|collect(?:ed|ing)\s+data)", re.IGNORECASE)
APPRAISED = re.compile(r"\b(?:apprais|risk\s+of\s+bias|methodological\s+quality|quality\s+(?:of|was))", re.IGNORECASE)
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


def _reviewers_named(passage: Passage) -> bool:
    """Whether a sentence says how many reviewers did something."""
    return any(one.form == "count" and REVIEWERS.match(passage.text, one.end) for one in numerals(passage.text))


def _screened_by(matter: Matter) -> Iterator[tuple[Passage, int]]:
    """(sentence, number of reviewers who screened) of each sentence of the Methods that says it with a typed number."""
    for passage in matter.authored:
        if not _is_own(passage) or not SCREENING.search(passage.text):
            continue
        if OTHER_WORK.search(passage.text) and not re.search(r"\bscreen", passage.text, re.IGNORECASE):
            continue
        for numeral in numerals(passage.text):
            counted = numeral.form == "count" and REVIEWERS.match(passage.text, numeral.end)
            if counted and passage.value_at(numeral.start) is None:
                yield passage, int(numeral.value)


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
            yield _finding("reviewers", "error", passage, message, fix)


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
                yield _finding("reviewers-unrecorded", "confirm", passage, message, fix)


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
            if _is_methods(passage) and done.search(passage.text) and _reviewers_named(passage):
                message = f"{claim.file}:{claim.line} says that the text does not report “{claim.text}”"
                yield _finding("checklist-reviewers", "warning", passage, message, "correct the checklist or the text")


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
        if not stages or not _is_own(passage) or not re.search(r"\bscreen", passage.text, re.IGNORECASE):
            continue
        for numeral in numerals(passage.text):
            here = numeral.form == "count" and STAGES.match(passage.text, numeral.end)
            if here and passage.value_at(numeral.start) is None and int(numeral.value) != len(stages):
                names = ", ".join(stage["id"] for stage in stages)
                message = f"config.yaml has {len(stages)} stages ({names}), not {numeral.text}"
                yield _finding("screening-stages", "warning", passage, message, "correct the sentence")


GENERAL = frozenset(
    words_of(
        "about after other others without within wrong ineligible irrelevant relevant inappropriate study design "
        "studies population patients participants intervention exposure comparator comparison control outcome outcomes "
        "setting language english text full available abstract only type publication article articles paper data "
        "insufficient duplicate duplicates protocol access published original does with that this from "
        "report reports reported criteria inclusion exclusion topic scope research no not"
    )
)


def _stems(text: str) -> set[str]:
    return {word[:5] for word in words_of(text) if len(word) > 3 and word not in GENERAL}


@rule(
    "reason-unexplained",
    "warning",
    needs=("searches",),
    example="records excluded as “Cadaver study”, where the Methods do not speak of cadavers",
    blind="reasons in general words (wrong population), and reasons of which one word stands in the Methods",
)
def reason_unexplained(matter: Matter) -> Iterator[Finding]:
    """A reason of exclusion has no word in common with the Methods."""
    methods = [passage for passage in matter.authored if _is_methods(passage)]
    if not any(re.search(r"\bexclu(?:ded|sion)", passage.text, re.IGNORECASE) for passage in methods):
        return
    known = set().union(*(_stems(passage.text) for passage in methods))
    for stage in matter.settings.get("screening", {}).get("stages", []):
        labels = [
            *(stage.get("reasons") or {}).values(),
            *(one["label"] for one in stage.get("rules") or () if "label" in one),
        ]
        for label in labels:
            if _stems(label) and not _stems(label) & known:
                message = f"the Methods do not mention this reason of the stage {stage['id']}"
                fix = "state the criterion in the Methods"
                yield Finding("reason-unexplained", "warning", "config.yaml", 0, label, message, fix)


VERSION = re.compile(r"\bPrismake\b[\s(,]*(?:version|v\.?|release)?\s*(\d+(?:\.\d+)+)", re.IGNORECASE)


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
            if match[1] != prismake.__version__ and passage.value_at(match.start(1)) is None:
                message = f"this is built with Prismake {prismake.__version__}"
                yield _finding("software-version", "error", passage, message, "correct the version")


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
        r"\bmeta-?analys[ie]s\s+(?:was|were)\s+(?:performed|conducted|done|carried)|\bpooled\s+(?:odds|risk|hazard)\s+ratio|"
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
    own = [one for one in matter.authored if (one.part in SAID_IN or _is_methods(one)) and not one.keys]
    listed = [one for one in matter.checklists if one.part == "not_applicable"]
    for method, (no, yes) in DENIALS.items():
        denials = [one for one in (*own, *listed) if re.search(no, one.text, re.IGNORECASE)]
        done = [
            one for one in own if re.search(yes, one.text, re.IGNORECASE) and not re.search(no, one.text, re.IGNORECASE)
        ]
        if denials and done:
            place = f"{denials[0].file}:{denials[0].line}"
            message = f"{place} says that there was none: “{denials[0].text.strip()}” ({method})"
            yield _finding("denied-and-done", "warning", done[0], message, "correct one of the two sentences")
