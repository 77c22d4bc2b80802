"""A review without a checkout: Prismake built as a wheel, installed elsewhere, and used there."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from prismake import __version__

from tests.places import PACKAGE, PROJECT

from .environments import Environment

pytestmark = pytest.mark.build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Environment:
    """An environment with the wheel, in a folder whose name has a blank."""
    environment = Environment(tmp_path_factory.mktemp("installed") / "an environment")
    environment.install(wheel)
    return environment


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
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == wanted


def test_the_source_distribution_makes_the_same_wheel(wheel, tmp_path):
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as other, zipfile.ZipFile(wheel) as archive:
        assert other.namelist() == archive.namelist()


def test_the_installed_package_is_not_the_checkout(installed, tmp_path):
    output = installed.output_of("python -c 'import prismake; print(prismake.PACKAGE)'", tmp_path)
    assert Path(output.strip()) != PACKAGE and installed.folder in Path(output.strip()).parents


@pytest.mark.parametrize("distribution", [(PROJECT,), ("--editable", PROJECT)], ids=["tree", "editable"])
def test_a_checkout_can_be_installed_both_ways(distribution, tmp_path):
    environment = Environment(tmp_path / "an environment")
    environment.install(*distribution)
    code = "import prismake as engine, snakemake_logger_plugin_prismake as plugin"
    code += "; print(engine.snakefile(), plugin.__file__, sep=chr(10))"
    lines = environment.output_of(f"prismake --version && python -c '{code}'", tmp_path).splitlines()
    assert lines[0] == f"prismake {__version__}"
    assert all(Path(line).is_file() for line in lines[1:])
    in_place = "--editable" in distribution
    assert [PROJECT in Path(line).parents for line in lines[1:]] == [in_place, in_place]


def test_the_command_that_new_prints_builds_the_review(installed, exports):
    output = installed.output_of("prismake new 'my review' pubmed.ris 'Web of Science.ris' --date 2026-01-31", exports)
    (command,) = re.findall(r"^ +(cd .*)$", output, re.MULTILINE)
    assert command == "cd 'my review' && snakemake"
    assert "4 identified, 1 duplicate, 3 screened" in installed.output_of(command, exports)
    assert (exports / "my review/results/figures/prisma.svg").is_file()
    # Where the environment is not active, the command names the programme by its path.
    output = installed.output_of(
        f"PATH=/usr/bin:/bin '{installed.bin}/prismake' new again pubmed.ris --date 2026-01-31", exports
    )
    (command,) = re.findall(r"^ +(cd .*)$", output, re.MULTILINE)
    assert "2 identified" in installed.output_of(f"PATH=/usr/bin:/bin; {command}", exports)
    # Started from elsewhere, the same folder has the same profile: cores are not asked for, and nothing is left to do.
    output = installed.output_of("snakemake -s 'my review/Snakefile' --directory 'my review'", exports)
    assert "Nothing" in output and not (exports / "results").exists()


def test_a_build_with_another_version_says_so_once(installed, exports):
    installed.output_of("prismake new mine pubmed.ris --date 2026-01-31", exports)
    config = exports / "mine/config.yaml"
    assert "WARNING" not in installed.output_of("cd mine && snakemake -n", exports)
    config.write_text(re.sub(r'engine: ".*"', 'engine: "0.0.7"', config.read_text()))
    output = installed.output_of("cd mine && snakemake", exports)
    assert output.count("WARNING config.yaml, review.engine") == output.count("is pinned to Prismake 0.0.7") == 1


def test_the_example_is_the_same_from_the_wheel(installed, example, tmp_path):
    review = tmp_path / "the review"
    pubmed = PROJECT / "data/searches/pubmed.nbib"
    installed.output_of(f"prismake new 'the review' '{pubmed}' --date 2026-01-31", tmp_path)
    for part in ("data", "manuscript"):
        shutil.copytree(PROJECT / part, review / part, dirs_exist_ok=True)
    shutil.copy(PROJECT / "config.yaml", review / "config.yaml")
    installed.output_of("cd 'the review' && snakemake", tmp_path)
    sums = (review / "results/SHA256SUMS").read_text()
    assert sums == (example / "results/SHA256SUMS").read_text()
    # What people want outside a build, in the folder of the review and elsewhere.
    docx = "results/manuscript/manuscript.docx"
    assert "checks, 0 errors" in installed.output_of(f"prismake check {docx} --journal j-pain-res", review)
    records = "the review/results/records/records.parquet"
    decisions = "the review/data/dedup/decisions.csv"
    installed.output_of(f"prismake dedup '{records}' --decisions '{decisions}' --output clusters.csv", tmp_path)
    assert (tmp_path / "clusters.csv").read_text().startswith("id,cluster\n")
    # A review that is moved to another depth, or sent, is as it was.
    (tmp_path / "shelf").mkdir()
    review.rename(tmp_path / "shelf" / "reviews")
    assert "Nothing to do" in installed.output_of("snakemake --dry-run", tmp_path / "shelf" / "reviews")
