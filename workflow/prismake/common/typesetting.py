"""Typst, as a closed box: it sees the files and fonts that it is given, and nothing of the machine."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import typst

MAIN = "main.typ"


def typeset(
    files: Mapping[str, bytes],
    fonts: Sequence[Path],
    *,
    format: Literal["pdf", "svg", "png"] = "pdf",
    standards: Sequence[str] = (),
    day: datetime | None = None,
    dpi: float | None = None,
    embedded: bool = False,
) -> tuple[bytes, list[Any]]:
    """(what Typst makes of `main.typ` among `files`, its warnings). Raises typst.TypstError with its complaint.

    `embedded`: whether the fonts inside Typst may be named too; those of mathematics and of code are among them.
    `files` go by the names under which the source reads them. They lie in a folder of their own for the run: the
    wheel takes texts alone from memory.
    """
    vendored = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=embedded,
        font_paths=sorted({str(font.parent) for font in fonts}),
    )
    options: dict[str, Any] = {"pdf_standards": list(standards)} if standards else {}
    if day:
        options["timestamp"] = day
    if dpi:
        options["ppi"] = dpi
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            target = Path(folder) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        compiler = typst.Compiler(str(Path(folder) / MAIN), root=folder, font_paths=vendored)
        output, warnings = compiler.compile_with_warnings(format=format, **options)
    assert isinstance(output, bytes)
    return output, list(warnings)
