"""The picture itself: rendered without a system Graphviz, the same bytes on every run."""

import json
import logging
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

import pymupdf
import pytest
from PIL import Image, ImageFont
from prismake.common.errors import BuildStop
from prismake.figures.flow import FILL, draw_svg, journals_look
from prismake.figures.flow_grid import MARGIN
from prismake.figures.flow_layout import arrange
from scripts.draw_flow import draw

from tests.places import FONTS, JOURNALS, SCHEMAS
from tests.prismake.flow.conftest import (
    OTHER_SEARCHES,
    PREVIOUS,
    PRISMA_STAGES,
    REGISTER,
    TEMPLATES,
    build_flow,
    template,
)

TEXT = "{http://www.w3.org/2000/svg}text"


class Drawn(NamedTuple):
    svg: Path
    png: Path
    pdf: Path
    tiff: Path
    alt: Path
    text: Path


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """Draws a flow; no other program can be found on the way."""
    monkeypatch.setenv("PATH", "")

    def call(flow, name="prisma", fonts=(), profile=None, **settings):
        source = tmp_path / f"{name}.json"
        source.write_text(json.dumps(flow), encoding="utf-8")
        forms = {kind: tmp_path / f"{name}.{kind}" for kind in ("svg", "png", "pdf", "tiff")}
        alt, text = tmp_path / f"{name}.txt", tmp_path / f"{name}-flow.txt"
        draw(
            flow=source,
            fonts=[*FONTS, *fonts],
            schema=SCHEMAS / "journal.schema.yaml",
            profile=profile,
            alt=alt,
            text=text,
            settings=settings,
            **forms,
        )
        return Drawn(**forms, alt=alt, text=text)

    return call


def texts(svg: Path) -> list[str]:
    return [(node.text or "").replace("\u00a0", " ").strip() for node in ET.parse(svg).iter(TEXT)]


def test_svg_says_what_the_boxes_say(drawn, flow):
    svg, *_, alt, _ = drawn(flow)
    text = texts(svg)
    for line in ("Databases (n = 1,200)", "PubMed (n = 1,000)", "Narrative review (n = 7)", "Screening"):
        assert line in text
    root = ET.parse(svg).getroot()
    assert root.get("width") == "468.00pt"
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == alt.read_text(encoding="utf-8").strip()
    assert all(node.get("font-family", "").startswith("Arimo,") for node in root.iter(TEXT))
    assert all(float(node.get("font-size", "0")) >= 8 for node in root.iter(TEXT))


def test_png_is_300_dpi_and_no_wider_than_a_page(drawn, flow):
    png = drawn(flow).png
    with Image.open(png) as picture:
        assert [round(dpi) for dpi in picture.info["dpi"]] == [300, 300]
        assert picture.width == 1950  # 165.1 mm
        assert picture.mode == "RGB"
        # The three phase bars are filled and carry their names.
        column = [picture.getpixel((40, y)) for y in range(picture.height)]
    fill = tuple(int(FILL[place : place + 2], 16) for place in (1, 3, 5))
    assert column.count(fill) > len(column) / 2
    assert any(sum(pixel) < 150 for pixel in column if isinstance(pixel, tuple))


def test_the_same_flow_gives_the_same_bytes(drawn, wide_flow):
    first, second = drawn(wide_flow, "one"), drawn(wide_flow, "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_labels_are_text_whatever_they_hold(drawn, wide_flow):
    text = " ".join(texts(drawn(wide_flow)[0]))
    assert r"<b>bold</b> & &lt; \N \l {a|b} <i> (n = 1)" in text
    assert "<table><tr><td>x</td></tr></table> (n = 1)" in text


def test_control_characters_are_dropped_and_foreign_letters_are_reported(drawn, flow, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    flow["boxes"][1]["label"] = "中国知网\x07 CNKI"
    assert "中国知网 CNKI (n = 1,000)" in texts(drawn(flow)[0])
    assert "the figure's fonts cannot print '中国知网 CNKI" in caplog.text.replace("\u00a0", " ")


DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.mark.skipif(not DEJAVU.is_file(), reason="needs a font with Arabic letters")
def test_letters_come_from_the_reviews_own_fonts(drawn, flow, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    flow["boxes"][1]["label"] = "قاعدة البيانات Ω"
    drawn(flow)
    assert "cannot print 'قاعدة البيانات Ω" in caplog.text
    caplog.clear()
    own = tmp_path / "fonts" / DEJAVU.name
    own.parent.mkdir()
    shutil.copy(DEJAVU, own)
    made = drawn(flow, fonts=[own])
    assert not caplog.text
    with pymupdf.open(made.pdf) as document:
        assert {font[3].split("+")[-1] for font in document[0].get_fonts()} == {"Arimo", "Arimo-Bold", "DejaVuSans"}


def test_font_and_width_come_from_the_journal_unless_the_review_says_otherwise(drawn, flow, tmp_path):
    profile = tmp_path / "profile.yaml"
    profile.write_text("page: {size: a4, margin_mm: 25.4}\ntext: {pdf_font: Tinos}\nfigures: {max_width_mm: 150}\n")
    files = [profile, JOURNALS / "bmj/profile.yaml"]
    made = drawn(flow, profile=files)
    with pymupdf.open(made.pdf) as document:
        assert round(document[0].rect.width / 72 * 25.4) == 150
        assert all("Tinos" in font[3] for font in document[0].get_fonts())
    made = drawn(flow, profile=files, font="sans", width_mm=140)
    with pymupdf.open(made.pdf) as document:
        assert round(document[0].rect.width / 72 * 25.4) == 140
        assert all("Arimo" in font[3] for font in document[0].get_fonts())


@pytest.mark.parametrize(
    ("page", "font", "widest", "look"),
    [
        ({"size": "a4", "margin_mm": 25.4}, "Tinos", None, {"font": "serif", "width_mm": 159.2}),
        ({"size": "us-letter", "margin_mm": 10}, "Arimo", None, {"font": "sans", "width_mm": 165.1}),
        ({"size": "a4", "margin_mm": 25.4}, "Arimo", 85, {"font": "sans", "width_mm": 120.0}),
    ],
)
def test_a_journals_look(page, font, widest, look):
    figures = {"figures": {"max_width_mm": widest}} if widest else {}
    assert journals_look({"page": page, "text": {"pdf_font": font}, "figures": {}, **figures}) == look


def test_waiting_boxes_are_dashed(drawn, draft_flow):
    root = ET.parse(drawn(draft_flow)[0]).getroot()
    dashed = {
        group.get("id")
        for group in root.iter("{http://www.w3.org/2000/svg}g")
        for shape in group.findall("{http://www.w3.org/2000/svg}polygon")
        if shape.get("stroke-dasharray")
    }
    assert dashed == {"abstract.pending", "fulltext.pending"}


@pytest.mark.parametrize("dpi", [300, 600])
def test_rasters_have_the_pixels_that_they_tell(drawn, flow, dpi):
    made = drawn(flow, dpi=dpi)
    height = float(ET.parse(made.svg).getroot().get("height").removesuffix("pt"))
    for path in (made.png, made.tiff):
        with Image.open(path) as picture:
            assert picture.size == (6.5 * dpi, round(height / 72 * dpi))
            assert [round(float(value)) for value in picture.info["dpi"]] == [dpi, dpi]
    with Image.open(made.tiff) as picture:
        assert picture.info["compression"] == "tiff_lzw"


@pytest.mark.parametrize(("font", "name"), [("sans", "Arimo"), ("serif", "Tinos")])
def test_the_pdf_is_vector_with_its_fonts_in_it(drawn, flow, font, name):
    made = drawn(flow, font=font)
    with pymupdf.open(made.pdf) as document:
        (page,) = document
        assert [round(page.rect.width, 1), page.get_images()] == [468, []]
        fonts = page.get_fonts()
        assert {file.split("+")[-1].split("-")[0] for *_, file, _, _ in fonts} == {name}
        assert all(extension == "ttf" or kind == "Type0" for _, extension, kind, *_ in fonts)
        assert "Narrative review (n = 7)" in page.get_text().replace("\u00a0", " ")
        assert not document.metadata["creationDate"]


def test_the_outline_is_written_too(drawn, flow):
    assert "Duplicate records removed: 160 [duplicates]" in drawn(flow).text.read_text(encoding="utf-8")


def boxes_and_texts(svg):
    """(rectangle of a box, its texts with their left, right, top and bottom) of every box in an SVG, as it prints.

    The widths are those of the font that the readers of the figure get, not those that the layout reckons with.
    """
    (file,) = (file for file in FONTS if file.name == "Arimo-Regular.ttf")
    regular = {size: ImageFont.truetype(file, size * 100) for size in (8, 9)}
    for group in ET.fromstring(svg.encode()).iter("{http://www.w3.org/2000/svg}g"):
        shape = group.find("{http://www.w3.org/2000/svg}polygon")
        lines = group.findall(TEXT)
        if group.get("class") != "node" or shape is None or not lines or lines[0].get("transform"):
            continue
        points = [tuple(map(float, point.split(","))) for point in shape.get("points").split()]
        xs, ys = zip(*points, strict=True)
        boxes = []
        for line in lines:
            size = float(line.attrib["font-size"])
            width = regular[round(size)].getlength(line.text or "") / 100 * size / round(size)
            width *= 1.09 if line.get("font-weight") == "bold" else 1
            x, y = float(line.attrib["x"]), float(line.attrib["y"])
            left = x - width / 2 if line.get("text-anchor") == "middle" else x
            boxes.append((left, left + width, y - 0.8 * size, y + 0.22 * size))
        yield group.get("id"), (min(xs), max(xs), min(ys), max(ys)), boxes


def crowded(*, updated, other):
    """Twelve databases and fifteen reasons, some of them long."""
    names = [
        "PubMed",
        "Embase",
        "Cochrane Central Register of Controlled Trials (CENTRAL)",
        "CINAHL",
        "PsycInfo",
        "LILACS",
    ]
    names += [
        "Web of Science Core Collection",
        "Scopus",
        "International Pharmaceutical Abstracts",
        "AMED",
        "SPORTDiscus",
    ]
    names += ["ProQuest Dissertations & Theses Global"]
    searches = [{"id": f"d{number}", "database": name, "kind": "database"} for number, name in enumerate(names)]
    searches += [REGISTER, *(OTHER_SEARCHES if other else [])]
    reasons = {f"r{number}": f"Reason {number}: not a comparison of interest" for number in range(12)}
    reasons["long"] = (
        "The intervention was given to a population other than the one of this review, or the outcome " * 2
    )
    reasons["word"] = "Electroencephalographically-uninterpretable"
    reasons["short"] = "Duplicate"
    stages = [*PRISMA_STAGES[:3], {"id": "fulltext", "reasons": reasons}]
    ends: list[tuple[object, ...]]
    ends = [("screening", "exclude", "off_topic", 9000), *(("fulltext", "exclude", code, 7) for code in reasons)]
    ends += [("retrieval", "pending", "", 3), ("fulltext", "include", "", 12)]
    ends += [("fulltext", "exclude", code, 1, "other") for code in list(reasons)[:8]] if other else []
    result = (760,) * 12 + (1200, *((4, 4) if other else ()))
    previous = PREVIOUS if updated else None
    duplicates = 12 * 760 + 1200 - 9000 - 15 * 7 - 15
    studies = [f"s{number}" for number in range(9)]
    return build_flow(result, duplicates, ends, stages=stages, searches=searches, studies=studies, previous=previous)


@pytest.mark.parametrize(("updated", "other"), TEMPLATES)
@pytest.mark.parametrize(("build", "width"), [(template, 165.1), (template, 120), (crowded, 165.1), (crowded, 159.2)])
def test_no_text_leaves_its_box(updated, other, build, width):
    svg = draw_svg(arrange(build(updated=updated, other=other), width / 25.4 * 72 - 2 * MARGIN), "")
    result = list(boxes_and_texts(svg))
    assert len(result) > 9
    for name, (left, right, top, bottom), lines in result:
        for x0, x1, y0, y1 in lines:
            assert left + 2 < x0 and x1 < right - 2, name
            assert top + 1 < y0 and y1 < bottom - 1, name


def test_a_missing_renderer_is_reported(drawn, flow, monkeypatch):
    monkeypatch.setattr("prismake.figures.flow.RENDERER", "no-such-renderer")
    with pytest.raises(BuildStop, match="no-such-renderer is missing"):
        drawn(flow)
