import pytest

from tests.prismake.synthesis.review import SmallReview


@pytest.fixture
def review(tmp_path):
    return SmallReview(tmp_path)
