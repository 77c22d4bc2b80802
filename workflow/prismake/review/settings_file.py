"""YAML files that people write, changed in one place: comments, order and quotes of everything else stay."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.places import SCHEMAS
from prismake.common.reading import read_text
from prismake.common.validation import check_document, house_schema
from prismake.common.writing import write_text
from prismake.review import configuration as reviews


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


class Settings:
    """A YAML file of the review, to be changed and written back."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises BuildStop if it is not there or not YAML."""
        self.path = path
        if not path.is_file():
            fix = "run the command in the folder of a review; prismake new starts one"
            raise stop("missing-file", f"the file '{path}' does not exist", fix=fix)
        try:
            self.content: CommentedMap = _yaml().load(read_text(path)) or CommentedMap()
        except YAMLError as fault:
            mark = getattr(fault, "problem_mark", None)
            where = f"{path}:{mark.line + 1}" if mark else str(path)
            message = f"is not valid YAML: {getattr(fault, 'problem', None) or fault}"
            raise stop("yaml", message, where=where, fix="correct it first") from None

    def block(self, *keys: str) -> CommentedMap:
        """The block under a path of keys, made where it is missing."""
        block = self.content
        for key in keys:
            if not isinstance(block.get(key), Mapping):
                block[key] = CommentedMap()
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
        return stream.getvalue()


def quoted(text: str) -> DoubleQuotedScalarString:
    """A text that YAML might take for something else, such as a date, in quotes."""
    marked: DoubleQuotedScalarString = DoubleQuotedScalarString(text)
    return marked


def ids_of(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of a list of blocks."""
    return [str(entry.get("id", "")) for entry in entries]


def free_id(name: str, taken: Sequence[str], what: str) -> None:
    """Raises BuildStop if an id is in use already."""
    if name in taken:
        message = f"there is a {what} '{name}' already"
        raise BuildStop(Issue("id-twice", message, "config.yaml", f"in use: {', '.join(taken)}; choose another id"))


def write_config(settings: Settings) -> None:
    """Writes config.yaml. Raises BuildStop, and writes nothing, if what it says now is not valid."""
    schema = house_schema(SCHEMAS / "config.schema.yaml")
    plain = YAML(typ="safe").load(settings.text())
    check_document(plain, schema, settings.path)
    reviews.filled(plain, schema)
    write_text(settings.path, settings.text())
