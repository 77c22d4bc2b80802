from pathlib import Path

import pytest
import yaml
from prismake.cli import main
from prismake.common.validation import load_yaml

from tests.records import as_frame, write_parquet

CONFIG = """\
# Our settings.
review: {draft: true}  # not done

searches:
  - {id: pubmed, database: PubMed, date: "2026-01-31", files: [data/searches/pubmed.nbib]}   # first
screening:
  decisions: data/screening/decisions.csv
  stages:
    - id: abstract
      label: Screened   # titles too
    - id: fulltext
      reasons: {off_topic: Off topic}
synthesis:
  extraction: data/extraction/extraction.xlsx
manuscript:
  journal: bmj
"""
METADATA = """\
title: Cats
author:
  - {name: First Author, affiliations: [1]}  # placeholder
affiliation:
  - {id: 1, name: "One, City"}
abstract: |
  {{ flow.identified }} were found.
keywords: [cats]
"""
RECORDS = [
    {
        "record_id": "s:1",
        "title": "One",
        "author": "Lee, A",
        "year": "2020",
        "journal": "J",
        "doi": "10.1/A",
        "pmid": "7",
    },
    {"record_id": "s:2", "title": "Two", "author": "Lee, A", "year": "2020", "journal": "J"},
]


@pytest.fixture(autouse=True)
def review(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("config.yaml").write_text(CONFIG)
    Path("manuscript").mkdir()
    Path("manuscript/metadata.yaml").write_text(METADATA)
    for name in ("01.introduction.md", "02.methods.md", "90.declarations.md"):
        Path("manuscript", name).write_text("# A\n")
    Path("results/records").mkdir(parents=True)
    write_parquet(Path("results/records/unique.parquet"), as_frame(RECORDS))
    return tmp_path


def add(*words: str) -> int:
    return main(["add", *words])


def config() -> dict:
    return load_yaml(Path("config.yaml"))


def only_lines_added(before: str, after: str) -> bool:
    """Whether every line of a text is still there, in its order."""
    lines = iter(after.splitlines())
    return all(line in lines for line in before.splitlines())


def test_a_search_brings_its_export_and_its_lines(capsys):
    Path("scopus.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    assert add("search", "scopus.ris", "--date", "2026-02-14") == 0
    assert capsys.readouterr().out == "data/searches/scopus.ris: Scopus, the search 'scopus'\n"
    assert Path("data/searches/scopus.ris").read_text().startswith("TY")
    assert config()["searches"][-1] == {
        "id": "scopus",
        "database": "Scopus",
        "kind": "database",
        "date": "2026-02-14",
        "files": ["data/searches/scopus.ris"],
    }


def test_everything_else_in_the_settings_stays_as_it_was():
    assert add("stage", "title", "--label", "Titles", "--before", "fulltext", "--reason", "Not about cats") == 0
    after = Path("config.yaml").read_text()
    assert only_lines_added(CONFIG, after)
    assert config()["screening"]["stages"][1] == {
        "id": "title",
        "label": "Titles",
        "reasons": {"not_about_cats": "Not about cats"},
    }


def test_a_table_of_columns_of_the_extraction(capsys):
    assert add("table", "treatment", "country", "Mean age=age_mean", "--caption", "What was done") == 0
    assert '{{ table("treatment") }}' in capsys.readouterr().out
    table = config()["synthesis"]["tables"]["treatment"]
    assert table["caption"] == "What was done"
    assert table["columns"] == [
        {"id": "study", "header": "Study", "cell": "label", "cite": True},
        {"id": "country", "header": "Country", "cell": "country"},
        {"id": "age_mean", "header": "Mean age", "cell": "age_mean"},
    ]


def test_the_table_that_needs_no_setting_stays_beside_one_that_is_added():
    assert "characteristics" not in config()["synthesis"]
    for name in ("treatment", "ages"):
        assert add("table", name, "country", "--caption", "More") == 0
    assert config()["synthesis"]["characteristics"] is True
    assert list(config()["synthesis"]["tables"]) == ["treatment", "ages"]


def test_a_table_of_characteristics_of_one_s_own_replaces_it():
    assert add("table", "characteristics", "country", "--caption", "Ours") == 0
    assert "characteristics" not in {key for key in config()["synthesis"] if key != "tables"}


def test_a_form_for_a_design():
    assert add("form", "case_series", "--design", "series") == 0
    assert config()["appraisal"] == {"forms": ["case_series"], "designs": {"series": ["case_series"]}}


def test_a_journal_and_one_of_the_review_s_own():
    assert add("journal", "plos-one") == 0
    assert config()["manuscript"]["journal"] == "plos-one"
    assert add("journal", "ours", "--based-on", "bmj") == 0
    assert config()["manuscript"]["journal"] == "ours"
    assert load_yaml(Path("manuscript/journals/ours/profile.yaml")) == {"based_on": "bmj", "name": "ours"}


def test_an_author_joins_an_affiliation_that_is_there():
    assert (
        add("author", "Ann Lee", "--affiliation", "One, City", "--affiliation", "Two, Town", "--role", "software") == 0
    )
    text = Path("manuscript/metadata.yaml").read_text()
    assert only_lines_added(METADATA, text)
    content = yaml.safe_load(text)
    assert content["author"][-1] == {"name": "Ann Lee", "affiliations": [1, 2], "roles": ["software"]}
    assert content["affiliation"][-1] == {"id": 2, "name": "Two, Town"}


def test_the_first_author_replaces_who_stands_for_one(capsys):
    words = ("--affiliation", "Clinic, Town", "--email", "ann@example.org")
    assert add("author", "Ann Lee", *words) == add("author", "Bo Ray", *words) == 0
    content = load_yaml(Path("manuscript/metadata.yaml"))
    assert [one["name"] for one in content["author"]] == ["Ann Lee", "Bo Ray"]
    assert [one.get("corresponding", False) for one in content["author"]] == [True, False]
    assert content["affiliation"] == [{"id": 1, "name": "Clinic, Town"}]
    assert content["correspondence"] == "Ann Lee, Clinic, Town; Email ann@example.org"
    assert "First Author" not in capsys.readouterr().out


def test_an_author_without_an_address_leaves_who_stands_for_one_and_says_so(capsys):
    assert add("author", "Ann Lee") == 0
    assert "replace 'First Author'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ((), "03.use-of-ai.md"),
        (("--after", "introduction"), "01.introduction.use-of-ai.md"),
        (("--after", "90.declarations.md"), "90.declarations.use-of-ai.md"),
    ],
)
def test_a_section_is_a_file_to_write(arguments, file):
    assert add("section", "Use of AI", "--role", "ai-use", *arguments) == 0
    text = '# Use of AI {role=ai-use}\n\n{{ to_write("the section Use of AI") }}\n'
    assert Path("manuscript", file).read_text() == text
    names = sorted(path.name for path in Path("manuscript").glob("[0-9]*.md"))
    assert names.index(file) == (1 if "introduction" in arguments else 2 if not arguments else 3)


def test_a_citation_comes_from_the_records(capsys):
    assert add("citation", "https://doi.org/10.1/a") == 0
    assert "cite it as [@lee2020]" in capsys.readouterr().out
    assert "@article{lee2020," in Path("manuscript/references.bib").read_text()
    assert add("citation", "7") == 0
    assert "has it already: cite it as [@lee2020]" in capsys.readouterr().out
    assert add("citation", "s:2") == 0
    assert "cite it as [@lee2020b]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("search", "none.ris", "--date", "2026-02-14"), "none.ris: the file does not exist"),
        (("search", "pubmed.nbib", "--date", "2026-02-14"), "there is a search 'pubmed' already"),
        (("search", "pubmed.nbib", "--id", "p", "--date", "14.2."), "is not"),
        (("stage", "fulltext"), "there is a stage 'fulltext' already"),
        (("stage", "x", "--before", "fulltxt"), "did you mean 'fulltext'?"),
        (("form", "case_serie"), "did you mean 'case_series'?"),
        (("journal", "bmjj"), "there is no journal 'bmjj'"),
        (("section", "A", "--after", "method"), "there is no section 'method'"),
        (("citation", "10.9/none"), "no record has the number '10.9/none'"),
    ],
)
def test_what_does_not_fit_changes_nothing(words, message, capsys):
    Path("pubmed.nbib").write_text("PMID- 1\nTI  - A\n")
    assert add(*words) == 1
    assert message in capsys.readouterr().err
    assert Path("config.yaml").read_text() == CONFIG
    assert not Path("data").exists() and not Path("manuscript/references.bib").exists()


def test_outside_a_review_the_command_says_where_it_runs(tmp_path_factory, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert add("stage", "x") == 1
    assert "run the command in the folder of a review" in capsys.readouterr().err
