"""What a record says, in a form that two databases agree on: text, place and identifiers.

Nothing here looks at more than one record, so a record's features never depend on its neighbours, on the order of
rows or on what else is in the export. Folding keeps every script: letters lose their diacritics, but a title in
another script keeps its characters (folding it to nothing would make all such titles equal).
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from prismake.dedup.vocabulary import MEETING_WORDS, MONTHS, PREPRINT_WORDS, SERIAL_WORDS, STOP

# --- text -------------------------------------------------------------------------------------------------------

_TAGS = re.compile(r"</?(?:[a-zA-Z][\w:]{0,12})(?:\s[^<>]{0,80})?/?>")
_NOT_WORD = re.compile(r"[\W_]+")
_ASCII_WORD = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"}
    | {"α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "κ": " kappa ", "µ": "u", "μ": "u"}
)
_SPELLED_LETTER = re.compile(f"[{''.join(map(chr, _SPELLED))}]")

# A word that was broken at the end of a line; not "short- and long-term".
_BROKEN_WORD = re.compile(
    r"(?<=[^\W\d_])[-\u00ad\u2010\u2011]\s+(?=[^\W\d_])(?!(?:and|or|to|und|oder|bis|et|ou|y|e|o|vs)\b)"
)


# Marks of Latin, Greek and Cyrillic; in scripts after these they belong to the letters.
_DIACRITICS = re.compile(f"[{''.join(filter(unicodedata.combining, map(chr, range(0x0300, 0x0591))))}]+")


# Marks that Unicode counts among the letters.
_APOSTROPHES = re.compile("[\u02b9-\u02bf\u02c8\u02ca\u02cb\ua78b\ua78c]")


def plain(text: str) -> str:
    """Lower case without diacritics, tags and entities, words broken at the end of a line joined; punctuation stays."""
    if "- " in text or "-\n" in text or "\u00ad" in text:
        text = _BROKEN_WORD.sub("", text)
    if "&" in text:
        text = html.unescape(html.unescape(text)).replace("&", " and ")
    if "<" in text:
        text = _TAGS.sub("", text)
    if text.isascii():
        return text.lower()
    # Decomposed first: a letter of mathematics or with an accent must be the plain letter when it is spelled out.
    text = unicodedata.normalize("NFKD", text.casefold()).casefold()
    if _SPELLED_LETTER.search(text):
        text = text.translate(_SPELLED)
    return unicodedata.normalize("NFC", _DIACRITICS.sub("", text))


def fold(text: str) -> str:
    """Lower case without diacritics, tags, entities and punctuation: words parted by one blank."""
    text = plain(text)
    if text.isascii():
        return " ".join(text.translate(_ASCII_WORD).split())
    text = _APOSTROPHES.sub(" ", text)
    return _NOT_WORD.sub(" ", text).strip()


# --- where it appeared ------------------------------------------------------------------------------------------

_YEAR = re.compile(r"(?:15|16|17|18|19|20)\d\d")
_LETTER_IN_YEAR = re.compile(
    r"(?<![^\W\d_])[ozlisbgq](?=[\dozlisbgq])|(?<=\d)[ozlisbgq](?![^\W\dozlisbgq_])", re.IGNORECASE
)
_RANGE = re.compile(r"(\d{1,9})-{1,2}(\d{1,9})")
_PAGE = re.compile(r"(?<![a-z])(?:(?<!\s)|(?!\s))([a-z]*)\s*+0*(\d+)\s*([a-z]?)")
_SHEET_DATE = re.compile(r"^(\d{1,2})-([a-z]{3})(?:-\d+)?$|^([a-z]{3})-(\d{1,2})$")
# Letters that stand for digits: between digits; at the end those that no page or volume ends with (12B, 28S do).
_MISREAD_DIGIT = re.compile(
    r"(?<=\d)[olizsbgq](?=\d)|(?<=\d)[olzg](?=[-\W]|$)|(?<![a-z\d])[lz](?=\d{2})|(?<=\d)[ol](?=[ol])"
)
_READ_AS = {"o": "0", "l": "1", "i": "1", "z": "2", "s": "5", "b": "8", "g": "6", "q": "9"}
# Roman pages are those of the front matter: far from all others.
_ROMAN_PAGES = re.compile(r"([ivxlc]+)(?:\s*[‐‑‒–—−-]+\s*([ivxlc]+))?")
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
FRONT_MATTER = 10**11
# Volumes have fewer pages; a larger number is an article's.
LAST_PAGE = 20_000
_MORE_PAGES = re.compile(r"[,;+(]")
_SPLIT_NUMBER = re.compile(r"(?<=\d) (?=\d)")
_DASHES = re.compile(r"(?<!\s)\s*(?:[‐‑‒–—−-]+|\bto\b)\s*")


class Pages(NamedTuple):
    """Where in the volume: a number is -1 where it is unknown."""

    first: int
    last: int
    locator: bool  # an article number or a single number, not a range
    alone: bool = False  # one page of a volume: neither an article number nor "35+"


_NO_PAGES = Pages(-1, -1, False)


def _digits(text: str) -> str:
    """A number as printed where it was read with a letter or a blank in it: '1O8' is 108, '4 07' is 407."""
    if text.isdigit() or not any(letter in text for letter in "olizsbgq "):
        return text
    return _MISREAD_DIGIT.sub(lambda digit: _READ_AS[digit.group()], _SPLIT_NUMBER.sub("", text))


def _roman(text: str) -> int:
    values = [_ROMAN_DIGITS[letter] for letter in text]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def page_features(raw: str) -> Pages:
    """Reads pages: '613-18' is 613 to 618, 'S211-S223' 211 to 223, 'e20315' a locator, '01-Oct' was 1-10 once."""
    if usual := _RANGE.fullmatch(raw):
        return _range(usual.group(1), usual.group(2), locator=False)
    text = raw.strip().lower().removeprefix("pages").removeprefix("pp").removeprefix("p.").strip(" .:")
    text = _digits(text)
    if not text or "pagination" in text:
        return _NO_PAGES
    if sheet := _SHEET_DATE.match(text):
        day, month = (sheet.group(1), sheet.group(2)) if sheet.group(1) else (sheet.group(4), sheet.group(3))
        if month in MONTHS:
            low, high = sorted((int(day), MONTHS[month]))
            return Pages(low, high, False)
    if roman := _ROMAN_PAGES.fullmatch(text):
        first, last = roman.group(1), roman.group(2) or roman.group(1)
        return Pages(FRONT_MATTER + _roman(first), FRONT_MATTER + _roman(last), first == last)
    parts = _DASHES.split(_MORE_PAGES.split(text)[0].strip(), maxsplit=1)
    first = _PAGE.search(parts[0])
    if not first:
        # 'Suppl-23': only the end of the last page is left.
        last_only = _PAGE.search(parts[1]) if len(parts) > 1 else None
        return Pages(-1, int(last_only.group(2)[:9]), False) if last_only else _NO_PAGES
    start = int(first.group(2)[:12])
    second = _PAGE.search(parts[1]) if len(parts) > 1 and parts[1] else None
    if not second:
        # A single page of a supplement is that of an abstract.
        return Pages(
            start, start, first.group(1) != "s", not first.group(1) and 1 < start <= LAST_PAGE and "+" not in text
        )
    return _range(first.group(2), second.group(2), locator=first.group(1) in {"e", "art"} and start > 999)


def _range(first: str, last: str, *, locator: bool) -> Pages:
    """Pages from their first and last number as printed; a shorter last one goes on from the first: 613-18."""
    first, last = first.lstrip("0") or "0", last.lstrip("0") or "0"
    whole = first[: len(first) - len(last)] + last if len(last) < len(first) else last
    return Pages(int(first[:12]), int(whole[:12]), locator, first == whole and not locator)


def year_feature(raw: str) -> int:
    """The year, 0 where it is unknown."""
    if len(raw) == 4 and raw.isascii() and raw.isdigit():
        return int(raw)
    year = _YEAR.search(raw) or _YEAR.search(_LETTER_IN_YEAR.sub(lambda letter: _READ_AS[letter.group().lower()], raw))
    return int(year.group()) if year else 0


_VOLUME = re.compile(r"\d+")


def volume_feature(raw: str, year: int = 0) -> int:
    """The first number of a volume or issue, -1 without one. The year in the volume's place says nothing about it."""
    if not raw:
        return -1
    if len(raw) < 9 and raw.isascii() and raw.isdigit():
        number = int(raw)
    else:
        digits = _VOLUME.search(_digits(raw.lower()))
        number = int(digits.group()[:9]) if digits else -1
    return -1 if year and number == year else number


_JOURNAL_TAIL = re.compile(
    r"(?<!\s)\s*(?:\((?!part|section|series|[a-z]$)[^()]*\)|:\s*(?:official|the official)\b.*|\.\s*conference\b.*)\s*$",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=65536)
def journal_feature(raw: str) -> str:
    """A source title folded, without place ('Spine Notes (Oslo)') and the society it belongs to."""
    text = _JOURNAL_TAIL.sub("", raw) if any(mark in raw for mark in "(:.") else raw
    words = [word for word in fold(text or raw).split() if word not in STOP]
    return " ".join(words)


MEETING, SERIAL = 1, 2


@lru_cache(maxsize=65536)
def source_kind(journal: str) -> int:
    """What a folded source calls itself, in bits: MEETING, SERIAL; 0 where its name says neither."""
    words = journal.split()
    return MEETING * (not MEETING_WORDS.isdisjoint(words)) | SERIAL * (not SERIAL_WORDS.isdisjoint(words))


_SUPPLEMENT = re.compile(r"\bsup|^\s*s\s?\d", re.IGNORECASE)


def is_supplement(*numbers: str) -> bool:
    """Whether a volume, issue or page as printed is that of a supplement."""
    text = " ".join(numbers).lower()
    return "s" in text and any(_SUPPLEMENT.search(number) for number in numbers)


# DOIs of preprint servers; journals share the prefix of some.
_PREPRINT_DOI = re.compile(
    r"10\.(?:(?:1101|64898)/(?:\d{6}|\d{4}\.\d\d\.\d\d)|48550/|21203/rs\.|2139/ssrn|20944/preprints|"
    r"26434/chemrxiv|3123[45]/|31219/|31222/|36227/techrxiv|22541/au)"
)


@lru_cache(maxsize=65536)
def is_server(journal: str) -> bool:
    """Whether a folded source is a server of preprints."""
    return not PREPRINT_WORDS.isdisjoint(journal.split())


def is_preprint(doi: str, journal: str, kinds: str, volume: str) -> bool:
    """Whether a record's type of publication, folded source or DOI is a preprint's; one in a volume is an article."""
    if "preprint" in kinds or is_server(journal):
        return True
    return not volume and doi != "" and _PREPRINT_DOI.match(doi) is not None


# --- identifiers ------------------------------------------------------------------------------------------------

_DOI = re.compile(r"10\.\d{3,9}/\S+")
# Versions of one work: '10.1002/14651858.CD000000.pub2', '10.5555/preprint.v3'.
_DOI_VERSION = re.compile(r"(?:\.pub\d{1,2}|[./]v\d{1,2})$")


def doi_feature(raw: str) -> str:
    """A DOI without resolver address, case and trailing punctuation; "" for anything else."""
    if not raw:
        return ""
    doi = _DOI.search(raw.replace("%2F", "/").replace("%2f", "/"))
    return _DOI_VERSION.sub("", doi.group().rstrip(".,;)]}>\"'").lower()) if doi else ""


_ISBN = re.compile(r"(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx]")


def isbn_feature(raw: str) -> str:
    """The digits of the first ISBN without the prefix 978 and the check digit; "" without one."""
    number = _ISBN.search(raw) if raw else None
    digits = re.sub(r"\D", "", number.group()[:-1]) if number else ""
    return digits[3:] if len(digits) == 12 and digits.startswith("978") else digits


_TRIAL = re.compile(
    r"\b(?:nct\s?0*\d{8}|isrctn\s?\d{8}|(?:eudract\s?)?\d{4}-\d{6}-\d{2}(?:-\d{2})?|actrn\s?\d{14}|"
    r"chictr[-\w]{0,12}\d{6,}|drks\s?\d{8}|umin\s?\d{9}|jprn-\w+\d+|ctri/\d{4}/\d{2,3}/\d+|irct\s?\w?\d{8,}\w*|"
    r"ntr\s?\d{3,5}|kct\s?\d{7}|pactr\s?\d{15,}|tctr\s?\d{11})\b",
    re.IGNORECASE,
)


def trial_numbers(text: str) -> list[str]:
    """Trial registration numbers named in a text, normalised, sorted."""
    return sorted({re.sub(r"\s", "", number).upper() for number in _TRIAL.findall(text)})


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
