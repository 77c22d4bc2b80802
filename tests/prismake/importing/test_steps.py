"""The two steps, record ids and the command line."""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop
from prismake.common.records import COLUMNS, INTEGERS, read_record_table, read_records
from prismake.importing.command import add_arguments, run, search_ids
from prismake.importing.readers import FORMATS
from prismake.review.configuration import exports_of
from scripts.collect_records import collect_records
from scripts.import_export import import_export

from tests.prismake.importing.snippets import EMBASE_RIS, MEDLINE, SNIPPETS

PLAIN_RIS = "TY  - JOUR\nTI  - {title}\nAU  - Example, A.\nPY  - 2001\nER  - \n\n"


def search(name: str, *files: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "database": name.title(), "kind": "database", "date": "2025-12-16", "files": files, **more}


def imported(folder: Path, searches: list[dict[str, Any]]) -> tuple[list[Path], list[Path]]:
    """Runs the first step on each file of each search, as the workflow does."""
    records, reports = [], []
    for name, export in exports_of(searches).items():
        records.append(folder / "results" / f"{name}.parquet")
        reports.append(folder / "results" / f"{name}.json")
        import_export(export=Path(export["file"]), records=records[-1], report=reports[-1], search=export["search"])
    return records, reports


def collected(folder: Path, searches: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The columns of the table of all records."""
    records, reports = imported(folder, searches)
    results = folder / "results"
    collect_records(
        records=records,
        reports=reports,
        collected=results / "records.parquet",
        imports=results / "imports.csv",
        rejected=results / "rejected.csv",
        exports=[export["search"] for export in exports_of(searches).values()],
        searches=searches,
    )
    return read_record_table(results / "records.parquet").to_pydict()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review's folder to stand in, as steps do."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_records_have_all_columns_and_their_search(folder: Path) -> None:
    frame = collected(
        folder, [search("embase", write("e.ris", EMBASE_RIS)), search("pubmed", write("p.nbib", MEDLINE))]
    )
    assert list(frame) == list(COLUMNS)
    assert list(frame["record_id"]) == ["embase:L2012345678", "pubmed:39000003", "pubmed:39000004", "pubmed:EJ9999999"]
    assert list(frame["file"]) == ["e.ris", "p.nbib", "p.nbib", "p.nbib"]
    assert list(frame["position"]) == [1, 1, 2, 3]
    assert set(frame["search_date"]) == {"2025-12-16"}
    assert all(isinstance(value, str) for name in COLUMNS if name not in INTEGERS for value in frame[name])


def test_register_records_are_marked_whatever_the_search(folder: Path) -> None:
    frame = collected(folder, [search("cochrane", write("c.ris", SNIPPETS["cochrane_ris"][1]))])
    assert list(frame["kind"]) == ["database", "register"]


def test_ids_do_not_depend_on_position(folder: Path) -> None:
    texts = [PLAIN_RIS.format(title=title) for title in ("One", "Two", "Three", "Two")]
    before = list(collected(folder, [search("s", write("s.ris", "".join(texts)))])["record_id"])
    after = list(collected(folder, [search("s", write("s.ris", "".join(texts[1:])))])["record_id"])
    assert after == before[1:]
    assert before[0].startswith("s:x") and len(before[0]) == len("s:x") + 10
    assert before[3] == before[1] + "~2"


def test_repeats_in_the_files_of_one_search_are_numbered_through(folder: Path) -> None:
    files = [write("a.ris", EMBASE_RIS * 2), write("b.ris", EMBASE_RIS)]
    frame = collected(folder, [search("embase", *files), search("again", write("c.ris", EMBASE_RIS))])
    number = "L2012345678"
    assert list(frame["record_id"]) == [
        f"embase:{number}",
        f"embase:{number}~2",
        f"embase:{number}~3",
        f"again:{number}",
    ]


def test_imports_and_rejected_are_reported(folder: Path) -> None:
    collected(folder, [search("bib", write("b.bib", SNIPPETS["bibtex"][1]))])
    with Path("results/imports.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    values = {name: row[name] for name in ("export", "file", "format", "encoding", "counted", "parsed", "rejected")}
    assert values == {
        "export": "bib",
        "file": "b.bib",
        "format": "bibtex",
        "encoding": "utf-8",
        "counted": "6",
        "parsed": "5",
        "rejected": "1",
    }
    with Path("results/rejected.csv").open(newline="") as file:
        (refused,) = csv.DictReader(file)
    assert (refused["position"], refused["line"]) == ("5", "35")


def test_hits_that_differ_stop_until_explained(folder: Path) -> None:
    files = [write("a.ris", EMBASE_RIS * 2), write("b.ris", EMBASE_RIS)]
    with pytest.raises(BuildStop) as stopped:
        collected(
            folder,
            [search("embase", *files, hits=4), search("other", files[1], hits=1), search("more", files[1], hits=7)],
        )
    assert [issue.code for issue in stopped.value.issues] == ["hits", "hits"]
    assert "reported 4 hits, but its exports contain 3 records" in stopped.value.issues[0].message
    assert "searches[1] ('embase')" in stopped.value.issues[0].where
    explained = collected(folder, [search("embase", *files, hits=4, hits_explained="one was withdrawn")])
    assert len(explained["record_id"]) == 3


def test_same_export_gives_same_bytes(folder: Path) -> None:
    searches = [search("embase", write("e.ris", EMBASE_RIS)), search("pubmed", write("p.nbib", MEDLINE))]
    collected(folder, searches)
    before = Path("results/records.parquet").read_bytes()
    collected(folder, searches)
    assert Path("results/records.parquet").read_bytes() == before


def test_no_output_is_left_by_an_export_that_is_refused(folder: Path) -> None:
    with pytest.raises(BuildStop):
        imported(folder, [search("s", write("page.ris", "<html></html>"))])
    assert not list((folder / "results").glob("*"))


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(list(words)))


@pytest.mark.parametrize("output", ["out.parquet", "out.csv", "out.jsonl"])
def test_command_reads_what_it_can_and_tells_the_rest(
    output: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [write("a.ris", EMBASE_RIS), write("bad.ris", "<html></html>"), write("c.csv", SNIPPETS["bibtex"][1])]
    assert command(*files, "nothing.ris", "--output", output, "--report", "report.json") == 1
    printed = capsys.readouterr()
    assert "a.ris: 1 record (ris, utf-8)" in printed.out
    assert "bad.ris: the file is a web page" in printed.err and "nothing.ris: the file does not exist" in printed.err
    report = json.loads(Path("report.json").read_text())
    assert [
        (reportfile["path"], reportfile["counted"], reportfile["parsed"], len(reportfile["rejected"]))
        for reportfile in report["files"]
    ] == [
        ("a.ris", 1, 1, 0),
        ("bad.ris", 0, 0, 0),
        ("c.csv", 6, 5, 1),
        ("nothing.ris", 0, 0, 0),
    ]
    if output.endswith(".parquet"):
        rows = read_records(Path(output))
    elif output.endswith(".csv"):
        with Path(output).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    else:
        rows = [json.loads(line) for line in Path(output).read_text(encoding="utf-8").splitlines()]
    assert [row["record_id"] for row in rows][:1] == ["a:L2012345678"]
    assert [row["database"] for row in rows][:2] == ["Embase", "c"]
    assert len(rows) == 6 and list(rows[0]) == list(COLUMNS)


def test_file_refused_after_records_of_it_were_written_leaves_none(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [write("a.ris", EMBASE_RIS), write("b.bib", SNIPPETS["bibtex"][1]), write("c.ris", EMBASE_RIS)]
    bibtex = FORMATS["bibtex"]
    # A count that the reader does not come to is found at the file's end.
    monkeypatch.setitem(FORMATS, "bibtex", replace(bibtex, count=lambda content: bibtex.count(content) + 1))
    assert command(*files, "--output", "out.jsonl", "--report", "report.json") == 1
    rows = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["record_id"] for row in rows] == ["a:L2012345678", "c:L2012345678"]
    report = json.loads(Path("report.json").read_text())
    assert [(reportfile["counted"], reportfile["parsed"], "error" in reportfile) for reportfile in report["files"]] == [
        (1, 1, False),
        (7, 0, True),
        (1, 1, False),
    ]
    output = capsys.readouterr()
    assert output.out.count("a.ris") == 1 and output.err.count("7 records counted, but 5 read") == 1


def test_command_without_faults_ends_with_0(folder: Path) -> None:
    assert command(write("a.ris", EMBASE_RIS), "--output", "out.parquet") == 0
    assert command("a.ris", "--output", "out.xyz") == 1


def test_files_of_one_name_get_ids_of_their_own() -> None:
    assert search_ids([Path("a/My search.ris"), Path("b/my-search.ris.gz"), Path("c/.csv")]) == [
        "my-search",
        "my-search-2",
        "export",
    ]
