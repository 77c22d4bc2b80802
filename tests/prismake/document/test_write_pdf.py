"""The PDF: standards, fonts, pages, and the same text as the Word document."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import docx
import pymupdf
import pypdf
import pytest
from docx.text.paragraph import Paragraph
from lxml import etree
from prismake.common.errors import BuildStop

from .conftest import JOURNAL, Review, lay_out

# The margin holds the line numbers, the header and the footer.
MARGIN = 70


@pytest.fixture(scope="module")
def path(written: Review) -> Path:
    return written.folder / "manuscript.pdf"


@pytest.fixture(scope="module")
def reader(path: Path) -> pypdf.PdfReader:
    return pypdf.PdfReader(path)


def inner_text(path: Path) -> list[str]:
    """The text of each page inside its margins."""
    with pymupdf.open(path) as document:
        pages = []
        for page in document:
            box = page.rect
            pages.append(page.get_text(clip=pymupdf.Rect(MARGIN, MARGIN, box.width - MARGIN + 2, box.height - MARGIN)))
        return pages


def word_text(path: Path) -> list[str]:
    document = docx.Document(str(path))
    texts: list[str] = []
    for block in document.element.body:
        if block.tag.endswith("}tbl"):
            texts.extend(
                "".join(node.text or "" for node in cell.iter() if node.tag.endswith("}t"))
                for cell in block.iter()
                if cell.tag.endswith("}tc")
            )
        elif block.tag.endswith("}p"):
            texts.append(Paragraph(block, document._body).text)
    return texts


def letters(text: str) -> str:
    """Text without its spaces, list marks and what a page break or column may reorder."""
    return re.sub(r"[\s•]+", "", text)


def test_same_text_as_the_word_document(written: Review) -> None:
    rest = letters("".join(inner_text(written.folder / "manuscript.pdf")))
    for paragraph in word_text(written.folder / "manuscript.docx"):
        assert letters(paragraph) in rest
        rest = rest.replace(letters(paragraph), "", 1)
    # What Word sets itself, the numbers of list items, and the words in the drawing.
    drawing = etree.parse(written.folder / "results/figures/prisma.svg")
    words = "".join("".join(map(str, node.itertext())) for node in drawing.iter("{http://www.w3.org/2000/svg}text"))
    assert sorted(rest) == sorted(letters("1.2." + words))


def test_properties_and_standards(reader: pypdf.PdfReader) -> None:
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Grafting after storm damage in Quercus:")
    assert reader.metadata.author == "First Author, Second Author, Third Author-Name"
    assert "storm damage" in str(reader.metadata["/Keywords"])
    assert str(reader.metadata.creation_date).startswith("2026-01-31")
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-US"
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part\W+1", xmp)
    assert re.search(r"pdfaid:part\W+3", xmp)


def structure(reader: pypdf.PdfReader) -> list[Any]:
    result: list[Any] = []
    todo: list[Any] = [reader.root_object["/StructTreeRoot"]]
    while todo:
        node = todo.pop(0)
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, dict):
            if "/S" in node:
                result.append(node)
            children = node.get("/K", [])
            todo[:0] = children if isinstance(children, list) else [children]
    return result


def test_tags_name_headings_tables_and_the_figure(reader: pypdf.PdfReader) -> None:
    nodes = structure(reader)
    kinds = [str(node["/S"]) for node in nodes]
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/Figure", "/Caption"} <= set(kinds)
    alts = [node["/Alt"] for node in nodes if node["/S"] == "/Figure" and "/Alt" in node]
    assert alts == ["Flow of reports: 12 identified, 7 excluded & < 6 included."]


def test_only_vendored_fonts_all_embedded(path: Path) -> None:
    with pymupdf.open(path) as document:
        names = {font[3].split("+")[-1] for page in document for font in page.get_fonts()}
    assert names == {"Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic", "Arimo"}


def test_pages(path: Path) -> None:
    with pymupdf.open(path) as document:
        wide = [number for number, page in enumerate(document) if page.rect.width > page.rect.height]
        assert len(wide) == 1
        total = len(document)
        for number, page in enumerate(document, start=1):
            text = page.get_text()
            assert f"Page {number} of {total}" in text
            assert "Grafting after storm damage" in text
        assert "Table\u00a02 Characteristics" in document[wide[0]].get_text()


def test_lines_are_numbered_through(path: Path) -> None:
    with pymupdf.open(path) as document:
        numbers = [
            int(word[4])
            for page in document
            for word in sorted(page.get_text("words"), key=lambda word: word[1])
            if word[2] < MARGIN and word[4].isdigit()
        ]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 80


def test_hyphens_dashes_and_dots_stay_what_they_are(path: Path) -> None:
    text = letters("".join(inner_text(path)))
    assert "Sapflow--a-1shift" in text
    assert "(−5°C)" in text
    assert "Underscores_and*stars*intitles" in text


def test_same_bytes_wherever_and_whenever(written: Review, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    again = lay_out(tmp_path / "another place").pdf()
    assert again.read_bytes() == (written.folder / "manuscript.pdf").read_bytes()


def test_a_character_without_glyph_stops_the_build(review: Review) -> None:
    review.edit(lambda text: text.replace("Storm damage is common", "Storm damage 嵐 is common"))
    with pytest.raises(BuildStop, match=r"no glyph for '嵐' \(U\+5D50\)") as stopped:
        review.pdf()
    assert "fonts/" in stopped.value.issues[0].fix


def test_all_letters_without_glyph_are_named_at_once(review: Review) -> None:
    review.edit(lambda text: text.replace("Storm damage is common", "Storm 嵐 dam 一 and \u0e01 or é are common"))
    with pytest.raises(BuildStop) as stopped:
        review.pdf()
    (issue,) = stopped.value.issues
    assert issue.message == "the fonts have no glyph for '嵐' (U+5D50), '一' (U+4E00), '\u0e01' (U+0E01)"
    assert issue.where.startswith("results/manuscript/manuscript.md:") and ";" not in issue.where


SCRIPTS = "Ελληνικά Кириллица Tiếng Việt a\u0301x\u0304 עברית"


def test_scripts_of_the_vendored_fonts(review: Review) -> None:
    review.edit(lambda text: text.replace("Storm damage is common", f"Storm {SCRIPTS} damage is common"))
    text = letters("".join(inner_text(review.pdf())))
    for word in ("Ελληνικά", "Кириллица", "TiếngViệt"):
        assert word in text


DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.mark.skipif(not DEJAVU.is_file(), reason="needs a font with Arabic letters")
def test_other_scripts_with_a_font_of_the_review(review: Review) -> None:
    font = review.folder / "manuscript/fonts/DejaVuSans.ttf"
    font.parent.mkdir(parents=True)
    shutil.copy(DEJAVU, font)
    review.fonts = [font]
    review.edit(lambda text: text.replace("Storm damage is common", "Storm سلام damage is common"))
    path = review.pdf()
    with pymupdf.open(path) as document:
        names = {name[3].split("+")[-1] for page in document for name in page.get_fonts()}
    assert "DejaVuSans" in names
    font.write_bytes(b"no font")
    with pytest.raises(BuildStop, match="no font in it can be read"):
        review.pdf()


def test_bookmarks_and_links(reader: pypdf.PdfReader) -> None:
    def titles(outline: Any) -> list[str]:
        return [t for item in outline for t in (titles(item) if isinstance(item, list) else [str(item.title)])]

    assert titles(reader.outline)[:4] == ["Abstract", "Introduction", "Methods", "Search and selection"]
    inner = 0
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            inner += "/Dest" in link or link.get("/A", {}).get("/S") == "/GoTo"
    # Each number of each group of citations (a range is its two ends), and the cross-references.
    assert inner >= 25


@pytest.mark.parametrize("lines", [4, 7, 8])
def test_a_caption_keeps_its_table_and_a_heading_its_text(review: Review, lines: int) -> None:
    review.profile = review.folder / "profile.yaml"
    profile = (JOURNAL / "profile.yaml").read_text(encoding="utf-8")
    review.profile.write_text(profile.replace("placement: section", "placement: text"), encoding="utf-8")
    filler = "Filler.\n\n" * lines
    review.edit(
        lambda text: text.replace("::: {#tbl:answers", f"{filler}::: {{#tbl:answers", 1).replace(
            "# Discussion\n", f"{filler}# Discussion\n", 1
        )
    )
    for page in inner_text(review.pdf()):
        last = [line for line in page.splitlines() if line.strip()][-1]
        assert not re.match(r"Table\s\d+ |Introduction$|Methods$|Results$|Discussion$|Synthesis$", last.strip())


def long_table(number: int) -> str:
    """A table longer than a page, with notes of two lines."""
    rows = "\n".join(f"| t{number}r{row}. | x |" for row in range(52 + number % 3))
    note = f"Noted{number}: " + "words that fill a line and more " * 4
    attributes = f'#tbl:long{number} .table widths="1 1" align="l l"'
    return f"::: {{{attributes}}}\n| Row | Cell |\n|---|---|\n{rows}\n\n: Long.\n\n::: notes\n{note}\n:::\n:::\n"


def test_notes_stand_on_the_page_of_the_last_row_of_their_table(review: Review) -> None:
    numbers = range(4)
    tables = "\n".join(f"See [@tbl:long{number}].\n\n{long_table(number)}" for number in numbers)
    review.profile = review.folder / "profile.yaml"
    profile = (JOURNAL / "profile.yaml").read_text(encoding="utf-8")
    review.profile.write_text(profile.replace("placement: section", "placement: text"), encoding="utf-8")
    review.edit(lambda text: text.replace("# Discussion\n", f"{tables}\n# Discussion\n", 1))
    pages = inner_text(review.pdf())
    for number in numbers:
        (page,) = [page for page in pages if f"Noted{number}:" in page]
        assert f"t{number}r{51 + number % 3}." in page


def test_evidence_travels_in_the_file(review: Review) -> None:
    for name in ("values.json", "flow.json", "config.yaml", "records.csv"):
        (review.folder / name).write_text(f'{{"is": "{name}"}}', encoding="utf-8")
    path = review.pdf(
        evidence=[Path("values.json"), Path("flow.json"), Path("config.yaml")], records=[Path("records.csv")]
    )
    carried = pypdf.PdfReader(path).attachments
    assert set(carried) == {"values.json", "flow.json", "config.yaml", "records.sha256"}
    for name in ("values.json", "flow.json", "config.yaml"):
        assert carried[name] == [(review.folder / name).read_bytes()]
    digest = hashlib.sha256((review.folder / "records.csv").read_bytes()).hexdigest()
    assert carried["records.sha256"] == [f"{digest}  records.csv\n".encode()]


def test_qpdf_finds_nothing(path: Path) -> None:
    program = shutil.which("qpdf") or pytest.skip("qpdf is not installed")
    done = subprocess.run([program, "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_references_are_a_list(reader: pypdf.PdfReader) -> None:
    lists = [node for node in structure(reader) if node["/S"] == "/L"]
    items = [inner for node in lists for inner in node["/K"] if inner.get_object()["/S"] == "/LI"]
    assert any(len(node["/K"]) == 12 for node in lists) and len(items) >= 12


def test_the_first_cell_of_a_row_is_its_header(reader: pypdf.PdfReader) -> None:
    """And every other cell of the row names it, beside the header of its column."""
    root: Any = reader.root_object["/StructTreeRoot"]
    names = {
        str(name): target.get_object() for name, target in zip(*[iter(root["/IDTree"]["/Names"])] * 2, strict=True)
    }
    assert list(names) == sorted(names)
    rows = [node for node in structure(reader) if node["/S"] == "/TR"]
    bodies = [row for row in rows if row["/P"].get_object()["/S"] == "/TBody"]
    assert len(bodies) > 5
    for row in bodies:
        header, *others = [cell.get_object() for cell in row["/K"]]
        scopes = [one.get("/Scope") for one in header["/A"] if one["/O"] == "/Table"]
        assert header["/S"] == "/TH" and scopes == ["/Row"]
        assert names[str(header["/ID"])] == header
        for cell in others:
            assert cell["/S"] == "/TD"
            named = [str(name) for one in cell["/A"] if one["/O"] == "/Table" for name in one["/Headers"]]
            assert len(named) == 2 and named[-1] == str(header["/ID"])


def test_every_author_is_a_creator(reader: pypdf.PdfReader) -> None:
    assert reader.xmp_metadata is not None
    assert reader.xmp_metadata.dc_creator == ["First Author", "Second Author", "Third Author-Name"]
    assert reader.metadata is not None and reader.metadata.author == "First Author, Second Author, Third Author-Name"


def test_the_update_of_the_file_is_sound(path: Path) -> None:
    """Readers that are strict take it, and those that are not need to repair nothing."""
    assert len(pypdf.PdfReader(path, strict=True).pages) > 1
    with pymupdf.open(path) as document:
        assert not document.is_repaired
        links = [link["uri"] for page in document for link in page.get_links() if "uri" in link]
    assert links.count("mailto:second@example.org") == 1


def left_of(path: Path, words: str) -> float:
    """How far in a line stands that begins with these words, in points."""
    with pymupdf.open(path) as document:
        lines = [
            line
            for page in document
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", [])
            if "".join(span["text"] for span in line["spans"]).startswith(words)
        ]
    (line,) = lines
    return float(min(span["bbox"][0] for span in line["spans"] if span["text"].strip()))


def test_text_goes_on_behind_tables_and_notes_are_counted_as_word_counts(review: Review) -> None:
    """Behind a table or a landscape page a paragraph is indented, behind a heading not; aa and bb follow z."""
    review.profile = review.folder / "profile.yaml"
    profile = (JOURNAL / "profile.yaml").read_text(encoding="utf-8")
    review.profile.write_text(profile.replace("placement: section", "placement: text"), encoding="utf-8")
    notes = "".join(f"Noted{number}^[Said {number}.] " for number in range(1, 29))
    review.edit(
        lambda text: (
            text.replace("\n## A heading after the table\n", "\nBehind wide.\n\n# Beyond\n\nBehind heading.\n")
            .replace("\n# Results\n", "\nBehind narrow.\n\n# Results\n")
            .replace("\n# Conclusion\n", f"\n{notes}\n\n# Conclusion\n")
        )
    )
    path = review.pdf()
    margin = left_of(path, "Behind heading.")
    assert left_of(path, "Behind wide.") == left_of(path, "Behind narrow.") == pytest.approx(margin + 36, abs=0.5)
    text = " ".join("".join(inner_text(path)).split())
    marks = [re.search(rf"Noted{number} ?([a-z]+)", text) for number in (1, 26, 27, 28)]
    assert [mark[1] for mark in marks if mark] == ["a", "z", "aa", "bb"]
    article = etree.parse(str(review.jats()), etree.XMLParser(load_dtd=False, no_network=True))
    assert [label.text for label in article.iterfind(".//fn/label")][-4::1] == ["y", "z", "aa", "bb"]
