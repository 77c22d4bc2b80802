import json
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop, Issue
from prismake.manuscript.model import read_manuscript
from scripts import render as rendering

from tests.ledgers import ledger_document
from tests.places import SCHEMAS

TABLE = {
    "id": "one",
    "caption": "Studies | all",
    "wide": True,
    "columns": [{"id": "a", "header": "Study"}, {"id": "b", "header": "n|N", "align": "right", "width": 0.5}],
    "rows": [["Smith [@smith2020]", "a|b"], ["Wu", r"1 \| 2"]],
    "notes": ["As reported."],
    "abbreviations": [["PVP", "percutaneous vertebroplasty"]],
}


VALUES = {"flow": {"included": 2}, "search": {"last_date": "2025-12-16"}}


@pytest.fixture
def review(tmp_path):
    files = {
        "values.json": json.dumps(ledger_document(VALUES)),
        "one.json": json.dumps(TABLE),
        "prisma.txt": 'Flow of "records".',
        "figures.json": "[]",
        "references.json": json.dumps([{"id": "smith2020"}, {"id": "wu2021"}]),
        "abbreviations.csv": "abbreviation,expansion\nPVP,percutaneous vertebroplasty\nKP,kyphoplasty\n",
        "metadata.yaml": "title: T\nabstract: We found {{ flow.included | words }}.\n"
        "figures: {prisma: {caption: Flow}}\n",
        "01.md": "# Results\n\nSee [@tbl:one] and [@fig:prisma] on PVP [@smith2020; @wu2021].\n\n"
        '{{ table("one") }}\n\n{{ figure("prisma") }}\n',
        "02.md": "# Abbreviations {.unnumbered .declaration}\n\n{{ abbreviations() }}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def build(folder, uncited="stop", plots=(), possible=(), **options):
    sources = rendering.Sources(
        sections=[folder / "02.md", folder / "01.md"],
        metadata=folder / "metadata.yaml",
        values=folder / "values.json",
        tables=[folder / "one.json"],
        figures=[folder / "prisma.svg", folder / "prisma.txt", folder / "figures.json"],
        plots=list(plots),
        references=folder / "references.json",
        abbreviations=[folder / "abbreviations.csv", SCHEMAS / "abbreviations.schema.yaml"],
    )
    rendering.render(
        sources=sources,
        model=folder / "out" / "manuscript.json",
        markdown=folder / "out" / "manuscript.md",
        ledger=folder / "out" / "used.csv",
        options={"uncited": uncited, "plots": possible, **options},
    )
    return (folder / "out" / "manuscript.md").read_text()


def stopped(folder):
    with pytest.raises(BuildStop) as caught:
        build(folder)
    assert not (folder / "out").exists()
    return str(caught.value)


def test_the_head_of_a_draft_says_so(review):
    assert "\ndraft: true\n" in build(review, draft=True).split("---")[1]
    assert "draft" not in build(review).split("---")[1]


def test_the_manuscript_is_resolved_to_one_file(review):
    text = build(review)
    assert "abstract: We found two.\n" in text
    assert '::: {#tbl:one .table .wide widths="1 0.5" align="l r"}' in text
    assert r"| Smith [@smith2020] | a\|b |" in text and r"| Wu | 1 \| 2 |" in text
    assert "**Abbreviations:** PVP, percutaneous vertebroplasty." in text
    assert f'![Flow]({review}/prisma.svg){{#fig:prisma alt="Flow of &#34;records&#34;."}}' in text
    assert "\n\nPVP, percutaneous vertebroplasty.\n" in text and "KP" not in text
    assert "tables: 1\nfigures: 1\n" in text
    assert (review / "out" / "used.csv").read_text() == (
        f"file,line,expression,printed,values\n{review}/metadata.yaml,2,flow.included | words,two,flow.included\n"
    )


def append(folder, text):
    with (folder / "01.md").open("a") as file:
        file.write(text)


def test_an_unknown_citation_stops_at_its_line(review):
    append(review, "\nMore [@smth2020].\n")
    text = stopped(review)
    assert "01.md:9: 'smth2020': the bibliography has no such key" in text and "did you mean 'smith2020'?" in text


def test_a_cross_reference_to_nothing_stops(review):
    append(review, "\nSee [@tbl:two].\n")
    assert "01.md:9: 'tbl:two': there is no such table or figure" in stopped(review)


def test_a_table_that_no_sentence_mentions_stops(review):
    source = review / "01.md"
    source.write_text(source.read_text().replace("[@tbl:one]", "the table"))
    assert "01.md:5: 'tbl:one': the text never mentions it" in stopped(review)


def test_a_citation_in_the_abstract_must_be_known(review):
    source = review / "metadata.yaml"
    source.write_text(source.read_text().replace("words }}.", "words }} [@nope2020]."))
    assert "metadata.yaml:2: 'nope2020': the bibliography has no such key" in stopped(review)


def test_an_unknown_table_names_the_nearest(review):
    append(review, '\n{{ table("on") }}\n')
    assert "01.md:9: there is no table 'on': did you mean 'one'?" in stopped(review)


def test_a_reference_to_a_table_that_no_text_places_says_how_to_place_it(review):
    text = (review / "01.md").read_text()
    (review / "01.md").write_text(text.replace('{{ table("one") }}', ""))
    assert """'tbl:one': the text does not place this table\n  -> place it: {{ table("one") }}""" in stopped(review)


def test_a_table_that_no_text_places_is_named(review, caplog):
    text = (review / "01.md").read_text()
    (review / "01.md").write_text(text.replace('{{ table("one") }}', "").replace("[@tbl:one] and ", ""))
    build(review)
    paste = """the text does not place 1 table: one\n  -> paste this where it belongs:\n     {{ table("one") }}"""
    assert paste in caplog.text
    caplog.clear()
    (review / "one.json").write_text(json.dumps({**TABLE, "rows": []}))
    build(review)
    assert "does not place" not in caplog.text


def test_a_figure_that_no_text_places_is_named(review, caplog):
    text = (review / "01.md").read_text()
    (review / "01.md").write_text(text.replace('{{ figure("prisma") }}', "").replace("[@fig:prisma]", "a figure"))
    build(review)
    assert "the text does not place 1 figure: prisma" in caplog.text and '{{ figure("prisma") }}' in caplog.text


def test_uncited_works_stop_or_warn(review, caplog):
    (review / "references.json").write_text(json.dumps([{"id": k} for k in ("smith2020", "wu2021", "zhu2022")]))
    assert "the text never cites 1 work: zhu2022" in stopped(review)
    assert "set manuscript.uncited to 'warn'" in stopped(review)
    assert build(review, uncited="warn")
    assert "-> cite them or remove them" in caplog.text and "'warn'" not in caplog.text


def test_an_address_is_not_a_citation(review):
    append(review, "\nWrite to a.b@example.org or \\@nobody.\n")
    assert build(review)


def test_paths_are_taken_in_the_order_of_their_names(review):
    assert build(review).index("# Results") < build(review).index("# Abbreviations")
    assert Path(review / "out").is_dir()


def test_a_word_that_no_page_holds_is_reported_at_its_line(review):
    append(review, "\n" + "x" * 1001 + "\n")
    assert "01.md:9: a word of 1,001 letters: 'xxxx" in stopped(review)


OWN = {"id": "site", "source": "figures/site.png", "file": "results/manuscript/figures/site.png"}


def own_figure(folder, metadata, prose):
    (folder / "figures.json").write_text(json.dumps([OWN]))
    text = (folder / "metadata.yaml").read_text().replace("figures: {prisma", f"figures: {{{metadata}prisma")
    (folder / "metadata.yaml").write_text(text)
    append(folder, prose)


def test_an_own_figure_has_its_panels_lettered_and_its_alternative_text(review):
    printed = "site: {caption: The site, alt: 'A \"map\"', panels: [before., after]}, "
    own_figure(review, printed, '\nSee [@fig:site].\n\n{{ figure("site") }}\n')
    text = build(review)
    expected = "![The site. (**A**) before; (**B**) after.](results/manuscript/figures/site.png){#fig:site alt="
    assert f'{expected}"A &#34;map&#34;"}}' in text and "figures: 2\n" in text


def test_a_picture_in_the_prose_names_the_file_as_the_section_sees_it(review):
    own_figure(review, "", '\nSee [@fig:site].\n\n![The [@wu2021] site](figures/site.png){#fig:site alt="A map"}\n')
    build(review)
    (items,) = [item for item in read_manuscript(review / "out/manuscript.json").floats if item.id == "fig:site"]
    assert items.file == "results/manuscript/figures/site.png" and items.caption == "The [@wu2021] site"


def test_what_an_own_figure_lacks_is_reported_at_once(review):
    own_figure(
        review,
        "other: {caption: x}, ",
        '\nSee [@fig:site].\n\n{{ figure("site") }}\n\n![C](figures/sight.png){#fig:c}\n',
    )
    message = stopped(review)
    for expected in (
        "the figure 'site' has no caption",
        "add figures.site.caption",
        "the figure 'site' has no alternative text",
        "01.md:13: 'figures/sight.png': there is no such figure",
        "did you mean 'figures/site.png'?",
        "'other' is described, but the figure does not exist",
    ):
        assert expected in message, message


def test_a_plot_is_mentioned_with_all_its_pages(review):
    pages: list[dict[str, Any]] = [
        {"id": "forest_x", "file": f"{n}.svg", "part": n, "parts": 2, "alt": f"Page {n}", "notes": [], "pending": False}
        for n in (1, 2)
    ]
    (review / "plots.json").write_text(json.dumps(pages), encoding="utf-8")
    metadata = review / "metadata.yaml"
    metadata.write_text(metadata.read_text().replace("figures: {", "figures: {forest_x: {caption: Trials}, "))
    with (review / "01.md").open("a", encoding="utf-8") as text:
        text.write('\nSee [see @fig:forest_x, above].\n\n{{ figure("forest_x") }}\n')
    build(review, plots=[review / "plots.json"])
    manuscript = json.loads((review / "out" / "manuscript.json").read_text())
    mentioned = [mention["key"] for mention in manuscript["citations"] if "forest" in mention["key"]]
    assert mentioned == ["fig:forest_x", "fig:forest_x-2"]


def test_a_plot_that_could_be_drawn_is_named_where_the_text_misspells_it(review):
    with (review / "01.md").open("a", encoding="utf-8") as text:
        text.write('\n{{ figure("forest_mortalty") }}\n')
    with pytest.raises(BuildStop, match="did you mean 'forest_mortality'"):
        build(review, possible=["forest_mortality"])


def test_a_plot_whose_name_an_expression_puts_together_is_to_be_written_out(review):
    with (review / "01.md").open("a", encoding="utf-8") as text:
        text.write('\n{{ figure("forest_" ~ "pain") }}\n')
    with pytest.raises(BuildStop, match="the plot 'forest_pain' is not drawn, as no section has its name in one piece"):
        build(review, possible=["forest_pain"])


def test_an_own_figure_that_stands_nowhere_is_warned_of(review, monkeypatch):
    issues: list[Issue] = []
    monkeypatch.setattr(rendering, "warn", issues.append)
    own_figure(review, "", "")
    build(review)
    assert [issue.code for issue in issues] == ["unused-figure"] and issues[0].where == "figures/site.png"


def test_values_in_an_alternative_text_are_plain(review):
    (review / "values.json").write_text(json.dumps(ledger_document({**VALUES, "name": "A & B_c"})))
    own_figure(review, "site: {caption: C, alt: '{{ name }} \\\\ x'}, ", '\nSee [@fig:site].\n\n{{ figure("site") }}\n')
    assert 'alt="A &#38; B&#95;c' in build(review)
