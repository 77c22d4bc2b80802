"""What a number counts, by the words around it: nouns, their synonyms, and the words of a value's role."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prismake.audit.numerals import CARDINALS
from prismake.common.values import Ledger, Value, plural_of, singular_of

# Words for one thing, as reviews use them. A value that counts one of a family may be written with any of it.
FAMILIES: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split("|"))
    for words in (
        "patient|patients|participant|participants|individual|individuals|person|persons|people|subject|subjects",
        "woman|women|female|females|girl|girls|mother|mothers",
        "man|men|male|males|boy|boys",
        "child|children|infant|infants|adolescent|adolescents|newborn|newborns|neonate|neonates|baby|babies|toddler|"
        "toddlers|preschooler|preschoolers",
        "record|records|citation|citations|reference|references|hit|hits|entry|entries",
        "title|titles",
        "abstract|abstracts",
        "full text|full texts|full-text|full-texts|article|articles",
        "report|reports|publication|publications|paper|papers|article|articles",
        "study|studies|investigation|investigations|work|works",
        "trial|trials",
        "duplicate|duplicates|copy|copies",
        "database|databases",
        "register|registers|registry|registries",
        "reviewer|reviewers|author|authors",
        "minute|minutes|min",
        "hour|hours|h|hr|hrs",
        "day|days|d",
        "week|weeks|wk",
        "month|months|mo",
        "year|years|y|yr|yrs",
        "kilogram|kilograms|kg|kilo|kilos",
        "g|gram|grams",
        "mg|milligram|milligrams",
        "liter|liters|litre|litres",
        "meter|meters|metre|metres",
        "kilometer|kilometers|kilometre|kilometres|km",
        "dollar|dollars|us dollar|us dollars|usd",
        "euro|euros|eur",
        "pound|pounds|gbp",
        "item|items|question|questions",
        "answer|answers|rating|ratings",
        "pair|pairs",
        "table|tables",
        "figure|figures",
        "word|words",
        "household|households|home|homes|house|houses|family|families|dwelling|dwellings",
        "village|villages|community|communities|settlement|settlements|hamlet|hamlets",
        "site|sites|centre|centres|center|centers",
        "event|events",
        "eye|eyes",
        "colony|colonies|hive|hives",
        "country|countries",
        "outcome|outcomes",
        "group|groups",
    )
)
# Units of time, weight, length and money.
BASIC = frozenset(("min", "h", "d", "wk", "mo", "y", "kg", "mg", "gram", "liter", "meter", "km", "usd", "eur", "gbp"))
MEASURED = frozenset().union(*(family for family in FAMILIES if family & BASIC))
# A count of studies may be written with each of these.
KINDS_OF_STUDY = frozenset(
    word
    for one in (
        *("study", "trial", "report", "case report", "series", "cohort", "publication", "article", "note"),
        *("technical note", "evaluation", "review", "survey", "investigation", "paper", "experiment", "RCT", "rct"),
    )
    for word in (one, plural_of(one))
)
PATIENTS = FAMILIES[0]
SEXES = FAMILIES[1:3]
# Words for people: a review of children may call its patients so, unless it counts children apart.
PEOPLE = (
    frozenset().union(*FAMILIES[:4])
    | frozenset(
        word
        for one in (
            "adult",
            "athlete",
            "caregiver",
            "client",
            "donor",
            "learner",
            "neonate",
            "newborn",
            "nurse",
            "pupil",
            "recipient",
            "undergraduate",
        )
        for word in (one, plural_of(one))
    )
    | frozenset(
        (
            "resident",
            "residents",
            "student",
            "students",
            "schoolchild",
            "schoolchildren",
            "survivor",
            "survivors",
            "veteran",
            "veterans",
            "volunteers",
            "undergraduates",
        )
    )
)
# Words that say what a measure is without its name.
SYNONYMS = {
    "age": ("aged", "old", "older", "oldest", "young", "younger", "youngest"),
    **dict.fromkeys(
        ("time", "duration", "length", "stay"),
        ("took", "take", "lasted", "last", "long", "longer", "duration", "length", "time", "shorter", "followed"),
    ),
    "experience": ("worked", "working", "work", "practice", "practised", "practiced", "seniority", "experienced"),
    "bleeding": ("blood", "bled"),
    "cost": ("price", "expensive", "cheaper", "costs"),
    "weight": ("weighed", "heavy", "heavier"),
    "height": ("tall", "taller"),
    **dict.fromkeys(("pediatric", "paediatric"), ("child", "children", "infant", "adolescent")),
    "lowest": ("extreme", "best", "worst"),
    "detection": ("found", "identified", "uncovered", "missed"),
    "rate": ("percentage", "proportion", "share"),
    "excluded": ("exclusion", "exclude", "discarded", "rejected", "dropped", "eliminated", "fell", "ruled"),
    **dict.fromkeys(("female", "women"), ("woman", "women", "girl", "female")),
}
NOT_SURVIVED = re.compile(r"\b(?:(?:did|do|does)\s+not\s+survive|failed\s+to\s+survive|perished)\b", re.IGNORECASE)
# Stems of events -> stems of verbs that report them: `12 patients died`, of a value that counts deaths.
VERBS_OF = {"loss": ("lost", "died"), "death": ("died", "die", "dead"), "birth": ("born",), "fall": ("fell",)}
DURATIONS = frozenset("minutes hours days weeks months".split())  # noqa: SIM905
PREFIXES = frozenset("inter intra trans multi semi post anti over under self with from that".split())  # noqa: SIM905
# Adjectives of countries whose stems differ, by a word of the country's name.
ADJECTIVES = {
    **{"denmark": "danish", "england": "english", "finland": "finnish", "france": "french", "greece": "greek"},
    **{"iceland": "icelandic", "ireland": "irish", "kingdom": "british", "uk": "british", "netherlands": "dutch"},
    **{"norway": "norwegian", "philippines": "filipino", "poland": "polish", "portugal": "portuguese"},
    **{"scotland": "scottish", "spain": "spanish", "states": "american", "usa": "american", "us": "american"},
    **{"switzerland": "swiss", "thailand": "thai", "turkey": "turkish", "türkiye": "turkish", "wales": "welsh"},
}
# Endings that make an adjective of a country's name: Peru, Peruvian; Sweden, Swedish; Israel, Israeli.
NATIONAL = re.compile(r"(?:ese|ish|vian|dian|ian|ean|an|n|i)$")
WORD = re.compile(r"[A-Za-zα-ω][\w’'-]*")
# Phrases whose words mean something else alone.
IDIOM = re.compile(
    r"\b(?:t[ao]ke?n?|taking|took)\s+(?:part|place|care|into\s+account)\b|\bma(?:de|ke|king)\s+up\b|\bmade\s+from\b",
    re.IGNORECASE,
)
COMPLEMENT = re.compile(r"\s(?:with|without|who|whose|of|on|in|that|which)\s")
STOP = re.compile(r"[.;:()–]|,(?!\s(?:and|or)\b)")
# Words between a number and its noun: adjectives and of the like; a verb ends the search.
VERBS = frozenset(
    [
        "was",
        "were",
        "is",
        "are",
        "had",
        "has",
        "have",
        "did",
        "do",
        "does",
        "met",
        "used",
        "received",
        "underwent",
        "reported",
        "included",
        "excluded",
        "identified",
        "screened",
        "assessed",
        "remained",
        "came",
        "showed",
        "found",
        "contributed",
        "with",
        "in",
        "at",
        "from",
        "by",
        "to",
        "for",
        "because",
        "after",
        "before",
        "during",
        "than",
        "as",
        "once",
        "when",
        "while",
        "until",
        "if",
        "that",
        "which",
        "who",
        "served",
        "took",
        "gave",
        "led",
        "completed",
    ]
)
# Of these a study or record behind them makes adjectives: `eight included studies`.
PARTICIPLES = frozenset("included excluded identified screened assessed reported".split())  # noqa: SIM905
CHOSEN = KINDS_OF_STUDY | {"record", "records", "full text", "full texts", "abstracts", "titles"}
REACH = 5
# Nouns for people by what they do or have: fallers, users, responders; and those that only look like them.
PERSONS = re.compile(r"(?:[a-z]{2}ers|[a-z]{2}ors|[a-z]{3}ees|[a-z]{2}ants|[a-z]{2}ists)$")
THINGS = frozenset(
    word
    for line in (
        "papers numbers errors centers posters registers parameters letters tumors factors centimeters meters liters",
        "computers sensors orders degrees trees implants variants plants ulcers cancers fibers biomarkers markers",
        "covers layers filters monitors vectors towers rivers quarters simulators predictors lists",
    )
    for word in line.split()
)
ACTS_ON = re.compile(r"\s(?:the|an?|their|its|no|each|this|these|all)\b")
QUANTIFIERS = frozenset("out all each half most some any one both of".split())  # noqa: SIM905
COORDINATED = re.compile(rf"\s*+,?\s*+(?:and|or|but|while|whereas|vs\.?|versus)\s+(?!\d|(?:{'|'.join(CARDINALS)})\b)")


# Endings of inflection and derivation, the longer first; a stem keeps four letters.
ENDINGS = (
    "ization",
    "isation",
    "ation",
    "ated",
    "ate",
    "ity",
    "ing",
    "ion",
    "ive",
    "ed",
    "ly",
    "al",
    "ic",
    "ia",
    "y",
    "e",
)
SHORTEST = 4
ROOT = 6


def _without(word: str, endings: Sequence[str]) -> str:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A word without its endings, to compare words of one root: editorials and editorial, China and Chinese."""
    word = word.lower().removesuffix("’s").removesuffix("'s")
    return _without(singular_of(word), ENDINGS)


def names_people(text: str) -> bool:
    """Whether a text names people by what they do or have: tenants, teachers, trainees."""
    return any(PERSONS.search(word) and word not in THINGS for word in WORD.findall(text.lower()))


def verbs_of(stems: Iterable[str]) -> set[str]:
    """The stems of the verbs that report the events among these stems."""
    return {verb for noun in stems for verb in VERBS_OF.get(noun, ())}


def forms(noun: str) -> frozenset[str]:
    """All words for what a noun names."""
    words = {noun.lower()}
    for family in FAMILIES:
        if noun.lower() in family:
            words |= family
    return frozenset(words)


@dataclass(frozen=True)
class Nouns:
    """The nouns that a review counts: those of its ledger, its units, and their families; `counted` are the first."""

    known: frozenset[str]
    counted: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    @classmethod
    def of(cls, ledger: Ledger) -> Nouns:
        """The nouns of a ledger."""
        # Those beside a value's first noun are its own other names (`case reports`), and no nouns of other values.
        named = {word.lower() for value in ledger.values() for pair in value.nouns[:1] for word in pair}
        units = {value.unit.lower() for value in ledger.values() if value.unit}
        families = {word for family in FAMILIES for word in family} | KINDS_OF_STUDY
        counted = {word for one in named for word in forms(one)}
        return cls(frozenset({*named, *units, *families}), frozenset(counted), frozenset(units))

    def after(self, text: str, end: int) -> tuple[str, int] | None:
        """The noun that a number counts: the first known one behind it in its clause, and where it ends."""
        clause = text[end:]
        stopped = STOP.search(clause)
        clause = clause[: stopped.start()] if stopped else clause
        # `a 63-day course` counts days.
        joined = re.match(r"-([a-z]+)\b(?!-)", clause)
        if joined and joined[1] in self.known:
            return joined[1], end + joined.end()
        # In `females numbered 50 and males 43` a word and no number follows.
        if COORDINATED.match(clause):
            return None
        words = list(WORD.finditer(clause))[:REACH]
        for index, word in enumerate(words):
            lower = word[0].lower()
            # `$12 per infant` counts dollars; in `9 followed the cows` the word in -ed is a verb.
            if lower == "per" or (lower.endswith("ed") and ACTS_ON.match(clause, word.end())):
                return None
            # `six teams of authors` are teams; `12 of the authors` are authors.
            if lower == "of" and index and words[index - 1][0].lower() not in QUANTIFIERS:
                return None
            for length in (3, 2, 1):
                phrase = " ".join(one[0].lower() for one in words[index : index + length])
                last = words[min(index + length, len(words)) - 1]
                there = phrase in self.known and (length == 1 or index + length <= len(words))
                if there and not self._modifies(phrase, text[end + last.end() :]):
                    return phrase, end + last.end()
            if lower in VERBS and not (lower in PARTICIPLES and self._is_chosen(words, index)):
                return None
        return None

    def _is_chosen(self, words: Sequence[re.Match[str]], index: int) -> bool:
        """Whether studies or records stand right behind a participle."""
        following = [one[0].lower() for one in words[index + 1 : index + 3]]
        return bool(CHOSEN & {" ".join(following), *following[:1]})

    def _modifies(self, phrase: str, rest: str) -> bool:
        """Whether a noun in the singular stands before the noun that is counted: `12 patient partners`."""
        following = re.match(r"\s([a-z]+)", rest)
        singular = plural_of(phrase) != phrase and plural_of(phrase) in self.known
        return bool(singular and following and following[1] not in VERBS | QUANTIFIERS | {"and", "or"})


def head_of(noun: str) -> str:
    """The noun that others complete: `patients` of `patients with nausea`."""
    return COMPLEMENT.split(noun.lower())[0]


def accepted(value: Value) -> frozenset[str]:
    """Every word with which a value may be written."""
    heads = {head_of(word) for pair in value.nouns for word in pair}
    # `older adults` are adults.
    own = {word.lower() for pair in value.nouns for word in pair} | heads | {head.split(" ")[-1] for head in heads}
    if any(PERSONS.search(word) for word in own - THINGS):
        own |= {"people"}
    if value.unit:
        own |= forms(value.unit)
    words = set(own)
    for word in own:
        words |= forms(word)
    if {"study", "studies"} & own:
        words |= KINDS_OF_STUDY
    # A record is called a report, and one that is read in full also the study that it reports.
    if {"record", "records"} & own:
        words |= forms("report")
    if {"full text", "full texts"} & own:
        words |= KINDS_OF_STUDY
    return frozenset(words)


# Every rule reads the same sentences.
@lru_cache(maxsize=4096)
def words_in(text: str) -> frozenset[str]:
    """The stems of a text's words, those of compounds too."""
    stems = set()
    text = IDIOM.sub(" ", text)
    for word in WORD.findall(text):
        stems.add(stem(word))
        if word.lower().startswith("non") and len(word) > SHORTEST + 3:
            stems.add(stem(word[3:].lstrip("-")))
        if "-" in word:
            stems.update(stem(part) for part in word.split("-") if part)
            stems.add(stem(word.replace("-", "")))
    stems.update(word.lower() for word in re.findall(r"(?<![A-Za-z])[A-Za-z]+\d+", text))
    return frozenset(stems)


def _nations(words: Iterable[str], *, adjectives: bool = False) -> set[str]:
    """What is left of the names of countries, or of the adjectives in a text, without their endings."""
    if adjectives:
        words = [NATIONAL.sub("", word) for word in words if word[:1].isupper() and NATIONAL.search(word)]
    return {left for word in words for left in [word.lower(), word.lower()[:-1], word.lower()[:-2]] if len(left) > 3}


def missing_roles(value: Value, text: str) -> Iterator[tuple[str, ...]]:
    """The groups of role words of which a text has none."""
    there = words_in(text)
    for group in (*value.roles, *_complements(value)):
        words = [part for word in group for part in (word, *word.split("-"), *SYNONYMS.get(word, ()))]
        stems = {stem(ADJECTIVES[word]) for word in words if word in ADJECTIVES} | {stem(word) for word in words}
        if value.unit in DURATIONS:
            stems |= {stem(word) for word in SYNONYMS["time"]}
        named = stems & there or _begin_alike(stems, there, SHORTEST + (len(group) > 1)) or _initials(group, text)
        if group and not named and not _nations(words) & _nations(WORD.findall(text), adjectives=True):
            yield group


def _complements(value: Value) -> Iterator[tuple[str, ...]]:
    """What completes the noun of a value: nausea, of `patients with nausea`."""
    for one, _ in value.nouns[:1]:
        _, *rest = COMPLEMENT.split(one.lower(), maxsplit=1)
        if rest:
            yield tuple(WORD.findall(rest[0]))


def _begin_alike(stems: Iterable[str], there: Iterable[str], least: int) -> bool:
    """Whether a word of a role and one of the text are of one root: rainfall and rain, application and applied."""
    pairs = ((one, other) for one in stems for other in there if min(len(one), len(other)) >= least)
    return any(
        (one.startswith(other) or other.startswith(one)) and min(one, other, key=len) not in PREFIXES
        for one, other in pairs
    )


def same_root(word: str, other: str) -> bool:
    """Whether two words differ in their endings only, as the plurals of Latin do: pneumothorax, pneumothoraces."""
    pairs = zip(word, other, strict=False)
    common = next((at for at, (one, two) in enumerate(pairs) if one != two), min(len(word), len(other)))
    return common >= ROOT and max(len(word), len(other)) - common <= SHORTEST


def _initials(group: Iterable[str], text: str) -> bool:
    """Whether words of a text begin with the letters of an abbreviation: body mass index, of bmi."""
    short = [word for word in group if 2 < len(word) < 7 and word.isalpha()]
    letters = "".join(word[0] for word in WORD.findall(text)).lower() if short else ""
    return any(word in letters for word in short)


def names_role(group: Sequence[str], text: str) -> bool:
    """Whether a text has one of the words of a role."""
    return not list(missing_roles(Value(None, "text", "", roles=(tuple(group),)), text))


def any_of(words: Iterable[str]) -> str:
    """Words as a message names them: `excluded`, `removed` or `retrieved`."""
    listed = [f"'{word}'" for word in words][:4]
    return listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + f" or {listed[-1]}"
