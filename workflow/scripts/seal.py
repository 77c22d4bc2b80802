"""The seal: SHA-256 of every result, so that two builds can be compared with one command."""

from pathlib import Path

from prismake.common.writing import write_text
from prismake.submission.seal import digest


def seal(*, results: list[Path], sums: Path) -> None:
    """Writes `SHA256SUMS` in the form that `sha256sum --check` reads, sorted by path, paths relative to its folder.

    A folder among the results stands for all files in it.
    """
    here = sums.parent.resolve()
    files = [file for path in results for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    # Snakemake marks a folder that a rule makes with a hidden file of its own.
    named = {file.resolve().relative_to(here).as_posix(): file for file in files if file.name[0] != "."}
    write_text(sums, "".join(f"{digest(file)}  {name}\n" for name, file in sorted(named.items())))


if "snakemake" in globals():
    from prismake.common.steps import run

    run(seal, globals()["snakemake"])
