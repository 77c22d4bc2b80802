"""Extractions of published meta-analyses, as the step that collects studies writes them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.settings import whole

DATA = Path(__file__).parent / "data"
Extraction = dict[str, Any]


def extraction(
    outcomes: Mapping[str, Sequence[Mapping[str, Any]]],
    studies: Mapping[str, Mapping[str, Any]] | None = None,
    arms: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    numeric: Sequence[str] = (),
) -> Extraction:
    """The content of results/studies.json: study -> rows of outcomes, facts of studies, rows of arms."""
    facts = studies or {}
    names = list(dict.fromkeys(["label", "year", *(key for one in facts.values() for key in one)]))
    return {
        "columns": {name: {"number": name in ("year", *numeric), "list": False} for name in names},
        "codes": {},
        "parts": {"outcomes": {}, "arms": {}},
        "places": {study: [f"outcomes.csv:{n}" for n, _ in enumerate(rows, 2)] for study, rows in outcomes.items()},
        "studies": [
            {
                "study_id": study,
                "label": study,
                "year": 2000 + at,
                **dict.fromkeys(names[2:]),
                **facts.get(study, {}),
                "parts": {
                    "outcomes": [{"outcome": "death", **row} for row in rows],
                    "arms": list((arms or {}).get(study, [])),
                },
            }
            for at, (study, rows) in enumerate(outcomes.items())
        ],
    }


def settings(**about: Any) -> dict[str, Any]:
    """The block `synthesis` with one meta-analysis, `death`, and every default."""
    named = {"outcome": "death", **about}
    return whole({"extraction": "x", "label": "label", "year": "year", "meta": {"death": named}}, "synthesis")


def two_arms(n1: object, n2: object, first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a treated and a control arm."""
    return [{"arm": "treated", "n_analyzed": n1, **first}, {"arm": "control", "n_analyzed": n2, **second}]


def read(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bcg() -> Extraction:
    """The 13 trials of BCG against tuberculosis (Colditz 1994)."""
    outcomes, facts = {}, {}
    for row in read("bcg"):
        study = f"{row['author'].split()[0].lower()}{row['year']}_{row['trial']}"
        treated, control = int(row["tpos"]) + int(row["tneg"]), int(row["cpos"]) + int(row["cneg"])
        outcomes[study] = two_arms(treated, control, {"n_events": int(row["tpos"])}, {"n_events": int(row["cpos"])})
        facts[study] = {
            "label": f"{row['author']} {row['year']}",
            "year": int(row["year"]),
            "ablat": int(row["ablat"]),
            "alloc": row["alloc"],
        }
    return extraction(outcomes, facts, numeric=["ablat"])


def hine() -> Extraction:
    """The six trials of lidocaine (Normand 1999, Table VII)."""
    return extraction(
        {
            row["source"]: two_arms(
                int(row["n1i"]), int(row["n2i"]), {"n_events": int(row["ai"])}, {"n_events": int(row["ci"])}
            )
            for row in read("hine1989")
        }
    )


def normand() -> Extraction:
    """The nine studies of length of stay (Normand 1999, Table IX); decimals are text, as reported."""
    return extraction(
        {
            row["source"]: two_arms(
                int(row["n1i"]),
                int(row["n2i"]),
                {"value_mean": row["m1i"], "value_sd": row["sd1i"]},
                {"value_mean": row["m2i"], "value_sd": row["sd2i"]},
            )
            for row in read("normand1999")
        }
    )
