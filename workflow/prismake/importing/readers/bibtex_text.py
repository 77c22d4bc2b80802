"""The language of BibTeX inside an entry: joins of texts, lists of names, TeX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_START = re.compile(r"[^{(]*[{(]")
_STRING = re.compile(r"@[ \t]*string[ \t]*[{(]\s*+([^=\s]++)\s*+=\s*+(.*)[})]\s*\Z", re.IGNORECASE | re.DOTALL)
# Text between dollars that is mathematics, not money: with a command, an index or braces, or short and in one piece.
_MATH = re.compile(r"(?<!\\)\$([^$]*[\\^_{][^$]*|[A-Za-z0-9+=<>.,/-]{1,12})(?<!\\)\$")


_AND = re.compile(r"(?<!\\)[{}]|(?<!\s)\s+and\s+", re.IGNORECASE)
# A space where no line may end; the address of a person's pages has one after a slash.
_TIE = re.compile(r"(?<=[\w.])~(?=\w)")


def names_of(people: str) -> list[str]:
    """The names that `and` separates; one in braces is a single name, whatever stands in it."""
    parts, start, depth = [], 0, 0
    for match in _AND.finditer(people):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif depth <= 0:
            parts.append(people[start : match.start()])
            start = match.end()
    return [*parts, people[start:]]


def _top_level(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Place and character of each `=`, `,` and `#` of an entry that stands in no value's braces or quotation marks."""
    depth, quoted = 0, False
    for match in _TOKENS.finditer(text, start):
        mark = match[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif mark == '"':
            quoted = quoted != (depth == 0)
        elif depth == 0 and not quoted:
            yield match.start(), mark


_TOKENS = re.compile(r'(?<!\\)[{}"=,#]')


def without_joins(text: str, strings: Mapping[str, str]) -> str:
    """An entry in which each value that `#` joins of several is one in braces; names stand for what `strings` says."""
    head = _START.match(text)
    if "#" not in text or not head:
        return text
    done, begin, joined = head.end(), head.end(), False
    parts = [text[:done]]
    last = max(text.rfind("}"), text.rfind(")"))
    for place, mark in [*_top_level(text[:last], head.end()), (last, ",")]:
        if mark == "#":
            joined = True
            continue
        if mark == ",":
            if joined:
                parts += [text[done:begin], " {", value_of(text[begin:place], strings), "}"]
                done = place
            joined = False
        begin = place + 1
    return "".join([*parts, text[done:]])


def value_of(expression: str, strings: Mapping[str, str]) -> str:
    """What an expression stands for: texts in braces or quotation marks, numbers and names, joined by `#`."""
    ends = [place for place, mark in _top_level(expression, 0) if mark == "#"]
    pieces = [
        expression[start:end].strip() for start, end in zip([0, *(e + 1 for e in ends)], [*ends, None], strict=True)
    ]
    return "".join(
        piece[1:-1] if piece[:1] in ('"', "{") and len(piece) > 1 else strings.get(piece.lower(), piece)
        for piece in pieces
    )


def definition(text: str, strings: Mapping[str, str]) -> tuple[str, str] | None:
    """The name that a @string defines, in lower case, and its text."""
    match = _STRING.match(text.strip().lstrip("\ufeff"))
    return (match[1].lower(), value_of(match[2], strings)) if match else None


def plain(value: str) -> str:
    """A value without LaTeX: accents and symbols as characters, braces off."""
    if "~" in value and not value.startswith(("http", "10.")):
        value = _TIE.sub(" ", value)
    if "\\" not in value and "{" not in value and "$" not in value:
        return value
    value = _MATH.sub(lambda match: _math(match[1]), value)
    if "\\" in value:
        return _without_commands(re.sub(r"(?<!\\)%", r"\%", value), "verbatim")
    return value.replace("{", "").replace("}", "")


def _math(text: str) -> str:
    """Mathematics in a line: symbols as characters, indices and exponents beside their base."""
    return re.sub(r"[\^_]", "", _without_commands(f"${text}$", "text").replace("^∘", "°")).replace("∘", "°").strip()


def _without_commands(value: str, math_mode: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

    try:
        return str(LatexNodes2Text(keep_comments=True, math_mode=math_mode).latex_to_text(value))
    except Exception:  # pylatexenc raises many kinds on text that is not LaTeX after all
        return value.replace("{", "").replace("}", "")
