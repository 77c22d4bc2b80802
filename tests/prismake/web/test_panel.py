"""How a reader goes through the page in a real browser: Back, closing, addresses that last, lists met again."""

import pytest

from tests.browser import Visit

from .reviews import page, review

COUNT = 40
RECORDS = [
    {
        "record_id": f"db:{number}",
        "title": f"Title {number}",
        "author": "Doe, J",
        "year": "2020",
        "journal": "J Long Name of Things",
        "doi": f"10.1/{COUNT - number}" if number else "",
        "pmid": "123" if number == 1 else "",
        "database": "D",
        "file": "f",
    }
    for number in range(COUNT)
]
LABEL = "A study whose authors gave it a name of a great many words that no column holds on one line"
BODY = "".join(f"<tr><td>{name}</td><td>b</td></tr>" for name in ("one", "two", "three", "four", "five"))
ARTICLE = f"""<h2 id="discussion">Discussion</h2>
<p>We read <a href="#n1" id="n1" class="n value">40</a> records,
and <a href="#n2" id="n2" class="n typed">7</a> more.</p>
<p>Others<sup><a href="#ref-a" role="doc-biblioref">1</a>–<a href="#ref-c" role="doc-biblioref">3</a></sup> and
<sup><a href="#ref-b" role="doc-biblioref">2</a></sup>.</p>
<div class="float tbl"><div class="scroll"><table><thead><tr><th>A</th><th>B</th></tr></thead>
<tbody>{BODY}<tr><td><a href="#n3" id="n3" class="n value">40</a></td>
<td><a href="#study/x" class="n study long">{LABEL}</a></td></tr></tbody></table></div></div>
<div><div id="ref-a">1. First</div><div id="ref-b">2. Second</div><div id="ref-c">3. Third</div></div>"""
NUMBERS = {
    "1": {"source": "value", "text": "40", "values": ["flow.read"]},
    "2": {"source": "typed", "text": "7", "before": "records, and ", "after": " more."},
    "3": {"source": "value", "text": "40", "values": ["flow.read"]},
}
SCROLLED = "document.querySelector('.list-view').scrollTop"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("panel")
    rows = [(one["record_id"], "" if place < 30 else f"reason {COUNT - place}") for place, one in enumerate(RECORDS)]
    file = folder / "page.html"
    file.write_text(page(*review(folder, RECORDS, {"screened": rows}), ARTICLE, numbers=NUMBERS), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def opened(chromium, made):
    visit = Visit(chromium, made, viewport={"width": 1300, "height": 900})
    visit.page.set_default_timeout(20_000)
    yield visit
    assert visit.faults == []
    visit.page.close()


@pytest.fixture
def visit(opened):
    """The page without a panel, at its discussion."""
    opened.page.evaluate("location.hash = ''")
    opened.page.locator("#panel:not([open])").wait_for(state="attached")
    opened.page.evaluate("location.hash = 'discussion'")
    return opened


def until(visit, condition, arg=None):
    """Waits until a condition holds, from outside: the page's policy forbids what `wait_for_function` does inside."""
    for _ in range(400):
        if visit.page.evaluate(condition, arg):
            return
        visit.page.wait_for_timeout(50)
    raise AssertionError(condition)


def closed(visit):
    visit.page.locator("#panel:not([open])").wait_for(state="attached")
    until(visit, "location.hash === '#discussion' && !history.state")
    return True


def titled(visit, title):
    until(visit, "title => document.querySelector('dialog[open] h2')?.innerText === title", title)
    return True


def test_back_leads_from_panel_to_panel_and_to_the_article(visit):
    visit.page.locator("a.list").first.click()
    assert titled(visit, "screened")
    visit.page.locator(".rows a").first.click()
    assert titled(visit, "Title 0")
    visit.page.go_back()
    assert titled(visit, "screened")
    visit.page.go_forward()
    assert titled(visit, "Title 0")
    visit.page.go_back()
    visit.page.go_back()
    assert closed(visit)


def test_closing_leads_to_where_the_reader_was_whatever_was_opened(visit):
    length = visit.page.evaluate("history.length")
    visit.page.locator("a.list").first.click()
    visit.page.locator(".rows a").first.click()
    assert titled(visit, "Title 0")
    visit.page.keyboard.press("Escape")
    visit.page.locator("#n1").click()
    assert titled(visit, "40") and visit.page.evaluate("history.length") == length + 1
    visit.page.keyboard.press("Escape")
    assert closed(visit)


def test_a_double_click_opens_once(visit):
    visit.page.locator("#n1").dblclick()
    assert titled(visit, "40") and visit.page.locator("#back").is_hidden()
    visit.page.wait_for_timeout(100)
    assert visit.page.locator("dialog[open]").count() == 1


def test_only_a_click_beside_the_panel_closes_it(visit):
    visit.page.locator("#n1").click()
    assert titled(visit, "40")
    visit.page.evaluate("panel.openedAt -= 1000")
    quote, mouse = visit.page.locator(".quote").bounding_box(), visit.page.mouse
    mouse.move(quote["x"] + 20, quote["y"] + 10)
    mouse.down()
    mouse.move(200, 400)
    mouse.up()
    assert visit.page.locator("dialog[open]").count() == 1
    mouse.click(200, 400)
    assert closed(visit)


def test_a_list_is_as_it_was_after_a_record(visit):
    visit.page.locator("a.list").first.click()
    visit.page.locator("#list-search").fill("title")
    visit.page.locator("#list-order").select_option("doi")
    visit.page.evaluate(f"{SCROLLED} = 2000")
    link = visit.page.locator("li[data-row='20'] a")
    link.click()
    assert titled(visit, "Title 19")
    visit.page.locator("#back").click()
    assert titled(visit, "screened")
    assert visit.page.locator("#list-search").input_value() == "title"
    assert visit.page.locator("#list-order").input_value() == "doi"
    assert visit.page.evaluate(SCROLLED) == 2000
    assert visit.page.evaluate("document.activeElement.innerText") == "Title 19"


def test_rows_have_year_source_and_doi_on_any_screen_and_sort_by_doi_and_reason(visit):
    visit.page.locator("a.list").first.click()
    about = visit.page.locator(".rows .about").nth(1)
    for width in (320, 1300):
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.page.evaluate(f"{SCROLLED} = {width} % 7")
        assert about.inner_text() == "2020 · J Long Name of Things · D · 10.1/39"
        assert about.evaluate("one => one.scrollHeight <= one.clientHeight + 1 && one.scrollWidth <= one.clientWidth")
    first, last = visit.page.locator(".rows a").first, f"{SCROLLED} = 1e9"
    visit.page.locator("#list-order").select_option("doi")
    assert first.inner_text() == "Title 39"
    visit.page.evaluate(last)
    visit.page.locator(".rows li[aria-posinset='40'] a", has_text="Title 0").wait_for()
    visit.page.locator("#list-order").select_option("reason")
    assert first.inner_text() == "Title 39"


def test_addresses_name_what_they_open_in_another_version_too(chromium, made, visit):
    shown = []
    for number in (1, 2, 3):
        visit.page.evaluate(f"panel.open('#n{number}')")
        until(visit, "number => location.hash === panel.trail[number - 1]?.route", number)
        shown.append(visit.page.evaluate("location.hash"))
    assert shown == ["#number/flow.read/1", "#number/records%2C%20and%207%20more./1", "#number/flow.read/2"]
    views = visit.page.evaluate(
        "async (routes) => routes.map((source => (one) => viewOf(source, one)?.title ?? null)(await data()))",
        [*shown, "#record/db%3A3", "#record/3", "#number/flow.read/3", "#number/flow.gone/1"],
    )
    assert views == ["40", "7", "40", "Title 3", None, None, None]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("#record/300", "no record “300”"),
        ("#number/flow.gone/1", "no number “flow.gone”"),
        ("#n99", "no such number"),
        ("#nowhere", "no such part"),
    ],
)
def test_an_address_of_nothing_says_so(visit, address, words):
    visit.page.evaluate("address => { location.hash = address; }", address)
    assert titled(visit, "Not in this version") and words in visit.page.locator(".absent").inner_text()
    visit.page.keyboard.press("Escape")


def test_a_link_to_a_hidden_row_uncovers_it(visit):
    field = visit.page.locator(".filter input")
    field.fill("two")
    assert visit.page.locator("#n3").is_hidden()
    visit.page.locator("#n1").click()
    visit.page.locator("a[data-leave][href='#n3']").click()
    assert visit.page.locator("#n3").is_visible() and field.input_value() == ""
    assert visit.page.evaluate("document.activeElement.id") == "n3"
    visit.page.go_back()
    assert titled(visit, "40")


def test_the_ends_of_a_range_show_all_its_references(visit):
    tips = []
    for number in range(3):
        visit.page.locator("a[role=doc-biblioref]").nth(number).focus()
        tips.append(visit.page.locator("#tip p").all_inner_texts())
    assert tips == [["1. First", "2. Second", "3. Third"]] * 2 + [["2. Second"]]


def test_a_saved_list_has_the_number_in_pubmed(visit):
    lines = visit.page.evaluate("async () => asRis(await data(), [{ place: 1 }, { place: 2 }]).split('\\r\\n')")
    assert [line for line in lines if line.startswith("UR")] == ["UR  - https://pubmed.ncbi.nlm.nih.gov/123/"]


def test_a_long_name_of_a_study_is_on_several_lines(visit):
    box = visit.page.locator("a.n.study").bounding_box()
    assert box["width"] <= 256 and box["height"] > 50


def test_a_printed_draft_says_so(visit):
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".draft").is_visible() and visit.page.locator(".journal").is_visible()
    visit.page.emulate_media(media="screen")


def test_sources_have_colors_of_their_own(visit):
    visit.page.evaluate("document.querySelector('.legend').hidden = false; document.body.classList.add('sources')")
    colors = visit.page.locator(".legend .n").evaluate_all("all => all.map((one) => getComputedStyle(one).color)")
    assert len(set(colors)) == len(colors) == 6
