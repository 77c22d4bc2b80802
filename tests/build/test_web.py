"""The example's page in a real browser: doors, lists of the flow, search, keyboard, print, and what it may not do."""

import base64
import csv
import gzip
import html
import json
import re
from typing import Any

import pytest
import rispy
from lxml import etree

from tests.browser import EVERY_RULE, RULES_OF_COLOURS, Visit

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def page_file(example):
    return example / "results/manuscript/manuscript.html"


@pytest.fixture
def visit(chromium, page_file):
    made = Visit(chromium, page_file, viewport={"width": 1300, "height": 900})
    yield made
    assert made.faults == []
    made.page.close()


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_number_that_was_computed_is_a_door(example, page_file):
    page, _, _ = page_file.read_text(encoding="utf-8").partition('<section class="supplement">')
    doors = re.findall(r'<a href="#n\d+" id="n\d+" class="n (\w+)">([^<]+)</a>', page)
    computed = [row for row in rows(example / "results/audit/numbers.csv") if row["source"] == "value"]
    # Names of the supplement's tables lead to these.
    listed = [row for row in computed if "supplement." not in row["values"]]
    assert sorted(html.unescape(text) for source, text in doors if source in ("value", "settings")) == sorted(
        row["number"] for row in listed
    )
    assert "unexplained" not in {source for source, _ in doors}


def content_of(page_file):
    """The data of the page, and its markup."""
    page = page_file.read_text(encoding="utf-8")
    (packed,) = re.findall(r'id="data">([^<]*)<', page)
    tree: Any = etree.fromstring(page.encode(), etree.HTMLParser(huge_tree=True))
    return json.loads(gzip.decompress(base64.b64decode(packed))), tree


def test_every_number_of_a_table_leads_to_what_is_behind_it(page_file):
    """But for names of items and levels, lines of a search, and titles of reports, whose rows lead to their records."""
    _, tree = content_of(page_file)
    cells = tree.xpath(
        "//div[contains(@class, 'tbl')]//tbody/tr[not(.//a[starts-with(@href, '#record/')])]/*[self::td or self::th]"
    )
    left = [
        " ".join(text.split())
        for cell in cells
        for text in cell.xpath(".//text()[not(ancestor::a) and not(ancestor::*[@class='as-typed'])]")
        if re.search(r"\d", text)
    ]
    without_names = [re.sub(r"[TLSQ]\d+|^#\d+$", "", text) for text in left]
    assert len(cells) > 250 and not [text for text in without_names if re.search(r"\d", text)]


def test_the_numbers_of_the_supplement_are_those_of_their_values_and_lists(page_file):
    data, tree = content_of(page_file)
    boxes = {box["id"]: box for box in data["records"]["boxes"]}
    doors = tree.xpath("//section[@class='supplement']//a[@class='n value']")
    listed = 0
    for door in doors:
        number = data["numbers"][door.get("href")[2:]]
        values = [data["values"][name] for name in number["values"]]
        assert int(door.text.replace(",", "")) == sum(int(value["result"]) for value in values), number
        for value in values:
            if "box" in value:
                box = boxes[value["box"]]
                assert len(box["records"]) == int(value["result"]) == box["n"]
                listed += 1
    assert len(doors) > 40 and listed >= len(doors)


def test_every_door_says_what_is_behind_it(visit):
    faults = visit.page.evaluate("""async () => {
        const source = await data(), doors = [...document.querySelectorAll("a.n")];
        return doors.filter((door) => {
            const view = viewOf(source, door.getAttribute("href"));
            return !view || !view.title || view.parts.flat().filter(Boolean).length < 2;
        }).map((door) => door.outerHTML).concat(doors.length > 100 ? [] : ["few doors"]);
    }""")
    assert faults == []


def test_a_number_leads_to_its_list_to_a_record_and_back(example, visit):
    page, identified = visit.page, rows(example / "results/flow/identified.csv")
    door = page.locator("#abstract ~ .abstract a.n.value", has_text=str(len(identified))).first
    door.click()
    assert visit.title == str(len(identified))
    assert "results/flow/identified.csv" in page.locator("#panel-body").inner_text()
    page.get_by_role("link", name="Open the list").click()
    assert page.locator("#panel-body .count").inner_text() == f"{len(identified)} records"
    page.locator(".rows a").first.click()
    assert visit.title == identified[0]["title"]
    text = page.locator("#panel-body").inner_text()
    assert identified[0]["record_id"] in text and "Screening" in text and "Counted in" in text
    page.locator("#back").click()
    page.locator(".rows a").first.wait_for()
    page.locator("#back").click()
    page.get_by_role("link", name="Open the list").wait_for()
    assert visit.title == str(len(identified))
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.id") == door.get_attribute("id")


def test_the_lists_of_the_figure_are_those_of_the_flow(example, visit):
    links = visit.page.locator("svg.flow a")
    routes = {links.nth(number).get_attribute("href").removeprefix("#box/") for number in range(links.count())}
    flow = {path.stem for path in (example / "results/flow").glob("*.csv")}
    # Boxes that the figure does not show have lists too.
    assert routes <= flow and {"identified", "duplicates", "included", "fulltext.excluded"} <= routes
    for box in sorted(flow):
        listed = visit.page.evaluate(
            """async (box) => {
                const source = await data(), reasons = source.boxes.get(box).reasons;
                return source.box(box).map((place, row) =>
                    [source.field("id", place), reasons ? cell(reasons, row) : ""]);
            }""",
            box,
        )
        expected = rows(example / f"results/flow/{box}.csv")
        assert [id for id, _ in listed] == [row["record_id"] for row in expected]
        # Notes of reviewers follow the reasons there, and are left out here.
        assert all(row["reason"].startswith(reason) for (_, reason), row in zip(listed, expected, strict=True))
        assert any(reason for _, reason in listed) == any(row["reason"] for row in expected)


def test_works_of_each_combination_of_databases_are_listed(example, visit):
    """As the figure of the overlap counts them."""
    unique = rows(example / "results/dedup/sources.csv")
    listed = visit.page.evaluate("""async () => {
        const source = await data();
        return [...source.boxes.values()].filter((box) => box.role === "overlap").map((box) => [box.label, box.n]);
    }""")
    assert sum(number for _, number in listed) == int(unique[-1]["works"])
    alone = {row["database"]: int(row["unique"]) for row in unique[:-1]}
    assert {label.removesuffix(" alone"): number for label, number in listed if " and " not in label} == alone


def test_a_list_is_searched_sorted_and_saved(example, visit):
    page = visit.page
    page.locator("a.list[href='#box/identified']").click()
    page.locator("#list-search").fill("prismake.0256")
    assert page.locator("#panel-body .count").inner_text().startswith("1 of ")
    page.locator("#list-search").fill("")
    page.locator("#list-order").select_option("year")
    years = [text.split(" · ")[0] for text in page.locator(".rows li .about").all_inner_texts()]
    assert years and years == sorted(years)
    page.locator("#list-order").select_option("")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").click()
    assert [row["record_id"] for row in rows(saved.value.path())] == [
        row["record_id"] for row in rows(example / "results/flow/identified.csv")
    ]
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as RIS").click()
    # Of what stands outside the open dialog nothing is read out.
    assert (
        page.locator("dialog #status").inner_text()
        == f"Saved {len(rows(example / 'results/flow/identified.csv'))} records."
    )
    entries = rispy.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [entry["title"] for entry in entries] == [
        row["title"] for row in rows(example / "results/flow/identified.csv")
    ]


def test_a_study_shows_its_row_its_appraisal_and_its_reports(visit):
    visit.page.locator("a.n.study", has_text="Wagner et al").first.click()
    assert visit.title == "Wagner et al 2016"
    text = visit.page.locator("#panel-body").inner_text()
    assert "World Neurosurg" in text and "JBI critical appraisal" in text
    visit.page.keyboard.press("Escape")
    visit.page.locator("a.n.study", has_text="Unclear").first.click()
    assert "unclear" in visit.page.locator("tr.wanted").inner_text()


def test_a_citation_shows_its_reference(visit):
    link = visit.page.locator("a[role=doc-biblioref]").first
    link.focus()
    tip = visit.page.locator("#tip").inner_text()
    assert tip.startswith("1.") and link.get_attribute("aria-describedby") == "tip"
    visit.page.keyboard.press("Escape")
    assert visit.page.locator("#tip").is_hidden()


def test_where_numbers_come_from_is_shown_on_request(visit):
    page, door = visit.page, visit.page.locator("a.n.value").first
    before = door.evaluate("one => getComputedStyle(one).color")
    page.locator("#sources").click()
    assert door.evaluate("one => getComputedStyle(one).color") != before
    assert page.locator(".legend").is_visible() and page.locator("#sources").get_attribute("aria-pressed") == "true"


def test_tables_sort_and_filter(visit):
    table = visit.page.locator(".float.tbl table").first
    first = table.locator("tbody tr:visible th")
    # As they are read out: names without arrows, and rows by their studies.
    table.get_by_role("columnheader", name="Cases", exact=True).get_by_role("button").click()
    assert table.get_by_role("rowheader").count() == table.locator("tbody tr").count()
    cases = [int(text) for text in table.locator("tbody td:nth-child(6)").all_inner_texts()]
    assert cases == sorted(cases) and table.locator("th[aria-sort=ascending]").count() == 1
    visit.page.get_by_label("Filter the rows of Table 1").fill("germany")
    assert first.count() == 1 and "Wagner" in first.inner_text()


def test_the_keyboard_is_enough(visit):
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.locator("a.n.value").first.focus()
    page.keyboard.press("Enter")
    assert visit.title and page.evaluate("document.activeElement.id") == "panel-title"
    page.keyboard.press("Escape")
    page.locator("svg.flow a[href='#box/identified']").first.focus()
    page.keyboard.press("Enter")
    page.locator(".list-view").focus()
    page.keyboard.press("End")
    page.locator(".rows li[aria-posinset='428']").wait_for()


@pytest.mark.parametrize(
    ("scheme", "width", "rules"),
    [("light", 1300, EVERY_RULE), ("dark", 1300, RULES_OF_COLOURS), ("light", 390, EVERY_RULE)],
    ids=["light", "dark", "phone"],
)
def test_no_barrier(chromium, page_file, scheme, width, rules):
    visit = Visit(chromium, page_file, viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert visit.barriers(rules) == []
    visit.page.locator("#sources").click()
    for door in ("a.n.value", "a.n.study", "a.list"):
        visit.page.locator(door).first.click()
        visit.page.locator("dialog[open]").wait_for()
        assert visit.barriers(rules) == []
        visit.page.keyboard.press("Escape")
    assert visit.faults == []
    visit.page.close()


@pytest.mark.parametrize("width", [320, 650])
def test_nothing_is_wider_than_a_narrow_window(chromium, page_file, width):
    """A phone, and a window at 200 %."""
    visit = Visit(chromium, page_file, viewport={"width": width, "height": 700})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    visit.page.close()


def test_it_prints_the_article_alone(visit):
    visit.page.emulate_media(media="print")
    assert visit.page.locator("article").is_visible()
    assert not any(
        visit.page.locator(part).first.is_visible() for part in (".controls", ".contents", "section.records")
    )
    assert visit.page.locator(".journal").is_visible()
    assert visit.page.locator("svg.flow .words").first.evaluate("one => getComputedStyle(one).fill") == "rgb(0, 0, 0)"
    assert visit.page.pdf(format="A4").startswith(b"%PDF")


def test_reduced_motion_is_respected(chromium, page_file):
    behaviors = []
    for wish in ("reduce", "no-preference"):
        visit = Visit(chromium, page_file, reduced_motion=wish)
        behaviors.append(visit.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior"))
        visit.page.close()
    assert behaviors == ["auto", "smooth"]


def test_an_address_opens_what_it_names(chromium, page_file):
    visit = Visit(chromium, page_file, "#box/duplicates")
    assert visit.title == "Duplicate records removed"
    visit.page.keyboard.press("Escape")
    visit.page.evaluate("location.hash = '#box/included'")
    assert "included" in visit.title
    visit.page.close()


def test_the_policy_lets_no_other_program_in(chromium, page_file):
    visit = Visit(chromium, page_file)
    ran = visit.page.evaluate("""() => {
        const tries = [], add = (tag, change) => {
            const one = document.createElement(tag);
            change(one);
            document.body.append(one);
            one.click();
        };
        for (const attempt of [
            () => { document.body.innerHTML += "<img src=x onerror='window.ran=1'>"; },
            () => add("script", (one) => { one.textContent = "window.ran = 1"; }),
            () => add("a", (one) => { one.setAttribute("onclick", "window.ran = 1"); }),
            () => add("iframe", (one) => { one.srcdoc = "<script>parent.ran=1</script>"; }),
        ]) { try { attempt(); } catch (fault) { tries.push(fault.name); } }
        return [window.ran ?? null, tries.length];
    }""")
    assert ran[0] is None and ran[1] >= 2
    visit.page.close()


def test_private_things_stay_private(example, page_file, visit):
    text = page_file.read_text(encoding="utf-8")
    assert "@example.org" not in text and "mailto:" not in text
    records = visit.page.evaluate(
        "async () => Object.keys((await data()).records).concat(Object.keys((await data()).records.trail))"
    )
    assert not {"abstract", "note", "by"} & set(records)
    notes = {row["note"] for row in rows(example / "results/screening/trail.csv")} - {""}
    shown = visit.page.evaluate("async () => JSON.stringify((await data()).records)")
    assert notes and not [note for note in notes if note in shown]


def test_the_page_is_whole_markup(page_file):
    tree: Any = etree.fromstring(page_file.read_bytes(), etree.HTMLParser(huge_tree=True))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids)) and not tree.xpath("//@style | //article//@onclick")
    assert page_file.stat().st_size < 3_000_000
    links = {link[1:] for link in tree.xpath("//a/@href") if link.startswith("#") and "/" not in link}
    assert links <= set(ids)


def test_the_names_of_the_supplements_tables_lead_to_them(page_file):
    tree: Any = etree.fromstring(page_file.read_bytes(), etree.HTMLParser(huge_tree=True))
    led = {
        link.text: link.get("href")[1:]
        for link in tree.xpath("//a[starts-with(@href, '#s-tbl') and not(ancestor::section[@class='supplement'])]")
    }
    captions = {one.get("id"): "".join(one.itertext()) for one in tree.xpath("//div[@class='caption']")}
    assert set(led) >= {"S1", "S4", "S8"}
    assert all(captions[f"{anchor}-caption"].strip().startswith(f"Table\u00a0{name}") for name, anchor in led.items())
