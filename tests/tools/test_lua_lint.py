"""The linter of the Lua filters finds what it is for, and the filters have none of it."""

from __future__ import annotations

import pytest

from tools.lua_lint import FILTERS, findings, main

SOUND = """
local settings = dofile('x').read()
local later
local function first(blocks)
  for _, block in ipairs(blocks) do later(block, settings.name) end
end
later = function(block) return block.t end
local list = { t = 1, [settings] = first }
repeat local done = list:next() until done
function Pandoc(doc) return doc end
"""

FAULTS = [
    ("local x = 1\nreturn y", [(1, "'x' is never used"), (2, "'y' is not defined")]),
    ("function helper() return 1 end", [(1, "'helper' is a global: declare it as local")]),
    ("count = 1", [(1, "'count' is a global: declare it as local")]),
    ("local function f(a, b)\n  return a\nend\nreturn f", [(1, "'b' is never used")]),
    (
        "for index, item in ipairs({}) do\n  print(item)\nend",
        [(1, "'index' is never used"), (2, "'print' is not defined")],
    ),
    ("do local inner = 1 pandoc.Str(inner) end\nreturn inner", [(2, "'inner' is not defined")]),
    ("local t = {}\nt.x = unknown.y", [(2, "'unknown' is not defined")]),
]


def test_a_sound_filter() -> None:
    assert findings(SOUND) == []


@pytest.mark.parametrize(("source", "expected"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_found_with_its_line(source: str, expected: list[tuple[int, str]]) -> None:
    assert findings(source) == expected


def test_what_is_not_a_lua() -> None:
    ((line, finding),) = findings("local = = 1")
    assert line == 1 and finding.startswith("cannot be read")


def test_the_filters_have_no_finding() -> None:
    files = sorted(FILTERS.glob("*.lua"))
    assert files
    assert main(files) == 0
