"""No file in a review's folder runs as code, apart from its own Snakefile and profile."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import prismake
import pytest
from prismake.common.errors import BuildStop
from prismake.review.no_code import check_no_code

from tests.build.starting import LONGEST
from tests.places import PROJECT

pytestmark = pytest.mark.build

SNAKEMAKE = Path(sys.executable).with_name("snakemake")
SNAKEFILE = 'from prismake import snakefile\n\ninclude: snakefile()\nworkflow.default_target = "all"\n'
# Quick, and of every kind: pandas, pyarrow, pandoc, and what the steps and Snakemake import where it is there.
TARGETS = ("results/records/records.parquet", "results/manuscript/references.json", "results/dedup/merges.csv")
MODULES = (
    "prismake",
    "pandas",
    "json",
    "yaml",
    "numexpr",
    "bottleneck",
    "cloudpickle",
    "yte",
    "sitecustomize",
    "usercustomize",
    "conftest",
    "_compat_pickle",
    "snakemake_logger_plugin_evil",
)
FOLDERS = (".", ".snakemake", ".snakemake/scripts", "workflow", "workflow/rules", "workflow/scripts", "manuscript")


@pytest.fixture
def evil(tmp_path):
    """The body of a Python file that leaves a mark where it runs, and the marks so far."""
    marks = tmp_path / "marks"
    marks.mkdir()

    def code(name: str) -> str:
        return f"open({str(marks / name.replace('/', '-'))!r}, 'w').close()\n"

    writer: Any = code
    writer.ran = lambda: sorted(mark.name for mark in marks.iterdir())
    return writer


@pytest.fixture
def review(tmp_path):
    """A review that includes the installed engine, as `prismake new` leaves it."""
    folder = tmp_path / "review"
    folder.mkdir()
    shutil.copy(PROJECT / "config.yaml", folder)
    for part in ("data", "manuscript", "profiles"):
        shutil.copytree(PROJECT / part, folder / part)
    (folder / "Snakefile").write_text(SNAKEFILE)
    return folder


def snakemake(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(SNAKEMAKE), *arguments], cwd=cwd, capture_output=True, text=True, check=False, timeout=LONGEST
    )


def test_modules_in_the_folder_shadow_nothing(review, evil):
    for folder in FOLDERS:
        (review / folder).mkdir(parents=True, exist_ok=True)
        for name in MODULES:
            (review / folder / f"{name}.py").write_text(evil(f"{folder}/{name}"))
        (review / folder / "evil.pth").write_text(f"import sys; {evil(f'{folder}/pth')}")
    done = snakemake(*TARGETS, cwd=review)
    assert done.returncode == 0, done.stderr
    assert evil.ran() == []
    assert all((review / target).is_file() for target in TARGETS)


def test_a_package_in_the_folder_shadows_nothing(review, evil):
    (review / "prismake" / "common").mkdir(parents=True)
    for name in ("prismake/__init__.py", "prismake/common/__init__.py", "prismake/common/steps.py"):
        (review / name).write_text(evil(name))
    done = snakemake(TARGETS[1], cwd=review)
    assert done.returncode == 0, done.stderr
    assert evil.ran() == []


def test_modules_where_snakemake_looks_for_deployments_stop_the_build(review, evil, tmp_path):
    place = review / ".snakemake" / "pip-deployments"
    place.mkdir(parents=True)
    for name in ("numexpr", "cloudpickle", "snakemake_executor_plugin_evil"):
        (place / f"{name}.py").write_text(evil(name))
    # From outside, or Snakemake itself would load a plugin from there before it reads any Snakefile.
    done = snakemake("--snakefile", prismake.snakefile(), "--directory", str(review), TARGETS[2], cwd=tmp_path)
    assert done.returncode == 1
    assert ".snakemake/pip-deployments: may contain Python modules" in done.stderr
    assert evil.ran() == []
    shutil.rmtree(place)
    check_no_code(review)
    place.symlink_to(tmp_path)
    with pytest.raises(BuildStop):
        check_no_code(review)


def test_the_engines_own_snakefile_runs_neither_the_reviews_nor_its_profile(review, evil, tmp_path):
    for name in ("Snakefile", "snakefile", "workflow/Snakefile"):
        (review / name).parent.mkdir(exist_ok=True)
        (review / name).write_text(evil(name))
    profile = f"__use_yte__: true\ncores: 2\n__definitions__:\n  - {evil('profile').strip()}\n"
    (review / "profiles/default/config.yaml").write_text(profile)
    done = snakemake("--snakefile", prismake.snakefile(), "--directory", str(review), TARGETS[1], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert evil.ran() == []
    # What the documentation says: a Snakefile of the review's own is code, and with it the profile.
    snakemake(TARGETS[1], cwd=review)
    assert "profile" in evil.ran()
    # Under the engine's Snakefile the profile is data, inside of the folder too.
    for mark in (tmp_path / "marks").iterdir():
        mark.unlink()
    stopped = snakemake("--snakefile", prismake.snakefile(), TARGETS[1], cwd=review)
    assert stopped.returncode == 1 and "'__use_yte__' may run code" in stopped.stderr and evil.ran() == []


@pytest.mark.parametrize(
    "settings",
    ["__use_yte__: true\n__definitions__:\n  - {code}\n", "review: !!python/object/apply:exec ['{code}']\n"],
    ids=["template", "tag"],
)
def test_the_configuration_runs_nothing(review, evil, settings):
    config = review / "config.yaml"
    config.write_text(settings.format(code=evil("config").strip().replace("'", '"')) + config.read_text())
    done = snakemake(TARGETS[1], cwd=review)
    assert done.returncode == 1 and "ERROR config.yaml" in done.stderr, done.stderr
    assert evil.ran() == []


def test_what_snakemake_keeps_in_the_folder_is_read_as_data(review, evil):
    import pickle

    class Runs:
        def __reduce__(self):
            return exec, (evil("pickle"),)

    assert snakemake(TARGETS[1], cwd=review).returncode == 0
    kept = review / ".snakemake" / "iocache"
    kept.mkdir(exist_ok=True)
    (kept / "latest.pkl").write_bytes(pickle.dumps(Runs()))
    for file in (review / ".snakemake").rglob("*"):
        if file.is_file() and file.suffix != ".pkl":
            file.write_bytes(pickle.dumps(Runs()))
    snakemake(TARGETS[1], cwd=review)
    assert evil.ran() == []
