"""Habits that the house has undone stay undone: names that say nothing, and phrases that read as translated."""

import re

import pytest

from tests.places import PROJECT

# A name bound to a value, in a loop, or as a function: `said = …`, `for told in …`, `def of_text(…)`, `held: int`.
EMPTY = r"(?:told|said|held|asked|found)"
NAMES = re.compile(
    rf"^\s*(?:def (?:{EMPTY}|of_\w+)\(|(?:{EMPTY}|of_[a-z]+)\b\s*[:=](?!=))|\bfor {EMPTY}\b (?:in|,)|\({EMPTY} :="
)
PHRASES = re.compile(
    r"""\b(?:(?:is|are|was)\ no\ (?:file|day|reason|record|number|value|table|heading)\b  # is not a …
    |(?:is|are|was|were)\ (?:told|warned|asked)\ of\b                       # is reported; produces a warning
    |mend(?:ed)?\ (?:it|the|both)\b                                         # fix
    |in\ excess\ of\b                                                       # more than
    |gives?\ yourself\b
    |makes\ a\ conflict\b                                                   # creates a conflict
    |(?:one|a)\ (?:row|line|file|folder)\ an?\ [a-z]+\b                     # one row per …
    |rather\ (?:leaves|keeps)\b)""",
    re.VERBOSE,
)


def lines(suffix, *places):
    """Every line of the files below these places, as `file:line: text`."""
    for place in places:
        path = PROJECT / place
        for file in sorted(path.rglob(f"*{suffix}")) if path.is_dir() else [path]:
            if file.name != "test_english.py":
                for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                    yield f"{file.relative_to(PROJECT)}:{number}", text


def test_names_say_what_a_thing_is():
    code = [*lines(".py", "workflow", "tests", "tools", "benchmarks"), *lines(".smk", "workflow")]
    assert [f"{where}: {text.strip()}" for where, text in code if NAMES.search(text)] == []


@pytest.mark.parametrize(
    ("suffix", "places"),
    [
        (".py", ["workflow", "tools", "benchmarks"]),
        (".md", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs"]),
        (".yaml", ["workflow/prismake/schemas", "tools"]),
    ],
)
def test_phrases_are_idiomatic(suffix, places):
    assert [f"{where}: {text.strip()}" for where, text in lines(suffix, *places) if PHRASES.search(text)] == []
