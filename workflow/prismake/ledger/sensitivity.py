"""Values about the sensitivity of pooled figures to the appraisal: the same figures over the studies that it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prismake.common.results.synthesis import APPRAISAL
from prismake.common.values import Tree, Value
from prismake.ledger.studies import SENSITIVITY, Settings, Sources, listed, pooled_values
from prismake.synthesis.figures import name_of, patients_counted, pooled_figure

FILES = (APPRAISAL.path,)
LOW = (*SENSITIVITY, "low", "risk", "bias", "quality", "appraisal", "restricted", "limited", "only")


def sensitivity_values(
    selections: Mapping[str, Any], extraction: Mapping[str, Any], settings: Settings, sources: Sources
) -> Tree:
    """Name of a selection -> its studies, those left out, the pooled figures over it, and the same by outcome.

    `selections` are those of results/appraisal.json. Where a selection keeps all studies or none, it has no figures.
    """
    counted, _ = patients_counted(extraction["studies"], extraction["overlaps"])
    return {
        name: {
            **_selected(name, chosen, ""),
            "pooled": _pooled(chosen, counted, settings, sources),
            "about": {name_of(what): _selected(name, own, what) for what, own in chosen["about"].items()},
        }
        for name, chosen in selections.items()
    }


def _selected(name: str, chosen: Mapping[str, Any], about: str) -> Tree:
    of = f" for {about}" if about else ""
    left = tuple(chosen["left_out"])
    kept = listed(chosen["studies"], f"studies that '{name}' keeps{of}", files=FILES, roles=(LOW,))
    how = f"studies that '{name}' leaves out{of}"
    return {**kept, "left_out": Value(list(left), "studies", how, studies=left, files=FILES)}


def _pooled(chosen: Mapping[str, Any], counted: list[dict[str, Any]], settings: Settings, sources: Sources) -> Tree:
    kept = [study for study in counted if study["study_id"] in chosen["studies"]]
    if not kept or len(kept) == len(counted):
        return {}
    patients = settings["patients"]
    return {
        name: pooled_values(name, rule, pooled_figure(kept, rule, patients), sources, patients, roles=(LOW,))
        for name, rule in settings["pooled"].items()
    }
