"""JSON Schema faults in a person's words: key path, problem, nearest valid name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from prismake.common.errors import BuildStop, Issue, nearest

TYPE_NAMES = {
    "object": "a block of keys",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
}


class _UniqueKeys(yaml.SafeLoader):
    """YAML that refuses a key written twice: the second would silently win."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key '{key}' stands twice", key_node.start_mark)
        seen.add(key)
    return dict(yaml.SafeLoader.construct_mapping(loader, node, deep))


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# Dates stay text: what a person writes as 2025-12-16 is compared and printed as such.
_UniqueKeys.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_yaml(path: Path) -> Any:
    """Reads YAML as plain data: no tags, no key twice, dates as text. Raises BuildStop with file and line."""
    path = Path(path)
    try:
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_UniqueKeys)
    except FileNotFoundError:
        raise BuildStop(Issue("missing-file", "the file does not exist", str(path), "create it")) from None
    except UnicodeDecodeError:
        raise BuildStop(Issue("encoding", "not UTF-8", str(path), "save it as UTF-8")) from None
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 0
        raise BuildStop(
            Issue(
                "yaml",
                fault.problem or "not YAML",
                f"{path}:{line}",
                "check indentation, colons and quotes there",
            )
        ) from None
    except yaml.YAMLError as fault:
        raise BuildStop(Issue("yaml", str(fault), str(path), "check the file")) from None


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of the house dialect (JSON Schema 2020-12)."""
    return Draft202012Validator(schema)


def key_path(parts: Iterator[Any] | list[Any]) -> str:
    """`searches[2].file` from the parts of a path."""
    text = ""
    for part in parts:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _kinds(expected: str | list[str]) -> str:
    return " or ".join(TYPE_NAMES[kind] for kind in ([expected] if isinstance(expected, str) else expected))


def describe(fault: ValidationError) -> tuple[str, str]:
    """(problem, what to do) for one fault, without the schema."""
    rule: Any = fault.validator_value
    value: Any = fault.instance
    schema: dict[str, Any] = fault.schema if isinstance(fault.schema, dict) else {}
    described = str(schema.get("description", ""))
    match fault.validator:
        case "additionalProperties":
            known = list(schema.get("properties", {}))
            unknown = [key for key in value if key not in known]
            return (
                "unknown " + ("keys " if len(unknown) > 1 else "key ") + ", ".join(f"'{key}'" for key in unknown),
                nearest(str(unknown[0]), known) if unknown else "",
            )
        case "required":
            missing = [key for key in rule if key not in value]
            return f"missing: {', '.join(missing)}", "add it"
        case "type":
            return f"{value!r} is not {_kinds(rule)}", described
        case "enum":
            valid = [str(item) for item in rule if item is not None]
            return f"{value!r} is not one of the valid values", nearest(str(value), valid)
        case "pattern":
            return f"{value!r} does not have the expected form", described or f"expected: {rule}"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            side = "small" if "inimum" in str(fault.validator) else "large"
            return f"{value!r} is too {side}", f"the limit is {rule}"
        case "minLength" | "minItems" | "minProperties":
            return "must not be empty", described
        case "uniqueItems":
            return "an item stands twice", "remove one"
        case "oneOf" | "anyOf":
            return f"{value!r} has none of the valid forms", described
    return fault.message, described


def _deepest(fault: ValidationError) -> ValidationError:
    """For a choice of forms, the fault inside the form that fits best: that is the one the person meant."""
    while fault.context:
        best = max(fault.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "type"))
        if len(best.absolute_path) <= len(fault.absolute_path) and best.validator == "type":
            break
        fault = best
    return fault


def check_document(document: Any, schema: dict[str, Any], path: Path) -> None:
    """Validates a YAML or JSON document. Raises BuildStop with every fault: `key path` problem (file)."""
    issues = []
    for fault in sorted(validator(schema).iter_errors(document), key=lambda f: [str(p) for p in f.absolute_path]):
        inner = _deepest(fault)
        problem, fix = describe(inner)
        where = key_path(list(inner.absolute_path))
        issues.append(Issue("config", f"'{where}' {problem}" if where else problem, str(path), fix))
    if issues:
        raise BuildStop(issues)
