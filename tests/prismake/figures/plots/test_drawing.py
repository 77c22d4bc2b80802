"""Plots by their names: judgements beside the studies, and what the notes say of the studies that are left out."""

import re
from dataclasses import replace

import pytest
from prismake.common.errors import BuildStop
from prismake.common.escaping import escape
from prismake.figures.plots.drawing import Look, Material, draw_plot, full_names, relabelled
from prismake.synthesis.pooling.analysing import analyse_all

from tests.prismake.synthesis.pooling.extractions import bcg, settings

from .svgs import shapes, texts

LOOK = Look(468, 520, "serif")
FORM = {
    "short": "RoB 2",
    "answers": ["low", "high"],
    "overall": ["low", "high"],
    "marks": {"low": "L +", "high": "H ×"},
    "items": [{"id": "D1", "subject": "allocation"}, {"id": "D2", "subject": "blinding"}],
}


def appraised(study, answer, about="", form="rob2"):
    items = {"D1": {"answer": answer}, "D2": {"answer": "low"}}
    return {"study_id": study, "about": about, "form": form, "items": items, "overall": answer}


@pytest.fixture(scope="module")
def material():
    extraction = bcg()
    about = settings(measure="RR", arm="treated", versus="control", better="lower", moderator="ablat")
    analyses = analyse_all(extraction, about, draft=False)[0]["analyses"]
    first, second, *others = (study["study_id"] for study in extraction["studies"])
    appraisals = [
        appraised(first, "low"),
        appraised(first, "high", about="death"),
        appraised(second, "low"),
        *(appraised(study, "high") for study in others[1:]),
    ]
    names, labels = full_names(extraction, "label", "year")
    return Material(analyses, {"forms": {"rob2": FORM}, "appraisals": appraisals}, names, labels)


def plot(material, name):
    return draw_plot(name, material, LOOK)


def lights(page):
    return [text for text in texts(page) if text in ("+", "×", "…")]


def test_the_judgement_on_the_outcome_stands_beside_a_study_and_else_that_on_the_study(material):
    drawn = plot(material, "forest_death")
    shown = lights(drawn.drawing.pages[0])
    # Study 1 as judged for the outcome, study 2 as judged in all, study 3 by nobody; the key comes last.
    assert shown[:9] == ["×", "+", "×", "+", "+", "+", "…", "…", "…"]
    assert "Circles, appraisal with RoB 2." in drawn.notes


@pytest.mark.parametrize(("beside", "heads"), [("all", ["D1", "D2", "All"]), ("overall", ["All"]), ("none", [])])
def test_a_review_says_which_judgements_stand_beside_effects(material, beside, heads):
    drawn = plot(replace(material, beside=beside), "forest_death")
    assert [text for text in texts(drawn.drawing.pages[0]) if text in ("D1", "D2", "All")] == heads
    assert ("Circles, appraisal with RoB 2." in drawn.notes) == bool(heads)


def test_studies_on_several_forms_have_their_overall_judgements_beside_them(material):
    appraisals = [dict(one) for one in material.appraisal["appraisals"]]
    appraisals[-1]["form"] = "robins_i"
    both = {"forms": {"rob2": FORM, "robins_i": {**FORM, "short": "ROBINS-I"}}, "appraisals": appraisals}
    drawn = plot(replace(material, appraisal=both), "forest_death")
    assert len(lights(drawn.drawing.pages[0])) == 13 + 3
    assert "Circles, appraisal with RoB 2 and ROBINS-I." in drawn.notes


def test_judgements_that_the_page_does_not_hold_give_way_to_the_overall_one(material):
    items = [{"id": f"Domain {n}", "subject": str(n)} for n in range(12)]
    given = [
        {**one, "items": {item["id"]: {"answer": "low"} for item in items}} for one in material.appraisal["appraisals"]
    ]
    wide = {"forms": {"rob2": {**FORM, "items": items}}, "appraisals": given}
    page = plot(replace(material, appraisal=wide), "forest_death").drawing.pages[0]
    assert "All" in texts(page) and "Domain 1" not in texts(page)


def test_notes_name_the_studies_that_are_not_pooled_with_the_reason(material):
    study, other = list(material.names)[:2]
    analysis = {
        **material.analyses["death"],
        "excluded": [
            {"label": material.labels[study], "study": study, "reason": "no events in either arm", "where": ""}
        ],
        "not_reported": [other],
    }
    for kind in ("forest", "leave_one_out", "cumulative", "funnel", "trim_and_fill", "bubble", "weighted"):
        notes = plot(replace(material, analyses={"death": analysis}), f"{kind}_death").notes
        assert f"Not pooled: {material.names[study]} (no events in either arm)." in notes
        assert f"The outcome is not reported by {escape(material.names[other])}." in notes


def test_the_weighted_summary_counts_the_weight_of_each_study(material):
    weights = {row["study"]: row["weight"] for row in material.analyses["death"]["rows"]}
    second, third = list(weights)[1:3]
    low, pending = (round(100 * weights[study]) for study in (second, third))
    drawn = plot(material, "weighted_death").drawing
    assert re.search(f"Allocation: low {low}%, high \\d+%, not yet judged {pending}%.", drawn.alternative)


def test_directions_and_harvest_count_every_study_once(material):
    drawn = plot(material, "directions").drawing
    assert "Death: benefit 11, harm 2. Death: sign test p = 0.02." in drawn.alternative
    harvest = plot(material, "harvest").drawing
    assert "Death: harm 2 (" in harvest.alternative and "benefit 11 (" in harvest.alternative


def test_outcomes_that_are_counted_and_not_pooled_are_domains_of_their_own(material):
    first, second, third = list(material.names)[:3]
    rows = [
        {"study": first, "direction": 0, "participants": 80},
        {"study": second, "direction": -1, "participants": None},
    ]
    pain = {
        "outcome": "pain",
        "title": "pain",
        "time": "1 year",
        "rows": rows,
        "votes": {"p": 1.0},
        "undetermined": [{"study": third, "label": "Third", "reason": "nothing to compare"}],
    }
    drawn = plot(replace(material, counted=[pain]), "directions")
    assert "Pain, 1 year: harm 1, no change or conflicting 1. Death: benefit 11" in drawn.drawing.alternative
    assert "Pain, 1 year: sign test p = 1.00." in drawn.drawing.alternative
    assert "No direction of Third: nothing to compare." in drawn.notes
    # The same outcome is not counted twice.
    again = plot(replace(material, counted=[{**pain, "outcome": "death", "title": "death", "time": ""}]), "directions")
    assert "Death: harm 1, no change or conflicting 1." in again.drawing.alternative


def test_a_plot_of_an_analysis_that_was_not_made_says_so(material):
    with pytest.raises(BuildStop, match="the meta-analysis 'pain' could not be computed"):
        plot(material, "forest_pain")
    with pytest.raises(BuildStop, match="no appraisal"):
        plot(replace(material, appraisal=None), "lights_rob2")


def test_studies_are_called_by_their_labels_with_years():
    extraction = {
        "studies": [
            {"study_id": "hart1977", "label": "Hart", "year": 1977},
            {"study_id": "hart1977b", "label": "Hart", "year": 1977},
            {"study_id": "stein1953", "label": "Stein 1953", "year": 1953},
            {"study_id": "nobody", "label": None, "year": None},
        ]
    }
    names, labels = full_names(extraction, "label", "year")
    assert list(names.values()) == ["Hart 1977 (hart1977)", "Hart 1977 (hart1977b)", "Stein 1953", "nobody"]
    rows = [
        {"study": "hart1977", "label": "Hart (hart1977): high dose"},
        {"study": "stein1953", "label": "Stein 1953: low dose"},
    ]
    steps = [{"study": "stein1953", "label": "Stein 1953: low dose"}]
    analysis = {"rows": rows, "excluded": [], "leave_one_out": steps, "cumulative": {"refused": "few"}}
    made = relabelled(analysis, names, labels)
    assert [row["label"] for row in made["rows"]] == ["Hart 1977 (hart1977): high dose", "Stein 1953: low dose"]
    assert made["leave_one_out"][0]["label"] == "Stein 1953: low dose"
    assert made["cumulative"] == {"refused": "few"}


@pytest.mark.parametrize(
    ("name", "mark", "items"),
    [
        ("forest_death", "row-{row}-light-{item}", ("item_D1", "item_D2", "overall")),
        ("lights_rob2", "light-{row}-{item}", ("item_D1", "item_D2", "overall")),
        ("leave_one_out_death", "row-{row}-interval", ()),
        ("cumulative_death", "row-{row}-interval", ()),
        ("directions", "direction-{row}-1", ()),
    ],
)
def test_a_drawing_says_where_each_study_and_each_light_stands(material, name, mark, items):
    drawing = plot(material, name).drawing
    seen = []
    for page, spots in zip(drawing.pages, drawing.spots, strict=True):
        drawn, rows = shapes(page), [spot for spot in spots if not spot.item]
        overall = [spot for spot in spots if not spot.study]
        assert [spot.item for spot in overall] == ["pooled"] * any(
            shape.startswith("summary-overall") for shape in drawn
        )
        for row in rows:
            own = [spot for spot in spots if spot.item and (spot.study, spot.y) == (row.study, row.y)]
            assert tuple(spot.item for spot in own) == items
            seen.append(row.study)
            for item, spot in enumerate(own or [row], 1):
                corners = drawn[mark.format(row=len(seen), item=item)]
                x, y = (sum(values) / len(corners) for values in zip(*corners, strict=True))
                assert spot.x <= x <= spot.x + spot.width and spot.y <= y <= spot.y + spot.height
    assert len(seen) >= 12 and set(seen) <= set(material.names)
    assert all(width and height for width, height in drawing.sizes)
