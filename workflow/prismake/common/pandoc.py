"""The one pandoc of this environment, and the surroundings in which it runs: nothing of the machine gets in."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from prismake.common.errors import stop

# The first bounds the memory of a run; pandoc then ends with a message. New objects get an area that fits into the
# processor's cache, and old ones are left alone until there are many: pandoc touches less memory, which saves a quarter
# of its time, on a short text as on a long one.
WITHIN = ("+RTS", "-M1024M", "-A2m", "-H1m", "-O64m", "-RTS")
SOURCE_DATE = 315532800  # 1980-01-01T00:00:00Z


@cache
def pandoc_program() -> Path:
    """The pandoc inside the pypandoc wheel; never one that the machine happens to have.

    Found without importing pypandoc, which starts pandoc to ask for its version, and prefers a newer one in PATH.
    Raises BuildStop without the wheel.
    """
    spec = find_spec("pypandoc")
    if spec and spec.origin:
        for name in ("pandoc", "pandoc.exe"):
            program = Path(spec.origin).parent / "files" / name
            if program.is_file():
                return program
    raise stop(
        "no-pandoc",
        "pandoc is not installed",
        where="pypandoc_binary",
        fix="install Prismake with its dependencies again",
    )


def closed_environment() -> dict[str, str]:
    """The environment variables of a run: no home, no locale, no clock of the person who builds."""
    environment = {"SOURCE_DATE_EPOCH": str(SOURCE_DATE), "LC_ALL": "C.UTF-8", "HOME": os.devnull}
    # Windows starts no program without it.
    return environment | {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
