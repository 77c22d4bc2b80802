"""Defaults: a checked document completed with the `default` values of its schema."""

from __future__ import annotations

from typing import Any

Rule = dict[str, Any]


def resolved(rule: Rule, definitions: Rule) -> Rule:
    """A rule of the schema with its references resolved; its own keys take precedence."""
    name = rule.get("$ref", "").removeprefix("#/$defs/")
    return {**definitions[name], **rule} if name else rule


def with_defaults(value: Any, rule: Rule, definitions: Rule | None = None) -> Any:
    """A document that fits the schema `rule`, with the default of every key that it leaves out.

    Defaults of a block apply inside it too, so a block of settings may be absent (`default: {}`) and still be whole.
    `definitions` are the schema's `$defs`. The result shares no list or block with the schema.
    """
    definitions = rule.get("$defs", {}) if definitions is None else definitions
    rule = resolved(rule, definitions)
    if isinstance(value, dict):
        others, known = rule.get("additionalProperties"), rule.get("properties", {})
        whole = {
            key: with_defaults(inner, known.get(key, others if isinstance(others, dict) else {}), definitions)
            for key, inner in value.items()
        }
        for key, inner in known.items():
            inner = resolved(inner, definitions)
            if key not in whole and "default" in inner:
                whole[key] = with_defaults(inner["default"], inner, definitions)
        return whole
    if isinstance(value, list):
        return [with_defaults(item, rule.get("items", {}), definitions) for item in value]
    return value
