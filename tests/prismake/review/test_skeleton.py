import json
import re

import pytest
import yaml
from prismake.common.places import JOURNALS
from prismake.common.validation import check_document
from prismake.common.yaml_files import house_yaml
from prismake.review import configuration as reviews
from prismake.review.journal import journals_in
from prismake.review.kinds import KINDS
from prismake.review.skeleton import DECLARATIONS, NAMES, Setup, files_of, prompts_of_all_kinds

from tests.places import PROJECT, SCHEMAS

SEARCH = {"id": "pubmed", "database": "PubMed", "date": "2026-01-31", "files": ["data/searches/pubmed.nbib"]}


def made(**changes) -> dict[str, str]:
    given = {"title": 'Cats: "a" review', "question": "", "kind": "systematic", "journal": "bmj", "searches": [SEARCH]}
    return files_of(Setup(**{**given, **changes}))


@pytest.mark.parametrize("journal", journals_in(JOURNALS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_review_is_sound_for_every_kind_and_journal(journal, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = made(kind=kind, journal=journal)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert "@@" not in text, name
    (tmp_path / "data/searches").mkdir()
    (tmp_path / "data/searches/pubmed.nbib").write_text("PMID- 1\n")
    config = reviews.checked(yaml.safe_load(files["config.yaml"]), SCHEMAS)
    assert (config["review"]["kind"], config["manuscript"]["journal"]) == (kind, journal)
    metadata = yaml.safe_load(files["manuscript/metadata.yaml"])
    check_document(metadata, house_yaml(SCHEMAS / "metadata.schema.yaml"), PROJECT / "metadata.yaml")
    assert metadata["title"] == 'Cats: "a" review'


def test_the_texts_know_every_kind_and_only_roles_that_journals_have():
    assert set(NAMES) == set(KINDS)
    roles = house_yaml(SCHEMAS / "journal.schema.yaml")["$defs"]["role"]["enum"]
    assert set(DECLARATIONS) <= set(roles)


def test_nothing_of_the_title_page_that_nobody_has_said_passes_for_said():
    page = yaml.safe_load(made(title="")["manuscript/metadata.yaml"])
    (author,), (place,) = page["author"], page["affiliation"]
    unsaid = (
        page["title"],
        author["name"],
        author["email"],
        place["name"],
        page["correspondence"],
        *page["keywords"][1:],
    )
    assert all(re.fullmatch(r'\{\{ to_write\(".+"\) \}\}', text) for text in unsaid)


def test_appraisal_forms_are_in_the_settings_with_the_extraction_that_they_need():
    config = yaml.safe_load(made(forms=["case_series", "rob2"])["config.yaml"])
    assert config["appraisal"] == {"forms": ["case_series", "rob2"]}
    assert config["synthesis"] == {"extraction": "data/extraction/extraction.xlsx"}
    assert "appraisal" not in yaml.safe_load(made()["config.yaml"])


def test_the_question_is_in_the_introduction():
    assert "Do cats purr?" in made(question="Do cats purr?")["manuscript/01.introduction.md"]
    assert 'to_write("the question of this review")' in made()["manuscript/01.introduction.md"]


def test_a_required_declaration_is_there_to_write():
    text = made(journal="systematic-reviews")["manuscript/90.declarations.md"]
    assert "# Abbreviations {.unnumbered .declaration}" in text
    assert "# Funding {.unnumbered .declaration role=funding}\n\n{{ to_write(" in text


def test_what_builds_and_edits_the_review_comes_with_it():
    files = made()
    assert json.loads(files[".vscode/settings.json"])["yaml.schemas"] == {"config.schema.json": "config.yaml"}
    assert "diff" in files[".github/workflows/build.yml"] and yaml.safe_load(files[".github/workflows/build.yml"])
    assert files["requirements.txt"].startswith("prismake==")


def test_a_title_that_looks_like_a_place_is_not_filled_in():
    files = made(title="@@question@@", question="@@kind@@ {{ 1/0 }} {% x %} {# c #} <b> @cite $x$ *Candida*")
    title = yaml.safe_load(files["manuscript/metadata.yaml"])["title"]
    assert title == r"\@\@question\@\@"
    text = r"\@\@kind\@\@ \{\{ 1/0 }} \{\% x %} \{\# c #} \<b> \@cite \$x\$ *Candida*"
    assert text in files["manuscript/01.introduction.md"].replace(r"\}", "}")


@pytest.mark.parametrize("question", ["# Why?", "- why?", "1. Why?", "| a | b |", "> why?"])
def test_a_question_begins_no_block(question):
    assert f"\n{question}" not in made(question=question)["manuscript/01.introduction.md"]


@pytest.mark.parametrize(("people", "asked"), [(("Ana", "Ben"), [2, 2]), (("Ana",), [None, None]), ((), [None, None])])
def test_two_people_who_screen_both_judge_each_record(people, asked):
    screening = yaml.safe_load(made(reviewers=people)["config.yaml"])["screening"]
    assert screening.get("to_screen", {}).get("reviewers", []) == list(people)
    assert [stage.get("reviewers") for stage in screening["stages"]] == asked


def test_each_kind_waits_for_what_its_guideline_asks():
    scoping, umbrella, update, living = (made(kind=kind) for kind in ("scoping", "umbrella", "update", "living"))
    methods = scoping["manuscript/02.methods.md"]
    assert "## Data Charting" in methods and "intervention" not in methods and "or why they were not" in methods
    assert "sources of evidence say" in scoping["manuscript/metadata.yaml"]
    assert "AMSTAR 2" in umbrella["manuscript/02.methods.md"]
    assert "which review this one updates" in update["manuscript/02.methods.md"]
    assert "how often the searches are repeated" in living["manuscript/02.methods.md"]
    table = "data/flow/previous_studies.csv"
    assert yaml.safe_load(update["config.yaml"])["flow"] == {"previous": table} and update[table].startswith(
        "study_id,"
    )
    assert "# flow:\n#   previous: " in living["config.yaml"] and table in living and table not in scoping
    assert all("\n\n## Eligibility" in files["manuscript/02.methods.md"] for files in (scoping, update, living))


@pytest.mark.parametrize(
    ("journal", "searched", "methods"),
    [
        ("bmj", "Data sources", "Eligibility criteria for selecting studies"),
        ("eur-j-pain", "Databases and Data Treatment", "Databases and Data Treatment"),
        ("j-clin-med", "Methods", "Methods"),
        ("plos-one", "Methods", "Methods"),
    ],
)
def test_the_abstract_says_each_thing_where_the_journal_wants_it(journal, searched, methods):
    abstract = yaml.safe_load(made(journal=journal)["manuscript/metadata.yaml"])["abstract"]
    assert [name for name, text in abstract.items() if "We searched" in text] == [searched]
    assert [name for name, text in abstract.items() if "eligibility, appraisal" in text] == [methods]


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_that_a_new_review_asks_for_is_known(kind):
    prompts = {
        json.loads(text)
        for file in made(kind=kind, journal="bmj").values()
        for text in re.findall(r'to_write\((".*?")\)', file)
    }
    known = {*prompts_of_all_kinds(), "the question of this review"}
    assert {text for text in prompts if not text.endswith("of the abstract")} <= known


@pytest.mark.parametrize("kind", KINDS)
def test_full_texts_are_excluded_for_reasons_of_the_kind_of_review(kind):
    (_, full_text) = yaml.safe_load(made(kind=kind)["config.yaml"])["screening"]["stages"]
    own = [text for code, text in full_text["reasons"].items() if code != "previous"]
    assert len(own) == 2
    # A scoping review maps what there is, whatever it reports; an umbrella review includes one design only.
    assert any("outcome" in text.casefold() for text in own) == (kind != "scoping")
    assert ("Not a systematic review" in own) == (kind == "umbrella")
