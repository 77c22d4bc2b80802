"""Tables: CSV and TSV of every platform, spreadsheets (XLSX and old binary XLS).

One profile serves all: columns are known by their names (see `headers`), the header is the row that names most parts
of a record, and what stands above it (Embase.com's search query, a sheet's title) is no record. CSV is read with the
standard library, spreadsheets with calamine; counted are rows by their quotes, and a spreadsheet's rows by openpyxl.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from prismake.common import identifiers
from prismake.common.errors import BuildStop, stop
from prismake.importing.containers import OLE2
from prismake.importing.content import LINE_LIMIT, Content
from prismake.importing.entries import Entry, Fields, Format, Rejected
from prismake.importing.fields import Values, isbns, issns, pages, trial_ids, year
from prismake.importing.names import people, split_people
from prismake.importing.pieces import RECORD_LIMIT
from prismake.importing.readers import biff, ovid, workbook
from prismake.importing.readers.bibtex import plain as without_latex
from prismake.importing.readers.headers import ROLES, is_numbered_author, plain, score
from prismake.importing.text import clean, fold, listed, told

# A header stands in one of the first rows.
HEADER_ROWS = 30
DELIMITERS = (",", ";", "\t", "|")
# Stands after the last line: where it does not come out as a row of its own, a quotation mark was never closed.
_END = "\x1e\x1e\x1e"

# A row of nothing else is empty.
_BLANK = ' \t\r\n",;|'

csv.field_size_limit(RECORD_LIMIT)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is laid out: its delimiter, its header, and how many rows and lines stand up to the header's end."""

    delimiter: str
    header: tuple[str, ...]
    rows: int
    lines: int


def layout(text: str) -> Layout | None:
    """The layout of delimited text, from its start; None where no row names the parts of a record."""
    best: tuple[int, Layout] | None = None
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            for number in range(1, HEADER_ROWS + 1):
                cells = next(reader, None)
                if cells is None:
                    break
                found = score(cells) if len(cells) > 1 else 0
                if found > 1 and (best is None or found > best[0]):
                    header = tuple(cell.strip().removeprefix("\ufeff") for cell in cells)
                    best = found, Layout(delimiter, header, number, reader.line_num)
        except csv.Error:
            continue
    return best[1] if best else None


def _head_text(content: Content) -> str:
    return "".join(islice(content.blocks(), 2))


def _lines(content: Content) -> Iterator[str]:
    for block in content.blocks():
        for line in block[:-1].split("\n"):
            yield line + "\n"
    yield _END


def _found_layout(content: Content) -> Layout:
    found = layout(_head_text(content))
    if found is None:
        raise stop("unknown-format", "no row names the columns of a table of records", where=content.name)
    return found


def read_text(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the records of delimited text in order; empty rows are none."""
    form = _found_layout(content)
    reader = csv.reader(_lines(content), delimiter=form.delimiter)
    odd = 0
    for _ in range(form.rows):
        next(reader)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Rejected(
                line, f"a cell longer than {RECORD_LIMIT >> 20} million characters: an unclosed quotation mark?"
            )
            return
        if cells == [_END]:
            break
        if cells and cells[-1].endswith(_END):
            yield Rejected(line, "a quotation mark is not closed before the end of the file")
            return
        if not any(cell.strip(_BLANK) for cell in cells):
            continue
        if any(line <= number <= reader.line_num for number in content.long_lines):
            yield Rejected(line, f"a line longer than {LINE_LIMIT >> 20} million characters")
            continue
        odd += len(cells) != len(form.header)
        yield _row(form.header, cells, line)
    if odd:
        content.warnings.append(f"{odd} rows have more or fewer cells than the header: check quotes and commas")


def _row(header: tuple[str, ...], cells: list[str], line: int) -> Entry | Rejected:
    """A row as an entry; cells beyond the header keep an empty name."""
    names = header + ("",) * (len(cells) - len(header))
    fields: Fields = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell]
    if (
        len(fields) == 1
        and len(header) > 3
        and plain(fields[0][0]) not in ROLES["title"] + ROLES["doi"] + ROLES["pmid"]
    ):
        return Rejected(line, f"the row holds nothing but '{fields[0][1].strip()[:80]}'")
    return Entry(fields, line)


# A single cell makes a record where it holds one of these.
_ENOUGH = frozenset(ROLES["title"] + ROLES["doi"] + ROLES["pmid"])


def count_text(content: Content) -> int:
    """Counts the rows after the header that are not empty, by their quotation marks."""
    form = _found_layout(content)
    mark = form.delimiter.encode()
    # A quoted cell opens at the start of a cell only; inside it a quotation mark is doubled.
    closed = re.compile(rb"(^|" + re.escape(mark) + rb')"(?:[^"]|"")*"(?!")')
    opened = re.compile(rb"(?:^|" + re.escape(mark) + rb')"')
    rest_of = re.compile(rb'^(?:[^"]|"")*"(?!")')
    blank = _BLANK.encode()
    rows, number, inside, filled = 0, 0, False, False
    for lines in content.utf8_lines():
        for line in lines:
            number += 1
            if number <= form.lines:
                continue
            filled = filled or bool(line.strip(blank))
            if b'"' in line:
                text = line
                if inside:
                    match = rest_of.match(text)
                    if match:
                        inside, text = False, b"x" + text[match.end() :]
                if not inside:
                    inside = bool(opened.search(closed.sub(rb"\1", text)))
            if not inside:
                rows += filled
                filled = False
    # A quotation mark that is still open makes a row, which the reader rejects.
    return rows + inside


def read_workbook(content: Content) -> Iterator[Entry | Rejected]:
    """Yields the records of the first sheet that has a header of a table of records; `line` is the sheet's row.

    A row that the second count finds filled, but that comes out empty, is rejected and so told. Where a row comes out
    filled that the second count does not find, the file is damaged, and refused.
    """
    sheet = _sheet(content)
    filled = _filled_rows(content, sheet)
    if any(any(map(str.strip, cells)) and number not in filled for number, cells in enumerate(sheet.rows, sheet.start)):
        raise _unreadable(content, ValueError("damaged: two ways of reading it find different rows"))
    for number, cells in enumerate(sheet.rows, sheet.start):
        if any(map(str.strip, cells)):
            yield _row(sheet.header, cells, number)
        elif number in filled:
            yield Rejected(number, "the row holds nothing that can be read")
    for number in sorted(filled):
        if number >= sheet.start + len(sheet.rows):
            yield Rejected(number, "the row holds nothing that can be read")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a table of records: its index, its header, its rows below that and the number of the first."""

    index: int
    header: tuple[str, ...]
    rows: list[list[str]]
    start: int


def _sheet(content: Content) -> Sheet:
    with content.open() as file:
        data = file.read()
    for index, rows in enumerate(_sheets(content, data)):
        head = [[_text(cell) for cell in row] for row in rows[:HEADER_ROWS]]
        best = max(range(len(head)), key=lambda at: (score(head[at]), -at), default=None)
        if best is not None and score(head[best]) > 1:
            below = [[_text(cell) for cell in row] for row in rows[best + 1 :]]
            return Sheet(index, tuple(cell.strip() for cell in head[best]), below, best + 2)
    raise stop(
        "unknown-format",
        "no sheet has a row that names the columns of a table of records",
        where=content.name,
        fix="name the columns (Title, Authors, Year, …) in the first row",
    )


def _sheets(content: Content, data: bytes) -> Iterator[list[list[Any]]]:
    """The rows of each sheet, read with calamine in a process of its own."""
    try:
        yield from json.loads(_sheets_of(data))
    except subprocess.SubprocessError:
        raise _unreadable(content, ValueError("damaged, or not a spreadsheet")) from None


def _sheets_of(data: bytes) -> bytes | str:
    command = [sys.executable, workbook.__file__]
    return subprocess.run(command, input=data, capture_output=True, timeout=300, check=True).stdout


def _unreadable(content: Content, fault: BaseException) -> BuildStop:
    return stop(
        "workbook",
        f"the spreadsheet cannot be read: {' '.join(str(fault).split())[:200]}",
        where=content.name,
        fix="save it again as XLSX or CSV",
    )


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def count_workbook(content: Content) -> int:
    """Counts the filled rows below the header: of XLSX with openpyxl, of XLS by its cell records."""
    return len(_filled_rows(content, _sheet(content)))


def _filled_rows(content: Content, sheet: Sheet) -> set[int]:
    """The numbers of the rows below the header that hold a value, found without calamine."""
    with content.open() as file:
        data = file.read()
    try:
        filled = biff.filled_rows(data, sheet.index) if data.startswith(OLE2) else _xlsx_rows(data, sheet.index)
    except Exception as fault:
        # openpyxl and zipfile raise many kinds for a damaged file.
        raise _unreadable(content, fault) from None
    return {number for number in filled if number >= sheet.start}


def _xlsx_rows(data: bytes, index: int) -> set[int]:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[index]
    sheet.reset_dimensions()
    return {
        number
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if any(cell is not None and str(cell).strip() for cell in row)
    }


_TYPES = {
    "article": ("journal article", "journalarticle", "article", "journal", "jour", "review", "article in press"),
    "conference": ("conference paper", "conferencepaper", "conference", "proceedings", "inproceedings", "conf"),
    "chapter": ("book chapter", "booksection", "chapter", "book section", "incollection", "inbook"),
    "book": ("book", "edited book", "monograph"),
    "thesis": ("thesis", "dissertation", "phdthesis", "mastersthesis"),
    "report": ("report", "techreport", "working paper"),
    "preprint": ("preprint", "posted content"),
    "dataset": ("dataset",),
    "webpage": ("webpage", "blogpost"),
    "patent": ("patent",),
}
_TYPE_OF = {name: kind for kind, names in _TYPES.items() for name in names}
_CITATION = re.compile(r";(?P<volume>[^;:()]*)(?:\((?P<number>[^)]*)\))?:(?P<pages>[^.;]+)")
_BRACES = re.compile(r"^\{(.*)\}$", re.DOTALL)


def columns(fields: Fields) -> dict[str, Any]:
    """The record model's columns from a row's cells."""
    if fields and any(name == "VN" and value.startswith("Ovid") for name, value in fields):
        # Ovid's spreadsheets have its tags as column names.
        return ovid.columns(fields)
    values = Values((plain(name), _cell(value)) for name, value in fields)

    def part(role: str) -> str:
        return values.first(*ROLES[role])

    def parts(role: str) -> list[str]:
        return values.all(*ROLES[role])

    types = parts("publication_types")
    kind = next(
        (name for name in (*map(str.lower, parts("item_type")), *map(str.lower, types)) if name in _TYPE_OF), ""
    )
    record: dict[str, Any] = {
        "entrytype": _TYPE_OF.get(kind, "article"),
        "title": told(clean(part("title"))),
        "author": people(_authors(values)),
        "year": year(part("year")) or year(part("date")),
        "date": fold(part("date")) or fold(part("year")),
        "journal": clean(part("journal")),
        "journal_abbrev": clean(part("journal_abbrev")),
        "volume": fold(part("volume")),
        "number": fold(part("number")),
        "pages": fold(part("pages")) or pages(fold(part("first_page")), fold(part("last_page"))),
        "abstract": told(clean(part("abstract"))),
        "keywords": listed([word for value in parts("keywords") for word in _words(value)]),
        "language": listed(parts("language")),
        "publication_types": listed([one for value in types for one in re.split(r"; ?|\|", value) if len(one) > 1]),
        "url": listed([value.split(None, 1)[0] for value in parts("url") if "." in value]),
        "note": listed(parts("note")),
        "issn": issns(parts("issn")),
        "isbn": isbns(parts("isbn")),
    }
    record["pages"] = record["pages"] or fold(part("article_number"))
    _cite(part("citation"), record)
    _identify(values, record)
    return record


def _cell(value: str) -> str:
    """A cell's text, without what programs wrap around it: Excel's ="…" and BibTeX's {…}."""
    value = value.strip()
    if value.startswith('="') and value.endswith('"'):
        return value[2:-1].strip()
    if value.startswith("{"):
        value = _BRACES.sub(r"\1", value).strip()
    # Tables made of BibTeX keep its marks.
    return without_latex(value) if "{\\" in value else value


def _authors(values: Values) -> list[str]:
    if numbered := [value for name in values if is_numbered_author(name) for value in values[name]]:
        return numbered
    for name in ROLES["author"] + ROLES["editor"]:
        if name in values:
            return [one for value in values[name] for one in split_people(value, many=name.endswith("s"))]
    return []


def _words(value: str) -> Iterable[str]:
    for mark in ("; ", ";", "\n", "|"):
        if mark in value:
            return value.split(mark)
    return value.split(", ") if value.count(", ") > 1 else (value,)


def _cite(citation: str, record: dict[str, Any]) -> None:
    """Volume, issue and pages from PubMed's citation, where the table has no columns for them."""
    if citation and not record["volume"] and (match := _CITATION.search(citation)):
        for name in ("volume", "number", "pages"):
            record[name] = record[name] or fold(match[name] or "")


def _identify(values: Values, record: dict[str, Any]) -> None:
    def part(role: str) -> str:
        return values.first(*ROLES[role])

    urls = values.all(*ROLES["url"])
    database = part("database").lower()
    typed = _typed_numbers(values)
    doi, pmid = part("doi") or typed.get("doi", ""), part("pmid") or typed.get("pmid", "")
    record["doi"] = identifiers.doi(doi) or identifiers.doi_of_address(urls)
    record["pmid"] = "" if pmid == "0" else identifiers.pmid(pmid)
    record["pmid"] = record["pmid"] or identifiers.pmid_of_address(urls)
    record["pmcid"] = identifiers.pmcid(part("pmcid")) or identifiers.pmcid_of_address(urls)
    embase = part("embase_id")
    record["embase_id"] = identifiers.embase_id(embase) or (
        "L" + embase if embase.isdigit() and len(embase) > 6 else ""
    )
    number = fold(part("accession"))
    if not record["embase_id"]:
        found = number if "embase" in database else " ".join(url for url in urls if "embase.com" in url)
        record["embase_id"] = "L" + found if found.isdigit() else identifiers.embase_id(found)
    record["central_id"] = identifiers.central_id(part("central_id") or number)
    record["trial_ids"] = trial_ids(values.all(*ROLES["trial_ids"]))
    if "medline" in database and number.isdigit() and not record["pmid"]:
        record["pmid"] = number.lstrip("0")
    in_embase = record["embase_id"] if "embase" in database else ""
    record["accession"] = record["central_id"] or in_embase or _accession(number)


def _typed_numbers(values: Values) -> dict[str, str]:
    """The identifiers of EBSCO's XML turned into a table: a column says what kind of number the next one holds."""
    if "artinfo ui 0 type" not in values:
        return {}
    places = (f"artinfo ui {number}" for number in range(4))
    return {
        values.first(f"{place} type"): values.first(f"{place} text").removeprefix("NLM")
        for place in places
        if f"{place} type" in values
    }


def _accession(number: str) -> str:
    """The number alone; a DOI is none of the database's own numbers."""
    return "" if number.startswith("10.") else number.removeprefix("https://openalex.org/").removeprefix("#")


TEXT = Format("csv", read_text, count_text, columns, literal=True)
WORKBOOK = Format("spreadsheet", read_workbook, count_workbook, columns)
