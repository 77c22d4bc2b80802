"""Regular expressions that read strangers' files take time in proportion to them, all others at most its square."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import prismake
import pytest
from prismake.dedup import normalise, titles
from prismake.extraction import references
from prismake.importing.readers import bibtex, bibtex_text
from prismake.screening.readers import numbers

REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
SAMPLES = "a0 .-\n\tA_,;:/(){}[]<>\"'&=|*\\$%@#^~+?!é"
METHODS = {"match", "fullmatch", "search", "sub", "subn", "findall", "finditer", "split"}
# A document that is audited is read in a process of its own, with 120 seconds, and checked within 60.
FOREIGN = "prismake.audit.foreign"
# Patterns that see no long text of a stranger, and why.
BOUNDED = {
    "audit.numerals.NAMED_BEFORE": "100 letters before a number",
    "figures.drawings.UP_TO_SIZE": "the first 200 letters of a property",
    "manuscript.checks.COMMENT": "up to the last end of a comment",
    "importing.readers.table_rows._NOTE": "at most a hundred letters",
    "manuscript.source_map.EXPRESSION": "a text that was rendered within 20 seconds, by the same pattern",
    "manuscript.source_map.MARKED": "marks that no text of a review may hold",
    "manuscript.source_map.TAG": "runs within the 20 seconds of rendering",
    "manuscript.templates.EXPRESSION": "runs within the 20 seconds of rendering",
    "manuscript.templates.OPENING": "the last 200 letters",
    "manuscript.templates.SET": "a text that was rendered within 20 seconds",
    "manuscript.unwritten.EXPRESSION": "up to the last end of an expression",
    "review.copies._COPIES": "names of files",
    "trace.explaining.LABEL": "30 letters",
}
# Tables of patterns are not called by their own names.
AT_START = {"importing.sniffing._BARE": "match", "importing.sniffing._DOCUMENTS": "match"}
AT_START |= {"importing.readers.stray_quotes._FORMS": "fullmatch"}


def patterns_in(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """The patterns in a value of a module: alone or in tuples, lists and tables."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict) and depth < 3:
        yield from patterns_in([*value, *value.values()], depth)
    elif isinstance(value, list | tuple | set | frozenset) and depth < 3:
        for part in value:
            yield from patterns_in(part, depth + 1)


@cache
def patterns() -> dict[re.Pattern[str], tuple[set[str], set[str]]]:
    """Pattern -> (the places that hold it, the methods by which modules call it)."""
    every: dict[re.Pattern[str], tuple[set[str], set[str]]] = {}
    modules = [importlib.import_module(one.name) for one in pkgutil.walk_packages(prismake.__path__, "prismake.")]
    for module in modules:
        for name, value in vars(module).items():
            for pattern in patterns_in(value):
                place = f"{module.__name__}.{name}".removeprefix("prismake.")
                places, methods = every.setdefault(pattern, (set(), set()))
                places.add(place)
                methods |= {AT_START[place]} if place in AT_START else set()
    for module in modules:
        for call in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(call, ast.Attribute) and call.attr in METHODS:
                called = _called(call.value, vars(module))
                if isinstance(called, re.Pattern) and called in every:
                    every[called][1].add(call.attr)
    return every


def _called(node: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(_called(node.value, names), node.attr, None)
    return names.get(node.id) if isinstance(node, ast.Name) else None


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


def attacks(nodes: Iterable[tuple[Any, Any]], before: str = "") -> Iterator[tuple[str, str]]:
    """(start, part): texts with a start, a part many times and a wrong end, for each part that a pattern may repeat."""
    for code, value in nodes:
        if code in REPEATS:
            for part in _parts(value[2]) if value[1] > 20 else ():
                yield before, part
                yield "", before + part
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


def text_of(attack: tuple[str, str], length: int) -> str:
    start, part = attack
    return start + part * (length // len(part)) + "\0"


def seconds(pattern: re.Pattern[str], text: str, method: str = "search") -> float:
    call = getattr(pattern, method)
    start = time.process_time()
    if method in ("sub", "subn"):
        call("", text)
    elif method == "finditer":
        deque(call(text), maxlen=0)
    else:
        call(text)
    return time.process_time() - start


def slowest_method(methods: set[str]) -> str:
    """The method of a pattern that looks at the most of a text: one that is not known may be any."""
    at_start = methods and methods <= {"match", "fullmatch"}
    return next(iter(methods)) if len(methods) == 1 else "match" if at_start else "finditer"


def is_slower(pattern: re.Pattern[str], method: str, attack: tuple[str, str], length: int, most: float) -> bool:
    """Whether a text of this length takes longer than `most`, and one four times as long more than eight times that."""
    short, long = text_of(attack, length), text_of(attack, 4 * length)
    for _ in range(3):
        if (first := seconds(pattern, short, method)) < most or seconds(pattern, long, method) < 8 * first:
            return False
    return True


def test_what_reads_files_of_strangers_takes_time_in_proportion_to_them() -> None:
    slow = []
    for pattern, (places, methods) in patterns().items():
        if places & {*BOUNDED} or all(f"prismake.{place}".startswith(FOREIGN) for place in places):
            continue
        method = slowest_method(methods)
        for attack in {*attacks(parser.parse(pattern.pattern, pattern.flags))}:
            if is_slower(pattern, method, attack, 1500, 0.001):
                slow.append((min(places), method, attack))
                break
    assert slow == []


def test_no_pattern_for_audited_documents_is_worse_than_quadratic() -> None:
    # A text of 150 letters takes a pattern of cubic cost 10 ms, and one of quadratic cost a tenth of that.
    slow = []
    for pattern, (places, _) in patterns().items():
        if any(f"prismake.{place}".startswith(FOREIGN) for place in places):
            for attack in {*attacks(parser.parse(pattern.pattern, pattern.flags))}:
                text = text_of(attack, 150)
                # Once is enough: on a machine under load a short time may look long.
                if all(seconds(pattern, text) > 0.01 for _ in range(3)):
                    slow.append((pattern.pattern, text[:40]))
                    break
    assert slow == []


def test_what_is_said_to_see_no_long_text_is_there() -> None:
    assert {*BOUNDED, *AT_START} <= set().union(*(places for places, _ in patterns().values()))


def test_filters_for_pandoc_cut_blanks_from_an_end_in_linear_time() -> None:
    filters = sorted((Path(prismake.__path__[0]) / "document" / "filters").glob("*.lua"))
    assert filters and all("%s+$" not in file.read_text(encoding="utf-8") for file in filters)


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
    assert any(seconds(pattern, text) < 0.2 for _ in range(3))


def test_a_number_of_many_zeros_is_read_in_linear_time() -> None:
    start = time.process_time()
    assert numbers._DIGITS.match("0" * 100_000 + "a") is None
    assert time.process_time() - start < 0.2
