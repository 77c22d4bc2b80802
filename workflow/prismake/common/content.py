"""The sources of a job as digests: its code, and every file that people make.

They go through the rule's params, so any changed byte runs exactly the steps that use it, whatever its time stamp.
Results of other steps count by name alone: a step that runs again passes that on by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prismake.common.digests import Digests, digest_of
from prismake.common.modules import modules_of
from prismake.common.places import RESULTS

CODE = "code"
RESULTS_READ = "which results it reads"
SETTINGS = "settings"


def params_digest(params: Iterable[Any]) -> str:
    """The digest of all params of a job: the digests of its code and sources, and its settings."""
    return digest_of(json.dumps(item, sort_keys=True, default=str) for item in params)


def parts_of(params: Iterable[Any]) -> dict[str, str]:
    """The digests of what a job is made from: its code, each of its sources (see `content`), its settings together."""
    every = list(params)
    texts = next((item for item in every if isinstance(item, list) and str(item[:1]).startswith(f"['{CODE} ")), [])
    named = dict(text.rsplit(" ", 1) for text in texts)
    return {**named, SETTINGS: params_digest(item for item in every if item is not texts)}


def code_digest(script: Path, digests: Digests, package: Path) -> str:
    """The digest of a script and of the modules of the package that it imports, wherever both lie."""
    modules = [(file.relative_to(package).as_posix(), file) for file in modules_of(script, package)]
    named = [(script.name, script), *modules]
    return digest_of(text for name, file in named for text in (name, digests.of(file)))


def content(code: str, inputs: Iterable[str], digests: Digests, package: Path) -> list[str]:
    """The sources of a job, one text for each: its code, the names of its results, or a source; a space, the digest.

    Code is the script with its modules, whose digest is `code`, and the package's data among the inputs (schemas,
    fonts, filters), which a review gets with the engine. A source is any other input outside of the results' folder.
    No text depends on where the review and the engine lie.
    """
    data, sources, results = {}, set(), set()
    for path in map(Path, inputs):
        if package in (file := path.resolve()).parents:
            data[file.relative_to(package).as_posix()] = file
        elif RESULTS in path.parents:
            results.add(path.as_posix())
        else:
            sources.add(path)
    parts = (text for name, file in sorted(data.items()) for text in (name, digests.of(file)))
    return [
        f"{CODE} {digest_of([code, *parts])}",
        f"{RESULTS_READ} {digest_of(sorted(results))}",
        # A source that is not there is Snakemake's to report, with the rule that needs it.
        *(f"{path.as_posix()} {digests.of(path)}" for path in sorted(sources) if path.exists()),
    ]
