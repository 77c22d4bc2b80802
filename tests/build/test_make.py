"""`make` in a checkout whose path has a blank, which the environment's path then has too."""

import shutil

import pytest

from tests.places import PROJECT

from .conftest import checkout
from .environments import Environment

pytestmark = pytest.mark.build

CONFIG = """
searches:
  - {id: pubmed, database: PubMed, date: "2026-01-31", files: [data/pubmed.ris]}
screening:
  stages: [{id: title, rules: [{id: cats, label: About cats, title_patterns: ['^cats']}]}]
"""


def test_make_builds_where_the_path_has_a_blank(tmp_path, exports):
    review = checkout(tmp_path / "a checkout")
    environment = Environment(review / ".venv")
    packages = next((review / ".venv/lib").glob("python*")) / "site-packages"
    (packages / "prismake.pth").write_text(f"{review / 'workflow'}\n")
    shutil.copy(exports / "pubmed.ris", review / "data/pubmed.ris")
    (review / "config.yaml").write_text(CONFIG)
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(PROJECT / name, review / name)
    # Set up after the locks were written, so `make` goes straight to the build.
    (review / ".venv/.ready").touch()
    message = environment.output_of("make", review.folder)
    assert "2 identified" in message and "Setting up" not in message
    assert (review / "results/SHA256SUMS").is_file()
