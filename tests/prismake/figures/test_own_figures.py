"""Authors' own figures: taken in clean, or refused with one message that says what and where."""

from __future__ import annotations

import io
import json
import math
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from lxml import etree
from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo
from prismake.common.errors import BuildStop, Issue
from prismake.common.limits import time_bound
from prismake.common.typesetting import typeset
from prismake.figures import drawings, rasters
from prismake.review.figure_files import figure_issues, figures_of, taken_in
from scripts.take_in_figures import take_in

from tests.places import FONTS, JOURNALS, SCHEMAS
from tests.prismake.document.conftest import Review, inside

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">{}</svg>'
)


def photograph(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Left half dark, right half light, a mark in the upper left corner."""
    picture = Image.new("RGB", (width, height), (200, 180, 160))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 2, height), fill=(40, 60, 90))
    draw.rectangle((0, 0, width // 6, height // 6), fill=(250, 10, 10))
    return picture.convert(mode)


def take_in_all(sources: list[Path], metadata: Path, files: list[Path]) -> None:
    page = {"profile": JOURNALS / "plos-one" / "profile.yaml", "schema": SCHEMAS / "journal.schema.yaml"}
    take_in(sources=sources, metadata=metadata, fonts=FONTS, files=files, about=Path("about.json"), **page)


def take(folder: Path, name: str, metadata: str = "{}") -> dict[str, Path]:
    """Takes in the one figure of a review's folder; the files by their endings."""
    with inside(folder):
        Path("metadata.yaml").write_text(metadata, encoding="utf-8")
        source = Path("manuscript/figures") / name
        files = taken_in(source)
        take_in_all([source], Path("metadata.yaml"), files)
    return {file.suffix: folder / file for file in files}


def refused(folder: Path, name: str) -> Issue:
    with pytest.raises(BuildStop) as stopped:
        take(folder, name)
    (issue,) = stopped.value.issues
    assert issue.where == f"manuscript/figures/{name}" and issue.fix
    assert not (folder / "results").exists()
    return issue


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "manuscript/figures").mkdir(parents=True)
    return tmp_path / "manuscript/figures"


def test_what_a_file_tells_beside_its_picture_stays_behind(shelf: Path) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = "a secret place", "A Secret Author"
    exif.get_ifd(0x8825)[1] = "N"
    about = PngInfo()
    about.add_text("Author", "A Secret Author")
    photograph().save(shelf / "a.jpg", exif=exif, comment=b"secret", quality=90)
    photograph().save(shelf / "b.png", exif=exif, pnginfo=about)
    photograph().save(shelf / "c.tif", exif=exif)
    for name, suffix in (("a.jpg", ".jpg"), ("b.png", ".png"), ("c.tif", ".png")):
        file = take(shelf.parents[1], name)[suffix]
        assert b"ecret" not in file.read_bytes()
        with Image.open(file) as picture:
            assert not picture.getexif() and "icc_profile" not in picture.info
            difference = sum(
                abs(a - b) for a, b in zip(as_rgb(picture.getpixel((50, 30))), (200, 180, 160), strict=True)
            )
            assert picture.size == (60, 40) and difference < 6


def test_a_picture_stands_upright(shelf: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photograph().save(shelf / "a.jpg", exif=exif, quality=95)
    with Image.open(take(shelf.parents[1], "a.jpg")[".jpg"]) as picture:
        assert picture.size == (40, 60)
        red, green, _ = as_rgb(picture.getpixel((38, 2)))
        assert red > 200 > 100 > green


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "RGB"])
def test_every_mode_becomes_what_every_program_shows(shelf: Path, mode: str) -> None:
    picture = photograph(mode=mode)
    if mode in ("RGBA", "LA"):
        picture.putalpha(Image.new("L", picture.size, 0))
    picture.save(shelf / "a.png")
    with Image.open(take(shelf.parents[1], "a.png")[".png"]) as plain:
        assert plain.mode in ("1", "L", "RGB")
        if mode in ("RGBA", "LA"):
            assert plain.convert("RGB").getpixel((30, 20)) == (255, 255, 255), "transparent becomes white"


def test_cmyk_needs_its_profile(shelf: Path) -> None:
    photograph(mode="CMYK").save(shelf / "a.tif")
    assert "CMYK without a colour profile" in refused(shelf.parents[1], "a.tif").message


def test_another_colour_space_becomes_srgb(shelf: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    photograph().save(shelf / "a.png", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    with Image.open(take(shelf.parents[1], "a.png")[".png"]) as picture:
        assert picture.getpixel((50, 30)) == (200, 180, 160)
    # A profile for other colours than the picture has is reported and kept.
    photograph().save(shelf / "b.png", icc_profile=lab.tobytes())
    assert take(shelf.parents[1], "b.png")[".png"].is_file()


def test_sixteen_bits_need_their_whole_range(shelf: Path) -> None:
    full = Image.new("I;16", (20, 10), 51200)
    full.save(shelf / "full.tif")
    with Image.open(take(shelf.parents[1], "full.tif")[".png"]) as picture:
        assert picture.mode == "L" and picture.getpixel((5, 5)) == 200
    Image.new("I;16", (20, 10), 4000).save(shelf / "dark.tif")
    assert "grey levels from 4000 to 4000" in _second(shelf, "dark.tif")


def _second(shelf: Path, name: str) -> str:
    with pytest.raises(BuildStop) as stopped:
        take(shelf.parents[1], name)
    return str(stopped.value)


def test_several_pictures_in_one_file(shelf: Path) -> None:
    photograph().save(shelf / "a.tif", save_all=True, append_images=[photograph()])
    assert "2 pictures" in refused(shelf.parents[1], "a.tif").message


def test_a_file_that_claims_to_be_huge(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = io.BytesIO()
    Image.new("1", (1, 1)).save(header, "PNG")
    content = bytearray(header.getvalue())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    # The checksum of the header follows.
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    (shelf / "a.png").write_bytes(bytes(content))
    assert refused(shelf.parents[1], "a.png").code == "figure-pixels"
    monkeypatch.setattr(rasters, "MOST_PIXELS", 100)
    photograph().save(shelf / "b.png")
    assert refused(shelf.parents[1], "b.png").code == "figure-pixels"


def test_damaged_misnamed_and_empty_files(shelf: Path) -> None:
    whole = io.BytesIO()
    photograph(600, 400).save(whole, "JPEG")
    for name, content, message in (
        ("a.jpg", whole.getvalue()[:900], "cut off or damaged"),
        ("b.png", whole.getvalue(), "named as PNG, but the file is JPEG"),
        ("c.png", b"", "not a readable picture"),
        ("d.tif", b"II*\0" + b"\xff" * 40, "readable"),
    ):
        (shelf / name).write_bytes(content)
        assert message in refused(shelf.parents[1], name).message


@pytest.mark.parametrize("interlaced", [0, 1])
@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA"])
def test_a_png_with_fewer_rows_than_it_says(shelf: Path, mode: str, interlaced: int) -> None:
    samples = {"1": 1 / 8, "L": 1, "RGB": 3, "RGBA": 4}[mode]
    colour = {"1": 0, "L": 0, "RGB": 2, "RGBA": 6}[mode]
    # Eight times eight pixels have 8 rows, or in seven passes 15.
    whole = [
        b"\0" + bytes(math.ceil(columns * samples))
        for columns, rows in (((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)) if interlaced else ((8, 8),))
        for _ in range(rows)
    ]
    for name, rows in (("whole.png", whole), ("short.png", whole[:-1])):
        parts = [
            (b"IHDR", struct.pack(">IIBBBBB", 8, 8, 1 if mode == "1" else 8, colour, 0, 0, interlaced)),
            (b"IDAT", zlib.compress(b"".join(rows))),
            (b"IEND", b""),
        ]
        chunks = [kind + data for kind, data in parts]
        content = b"".join(
            struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
        )
        (shelf / name).write_bytes(b"\x89PNG\r\n\x1a\n" + content)
    assert "of its pixels are there" in refused(shelf.parents[1], "short.png").message
    take(shelf.parents[1], "whole.png")


REFUSED = {
    "script": "<script>alert(1)</script>",
    "foreign": "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
    "raster": '<image xlink:href="data:image/png;base64,AAAA"/>',
    "linked": '<image xlink:href="https://example.org/x.png"/>',
    "outside": '<use href="file:///etc/passwd#x"/>',
    "style": "<style>@import url(https://example.org/x.css);</style>",
    "fill": '<rect fill="url(https://example.org/x)"/>',
    "moving": "<rect><animate attributeName='x' to='5'/></rect>",
    "escaped": "<style>@\\69mport 'https://example.org/x.css'; rect {fill: u\\72l(https://example.org/y)}</style>",
    "padded": "<style>@\\000069mport 'https://example.org/x.css'; rect {fill: u\\000072l(https://example.org/y)}</style>",
    "beyond": "<style>rect {fill: u\\72l(https://example.org/y)} g {fill: \\ffffff}</style>",
    "crowded": "<rect " + " ".join(f"a{n}='x'" for n in range(1001)) + "/>",
    "set": "<rect style=\"fill: image-set('https://example.org/x')\"/>",
    "circle": '<g id="a"><use href="#a"/></g>',
    "many": '<g id="b0"><rect/></g>'
    + "".join(f'<g id="b{n + 1}">' + f'<use href="#b{n}"/>' * 10 + "</g>" for n in range(7)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_drawing_that_holds_more_than_a_drawing(shelf: Path, name: str) -> None:
    (shelf / "a.svg").write_text(SVG.format(REFUSED[name]))
    assert refused(shelf.parents[1], "a.svg").code == "figure-svg"


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ('<g id="a"><use href="#a"/></g>', "refer to one another in a circle, at <g> on line"),
        ("<g>" * 250 + "<rect/>" + "</g>" * 250, "nested, or refer to one another, more than 200 deep, at <g> on line"),
        (
            "".join(f'<g id="u{n}"><use href="#u{n + 1}"/></g>' for n in range(250)),
            "nested, or refer to one another, more than 200 deep",
        ),
    ],
    ids=["circle", "groups", "uses"],
)
def test_a_drawing_nested_too_deep_is_no_circle(shelf: Path, inside: str, message: str) -> None:
    (shelf / "a.svg").write_text(SVG.format(inside))
    assert message in refused(shelf.parents[1], "a.svg").message


def nested(kind: str, attribute: str) -> str:
    """Twenty masks or the like, each drawn with the next, twice: a million drawings in one."""
    shape = f'<rect width="9" height="9" {attribute}="url(#b{{}})"/>' * 2
    return "".join(f'<{kind} id="b{n}">{shape.format(n + 1, n + 1)}</{kind}>' for n in range(20)) + shape.format(0, 0)


@pytest.mark.parametrize("kind", ["mask", "clipPath", "pattern", "marker"])
def test_drawings_within_drawings_are_counted(shelf: Path, kind: str) -> None:
    attribute = {"clipPath": "clip-path", "pattern": "fill", "marker": "marker-end"}.get(kind, kind)
    (shelf / "a.svg").write_text(SVG.format(nested(kind, attribute)))
    assert "expand to more than 500,000" in refused(shelf.parents[1], "a.svg").message


@pytest.mark.parametrize("side", ["1" * 500_000 + "!", "1" + " " * 500_000 + "!"])
def test_a_length_without_end_is_none(shelf: Path, side: str) -> None:
    (shelf / "a.svg").write_text(f'<svg xmlns="{drawings.SVG}" width="{side}" height="5"><rect/></svg>')
    with time_bound(5):
        assert refused(shelf.parents[1], "a.svg").code == "figure-size"


def test_a_drawing_larger_than_any_sheet_is_called_so(shelf: Path) -> None:
    (shelf / "a.svg").write_text(f'<svg xmlns="{drawings.SVG}" width="20000pt" height="1pt"><rect/></svg>')
    assert "20,000 × 1 points" in refused(shelf.parents[1], "a.svg").message


def test_a_font_without_end_is_left(shelf: Path) -> None:
    (shelf / "a.svg").write_text(SVG.format(f"<rect style='font: {'1' * 500_000}'/>"))
    with time_bound(5):
        take(shelf.parents[1], "a.svg")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounded on Linux only")
@pytest.mark.parametrize(
    "content",
    [
        # Through a class, which nobody counts beforehand.
        nested("mask", "class").replace("url(#", "").replace(")", "")
        + "<style>"
        + "".join(f".b{n} {{mask: url(#b{n})}} " for n in range(20))
        + "</style>",
        '<filter id="f"><feMorphology operator="dilate" radius="5000"/></filter><rect width="99" height="99" '
        'filter="url(#f)"/>',
    ],
    ids=["masks", "filter"],
)
def test_a_drawing_without_end_ends(shelf: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(drawings, "LONGEST", 1)
    (shelf / "a.svg").write_text(SVG.format(content))
    issue = refused(shelf.parents[1], "a.svg")
    assert (issue.code, issue.message) == ("figure-effort", "drawing it did not finish in 1 seconds")


def test_a_drawing_that_crashes_its_renderer_is_refused(shelf: Path) -> None:
    region = '<filter id="f" x="-1e6" y="-1e6" width="1e7" height="1e7"><feFlood/></filter>'
    drawing = SVG.format(f'{region}<rect width="90" height="90" filter="url(#f)"/>').replace("200 100", "100 100")
    (shelf / "a.svg").write_text(drawing)
    assert refused(shelf.parents[1], "a.svg").message == "cannot be drawn: Typst crashes on it"


@pytest.mark.parametrize(
    ("size", "metadata", "pixels"),
    [
        ('width="14400pt" height="7200pt"', "{}", (3900, 1950)),
        ('width="14400pt" height="7200pt"', "{figures: {a: {width_mm: 80}}}", (1890, 945)),
        ('width="20pt" height="10pt"', "{figures: {a: {width_mm: 80}}}", (1890, 945)),
    ],
    ids=["page", "narrow", "wide"],
)
def test_a_drawing_has_the_pixels_of_its_printed_size(
    shelf: Path, size: str, metadata: str, pixels: tuple[int, int]
) -> None:
    (shelf / "a.svg").write_text(SVG.format("<rect width='9' height='9'/>").replace("viewBox", f"{size} viewBox"))
    with Image.open(take(shelf.parents[1], "a.svg", metadata)[".png"]) as picture:
        assert picture.size == pytest.approx(pixels, abs=1)


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<text>&a;</text>"),
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("<text>&a;</text>"),
    ],
)
def test_entities_are_refused(shelf: Path, content: str) -> None:
    (shelf / "a.svg").write_text(content)
    assert "entities" in refused(shelf.parents[1], "a.svg").message


def test_what_a_drawing_keeps(shelf: Path) -> None:
    (shelf / "a.svg").write_text(
        SVG.format(
            "<!-- by A Secret Author --><metadata>Secret</metadata><title>Secret</title>"
            '<a xlink:href="https://example.org/"><rect width="9" height="9" onclick="x()"/></a>'
            '<text x="9" y="50" style="font-family: Comic Sans">Nerve</text>'
        )
    )
    files = take(shelf.parents[1], "a.svg")
    text = files[".svg"].read_text(encoding="utf-8")
    for gone in ("Secret", "onclick", "example.org", "Comic"):
        assert gone not in text
    assert "Nerve" in text and "<rect" in text
    with Image.open(files[".png"]) as picture:
        assert picture.size == (1250, 625), "200 x 100 units at 600 dots an inch"
        letters = picture.convert("L").crop((50, 200, 500, 350))
        assert sum(letters.histogram()[:60]), "the text is drawn"


def one_page(pages: int = 1) -> bytes:
    page = '#set page(width: 100pt, height: 50pt, margin: 5pt)\n#set text(font: "Arimo")\nHello #box(fill: red)[A]'
    return typeset({"main.typ": "\n#pagebreak()\n".join([page] * pages).encode()}, FONTS)[0]


def test_a_pdf_becomes_a_drawing(shelf: Path) -> None:
    (shelf / "a.pdf").write_bytes(one_page())
    files = take(shelf.parents[1], "a.pdf")
    root = etree.parse(files[".svg"]).getroot()
    assert (root.get("width"), root.get("height")) == ("100.00pt", "50.00pt")
    with Image.open(files[".png"]) as picture:
        colours = picture.convert("RGB").getcolors(100_000)
        assert colours is not None and max(colours)[1] == (255, 255, 255)
        assert any(red > 200 and green < 100 for red, green, _ in (as_rgb(colour) for _, colour in colours))


def test_pdf_that_cannot_be_taken(shelf: Path) -> None:
    (shelf / "a.pdf").write_bytes(one_page(2))
    assert "2 pages" in refused(shelf.parents[1], "a.pdf").message
    (shelf / "b.pdf").write_bytes(b"%PDF-1.7\nnothing")
    assert refused(shelf.parents[1], "b.pdf").code == "figure-file"
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(one_page()))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(shelf / "c.pdf")
    assert "encrypted" in refused(shelf.parents[1], "c.pdf").message


def test_a_graph_is_drawn(shelf: Path) -> None:
    (shelf / "a.dot").write_text('digraph { cement -> root [URL="https://example.org/"] }')
    text = take(shelf.parents[1], "a.dot")[".svg"].read_text(encoding="utf-8")
    assert "cement" in text and "example.org" not in text and "Arimo" in text


def test_a_graph_that_cannot_be_drawn(shelf: Path) -> None:
    (shelf / "a.dot").write_text("digraph { a -> ")
    assert "syntax error in line 1" in refused(shelf.parents[1], "a.dot").message
    photograph().save(shelf / "x.png")
    (shelf / "b.dot").write_text(f'digraph {{ a [image="{shelf / "x.png"}"] }}')
    assert refused(shelf.parents[1], "b.dot").code in ("figure-svg", "figure-dot")


def test_all_faults_of_all_figures_at_once(shelf: Path) -> None:
    (shelf / "a.png").write_bytes(b"")
    (shelf / "b.svg").write_text("<svg")
    with inside(shelf.parents[1]), pytest.raises(BuildStop) as stopped:
        Path("m.yaml").write_text("{}")
        sources = figures_of(Path("manuscript"))
        files = [file for source in sources for file in taken_in(source)]
        take_in_all(sources, Path("m.yaml"), files)
    assert len(stopped.value.issues) == 2


def test_names_and_forms_of_the_folder(shelf: Path) -> None:
    for name in (
        "good.png",
        "two words.png",
        "prisma.svg",
        "good.tif",
        "x.eps",
        "notes.md",
        ".hidden.png",
        "forest_pain.png",
    ):
        (shelf / name).touch()
    (shelf / "away.png").symlink_to("none.png")
    with inside(shelf.parents[1]):
        result = {(issue.code, Path(issue.where).name) for issue in figure_issues(Path("manuscript"), ["forest_pain"])}
    assert result == {
        ("figure-name", "two words.png"),
        ("figure-name", "prisma.svg"),
        ("figure-name", "forest_pain.png"),
        ("figure-name", "good.tif"),
        ("figure-form", "x.eps"),
        ("missing-figure", "away.png"),
    }


def as_rgb(colour: Any) -> tuple[int, int, int]:
    """A pixel of a picture in RGB; Pillow does not know the mode when it types a pixel."""
    red, green, blue = colour
    return red, green, blue


@pytest.fixture
def with_figure(review: Review) -> Callable[[str, Image.Image, str], Review]:
    """A manuscript with a figure of its own behind its first one."""

    def place(name: str, picture: Image.Image, metadata: str = "{}") -> Review:
        shelf = review.folder / "manuscript/figures"
        shelf.mkdir(parents=True)
        picture.save(shelf / name)
        files = take(review.folder, name, metadata)
        review.more = [Path("about.json"), *(file.relative_to(review.folder) for file in files.values())]
        main = review.more[1].as_posix()
        block = f'![A site. (**A**) One; (**B**) other.]({main}){{#fig:site alt="A site."}}'
        return review.edit(
            lambda text: text.replace(
                "::: {#tbl:answers", f"A site is in [@fig:site].\n\n{block}\n\n::: {{#tbl:answers", 1
            )
        )

    return place


def test_a_photograph_in_both_documents(with_figure: Callable[..., Review]) -> None:
    review = with_figure("site.jpg", photograph(1200, 800))
    document = docx.Document(str(review.docx()))
    pictures = [part for part in document.part.package.iter_parts() if part.content_type == "image/jpeg"]
    assert len(pictures) == 1
    captions = [p for p in document.paragraphs if p.style.name == "Image Caption"]
    assert [caption.text.split(" ", 1)[0] for caption in captions] == ["Figure\u00a01", "Figure\u00a02"]
    assert {run.text for run in captions[1].runs if run.bold} >= {"A", "B"}
    # As large as it is sharp: 1,200 pixels at 300 an inch.
    assert document.inline_shapes[1].width.inches == pytest.approx(4, abs=0.01)
    pages = pypdf.PdfReader(review.pdf()).pages
    assert sum(len(page.images) for page in pages) == 1


def test_a_picture_with_too_few_pixels(with_figure: Callable[..., Review]) -> None:
    review = with_figure("site.png", photograph(300, 200))
    with pytest.raises(BuildStop) as stopped:
        review.docx()
    (issue,) = stopped.value.issues
    assert issue.where == "manuscript/figures/site.png"
    assert "95 pixels per inch at its printed size, 80 mm wide; the journal asks for 300" in issue.message


def test_the_author_says_how_wide(with_figure: Callable[..., Review]) -> None:
    review = with_figure("site.png", photograph(1200, 800), "figures: {site: {width_mm: 60}}")
    assert docx.Document(str(review.docx())).inline_shapes[1].width.mm == pytest.approx(60, abs=0.1)
    entry = json.loads((review.folder / "about.json").read_text())[0]
    assert (entry["kind"], entry["width_mm"]) == ("colour", 60)


def test_the_same_bytes_each_time(shelf: Path, tmp_path: Path) -> None:
    (shelf / "a.svg").write_text(SVG.format('<text x="9" y="50">Nerve</text>'))
    first = {suffix: file.read_bytes() for suffix, file in take(tmp_path, "a.svg").items()}
    assert first == {suffix: file.read_bytes() for suffix, file in take(tmp_path, "a.svg").items()}


def test_styles_name_vendored_fonts() -> None:
    root = drawings.read_svg(
        SVG.format('<style>text{font: bold 12px "DejaVu Sans"} tspan{font-family:Times}</style>').encode(), "x"
    )
    assert drawings.set_fonts(root) == {"dejavu sans"}
    assert "font: bold 12px Arimo" in str(root[0].text) and "font-family: Tinos" in str(root[0].text)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ('width="0.001" height="14000"', "too thin to be shown"),
        (f'viewBox="0 0 {"9" * 400} {"9" * 400}"', "the largest sheet has 14,400"),
    ],
)
def test_a_drawing_without_a_size_that_can_be_printed_is_refused(size, message):
    root = drawings.read_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>'.encode(), "a.svg")
    with pytest.raises(BuildStop, match=message):
        drawings.clean_svg(root, "a.svg")
