import json
from pathlib import Path

import pytest
from prismake.cli import main
from prismake.common.errors import BuildStop
from prismake.common.results.records import LINKS, MERGES
from prismake.common.results.screening import REVIEWERS, TRAIL
from prismake.common.results.submission import EXCLUDED_REPORTS
from prismake.common.writing import write_json, write_rows
from prismake.trace.record import as_text, lives

from tests.records import as_frame, write_parquet


@pytest.fixture
def results(tmp_path):
    """The results of a build with two records of one report, excluded at the second stage, and one that waits."""
    about = {"database": "PubMed", "search_date": "2025-12-16", "file": "data/searches/pubmed.nbib"}
    records = [
        {
            "record_id": "pubmed:1",
            "title": "Cement leakage.",
            "author": "Doe, J",
            "year": "2020",
            "position": 1,
            "line": 1,
            "pmid": "1",
            "doi": "10.1/leak",
            "trial_ids": "NCT00000001; ISRCTN1",
        },
        {"record_id": "pubmed:2", "title": "Cement leakage", "position": 2, "line": 40},
        {"record_id": "pubmed:3", "title": "Another", "position": 3},
    ]
    write_parquet(tmp_path / "records/records.parquet", as_frame([{**about, **record} for record in records]))
    clusters = [("pubmed:1", "pubmed:1"), ("pubmed:2", "pubmed:1"), ("pubmed:3", "pubmed:3")]
    columns = ("record_id", "cluster")
    write_rows(tmp_path / "records/clusters.csv", columns, (dict(zip(columns, row, strict=True)) for row in clusters))
    merge = {"cluster": "pubmed:1", "record_a": "pubmed:1", "record_b": "pubmed:2", "rule": "title", "evidence": "same"}
    MERGES.write(tmp_path / "dedup/merges.csv", [merge])
    trail = [
        ("pubmed:1", "title", "include", "", "", "", "", ""),
        ("pubmed:1", "abstract", "exclude", "off_topic", "Off topic", "", "decisions.csv:4", "no spine"),
        ("pubmed:3", "title", "pending", "", "", "", "", ""),
    ]
    TRAIL.write(tmp_path / "screening/trail.csv", (dict(zip(TRAIL.columns, row, strict=True)) for row in trail))
    return tmp_path


@pytest.fixture
def written(results):
    """The same build with a flow, a study, a table, a manuscript and two reviewers."""
    write_json(
        results / "flow.json",
        {
            "boxes": [
                {"id": name, "label": name.title(), "role": "x"}
                for name in ("duplicates", "abstract.excluded", "included")
            ]
        },
    )
    for name, contents in (("duplicates", "pubmed:2"), ("abstract.excluded", "pubmed:1"), ("included", "pubmed:3")):
        write_rows(results / f"flow/{name}.csv", ("record_id",), [{"record_id": contents}])
    write_json(results / "studies.json", {"studies": [{"study_id": "doe2020", "reports": ["pubmed:1"]}]})
    rows = [["Other [@doe2020b]"], ["Doe et al [@doe2020]"]]
    write_json(results / "tables/characteristics.json", {"id": "characteristics", "caption": "Studies", "rows": rows})
    sentences = [
        {"part": part, "text": text, "citations": [key], "file": "03.results.md", "line": 7}
        for part, text, key in (
            ("results", "One study leaked [@doe2020].", "doe2020"),
            ("float:tbl:x", "Doe et al [@doe2020]", "doe2020"),
            ("results", "No other did [@doe2020b].", "doe2020b"),
        )
    ]
    (results / "manuscript").mkdir()
    write_json(results / "manuscript/manuscript.json", {"sentences": sentences})
    columns = ("file", "line", "expression", "printed", "values")
    values = [
        ("03.results.md", "7", "flow.abstract_excluded | n", "11", "flow.abstract_excluded"),
        ("03.results.md", "8", "flow.included | n", "9", "flow.included"),
    ]
    write_rows(
        results / "manuscript/values_used.csv", columns, (dict(zip(columns, row, strict=True)) for row in values)
    )
    names = ("record_id", "stage", "reviewer", "decision", "reason")
    reviewers = [("pubmed:1", "abstract", "A", "exclude", "off_topic"), ("pubmed:1", "abstract", "B", "include", "")]
    REVIEWERS.write(results / "screening/reviewers.csv", (dict(zip(names, row, strict=True)) for row in reviewers))
    return results


def test_the_life_of_a_duplicate(results):
    (life,) = lives("pubmed:2", results)
    assert life["versions"] == []
    assert as_text(life) == (
        "pubmed:1\n"
        "  Doe, J. Cement leakage. 2020\n"
        "Imported\n"
        "  pubmed:1: from PubMed, searched 2025-12-16: data/searches/pubmed.nbib, record 1 (line 1)\n"
        "  pubmed:2: from PubMed, searched 2025-12-16: data/searches/pubmed.nbib, record 2 (line 40)\n"
        "Duplicates\n"
        "  2 records of one report, represented by pubmed:1\n"
        "  pubmed:1 = pubmed:2: title (same)\n"
        "Screening\n"
        "  title: include\n"
        "  abstract: exclude, Off topic, by decisions.csv:4; note: no spine"
    )


def test_a_preprint_and_its_article_name_each_other(results):
    link = {"preprint": "pubmed:3", "article": "pubmed:1", "evidence": "same title"}
    LINKS.write(results / "dedup/links.csv", [link])
    (article,), (preprint,) = lives("pubmed:2", results), lives("pubmed:3", results)
    assert "  pubmed:3 is its preprint: linked, not merged (same title)\nScreening" in as_text(article)
    assert "  pubmed:1 is its article: linked, not merged (same title)\nScreening" in as_text(preprint)


def test_a_record_without_line_that_waits(results, capsys):
    assert main(["why", "pubmed:3", "--results", str(results)]) == 0
    output = capsys.readouterr().out
    assert "record 3\nDuplicates\n  none found\n" in output
    assert output.endswith("title: pending\n  It awaits a decision.\n")


def test_a_record_that_nobody_saw_names_the_rule_and_the_list(results, capsys):
    row = ("pubmed:3", "abstract", "unseen", "", "100 in a row", "", "asreview.csv (not listed)", "")
    TRAIL.write(results / "screening/trail.csv", [dict(zip(TRAIL.columns, row, strict=True))])
    assert main(["why", "pubmed:3", "--results", str(results)]) == 0
    output = capsys.readouterr().out
    assert "  abstract: unseen, 100 in a row, by asreview.csv (not listed)\n  Nobody has seen it" in output


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        ("1", "pmid"),
        ("PMID: 1", "pmid"),
        ("https://pubmed.ncbi.nlm.nih.gov/1/", "pmid"),
        ("10.1/LEAK", "doi"),
        ("https://doi.org/10.1/leak", "doi"),
        ("nct00000001", "trial_ids"),
        ("doe2020", "study_id"),
    ],
)
def test_a_record_goes_by_many_names(written, identifier, kind):
    (life,) = lives(identifier, written)
    assert (life["record_id"], life["identifier_type"]) == ("pubmed:1", kind)


def test_boxes_tables_sentences_and_numbers(written):
    (life,) = lives("1", written)
    assert [box["id"] for box in life["boxes"]] == ["duplicates", "abstract.excluded"]
    assert [(item["table"], item["row"]) for item in life["tables"]] == [("characteristics", 2)]
    assert [(item["line"], item["text"]) for item in life["sentences"]] == [(7, "One study leaked [@doe2020].")]
    assert [item["expression"] for item in life["numbers"]] == ["flow.abstract_excluded | n"]
    text = as_text(life)
    assert "    A: exclude, off_topic\n    B: include\n" in text
    assert "  Duplicates [duplicates], as pubmed:2\n" in text
    assert "  study doe2020\n  table characteristics, row 2 (Studies)\n" in text
    assert text.endswith("03.results.md:7 counts it: 11 (flow.abstract_excluded | n)")


def test_the_supplement_names_what_was_excluded_where_it_is_built(written):
    assert lives("1", written)[0]["supplement"] == []
    row = {"row": "3", "record_id": "pubmed:1", "report": "Doe, 2020", "title": "Leak", "reason": "Off topic: no spine"}
    EXCLUDED_REPORTS.write(written / "supplement/excluded_reports.csv", [row])
    (life,) = lives("pubmed:2", written)
    assert [(item["row"], item["file"][-20:]) for item in life["supplement"]] == [(3, "excluded_reports.csv")]
    text = "In the supplement\n  Reports excluded after reading their full text, row 3: Off topic: no spine\n"
    assert text in as_text(life)
    assert lives("pubmed:3", written)[0]["supplement"] == []
    EXCLUDED_REPORTS.write(written / "supplement/excluded_reports.csv", [row | {"reason": "Another reason"}])
    assert lives("pubmed:2", written)[0]["supplement"] == []


def test_as_json(written, capsys):
    assert main(["why", "10.1/leak", "--json", "--results", str(written)]) == 0
    (life,) = json.loads(capsys.readouterr().out)
    assert life["imported"][1] == {
        "record_id": "pubmed:2",
        "database": "PubMed",
        "search_date": "2025-12-16",
        "file": "data/searches/pubmed.nbib",
        "position": 2,
        "line": 40,
    }
    assert life["studies"] == ["doe2020"]


def test_an_unknown_record_and_a_missing_build(results):
    with pytest.raises(BuildStop, match=r"nearest: pubmed:1 \(Cement leakage\.\)"):
        lives("pubmed:11", results)
    with pytest.raises(BuildStop, match=r"nearest: pubmed:2 \(Cement leakage\); pubmed:1"):
        lives("a leakage of cement", results)
    with pytest.raises(BuildStop, match=r"clusters\.csv lists all records"):
        lives("99887766", results)
    with pytest.raises(BuildStop, match="run `snakemake` first"):
        lives("pubmed:1", Path("nowhere"))
