"""What the audit finds, and the rules that find it: one list, from which docs/audit.md is made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from prismake.common.errors import SHOWN, Issue, counted, some_of

if TYPE_CHECKING:
    from prismake.audit.matter import Matter

Severity = Literal["error", "warning", "confirm"]


@dataclass(frozen=True)
class Finding:
    """One finding: the rule, where it stands, the words concerned, what is wrong, and what to do.

    `severity` is the rule's; `confirm` is a claim that a person decides. `line` is 0 where no line is known; in a
    workbook it is the number of the row on its `sheet`.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    text: str
    message: str
    fix: str
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it stands, as a message names it: file and line, or workbook, sheet and row."""
        if not self.line:
            return self.file
        return f"{self.file}, sheet '{self.sheet}', row {self.line}" if self.sheet else f"{self.file}:{self.line}"

    def plain(self) -> dict[str, Any]:
        """The finding as plain data, as results/audit/findings.json lists it; with `sheet` in a workbook alone."""
        return {name: value for name, value in vars(self).items() if name != "sheet" or value}

    def issue(self, severity: Literal["error", "warning"]) -> Issue:
        """The finding as the screen shows it."""
        return Issue(self.rule, f"{self.message}: “{self.text}”", self.place, self.fix, severity)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """The findings as a person reads them: those about the same words are one, with the messages of all.

    It is an error if one of them is. Claims to confirm stay apart, as they are signed one by one.
    """
    by_place: dict[tuple[bool, str, str], list[Finding]] = {}
    for one in findings:
        by_place.setdefault((one.severity == "confirm", one.place, one.text), []).append(one)
    return [
        replace(
            group[0],
            severity="error" if any(one.severity == "error" for one in group) else group[0].severity,
            rule=", ".join(dict.fromkeys(one.rule for one in group)),
            message="; ".join(dict.fromkeys(one.message for one in group)),
            fix="\n  -> ".join(dict.fromkeys(one.fix for one in group)),
        )
        for group in by_place.values()
    ]


def issues_of(findings: Iterable[Mapping[str, Any]], *, draft: bool, shown: Collection[str]) -> list[Issue]:
    """The errors among findings as a build shows them in the end; in a draft they are warnings.

    Those of the rules in `shown` were on the screen before: a draft leaves them out, a final build names their places
    in one message.
    """
    every = [Finding(**one) for one in findings]
    others = [one for one in merged(one for one in every if one.rule not in shown) if one.severity == "error"]
    most = len(others) if len(others) <= SHOWN else SHOWN - 2
    issues = [one.issue("warning" if draft else "error") for one in others[:most]]
    if rest := len(others) - most:
        message = f"… and {counted(rest, 'more place')}, listed in results/audit/findings.json"
        issues.append(Issue("more", message, severity="warning" if draft else "error"))
    before = [one for one in every if one.severity == "error" and one.rule in shown]
    if before and not draft:
        places = some_of(f"{one.place} ({one.rule})" for one in before)
        message = f"{counted(len(before), 'error')} in the data: {places}"
        issues.append(Issue("data-errors", message, "", "results/audit/findings.txt says what is wrong in each place"))
    return issues


# The rules of the extraction and of the searches' dates, which need no text.
DATA_RULES = (
    "data-age",
    "data-decimals",
    "data-deviation",
    "data-grim",
    "data-impossible",
    "data-outlier",
    "data-range",
    "data-recomputed",
    "search-before-results",
    "search-early",
    "study-after-search",
    "study-authors",
    "study-journal",
    "study-size",
    "study-year",
    "study-year-online",
)


def data_rules(*, text_follows: bool) -> list[str]:
    """The rules that run before any prose, by name.

    Where a text follows, whether it explains a study published after the search is for the audit of the text to say.
    """
    return [name for name in DATA_RULES if not (text_follows and name == "study-after-search")]


Check = Callable[["Matter"], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A rule: what it needs to work, what it reports, an example, and what it cannot detect."""

    id: str
    severity: Severity
    needs: tuple[str, ...]
    description: str
    example: str
    blind: str
    check: Check


RULES: dict[str, Rule] = {}


def rule(
    identifier: str, severity: Severity, *, needs: tuple[str, ...], example: str, blind: str
) -> Callable[[Check], Check]:
    """Registers a check as a rule; its docstring says what it reports.

    `needs` are the parts of the matter without which it cannot run: ledger, studies, references, searches, figures.
    """

    def register(check: Check) -> Check:
        if identifier in RULES:
            raise ValueError(f"two rules are called {identifier}")
        description = " ".join((check.__doc__ or "").split())
        RULES[identifier] = Rule(identifier, severity, needs, description, example, blind, check)
        return check

    return register
