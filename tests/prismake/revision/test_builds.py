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
