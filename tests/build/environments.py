"""Environments that have the locked packages and Prismake as a wheel, but no checkout."""

import os
import shlex
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from .starting import LONGEST

# As pip writes it, so that a blank in the path of the interpreter does no harm.
SNAKEMAKE = """\
#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import sys
from snakemake.cli import main
sys.exit(main())
"""


class Environment:
    """A virtual environment: the packages of the one that runs the tests, without the checkout of its Prismake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        venv.create(folder, with_pip=False)
        packages = next((folder / "lib").glob("python*")) / "site-packages"
        shelves = [entry for entry in sys.path if entry.endswith("site-packages")]
        # The .pth files of a folder that is itself named by one are not read, so no editable install comes along.
        (packages / "zzz_locked.pth").write_text("".join(f"{shelf}\n" for shelf in shelves))
        # The one locked package that is a program of its own.
        program = "graphviz-pure"
        (self.bin / program).symlink_to((Path(sysconfig.get_path("scripts")) / program).resolve())
        snakemake = self.bin / "snakemake"
        snakemake.write_text(SNAKEMAKE.format(python=shlex.quote(str(self.bin / "python"))))
        snakemake.chmod(0o755)

    def install(self, *distribution: str | Path) -> None:
        """Installs a wheel or a tree, as pip names it, without what it depends on."""
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-build-isolation"]
        pip = [sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install", *options]
        subprocess.run([*pip, *map(str, distribution)], check=True, capture_output=True, text=True)

    def run(self, command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess:
        """Runs a line of a shell in a folder, as a person would who activated the environment, with more variables."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env={**self.variables(), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )

    def variables(self) -> dict[str, str]:
        """The variables of a shell in which the environment is active."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        cache = self.folder / "cache"
        return {**own, "PATH": f"{self.bin}{os.pathsep}{own['PATH']}", "XDG_CACHE_HOME": str(cache)}

    def output_of(self, command: str, folder: Path, **variables: str) -> str:
        """What a command wrote, which must succeed."""
        done = self.run(command, folder, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr
