"""Cross-references as a reader sees them: "Table 1", "Tables 1–3 and 5"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.common.notation import number_runs
from prismake.document.floats import Floats
from prismake.document.parts import SETTINGS, UNBROKEN, Inlines, Profile, is_crossing, numbered
from prismake.manuscript import tree
from prismake.manuscript.walking import rewrite_down

PANEL = re.compile(r"[A-Z][A-Z,-]*[^\w\s]?")


def _reference(profile: Profile, kind: str, number: int, form: str) -> tree.Span:
    words = profile[SETTINGS[kind]]
    text = numbered(words, number) if form == "full" else f"{words['lead']}{number}"
    pairs = (("kind", kind), ("number", str(number)), ("form", form))
    return tree.Span(tree.Attr("", ("reference",), pairs), [tree.Str(text)])


def references_of(profile: Profile, kind: str, numbers: Sequence[int]) -> Inlines:
    """One reference for each number that is printed."""
    if len(numbers) == 1:
        return [_reference(profile, kind, numbers[0], "full")]
    words = profile[SETTINGS[kind]]
    result: Inlines = []
    runs = number_runs(numbers)
    for index, run in enumerate(runs):
        if index:
            last = ", and " if len(runs) > 2 else " and "
            result.append(tree.Str(", " if index < len(runs) - 1 else last))
        result.append(_reference(profile, kind, run[0], "number"))
        if len(run) > 1:
            result += [tree.Str("–"), _reference(profile, kind, run[-1], "number")]
    if words["order"] == "number":
        return [*result, tree.Str(UNBROKEN + words["plural"])]
    return [tree.Str(words["plural"] + UNBROKEN), *result]


@dataclass
class Resolver:
    """Puts references in the place of brackets; where a table is first mentioned, what it cites is cited, unseen."""

    floats: Floats
    _mentioned: set[str] = field(default_factory=set)

    def resolve(self, blocks: list[tree.Block]) -> None:
        """Resolves every cross-reference in blocks, in place."""
        rewrite_down(blocks, self._change)

    def _change(self, node: Any) -> list[Any] | None:
        if not isinstance(node, tree.Cite):
            return None
        return self._resolved(node) if is_crossing(node) else None

    def _resolved(self, cite: tree.Cite) -> Inlines:
        targets = [self.floats.by_id[citation.id] for citation in cite.citations]
        first, last = cite.citations[0], cite.citations[-1]
        prefix: Inlines = [*first.prefix, tree.Space()] if first.prefix else []
        suffix = list(last.suffix)
        # A panel follows its figure's number without a blank: [@fig:site B] is "Figure 1B".
        if targets[0].kind == "fig" and len(suffix) >= 2 and isinstance(suffix[0], tree.Space):
            letters = suffix[1]
            if isinstance(letters, tree.Str) and PANEL.fullmatch(letters.text.replace("–", "-")):
                del suffix[0]
        numbers = [target.number for target in targets]
        inlines = [*prefix, *references_of(self.floats.profile, targets[0].kind, numbers), *suffix]
        for target in targets:
            if target.id in self._mentioned:
                continue
            self._mentioned.add(target.id)
            if hidden := self.floats.cited_in(target.id):
                inlines.append(tree.Span(tree.Attr("", ("first-cited",)), [*hidden]))
        return inlines
