"""A real Slurm on one machine, with two nodes, for tests: `python -m tools.slurm start FOLDER` and `stop FOLDER`.

Everything that it writes is in the folder, the daemons run as whoever starts them, and the commands in `FOLDER/bin`
lead to them, so a Slurm of the machine itself stays as it is. The programs come from the packages `slurm-wlm` and
`munge` of Debian or Ubuntu; with `--accounting` also from `slurmdbd` and `mariadb-server`.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PROGRAMS = {
    "munged": "munge",
    "slurmctld": "slurmctld",
    "slurmd": "slurmd",
    "sbatch": "slurm-client",
    "slurmdbd": "slurmdbd",
    "mariadbd": "mariadb-server",
    "mariadb-install-db": "mariadb-server",
}
COMMANDS = ("sbatch", "srun", "scancel", "squeue", "sinfo", "scontrol", "sacct", "sacctmgr")
ACCOUNTING = ("slurmdbd", "mariadbd", "mariadb-install-db")
# Debian keeps daemons where the PATH of a person does not lead.
PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
NODES = ("one", "two")
# Seconds until a daemon answers, or has gone.
PATIENCE = 60

SLURM = """\
ClusterName=prismake
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
MpiDefault=none
ReturnToService=2
# Seconds after which a node that does not answer counts as lost.
SlurmdTimeout=30
SchedulerParameters=sched_interval=2,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
# A job that takes more memory than it asked for is ended, as a cluster with cgroups does.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill,UsePss
{accounting}
{nodes}
PartitionName=main Nodes=ALL Default=YES State=UP MaxTime=INFINITE
"""
STORED = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={dbd}
AccountingStoragePass={folder}/munge.socket
"""
DATABASE = """\
DbdHost=localhost
DbdPort={dbd}
SlurmUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={sql}
StorageUser={user}
StorageLoc=slurm
PidFile={folder}/slurmdbd.pid
LogFile={folder}/slurmdbd.log
"""


class Fault(Exception):
    """Why Slurm does not start, and what to do."""


def check_programs(accounting: bool) -> None:
    """Raises Fault where a program is missing, with the packages to install."""
    needed = [name for name in PROGRAMS if accounting or name not in ACCOUNTING]
    if missing := [name for name in needed if not shutil.which(name, path=PLACES)]:
        packages = " ".join(dict.fromkeys(PROGRAMS[name] for name in missing))
        raise Fault(f"{', '.join(missing)} not found\n  -> install the packages: apt-get install {packages}")


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def memory() -> int:
    """MB of memory that each node may give: half of what is free now."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    free = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    return free // 1024 // len(NODES)


def write_settings(folder: Path, ports: list[int], accounting: bool) -> None:
    """Writes the key and the settings of all daemons."""
    ctld, dbd, sql, *slurmds = ports
    about = {"folder": folder, "user": getpass.getuser(), "host": socket.gethostname(), "dbd": dbd, "sql": sql}
    cores = len(os.sched_getaffinity(0))
    node = f"NodeHostname={about['host']} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory()}"
    nodes = [f"NodeName={name} {node} Port={port}" for name, port in zip(NODES, slurmds, strict=True)]
    stored = STORED.format(**about) if accounting else ""
    settings = SLURM.format(**about, ctld=ctld, accounting=stored, nodes="\n".join(nodes))
    (folder / "slurm.conf").write_text(settings, encoding="utf-8")
    if accounting:
        (folder / "slurmdbd.conf").write_text(DATABASE.format(**about), encoding="utf-8")
        (folder / "slurmdbd.conf").chmod(0o600)
    (folder / "munge.key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge.key").chmod(0o400)
    for place in ("state", "bin", *(f"spool-{name}" for name in NODES)):
        (folder / place).mkdir()
    # Jobs start commands too, some of them without Slurm's variables.
    for name in COMMANDS:
        if program := shutil.which(name, path=PLACES):
            command = folder / "bin" / name
            command.write_text(f"#!/bin/sh\nexport SLURM_CONF='{folder}/slurm.conf'\nexec {program} \"$@\"\n", "utf-8")
            command.chmod(0o755)


def commands(folder: Path) -> dict[str, str]:
    """The variables with which Slurm's commands and daemons find this Slurm."""
    own = os.pathsep.join((str(folder / "bin"), PLACES))
    return {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"), "PATH": own}


def launch(folder: Path, name: str, *command: str) -> None:
    """Starts a daemon in the foreground of its own session; its process is noted in the folder."""
    program = shutil.which(command[0], path=PLACES)
    assert program
    with (folder / f"{name}.out").open("wb") as output:
        daemon = subprocess.Popen(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=commands(folder),
            start_new_session=True,
        )
    (folder / f"{name}.process").write_text(f"{daemon.pid} {started(daemon.pid)}", encoding="ascii")


def started(process: int) -> str:
    """When a process started, so that no other with its number is taken for it; empty where it has ended."""
    try:
        state, *fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state == "Z" else fields[18]


def wait_for(folder: Path, what: str, *command: str, answer: str = "") -> None:
    """Waits until a command succeeds and prints an answer. Raises Fault with what it printed last."""
    end, printed = time.monotonic() + PATIENCE, ""
    while time.monotonic() < end:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=commands(folder))
        printed = done.stdout + done.stderr
        if done.returncode == 0 and answer in printed:
            return
        time.sleep(0.2)
    raise Fault(f"{what} did not start in {PATIENCE} seconds: {printed.strip()}\n  -> look into the logs in {folder}")


def start_database(folder: Path, port: int) -> None:
    """Starts MariaDB, and the daemon that keeps what jobs did."""
    data = folder / "mariadb"
    subprocess.run(
        ["mariadb-install-db", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
        env=commands(folder),
    )
    user, at = getpass.getuser(), f"--socket={folder}/mariadb.socket"
    options = [f"--datadir={data}", at, f"--port={port}", "--bind-address=127.0.0.1", f"--user={user}"]
    launch(folder, "mariadbd", "mariadbd", "--no-defaults", *options, f"--pid-file={folder}/mariadb.pid")
    wait_for(folder, "MariaDB", "mariadb", at, "--user=root", "--execute=SELECT 1")
    orders = ["CREATE DATABASE slurm"]
    for host in ("localhost", "127.0.0.1"):
        orders += [f"CREATE OR REPLACE USER '{user}'@'{host}'", f"GRANT ALL ON *.* TO '{user}'@'{host}'"]
    order = f"--execute={'; '.join(orders)}"
    subprocess.run(["mariadb", at, "--user=root", order], check=True, env=commands(folder))
    launch(folder, "slurmdbd", "slurmdbd", "-D")
    wait_for(folder, "slurmdbd", "sacctmgr", "--immediate", "add", "cluster", "prismake", answer="prismake")


def start(folder: Path, *, accounting: bool = False) -> None:
    """Starts Slurm with its state in a folder, in place of one that is running there. Raises Fault where it cannot."""
    check_programs(accounting)
    stop(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o755)
    ports = free_ports(3 + len(NODES))
    write_settings(folder, ports, accounting)
    munge = [f"--{name}={folder}/munge.{name}" for name in ("socket", "pid-file", "log-file", "seed-file")]
    launch(folder, "munged", "munged", "--foreground", "--force", f"--key-file={folder}/munge.key", *munge)
    wait_for(folder, "munged", "munge", f"--socket={folder}/munge.socket", "--no-input")
    if accounting:
        start_database(folder, ports[2])
    launch(folder, "slurmctld", "slurmctld", "-D")
    wait_for(folder, "slurmctld", "scontrol", "ping", answer="is UP")
    for name in NODES:
        start_node(folder, name)
    for name in NODES:
        wait_for_node(folder, name)


def start_node(folder: Path, name: str) -> None:
    """Starts the daemon of a node."""
    launch(folder, f"slurmd-{name}", "slurmd", "-D", "-N", name)


def wait_for_node(folder: Path, name: str) -> None:
    """Waits until a node can take jobs. Raises Fault where it cannot."""
    wait_for(folder, f"node {name}", "sinfo", "--noheader", f"--nodes={name}", "--format=%T", answer="idle")


def kill(folder: Path, name: str) -> None:
    """Kills a daemon, as a crash would."""
    process, _, since = (folder / f"{name}.process").read_text(encoding="ascii").partition(" ")
    if since and started(int(process)) == since:
        os.kill(int(process), signal.SIGKILL)


def stop(folder: Path) -> None:
    """Ends the jobs and the daemons that were started in a folder, the newest first."""
    notes = sorted(folder.glob("*.process"), key=lambda note: note.stat().st_mtime_ns, reverse=True)
    if notes and shutil.which("scancel"):
        cancel = ["scancel", "--user", getpass.getuser()]
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(cancel, capture_output=True, check=False, timeout=10, env=commands(folder))
    for note in notes:
        process, _, since = note.read_text(encoding="ascii").partition(" ")
        end = time.monotonic() + PATIENCE
        while since and started(int(process)) == since and time.monotonic() < end:
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGTERM)
            time.sleep(0.2)
        if since and started(int(process)) == since:
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        note.unlink()


def main() -> int:
    """Exit code 1 with a message where Slurm does not start."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("start", "stop"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounting", action="store_true", help="with slurmdbd and MariaDB, so that sacct answers")
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    if arguments.action == "stop":
        stop(folder)
        return 0
    try:
        start(folder, accounting=arguments.accounting)
    except Fault as fault:
        stop(folder)
        print(f"ERROR {fault}", file=sys.stderr)
        return 1
    print(f"Slurm is running; lead your commands to it: export PATH={folder}/bin:$PATH")
    return 0


if __name__ == "__main__":
    sys.exit(main())
