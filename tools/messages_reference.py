"""Writes docs/messages.md: every message that can stop a build or warn, with its code, meaning, texts and fixes.

Texts are read from the source: each call of `Issue(…)` and `stop(…)` in the package and the steps, and each `issue(…)`
of the Lua filters. What the program fills in is shown as {name}. The meaning of a code comes from tools/messages.yaml,
so that one code cannot have two.

Run: python tools/messages_reference.py [--check]
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from prismake.common.validation import load_yaml

PROJECT = Path(__file__).parents[1]
WORKFLOW = PROJECT / "workflow"
PACKAGE = WORKFLOW / "prismake"
TARGET = PROJECT / "docs" / "messages.md"
MEANINGS = PROJECT / "tools" / "messages.yaml"

HEAD = """# Messages

What can stop a build, or produce a warning, by room of the program. This page is made from the source by
`python tools/messages_reference.py`. A message names the place first (file and line, row, column, record or key), then
what is wrong, and on the next line, behind an arrow, what to do. `{name}` stands for what the program fills in. Codes
are used in logs and tests. The checks of finished documents are listed in [preflight.md](preflight.md).
"""
COLUMNS = "| code | meaning | message | fix |\n|---|---|---|---|\n"

# The parameters of both constructors, in order; `stop` takes the later ones by name.
PARAMETERS = ("code", "message", "where", "fix", "severity")
# Where codes are not in the source: the checks of the preflight have a page of their own, the filters are read as Lua.
ELSEWHERE = {"preflight/issues.py", "document/conversion.py"}
# How calls that produce a part of a text are shown.
SHOWN_AS = {
    "len": "number",
    "nearest": "the nearest valid names",
    "_listed": "records",
    "str": "",
    "sorted": "",
    "repr": "",
}
CODE = re.compile(r"[a-z][a-z0-9-]+")
LUA_ISSUE = re.compile(r"\bissue\((?=\s*'[a-z])")

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Parameter -> the expression that a caller gives for it, with the caller's scope.
Bound = Mapping[str, tuple[ast.expr, "Scope | None"]]


@dataclass(frozen=True, order=True)
class Message:
    """One message in the source: its room (a folder of the package, or `steps`), code, text and fix."""

    room: str
    code: str
    text: str
    fix: str = ""


@dataclass
class Module:
    """A parsed module: its functions, constants and what it imports from the package."""

    path: Path
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    def function_around(self, node: ast.AST) -> Function | None:
        """The innermost function that contains a node."""
        while (above := self.parents.get(node)) is not None:
            if isinstance(above, Function):
                return above
            node = above
        return None

    def calls(self, name: str) -> Iterator[ast.Call]:
        """Calls of a function or method of this name, in the order of the source."""
        matches = (node for node in ast.walk(self.tree) if isinstance(node, ast.Call) and called(node) == name)
        yield from sorted(matches, key=lambda call: call.lineno)

    def constant(self, name: str) -> tuple[ast.expr, Scope] | None:
        """The value of a name at the top of the module, or of the module that it is imported from."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                return node.value, Scope(self, None, node.lineno)
            if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name for alias in node.names):
                other = WORKFLOW / f"{(node.module or '').replace('.', '/')}.py"
                return module(other).constant(name) if other.is_file() else None
        return None


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: module, function, line, and the caller's arguments for the function's parameters."""

    module: Module
    function: Function | None
    line: int
    bound: Bound = field(default_factory=dict)


@cache
def module(path: Path) -> Module:
    """A parsed module, read once."""
    return Module(path, ast.parse(path.read_text(encoding="utf-8")))


def called(call: ast.Call) -> str:
    """The name of what a call calls."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def arguments(call: ast.Call, parameters: Iterable[str]) -> dict[str, ast.expr]:
    """The arguments of a call by the name of their parameter."""
    by_position = dict(zip(parameters, call.args, strict=False))
    return by_position | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def templates(node: ast.expr, scope: Scope) -> list[str]:
    """The texts that an expression can give, with {name} for what is only known when the program runs."""
    match node:
        case ast.Constant(value=str(text)):
            return [text.replace("{}", "{number}")]
        case ast.JoinedStr(values=parts):
            return product(part_templates(part, scope) for part in parts)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return product((templates(left, scope), templates(right, scope)))
        case ast.IfExp(body=one, orelse=other):
            return [*templates(one, scope), *templates(other, scope)]
        case ast.BoolOp(values=several):
            return [text for value in several for text in templates(value, scope)]
        case ast.Name(id=name):
            value = definition(name, scope)
            return templates(*value) if value else [f"{{{name}}}"]
    return [placeholder(node)]


def part_templates(part: ast.expr, scope: Scope) -> list[str]:
    """The texts of a piece of an f-string: a literal, a choice of literals, or a placeholder."""
    if isinstance(part, ast.FormattedValue):
        chosen = isinstance(part.value, ast.IfExp)
        return templates(part.value, scope) if chosen else [placeholder(part.value)]
    return templates(part, scope)


def product(parts: Iterable[list[str]]) -> list[str]:
    """Every way to put one text of each part together, at most eight."""
    texts = [""]
    for part in parts:
        texts = [text + piece for text in texts for piece in part][:8]
    return texts


def placeholder(node: ast.expr) -> str:
    """{name} for an expression that only the running program can evaluate."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return f"{{{name.strip('_')}}}"
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return f"{{{key.strip('_')}}}"
        case ast.Subscript(value=value):
            return placeholder(value)
        case ast.Call(func=ast.Attribute(value=ast.Constant()), args=[first, *_]):
            return placeholder(first)
        case ast.Call(func=ast.Name(id=name), args=args):
            shown = SHOWN_AS.get(name, name.strip("_"))
            return f"{{{shown}}}" if shown or not args else placeholder(args[0])
        case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[ast.Constant(value=str(key)), *_]):
            return f"{{{key}}}"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            return f"{{{name.strip('_')}}}"
        case ast.Call(func=ast.Attribute(value=value)):
            return placeholder(value)
        case ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner) | ast.Starred(value=inner):
            return placeholder(inner)
        case ast.BinOp(left=left):
            return placeholder(left)
    return "{…}"


def definition(name: str, scope: Scope) -> tuple[ast.expr, Scope] | None:
    """What a name stands for: the nearest assignment above, a caller's argument, or a constant of a module."""
    if scope.function is not None:
        assigned = [
            node.value
            for node in ast.walk(scope.function)
            if isinstance(node, ast.Assign)
            and node.lineno <= scope.line
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ]
        if assigned:
            nearest = max(assigned, key=lambda value: value.lineno)
            return nearest, Scope(scope.module, scope.function, nearest.lineno - 1, scope.bound)
        if name in parameters_of(scope.function):
            given = scope.bound.get(name)
            return (given[0], given[1]) if given and given[1] else None
    return scope.module.constant(name)


def parameters_of(function: Function) -> list[str]:
    """The names of a function's parameters without `self`."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return [name for name in names if name != "self"]


def defaults_of(function: Function) -> dict[str, ast.expr]:
    """The defaults of a function's parameters."""
    positional = (*function.args.posonlyargs, *function.args.args)
    by_position = zip(reversed(positional), reversed(function.args.defaults), strict=False)
    by_name = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return {argument.arg: value for argument, value in (*by_position, *by_name) if value is not None}


def scopes(call: ast.Call, inside: Module) -> Iterator[Scope]:
    """The scopes in which a call runs: one for each caller of a function that passes code, message or fix on."""
    function = inside.function_around(call)
    here = Scope(inside, function, call.lineno)
    given = arguments(call, PARAMETERS)
    passed = [
        value.id for key, value in given.items() if key in ("code", "message", "fix") and isinstance(value, ast.Name)
    ]
    if function is None or not set(passed) & set(parameters_of(function)):
        yield here
        return
    defaults = {name: (value, here) for name, value in defaults_of(function).items()}
    for caller in inside.calls(function.name):
        around = Scope(inside, inside.function_around(caller), caller.lineno)
        values = arguments(caller, parameters_of(function))
        yield Scope(
            inside, function, call.lineno, {**defaults, **{name: (value, around) for name, value in values.items()}}
        )


def messages_of(path: Path) -> Iterator[Message]:
    """Every message of one Python module."""
    if path.is_relative_to(PACKAGE) and path.relative_to(PACKAGE).as_posix() in ELSEWHERE:
        return
    room, parsed = room_of(path), module(path)
    for name in ("Issue", "stop"):
        for call in parsed.calls(name):
            if (around := parsed.function_around(call)) is not None and around.name == "stop":
                continue
            given = arguments(call, PARAMETERS)
            for scope in scopes(call, parsed):
                yield from messages_in(given, scope, room)


def messages_in(given: Mapping[str, ast.expr], scope: Scope, room: str) -> Iterator[Message]:
    """The messages of one call, with each code, text and fix that its arguments can have."""
    codes = [code for code in templates(given["code"], scope) if CODE.fullmatch(code)]
    pairs = [(code, text) for code in codes for text in templates(given["message"], scope)]
    fixes = templates(given["fix"], scope) if "fix" in given else [""]
    for code, text in pairs or table_of_messages(scope.module):
        for fix in fixes:
            yield Message(room, code, text, fix)


def table_of_messages(inside: Module) -> Iterator[tuple[str, str]]:
    """Code and text of tuples that begin with both, where a module keeps its messages in a table."""
    for node in ast.walk(inside.tree):
        match node:
            case ast.Tuple(elts=[ast.Constant(value=str(code)), message, *_]) if CODE.fullmatch(code):
                scope = Scope(inside, inside.function_around(node), node.lineno)
                yield from ((code, text) for text in templates(message, scope) if " " in text)


def lua_messages(path: Path) -> Iterator[Message]:
    """Every message of one Lua filter."""
    text = path.read_text(encoding="utf-8")
    for call in LUA_ISSUE.finditer(text):
        code, message, _, *fix = [lua_text(argument) for argument in lua_arguments(text[call.end() :])]
        yield Message(room_of(path), code, message, "".join(fix))


def lua_arguments(text: str) -> list[str]:
    """The arguments of a Lua call whose opening bracket is just before the text, divided at commas outside brackets."""
    pieces, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter in "({") - (letter in ")}")
        if depth < 0:
            break
        if letter == "," and not depth and not quoted:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def lua_text(expression: str) -> str:
    """The text of a Lua expression: literals as they are, {name} for the rest."""
    parts = []
    for part in re.split(r"\s*\.\.\s*(?=(?:[^']*'[^']*')*[^']*$)", expression.strip()):
        literal = re.fullmatch(r"'(.*)'", part, re.DOTALL)
        names = re.findall(r"[A-Za-z_]+", part)
        parts.append(literal[1].replace("\\'", "'") if literal else f"{{{names[-1] if names else '…'}}}")
    return "".join(parts)


def room_of(path: Path) -> str:
    """The room of a file: the folder of the package, `command line` for its modules, `steps` for the scripts."""
    if not path.is_relative_to(PACKAGE):
        return "steps"
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else "command line"


def all_messages() -> list[Message]:
    """Every message of the package, the steps and the filters, sorted by room and code."""
    messages = {message for path in WORKFLOW.rglob("*.py") for message in messages_of(path)}
    messages |= {message for path in PACKAGE.rglob("*.lua") for message in lua_messages(path)}
    return sorted(messages)


def cell(texts: Iterable[str]) -> str:
    """Texts as one cell of a Markdown table, a line for each."""
    shown = dict.fromkeys(re.sub(r"\s+", " ", text).strip() for text in texts)
    return "<br>".join(text.replace("|", "\\|").replace("<", "&lt;") for text in shown if text)


def reference(messages: list[Message], meanings: Mapping[str, str]) -> str:
    """The whole page."""
    rooms: dict[str, dict[str, list[Message]]] = defaultdict(lambda: defaultdict(list))
    for message in messages:
        rooms[message.room][message.code].append(message)
    text = HEAD
    for room, codes in rooms.items():
        text += f"\n## {room.capitalize()}\n\n{COLUMNS}"
        for code, several in codes.items():
            texts = cell(message.text for message in several)
            text += f"| `{code}` | {meanings.get(code, '')} | {texts} | {cell(message.fix for message in several)} |\n"
    return text


def faults(messages: list[Message], meanings: Mapping[str, str]) -> Iterator[str]:
    """Codes without a meaning, and meanings without a code."""
    used = {message.code for message in messages}
    yield from (f"tools/messages.yaml: the code '{code}' has no meaning" for code in sorted(used - set(meanings)))
    yield from (f"tools/messages.yaml: no message has the code '{code}'" for code in sorted(set(meanings) - used))


def main() -> int:
    """Writes the page, or with --check tells whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only report whether the page is up to date")
    check = parser.parse_args().check
    meanings = load_yaml(MEANINGS)
    messages = all_messages()
    wrong = list(faults(messages, meanings))
    text = reference(messages, meanings)
    if not check:
        TARGET.write_text(text, encoding="utf-8", newline="\n")
    elif not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
        wrong.append("docs/messages.md is not up to date: run python tools/messages_reference.py")
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
