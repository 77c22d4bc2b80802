"""Settings as steps get them: with the defaults of the configuration's schema."""

from typing import Any

from prismake.common.defaults import with_defaults
from prismake.common.validation import house_schema

from tests.places import SCHEMAS

SCHEMA = house_schema(SCHEMAS / "config.schema.yaml")


def whole(value: Any, *keys: str) -> Any:
    """The block of config.yaml under `keys`, with what it leaves out."""
    rule = SCHEMA
    for key in keys:
        rule = rule["properties"][key]
    return with_defaults(value, rule)
