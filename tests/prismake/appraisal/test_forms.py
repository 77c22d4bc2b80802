"""Forms as data: those that the package brings, and what stops a faulty one."""

from dataclasses import replace

import pytest
from prismake.appraisal.forms import read_form, read_forms
from prismake.common import based_on
from prismake.common.errors import BuildStop

from tests.places import PACKAGE, SCHEMAS

SCHEMA = SCHEMAS / "appraisal_form.schema.yaml"
FORMS = sorted((PACKAGE / "appraisal" / "forms").glob("*.yaml"))

# Item counts of the JBI checklists.
ITEMS = {
    "case_report": 8,
    "case_series": 10,
    "cross_sectional": 8,
    "randomized_trial": 13,
    "quasi_experimental": 9,
    "systematic_review": 11,
    "cohort": 11,
    "case_control": 10,
    "prevalence": 9,
    "qualitative": 10,
    "diagnostic_accuracy": 10,
    "economic": 11,
}
FORM = """\
id: mine
title: My form
short: Mine
answers: ["yes", "no"]
overall: []
items:
  - {id: "1", subject: "a"}
  - {id: "2", subject: ""}
"""


def test_the_package_brings_the_jbi_forms_with_their_items():
    forms = read_forms(FORMS, [], SCHEMA)
    jbi = {name: form for name, form in forms.items() if "JBI" in form.title}
    assert {name: len(form.items) for name, form in jbi.items()} == ITEMS
    for form in jbi.values():
        assert form.designs == (form.id,)
        assert list(form.items) == [str(n) for n in range(1, len(form.items) + 1)]
        assert form.answers == ("yes", "no", "unclear", "not_applicable")
        assert form.overall == ("include", "exclude", "seek_info")


def test_rob2_has_its_five_domains_for_randomised_trials():
    form = read_forms(FORMS, [], SCHEMA)["rob2"]
    assert (list(form.items), form.designs) == (["D1", "D2", "D3", "D4", "D5"], ("randomized_trial",))
    assert form.answers == form.overall == ("low", "some_concerns", "high")
    assert all(form.items.values())


def test_every_form_is_named_as_its_file():
    assert [read_form([path], SCHEMA).id for path in FORMS] == [path.stem for path in FORMS]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id: "2"', 'id: "1"', "two items have the same id"),
        ("short: Mine\n", "", "missing: short"),
        ("title:", "titel:", "did you mean 'title'"),
        ('["yes", "no"]', '["yes"]', "answers"),
        ('["yes", "no"]', "[yes, no]", "is not text"),
    ],
)
def test_a_faulty_form_stops(tmp_path, old, new, message):
    path = tmp_path / "mine.yaml"
    path.write_text(FORM.replace(old, new))
    with pytest.raises(BuildStop, match=message):
        read_form([path], SCHEMA)


def test_two_forms_of_one_id_stop(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(FORM)
    with pytest.raises(BuildStop, match=r"b\.yaml: the form 'mine' is also in .*a\.yaml"):
        read_forms(FORMS, [tmp_path / "a.yaml", tmp_path / "b.yaml"], SCHEMA)


def test_a_form_of_the_review_replaces_the_engines_of_its_id(tmp_path):
    path = tmp_path / "cohort.yaml"
    path.write_text(FORM.replace("id: mine", "id: cohort"))
    forms = read_forms(FORMS, [path], SCHEMA)
    assert (forms["cohort"].title, len(forms)) == ("My form", len(FORMS))


@pytest.mark.parametrize("name", ["mine", "cohort"])
def test_what_a_form_does_not_say_comes_from_its_base(tmp_path, name):
    path = tmp_path / "mine.yaml"
    path.write_text(f"id: {name}\nbased_on: cohort\nshort: Ours\noverall: []\n")
    forms = read_forms(FORMS, [path], SCHEMA)
    base = read_form([FORMS[[file.stem for file in FORMS].index("cohort")]], SCHEMA)
    assert forms[name] == replace(base, id=name, short="Ours", overall=())


def test_a_form_without_an_id_stops(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("based_on: cohort\n")
    with pytest.raises(BuildStop, match=r"mine\.yaml: has no id"):
        read_forms(FORMS, [path], SCHEMA)


def test_each_form_is_parsed_once_and_again_when_it_changes(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FORM)
    based_on._parsed.cache_clear()
    read_forms(FORMS, [path], SCHEMA)
    assert based_on._parsed.cache_info().misses == len(FORMS) + 1
    path.write_text(FORM.replace("title: My form", "title: Another"))
    assert read_forms(FORMS, [path], SCHEMA)["mine"].title == "Another"
