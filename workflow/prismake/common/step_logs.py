"""What a step left in its log, read where the step ran on another computer and printed nothing here."""

from __future__ import annotations

import re
from pathlib import Path

# Set where steps run elsewhere, as on a cluster.
ELSEWHERE = "PRISMAKE_STEPS_RUN_ELSEWHERE"
_ENTRY = re.compile(r"^(?P<level>[A-Z]+) (?P<message>.*?)(?=\n(?:INFO|WARNING|ERROR|COMPUTER) |\n\n|\Z)", re.M | re.S)


def state_of(log: Path) -> tuple[int, int] | None:
    """What changes whenever a step begins or continues its log; None without one."""
    try:
        about = log.stat()
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns


def text_of(log: Path) -> str:
    """What a log holds; empty where it cannot be read."""
    try:
        return log.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def entries(log: Path, *levels: str) -> list[str]:
    """The messages of some levels, in order; none where the log cannot be read."""
    return [match["message"].rstrip() for match in _ENTRY.finditer(text_of(log)) if match["level"] in levels]
