"""A search without hits is a search: it counts 0, from its export or without one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook
from prismake.common.errors import BuildStop
from prismake.flow.boxes import make_labels
from prismake.importing.export import Export
from prismake.submission import supplement_parts

from tests.prismake.flow.conftest import STAGES
from tests.prismake.flow.tables import make_boxes, make_clusters
from tests.prismake.importing.records import records_of
from tests.prismake.importing.test_steps import PLAIN_RIS, collected, folder, search, write  # noqa: F401

BARE = {
    "csv": "Title,Authors,Year,DOI\n",
    "tsv": "\ufeffPMID\tTitle\tAuthors\r\n\r\n",
    "json": "[]",
    "answer.json": '{"total": 0, "data": [ ]}',
    "wos": "FN Clarivate Analytics Web of Science\nVR 1.0\nEF\n",
    "pubmed.xml": '<?xml version="1.0"?>\n<PubmedArticleSet></PubmedArticleSet>\n',
    "endnote.xml": '<?xml version="1.0"?><xml><records></records></xml>',
}


@pytest.mark.parametrize("name", BARE)
def test_an_export_that_holds_no_record_counts_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(BARE[name], encoding="utf-8")
    export = Export(tmp_path / name)
    assert records_of(export) == []
    assert (export.counted, export.report().warnings) == (
        0,
        ["the file contains no record: the export of a search without hits"],
    )


@pytest.mark.parametrize("name", ["a.ris", "a.nbib", "a.enw", "a.bib"])
def test_an_empty_file_says_how_a_search_without_hits_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\ufeff\r\n\x1a", encoding="utf-8")
    with pytest.raises(BuildStop, match=r"the file is empty(.|\n)*write 'files: \[\]' and 'hits: 0'"):
        records_of(Export(tmp_path / name))


def test_a_spreadsheet_with_a_header_alone_counts_none(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Title", "Authors", "Year"])
    book.save(tmp_path / "none.xlsx")
    assert records_of(Export(tmp_path / "none.xlsx")) == []


@pytest.mark.parametrize(
    "text", ["", '{"error": "no session"}', "ER  - \n", "FN Thomson\nVR 1.0\nAU Example, A\nTI One\n", "{}"]
)
def test_a_file_that_is_not_a_whole_export_is_still_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "export").write_text(text, encoding="utf-8")
    with pytest.raises(BuildStop):
        records_of(Export(tmp_path / "export"))


@pytest.mark.parametrize("files", [[], ["none.csv"]])
def test_a_search_without_hits_is_imported_counted_drawn_and_printed(folder: Path, files: list[str]) -> None:  # noqa: F811
    write("none.csv", BARE["csv"])
    write("some.ris", PLAIN_RIS.format(title="One"))
    searches = [search("some", "some.ris"), search("none", *files, hits=0)]
    records = collected(folder, searches)
    assert records["search"] == ["some"]
    with (folder / "results" / "imports.csv").open(encoding="utf-8-sig") as file:
        imports = list(csv.DictReader(file))
    assert [(row["search"], row["counted"]) for row in imports] == [("some", "1"), ("none", "0")][: 1 + len(files)]
    rows = [{name: str(records[name][0]) for name in ("record_id", "search", "kind")}]
    boxes = make_boxes(rows, make_clusters(rows, {}, searches), [], STAGES, searches, make_labels({}, STAGES, searches))
    assert [(box.label, len(box.records)) for box in boxes if box.role == "source"] == [("Some", 1), ("None", 0)]
    assert "| None |" in supplement_parts.strategies(searches, imports, {}).markdown.replace("  ", " ")


def test_hits_that_the_export_does_not_hold_still_stop(folder: Path) -> None:  # noqa: F811
    write("none.csv", BARE["csv"])
    with pytest.raises(BuildStop, match="reported 3 hits, but its exports contain 0 records"):
        collected(folder, [search("none", "none.csv", hits=3)])
