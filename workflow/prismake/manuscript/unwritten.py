"""What the manuscript does not say yet: places marked by their author. They print in a draft and stop a final build."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prismake.common.errors import Issue, counted
from prismake.manuscript.filters import Ready, escape
from prismake.manuscript.templates import Use

CALL = re.compile(r"\s*to_write\(")
PRINTED = re.compile(r"\[To write: .*?\](?!\w)")
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# What a new review of an earlier version had in place of marks, and what a mark prints.
PLACEHOLDERS = ("Department, Institution, City, Country", "[To write:")
# Names that it had beside them; an example, which has its own affiliations, names its authors so on purpose.
NAMES = ("First Author", "first.author@example.org")
# Fewer letters may be words of a sentence.
SHORTEST = 20
MARK = re.compile(rf"\{{\{{{CALL.pattern}.*\}}\}}")


def to_write(what: str) -> Ready:
    """A place that waits for its text: `[To write: what]`, in bold."""
    return Ready(f"**\\[To write: {escape(what)}\\]**")


def without_unwritten(text: str) -> str:
    """A text of the built manuscript without the places that still wait."""
    return PRINTED.sub("", text)


def is_to_write(text: str) -> bool:
    """Whether a text of the sources is nothing but such a place."""
    return MARK.fullmatch(text.strip()) is not None


def unwritten_issues(ledger: Sequence[Use], *, draft: bool) -> list[Issue]:
    """One fault for each place that still waits; in a draft one warning with their number and the first place."""
    waiting = [use for use in ledger if CALL.match(use.expression)]
    if draft and waiting:
        first = f"{waiting[0].file}:{waiting[0].line}"
        message = f"draft: {counted(len(waiting), 'passage is', 'passages are')} to be written"
        return [Issue("to-write", message, first, "replace each {{ to_write(…) }} by its text", "warning")]
    shown = [use.printed.strip("*").replace("\\", "") for use in waiting]
    return [
        Issue("to-write", f"the text still says {text}", f"{use.file}:{use.line}", "write it")
        for use, text in zip(waiting, shown, strict=True)
    ]


def leftover_issues(file: str, source: str, prompts: Sequence[str], *, draft: bool) -> Iterator[Issue]:
    """A fault, in a draft a warning, for what a new review came with and a file has as if somebody had written it.

    These are placeholders, and the `prompts` of its marks, where they are sentences of their own.
    """
    sentences = "|".join(re.escape(text) for text in dict.fromkeys(prompts) if len(text) >= SHORTEST)
    alone = rf"|(?:^|(?<=[\n.:'\"|])) *(?i:{sentences})(?= *(?:[.'\"\n]|$))" if sentences else ""
    # Behind the last end nothing is an expression, and looking for one there would take the square of the text.
    end = source.rfind("}}") + 2
    prose = EXPRESSION.sub(lambda match: re.sub(r"[^\n]", "\0", match[0]), source[:end]) + source[end:]
    names = NAMES if PLACEHOLDERS[0] in prose else ()
    for match in re.finditer("|".join(map(re.escape, (*PLACEHOLDERS, *names))) + alone, prose):
        line = source.count("\n", 0, match.end()) + 1
        message = f"the text still has what a new review came with: '{match[0].strip()}'"
        yield Issue("to-write", message, f"{file}:{line}", "write your own", "warning" if draft else "error")
