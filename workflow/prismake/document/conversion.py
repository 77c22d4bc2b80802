"""Pandoc as a closed box: its inputs are declared, and its complaints become messages."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from PIL import ImageFont

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.limits import TooMuch
from prismake.common.pandoc import WITHIN, closed_environment, pandoc_program
from prismake.common.programs import run_program
from prismake.document.columns import Measures
from prismake.document.variants import Edition
from prismake.figures.figure import Figure
from prismake.manuscript import tree
from prismake.manuscript.codec import encode
from prismake.manuscript.walking import walk

CELL_PADDING_PT = 3.0
# Seconds; a manuscript of a hundred pages takes three.
LONGEST = 120
REFUSED_EQUATION = re.compile(r"Could not convert TeX math (.+?), rendering as TeX", re.DOTALL)


@dataclass(frozen=True)
class Writer:
    """One of pandoc's writers: its name, and the Lua filter with what belongs to it alone."""

    format: str
    filter: Path
    settings: Mapping[str, Any]
    options: Sequence[str] = ()


@cache
def _letter_widths(font: Path, letters: str) -> dict[str, float]:
    size = 1000
    face = ImageFont.truetype(str(font), size)
    # Letters of East Asia are as wide as high; the vendored fonts do not have them.
    return {
        letter: 1 if east_asian_width(letter) in "WF" else round(face.getlength(letter) / size, 4) for letter in letters
    }


def font_file(fonts: Sequence[Path], family: str, style: str) -> Path:
    """The file of a vendored font. Raises BuildStop if the rule did not name it."""
    for font in fonts:
        if font.name == f"{family}-{style}.ttf":
            return font
    raise BuildStop(
        Issue("missing-font", f"the font {family} {style} is not among the vendored ones", "fonts", "add it")
    )


def measures_of(text: str, family: str, fonts: Sequence[Path]) -> Measures:
    """How wide each letter of a text is in a vendored font, as parts of the font size."""
    letters = "".join(sorted({letter for letter in text if letter >= " "} | set("M 0123456789–,")))
    regular, bold = (_letter_widths(font_file(fonts, family, style), letters) for style in ("Regular", "Bold"))
    return Measures(regular, bold, CELL_PADDING_PT)


def writer_settings(edition: Edition, figures: Mapping[str, Figure], *, vector: bool) -> dict[str, Any]:
    """What a writer's filter needs to know: the profile, which float stands alone, the names and sizes of figures.

    `vector` chooses the form of the figures: the SVG where there is one, or the raster. Sizes are inches.
    """
    files = {source: figure.main if vector else figure.raster for source, figure in figures.items()}
    return {
        "profile": edition.profile,
        "only": edition.only,
        "figures": {
            source: {
                "name": files[source].name,
                "width": figure.width,
                "height": figure.height,
            }
            for source, figure in figures.items()
        },
    }


def filter_of(files: Sequence[Path], name: str) -> Path:
    """The Lua filter of a writer. Raises BuildStop if a rule forgot to name it, or the settings that it reads."""
    by_name = {file.stem: file for file in files}
    if missing := [needed for needed in (name, "settings") if needed not in by_name]:
        message = f"not among the rule's filters: {', '.join(missing)}"
        raise BuildStop(Issue("missing-filter", message, "workflow/rules/document.smk", "name it there"))
    return by_name[name]


def pandoc(content: bytes, options: Sequence[str], *, to: str, name: str) -> bytes:
    """What pandoc makes of a tree (JSON). `name` is the text that a fault is reported for.

    The run is sandboxed and sees no clock, locale or user configuration. Raises BuildStop with pandoc's own message; a
    warning is a failure.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "document"
        command = [
            *[str(pandoc_program()), "--from=json", f"--to={to}", f"--output={target}", f"--data-dir={folder}"],
            *["--sandbox", "--fail-if-warnings", "--wrap=none", "--syntax-highlighting=none"],
            *options,
            *WITHIN,
        ]
        try:
            done = run_program(command, content, seconds=LONGEST, environment=closed_environment())
        except TooMuch as fault:
            fix = "look for brackets or tables that are never closed"
            raise stop("too-long", f"pandoc {fault}", where=name, fix=fix) from None
        if done.returncode:
            message = done.stderr.decode("utf-8", "replace").strip()
            raise BuildStop(Issue("pandoc", message, name, "fix the text there"))
        return target.read_bytes()


def _equations(blocks: Sequence[tree.Block], message: str, where: Callable[[int], str]) -> list[Issue]:
    """An issue for each equation that pandoc could not convert, at its place in the sources."""
    refused = {" ".join(text.split()) for text in REFUSED_EQUATION.findall(message)}
    return [
        Issue("equation", "the equation cannot be set", f"{where(node.at)}: '{node.text}'", "write it as TeX has it")
        for node in walk(blocks)
        if isinstance(node, tree.Math) and " ".join(node.text.split()) in refused
    ]


def write(blocks: list[tree.Block], language: str, writer: Writer, name: str, where: Callable[[int], str]) -> bytes:
    """The document that a writer makes of arranged blocks.

    `name` is the text that a fault is reported for, `where` says where a node stands in its sources. Raises BuildStop
    for an equation that cannot be set, and as `pandoc` does.
    """
    meta: dict[str, tree.Meta] = {"lang": tree.MetaInlines([tree.Str(language)])} if language else {}
    encoded = encode(tree.Document(meta, blocks), lines=True)
    # A tree holds no list twice: it need not be looked through for one that contains itself.
    content = json.dumps(encoded, ensure_ascii=False, check_circular=False, separators=(",", ":")).encode()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.json"
        settings.write_text(json.dumps(writer.settings), encoding="utf-8")
        options = [f"--variable=settings={settings}", f"--lua-filter={writer.filter}", *writer.options]
        try:
            return pandoc(content, options, to=writer.format, name=name)
        except BuildStop as stopped:
            equations = _equations(blocks, str(stopped), where)
            if equations:
                raise BuildStop(equations) from None
            raise
