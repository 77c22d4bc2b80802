"""Every profile of a cluster starts: Snakemake reads it, takes its settings, and plans the example.

`make test` skips what has no plugin in its environment; `make test-slurm` has them all.
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from prismake.common.yaml_files import load_yaml

from tests.places import PROJECT

CLUSTERS = sorted(path.name for path in (PROJECT / "profiles").iterdir() if path.name != "default")


@pytest.mark.parametrize("profile", CLUSTERS)
def test_a_profile_plans_the_example(profile):
    executor = load_yaml(PROJECT / f"profiles/{profile}/config.yaml")["executor"]
    plugin = f"snakemake_executor_plugin_{executor.replace('-', '_')}"
    if not find_spec(plugin):
        pytest.skip(f"{plugin} is not installed: make test-slurm installs it and runs this test")
    command = [str(Path(sys.executable).with_name("snakemake")), "-n", "--profile", f"profiles/{profile}"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
