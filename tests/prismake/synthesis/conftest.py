import pytest

from .review import SmallReview


@pytest.fixture
def review(tmp_path):
    return SmallReview(tmp_path)
