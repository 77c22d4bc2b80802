"""A review without a checkout: Prismake built as a wheel, installed elsewhere, and used there."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from prismake import __version__

from tests.places import PACKAGE, PROJECT

from .environments import Environment

pytestmark = pytest.mark.build

# Not the exports: no checkout changes them (data/.gitattributes), and the PDF carries the checksums of their bytes.
WRITTEN = {".csv", ".yaml", ".md", ".bib", ".csl"}
# The settings of another person's machine, which has no UTF-8.
ELSEWHERE = {
    "LC_ALL": "C",
    "LANG": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONHASHSEED": "1",
    "TZ": "Asia/Kathmandu",
    "HOME": "/nonexistent",
    "USER": "someone",
    "LOGNAME": "someone",
    "TERM": "dumb",
    "COLUMNS": "20",
    "SOURCE_DATE_EPOCH": "1700000000",
}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from the source distribution of this tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Environment:
    """An environment with the wheel, in a folder whose name has a blank."""
    environment = Environment(tmp_path_factory.mktemp("installed") / "an environment")
    environment.install(wheel)
    return environment


def names_in(wheel: Path) -> set[str]:
    """The files that a wheel installs, but for what describes it."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_every_file_of_the_engine_and_nothing_else(wheel):
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "workflow", "profiles", "Snakefile"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    packages = ("workflow/prismake/", "workflow/snakemake_logger_plugin_prismake/")
    wanted = {
        file.removeprefix("workflow/") if file.startswith(packages) else f"prismake/engine/{file}"
        for file in tracked
        if (PROJECT / file).exists()
    }
    assert names_in(wheel) == wanted


def test_the_installed_package_is_not_the_checkout(installed, tmp_path):
    output = installed.output_of("python -c 'import prismake; print(prismake.PACKAGE)'", tmp_path)
    assert Path(output.strip()) != PACKAGE and installed.folder in Path(output.strip()).parents


@pytest.mark.parametrize("distribution", [(PROJECT,), ("--editable", PROJECT)], ids=["tree", "editable"])
def test_a_checkout_can_be_installed_both_ways(distribution, wheel, tmp_path):
    environment = Environment(tmp_path / "an environment")
    environment.install(*distribution)
    code = "import prismake as engine, snakemake_logger_plugin_prismake as plugin"
    code += "; print(engine.snakefile(), plugin.__file__, sep=chr(10))"
    lines = environment.output_of(f"prismake --version && python -c '{code}'", tmp_path).splitlines()
    assert lines[0] == f"prismake {__version__}"
    assert all(Path(line).is_file() for line in lines[1:])
    in_place = "--editable" in distribution
    assert [PROJECT in Path(line).parents for line in lines[1:]] == [in_place, in_place]
    (packages,) = environment.folder.glob("lib/python*/site-packages")
    assert in_place or all((packages / name).is_file() for name in names_in(wheel))


def test_the_command_that_new_prints_builds_the_review(installed, exports):
    output = installed.output_of("prismake new 'my review' pubmed.ris 'Web of Science.ris' --date 2026-01-31", exports)
    (command,) = re.findall(r"^ +(cd .*)$", output, re.MULTILINE)
    assert command == "cd 'my review' && snakemake"
    built = installed.output_of(command, exports)
    assert "4 identified, 1 duplicate, 3 screened" in built and "WARNING config.yaml" not in built
    assert (exports / "my review/results/figures/prisma.svg").is_file()
    # Where the environment is not active, the command names the programme by its path.
    output = installed.output_of(
        f"PATH=/usr/bin:/bin '{installed.bin}/prismake' new again pubmed.ris --date 2026-01-31", exports
    )
    (command,) = re.findall(r"^ +(cd .*)$", output, re.MULTILINE)
    # A build with another version than the review is pinned to says so once.
    config = exports / "again/config.yaml"
    config.write_text(re.sub(r'engine: ".*"', 'engine: "0.0.7"', config.read_text()))
    again = installed.output_of(f"PATH=/usr/bin:/bin; {command} results/import/imports.csv", exports)
    assert (exports / "again/results/import/imports.csv").is_file()
    assert again.count("WARNING config.yaml, review.engine") == again.count("is pinned to Prismake 0.0.7") == 1
    # Started from elsewhere, the same folder has the same profile: cores are not asked for, and nothing is left to do.
    output = installed.output_of("snakemake -s 'my review/Snakefile' --directory 'my review'", exports)
    assert "Nothing" in output and not (exports / "results").exists()


def lay_out_backwards(source: Path, target: Path) -> None:
    """The same files, made in the other order (so that folders list them so), each older than the one before."""
    for number, file in enumerate(sorted((f for f in source.rglob("*") if f.is_file()), reverse=True)):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(as_on_windows(file))
        os.utime(copy, (1_500_000_000 - number * 1000,) * 2)


def as_on_windows(file: Path) -> bytes:
    """A file's content with the line ends that a checkout on Windows may give it."""
    content = file.read_bytes()
    return content.replace(b"\n", b"\r\n") if file.suffix in WRITTEN and b"\r\n" not in content else content


def test_the_example_is_the_same_from_the_wheel_whatever_the_place_person_dates_and_line_ends(
    installed, example, tmp_path
):
    review = tmp_path / "ünder a longer näme"
    pubmed = PROJECT / "data/searches/pubmed.nbib"
    installed.output_of(f"prismake new '{review.name}' '{pubmed}' --date 2026-01-31", tmp_path)
    for part in ("data", "manuscript"):
        lay_out_backwards(PROJECT / part, review / part)
    (review / "config.yaml").write_bytes(as_on_windows(PROJECT / "config.yaml"))
    before = os.umask(0o077)
    try:
        installed.output_of("snakemake --cores=1", review, **ELSEWHERE)
    finally:
        os.umask(before)
    sums = (review / "results/SHA256SUMS").read_text()
    assert sums == (example / "results/SHA256SUMS").read_text()
    # What people want outside a build, in the folder of the review and elsewhere.
    docx = "results/manuscript/manuscript.docx"
    assert "checks, 0 errors" in installed.output_of(f"prismake check {docx} --journal j-pain-res", review)
    records = review / "results/records/records.parquet"
    decisions = review / "data/dedup/decisions.csv"
    installed.output_of(f"prismake dedup '{records}' --decisions '{decisions}' --output clusters.csv", tmp_path)
    assert (tmp_path / "clusters.csv").read_text().startswith("id,cluster\n")
    # A review that is moved to another depth, or sent, is as it was.
    (tmp_path / "shelf").mkdir()
    review.rename(tmp_path / "shelf" / "reviews")
    assert "Nothing to do" in installed.output_of("snakemake --dry-run", tmp_path / "shelf" / "reviews")
