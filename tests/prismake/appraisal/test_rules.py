"""The published algorithms, path by path: each row of a table is a path of a tool's flow chart; together they are all.

A row gives, for each question of a domain in order, the answers that lead along the path: Y (yes, probably yes), N (no,
probably no), ? (no information), . (the question does not apply).
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from prismake.appraisal.forms import Form, Item, read_form, read_forms
from prismake.appraisal.rules import read_cases
from prismake.common.errors import BuildStop

from .test_forms import FORM, FORMS, SCHEMA

BY_ID = read_forms(FORMS, [], SCHEMA)
LETTERS = {"yes": "Y", "probably_yes": "Y", "probably_no": "N", "no": "N", "no_information": "?", "not_applicable": "-"}

# RoB 2, guidance of 22 August 2019: the flow charts of the five domains.
ROB2 = {
    "D1": {
        ("YN?", "N", "YN?"): "high",
        ("YN?", "?", "Y"): "high",
        ("YN?", "?", "N?"): "some_concerns",
        ("N", "Y", "YN?"): "some_concerns",
        ("Y?", "Y", "Y"): "some_concerns",
        ("Y?", "Y", "N?"): "low",
    },
    "D2": {
        # Nobody is aware: the first part is low.
        ("N", "N", ".", ".", ".", "Y", "."): "low",
        ("N", "N", ".", ".", ".", "N?", "N"): "some_concerns",
        ("N", "N", ".", ".", ".", "N?", "Y?"): "high",
        # Somebody is aware, and no deviation arose because of the trial: low.
        ("Y?", "YN?", "N", ".", ".", "Y", "."): "low",
        ("Y?", "YN?", "N", ".", ".", "N?", "N"): "some_concerns",
        ("Y?", "YN?", "N", ".", ".", "N?", "Y?"): "high",
        ("N", "Y?", "N", ".", ".", "Y", "."): "low",
        ("N", "Y?", "N", ".", ".", "N?", "N"): "some_concerns",
        ("N", "Y?", "N", ".", ".", "N?", "Y?"): "high",
        # No information on deviations: some concerns.
        ("Y?", "YN?", "?", ".", ".", "Y", "."): "some_concerns",
        ("Y?", "YN?", "?", ".", ".", "N?", "N"): "some_concerns",
        ("Y?", "YN?", "?", ".", ".", "N?", "Y?"): "high",
        ("N", "Y?", "?", ".", ".", "Y", "."): "some_concerns",
        ("N", "Y?", "?", ".", ".", "N?", "N"): "some_concerns",
        ("N", "Y?", "?", ".", ".", "N?", "Y?"): "high",
        # Deviations that do not affect the outcome: some concerns.
        ("Y?", "YN?", "Y", "N", ".", "Y", "."): "some_concerns",
        ("Y?", "YN?", "Y", "N", ".", "N?", "N"): "some_concerns",
        ("Y?", "YN?", "Y", "N", ".", "N?", "Y?"): "high",
        ("N", "Y?", "Y", "N", ".", "Y", "."): "some_concerns",
        ("N", "Y?", "Y", "N", ".", "N?", "N"): "some_concerns",
        ("N", "Y?", "Y", "N", ".", "N?", "Y?"): "high",
        # Deviations that may affect it: balanced, some concerns; else high, whatever the analysis.
        ("Y?", "YN?", "Y", "Y?", "Y", "Y", "."): "some_concerns",
        ("Y?", "YN?", "Y", "Y?", "Y", "N?", "N"): "some_concerns",
        ("Y?", "YN?", "Y", "Y?", "Y", "N?", "Y?"): "high",
        ("N", "Y?", "Y", "Y?", "Y", "Y", "."): "some_concerns",
        ("N", "Y?", "Y", "Y?", "Y", "N?", "N"): "some_concerns",
        ("N", "Y?", "Y", "Y?", "Y", "N?", "Y?"): "high",
        ("Y?", "YN?", "Y", "Y?", "N?", "Y", "."): "high",
        ("Y?", "YN?", "Y", "Y?", "N?", "N?", "YN?"): "high",
        ("N", "Y?", "Y", "Y?", "N?", "Y", "."): "high",
        ("N", "Y?", "Y", "Y?", "N?", "N?", "YN?"): "high",
    },
    "D3": {
        ("Y", ".", ".", "."): "low",
        ("N?", "Y", ".", "."): "low",
        ("N?", "N", "N", "."): "low",
        ("N?", "N", "Y?", "N"): "some_concerns",
        ("N?", "N", "Y?", "Y?"): "high",
    },
    "D4": {
        ("Y", "YN?", ".", ".", "."): "high",
        ("N?", "Y", ".", ".", "."): "high",
        ("N?", "N", "N", ".", "."): "low",
        ("N?", "N", "Y?", "N", "."): "low",
        ("N?", "N", "Y?", "Y?", "N"): "some_concerns",
        ("N?", "N", "Y?", "Y?", "Y?"): "high",
        ("N?", "?", "N", ".", "."): "some_concerns",
        ("N?", "?", "Y?", "N", "."): "some_concerns",
        ("N?", "?", "Y?", "Y?", "N"): "some_concerns",
        ("N?", "?", "Y?", "Y?", "Y?"): "high",
    },
    "D5": {
        ("YN?", "Y", "YN?"): "high",
        ("YN?", "N?", "Y"): "high",
        ("Y", "N", "N"): "low",
        ("N?", "N", "N"): "some_concerns",
        ("YN?", "?", "N?"): "some_concerns",
        ("YN?", "N", "?"): "some_concerns",
    },
}
# Its second domain for the effect of adhering; - is not applicable, of a question that the review does not ask.
ADHERING = {
    ("N", "N", ".", "N-", "N-", "."): "low",
    ("N", "N", ".", "Y?", "YN?-", "Y"): "some_concerns",
    ("N", "N", ".", "Y?", "YN?-", "N?"): "high",
    ("N", "N", ".", "N-", "Y?", "Y"): "some_concerns",
    ("N", "N", ".", "N-", "Y?", "N?"): "high",
    ("Y?", "YN?", "Y-", "N-", "N-", "."): "low",
    ("Y?", "YN?", "Y-", "Y?", "YN?-", "Y"): "some_concerns",
    ("Y?", "YN?", "Y-", "Y?", "YN?-", "N?"): "high",
    ("Y?", "YN?", "Y-", "N-", "Y?", "Y"): "some_concerns",
    ("Y?", "YN?", "Y-", "N-", "Y?", "N?"): "high",
    ("Y?", "YN?", "N?", "YN?-", "YN?-", "Y"): "some_concerns",
    ("Y?", "YN?", "N?", "YN?-", "YN?-", "N?"): "high",
    ("N", "Y?", "Y-", "N-", "N-", "."): "low",
    ("N", "Y?", "Y-", "Y?", "YN?-", "Y"): "some_concerns",
    ("N", "Y?", "Y-", "Y?", "YN?-", "N?"): "high",
    ("N", "Y?", "Y-", "N-", "Y?", "Y"): "some_concerns",
    ("N", "Y?", "Y-", "N-", "Y?", "N?"): "high",
    ("N", "Y?", "N?", "YN?-", "YN?-", "Y"): "some_concerns",
    ("N", "Y?", "N?", "YN?-", "YN?-", "N?"): "high",
}
PATHS = [
    *((form, item, rows) for form in ("rob2", "rob2_adhering") for item, rows in ROB2.items() if item != "D2"),
    ("rob2", "D2", ROB2["D2"]),
    ("rob2_adhering", "D2", ADHERING),
]


def paths(item: Item, given: dict[str, str]) -> Iterator[dict[str, str]]:
    """Every way through the questions of an item, with one answer of those that the algorithm takes alike."""
    if not (unanswered := item.unanswered(given)):
        yield given
        return
    question = next(one for one in item.questions if one.id == unanswered[0])
    for answer in question.answers:
        if answer in ("yes", "no", "no_information") or (answer == "not_applicable" and question.optional):
            yield from paths(item, {**given, question.id: answer})


@pytest.mark.parametrize(("form", "item", "rows"), PATHS, ids=[f"{form} {item}" for form, item, _ in PATHS])
def test_every_path_of_a_domain_ends_as_the_guidance_says(form, item, rows):
    domain, walked = BY_ID[form].items[item], set()
    for given in paths(domain, {}):
        applicable = {one.id for one in domain.applicable(given)}
        letters = [LETTERS[given[one.id]] if one.id in applicable else "." for one in domain.questions]
        fitting = [row for row in rows if all(letter in part for letter, part in zip(letters, row, strict=True))]
        assert len(fitting) == 1, letters
        assert domain.proposed(given) == rows[fitting[0]], letters
        walked.add(fitting[0])
    assert walked == set(rows)


def test_probably_counts_as_the_answer_that_it_probably_is():
    probably = {"yes": "probably_yes", "no": "probably_no"}
    for form in ("rob2", "rob2_adhering"):
        for domain in BY_ID[form].items.values():
            for given in paths(domain, {}):
                softer = {name: probably.get(answer, answer) for name, answer in given.items()}
                assert domain.proposed(softer) == domain.proposed(given)


def test_the_two_forms_of_rob2_differ_in_their_second_domain_alone():
    one, two = BY_ID["rob2"], BY_ID["rob2_adhering"]
    assert {name for name in one.items if one.items[name] != two.items[name]} == {"D2"}
    assert one.verdict == two.verdict


def overall(form: str, judged: str, among: str = "") -> str | None:
    """The overall proposal for judgements, one word for each item in turn."""
    names = among.split() or list(BY_ID[form].items)
    return BY_ID[form].verdict.proposed(dict(zip(names, judged.split(), strict=True)))


@pytest.mark.parametrize(
    ("form", "judged", "proposed"),
    [
        ("rob2", "low low low low low", "low"),
        ("rob2", "low some_concerns low low low", "some_concerns"),
        # Several domains with some concerns may be judged as high; that is left to the reviewer.
        ("rob2", "some_concerns some_concerns some_concerns low low", "some_concerns"),
        ("rob2", "low some_concerns low low high", "high"),
        ("robins_i", "low low low low low low low", "low"),
        ("robins_i", "moderate low low low low low low", "moderate"),
        ("robins_i", "moderate low serious low low low no_information", "serious"),
        ("robins_i", "moderate low serious critical low low low", "critical"),
        ("robins_i", "moderate low low low low low no_information", None),
        ("robins_e", "low low low low low low low", "low"),
        ("robins_e", "low_except_confounding low low low low low low", "low_except_confounding"),
        ("robins_e", "low_except_confounding low some_concerns low low low low", "some_concerns"),
        ("robins_e", "low high some_concerns low low low low", "high"),
        ("robins_e", "very_high high some_concerns low low low low", "very_high"),
        ("quadas2", "low low low low high unclear high", "low"),
        ("quadas2", "low low unclear low low low low", "at_risk"),
        ("quadas2", "low low low high low low low", "at_risk"),
        ("probast", "low low low low high high high high", "low"),
        ("probast", "low unclear low low low low low low", "unclear"),
        ("probast", "low unclear low high low low low low", "high"),
    ],
)
def test_the_overall_judgement_follows_the_published_rule(form, judged, proposed):
    assert overall(form, judged) == proposed


@pytest.mark.parametrize(
    ("not_yes", "proposed"),
    [
        # Critical are items 2, 4, 7, 9, 11, 13 and 15.
        ({}, "high"),
        ({"1": "no", "2": "partial_yes"}, "high"),
        ({"1": "no", "3": "no"}, "moderate"),
        ({"1": "no", "3": "no", "7": "no"}, "low"),
        ({"7": "no"}, "low"),
        ({"2": "no", "7": "no"}, "critically_low"),
        ({"11": "no_meta_analysis", "13": "no", "15": "no"}, "critically_low"),
    ],
)
def test_amstar_2_proposes_by_its_critical_items(not_yes, proposed):
    answers = {item: not_yes.get(item, "yes") for item in BY_ID["amstar2"].items}
    assert overall("amstar2", " ".join(answers.values())) == proposed


def test_every_critical_item_of_amstar_2_lowers_the_confidence_and_no_other_does():
    names = list(BY_ID["amstar2"].items)
    for name in names:
        given = " ".join("no" if other == name else "yes" for other in names)
        critical = name in ("2", "4", "7", "9", "11", "13", "15")
        assert overall("amstar2", given) == ("low" if critical else "high"), name


@pytest.mark.parametrize("name", ["quadas2", "probast", "robis"])
def test_a_tool_without_a_chart_proposes_a_low_risk_and_nothing_else(name):
    form = BY_ID[name]
    for item in [one for one in (*form.items.values(), form.verdict) if one.questions]:
        good = {question.id: "yes" for question in item.questions}
        assert item.proposed(good) == "low"
        for question in item.questions:
            assert item.proposed({**good, question.id: "no"}) is None


def test_applicability_in_all_follows_its_parts():
    whole = BY_ID["probast"].items["A"]
    assert whole.proposed({"A1": "low", "A2": "low", "A3": "low"}) == "low"
    assert whole.proposed({"A1": "low", "A2": "unclear", "A3": "low"}) == "unclear"
    assert whole.proposed({"A1": "low", "A2": "unclear", "A3": "high"}) == "high"
    assert whole.proposed({"A1": "high", "A2": "unclear"}) is None


def test_nothing_is_proposed_before_all_is_answered():
    domain = BY_ID["rob2"].items["D2"]
    given = {"2.1": "no", "2.2": "yes", "2.3": "yes", "2.6": "yes"}
    assert (domain.proposed(given), domain.unanswered(given)) == (None, ["2.4"])
    # A question that applies is not answered by saying that it does not.
    assert domain.unanswered({**given, "2.4": "not_applicable"}) == ["2.4"]
    # An answer to a question that does not apply changes nothing.
    assert domain.proposed({"2.1": "no", "2.2": "no", "2.3": "yes", "2.5": "no", "2.6": "yes"}) == "low"
    assert overall("rob2", "low low low low", "D1 D2 D3 D4") is None


def test_scores_have_the_published_maxima():
    assert {name: form.maximum for name, form in BY_ID.items() if form.scored} == {
        "minors": 16,
        "minors_comparative": 24,
        "nos_cohort": 9,
        "nos_case_control": 9,
    }


RULES = """\
verdict:
  rules:
    - {answer: bad, when: {count: ["no"], at_least: 2}}
    - {answer: good, when: {"1": [met], all: ["yes"], among: ["2"]}}
groups: {met: ["yes"]}
"""


def test_a_form_of_ones_own_has_rules_of_its_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(FORM.replace("overall: []", "overall: [good, bad]") + RULES)
    form: Form = read_form([path], SCHEMA)
    results = [form.verdict.proposed({"1": one, "2": two}) for one in ("yes", "no") for two in ("yes", "no")]
    assert results == ["good", None, None, "bad"]
    assert replace(form.verdict, rules=()).proposed({"1": "yes", "2": "yes"}) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[met]", "[mett]", "rules of 'overall', '1': there is no 'mett'"),
        ('{"1": [met]', '{"3": [met]', "there is no '3'"),
        ('among: ["2"]', 'among: ["4"]', "there is no '4'"),
        ("answer: bad", "answer: bed", "'bed' is not an answer of 'overall'.*\n.*did you mean 'bad'"),
        ('count: ["no"]', 'count: ["nope"]', "there is no 'nope'"),
        ('id: "2"', 'id: "among"', "'among' is a word of the rules"),
    ],
)
def test_a_rule_that_names_what_is_not_there_stops(tmp_path, old, new, message):
    path = tmp_path / "mine.yaml"
    path.write_text((FORM.replace("overall: []", "overall: [good, bad]") + RULES).replace(old, new, 1))
    with pytest.raises(BuildStop, match=message):
        read_form([path], SCHEMA)


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        ({"any": ["no"]}, [1, 2, 3]),
        ({"all": ["no"]}, [3]),
        ({"count": ["no"]}, [0, 1, 2, 3]),
        ({"count": ["no"], "at_most": 1}, [0, 1]),
        ({"count": ["no"], "at_least": 1, "at_most": 2}, [1, 2]),
    ],
)
def test_how_many_items_a_case_takes(case, counts):
    (one,) = read_cases(case, {}, ["a", "b", "c"])
    given = [{name: "no" if at < number else "yes" for at, name in enumerate("abc")} for number in range(4)]
    assert [number for number in range(4) if one.holds(given[number])] == counts
