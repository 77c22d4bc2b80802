"""What the text says of the searches, against the settings and strategies: databases, dates, terms, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.numerals import DATE, MONTHS, numerals
from prismake.audit.own_work import OWN, finding_at, is_methods, is_own
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
    r"\b(?:not|nor|neither|without\s+search\w*|preliminary|scoping\s+search|existing\s+reviews?|previous|prior|earlier\s+reviews?|"
    r"citing|citation|cited|reference\s+lists?|hand|grey|gray|snowball\w*|such\s+as|future|would|should|had\s+searched|"
    r"no\s+(?:[\w-]+\s+)?search\w*|identify\s+(?:[\w-]+\s+){0,2}reviews?|reviews?\s+(?:[\w-]+\s+){0,5}ha(?:ve|s)\s+searched)\b",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"\b(?:existing|previous|prior|earlier|preliminary|had\s+(?:been\s+)?searched|scoping\s+search|future)\b",
    re.IGNORECASE,
)
OPEN_LIST = re.compile(r"\b(?:including|such as|e\.g\.|for example|among|other|others|additional)\b", re.IGNORECASE)


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
        if not (searched and is_own(passage) and SEARCH.search(passage.text)) or ELSEWHERE.search(passage.text):
            continue
        for match in KNOWN.finditer(passage.text):
            if _group(match) not in searched and passage.value_at(match.start()) is None:
                message = f"config.yaml has no search of {match[0]}"
                fix = "add the search to config.yaml, or write {{ search.databases | listing }}"
                yield finding_at("database-unsearched", "error", passage, message, fix)


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
    for own in (is_methods, *(lambda passage, part=part: passage.part == part for part in sorted(OWN))):
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
            yield finding_at("database-unnamed", "warning", naming[0], message, fix)


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
        if not searches or not is_own(passage) or ELSEWHERE.search(passage.text):
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
                yield finding_at("database-number", "error", passage, message, fix)


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
    r"executed|completed)|(?:last|final|latest|database|literature|electronic|systematic)\s+search(?:es)?)\b[^.;]{0,300}?"
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
        if not dates or not is_own(passage) or LIMITED.search(passage.text):
            continue
        for match in DATE.finditer(passage.text):
            before = passage.text[: match.start()]
            if passage.value_at(match.start()) is not None or not SEARCHED_ON.search(before) or OTHERS.search(before):
                continue
            year, month, day = _day(match[0])
            if not any((year, month) == date[:2] and day in (0, date[2]) for date in dates):
                message = f"config.yaml has no search of {match[0]}"
                fix = "write {{ search.last_date | date }}, or correct the date of the search"
                yield finding_at("search-date", "error", passage, message, fix)


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
        near = is_own(passage) and (bool(ABOUT_TERMS.search(passage.text)) or (near and joined))
        if not (near and joined):
            continue
        for match in QUOTED.finditer(passage.text):
            term = words_of(match[1])
            if term and not BOOLEAN.search(match[1]) and not any(contains(words, term) for words in strategies):
                message = f"no strategy contains “{match[1]}”"
                fix = "write the term as the strategies have it"
                yield finding_at("search-term", "error", passage, message, fix)


NO_LIMIT = re.compile(
    r"\b(?:no|without(?:\s+any)?)\s+(?:[\w-]+\s+){0,3}?(?:limits?|restrictions?|limitations?|filters?)\b", re.IGNORECASE
)
TOPICS: dict[str, tuple[str, str]] = {
    "language": (r"language", r"language|english|french|german|spanish|chinese"),
    "date": (r"\b(?:date|year|time|period)s?\b", r"\b(?:19|20)\d\d\b|years?\b"),
}
NONE = re.compile(r"^\s*(?:none|no\b|not\s|without|n/?a\b|-|–)", re.IGNORECASE)


LANGUAGE = (
    r"(?P<{}>English|German|French|Spanish|Chinese|Portuguese|Italian|Japanese|Dutch|languages?|humans?|adults)\b"
)
LIMITED_TO = (
    re.compile(
        r"\b(?:limited|restricted|limits?\s+(?:was|were)\s+set)\s+to\s+(?:[\w-]+\s+){0,4}?"
        rf"(?:{LANGUAGE.format('limit')}|(?P<year>(?:19|20)\d\d)\b|(?P<last>(?:last|past)\s+\w+\s+years)\b)"
    ),
    re.compile(
        rf"\b[Oo]nly\s+(?:[\w-]+\s+){{1,2}}in\s+{LANGUAGE.format('limit')}|\bin\s+{LANGUAGE.format('also')}\s+only\b"
    ),
    re.compile(r"\bpublished\s+(?:since|after|from)\s+(?P<limit>(?:19|20)\d\d)\b"),
)
PARTS = re.compile(r"[;,:]\s|\s(?:but|and)\s")
INCEPTION = re.compile(r"\bfrom\s+(?:their\s+|its\s+)?(?:respective\s+)?inception\b", re.IGNORECASE)


def _limit_named(text: str) -> str:
    """The limit that a sentence on the searches names in a clause that denies none: a language, a year."""
    clauses = [clause for clause in PARTS.split(text) if not NO_LIMIT.search(clause)]
    matches = (pattern.search(clause) for pattern in LIMITED_TO for clause in clauses)
    return next((word for match in matches if match for word in match.groups() if word), "")


def _denies(text: str, topic: str) -> bool:
    """Whether a sentence says that the searches had no limit of a topic."""
    none = NO_LIMIT.search(text) and re.search(TOPICS[topic][0], text, re.IGNORECASE)
    return bool(none or (topic == "date" and INCEPTION.search(text)))


@rule(
    "search-limits",
    "warning",
    needs=("searches",),
    example="“no language restrictions” in the Methods, where a search of config.yaml is limited to English",
    blind="limits of eligibility, and limits in other words",
)
def search_limits(matter: Matter) -> Iterator[Finding]:
    """The Methods deny a limit that config.yaml gives for a search, or name one that config.yaml does not have."""
    searches = matter.settings.get("searches", [])
    given = {one["id"]: one["limits"] for one in searches if one.get("limits") and not NONE.match(one["limits"])}
    databases = [one for one in searches if one.get("kind", "database") == "database"]
    known = bool(databases) and all(one.get("limits") for one in databases)
    fix = "describe the limits as the searches had them"
    for passage in filter(is_own, matter.authored):
        named = _limit_named(passage.text) if known and VERB.search(passage.text) else ""
        if (
            named
            and not ELSEWHERE.search(passage.text)
            and not any(named.lower() in limit.lower() for limit in given.values())
        ):
            message = f"no search of config.yaml has the limit that this sentence names: {named}"
            yield finding_at("search-limits", "warning", passage, message, fix)
        for topic, (_, words) in TOPICS.items():
            for name, limit in given.items():
                if _denies(passage.text, topic) and re.search(words, limit, re.IGNORECASE):
                    message = f"the search {name} has the limit “{limit}” ({topic})"
                    yield finding_at("search-limits", "warning", passage, message, fix)
