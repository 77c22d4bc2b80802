"""A build in which each step notes what it opens, what it was given and what it took."""

import json
from pathlib import Path
from typing import Any

# Code is followed by its imports, and the notes of results by what made them.
OTHERS = ("results/.made/", ".snakemake/", ".shelf/")
# Python runs this at its start. In a step's process it notes what is opened for reading, and what the rule declares.
SPY = """
import atexit, json, os, resource, sys

opened = set()


def spy(event, given):
    if event == "open" and isinstance(given[0], (str, os.PathLike)) and not given[2] & (os.O_WRONLY | os.O_RDWR):
        opened.add(os.path.realpath(given[0]))
    elif event in ("os.listdir", "os.scandir") and isinstance(given[0], (str, os.PathLike)):
        opened.add(os.path.realpath(given[0]))


def tell():
    step = getattr(sys.modules["__main__"], "snakemake", None)
    if step is not None:
        declared = [os.path.realpath(path) for path in [*step.input, *step.output, *step.log]]
        given = {name: step.resources.get(name) for name in ("mem_mb", "runtime")} | {"threads": step.threads}
        # Of the programs that it started the largest.
        taken = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        about = {"rule": step.rule, "opened": sorted(opened), "declared": declared, "given": given}
        about |= {"taken_mb": taken / 1024, "processors": os.environ.get("OMP_NUM_THREADS")}
        with open(os.path.join(os.environ["SPY"], f"{os.getpid()}.json"), "w") as file:
            json.dump(about, file)


def leave(code, really=os._exit):
    # A step whose outputs are noted ends so.
    tell()
    really(code)


sys.addaudithook(spy)
atexit.register(tell)
os._exit = leave
"""


def build_spied(review: Any, *arguments: str) -> str:
    """Builds; what the build said. The folder `reads` of its shelf then holds a file per process of a step."""
    folder = review.shelf / "reads"
    folder.mkdir()
    (review.shelf / "sitecustomize.py").write_text(SPY)
    output: str = review.build(*arguments, SPY=str(folder))
    return output


def notes(review: Any) -> list[dict[str, Any]]:
    """What each process of a step noted."""
    return [json.loads(file.read_text()) for file in (review.shelf / "reads").iterdir()]


def undeclared_reads(review: Any) -> dict[str, set[str]]:
    """Rule -> the files of the checkout and the review that its step opened and the rule does not name."""
    undeclared: dict[str, set[str]] = {}
    for step in notes(review):
        declared = {Path(path) for path in step["declared"]}
        files = [Path(path) for path in step["opened"] if Path(path).is_file() and review.folder in Path(path).parents]
        names = {path.relative_to(review.folder).as_posix() for path in files if not declared & {path, *path.parents}}
        known = {name for name in names if name.endswith((".py", ".pyc")) or name.startswith(OTHERS)}
        undeclared.setdefault(step["rule"], set()).update(names - known)
    return undeclared
