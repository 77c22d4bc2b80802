"""What looks like a number and is none, numbers that no rule knew, and statements for text that is gone."""

import pytest
from prismake.audit.numerals import numerals
from prismake.audit.run import audit
from prismake.common.values import Value, count, noun

from .manuscripts import findings, matter

TREE = {
    "flow": {"included": count(9, "rows", noun("studies"))},
    "search": {"last_date": Value("2025-12-16", "date", "the latest")},
}
STUDIES = [{"study_id": "doe2020", "cases": 5}]


def typed(folder, sentence):
    made = matter(folder, f"# Results\n\n{sentence}\n", TREE, studies=STUDIES)
    return [message.split("'")[1] for _, message in findings(made, "typed-number", "typed-number-bare")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Stages I, II, and IV were kept, and type IIb was not.",
        "World War II ended the series; King Charles III opened the ward.",
        "See doi:10.1016/j.jclinepi.2021.03.001 or https://doi.org/10.1002/14651858.CD013574.pub2.",
        "Carriers of BRCA1, TP53, HLA-B27, and the 5-HT2A receptor were kept.",
        "Expression of 16S rRNA and 18F-FDG uptake were read.",
        "Polymorphism rs1801133 and variant c.677C>T were typed.",
        "Letters went to 12 Example Street, Springfield.",
        "Letters went to Example Street 12, 80331 Example City.",
        "Letters went to PO Box 4321, Example City.",
        "The call is +49 89 1234567.",
        "The grant was No. 2019/334-B.",
    ],
)
def test_what_only_looks_like_a_number_is_none(tmp_path, sentence):
    assert typed(tmp_path, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("The weight $w = 0.75$ was used.", ["0.75"]),
        ("In $\\frac{12}{34}$ of cases.", ["12", "34"]),
        ("There were ٢٣ patients.", ["٢٣"]),
        ("There were ۴۵ patients.", ["۴۵"]),
        ("There were २७ patients.", ["२७"]),
        ("There were 十二 patients.", ["十二"]),
        ("There were 三百零五 patients.", ["三百零五"]),
        ("There were １７ patients.", ["１７"]),
        ("In ½ of cases and ¾ of controls.", ["½", "¾"]),
        ("It was 12 patients in 3 streets.", ["12", "3"]),
    ],
)
def test_numbers_of_formulas_and_other_scripts_are_numbers(tmp_path, sentence, numbers):
    assert typed(tmp_path, sentence) == numbers


@pytest.mark.parametrize(
    ("text", "value"), [("٢٣", 23), ("۴۵", 45), ("１７", 17), ("十二", 12), ("三百零五", 305), ("½", 0.5)]
)
def test_numbers_of_other_scripts_have_their_value(text, value):
    (one,) = numerals(f"in {text} cases")
    assert one.value == value


def test_a_value_inside_a_value_is_no_typed_number(tmp_path):
    sentence = "{{ [flow.included | n, 'of', flow.included | n] | join(' ') }} were kept."
    assert typed(tmp_path, sentence) == []
    assert typed(tmp_path, "{% set kept = flow.included | n %}We kept {{ kept }}.") == []


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("{{ 5 | words }} of {{ flow.included | n }} left.", ["five"]),
        ("{% set x = 17 %}We kept {{ x }}.", ["17"]),
        ("{% set x = 17 %}{% set y = x %}We kept {{ y | n }}.", ["17"]),
        ("{% set x %}17{% endset %}We kept {{ x }}.", ["17"]),
        ("We kept {{ 5 + 12 }}.", ["17"]),
        ("We kept {{ '17' }}, or {{ [3, 4] | join(' and ') }}.", ["17", "3", "4"]),
        ("We kept {{ 'some 17' if flow else 18 }}.", ["17"]),
        ("{% set x = flow.included %}{% set y = x %}We kept {{ y | n }}.", []),
        ("{{ flow.included | n }} left. {% set x %}{{ flow.included | n }}{% endset %}We kept {{ x }}.", []),
        ("{% for each in [flow.included] %}We kept {{ each | n }}.{% endfor %}", []),
    ],
)
def test_a_number_typed_in_an_expression_is_typed(tmp_path, sentence, numbers):
    assert typed(tmp_path, sentence) == numbers


@pytest.mark.parametrize(
    "sentence",
    [
        "It cost US${{ flow.included | n }} and US${{ flow.included | n }}.",
        "From ${{ flow.included | n }} to ${{ flow.included | n }}, or A${{ flow.included | n }}, each.",
        "The rate is $\\frac{ {{ flow.included | n }} }{n}$ here.",
    ],
)
def test_values_behind_a_dollar_and_in_a_formula_are_values(tmp_path, sentence):
    made = matter(tmp_path, f"# Results\n\n{sentence}\n\nThen.\n", TREE, studies=STUDIES)
    printed = [one.expression for passage in made.passages for one in passage.printed]
    assert printed == ["flow.included | n"] * sentence.count("{{")
    assert typed(tmp_path, sentence) == []
    assert [passage.line for passage in made.passages if passage.text == "Then."] == [5]


def test_a_number_that_says_what_it_counts_stops_and_a_bare_one_warns(tmp_path):
    def rules(sentence):
        made = matter(tmp_path, f"# Results\n\n{{{{ flow.included | n }}}} left. {sentence}\n", TREE, studies=STUDIES)
        return {one.rule: one.severity for one in audit(made, ["typed-number", "typed-number-bare"]).findings}

    stops, warns = {"typed-number": "error"}, {"typed-number-bare": "warning"}
    for sentence in ("Twelve patients left.", "In 45%.", "Dose fell to 4.2.", "They found 12.", "It was n = 30 then."):
        assert rules(sentence) == stops, sentence
    for sentence in (
        "A 5% solution was used.",
        "The four-row form was used.",
        "Baths of 200 L dripped.",
        "In 2008 it rained.",
    ):
        assert rules(sentence) == warns, sentence


def test_a_manuscript_without_values_has_no_finding(tmp_path):
    made = matter(
        tmp_path, "# Results\n\nNine of 12 [@doe2020], 45%.\n\n# Discussion\n\nFrom 9 to 3.\n", {}, studies=STUDIES
    )
    assert audit(made).of("error", "warning") == []


def test_an_empty_manuscript_has_no_finding(tmp_path):
    assert audit(matter(tmp_path, "", TREE, head={"abstract": ""})).findings == []


def test_two_thousand_findings_are_one_group(tmp_path):
    text = "# Results\n\n" + "".join(f"It was {number} then.\n" for number in range(2, 2002))
    outcome = audit(matter(tmp_path, text, TREE), ["typed-number-bare"])
    lines = list(outcome.lines())
    assert len(outcome.findings) == 2000 and len(lines) < 40
    assert lines[-1] == "… and 1990 more of typed-number-bare, listed in results/audit/findings.json"


def test_a_waiver_or_a_signature_for_text_that_is_gone_is_an_error(tmp_path):
    made = matter(
        tmp_path,
        "# Results\n\nNothing.\n",
        TREE,
        stated=[("of 17 sites", "", "definition")],
        waivers=[("typed-number", "of 17 sites", "a layout")],
        confirmed=[("universal-claim", "No study failed.", "0123456789ab", "A. Reader", "2026-01-01")],
    )
    assert sorted((one.rule, one.text) for one in audit(made).of("error")) == [
        ("stated", "of 17 sites"),
        ("unused", "No study failed."),
        ("unused", "of 17 sites"),
    ]
