"""Preflight checks, their findings and requirements, and the list of all checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from prismake.common.errors import Severity
from prismake.document.variants import VARIANTS, edition_of

THEMES = (
    "package",
    "markup",
    "styles",
    "fields",
    "bookmarks",
    "tables",
    "captions",
    "sections",
    "pictures",
    "citations",
    "text",
    "title page",
    "properties",
    "pdf",
)
Kind = Literal["docx", "pdf"]


NO_JOURNAL = "needs the journal's profile: --journal JOURNAL"


class Skip(Exception):
    """Raised by a check that cannot run on this document; its text gives the reason."""


@dataclass(frozen=True)
class Finding:
    """One fault that a check found: what it is, and where (part, paragraph and first words, or page)."""

    message: str
    where: str = ""
    severity: Severity | None = None


@dataclass(frozen=True)
class Requirements:
    """What the document is checked against. Checks that need what is absent are reported as skipped.

    `profile`: the journal's profile. `fonts`: files of the vendored fonts. `names`: the authors of a blinded copy, as
    the entries of `author` in the metadata. `file_name`: the document's name. `variant`: which variant it is; empty
    where the document itself states it. `parts`: what a file of this variant contains. `source`: the words of the
    manuscript and the works from which the document was made; marks that are part of a title or name are not reported
    as unresolved.
    """

    profile: dict[str, Any] | None = None
    fonts: Sequence[Path] = ()
    names: Sequence[dict[str, Any]] = ()
    blinded: bool = False
    file_name: str = ""
    variant: str = ""
    parts: tuple[str, ...] = ()
    source: str = ""

    def for_variant(self, stated: str) -> Requirements:
        """The requirements of the variant that was named, else of the one that the document's properties state."""
        name = self.variant or (stated if stated in VARIANTS else "whole")
        kind = VARIANTS[name]
        edition = edition_of(self.profile, name) if self.profile else None
        return replace(
            self,
            profile=edition.profile if edition else None,
            variant=name,
            parts=edition.parts if edition else (kind.first, *kind.rest),
            blinded=self.blinded or kind.blinded,
        )

    def need(self, *parts: str) -> None:
        """Raises Skip if the variant has none of these parts."""
        if self.variant and not set(parts) & set(self.parts):
            raise Skip(f"no part of the variant '{self.variant}'")

    @property
    def apart(self) -> bool:
        """Whether tables and figures of the variant may be files of their own."""
        return self.variant != "" and VARIANTS[self.variant].apart

    def setting(self, *path: str) -> Any:
        """A value of the profile, or None where there is no profile or it has no such value."""
        value: Any = self.profile
        for key in path:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value


@dataclass(frozen=True)
class Check:
    """One named check. `find` yields the findings; it takes the opened document and the requirements."""

    id: str
    theme: str
    severity: Severity
    description: str
    find: Callable[[Any, Requirements], Iterator[Finding]]
    kind: Kind = "docx"


@dataclass
class Outcome:
    """The outcome of a check: its findings (`more`: how many beyond those kept), or why it was skipped."""

    check: Check
    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    skipped: str = ""

    def severity_of(self, finding: Finding) -> Severity:
        """The severity of a finding: its own, or the check's."""
        return finding.severity or self.check.severity


CHECKS: list[Check] = []


def check(
    name: str, theme: str, severity: Severity, description: str, kind: Kind = "docx"
) -> Callable[[Callable[[Any, Requirements], Iterator[Finding]]], Callable[[Any, Requirements], Iterator[Finding]]]:
    """Registers a function as the check of a name. Names are stable: people write them into `--allow`."""

    def register(
        find: Callable[[Any, Requirements], Iterator[Finding]],
    ) -> Callable[[Any, Requirements], Iterator[Finding]]:
        if any(known.id == name for known in CHECKS):
            raise ValueError(f"two checks are named {name}")
        CHECKS.append(Check(name, theme, severity, description, find, kind))
        return find

    return register
