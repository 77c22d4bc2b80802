"""Values about automation: what took part in the review beside people, and the statement that reports it.

PRISMA-trAIce (Holst et al, JMIR AI 2025;4:e80247) and the RAISE guidance ask for it: each tool with version and maker,
what it did, who checked it, and how well it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake import __version__
from prismake.common.errors import counted
from prismake.common.values import Tree, Value, count, noun

UNEVALUATED = "Its performance in this review was not evaluated."


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _tool(entry: Mapping[str, Any]) -> str:
    """The sentences on one tool of `review.automation`."""
    named = " ".join(filter(None, (entry["tool"], str(entry.get("version", "")))))
    about = ", ".join(filter(None, (entry.get("maker"), entry.get("used") and f"used {entry['used']}")))
    first = f"{named}{f' ({about})' if about else ''} {entry['task'].strip().rstrip('.')}."
    evaluation = _sentence(entry["evaluation"]) if "evaluation" in entry else UNEVALUATED
    return " ".join([first, _sentence(entry["oversight"]), evaluation])


def _by_rules(flow: Mapping[str, Any]) -> list[tuple[str, int]]:
    """(label of the stage, records excluded by its rules), for each stage whose rules excluded any."""
    boxes = {box["id"]: box for box in flow["boxes"]}
    return [
        (next(entry["label"] for entry in boxes.values() if _enters(entry, box)), box["n"])
        for box in boxes.values()
        if box["role"] == "split" and box["id"].endswith(".automation") and box["n"]
    ]


def _enters(entry: Mapping[str, Any], box: Mapping[str, Any]) -> bool:
    same = (entry.get("stage"), entry.get("column")) == (box.get("stage"), box.get("column"))
    return entry["role"] == "screened" and same


def automation_values(tools: Sequence[Mapping[str, Any]], flow: Mapping[str, Any], config: str = "config.yaml") -> Tree:
    """The statement on automation, the tools that the settings name, and the records that rules excluded."""
    rules = _by_rules(flow)
    parts = [
        f"Duplicate records were identified with Prismake {__version__} by fixed rules, without machine learning.",
        *(
            f"Fixed rules, set by the authors, excluded {counted(n, 'record')} at the stage “{label}”."
            for label, n in rules
        ),
        *(_tool(entry) for entry in tools),
    ]
    how = "review.automation and the rules of the stages"
    return {
        "statement": Value(" ".join(parts), "text", how, files=(config,)),
        "tools": Value([entry["tool"] for entry in tools], "list", "tools of review.automation", files=(config,)),
        "n_tools": count(len(tools), "tools of review.automation", noun("tools"), files=(config,)),
        "by_rules": count(sum(n for _, n in rules), "records that rules of the stages excluded", noun("records")),
    }
