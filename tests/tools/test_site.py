"""The documentation site: every page is in its contents, and every link leads somewhere."""

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_site_builds_without_a_broken_link(tmp_path):
    # A page outside the contents, and a link to nowhere, are warnings; -W makes them errors.
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", DOCS, tmp_path / "site"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

    index = (tmp_path / "site" / "searchindex.js").read_text(encoding="utf-8")
    assert all(f'"{page.stem}"' in index for page in DOCS.glob("*.md"))
