import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_the_reference_of_settings_is_that_of_the_schema():
    done = subprocess.run(
        [sys.executable, PROJECT / "tools" / "config_reference.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
