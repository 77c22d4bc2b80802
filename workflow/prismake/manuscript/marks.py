"""Marks in Markdown that pandoc carries into the tree: where a line begins, and what is a value.

A mark is made of characters for private use, its number too, so that it is no letter, digit or blank to pandoc: it
enters no identifier, starts no list, and ends no word. Where one changes what pandoc reads all the same (inside a key
or an address, between the columns of a drawn table), the tree of the text without marks is taken (`parsing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

LINE, LINE_END = "\ue000", "\ue001"
VALUE, VALUE_TEXT, VALUE_END = "\ue002", "\ue003", "\ue004"
FIRST_DIGIT = 0xE010
PRIVATE = re.compile("[\ue000-\ue019]")
DIGITS = "[\ue010-\ue019]+"
# What a text of the tree is cut at: a line's mark, the opening of a value, its end.
MARK = re.compile(f"{LINE}({DIGITS}){LINE_END}|{VALUE}({DIGITS}){VALUE_TEXT}|({VALUE_END})")
ENCODED = re.compile("(?:%EE%80%(?:8[0-9A-F]|9[0-9]))+")

# Lines on which no mark is put: fences, rules and frames of tables, definitions of notes and links, tags.
BARE = re.compile(
    r"[ \t>]{0,99}(?:[:`~=+<-]{3,}|[-=+:| ]+$|[*_ ]{3,}$|\[[^\]]+\]:|</?\w|<!--(?!(?:(?!-->).)*+-->.*\w)|%|\$\$|\\\w)"
)
# Where a word may start: after what opens a block or a stretch of emphasis, and after a blank.
WORD = re.compile(r"(?:(?<=[\s*_|>(\[“\"'])|^)(?=[^\W_])(?!\(?\w{1,3}[.)](?:\s|$))")
# What holds no words of the text: citations and other brackets that begin with a sign, attributes, targets, code, math.
CLOSED = re.compile(
    r"\[[^\[\]]*@[^\[\]]*\]|\{[^{}]*\}|\]\([^()]*\)|\[\^[^\]]*\]|<[^<>\s][^<>]*>|`[^`]*`|\$[^$]*\$|@\S+"
)
# A formula in a line, as pandoc reads one: no blank behind its first dollar or before its last, no digit behind that.
FORMULA = re.compile(r"(?<!\\)\$(?![\s$])(?:\\.|[^$\\])*?(?<!\s)\$(?![\d$])")
DOLLAR = re.compile(r"(?<!\\)\$")


def digits(number: int) -> str:
    """A number in digits for private use."""
    return "".join(chr(FIRST_DIGIT + int(digit)) for digit in str(number))


def number_of(text: str) -> int:
    """The number that such digits write."""
    return int("".join(str(ord(digit) - FIRST_DIGIT) for digit in text))


def line_mark(number: int) -> str:
    """The mark that line `number` begins here."""
    return f"{LINE}{digits(number)}{LINE_END}"


def value_mark(number: int, printed: str) -> str:
    """What value `number` prints, with the marks around it."""
    return f"{VALUE}{digits(number)}{VALUE_TEXT}{printed}{VALUE_END}"


def without_marks(text: str) -> str:
    """A text as it was before marks were put into it; those that became part of an address are taken out too."""
    return MARK.sub("", ENCODED.sub(lambda match: _decoded(match[0]), text))


def with_amounts(marked: str) -> str:
    """A marked line in which dollars that open no formula are escaped where they stand before the mark of a value.

    Pandoc takes a dollar for the end of a formula unless a digit follows it, and a mark is no digit.
    """
    line = without_marks(marked)
    formulas = [match.span() for match in FORMULA.finditer(line)]
    amounts = [not any(start <= one.start() < end for start, end in formulas) for one in DOLLAR.finditer(line)]
    places = [one.start() for one in DOLLAR.finditer(marked)]
    for place, amount in reversed(list(zip(places, amounts, strict=True))):
        if amount and marked.startswith(VALUE, place + 1):
            marked = f"{marked[:place]}\\{marked[place:]}"
    return marked


def _decoded(text: str) -> str:
    return bytes.fromhex(text.replace("%", "")).decode()


def _first_word(line: str) -> int | None:
    """Where a mark can stand in a line so that it is part of the line's text; None where it cannot, or has one."""
    if BARE.match(line) or LINE in line:
        return None
    closed = [match.span() for match in CLOSED.finditer(line)]
    for match in WORD.finditer(line):
        if not any(start <= match.start() < end for start, end in closed):
            return match.start()
    return None


def _fenced(lines: Sequence[str]) -> Iterator[bool]:
    """For each line whether it stands in a block of code between fences."""
    fence = ""
    for line in lines:
        start = re.match(r"[ \t>]*(`{3,}|~{3,})", line)
        yield bool(fence) or bool(start)
        if start and not fence:
            fence = start[1]
        elif start and start[1].startswith(fence) and not line.strip(" \t>").strip(fence[0]):
            fence = ""


def mark_lines(text: str, first: int) -> str:
    """A text with a mark at the first word of each line; `first` is the number of its first line."""
    lines = text.split("\n")
    marked = []
    for number, (line, fenced) in enumerate(zip(lines, _fenced(lines), strict=True), start=first):
        at = None if fenced else _first_word(line)
        marked.append(line if at is None else line[:at] + line_mark(number) + line[at:])
    return "\n".join(marked)
