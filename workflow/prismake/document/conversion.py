"""Pandoc, as a closed box: what goes in is named, what it complains about becomes a message for a person."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from PIL import ImageFont

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.pandoc import WITHIN, closed_environment, pandoc_program
from prismake.document.csl import prepared_style
from prismake.document.variants import Edition
from prismake.figures.figure import Figure
from prismake.manuscript.parsing import READER

ISSUES = "ISSUES "
# In the order in which they run, the citations being resolved after the first; the writer's own comes last.
FILTERS = ("prepare", "citations", "select", "columns")
CELL_PADDING_PT = 3.0
# Seconds; a manuscript of a hundred pages takes three.
LONGEST = 120


@dataclass(frozen=True)
class Job:
    """What one run of pandoc works on."""

    manuscript: Path
    references: Path
    csl: Path
    filters: Sequence[Path]
    writer_filter: str
    settings: dict[str, Any]


@cache
def _letter_widths(font: Path, letters: str) -> dict[str, float]:
    size = 1000
    face = ImageFont.truetype(str(font), size)
    # Letters of East Asia are as wide as high; the vendored fonts do not have them.
    return {
        letter: 1 if east_asian_width(letter) in "WF" else round(face.getlength(letter) / size, 4) for letter in letters
    }


def font_file(fonts: Sequence[Path], family: str, style: str) -> Path:
    """The file of a vendored font. Raises BuildStop where the rule did not name it."""
    for font in fonts:
        if font.name == f"{family}-{style}.ttf":
            return font
    raise BuildStop(
        Issue("missing-font", f"the font {family} {style} is not among the vendored ones", "fonts", "add it")
    )


def settings_for(
    edition: Edition,
    *,
    text: str,
    fonts: Sequence[Path],
    figures: dict[str, Figure],
    vector: bool,
) -> dict[str, Any]:
    """What the filters need to know: the edition, the figures, and how wide each letter of `text` is.

    `vector` chooses the form of the figures: the SVG where there is one, or the raster. Lengths are points, figure
    sizes inches, widths of letters parts of the font size.
    """
    letters = "".join(sorted({letter for letter in text if letter >= " "} | set("M 0123456789–,")))
    profile, page = edition.profile, edition.page
    family = profile["text"]["pdf_font"]
    return {
        "profile": profile,
        "parts": list(edition.parts),
        "blinded": edition.blinded,
        "only": edition.only,
        "page": {
            **asdict(page),
            "text_width": page.text_width,
            "landscape_width": page.text_height,
            "cell_padding": CELL_PADDING_PT,
        },
        "advances": {
            "regular": _letter_widths(font_file(fonts, family, "Regular"), letters),
            "bold": _letter_widths(font_file(fonts, family, "Bold"), letters),
        },
        "figures": {
            source: {
                "file": str(figure.main if vector else figure.raster),
                "name": (figure.main if vector else figure.raster).name,
                "width": figure.width,
                "height": figure.height,
            }
            for source, figure in figures.items()
        },
        "figure_names": sorted(figures),
        # Word gets plain numbers: staff there restyle and renumber them.
        "link_citations": vector,
    }


def filter_chain(files: Sequence[Path], last: str) -> list[Path]:
    """The filters in the order in which they run; `last` is that of the writer.

    Raises BuildStop where one is not among the files, so that a rule cannot forget to name what its step depends on.
    """
    by_name = {file.stem: file for file in files}
    needed = [*FILTERS, last]
    if missing := [name for name in (*needed, "settings") if name not in by_name]:
        message = f"not among the rule's filters: {', '.join(missing)}"
        raise BuildStop(Issue("missing-filter", message, "workflow/rules/document.smk", "name it there"))
    return [by_name[name] for name in needed]


def _where(job: Job, what: str) -> str:
    """The line of the manuscript where a key, identifier or file first stands."""
    lines = job.manuscript.read_text(encoding="utf-8").splitlines()
    marked = re.compile(rf"[@#]\{{?{re.escape(what)}(?![\w:-])")
    for found in (marked, re.compile(re.escape(what))):
        for number, line in enumerate(lines, start=1):
            if found.search(line):
                return f"{job.manuscript.as_posix()}:{number}: '{what}'"
    return f"{job.manuscript.as_posix()}: '{what}'"


def _faults(job: Job, messages: str) -> list[Issue]:
    found: dict[str, Issue] = {}
    for line in messages.splitlines():
        if line.startswith(ISSUES):
            for item in json.loads(line.removeprefix(ISSUES)):
                issue = Issue(item["code"], item["message"], _where(job, item["what"]), item["fix"])
                found.setdefault(str(issue), issue)
    for equation in re.findall(r"Could not convert TeX math (.+?), rendering as TeX", messages, re.DOTALL):
        where = _where(job, equation.strip().splitlines()[0].strip())
        issue = Issue("equation", "the equation cannot be set", where, "write it in the TeX that pandoc reads")
        found.setdefault(str(issue), issue)
    if found:
        return list(found.values())
    return [Issue("pandoc", messages.strip(), job.manuscript.as_posix(), "mend the text there")]


def run_pandoc(job: Job, *, to: str, options: Sequence[str] = ()) -> bytes:
    """What pandoc makes of a manuscript. Raises BuildStop with the filters' findings, or with pandoc's own message.

    The run is sandboxed and sees no clock, locale or user configuration; a warning is a failure.
    """
    first, *rest = filter_chain(job.filters, job.writer_filter)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.json"
        settings.write_text(json.dumps(job.settings), encoding="utf-8")
        style = Path(folder) / "style.csl"
        style.write_bytes(prepared_style(job.csl.read_bytes()))
        target = Path(folder) / "document"
        command = [
            *[str(pandoc_program()), f"--from={READER}", f"--to={to}", f"--output={target}"],
            *["--sandbox", "--fail-if-warnings", "--wrap=none", "--syntax-highlighting=none", f"--data-dir={folder}"],
            *[f"--bibliography={job.references}", f"--csl={style}", f"--variable=settings={settings}"],
            *[f"--lua-filter={first}", "--citeproc", *[f"--lua-filter={step}" for step in rest]],
            *options,
            *WITHIN,
            str(job.manuscript),
        ]
        try:
            done = subprocess.run(command, capture_output=True, env=closed_environment(), check=False, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            raise stop(
                "too-long",
                f"pandoc did not finish in {LONGEST} seconds",
                where=job.manuscript.as_posix(),
                fix="look for brackets, tables or words without end",
            ) from None
        if done.returncode:
            raise BuildStop(_faults(job, done.stderr.decode("utf-8", "replace")))
        return target.read_bytes()
