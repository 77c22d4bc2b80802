"""No regular expression of the package takes more than about the square of a text's length."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import prismake
import pytest
from prismake.dedup import normalise, titles
from prismake.extraction import references
from prismake.importing.readers import bibtex, bibtex_text
from prismake.screening.readers import numbers

LENGTH = 150
# For a text of this length a pattern of cubic cost takes longer, one of quadratic cost a tenth of it.
SECONDS = 0.01
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
SAMPLES = "a0 .-\n\tA_,;:/(){}[]<>\"'&=|*\\$%@#^~+?!é"


def patterns() -> set[re.Pattern[str]]:
    """The compiled patterns that stand in modules, alone or in tuples, lists and tables."""

    def inside(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            yield value
        elif isinstance(value, dict) and depth < 3:
            yield from inside([*value, *value.values()], depth)
        elif isinstance(value, list | tuple | set | frozenset) and depth < 3:
            for part in value:
                yield from inside(part, depth + 1)

    modules = pkgutil.walk_packages(prismake.__path__, "prismake.")
    return {
        pattern for module in modules for pattern in inside(list(vars(importlib.import_module(module.name)).values()))
    }


def example(nodes: Iterable[tuple[Any, Any]]) -> str:
    """A short text that a parsed pattern may match; looks around are not heeded."""
    return "".join(_example(code, value) for code, value in nodes)


def _example(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.IN:
        return next((sample for sample in SAMPLES if _matches(value, sample)), "a")
    if code in REPEATS:
        return example(value[2]) * int(value[0])
    if code is codes.SUBPATTERN:
        return example(value[3])
    if code is codes.BRANCH:
        return example(value[1][0])
    if code is codes.ATOMIC_GROUP:
        return example(value)
    return "b" if code in (codes.ANY, codes.NOT_LITERAL) else ""


def _matches(choices: Any, sample: str) -> bool:
    tree = parser.parse("a")
    tree.data = [(codes.IN, choices)]
    compiled = re._compiler.compile(tree)  # type: ignore[attr-defined]
    return bool(compiled.match(sample))


def attacks(nodes: Iterable[tuple[Any, Any]], before: str = "") -> Iterator[str]:
    """Texts that repeat each part of a pattern that may be repeated, behind what comes before it, with a wrong end."""
    for code, value in nodes:
        if code in REPEATS:
            for part in _parts(value[2]) if value[1] > 20 else ():
                yield before + part * (LENGTH // len(part)) + "\0"
                yield (before + part) * (LENGTH // len(before + part)) + "\0"
            yield from attacks(value[2], before)
        elif code is codes.SUBPATTERN:
            yield from attacks(value[3], before)
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from attacks(branch, before)
        before += _example(code, value)


def _parts(nodes: Any) -> set[str]:
    parts = {example(nodes)}
    if len(nodes) == 1:
        ((code, value),) = nodes
        if code is codes.IN:
            parts.update(sample for sample in "a0 \n.-,(<" if _matches(value, sample))
        elif code in (codes.ANY, codes.NOT_LITERAL):
            parts.update("a 0(")
        elif code is codes.SUBPATTERN:
            parts |= _parts(value[3])
    return parts - {""}


def seconds(pattern: re.Pattern[str], text: str) -> float:
    start = time.process_time()
    pattern.search(text)
    return time.process_time() - start


def test_no_pattern_is_worse_than_quadratic() -> None:
    slow = []
    for pattern in sorted(patterns(), key=lambda pattern: pattern.pattern):
        for text in {*attacks(parser.parse(pattern.pattern, pattern.flags))}:
            if seconds(pattern, text) > SECONDS and seconds(pattern, text) > SECONDS:
                slow.append((pattern.pattern, text[:40]))
                break
    assert slow == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (normalise._PAGE, "a" * 100_000),
        (normalise._PAGE, "a" + " " * 100_000),
        (normalise._DASHES, " " * 100_000 + "a"),
        (titles._FOOTNOTE, " 0" * 50_000 + "a"),
        (references._RANGE, " " * 100_000 + "a"),
        (bibtex_text._AND, " " * 100_000 + "a"),
        (bibtex._CROSSREF, "crossref=" + " " * 100_000 + ","),
    ],
)
def test_what_reads_a_whole_field_is_linear(pattern: re.Pattern[str], text: str) -> None:
    assert seconds(pattern, text) < 0.2


def test_a_number_of_many_zeros_is_read_in_linear_time() -> None:
    start = time.process_time()
    assert numbers._DIGITS.match("0" * 100_000 + "a") is None
    assert time.process_time() - start < 0.2
