from pathlib import Path

import openpyxl
import pytest
import yaml
from prismake.cli import main
from prismake.common.places import schema_of
from prismake.common.tables import read_table
from prismake.common.yaml_files import load_yaml
from prismake.manuscript.unwritten import is_to_write
from prismake.review.settings_file import Settings
from prismake.review.skeleton import Setup, files_of

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


def test_a_search_of_an_unknown_database_says_so(capsys):
    Path("mine.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    assert add("search", "mine.ris", "--date", "2026-02-14") == 0
    assert "not recognised: write its name under 'database' of the search 'mine'" in capsys.readouterr().out


def test_everything_else_in_the_settings_stays_as_it_was():
    assert add("stage", "title", "--label", "Titles", "--before", "fulltext", "--reason", "Not about cats") == 0
    after = Path("config.yaml").read_text()
    assert only_lines_added(CONFIG, after)
    assert config()["screening"]["stages"][1] == {
        "id": "title",
        "label": "Titles",
        "reasons": {"not_about_cats": "Not about cats"},
    }


def test_a_last_stage_that_excludes_by_appraisal_leaves_the_stage_before_it_as_it_was():
    words = ("--by-appraisal", "exclude", "--by-appraisal", "high", "--reason", "Low quality")
    assert add("stage", "appraisal", *words) == 0
    before, last = config()["screening"]["stages"][-2:]
    assert before["role"] == "assessment"
    assert last == {
        "id": "appraisal",
        "reasons": {"low_quality": "Low quality"},
        "by_appraisal": ["exclude", "high"],
    }


def test_what_is_added_ends_where_the_list_ended():
    Path("config.yaml").write_text(CONFIG.replace("first\n", "first\n\n# The screening.\n"))
    Path("scopus.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    assert add("search", "scopus.ris", "--date", "2026-02-14") == 0
    added = Path("config.yaml").read_text().partition("# first\n")[2].partition("screening:\n")[0]
    assert added == (
        "  - id: scopus\n    database: Scopus\n    kind: database\n    date: '2026-02-14'\n    files:\n"
        "      - data/searches/scopus.ris\n\n# The screening.\n"
    )
    assert add("stage", "late", "--reason", "Too late") == 0
    assert "        too_late: Too late\nsynthesis:" in Path("config.yaml").read_text()


def test_reviewers_both_judge_each_record_where_nothing_else_is_said(capsys):
    assert add("reviewers", "Ana Lee, Ben") == 0
    assert "two of them decide on each record (abstract, fulltext)" in capsys.readouterr().out
    screening = config()["screening"]
    assert screening["to_screen"] == {"reviewers": ["Ana Lee", "Ben"]}
    assert [stage["reviewers"] for stage in screening["stages"]] == [2, 2]
    assert list(screening["stages"][1]) == ["id", "reviewers", "reasons"]
    assert add("stage", "title", "--before", "fulltext") == add("stage", "retrieval", "--before", "fulltext") == 0
    assert [stage.get("reviewers") for stage in config()["screening"]["stages"]] == [2, 2, None, 2]
    assert add("reviewers", "Ben,Cleo") == 0
    there, added = capsys.readouterr().out.splitlines()[-2:]
    assert (there, added) == ("Ben is among the reviewers already", "config.yaml: the reviewers Ana Lee, Ben, Cleo")
    assert only_lines_added(CONFIG, Path("config.yaml").read_text())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("ana@x.org,Ben", "'ana@x.org' is an e-mail address"),
        ("Ana,ana", "'ana' is named twice"),
        (" , ", "names nobody"),
    ],
)
def test_names_of_reviewers_that_cannot_be(capsys, names, message):
    assert add("reviewers", names) == 1
    assert message in capsys.readouterr().err


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


def test_the_table_that_needs_no_setting_stays_beside_one_that_is_added(capsys):
    assert "characteristics" not in config()["synthesis"]
    for name in ("treatment", "ages"):
        assert add("table", name, "country", "--caption", "More") == 0
        assert "the table 'characteristics' stays beside it: place that with {{ table(\"characteristics\") }}" in (
            capsys.readouterr().out
        )
    assert config()["synthesis"]["characteristics"] is True
    assert list(config()["synthesis"]["tables"]) == ["treatment", "ages"]


def test_a_table_of_characteristics_of_one_s_own_replaces_it(capsys):
    assert add("table", "characteristics", "country", "--caption", "Ours") == 0
    assert "stays beside" not in capsys.readouterr().out
    assert "characteristics" not in {key for key in config()["synthesis"] if key != "tables"}


def test_a_meta_analysis(capsys):
    words = ("--outcome", "mortality", "--measure", "rr", "--arm", "drug", "--versus", "placebo", "--time", "30 days")
    assert add("meta", "mortality", *words) == 0
    assert "{{ meta.mortality }}" in capsys.readouterr().out
    assert config()["synthesis"]["meta"] == {
        "mortality": {
            "outcome": "mortality",
            "time": "30 days",
            "measure": "RR",
            "arm": "drug",
            "versus": "placebo",
        }
    }


def test_a_workbook_of_grade_judgements_gets_a_row_for_each_analysis(capsys):
    assert add("grade") == 1
    assert "no meta-analysis to rate" in capsys.readouterr().err
    words = ("--measure", "PR")
    add("meta", "mortality", "--outcome", "mortality", *words)
    assert add("grade") == 0
    assert config()["synthesis"]["grade"] == {"judgements": "data/grade/grade.xlsx"}
    path = Path("data/grade/grade.xlsx")
    book = openpyxl.load_workbook(path)
    book["judgements"]["C2"] = "critical"
    book.save(path)
    add("meta", "pain", "--outcome", "pain", *words)
    assert add("grade") == 0
    rows = read_table(path, schema_of("grade"), sheet="judgements")
    # What people wrote stays.
    assert [(row["outcome"], row["importance"]) for row in rows] == [("mortality", "critical"), ("pain", None)]
    capsys.readouterr()
    assert add("grade") == 0
    assert "nothing to add" in capsys.readouterr().out


def test_a_form_for_a_design():
    assert add("form", "case_series", "--design", "series") == 0
    assert config()["appraisal"] == {
        "forms": ["case_series"],
        "designs": {"case_series": ["case_series"], "series": ["case_series"]},
    }


def test_the_forms_that_are_in_use_stay_beside_one_that_is_added(capsys):
    book = openpyxl.Workbook()
    for title in ("cohort (AB)", "cohort (CD)", "Consensus"):
        book.create_sheet(title).append(["study_id"])
    Path("data/appraisal").mkdir(parents=True)
    book.save("data/appraisal/appraisal.xlsx")
    assert add("form", "rob2") == 0
    assert config()["appraisal"]["forms"] == ["cohort", "rob2"]
    assert "on these forms alone: cohort, rob2" in capsys.readouterr().out
    assert add("form", "case_series") == 0
    assert config()["appraisal"]["forms"] == ["cohort", "rob2", "case_series"]
    assert "alone" not in capsys.readouterr().out


def test_a_form_of_the_review_s_own_is_like_another(capsys):
    assert add("form", "trials_short", "--based-on", "rob2") == 0
    path = Path("data/appraisal/forms/trials_short.yaml")
    assert path.read_text().endswith("id: trials_short\nbased_on: rob2\n")
    assert config()["appraisal"]["forms"] == ["trials_short"]
    assert add("form", "rob2", "--based-on", "cohort") == 1
    assert add("form", "Mine!", "--based-on", "rob2") == 1
    assert add("form", "mine", "--based-on", "rob3") == 1
    errors = capsys.readouterr().err
    assert "there is a form 'rob2' already" in errors
    assert "'Mine!' cannot be a form's id" in errors and "did you mean 'rob2'" in errors
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_new_block_of_settings_stands_apart():
    assert add("form", "rob2") == 0
    assert "  journal: bmj\n\nappraisal:\n" in Path("config.yaml").read_text()


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


@pytest.fixture
def unnamed() -> Path:
    """The metadata of a new review, whose author nobody has named."""
    path = Path("manuscript/metadata.yaml")
    setup = Setup(title="Cats", question="", kind="systematic", journal="bmj", searches=[])
    path.write_text(files_of(setup)[path.as_posix()])
    return path


def test_the_first_author_takes_the_place_kept_for_one(unnamed):
    words = ("--affiliation", "Clinic, Town", "--email", "ann@example.org")
    assert add("author", "Ann Lee", *words) == add("author", "Bo Ray", *words) == 0
    content = load_yaml(unnamed)
    assert [one["name"] for one in content["author"]] == ["Ann Lee", "Bo Ray"]
    assert [one.get("corresponding", False) for one in content["author"]] == [True, False]
    assert content["affiliation"] == [{"id": 1, "name": "Clinic, Town"}]
    assert content["correspondence"] == "Ann Lee, Clinic, Town; Email ann@example.org"
    assert "of the author" not in unnamed.read_text()


def test_what_is_not_said_of_the_first_author_stays_to_be_written(unnamed):
    assert add("author", "Ann Lee") == 0
    content = load_yaml(unnamed)
    (author,) = content["author"]
    assert (author["name"], author["affiliations"], author["corresponding"]) == ("Ann Lee", [1], True)
    assert all(map(is_to_write, (author["email"], content["affiliation"][0]["name"], content["correspondence"])))


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


def test_a_citation_before_the_first_build_asks_for_one(capsys):
    Path("results/records/unique.parquet").unlink()
    assert add("citation", "7") == 1
    assert "results: there is no build to read the records of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("search", "none.ris", "--date", "2026-02-14"), "none.ris: the file does not exist"),
        (("search", "pubmed.nbib", "--date", "2026-02-14"), "there is a search 'pubmed' already"),
        (("search", "pubmed.nbib", "--id", "p", "--date", "14.2."), "is not"),
        (("stage", "fulltext"), "there is a stage 'fulltext' already"),
        (("stage", "x", "--before", "fulltxt"), "did you mean 'fulltext'?"),
        (("form", "case_serie"), "did you mean 'case_series'?"),
        (("meta", "death", "--outcome", "death", "--measure", "RR"), "RR compares two arms"),
        (("meta", "D", "--outcome", "death", "--measure", "PLO"), "synthesis.meta"),
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


@pytest.mark.parametrize("text", ["yes", "null", "2026-01-01", "1:30", "012", "x: y # z", "- a", "*b", "&c", "%d"])
def test_a_text_stays_a_text_in_the_settings(text):
    assert add("stage", "title", "--label", text, "--before", "fulltext") == 0
    assert config()["screening"]["stages"][1]["label"] == text


def test_settings_that_the_build_reads_in_its_own_way_are_read_so_here():
    Path("config.yaml").write_text(CONFIG.replace("draft: true", "draft: yes"))
    assert add("stage", "title", "--before", "fulltext") == 0
    assert config()["review"]["draft"] is True


def test_every_plain_scalar_is_what_the_build_takes_it_for(tmp_path):
    file = tmp_path / "x.yaml"
    scalars = "y n Y N yes no On OFF true 1e3 1.0e3 1_000 0777 0o7 0x1F 0b11 12:30 2026-01-31 ~ null + +1 .5 5. 08"
    lines = [f"k{number}: {{a: {text}, {text}: b}}\n" for number, text in enumerate(scalars.split())]
    file.write_text("".join(lines))
    settings = Settings(file)
    assert {key: dict(block) for key, block in settings.content.items()} == load_yaml(file)
    file.write_text(settings.text())
    assert {key: dict(block) for key, block in settings.content.items()} == load_yaml(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "contains no settings"),
        ("hello\n", "contains no settings"),
        ("a: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        ('a: !!python/object/apply:os.system ["x"]\n', "cannot begin with !"),
        ("a: &a {b: 1}\nc:\n  <<: *a\n", "<< is not accepted"),
        ("a: 1\na: 2\n", "occurs twice"),
        ("\ta: 1\n", "tab"),
    ],
)
def test_settings_that_no_build_reads_are_not_added_to(capsys, text, message):
    Path("config.yaml").write_text(text)
    assert add("stage", "title") == 1
    assert message in capsys.readouterr().err
    assert Path("config.yaml").read_text() == text


@pytest.mark.parametrize("text", ["a\x00b", "a\x07", "a\udc80b"])
def test_a_character_that_no_file_contains_is_refused(capsys, text):
    before = Path("config.yaml").read_text()
    assert add("stage", "title", "--label", text) == 1
    assert "contains the character U+" in capsys.readouterr().err
    assert Path("config.yaml").read_text() == before


def test_lines_of_a_text_become_one():
    assert add("stage", "title", "--label", "Titles\n---\nb:\tc", "--before", "fulltext") == 0
    assert config()["screening"]["stages"][1]["label"] == "Titles --- b: c"


@pytest.mark.parametrize(
    "words", [("author", " "), ("section", ""), ("citation", ""), ("table", "x", "a", "--caption=")]
)
def test_nothing_is_not_added(capsys, words):
    assert add(*words) == 1
    assert "is empty" in capsys.readouterr().err


def test_a_text_that_a_report_would_run_is_refused(capsys):
    assert add("stage", "title", "--label", "<script>x") == 1
    assert "HTML report would run" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../../../evil", "{{ x }}", "A b"])
def test_a_refused_journal_leaves_no_folder(name):
    assert add("journal", name, "--based-on", "bmj") == 1
    assert not Path("manuscript/journals").exists()
    assert not Path("../evil").exists()


def test_a_refused_search_leaves_no_export():
    Path("scopus.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    assert add("search", "scopus.ris", "--date", "2026-02-14", "--id", "Not an id") == 1
    assert not Path("data/searches").exists()


def test_nothing_is_written_that_a_link_takes_out_of_the_review(tmp_path_factory, capsys):
    outside = tmp_path_factory.mktemp("outside")
    Path("scopus.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    Path("data").symlink_to(outside)
    assert add("search", "scopus.ris", "--date", "2026-02-14") == 1
    assert "data/searches: leads out of the review's folder" in capsys.readouterr().err
    Path("data").unlink()
    Path("data/searches").mkdir(parents=True)
    Path("data/searches/scopus.ris").symlink_to(outside / "new.ris")
    assert add("search", "scopus.ris", "--date", "2026-02-14") == 0
    Path("manuscript").rename(outside / "manuscript")
    Path("manuscript").symlink_to(outside / "manuscript")
    assert add("author", "Ann Lee", "--affiliation", "One, City") == 1
    assert (outside / "manuscript" / "metadata.yaml").read_text() == METADATA
    assert [file.name for file in outside.iterdir()] == ["manuscript"]


@pytest.mark.parametrize("key", ["a b", "@x", "é", "{{ x }}", "a,b", "a}"])
def test_a_key_that_cannot_be_cited_is_refused(capsys, key):
    assert add("citation", "7", "--key", key) == 1
    assert "cannot be a citation key" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["{{ 1/0 }}", "{% x %}", "<script>", "@cite", "$x$"])
def test_a_name_that_the_manuscript_would_interpret_is_refused(capsys, name):
    assert add("author", name) == 1
    assert add("author", "Ann Lee", "--affiliation", name) == 1
    assert Path("manuscript/metadata.yaml").read_text() == METADATA


def test_a_heading_calls_nothing_and_gives_a_short_file_name():
    assert add("section", "{{ 1/0 }} @cite <b> " + "w" * 20_000) == 0
    (file,) = Path("manuscript").glob("03.*.md")
    assert len(file.name) < 80
    assert file.read_text().startswith(r"# \{\{ 1/0 \}\} \@cite \<b> www")


def test_a_form_needs_studies(capsys):
    Path("config.yaml").write_text(CONFIG.replace("synthesis:\n  extraction: data/extraction/extraction.xlsx\n", ""))
    assert add("form", "case_series") == 1
    assert "run prismake extract first" in capsys.readouterr().err
