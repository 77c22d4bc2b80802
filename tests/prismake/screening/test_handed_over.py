"""The table of records that have gone out, and the command that adds to it."""

from pathlib import Path

import pytest
from prismake.cli import main
from prismake.common.errors import BuildStop
from prismake.common.results.screening import WAITING
from prismake.screening.handed_over import read_handed_over

CLUSTERS = {"s:1": "s:1", "t:1": "s:1", "s:2": "s:2"}


def handed_over(folder, text):
    table = folder / "handed_over.csv"
    table.write_text(text)
    return read_handed_over([table], CLUSTERS, ["abstract", "fulltext"])


def test_a_record_merged_since_stands_for_the_survivor_and_a_warning_says_so(tmp_path):
    handed = handed_over(tmp_path, "record_id,stage,date\nt:1,abstract,2026-02-01\ns:2,fulltext,2026-02-01\n")
    assert handed.records == {"abstract": {"s:1"}, "fulltext": {"s:2"}}
    (issue,) = handed.issues
    assert (issue.code, issue.severity) == ("handed-over-merged", "warning")
    assert "first 't:1' into 's:1'" in issue.message


def test_a_record_that_is_gone_gives_a_warning(tmp_path):
    handed = handed_over(
        tmp_path, "record_id,stage,date,to\ns:7,abstract,2026-02-01,Rayyan\ns:2,abstract,2026-02-01,\n"
    )
    assert handed.records == {"abstract": {"s:2"}}
    assert [(issue.code, issue.severity) for issue in handed.issues] == [("handed-over-gone", "warning")]


def test_an_unknown_stage_and_a_date_as_text_are_faults(tmp_path):
    handed = handed_over(tmp_path, "record_id,stage,date\ns:1,abstracts,1 February\n")
    assert [(issue.code, issue.severity) for issue in handed.issues] == [("unknown-stage", "error"), ("date", "error")]
    with pytest.raises(BuildStop, match="unknown column 'stages'"):
        handed_over(tmp_path, "record_id,stages,date\ns:1,abstract,2026-02-01\n")


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A review with three records that wait at the stage of abstracts."""
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/a.ris").write_text("TY  - JOUR\nTI  - A\nER  - \n")
    Path("config.yaml").write_text(
        "searches: [{id: s, database: PubMed, date: 2026-01-31, files: [data/a.ris]}]\n"
        "screening: {stages: [{id: abstract}, {id: fulltext}]}\n"
    )
    folder = Path("results/screening/to_screen/abstract/all")
    folder.mkdir(parents=True)
    row = {"stage": "abstract", "role": "screening", "batch": "all", "records": 3, "folder": folder.as_posix()}
    WAITING.write(WAITING.under(Path("results")), [row])
    marks = "".join(f"TY  - JOUR\nN1  - PRISMAKE-ID: s:{number}\nER  - \n" for number in (1, 2, 3))
    (folder / "abstract_all_records.ris").write_text(marks)
    return Path("data/screening/handed_over.csv")


def test_the_command_notes_what_went_out_once(built, capsys):
    assert main(["hand-over", "abstract", "--date", "2026-02-01", "--to", "Rayyan"]) == 0
    text = built.read_text()
    assert text.splitlines() == ["record_id,stage,date,to", *(f"s:{n},abstract,2026-02-01,Rayyan" for n in (1, 2, 3))]
    assert main(["hand-over", "abstract", "--date", "2026-03-01"]) == 0
    assert built.read_text() == text
    assert "0 records noted as handed over" in capsys.readouterr().out


def test_the_command_keeps_the_columns_and_separator_of_the_table(built):
    built.parent.mkdir()
    built.write_text("date;record_id;stage\n2026-01-01;s:2;abstract\n")
    assert main(["hand-over", "abstract", "--date", "2026-02-01"]) == 0
    assert built.read_text().splitlines()[1:] == [
        "2026-01-01;s:2;abstract",
        "2026-02-01;s:1;abstract",
        "2026-02-01;s:3;abstract",
    ]


@pytest.mark.usefixtures("cells_of_csv_are_short")
def test_a_table_that_is_no_csv_is_reported_and_kept(built, capsys):
    built.parent.mkdir(parents=True, exist_ok=True)
    built.write_text("date," + "x" * 200_000 + "\n")
    assert main(["hand-over", "abstract", "--date", "2026-02-01"]) == 1
    assert f"{built.name}:1: not a well-formed CSV" in capsys.readouterr().err
    assert built.read_text().startswith("date,xx")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["abstract", "--date", "yesterday"], "'yesterday' is not a valid date"),
        (["abstrakt", "--date", "2026-02-01"], "did you mean 'abstract'?"),
        (["fulltext", "--date", "2026-02-01"], "no record of the batch 'all' waits at the stage 'fulltext'"),
        (["abstract", "--date", "2026-02-01", "--batch", "pilot"], "no record of the batch 'pilot' waits"),
    ],
)
def test_the_command_refuses_what_was_not_meant(built, capsys, arguments, message):
    assert main(["hand-over", *arguments]) == 1
    assert message in capsys.readouterr().err
    assert not built.exists()
