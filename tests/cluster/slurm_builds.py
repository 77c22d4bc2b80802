"""Builds on a real Slurm: `make test-slurm`, about 35 minutes on two cores. Not part of `make test`.

A Slurm with two nodes is started on this machine (`tools/slurm.py`). What it builds has the bytes of the build at home,
also after jobs, nodes or Snakemake were killed, the disk was full or a second build began. The profile for Kubernetes
builds with a stand-in for `kubectl`.
"""

from __future__ import annotations

import csv
import getpass
import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from prismake.review.start import SNAKEFILE

from tests.places import PROJECT
from tools import slurm

PLUGINS = ("snakemake_executor_plugin_cluster_generic", "snakemake_executor_plugin_slurm")
SNAKEMAKE = str(Path(sys.executable).with_name("snakemake"))
LARGE = int(os.environ.get("PRISMAKE_RECORDS", "200000"))
# Five jobs in three layers lead to it, which is enough of a build to disturb.
CLUSTERS = "results/records/clusters.csv"
PATIENCE = 120


class Review:
    """A review in a folder, and a Slurm to build it with."""

    def __init__(self, folder: Path, cluster: Path) -> None:
        self.folder, self.cluster = folder, cluster

    def start(self, *arguments: str, profile: str = "generic") -> subprocess.Popen[str]:
        """Starts a build on Slurm."""
        cores = str(len(os.sched_getaffinity(0)))
        command = [SNAKEMAKE, "--profile", f"profiles/{profile}", "--max-threads", cores, *arguments]
        self.building = subprocess.Popen(
            command,
            cwd=self.folder,
            env=slurm.commands(self.cluster),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # What a shell starts in the background ignores the signal of Ctrl-C, and so would a build.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        return self.building

    def build(self, *arguments: str, profile: str = "generic") -> str:
        """Builds on Slurm; what the build printed."""
        return self.end(self.start(*arguments, profile=profile))

    def end(self, building: subprocess.Popen[str]) -> str:
        """Waits for the end of a build that succeeds; what it printed."""
        output = building.communicate()[1]
        assert building.returncode == 0, output
        return output

    def home(self, *arguments: str) -> None:
        """Builds without a cluster."""
        done = subprocess.run(
            [SNAKEMAKE, *arguments], cwd=self.folder, capture_output=True, text=True, check=False, env={**os.environ}
        )
        assert done.returncode == 0, done.stderr

    def running(self, step: str) -> int:
        """Waits until the process of a step of the build runs; its number."""
        while self.building.poll() is None:
            for place in Path("/proc").glob("[0-9]*"):
                try:
                    words = (place / "cmdline").read_bytes().split(b"\0")
                    here = (place / "cwd").resolve() == self.folder
                except OSError:
                    continue
                if here and b"python" in words[0] and any(word.endswith(f".{step}.py".encode()) for word in words):
                    return int(place.name)
            time.sleep(0.1)
        raise AssertionError(f"the step '{step}' did not start: {self.building.communicate()[1]}")

    def ask(self, *command: str) -> str:
        """What a command of Slurm prints."""
        done = subprocess.run(command, env=slurm.commands(self.cluster), capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def content(self, result: str = CLUSTERS) -> bytes:
        """The bytes of a result."""
        return (self.folder / result).read_bytes()

    def is_whole(self) -> bool:
        """Whether no file is left that a step was writing."""
        return not list((self.folder / "results").rglob("*.part"))


def lay_out(folder: Path) -> None:
    """The example as a review in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("profiles", "data", "manuscript"):
        shutil.copytree(PROJECT / part, folder / part)
    shutil.copy(PROJECT / "config.yaml", folder)
    (folder / "Snakefile").write_text(SNAKEFILE)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Path]:
    """The folder of a running Slurm."""
    if missing := [name for name in PLUGINS if not find_spec(name)]:
        pytest.exit(
            f"{', '.join(missing)} not installed\n  -> run make test-slurm, or pip install 'prismake[cluster]'", 1
        )
    folder = tmp_path_factory.mktemp("slurm") / "state"
    try:
        slurm.start(folder)
        yield folder
    except slurm.Fault as fault:
        pytest.exit(str(fault), 1)
    finally:
        slurm.stop(folder)


@pytest.fixture(scope="module")
def at_home(tmp_path_factory, cluster) -> Review:
    """The example, built without a cluster."""
    review = Review(tmp_path_factory.mktemp("home"), cluster)
    lay_out(review.folder)
    review.home()
    return review


@pytest.fixture
def review(tmp_path, cluster) -> Review:
    """The example, not yet built."""
    lay_out(tmp_path)
    return Review(tmp_path.resolve(), cluster)


@pytest.fixture
def kubectl(tmp_path_factory, cluster, monkeypatch) -> Iterator[Path]:
    """The folder of the jobs of a stand-in for `kubectl`, which stands among the commands of Slurm."""
    folder, command = Path(tmp_path_factory.mktemp("kubectl")), cluster / "bin/kubectl"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{PROJECT}/tests/cluster/kubectl.py' \"$@\"\n")
    command.chmod(0o755)
    monkeypatch.setenv("KUBECTL_JOBS", str(folder))
    yield folder
    command.unlink()


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_the_example_has_the_bytes_of_home(review, at_home, profile):
    output = review.build(profile=profile)
    assert "Flow: 428 identified" in output
    # Warnings of steps, which ran elsewhere, are printed here.
    assert "Traceback" not in output
    assert review.content("results/SHA256SUMS") == at_home.content("results/SHA256SUMS")


def test_a_large_review_has_the_bytes_of_home(tmp_path, cluster):
    export = runpy.run_path(str(PROJECT / "benchmarks/import.py"))["made_up"](tmp_path, LARGE)[0]
    home, away = Review(tmp_path / "home", cluster), Review((tmp_path / "away").resolve(), cluster)
    command = [str(Path(sys.executable).with_name("prismake")), "new", str(home.folder), str(export)]
    dated = ["--date", "2026-01-31", "--title", "A large review"]
    subprocess.run([*command, *dated], check=True, capture_output=True)
    # The first half is decided on, the other waits.
    with (home.folder / "data/screening/decisions.csv").open("a", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        for number in range(LARGE // 2):
            out.writerow((f"made-up:B{number:09d}", "abstract", "exclude", "off_topic", ""))
    shutil.copytree(home.folder, away.folder)
    home.home()
    output = away.build()
    assert f"{LARGE:,} identified" in output
    assert away.content("results/SHA256SUMS") == home.content("results/SHA256SUMS")


def test_shards_are_jobs_with_the_bytes_of_one_process(review, at_home):
    settings = review.folder / "config.yaml"
    settings.write_text(settings.read_text().replace("deduplication:\n", "deduplication:\n  shards: 3\n"))
    output = review.build(CLUSTERS)
    assert output.count("Comparing shard") == 3, output
    assert review.content() == at_home.content()


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_a_fault_of_the_review_is_one_message(review, profile):
    with (review.folder / "data/dedup/decisions.csv").open("a") as file:
        file.write("nope:1,nope:2,same,x\n")
    building = review.start(CLUSTERS, profile=profile)
    output = building.communicate()[1]
    assert building.returncode == 1
    assert output.count("ERROR") == output.count("no record has the id 'nope:1'") == 1, output
    assert "Traceback" not in output


def stopped(review: Review, at_home: Review, step: str, disturb: Callable[[int], object], profile: str) -> str:
    """Disturbs a step while it runs; what the build then printed. The next build makes what the one at home made."""
    building = review.start(CLUSTERS, profile=profile)
    disturb(review.running(step))
    output = building.communicate()[1]
    assert building.returncode == 1
    assert not (review.folder / CLUSTERS).exists()
    assert review.is_whole()
    review.build(CLUSTERS)
    assert review.content() == at_home.content()
    return output


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_a_job_that_is_cancelled_leaves_nothing(review, at_home, profile):
    output = stopped(
        review, at_home, "deduplicate", lambda _: review.ask("scancel", "--user", getpass.getuser()), profile
    )
    assert output.count("ERROR the cluster ended job") == output.count("ERROR") == 1, output
    assert "'deduplicate'" in output and "Traceback" not in output


def test_a_step_that_is_killed_leaves_nothing(review, at_home):
    output = stopped(review, at_home, "deduplicate", lambda number: os.kill(number, signal.SIGKILL), "generic")
    assert output.count("ERROR the cluster ended job") == output.count("ERROR") == 1, output


def test_a_step_that_takes_more_memory_than_it_has_leaves_nothing(review, at_home):
    building = review.start(CLUSTERS, "--set-resources", "import_export:mem_mb=10")
    output = building.communicate()[1]
    assert building.returncode == 1
    assert "import_export:mem_mb=" in output, output
    review.build(CLUSTERS)
    assert review.content() == at_home.content()


def crash(review: Review, node: str, step: int) -> None:
    """A node crashes: its daemon, the job and its step are gone at once."""
    slurm.kill(review.cluster, f"slurmd-{node}")
    daemon = next(process for process in psutil.Process(step).parents() if process.name().startswith("slurmstepd"))
    for process in (daemon, *daemon.children(recursive=True)):
        process.kill()


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_a_step_whose_node_crashes_runs_on_another(review, at_home, profile):
    building = review.start(CLUSTERS, profile=profile)
    step = review.running("deduplicate")
    node = review.ask("squeue", "--noheader", "--states=running", "--format=%N")
    crash(review, node, step)
    output = review.end(building)
    slurm.start_node(review.cluster, node)
    slurm.wait_for_node(review.cluster, node)
    assert "ERROR" not in output and "Traceback" not in output
    assert review.content() == at_home.content()
    assert review.is_whole()


@pytest.mark.parametrize("profile", ["generic", "slurm"])
def test_a_build_that_is_interrupted_cancels_its_jobs(review, at_home, profile):
    building = review.start(CLUSTERS, profile=profile)
    review.running("deduplicate")
    building.send_signal(signal.SIGINT)
    lines = building.communicate()[1].split("Finding duplicates\n")[1].split("\n")
    assert [line.split(":")[0] for line in lines if line] == ["Interrupted"]
    for _ in range(PATIENCE):
        if not (left := review.ask("squeue", "--noheader")):
            break
        time.sleep(1)
    assert left == ""
    review.build(CLUSTERS)
    assert review.content() == at_home.content()


def test_a_build_that_is_killed_locks_the_folder_until_it_is_unlocked(review, at_home):
    building = review.start(CLUSTERS)
    review.running("deduplicate")
    building.kill()
    building.communicate()
    locked = review.start(CLUSTERS).communicate()[1]
    assert "ERROR the review's folder is locked" in locked
    review.home("--unlock")
    review.build(CLUSTERS)
    assert review.content() == at_home.content()


def test_kubernetes_builds_the_bytes_of_home_and_its_jobs_are_cancelled(review, at_home, kubectl):
    building = review.start(CLUSTERS, profile="kubernetes")
    review.running("deduplicate")
    building.send_signal(signal.SIGINT)
    assert "Traceback" not in building.communicate()[1]
    assert not [file for file in kubectl.glob("*.process") if Path("/proc", file.read_text()).exists()]
    output = review.build(CLUSTERS, profile="kubernetes")
    assert "Finding duplicates" in output and "ERROR" not in output
    assert review.content() == at_home.content()


def test_two_builds_at_once_do_not_meet(review, at_home):
    first = review.start(CLUSTERS)
    review.running("import_export")
    second = review.start(CLUSTERS)
    output = second.communicate()[1]
    assert (
        second.returncode == 1
        and output.count("ERROR the review's folder is locked") == 1
        and "Traceback" not in output
    )
    assert first.wait() == 0
    assert review.content() == at_home.content()


def test_a_full_disk_is_one_message(tmp_path, cluster, at_home):
    folder = tmp_path.resolve() / "small"
    folder.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]).returncode:
        pytest.skip("only root can make a small disk")
    try:
        lay_out(folder)
        review = Review(folder, cluster)
        building = review.start()
        output = building.communicate()[1]
        assert building.returncode == 1
        assert output.count("ERROR") == output.count("the disk is full") == 1, output
        assert "Traceback" not in output
        subprocess.run(["mount", "-o", "remount,size=200m", str(folder)], check=True)
        assert review.is_whole()
        review.build()
        assert review.content("results/SHA256SUMS") == at_home.content("results/SHA256SUMS")
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
