"""Values about the primary studies of an umbrella review: how many there are, and how much the reviews overlap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prismake.common.values import Tree, Value, count, noun
from prismake.synthesis.primary import degree, inclusions_of, primary_studies

AREA = "corrected covered area (Pieper 2014)"


def primary_values(extraction: Mapping[str, Any], table: str) -> Tree:
    """`primary_studies.n`, `.several` and `.reviews`, and of several reviews `.area` and what it is called, `.overlap`.

    `extraction` is the content of results/studies.json, `table` the file of the primary studies.
    """
    listed = primary_studies(extraction)
    made, ids = inclusions_of(listed.items()), tuple(study for study, names in listed.items() if any(names))
    more: dict[str, Any] = {"files": (table,) if table else (), "studies": ids}
    studies, several = len(made.studies), sum(len(one) > 1 for one in made.studies.values())
    values: Tree = {
        "n": count(studies, "primary studies of the reviews, each once", noun("primary studies"), **more),
        "several": count(several, "primary studies that several reviews include", noun("primary studies"), **more),
        "reviews": count(len(made.reviews), "reviews whose primary studies are listed", noun("reviews"), **more),
    }
    if made.area is not None:
        values["area"] = Value(100 * made.area, "measure", AREA, "%", places=0, **more)
        values["overlap"] = Value(degree(made.area), "text", f"what a {AREA} is called", **more)
    return {"primary_studies": values}
