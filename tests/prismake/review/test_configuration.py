import os
import shutil
import time
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from prismake.common.defaults import with_defaults
from prismake.common.digests import SETTLED_NS
from prismake.common.errors import BuildStop
from prismake.common.kept import Kept
from prismake.common.validation import validator
from prismake.common.yaml_files import load_yaml
from prismake.review import configuration as reviews
from prismake.review import setting_checks

from tests.places import JOURNALS, PACKAGE, PROJECT, SCHEMAS
from tests.settings import SCHEMA, whole

CONFIG = """
searches:
  - {id: pubmed, database: PubMed, date: 2025-12-16, files: [a.nbib]}
screening:
  decisions: decisions.csv
  stages:
    - {id: title, rules: [{id: editorial, label: Editorial, publication_types: [Editorial]}]}
    - {id: abstract, reasons: {off_topic: Off topic}}
"""


@pytest.fixture
def review(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.nbib").write_text("PMID- 1\n")
    Path("decisions.csv").write_text("record_id,stage,decision,reason,note\n")
    Path("config.yaml").write_text(CONFIG)
    return tmp_path


def message_for(**changes):
    config = load_yaml(Path("config.yaml"))
    config.update(changes)
    with pytest.raises(BuildStop) as caught:
        reviews.checked(config, SCHEMAS)
    return str(caught.value)


def test_a_sound_configuration_passes_and_dates_stay_text(review):
    config = reviews.checked(reviews.load_config(Path("config.yaml"), SCHEMAS), SCHEMAS)
    assert config["searches"][0]["date"] == "2025-12-16"


def test_a_table_that_has_passed_is_not_read_at_the_next_start(review, monkeypatch):
    read, now = [], time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 2 * SETTLED_NS)
    monkeypatch.setattr(setting_checks, "read_table", lambda table, *rest, **more: read.append(str(table)))
    for _ in range(2):
        kept = Kept(Path("kept.json"), "engine")
        reviews.checked(load_yaml(Path("config.yaml")), SCHEMAS, kept)
        kept.keep()
    assert read == ["decisions.csv"]
    Path("decisions.csv").write_text("record_id,stage,decision,reason\n")
    reviews.checked(load_yaml(Path("config.yaml")), SCHEMAS, Kept(Path("kept.json"), "engine"))
    assert read == ["decisions.csv"] * 2


def test_an_unknown_key_is_reported_with_the_nearest(review):
    text = message_for(screning={})
    assert "unknown key 'screning'" in text and "did you mean 'screening'?" in text


def test_a_wrong_type_is_reported_at_its_key_path(review):
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["a.nbib"], "hits": "many"}
    assert "'searches[1].hits': 'many' is not a whole number" in message_for(searches=[search])


def test_a_missing_file_is_reported_with_the_nearest_that_is_there(review):
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["a.nbip"]}
    text = message_for(searches=[search])
    assert "searches[1].files[1]" in text and "did you mean 'a.nbib'?" in text


def test_inputs_stay_inside_the_review(review):
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["../a.nbib"]}
    assert "leads out of the review's folder" in message_for(searches=[search])


def test_a_search_without_files_says_that_it_had_no_hits(review):
    search = {"id": "none", "database": "None", "date": "2025-12-16", "files": []}
    assert "the search 'none' has no files" in message_for(searches=[search])
    assert "the search 'none' has no files" in message_for(searches=[{**search, "hits": 3}])
    config = load_yaml(Path("config.yaml"))
    config["searches"].append({**search, "hits": 0})
    assert list(reviews.exports_of(reviews.checked(config, SCHEMAS)["searches"])) == ["pubmed"]


def test_two_searches_cannot_share_an_id(review):
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["a.nbib"]}
    assert "the id 'pubmed' occurs 2 times" in message_for(searches=[search, search])


def test_a_fault_in_a_table_is_reported_before_any_step_runs(review):
    Path("decisions.csv").write_text("record_id,stage,decision,reason,note\npubmed:1,abstract,exclud,,\n")
    assert "decisions.csv:2, column 'decision': 'exclud'" in message_for()


def test_a_key_twice_in_yaml_is_reported_with_its_line(review):
    Path("config.yaml").write_text(CONFIG + "searches: []\n")
    with pytest.raises(BuildStop, match=r"config\.yaml:\d+: the key 'searches' occurs twice"):
        reviews.load_config(Path("config.yaml"), SCHEMAS)


def test_exports_are_numbered_only_where_a_search_has_several():
    searches = [
        {"id": "a", "database": "A", "date": "2025-01-01", "files": ["a.ris"]},
        {"id": "b", "database": "B", "kind": "register", "date": "2025-01-01", "files": ["1.ris", "2.ris"]},
    ]
    exports = reviews.exports_of(reviews.searches_of({"searches": whole(searches, "searches")}))
    assert list(exports) == ["a", "b-1", "b-2"]
    assert exports["a"]["search"] == {
        "id": "a",
        "database": "A",
        "kind": "database",
        "date": "2025-01-01",
        "export": "a",
    }
    assert exports["b-2"]["file"] == "2.ris" and exports["b-2"]["search"]["kind"] == "register"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.symlink_to("/etc/passwd"), "leads out of the review's folder"),
        (lambda path: path.symlink_to("/dev/zero"), "leads out of the review's folder"),
        (lambda path: path.symlink_to(path.name), "leads out of the review's folder"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: os.mkfifo(path), "is a device or a pipe, not a file"),
    ],
)
def test_what_is_not_a_file_of_the_review_is_reported_and_never_opened(review, make, message):
    make(Path("b.nbib"))
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["b.nbib"]}
    text = message_for(searches=[search])
    assert "config.yaml, searches[1].files[1]: 'b.nbib'" in text and message in text


def test_a_folder_that_is_a_link_to_elsewhere_leads_out_too(review, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.nbib").write_text("PMID- 1\n")
    Path("exports").symlink_to(elsewhere)
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["exports/a.nbib"]}
    assert "leads out of the review's folder" in message_for(searches=[search])


@pytest.mark.parametrize("draft", [False, True])
def test_a_table_that_lies_elsewhere_is_not_opened(review, tmp_path_factory, draft):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_text("root:password\n")
    Path("decisions.csv").unlink()
    Path("decisions.csv").symlink_to(elsewhere)
    text = message_for(review={"draft": draft})
    assert "'decisions.csv' leads out of the review's folder" in text and "password" not in text


def test_a_file_of_people_that_lies_elsewhere_is_refused_once(review, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "secret").write_text("secret")
    Path("data").mkdir()
    for name in ("notes.txt", ".hidden", "b.nbib"):
        Path("data", name).symlink_to(elsewhere / "secret")
    Path("data/shelf").symlink_to(elsewhere)
    Path("data/inside").symlink_to("../a.nbib")
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["data/b.nbib"]}
    text = message_for(searches=[search])
    assert "data/notes.txt: leads out of the review's folder" in text and text.count("leads out") == 2
    shutil.rmtree("data")
    Path("data").symlink_to(elsewhere)
    assert "data: leads out of the review's folder" in message_for()


def test_settings_that_lie_elsewhere_are_not_read(review, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_text("root: password\n")
    Path("config.yaml").unlink()
    Path("config.yaml").symlink_to(elsewhere)
    with pytest.raises(BuildStop, match=r"^config\.yaml: leads out of the review's folder"):
        reviews.load_config(Path("config.yaml"), SCHEMAS)


def test_a_link_inside_the_review_is_followed(review):
    Path("b.nbib").symlink_to("a.nbib")
    config = load_yaml(Path("config.yaml"))
    config["searches"][0]["files"] = ["b.nbib"]
    assert reviews.checked(config, SCHEMAS)["searches"][0]["files"] == ["b.nbib"]


@pytest.mark.parametrize("name", ["../x", "a/b", "a\n", "A", "-a", "", "a..b", "a b"])
def test_ids_that_would_name_files_elsewhere_are_refused(review, name):
    search = {"id": name, "database": "PubMed", "date": "2025-12-16", "files": ["a.nbib"]}
    assert "searches[1].id" in message_for(searches=[search])
    stage = {"id": "abstract", "reasons": {name: "A reason"}}
    assert "screening.stages[1].reasons" in message_for(screening={"stages": [stage]})


def test_two_exports_never_share_a_name(review):
    Path("b.nbib").write_text("PMID- 2\n")
    batches = {"id": "a", "database": "A", "date": "2025-12-16", "files": ["a.nbib", "b.nbib"]}
    other = {"id": "a-1", "database": "B", "date": "2025-12-16", "files": ["b.nbib"]}
    assert "two exports are called 'a-1'" in message_for(searches=[batches, other])


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "a <!-- b", "</SCRIPT x>"])
def test_a_setting_ends_no_script_of_a_report(review, text):
    search = {"id": "a", "database": text, "date": "2025-12-16", "files": ["a.nbib"]}
    assert "config.yaml, searches[1].database: contains '<" in message_for(searches=[search])
    assert "config.yaml, flow.labels: contains '<" in message_for(flow={"labels": {text: "x"}})


def test_an_invalid_date_is_reported(review):
    search = {"id": "pubmed", "database": "PubMed", "date": "2026-02-31", "files": ["a.nbib"]}
    assert "'searches[1].date': '2026-02-31' is not a valid date" in message_for(searches=[search])


def test_a_block_that_needs_another_is_reported(review):
    message = message_for(appraisal={"answers": "a.csv", "design": "d", "designs": {}})
    assert "'appraisal' needs 'synthesis'" in message


def test_a_file_without_a_namesake_is_reported_without_guessing(review):
    search = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16", "files": ["scopus-export.ris"]}
    assert "put it there, or correct its path" in message_for(searches=[search])


@pytest.fixture
def example(review, monkeypatch):
    """The example's configuration with its inputs, to be changed in one place."""
    project = PROJECT
    for part in ("data", "manuscript"):
        shutil.copytree(project / part, review / part)
    shutil.copy(project / "config.yaml", review / "config.yaml")
    return load_yaml(Path("config.yaml"))


def test_a_journal_that_is_not_there_is_reported_with_those_that_are(example):
    example["manuscript"]["journal"] = "j-pian-res"
    message = message_for(**example)
    assert "config.yaml, manuscript.journal: there is no journal 'j-pian-res'" in message
    assert "did you mean 'j-pain-res'?" in message


@pytest.fixture
def own_journal(example):
    """The example with its journal as a folder of the review's own."""
    shutil.copytree(JOURNALS / "j-pain-res", "manuscript/journals/j-pain-res")
    return example


def test_a_journal_that_lacks_its_style_or_has_a_faulty_profile_is_reported(own_journal):
    example = own_journal
    profile = Path("manuscript/journals/j-pain-res/profile.yaml")
    profile.write_text(profile.read_text().replace("size_pt", "sizept", 1))
    assert "profile.yaml: 'text': unknown key 'sizept'" in message_for(**example)
    profile.with_name("references.csl").unlink()
    assert "references.csl' does not exist" in message_for(**example)


def test_the_supplement_has_tables_of_the_review_alone(example):
    example["supplement"]["tables"] = ["techniques"]
    expected = "config.yaml, supplement.tables: the table 'techniques' does not exist\n  -> did you mean 'technique'?"
    assert expected in message_for(**example)


def test_the_matrix_of_the_appraisal_has_a_name_of_its_own(example):
    example["appraisal"]["table"]["id"] = "technique"
    assert "config.yaml, appraisal.table.id: 'technique' is also the name of another table" in message_for(**example)
    example["appraisal"]["table"] |= {"id": "by", "by_form": True}
    example["synthesis"]["tables"]["by_case_series"] = example["synthesis"]["tables"]["technique"]
    assert "appraisal.table.id: 'by_case_series' is also the name of another table" in message_for(**example)
    example["synthesis"]["tables"].pop("by_case_series")
    grade = {"judgements": "data/abbreviations.csv", "table": {"id": "technique"}, "profile": {"id": "by_case_series"}}
    example["synthesis"]["grade"] = grade
    message = message_for(**example)
    assert all(f"synthesis.grade: '{name}' is also the name" in message for name in ("technique", "by_case_series"))


def test_paths_hold_nothing_that_snakemake_takes_for_a_wildcard(review):
    Path("{a}.nbib").write_text("PMID- 1\n")
    search = {"id": "a", "database": "A", "date": "2025-12-16", "files": ["{a}.nbib"]}
    assert "searches[1].files[1]: the path '{a}.nbib' contains '{'" in message_for(searches=[search])


def test_a_label_fits_a_figure(review):
    assert "flow.labels.identified" in (text := message_for(flow={"labels": {"identified": "x" * 100_000}}))
    assert "at most 300 characters" in text and len(text) < 1000


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title:", "titel:", "unknown key 'titel'"),
        ("name: First Author, ", "", "'author[1]': missing: name"),
        ("affiliations: [1, 2]", "affiliations: [1, 3]", "'Second Author' has the affiliation '3'"),
        ("{id: 2,", "{id: 1,", "the id '1' occurs 2 times"),
        (
            "degrees: MD,",
            "orcid: 0000-0002-1825-0079,",
            "iD 0000-0002-1825-0079 of 'First Author' has a wrong digit",
        ),
        ("degrees: MD,", "orcid: https://orcid.org/0000-0002-1825-0097,", "does not have the expected form"),
        ("correspondence:", "keywords: none\ncorrespondence:", "the key 'keywords' occurs twice"),
        ("short-title:", "lang: English\nshort-title:", "'lang': 'English' does not have the expected form"),
    ],
)
def test_metadata_are_checked_before_any_step_runs(example, old, new, message):
    path = Path("manuscript/metadata.yaml")
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    text = message_for(**example)
    assert text.startswith("manuscript/metadata.yaml") and message in text


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0002-1694-233X"])
def test_an_orcid_is_taken_by_its_digits(example, orcid):
    path = Path("manuscript/metadata.yaml")
    path.write_text(path.read_text().replace("degrees: MD,", f"degrees: MD, orcid: {orcid},", 1))
    reviews.checked(load_yaml(Path("config.yaml")) | example, SCHEMAS)


def test_metadata_without_anything_name_what_is_missing(example):
    Path("manuscript/metadata.yaml").write_text("")
    assert "missing: title, author, abstract, keywords" in message_for(**example)


def test_a_journal_that_is_a_link_to_elsewhere_leads_out(own_journal):
    example = own_journal
    style = Path("manuscript/journals/j-pain-res/references.csl")
    style.unlink()
    style.symlink_to("/etc/passwd")
    assert "references.csl' leads out of the review's folder" in message_for(**example)


def test_switches_and_numbers_from_the_command_line_are_typed(review):
    config = load_yaml(Path("config.yaml"))
    config["review"] = {"draft": "true"}
    config["searches"][0]["hits"] = "12"
    checked = reviews.checked(config, SCHEMAS)
    assert checked["review"]["draft"] is True and checked["searches"][0]["hits"] == 12
    assert "'review.draft': 'maybe' is not true or false" in message_for(review={"draft": "maybe"})


@pytest.mark.parametrize(("refused", "message"), [("results", "results: cannot"), (".", "the review's folder: cannot")])
def test_a_folder_that_cannot_be_written_to_is_reported(review, monkeypatch, refused, message):
    reviews.check_writable(Path())
    if refused == "results":
        Path("results").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: path != Path(refused))
    with pytest.raises(BuildStop, match=message):
        reviews.check_writable(Path())


def test_what_a_block_lacks_is_reported_once(review):
    message = message_for(synthesis={"extraction": {}, "tables": {}})
    assert message.count("'synthesis.extraction': missing: studies, reports") == 1 and message.count("missing") == 1


def test_every_default_fits_its_own_rule():
    def rules(rule):
        yield rule
        for inner in (*rule.get("properties", {}).values(), rule.get("additionalProperties"), rule.get("items")):
            if isinstance(inner, dict):
                yield from rules(inner)

    checked = [rule for rule in rules(SCHEMA) if "default" in rule]
    assert len(checked) > 30
    for rule in checked:
        whole_default = with_defaults(rule["default"], rule)
        assert list(validator(rule).iter_errors(whole_default)) == [], rule


def test_what_depends_on_other_settings_has_its_default_too(example):
    for block, key in (("synthesis", "order"), ("appraisal", "table"), ("appraisal", "own_forms")):
        example[block].pop(key, None)
    Path("data/appraisal/forms").mkdir()
    shutil.copy(PACKAGE / "appraisal/forms/cohort.yaml", "data/appraisal/forms/mine.yaml")
    config = reviews.checked(example, SCHEMAS)
    assert config["synthesis"]["order"] == ["publication_year", "authors_label"]
    assert config["appraisal"]["own_forms"] == ["data/appraisal/forms/mine.yaml"]
    columns = config["appraisal"]["table"]["columns"] + config["appraisal"]["table"]["last_columns"]
    assert [(column["cell"], column["cite"]) for column in columns] == [("authors_label", True), ("overall", False)]


def test_a_default_that_names_a_file_is_checked_like_any_other(example):
    Path("manuscript/metadata.yaml").unlink()
    assert "metadata" not in example["manuscript"]
    assert "manuscript.metadata: the file 'manuscript/metadata.yaml' does not exist" in message_for(**example)


def test_the_examples_first_line_names_a_schema_that_editors_can_use():
    path = PROJECT / "config.yaml"
    first = path.read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    schema = yaml.safe_load((PROJECT / first.partition("=")[2]).read_text())
    # The plain standard: neither our keywords nor our way of reading.
    Draft202012Validator.check_schema(schema)
    plain = Draft202012Validator(schema)
    config = yaml.safe_load(path.read_text())
    assert list(plain.iter_errors(config)) == []
    assert [fault.validator for fault in plain.iter_errors({**config, "screning": {}})] == ["additionalProperties"]
    assert all("description" in rule for rule in schema["properties"].values())


def test_an_update_names_the_studies_of_its_previous_version(review):
    assert "includes the studies of its previous version, and names none" in message_for(review={"kind": "update"})
    draft = {**load_yaml(Path("config.yaml")), "review": {"kind": "update", "draft": True}}
    assert reviews.checked(draft, SCHEMAS)["review"]["kind"] == "update"


def test_a_stage_by_appraisal_has_one_reason_and_an_appraisal(example):
    stage: dict[str, object] = {"id": "appraisal", "role": "assessment", "by_appraisal": ["exclude"]}
    example["screening"]["stages"] += [stage]
    assert "screening.stages, 'appraisal': a stage that excludes by appraisal has 0 reasons" in message_for(**example)
    stage["reasons"] = {"quality": "Low quality"}
    del example["appraisal"]
    with pytest.raises(BuildStop, match="the stage excludes by appraisal, and the review has none"):
        reviews.checked(example, SCHEMAS)
