"""What programs that synchronise, download or open files leave beside a review's tables."""

from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.places import SCHEMAS
from prismake.review.configuration import checked, unread_sheets, with_sheets
from prismake.review.copies import copy_issues, files_written, original_of


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x")


COPIES = [
    "studies (1).xlsx",
    "studies(2).xlsx",
    "studies 2.xlsx",
    "studies - Copy.xlsx",
    "studies - Copy (2).xlsx",
    "studies copy.xlsx",
    "Copy of studies.xlsx",
    "studies (Jane's conflicted copy 2026-11-01).xlsx",
    "studies (conflicted copy 2026-11-01 101010).xlsx",
    "studies (Case Conflict).xlsx",
    "studies.sync-conflict-20261101-101010-ABCDEFG.xlsx",
    "studies-DESKTOP-4F7K2QX.xlsx",
    "studies-LAPTOP-9ABCD2EF-2.xlsx",
    "studies.ods",
    "studies.XLS",
]


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_known_by_its_name_and_the_original_beside_it(folder, name):
    put(f"data/extraction/{name}")
    assert original_of(Path("data/extraction", name)) is None
    assert "copy" not in {issue.code for issue in copy_issues({})}
    put("data/extraction/studies.xlsx")
    (issue,) = copy_issues({})
    assert (issue.code, issue.where, issue.severity) == ("copy", "data/extraction", "error")
    assert f"'{name}' of 'studies.xlsx'" in issue.message


@pytest.mark.parametrize(
    "name", ["studies.AB.xlsx", "studies-AB.xlsx", "studies_1.xlsx", "studies (AB).xlsx", "studies (1).pdf"]
)
def test_other_files_are_no_copies(folder, name):
    put("data/extraction/studies.xlsx", "data/extraction/studies.pdf", f"data/extraction/{name}")
    assert copy_issues({}) == []


def test_copies_of_one_folder_are_one_message(folder):
    put("data/x/a.csv", "data/x/a (1).csv", "data/x/a (2).csv")
    (issue,) = copy_issues({"screening": {"decisions": "data/x/a.csv"}})
    assert "2 files look like a copy" in issue.message


def test_files_that_the_settings_name_and_batches_of_a_search_are_no_copies(folder):
    put("data/s/a.csv", "data/s/a (1).csv", "data/searches/p.nbib", "data/searches/p (1).nbib")
    sources = [{"file": "data/s/a.csv"}, {"file": "data/s/a (1).csv"}]
    assert copy_issues({"screening": {"sources": sources}, "searches": [{"files": ["data/searches/p.nbib"]}]}) == []


def test_what_a_cloud_has_not_downloaded_is_a_fault_not_a_loss(folder):
    put("data/screening/.abstract_all_sheet.xlsx.icloud", "data/screening/studies.xlsx.icloud")
    (issue,) = copy_issues({})
    assert issue.code == "not-downloaded"
    assert "abstract_all_sheet.xlsx, studies.xlsx" in issue.message or "abstract_all_sheet.xlsx and" in issue.message


def test_locks_and_hidden_files_are_not_read(folder):
    put(*(f"data/screening/{start}abstract_all_sheet.xlsx" for start in ("", "~$", "._")))
    put("data/screening/.~lock.abstract_all_sheet.xlsx#")
    assert copy_issues({}) == []
    sources = with_sheets({"screening": {}})["screening"]["sources"]
    assert sources == [{"file": "data/screening/abstract_all_sheet.xlsx"}]
    assert files_written(Path("data/none"), "*.csv") == []


def test_a_sheet_beside_the_sources_that_are_named_is_reported(folder):
    put("data/screening/abstract_all_sheet.xlsx", "data/screening/fulltext_all_sheet.xlsx")
    named = [{"file": "data/screening/rayyan.csv"}, {"file": "data/screening/abstract_all_sheet.xlsx"}]
    (issue,) = unread_sheets({"screening": {"sources": named}})
    assert issue.message == "names files and not data/screening/fulltext_all_sheet.xlsx: this is not read"
    assert unread_sheets(with_sheets({"screening": {}})) == []


def test_a_sheet_that_lies_there_twice_stops_the_build(folder):
    put("data/screening/abstract_all_sheet.xlsx", "data/screening/abstract_all_sheet (1).xlsx")
    config = {
        "review": {"draft": True},
        "searches": [{"id": "p", "database": "PubMed", "date": "2026-01-31", "files": [], "hits": 0}],
        "screening": {"stages": [{"id": "abstract"}]},
    }
    with pytest.raises(BuildStop, match=r"'abstract_all_sheet \(1\).xlsx' of 'abstract_all_sheet.xlsx'"):
        checked(config, SCHEMAS)


def test_a_filled_in_sheet_of_another_kind_is_not_passed_over(folder):
    put("data/screening/abstract_all_sheet.ods", "data/appraisal/.~lock.appraisal.ods", "data/searches/export.xls")
    (issue,) = copy_issues({})
    assert (issue.code, issue.where) == ("workbook", "data/screening")
    assert issue.message == "1 spreadsheet is not read: abstract_all_sheet.ods"
    assert copy_issues({"screening": {"sources": [{"file": "data/screening/abstract_all_sheet.ods"}]}}) == []
