"""RIS in its dialects: Embase.com, Ovid, Cochrane, EBSCO, Scopus, Web of Science, ProQuest, EndNote, Zotero, Lens, …

Written by hand because no library reads these files without loss: rispy 0.10 drops the first record of a file with a
byte order mark unless told of it (63 of 153 real files), keeps the last of repeated SN, DB, AD, L2 and M1 tags, and
joins two records where an ER is missing. Here a TY starts a record, an ER ends it, every line without a tag belongs to
the field above it, and what stands between an ER and the next TY is kept with the record before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy
import pyarrow as pa

from prismake.common import identifiers
from prismake.importing.cells import Flags, by_value, changed, chosen, empty, same, texts, unlike
from prismake.importing.content import Content, lines_like
from prismake.importing.entries import Batch, Entry, Fields, Format, Rejected, Together, last_without_end
from prismake.importing.field_table import Cut, FieldTable, read_together
from prismake.importing.fields import isbns, issns, pages, trial_ids, year
from prismake.importing.names import people
from prismake.importing.pieces import Piece, cut, cut_stretches
from prismake.importing.text import clean, fold, lines_of, listed, told
from prismake.importing.text_cells import as_list, as_name, as_text, by_list, of_lists, of_records

# A tag has the two spaces of the standard before its hyphen. With one space ("KW - x") only these are taken for tags:
# a line of text may well start with "AB - positive".
_SURE = (
    "TY|A[U1234]|T[I123]|KW|PY|Y[12]|DO|UR|SN|J[OF]|VL|N[12]|M[123]|L[1234]|U[12345]|C[1-8]|PMID|PMCID|DOI|ISSN|ISBN"
)
# Where a record's own TY has one space, all of the format's tags may.
_ALL = _SURE + "|AB|AD|AN|BT|CA|CN|CP|CT|CY|D[ABP]|E[DPT]|ID|IS|J[12A]|L[ABK]|NV|OP|P[BPT]|R[INP]|S[EPT]|T[4AT]|V[O]"
START = re.compile(r"\n[ \t\ufeff]*TY {1,3}-(?=[ \t\nA-Z]|\Z)")
START_BYTES = re.compile(rb"\n(?:[ \t]|\xef\xbb\xbf)*TY {1,3}-(?=[ \t\nA-Z]|\Z)")
# "ER - positive" is a line of text; an end has nothing after it.
_FIELD, _LOOSE_FIELD = (
    re.compile(
        rf"\n\ufeff?([A-Z][A-Z0-9](?= {{2,3}}-)|(?:{tags})(?= {{1,2}}-(?:\s|\Z))|ER(?= -[ \t]*(?:\n|\Z))) {{1,3}}-"
    )
    for tags in (_SURE, _ALL)
)
_INDENT = re.compile(r"\n[ \t\ufeff]+(?=[A-Z][A-Z0-9] {1,3}-)")
# Counters and headings that platforms put between records; they say nothing about a record.
_FURNITURE = re.compile(
    r"^(?:\d{1,6}\.?|Record #\d+ of \d+|Provider: .*|Database: .*|Content: .*|%.*|<\d+\.\s*>)$", re.IGNORECASE
)


class _Reader:
    """Reads the pieces of one file: what stands before the first record, then a record each."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.first, self.ends, self.before = True, False, ""
        # A record without an end waits for what follows: as the last of a file whose others have one, it is cut off.
        self.open: Entry | None = None

    def waiting(self) -> bool:
        return self.first or bool(self.before)

    def pass_regular(self) -> list[Entry | Rejected]:
        self.ends = True
        return self._closed()

    def _closed(self) -> list[Entry | Rejected]:
        found: list[Entry | Rejected] = [self.open] if self.open else []
        self.open = None
        return found

    def take(self, piece: Piece) -> list[Entry | Rejected]:
        items = self._closed()
        first, self.first = self.first, False
        if piece.fault:
            return [*items, Rejected(piece.line, piece.fault)]
        found, rest, ended = _entries(self.before + piece.text, piece.line, not first)
        # What stands before the first record, and is not a heading, goes with that record.
        self.before = rest if first else ""
        if found and not ended:
            self.open = found.pop()
        self.ends = self.ends or bool(found)
        return [*items, *found]

    def finish(self) -> list[Entry | Rejected]:
        if not self.open:
            return []
        tag, value = self.open.fields[-1]
        whole = value.removesuffix("\nER")
        self.open.fields[-1] = (tag, whole)
        # An end that is cut off itself costs its record nothing.
        return [last_without_end(self.open, self.content, self.ends and whole == value)]


def read(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the file's records in order."""
    reader = _Reader(content)
    for piece in cut(content, START):
        yield from reader.take(piece)
    yield from reader.finish()


def _read_together(content: Content) -> Iterator[Batch]:
    return read_together(cut_stretches(content, START, START_BYTES), _Reader(content), _regular, long=False, end="ER")


_TY, _ER = (int.from_bytes(tag, "big") for tag in (b"TY  ", b"ER  "))


def _regular(taken: Cut) -> Flags:
    """The records as the standard has them: a TY in the first line, and one ER, after which only headings may come."""
    records = len(taken.odd)
    started = (taken.code == _TY) & (taken.at == taken.starts[taken.owner] + 1)
    ended = taken.code == _ER
    good: Flags = numpy.bincount(taken.owner[started], minlength=records) == 1
    good &= numpy.bincount(taken.owner[ended], minlength=records) == 1
    last = numpy.append(taken.owner[1:] != taken.owner[:-1], True)[: len(taken.owner)]
    good &= numpy.bincount(taken.owner[ended & last], minlength=records) == 1
    for field in numpy.flatnonzero(ended & (taken.begin < taken.end)):
        after = taken.text[taken.begin[field] : taken.end[field]].decode()
        good[taken.owner[field]] &= not _prose(after)
    return good


def _entries(text: str, line: int, started: bool) -> tuple[list[Entry], str, bool]:
    """The records of one piece: the one that its TY starts, and any after its ER with an ER but no TY of their own.

    Also gives what belongs to none of them, and whether the last record had its ER.
    """
    if text[1:2] in " \t\ufeff":
        text = _INDENT.sub("\n", text)
    parts = (_LOOSE_FIELD if text.startswith("\nTY -") else _FIELD).split(text)
    found: list[Entry] = []
    fields: Fields = [("", part) for part in _prose(parts[0])] if parts[0] else []
    at, ended = line, False
    for index in range(1, len(parts), 2):
        tag, value = parts[index], parts[index + 1].strip()
        if tag != "ER":
            fields.append((tag, value))
            continue
        if started or any(name for name, _ in fields):
            found.append(Entry(fields, at))
            fields = []
        started, ended = False, True
        if value:
            (found[-1].fields if found else fields).extend(("", part) for part in _prose(value))
        at = line + sum(part.count("\n") for part in parts[: index + 2 : 2]) + index // 2 + 1
    if started:
        return [Entry(fields, line)], "", False
    if found:
        found[-1].fields.extend((f"after ER: {tag}" if tag else "", value) for tag, value in fields)
        return found, "", ended
    return [], "".join(f"\n{tag}  - {value}" if tag else f"\n{value}" for tag, value in fields), True


def _prose(text: str) -> list[str]:
    """Lines that are neither blank nor a counter or heading of the platform."""
    return [line for line in map(str.strip, text.split("\n")) if line and not _FURNITURE.match(line)]


_ENDS_BYTES = re.compile(
    rb"\n((?:[ \t]|\xef\xbb\xbf)*)(TY {1,3}-(?=[ \t\nA-Z])|ER {2,3}-|ER -(?=[ \t]*\n))",
)
# A tag, by whether the record's own TY has one space only, and whether it is indented.
_TAG_BYTES = {
    (loose, indented): re.compile(
        rb"\n(?:[ \t]|\xef\xbb\xbf)"
        + (rb"*" if indented else rb"{0}(?:\xef\xbb\xbf)?")
        + rb"(?:[A-Z][A-Z0-9] {2,3}-|(?:"
        + (_ALL if loose else _SURE).encode()
        + rb") {1,2}-(?=[ \t\n]))"
    )
    for loose in (False, True)
    for indented in (False, True)
}


def _ends(text: bytes) -> Iterable[re.Match[bytes]]:
    # A line that starts with white space or a byte order mark may be one too.
    places = lines_like(text, b"TY", b"ER", b" ", b"\t", b"\xef")
    return filter(None, (_ENDS_BYTES.match(text, at) for at in places))


def count(content: Content) -> int:
    """Counts records by the bytes: every TY, and every ER that ends tagged lines without a TY."""
    records, inside, tagged, form = 0, False, False, (False, False)
    for block in content.byte_blocks():
        text = b"\n" + block
        at = 0
        for match in _ends(text):
            if match[2].startswith(b"TY"):
                records, inside, tagged = records + 1, True, False
                form = match[2].startswith(b"TY -"), bool(match[1])
            elif match[1] in (b"", b"\xef\xbb\xbf") or form[1]:
                records += not inside and (tagged or bool(_TAG_BYTES[form].search(text, at, match.start())))
                inside = tagged = False
            else:
                continue
            at = match.end()
        tagged = not inside and (tagged or bool(_TAG_BYTES[form].search(text, at)))
    return records


# RIS type -> entry type of the record model. Types not here are "misc".
TYPES = {
    **dict.fromkeys(("JOUR", "JFULL", "EJOUR", "INPR", "MGZN", "NEWS", "ABST", "JOURNAL ARTICLE"), "article"),
    **dict.fromkeys(("CONF", "CPAPER"), "conference"),
    **dict.fromkeys(("CHAP", "ECHAP"), "chapter"),
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK"), "book"),
    "THES": "thesis",
    "RPRT": "report",
    "UNPB": "preprint",
    "DATA": "dataset",
    **dict.fromkeys(("ELEC", "WEB", "BLOG"), "webpage"),
    "PAT": "patent",
}


def _entry_type(name: str) -> str:
    return TYPES.get(name.upper(), "misc")


_EBSCO_NUMBER = re.compile(r"Accession Number: ([^;\s]+?)[.;]?(?:\s|;|$)")
_EBSCO_TYPE = re.compile(r"Publication Type: ([^;]+)")
_LENS = re.compile(r"lens\.org/(\d{3}-\d{3}-\d{3}-\d{3}-\d{2}[\dX])")
_NOT_SPLIT = re.compile(r", (?!Phase|Non-|U\.S\.|N\.I\.H|P\.H\.S|Extramural|Intramural|Veterinary|non-)")


# In place of a field that the record does not have.
_NONE = ("",)


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a record's fields."""
    tags: dict[str, list[str]] = {}
    for tag, value in fields:
        if value:
            if tag in tags:
                tags[tag].append(value)
            else:
                tags[tag] = [value]
    get = tags.get
    dated = (get("PY") or get("Y1") or get("DA") or get("Y2") or _NONE)[0]
    record: dict[str, Any] = {
        "entrytype": _entry_type((get("TY") or _NONE)[0]),
        "title": told(clean((get("TI") or get("T1") or get("CT") or get("BT") or get("ST") or _NONE)[0])),
        "author": people(lines_of(get("AU") or get("A1") or get("A2") or get("ED") or get("A3") or ())),
        "year": year(dated) or year((get("Y1") or get("DA") or _NONE)[0]),
        "date": fold((get("DA") or get("Y1") or get("PY") or _NONE)[0]),
        "volume": fold((get("VL") or get("VO") or _NONE)[0]),
        "number": fold((get("IS") or _NONE)[0]),
        "pages": page_range((get("SP") or _NONE)[0], (get("EP") or _NONE)[0]) or fold((get("C7") or _NONE)[0]),
        "abstract": _abstract(get("AB") or get("N2") or ()),
        "keywords": listed(lines_of(get("KW", ()))),
        "language": listed(get("LA", ())),
        "url": _addresses(get("UR") or get("LK") or get("L2") or ()),
        "note": listed(get("N1", ())),
        "publication_types": listed(_publication_types(tags)),
    }
    _name_source(tags, record)
    record["doi"] = _doi(tags)
    if serials := [*get("SN", ()), *get("ISSN", ()), *get("ISBN", ())]:
        record["issn"] = issns(serials)
        record["isbn"] = isbns(serials)
    _number(tags, record)
    return record


def _addresses(values: Collection[str]) -> str:
    # Rayyan glues the next field to an address: its first word is the address.
    return listed([value.split(None, 1)[0] for value in lines_of(values) if value.strip()])


_SOURCES = ("JF", "T2", "JO", "BT", "JA", "J1", "J2", "T3")
_SHORT_SOURCES = ("J2", "JA", "JI", "J1", "NL", "J9")


def _name_source(tags: dict[str, list[str]], record: dict[str, Any]) -> None:
    """The full source title, and its abbreviation where the record has both."""
    name = short = ""
    for tag in _SOURCES:
        if tag in tags:
            name = tags[tag][0]
            break
    for tag in _SHORT_SOURCES:
        if tag in tags:
            short = tags[tag][0]
            break
    if not short and "JF" in tags and "JO" in tags:
        short = tags["JO"][0]
    record["journal"] = clean(name)
    if short and (short != name or not ("JF" in tags or "T2" in tags)):
        record["journal_abbrev"] = clean(short)


def page_range(start: str, end: str) -> str:
    """First and last page as one text. Ovid's "No" to "Specified" (No Pagination Specified) and "N.PAG" are none."""
    if start.lower() == "no" and end.lower().startswith(("specified", "pagination")):
        return ""
    if start.upper().startswith("N.PAG"):
        return ""
    return pages(fold(start), fold(end))


def _abstract(values: Collection[str]) -> str:
    if len(values) > 1:
        # EBSCO repeats AB for its own copyright notice, Zotero for a second language.
        values = [value for value in values if not value.startswith("Copyright of ")]
    return told(clean(" ".join(values)))


def _publication_types(tags: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    if "PT" in tags:
        for value in tags["PT"]:
            found += _NOT_SPLIT.split(value)
    else:
        found = [value for value in tags.get("M3", ()) if not value.startswith("doi:")]
    for note in tags.get("N1", ()):
        if "Publication Type: " in note and (match := _EBSCO_TYPE.search(note)):
            found.append(match[1])
    return found


def _number(tags: dict[str, list[str]], record: dict[str, Any]) -> None:
    """The databases' numbers, and the accession number by which the platform itself knows the record."""
    get = tags.get
    urls = _urls(tags)
    database = " ".join(tags["DB"]).lower() if "DB" in tags else ""
    accession = fold(tags["AN"][0]) if "AN" in tags else ""
    own = fold(tags["ID"][0]) if "ID" in tags else ""
    for tag in ("PMCID", "C2", "U1", "U2", "C6"):
        if tag in tags and "PMC" in (text := " ".join(tags[tag])):
            record["pmcid"] = identifiers.pmcid(text)
    if not record.get("pmcid") and urls:
        record["pmcid"] = identifiers.pmcid_of_address(urls)
    embase = _embase_id(tags, urls, database, accession or own)
    central = identifiers.central_id(accession or own) if "CN-" in accession + own else ""
    record["embase_id"], record["central_id"] = embase, central
    # Embase.com names the database that a record came from: "Medline" alone for many of its own.
    record["pmid"] = _pmid(tags, urls, f"embase {database}" if embase else database, accession, own)
    places = [text for text in (accession, own, *get("C3", ()), *get("RN", ())) if text]
    places += [url for url in urls if "trial" in url]
    if places:
        record["trial_ids"] = trial_ids(places)
    record["accession"] = central or accession or embase or _platform_number(tags, own)


def _urls(tags: dict[str, list[str]]) -> list[str]:
    return [url for tag in ("UR", "LK", "L2", "L1") if tag in tags for url in tags[tag]]


def _doi(tags: dict[str, list[str]]) -> str:
    for tag in ("DO", "DOI", "L3"):
        if tag in tags and (found := identifiers.doi(tags[tag][0])):
            return found
    if found := identifiers.doi_of_address(_urls(tags)):
        return found
    for value in tags.get("M3", ()):
        if value.startswith("doi:") and (found := identifiers.doi(value)):
            return found
    return ""


def _embase_id(tags: dict[str, list[str]], urls: list[str], database: str, number: str) -> str:
    if "U2" in tags and (found := identifiers.embase_id(tags["U2"][0])):
        return found
    for url in urls:
        if "embase" in url and (found := identifiers.embase_id(url)):
            return found
    if "embase" in database:
        # Ovid gives the same number without its letter.
        return "L" + number if number.isdigit() and len(number) >= 8 else identifiers.embase_id(number)
    return ""


def _pmid(tags: dict[str, list[str]], urls: list[str], database: str, accession: str, own: str) -> str:
    if "PMID" in tags:
        return identifiers.pmid(tags["PMID"][0])
    for tag in ("U1", "C3", "RN", "N1"):
        if tag in tags:
            for value in tags[tag]:
                if "[PMID]" in value or value.startswith(("PUBMED ", "PMID:", "PMID ")):
                    return identifiers.pmid(value)
    if "embase" in database or "scopus" in database:
        # Embase.com puts it into C5, Scopus into C2: digits only.
        for tag in ("C5", "C2"):
            if tag in tags and tags[tag][0].isdigit():
                return identifiers.pmid(tags[tag][0])
    if "medline" in database or "pubmed" in database or tags.get("DP") == ["NLM"]:
        for number in (accession, own):
            if number.isdigit() and 5 <= len(number) <= 8:
                return number.lstrip("0")
    return identifiers.pmid_of_address(urls)


def _platform_number(tags: dict[str, list[str]], own: str) -> str:
    """The number in an address, a note or ID; a library's own running number (EndNote's ID) is none."""
    for url in tags.get("UR", ()):
        if match := identifiers.SCOPUS_EID.search(url) or _LENS.search(url):
            return match[1]
    for note in tags.get("N1", ()):
        if match := _EBSCO_NUMBER.search(note):
            return match[1]
    return own if identifiers.NUMBER_LIKE.match(own) else ""


# Where DOIs may stand, and numbers and publication types.
_DOI_PLACES = ("DO", "DOI", "L3", "UR", "LK", "L2", "L1", "M3")
_NUMBER_PLACES = {
    *("UR", "LK", "L1", "L2", "DB", "AN", "ID", "M3", "PMID", "PMCID", "U1", "U2", "RN", "N1", "DP", "PT"),
    *("C2", "C3", "C5", "C6"),
}
_NUMBERS = ("pmid", "pmcid", "embase_id", "central_id", "trial_ids", "accession")


def _columns_together(table: FieldTable) -> dict[str, pa.StringArray]:
    """What `columns` gives, for many records."""
    first = table.first
    years = by_value(first("PY", "Y1", "DA", "Y2"), year)
    name, short = first(*_SOURCES), first(*_SHORT_SOURCES)
    short = chosen(empty(short) & table.has("JF"), first("JO"), short)
    repeated = same(short, name) & table.has("JF", "T2")
    serials = table.lists("SN", "ISSN", "ISBN")
    abstracts = table.first_lists("AB", "N2")
    found = {
        "entrytype": by_value(first("TY"), _entry_type),
        "title": as_text(first("TI", "T1", "CT", "BT", "ST")),
        "author": as_list(
            table.first_lists("AU", "A1", "A2", "ED", "A3"),
            lambda names: people(lines_of(names)),
            odd=(")",),
            needed=", ",
        ),
        "year": chosen(empty(years), by_value(first("Y1", "DA"), year), years),
        "journal": as_name(name),
        "journal_abbrev": as_name(changed(short, repeated, lambda _: "")),
        "date": by_value(first("DA", "Y1", "PY"), fold),
        "volume": by_value(first("VL", "VO"), fold),
        "number": by_value(first("IS"), fold),
        "abstract": of_lists(as_text(first("AB", "N2")), abstracts.several(), abstracts, _abstract),
        "keywords": as_list(table.lists("KW"), lambda values: listed(lines_of(values))),
        "language": as_list(table.lists("LA"), listed),
        "url": as_list(table.first_lists("UR", "LK", "L2"), _addresses, odd=(" ",)),
        "note": as_list(table.lists("N1"), listed),
        "doi": _dois_together(table),
        "issn": by_list(serials, issns),
        "isbn": by_list(serials, isbns),
    }
    places = zip(first("SP").to_pylist(), first("EP").to_pylist(), first("C7").to_pylist(), strict=True)
    found["pages"] = texts([page_range(start, end) or fold(other) for start, end, other in places])
    records: list[dict[str, Any]] = []
    for tags in table.grouped(_NUMBER_PLACES):
        record: dict[str, Any] = {"publication_types": listed(_publication_types(tags))}
        _number(tags, record)
        records.append(record)
    for column in ("publication_types", *_NUMBERS):
        found[column] = texts([record.get(column, "") for record in records])
    return found


def _dois_together(table: FieldTable) -> pa.StringArray:
    cells = table.first("DO")
    plain = ~empty(cells) & ~unlike(cells, identifiers.PLAIN_DOI)
    found = texts([cell.lower() for cell in cells.to_pylist()])
    return of_records(found, table.has(*_DOI_PLACES) & ~plain, lambda record: _doi(table.only(record, *_DOI_PLACES)))


FORMAT = Format("ris", read, count, columns, literal=True, together=Together(_read_together, _columns_together))
