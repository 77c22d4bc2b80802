"""Printed tables: cells composed by expressions of the configuration, escaped, with their abbreviations.

An expression (Jinja, sandboxed, strict) sees a study's columns and the functions of `helpers`; what it gives is plain
text, so nothing in a table of data or in the configuration can bring markup into a document: the text is escaped for
pandoc afterwards, and only the citation of the study is added as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.escaping import FIXED, escape, plain
from prismake.common.expression_faults import expression_fault
from prismake.common.limits import TooMuch, memory_bound, time_bound
from prismake.common.notation import signed, span_text
from prismake.common.places import schema_of
from prismake.common.records import split_list
from prismake.common.tables import read_tables

# Seconds of the processor and bytes of memory that one cell may take, characters that it may give.
LONGEST = 5.0
LARGEST = 512 * 1024 * 1024
LARGEST_CELL = 100_000

Study = dict[str, Any]
Table = dict[str, Any]

# Between the lines of a cell.
LINE = "\n"
# A token that a reader may not know: two capitals in a row, alone or with digits, small letters before or after.
_ABBREVIATION = re.compile(r"[a-z]?[A-Z][0-9]*[A-Z][A-Z0-9]*s?")
# States and unions that every reader knows by their letters.
_STATES = frozenset("EU UAE UK USA USSR".split())  # noqa: SIM905
# "DSM-IV", "grade III": a number and no abbreviation. Alone, "IV" may be intravenous.
_ROMAN = re.compile(
    r"(?:(?<=[^\W_])-|\b(?:[Cc]lass|[Gg]rade|[Ll]evel|[Pp]hase|[Ss]tage|[Tt]ype)s? )"
    r"(?P<number>X{0,3}(?:IX|IV|V?I{0,3}))(?![^\W_])"
)
_TOKEN = re.compile(r"[^\W_]+")


def printed(value: Any) -> str:
    """What an expression gave as plain text: one line, or one line for each entry of a list."""
    entries = value if isinstance(value, list | tuple) else [value]
    return LINE.join(line for line in (plain(str(entry)) for entry in entries if entry is not None) if line)


_ADDRESS = re.compile(r"\bhttps?://\S+")


def abbreviation_like(token: str) -> bool:
    """Whether a word of a cell looks like an abbreviation: PVP, VCFs, mTICI, but not T12, L2, Chu or McDonald."""
    return bool(_ABBREVIATION.fullmatch(token))


def abbreviations_in(
    texts: Iterable[tuple[str, str]], dictionary: Mapping[str, str], common: Sequence[str] = ()
) -> tuple[dict[str, str], list[Issue]]:
    """({abbreviation: expansion} used in the texts, sorted; an issue for each that the dictionary lacks).

    `texts` are (where, text). An entry of the dictionary counts wherever it is a word of its own, also in the
    plural. Tokens in `common` or in addresses, states such as USA, and Roman numerals that follow a word for what they
    count look like abbreviations and need no expansion.
    """
    used: dict[str, str] = {}
    issues: dict[str, Issue] = {}
    for where, text in ((where, _ADDRESS.sub(" ", text)) for where, text in texts):
        numerals = {match.start("number") for match in _ROMAN.finditer(text)}
        for match in _TOKEN.finditer(text):
            token = match[0]
            known = next((form for form in (token, token.removesuffix("s")) if form in dictionary), None)
            if known is not None:
                used[known] = dictionary[known]
            elif abbreviation_like(token) and not (token in common or token in _STATES or match.start() in numerals):
                fix = "add it to the table of abbreviations, or to synthesis.not_abbreviations in config.yaml"
                issues.setdefault(token, Issue("abbreviation", f"'{token}' has no expansion", where, fix))
    ordered = dict(sorted(used.items(), key=lambda item: (item[0].casefold(), item[0])))
    return ordered, list(issues.values())


def mean_sd(mean: str | int | None, sd: str | int | None) -> str | None:
    """`65.50 ± 21.23`, `81.7`, or nothing: the digits as reported."""
    return spread(mean, sd, None, None)


def mean_range(mean: str | int | None, low: str | int | None, high: str | int | None) -> str | None:
    """`85.6 (55–119)`."""
    return spread(mean, None, low, high)


def spread(mean: str | int | None, sd: str | int | None, low: str | int | None, high: str | int | None) -> str | None:
    """`85.6 ± 9.1 (55–119)` from what of it is given; nothing where neither mean nor range is."""
    extent = span_text(signed(str(low)), signed(str(high))) if low is not None and high is not None else None
    if mean is None:
        return extent
    return signed(str(mean)) + (f"{FIXED}±{FIXED}{sd}" if sd is not None else "") + (f" ({extent})" if extent else "")


def numbers(named: Mapping[str, int | None]) -> str | None:
    """`2 F / 3 M`; zeros are left out, a sole 1 prints its name only; nothing where no number is given."""
    nonzero = {name: number for name, number in named.items() if number}
    if list(nonzero.values()) == [1]:
        return next(iter(nonzero))
    return f"{FIXED}/ ".join(f"{number}{FIXED}{name}" for name, number in nonzero.items()) or None


def helpers(study: Study, extraction: Mapping[str, Any]) -> dict[str, Any]:
    """The functions that a cell's expression may use, bound to one study of results/studies.json."""
    book, parts = extraction["codes"], extraction["parts"]

    def cell_of(column: str, code: str) -> str:
        entry = book.get(column, {}).get(code)
        return str(entry["cell"]) if entry else code

    def codes(column: str, value: str | None, separator: str | None = "/") -> str | list[str] | None:
        if value is None:
            return None
        pieces = [cell_of(column, code) for code in split_list(value)]
        return pieces if separator is None else separator.join(pieces)

    def counts(name: str, separator: str | None = ", ") -> str | list[str] | None:
        if name not in parts:
            raise LookupError(f"there is no part '{name}': {nearest(name, list(parts))}")
        part = parts[name]
        pieces = []
        for row in study["parts"][name]:
            ends = [row[part["column"]], row[part["to"]] if "to" in part else None]
            text = "–".join(cell_of(part["column"], end) for end in ends if end is not None)
            n = row[part["n"]] if "n" in part else None
            pieces.append(text if n is None else f"{text}{FIXED}({n})")
        if separator is None:
            return [piece[:1].upper() + piece[1:] for piece in pieces]
        joined = separator.join(pieces)
        return joined[:1].upper() + joined[1:] or None

    columns = {name: cell for name, cell in study.items() if name not in ("parts", "reports")}
    functions: dict[str, Callable[..., Any]] = {
        "mean_sd": mean_sd,
        "mean_range": mean_range,
        "spread": spread,
        "numbers": numbers,
        "codes": codes,
        "counts": counts,
    }
    return {**columns, **functions}


class Cells:
    """Evaluates the expressions of a table's columns."""

    def __init__(self, columns: Sequence[Mapping[str, Any]], where: str) -> None:
        """Compiles each column's `cell`. Raises BuildStop with every expression that is not one."""
        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, optimized=False)
        self.where = where
        self._compiled: dict[str, Callable[..., Any]] = {}
        issues = []
        for column in columns:
            try:
                self._compiled[column["id"]] = environment.compile_expression(column["cell"], undefined_to_none=False)
            except TemplateSyntaxError as fault:
                place = f"{where}, column '{column['id']}'"
                message, fix, _ = expression_fault(fault.message or "", list(environment.filters))
                issues.append(Issue("expression", f"'{column['cell']}': {message}", place, fix))
        if issues:
            raise BuildStop(issues)

    def text(self, column: str, names: Mapping[str, Any], missing: str) -> str:
        """The plain text of one cell, `missing` where the expression gives nothing; of a list, one line per entry."""
        place = f"{self.where}, column '{column}'"
        try:
            with time_bound(LONGEST), memory_bound(LARGEST):
                value = self._compiled[column](**names)
                text = missing if value is None else printed(value)
            if len(text) > LARGEST_CELL:
                raise TooMuch(f"gives more than {LARGEST_CELL:,} characters")
        except (TooMuch, RecursionError) as fault:
            raise BuildStop(Issue("expression", f"the expression {fault}", place, "make it simpler")) from None
        except UndefinedError as fault:
            unknown = re.findall(r"'([^']+)' is undefined", str(fault))
            fix = nearest(unknown[0], list(names)) if unknown else "see the columns of the table's schema"
            raise BuildStop(Issue("unknown-name", str(fault), place, fix)) from None
        except SecurityError as fault:
            raise BuildStop(Issue("expression", str(fault), place, "only columns and functions may be used")) from None
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as fault:
            raise BuildStop(Issue("expression", str(fault), place, "check the function's arguments")) from None
        return text or missing


@dataclass(frozen=True)
class Wording:
    """What printed tables say of a `missing` fact, and how they explain abbreviations.

    `abbreviations` are the review's tables of them, if it has one; `not_abbreviations` look like them and are none.
    """

    missing: str
    not_abbreviations: Sequence[str] = ()
    abbreviations: Sequence[Path] = ()

    def dictionary(self) -> dict[str, str]:
        """Abbreviation -> its expansion. Raises BuildStop for a faulty table."""
        rows = read_tables(self.abbreviations, schema_of("abbreviations"))
        return {row["abbreviation"]: row["expansion"] for row in rows}


def compose(
    settings: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    table_id: str,
    missing: str,
    dictionary: Mapping[str, str],
    words_of: Callable[[Sequence[str], str], list[str]],
    common: Sequence[str] = (),
) -> tuple[Table, list[dict[str, str]]]:
    """(the table in the form that the manuscript takes, its cells as plain text).

    `settings` has `caption`, `wide`, `header_columns` (how many, at the left, hold the headers of the rows), `columns`
    ({id, header, cell, align, width, cite}, and `marks`, the name of the list of letters of a cell's notes) and
    `notes`, where caption and notes are Markdown of the configuration's author: `words_of` gives their words. Each of
    `rows` holds the names that the expressions may use and `study_id`.
    The plain rows have `study_id` and one entry per column.
    Raises BuildStop for a faulty expression, an unknown name and an abbreviation that the dictionary lacks.
    """
    where, columns = f"table '{table_id}'", settings["columns"]
    cells = Cells(columns, f"config.yaml, {where}")
    caption, *notes = words_of([settings["caption"], *settings["notes"]], f"config.yaml, {where}")
    texts = [(f"{where}, caption", caption)]
    texts += [(f"{where}, header of '{column['id']}'", column["header"]) for column in columns]
    texts += [(f"{where}, note", note) for note in notes]
    plain_rows, printed_rows = [], []
    for row in rows:
        line = {column["id"]: cells.text(column["id"], row, missing) for column in columns}
        texts += [(f"{where}, study '{row['study_id']}', column '{name}'", text) for name, text in line.items()]
        plain = {name: text.replace(FIXED, " ").replace(LINE, "; ") for name, text in line.items()}
        plain_rows.append({"study_id": row["study_id"]} | plain)
        printed_rows.append([_printed(line[column["id"]], column, row) for column in columns])
    used, issues = abbreviations_in(texts, dictionary, common)
    if issues:
        raise BuildStop(issues)
    heads = settings["header_columns"]
    table = {
        "id": table_id,
        "caption": settings["caption"],
        "wide": settings["wide"],
        **({"header_columns": heads} if heads else {}),
        "columns": [
            {key: escape(column[key]) if key == "header" else column[key] for key in ("id", "header", "align", "width")}
            for column in columns
        ],
        "rows": printed_rows,
        "notes": list(settings["notes"]),
        "abbreviations": [[name, expansion] for name, expansion in used.items()],
    }
    return table, plain_rows


def _printed(text: str, column: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """A cell as Markdown, with the citation of its study, or the letters of its notes, where the column has them."""
    lines = LINE.join(escape(part) for part in text.split(LINE))
    letters = ",".join(row[column["marks"]]) if column.get("marks") else ""
    cited = f" [@{row['study_id']}]" if column.get("cite") else ""
    return f"{lines}{f'^{letters}^' if letters else ''}{cited}"
