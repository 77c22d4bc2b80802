"""JSON Schema faults in plain words: key path, problem, nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from prismake.common.errors import BuildStop, Issue, counted, near_name, nearest, shortened, stop

TYPE_NAMES = {
    "object": "a block of keys",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
}


def _pattern(
    validator: Draft202012Validator, pattern: str, instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    """`pattern`, strict at the end: Python's `$` also matches before a line feed there."""
    if not validator.is_type(instance, "string"):
        return
    if not re.search(pattern, instance) or (pattern.endswith("$") and instance.endswith("\n")):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


# Only days are checked by `format`; what else a schema calls one is a hint.
_FORMATS = FormatChecker(formats=["date"])
_Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of the house dialect (JSON Schema 2020-12); it fetches no other schema from anywhere."""
    made: Draft202012Validator = _Validator(schema, registry=Registry(), format_checker=_FORMATS)
    return made


def check_row_schema(schema: Any, path: Path) -> None:
    """Raises BuildStop if a review's own schema is not one of a table's rows: its columns under `properties`."""
    if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
        raise stop("schema", "describes no columns", where=str(path), fix="list them under `properties`")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as fault:
        where = f"{path}, {key_path(list(fault.absolute_path))}"
        raise stop("schema", shortened(fault.message), where=where, fix="correct it there") from None
    except (OverflowError, RecursionError) as fault:
        raise stop("schema", f"a pattern in it cannot be used: {fault}", where=str(path), fix="correct it") from None
    issues = [
        Issue("schema", "does not describe the column", f"{path}, properties.{name}", "give it a type")
        for name, rule in schema["properties"].items()
        if not isinstance(rule, dict)
    ]
    key = schema.get("uniqueKey", [])
    if not isinstance(key, list) or not all(name in schema["properties"] for name in key):
        issues.append(Issue("schema", "is not a list of columns", f"{path}, uniqueKey", "name columns of `properties`"))
    issues += _rule_issues(schema, [], path)
    if issues:
        raise BuildStop(issues)


def _rule_issues(rule: Any, keys: list[str | int], path: Path) -> Iterator[Issue]:
    """Faults that the standard of schemas lets pass: references to elsewhere."""
    if isinstance(rule, list):
        for number, inner in enumerate(rule):
            yield from _rule_issues(inner, [*keys, number], path)
    if not isinstance(rule, dict):
        return
    where = f"{path}, {key_path(list(keys))}"
    if isinstance(rule.get("$ref", rule.get("$dynamicRef")), str):
        yield Issue("schema", "refers to another schema", where, "write the rules out")
    for key, inner in rule.items():
        yield from _rule_issues(inner, [*keys, key], path)


def key_path(parts: Iterator[Any] | list[Any]) -> str:
    """`searches[2].file` from the parts of a path."""
    text = ""
    for part in parts:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _kinds(expected: str | list[str]) -> str:
    return " or ".join(TYPE_NAMES[kind] for kind in ([expected] if isinstance(expected, str) else expected))


def _shown(value: Any) -> str:
    return shortened(repr(value))


def _give(form: str, described: str) -> str:
    """What to do: the form of value to give, and what the schema says is meant."""
    return f"give {form}" + (f"; it holds: {described}" if described else "")


def _with_point(value: Any, schema: dict[str, Any]) -> str:
    """A number written with a decimal comma, as the schema would take it; empty if that is not the fault."""
    if not (isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+,[0-9]+", value)):
        return ""
    pointed = value.replace(",", ".")
    kinds = schema.get("type", "string")
    takes_number = "number" in ([kinds] if isinstance(kinds, str) else kinds)
    return pointed if takes_number or validator(schema).is_valid(pointed) else ""


def faults(errors: Iterable[ValidationError]) -> list[ValidationError]:
    """The errors of a validation, one per fault: a value that is not a date also breaks the pattern of dates."""
    listed = list(errors)
    dates = {tuple(error.absolute_path) for error in listed if error.validator == "format"}
    return [error for error in listed if error.validator != "pattern" or tuple(error.absolute_path) not in dates]


def row_faults(check: Draft202012Validator, row: dict[str, Any]) -> list[tuple[str, object, str, str]]:
    """(column, rule that it breaks, problem, what to do) of each fault in a row; a fault of the row has no column."""
    return [
        (str(next(iter(error.absolute_path), "")), error.validator, *describe(error))
        for error in faults(check.iter_errors(row))
    ]


def describe(fault: ValidationError) -> tuple[str, str]:
    """(problem, what to do) for one fault, without the schema."""
    problem, fix = _described(fault)
    pointed = _with_point(fault.instance, fault.schema) if isinstance(fault.schema, dict) else ""
    return problem, f"write it with a point: {pointed}" if pointed else fix


def _described(fault: ValidationError) -> tuple[str, str]:
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
                _hints([str(key) for key in unknown], known),
            )
        case "required":
            missing = _missing(value, rule, list(schema.get("properties", {})))
            return (f"missing: {', '.join(missing)}", "add it") if missing else ("", "")
        case "type" if value == "":
            return "must not be empty", _give(_kinds(rule), described)
        case "type":
            return f"{_shown(value)} is not {_kinds(rule)}", _give(_kinds(rule), described)
        case "enum":
            valid = [str(item) for item in rule if item is not None]
            return f"{_shown(value)} is not one of the valid values", nearest(str(value), valid)
        case "pattern":
            form = "a value of this form" if described else f"a value that matches {rule}"
            return f"{_shown(value)} does not have the expected form", _give(form, described)
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            side = "small" if "inimum" in str(fault.validator) else "large"
            return f"{_shown(value)} is too {side}", f"the limit is {rule}"
        case "maxLength":
            return f"{_shown(value)} is too long", _give(f"at most {counted(rule, 'character')}", described)
        case "minLength" | "minItems" | "minProperties":
            return "must not be empty", _give("at least one entry" if isinstance(value, list) else "a value", described)
        case "format" if rule == "date":
            return f"{_shown(value)} is not a valid date", "write it as YYYY-MM-DD"
        case "dependentRequired":
            given = next(key for key, needs in rule.items() if key in value and not set(needs) <= set(value))
            missing = [key for key in rule[given] if key not in value]
            return f"'{given}' needs {' and '.join(repr(key) for key in missing)}", "add it"
        case "uniqueItems":
            return "an item occurs twice", "remove one"
        case "oneOf" | "anyOf":
            return f"{_shown(value)} has none of the valid forms", _give("one of them", described)
    return fault.message, _give("a valid value", described)


def _hints(unknown: list[str], known: list[str]) -> str:
    """What each unknown key may mean."""
    meant = {key: near_name(key, known) for key in unknown}
    if len(unknown) > 1 and any(meant.values()):
        return "did you mean " + ", ".join(f"'{near}' for '{key}'" for key, near in meant.items() if near) + "?"
    return nearest(unknown[0], known) if unknown else ""


def _missing(value: dict[str, Any], required: list[str], known: list[str]) -> list[str]:
    """The keys that are missing, without those that an unknown key means, which is reported with its own hint."""
    misspelt = {near_name(str(key), known) for key in value if key not in known}
    return [key for key in required if key not in value and key not in misspelt]


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
    for fault in sorted(
        faults(validator(schema).iter_errors(document)), key=lambda f: [str(p) for p in f.absolute_path]
    ):
        inner = _deepest(fault)
        problem, fix = describe(inner)
        if not problem:
            continue
        where = key_path(list(inner.absolute_path))
        issues.append(Issue("config", f"'{where}': {problem}" if where else problem, str(path), fix))
    if issues:
        # A block that lacks three keys breaks three rules, reported in one message.
        raise BuildStop(dict.fromkeys(issues))
