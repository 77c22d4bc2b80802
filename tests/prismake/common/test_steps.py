import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from prismake.common.errors import stop
from prismake.common.steps import run


def rule(tmp_path, **parts):
    return SimpleNamespace(
        input=parts.get("input", {}),
        output=parts.get("output", {}),
        params=parts.get("params", {}),
        log=[str(tmp_path / "logs" / "step.log")],
    )


def test_a_step_gets_paths_and_params_by_name(tmp_path):
    got = {}
    given = rule(
        tmp_path,
        input={"a": "x.csv", "many": ["y", "z"]},
        output={"out": "o"},
        params={"draft": True},
    )
    run(lambda **arguments: got.update(arguments), given)
    assert got == {"a": Path("x.csv"), "many": [Path("y"), Path("z")], "out": Path("o"), "draft": True}


def test_a_fault_of_the_review_is_one_message_and_the_trace_is_in_the_log(tmp_path, capsys):
    def main():
        raise stop("x", "no such record", where="decisions.csv:7", fix="remove the row")

    with pytest.raises(SystemExit) as ended:
        run(main, rule(tmp_path))
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert said.strip() == "ERROR decisions.csv:7: no such record\n  -> remove the row"
    assert "Traceback" in (tmp_path / "logs" / "step.log").read_text()


def divide() -> None:
    """A step with a fault of its own."""
    raise ZeroDivisionError


def test_a_fault_of_ours_says_so_and_names_the_log(tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(divide, rule(tmp_path))
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said and "fault in Prismake" in said and "step.log" in said
    assert "Traceback" not in said
    sys.stderr.flush()
