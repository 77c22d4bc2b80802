import os
import shutil
from pathlib import Path

import pytest
from prismake.common.content import code_digest, content
from prismake.common.digests import Digests


@pytest.fixture
def made_from(tmp_path, monkeypatch):
    """What a job of a small engine is made from, in a review beside it."""
    package, review = tmp_path / "engine" / "prismake", tmp_path / "review"
    for file in ("prismake/__init__.py", "prismake/a.py", "prismake/data/form.yaml", "scripts/step.py"):
        path = tmp_path / "engine" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "engine" / "scripts" / "step.py").write_text("from prismake.a import x\n")
    for file in ("data/a.csv", "data/b.csv", "results/c.json"):
        (review / file).parent.mkdir(parents=True, exist_ok=True)
        (review / file).write_text("")
    monkeypatch.chdir(review)

    def now(*inputs):
        # Without anything kept: what counts is the content.
        digests = Digests(tmp_path / "none")
        code = code_digest(package.parent / "scripts" / "step.py", digests, package)
        return content(code, inputs, digests, package)

    return now


def test_sources_are_named_and_results_are_compared_by_name(made_from):
    code, results, *sources = made_from("results/c.json", "data/b.csv", "data/a.csv", "data/a.csv")
    assert code.startswith("code ") and [text.split()[0] for text in sources] == ["data/a.csv", "data/b.csv"]
    assert made_from("data/missing.csv", "results/c.json") == [code, results]
    Path("results/c.json").write_text("changed")
    assert made_from("results/c.json") == [code, results]
    assert made_from("results/c.json", "results/d.json")[:2] != [code, results]


def test_the_place_of_the_review_does_not_count(made_from, tmp_path, monkeypatch):
    form = tmp_path / "engine/prismake/data/form.yaml"
    before = made_from(os.path.relpath(form), "data/a.csv", "results/c.json")
    shutil.copytree(tmp_path / "review", tmp_path / "deep/er/review")
    monkeypatch.chdir(tmp_path / "deep/er/review")
    assert made_from(os.path.relpath(form), "data/a.csv", "results/c.json") == before


@pytest.mark.parametrize(
    "file", ["prismake/__init__.py", "prismake/a.py", "prismake/data/form.yaml", "scripts/step.py"]
)
def test_any_changed_byte_of_code_counts_whatever_its_time_stamp(made_from, tmp_path, file):
    inputs = [os.path.relpath(tmp_path / "engine/prismake/data/form.yaml")]
    before = made_from(*inputs)
    path = tmp_path / "engine" / file
    path.write_text(path.read_text() + "#")
    os.utime(path, (0, 0))
    assert made_from(*inputs) != before
    path.write_text(path.read_text()[:-1])
    assert made_from(*inputs) == before


def test_the_same_bytes_in_other_modules_are_other_code(made_from, tmp_path):
    (tmp_path / "engine/prismake/__init__.py").write_text("a = 1\n")
    before = made_from()
    (tmp_path / "engine/prismake/__init__.py").write_text("")
    (tmp_path / "engine/prismake/a.py").write_text("a = 1\n")
    assert made_from() != before
