"""Checks the Lua filters: syntax, names without definition, locals without use, globals other than a filter's entry.

No linter for Lua comes as a wheel; luaparser, which does, gives the syntax tree.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from luaparser import ast, astnodes
from prismake.common.errors import counted

FILTERS = Path(__file__).parents[1] / "workflow" / "prismake" / "document" / "filters"
# What Lua and pandoc define.
GIVEN = frozenset(
    {
        *("PANDOC_SCRIPT_FILE", "PANDOC_WRITER_OPTIONS", "assert", "dofile", "error", "io", "ipairs", "math", "next"),
        *("pairs", "pandoc", "string", "table", "tonumber", "tostring", "type", "utf8"),
    }
)
# What pandoc calls in a filter by its global name.
ENTRY = "Pandoc"
UNUSED = "_"


@dataclass
class Scope:
    """The locals of a block: name -> [line, whether it is used]."""

    outer: Scope | None
    names: dict[str, list[Any]] = field(default_factory=dict)

    def find(self, name: str) -> list[Any] | None:
        """What is known of a name here or further out."""
        return self.names[name] if name in self.names else self.outer.find(name) if self.outer else None


class Linter:
    """Walks one file's tree and collects (line, finding)."""

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []
        self.scope = Scope(None)

    def define(self, names: Sequence[Any], line: int) -> None:
        """New locals of the block at hand."""
        for name in names:
            if isinstance(name, astnodes.Name):
                self.scope.names[name.id] = [name.line or line, False]

    def use(self, name: Any, line: int) -> None:
        """A name that is read."""
        if (known := self.scope.find(name.id)) is not None:
            known[1] = True
        elif name.id not in GIVEN:
            self.problems.append((name.line or line, f"'{name.id}' is not defined"))

    def block(self, node: Any, line: int, names: Sequence[Any] = (), after: Sequence[Any] = ()) -> None:
        """A block with locals of its own; `after` is read inside it, as the end of a repeat loop is."""
        self.scope = Scope(self.scope)
        self.define(names, line)
        for part in [*node.body, *after]:
            self.visit(part, line)
        for name, (place, used) in self.scope.names.items():
            if not used and not name.startswith(UNUSED):
                self.problems.append((place, f"'{name}' is never used"))
        assert self.scope.outer is not None
        self.scope = self.scope.outer

    def visit(self, node: Any, above: int = 1) -> None:
        """Any node of the tree; `above` is the line of its parent."""
        line = getattr(node, "line", None) or above
        match node:
            case astnodes.Chunk():
                self.block(node.body, line)
            case astnodes.Name():
                self.use(node, line)
            case astnodes.LocalAssign():
                self.visit_all(node.values, line)
                self.define(node.targets, line)
            case astnodes.LocalFunction():
                self.define([node.name], line)
                self.block(node.body, line, node.args)
            case astnodes.Function():
                self.visit_target(node.name, line)
                self.block(node.body, line, node.args)
            case astnodes.AnonymousFunction():
                self.block(node.body, line, node.args)
            case astnodes.Forin():
                self.visit_all(node.iter, line)
                self.block(node.body, line, node.targets)
            case astnodes.Fornum():
                self.visit_all([node.start, node.stop, node.step], line)
                self.block(node.body, line, [node.target])
            case astnodes.Repeat():
                self.block(node.body, line, after=[node.test])
            case astnodes.Block():
                self.block(node, line)
            case astnodes.Assign():
                self.visit_all(node.values, line)
                for target in node.targets:
                    self.visit_target(target, line)
            case astnodes.Index():
                self.visit(node.value, line)
                if node.notation is astnodes.IndexNotation.SQUARE:
                    self.visit(node.idx, line)
            case astnodes.Invoke():
                self.visit_all([node.source, *node.args], line)
            case astnodes.Field():
                self.visit_all([node.value, *([node.key] if node.between_brackets else [])], line)
            case _:
                self.visit_all(list(_children(node)), line)

    def visit_all(self, nodes: Sequence[Any], line: int) -> None:
        """Nodes in order."""
        for node in nodes:
            self.visit(node, line)

    def visit_target(self, target: Any, line: int) -> None:
        """What a value is given to: a local, a part of a table, or a filter's entry; another global is a finding."""
        if not isinstance(target, astnodes.Name):
            self.visit(target, line)
        elif self.scope.find(target.id) is None and target.id != ENTRY:
            self.problems.append((target.line or line, f"'{target.id}' is a global: declare it as local"))


def _children(node: Any) -> Iterator[Any]:
    if not isinstance(node, astnodes.Node):
        return
    for value in vars(node).values():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, astnodes.Node) and not isinstance(child, astnodes.Comment):
                yield child


def findings(source: str) -> list[tuple[int, str]]:
    """(line, what is wrong there) of a Lua source, in the order of its lines."""
    try:
        tree = ast.parse(source)
    except ast.SyntaxException as fault:
        return [(1, f"cannot be read: {fault}")]
    linter = Linter()
    linter.visit(tree)
    return sorted(linter.problems)


def main(files: Sequence[Path]) -> int:
    """Exit code 1 where a file has a finding."""
    problems = [
        f"{file}:{line}: {finding}" for file in files for line, finding in findings(file.read_text(encoding="utf-8"))
    ]
    print("\n".join(problems) or f"{counted(len(files), 'Lua file')}: no problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or sorted(FILTERS.glob("*.lua"))))
