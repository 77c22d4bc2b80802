"""Typst, as a closed box: it sees the files and fonts that it is given, and nothing of the machine.

It runs in a process of its own, within bounds: a drawing of a few lines can ask for any amount of work.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from prismake.common import typst_process
from prismake.common.pandoc import closed_environment
from prismake.common.processors import processors
from prismake.common.programs import GIGABYTE, run_program

MAIN = "main.typ"
# Seconds of the processor and bytes; a manuscript of a hundred pages takes five and 0.6 GB.
LONGEST = 120
LARGEST = 4 * GIGABYTE


class TypstRefusal(Exception):
    """Typst's complaint: the `message` alone, and the `diagnostic` with the lines of the source."""

    def __init__(self, message: str, diagnostic: str) -> None:
        super().__init__(message)
        self.message, self.diagnostic = message, diagnostic


@dataclass(frozen=True)
class TypstWarning:
    """What Typst warns of, and its hints."""

    message: str
    hints: tuple[str, ...]


def _lay_out(files: Mapping[str, bytes], root: Path) -> None:
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def typeset(
    files: Mapping[str, bytes],
    fonts: Sequence[Path],
    *,
    format: Literal["pdf", "svg", "png"] = "pdf",
    standards: Sequence[str] = (),
    day: datetime | None = None,
    dpi: float | None = None,
    embedded: bool = False,
    seconds: int = LONGEST,
) -> tuple[bytes, list[TypstWarning]]:
    """(what Typst makes of `main.typ` among `files`, its warnings).

    `embedded`: whether the fonts inside Typst may be named too; those of mathematics and of code are among them.
    `files` go by the names under which the source reads them; they lie in a folder of their own for the run. Raises
    TypstRefusal with Typst's complaint, and TooMuch where the run takes more than its `seconds` or its memory.
    """
    options: dict[str, Any] = {"format": format}
    options |= {"pdf_standards": list(standards)} if standards else {}
    options |= {"timestamp": day.isoformat()} if day else {}
    options |= {"ppi": float(dpi)} if dpi else {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        _lay_out(files, root)
        document = Path(folder) / "document"
        order = {
            "main": str(root / MAIN),
            "root": str(root),
            "target": str(document),
            "font_folders": sorted({str(font.parent.resolve()) for font in fonts}),
            "embedded": embedded,
            "options": options,
        }
        # Isolated: nothing in the environment or the working directory is imported.
        command = [sys.executable, "-I", typst_process.__file__]
        done = run_program(
            command,
            json.dumps(order).encode(),
            seconds=seconds,
            memory=LARGEST,
            environment=closed_environment() | {"RAYON_NUM_THREADS": str(processors())},
            folder=Path(folder),
        )
        if done.returncode:
            # A drawing may lead its renderer astray, which then ends with a trace instead of an answer.
            raise TypstRefusal("Typst crashes on it", done.stderr.decode("utf-8", "replace").strip())
        answer = json.loads(done.stdout)
        if "message" in answer:
            raise TypstRefusal(answer["message"], answer["diagnostic"])
        return document.read_bytes(), [TypstWarning(message, tuple(hints)) for message, hints in answer["warnings"]]
