"""Variants: other settings and other parts of the same manuscript, by the same writers."""

import hashlib
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from PIL import Image
from prismake.common.errors import BuildStop
from prismake.document.blinding import author_of, identity_of, own_works, without_works
from prismake.document.variants import VARIANTS, edition_of
from prismake.figures.separate import encoded
from prismake.review.journal import read_profile
from pypdf import PdfReader
from scripts.write_docx import write_docx
from scripts.write_figures import write_figures
from scripts.write_tables import write_tables

from tests.places import FONTS, JOURNALS, SCHEMAS
from tests.prismake.document.conftest import JOURNAL, Review, inside

SCHEMA = SCHEMAS / "journal.schema.yaml"


def profile_with(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = (JOURNAL / "profile.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    target = tmp_path / "profile.yaml"
    target.write_text(text, encoding="utf-8")
    return target


def written(review: Review, variant: str) -> docx.document.Document:
    with inside(review.folder):
        write_docx(files=review.files("word"), docx=Path(f"{variant}.docx"), variant=variant)
    return docx.Document(str(review.folder / f"{variant}.docx"))


def texts(document, style: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def test_an_unknown_variant_is_reported_with_the_nearest():
    with pytest.raises(BuildStop) as stopped:
        edition_of(read_profile(JOURNAL / "profile.yaml", SCHEMA), "blind")
    assert "blinded" in str(stopped.value)


def test_a_variant_leaves_the_profile_as_it_is():
    profile = read_profile(JOURNAL / "profile.yaml", SCHEMA)
    assert edition_of(profile, "reading").profile["text"]["line_spacing"] == 1
    assert profile["text"]["line_spacing"] == 2


@pytest.mark.parametrize("variant", sorted(VARIANTS))
def test_only_the_submission_leaves_out_what_is_a_file_of_its_own(variant, tmp_path):
    path = profile_with(
        tmp_path, ("placement: section", "placement: separate"), ("placement: text", "placement: separate")
    )
    edition = edition_of(read_profile(path, SCHEMA), variant, 1)
    apart = variant in ("submission", "blinded", "table", "section")
    read = {"reading": ["section", "text"], "web": ["text", "text"]}
    where = ["separate"] * 2 if apart else read.get(variant, ["end"] * 2)
    assert [edition.profile[block]["placement"] for block in ("tables", "figures")] == where


def test_the_reading_copy_is_single_spaced_without_line_numbers(review):
    document = written(review, "reading")
    assert document.styles["Body Text"].paragraph_format.line_spacing == 1
    # The abstract follows on the first page.
    abstract = next(paragraph for paragraph in document.paragraphs if paragraph.text == "Abstract")
    assert not abstract.paragraph_format.page_break_before
    assert not any(section._sectPr.xpath("w:lnNumType") for section in document.sections)
    assert len(document.tables) == 2


def test_a_title_page_alone(review):
    document = written(review, "title-page")
    assert texts(document, "Author") and texts(document, "Title")
    assert not texts(document, "Bibliography") and not document.tables
    assert all(not text for text in texts(document, "Heading 1"))


def test_the_submission_without_tables_and_figures_lists_the_legends(review, tmp_path):
    review.profile = profile_with(
        tmp_path,
        ("placement: section", "placement: separate"),
        ("placement: text", 'placement: separate\n  callout: "[{label} about here]"'),
        ("title_page:\n", "title_page:\n  file: separate\n"),
    )
    document = written(review, "submission")
    assert not document.tables and not document.inline_shapes and not texts(document, "Author")
    assert "Figure Legends" in texts(document, "Heading 1")
    assert [text[:9] for text in texts(document, "Image Caption")] == ["Figure\u00a01 "]
    body = " ".join(paragraph.text for paragraph in document.paragraphs)
    assert "[Figure 1 about here]" in body
    # A figure's legend is there to be referred to, a table is not.
    fields = " ".join(node.text for node in document.element.body.iter("{*}instrText"))
    assert "REF _Ref_fig_1" in fields and "REF _Ref_tbl" not in fields
    assert "Table\u00a01" in body


def test_a_journal_without_a_list_of_legends_gets_each_where_its_figure_stood(review, tmp_path):
    review.profile = profile_with(tmp_path, ("placement: text", 'placement: separate\n  legends: ""'))
    document = written(review, "submission")
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    at = styles.index("Image Caption")
    assert styles.count("Image Caption") == 1 and not document.inline_shapes
    assert at < styles.index("Bibliography")
    before = " ".join(paragraph.text for paragraph in document.paragraphs[:at])
    assert "Figure\u00a01" in before
    # The copy that has the figures has the caption at its figure.
    whole = written(review, "reading")
    assert len(whole.inline_shapes) == 1 and len(texts(whole, "Image Caption")) == 1


def test_what_is_typed_into_the_site_is_in_the_copies_to_read_alone(review, tmp_path):
    review.profile = profile_with(
        tmp_path, ("{role: funding, name: Funding, required: true}", "{role: funding, place: site}")
    )
    for variant, there in [("submission", False), ("blinded", False), ("reading", True), ("whole", True)]:
        assert ("Funding" in texts(written(review, variant), "Heading 1")) == there, variant


def test_a_section_ahead_of_the_declarations_is_not_under_their_heading(review, tmp_path):
    review.profile = profile_with(
        tmp_path,
        ("tables:\n  label", "declarations:\n  heading: Declarations\ntables:\n  label"),
        ("{role: abbreviations, name: Abbreviations}", "{role: abbreviations, name: Abbreviations, ahead: true}"),
    )
    document = written(review, "whole")
    first = texts(document, "Heading 1")
    assert first[first.index("Conclusion") :] == ["Conclusion", "Abbreviations", "Declarations", "References"]
    assert texts(document, "Heading 2")[-2:] == ["Funding", "Disclosure"]


def test_tables_are_files_with_the_numbers_of_the_manuscript(review):
    folder = review.folder / "tables"
    with inside(review.folder):
        write_tables(files=review.files("word"), folder=folder)
    assert sorted(path.name for path in folder.iterdir()) == ["Table_1.docx", "Table_2.docx"]
    document = docx.Document(folder / "Table_2.docx")
    assert len(document.tables) == 1
    assert texts(document, "Table Caption")[0].startswith("Table\u00a02 ")
    assert "SEQ Table \\* ARABIC \\r 2" in " ".join(node.text for node in document.element.body.iter("{*}instrText"))
    whole = docx.Document(review.docx())
    numbers = [table for table in whole.tables if table.cell(0, 0).text == document.tables[0].cell(0, 0).text]
    assert [cell.text for cell in numbers[0].column_cells(0)] == [
        cell.text for cell in document.tables[0].column_cells(0)
    ]


def figures_in(review: Review, folder: Path) -> dict[str, str]:
    files = review.files("word")
    inputs: Any = {key: getattr(files, key) for key in ("manuscript", "figures", "profile", "schema", "fonts")}
    with inside(review.folder):
        write_figures(**inputs, folder=folder)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_drawing_becomes_tiff_at_the_resolution_of_its_kind_and_pdf(review, tmp_path):
    made = figures_in(review, tmp_path / "one")
    assert set(made) == {"Figure_1.tif", "Figure_1.pdf"}
    with Image.open(tmp_path / "one" / "Figure_1.tif") as picture:
        assert picture.info["dpi"] == (600, 600) and picture.info["compression"] == "tiff_lzw"
        width = picture.width / 600
    page = PdfReader(tmp_path / "one" / "Figure_1.pdf").pages[0]
    assert float(page.mediabox.width) / 72 == pytest.approx(width, abs=0.01)
    assert made == figures_in(review, tmp_path / "two")


def test_the_first_format_of_the_journal_is_made(review, tmp_path):
    review.profile = profile_with(
        tmp_path, ("formats: [tiff, pdf, eps, jpeg]", "formats: [png, svg]\n  max_width_mm: 80")
    )
    assert set(figures_in(review, tmp_path / "made")) == {"Figure_1.png", "Figure_1.svg"}
    with Image.open(tmp_path / "made" / "Figure_1.png") as picture:
        assert picture.width == pytest.approx(80 / 25.4 * 600, abs=2)


def test_a_journal_that_takes_no_format_that_can_be_made(review, tmp_path):
    review.profile = profile_with(tmp_path, ("formats: [tiff, pdf, eps, jpeg]", "formats: [eps]"))
    with pytest.raises(BuildStop) as stopped:
        figures_in(review, tmp_path / "made")
    assert stopped.value.issues[0].code == "figure-format"


def test_black_and_white_is_group_4(tmp_path):
    target = tmp_path / "line.tif"
    target.write_bytes(encoded(Image.new("1", (40, 30), 1), "tiff", 1200))
    with Image.open(target) as picture:
        assert (picture.mode, picture.info["compression"], picture.info["dpi"]) == ("1", "group4", (1200, 1200))


def test_figures_have_the_numbers_in_which_they_stand(review, tmp_path):
    for name in ("a", "b", "sign"):
        Image.new("RGB", (1500, 900), "white" if name == "a" else "black").save(
            review.folder / f"results/figures/{name}.png", dpi=(300, 300)
        )
    text = "---\ntitle: T\n---\n\nSee ![it](results/figures/sign.png) [@fig:b; @fig:a].\n\n" + "\n\n".join(
        f'![Caption](results/figures/{name}.png){{#fig:{name} alt="x"}}' for name in "ba"
    )
    (review.folder / "results/manuscript/manuscript.md").write_text(text)
    with inside(review.folder):
        write_figures(
            manuscript=Path("results/manuscript/manuscript.md"),
            figures=[Path(f"results/figures/{name}.png") for name in ("a", "b", "sign")],
            profile=review.profile,
            schema=SCHEMAS / "journal.schema.yaml",
            fonts=FONTS,
            folder=Path("figures"),
        )
    files = sorted((review.folder / "figures").glob("*.tif*"))
    assert [Image.open(file).convert("RGB").getpixel((5, 5)) for file in files] == [(0, 0, 0), (255, 255, 255)]
    # A picture in a sentence has no number; the JATS file calls it by its name.
    assert (review.folder / "figures/sign.png").is_file() and not (review.folder / "figures/a.png").exists()


def test_spellings_of_an_author():
    author = author_of("Jean-Luc B. Moreau")
    assert (author.family, author.initials) == ("Moreau", "JLB")
    assert {"Moreau JLB", "J.L.B. Moreau", "J. L. B. Moreau", "Moreau, Jean-Luc B."} <= set(author.spellings)
    assert author.signatures == ("J.L.B.M.", "J. L. B. M.")
    assert author_of("Plato").spellings == ("Plato",) and author_of("Plato").signatures == ()


def test_own_works_are_those_of_the_same_name_and_first_initial():
    identity = identity_of({"author": [{"name": "Ada Byron"}]})
    works: list[dict[str, Any]] = [
        {"id": "own", "title": "Mine", "author": [{"family": "Babbage"}, {"family": "Byron", "given": "A."}]},
        {"id": "other", "title": "Other", "author": [{"family": "Byron", "given": "George"}]},
        {"id": "nobody", "title": "None"},
    ]
    assert own_works(works, identity) == ["own"]
    hidden = without_works(works, ["own"], "[Withheld]")
    assert hidden[0] == {"id": "own", "type": "document", "title": "[Withheld]"}
    assert hidden[1:] == works[1:]


def test_a_key_that_is_not_filled_in_tells_nothing():
    identity = identity_of({"author": [{"name": "Ada Byron", "orcid": "", "email": None}]})
    assert identity.addresses == () and all(identity.telling())


def test_institutions_tell_but_a_city_and_a_country_do_not():
    identity = identity_of(
        {
            "author": [{"name": "Ada Byron", "email": "ada@example.org", "orcid": "0000-0002-1825-0097"}],
            "affiliation": [{"id": 1, "name": "Department of Looms, Engine Hospital, Paris, France"}],
            "correspondence": "Ada Byron, letters@example.org",
        }
    )
    assert identity.places == (
        "Department of Looms, Engine Hospital, Paris, France",
        "Department of Looms",
        "Engine Hospital",
    )
    assert identity.addresses == ("ada@example.org", "0000-0002-1825-0097", "letters@example.org")


PARTS = """abstract:
- name: Findings
  text: We found little.
- name: Objective
  text: To look.
"""


def with_parts(review: Review) -> Review:
    return review.edit(lambda text: re.sub(r"^abstract: .*?(?=^\w)", PARTS, text, count=1, flags=re.M | re.S))


def test_an_abstract_in_parts_has_the_journals_names_and_order(review):
    review.profile = JOURNALS / "systematic-reviews/profile.yaml"
    document = docx.Document(str(with_parts(review).docx()))
    assert texts(document, "Abstract") == ["Background: To look.", "Results: We found little."]


def test_a_journal_that_takes_one_text_gets_the_parts_without_names(review):
    document = docx.Document(str(with_parts(review).docx()))
    assert texts(document, "Abstract") == ["We found little. To look."]


def test_declarations_stand_in_the_journals_order_under_its_names(review):
    sections = "\n\n# Money {.unnumbered .declaration role=funding}\n\nNone.\n\n## Of whom\n\nNobody."
    sections += "\n\n# Own {.unnumbered .declaration}\n\nOurs."
    sections += "\n\n# Ethics {.declaration role=ethics}\n\nNot needed.\n\n# References"
    # The fixture's own declarations go.
    review.edit(
        lambda text: re.sub(r"\n\n# [^\n]*\.declaration.*?\n\n# References", lambda _: sections, text, flags=re.S)
    )
    review.profile = JOURNALS / "systematic-reviews/profile.yaml"
    document = docx.Document(review.docx())
    items = [
        (paragraph.style.name[-1], paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style.name.startswith("Heading")
    ]
    start = items.index(("1", "Declarations"))
    assert items[start + 1 :] == [
        ("2", "Ethics approval and consent to participate"),
        ("2", "Funding"),
        ("3", "Of whom"),
        ("2", "Own"),
        ("1", "References"),
    ]
    review.profile = JOURNALS / "j-clin-med/profile.yaml"
    texts = [paragraph.text for paragraph in docx.Document(review.docx("second.docx")).paragraphs]
    funding, ethics = texts.index("Funding: None."), texts.index("Institutional Review Board Statement: Not needed.")
    assert funding < ethics < texts.index("Own: Ours.")


def test_where_no_words_are_counted_the_title_page_does_not_say_word_count(review):
    counted = ("title_page:\n", "title_page:\n  counts: [tables, figures]\n")
    review.profile = profile_with(review.folder, counted)
    lines = [paragraph.text for paragraph in docx.Document(str(review.docx())).paragraphs]
    assert [line for line in lines if re.match("Tables|Figures|Word", line)] == ["Tables: 2", "Figures: 1"]
