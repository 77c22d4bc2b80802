"""The studies below a plot, and what the panel says of an effect."""

from prismake.common.values import Value
from prismake.web.article import parsed, text_of
from prismake.web.plots import drawn_studies, list_studies, plots_in
from prismake.web.values import value_behind

LEDGER = {
    "meta.death": Value("risk ratio 0.5; 2 trials", "text", "model", studies=("a/1", "b")),
    "meta.early_death": Value("risk ratio 0.6", "text", "model", studies=("b",)),
    "meta.death.estimate": Value(0.489, "measure", "risk ratio", studies=("a/1", "b")),
    "meta.death.ci": Value("95% CI 0.3 to 0.7", "text", "interval", studies=("a/1", "b")),
    "flow.included": Value(9, "count", "rows"),
    "reviewers": Value(["Ana", "Bo"], "list", "who"),
}
APPRAISAL = {"appraisals": [{"form": "rob2", "study_id": id} for id in ("b", "b", "gone")]}


def test_a_plot_lists_its_studies_and_leads_to_them():
    article = parsed(
        b'<div class="float fig"><p><img src="forest_death.svg"/></p></div><p><img src="forest_death.svg"/></p>'
        b'<div class="float fig"><p><img src="funnel_early_death.svg"/></p></div>'
        b'<div class="float fig"><p><img src="lights_rob2.svg"/></p></div>'
        b'<div class="float fig"><p><img src="prisma.svg"/></p></div>'
    )
    plots = plots_in(article, drawn_studies(LEDGER, APPRAISAL))
    list_studies(plots, {"a/1": {"name": "A 2001"}, "b": {"name": "B 2002"}})
    assert [[link.get("href") for link in figure.iter("a")] for figure in article.iter("div")] == [
        ["#study/a%2F1", "#study/b"],
        ["#study/b"],
        ["#study/b"],
        [],
    ]
    assert text_of(article[0].find("details")) == "Studies of this figure: 2A 2001B 2002"


def test_the_panel_of_an_effect_gives_its_result_and_interval():
    estimate = value_behind("meta.death.estimate", LEDGER, {})
    assert (estimate["result"], estimate["interval"]) == ("0.489", "95% CI 0.3 to 0.7")
    assert value_behind("meta.death", LEDGER, {})["result"].startswith("risk ratio 0.5")
    assert value_behind("flow.included", LEDGER, {})["result"] == "9"
    assert "interval" not in value_behind("meta.death.ci", LEDGER, {})


def test_lists_of_names_are_not_repeated():
    assert "result" not in value_behind("reviewers", LEDGER, {})
