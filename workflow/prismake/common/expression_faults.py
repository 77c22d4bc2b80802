"""Faults of expressions in plain English, instead of the template engine's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from prismake.common.errors import nearest

CORRECT = "correct the expression there"

_OPENED = re.compile(r"\{(?P<kind>[{%])(?:(?!\{[{%]|[}%]\}).)*(?=\{[{%]|\Z)", re.DOTALL)
_CLOSED_BY = {"{": "}}", "%": "%}"}
_NAMED = re.compile(r"No (?P<kind>filter|test) named '(?P<name>[^']*)'")

# The engine's words -> ours. A group of the pattern may stand in the message and in the fix.
_WORDS = tuple(
    (re.compile(pattern), message, fix)
    for pattern, message, fix in (
        (
            r"Unexpected end of template.*to be closed is '(\w+)'",
            "a block that opens with {{% {0} %}} is not closed",
            "close it with {{% end{0} %}}",
        ),
        (r"Encountered unknown tag 'end(\w+)'", "{{% end{0} %}} closes a block that is not open", "delete it"),
        (
            r"Encountered unknown tag '(\w+)'",
            "there is no block '{0}'",
            "{{% … %}} takes `if`, `elif`, `else`, `endif`, `for`, `endfor` and `set`",
        ),
        (r"Unexpected end of template|Missing end of", "something that opens here is not closed", CORRECT),
        (r"[Tt]ag name expected", "{{% %}} contains nothing", "name a block, such as {{% if … %}}, or delete it"),
        (r"unexpected char '(\\?.+?)' at", "an expression cannot contain {0}", CORRECT),
        (r"unexpected '(.)', expected '(.)'", "'{0}' stands where '{1}' must close a bracket", CORRECT),
        (r"unexpected '(.)'", "'{0}' closes a bracket that is not open", CORRECT),
        (r"[Ee]xpected (?:token|an expression).*got 'end of", "the expression stops too early", "complete it"),
        (r"[Uu]nexpected 'end of", "the expression stops too early", "complete it"),
        (
            r"expected token 'end of.*got '(.*)'",
            "'{0}' follows a value that is already complete",
            "delete it, or put | before a format",
        ),
        (r"expected token '(.*)', got '(.*)'", "'{1}' stands where '{0}' is expected", CORRECT),
        (r"unexpected '(.*)'", "'{0}' cannot stand at this place", CORRECT),
    )
)


class Fault(NamedTuple):
    """What is wrong, what to do, and the line of the text, counted from 1, where that is known better."""

    message: str
    fix: str
    line: int | None = None


def unknown_format(message: str, formats: Sequence[str]) -> Fault | None:
    """The fault where the engine's `message` reports an unknown format or test; of `formats` the nearest is given."""
    if not (named := _NAMED.match(message)):
        return None
    kind = "format" if named["kind"] == "filter" else "test"
    return Fault(
        f"there is no {kind} '{named['name']}'", nearest(named["name"], formats) if kind == "format" else CORRECT
    )


def expression_fault(message: str, formats: Sequence[str], text: str = "") -> Fault:
    """The fault that the engine reports as `message`.

    `formats` are the names that may follow a |, of which the nearest is suggested; `text` is the prose that holds the
    expression, where a mark that opens and does not close is looked for.
    """
    if unknown := unknown_format(message, formats):
        return unknown
    if opened := _OPENED.search(text):
        kind = "value" if opened["kind"] == "{" else "block"
        mark = _CLOSED_BY[opened["kind"]]
        line = text.count("\n", 0, opened.start()) + 1
        return Fault(
            f"a {kind} that opens with {{{opened['kind']} is not closed by {mark}", f"write {mark} after it", line
        )
    for pattern, words, fix in _WORDS:
        if match := pattern.search(message):
            return Fault(words.format(*match.groups()), fix.format(*match.groups()))
    return Fault(f"not a well-formed expression: {message.rstrip('.')}", CORRECT)
