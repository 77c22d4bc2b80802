"""What authors state and sign beside the text: numbers with a source, waivers, claims that a person confirmed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from prismake.audit.findings import RULES, Finding
from prismake.audit.numerals import numerals
from prismake.audit.passages import Passage
from prismake.common.errors import nearest
from prismake.common.values import Ledger

DEFINITION = "definition"
REFERENCE = "reference:"
UNUSED = "delete the row, or correct its text"


def folded(text: str) -> str:
    """A text as statements are compared: blanks folded, no-break spaces and soft hyphens as what they look like."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u00ad", "").split())


@dataclass(frozen=True)
class Row:
    """A row of one of the three tables: its cells and its line."""

    cells: Mapping[str, str]
    line: int

    @property
    def text(self) -> str:
        """The words of the manuscript that it is about."""
        return folded(self.cells["text"])


def _places(words: str, text: str) -> Iterator[int]:
    """Every place of some words in a text."""
    at = text.find(words)
    while words and at != -1:
        yield at
        at = text.find(words, at + 1)


@dataclass
class Statements:
    """The rows of stated.csv, waivers.csv and confirmed.csv, and which of them were used."""

    stated: Sequence[Row] = ()
    waivers: Sequence[Row] = ()
    confirmed: Sequence[Row] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def in_force(self, name: str) -> Sequence[Row]:
        """The rows of `stated` with a source, or of `confirmed` with a name; the others wait for one."""
        rows, column = (self.stated, "source") if name == "stated" else (self.confirmed, "confirmed_by")
        return [row for row in rows if row.cells.get(column)]

    def stating(self, passage: Passage, start: int, end: int) -> Row | None:
        """The row that states the number at a place of a passage; every row that does counts as used."""
        stating = None
        for row in self.in_force("stated"):
            place = row.cells.get("place") or ""
            if place and place not in (passage.file, Path(passage.file).name, passage.part, passage.floating):
                continue
            shift = len(folded(passage.text[:start]) + "x") - 1
            last = shift + (end - start)
            if any(
                at <= shift + 1 and last <= at + len(row.text) + 1 for at in _places(row.text, folded(passage.text))
            ):
                self.used.add(id(row))
                stating = stating or row
        return stating

    def states(self, passage: Passage, start: int, end: int) -> bool:
        """Whether a row states the number at a place of a passage."""
        return self.stating(passage, start, end) is not None

    def waives(self, finding: Finding) -> bool:
        """Whether a row waives a finding; that row then counts as used."""
        for row in self.waivers:
            if row.cells["rule"] == finding.rule and row.text in folded(finding.text):
                self.used.add(id(row))
                return True
        return False

    def confirms(self, finding: Finding, digest: str) -> str:
        """`yes` where a person signed this claim over this data, `expired` where the data differ, empty else."""
        for row in self.in_force("confirmed"):
            if row.cells["rule"] == finding.rule and row.text == folded(finding.text):
                self.used.add(id(row))
                return "yes" if row.cells["digest"] == digest else "expired"
        return ""


def digest_of(passage: Passage, ledger: Ledger, studies: Sequence[Mapping[str, Any]]) -> str:
    """A digest of the data that a passage speaks of: its values, the rows of the included studies that it cites.

    A passage that names neither speaks of all studies.
    """
    names = sorted({name for printed in passage.printed for name in printed.names})
    own = [study for study in studies if study["study_id"] in passage.keys]
    values = {name: ledger[name].value for name in names if name in ledger}
    data = [values, own or ([] if values else list(studies))]
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


def faults_of_stated(statements: Statements, ledger: Ledger, references: Mapping[str, Any]) -> Iterator[Finding]:
    """Rows of stated.csv whose source does not exist or does not hold the number, or whose text is gone."""
    file = statements.files.get("stated", "stated.csv")
    for row in statements.in_force("stated"):
        source, numbers = row.cells["source"], {numeral.value for numeral in numerals(row.text)}
        message = fix = ""
        if id(row) not in statements.used:
            message, fix = (
                "no number of the manuscript is stated by this row",
                "correct its text and place, or delete it",
            )
        elif source.startswith(REFERENCE):
            key = source.removeprefix(REFERENCE).split(",")[0].strip()
            if key not in references:
                message, fix = f"there is no reference '{key}'", nearest(key, list(references))
        elif source != DEFINITION:
            if source not in ledger:
                message = f"'{source}' is not the name of a value"
                fix = (
                    f"write {DEFINITION}, {REFERENCE}KEY, page, or the name of a value; {nearest(source, list(ledger))}"
                )
            elif not any(_prints(number, ledger[source].value) for number in numbers):
                message = f"the source {source} is {ledger[source].value}"
                fix = "correct the text or the source"
        if message:
            yield Finding("stated", "error", file, row.line, row.text, message, fix)


def _prints(number: Decimal, value: Any) -> bool:
    """Whether a number is a value as a text prints it: rounded to the number's places."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(number) == str(value)
    exponent = number.normalize().as_tuple().exponent
    places = max(0, -int(exponent))
    return abs(Decimal(str(value)) - number) <= Decimal(5).scaleb(-places - 1)


def unused(statements: Statements) -> Iterator[Finding]:
    """Waivers and signatures that match nothing in the manuscript."""
    for name, rows in (("waivers", statements.waivers), ("confirmed", statements.in_force("confirmed"))):
        for row in rows:
            if id(row) not in statements.used:
                file = statements.files.get(name, f"{name}.csv")
                message, fix = f"this row matches nothing in the manuscript ({row.cells['rule']})", UNUSED
                if row.cells["rule"] not in RULES:
                    message = f"there is no rule '{row.cells['rule']}'"
                    fix = nearest(row.cells["rule"], sorted(RULES))
                yield Finding("unused", "error", file, row.line, row.text, message, fix)
