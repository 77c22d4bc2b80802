"""Which fields of an export give which column of the record model: one map per format, for both readers.

A map holds a rule for each column: the tags whose values it takes, the preferred one first, and what becomes of them.
`|` reads "or else": the rule after it is applied where the one before it gives nothing.

    FieldMap({"title": rules.text("TI", "T1"), "pages": rules.span("SP", "EP") | rules.brief("C7"), …})

A rule is applied to the fields of one record (`one`), and to those of many records at once (`many`), with the same
result. Tags are the format's own: two letters in RIS, a path in XML, the name of a column in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from prismake.importing.cells import Flags, chosen, empty, repeated, texts
from prismake.importing.field_table import FieldTable
from prismake.importing.fields import Values
from prismake.importing.text_cells import with_values


@dataclass(frozen=True, slots=True)
class Rule:
    """How the cell of a column is made: `cell` from one record, `column` from many where there is a fast way.

    Both look at the fields with these tags alone.
    """

    tags: tuple[str, ...]
    cell: Callable[[Values], str]
    column: Callable[[FieldTable], pa.StringArray] | None = None

    def cells(self, table: FieldTable) -> pa.StringArray:
        """The cells of many records."""
        if self.column is not None:
            return self.column(table)
        return one_by_one(nothing(table), table, table.has(*self.tags), self)

    def __or__(self, other: Rule) -> Rule:
        """This rule, or else the other."""

        def cell(values: Values) -> str:
            return self.cell(values) or other.cell(values)

        def column(table: FieldTable) -> pa.StringArray:
            cells = self.cells(table)
            missing = empty(cells)
            if other.tags:
                missing &= table.has(*other.tags)
            if not missing.any():
                return cells
            if other.column is not None:
                return chosen(missing, other.column(table), cells)
            return one_by_one(cells, table, missing, other)

        return Rule(tuple(dict.fromkeys((*self.tags, *other.tags))), cell, column)


def nothing(table: FieldTable) -> pa.StringArray:
    """An empty cell for each record."""
    return repeated("", table.records)


def one_by_one(cells: pa.StringArray, table: FieldTable, where: Flags, rule: Rule) -> pa.StringArray:
    """The cells, made again by the rule for single records where `where` is true."""
    return with_values(cells, where, [rule.cell(values) for values in table.grouped(rule.tags, where)])


@dataclass(frozen=True, slots=True)
class Parts:
    """The values of one record by the parts that they hold (`accession`, `database`, …) instead of their tags."""

    values: Values
    tags: Mapping[str, tuple[str, ...]]

    def first(self, part: str) -> str:
        """The first value of the first tag of this part that has one, or ""."""
        return self.values.first(*self.tags[part])

    def all(self, part: str) -> list[str]:
        """All values of all tags of this part."""
        return self.values.all(*self.tags[part])


@dataclass(frozen=True, slots=True)
class Joint:
    """Columns that depend on one another: the numbers by which a platform and other databases know a record.

    `tags` names the parts that `derive` takes, each with its tags; it gives a cell for each of `columns`.
    """

    columns: tuple[str, ...]
    tags: Mapping[str, tuple[str, ...]]
    derive: Callable[[Parts], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The map of a format: a rule for each column, and columns that are made together."""

    rules: Mapping[str, Rule]
    joint: Joint = field(default_factory=lambda: Joint((), {}, lambda parts: {}))

    def tags(self) -> set[str]:
        """Every tag that the map knows."""
        joint = (tag for tags in self.joint.tags.values() for tag in tags)
        return {tag for rule in self.rules.values() for tag in rule.tags} | set(joint)

    def columns(self, values: Values) -> dict[str, str]:
        """The columns of one record."""
        record = {column: rule.cell(values) for column, rule in self.rules.items()}
        if self.joint.columns:
            record.update(self.joint.derive(Parts(values, self.joint.tags)))
        return record

    def columns_of_many(self, table: FieldTable) -> dict[str, pa.StringArray]:
        """The columns of many records: what `columns` gives for each."""
        cells = {column: rule.cells(table) for column, rule in self.rules.items()}
        if self.joint.columns:
            # An export has few of the tags that all platforms write.
            tags = {part: tuple(tag for tag in every if tag in table.tags) for part, every in self.joint.tags.items()}
            grouped = table.grouped({tag for some in tags.values() for tag in some})
            records = [self.joint.derive(Parts(values, tags)) for values in grouped]
            cells |= {column: texts([record.get(column, "") for record in records]) for column in self.joint.columns}
        return cells
