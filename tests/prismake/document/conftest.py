"""A small manuscript that has everything, written once as DOCX and as PDF."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from prismake.document.documents import Files
from scripts.write_docx import write_docx
from scripts.write_jats import write_jats
from scripts.write_pdf import write_pdf

from tests.places import FONTS, JOURNALS, PACKAGE, SCHEMAS

HERE = Path(__file__).parent / "fixtures"
DOCUMENT = PACKAGE / "document"
JOURNAL = JOURNALS / "j-pain-res"


def writer_files(name: str) -> list[Path]:
    """What a rule hands to a step of one writer's own."""
    files = [DOCUMENT / "filters" / f"{stem}.lua" for stem in ("settings", name)]
    return [*files, DOCUMENT / "templates/manuscript.typ"] if name == "typst" else files


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@dataclass
class Review:
    """A review folder that holds a rendered manuscript, and what a rule would hand to the steps."""

    folder: Path
    profile: Path = JOURNAL / "profile.yaml"
    # Files of further figures.
    more: list[Path] = field(default_factory=list)
    fonts: list[Path] = field(default_factory=list)

    def edit(self, change: Callable[[str], str]) -> Review:
        file = self.folder / "results/manuscript/manuscript.md"
        before = file.read_text(encoding="utf-8")
        after = change(before)
        assert after != before, "the change found nothing to change"
        file.write_text(after, encoding="utf-8")
        return self

    def files(self, last: str) -> Files:
        style = self.profile.parent / "references.csl"
        return Files(
            manuscript=Path("results/manuscript/manuscript.md"),
            references=Path("results/manuscript/references.json"),
            figures=[Path("results/figures/prisma.svg"), Path("results/figures/prisma.png"), *self.more],
            profile=self.profile,
            schema=SCHEMAS / "journal.schema.yaml",
            csl=style if style.is_file() else JOURNAL / "references.csl",
            writer=writer_files(last),
            fonts=[*FONTS, *self.fonts],
        )

    def docx(self, name: str = "manuscript.docx") -> Path:
        with inside(self.folder):
            write_docx(files=self.files("word"), docx=Path(name))
        return self.folder / name

    def jats(self, name: str = "manuscript.xml") -> Path:
        with inside(self.folder):
            write_jats(files=self.files("jats"), jats=Path(name))
        return self.folder / name

    def pdf(self, name: str = "manuscript.pdf", **evidence: Any) -> Path:
        with inside(self.folder):
            write_pdf(files=self.files("typst"), pdf=Path(name), **evidence)
        return self.folder / name


def lay_out(folder: Path) -> Review:
    for name, place in (
        ("manuscript.md", "manuscript"),
        ("references.json", "manuscript"),
        ("prisma.svg", "figures"),
        ("prisma.png", "figures"),
    ):
        target = folder / "results" / place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, target)
    return Review(folder)


@pytest.fixture(scope="session")
def dtd() -> etree.DTD:
    """The DTD of JATS, of which Biopython carries version 1.3."""
    name = "JATS-archivearticle1-3-mathml3.dtd"
    (items,) = [file for file in files("biopython") or [] if file.name == name]
    return etree.DTD(str(items.locate()))


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return lay_out(tmp_path)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Review:
    review = lay_out(tmp_path_factory.mktemp("written"))
    review.docx()
    review.pdf()
    return review
