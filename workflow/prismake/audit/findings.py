"""What the audit finds, and the rules that find it: one list, from which docs/audit.md is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from prismake.common.errors import Issue

if TYPE_CHECKING:
    from prismake.audit.matter import Matter

Severity = Literal["error", "warning", "confirm"]


@dataclass(frozen=True)
class Finding:
    """One finding: the rule, where it stands, the words concerned, what is wrong, and what to do.

    `severity` is the rule's; `confirm` is a claim that a person decides.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    text: str
    message: str
    fix: str

    def plain(self) -> dict[str, Any]:
        """The finding as plain data, as results/audit/findings.json lists it."""
        return dict(vars(self))


def issues_of(findings: Iterable[Mapping[str, Any]], *, draft: bool) -> list[Issue]:
    """The errors among findings as the screen shows them; in a draft they are warnings."""
    return [
        Issue(
            one["rule"],
            f"{one['message']}: “{one['text']}”",
            f"{one['file']}:{one['line']}" if one["line"] else one["file"],
            one["fix"],
            "warning" if draft else "error",
        )
        for one in findings
        if one["severity"] == "error"
    ]


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
