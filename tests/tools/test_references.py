"""The pages that tools make from the source are up to date (that of the audit: `tests/prismake/audit`)."""

import subprocess
import sys

import pytest

from tests.places import PROJECT


# Settings, checks of the preflight, results, and forms.
@pytest.mark.parametrize("name", ["config", "preflight", "results", "forms"])
def test_a_page_made_by_a_tool_is_that_of_its_source(name):
    command = [sys.executable, str(PROJECT / "tools" / f"{name}_reference.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
