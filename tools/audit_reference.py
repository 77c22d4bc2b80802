"""Writes the tables of docs/audit.md from the list of rules and from what they make of the corpora of the tests.

Run: python tools/audit_reference.py [--check]
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from prismake.audit import run
from prismake.audit.findings import RULES
from prismake.audit.foreign import run as foreign_run
from prismake.audit.foreign.findings import CHECKS

# Importing them registers the rules and the checks of foreign documents.
MODULES = (run, foreign_run)
PROJECT = Path(__file__).parents[1]
TARGET = PROJECT / "docs" / "audit.md"
MARK = "<!-- From here on this page is made by `python tools/audit_reference.py`. -->\n"
SEVERITIES = {
    "error": "Errors stop a build that is no draft",
    "warning": "Warnings",
    "confirm": "Claims that a person confirms",
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("{{", "`{{").replace("}}", "}}`")


def _lines() -> Iterator[str]:
    yield "\n## Rules"
    for severity, heading in SEVERITIES.items():
        rules = [rule for name, rule in sorted(RULES.items()) if rule.severity == severity]
        if rules:
            yield f"\n### {heading}\n"
            yield "| rule | what it reports | example | what it cannot detect | needs |\n|---|---|---|---|---|"
        for rule in rules:
            cells = (rule.description, rule.example, rule.blind, ", ".join(rule.needs))
            yield f"| `{rule.id}` | {' | '.join(map(_cell, cells))} |"
    yield "\n### Checks of somebody else's document\n"
    yield "| check | severity | what it compares | example | what it cannot detect |\n|---|---|---|---|---|"
    for name, check in sorted(CHECKS.items()):
        cells = (check.severity, check.description, check.example, check.blind)
        yield f"| `{name}` | {' | '.join(map(_cell, cells))} |"


def _measured() -> Iterator[str]:
    sys.path.insert(0, str(PROJECT))
    from tests.prismake.audit.cells import audited_tables, tables
    from tests.prismake.audit.corpus import DOCUMENT, audited, measures, topics

    every = [sentence for topic in topics() for sentence in audited(topic)]
    sentences = [one for one in every if one.family != DOCUMENT]
    cases = [case for topic in tables() for case in audited_tables(topic)]
    right = sum(not one.rule for one in sentences)
    yield "\n## Precision and recall\n"
    names = f"{', '.join(topics()[:-1])}, and {topics()[-1]}"
    yield f"Measured on {right} true and {len(sentences) - right} false sentences about {names}"
    wrong = sum(bool(one.rule) for one in cases)
    yield f"(`tests/prismake/audit/corpora/`), and on {len(cases) - wrong} right and {wrong} wrong rows of extractions"
    yield f"about {', '.join(tables()[:-1])}, and {tables()[-1]}. The rules were improved with them: other texts give"
    yield "lower figures. *Meant* are the false sentences and rows written for a rule, *caught* those that it finds, "
    yield "*by any* those that some rule finds; *alarms* are right ones in which it finds something."
    yield "`unexplained-number` reads those with digits as a document prints them, as they are and with one number"
    yield "changed.\n"
    yield "| rule | meant | caught | by any | alarms | precision | recall |\n|---|---|---|---|---|---|---|"
    for one in measures([*every, *cases]):
        shares = f"{one.precision:.2f} | {one.recall:.2f}"
        yield f"| `{one.rule}` | {one.meant} | {one.caught} | {one.caught_by_any} | {one.alarms} | {shares} |"


def _first_runs() -> Iterator[str]:
    """What the rules made of topics that nobody had tried, before they were improved with them."""
    path = PROJECT / "tests/prismake/audit/corpora/first_runs.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    sums: dict[str, dict[str, list[int]]] = defaultdict(dict)
    numbers = ("meant", "caught", "caught_by_any", "hits", "alarms")
    for row in rows:
        counts = [int(row[name]) for name in numbers]
        rule = sums[row["rule"]]
        before = rule.get("all", [0] * len(numbers))
        rule["all"] = [one + other for one, other in zip(before, counts, strict=True)]
        rule["last"] = counts
    yield "\n### Topics that no rule had seen\n"
    times = len({row["run"] for row in rows})
    yield f"{times} times sentences of new topics were written and then tried, before a rule was improved with them."
    yield "The figures are of these first runs together, and of the last that tried the rule. What a new text may"
    yield "expect lies between these figures and those above."
    yield f"The last topic was {rows[-1]['topics'].replace(' ', ', ')}.\n"
    yield "| rule | meant | caught | by any | alarms | precision | recall | precision, last |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, both in sorted(sums.items()):
        meant, caught, by_any, hits, alarms = both["all"]
        shares = [f"{1 - alarms / hits:.2f}" if hits else "–", f"{caught / meant:.2f}"]
        last = f"{1 - both['last'][4] / both['last'][3]:.2f}" if both["last"][3] else "–"
        yield f"| `{name}` | {meant} | {caught} | {by_any} | {alarms} | {' | '.join(shares)} | {last} |"
    yield "\nOf true manuscripts, sentences with an error in their first run:\n"
    yield "| topic | sentences | with an error |\n|---|---|---|"
    with path.with_name("first_manuscripts.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield f"| {row['topic']} | {row['sentences']} | {row['with_error']} |"


def main() -> int:
    """Writes the table below the mark, or with --check tells whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    before = TARGET.read_text(encoding="utf-8")
    text = before.partition(MARK)[0] + MARK + "\n".join([*_lines(), *_measured(), *_first_runs()]) + "\n"
    if parser.parse_args().check:
        if text != before:
            print(f"{TARGET} is not up to date: run {Path(__file__).name}", file=sys.stderr)
        return int(text != before)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
