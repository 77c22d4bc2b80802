"""Characters that no table should hold: halves of surrogate pairs, which no file can store, and control characters."""

from __future__ import annotations

import re
from typing import Any

from prismake.common.errors import some_of
from prismake.importing.entries import Fields

_HALF = re.compile("[\ud800-\udfff]")
# Tab and line feed are text.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# Between words these stand for a space; the others stand for nothing.
_SPACES = "\x0b\x0c\r\x1c\x1d\x1e\x1f"


class OddCharacters:
    """Takes odd characters out of the records of one export, and remembers where they stood."""

    def __init__(self) -> None:
        self.halves: dict[int, None] = {}
        self.controls: dict[int, None] = {}
        self.names: set[str] = set()

    def out_of_fields(self, fields: Fields, line: int) -> Fields:
        """The fields with U+FFFD for each half of a surrogate pair; control characters stay, for `raw`."""
        if not any(_HALF.search(text) for field in fields for text in field):
            return fields
        self.halves[line] = None
        return [(_HALF.sub("\ufffd", name), _HALF.sub("\ufffd", value)) for name, value in fields]

    def out_of_columns(self, record: dict[str, Any], line: int) -> None:
        """Takes both kinds out of the record's columns; `raw` must be made before, and is left as it is."""
        for name, value in record.items():
            if not isinstance(value, str) or name == "raw" or value.isprintable():
                continue
            if _HALF.search(value):
                self.halves[line] = None
                value = record[name] = _HALF.sub("\ufffd", value)
            if _CONTROL.search(value):
                # A carriage return is a line's end, nothing to report.
                if marks := set(_CONTROL.findall(value)) - {"\r"}:
                    self.controls[line] = None
                    self.names.update(f"U+{ord(mark):04X}" for mark in marks)
                record[name] = _without_controls(value)

    def warnings(self) -> list[str]:
        """What was taken out, by the lines where the records start."""
        texts = []
        if self.controls:
            texts.append(
                f"control characters ({', '.join(sorted(self.names))}) were left out of {_records(self.controls)}; "
                "the column 'raw' keeps them"
            )
        if self.halves:
            texts.append(f"halves of characters (lone surrogates) became U+FFFD in {_records(self.halves)}")
        return texts


def _without_controls(text: str) -> str:
    text = _CONTROL.sub(lambda match: " " if match[0] in _SPACES else "", text)
    return re.sub(" {2,}", " ", text).strip(" ")


def _records(lines: dict[int, None]) -> str:
    """Which records, in words: "the record at line 3", "the records at lines 3, 9 and 4 more"."""
    return f"the record{'s at lines' if len(lines) > 1 else ' at line'} {some_of(lines)}"
