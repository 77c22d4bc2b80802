"""The stages of screening as config.yaml declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.stages import asks_other_methods, role_of
from prismake.screening.rules import Rule, make_rule


@dataclass(frozen=True)
class Stage:
    """One stage: its rules come first; then, where it takes decisions, people decide on what the rules left.

    `reasons` maps the code of a reason to its text. A stage without rules always takes decisions; a stage with rules
    takes them where it declares reasons as well. At a stage of `removal`, and at one `by_appraisal`, whose exclusions
    follow from the appraisal of the studies, a record without a decision passes.
    `other_methods` says whether records that only other methods found go through it. `reason_texts` maps a code to
    other texts that tools write for it; `reviewers` is how many people must decide on a record; `maybe` says whether
    that answer lets a record pass ("include") or decides nothing ("undecided"). `stopping_rule` says when screening
    stopped before every record was seen, "" where all are; with one, a record on which nobody decided may be unseen.
    """

    id: str
    rules: tuple[Rule, ...]
    reasons: Mapping[str, str]
    takes_decisions: bool
    removal: bool = False
    other_methods: bool = True
    reason_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reviewers: int = 1
    maybe: str = "undecided"
    stopping_rule: str = ""
    by_appraisal: bool = False

    @property
    def passes(self) -> bool:
        """Whether a record without a decision passes."""
        return self.removal or self.by_appraisal


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def make_stages(declared: Sequence[Mapping[str, Any]]) -> list[Stage]:
    """The stages in order. Raises BuildStop with every fault of the declaration at once."""
    issues: list[Issue] = []
    if not declared:
        issues.append(Issue("no-stage", "no stage is declared", "config.yaml, screening.stages", "declare one"))
    stages = [_stage(declared, position, issues) for position in range(len(declared))]
    issues.extend(
        Issue("twice", f"two stages have the id '{name}'", "config.yaml, screening.stages", "rename one")
        for name in _twice([stage.id for stage in stages])
    )
    if issues:
        raise BuildStop(issues)
    return stages


def _stage(declared: Sequence[Mapping[str, Any]], position: int, issues: list[Issue]) -> Stage:
    """The stage at a position, counted from 0; its faults are added to `issues`."""
    block, where = declared[position], f"config.yaml, screening.stages[{position + 1}]"
    rules = []
    for number, rule_block in enumerate(block.get("rules") or [], start=1):
        rule, faults = make_rule(rule_block, f"{where}.rules[{number}]")
        rules.append(rule)
        issues += faults
    reasons = dict(block.get("reasons") or {})
    issues.extend(
        Issue("twice", f"'{name}' is the id of two reasons of the stage '{block['id']}'", where, "rename one")
        for name in _twice([rule.id for rule in rules] + list(reasons))
    )
    texts = {code: tuple(others) for code, others in (block.get("reason_texts") or {}).items()}
    for code in texts:
        if code not in reasons:
            fix = nearest(code, [*reasons])
            message = f"'{code}' is not one of the stage's reasons"
            issues.append(Issue("unknown-reason", message, f"{where}.reason_texts", fix))
    removal, takes_decisions = role_of(declared, position) == "removal", bool(reasons) or not rules
    if "stopping_rule" in block and (removal or not takes_decisions):
        noun = "a removal" if removal else "a stage that only its rules decide"
        message = f"{noun} cannot have a stopping rule"
        issues.append(Issue("stopping-rule", message, where, "give it to the stage at which people screened"))
    return Stage(
        block["id"],
        tuple(rules),
        reasons,
        takes_decisions=takes_decisions,
        removal=removal,
        other_methods=asks_other_methods(declared, position),
        reason_texts=texts,
        reviewers=block.get("reviewers", 1),
        maybe=block.get("maybe", "undecided"),
        stopping_rule=" ".join(block.get("stopping_rule", "").split()),
        by_appraisal="by_appraisal" in block,
    )
