import shutil
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.review.links import check_written_places, outside_issues


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A folder outside of the review's, which is the working directory."""
    (tmp_path / "elsewhere").mkdir()
    for folder in ("results/flow", ".snakemake/metadata", "data"):
        (tmp_path / "review" / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "review")
    return tmp_path / "elsewhere"


def faults():
    with pytest.raises(BuildStop) as stopped:
        check_written_places()
    return [str(issue).splitlines()[0] for issue in stopped.value.issues]


def test_links_that_lead_out_of_what_a_build_writes_are_named(elsewhere):
    Path("results/here").symlink_to("flow")
    Path("data/there").symlink_to(elsewhere)
    check_written_places()
    Path("results/flow/a.csv").symlink_to(elsewhere / "none")
    # A benchmark is written through its link, which would replace what people wrote.
    Path("results/benchmarks").symlink_to("../data")
    Path("results/circle").symlink_to("circle")
    Path(".snakemake/metadata/log").symlink_to(elsewhere)
    assert faults() == [
        "results/benchmarks: is a link that leads out of results/",
        "results/circle: is a link that leads out of results/",
        "results/flow/a.csv: is a link that leads out of results/",
        ".snakemake/metadata/log: is a link that leads out of .snakemake/",
    ]


@pytest.mark.parametrize("name", ["results", ".snakemake"])
def test_a_folder_of_the_build_that_is_a_link_or_a_file_is_named(elsewhere, name):
    Path(name).rename("away")
    check_written_places()
    for target in (elsewhere, "away", "none"):
        Path(name).symlink_to(target)
        assert faults() == [f"{name}: is a link, and the build writes to it"]
        Path(name).unlink()
    Path(name).touch()
    assert faults() == [f"{name}: is a file, and the build needs a folder"]


def test_links_that_take_the_manuscript_out_of_the_review_are_named(elsewhere):
    (elsewhere / "Evil.ttf").touch()
    for folder in ("manuscript/fonts", "manuscript/figures", "manuscript/journals"):
        Path(folder).mkdir(parents=True)
    Path("manuscript/fonts/Evil.ttf").symlink_to(elsewhere / "Evil.ttf")
    Path("manuscript/figures/a.png").symlink_to("../../data/a.png")
    Path("manuscript/figures/b.png").symlink_to("/etc/passwd")
    Path("manuscript/journals/own").symlink_to(elsewhere)
    Path("data/papers").symlink_to(elsewhere)
    named = [issue.where for issue in outside_issues(Path("data"), Path("manuscript"))]
    assert named == ["manuscript/figures/b.png", "manuscript/fonts/Evil.ttf", "manuscript/journals/own"]
    for folder in ("fonts", "figures"):
        shutil.rmtree(f"manuscript/{folder}")
        Path(f"manuscript/{folder}").symlink_to(elsewhere)
        assert f"manuscript/{folder}" in [issue.where for issue in outside_issues(Path("data"), Path("manuscript"))]
