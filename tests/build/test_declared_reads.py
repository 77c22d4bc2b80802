"""A step reads what its rule declares and nothing else; what it read in secret could change unnoticed."""

import pytest

from .spying import build_spied, undeclared_reads

pytestmark = pytest.mark.build


def test_steps_read_what_their_rules_declare(example, submitted):
    default, further = undeclared_reads(example), undeclared_reads(submitted)
    assert {"import_export", "screen", "render", "write_docx"} <= set(default)
    assert {"complete", "bundle", "write_jats"} <= set(further)
    assert {rule: names for rule, names in [*default.items(), *further.items()] if names} == {}


def test_a_read_in_secret_is_seen(copy):
    script = copy / "workflow/scripts/bibliography.py"
    script.write_text(script.read_text().replace("    run(", "    open('data/README.md').close()\n    run("))
    build_spied(copy, "--forcerun", "bibliography", "--", "results/manuscript/references.json")
    assert undeclared_reads(copy) == {"bibliography": {"data/README.md"}}
