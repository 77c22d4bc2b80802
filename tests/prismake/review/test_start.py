import subprocess
import sys
from pathlib import Path

import prismake
import pytest
from prismake.common.errors import BuildStop
from prismake.review.start import SNAKEFILE, check_start

from tests.places import PROJECT


@pytest.fixture(autouse=True)
def review(tmp_path, monkeypatch):
    """A review as `prismake new` leaves it, the working directory."""
    folder = tmp_path / "review"
    (folder / "profiles/default").mkdir(parents=True)
    (folder / "Snakefile").write_text(f"# Mine.\n\n{SNAKEFILE}")
    (folder / "profiles/default/config.yaml").write_text((PROJECT / "profiles/default/config.yaml").read_text())
    monkeypatch.chdir(folder)
    return folder


def faults(*argv):
    with pytest.raises(BuildStop) as stopped:
        check_start(argv, Path("cache"))
    return [f"{issue.where}: {issue.message}" for issue in stopped.value.issues]


def test_a_new_review_starts():
    check_start([], Path("cache"))
    check_start(["final", "--cores", "2", "--config", "review={draft: true}"], Path("cache"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("__use_yte__: true", "'__use_yte__' may run code"),
        ("__definitions__: [import os]", "'__definitions__' may run code"),
        ("?if True: {cores: 1}", "'?if True' may run code"),
        ("snakefile: other.smk", "'snakefile' may run code"),
        ("jobscript: job.sh", "'jobscript' may run code"),
        ("cluster-generic-submit-cmd: ./submit", "'cluster-generic-submit-cmd' may run code"),
        ('default-resources: {mem_mb: \'open("x", "w")\'}', "the value of 'default-resources' is an expression"),
        ("default-resources: ['mem_mb=f()']", "the value of 'default-resources' is an expression"),
        ("set-resources: {screen: {mem_mb: '[f() for f in x]'}}", "the value of 'set-resources' is an expression"),
        ("set-threads: {'screen=f()': 1}", "the value of 'set-threads' is an expression"),
        ("cores: '?f()'", "the value of 'cores' is an expression"),
    ],
)
@pytest.mark.parametrize("name", ["config.yaml", "profile.yaml", "config.v9+.yaml", "config-yaml"])
def test_a_profile_that_runs_something_is_refused(review, settings, message, name):
    file = Path("profiles/default", name)
    file.write_text(f"{settings}\nrerun-incomplete: true\n")
    (fault,) = faults()
    assert fault.startswith(f"{file}: {message}")
    # Who names it trusts it; without a profile there is nothing to run.
    check_start(["--workflow-profile", "profiles/default"], Path("cache"))
    check_start(["--workflow-profile=none"], Path("cache"))


@pytest.mark.parametrize(
    "settings",
    [
        "jobs: 20\nexecutor: slurm\ndefault-resources: {mem_mb: 4000, slurm_partition: short, runtime: 2h}",
        "set-resources: {screen: {mem_mb: 8000}}\nset-threads: {deduplicate: 2}\nrerun-triggers: [params, input]",
        "resources: [mem_mb=4000]\nkeep-going: true\nquiet: rules",
    ],
)
def test_a_profile_of_plain_settings_is_taken(settings):
    Path("profiles/default/config.yaml").write_text(settings)
    check_start([], Path("cache"))


def test_the_profile_is_looked_for_where_snakemake_does(review, tmp_path, monkeypatch):
    Path("default").mkdir()
    Path("default/config.yaml").write_text("__use_yte__: true\n")
    assert faults() == ["default/config.yaml: '__use_yte__' may run code"]
    assert faults("--snakefile", prismake.snakefile()) == ["default/config.yaml: '__use_yte__' may run code"]
    Path("default/config.yaml").rename("profiles/default/config.yaml")
    Path("default").rmdir()
    monkeypatch.chdir(tmp_path)
    for argv in (["-s", "review/Snakefile"], ["--snakefile=review/Snakefile", "-d", "review"]):
        assert faults(*argv) == ["review/profiles/default/config.yaml: '__use_yte__' may run code"]


def test_a_snakefile_of_ones_own_is_code_and_so_is_its_profile():
    Path("profiles/default/config.yaml").write_text("__use_yte__: true\n")
    Path("Snakefile").write_text(f"{SNAKEFILE}\nrule mine:\n    output: 'x'\n")
    check_start([], Path("cache"))


def test_a_folder_without_a_snakefile_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (fault,) = faults("--directory", "review")
    assert fault == f"{tmp_path}: is not the folder of a review: it has no Snakefile"
    check_start(["--help"], Path("cache"))
    check_start(["--version"], Path("cache"))
    check_start(["-ns", "review/Snakefile"], Path("cache"))


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BuildStop, match=r"cannot be written to: Not a directory\n  -> .* set XDG_CACHE_HOME"):
        check_start([], tmp_path / "file" / "snakemake")


def test_snakemake_runs_no_profile_before_it_is_checked(review, tmp_path):
    mark = tmp_path / "mark"
    code = f"__use_yte__: true\n__definitions__:\n  - open({str(mark)!r}, 'w').close()\ncores: 1\n"
    Path("profiles/default/config.yaml").write_text(code)
    command = [str(Path(sys.executable).with_name("snakemake")), "--dry-run"]
    for options in ([], ["--snakefile", prismake.snakefile()]):
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        assert done.returncode == 1 and "profiles/default/config.yaml: '__use_yte__' may run code" in done.stderr
        assert "Traceback" not in done.stderr and not mark.exists()
