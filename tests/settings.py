"""Settings as steps get them: with the defaults of the configuration's schema."""

from typing import Any

from prismake.common.defaults import with_defaults
from prismake.common.yaml_files import house_yaml

from tests.places import SCHEMAS

SCHEMA = house_yaml(SCHEMAS / "config.schema.yaml")


def whole(value: Any, *keys: str) -> Any:
    """The block of config.yaml under `keys`, with what it leaves out."""
    rule = SCHEMA
    for key in keys:
        rule = rule["properties"][key]
    return with_defaults(value, rule)
