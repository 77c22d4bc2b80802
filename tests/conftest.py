"""What tests of all rooms share."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real exports, reviews and benchmarks that stands beside a developer's checkout."""
    if not SHARED.is_dir():
        pytest.skip("no shared folder of real exports beside this checkout")
    return SHARED
