"""How many wrong numbers the audit catches: every value of a built manuscript in turn typed wrong, or exchanged.

    python -m tools.mutate_text [results] [--seed N] [--missed]

A value is typed as it is and one off, with two digits swapped, and in words; or its expression is replaced by that of
another value of its kind. A mutant counts as caught where the audit finds something that it does not find in the clean
text, compared by rule and place.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from prismake.audit.findings import RULES
from prismake.audit.matter import Matter
from prismake.audit.passages import DISCUSSION, FINDINGS, Cited, Passage, Printed
from prismake.audit.review import Review
from prismake.audit.run import audit
from prismake.common.errors import BuildStop
from prismake.common.values import Group, Value, named_tree
from prismake.manuscript.filters import words
from prismake.manuscript.templates import Prose

# The rules that hold a text against the ledger; those of the extraction find the same in every mutant.
OF_TEXT = sorted(name for name, rule in RULES.items() if "ledger" in rule.needs or "citations" in name)
CITATION = re.compile(r"\[@[^\]]*\]")
NAME = re.compile(r"[a-z_]\w*(?:\.\w+|\[\"\w+\"\])+")


@dataclass(frozen=True)
class Mutant:
    """One wrong value: how it is wrong, and the passage with it in place of the passage at `index`."""

    how: str
    index: int
    passage: Passage


def _with(passage: Passage, printed: Printed, text: str, instead: Printed | None) -> Passage:
    """A passage in which an expression printed another text; typed where nothing stands for the expression."""
    if CITATION.fullmatch(text):
        return _citing(passage, printed, re.findall(r"@([\w-]+)", text), instead)
    shift = len(text) - (printed.end - printed.start)

    def moved(one: Printed) -> Printed:
        return replace(one, start=one.start + shift, end=one.end + shift) if one.start >= printed.end else one

    others = [moved(one) for one in passage.printed if one is not printed]
    own = [replace(instead, start=printed.start, end=printed.start + len(text))] if instead else []
    cited = tuple(replace(one, at=one.at + shift) if one.at >= printed.end else one for one in passage.cited)
    whole = passage.text[: printed.start] + text + passage.text[printed.end :]
    return replace(passage, text=whole, printed=tuple(sorted([*others, *own], key=lambda one: one.start)), cited=cited)


def _citing(passage: Passage, printed: Printed, keys: list[str], instead: Printed | None) -> Passage:
    """A passage in which an expression printed a citation of other works."""
    place = printed.start
    kept = [one for one in passage.cited if one.at != place]
    cited = sorted([*kept, *(Cited(place, key) for key in keys)], key=lambda one: one.at)
    others = [one for one in passage.printed if one is not printed]
    own = [replace(instead, start=place, end=printed.end)] if instead else []
    return replace(passage, printed=tuple(sorted([*others, *own], key=lambda one: one.start)), cited=tuple(cited))


def _typed(text: str) -> Iterator[tuple[str, str]]:
    """(how, text) of a printed value as an author might type it, rightly or wrongly."""
    digits = re.search(r"\d[\d,]*", text)
    if not digits:
        return
    number = int(digits[0].replace(",", ""))

    start, end = digits.span()

    def put(other: str) -> str:
        return text[:start] + other + text[end:]

    yield "typed right", text
    yield "typed one off", put(str(number + 1))
    if len(digits[0]) > 1 and digits[0][::-1] != digits[0]:
        yield "digits swapped", put(digits[0][::-1])
    if 1 < number < 100 and text == digits[0]:
        yield "typed in words", put(words(number + 1))


def _exchanged(
    printed: Printed, names: list[str], matter: Matter, tree: Group, choice: random.Random
) -> Iterator[tuple[str, str, Printed]]:
    """(how, text, expression) with another value in the place of the first: of the text, of its noun and unit."""
    own = printed.names[0]
    entry = matter.ledger[own]
    others = [
        name for name in names if matter.ledger[name].kind == entry.kind and matter.ledger[name].value != entry.value
    ]
    choice.shuffle(others)
    alike = [name for name, value in matter.ledger.items() if _alike(value, entry)]
    choice.shuffle(alike)
    for how, pool in (("exchanged", others), ("exchanged alike", alike)):
        for text, expression in _first(printed, pool, tree):
            yield how, text, expression


def _alike(value: Value, other: Value) -> bool:
    """Whether two values count or measure the same, so that no noun tells them apart."""
    same = value.kind == other.kind and value.nouns[:1] == other.nouns[:1] and value.unit == other.unit
    return same and value.value != other.value and value.value is not None


def _first(printed: Printed, others: list[str], tree: Group) -> Iterator[tuple[str, Printed]]:
    """The text and the expression of the first of some values that can be printed in the place of another."""
    for other in others:
        expression = NAME.sub(other, printed.expression, count=1)
        try:
            text = Prose(tree).render("Of {{ " + expression + " }}", "x").removeprefix("Of ")
        except BuildStop:
            continue
        yield text, Printed(0, 0, expression, (other, *printed.names[1:]))
        return


def mutants(matter: Matter, seed: int) -> Iterator[Mutant]:
    """Every wrong value of a manuscript."""
    choice = random.Random(seed)
    tree = named_tree(matter.ledger)
    numeric = [
        name
        for passage in matter.authored
        for one in passage.printed
        for name in one.names
        if name in matter.ledger and isinstance(matter.ledger[name].value, int | float)
    ]
    names = sorted(set(numeric))
    for index, passage in enumerate(matter.passages):
        if passage not in matter.authored:
            continue
        for printed in passage.printed:
            if not printed.names or printed.names[0] not in names:
                continue
            text = passage.text[printed.start : printed.end]
            for how, other in _typed(text):
                yield Mutant(how, index, _with(passage, printed, other, None))
            for how, other, expression in _exchanged(printed, names, matter, tree, choice):
                mutant = _with(passage, printed, other, expression)
                # What prints the same letters and cites the same works deceives no reader.
                if (mutant.text, mutant.keys) != (passage.text, passage.keys):
                    yield Mutant(how, index, mutant)


def _found(matter: Matter, index: int, passage: Passage) -> set[tuple[str, str, int]]:
    """The findings of the paragraph of a passage, by rule and place."""
    number = matter.passages[index].paragraph
    passages = [
        passage if place == index else other
        for place, other in enumerate(matter.passages)
        if place == index or other.paragraph == number
    ]
    changed = replace(matter, passages=passages)
    # What follows from the ledger alone is the same for every mutant.
    vars(changed).update(nouns=matter.nouns, families=matter.families)
    return {(one.rule, one.file, one.line) for one in audit(changed, OF_TEXT).findings}


def part_of(passage: Passage) -> str:
    """The part of the manuscript for which a share is asked: findings, discussion, or the rest."""
    return "findings" if passage.part in FINDINGS else "discussion" if passage.part in DISCUSSION else "other"


def run(
    matter: Matter, seed: int, *, exchanged_alone: bool = False
) -> tuple[dict[tuple[str, str], list[int]], list[Mutant]]:
    """((part, how) -> [caught, all], the mutants that nothing caught)."""
    shares: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    missed = []
    clean: dict[int, set[tuple[str, str, int]]] = {}
    for mutant in mutants(matter, seed):
        if exchanged_alone and not mutant.how.startswith("exchanged"):
            continue
        before = clean.setdefault(mutant.index, _found(matter, mutant.index, matter.passages[mutant.index]))
        caught = bool(_found(matter, mutant.index, mutant.passage) - before)
        share = shares[part_of(mutant.passage), mutant.how]
        share[0] += caught
        share[1] += 1
        if not caught:
            missed.append(mutant)
    return shares, missed


def main() -> int:
    """Prints the shares; with --missed also what was not caught."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", nargs="?", type=Path, default=Path("results"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", action="store_true")
    given = parser.parse_args()
    shares, missed = run(Review(given.results).matter(), given.seed)
    for (part, how), (caught, number) in sorted(shares.items()):
        print(f"{part:11} {how:15} {caught:4} of {number:4}  {caught / number:.0%}")
    if given.missed:
        for mutant in missed:
            print(f"{mutant.how}: {mutant.passage.file}:{mutant.passage.line}: {mutant.passage.text}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
