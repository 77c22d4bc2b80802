"""The list of mutants that survive, and how a mutant is named."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.places import PACKAGE, PROJECT
from tools.mutants import LISTED, ROOMS, Listed, Mutant, chosen, kills, read_listed, report, results, without_texts

SOURCE = """\
def share(part, whole):
    message = "no whole"
    if not whole:
        raise stop(
            "whole", message, fix="give one"
        )
    return part / whole
"""
# As mutmut writes a file: the original, then the mutants of it.
GENERATED = """\
def x_share__mutmut_orig(part, whole):
    if whole > 0:
        return part / whole
    return 0
def x_share__mutmut_3(part, whole=2):
    if whole > 0:
        return part / whole
    return 0
def x_share__mutmut_1(part, whole):
    if whole >= 0:
        return part / whole
    return 0
def x_share__mutmut_2(part, whole):
    if whole > 0:
        return part * whole
    return 0
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run with one survivor of three."""
    folder = tmp_path / "mutants/src/prismake/flow"
    folder.mkdir(parents=True)
    (folder / "shares.py").write_text(GENERATED)
    codes = {f"prismake.flow.shares.x_share__mutmut_{number}": code for number, code in ((1, 0), (2, 1), (3, 36))}
    (folder / "shares.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    return tmp_path


MODULES = ["prismake/flow/shares.py"]
SURVIVOR = Mutant("flow.shares.share", "if whole > 0:", "if whole >= 0:")


def test_a_mutant_is_its_function_and_its_text_wherever_it_stands(run: Path) -> None:
    assert list(results(run, MODULES)) == [
        (SURVIVOR, False),
        (Mutant("flow.shares.share", "return part / whole", "return part * whole"), True),
        (Mutant("flow.shares.share", "def (part, whole):", "def (part, whole=2):"), True),
    ]


def test_kills_are_kept_and_survivors_tried_again(run: Path) -> None:
    ((path, meta),) = kills(run).items()
    assert path == Path("mutants/src/prismake/flow/shares.py.meta")
    assert list(json.loads(meta)["exit_code_by_key"].values()) == [None, 1, 36]


def test_a_survivor_needs_a_reason_and_a_reason_a_survivor(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [*results(run, MODULES), *((Mutant("flow.shares.share", "", str(n)), True) for n in range(40))]
    assert not report(items, Listed({}, {}), ["flow.shares"])
    assert 'was = "if whole > 0:"' in capsys.readouterr().out
    assert report(items, Listed({SURVIVOR: "a whole is never zero"}, {}), ["flow.shares"])
    assert report(items, Listed({}, {("flow.shares", re.compile(">=")): "never zero"}), ["flow.shares"])
    assert not report(items, Listed({}, {("flow.boxes", re.compile(">=")): "never zero"}), ["flow.shares"])
    other = Mutant("flow.shares.share", "return 0", "return 1")
    assert not report(items, Listed({SURVIVOR: "never zero", other: "never"}, {}), ["flow.shares"])
    assert "no longer survives" in capsys.readouterr().out
    assert report(items, Listed({SURVIVOR: "never zero", other: "never"}, {}), ["flow.other"]) is True


def test_too_many_survivors_fail_even_with_reasons(run: Path) -> None:
    assert not report(list(results(run, MODULES)), Listed({SURVIVOR: "a whole is never zero"}, {}), ["flow.shares"])


def test_texts_of_messages_are_left_alone() -> None:
    marked = [line.endswith("# pragma: no mutate") for line in without_texts(SOURCE).splitlines()]
    assert marked == [False, True, False, True, True, True, False]


def test_a_sample_is_a_share_of_the_lines_and_always_the_same() -> None:
    source = "".join(f"x{number} = {number}\n" for number in range(1000))
    sample = without_texts(source, 20)
    assert sample == without_texts(source, 20)
    assert 150 < 1000 - sample.count("# pragma: no mutate") < 250
    kept = {line for line in sample.splitlines() if "pragma" not in line}
    assert kept <= {line for line in without_texts(source, 50).splitlines() if "pragma" not in line}


def test_the_tracked_list_names_what_is_there() -> None:
    listed = read_listed(LISTED)
    named = {mutant.function for mutant in listed.single} | {function for function, _ in listed.patterns if function}
    for name in named:
        room, *parts = name.split(".")
        # A module in a folder of its room: pooling/rows.
        module = next((one for one in ROOMS[room][0] if one.split("/") == parts[: len(one.split("/"))]), "")
        assert module, name
        if function := parts[len(module.split("/")) :]:
            assert f"def {function[-1]}(" in (PACKAGE / room / f"{module}.py").read_text(encoding="utf-8"), name


def test_a_reason_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "mutants.toml").write_text('[[survivor]]\nfunction = "f"\nwas = "a"\nnow = "b"\nreason = " "\n')
    with pytest.raises(ValueError, match="no reason"):
        read_listed(tmp_path / "mutants.toml")


def test_every_room_has_its_job() -> None:
    jobs = yaml.safe_load((PROJECT / ".github/workflows/mutants.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["mutants"]["strategy"]["matrix"]["room"] == list(ROOMS)


def test_rooms_and_modules_can_be_chosen() -> None:
    assert set(chosen([])) == set(ROOMS)
    assert chosen(["flow.boxes", "flow.count"]) == {"flow": ["boxes", "count"]}
    with pytest.raises(ValueError, match="nowhere"):
        chosen(["nowhere"])
    for room, (modules, tests) in ROOMS.items():
        assert all((PACKAGE / room / f"{module}.py").is_file() for module in modules), room
        assert all((PROJECT / "tests/prismake" / test).exists() for test in tests), room
