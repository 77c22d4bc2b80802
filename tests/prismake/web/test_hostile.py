"""Hostile records in a real browser: nothing that a record says becomes markup, script or an address."""

import pytest
from prismake.web.page import listed_boxes, policy

from tests.browser import Visit

from .reviews import page, review

HOSTILE = [
    "<script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "{{ 7 * 7 }}",
    "x" * 2000,
    "\u202eevil\u202c right to left",
    "=HYPERLINK(1)",
]


@pytest.fixture(scope="module")
def visit(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    records = [
        {
            "record_id": f"s:{number}",
            "title": text,
            "author": text,
            "journal": text,
            "doi": f"javascript:alert(1)//{text}",
            "database": text,
            "file": "a.ris",
        }
        for number, text in enumerate(HOSTILE)
    ]
    rows = [(record["record_id"], text) for record, text in zip(records, HOSTILE, strict=True)]
    made = folder / "page.html"
    made.write_text(page(*review(folder, records, {"screened": rows})), encoding="utf-8")
    visit = Visit(chromium, made, "#box/screened", viewport={"width": 900, "height": 900})
    yield visit
    visit.page.close()


def test_texts_of_records_stay_texts(visit):
    visit.page.locator(".rows li").first.wait_for()
    shown = visit.page.locator(".rows a").all_inner_texts()
    assert shown[:4] == HOSTILE[:4] and "evil right to left" in shown[5]
    for number in range(len(HOSTILE)):
        view = visit.page.evaluate(
            "async (n) => { await panel.open(routeTo('record', 's:' + n));"
            "const link = document.querySelector('#panel-body a[rel]');"
            "return [link.protocol, link.hostname, window.ran ?? null]; }",
            number,
        )
        assert view == ["https:", "doi.org", None]
    assert visit.faults == []


def test_ten_thousand_authors_do_not_bury_a_record(visit):
    tag, first, whole = visit.page.evaluate(
        "names => (one => [one.tagName, one.firstChild.textContent, one.textContent.length])(authorParts(names))",
        "; ".join(f"A{number}" for number in range(10_000)),
    )
    assert tag == "DETAILS" and first.endswith("A8; A9 and 9,990 others")
    assert whole > 50_000 and visit.page.evaluate("names => authorParts(names).tagName", "A; B") == "BDI"


def test_a_spreadsheet_takes_no_cell_for_a_formula(visit):
    cells = visit.page.evaluate("['=1', '+1', '-1', '@a', '\\tb', 'a,b', 'a\"b', 'plain'].map(csvCell)")
    assert cells == ["'=1", "'+1", "'-1", "'@a", "'\tb", '"a,b"', '"a""b"', "plain"]


def test_a_long_list_draws_what_is_in_view(chromium, tmp_path):
    records = [
        {"record_id": f"s:{number}", "title": f"Étude {number}", "database": "D", "file": "f"}
        for number in range(10_000)
    ]
    made = tmp_path / "page.html"
    made.write_text(
        page(*review(tmp_path, records, {"screened": [(one["record_id"], "") for one in records]})), encoding="utf-8"
    )
    visit = Visit(chromium, made, "#box/screened")
    visit.page.locator(".rows li").first.wait_for()
    assert visit.page.locator(".rows li").count() < 60
    visit.page.locator("#list-search").fill("etude 9999")
    assert visit.page.locator(".rows a").all_inner_texts() == ["Étude 9999"]
    item = visit.page.locator(".rows li").first
    assert (item.get_attribute("aria-setsize"), item.get_attribute("aria-posinset")) == ("1", "1")
    visit.page.locator("#list-search").fill("")
    visit.page.evaluate("document.querySelector('.list-view').scrollTop = 1e9")
    visit.page.locator(".rows li[aria-posinset='10000']").wait_for()
    visit.page.close()


def test_the_policy_names_the_program_that_is_there_and_nothing_else():
    made = policy("a{}", "let b;")
    assert "unsafe" not in made and made.startswith("default-src 'none'; script-src 'sha256-")
    assert policy("a{}", "let c;") != made


def test_boxes_stand_under_their_parents():
    boxes = [
        {"id": "a", "label": "A:", "n": 2, "records": "x"},
        {"id": "b", "label": "B", "n": 1, "parent": "a"},
        {"id": "c", "label": "C", "n": 1, "parent": "b", "shown": False},
        {"id": "d", "label": "D", "n": 1, "parent": "elsewhere"},
    ]
    made = [(box["label"], box["depth"], box["listed"]) for box in listed_boxes({"boxes": boxes})]
    assert made == [("A", 0, True), ("B", 1, False), ("D", 0, False)]


ODD = ["a/b#c%d \"e' é", "..", "__proto__", "constructor", "%41", "<i>"]


def test_any_id_has_an_address_that_opens_it(chromium, tmp_path):
    """Ids of studies and boxes may have any character; a damaged address opens nothing."""
    files, flow = review(tmp_path, [{"record_id": "s:1", "database": "D", "file": "f"}], {"a": [("s:1", "")]})
    flow["boxes"] = [{**flow["boxes"][0], "id": name} for name in ODD]
    made = tmp_path / "page.html"
    made.write_text(page(files, flow), encoding="utf-8")
    visit = Visit(chromium, made, "#box/%E0%A4%A")
    assert visit.title == "Not in this version"
    visit.page.keyboard.press("Escape")
    opened = visit.page.evaluate(
        """async (ids) => {
            const source = await data(), add = (id) => [id, { name: id, row: [], appraisals: [], records: [] }];
            const title = (address) => viewOf(source, address)?.title ?? null;
            const absent = ["study/constructor", "study/__proto__", "study/%", "box/x", "record/0"];
            const none = absent.map((at) => title("#" + at));
            source.studies = Object.fromEntries(ids.map(add));
            const [studies, boxes] = ["study", "box"].map((kind) => ids.map((id) => title(routeTo(kind, id))));
            return [none, studies, boxes,
                [...studyLinks(source, ids).querySelectorAll("a")].map((link) => title(link.getAttribute("href")))];
        }""",
        ODD,
    )
    assert opened == [[None] * 5, ODD, ["a"] * len(ODD), ODD]
    for number, link in enumerate(visit.page.locator("a.list").all()):
        link.click()
        assert visit.title == "a", ODD[number]
        visit.page.keyboard.press("Escape")
    assert visit.faults == []
    visit.page.close()


def test_columns_sort_by_the_numbers_with_which_cells_begin(visit):
    sort = "(cells) => cells.sort(compareCells)"
    assert visit.page.evaluate(sort, ["NA", "1,200", "", "999", "−0.5", "0.9 (2)", "0.12", "<0.001", "T12", "T2"]) == [
        "−0.5",
        "<0.001",
        "0.12",
        "0.9 (2)",
        "999",
        "1,200",
        "T2",
        "T12",
        "",
        "NA",
    ]
    falling = "(cells) => cells.sort((one, other) => compareCells(one, other, true))"
    assert visit.page.evaluate(falling, ["2", "NA", "10", "", "all"]) == ["10", "2", "all", "NA", ""]


def test_a_header_with_a_link_has_its_button_beside_the_link(chromium, tmp_path):
    rows = "".join(f"<tr><td>{n}</td><td>b</td></tr>" for n in ("0.9", "", "0.12", "10", "2"))
    table = f'<table><thead><tr><th>A <a href="#x">1</a></th><th>B</th></tr></thead><tbody>{rows}</tbody></table>'
    article = f'<div class="float tbl"><div class="scroll">{table}</div></div>'
    made = tmp_path / "page.html"
    made.write_text(page(*review(tmp_path, [{"record_id": "s:1"}], {"a": [("s:1", "")]}), article), encoding="utf-8")
    visit = Visit(chromium, made)
    assert visit.page.locator("button a").count() == 0
    orders = []
    for _ in range(2):
        visit.page.get_by_role("button", name="Sort by A 1").click()
        orders.append(visit.page.locator("td:first-child").all_inner_texts()[:5])
    assert orders == [["0.12", "0.9", "2", "10", ""], ["10", "2", "0.9", "0.12", ""]]
    visit.page.close()
