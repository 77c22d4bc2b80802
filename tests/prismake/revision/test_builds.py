"""A git revision that does not build says why."""

import subprocess
from pathlib import Path

import prismake
import pytest
from prismake.common.errors import BuildStop
from prismake.revision.builds import build, checked_out


def test_what_the_build_printed_is_reported(tmp_path):
    (tmp_path / "workflow/prismake").mkdir(parents=True)
    (tmp_path / "Snakefile").write_text("raise ValueError('no file of the package matches')\n")
    with pytest.raises(BuildStop, match="no file of the package matches") as stopped:
        build(tmp_path, "own", "v1")
    assert "--code present" in stopped.value.issues[0].fix


def test_the_revisions_own_package_comes_first_and_is_linked_outside_of_the_review(tmp_path):
    review, package = tmp_path / "review", tmp_path / "package"
    (review / "workflow").mkdir(parents=True)
    package.mkdir()
    whole = Path(prismake.__file__).read_text()
    (package / "__init__.py").write_text(f"{whole}\n__path__.append({str(prismake.PACKAGE)!r})\nOWN = True\n")
    (review / "workflow/prismake").symlink_to(package)
    (review / "Snakefile").write_text(
        "import prismake\nfrom prismake.review.links import check_written_places\n"
        "check_written_places()\nraise ValueError(f'own package: {prismake.OWN}')\n"
    )
    with pytest.raises(BuildStop, match="own package: True"):
        build(review, "own", "v1")


EVIL = "from pathlib import Path\nPath('PWNED').write_text(__file__)\nraise ImportError\n"


def test_no_module_of_the_revision_stands_in_for_one_of_the_environment(tmp_path):
    for name in ("yaml", "prismake", "snakemake", "_compat_pickle"):
        (tmp_path / f"{name}.py").write_text(EVIL)
    (tmp_path / "config.yaml").write_text("searches: none\n")
    with pytest.raises(BuildStop, match="searches"):
        build(tmp_path, "present", "v1")
    assert not (tmp_path / "PWNED").exists()


def test_a_revision_with_modules_where_snakemake_looks_for_them_is_not_built(tmp_path):
    (tmp_path / ".snakemake/pip-deployments").mkdir(parents=True)
    with pytest.raises(BuildStop, match="pip-deployments"):
        build(tmp_path, "present", "v1")


@pytest.fixture
def repository(tmp_path):
    """A review in a git repository, and the file that a program of the repository's own settings would write."""
    review, run = tmp_path / "review", tmp_path / "run"
    review.mkdir()
    (review / "config.yaml").write_text("title: x\n", encoding="utf-8")
    (review / ".gitattributes").write_text("* filter=x\n", encoding="utf-8")
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "--quiet"), ("add", "."), (*author, "commit", "--quiet", "-m", "a")):
        subprocess.run(["git", "-C", str(review), *command], check=True)
    return review, run


def test_a_filter_in_a_repositorys_own_settings_stops_before_it_is_run(repository, tmp_path):
    review, run = repository
    subprocess.run(["git", "-C", str(review), "config", "filter.x.smudge", f"touch {run}; cat"], check=True)
    checkout = checked_out("HEAD", review, tmp_path / "out")
    with pytest.raises(BuildStop, match=r"name programs that git would run: filter\.x\.smudge"), checkout:
        pass
    assert not run.exists()


def test_a_watcher_in_a_repositorys_own_settings_is_not_run(repository, tmp_path):
    review, run = repository
    subprocess.run(["git", "-C", str(review), "config", "core.fsmonitor", f"touch {run}; true"], check=True)
    with checked_out("HEAD", review, tmp_path / "out") as place:
        assert (place / "config.yaml").is_file()
    assert not run.exists()
