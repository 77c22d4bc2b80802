"""The studies below a plot, and what the panel says of an effect."""

from prismake.common.values import Value
from prismake.figures.overlap import draw
from prismake.submission.supplement_parts import Part
from prismake.trace.numbers import Number
from prismake.web.article import parsed, text_of
from prismake.web.plots import drawn_studies, open_plots, plots_in, pooled_routes
from prismake.web.supplement import mark_overlap, mark_records, open_overlap, open_records
from prismake.web.values import value_behind

from tests.prismake.dedup.conftest import overlap_of

LEDGER = {
    "meta.death": Value("risk ratio 0.5; 2 trials", "text", "model", studies=("a/1", "b")),
    "meta.early_death": Value("risk ratio 0.6", "text", "model", studies=("b",)),
    "meta.death.estimate": Value(0.489, "measure", "risk ratio", studies=("a/1", "b")),
    "meta.death.ci": Value("95% CI 0.3 to 0.7", "text", "interval", studies=("a/1", "b")),
    "flow.included": Value(9, "count", "rows"),
    "reviewers": Value(["Ana", "Bo"], "list", "who"),
}
APPRAISAL = {"appraisals": [{"form": "rob2", "study_id": id} for id in ("b", "b", "gone")]}


def page(name, part=1, spots=()):
    file = f"results/figures/plots/{name if part == 1 else f'{name}-{part}'}.svg"
    return {"id": name, "file": file, "size": [200, 100.5], "spots": list(spots)}


PAGES = [
    page("forest_death", 1, [["a/1", "", 0, 10, 200, 12], ["a/1", "item_D1", 180, 10, 9.5, 12]]),
    page("forest_death", 2, [["b", "", 0, 10, 200, 12], ["gone", "", 0, 22, 200, 12]]),
    page("funnel_early_death"),
    page("summary_rob2"),
]
ROWS = {"a/1": {"name": "A 2001"}, "b": {"name": "B 2002"}}


def opened():
    names = ("forest_death", "forest_death-2", "funnel_early_death", "summary_rob2", "my_forest_death", "prisma")
    figures = "".join(f'<div class="float fig"><p><img src="{name}.svg"/></p></div>' for name in names)
    article = parsed(f'{figures}<p><img src="forest_death.svg"/></p>'.encode())
    open_plots(plots_in(article, PAGES, drawn_studies(LEDGER, APPRAISAL)), ROWS, {"death": "#n7"})
    return article


def test_a_plot_lists_the_studies_of_its_page_and_leads_to_them():
    article = opened()
    assert [[link.get("href") for link in figure.findall("details//a")] for figure in article.iter("div")] == [
        ["#study/a%2F1"],
        ["#study/b"],
        ["#study/b"],
        ["#study/b"],
        [],
        [],
    ]
    assert text_of(article[0].find("details")) == "Studies of this figure: 1A 2001"


def test_rows_and_lights_of_a_picture_are_links():
    first, second, *others = opened().iter("div")
    frame = first.find("p/span[@class='plot']")
    assert [one.tag for one in frame] == ["img", "svg"]
    doors = frame.find("svg")
    assert doors.get("viewBox") == "0 0 200 100.5"
    assert [(one.get("href"), one.get("aria-label"), dict(one[0].attrib)) for one in doors] == [
        ("#study/a%2F1", "A 2001", {"x": "0", "y": "10", "width": "200", "height": "12"}),
        ("#study/a%2F1/item_D1", "A 2001: D1", {"x": "180", "y": "10", "width": "9.5", "height": "12"}),
    ]
    assert [one.get("href") for one in second.findall(".//svg/a")] == ["#study/b"]
    assert not any(list(figure.iter("svg")) for figure in others)


def test_the_panel_of_an_effect_gives_its_result_and_interval():
    estimate = value_behind("meta.death.estimate", LEDGER, {})
    assert (estimate["result"], estimate["interval"]) == ("0.489", "95% CI 0.3 to 0.7")
    assert value_behind("meta.death", LEDGER, {})["result"].startswith("risk ratio 0.5")
    assert value_behind("flow.included", LEDGER, {})["result"] == "9"
    assert "interval" not in value_behind("meta.death.ci", LEDGER, {})


def test_lists_of_names_are_not_repeated():
    assert "result" not in value_behind("reviewers", LEDGER, {})


def test_workbooks_of_extractors_do_not_name_them():
    files = ("data/extraction/extraction.AB.xlsx", "data/searches/a.b.xlsx", "results/studies.json")
    ledger = {"pooled.age": Value(70, "measure", "mean", files=files)}
    assert value_behind("pooled.age", ledger, {}, ["AB"])["files"] == ["data/extraction/extraction.xlsx", *files[1:]]
    assert value_behind("pooled.age", ledger, {})["files"] == list(files)


def test_columns_of_the_overlap_lead_to_their_works():
    drawn = draw(overlap_of(["a", "b", "b", "a", "c"], ["A", "B", "B", "A", "C & D"], ["1", "1", "2", "3", "4"]))
    section = parsed(b'<div class="float fig"><p><img src="data:x"/></p></div>')
    mark_overlap(section, drawn.encode())
    boxes = [{"id": f"overlap.{name}", "label": f"{name} alone", "n": 1} for name in ("A", "A and B", "C & D")]
    open_overlap(section, boxes)
    doors = section.find(".//span[@class='plot']/svg")
    assert {(one.get("href"), one.get("aria-label")) for one in doors} == {
        ("#box/overlap.A", "1 works: A alone"),
        ("#box/overlap.A%20and%20B", "1 works: A and B alone"),
        ("#box/overlap.C%20%26%20D", "1 works: C & D alone"),
    }
    assert all(float(one[0].get("width")) == 24 and not set(one.attrib) - {"href", "aria-label"} for one in doors)


def test_excluded_reports_of_the_supplement_lead_to_their_records():
    rows = "".join(f"<tr><td>{name} <sup>1</sup></td><td>Why</td></tr>" for name in ("Doe, 2020", "Roe, 2021"))
    table = f"<section><h3>Excluded</h3><p>Two.</p><table><tbody>{rows}</tbody></table></section>"
    section = parsed(f"<section><h3>Other</h3></section>{table}".encode())
    records = [{"record_id": "a:1"}, {"record_id": "gone"}]
    mark_records(section, [Part("Excluded", [], records=records), Part("Other", [])])
    open_records(section, {"a:1"})
    assert [(one.text, one.get("href"), one.get("class")) for one in section.iter("a")] == [
        ("Doe, 2020", "#record/a%3A1", "n study"),
    ]  # fmt: skip
    assert text_of(section) == "OtherExcludedTwo.Doe, 2020 1WhyRoe, 2021 1Why"


def test_the_row_of_all_studies_opens_their_result():
    pages = [page("forest_death", 1, [["a/1", "", 0, 10, 200, 12], ["", "pooled", 0, 30, 200, 12]])]
    for pooled, links in (({"death": "#n7"}, ["#study/a%2F1", "#n7"]), ({}, ["#study/a%2F1"])):
        article = parsed(b'<div class="float fig"><p><img src="forest_death.svg"/></p></div>')
        open_plots(plots_in(article, pages, drawn_studies(LEDGER, APPRAISAL)), ROWS, pooled)
        assert [link.get("href") for link in article.xpath(".//svg//a")] == links
        assert [link.get("href") for link in article.xpath(".//details//a")] == ["#study/a%2F1"]
    values = (("flow.included",), ("meta.death.egger.p",), ("meta.death.estimate",), ("meta.death",))
    numbers = [Number("Results", "", "1", "", "value", values=names) for names in values]
    assert pooled_routes(numbers) == {"death": "#n3"}
