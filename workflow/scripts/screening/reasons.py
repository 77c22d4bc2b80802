"""Texts that tools and people give as reasons, as codes of the stage's reasons."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from prismake.common.errors import Issue, nearest
from prismake.screening.stages import Stage


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

    def code(self, text: str) -> str:
        """The code of a reason, or ""."""
        return self._code.get(fold(text), "")

    def ordered(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Codes in the order of config.yaml, each once: the first is the primary reason."""
        held = set(codes)
        return tuple(code for code in self.stage.reasons if code in held)

    def fault(self, text: str, where: str) -> Issue:
        """What is wrong with a reason that the stage does not know."""
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
        return Issue(
            "unknown-reason", message, where, f"{hint} A tool's own texts go under 'reason_texts' of the stage"
        )


def splitter(known: Sequence[Reasons], text: str) -> list[str]:
    """The reasons in a text that may hold several, joined with commas or semicolons.

    A reason may hold commas itself: what any of the stages knows as one reason stays whole, the longest first. What
    is not known stays apart at its commas, to be told as unknown.
    """
    if not text.strip():
        return []
    if any(reasons.code(text) for reasons in known):
        return [text.strip()]
    parts: list[str] = []
    marks: list[str] = []
    start = 0
    for at, character in enumerate(text):
        if character in ",;،、，；|":
            parts.append(text[start:at])
            marks.append(character)
            start = at + 1
    parts.append(text[start:])
    found: list[str] = []
    at = 0
    while at < len(parts):
        for end in range(min(len(parts), at + 20), at, -1):
            whole = "".join(part + mark for part, mark in zip(parts[at:end], [*marks[at : end - 1], ""], strict=True))
            if end == at + 1 or any(reasons.code(whole) for reasons in known):
                found.append(whole.strip())
                at = end
                break
    if any(reasons.code(part) for reasons in known for part in found):
        return [part for part in found if part]
    return [text.strip()]
