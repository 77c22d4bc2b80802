"""GRADE: steps and their sum, absolute effects, the printed tables, and the values of the text."""

import pytest
from prismake.common.errors import BuildStop
from prismake.common.notation import Notation
from prismake.common.places import schema_of
from prismake.common.tables import read_table
from prismake.common.values import as_document, flat, ledger_of, named_tree
from prismake.common.yaml_files import load_yaml
from prismake.grade import absolute
from prismake.grade.columns import CELLS, findings_columns
from prismake.grade.domains import DOMAINS, LEVELS, moved, symbols
from prismake.grade.evidence import evidence, footnotes, letter
from prismake.grade.judgements import start_of
from prismake.grade.tables import findings_notes, findings_rows, profile_rows
from prismake.ledger.grade import grade_values
from prismake.manuscript.templates import Prose
from prismake.synthesis.pooling.analysing import analyse_all

from tests.prismake.synthesis.pooling.extractions import bcg, settings

JUDGED = {
    "outcome": "death",
    "start": "high",
    "risk_of_bias": "not_serious",
    "inconsistency": "serious",
    "inconsistency_reason": "trials differ.",
    "indirectness": "not_serious",
    "imprecision": "not_serious",
    "publication_bias": "undetected",
}
SETTINGS = {"assumed_risk": "median", "per": 1000, "design": "design"}


@pytest.fixture(scope="module")
def extraction():
    return bcg()


@pytest.fixture(scope="module")
def meta(extraction):
    block = settings(measure="RR", arm="treated", versus="control", title="Death from tuberculosis")
    return analyse_all(extraction, block, draft=False)[0]


@pytest.fixture
def rated(extraction, meta, tmp_path):
    """Runs the judgements of one outcome, or several; a cell that is not named is empty."""

    def run(*rows, draft=False, meta=meta, extraction=extraction, **about):
        path = tmp_path / "judgements.csv"
        written = [{**JUDGED, **row} for row in rows or ({},)]
        names = list(dict.fromkeys(name for row in written for name in row))
        lines = [names, *([str(row.get(name, "")) for name in names] for row in written)]
        path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), encoding="utf-8")
        table = read_table(path, schema_of("grade"))
        document, issues = evidence(table, meta, extraction, {**SETTINGS, **about}, path, draft=draft)
        assert {issue.severity for issue in issues} <= {"warning"}
        return document, [str(issue) for issue in issues]

    return run


def refused(rated, *rows, **about):
    with pytest.raises(BuildStop) as problem:
        rated(*rows, **about)
    return str(problem.value)


def test_the_schema_has_the_domains_and_their_answers():
    columns = (schema := load_yaml(schema_of("grade")))["properties"]
    assert schema["required"] == ["outcome"]
    for domain in DOMAINS:
        assert columns[domain.name]["enum"] == [*domain.steps, None]
        assert domain.reason in columns
    assert set(columns["certainty"]["enum"]) == {*LEVELS, None}


@pytest.mark.parametrize(
    ("design", "start"),
    [
        ("randomized_trial", "high"),
        ("Randomised controlled trial", "high"),
        ("non-randomized trial", "low"),
        ("quasi_experimental", "low"),
        ("cohort", "low"),
        ("nonrandomised study", "low"),
        ("non_randomised_trial", "low"),
        ("quasi-randomised trial", "low"),
        ("RCT", "high"),
        ("controlled_trial", ""),
        ("", ""),
    ],
)
def test_where_certainty_starts_by_the_design(design, start):
    assert start_of([design, design]) == start


def test_designs_that_differ_leave_the_start_to_the_reviewers():
    assert start_of(["randomized_trial", "cohort"]) == ""


def test_levels_move_within_four():
    assert [moved("high", steps) for steps in (1, 0, -1, -2, -3, -9)] == ["high", "high", "moderate", "low"] + [
        "very_low"
    ] * 2
    assert [symbols(level) for level in LEVELS] == ["⊕◯◯◯", "⊕⊕◯◯", "⊕⊕⊕◯", "⊕⊕⊕⊕"]


def test_the_certainty_is_the_sum_of_the_steps(rated):
    rating = rated()[0]["outcomes"][0]["rating"]
    assert (rating["certainty"], rating["symbols"], rating["pending"]) == ("moderate", "⊕⊕⊕◯", [])
    three = {"imprecision": "extremely_serious", "imprecision_reason": "few events"}
    assert rated(three)[0]["outcomes"][0]["rating"]["certainty"] == "very_low"


def test_a_rating_that_is_not_the_sum_needs_a_reason(rated):
    message = refused(rated, {"certainty": "low"})
    assert "outcome 'death' is rated low, where high and its steps (-1) give moderate" in message
    row = {"certainty": "low", "certainty_reason": "borderline in two domains"}
    document, issues = rated(row)
    assert document["outcomes"][0]["rating"]["certainty"] == "low"
    assert issues == []
    assert footnotes(document["outcomes"])[0][-1] == "borderline in two domains."


def test_what_is_not_judged_stops_a_final_build_and_is_named_in_a_draft(rated):
    row = {"start": "", "imprecision": ""}
    assert "outcome 'death' is not judged: start, imprecision" in refused(rated, row)
    document, issues = rated(row, draft=True)
    assert "judgements.csv:2: outcome 'death' is not judged: start, imprecision" in issues[0]
    rating = document["outcomes"][0]["rating"]
    assert (rating["start"], rating["certainty"], rating["reason"]) == ("", "", "")
    assert rating["steps"]["imprecision"]["levels"] == 0
    assert findings_rows(document, Notation())[0]["certainty"] == ["To be judged"]
    values = grade_values(document, "j.csv")
    prose = Prose(named_tree(ledger_of(as_document(values), "x")))
    assert "not judged yet: start, imprecision" in prose.render("{{ grade.death.certainty }}", "x.md")


def test_a_start_that_the_designs_leave_open_is_to_be_judged(rated):
    message = refused(rated, {"start": ""})
    assert "is not judged: start" in message
    assert "`start` is high or low" in message


def test_levels_print_as_words(rated):
    reasons = {"imprecision": "extremely_serious", "imprecision_reason": "few events"}
    document, _ = rated(reasons)
    assert findings_rows(document, Notation())[0]["certainty"] == ["⊕◯◯◯", "Very low"]
    message = refused(rated, {**reasons, "certainty": "low"})
    assert "is rated low, where high and its steps (-4) give very low" in message


def test_a_step_and_a_stated_risk_need_a_reason(rated):
    assert "write it: imprecision_reason" in refused(rated, {"imprecision": "serious"})
    assert "has an assumed risk without a source" in refused(rated, {"assumed_risk": 50})


def test_evidence_that_starts_high_is_not_rated_up(rated):
    row = {"large_effect": "large", "large_effect_reason": "half the risk"}
    fair = {"inconsistency": "not_serious", "inconsistency_reason": ""}
    for other in ({**row, **fair}, {**row, "start": "low"}):
        assert "is rated up for a large effect although" in rated(other)[1][0]
    fine = {**row, "start": "low", "inconsistency": "not_serious", "inconsistency_reason": ""}
    document, issues = rated(fine)
    assert (document["outcomes"][0]["rating"]["certainty"], issues) == ("moderate", [])
    assert profile_rows(document)[0]["raised"] == ["A large effect (+1)"]


def test_an_unknown_outcome_and_an_analysis_without_judgement_are_named(rated):
    assert "'pain' is neither a meta-analysis nor an outcome" in refused(rated, {"outcome": "pain"})
    two = {"analyses": {"death": DEATH, "other": DEATH}}
    assert "1 meta-analysis has no GRADE judgement: other" in rated(meta=two)[1][0]


def test_the_assumed_risk_is_the_median_of_the_comparison_groups_or_pooled_or_stated(rated, meta):
    groups = [row["cells"]["versus"] for row in meta["analyses"]["death"]["rows"]]
    risks = sorted(one["events"] / one["n"] for one in groups)
    effect = rated()[0]["outcomes"][0]["absolute"]
    assert (effect["assumed"], effect["source"]) == (risks[6], "median")
    assert effect["expected"]["estimate"] == pytest.approx(risks[6] * 0.4894, rel=1e-3)
    pooled = rated(assumed_risk="pooled")[0]["outcomes"][0]["absolute"]["assumed"]
    assert pooled == sum(one["events"] for one in groups) / sum(one["n"] for one in groups)
    stated = rated({"assumed_risk": 100, "assumed_risk_source": "a registry"})[0]["outcomes"][0]["absolute"]
    assert (stated["assumed"], stated["source"]) == (0.1, "stated")


@pytest.mark.parametrize(
    ("compute", "arguments", "risk"),
    [
        (absolute.with_ratio, (0.2, 0.5), 0.1),
        (absolute.with_ratio, (0.8, 2), 1.0),
        # Cochrane Handbook 15.4.4.4: 200 per 1,000 and an odds ratio of 0.5 give 111.
        (absolute.with_odds, (0.2, 0.5), 0.1111111),
        (absolute.with_difference, (0.2, -0.3), 0.0),
        (absolute.with_difference, (0.2, 0.1), 0.3),
        (absolute.with_difference, (0.8, 0.5), 1.0),
        (absolute.with_hazard, (0.2, 0.5), 0.1055728),
    ],
)
def test_the_risk_that_follows_from_an_effect(compute, arguments, risk):
    assert compute(*arguments) == pytest.approx(risk, abs=1e-6)


def analysis(measure, estimate, low, high, cells, **about):
    pooled = {"estimate": estimate, "low": low, "high": high}
    return {
        "measure": measure,
        "noun": "effect",
        "scale": "identity",
        "decimals": 2,
        "level": 95,
        "arm": ["drug"],
        "versus": ["placebo"],
        "time": "",
        "k": 1,
        "participants": 100,
        "studies": ["a"],
        "title": "Death",
        "multiplied": 1,
        "pooled": pooled,
        "rows": [{"cells": cells}],
        **about,
    }


DEATH = analysis("RR", 0.5, 0.25, 0.75, {"versus": {"events": 20, "n": 100}})


@pytest.mark.parametrize(
    ("one", "printed"),
    [
        (
            DEATH,
            [
                "200 per 1,000",
                "100 per 1,000 (50 to 150)",
                "100 fewer per 1,000 (150 fewer to 50 fewer)",
                "RR 0.50 (0.25 to 0.75)",
            ],
        ),
        (
            analysis("RD", -10, -20, 10, {"versus": {"events": 20, "n": 100}}, multiplied=100),
            ["200 per 1,000", "100 per 1,000 (0 to 300)", "100 fewer per 1,000 (200 fewer to 100 more)", "–"],
        ),
        (
            analysis("RR", 0.5, 0.25, 0.75, {"versus": {"events": 1, "n": 100}}),
            [
                "10.0 per 1,000",
                "5.0 per 1,000 (2.5 to 7.5)",
                "5.0 fewer per 1,000 (7.5 fewer to 2.5 fewer)",
                "RR 0.50 (0.25 to 0.75)",
            ],
        ),
        (analysis("HR", 0.5, 0.25, 0.75, {"effect": {}}), ["–", "–", "HR 0.50 (0.25 to 0.75)"]),
        (
            analysis("MD", -1.5, -2, 0.5, {"versus": {"mean": 4.0, "sd": 1, "n": 9}}),
            ["Mean 4.00", "MD 1.50 lower (2.00 lower to 0.50 higher)", "–"],
        ),
        (
            analysis("SMD", 0.5, 0.2, 0.8, {"effect": {}}),
            ["–", "SMD 0.50 SD higher (0.20 SD higher to 0.80 SD higher)", "–"],
        ),
        (
            analysis("PLO", 20, 10, 30, {"arm": {"events": 2, "n": 10}}, multiplied=100),
            ["–", "200 per 1,000 (100 to 300)", "–"],
        ),
        (analysis("ZCOR", -0.5, -0.7, 0.2, {}, noun="correlation"), ["–", "–", "Correlation −0.50 (−0.70 to 0.20)"]),
    ],
)
def test_effects_as_the_summary_of_findings_prints_them(rated, one, printed):
    document, _ = rated(meta={"analyses": {"death": one}})
    row = findings_rows(document, Notation())[0]
    cells = [row["risk_without"], row["risk_with"], row["relative"]]
    assert [line for cell in cells for line in ([cell] if isinstance(cell, str) else cell)] == printed
    assert row["participants"] == "100 (1 study)"


def test_an_outcome_that_is_not_pooled_counts_its_studies_and_patients(rated, extraction):
    rows = [
        {**study, "parts": {**study["parts"], "outcomes": [*study["parts"]["outcomes"], *more]}}
        for study, more in zip(
            extraction["studies"],
            [[{"outcome": "pain", "arm": arm, "n_analyzed": n} for arm, n in (("a", 10), ("b", 12))], *([[]] * 12)],
            strict=True,
        )
    ]
    row = {"outcome": "pain", "effect": "No difference was seen"}
    document, _ = rated(row, extraction={**extraction, "studies": rows})
    printed = findings_rows(document, Notation())[0]
    assert (printed["participants"], printed["relative"]) == ("22 (1 study)", "No difference was seen")


def test_outcomes_share_a_note_and_headers_name_the_arms(rated, meta):
    two = {"analyses": {**meta["analyses"], "other": DEATH}}
    document, _ = rated({}, {"outcome": "other", "imprecision": "serious", "imprecision_reason": "few"}, meta=two)
    notes, marks = footnotes(document["outcomes"])
    assert notes == [
        "Rated down one level for inconsistency: trials differ.",
        "Rated down one level for imprecision: few.",
    ]
    assert marks == [["a"], ["a", "b"]]
    assert findings_notes(document)[0] == "^a^ Rated down one level for inconsistency: trials differ."
    # The arms differ between the outcomes.
    headers = [column["header"] for column in findings_columns(document["outcomes"])]
    assert headers[1:3] == ["Risk with the comparison", "Risk with the intervention (95% CI)"]
    assert findings_columns(document["outcomes"][:1])[1]["header"] == "Risk with control"
    assert [letter(number) for number in (0, 25, 26)] == ["a", "z", "aa"]
    assert {"risk_with", "imprecision"} <= set(CELLS)


def test_values_of_the_text(rated):
    document, _ = rated()
    values = dict(flat(grade_values(document, "j.csv")))
    assert values["grade.death"].value == "moderate certainty"
    assert values["grade.death.reasons"].value == "rated down one level for inconsistency (trials differ.)"
    prose = Prose(named_tree(ledger_of(as_document(grade_values(document, "j.csv")), "x")))
    parts = "{{ grade.death.assumed_risk }}, {{ grade.death.risk.low }}, {{ grade.death.difference.high }}"
    assert prose.render(parts, "x.md") == "15.9 per 1,000, 5.5 per 1,000, 4.8 fewer per 1,000"
    # A number, so that the audit finds copies of it that somebody typed.
    assert (values["grade.death.risk.estimate"].kind, values["grade.death.risk.estimate"].places) == ("measure", 1)
    assert values["grade.death.difference"].value.endswith("fewer per 1,000 (10.4 fewer to 4.8 fewer)")
    assert values["grade.levels.moderate"].value == 1
    assert len(values["grade.death"].studies) == 13
    assert "Evidence from randomized trials started as high." in values["methods.grade"].value
    assert values["methods.grade"].value.endswith("the median risk of the comparison groups.")


def test_a_draft_awaits_the_rating_of_an_analysis_that_failed(rated):
    document, _ = rated(meta={"analyses": {}, "failed": {"death": "no study has it"}}, draft=True)
    values = dict(flat(grade_values(document, "j.csv")))
    assert (values["grade.death"].kind, values["grade.death"].how) == ("awaited", "no study has it")
