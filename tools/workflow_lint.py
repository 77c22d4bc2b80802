"""Runs `snakemake --lint` and prints what it finds, all but one lint that this workflow answers otherwise.

Snakemake's linter asks for a conda environment or a container in each rule. The software of every step is the Python
environment that `requirements.lock` pins with hashes; a second list that nothing builds from would only go stale.
"""

import re
import subprocess
import sys

ANSWERED = "Specify a conda environment or container for each rule.:"
PARAGRAPH = re.compile(r"^Lints for (?P<rule>.*):\n(?P<lints>(?: .*\n?)+)", re.MULTILINE)
LINT = re.compile(r"^    \* (.*)$", re.MULTILINE)


def main() -> int:
    """Exit code 1 where the linter finds anything else."""
    command = [sys.executable, "-m", "snakemake", "--lint"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    lints = [(part["rule"], lint) for part in PARAGRAPH.finditer(output) for lint in LINT.findall(part["lints"])]
    if done.returncode and not lints:
        sys.stderr.write(output)
        return done.returncode
    left = [f"{rule}: {lint}" for rule, lint in lints if lint != ANSWERED]
    print("\n".join(left) or "Snakemake's linter found nothing")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
