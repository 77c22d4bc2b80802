"""The page made anew after a change: a changed text by the two steps that it needs, anything else by Snakemake."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import prismake
from prismake.common.steps import KEPT_CALLS, run

PAGE = Path("results/manuscript/manuscript.html")
# The steps from a changed text to the page: rule -> its function, which is that of a script of its name.
STEPS = {"render": "render", "write_html": "write_html"}
# The steps that load most of what a build of the page needs.
LOADED = (*STEPS, "write_page_supplement", "draw_flow", "take_in_figures", "pool", "screen")
# Where a process can be copied, the copy has all modules loaded already.
CAN_COPY = hasattr(os, "fork")


class _Params(dict[str, Any]):
    """Params as Snakemake hands them on: a mapping that runs through its values."""

    def __iter__(self) -> Any:
        return iter(self.values())


def _function(rule: str) -> Callable[..., None]:
    """The function of a step."""
    path = Path(prismake.snakefile()).parent / "workflow" / "scripts" / f"{rule}.py"
    spec = importlib.util.spec_from_file_location(f"prismake_step_{rule}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    function: Callable[..., None] = getattr(module, STEPS[rule])
    return function


def _output(text: str) -> str:
    """What a person needs of a build's output: its first message."""
    at = text.find("ERROR ")
    return text[at if at >= 0 else -2000 :].removeprefix("ERROR ").strip() or "the build stopped without a message"


class _Waiting:
    """A build that has loaded what it needs and waits for its start, with the folder in which it keeps calls."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "prismake.web.waiting", *LOADED],
            env={**os.environ, KEPT_CALLS: self.folder.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def build(self, arguments: Sequence[str]) -> tuple[str, dict[str, Any]]:
        """Builds; the message of a build that stopped, else nothing, and the calls of the steps by their rules."""
        _, errors = self.process.communicate(json.dumps(arguments) + "\n")
        with self.folder as folder:
            kept = {rule: Path(folder) / f"{rule}.json" for rule in STEPS}
            calls = {
                rule: json.loads(path.read_text(encoding="utf-8")) for rule, path in kept.items() if path.is_file()
            }
        return _output(errors) if self.process.returncode else "", calls


class Rebuilding:
    """Makes the page of the review in the current folder anew."""

    def __init__(self, cores: int) -> None:
        self.cores = cores
        self.waiting: _Waiting | None = None
        self.calls: dict[str, dict[str, Any]] = {}
        self.functions: dict[str, Callable[..., None]] = {}

    def by_snakemake(self) -> str:
        """Builds what the page needs; the message of a build that stopped, else nothing."""
        arguments = ["--snakefile", prismake.snakefile(), "--cores", str(self.cores)]
        waiting = self.waiting or _Waiting()
        message, self.calls = waiting.build([*arguments, "--forcerun", *STEPS, "--", PAGE.as_posix()])
        # The next one loads while its author reads and writes.
        self.waiting = _Waiting()
        return message

    def texts(self) -> set[Path]:
        """The files of text that the two steps alone have to read again."""
        named = self.calls.get("render", {}).get("input", {})
        sections = named.get("sections", [])
        return {Path(path).absolute() for path in [*sections, *filter(None, [named.get("metadata")])]}

    def _by_steps(self) -> None:
        for rule in STEPS:
            call = self.calls[rule]
            job = SimpleNamespace(
                input=call["input"], output=call["output"], params=_Params(call["params"]), log=call["log"], rule=rule
            )
            if rule not in self.functions:
                self.functions[rule] = _function(rule)
            run(self.functions[rule], job)

    def _by_copy(self) -> str:
        """Runs the steps in a copy of this process, which keeps nothing of what they read."""
        for rule in STEPS:
            self.functions.setdefault(rule, _function(rule))
        with tempfile.TemporaryFile() as output:
            child = os.fork()
            if not child:
                code = 1
                try:
                    os.dup2(output.fileno(), 2)
                    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
                    self._by_steps()
                    code = 0
                except SystemExit as ended:
                    code = int(bool(ended.code))
                finally:
                    sys.stderr.flush()
                    os._exit(code)
            _, status = os.waitpid(child, 0)
            output.seek(0)
            return _output(output.read().decode("utf-8", "replace")) if status else ""

    def after(self, changed: Collection[Path]) -> str:
        """Makes the page anew after files changed; the message of what stopped it, else nothing."""
        is_text = bool(changed) and set(changed) <= self.texts() and all(path.is_file() for path in changed)
        if is_text and CAN_COPY and set(self.calls) == set(STEPS):
            return self._by_copy()
        return self.by_snakemake()
