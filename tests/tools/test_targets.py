"""`snakemake --list` is the list of targets for a person: every rule says in a line what it makes."""

import re

import pytest

from tests.places import PROJECT

RULE = re.compile(r"^( *)(?:use rule \w+ as \w+ with|rule(?: \w+)?):\n(?P<next>.*)$", re.MULTILINE)


@pytest.mark.parametrize("file", ["Snakefile", *sorted(p.name for p in (PROJECT / "workflow/rules").glob("*.smk"))])
def test_every_rule_says_what_it_makes(file):
    folder = PROJECT if file == "Snakefile" else PROJECT / "workflow/rules"
    text = (folder / file).read_text(encoding="utf-8")
    assert all(rule["next"].strip().startswith('"""') for rule in RULE.finditer(text))
    assert len(RULE.findall(text)) == len(re.findall(r"^ *(?:use )?rule\b", text, re.MULTILINE))


def test_each_moment_of_a_build_has_one_handler():
    # Snakemake keeps the last one alone, without a word.
    texts = [path.read_text() for path in (PROJECT / "Snakefile", *(PROJECT / "workflow/rules").glob("*.smk"))]
    for moment in ("onstart", "onsuccess", "onerror"):
        assert sum(len(re.findall(rf"^{moment}:", text, re.MULTILINE)) for text in texts) == 1
