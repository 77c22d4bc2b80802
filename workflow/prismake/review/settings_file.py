"""YAML files that people write, changed in one place: comments, order and quotes of everything else stay."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tokens import CommentToken

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.places import SCHEMAS
from prismake.common.reading import read_text
from prismake.common.validation import check_document
from prismake.common.writing import write_text
from prismake.common.yaml_files import PLAIN_SCALARS, house_yaml, load_yaml, parse_yaml
from prismake.review import configuration as reviews
from prismake.review.setting_checks import check_scripts


class _AsBuilt(VersionedResolver):
    """What a scalar without quotes is, as the build reads it: `yes` is true, while `n` and a date are texts."""

    @property
    def versioned_resolver(self) -> Any:
        """The patterns of plain scalars by their first letter."""
        return PLAIN_SCALARS


def _yaml() -> YAML:
    yaml = YAML()
    yaml.version = (1, 1)
    yaml.Resolver = _AsBuilt
    yaml.preserve_quotes = True
    yaml.width = 1000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


# How a file begins that names the version of YAML; ours does not.
_DIRECTIVE = "%YAML 1.1\n---\n"


class Settings:
    """A YAML file of the review, to be changed and written back."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises BuildStop if it is not there, or is not YAML that a build would read."""
        self.path = path
        if not path.is_file():
            fix = "run the command in the folder of a review; prismake new starts one"
            raise stop("missing-file", f"the file '{path}' does not exist", fix=fix)
        if not isinstance(load_yaml(path) or {}, dict):
            raise stop("config", "contains no settings", where=str(path), fix="write `key: value` on each line")
        self.content: CommentedMap = _yaml().load(read_text(path)) or CommentedMap()

    def block(self, *keys: str) -> CommentedMap:
        """The block under a path of keys, made where it is missing."""
        block = self.content
        for key in keys:
            if not isinstance(block.get(key), Mapping):
                is_new = block is self.content and key not in block
                block[key] = CommentedMap()
                if is_new:
                    # A blank line, as between the blocks of a new review.
                    block.yaml_set_comment_before_after_key(key, before="\n")
            block = block[key]
        return block

    def items(self, *keys: str) -> list[Any]:
        """The list under a path of keys, made where it is missing."""
        *above, last = keys
        block = self.block(*above)
        if not isinstance(block.get(last), Sequence) or isinstance(block.get(last), str):
            block[last] = []
        items: list[Any] = block[last]
        return items

    def text(self) -> str:
        """The file as it will be written."""
        stream = io.StringIO()
        _yaml().dump(self.content, stream)
        return stream.getvalue().removeprefix(_DIRECTIVE)


def append(items: Any, entry: Mapping[str, Any]) -> None:
    """Adds a block at the end of a list; the blank lines and comments that end the list stay at its end."""
    there = _last_leaf(items) if items else None
    items.append(_commented(entry))
    token = there and there.node.ca.items.get(there.key, [None] * 4)[there.slot]
    if not token:
        return
    own, _, after = token.value.partition("\n")
    if after:
        token.value = f"{own}\n"
        end = _last_leaf(items)
        tokens = end.node.ca.items.setdefault(end.key, [None] * 4)
        tokens[end.slot] = CommentToken(f"\n{after}", CommentMark(0), None)


@dataclass(frozen=True)
class _Leaf:
    """A value of a YAML file: the list or block that it is in, its key there, and where its comment is kept."""

    node: Any
    key: Any
    slot: int


def _last_leaf(node: Any) -> _Leaf:
    """The last value of a list or block, which has the comments that follow it."""
    is_list = isinstance(node, CommentedSeq)
    leaf = _Leaf(node, len(node) - 1, 0) if is_list else _Leaf(node, list(node)[-1], 2)
    inner = node[leaf.key]
    if isinstance(inner, CommentedMap | CommentedSeq) and inner and not inner.fa.flow_style():
        return _last_leaf(inner)
    return leaf


def _commented(value: Any) -> Any:
    """Plain data as nodes of a YAML file, which can have comments."""
    if isinstance(value, Mapping):
        return CommentedMap((key, _commented(inner)) for key, inner in value.items())
    return CommentedSeq(map(_commented, value)) if isinstance(value, list) else value


def ids_of(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of a list of blocks."""
    return [str(entry.get("id", "")) for entry in entries]


def free_id(name: str, taken: Sequence[str], what: str) -> None:
    """Raises BuildStop if an id is in use already."""
    if name in taken:
        message = f"there is a {what} '{name}' already"
        raise BuildStop(Issue("id-twice", message, "config.yaml", f"in use: {', '.join(taken)}; choose another id"))


def check_config(settings: Settings) -> None:
    """Raises BuildStop if what the settings say now is not valid."""
    schema = house_yaml(SCHEMAS / "config.schema.yaml")
    plain = parse_yaml(settings.text(), settings.path)
    check_document(plain, schema, settings.path)
    check_scripts(reviews.filled(plain, schema), schema)


def write_config(settings: Settings) -> None:
    """Writes config.yaml. Raises BuildStop, and writes nothing, if what it says now is not valid."""
    check_config(settings)
    write_text(settings.path, settings.text())
