"""Faults of YAML in plain English, instead of the parser's own words."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

QUOTES = "put the whole value in quotes"
INDENT = "begin it under the first letter of the line it belongs with; indent with spaces"

# The parser's words -> ours, whether the fault lies where the parser began to look, instead of where it gave up.
# A group of the pattern may stand in the message and in the fix.
_WORDS = tuple(
    (re.compile(pattern), message, fix, at_begin)
    for pattern, message, fix, at_begin in (
        (
            r"mapping values are not allowed",
            "a colon where no key can stand",
            "put a value that contains a colon in quotes; write keys that belong together at the same indentation, "
            "with a space after each colon",
            False,
        ),
        (r"character '\\t' that cannot start", "the line is indented with a tab", "indent it with spaces", False),
        (r"character '(.+)' that cannot start", "a value cannot begin with {0}", QUOTES, False),
        (r"quoted scalar.*(?:end of stream|document separator)", "a quote that opens is not closed", "close it", True),
        (r"expected ':'", "a line without a colon", "write `key: value`, or begin an item of a list with `- `", True),
        (r"expected ',' or '(.)'", "a bracket that opens is not closed by {0}", "write {0} at its end", True),
        (r"<block end>, but found '([\]}},])'", "'{0}' where nothing is open", "delete it", False),
        (r"<block end>, but found '<scalar>'", "text after a value that is complete", QUOTES, False),
        (r"<block end>, but found '-'|sequence entries", "a list cannot begin here", "begin it under its key", False),
        (r"<block end>|<document start>", "the line is indented unlike those it belongs with", INDENT, False),
        (r"node content, but found '(.+)'", "a value cannot begin with {0}", QUOTES, False),
        (r"undefined alias|scanning an (?:alias|anchor)", "a value cannot begin with * or &", QUOTES, False),
        (r"for the tag 'tag:yaml.org,2002:merge'", "<< is not accepted here", "write the keys out", False),
        (r"for the tag|scanning a tag|tag handle", "a value cannot begin with !", QUOTES, False),
        (r"scanning a directive", "a line cannot begin with %", QUOTES, False),
        (r"another document", "a line `---` begins a second document", "delete the line", False),
        (r"escape character '(.)'|expected escape", "a \\ in double quotes", "use single quotes", False),
        (r"scanning a block scalar", "text on the line of a | or >", "begin the text on the next line", False),
        (r"duplicate anchor", "the name of an anchor (&) occurs twice", "rename one", False),
        (r"unhashable", "a key cannot be a list or a block of keys", "write the key as text", False),
        (r"for merging", "<< needs a block of keys", "name a block of keys after it, or delete the line", False),
        (r"special characters are not allowed", "a character that no text contains", "delete it", False),
    )
)


class YamlFault(NamedTuple):
    """What is wrong, what to do, and the line, counted from 1."""

    message: str
    fix: str
    line: int


def yaml_fault(fault: yaml.MarkedYAMLError) -> YamlFault:
    """What a person should read of a fault that the parser reports."""
    text = f"{fault.context or ''} {fault.problem or ''}"
    end, begin = fault.problem_mark or fault.context_mark, fault.context_mark or fault.problem_mark
    for pattern, message, fix, at_begin in _WORDS:
        if match := pattern.search(text):
            mark = begin if at_begin else end
            return YamlFault(message.format(*match.groups()), fix.format(*match.groups()), mark.line + 1 if mark else 1)
    problem = fault.problem or "not YAML"
    return YamlFault(problem, "check indentation, colons and quotes there", end.line + 1 if end else 1)
