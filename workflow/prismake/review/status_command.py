"""`prismake status`: the review at a glance, and the next step."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

from prismake.common.errors import stop
from prismake.common.places import RESULTS, SCHEMAS
from prismake.common.yaml_files import house_yaml
from prismake.review import configuration as reviews
from prismake.review.status import next_step, status_of
from prismake.review.summary import summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `prismake status`."""
    parser.add_argument("folder", type=Path, nargs="?", default=Path(), help="the review's folder (default: this one)")
    parser.add_argument("--json", action="store_true", help="print all that is known, as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Runs `prismake status`. Raises BuildStop where the folder is no review, or its settings are faulty."""
    if not (arguments.folder / "config.yaml").is_file():
        fix = "name the folder of a review, or start one: prismake new --help"
        raise stop("no-review", "there is no config.yaml", where=str(arguments.folder), fix=fix)
    # Places in the settings start in the review's folder.
    os.chdir(arguments.folder)
    schema = house_yaml(SCHEMAS / "config.schema.yaml")
    config = reviews.filled(reviews.load_config(Path("config.yaml"), SCHEMAS), schema)
    status = status_of(Path(), config)
    step = next_step(status)
    if arguments.json:
        print(json.dumps({**asdict(status), "next": asdict(step)}, ensure_ascii=False, indent=1))
    elif not status.built:
        print(f"Not built yet.\nNext: {step.text}: {step.how}")
    else:
        decisions = config["deduplication"].get("decisions", "a table of decisions")
        print(summary(RESULTS, decisions, status).strip())
    return 0
