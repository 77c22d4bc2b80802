"""Numbers in rows, beside themselves, and of single studies: false sentences that are found, true ones that are not."""

import pytest
import yaml
from prismake.audit.run import audit

from .corpus import SHORT
from .manuscripts import REVIEWS, facts, matter

FALSE = {
    "value-slot": (
        "trials: There were {groups.country.norway.n|words} trials from Norway, {groups.country.poland.n|words} from "
        "Poland, and {pooled.children.min} from Brazil.",
        "trials: Records described adults ({flow.title_excluded_adults}), animals ({pooled.recovery_time.n}), or "
        "protocols ({flow.title_excluded_protocol}).",
        "trials: The intravenous route had {groups.route.intravenous.n} trials, the intranasal {pooled.children}.",
        "trials: The intranasal route was used in {flow.included|counted}.",
        "ultrasound: Nurses scanned in {groups.operator.nurse.n} studies, radiographers in {flow.included|words}.",
    ),
    "value-sum": (
        "trials: The searches returned {flow.identified_central} records: {flow.identified_medline} from MEDLINE, "
        "{flow.identified_embase} from Embase, and {flow.identified_central} from CENTRAL.",
        "trials: In all, {pooled.treated_children} children took part: {pooled.girls} girls and {pooled.boys} boys.",
    ),
    "value-twice": (
        "trials: The trials were published from {years.first} to {years.first}.",
        "trials: Of {flow.fulltext_assessed} full texts, {flow.fulltext_assessed} were excluded.",
        "trials: The trials randomized {pooled.children|pct(pooled.children)} of the children.",
        "ultrasound: Sensitivity was {studies.jung2023.sensitivity|d(1)}% and specificity "
        "{studies.jung2023.sensitivity|d(1)}% [@jung2023].",
        "nights: Wards were the setting of {groups.unit.ward.n} of the {groups.unit.ward.n} studies.",
    ),
    "value-of-them": (
        "ultrasound: We included {flow.fulltext_sought|counted}, {groups.operator.nurse.patients} of them girls.",
        "ultrasound: We included {groups.operator.nurse.n|counted}, {groups.design.prospective.n} of them prospective.",
    ),
    "value-beside-study": (
        "nights: In Jordan {studies.elias2018.n} nurses spoke for {pooled.interview_length|d(0)} minutes [@elias2018].",
        "trials: A trial of {pooled.children} children found {studies.goto2018.events_treated} events [@goto2018].",
    ),
    "value-column": (
        "ultrasound: In Korea the sensitivity was {studies.jung2023.specificity|d(1)}% [@jung2023].",
        "ultrasound: Sensitivity was {studies.byrne2014.specificity|d(1)}–{studies.castro2015.sensitivity|d(1)}%.",
    ),
    "value-size": (
        "trials: The largest trial randomized {pooled.children} children.",
        "trials: The smallest trial had {studies.goto2018.n} children [@goto2018].",
    ),
    "value-start": (
        "trials: Of {flow.fulltext_assessed} records, {flow.included|counted} were included.",
        "trials: From {flow.title_excluded} records we included {flow.included|counted}.",
    ),
    "study-uncited": (
        "nights: They had worked as nurses for {studies.hansen2022.experience_mean|d(1)} years on average.",
        "trials: Mean age was {studies.goto2018.age_mean|d(1)} years.",
    ),
}


def rules_by_sentence(folder, name: str, sentences: list[str]) -> dict[str, list[str]]:
    """Sentence -> the rules that find something in it, of a manuscript in which each is a paragraph."""
    known = facts(name)
    written = [SHORT.sub(lambda short: f"{{{{ {short[1]} | {short[2] or 'n'} }}}}", one) for one in sentences]
    text = "# Results\n\n" + "".join(f"{one}\n\n" for one in written)
    made = matter(folder, text, known.tree, studies=known.studies, references=known.references, columns=known.columns)
    lines = {3 + 2 * number: one for number, one in enumerate(sentences)}
    rules: dict[str, list[str]] = {one: [] for one in sentences}
    for finding in audit(made).of("error", "warning"):
        rules[lines[finding.line]].append(finding.rule)
    return rules


@pytest.mark.parametrize("rule", FALSE)
def test_what_is_false_is_rules_by_sentence(tmp_path, rule):
    for sentence in FALSE[rule]:
        name, _, text = sentence.partition(": ")
        assert rule in rules_by_sentence(tmp_path, name, [text])[text], text


@pytest.mark.parametrize("name", ["trials", "ultrasound", "nights"])
def test_what_is_true_draws_no_finding(tmp_path, name):
    sentences = yaml.safe_load((REVIEWS / "true.yaml").read_text(encoding="utf-8"))[name].splitlines()
    assert {one: rules for one, rules in rules_by_sentence(tmp_path, name, sentences).items() if rules} == {}
