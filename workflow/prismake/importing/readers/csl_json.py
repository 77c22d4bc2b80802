"""JSON: CSL-JSON (Zotero, Mendeley, pandoc) and plain lists of objects with columns as in a table.

Lists are cut into their objects by their brackets, so that memory holds one and a broken one costs no other. A file may
also have an object in each line, or hold several lists: those whose objects have a title and another part of a record
are read (of EPPI-Reviewer's, the references, not the code sets).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from prismake.common import identifiers
from prismake.importing import rules
from prismake.importing.content import Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.field_map import FieldMap
from prismake.importing.fields import Values, year
from prismake.importing.names import people
from prismake.importing.pieces import RECORD_LIMIT
from prismake.importing.readers import delimited
from prismake.importing.readers.headers import score
from prismake.importing.readers.json_members import fields_of, loaded, one_cell_each
from prismake.importing.readers.table_fields import table_values
from prismake.importing.text import fold

# Files up to this size are counted by parsing them whole.
WHOLE = 64 << 20
# A text (open at the end where the piece ends in it), a bracket, or a line's end.
_TOKEN = re.compile(r'"[^"\\\n]*(?:\\(?:.|\Z)[^"\\\n]*)*("?)|[{}\[\]\n]')


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's objects in order; a record that stands alone, without a list, is one."""
    for line, text, fault in _texts(content):
        if fault:
            yield Rejected(line, fault)
            continue
        try:
            reference = _parsed(text)
        except (ValueError, RecursionError) as problem:
            yield Rejected(line, f"not well-formed JSON: {problem}")
            continue
        yield Entry(fields_of(reference), line)


def _texts(content: Content) -> Iterator[tuple[int, str, str]]:
    """Line, text and fault of each object that is a record."""
    if _in_lines(content):
        blocks = (block[:-1].split("\n") for block in content.blocks())
        yield from ((number, line, "") for number, line in enumerate(chain.from_iterable(blocks), 1) if line.strip())
    elif alone := _alone(content):
        yield 1, alone, ""
    else:
        yield from _objects(content, _chosen_lists(content))


def _in_lines(content: Content) -> bool:
    """True for JSON lines: an object in each line, without a list around them."""
    first, _, rest = content.head_text().lstrip().partition("\n")
    if first[:1] != "{" or rest.lstrip()[:1] != "{":
        return False
    try:
        return isinstance(_parsed(first), dict)
    except (ValueError, RecursionError):
        return False


_BARE_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


def _parsed(text: str) -> Any:
    """What a JSON text holds; control characters inside its texts, which JSON wants escaped, are taken as they are."""
    try:
        return json.loads(text)
    except ValueError:
        if not _BARE_CONTROL.search(text):
            raise
        return json.loads(_BARE_CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def _alone(content: Content) -> str:
    """The text of a file that holds one record without a list around it; "" for any other file."""
    text = ""
    for chunk in content.text_chunks():
        text += chunk
        if text.lstrip()[:1] not in ("", "{") or len(text) > RECORD_LIMIT:
            return ""
    # The bare record's own members come before its first list, but perhaps after it where the file can be parsed.
    try:
        reference = _parsed(text)
    except (ValueError, RecursionError):
        kind = _OWN_TYPE.match(text)
        return text if kind and kind[1] in TYPES else ""
    if not isinstance(reference, dict) or reference.get("type") in TYPES:
        return text if isinstance(reference, dict) else ""
    holds_records = any(_parts_of_record(item) for items in _outermost_lists(reference) for item in items)
    return text if isinstance(reference.get("title"), str) and not holds_records else ""


# The type of an object that the file begins with, before any list or object in it.
_OWN_TYPE = re.compile(r'\s*\{[^{}\[\]]*?"type"\s*:\s*"([^"]*)"')


def _parts_of_record(value: Any) -> int:
    """How many parts of a record the members of an object name; 0 where none is a title, -1 for a set of codes."""
    if not isinstance(value, dict):
        return 0
    return -1 if value.keys() >= _CODE_SET else score(list(value))


# What EPPI-Reviewer's sets of codes always have; a file may hold them and an empty list of references.
_CODE_SET = frozenset(("SetName", "Attributes"))


_MOST_LISTS = 1000
# Objects at the start of a list that show whether it is one of records.
_LOOKED_AT = 20


def _chosen_lists(content: Content) -> frozenset[int]:
    """The numbers of the lists that are read: those of records, else of objects with a title, else the first."""
    if content.head_text().lstrip()[:1] == "[":
        # Several where exports were joined.
        return frozenset(range(_MOST_LISTS))
    seen: Counter[int] = Counter()
    parts: dict[int, int] = {}
    for number, _, text, fault in _numbered_objects(content):
        seen[number] += 1
        if seen[number] > _LOOKED_AT or fault:
            continue
        try:
            named = _parts_of_record(_parsed(text))
            parts[number] = max(parts.get(number, named), named)
        except (ValueError, RecursionError):
            continue
    return _most_like_records(parts)


def _most_like_records(parts: Mapping[int, int]) -> frozenset[int]:
    """The lists whose objects name more than a title, else those that name one, else the first that is no code set."""
    for least in (2, 1):
        if numbers := {number for number, count in parts.items() if count >= least}:
            return frozenset(numbers)
    return frozenset({min((number for number, count in parts.items() if count >= 0), default=0 if not parts else -1)})


def _objects(content: Content, chosen: frozenset[int]) -> Iterator[tuple[int, str, str]]:
    """Line, text and fault of each object that stands in one of the chosen lists."""
    for number, line, text, fault in _numbered_objects(content):
        if number in chosen:
            yield line, text, fault


def _numbered_objects(content: Content) -> Iterator[tuple[int, int, str, str]]:
    """The number of its list, the line, text and fault of each object that stands in an outermost list."""
    parts: list[str] = []
    size, line, start, depth, base, number = 0, 1, 1, 0, 0, -1
    # What the next piece begins with: a quotation mark where the last one ended inside a text (not part of it).
    carried, added = "", 0
    for chunk in chain(content.text_chunks(), ("\n",)):
        text, at, end = carried + chunk, added, len(carried) + len(chunk)
        carried, added = "", 0
        for match in _TOKEN.finditer(text):
            mark = text[match.start()]
            if mark == '"':
                if match.end() == end and not match[1]:
                    split = (end - len(text.rstrip("\\"))) % 2
                    carried, added, end = '"' + "\\" * split, 1, end - split
            elif mark == "\n":
                line += 1
            elif mark == "[":
                depth += 1
                if not base:
                    base, number = depth, number + 1
            elif mark == "{":
                depth += 1
                if base and depth == base + 1 and not parts:
                    at, start, size, parts = match.start(), line, 0, [""]
            elif parts and depth == base + 1 and mark == "}":
                parts.append(text[at : match.end()])
                yield number, start, "".join(parts), "" if size <= RECORD_LIMIT else _TOO_LONG
                depth, parts = base, []
            elif base and depth <= base and not parts:
                depth, base = depth - 1, 0
            else:
                depth -= 1
        if parts:
            size += end - at
            parts = [*parts, text[at:end]] if size <= RECORD_LIMIT else [""]
    if parts:
        yield number, start, "", "the file ends inside the record"


_TOO_LONG = f"the record is longer than {RECORD_LIMIT >> 20} million characters"


def count(content: Content) -> int:
    """Counts the objects of the list by parsing the file whole; where that fails, by their brackets."""
    if _in_lines(content):
        return sum(bool(line.strip()) for lines in content.utf8_lines() for line in lines)
    if _alone(content):
        return 1
    size = 0
    texts = []
    for block in content.text_chunks():
        size += len(block)
        if size > WHOLE:
            return _count_by_brackets(content)
        texts.append(block)
    try:
        # Only where an object stands outermost may two lists be members of one name.
        hook = None if content.head_text().lstrip()[:1] == "[" else _Members
        document = json.loads("".join(texts), object_pairs_hook=hook)
    except (ValueError, RecursionError):
        return _count_by_brackets(content)
    lists = [[item for item in items if isinstance(item, dict)] for items in _outermost_lists(document)]
    parts = {
        number: max(map(_parts_of_record, items[:_LOOKED_AT]), default=0) for number, items in enumerate(lists) if items
    }
    return sum(len(lists[number]) for number in _most_like_records(parts) if number in parts)


def _count_by_brackets(content: Content) -> int:
    return sum(1 for _ in _objects(content, _chosen_lists(content)))


class _Members(dict[str, Any]):
    """An object that remembers the values of members with one name, too."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.all = [value for _, value in pairs]


def _outermost_lists(content: Any) -> Iterator[list[Any]]:
    """The lists that stand in no other list, in their order."""
    if isinstance(content, list):
        yield content
    elif isinstance(content, dict):
        for value in content.all if isinstance(content, _Members) else content.values():
            yield from _outermost_lists(value)


TYPES = {
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "article": "preprint",
    "review": "article",
    "paper-conference": "conference",
    "chapter": "chapter",
    "entry-encyclopedia": "chapter",
    "book": "book",
    "thesis": "thesis",
    "report": "report",
    "webpage": "webpage",
    "post-weblog": "webpage",
    "dataset": "dataset",
    "patent": "patent",
}


# Crossref's names for the types.
TYPES |= {
    "journal-article": "article",
    "proceedings-article": "conference",
    "book-chapter": "chapter",
    "monograph": "book",
    "edited-book": "book",
    "dissertation": "thesis",
    "posted-content": "preprint",
}


def _names(text: str) -> list[str]:
    """The names in a member that lists people."""
    people = loaded(text) if text else []
    if not isinstance(people, list):
        return [str(people)]
    names = []
    for person in people:
        if isinstance(person, dict):
            family = " ".join(str(person[part]) for part in ("non-dropping-particle", "family") if person.get(part))
            given = " ".join(str(person[part]) for part in ("given", "suffix") if person.get(part))
            names.append(f"{family}, {given}" if family and given else family or str(person.get("literal") or given))
        else:
            names.append(str(person))
    return names


def _date(text: str) -> str:
    """A date as year, month and day, or as it is written."""
    date = loaded(text) if text else ""
    if isinstance(date, dict):
        parts = date.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return "-".join(f"{part:02d}" if isinstance(part, int) else str(part) for part in parts[0])
        return fold(str(date.get("raw") or date.get("literal") or ""))
    return fold(str(date))


def _words(value: str) -> list[str]:
    return [word.strip() for word in re.split(r"[;,]", value)]


FIELDS = FieldMap(
    {
        "entrytype": rules.coded(TYPES, "type") | rules.always("misc"),
        "title": rules.text("title"),
        "author": rules.derived(lambda values: people(_names(values.first("author"))), "author")
        | rules.derived(lambda values: people(_names(values.first("editor"))), "editor"),
        "year": rules.derived(lambda values: year(_date(values.first("issued"))), "issued"),
        "date": rules.derived(lambda values: _date(values.first("issued")), "issued"),
        "journal": rules.name("container-title", "collection-title"),
        "journal_abbrev": rules.name("container-title-short", "journalAbbreviation"),
        "volume": rules.brief("volume"),
        "number": rules.brief("issue", "number"),
        "pages": rules.brief("page", "page-first", "article-number"),
        "abstract": rules.text("abstract"),
        "keywords": rules.words(_words, "keyword"),
        "language": rules.items("language"),
        "publication_types": rules.items("genre"),
        "url": rules.items("URL"),
        "note": rules.items("note", "annote"),
        "doi": rules.doi("DOI") | rules.doi_of_address("URL"),
        "pmid": rules.pmid("PMID")
        | rules.derived(lambda values: identifiers.noted_pmid(values.all("note")), "note")
        | rules.pmid_of_address("URL"),
        "pmcid": rules.pmcid("PMCID")
        | rules.derived(lambda values: identifiers.noted_pmcid(values.all("note")), "note")
        | rules.pmcid_of_address("URL"),
        "issn": rules.issns("ISSN", "ISBN"),
        "isbn": rules.isbns("ISSN", "ISBN"),
    }
)
# Lists of objects that are no CSL have columns as a table.
_TABLE = replace(delimited.FORMAT, values=lambda fields: table_values(one_cell_each(fields)))


# Members that CSL does not have.
_OF_TABLES = frozenset(
    ("Title", "year", "Year", "authors", "Authors", "journal", "authorString", "authorships", "publication_year")
)


def _dialect(fields: Fields) -> Format | None:
    names = {name for name, value in fields if value}
    if not names.isdisjoint(_OF_TABLES):
        return _TABLE
    kind = next((value for name, value in fields if name == "type" and value), "")
    is_csl = not names.isdisjoint(("issued", "container-title")) or kind in TYPES or "DOI" in names
    return None if is_csl else _TABLE


FORMAT = Format("json", read, count, FIELDS, Values, dialect=_dialect)
