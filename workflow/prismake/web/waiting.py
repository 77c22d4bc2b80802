"""A build that waits for its start, so that a preview need not wait for what a build loads.

Snakemake, the modules of its rules and those of its steps are loaded when the process starts; the line that it then
reads has the arguments of the build. Without such a line it ends.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import prismake
from prismake.common import step_starts

IMPORTED = re.compile(r"^[ \t]*from (prismake[\w.]*) import", re.MULTILINE)


def main() -> None:
    """Loads, waits, and builds. The arguments are the scripts of steps whose modules are loaded."""
    workflow = Path(prismake.snakefile()).parent / "workflow"
    if step_starts.CAN_COPY:
        scripts = [workflow / "scripts" / f"{name}.py" for name in sys.argv[1:]]
        step_starts.start_early(sys.executable, scripts)
    from snakemake import cli

    for name in IMPORTED.findall((workflow / "rules" / "common.smk").read_text(encoding="utf-8")):
        importlib.import_module(name)
    if order := sys.stdin.readline():
        sys.argv = ["snakemake", *json.loads(order)]
        cli.main()


if __name__ == "__main__":
    main()
