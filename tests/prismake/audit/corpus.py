"""The corpora: true and false sentences by topic and family of rules, and what each rule makes of them.

A sentence writes a value in short: `{pooled.girls}` is `{{ pooled.girls | n }}`, `{x|words}` is `{{ x | words }}`.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from prismake.audit.run import audit

from .manuscripts import facts, matter

CORPORA = Path(__file__).parent / "corpora"
# Topic of a corpus -> the review whose ledger its sentences use.
LEDGERS = {"education": "scoping", "surgery": "diagnostics"}
SHORT = re.compile(r"\{([\w.]+)(?:\|([^}]*))?\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence: its topic and family, the rule that must find it (none of a true one), and the rules that did."""

    topic: str
    family: str
    text: str
    rule: str
    rules: frozenset[str] = frozenset()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def sentences(topic: str) -> Iterator[Sentence]:
    """The sentences of a topic, as they are written."""
    families = yaml.safe_load((CORPORA / f"{topic}.yaml").read_text(encoding="utf-8"))
    for family, both in families.items():
        for text in _lines(both["right"]):
            yield Sentence(topic, family, text, "")
        for rule, texts in both["wrong"].items():
            for text in _lines(texts):
                yield Sentence(topic, family, text, rule)


def _written(sentence: Sentence) -> str:
    return SHORT.sub(lambda short: f"{{{{ {short[1]} | {short[2] or 'n'} }}}}", sentence.text)


def audited(topic: str) -> list[Sentence]:
    """The sentences of a topic with the rules that find something in each; all are one manuscript."""
    written = list(sentences(topic))
    # A paragraph each, on a line of its own, so that findings are told apart by line.
    text = "# Results\n\n" + "".join(f"{_written(sentence)}\n\n" for sentence in written)
    with tempfile.TemporaryDirectory() as folder:
        known = facts(LEDGERS.get(topic, topic))
        made = matter(Path(folder), text, known.tree, studies=known.studies, references=known.references)
    by_line: dict[int, set[str]] = defaultdict(set)
    for finding in audit(made).findings:
        by_line[finding.line].add(finding.rule)
    return [
        Sentence(one.topic, one.family, one.text, one.rule, frozenset(by_line[3 + 2 * number]))
        for number, one in enumerate(written)
    ]


def topics() -> list[str]:
    """The topics for which there is a corpus."""
    return sorted(path.stem for path in CORPORA.glob("*.yaml"))


# Families whose sentences type numbers only where typing is what is wrong with them.
TYPED = ("typed", "percent")


@dataclass(frozen=True)
class Measure:
    """What a rule makes of the corpora: sentences meant for it, those of them it finds, all it finds, false alarms."""

    rule: str
    meant: int
    caught: int
    caught_by_any: int
    hits: int
    alarms: int

    @property
    def precision(self) -> float:
        """The share of false sentences among those in which the rule finds something."""
        return 1 - self.alarms / self.hits if self.hits else 1.0

    @property
    def recall(self) -> float:
        """The share that the rule finds of the false sentences meant for it."""
        return self.caught / self.meant


def measures(audited_sentences: list[Sentence]) -> list[Measure]:
    """Each rule that sentences are meant for, by name."""
    made = []
    for rule in sorted({one.rule for one in audited_sentences if one.rule}):
        looked_at = [one for one in audited_sentences if rule != "typed-number" or one.family in TYPED]
        meant = [one for one in looked_at if one.rule == rule]
        hits = [one for one in looked_at if rule in one.rules]
        caught = sum(rule in one.rules for one in meant)
        by_any = sum(bool(one.rules) for one in meant)
        made.append(Measure(rule, len(meant), caught, by_any, len(hits), sum(not one.rule for one in hits)))
    return made
