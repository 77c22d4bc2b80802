"""The torture manuscript, written once by every writer, and each of its constructs as a reader finds it there."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from scripts.bibliography import bibliography

from tests.prismake.document.conftest import Review, lay_out
from tests.prismake.document.test_write_pdf import inner_text

HERE = Path(__file__).parent
PICTURES = ("mark", "plot", "quoted", "listed")
NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "mml": "http://www.w3.org/1998/Math/MathML",
    "xlink": "http://www.w3.org/1999/xlink",
}
W = f"{{{NAMESPACES['w']}}}"
# The words of a title, without the marks of its notes and the source of its equations.
UNMARKED = ".//text()[not(ancestor::xref[@ref-type='fn'])][not(ancestor::tex-math)]"
HEADINGS = ("Heading1", "Heading2", "Heading3")


def torture_review(folder: Path, text: str) -> Review:
    """A review folder with the fixture's bibliography and pictures, and a manuscript of this text."""
    review = lay_out(folder)
    (folder / "results/manuscript/manuscript.md").write_text(text, encoding="utf-8")
    bibliography(source=HERE / "references.bib", references=folder / "results/manuscript/references.json")
    for name in PICTURES:
        shutil.copy(HERE / f"{name}.png", folder / "results/figures")
        review.more.append(Path(f"results/figures/{name}.png"))
    return review


def head_of_fixture() -> str:
    return (HERE / "manuscript.md").read_text(encoding="utf-8").split("---\n", 2)[1]


def with_text(folder: Path, text: str) -> Review:
    """A small manuscript that holds one text."""
    return torture_review(folder, f"---\n{head_of_fixture()}---\n\n# Text\n\nWords.\n\n{text}\n")


def text_of(node: Any) -> str:
    return "".join(item.text or "" for item in node.iter(f"{W}t", f"{{{NAMESPACES['m']}}}t"))


def plain(text: str) -> str:
    return " ".join(text.split())


@dataclass
class Written:
    """The three documents: Word's parts, the text of the PDF, the article."""

    review: Review
    body: Any
    notes: Any
    numbering: Any
    pdf: str
    article: Any

    def section(self, heading: str) -> Any:
        """What stands in the Word document between a heading and the next one, as one element."""
        result, inside = etree.Element("section"), False
        for block in self.body:
            style = block.find(f"{W}pPr/{W}pStyle")
            if style is not None and style.get(f"{W}val") in HEADINGS:
                inside = plain(text_of(block)) == heading
            if inside:
                result.append(etree.fromstring(etree.tostring(block)))
        assert len(result), heading
        return result

    def table(self, caption: str) -> Any:
        """The table under a caption in the Word document."""
        for table in self.body.iter(f"{W}tbl"):
            if plain(text_of(table.getprevious())).split(" ", 2)[-1].startswith(caption):
                return table
        raise AssertionError(caption)

    def part(self, heading: str) -> Any:
        """The section of the article."""
        for section in self.article.iter("sec"):
            title = section.find("title")
            if title is not None and plain("".join(title.xpath(UNMARKED))) == heading:
                return section
        raise AssertionError(heading)

    def wrap(self, caption: str) -> Any:
        """The table of the article with a caption."""
        for wrap in self.article.iter("table-wrap", "fig"):
            if "".join(wrap.find("caption").itertext()).strip().startswith(caption):
                return wrap
        raise AssertionError(caption)


def read(review: Review) -> Written:
    """Writes the documents and reads them again."""
    with zipfile.ZipFile(review.docx()) as package:
        parts = {name: etree.fromstring(package.read(f"word/{name}.xml")) for name in ("document", "numbering")}
        notes = etree.fromstring(package.read("word/footnotes.xml"))
    pages = inner_text(review.pdf())
    article = etree.parse(str(review.jats()), etree.XMLParser(load_dtd=False, no_network=True)).getroot()
    body = parts["document"].find(f"{W}body")
    return Written(review, body, notes, parts["numbering"], plain(" ".join(pages)), article)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return read(torture_review(tmp_path_factory.mktemp("torture"), (HERE / "manuscript.md").read_text("utf-8")))


def has(node: Any, path: str) -> bool:
    """Whether an XPath finds something, or holds, below a node."""
    return bool(node.xpath(path, namespaces=NAMESPACES))
