"""A git revision that does not build says why."""

import pytest
from prismake.common.errors import BuildStop
from prismake.revision.builds import build


def test_what_the_build_printed_is_reported(tmp_path):
    (tmp_path / "workflow/prismake").mkdir(parents=True)
    (tmp_path / "Snakefile").write_text("raise ValueError('no file of the package matches')\n")
    with pytest.raises(BuildStop, match="no file of the package matches") as stopped:
        build(tmp_path, "own", "v1")
    assert "--code present" in stopped.value.issues[0].fix


EVIL = "from pathlib import Path\nPath('PWNED').write_text(__file__)\nraise ImportError\n"


def test_no_module_of_the_revision_stands_in_for_one_of_the_environment(tmp_path):
    for name in ("yaml", "prismake", "snakemake", "_compat_pickle"):
        (tmp_path / f"{name}.py").write_text(EVIL)
    (tmp_path / "config.yaml").write_text("searches: none\n")
    with pytest.raises(BuildStop, match="searches"):
        build(tmp_path, "present", "v1")
    assert not (tmp_path / "PWNED").exists()


def test_a_revision_with_modules_where_snakemake_looks_for_them_is_not_built(tmp_path):
    (tmp_path / ".snakemake/pip-deployments").mkdir(parents=True)
    with pytest.raises(BuildStop, match="pip-deployments"):
        build(tmp_path, "present", "v1")
