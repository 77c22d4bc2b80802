import pytest
from prismake.common import typesetting


def test_typst_uses_the_processors_of_its_job_alone(monkeypatch):
    class Started(Exception):
        """In place of the run."""

    def run_program(command, content, *, environment, **more):
        assert environment["RAYON_NUM_THREADS"] == "3"
        raise Started

    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setattr(typesetting, "run_program", run_program)
    with pytest.raises(Started):
        typesetting.typeset({"main.typ": b""}, [])
