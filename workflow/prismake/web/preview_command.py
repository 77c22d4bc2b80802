"""`prismake preview`: the page in a browser, made anew whenever a file of the review changes."""

from __future__ import annotations

import argparse
import os
import threading
import webbrowser
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from prismake import PACKAGE
from prismake.common.errors import inert, stop
from prismake.common.processors import processors
from prismake.web.rebuilding import PAGE, Rebuilding
from prismake.web.server import Listeners, Server

# What a build writes, and what other programs keep in the folder.
IGNORED = frozenset({"results", ".snakemake", ".git", ".venv", "__pycache__"})
# Files that an editor or a spreadsheet program keeps beside the one that is open.
BESIDE = ("~$", ".~lock", ".#")
# Milliseconds after which the wait for changes is asked whether it should go on.
WAKES = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake preview`."""
    parser.add_argument("folder", type=Path, nargs="?", default=Path(), help="the review's folder (default: this one)")
    parser.add_argument("--port", type=int, default=0, help="the port to serve at (default: one that is free)")
    parser.add_argument("--no-browser", action="store_true", help="open no browser, print the address alone")
    parser.add_argument("--cores", type=int, default=processors(), help="cores for builds (default: all)")


def written_by_people(path: Path, review: Path) -> bool:
    """Whether a file of the review is one that a change of its own makes the page out of date."""
    parts = path.relative_to(review).parts if path.is_relative_to(review) else ()
    name = path.name
    return bool(parts) and not IGNORED.intersection(parts) and not name.startswith(BESIDE) and not name.endswith("~")


def _watch(review: Path, rebuilding: Rebuilding, listeners: Listeners, changes: Iterable[set[tuple[Any, str]]]) -> None:
    for batch in changes:
        changed = {path for _, name in batch if written_by_people(path := Path(name), review)}
        if changed:
            _make(rebuilding, listeners, changed)


def _make(rebuilding: Rebuilding, listeners: Listeners, changed: Iterable[Path] = ()) -> None:
    message = rebuilding.after(set(changed))
    if message:
        print(f"\n{inert(message)}\n", flush=True)
        listeners.announce("stopped", message)
    else:
        print("The page is up to date.", flush=True)
        listeners.announce("made")


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake preview` until it is interrupted. Raises BuildStop where the folder is no review with a text, or
    its port is taken.
    """
    from watchfiles import watch

    if not (arguments.folder / "config.yaml").is_file():
        fix = "name the folder of a review, or start one: prismake new --help"
        raise stop("no-review", "there is no config.yaml", where=str(arguments.folder), fix=fix)
    os.chdir(arguments.folder)
    review, listeners, rebuilding = Path.cwd(), Listeners(), Rebuilding(arguments.cores)
    program = (PACKAGE / "web" / "assets" / "reload.js").read_text(encoding="utf-8")
    try:
        server = Server(arguments.port, PAGE.absolute(), program, listeners)
    except (OSError, OverflowError) as fault:
        raise stop(
            "port", f"cannot be served at: {fault}", where=f"port {arguments.port}", fix="name another"
        ) from None
    print(f"Serving {server.address}\nMaking the page …", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        # Watching begins before the first build, so that what is saved meanwhile is not missed.
        changes = watch(review, raise_interrupt=True, rust_timeout=WAKES, yield_on_timeout=True)
        saved = next(changes)
        _make(rebuilding, listeners)
        if not arguments.no_browser:
            webbrowser.open(server.address)
        _watch(review, rebuilding, listeners, chain([saved], changes))
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        server.shutdown()
    return 0
