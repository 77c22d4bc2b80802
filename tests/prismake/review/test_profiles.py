"""The profiles of clusters, with a scheduler of a few lines in place of Slurm."""

import os
import subprocess
from types import SimpleNamespace

import pytest
import yaml
from prismake.common.yaml_files import load_yaml
from prismake.review.skeleton import PROFILES

from tests.places import PROJECT

# As long as Snakemake looks for a file of the name of each value.
LONGEST_NAME = 255
GENERIC = load_yaml(PROJECT / "profiles/generic/config.yaml")
KUBERNETES = load_yaml(PROJECT / "profiles/kubernetes/config.yaml")
# A profile whose files people change for their cluster is copied by them (docs/clusters.md).
COPIED = "profiles/kubernetes/"
UNREACHABLE = "squeue: error: Unable to contact slurm controller (connect failure)"


def test_a_review_gets_every_profile_that_works_as_it_is():
    files = [path.relative_to(PROJECT).as_posix() for path in (PROJECT / "profiles").rglob("*.*")]
    assert sorted(PROFILES) == sorted(file for file in files if not file.startswith(COPIED))


@pytest.mark.parametrize("profile", [*PROFILES, f"{COPIED}config.yaml"])
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


def test_a_job_of_kubernetes_asks_for_what_its_rule_states(tmp_path):
    folder = tmp_path / "a & b"
    (folder / "profiles").mkdir(parents=True)
    (folder / COPIED).symlink_to(PROJECT / COPIED)
    stated = SimpleNamespace(mem_mb=1234, runtime=15)
    command = KUBERNETES["cluster-generic-submit-cmd"].format(rule="count_flow", threads=3, resources=stated)
    job = yaml.safe_load(run(folder, f'{command} "{folder}/job.sh"', "kubectl", "cat"))
    pod = job["spec"]["template"]["spec"]
    assert job["metadata"]["labels"]["step"] == "count_flow"
    assert pod["activeDeadlineSeconds"] == 15 * 60
    (container,) = pod["containers"]
    assert container["command"] == ["sh", f"{folder}/job.sh"] and container["workingDir"] == str(folder)
    assert container["resources"] == {
        "requests": {"cpu": "3", "memory": "1234Mi"},
        "limits": {"memory": "1234Mi"},
    }
    assert "@" not in str(job)


@pytest.mark.parametrize(
    ("answer", "code", "word"),
    [
        ("Complete", 0, "success"),
        ("SuccessCriteriaMet Complete", 0, "success"),
        ("FailureTarget", 0, "running"),
        ("FailureTarget Failed", 0, "failed"),
        ("", 0, "running"),
        ('Error from server (NotFound): jobs.batch "x" not found', 1, "failed"),
        ("Unable to connect to the server: Failed", 1, "running"),
    ],
)
def test_the_state_of_a_job_of_kubernetes_is_one_word(tmp_path, answer, code, word):
    command = f"{KUBERNETES['cluster-generic-status-cmd']} 'job.batch/x'".replace("profiles/", f"{PROJECT}/profiles/")
    script = f"[ \"$2\" = job.batch/x ] || exit 9\necho '{answer}' >&{2 if code else 1}\nexit {code}"
    assert run(tmp_path, command, "kubectl", script) == word


def test_jobs_of_kubernetes_are_cancelled_by_a_single_word(tmp_path):
    command = str(PROJECT / KUBERNETES["cluster-generic-cancel-cmd"])
    assert run(tmp_path, f"{command} job.batch/x job.batch/y", "kubectl", 'echo "$@"') == (
        "delete --wait=false job.batch/x job.batch/y"
    )
