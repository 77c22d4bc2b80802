"""Writes docs/messages.md: every message that can stop a build or warn, with its code, meaning, texts and fixes.

Texts are read from the source: each call of MAKERS in the package and the steps, and each `issue(…)`
of the Lua filters. What the program fills in is shown as {name}. The meaning of a code comes from tools/messages.yaml,
so that one code cannot have two.

Run: python tools/messages_reference.py [--check]
"""

from __future__ import annotations

import argparse
import ast
import gc
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prismake.common.yaml_files import load_yaml

# Run as a file, Python looks in tools/ only.
sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.source_texts import (
    WORKFLOW,
    Module,
    Scope,
    arguments,
    defaults_of,
    elements,
    loops_over,
    module,
    parameters_of,
    templates,
)

PROJECT = Path(__file__).parents[1]
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
# The functions that make messages, and their parameters; what they call themselves is no message.
MAKERS = {
    "Issue": PARAMETERS,
    "stop": PARAMETERS,
    "refusal": PARAMETERS,
    "demand": ("labels", "valid", "code", "message", "fix"),
    "Note": ("code", "message", "label"),
}
# What steps and commands only pass on: `remarks_of` lists the texts.
PASSED_ON = {("rejected", "{reason}"), ("export", "{text}")}
# Those whose texts are followed to a caller.
FOLLOWED = {"code", "message", "fix", "reason"}
# Where codes are not in the source: the checks of the preflight have a page of their own, the filters are read as Lua.
ELSEWHERE = {"preflight/issues.py", "document/conversion.py"}
CODE = re.compile(r"[a-z][a-z0-9-]+")
LUA_ISSUE = re.compile(r"\bissue\((?=\s*'[a-z])")


@dataclass(frozen=True, order=True)
class Message:
    """One message in the source: its room (a folder of the package, or `steps`), code, text and fix."""

    room: str
    code: str
    text: str
    fix: str = ""


def scopes(call: ast.Call, inside: Module, parameters: Sequence[str] = PARAMETERS) -> Iterator[Scope]:
    """The scopes in which a call runs: one for each caller of a function that passes code, message or fix on."""
    function = inside.function_around(call)
    here = Scope(inside, function, call.lineno)
    given = arguments(call, parameters)
    passed = [value.id for key, value in given.items() if key in FOLLOWED and isinstance(value, ast.Name)]
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
    for name, parameters in MAKERS.items():
        for call in parsed.calls(name):
            if (around := parsed.function_around(call)) is not None and around.name in MAKERS:
                continue
            given = {key: value for key, value in arguments(call, parameters).items() if key in PARAMETERS}
            for scope in scopes(call, parsed, parameters):
                yield from messages_in(given, scope, room)
    if room == "importing":
        yield from remarks_of(parsed)


def remarks_of(parsed: Module) -> Iterator[Message]:
    """What the readers of exports report as texts, which a step turns into issues: rejected records and warnings."""
    for call in parsed.calls("Rejected"):
        for scope in scopes(call, parsed, ("line", "reason")):
            yield from (
                Message("importing", "rejected", text) for text in templates(call.args[1], scope) if " " in text
            )
    for call in parsed.calls("append"):
        function = parsed.function_around(call)
        if ast.unparse(call.func).endswith("warnings.append") or (function and function.name == "warnings"):
            texts = templates(call.args[0], Scope(parsed, function, call.lineno))
            yield from (Message("importing", "export", text) for text in texts)
    for method in ast.walk(parsed.tree):
        if isinstance(method, ast.FunctionDef) and method.name == "warnings":
            scope = Scope(parsed, method, method.end_lineno or 0)
            returns = [node.value for node in ast.walk(method) if isinstance(node, ast.Return) and node.value]
            for item, place in (item for value in returns for item in elements(value, scope)):
                yield from (Message("importing", "export", text) for text in templates(item, place))


def messages_in(given: Mapping[str, ast.expr], scope: Scope, room: str) -> Iterator[Message]:
    """The messages of one call, with each code, text and fix that its arguments can have."""
    listed = isinstance(given["code"], ast.Name) and loops_over(given["code"].id, scope)
    codes = [] if listed else [code for code in templates(given["code"], scope) if CODE.fullmatch(code)]
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
    return sorted(message for message in messages if (message.code, message.text) not in PASSED_ON)


def cell(texts: Iterable[str]) -> str:
    """Texts as one cell of a Markdown table, a line for each."""
    shown = dict.fromkeys(re.sub(r"\s+", " ", text).strip() for text in texts)
    return "<br>".join(re.sub(r"[|\[]", r"\\\g<0>", text).replace("<", "&lt;") for text in shown if text)


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
    # The parsed trees all stay; looking for garbage among them takes more time than all the rest.
    gc.disable()
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
