"""Word documents judged by Microsoft's Open XML SDK, which `make test` installs with npm, or else by openxml-audit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SHELF = Path(sys.prefix) / "ooxml" / "node_modules" / "@xarsh"
NO_SDK = "the Open XML SDK is not installed; `make test` installs it where there is npm"


def sdk() -> Path | None:
    """The program that carries the SDK, or None."""
    return next(iter(sorted(SHELF.glob("ooxml-validator-*/ooxml-validator*"))), None)


def _faults_by_sdk(program: Path, file: Path) -> list[str]:
    done = subprocess.run(
        [str(program), str(file), "Microsoft365"],
        capture_output=True,
        check=True,
        timeout=600,
        # The machine may have none of the files by which .NET knows languages.
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    verdict = json.loads(done.stdout)
    faults = [f"{file.name} {fault['path']} {fault['xPath']}: {fault['description']}" for fault in verdict["errors"]]
    return faults or ([] if verdict["ok"] else [f"{file.name} is not valid"])


def faults_of(files: Iterable[Path]) -> list[str]:
    """What is wrong with Word documents. Skips the test where nothing can judge them."""
    program = sdk()
    if program:
        # The program takes one file; two of them run side by side.
        with ThreadPoolExecutor(2) as pool:
            return [fault for faults in pool.map(lambda file: _faults_by_sdk(program, file), files) for fault in faults]
    audit = pytest.importorskip("openxml_audit", reason=f"{NO_SDK}; nor is openxml-audit")
    return [f"{file.name}: {fault}" for file in files for fault in audit.OpenXmlValidator().validate(str(file)).errors]
