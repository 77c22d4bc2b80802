import subprocess
import sys
import tomllib
from pathlib import Path

from prismake.common.validation import load_yaml

PROJECT = Path(__file__).parents[2]


def test_the_reference_of_settings_is_that_of_the_schema():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "config_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_declared_software_is_that_of_the_package():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    declared = load_yaml(PROJECT / "workflow" / "envs" / "prismake.yaml")["dependencies"]
    assert declared[-1]["pip"] == project["dependencies"]


def test_the_page_of_the_preflight_is_that_of_its_checks():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "preflight_reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
