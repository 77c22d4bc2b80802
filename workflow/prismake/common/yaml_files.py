"""YAML as plain data: no tags, no key twice, dates as text, in bounded time and memory."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from prismake import PACKAGE
from prismake.common.errors import BuildStop, Issue, shortened, stop
from prismake.common.reading import UNPRINTABLE, read_text
from prismake.common.yaml_faults import yaml_fault

# Bytes of a file, and values in it once its aliases are written out; the example's configuration has 800.
LARGEST_YAML = 4 * 1024 * 1024
LARGEST_DOCUMENT = 200_000


class _UniqueKeys(yaml.SafeLoader):
    """YAML that refuses a key written twice: the second would silently win."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, list | dict):
            raise yaml.constructor.ConstructorError(None, None, "found unhashable key", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key '{key}' occurs twice", key_node.start_mark)
        seen.add(key)
    return dict(yaml.SafeLoader.construct_mapping(loader, node, deep))


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# What a scalar without quotes is, by its first letter: pairs of tag and pattern. Dates stay text: what a person writes
# as 2025-12-16 is compared and printed as such.
PLAIN_SCALARS = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_UniqueKeys.yaml_implicit_resolvers = PLAIN_SCALARS


def _issues_of(node: yaml.Node, path: Path) -> list[Issue]:
    """What makes a document unusable though it is YAML: it holds itself, swells, or holds what no page can.

    An alias repeats its value; a few lines of aliases of aliases may expand to billions of values.
    """
    issues: list[Issue] = []
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def where(inner: yaml.Node) -> str:
        return f"{path}:{inner.start_mark.line + 1}"

    def size_of(inner: yaml.Node) -> int:
        if id(inner) in open_nodes:
            raise stop("yaml", "a block that contains itself", where=where(inner), fix="remove the alias (*) in it")
        if id(inner) in sizes:
            return sizes[id(inner)]
        open_nodes.add(id(inner))
        size = 1
        if isinstance(inner, yaml.ScalarNode):
            if character := UNPRINTABLE.search(inner.value):
                message = f"contains the character U+{ord(character[0]):04X}"
                issues.append(Issue("character", message, where(inner), "delete it"))
            if inner.tag == "tag:yaml.org,2002:float" and inner.value.lower().lstrip("+-") in (".inf", ".nan"):
                issues.append(Issue("yaml", f"'{inner.value}' is not a number", where(inner), "write a number"))
        else:
            parts = inner.value if isinstance(inner, yaml.SequenceNode) else [n for pair in inner.value for n in pair]
            size += sum(size_of(part) for part in parts)
        open_nodes.remove(id(inner))
        sizes[id(inner)] = size
        return size

    if size_of(node) > LARGEST_DOCUMENT:
        issues.append(Issue("yaml", "its aliases (*) expand to too many values", str(path), "write the values out"))
    return issues


def load_yaml(path: Path) -> Any:
    """Reads YAML as plain data: no tags, no key twice, dates as text. Raises BuildStop with file and line."""
    path = Path(path)
    return parse_yaml(read_text(path, largest=LARGEST_YAML), path)


def parse_yaml(text: str, path: Path) -> Any:
    """The plain data of a file's text, as `load_yaml` reads it."""
    try:
        loader = _UniqueKeys(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if issues := _issues_of(node, path):
            raise BuildStop(issues)
        return loader.construct_document(node)
    except RecursionError:
        raise stop("yaml", "blocks are nested too deeply", where=str(path), fix="check the brackets") from None
    except yaml.MarkedYAMLError as fault:
        message, fix, line = yaml_fault(fault)
        raise stop("yaml", message, where=f"{path}:{line}", fix=fix) from None
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as fault:
        # ValueError: a whole number of thousands of digits. TypeError: a list as a key.
        raise stop("yaml", shortened(str(fault)), where=str(path), fix="check the file") from None


@cache
def is_ours(path: Path) -> bool:
    """Whether Prismake brings a file: its tests have read and checked it, so that no step need do so again."""
    return PACKAGE in path.resolve().parents


class _Trusted(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same plain data, read fast: libyaml trusts its input, and ours may be trusted."""


_Trusted.yaml_implicit_resolvers = PLAIN_SCALARS


@cache
def house_yaml(path: Path) -> dict[str, Any]:
    """A schema or a document that Prismake brings, read once and shared: not to be changed."""
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Trusted)
    return document


def read_schema(path: Path) -> dict[str, Any]:
    """The schema of a table: one that Prismake brings, or the review's own. Raises BuildStop as `load_yaml` does."""
    schema: dict[str, Any] = house_yaml(path) if is_ours(path) else load_yaml(path)
    return schema
