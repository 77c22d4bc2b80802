"""The picture itself: rendered without a system Graphviz, the same bytes on every run."""

import json
import logging
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image
from prismake.common.errors import BuildStop
from prismake.flow.draw import FILL, draw

TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """Draws a flow; no other program can be found on the way."""
    monkeypatch.setenv("PATH", "")

    def call(flow, name="prisma"):
        source = tmp_path / f"{name}.json"
        source.write_text(json.dumps(flow), encoding="utf-8")
        svg, png, alt = (tmp_path / f"{name}.{kind}" for kind in ("svg", "png", "txt"))
        draw(flow=source, svg=svg, png=png, alt=alt)
        return svg, png, alt

    return call


def texts(svg: Path) -> list[str]:
    return [(node.text or "").replace("\u00a0", " ").strip() for node in ET.parse(svg).iter(TEXT)]


def test_svg_says_what_the_boxes_say(drawn, flow):
    svg, _, alt = drawn(flow)
    said = texts(svg)
    for line in ("Records identified (n = 1,200)", "PubMed (n = 1,000)", "Narrative review (n = 7)", "Screening"):
        assert line in said
    root = ET.parse(svg).getroot()
    assert root.get("width") == "468.00pt"
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == alt.read_text(encoding="utf-8").strip()
    assert all(node.get("font-family", "").startswith("Arimo,") for node in root.iter(TEXT))
    assert all(float(node.get("font-size", "0")) >= 8 for node in root.iter(TEXT))


def test_png_is_300_dpi_and_no_wider_than_a_page(drawn, flow):
    _, png, _ = drawn(flow)
    with Image.open(png) as picture:
        assert [round(dpi) for dpi in picture.info["dpi"]] == [300, 300]
        assert picture.width == 1950  # 165.1 mm
        assert picture.mode == "RGB"
        # The three phase bars are filled and carry their names.
        column = [picture.getpixel((40, y)) for y in range(picture.height)]
    fill = tuple(int(FILL[place : place + 2], 16) for place in (1, 3, 5))
    assert column.count(fill) > len(column) / 2
    assert any(sum(pixel) < 150 for pixel in column)


def test_the_same_flow_gives_the_same_bytes(drawn, wide_flow):
    first, second = drawn(wide_flow, "one"), drawn(wide_flow, "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_labels_are_text_whatever_they_hold(drawn, wide_flow):
    said = " ".join(texts(drawn(wide_flow)[0]))
    assert r"<b>bold</b> & &lt; \N \l {a|b} <i> (n = 1)" in said
    assert "<table><tr><td>x</td></tr></table> (n = 1)" in said


def test_control_characters_are_dropped_and_foreign_letters_are_told(drawn, flow, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    flow["boxes"][1]["label"] = "中国知网\x07 CNKI"
    assert "中国知网 CNKI (n = 1,000)" in texts(drawn(flow)[0])
    assert "the figure's font has no letters for" in caplog.text


def test_waiting_boxes_are_dashed(drawn, draft_flow):
    root = ET.parse(drawn(draft_flow)[0]).getroot()
    dashed = {
        group.get("id")
        for group in root.iter("{http://www.w3.org/2000/svg}g")
        for shape in group.findall("{http://www.w3.org/2000/svg}polygon")
        if shape.get("stroke-dasharray")
    }
    assert dashed == {"abstract.pending", "fulltext.pending"}


def test_a_missing_renderer_is_told(drawn, flow, monkeypatch):
    monkeypatch.setattr("prismake.flow.draw.RENDERER", "no-such-renderer")
    with pytest.raises(BuildStop, match="no-such-renderer is missing"):
        drawn(flow)
