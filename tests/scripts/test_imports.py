"""What a step loads: a library that takes as long to load as a short step runs is loaded only where it is needed."""

import subprocess
import sys

from tests.places import SCRIPTS

HEAVY = ("yaml", "jsonschema", "jinja2", "bibtexparser", "lxml", "PIL", "docx", "typst", "numpy", "pyarrow", "pandas")
# Short steps, and which of these libraries each may load, or those before it.
STEPS = {
    "seal complete pool": "",
    "collect_studies": "yaml",
    "bibliography": "bibtexparser",
    "take_in_figures write_figures preflight": "lxml PIL docx",
    "draw_flow": "typst",
    "appraise tabulate render write_letter bundle": "jinja2",
    # openpyxl, for the sheets of screening, loads numpy where it is there.
    "prepare_screening": "numpy",
    # They read and write tables of Arrow; without pandas, which Arrow loads where it can.
    "overlap count_flow screen": "pyarrow",
}
CODE = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[3:]:
    importlib.import_module(name)
    print(name, *(library for library in sys.argv[2].split() if library in sys.modules))
"""


def test_no_step_loads_a_heavy_library_that_it_can_do_without() -> None:
    names = [name for group in STEPS for name in group.split()]
    command = [sys.executable, "-c", CODE, str(SCRIPTS), " ".join(HEAVY), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {name: set(libraries) for name, *libraries in map(str.split, done.stdout.splitlines())}
    allowed: set[str] = set()
    for group, libraries in STEPS.items():
        allowed.update(libraries.split())
        assert {name: loaded[name] - allowed for name in group.split() if loaded[name] - allowed} == {}
