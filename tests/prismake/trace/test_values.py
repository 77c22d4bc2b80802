"""A value or a sentence followed back to cells and records."""

import json
from pathlib import Path
from typing import Any

import pytest
from prismake.audit.passages import Passage, Printed
from prismake.cli import main
from prismake.common.errors import BuildStop
from prismake.common.results import manuscript, screening
from prismake.common.results.synthesis import STUDIES, VALUES
from prismake.common.values import Value, as_document, count, flat, named_tree, noun
from prismake.common.writing import write_json, write_rows
from prismake.manuscript.model import write_manuscript
from prismake.manuscript.render import Made, Written, render
from prismake.trace import values
from prismake.trace.build import Build
from prismake.trace.command import _answer
from prismake.trace.values import sentence_as_text, sentence_origins, shown

from tests.records import as_frame, write_parquet

TREE = {
    "pooled": {
        "women": count(
            12, "sum of n_female", noun("women"), files=("s.csv",), columns=("n_female",), studies=("a2020", "b2021")
        ),
        "age": Value(68.844, "measure", "mean of age", unit="years", places=1, columns=("age",), studies=("a2020",)),
    },
    "flow": {"duplicates": count(25, "rows", noun("records"), records="results/flow/duplicates.csv")},
    "groups": {"cause": count(1, "studies with leak", noun("studies"), columns=("causes",), studies=("b2021",))},
    "search": {"last_date": Value("2025-12-16", "date", "the latest")},
}
STUDY: dict[str, dict[str, Any]] = {
    "a2020": {"n_female": 9, "age": "68.8", "parts": {}},
    "b2021": {"n_female": 3, "age": None, "parts": {}},
}
STUDY["b2021"]["parts"] = {"causes": [{"cause": "leak", "n": 2}]}
TEXT = """# Results

After removal of {{ flow.duplicates }}, titles were screened. Of the patients, {{ pooled.women }} were seen by 7 people.
"""


@pytest.fixture
def results(tmp_path):
    """The results of a build with a ledger, two studies, a list of records and a manuscript."""
    results = tmp_path / "results"
    ledger = dict(flat(TREE))
    VALUES.write(results / "values.json", as_document(TREE))
    studies = [{"study_id": name, **cells, "reports": []} for name, cells in STUDY.items()]
    STUDIES.write(results / "studies.json", {"columns": {}, "studies": studies})
    rows = [{"record_id": f"pubmed:{n}", "title": f"Title {n}.", "reason": "a copy"} for n in range(25)]
    write_rows(results / "flow/duplicates.csv", ("record_id", "title", "reason"), rows)
    (tmp_path / "01.text.md").write_text(TEXT)
    (tmp_path / "metadata.yaml").write_text("title: T\n")
    written = Written([tmp_path / "01.text.md"], tmp_path / "metadata.yaml", frozenset(), [])
    rendered = render(written, Made(named_tree(ledger), {}, {}, {}), stop_on_uncited=False, draft=False)
    write_manuscript(results / "manuscript/manuscript.json", rendered.manuscript)
    used = [
        {
            "file": "01.text.md",
            "line": use.line,
            "expression": use.expression,
            "printed": use.printed,
            "values": "; ".join(use.names),
        }
        for use in rendered.ledger
    ]
    manuscript.VALUES_USED.write(results / "manuscript/values_used.csv", used)
    write_parquet(results / "records/records.parquet", as_frame([{"record_id": "pubmed:1", "title": "Title"}]))
    write_rows(results / "records/clusters.csv", ("record_id", "cluster"), [])
    screening.TRAIL.write(results / "screening/trail.csv", [])
    return results


def why(results, what, capsys, *options):
    code = main(["why", what, "--results", str(results), *options])
    output = capsys.readouterr()
    return code, output.out or output.err


def test_a_value_leads_to_the_cells_of_the_studies(results, capsys):
    assert why(results, "pooled.women", capsys) == (
        0,
        "pooled.women: 12 women\n"
        "  sum of n_female\n"
        "  from s.csv, column n_female\n"
        "Cells\n"
        "  a2020: n_female 9\n"
        "  b2021: n_female 3\n"
        "In the manuscript\n"
        "  01.text.md:3: 12 women (pooled.women)\n",
    )


def test_a_value_leads_to_the_records_of_its_box(results, capsys):
    _, text = why(results, "flow.duplicates", capsys)
    assert "Records (25 rows of results/flow/duplicates.csv)\n  pubmed:0: Title 0; a copy\n" in text
    assert "pubmed:19" in text and "pubmed:20" not in text and "  and 5 more\n" in text


def test_a_value_of_a_table_with_several_rows_per_study(results, capsys):
    assert "Cells\n  b2021: causes leak (n 2)\n" in why(results, "groups.cause", capsys)[1]
    assert "  the text does not use it" in why(results, "groups.cause", capsys)[1]


@pytest.mark.parametrize(
    "text", ["pooled.age", "{{ pooled.age | d(2) }}", "pooled.age.value", "pooled.age | d(1)", "{{pooled.age}}"]
)
def test_an_expression_stands_for_its_value(results, capsys, text):
    assert why(results, text, capsys)[1].startswith("pooled.age: 68.8 years\n  mean of age\n")


def test_a_group_lists_its_values(results, capsys):
    assert why(results, "pooled", capsys)[1] == (
        "pooled: 2 values\n  pooled.women: 12 women (sum of n_female)\n  pooled.age: 68.8 years (mean of age)\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Of the patients, 12 women were seen by 7 people.",
        "of the patients 13 women were seen",
        "were seen by 7 people: twelve women of the patients",
    ],
)
def test_a_sentence_leads_to_each_of_its_values(results, capsys, text):
    code, output = why(results, text, capsys)
    assert code == 0 and "01.text.md:3: Of the patients, 12 women were seen by 7 people." in output
    assert "  typed by its author: 7\n\npooled.women: 12 women\n" in output


def test_as_json(results, capsys):
    (value,) = json.loads(why(results, "pooled.women", capsys, "--json")[1])
    assert (value["value"], value["counts"], value["cells"][0]["cell"]) == (12, ["women"], "9")
    sentence = json.loads(why(results, "12 women were seen by 7 people", capsys, "--json")[1])
    assert [one["name"] for one in sentence["values"]] == ["pooled.women"] and sentence["typed"] == ["7"]


def test_what_does_not_exist_names_the_nearest(results, capsys):
    code, output = why(results, "pooled.womn", capsys)
    assert code == 1 and "no value is called 'pooled.womn'" in output and "did you mean 'pooled.women'?" in output
    assert "no record matches" in why(results, "cats on the ladders of the garden", capsys)[1]
    with pytest.raises(BuildStop, match="run `snakemake` first"):
        _answer("12 women", Build(results.parent))
    assert values.name_of("pooled.women or so", values.read_ledger(Build(results))) == ""


def test_a_record_comes_before_a_sentence(results, capsys):
    write_json(results / "flow.json", {"boxes": []})
    write_rows(
        results / "records/clusters.csv", ("record_id", "cluster"), [{"record_id": "pubmed:1", "cluster": "pubmed:1"}]
    )
    assert why(results, "pubmed:1", capsys)[1].startswith("pubmed:1\n  Title\n")


def test_what_a_sentence_computes_without_the_ledger_is_named():
    printed = (Printed(8, 13, "manuscript.text_words | n", ()), Printed(28, 29, "cited | length", ()))
    passage = Passage("letter", "It has  3,695 words and cites 9 works of 2016.", "letter.md", 11, printed)
    about = sentence_origins(passage, Build(Path("results")), {})
    text = sentence_as_text(about)
    assert "  3,695 (manuscript.text_words | n): computed in the text" in text and "no value prints" not in text


def test_a_year_has_no_separators():
    assert (
        shown(Value(2016, "year", "first year of a study")) == "2016" and shown(Value(2016, "count", "rows")) == "2,016"
    )
