"""Forms as data: those that the package brings, and what stops a faulty one."""

from dataclasses import replace

import pytest
from prismake.appraisal.forms import initials_of, read_form, read_forms
from prismake.common import based_on
from prismake.common.errors import BuildStop
from prismake.common.yaml_files import house_yaml

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
    "text_opinion": 6,
    "narrative": 6,
    "expert_opinion": 6,
    "policy": 7,
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


# Items and signalling questions of the other tools.
TOOLS = {
    "amstar2": (16, 0),
    "minors": (8, 0),
    "minors_comparative": (12, 0),
    "nos_case_control": (8, 0),
    "nos_cohort": (8, 0),
    # Four domains, applicability of three and of all.
    "probast": (8, 20),
    "quadas2": (7, 11),
    "rob2": (5, 22),
    "rob2_adhering": (5, 21),
    "robins_e": (7, 0),
    "robins_i": (7, 34),
    "robis": (4, 24),
    "syrcle": (10, 0),
}


def test_the_package_brings_the_other_tools_with_their_items_and_questions():
    forms = read_forms(FORMS, [], SCHEMA)
    others = {name: form for name, form in forms.items() if "JBI" not in form.title}
    assert {name: (len(form.items), len(form.questions)) for name, form in others.items()} == TOOLS


def test_every_item_has_a_topic_and_every_form_says_where_its_wording_is():
    for form in read_forms(FORMS, [], SCHEMA).values():
        topics = [item.subject for item in form.items.values()] + [one.subject for one in form.questions.values()]
        assert all(topics) and form.source.startswith("https://") and form.wording.startswith("https://"), form.id
        # A topic in our own words, not a sentence of the tool.
        assert not [topic for topic in topics if topic.endswith((".", "?")) or len(topic.split()) > 8], form.id


def test_every_form_is_named_as_its_file():
    assert [read_form([path], SCHEMA).id for path in FORMS] == [path.stem for path in FORMS]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id: "2"', 'id: "1"', "two items have the same id"),
        ("short: Mine\n", "", "missing: short"),
        ("short: Mine\n", "short: Mine\nscored: true\n", "'yes' is not a number"),
        ("short: Mine\n", "short: Mine\nbest: [maybe]\n", "best: 'maybe' is not an answer"),
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
    assert forms[name] == replace(base, id=name, short="Ours", overall=(), verdict=replace(base.verdict, answers=()))


def test_a_form_without_an_id_stops(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("based_on: cohort\n")
    with pytest.raises(BuildStop, match=r"mine\.yaml: has no id"):
        read_forms(FORMS, [path], SCHEMA)


def test_each_form_is_parsed_once_and_again_when_it_changes(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FORM)
    based_on._parsed.cache_clear()
    house_yaml.cache_clear()
    read_forms(FORMS, [path], SCHEMA)
    # The schema too.
    assert (based_on._parsed.cache_info().misses, house_yaml.cache_info().misses) == (1, len(FORMS) + 1)
    path.write_text(FORM.replace("title: My form", "title: Another"))
    assert read_forms(FORMS, [path], SCHEMA)["mine"].title == "Another"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *[("Y", "yes"), ("n", "no"), ("U", "unclear"), ("N/A", "not_applicable"), ("na", "not_applicable")],
        *[(" Not Applicable ", "not_applicable"), ("YES", "yes"), ("y?", "yes"), ("maybe", None), ("", None)],
    ],
)
def test_an_answer_may_be_given_by_its_initials(text, answer):
    form = read_forms(FORMS, [], SCHEMA)["cohort"]
    assert form.answer_meant(text, form.answers) == answer


def test_initials_that_two_answers_have_mean_neither(tmp_path):
    assert initials_of(["partial_yes", "probably_yes", "no", "0", "1"]) == {"n": "no"}
