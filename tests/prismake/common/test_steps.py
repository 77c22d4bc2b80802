import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from prismake.common import made
from prismake.common.digests import file_digest
from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.step_logs import entries
from prismake.common.steps import KEPT_CALLS, PRINTS_SHARED, SHARED, report_issues, run


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


@dataclass(frozen=True)
class Pair:
    first: Path
    second: Path


def test_what_belongs_together_comes_as_one_object(tmp_path):
    got = []

    def main(*, pair: Pair, third: Path, draft: bool):
        got.append((pair, third, draft))

    given = rule(tmp_path, input={"first": "a", "third": "c"}, output={"second": "b"}, params={"draft": False})
    run(main, given)
    assert got == [(Pair(Path("a"), Path("b")), Path("c"), False)]


def test_a_call_is_kept_where_the_preview_asks_for_it(tmp_path, monkeypatch):
    given = rule(tmp_path, input={"a": "x.csv"}, output={"out": "o"}, params={"draft": True})
    given.rule = "render"
    monkeypatch.setenv(KEPT_CALLS, str(tmp_path))
    run(lambda **arguments: None, given)
    kept = json.loads((tmp_path / "render.json").read_text())
    assert kept == {"input": given.input, "output": given.output, "params": given.params, "log": given.log}


def test_a_parameter_that_a_step_does_not_take_is_a_fault_of_ours(tmp_path, capsys):
    def main(*, pair: Pair):
        raise AssertionError("called")

    with pytest.raises(SystemExit):
        run(main, rule(tmp_path, input={"first": "a"}))
    assert "second" in capsys.readouterr().err


def test_warnings_are_printed_and_errors_stop(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("prismake"), "propagate", True)
    warnings = [Issue("w", f"warning {number}", severity="warning") for number in range(25)]
    with caplog.at_level(logging.WARNING, "prismake"), pytest.raises(BuildStop) as stopped:
        report_issues([*warnings, Issue("e", "an error")])
    assert [issue.code for issue in stopped.value.issues] == ["e"]
    assert "warning 19" in caplog.text and "warning 20" not in caplog.text
    assert "5 more warnings" in caplog.text
    report_issues(warnings[:1])


def test_a_fault_of_the_review_is_one_message_and_the_trace_is_in_the_log(tmp_path, capsys):
    def main():
        raise stop("x", "no such record", where="decisions.csv:7", fix="remove the row")

    with pytest.raises(SystemExit) as ended:
        run(main, rule(tmp_path))
    output = capsys.readouterr().err
    assert ended.value.code == 1
    assert output.strip() == "ERROR decisions.csv:7: no such record\n  -> remove the row"
    assert "Traceback" in (tmp_path / "logs" / "step.log").read_text()


def divide() -> None:
    """A step with a fault of its own."""
    raise ZeroDivisionError


def test_a_fault_of_ours_says_so_and_names_the_log(tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(divide, rule(tmp_path))
    output = capsys.readouterr().err
    assert "ZeroDivisionError" in output and "fault in Prismake" in output and "step.log" in output
    assert "Traceback" not in output
    sys.stderr.flush()


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_is_one_message(tmp_path, capsys):
    def main() -> None:
        FULL.write_text("x")

    with pytest.raises(SystemExit):
        run(main, rule(tmp_path))
    output = capsys.readouterr().err
    assert output.count("ERROR") == output.count("the disk is full") == 1 and "Traceback" not in output
    assert "Traceback" in (tmp_path / "logs" / "step.log").read_text()


def test_a_step_may_take_the_digests_of_the_results_that_it_reads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result, got = Path("results/a.csv"), []
    result.parent.mkdir()
    result.write_text("a\n")
    made.note([result], {})

    def main(*, a: Path, digests: dict[Path, str]):
        got.append(digests)

    run(main, rule(tmp_path, input={"a": str(result)}))
    assert got == [{result: file_digest(result)}]


ALONE = """
import atexit, types
from prismake.common.steps import run

def main():
    print("written")

atexit.register(print, "taken down")
run(main, types.SimpleNamespace(input={}, output={}, params={}, log=[]))
"""


def test_the_process_of_a_rule_ends_with_its_step(tmp_path):
    done = subprocess.run([sys.executable, "-c", ALONE], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "written\n", "")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("log", ["step.log", "full"])
def test_a_full_disk_is_left_to_the_logger_which_prints_it_once(log, tmp_path, capsys, monkeypatch):
    def main() -> None:
        FULL.write_text("x")

    monkeypatch.setenv(PRINTS_SHARED, "1")
    logged = tmp_path / "logs" / "step.log"
    if log == "full":
        monkeypatch.setattr("prismake.common.steps._start_logging", lambda _: None)
        logged.parent.mkdir()
        logged.symlink_to(FULL)
    with pytest.raises(SystemExit):
        run(main, rule(tmp_path))
    printed = capsys.readouterr().err
    if log == "full":
        assert "the disk is full" in printed
    else:
        assert printed == ""
        assert entries(logged, SHARED)[0].startswith(f"{Path().absolute()}: the disk is full\n  -> make room")


def test_a_step_that_an_earlier_build_left_behind_keeps_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    result = Path("results/a.csv")

    def main(*, a: Path):
        a.parent.mkdir(exist_ok=True)
        a.write_text("old\n")

    def main_during_which_a_build_begins(*, a: Path):
        main(a=a)
        made.begin_build()

    made.begin_build()
    run(main, rule(tmp_path, output={"a": str(result)}))
    assert made.noted()[result]
    with pytest.raises(SystemExit):
        run(main_during_which_a_build_begins, rule(tmp_path, output={"a": str(result)}))
    assert made.noted() == {}
    assert "another build began while this step ran" in capsys.readouterr().err
