"""The plots that a review can have, by the names that its text uses: which there are, and which the text places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from prismake.common.reading import read_text
from prismake.review.appraisal_tables import forms_named
from prismake.review.primary_studies import PRIMARY

# Plots of one meta-analysis, and of one appraisal form: KIND_NAME.
OF_ANALYSIS = ("forest", "leave_one_out", "cumulative", "funnel", "trim_and_fill", "bubble", "weighted")
OF_FORM = ("lights", "summary")
# Plots over all outcomes that say which direction is better.
ACROSS = ("directions", "harvest")
WORD = re.compile(r"[A-Za-z0-9_-]+")


def plot_names(config: Mapping[str, Any]) -> list[str]:
    """The name of every plot that the settings allow: forest_NAME, lights_FORM, directions, …"""
    synthesis = config.get("synthesis") or {}
    analyses, counted = synthesis.get("meta") or {}, synthesis.get("directions")
    names = [f"{kind}_{name}" for name in analyses for kind in OF_ANALYSIS]
    names += [f"{kind}_{form}" for form in forms_named(config.get("appraisal") or {}) for kind in OF_FORM]
    parts = (synthesis.get("extraction") or {}).get("parts") or {}
    return [*names, *(ACROSS if analyses or counted else ()), *([PRIMARY] if PRIMARY in parts else [])]


def plots_used(texts: Iterable[Path], names: Iterable[str]) -> list[str]:
    """Those of some names that the texts contain as words: each has to be written out, as in figure("forest_pain")."""
    words = {word for text in texts for word in WORD.findall(read_text(text))}
    return [name for name in names if name in words]


def kind_and_subject(name: str) -> tuple[str, str]:
    """What a plot is and of what: `("forest", "mortality")`, `("directions", "")`."""
    for kind in (*OF_ANALYSIS, *OF_FORM):
        if name.startswith(f"{kind}_"):
            return kind, name.removeprefix(f"{kind}_")
    return name, ""
