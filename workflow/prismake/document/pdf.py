"""The manuscript as PDF, through Typst."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import typst

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.glyphs import letters_without_glyph
from prismake.common.limits import TooMuch
from prismake.common.typesetting import MAIN, TypstRefusal, typeset
from prismake.document.arranging import Arranged
from prismake.document.conversion import CELL_PADDING_PT, Writer, filter_of, writer_settings
from prismake.document.documents import Source, written
from prismake.document.matter import Matter, matter_of
from prismake.document.pdf_update import updated
from prismake.document.variants import Edition
from prismake.figures.figure import VENDORED, with_fonts
from prismake.manuscript import tree
from prismake.manuscript.model import read_manuscript
from prismake.manuscript.walking import all_nodes, walk

# Name in the PDF -> (content, what the template says of it).
Attached = dict[str, tuple[bytes, dict[str, str]]]
# Accessible (tags, alt text, language) and archivable (all fonts embedded, no dependence on the outside).
STANDARDS = ["ua-1", "a-3a"]
START = '#import "manuscript.typ": *\n#show: manuscript\n'


# What travels in the file: how it is called there, of what kind it is, and what it is to the document.
EVIDENCE = {
    "values.json": ("application/json", "data", "Every number that the text uses"),
    "flow.json": ("application/json", "data", "The boxes of the flow figure and what they count"),
    "config.yaml": ("application/yaml", "source", "The settings of the review"),
}
SUMS = "records.sha256"
SUMS_ARE = ("text/plain", "data", "SHA-256 of the exports, the records, their clusters and the screening")


def families_of(profile: dict[str, Any], fonts: Sequence[Path]) -> list[str]:
    """The font of the journal's text, then the review's own ones in the order of their files.

    Raises BuildStop if none of the review's own can be read.
    """
    names = [profile["text"]["pdf_font"]]
    for folder in sorted({font.parent for font in fonts if not font.stem.startswith(VENDORED)}):
        families = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
        ).families()
        if not families:
            fault = Issue("font-file", "no font in it can be read", folder.as_posix(), "put a TTF or OTF file there")
            raise BuildStop(fault)
        names += families
    return list(dict.fromkeys(names))


def checksums(files: Iterable[Path]) -> str:
    """SHA-256 of each file, in the form that `sha256sum --check` reads in the review's folder."""
    lines = []
    for path in sorted(files):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.as_posix()}\n")
    return "".join(lines)


def attachments_of(evidence: Iterable[Path], records: Sequence[Path]) -> Attached:
    """Name in the PDF -> (content, what the template says of it): the evidence as it is, the records by their sums."""
    # With one kind of line ends: a checkout on Windows gives config.yaml others, and the document stays the same.
    files = {file.name: (file.read_bytes().replace(b"\r\n", b"\n"), EVIDENCE[file.name]) for file in evidence}
    if records:
        files[SUMS] = (checksums(records).encode(), SUMS_ARE)
    return {
        name: (content, {"name": name, "mime": mime, "relationship": relationship, "description": description})
        for name, (content, (mime, relationship, description)) in sorted(files.items())
    }


def template_settings(
    edition: Edition, matter: Matter, attached: Iterable[dict[str, str]], families: list[str]
) -> dict[str, Any]:
    """What the template reads: profile, page, properties of the document, the files that travel in it, and the fonts
    in which a letter is looked for.
    """
    return {
        "families": families,
        "attached": list(attached),
        "profile": edition.profile,
        "page": {
            **asdict(edition.page),
            "text_width": edition.page.text_width,
            "landscape_width": edition.page.text_height,
            "cell_padding": CELL_PADDING_PT,
        },
        "matter": {
            "title": matter.title,
            "short_title": matter.short_title,
            "draft": matter.draft,
            "authors": list(matter.authors),
            "keywords": list(matter.keywords),
            "variant": "" if edition.variant == "whole" else edition.variant,
            "language": matter.language,
            "date": [matter.date.year, matter.date.month, matter.date.day],
        },
    }


def places_of(letters: str, source: Source) -> str:
    """Where a text stands: in the manuscript, in works of the bibliography, in drawings; the first of each."""
    places = []
    manuscript = read_manuscript(source.files.manuscript)
    for node in walk(all_nodes(manuscript.document)):
        if isinstance(node, tree.Str | tree.Code | tree.CodeBlock | tree.Math) and letters in node.text:
            places.append(manuscript.where(node.at))
            break
    for work in source.works:
        if letters in json.dumps(work, ensure_ascii=False):
            places.append(f"{source.files.references.as_posix()}, '{work.get('id')}'")
            break
    for figure in source.figures.values():
        if figure.vector and letters in figure.vector.read_text(encoding="utf-8"):
            places.append(figure.vector.as_posix())
    return "; ".join(places) or "PDF"


def fault_of(fault: TypstRefusal, template: Path, lacking: Callable[[], str], places: Callable[[str], str]) -> Issue:
    """Typst's complaint as an issue. Letters that no font has are by far the most likely: all are named."""
    missing = re.search(r'the text `"(.+?)"` could not be displayed', fault.message)
    if missing:
        letters = dict.fromkeys(lacking() or missing[1])
        names = ", ".join(f"'{letter}' (U+{ord(letter):04X})" for letter in letters)
        fix = (
            "put an open font that has them into the folder fonts/ of the manuscript (Noto has one for every script), "
            "or write them in Latin letters"
        )
        where = "; ".join(dict.fromkeys(places(letter) for letter in letters))
        return Issue("missing-glyph", f"the fonts have no glyph for {names}", where, fix)
    return Issue(
        "typst", fault.diagnostic.strip(), template.name, "this is likely a fault in Prismake; please report it"
    )


def _typst(source: Source, made: Arranged, edition: Edition) -> str:
    """The text in Typst's markup, as pandoc writes it."""
    settings = writer_settings(edition, source.figures, vector=True)
    writer = Writer("typst-smart-citations", filter_of(source.files.writer, "typst"), settings)
    return written(made, edition, source.files.fonts, writer).decode()


def pdf_of(source: Source, made: Arranged, edition: Edition, attached: Attached) -> bytes:
    """The PDF of one edition of a manuscript: Typst sees its own text, the fonts, the figures, what is attached to the
    file, and nothing else.

    Raises BuildStop as `written` does, and with Typst's message.
    """
    matter, fonts = matter_of(source.manuscript), list(source.files.fonts)
    if edition.blinded:
        matter = replace(matter, authors=())
    template = next(file for file in source.files.writer if file.suffix == ".typ")
    about = [about for _, about in attached.values()]
    settings = template_settings(edition, matter, about, families_of(edition.profile, fonts))
    markup = _typst(source, made, edition)
    files = {
        MAIN: START.encode() + markup.encode(),
        "manuscript.typ": template.read_bytes(),
        "settings.json": json.dumps(settings).encode(),
    }
    files |= {f"attached/{name}": content for name, (content, _) in attached.items()}
    for figure in source.figures.values():
        files[figure.main.name] = with_fonts(figure.vector, VENDORED) if figure.vector else figure.raster.read_bytes()
    day = datetime(matter.date.year, matter.date.month, matter.date.day, tzinfo=UTC)
    try:
        pdf, warnings = typeset(files, fonts, standards=STANDARDS, day=day, embedded=True)
    except TypstRefusal as fault:
        drawings = [figure.vector.read_text(encoding="utf-8") for figure in source.figures.values() if figure.vector]
        text = "".join([markup, json.dumps(settings, ensure_ascii=False), *drawings])
        lacking = partial(letters_without_glyph, text, fonts, embedded=True)
        raise BuildStop(fault_of(fault, template, lacking, partial(places_of, source=source))) from None
    except TooMuch as fault:
        fix = "look for a table or a figure that is much larger than the others"
        raise stop("pdf-effort", f"setting it {fault}", where="the PDF", fix=fix) from None
    if warnings:
        issues = [
            Issue("typst-warning", warning.message, template.as_posix(), "; ".join(warning.hints))
            for warning in warnings
        ]
        raise BuildStop(issues)
    return updated(pdf, matter.authors)
