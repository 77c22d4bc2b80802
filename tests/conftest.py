"""What tests of all rooms share."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.browser import browser
from tests.places import SHARED

# Hundreds of processes load the same modules: they are compiled once, as on any machine that does not forbid it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# One commit, one verdict: the same examples in every run. HYPOTHESIS_PROFILE=wander looks for new ones.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("wander", derandomize=False, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real exports, reviews and benchmarks that stands beside a developer's checkout."""
    if not SHARED.is_dir():
        pytest.skip("no shared folder of real exports beside this checkout")
    return SHARED


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for the tests of a file, which are skipped where there is none."""
    with browser() as running:
        yield running


@pytest.fixture
def cells_of_csv_are_short():
    """The most letters of a cell as Python has them, which the readers of exports raise for the whole process."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)
