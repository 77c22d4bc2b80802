"""The reasons that tools and people write, as codes of the stage's reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from prismake.common.errors import Issue, counted
from prismake.common.matching import without_accents
from prismake.screening.stages import Stage
from prismake.screening.unknown import MOST, Unknown, UnknownTexts, fold, left_out

# Separators between reasons, in several scripts.
_MARKS = re.compile("[,;|،、，；]")


class Reasons:
    """The reasons of a stage, known by their codes, their texts as printed and their other texts (`reason_texts`)."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._code = {fold(code): code for code in stage.reasons}
        # Texts as written, each folded once.
        self._written: dict[str, str] = {}
        for code, label in stage.reasons.items():
            self._code.setdefault(fold(label), code)
        for code, texts in stage.reason_texts.items():
            for text in texts:
                self._code.setdefault(fold(text), code)
        # The most parts that one reason has at its own commas.
        self.longest = 1 + max((len(_MARKS.findall(text)) for text in self._code), default=0)

    def code(self, text: str) -> str:
        """The code of a reason, or ""."""
        code = self._written.get(text)
        if code is None:
            code = self._written[text] = self._code.get(fold(text), "")
        return code

    def ordered(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Codes in the order of config.yaml, each once: the first is the primary reason."""
        wanted = set(codes)
        return tuple(code for code in self.stage.reasons if code in wanted)

    def nearest(self, text: str) -> str:
        """The code of the reason that a text is probably a misspelling of, or ""."""
        close = get_close_matches(fold(text), self._code, n=1, cutoff=0.6)
        return self._code[close[0]] if close else ""


def unknown_reasons(texts: UnknownTexts, known: Reasons) -> Issue:
    """One fault for all texts that are not reasons of a stage, with a block for config.yaml."""
    distinct, rows, stage = texts.most_frequent(), texts.rows, known.stage
    number = counted(len(distinct), "unknown reason")
    message = f"{counted(rows, 'decision')} at stage '{stage.id}' {'has' if rows == 1 else 'have'} {number}"
    block = _reason_texts(distinct, known) if stage.reasons else _reasons(distinct)
    fix = f"add to the stage '{stage.id}' in config.yaml:"
    if stage.reasons:
        codes = ", ".join(stage.reasons)
        fix = f"correct the rows, or add to the stage '{stage.id}' in config.yaml, where each ? is one of {codes}:"
    return Issue("unknown-reason", message, texts.where, "\n     ".join([fix, *block]))


def _reason_texts(texts: list[Unknown], known: Reasons) -> list[str]:
    """The lines of `reason_texts`: the texts under the codes that they resemble, the others under a ?."""
    by_code: dict[str, list[Unknown]] = {}
    for unknown in texts[:MOST]:
        by_code.setdefault(known.nearest(unknown.text) or "?", []).append(unknown)
    lines = ["reason_texts:"]
    for code in sorted(by_code, key=[*known.stage.reasons, "?"].index):
        lines.append("  '?':" if code == "?" else f"  {code}:")
        lines += [f"    - {unknown.quoted}{unknown.comment}" for unknown in by_code[code]]
    return lines + left_out(texts)


def _reasons(texts: list[Unknown]) -> list[str]:
    """The lines of `reasons` for a stage that has none: each text as a reason with a code made from it."""
    lines, codes = ["reasons:"], set[str]()
    for number, unknown in enumerate(texts[:MOST], start=1):
        letters = re.sub(r"[^a-z0-9]+", "_", without_accents(unknown.text).casefold()).strip("_")[:40].strip("_")
        code = letters if letters and letters not in codes else f"reason_{number}"
        codes.add(code)
        lines.append(f"  {code}: {unknown.quoted}{unknown.comment}")
    return lines + left_out(texts)


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
