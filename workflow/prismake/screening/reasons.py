"""The reasons that tools and people write, as codes of the stage's reasons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from prismake.common.errors import Issue, nearest
from prismake.screening.stages import Stage

# Separators between reasons, in several scripts.
_MARKS = re.compile("[,;|،、，；]")


def fold(text: str) -> str:
    """A reason for comparison: case, white space and Unicode forms aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


class Reasons:
    """The reasons of a stage, known by their codes, their texts as printed and their other texts (`reason_texts`)."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._code = {fold(code): code for code in stage.reasons}
        for code, label in stage.reasons.items():
            self._code.setdefault(fold(label), code)
        for code, texts in stage.reason_texts.items():
            for text in texts:
                self._code.setdefault(fold(text), code)
        # The most parts that one reason has at its own commas.
        self.longest = 1 + max((len(_MARKS.findall(text)) for text in self._code), default=0)

    def code(self, text: str) -> str:
        """The code of a reason, or ""."""
        return self._code.get(fold(text), "")

    def ordered(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Codes in the order of config.yaml, each once: the first is the primary reason."""
        wanted = set(codes)
        return tuple(code for code in self.stage.reasons if code in wanted)

    def fault(self, text: str, where: str) -> Issue:
        """The fault of a reason that the stage does not know."""
        shown = text if len(text) <= 200 else text[:200] + "…"
        if not self.stage.reasons:
            message = f"the stage '{self.stage.id}' declares no reasons, so '{shown}' is unknown"
            return Issue("unknown-reason", message, where, "declare it under 'reasons' of the stage in config.yaml")
        message = f"unknown reason '{shown}' at stage '{self.stage.id}'"
        near = nearest(fold(text), list(self._code))
        if near.startswith("did you mean"):
            meant = self._code[near.removeprefix("did you mean '").removesuffix("'?")]
            hint = f"did you mean '{meant}'?"
        else:
            hint = "valid here: " + ", ".join(self.stage.reasons)
        return Issue("unknown-reason", message, where, f"{hint} (a tool's own texts go under 'reason_texts')")


def splitter(known: Sequence[Reasons], text: str) -> list[str]:
    """The reasons in a text that may contain several, joined with commas or semicolons.

    A reason may contain commas itself: a text that any of the stages knows as one reason stays whole, the longest
    first. A text between known reasons stays whole too and is reported as unknown.
    """
    if not text.strip():
        return []
    if any(reasons.code(text) for reasons in known):
        return [text.strip()]
    starts = [0, *(mark.end() for mark in _MARKS.finditer(text)), len(text) + 1]
    parts = len(starts) - 1
    longest = max((reasons.longest for reasons in known), default=1)
    pieces: list[str] = []
    at = unknown = 0
    while at < parts:
        end = next(
            (
                end
                for end in range(min(parts, at + longest), at, -1)
                if any(reasons.code(text[starts[at] : starts[end] - 1]) for reasons in known)
            ),
            0,
        )
        if end:
            if unknown < at:
                pieces.append(text[starts[unknown] : starts[at] - 1])
            pieces.append(text[starts[at] : starts[end] - 1])
            unknown = end
        at = end or at + 1
    if unknown < parts:
        pieces.append(text[starts[unknown] :])
    return [reason.strip() for reason in pieces if reason.strip()]
