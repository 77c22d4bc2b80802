"""The orders and values that the preflight holds documents to are those of Microsoft's Open XML SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest
from prismake.preflight import schema


@cache
def sdk() -> dict[str, Any]:
    """The schema of WordprocessingML as openxml-audit carries it."""
    pytest.importorskip("openxml_audit", reason="openxml-audit is not installed")
    name = "data/openxml/schemas/schemas_openxmlformats_org_wordprocessingml_2006_main.json"
    content: dict[str, Any] = json.loads(files("openxml_audit").joinpath(name).read_text(encoding="utf-8"))
    return content


def places(particle: dict[str, Any]) -> Iterator[set[str]]:
    """The elements of a content model, those that share a place together."""
    if "Name" in particle:
        yield {particle["Name"].rsplit("/", 1)[-1]}
        return
    inner = [list(places(item)) for item in particle.get("Items", [])]
    if particle.get("Kind") == "Choice":
        yield {name for place in inner for names in place for name in names}
    else:
        for place in inner:
            yield from place


def types_of(element: str) -> list[dict[str, Any]]:
    return [kind for kind in sdk()["Types"] if kind["Name"].endswith(f"/w:{element}") and kind.get("Particle")]


@pytest.mark.parametrize("parent", sorted(schema.ORDER))
def test_the_order_is_that_of_the_sdk(parent: str) -> None:
    ours = {name: place for place, names in enumerate(schema.ORDER[parent]) for name in names.split("|")}
    kinds = types_of(parent)
    assert kinds, f"the SDK has no {parent}"
    for kind in kinds:
        order = [{name[2:] for name in names if name.startswith("w:")} for names in places(kind["Particle"])]
        order = [names - schema.ANYWHERE for names in order if names - schema.ANYWHERE]
        for names in order:
            assert names <= set(ours), f"{kind['Name']}: {names - set(ours)}"
        for earlier, later in pairwise(order):
            assert max(ours[name] for name in earlier) <= min(ours[name] for name in later), (
                kind["Name"],
                earlier,
                later,
            )


def test_orders_name_each_element_once() -> None:
    for parent, order in schema.ORDER.items():
        names = [name for names in order for name in names.split("|")]
        assert len(names) == len(set(names)), parent


@cache
def values() -> dict[str, set[str]]:
    return {kind["Type"]: {facet["Value"] for facet in kind["Facets"]} for kind in sdk()["Enums"]}


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("w:ST_Jc", schema.VALUES["jc", "val"]),
        ("w:ST_Shd", schema.VALUES["shd", "val"]),
        ("w:ST_Underline", schema.VALUES["u", "val"]),
        ("w:ST_FldCharType", schema.VALUES["fldChar", "fldCharType"]),
        ("w:ST_PageOrientation", schema.VALUES["pgSz", "orient"]),
        ("w:ST_TblWidth", schema.VALUES["tblW", "type"]),
        ("w:ST_StyleType", schema.VALUES["style", "type"]),
        ("w:ST_LineNumberRestart", schema.VALUES["lnNumType", "restart"]),
        ("w:ST_SectionMark", schema.VALUES["type", "val"]),
        ("w:ST_TabJc", schema.VALUES["tab", "val"]),
        ("w:ST_HighlightColor", schema.VALUES["highlight", "val"]),
    ],
)
def test_values_are_those_of_the_sdk(name: str, ours: frozenset[str]) -> None:
    assert values()[name] == set(ours)


def test_borders_are_lines_of_the_sdk() -> None:
    assert values()["w:ST_Border"] > set(schema.BORDERS)
