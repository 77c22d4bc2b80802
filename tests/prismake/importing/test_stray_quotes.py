"""Quotation marks that stand where they should not in a table: no record may hold parts of two works."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop
from prismake.importing.export import Export, ExportReport
from prismake.importing.readers.stray_quotes import shape_of

from tests.prismake.importing.records import records_of

Row = dict[str, Any]


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Reads a table: its records and its report."""

    def reading(text: str) -> tuple[list[Row], ExportReport]:
        (tmp_path / "export.csv").write_text(text, encoding="utf-8")
        export = Export(tmp_path / "export.csv")
        records = records_of(export)
        return records, export.report()

    return reading


def test_rows_that_a_stray_mark_joins_are_read_each_by_itself(read: Any) -> None:
    text = """title;authors;year;doi
"Knee joints" in mice;A, B;2001;10.5555/q1
"Start of a mark;C, D;2002;10.5555/q2
Between;E, F;2003;10.5555/q3
End of a mark";G, H;2004;10.5555/q4
Last;I, J;2005;10.5555/q5
"""
    records, report = read(text)
    assert [(record["title"], record["year"]) for record in records] == [
        ('"Knee joints" in mice', "2001"),
        ('"Start of a mark', "2002"),
        ("Between", "2003"),
        ('End of a mark"', "2004"),
        ("Last", "2005"),
    ]
    assert (report.counted, report.rejected) == (5, [])
    joined, marked, *_ = report.warnings
    assert "3 rows" in joined and "line 4 'Between'" in joined
    assert "1 row with quotation marks inside cells" in marked and "line 2 '\"Knee joints\" in mice'" in marked


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ('"The "odd" one, and the rest"', 'The "odd" one, and the rest'),
        ('"A 5" nail"', 'A 5" nail'),
        (r'"One \"odd\" word, in rats"', 'One "odd" word, in rats'),
        ('An ""odd"" word', 'An ""odd"" word'),
    ],
)
def test_marks_inside_a_cell_do_not_cut_it(read: Any, title: str, text: str) -> None:
    (record, other), report = read(f'Title,Authors,Year,DOI\n{title},"A, B",2001,10.5555/1\nTwo,C D,2002,10.5555/2\n')
    assert (record["title"], record["author"], record["year"]) == (text, "A, B", "2001")
    assert other["title"] == "Two"
    assert not any("cells than the header" in warning for warning in report.warnings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("title", ['The words "odd"|"even" in rats', 'On "yes"|"no" answers', '"a"|"b"|"c" grades'])
def test_a_pair_of_marks_around_a_delimiter_shifts_no_cell(read: Any, delimiter: str, title: str) -> None:
    title = title.replace("|", delimiter)
    rows = [["Title", "Authors", "Year", "DOI", "Abstract"]]
    rows += [[f'"{cell}"' for cell in (title, "A, B", "2001", "10.5555/1", f"It says: {title}.")]]
    rows += [["Two", "C D", "2002", "10.5555/2", ""]]
    (record, other), report = read("\n".join(map(delimiter.join, rows)) + "\n")
    assert (record["title"], record["author"], record["year"]) == (" ".join(title.split()), "A, B", "2001")
    assert (record["doi"], other["title"]) == ("10.5555/1", "Two")
    (marked, *others) = report.warnings
    assert "line 2 'The words" in marked or "line 2 'On" in marked or "line 2 '\"a" in marked
    assert not any("quotation" in text or "cells" in text for text in others)


@pytest.mark.parametrize(
    "row",
    [
        'The pair "a","b" in mice,A B,2001,10.5555/1',
        '"A","B","C" grades,A B,2001,10.5555/1',
        # A cell less, so that the number of pieces is right.
        '"They said "a","b" and "c".","A, B",2001',
        "A title, with a comma,A B,2001,10.5555/1",
    ],
)
def test_a_row_whose_cells_cannot_be_known_is_rejected_by_line_and_title(read: Any, row: str) -> None:
    (record,), report = read(f"Title,Authors,Year,DOI\nTwo,C D,2002,10.5555/2\n{row}\n")
    assert record["title"] == "Two"
    (rejected,) = report.rejected
    assert rejected.line == 3 and f"begins '{row[:5].replace(chr(34), '')[:1]}" in rejected.reason
    assert not any("quotation" in text or "cells" in text for text in report.warnings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("rows", [1, 40])
def test_rows_that_begin_with_a_number_the_header_lacks_are_read(read: Any, delimiter: str, rows: int) -> None:
    table = [["title", "author", "year", "doi"]]
    table += [[f'"{n}"', f'"Work {n}"', '"A B"', "2001", f"10.5555/{n}"] for n in range(1, rows + 1)]
    records, report = read("\n".join(map(delimiter.join, table)) + "\n")
    assert [(record["title"], record["doi"]) for record in records] == [
        (f"Work {n}", f"10.5555/{n}") for n in range(1, rows + 1)
    ]
    assert not any("cells" in text for text in report.warnings)


def test_a_cell_without_a_name_at_the_end_moves_no_other(read: Any) -> None:
    (record,), report = read("ID,Title,Year\n1,One,2001,a remark\n")
    assert (record["title"], record["year"]) == ("One", "2001")
    assert any("line 2 'One'" in text for text in report.warnings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_header_of_a_joined_export_is_no_record(read: Any, delimiter: str, mark: str) -> None:
    table = "Title,Jahrgänge,Year,DOI\n{0},J,2001,10.5555/{0}\n".replace(",", delimiter)
    records, report = read(mark.join(table.format(name) for name in ("a", "b", "c")))
    assert [(record["title"], record["doi"]) for record in records] == [(name, f"10.5555/{name}") for name in "abc"]
    assert (report.counted, report.rejected) == (3, [])


def test_a_longer_header_of_a_joined_export_loses_no_row_above_it(read: Any) -> None:
    text = "Title,Authors,Year,DOI\nOne,A B,2001,10.5555/1\n"
    text += "Title,Authors,Year,DOI,Journal,Pages\nTwo,C D,2002,10.5555/2,J,1-2\n"
    with pytest.raises(BuildStop, match="line 3 names other columns than the header"):
        read(text)


def test_a_header_with_other_columns_stops(read: Any) -> None:
    text = "Title,Authors,Year,DOI\nOne,A B,2001,10.5555/1\nAuthors,Article title,DOI,Year\nC D,Two,10.5555/2,2002\n"
    with pytest.raises(BuildStop, match="line 3 names other columns than the header"):
        read(text)


def test_a_note_without_a_delimiter_is_no_record(read: Any) -> None:
    records, report = read("Title,Authors,Year,DOI\nOne,,,\nExported on a Friday\n")
    assert [record["title"] for record in records] == ["One"]
    assert [(row.line, row.reason) for row in report.rejected] == [
        (3, "the row contains nothing but 'Exported on a Friday'")
    ]


def test_marks_that_open_many_cells_are_looked_at_once() -> None:
    shape = shape_of(",", ["Title", "Authors", "Year"])
    assert shape.repaired('"a,' * 200_000) is None


def test_a_mark_that_is_never_closed_costs_no_row(read: Any) -> None:
    records, report = read('Title,Year\nOne,2001\n"Two,2002\nThree,2003\n')
    assert [record["title"] for record in records] == ["One", '"Two', "Three"]
    assert report.counted == 3 and report.warnings


def test_joined_lines_that_are_not_rows_are_rejected_by_name(read: Any) -> None:
    text = 'Title,Authors,Year,DOI\n"An "odd, title","A, B","2001","10.5555/1"\nTwo "odd,C D,2002,10.5555/2\n'
    text += '"A cell, that goes on\nThree,E F,2003,10.5555/3\nand ends","G H",2004,10.5555/4\nFive,I J,2005,10.5555/5\n'
    records, report = read(text)
    assert "stray quotation mark joins lines 4 to 6" in report.rejected[0].reason
    assert [record["year"] for record in records][-1] == "2005"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_over_several_lines_stay_whole(read: Any, delimiter: str) -> None:
    abstract = "First line, with commas; and marks\n\nIn 2001, 2002 and 2003, nothing\nthe last, line"
    title = "A title\nin two lines"
    rows = [["Title", "Abstract", "Year", "DOI"]]
    rows += [[f'"{title} {n}"', f'"{abstract} ""quoted"""', f"200{n}", f"10.5555/{n}"] for n in range(3)]
    records, report = read("\n".join(delimiter.join(row) for row in rows) + "\n")
    assert [record["title"] for record in records] == [f"A title in two lines {n}" for n in range(3)]
    assert {record["abstract"] for record in records} == {f'{" ".join(abstract.split())} "quoted"'}
    assert (report.counted, report.rejected) == (3, [])
    assert not any("quotation" in text for text in report.warnings)


def _works_in(record: Row) -> set[str]:
    """The works whose title, authors or DOI a record holds in its columns."""
    shown = " ".join(record[name] for name in ("title", "author", "doi"))
    return set(re.findall(r"(?:Work|Family|10\.5555/)(\d+)", shown))


@pytest.mark.parametrize("seed", range(60))
def test_a_mark_anywhere_makes_no_record_of_two_works(read: Any, seed: int) -> None:
    source = random.Random(seed)
    delimiter = source.choice(",;\t")
    quoted = source.random() < 0.5
    marks = '"' if quoted else ""
    lines = []
    for n in range(12):
        cells = [f"Work{n} on joints", f"Family{n} A", str(2001 + n), f"10.5555/{n}"]
        lines.append(delimiter.join(f"{marks}{cell}{marks}" for cell in cells))
    for _ in range(source.choice((1, 1, 2))):
        at = source.randrange(len(lines))
        line = lines[at]
        ends = [0, *(match.end() for match in re.finditer(re.escape(delimiter), line))]
        place = source.choice([*ends, source.randrange(len(line))])
        lines[at] = f'{line[:place]}"{line[place:]}'
    records, report = read(delimiter.join(("Title", "Authors", "Year", "DOI")) + "\n" + "\n".join(lines) + "\n")
    assert report.counted == len(records) + len(report.rejected)
    assert all(len(_works_in(record)) <= 1 for record in records), [json.loads(record["raw"]) for record in records]
    seen = set().union(*map(_works_in, records))
    # What is not read is rejected by name, or its row is named in a warning.
    assert len(seen) == 12 or report.rejected or report.warnings
