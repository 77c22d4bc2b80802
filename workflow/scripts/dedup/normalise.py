"""What a record says, in a form that two databases agree on: the features that records are compared by.

Nothing here looks at more than one record, so a record's features never depend on its neighbours, on the order of
rows or on what else is in the export. Folding keeps every script: only Latin, Greek and Cyrillic letters lose their
diacritics, a title in another script keeps its characters (folding it to nothing would make all such titles equal).
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from prismake.dedup.vocabulary import GENERIC_WORDS, NO_AUTHOR, PARTICLES, STOP

# --- text -------------------------------------------------------------------------------------------------------

_TAGS = re.compile(r"</?(?:[a-zA-Z][\w:]{0,12})(?:\s[^<>]{0,80})?/?>")
_NOT_WORD = re.compile(r"[\W_]+")
_ASCII_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
    | {"α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "κ": " kappa ", "µ": "u", "μ": "u"}
)


def fold(text: str) -> str:
    """Lower case without diacritics, tags, entities and punctuation: words parted by one blank."""
    if "&" in text:
        text = html.unescape(html.unescape(text)).replace("&", " and ")
    if "<" in text:
        text = _TAGS.sub("", text)
    if text.isascii():
        return _ASCII_NOT_WORD.sub(" ", text.lower()).strip()
    text = unicodedata.normalize("NFKD", text.casefold().translate(_SPELLED))
    kept = "".join(letter for letter in text if not unicodedata.combining(letter) or ord(letter) > 0x0590)
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFC", kept)).strip()


# --- titles -----------------------------------------------------------------------------------------------------

CORRECTION, RETRACTION, REPLY, COMMENT, PROTOCOL, GENERIC, PART, REVIEWED = 1, 2, 4, 8, 16, 32, 64, 128
# What two versions of one work cannot differ in.
KINDS = CORRECTION | RETRACTION | REPLY | COMMENT | PROTOCOL
KIND_NAMES = {
    CORRECTION: "correction",
    RETRACTION: "retraction",
    REPLY: "reply",
    COMMENT: "comment",
    PROTOCOL: "protocol",
}

# Marks that databases put behind a title; what they say is not part of it.
_BRACKET_END = re.compile(r"[\s.,;:]*\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\][\s.]*$")
_BRACKET_ALL = re.compile(r"^\[([^\[\]]+)\][\s.]*$")
# A mark that was cut off with the title.
_BRACKET_CUT = re.compile(
    r"[\s.,;:]*\[(?:published )?(?:erratum|errata|correct|corrig|comment|retract|republi|see|update|summary)[^\]]*$",
    re.IGNORECASE,
)
_NOTE_END = re.compile(
    r"[\s.,;:-]*\((?:provisional|structured|brief|project|withdrawn|meeting|conference|english|author s)?\s*"
    r"(?:abstract|record|summary|report)s?\)[\s.]*$",
    re.IGNORECASE,
)
_LETTERS_END = re.compile(r"\s*\((?:multiple|two|three) letters\)[\s.]*$", re.IGNORECASE)
_NOT_A_TITLE = re.compile(
    r"^\s*(?:\d+|\d+ ref\w*|review\w*|letters?|editorials?|comments?|see comments?|case reports?|abstract|survey|"
    r"(?:published )?(?:erratum|errata|corrig|correction|retraction|comment|update|republi|summary|original|reprint)\b.*|"
    r"in \w+|\w+)\s*\.?\s*$",
    re.IGNORECASE | re.DOTALL,
)
# The source of the work that a correction, reply or comment is about.
_ABOUT_END = re.compile(
    r"[\s.,;:]*(?:\(\s*vol(?:ume)?\.?\s*\d+.*|\([^()]*\((?:19|20)\d\d\)[^()]*\(.*|\[?\(?doi:?\s*10\.\S+.*)$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:published\s+)?(?:errat(?:um|a)|corrig(?:endum|enda)|corrections?|addendum|author corrections?|"
    r"publisher(?: s)? corrections?|expression of concern|fe de errata?s?|berichtigung|rectificatif)\b"
)
_CORRECTION_END = re.compile(r"\b(?:erratum|errata|corrigendum|author correction|publisher correction)$")
_RETRACTION = re.compile(
    r"^(?:retraction|retracted|notice of retraction|withdrawn|withdrawal)\b|\bretraction (?:note|notice)$"
)
_REPLY = re.compile(
    r"^(?:re|reply|replies|response|authors? (?:s )?(?:reply|response)|in reply|rejoinder|in response)\b"
    r"(?=\s+(?:to|from|by|of|the|authors?|letter|comment|on)\b|$)|^re\b|"
    r"\b(?:reply|authors? (?:s )?(?:reply|response)|in reply|rejoinder|response from the authors?|reply to letter)$|"
    r"^(?:the )?authors? (?:s )?(?:reply|response|respond)"
)
_COMMENT = re.compile(
    r"^(?:comments?|commentary|letters?|letter to the editor|editorial(?: comment)?|invited commentary|discussion)\b"
    r"(?=\s+(?:on|to|about|re|regarding|of|by)\b)|^(?:comments? on|commentary on|letter to the editor)\b|"
    r"\b(?:comment|commentary|invited commentary|invited comment|letter to the editor|discussion)$"
)
_PROTOCOL = re.compile(
    r"\b(?:study protocol|trial protocol|protocol (?:for|of) (?:a|an|the)\b|review protocol|rationale and design|design and rationale)"
)
_PART = re.compile(
    r"\b(?:part|parts|pt|section|chapter|volume|vol|paper|report|article|lecture|study|phase|teil|parte|partie|no|number)\s+"
    r"(\d{1,3}|[ivx]{1,5}|one|two|three|four|five|six)\b"
)
ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}
SPELLED_NUMBERS = {name: str(value) for value, name in enumerate("one two three four five six".split(), 1)}  # noqa: SIM905
_NUMBER = re.compile(r"\d+|\b(?:two|three|four|five|six)\b")


class Title(NamedTuple):
    """A title's features."""

    words: str  # folded, without the database's marks
    other: str  # the other title of a translated or bilingual record, folded; "" without one
    numbers: str  # its numbers, in order, roman part numbers as digits
    marks: int  # bits: CORRECTION … REVIEWED


def _split_marks(text: str) -> tuple[str, list[str]]:
    """The title without bracketed marks at its end, and the marks."""
    marks: list[str] = []
    whole = _BRACKET_ALL.match(text)
    if whole:
        return whole.group(1), marks
    while found := _BRACKET_END.search(text):
        rest = text[: found.start()]
        if not rest.strip():
            return found.group(1), marks
        if len(rest.strip()) < 8 and len(found.group(1)) > len(rest):
            break
        marks.append(found.group(1))
        text = rest.strip()
        if whole := _BRACKET_ALL.match(text):
            return whole.group(1), marks
    return text, marks


def _part(match: re.Match[str]) -> str:
    value = match.group(1)
    number = ROMAN.get(value) or SPELLED_NUMBERS.get(value) or value
    return f" part {number}"


def title_features(raw: str) -> Title:
    """Reads a title: what it is called, what else it is called, which numbers it names, what kind of piece it is."""
    text = raw
    other = ""
    if "[" in text or "(" in text:
        text, brackets = _split_marks(_BRACKET_CUT.sub("", text))
        translated = [mark for mark in brackets if not _NOT_A_TITLE.match(mark) and mark.count(" ") >= 2]
        if translated:
            other = fold(translated[0])
        text = _LETTERS_END.sub("", _NOTE_END.sub("", text))
    about = _ABOUT_END.search(text)
    if about and about.start() > 12:
        text = text[: about.start()]
    elif about:
        about = None
    words = fold(text) or fold(raw)
    marks = _marks(words, about is not None)
    if marks & CORRECTION:
        words = _corrected(text, words)
    if not other and " = " in text:
        first, _, second = text.partition(" = ")
        if first.count(" ") >= 2 and second.count(" ") >= 2:
            words, other = fold(first), fold(second)
    return Title(words, other, numbers_of(words), marks)


def _corrected(text: str, words: str) -> str:
    """The title of the work that a correction is about, without the word for it and a source that was cut off."""
    cut = text.find("(", 30)
    if cut > 0 and text.count("(") > text.count(")"):
        words = fold(text[:cut])
    rest = _CORRECTION.sub("", words).strip()
    rest = rest.removeprefix("to ").removeprefix("for ").removeprefix("in ")
    return rest if rest.count(" ") >= 2 else words


def numbers_of(words: str) -> str:
    """The numbers of a folded title in order; small ones also where spelled out, part numbers also where Roman."""
    parts = _PART.sub(_part, words) if _PART.search(words) else words
    tokens = [SPELLED_NUMBERS.get(token, token) for token in _NUMBER.findall(parts)]
    last = parts.rsplit(" ", 1)[-1]
    if last in ROMAN and last != "x":
        tokens.append(str(ROMAN[last]))
    return " ".join(token.lstrip("0") or "0" for token in tokens)


def _marks(words: str, about: bool) -> int:
    marks = 0
    if about or _CORRECTION.match(words) or _CORRECTION_END.search(words):
        marks |= CORRECTION
    if _RETRACTION.search(words):
        marks |= RETRACTION
    if _REPLY.search(words):
        marks |= REPLY
    if _COMMENT.search(words):
        marks |= COMMENT
    if _PROTOCOL.search(words):
        marks |= PROTOCOL
    if _PART.search(words):
        marks |= PART
    return marks


def informative_words(words: str, source: str = "") -> int:
    """How many words of a folded title say what it is about; words of its folded source (`source`) do not.

    Scripts without blanks count four letters as a word.
    """
    if not words.isascii() and any(
        "\u3040" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7af" for letter in words
    ):
        return len(words.replace(" ", "")) // 4
    silent = set(source.split())
    return sum(
        1
        for word in words.split()
        if len(word) > 1
        and word not in STOP
        and word not in GENERIC_WORDS
        and word not in silent
        and not word.isdigit()
    )


# --- authors ----------------------------------------------------------------------------------------------------

_AND = re.compile(r"\s*;\s*|\s+and\s+|\s*\|\s*|\s+&\s+")


class Authors(NamedTuple):
    """The authors' features."""

    names: str  # family names (and full given names), particles and initials dropped, in order
    first: str  # the first author's family name
    count: int  # authors named


@lru_cache(maxsize=65536)
def _person(raw: str) -> tuple[str, str]:
    """(family name, family and full given names) of one person as exported."""
    family, comma, given = raw.partition(",")
    family_words = [word for word in fold(family).split() if word not in PARTICLES and len(word) > 1]
    given_words = [word for word in fold(given).split() if word not in PARTICLES and len(word) > 2]
    if not family_words:
        family_words, given_words = given_words[:1], given_words[1:]
    if not comma and len(family_words) > 1:
        # 'Anna B Smith' or 'Smith A': initials are gone, the family name is the last full word unless initials end it.
        tail = raw.split()[-1].replace(".", "") if raw.split() else ""
        if not (tail.isupper() and len(tail) <= 3):
            family_words, given_words = family_words[-1:], family_words[:-1]
    family_name = "".join(family_words)
    return family_name, " ".join([*family_words, *given_words])


def split_authors(raw: str) -> list[str]:
    """The persons of an author field, in order."""
    people = [person for person in _AND.split(raw) if person]
    if len(people) == 1 and people[0].count(",") >= 2:
        parts = [part.strip() for part in people[0].split(",")]
        # 'Smith J, Jones B, …': each part holds a whole name; 'Smith, J., Jones, B.': they alternate.
        if all(" " in part for part in parts[:-1]):
            return [part for part in parts if part]
        if len(parts) % 2 == 0 and all(len(part.replace(".", "").replace(" ", "")) <= 3 for part in parts[1::2]):
            return [", ".join(parts[i : i + 2]) for i in range(0, len(parts), 2)]
    return people


def author_features(raw: str) -> Authors:
    """Reads an author field of any style: 'Family, Given and …', 'Family AB; …', 'Given Family and …'."""
    if fold(raw) in NO_AUTHOR:
        return Authors("", "", 0)
    people = [_person(person) for person in split_authors(raw)[:30]]
    people = [person for person in people if person[1]]
    if not people:
        return Authors("", "", 0)
    return Authors(" ".join(names for _, names in people), people[0][0], len(people))


# --- where it appeared ------------------------------------------------------------------------------------------

_YEAR = re.compile(r"(?:15|16|17|18|19|20)\d\d")
_PAGE = re.compile(r"([a-z]*)\s*0*(\d+)\s*([a-z]?)")
_MONTHS = {name: month for month, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905
_SHEET_DATE = re.compile(r"^(\d{1,2})-([a-z]{3})(?:-\d+)?$|^([a-z]{3})-(\d{1,2})$")
_MISREAD_NOUGHT = re.compile(r"(?<=\d)o(?=[\do-]|$)")
_MISREAD_ONE = re.compile(r"(?<=\d)l(?=[\dl-]|$)|(?<![a-z])l(?=\d{2})")
_SPLIT_NUMBER = re.compile(r"(?<=\d) (?=\d)")
_DASHES = re.compile(r"\s*(?:[‐‑‒–—−-]+|\bto\b)\s*")


class Pages(NamedTuple):
    """Where in the volume: numbers are -1 where not told."""

    first: int
    last: int
    locator: bool  # an article number or a single number, not a range


_NO_PAGES = Pages(-1, -1, False)


def _digits(text: str) -> str:
    """A number as printed where it was read with a letter or a blank in it: '1O8' is 108, '4 07' is 407."""
    if not any(letter in text for letter in "ol "):
        return text
    return _MISREAD_ONE.sub("1", _MISREAD_NOUGHT.sub("0", _SPLIT_NUMBER.sub("", text)))


def page_features(raw: str) -> Pages:
    """Reads pages: '969-72' is 969 to 972, 'S417-S429' 417 to 429, 'e12724' a locator, '01-Oct' was 1-10 once."""
    text = raw.strip().lower().removeprefix("pages").removeprefix("pp").removeprefix("p.").strip(" .:")
    text = _digits(text)
    if not text or "pagination" in text:
        return _NO_PAGES
    if sheet := _SHEET_DATE.match(text):
        day, month = (sheet.group(1), sheet.group(2)) if sheet.group(1) else (sheet.group(4), sheet.group(3))
        if month in _MONTHS:
            low, high = sorted((int(day), _MONTHS[month]))
            return Pages(low, high, False)
    parts = _DASHES.split(re.split(r"[,;+(]", text)[0].strip(), maxsplit=1)
    first = _PAGE.search(parts[0])
    if not first:
        # 'Suppl-29': only the end of the last page is left.
        last_only = _PAGE.search(parts[1]) if len(parts) > 1 else None
        return Pages(-1, int(last_only.group(2)[:9]), False) if last_only else _NO_PAGES
    start = int(first.group(2)[:12])
    second = _PAGE.search(parts[1]) if len(parts) > 1 and parts[1] else None
    if not second:
        return Pages(start, start, True)
    digits, full = second.group(2), first.group(2)
    end = int((full[: len(full) - len(digits)] + digits)[:12]) if len(digits) < len(full) else int(digits[:12])
    return Pages(start, end, first.group(1) in {"e", "art"} and start > 999)


def year_feature(raw: str) -> int:
    """The year, 0 where not told."""
    found = _YEAR.search(raw)
    return int(found.group()) if found else 0


_VOLUME = re.compile(r"\d+")


def volume_feature(raw: str, year: int = 0) -> int:
    """The first number of a volume or issue, -1 without one. The year in the volume's place says nothing about it."""
    found = _VOLUME.search(_digits(raw.lower()))
    number = int(found.group()[:9]) if found else -1
    return -1 if year and number == year else number


_JOURNAL_TAIL = re.compile(
    r"\s*(?:\((?!part|section|series|[a-z]$)[^()]*\)|:\s*(?:official|the official)\b.*|\.\s*conference\b.*)\s*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=65536)
def journal_feature(raw: str) -> str:
    """A source title folded, without place ('BMJ (Clinical research ed.)') and the society it belongs to."""
    text = _JOURNAL_TAIL.sub("", raw)
    words = [word for word in fold(text or raw).split() if word not in STOP]
    return " ".join(words)


# --- identifiers ------------------------------------------------------------------------------------------------

_DOI = re.compile(r"10\.\d{3,9}/\S+")
# Versions of one work: '10.1002/14651858.CD000000.pub2', '10.5555/preprint.v3'.
_DOI_VERSION = re.compile(r"(?:\.pub\d{1,2}|[./]v\d{1,2})$")


def doi_feature(raw: str) -> str:
    """A DOI without resolver address, case and trailing punctuation; "" for what is none."""
    if not raw:
        return ""
    found = _DOI.search(raw.replace("%2F", "/").replace("%2f", "/"))
    return _DOI_VERSION.sub("", found.group().rstrip(".,;)]}>\"'").lower()) if found else ""


_TRIAL = re.compile(
    r"\b(?:nct\s?0*\d{8}|isrctn\s?\d{8}|eudract\s?\d{4}-\d{6}-\d{2}|\d{4}-\d{6}-\d{2}-\d{2}|actrn\s?\d{14}|chictr[-\w]*\d{6,}|"
    r"drks\s?\d{8}|umin\s?\d{9}|jprn-\w+\d+|ctri/\d{4}/\d{2,3}/\d+|irct\s?\w?\d{8,}\w*|ntr\s?\d{3,5}|kct\s?\d{7}|pactr\s?\d{15,}|tctr\s?\d{11})\b",
    re.IGNORECASE,
)


def trial_numbers(text: str) -> list[str]:
    """Trial registration numbers named in a text, normalised, sorted."""
    return sorted({re.sub(r"\s", "", found).upper() for found in _TRIAL.findall(text)})


_ABSTRACT_START = re.compile(
    r"^(?:abstract|background|objectives?|purpose|introduction|aims?|summary|context|importance|the)\b\s*"
)
ABSTRACT_LETTERS = 400


def abstract_feature(raw: str) -> str:
    """The head of an abstract, folded, without the heading it may start with."""
    if len(raw) < 60:
        return ""
    words = fold(raw[: ABSTRACT_LETTERS + 100])
    previous = ""
    while words != previous:
        previous, words = words, _ABSTRACT_START.sub("", words)
    return words[:ABSTRACT_LETTERS]
