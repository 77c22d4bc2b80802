"""the supplement as one Markdown file, which the document stage makes into DOCX and PDF like the manuscript."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from prismake.common.errors import BuildStop, Issue
from prismake.submission.checklists import Float
from prismake.submission.pages import Pages

# What the supplement's look changes in the journal's profile: it is read, not edited, and counts its own tables.
LOOK: dict[str, dict[str, Any]] = {
    "text": {"line_spacing": 1.15, "line_numbers": False},
    "tables": {
        "label": "Supplementary Table",
        "plural": "Supplementary Tables",
        "placement": "text",
        "landscape_from": 12,
    },
    "figures": {"label": "Supplementary Figure", "plural": "Supplementary Figures", "placement": "text"},
    "keywords": {"min": 0},
    "title_page": {"file": "same", "counts": ["tables", "figures"]},
}
# What a journal asks of a manuscript and not of its supplement.
DEMANDS = ("sections", "limits", "blinding", "submission", "variants")
EXCLUDED_COLUMNS = ("row", "record_id", "report", "title", "reason")
DESCRIBED = ("record_id", "title", "author", "year", "journal", "volume", "number", "pages", "doi")


def supplement_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The journal's profile with the look of a supplement, without what it asks of a manuscript."""
    look = {block: {**profile.get(block, {}), **changes} for block, changes in LOOK.items()}
    return {key: value for key, value in profile.items() if key not in DEMANDS} | look


def head_of(manuscript: Path) -> dict[str, Any]:
    """The YAML head of the rendered manuscript."""
    _, head, _ = manuscript.read_text(encoding="utf-8").split("---\n", 2)
    loaded: dict[str, Any] = yaml.safe_load(head)
    return loaded


def floats_of(pages: Pages, captions: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, Float]:
    """The manuscript's tables and figures on their pages; those that its PDF does not show are left out.

    `captions` maps `tbl:x` and `fig:x` to captions, `labels` maps `tbl` and `fig` to the journal's words for them.
    """
    found = {}
    for name, caption in captions.items():
        if place := pages.float(labels[name.partition(":")[0]], caption):
            found[name] = Float(*place)
    return found


def read_json(path: Path) -> Any:
    """The content of a JSON file that an earlier step wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def stages(agreement: Sequence[Path]) -> list[dict[str, Any]]:
    """The stages of results/screening/agreement.json that two or more reviewers judged."""
    if not agreement:
        return []
    data = read_json(agreement[0])
    stages: list[dict[str, Any]] = data["stages"] if isinstance(data, dict) else data
    if not isinstance(stages, list):
        raise BuildStop(Issue("agreement", "lists no stages", agreement[0].as_posix(), "build the screening again"))
    return stages
