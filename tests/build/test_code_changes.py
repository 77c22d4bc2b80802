"""Editing code reruns exactly the steps that use it: all of them, and no other but those that read their results."""

import ast
import re
from pathlib import Path

import pytest
from prismake.common.modules import modules_of

from tests.places import PACKAGE, PROJECT, SCRIPTS

pytestmark = pytest.mark.build


def steps() -> dict[str, Path]:
    """Rule -> its script, from the rule files."""
    found = {}
    for file in sorted((PROJECT / "workflow" / "rules").glob("*.smk")):
        for name, body in re.findall(r"^ *rule (\w+):\n((?:(?!^ *rule ).*\n?)*)", file.read_text(), flags=re.MULTILINE):
            if script := re.search(r'script:\s+"\.\./scripts/(.+?)"', body):
                found[name] = SCRIPTS / script[1]
    return found


def users(module: Path) -> set[str]:
    """The rules whose step is a file or imports it."""
    return {rule for rule, script in steps().items() if module == script or module in modules_of(script, PACKAGE)}


# One module of each kind: a step, a module of one stage, a module of the ground floor that few steps use.
MODULES = [
    "dedup/vetoes.py",
    "screening/rules.py",
    "flow/boxes.py",
    "manuscript/filters.py",
    "document/pdf.py",
    "submission/seal.py",
    "common/tables.py",
]


def test_every_rule_has_a_step_and_every_step_a_rule():
    scripts = {path.relative_to(SCRIPTS).as_posix() for path in steps().values()}
    framed = {
        file.relative_to(SCRIPTS).as_posix()
        for file in SCRIPTS.glob("*.py")
        if any(
            isinstance(node, ast.If) and '"snakemake" in globals()' in ast.unparse(node.test).replace("'", '"')
            for node in ast.parse(file.read_text()).body
        )
    }
    assert scripts == framed


@pytest.mark.parametrize("name", MODULES)
def test_editing_a_module_reruns_the_steps_that_use_it(copy, name):
    module = PACKAGE / name
    # Of the steps of the default build; what is made on demand has targets of its own.
    expected = users(module) & set(copy.would_run("--forceall"))
    assert expected and expected != set(steps())
    with (copy / f"workflow/prismake/{name}").open("a") as file:
        file.write("\n# edited\n")
    would = copy.would_run()
    # All that use it run; what else runs does so for their results alone.
    assert expected <= set(would)
    assert any(Path(name).name in would[rule] or "Code has changed" in would[rule] for rule in expected)
    others = {rule: reason for rule, reason in would.items() if rule not in expected and rule != "all"}
    assert all(reason.startswith("Input files updated by another job") for reason in others.values()), others


def test_touching_without_changing_reruns_nothing(copy):
    (copy / "workflow/prismake/dedup/vetoes.py").touch()
    (copy / "data/screening/decisions.csv").touch()
    assert copy.would_run() == {}


def test_a_setting_reruns_the_steps_that_use_it(copy):
    copy.edit("config.yaml", "label: Editorial", "label: An editorial")
    would = copy.would_run()
    assert "screen" in would and "deduplicate" not in would and "import_export" not in would
