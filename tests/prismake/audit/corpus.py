"""The corpora: true and false sentences by topic and family of rules, and what each rule makes of them.

A sentence writes a value in short: `{pooled.girls}` is `{{ pooled.girls | n }}`, `{x|words}` is `{{ x | words }}`.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml
from prismake.audit.findings import RULES
from prismake.audit.matter import Matter
from prismake.audit.passages import Passage
from prismake.audit.run import audit
from prismake.trace.document_lines import Line
from prismake.trace.numbers import Background, numbers_of

from .manuscripts import facts, made_with

CORPORA = Path(__file__).parent / "corpora"
# Topic of a corpus -> the review whose ledger its sentences use.
LEDGERS = {"education": "scoping", "surgery": "diagnostics"}
# The family of the rules on reviewers whom neither the decisions nor the checklist names.
REVIEWERS = "reviewers"
UNRECORDED = ("reviewers-unrecorded", "checklist-reviewers")
# Families whose sentences stand alone -> their section, and the files of the rules that they are about.
ALONE = {
    "methods": ("Methods", ("methods", "searches")),
    "wording": ("Results", ("wording",)),
    REVIEWERS: ("Methods", ("methods",)),
}
UNREPORTED = [
    Passage("not_reported", f"how many reviewers {what} and whether they worked independently", "checklists.yaml", 1)
    for what in ("screened each record", "collected data", "assessed each study")
]
# Families whose sentences stand in another section than the Results, together.
PLACED = {"discussed": "Discussion", "described": "Methods"}
FLOATS = "".join(
    f"![A]({name}.png){{#fig:{name} alt='Boxes'}}\n\n| A | B |\n|---|---|\n| a | b |\n\n: Caption {{#tbl:{name}}}\n\n"
    for name in ("one", "two")
)
FIGURES = ("one.png", "two.png")
MENTIONED = "See [@tbl:one; @tbl:two] and [@fig:one; @fig:two].\n\n"
DOCUMENT = "document"
DIGITS, LAST = re.compile(r"\d"), re.compile(r"\d+(?=\D*$)")
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


def _rules_of(family: str) -> list[str]:
    """The rules that the sentences of a family are about; all of them if the list is empty."""
    if family == REVIEWERS:
        return [*UNRECORDED]
    files = ALONE.get(family, ("", ()))[1]
    return [name for name, rule in RULES.items() if rule.check.__module__.rpartition(".")[2] in files]


def _together(topic: str, written: Sequence[Sentence], section: str) -> Matter:
    """The sentences as one manuscript, a paragraph each on a line of its own, so that lines tell them apart."""
    text = f"# {section}\n\n" + "".join(f"{_written(sentence)}\n\n" for sentence in written)
    if section in ("Results", "Methods"):
        text += MENTIONED + FLOATS
    with tempfile.TemporaryDirectory() as folder:
        return made_with(Path(folder), text, facts(LEDGERS.get(topic, topic)), figures=FIGURES)


def _in_the_document(topic: str, made: Matter) -> Iterator[Sentence]:
    """The sentences as a Word document prints them, right and with their last digits changed: family `document`."""
    passages = [one for one in made.passages if one.part == "results" and not one.floating and DIGITS.search(one.text)]
    right = [one.text for one in passages]
    wrong = [LAST.sub(lambda digits: str(int(digits[0]) + 1), text) for text in right]
    for rule, texts in (("", right), ("unexplained-number", wrong)):
        lines = [Line(str(place), "", text) for place, text in enumerate(texts)]
        numbers = numbers_of(lines, Background(made, grids={}))
        unexplained = {int(number.section) for number in numbers if number.source == "unexplained"}
        for place, text in enumerate(texts):
            yield Sentence(
                topic, DOCUMENT, text, rule, frozenset({"unexplained-number"} if place in unexplained else ())
            )


def _by_line(made: Matter, family: str) -> dict[int, set[str]]:
    """Line -> the rules that find something there."""
    by_line: dict[int, set[str]] = defaultdict(set)
    for finding in audit(made, _rules_of(family)).findings:
        by_line[finding.line or 3].add(finding.rule)
    return by_line


def _each_alone(made: Matter, family: str) -> Iterator[set[str]]:
    """The rules that find something in each paragraph, as if the manuscript had no other."""
    lines: dict[int, list[Passage]] = defaultdict(list)
    floats = [passage for passage in made.passages if passage.floating]
    for passage in made.passages:
        if not passage.floating and passage.line:
            lines[passage.line].append(passage)
    for line in sorted(lines)[1:-1]:
        yield set().union(*_by_line(replace(made, passages=[*lines[line], *floats]), family).values())


@cache
def audited(topic: str) -> list[Sentence]:
    """The sentences of a topic with the rules that find something in each; together they are one manuscript.

    What the rules on methods and wording make of a sentence depends on the others, so each of theirs stands alone.
    """
    written = list(sentences(topic))
    rules: dict[int, set[str]] = {}
    printed: list[Sentence] = []
    apart = {**{family: section for family, (section, _) in ALONE.items()}, **PLACED}
    for family, section in {"": "Results", **apart}.items():
        numbers = [
            number for number, one in enumerate(written) if (one.family if one.family in apart else "") == family
        ]
        if not numbers:
            continue
        made = _together(topic, [written[number] for number in numbers], section)
        if family == REVIEWERS:
            made = replace(made, checklists=UNREPORTED, settings={"screening": {"stages": [{"id": "title"}]}})
        if family in ALONE:
            rules.update(zip(numbers, _each_alone(made, family), strict=True))
        else:
            by_line = _by_line(made, family)
            printed += [] if family else _in_the_document(topic, made)
            rules.update((number, by_line[3 + 2 * at]) for at, number in enumerate(numbers))
    return [*(replace(one, rules=frozenset(rules[number])) for number, one in enumerate(written)), *printed]


def topics() -> list[str]:
    """The topics for which there is a corpus."""
    return sorted(path.stem for path in CORPORA.glob("*.yaml"))


# Families whose sentences type numbers only where typing is what is wrong with them.
TYPED = ("typed", "percent")
PLACED_RULES = {"typed-number-discussed": "discussed", "typed-number-methods": "described"}


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


def _is_about(rule: str, family: str) -> bool:
    """Whether the sentences of a family are right for a rule: those of others type numbers, or claim things of all."""
    if RULES[rule].check.__module__.endswith(".wording"):
        return family == "wording"
    if RULES[rule].check.__module__.endswith((".methods", ".searches")):
        return family == (REVIEWERS if rule in UNRECORDED else "methods")
    if DOCUMENT in (family, "" if rule != "unexplained-number" else DOCUMENT):
        return rule == "unexplained-number" and family == DOCUMENT
    if rule in PLACED_RULES:
        return PLACED_RULES[rule] == family
    return rule != "typed-number" or family in TYPED


def measures(audited_sentences: list[Sentence]) -> list[Measure]:
    """Each rule that sentences are meant for, by name."""
    made = []
    for rule in sorted({one.rule for one in audited_sentences if one.rule}):
        looked_at = [one for one in audited_sentences if _is_about(rule, one.family)]
        meant = [one for one in looked_at if one.rule == rule]
        hits = [one for one in looked_at if rule in one.rules]
        caught = sum(rule in one.rules for one in meant)
        by_any = sum(bool(one.rules) for one in meant)
        made.append(Measure(rule, len(meant), caught, by_any, len(hits), sum(not one.rule for one in hits)))
    return made
