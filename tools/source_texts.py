"""The texts that an expression of the source can give, with {name} for what only the running program knows.

Names are followed to their assignments, loops, callers' arguments and constants; calls to what functions of the package
return.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

WORKFLOW = Path(__file__).parents[1] / "workflow"

# How calls that produce a part of a text are shown.
SHOWN_AS = {
    "len": "number",
    "nearest": "the nearest valid names",
    "_listed": "records",
    "str": "",
    "sorted": "",
    "repr": "",
}
# How many calls deep a text is followed.
DEEPEST = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Parameter -> the expression that a caller gives for it, with the caller's scope.
Bound = Mapping[str, tuple[ast.expr, "Scope | None"]]


@dataclass
class Module:
    """A parsed module: its functions, constants and what it imports from the package."""

    path: Path
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    # Name -> the calls of it. A walk through a tree costs more than parsing it.
    calls_by_name: dict[str, list[ast.Call]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                self.calls_by_name[called(node)].append(node)
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    def function_around(self, node: ast.AST) -> Function | None:
        """The innermost function that contains a node."""
        while (above := self.parents.get(node)) is not None:
            if isinstance(above, Function):
                return above
            node = above
        return None

    def calls(self, name: str) -> list[ast.Call]:
        """Calls of a function or method of this name, in the order of the source."""
        return sorted(self.calls_by_name.get(name, []), key=lambda call: call.lineno)

    def defined(self, name: str) -> tuple[ast.stmt, Module] | None:
        """The statement at the top of a module that defines a name, here or where it is imported from."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                return node, self
            if isinstance(node, Function | ast.ClassDef) and node.name == name:
                return node, self
            if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name for alias in node.names):
                other = WORKFLOW / f"{(node.module or '').replace('.', '/')}.py"
                return module(other).defined(name) if other.is_file() else None
        return None


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: module, function, line, and the caller's arguments for the function's parameters."""

    module: Module
    function: Function | None
    line: int
    bound: Bound = field(default_factory=dict)
    depth: int = 0


# An expression and where it stands.
Placed = tuple[ast.expr, Scope]


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
        case ast.Lambda(body=body):
            return templates(body, scope)
        case ast.Name() | ast.Call() | ast.Attribute():
            texts = [text for value, place in values_of(node, scope) for text in templates(value, place)]
            return texts or [placeholder(node)]
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
        case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(value=str(singular)), *plural]):
            return f"{{number}} {getattr(plural[0], 'value', '') if plural else singular + 's'}"
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


def values_of(node: ast.expr, scope: Scope) -> list[Placed]:
    """The expressions that a name, a call or an attribute stands for; none where only the running program knows."""
    match node:
        case ast.Name(id=name):
            return definitions(name, scope)
        case ast.Call() if called(node) not in {*SHOWN_AS, "counted"}:
            return results(node, scope)
        case ast.Attribute(value=owner, attr=name):
            made = [
                placed
                for value, place in values_of(owner, scope)
                for placed in values_of(value, place) or [(value, place)]
            ]
            return [placed for value, place in made if (placed := argument_named(value, name, place))]
    return []


def definitions(name: str, scope: Scope) -> list[Placed]:
    """What a name stands for: the nearest assignment or loop above, a caller's argument, or a constant of a module."""
    if scope.function is not None:
        if nearest := binding_of(name, scope):
            place = replace(scope, line=nearest.first - (not nearest.loop))
            placed = elements(nearest.value, place) if nearest.loop else [(nearest.value, place)]
            return [part for item in placed for part in taken_apart(nearest.target, name, *item)]
        if name in parameters_of(scope.function):
            given = scope.bound.get(name)
            return [(given[0], given[1])] if given and given[1] else []
    match scope.module.defined(name):
        case ast.Assign(value=value, lineno=line), inside:
            return [(value, Scope(inside, None, line))]
    return []


def binding_of(name: str, scope: Scope) -> Binding | None:
    """The nearest assignment or loop above a place in a function that gives a name its value."""
    bindings = [
        binding
        for binding in (bindings_in(scope.function) if scope.function else ())
        if binding.first <= scope.line <= binding.last
        and any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(binding.target))
    ]
    return max(bindings, key=lambda binding: binding.first, default=None)


@dataclass(frozen=True)
class Binding:
    """What gives names a value, in these lines of a function: `loop` says that they get the value's items in turn."""

    first: int
    last: int
    target: ast.expr
    value: ast.expr
    loop: bool


def bindings_in(function: Function) -> Iterator[Binding]:
    """Every assignment and loop of a function."""
    end = function.end_lineno or 0
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from (Binding(value.lineno, end, target, value, False) for target in targets)
            case ast.NamedExpr(target=target, value=value):
                yield Binding(node.lineno, end, target, value, False)
            case ast.For(target=target, iter=value):
                yield Binding(node.lineno, end, target, value, True)
            case ast.ListComp(generators=loops) | ast.GeneratorExp(generators=loops):
                for loop in loops:
                    yield Binding(node.lineno, node.end_lineno or 0, loop.target, loop.iter, True)


def loops_over(name: str, scope: Scope) -> bool:
    """Whether a loop gives a name its values."""
    nearest = binding_of(name, scope)
    return nearest is not None and nearest.loop


def taken_apart(target: ast.expr, name: str, value: ast.expr, scope: Scope) -> list[Placed]:
    """What a name in a target gets of a value: all of it, or its place in a tuple."""
    if not isinstance(target, ast.Tuple):
        return [(value, scope)]
    at = next((i for i, part in enumerate(target.elts) if isinstance(part, ast.Name) and part.id == name), None)
    made = [(value, scope)] if isinstance(value, ast.Tuple) else values_of(value, scope)
    return [
        (item.elts[at], place)
        for item, place in made
        if at is not None and isinstance(item, ast.Tuple) and at < len(item.elts)
    ]


def elements(node: ast.expr, scope: Scope) -> list[Placed]:
    """The items of an expression that a loop runs over."""
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [(item, scope) for item in items]
        case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item):
            return [(item, scope)]
        case ast.BinOp(left=left, right=right):
            return elements(left, scope) + elements(right, scope)
        case ast.IfExp(body=left, orelse=right):
            return elements(left, scope) + elements(right, scope)
        case ast.Call():
            yields = results(node, scope, yielded=True)
            return yields or [item for value, place in results(node, scope) for item in elements(value, place)]
        case ast.Name(id=name):
            return [item for value, place in definitions(name, scope) for item in elements(value, place)]
    return []


def results(call: ast.Call, scope: Scope, *, yielded: bool = False) -> list[Placed]:
    """What a function of the package returns or yields; none for what is no function of the package."""
    match scope.module.defined(called(call)):
        case function, inside if isinstance(function, Function) and scope.depth < DEEPEST:
            bound = {name: (value, scope) for name, value in arguments(call, parameters_of(function)).items()}
            kind = ast.Yield if yielded else ast.Return
            return [
                (node.value, Scope(inside, function, node.lineno, bound, scope.depth + 1))
                for node in ast.walk(function)
                if isinstance(node, kind) and node.value is not None and inside.function_around(node) is function
            ]
    return []


def argument_named(value: ast.expr, name: str, scope: Scope) -> Placed | None:
    """What the constructor of a dataclass or a named tuple of the package gets for a field."""
    match value, scope.module.defined(called(value)) if isinstance(value, ast.Call) else None:
        case ast.Call() as call, (ast.ClassDef(body=body), _):
            fields = [
                line.target.id for line in body if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
            ]
            given = arguments(call, fields).get(name)
            return (given, scope) if given else None
    return None


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
