"""The profiles of clusters, with a scheduler of a few lines in place of Slurm."""

import os
import subprocess
from types import SimpleNamespace

import pytest
from prismake.common.yaml_files import load_yaml
from prismake.review.skeleton import PROFILES

from tests.places import PROJECT

# As long as Snakemake looks for a file of the name of each value.
LONGEST_NAME = 255
GENERIC = load_yaml(PROJECT / "profiles/generic/config.yaml")
UNREACHABLE = "squeue: error: Unable to contact slurm controller (connect failure)"


def test_a_review_gets_every_profile():
    assert sorted(PROFILES) == sorted(
        path.relative_to(PROJECT).as_posix() for path in (PROJECT / "profiles").rglob("*.*")
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_snakemake_can_read_the_values(profile):
    for value in map(str, load_yaml(PROJECT / profile).values()):
        assert max(len(part) for part in value.split("/")) < LONGEST_NAME


def run(folder, command, program, script):
    """What a command prints with a program of a scheduler in its PATH."""
    (folder / program).write_text(f"#!/bin/sh\n{script}\n")
    (folder / program).chmod(0o755)
    path = os.pathsep.join((str(folder), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize(
    ("answer", "code", "word"),
    [
        ("COMPLETED", 0, "success"),
        ("PENDING", 0, "running"),
        ("COMPLETING", 0, "running"),
        (UNREACHABLE, 1, "running"),
        ("CANCELLED", 0, "failed"),
        ("NODE_FAIL", 0, "failed"),
        ("OUT_OF_MEMORY", 0, "failed"),
        ("slurm_load_jobs error: Invalid job id specified", 1, "failed"),
    ],
)
def test_the_state_of_a_job_is_one_word(tmp_path, answer, code, word):
    command = f"{GENERIC['cluster-generic-status-cmd']} '27'"
    script = f'[ "$7" = 27 ] || exit 9\necho "{answer}" >&{2 if code else 1}\nexit {code}'
    assert run(tmp_path, command, "squeue", script) == word


def test_a_job_asks_for_what_its_rule_states(tmp_path):
    stated = SimpleNamespace(mem_mb=1234, runtime=15)
    command = GENERIC["cluster-generic-submit-cmd"].format(rule="screen", threads=3, resources=stated)
    printed = run(tmp_path, f'{command} "job.sh"', "sbatch", 'echo "$@"')
    assert (tmp_path / ".snakemake/cluster").is_dir()
    assert {"--parsable", "--cpus-per-task=3", "--mem=1234", "--time=15", "job.sh"} <= set(printed.split())
