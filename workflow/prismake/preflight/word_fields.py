"""Fields of a Word document: instructions, results and faults of structure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from prismake.preflight.wordml import (
    W,
    shortened,
    text_of,
    value,
)


@dataclass
class Field:
    """A field of a story: its instruction and its result, as text, and the paragraph in which it begins."""

    instruction: str
    result: str
    paragraph: Any
    dirty: bool = False

    @property
    def name(self) -> str:
        """The first word of the instruction, in capitals."""
        words = self.instruction.split()
        return words[0].upper() if words else ""

    @property
    def argument(self) -> str:
        """The first word after the name that is not a switch."""
        words = self.instruction.split()[1:]
        return next((word.strip('"') for word in words if not word.startswith("\\")), "")


@dataclass
class Fields:
    """The fields of a story, and the faults of their structure."""

    fields: list[Field] = field(default_factory=list)
    faults: list[tuple[str, Any]] = field(default_factory=list)


def read_fields(root: Any) -> Fields:
    """All fields below an element, complex and simple ones, nested ones included, in the order of their ends."""
    result = Fields()
    opened: list[tuple[Field, bool]] = []
    paragraph = None
    for node in root.iter(f"{W}p", f"{W}fldChar", f"{W}instrText", f"{W}t", f"{W}tab", f"{W}fldSimple"):
        if node.tag == f"{W}p":
            paragraph = node
        elif node.tag == f"{W}fldSimple":
            result.fields.append(Field(value(node, "instr") or "", text_of(node), paragraph))
        elif node.tag == f"{W}fldChar":
            _take_mark(value(node, "fldCharType"), paragraph, opened, result)
        elif opened:
            current, separated = opened[-1]
            if node.tag == f"{W}instrText":
                current.instruction += node.text or ""
            elif separated:
                for outer, in_result in opened:
                    if in_result:
                        outer.result += (node.text or "") if node.tag == f"{W}t" else " "
        elif node.tag == f"{W}instrText":
            result.faults.append(("an instruction is outside a field", paragraph))
    for left, _ in opened:
        result.faults.append((f"the field '{shortened(left.instruction)}' is never ended", left.paragraph))
    return result


def _take_mark(kind: str | None, paragraph: Any, opened: list[tuple[Field, bool]], result: Fields) -> None:
    if kind == "begin":
        opened.append((Field("", "", paragraph), False))
    elif kind == "separate":
        if not opened or opened[-1][1]:
            result.faults.append(("a field has a separator where none may stand", paragraph))
        else:
            opened[-1] = (opened[-1][0], True)
    elif kind == "end":
        if not opened:
            result.faults.append(("a field is ended that never began", paragraph))
        else:
            result.fields.append(opened.pop()[0])
    else:
        result.faults.append((f"a field mark has the unknown type '{shortened(kind or '')}'", paragraph))
