"""The tables of all exports joined, and the rows that report on them, whole."""

import pyarrow as pa
from prismake.importing.collecting import counted_records, import_rows, rejected_rows, renumbered
from prismake.importing.export import ExportReport, RejectedRecord, Search

SEARCHES = [
    Search("pubmed", "PubMed", "database", "2026-01-31", export="pubmed.1"),
    Search("pubmed", "PubMed", "database", "2026-01-31", export="pubmed.2"),
    Search("ctgov", "ClinicalTrials.gov", "register", "2026-02-01", export="ctgov"),
]
CUT, EMPTY, SHORT = RejectedRecord(3, 31, "cut"), RejectedRecord(8, 80, "empty"), RejectedRecord(1, 2, "short")
REPORTS = [
    ExportReport("a.nbib", "medline", "utf-8", 9, 7, [CUT, EMPTY], 1, 2, 3, ["w1", "w2"]),
    ExportReport("b.ris", "ris", "utf-16", 5, 5, [], 0, 0, 4, []),
    ExportReport("c.csv", "csv", "cp1252", 2, 1, [SHORT], 0, 1, 0, ["w3"]),
]
NAMES = (
    *("export", "search", "database", "kind", "file", "format", "encoding", "counted", "parsed", "rejected"),
    *("without_title", "without_year", "without_identifier", "warnings"),
)


def test_a_row_of_the_table_of_imports_is_all_of_its_report() -> None:
    assert [tuple(row[name] for name in NAMES) for row in import_rows(SEARCHES, REPORTS)] == [
        ("pubmed.1", "pubmed", "PubMed", "database", "a.nbib", "medline", "utf-8", 9, 7, 2, 1, 2, 3, "w1; w2"),
        ("pubmed.2", "pubmed", "PubMed", "database", "b.ris", "ris", "utf-16", 5, 5, 0, 0, 0, 4, ""),
        ("ctgov", "ctgov", "ClinicalTrials.gov", "register", "c.csv", "csv", "cp1252", 2, 1, 1, 0, 1, 0, "w3"),
    ]
    assert all(set(row) == set(NAMES) for row in import_rows(SEARCHES, REPORTS))


def test_rejected_records_stand_in_the_order_of_exports_and_places() -> None:
    assert rejected_rows(SEARCHES, REPORTS) == [
        {"export": "pubmed.1", "file": "a.nbib", "position": 3, "line": 31, "reason": "cut"},
        {"export": "pubmed.1", "file": "a.nbib", "position": 8, "line": 80, "reason": "empty"},
        {"export": "ctgov", "file": "c.csv", "position": 1, "line": 2, "reason": "short"},
    ]


def test_a_search_counts_the_records_of_all_its_exports() -> None:
    assert counted_records(SEARCHES, REPORTS) == {"pubmed": 14, "ctgov": 2}


def test_repeats_are_numbered_through_the_tables_of_each_search() -> None:
    def table(*names: str) -> pa.Table:
        return pa.table({"record_id": list(names), "title": [name.upper() for name in names]})

    tables = [table("a:1", "a:1~2", "a:2"), table("b:1"), table("a:1", "b:1", "a:2~7x", "b:1~2")]
    result = list(renumbered(tables, [table["record_id"].combine_chunks() for table in tables]))
    assert [each["record_id"].to_pylist() for each in result] == [
        ["a:1", "a:1~2", "a:2"],
        ["b:1"],
        ["a:1~3", "b:1~2", "a:2~7x", "b:1~3"],
    ]
    assert result[0]["title"].to_pylist() == ["A:1", "A:1~2", "A:2"] and result[0].column_names == [
        "record_id",
        "title",
    ]
