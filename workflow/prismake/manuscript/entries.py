"""What a BibTeX entry says of a work that pandoc's reader leaves out or reads otherwise than authors mean it.

Pandoc lowers every unprotected capital of a title, takes "and others" for a person, knows no `eid` and makes one word
of `howpublished`, whatever it holds. The functions here put each of them where CSL has a place for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bibtexparser.library import Library

from prismake.manuscript.people import set_names

Work = dict[str, Any]
Fields = Mapping[str, str]

# Where preprints lie, without case and signs.
SERVERS = {
    *("arxiv", "biorxiv", "medrxiv", "chemrxiv", "psyarxiv", "osfpreprints", "preprintsorg", "researchsquare", "ssrn"),
    *("socarxiv", "edarxiv", "sportrxiv", "metaarxiv", "techrxiv", "authorea", "eartharxiv", "ssrnelectronicjournal"),
}
# Entry type -> CSL type, where pandoc's choice is another.
TYPES = {"standard": "standard", "online": "webpage", "electronic": "webpage", "www": "webpage"}
# Names and codes of languages, as exports write them -> ISO 639-1.
LANGUAGES = {
    **{
        "english": "en",
        "eng": "en",
        "american": "en-US",
        "usenglish": "en-US",
        "british": "en-GB",
        "ukenglish": "en-GB",
    },
    **{"german": "de", "ngerman": "de", "ger": "de", "deu": "de", "deutsch": "de", "french": "fr", "fre": "fr"},
    **{"fra": "fr", "francais": "fr", "français": "fr", "spanish": "es", "spa": "es", "italian": "it", "ita": "it"},
    **{"portuguese": "pt", "por": "pt", "brazilian": "pt-BR", "dutch": "nl", "dut": "nl", "nld": "nl"},
    **{"swedish": "sv", "swe": "sv", "norwegian": "no", "nor": "no", "danish": "da", "dan": "da", "finnish": "fi"},
    **{"fin": "fi", "polish": "pl", "pol": "pl", "czech": "cs", "cze": "cs", "ces": "cs", "slovak": "sk", "slo": "sk"},
    **{"hungarian": "hu", "hun": "hu", "russian": "ru", "rus": "ru", "ukrainian": "uk", "ukr": "uk", "greek": "el"},
    **{"gre": "el", "ell": "el", "turkish": "tr", "tur": "tr", "japanese": "ja", "jpn": "ja", "chinese": "zh"},
    **{"chi": "zh", "zho": "zh", "korean": "ko", "kor": "ko", "arabic": "ar", "ara": "ar", "hebrew": "he"},
    **{"heb": "he", "persian": "fa", "per": "fa", "farsi": "fa", "romanian": "ro", "rum": "ro", "croatian": "hr"},
    **{"hrv": "hr", "serbian": "sr", "srp": "sr", "slovene": "sl", "slovenian": "sl", "bulgarian": "bg", "bul": "bg"},
}
RESOLVER = re.compile(r"(?<!\s)\s*(https?://(dx\.)?doi\.org/|doi:\s*)(?=10\.)", re.IGNORECASE)
CODE = re.compile(r"[a-z]{2}([_-][a-z]{2,4})?", re.IGNORECASE)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
# A word before a number that a style writes itself, or leaves out.
LABEL = re.compile(
    r"^(?:(?:art(?:icle)?|pap(?:er)?)\.?(?:\s*(?:no|nr|number|id)\b)?|pages?|pp?|vol(?:ume)?|n[or]|issue)[.:\s]+(?=[A-Za-z]*\d)",
    re.IGNORECASE,
)
EDITION = re.compile(rf"(?P<n>\d+|{'|'.join(ORDINALS)})(st|nd|rd|th)?\.?\s*(rev(ised)?\.?\s*)?(ed(itio)?n?\.?)?", re.I)
ADDRESS = re.compile(
    r"(?:\\url\s*\{(?P<braced>[^{}]+)\}|\\href\s*\{(?P<linked>[^{}]+)\}\s*(?P<shown>\{[^{}]*\})?|"
    r"(?P<bare>https?://[^\s{}\\,;]+))"
)
# Words that introduce an address and say nothing beside it.
INTRODUCTION = re.compile(
    r"^[\s\[(]*+((available|retrieved|accessible|online)\b[\s:]*+)*+(at|from|online)?[\s:.,;\])]*+$", re.I
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ACCESSED = re.compile(
    r"\W*(?:online\W+)?(?:last\s+)?(?:accessed|visited|retrieved)(?:\s+on)?\W*(?P<day>\w.*?)\W*", re.IGNORECASE
)
ACCESS = re.compile(r"(?:\bonline\W+)?(?:\blast\s+)?\b(?:accessed|visited|retrieved)\b", re.IGNORECASE)
# How the day is written on which a page was read.
DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
        r"(?P<m>[a-z]{3,9})\.?[\s-]+(?P<d>\d{1,2})[\s,-]+(?P<y>\d{4})",
        r"(?P<d>\d{1,2})\.?[\s-]+(?P<m>[a-z]{3,9})\.?[\s,-]+(?P<y>\d{4})",
    )
)
PENDING = re.compile(
    r"\(?(in press|forthcoming|to appear|accepted( for publication)?|submitted( for publication)?)\)?\.?", re.I
)
UNDATED = re.compile(r"\[?(n\.?\s?d\.?|no date|undated)\]?", re.IGNORECASE)
STATES = {"inpress": "in press", "forthcoming": "forthcoming", "submitted": "submitted"}
# Titles and what a command or a protected word in them is.
TITLES = ("title", "subtitle", "booktitle", "maintitle")
COMMAND = re.compile(r"\\[A-Za-z]+|\$[^$]*\$")
WORDS = re.compile(r"(?<![\w'’{-])[^\W\d_][\w'’]{2,}")
# Words that title case leaves small.
SMALL = re.compile(r"and|but|for|nor|the|via|per|from|with|into|onto|over|upon|than|that|vs|versus|its|are|was", re.I)
EXACT = "prismake-exact-"


def fields_of(library: Library) -> dict[str, tuple[str, dict[str, str]]]:
    """The type and the filled fields of each entry, by its key."""
    return {
        entry.key: (
            entry.entry_type.lower(),
            {field.key.lower(): str(field.value) for field in entry.fields if str(field.value).strip(' {}"')},
        )
        for entry in library.entries
    }


def _plain(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").split())


# Titles ---------------------------------------------------------------------------------------------------------------


def _is_sentence(title: str) -> bool:
    """Whether a title is written as a sentence, so that its capitals are names': not most of its words are large.

    A title of one telling word is taken for a sentence: "Cancer in Sweden" must not lose its country.
    """
    words = [word for word in WORDS.findall(COMMAND.sub(" ", title))[1:] if not SMALL.fullmatch(word)]
    large = sum(not word[0].islower() for word in words)
    return len(words) < 2 or 5 * large < 4 * len(words)


def _kept(fields: Fields) -> dict[str, str]:
    """The titles of an entry whose letters are right as they are: written as a sentence, or not English."""
    foreign = not language_of(fields).startswith("en") if language_of(fields) else False
    return {name: fields[name] for name in TITLES if name in fields and (foreign or _is_sentence(fields[name]))}


def exact_titles(library: Library) -> str:
    """Entries that give pandoc the titles that it must not change, each field of each in one of its own."""
    return "".join(
        f"\n@misc{{{EXACT}{name}-{key}, title = {{{{{value}}}}}}}"
        for key, (_, fields) in fields_of(library).items()
        for name, value in _kept(fields).items()
    )


def _letters(text: str) -> str:
    return re.sub(r"<[^<>]*>", "", text).casefold()


def with_exact_titles(items: list[Work]) -> list[Work]:
    """The works, each title as its author wrote it, without the entries of `exact_titles`."""
    exact: dict[str, list[str]] = {}
    for item in items:
        if item["id"].startswith(EXACT):
            key = item["id"].removeprefix(EXACT).partition("-")[2]
            text = str(item.get("title", ""))
            exact.setdefault(key, []).append(
                re.sub(r'^<span class="nocase">(.*)</span>$', r"\1", text, flags=re.DOTALL)
            )
    works = [item for item in items if not item["id"].startswith(EXACT)]
    for item in works:
        for name in ("title", "container-title", "volume-title", "collection-title"):
            for text in exact.get(item["id"], []) if name in item else []:
                item[name] = _replaced(str(item[name]), text)
    return works


def _replaced(made: str, exact: str) -> str:
    """A title with its letters as written: the whole of it, or the part before or behind a subtitle's colon."""
    if _letters(made) == _letters(exact):
        return exact
    for before, mark, after in [made.partition(": ")]:
        if mark and _letters(before) == _letters(exact):
            return exact + mark + after
        if mark and _letters(after) == _letters(exact):
            return before + mark + exact
    return made


# Single fields --------------------------------------------------------------------------------------------------------


def language_of(fields: Fields) -> str:
    """The language of a work as a tag (`de`, `pt-BR`); empty if the entry names none that is known."""
    language = _plain(fields.get("langid") or fields.get("language") or fields.get("lang") or "").casefold()
    if language in LANGUAGES:
        return LANGUAGES[language]
    base, _, region = language.replace("_", "-").partition("-")
    return "-".join(filter(None, (base, region.upper()))) if CODE.fullmatch(language) else ""


def _set_language(item: Work, fields: Fields) -> None:
    """The language as a tag, with the region that pandoc knows ("fr-FR"); what names no language is left out."""
    language, given = language_of(fields), str(item.pop("language", ""))
    if language:
        item["language"] = given if given.startswith(f"{language}-") else language
    elif CODE.fullmatch(given):
        item["language"] = given


def _set_identifier(item: Work) -> None:
    """A DOI without the address that resolves it, also where only `url` has it."""
    address = str(item.get("URL") or "")
    if not item.get("DOI") and RESOLVER.match(address):
        item["DOI"] = item.pop("URL")
    if item.get("DOI"):
        item["DOI"] = RESOLVER.sub("", str(item["DOI"])).strip()


def _set_number(item: Work, fields: Fields) -> None:
    """The number of an article that has no pages; volume, issue and pages without the words that a style prints."""
    if eid := _plain(fields.get("eid") or fields.get("article-number") or fields.get("articleno") or ""):
        item["eid"] = LABEL.sub("", eid)
        item.setdefault("page", eid)
    for name in ("volume", "issue", "page"):
        if name in item:
            item[name] = LABEL.sub("", str(item[name]))
    first, dash, last = str(item.get("page") or "").partition("-")
    if dash and first == last:
        item["page"] = first


def _set_edition(item: Work) -> None:
    """An edition in words or with its word ("Third", "2nd ed.") is a number, which each style writes in its way."""
    if match := EDITION.fullmatch(str(item.get("edition", "")).strip()):
        word = match["n"].lower()
        item["edition"] = word if word.isdigit() else str(ORDINALS.index(word) + 1)


def _set_address(item: Work, fields: Fields) -> None:
    """An address in `howpublished` or `note` is the work's, and so is the day beside it; what else these say stays."""
    for name, key in (("howpublished", "publisher"), ("note", "note")):
        raw = fields.get(name, "")
        match = ADDRESS.search(raw)
        if not match:
            continue
        item.setdefault("URL", (match["braced"] or match["linked"] or match["bare"]).strip())
        rest = _plain(ADDRESS.sub(lambda found: found["shown"] or " ", raw)).strip(" ,;")
        access = ACCESS.search(rest)
        if access and (day := _day_read(rest[access.start() :])):
            item.setdefault("accessed", {"date-parts": [day]})
            rest = rest[: access.start()].rstrip(" ,;.([")
        if INTRODUCTION.fullmatch(rest):
            item.pop(key, None)
        else:
            item[key] = rest


def _day_read(note: str) -> list[int] | None:
    """The day on which a page was read, from a note that says nothing else."""
    access = ACCESSED.fullmatch(note)
    date = next((match for day in DAYS if access and (match := day.fullmatch(access["day"]))), None)
    if date is None:
        return None
    month = date["m"].lower()
    if not month.isdigit() and month[:3] not in MONTHS:
        return None
    return [int(date["y"]), int(month) if month.isdigit() else MONTHS.index(month[:3]) + 1, int(date["d"])]


def _set_accessed(item: Work) -> None:
    if day := _day_read(_plain(str(item.get("note", "")))):
        item.setdefault("accessed", {"date-parts": [day]})
        del item["note"]


def _set_status(item: Work, fields: Fields) -> None:
    """A work that is to appear has these words for its date ("In press"), whichever field has them."""
    year = _plain(fields.get("year") or fields.get("date") or "")
    issued = item.get("issued") or {}
    words = STATES.get(_plain(fields.get("pubstate", "")).casefold(), "")
    if match := PENDING.fullmatch(str(item.get("note", "")).strip()):
        words = match[1]
        del item["note"]
    undated = bool(year) and not issued.get("date-parts") and not issued.get("literal")
    if undated and not PENDING.fullmatch(year):
        # "c. 1950" is a date as written; "n.d." is none, which each style writes in its way.
        item.pop("issued", None)
        if not UNDATED.fullmatch(year):
            item["issued"] = {"literal": year}
        return
    words = year.lower() if undated else words
    if not words:
        return
    item["status"] = words
    # One that has its place by now has appeared, and its year is right.
    if undated or not (item.get("volume") or item.get("page")):
        item["issued"] = {"literal": words[:1].upper() + words[1:]}


# Kinds ----------------------------------------------------------------------------------------------------------------


def _server(item: Work, fields: Fields) -> str:
    """The server that a preprint lies on, as the entry writes it."""
    for name in ("archiveprefix", "eprinttype", "publisher", "howpublished", "journal", "journaltitle"):
        text = _plain(fields.get(name, ""))
        if re.sub(r"[\W_]", "", text).casefold() in SERVERS and not item.get("volume"):
            return text
    return ""


def _is_daily(item: Work) -> bool:
    """Whether an article has a day and an address and nothing by which a journal is searched: a newspaper's."""
    days = [len(parts) for parts in (item.get("issued") or {}).get("date-parts") or []]
    return days == [3] and not any(item.get(name) for name in ("volume", "issue", "page", "DOI"))


def _set_kind(item: Work, kind: str, fields: Fields) -> None:
    """The CSL type of a work, where the entry's type means another than pandoc reads."""
    item["type"] = TYPES.get(kind, item.get("type") or "document")
    if server := _server(item, fields):
        item["type"] = "article"
        item["publisher"] = server
        item.pop("container-title", None)
    elif kind == "article" and item.get("URL") and _is_daily(item):
        item["type"] = "article-newspaper"
    elif kind == "inbook" and "booktitle" not in fields:
        # BibTeX's own: a part of the book that `title` names.
        item["type"] = "book"
    elif item["type"] == "report" and item.get("publisher") and not item.get("author") and not item.get("editor"):
        item["author"] = [{"literal": item.pop("publisher")}]
    elif kind == "unpublished" and item.get("note"):
        item.setdefault("publisher", item.pop("note"))
    elif item["type"] == "document" and item.get("URL") and not item.get("publisher") and not item.get("DOI"):
        item["type"] = "webpage"


def complete(items: list[Work], library: Library) -> None:
    """Completes the works (CSL JSON) from their entries, in place."""
    entries = fields_of(library)
    for item in items:
        kind, fields = entries.get(item["id"], ("", {}))
        _set_language(item, fields)
        set_names(item)
        _set_number(item, fields)
        _set_edition(item)
        _set_address(item, fields)
        _set_identifier(item)
        _set_accessed(item)
        _set_status(item, fields)
        _set_kind(item, kind, fields)
