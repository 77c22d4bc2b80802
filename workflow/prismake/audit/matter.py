"""What the audit looks at: the text, and the data, references and settings that it must agree with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from prismake.audit.families import families_of
from prismake.audit.nouns import Nouns
from prismake.audit.numerals import Numeral, numerals
from prismake.audit.passages import Passage, Printed
from prismake.audit.statements import Statements
from prismake.common.values import Ledger, Value

# What of an expression is no name: texts, filters, and the words of the language.
NO_NAME = re.compile(r"\"[^\"]*\"|'[^']*'|\|\s*\w+|\b(?:and|or|not|if|else|in|is|true|false|none)\b", re.IGNORECASE)


# A text in an expression that is no key (`items["7"]`) and no date.
OWN_TEXT = re.compile(r"(?<!\[)(?:\"[^\"]*\"|'[^']*')")


@dataclass(frozen=True)
class StudyRow:
    """Where a study stands in the extraction: file and line, or workbook, row and sheet."""

    file: str
    line: int
    sheet: str = ""


@dataclass(frozen=True)
class Matter:
    """The manuscript's passages, and what they must agree with.

    `studies` are those of results/studies.json, `references` the bibliography by key (CSL), `settings` config.yaml with
    its defaults, `machine` the identifiers of tables and figures that the build makes (`tbl:characteristics`),
    `drawings` the texts of figures by file, `strategies` the search strategies by search, `abbreviations` those of the
    review with their expansions, `columns` the marks of the columns of the studies' table, `rows` the place of
    each study's row in it, `record_years` the records of each search by year, `unexplained` the rows of
    results/audit/numbers.csv whose number the manuscript does not hold, `lines` the line of each setting of config.yaml
    by its key (`searches[1].date`).
    """

    passages: Sequence[Passage]
    ledger: Ledger
    studies: Sequence[Mapping[str, Any]] = ()
    references: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    machine: frozenset[str] = frozenset()
    drawings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    strategies: Mapping[str, str] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rows: Mapping[str, StudyRow] = field(default_factory=dict)
    record_years: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    checklists: Sequence[Passage] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    statements: Statements = field(default_factory=Statements)
    unexplained: Sequence[Mapping[str, str]] = ()

    @cached_property
    def study_ids(self) -> frozenset[str]:
        """The keys of the included studies."""
        return frozenset(study["study_id"] for study in self.studies)

    @cached_property
    def authored(self) -> list[Passage]:
        """The passages that people wrote: without the cells and pictures that the build makes."""
        made = ("cell", "alternative")
        return [one for one in self.passages if not (one.floating in self.machine and one.part in made)]

    @cached_property
    def families(self) -> dict[str, dict[str, Value]]:
        """Family (the reasons of a stage, the levels of a group) -> member -> the number of its records or studies."""
        return families_of(self.ledger)

    @cached_property
    def nouns(self) -> Nouns:
        """The nouns that the review counts."""
        return Nouns.of(self.ledger)

    @cached_property
    def counts(self) -> frozenset[int]:
        """All that the ledger counts of more than one study."""
        wide = (one for name, one in self.ledger.items() if not name.startswith("studies."))
        return frozenset(int(one.value) for one in wide if one.kind == "count" and one.value)

    @cached_property
    def places(self) -> frozenset[int]:
        """Where its passages are in memory."""
        return frozenset(map(id, self.passages))

    @cached_property
    def bounds(self) -> dict[int, list[Any]]:
        """The numbers of passages that values printed, as `bound_in` found them before."""
        return {}

    def typed(self, passage: Passage) -> Iterator[Numeral]:
        """The numbers of a passage that its author typed and does not state with a source."""
        for numeral in numerals(passage.text):
            printed = passage.value_at(numeral.start)
            if (printed is None or _is_literal(printed, numeral)) and not self.statements.states(
                passage, numeral.start, numeral.end
            ):
                yield numeral


def _is_literal(printed: Printed, numeral: Numeral) -> bool:
    """Whether an expression prints what its author typed in it: `{{ 5 | words }}`, `{{ 5 + 12 }}`, `{{ "17" }}`.

    Beside values it does so in a text of its own: `{{ "%s of 34" | format(flow.included) }}`.
    """
    if printed.names:
        texts = [one[0].strip("\"'") for one in OWN_TEXT.finditer(printed.expression)]
    elif not re.search(r"[^\W\d]", NO_NAME.sub(" ", printed.expression)):
        return True
    else:
        texts = [printed.expression]
    return any(one.text.lower() == numeral.text.lower() for text in texts for one in numerals(text))
