"""Editing code reruns exactly the steps that use it: all of them, and no other but those that read their results."""

import ast
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from prismake.common.modules import modules_of

from tests.places import PACKAGE, PROJECT, SCRIPTS

from .conftest import copied

pytestmark = pytest.mark.build


def steps() -> dict[str, Path]:
    """Rule -> its script, from the rule files."""
    result = {}
    for file in sorted((PROJECT / "workflow" / "rules").glob("*.smk")):
        for name, body in re.findall(r"^ *rule (\w+):\n((?:(?!^ *rule ).*\n?)*)", file.read_text(), flags=re.MULTILINE):
            if script := re.search(r'script:\s+"\.\./scripts/(.+?)"', body):
                result[name] = SCRIPTS / script[1]
    return result


def users(module: Path) -> set[str]:
    """The rules whose step is a file or imports it."""
    return {rule for rule, script in steps().items() if module == script or module in modules_of(script, PACKAGE)}


DERIVED = re.compile("Input files updated by another job")


def replace(path: Path, content: bytes) -> None:
    """Replaces a file by one with an older time stamp, as mv, cp -p, rsync -a or a synchronised folder leave it."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    os.utime(new, (1e9, 1e9))
    new.replace(path)


# One module of each kind: a step, a module of one stage, a module of the ground floor that few steps use.
MODULES = [
    "dedup/vetoes.py",
    "screening/rules.py",
    "flow/boxes.py",
    "manuscript/filters.py",
    "document/pdf.py",
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


@pytest.fixture(scope="module")
def by_default(example, tmp_path_factory) -> set[str]:
    """The steps of the default build; what is made on demand has targets of its own."""
    return set(copied(example, tmp_path_factory.mktemp("default") / "copy").would_run("--forceall"))


@pytest.mark.parametrize("name", MODULES)
def test_editing_a_module_reruns_the_steps_that_use_it(copy, by_default, name):
    module = PACKAGE / name
    expected = users(module) & by_default
    assert expected and expected != set(steps())
    edited = copy / f"workflow/prismake/{name}"
    replace(edited, edited.read_bytes() + b"\n# edited\n")
    would = copy.would_run()
    # All that use it run; what else runs does so for their results alone.
    assert all(would[rule] == "Code has changed" or DERIVED.match(would[rule]) for rule in would)
    assert expected <= set(would) and "Code has changed" in would.values()
    others = {rule: reason for rule, reason in would.items() if rule not in expected and rule != "all"}
    assert all(DERIVED.match(reason) for reason in others.values()), others


# What people write, and the steps that use it, without those that run for a result alone.
SOURCES = {
    "data/searches/cochrane.ris": {"import_export"},
    "data/dedup/decisions.csv": {"deduplicate"},
    "data/screening/decisions.csv": {"screen"},
    "data/extraction/reports.csv": {"count_flow", "collect_studies"},
    "manuscript/references.bib": {"bibliography"},
    "manuscript/04.discussion.md": {"render"},
}


def test_a_file_replaced_by_an_older_one_reruns_the_steps_that_use_it(copy):
    contents = {name: (copy / name).read_bytes() for name in SOURCES}
    for name, content in contents.items():
        replace(copy / name, content + b"\n")
        would = copy.would_run()
        assert {rule for rule, reason in would.items() if not DERIVED.match(reason)} == SOURCES[name]
        assert {would[rule] for rule in SOURCES[name]} == {f"Input has changed: {name}"}
        # The same bytes in a file of any age are the same file; what is left of it would show in the next round.
        replace(copy / name, content)
    assert copy.would_run() == {}


def test_touching_everything_without_changing_reruns_nothing(copy):
    files = [path for path in copy.folder.rglob("*") if path.is_file() and ".snakemake" not in path.parts]
    for days, path in enumerate(files):
        if "results" not in path.parts:
            ago = time.time() - 86400 * (days % 3 - 1)
            os.utime(path, (ago, ago))
    assert copy.would_run() == {}


def test_touching_a_large_file_reruns_nothing(copy):
    # Above a megabyte Snakemake goes by time stamps alone, if it is not told otherwise.
    name, target = "manuscript/references.bib", "results/manuscript/references.json"
    copy.edit(name, "@", "@comment{" + "long " * 300_000 + "}\n\n@")
    copy.build(target)
    ahead = time.time() + 60
    os.utime(copy / name, (ahead, ahead))
    assert copy.would_run(target) == {}
    assert copy.would_run("--max-checksum-file-size", "1MB", target) != {}


@pytest.mark.parametrize("first", [True, False], ids=["first build", "later build"])
@pytest.mark.parametrize("read", [True, False], ids=["after it was read", "before it is read"])
def test_an_input_saved_while_its_step_runs_is_noticed_at_the_next_build(copy, first, read):
    name, target = "manuscript/references.bib", "results/manuscript/references.json"
    if first:
        for folder in ("results", ".snakemake"):
            shutil.rmtree(copy / folder)
    # The step saves its own input, as a person may at that moment.
    script = copy / "workflow/scripts/bibliography.py"
    code, run = script.read_text(), "run(bibliography, "
    saving = f"open({name!r}, 'a').write('\\n')"
    steps = ["step(**named)", saving] if read else [saving, "step(**named)"]
    wrapped = f"step, bibliography = bibliography, wraps(bibliography)(lambda **named: ({', '.join(steps)}))"
    assert run in code
    script.write_text(code.replace(f"    {run}", f"    from functools import wraps\n    {wrapped}\n    {run}"))
    before = (copy / name).read_bytes()
    copy.build(target)
    assert (copy / name).read_bytes() == before + b"\n"
    assert copy.would_run(target) == {"bibliography": f"Input has changed: {name}"}


def test_a_setting_reruns_the_steps_that_use_it(copy):
    copy.edit("config.yaml", "label: Editorial", "label: An editorial")
    would = copy.would_run()
    assert "screen" in would and "deduplicate" not in would and "import_export" not in would
