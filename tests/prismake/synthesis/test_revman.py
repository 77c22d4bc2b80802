"""Data rows of Cochrane's data packages: read, pooled, written, and read again."""

import csv

import pytest
from prismake.cli import main
from prismake.common.results.synthesis import META
from prismake.synthesis import revman
from prismake.synthesis.pooling.analysing import analyse_all

from tests.prismake.synthesis.pooling.extractions import bcg, extraction, settings

ROWS = """\
Analysis group,Analysis number,Analysis name,Subgroup,Study,Study year,GIV Mean,GIV SE,\
Experimental cases,Experimental N,Experimental mean,Experimental SD,\
Control cases,Control N,Control mean,Control SD,O-E,Variance
1,1,Death,,Doe 2020,2020,,,4,123,0,0,11,139,0,0,0,0
1,1,Death,,Roe 2021,2021,,,0,30,,,0,31,,,,
1,2,Pain,Adults,Doe 2020,2020,,,0,60,3.50,1.2,0,59,4.10,1.3,0,0
2,1,Survival,,Doe 2020,2020,-0.25,0.10,,,,,,,,,,
2,2,Death,,Roe 2021,2021,,,,,,,,,,,-3.2,9.5
"""
LOG = "Analysis group,Analysis number,Log-scale data\n2,1,TRUE\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "settings.csv").write_text(LOG)
    return tmp_path


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(file)]


def test_data_rows_become_rows_of_outcomes_digit_by_digit(files, capsys):
    assert main(["revman", "rows.csv", "--settings", "settings.csv"]) == 0
    assert "2 studies" in capsys.readouterr().out
    assert table(files / "outcomes.csv") == [
        {"study_id": "doe_2020", "outcome": "Death (1.1)", "arm": "experimental", "n_events": "4", "n_analyzed": "123"},
        {"study_id": "doe_2020", "outcome": "Death (1.1)", "arm": "control", "n_events": "11", "n_analyzed": "139"},
        {"study_id": "roe_2021", "outcome": "Death (1.1)", "arm": "experimental", "n_events": "0", "n_analyzed": "30"},
        {"study_id": "roe_2021", "outcome": "Death (1.1)", "arm": "control", "n_events": "0", "n_analyzed": "31"},
        *(
            {
                "study_id": "doe_2020",
                "outcome": "Pain",
                "arm": arm,
                "n_analyzed": n,
                "value_mean": mean,
                "value_sd": sd,
                "subgroup": "Adults",
            }
            for arm, n, mean, sd in (("experimental", "60", "3.50", "1.2"), ("control", "59", "4.10", "1.3"))
        ),
        {
            "study_id": "doe_2020",
            "outcome": "Survival",
            "arm": "experimental",
            "versus": "control",
            "effect_log": "-0.25",
            "effect_se": "0.10",
        },
        {
            "study_id": "roe_2021",
            "outcome": "Death (2.2)",
            "arm": "experimental",
            "versus": "control",
            "effect_oe": "-3.2",
            "effect_oe_variance": "9.5",
        },
    ]
    assert len(table(files / "arms.csv")) == 4


@pytest.mark.parametrize(
    ("words", "change", "message"),
    [
        (
            ("rows.csv",),
            ("", ""),
            "rows.csv:5: analysis 2.1 gives effects, and whether they are logarithms is not known",
        ),
        (("none.csv",), ("", ""), "none.csv: the file does not exist"),
        (("rows.csv",), ("Analysis name", "Name"), "rows.csv: the column 'Analysis name' is missing"),
        (("rows.csv",), ("1.2,0,59", "x,0,59"), "rows.csv:4, column 'Experimental SD': 'x' is not a number"),
        (("rows.csv",), ("Analysis name", "x" * 200_000), "rows.csv: not a well-formed CSV: field larger"),
        ((), ("", ""), "no file is named"),
        (("--write", "out.csv"), ("", ""), "the build has no meta-analysis"),
    ],
)
@pytest.mark.usefixtures("cells_of_csv_are_short")
def test_what_cannot_be_read_is_named_and_writes_nothing(files, capsys, words, change, message):
    (files / "rows.csv").write_text(ROWS.replace(*change) if change[0] else ROWS)
    assert main(["revman", *words]) == 1
    assert message in capsys.readouterr().err
    assert not (files / "outcomes.csv").exists() and not (files / "out.csv").exists()


def test_results_are_written_and_give_the_same_effect_when_read_again(files, capsys):
    document, _ = analyse_all(bcg(), settings(measure="RR", arm="treated", versus="control"), draft=False)
    META.under(files / "results").parent.mkdir()
    META.write(META.under(files / "results"), document)
    assert main(["revman", "--write", "written.csv"]) == 0
    rows = [{name: cell or "" for name, cell in row.items()} for row in csv.DictReader((files / "written.csv").open())]
    assert list(rows[0]) == list(revman.COLUMNS)
    assert sum(float(row["Weight"]) for row in rows) == pytest.approx(100)
    again: dict = {}
    for row in revman.outcome_rows(rows, [], "written.csv"):
        again.setdefault(row["study_id"], []).append({**row, "outcome": "death"})
    about = settings(measure="RR", arm="experimental", versus="control")
    made = analyse_all(extraction(again), about, draft=False)[0]["analyses"]["death"]
    assert made["pooled"]["yi"] == document["analyses"]["death"]["pooled"]["yi"]
