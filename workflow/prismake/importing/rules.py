"""The rules of field maps: what becomes of the values of some tags, for one record and for many (see `field_map`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from prismake.common import identifiers
from prismake.importing import fields as values_of
from prismake.importing.cells import by_value, changed, repeated, unlike
from prismake.importing.field_map import Rule, nothing, one_by_one
from prismake.importing.field_table import FieldTable
from prismake.importing.fields import Values
from prismake.importing.names import people as as_people
from prismake.importing.text import clean, fold, lines_of, listed, meaningful
from prismake.importing.text_cells import as_list, as_name, as_text, by_list, folded, with_lists


def derived(derive: Callable[[Values], str], *tags: str) -> Rule:
    """What a function makes of the values with these tags."""
    return Rule(tags, derive)


def always(cell: str) -> Rule:
    """The same cell for every record."""

    def column(table: FieldTable) -> pa.StringArray:
        return repeated(cell, table.records)

    return Rule((), lambda values: cell, column)


def coded(meanings: Mapping[str, str], *tags: str) -> Rule:
    """What the first value with a meaning stands for, whatever its case."""
    known = {name.lower(): meaning for name, meaning in meanings.items()}
    return _by_list(lambda values: next((known[name] for name in map(str.lower, values) if name in known), ""), *tags)


def _by_value(change: Callable[[str], str], *tags: str) -> Rule:
    """`change(first value)`; of many records each different value once."""

    def column(table: FieldTable) -> pa.StringArray:
        return by_value(table.first(*tags), lambda value: change(value) if value else "")

    return Rule(tags, lambda values: change(values.first(*tags)), column)


def text(*tags: str) -> Rule:
    """A title or an abstract: the first value as plain text, or "" if it only says that there is none."""

    def column(table: FieldTable) -> pa.StringArray:
        return as_text(table.first(*tags))

    return Rule(tags, lambda values: meaningful(clean(values.first(*tags))), column)


def paragraphs(*tags: str, without: str = "\0") -> Rule:
    """An abstract of several values of the first tag that has any; of several, those that start so are left out."""

    def joined(parts: Sequence[str]) -> str:
        if len(parts) > 1:
            parts = [part for part in parts if not part.startswith(without)]
        return meaningful(clean(" ".join(parts)))

    def column(table: FieldTable) -> pa.StringArray:
        lists = table.first_lists(*tags)
        return with_lists(as_text(table.first(*tags)), lists.several(), lists, joined)

    return Rule(tags, lambda values: joined(values.either(*tags)), column)


def name(*tags: str) -> Rule:
    """The name of a journal or book: the first value as plain text."""

    def column(table: FieldTable) -> pa.StringArray:
        return as_name(table.first(*tags))

    return Rule(tags, lambda values: clean(values.first(*tags)), column)


def brief(*tags: str) -> Rule:
    """A volume, a date, a number: the first value with its white space folded."""

    def column(table: FieldTable) -> pa.StringArray:
        return folded(table.first(*tags))

    return Rule(tags, lambda values: fold(values.first(*tags)), column)


def year(*tags: str) -> Rule:
    """The first four-digit year in the first value."""
    return _by_value(values_of.year, *tags)


def span(start: str | tuple[str, ...], end: str | tuple[str, ...]) -> Rule:
    """First and last page, each from tags of its own."""
    starts, ends = ((tags,) if isinstance(tags, str) else tags for tags in (start, end))
    return derived(
        lambda values: values_of.pages(fold(values.first(*starts)), fold(values.first(*ends))), *starts, *ends
    )


def items(*tags: str) -> Rule:
    """A list of all values of all tags."""
    return _listed(listed, *tags)


def words(split: Callable[[str], Iterable[str]], *tags: str) -> Rule:
    """A list of what all values of all tags are split into."""
    return derived(lambda values: listed([word for value in values.all(*tags) for word in split(value)]), *tags)


def lines(*tags: str) -> Rule:
    """A list of the lines of all values of all tags."""
    return _listed(lambda values: listed(lines_of(values)), *tags)


def _listed(change: Callable[[list[str]], str], *tags: str) -> Rule:
    def column(table: FieldTable) -> pa.StringArray:
        return as_list(table.lists(*tags), change)

    return Rule(tags, lambda values: change(values.all(*tags)), column)


def people(*tags: str, in_lines: bool = False, groups: str = "") -> Rule:
    """The names of the first tag that has any, then those of the tag `groups` as they are.

    `in_lines` says that each line of a value is a name.
    """
    grouped = (groups,) if groups else ()

    def named(names: Sequence[str]) -> str:
        return as_people(lines_of(names) if in_lines else names)

    def cell(values: Values) -> str:
        names = values.either(*tags)
        bodies = values.all(*grouped)
        return as_people(lines_of(names) if in_lines else names, lines_of(bodies) if in_lines else bodies)

    def column(table: FieldTable) -> pa.StringArray:
        cells = as_list(table.first_lists(*tags), named, odd=(")",), needed=", ")
        where = table.has(*grouped)
        return one_by_one(cells, table, where, Rule((*tags, *grouped), cell)) if where.any() else cells

    return Rule((*tags, *grouped), cell, column)


def issns(*tags: str) -> Rule:
    """The ISSNs in all values."""
    return _by_list(values_of.issns, *tags)


def isbns(*tags: str) -> Rule:
    """The ISBNs in all values."""
    return _by_list(values_of.isbns, *tags)


def trial_ids(*tags: str) -> Rule:
    """The trial registration numbers in all values."""
    return _by_list(values_of.trial_ids, *tags)


def _by_list(change: Callable[[list[str]], str], *tags: str) -> Rule:
    """`change(all values)`; of many records each different list once."""

    def column(table: FieldTable) -> pa.StringArray:
        return by_list(table.lists(*tags), change)

    return Rule(tags, lambda values: change(values.all(*tags)), column)


def doi(*tags: str) -> Rule:
    """The DOI in the first value."""
    rule = _by_form(identifiers.PLAIN_DOI, identifiers.doi, *tags)
    return Rule(tags, rule.cell, lambda table: pc.ascii_lower(rule.cells(table)))


def pmid(*tags: str) -> Rule:
    """The PubMed id in the first value."""
    return _by_form("[1-9][0-9]{0,7}", identifiers.pmid, *tags)


def pmcid(*tags: str) -> Rule:
    """The PubMed Central id in the first value."""
    return _by_form("PMC[0-9]{3,9}", identifiers.pmcid, *tags)


def _by_form(form: str, change: Callable[[str], str], *tags: str) -> Rule:
    """`change(first value)`, which does no more to a value of this form than put it in lower case, if that."""

    def column(table: FieldTable) -> pa.StringArray:
        cells = table.first(*tags)
        return changed(cells, unlike(cells, form), change)

    return Rule(tags, lambda values: change(values.first(*tags)), column)


def doi_of_address(*tags: str) -> Rule:
    """The first DOI that an address of doi.org or Ovid in these values names."""
    return search_values(identifiers.doi_of_address, ("doi.org", "ovidweb"), *tags)


def pmid_of_address(*tags: str) -> Rule:
    """The PubMed id that the addresses in these values name."""
    return search_values(identifiers.pmid_of_address, ("ncbi.", "europepmc.", "ovidweb"), *tags)


def pmcid_of_address(*tags: str) -> Rule:
    """The PubMed Central id that the addresses in these values name."""
    return search_values(identifiers.pmcid_of_address, ("ncbi.", "europepmc."), *tags)


def search_values(find: Callable[[list[str]], str], marks: tuple[str, ...], *tags: str) -> Rule:
    """`find(all values)`, which finds something only in a value with one of these marks."""

    def column(table: FieldTable) -> pa.StringArray:
        lists = table.lists(*tags)
        return with_lists(nothing(table), lists.holding(*marks), lists, find)

    return Rule(tags, lambda values: find(values.all(*tags)), column)
