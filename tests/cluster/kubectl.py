"""A stand-in for kubectl: jobs are processes of this computer, noted in the folder KUBECTL_JOBS.

It knows the three commands of `profiles/kubernetes/job.sh`, and takes a job's command and folder from its manifest.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import yaml

JOBS = Path(os.environ["KUBECTL_JOBS"])


def create() -> None:
    """Starts the job whose manifest comes on the way in, and prints its name."""
    job = yaml.safe_load(sys.stdin)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    number = sum(1 for _ in JOBS.glob("*.process")) + 1
    name = f"{job['metadata']['generateName']}{number}"
    command = f"{shlex.join(container['command'])}; echo $? > {shlex.quote(str(JOBS / f'{name}.status'))}"
    with (JOBS / f"{name}.out").open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", command],
            cwd=container["workingDir"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    (JOBS / f"{name}.process").write_text(str(process.pid), encoding="ascii")
    print(f"job.batch/{name}")


def get(job: str) -> None:
    """Prints the condition of a job that has ended, and nothing of one that runs."""
    status = JOBS / f"{Path(job).name}.status"
    if status.is_file():
        print("Complete" if int(status.read_text(encoding="ascii")) == 0 else "Failed", end="")


def delete(jobs: list[str]) -> None:
    """Ends jobs."""
    for job in jobs:
        with suppress(ProcessLookupError):
            os.killpg(int((JOBS / f"{Path(job).name}.process").read_text(encoding="ascii")), signal.SIGKILL)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["create", "-f", "-", "-o", "name"]:
            create()
        case ["get", str(name), "-o", str()]:
            get(name)
        case ["delete", "--wait=false", *names]:
            delete(names)
        case _:
            sys.exit(f"error: unknown command {sys.argv[1:]}")
