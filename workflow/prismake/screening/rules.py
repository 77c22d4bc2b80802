"""Rules that decide a stage without a person: by publication type and by title.

The rules of a stage are tried in their order; the first that fires excludes the record, and its id is the reason.
A rule fires when the record has one of its publication types (as a whole, in any letter case) or one of its title
patterns matches the title, unless one of its exceptions applies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prismake.common.errors import Issue, stop
from prismake.common.limits import TooMuch, time_bound
from prismake.common.records import split_list

# Seconds of the processor that the rules of a stage may take for one title.
LONGEST = 5.0


@dataclass(frozen=True)
class Rule:
    """One rule of a stage as config.yaml declares it, its patterns compiled."""

    id: str
    label: str
    types: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    unless_types: frozenset[str]
    unless_patterns: tuple[re.Pattern[str], ...]
    where: str = ""

    def match(self, title: str, publication_types: str) -> str:
        """What the rule matched in the record, for a person to read, or "" if it does not fire.

        `publication_types` is a list cell of the record model.
        """
        types = split_list(publication_types)
        if any(kind.casefold() in self.unless_types for kind in types):
            return ""
        if any(_search(pattern, title) for pattern in self.unless_patterns):
            return ""
        for kind in types:
            if kind.casefold() in self.types:
                return f"publication type: {kind}"
        for pattern in self.patterns:
            if matched := _search(pattern, title):
                return f"title: {matched.group()}"
        return ""


def _search(pattern: re.Pattern[str], title: str) -> re.Match[str] | None:
    try:
        return pattern.search(title)
    except TooMuch as fault:
        fault.what = pattern.pattern
        raise


def first_rule(rules: Sequence[Rule], title: str, publication_types: str) -> tuple[Rule, str] | None:
    """The first rule that fires, with what it matched.

    Raises BuildStop if a pattern takes more than `LONGEST` seconds on a title: some patterns try every way to
    divide a text and would practically never end.
    """
    if not rules:
        return None
    rule = None
    try:
        with time_bound(LONGEST):
            for rule in rules:
                if matched := rule.match(title, publication_types):
                    return rule, matched
    except TooMuch as fault:
        message = f"the pattern '{fault.what}' takes too long on the title '{title[:80]}'"
        fix = "rewrite it without a repetition inside a repetition, such as (a+)+"
        raise stop("pattern", message, where=rule.where if rule else "", fix=fix) from None
    return None


def _folded(types: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(kind.split()).casefold() for kind in types)


def _compiled(patterns: Sequence[str], where: str, issues: list[Issue]) -> tuple[re.Pattern[str], ...]:
    compiled = []
    for text in patterns:
        try:
            pattern = re.compile(text, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as fault:
            issues.append(Issue("pattern", f"'{text}' is not a regular expression: {fault}", where, "correct it"))
            continue
        if pattern.search(""):
            issues.append(
                Issue("pattern", f"'{text}' matches every title, even an empty one", where, "make it narrower")
            )
        compiled.append(pattern)
    return tuple(compiled)


def make_rule(declared: Mapping[str, Any], where: str) -> tuple[Rule, list[Issue]]:
    """A rule from its block in config.yaml, with the faults found in it; `where` is the block's key path."""
    issues: list[Issue] = []
    patterns = declared.get("title_patterns") or []
    types = declared.get("publication_types") or []
    if not patterns and not types:
        issues.append(
            Issue(
                "empty-rule",
                f"the rule '{declared['id']}' can never match",
                where,
                "give it publication_types or title_patterns",
            )
        )
    rule = Rule(
        id=declared["id"],
        label=declared.get("label") or declared["id"],
        types=_folded(types),
        patterns=_compiled(patterns, where, issues),
        unless_types=_folded(declared.get("unless_publication_types") or []),
        unless_patterns=_compiled(declared.get("unless_title_patterns") or [], where, issues),
        where=where,
    )
    return rule, issues
