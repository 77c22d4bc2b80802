import zipfile

import pytest
from prismake.review.allocation import megabytes, memory, minutes, shards, size_of_review, threads


@pytest.fixture
def million(tmp_path):
    path = tmp_path / "a.ris"
    path.write_bytes(b"x" * 1_000_000)
    return path


def test_a_packed_export_counts_as_what_it_unpacks_to(tmp_path, million):
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.write(million, "a.ris")
    assert megabytes([million]) == 1
    assert 8 <= megabytes([packed]) < 8.1


def test_files_that_are_not_there_count_nothing(tmp_path):
    assert megabytes([tmp_path / "none", tmp_path]) == 0


def test_decisions_count_for_the_records_that_they_are_about(tmp_path, million):
    decisions = tmp_path / "decisions.csv"
    decisions.write_bytes(b"y" * 200_000)
    assert size_of_review([million], [decisions]) == pytest.approx(3)


@pytest.mark.parametrize(("size", "count"), [(0, 1), (59, 1), (130, 2), (10_000, 8)])
def test_processors_grow_with_the_records_up_to_a_bound(size, count):
    assert threads(size) == count


def test_memory_and_time_grow_only_where_a_step_works_on_every_record():
    assert memory("seal", 0) == memory("seal", 5000)
    assert minutes("seal", 0) == minutes("seal", 5000)
    assert memory("deduplicate", 100) - memory("deduplicate", 0) == 900
    assert minutes("deduplicate", 1000) > minutes("deduplicate", 0)


def test_a_step_that_is_tried_again_asks_for_more():
    assert memory("screen", 10, 2) == 2 * memory("screen", 10)
    assert minutes("screen", 10, 2) == 2 * minutes("screen", 10)


@pytest.mark.parametrize(("size", "number"), [(0, 1), (400, 1), (401, 2), (5700, 15)])
def test_a_large_review_is_deduplicated_in_shards_of_a_bounded_size(size, number):
    assert shards(size) == number
