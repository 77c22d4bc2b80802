"""The numbers of the supplement made doors: those that its parts mark, and those in rows of studies."""

from dataclasses import replace

from prismake.common.values import Value, count, flat
from prismake.trace.numbers import Background, Number, TableColumns
from prismake.web.article import parsed, text_of
from prismake.web.supplement import make_plain, open_computed, open_rows
from prismake.web.values import values_of, with_values

from tests.prismake.audit.manuscripts import matter

DATE = Value("2026-01-02", "date", "date of the search", files=("config.yaml",))
TREE = {
    "flow": {
        "identified": count(9, "rows"),
        "other_identified": count(3, "rows"),
        "other_duplicates": count(0, "rows"),
    },
    "search": {"a": {"date": DATE}},
    "supplement": {"tables": {"outcomes": Value("Table S2", "text", "its name")}},
}
LEDGER = dict(flat(TREE))


def opened(fragment):
    section = parsed(fragment.encode())
    numbers = open_computed(section, LEDGER, 40)
    return section, numbers


def test_a_marked_number_is_a_door_to_the_values_whose_sum_it_is():
    section, (number,) = opened(
        '<h2>Searches</h2><p>In all <span class="computed" data-names="flow.identified flow.other_identified">12</span>'
        " records <em>were</em> read.</p>"
    )
    (door,) = section.iter("a")
    assert (door.get("href"), door.get("id"), door.get("class"), door.text) == ("#n41", "n41", "n value", "12")
    assert text_of(section) == "SearchesIn all 12 records were read."
    assert number.values == ("flow.identified", "flow.other_identified")
    assert number.expression == "flow.identified + flow.other_identified"
    assert (number.section, number.before, number.after) == ("Searches", "In all ", " records were read.")


def test_what_adds_nothing_is_not_named_and_what_the_ledger_does_not_say_is_no_door():
    mark = '<p><span class="computed" data-names="{}">9</span> of them</p>'
    _, (number,) = opened(mark.format("flow.identified flow.other_duplicates"))
    assert number.values == ("flow.identified",) and not number.expression
    for other in ("flow.unknown", "flow.other_identified"):
        section, numbers = opened(mark.format(other))
        assert not numbers and section.find(".//a") is None and text_of(section) == "9 of them"


def test_signs_that_turn_the_direction_of_text_are_taken_out():
    section = parsed('<table><tr><td>a\u202eb<em>c</em>\u2066d</td></tr></table><img alt="\u200fe" src="x"/>'.encode())
    make_plain(section)
    assert "".join(section.itertext()) == "abcd" and section.find("img").get("alt") == "e"


def test_what_the_settings_say_looks_like_that():
    section, _ = opened('<p>On <span class="computed" data-names="search.a.date">January 2, 2026</span></p>')
    assert section.find(".//a").get("class") == "n settings"


def test_rows_of_studies_lead_to_the_studies_and_their_numbers_to_their_cells(tmp_path):
    name = "Doe and a great many others of her school"
    cited = f"{name} <sup><a href='#r'>1</a></sup>"
    rows = f"<tr><td>{cited}</td><td>9</td><td>none</td></tr><tr><td>Total</td><td>7</td></tr>"
    section = parsed(
        "<div id='s-tbl-2'><div class='caption'><p><span class='numbering'>Table S2</span></p></div>"
        f"<table><tbody>{rows}</tbody></table></div>".encode()
    )
    columns = [("study", ""), ("cases", "cases"), ("other", "")]
    studies = [{"study_id": "doe", "cases": 9}]
    about = matter(tmp_path, "# Results\n\nNothing.\n", {"supplement": TREE["supplement"]}, studies=studies)
    background = Background(about, {}, {"tbl:outcomes": TableColumns(["doe", "total"], columns)})
    first, second = open_rows(section, background, {"doe"}, 4)
    assert [(one.get("class"), one.text, one.get("href")) for one in section.xpath(".//a[@class]")] == [
        ("n study long", name, "#study/doe"),
        ("n table", "9", "#n5"),
        ("n table", "7", "#n6"),
    ]
    assert (first.section, first.text, first.study, first.column) == ("Table S2", "9", "doe", "cases")
    assert second.study == "total"


def test_cells_of_an_outcome_are_the_values_that_they_print():
    ledger = {name: count(1, "x") for name in ("grade.low_pain", "grade.low_pain.risk", "meta.low_pain.n_studies")}
    cell = Number("Table 2", "", "9", "", "table", study="low pain", files=("results/grade.json",))
    names = {column: with_values(replace(cell, column=column), ledger).values for column in ("risk_with", "relative")}
    assert names == {"risk_with": ("grade.low_pain.risk",), "relative": ("grade.low_pain",)}
    assert with_values(replace(cell, files=("results/studies.json",)), ledger).values == ()
    made = values_of([with_values(replace(cell, column="studies"), ledger)], ledger, [])
    assert made["numbers"]["1"]["source"] == "outcome" and list(made["values"]) == ["meta.low_pain.n_studies"]
