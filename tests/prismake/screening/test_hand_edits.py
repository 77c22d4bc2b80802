"""Tables of decisions as people leave them: what is not read is said, and what can be read is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from prismake.common.errors import BuildStop, Issue
from prismake.common.matching import Matcher
from prismake.screening.files import DecisionFile
from prismake.screening.lists import read_lists
from prismake.screening.readers import read_source
from prismake.screening.readers.entries import DecisionExport, Source
from prismake.screening.stages import make_stages

TABLE = "record_id,stage,decision,reason,note\ns:1,abstract,exclude,other,one\ns:2,abstract,include,,two\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "decisions.csv"


def read(file: Path, text: str | bytes) -> DecisionExport:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_source(Source(file), lambda text: [text])


def places(issues: list[Issue]) -> list[tuple[str, str, str]]:
    return [(issue.code, issue.severity, issue.where.rpartition(":")[2]) for issue in issues]


@pytest.mark.parametrize(
    "text",
    [
        "Screened by Ana\n\n" + TABLE,
        "Screened by Ana,,,,\n,,,,\n" + TABLE,
        "".join(f",{line}\n" for line in TABLE.splitlines()),
        "\n\n" + TABLE,
        *(TABLE.replace(",", mark) for mark in ";|\t"),
        TABLE.encode("utf-16"),
        TABLE.replace("\n", "\r"),
        TABLE.replace("s:2", ",,,,\n\ns:2"),
    ],
)
def test_titles_blank_cells_and_other_separators_cost_no_row(file: Path, text: str | bytes) -> None:
    export = read(file, text)
    assert [(vote.named.ids, vote.decision, vote.reasons) for vote in export.votes] == [
        (("s:1",), "exclude", ("other",)),
        (("s:2",), "include", ()),
    ]
    assert export.issues == []


def test_a_line_is_counted_from_the_top_of_the_file(file: Path) -> None:
    export = read(file, "By Ana\n\n" + TABLE.replace("include", "perhaps so"))
    assert places(export.issues) == [("decision", "error", "5")]


@pytest.mark.parametrize(("name", "role"), [("reson", "reason"), ("stge", "stage"), ("notes_", "notes")])
def test_a_misspelt_column_is_reported(file: Path, name: str, role: str) -> None:
    export = read(file, TABLE.replace(role.removesuffix("s"), name, 1))
    expected = [("unread-column", "warning", "1")] if role != "notes" else []
    assert places(export.issues) == expected
    assert all(f"did you mean '{role}'?" in issue.fix for issue in export.issues)


@pytest.mark.parametrize("name", ["update", "state", "remarks"])
def test_a_column_of_ones_own_is_left_alone(file: Path, name: str) -> None:
    assert read(file, TABLE.replace("note", name)).issues == []


def test_a_column_of_decisions_under_a_persons_name_is_not_passed_over(file: Path) -> None:
    text = TABLE.replace("note", "Ben").replace(",one", ",Excluded").replace(",two", ",include")
    assert places(read(file, text).issues) == [("second-decisions", "error", "2")]
    assert read(file, text.replace("include\n", "included because it fits\n")).issues == []


GROUND = "record_id,decision,Grund,Ort\ns:1,exclude,Tiere,Ulm\ns:2,exclude,Kinder,\ns:3,include,,Ulm\n"


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        (TABLE.replace("note", "Why excluded"), "'Why excluded'"),
        (TABLE.replace("note", "Why excluded").replace(",one", ",").replace(",two", ","), ""),
        # Filled in for the excluded records alone, where no column gives reasons.
        (GROUND, "'Grund'"),
        (GROUND.replace("include,", "include,gut"), ""),
        (GROUND.replace("Ort", "reason"), ""),
        (GROUND.replace("Ort", "Vote 2"), "'Grund', 'Vote 2'"),
    ],
)
def test_columns_that_may_hold_decisions_or_reasons_and_are_not_read_are_one_warning(
    file: Path, text: str, unread: str
) -> None:
    issues = read(file, text).issues
    expected = f"columns not read, which may hold decisions or reasons: {unread}"
    assert [(issue.severity, issue.message) for issue in issues] == ([("warning", expected)] if unread else [])


def test_rows_above_a_second_header_are_not_lost(file: Path) -> None:
    first = TABLE.replace("reason", "reson").replace("record_id", "id")
    export = read(file, first + TABLE.replace("s:", "t:"))
    assert ("above-header", "error", "1") in places(export.issues)


def test_a_misspelt_column_of_decisions_stops(file: Path) -> None:
    with pytest.raises(BuildStop):
        read(file, TABLE.replace("decision", "desicion"))


def test_a_note_below_the_table_is_reported(file: Path) -> None:
    export = read(file, TABLE + "Finished on a Friday,,,,\ns:3,,,,\n")
    given = DecisionFile(file, export.format, "abstract", export.rows, export.votes, export.blank, 0, Source(file))
    matcher = Matcher({f"s:{n}": f"s:{n}" for n in (1, 2, 3)})
    lists = read_lists([given], [], matcher, make_stages([{"id": "abstract"}, {"id": "fulltext"}]))
    assert places(lists.issues) == [("stray-row", "warning", "4")]
    assert "1 row names no record and no decision, first 'Finished on a Friday'" in lists.issues[0].message


RIS = "TY  - JOUR\nTI  - One\n{}\nER  - \n\nTY  - JOUR\nTI  - Two\nKW  - knee\nER  - \n"


@pytest.mark.parametrize(
    ("lines", "decision", "reasons"),
    [
        ("KW  - knee\nKW  - include", "include", ()),
        ("KW  - knee; Excluded", "exclude", ()),
        ("KW  - pain\nExclude: wrong population", "exclude", ("wrong population",)),
        ("LB  - excluded - wrong design", "exclude", ("wrong design",)),
        ("C3  - exclude_wrong design", "exclude", ("wrong design",)),
        ("U1  - INCLUDE on title & abstract", "include", ()),
        ("KW  - EXCLUDE on full text\nKW  - EXCLUDE on study design", "exclude", ("study design",)),
        ("N1  - Maybe", "maybe", ()),
        ("RN  - Excluded (not in English)", "exclude", ("not in English",)),
    ],
)
def test_labels_of_reference_managers_are_decisions(
    tmp_path: Path, lines: str, decision: str, reasons: tuple[str, ...]
) -> None:
    (tmp_path / "zotero.ris").write_text(RIS.format(lines))
    export = read_source(Source(tmp_path / "zotero.ris"), lambda text: [text])
    assert [(vote.decision, vote.reasons or ()) for vote in export.votes] == [(decision, reasons)]
    assert (len(export.blank), export.issues, export.format) == (1, [], "labelled RIS")


@pytest.mark.parametrize("label", ["excluded volume", "Included studies", "inclusive education", "exclusion criteria"])
def test_a_keyword_is_not_a_decision_and_a_file_without_one_says_so(tmp_path: Path, label: str) -> None:
    (tmp_path / "zotero.ris").write_text(RIS.format(f"KW  - {label}"))
    export = read_source(Source(tmp_path / "zotero.ris"), lambda text: [text])
    assert (export.votes, [issue.code for issue in export.issues]) == ([], ["no-decision"])
    assert "neither notes nor tags, labels and custom fields" in export.issues[0].message


def test_labels_that_contradict_each_other_are_a_fault(tmp_path: Path) -> None:
    (tmp_path / "zotero.ris").write_text(RIS.format("KW  - include_abstract\nKW  - exclude_fulltext"))
    export = read_source(Source(tmp_path / "zotero.ris"), lambda text: [text])
    assert "two-codes" in [issue.code for issue in export.issues] and export.votes == []
    whole = read_source(Source(tmp_path / "zotero.ris", decision="include"), lambda text: [text])
    assert [vote.decision for vote in whole.votes] == ["include", "include"]


@pytest.mark.parametrize("field", ["keywords", "groups", "mendeley-tags", "label"])
def test_labels_of_bibtex_are_decisions(tmp_path: Path, field: str) -> None:
    text = f"@article{{a, title={{One}}, {field}={{knee, Excluded: wrong design}}}}\n@article{{b, title={{Two}}}}\n"
    (tmp_path / "library.bib").write_text(text)
    export = read_source(Source(tmp_path / "library.bib"), lambda text: [text])
    assert [(vote.decision, vote.reasons) for vote in export.votes] == [("exclude", ("wrong design",))]
