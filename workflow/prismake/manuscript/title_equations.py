"""Equations in the fields of a bibliography, as text that a reference list takes: CO$_2$ becomes CO<sub>2</sub>.

Pandoc writes an equation and a price alike, as text between dollar signs. So each equation of the source is replaced by
a letter of its own, before pandoc reads the source, and the letter by its text afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from prismake.common.errors import Issue

# What may hold a dollar sign that begins no equation: an escaped one, an address, a path.
PATTERN = re.compile(
    r"\\\$|\\(?:url|href)\s*\{[^{}]*\}|\b(?:url|doi|file|eprint|pdf)\s*=\s*(?:\{[^{}]*\}|\"[^\"]*\")|"
    r"\$(?P<dollars>(?:[^$\\]|\\.)+)\$|\\ensuremath\s*\{(?P<ensured>(?:[^{}]|\{[^{}]*\})*)\}|\$",
    re.IGNORECASE | re.DOTALL,
)
# Letters for private use: no reader changes their case, and no source should have them.
FIRST_LETTER, LAST_LETTER = 0xE000, 0xF8FF
# Of an equation in a line, what a reference list takes: super- and subscripts.
TAGS = re.compile(r"<(?!/?su[bp]>)[^<>]*>")
SCRIPT = re.compile(r"(?<=<su[bp]>)[^<>]*(?=</su[bp]>)")
# As mathematics is set in scripts: without blanks around the signs.
BLANKS_AROUND_SIGNS = re.compile(r"(?<=[−+=<>≤≥×,])\s+|(?<!\s)\s+(?=[−+=<>≤≥×,])")
# The old commands for upright and other letters, which pandoc does not read in mathematics.
OLD_FONT = re.compile(r"\{\s*\\(rm|it|bf|sf|tt)\s++([^{}]*)\}")


@dataclass(frozen=True)
class Marked:
    """A source with a letter for each equation, and the equations with their lines, by letter."""

    text: str
    equations: dict[str, str]
    lines: dict[str, int]


def _is_equation(source: str, following: str) -> bool:
    """Whether dollar signs enclose mathematics: "US$5 and $10" has two prices, and "$5}, note = {$" two fields."""
    depths = [0]
    for sign in source:
        depths.append(depths[-1] + {"{": 1, "}": -1}.get(sign, 0))
    if min(depths) < 0 or depths[-1] or source != source.strip():
        return False
    return not following.isdigit() or any(sign in source for sign in "\\^_")


def mark_equations(text: str) -> Marked:
    """Replaces each equation of a BibTeX source by a letter of its own; other dollar signs are escaped."""
    letters = (chr(code) for code in range(FIRST_LETTER, LAST_LETTER) if chr(code) not in text)
    known: dict[str, str] = {}
    lines: dict[str, int] = {}

    def change(match: re.Match[str]) -> str:
        source = match["dollars"] or match["ensured"]
        if not source and match[0] != "$":
            return match[0]
        if not match["ensured"] and not (source and _is_equation(source, text[match.end() : match.end() + 1])):
            return match[0].replace("$", r"\$")
        letter = known.get(source) or next(letters, "")
        if not letter:
            return match[0]
        known[source] = letter
        lines.setdefault(letter, text.count("\n", 0, match.start()) + 1)
        return letter

    marked = PATTERN.sub(change, text)
    return Marked(marked, {letter: source for source, letter in known.items()}, lines)


def _as_text(html: str) -> str:
    line = unescape(TAGS.sub("", html)).strip()
    return SCRIPT.sub(lambda script: BLANKS_AROUND_SIGNS.sub("", script[0]), line)


def shown_as_text(marked: Marked, to_html: Callable[[str], str]) -> dict[str, str]:
    """What each letter stands for, as text with <sub> and <sup>. `to_html` reads Markdown, a paragraph per equation."""
    if not marked.equations:
        return {}
    sources = [OLD_FONT.sub(r"\\math\1{\2}", " ".join(source.split())) for source in marked.equations.values()]
    lines = to_html("\n\n".join(f"${source}$" for source in sources)).splitlines()
    return dict(zip(marked.equations, map(_as_text, lines), strict=True))


def unprintable(marked: Marked, shown: dict[str, str], source: str) -> list[Issue]:
    """Issues of the equations that text cannot show."""
    return [
        Issue(
            "bibtex",
            f"the equation '${marked.equations[letter]}$' cannot be set in a reference list",
            f"{source}:{marked.lines[letter]}",
            "write it in words or with Unicode letters",
        )
        for letter, line in shown.items()
        if "\\" in line or "$" in line
    ]


def set_equations(value: Any, shown: dict[str, str]) -> Any:
    """A value of CSL JSON with the text of each equation in the place of its letter."""
    if isinstance(value, str):
        return "".join(shown.get(sign, sign) for sign in value) if shown else value
    if isinstance(value, dict):
        return {key: set_equations(one, shown) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [set_equations(one, shown) for one in value]
    return value
