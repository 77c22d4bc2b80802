"""The studies of each plot of effects or appraisals, listed below it: a picture has no lines to click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from prismake.common.values import Ledger
from prismake.web.article import Element
from prismake.web.flow import study_route

META = "meta."


def drawn_studies(ledger: Ledger, appraisal: Mapping[str, Any]) -> dict[str, list[str]]:
    """Name of each meta-analysis and appraisal form -> its studies; plots are named by them, `forest_mortality`."""
    shown = {
        name.removeprefix(META): list(value.studies)
        for name, value in ledger.items()
        if name.startswith(META) and name.count(".") == 1 and value.studies
    }
    for one in appraisal.get("appraisals", ()):
        studies = shown.setdefault(one["form"], [])
        if one["study_id"] not in studies:
            studies.append(one["study_id"])
    return shown


def plots_in(article: Element, shown: Mapping[str, Sequence[str]]) -> list[tuple[Element, Sequence[str]]]:
    """(figure, its studies) for each figure of an article as pandoc wrote it whose picture is a plot of studies."""

    def studies(picture: Element) -> Sequence[str]:
        stem = PurePosixPath(picture.get("src", "")).stem
        # One name may be the end of another.
        names = sorted((name for name in shown if stem.endswith(f"_{name}")), key=len)
        return shown[names[-1]] if names else ()

    def listed() -> Iterator[tuple[Element, Sequence[str]]]:
        for figure in article.xpath(".//div[contains(concat(' ', @class, ' '), ' fig ')]"):
            for picture in figure.iter("img"):
                if own := studies(picture):
                    yield figure, own

    return list(listed())


def list_studies(plots: Sequence[tuple[Element, Sequence[str]]], studies: Mapping[str, Mapping[str, Any]]) -> None:
    """Puts below each plot the list of its studies, each a link to what is behind it."""
    for figure, own in plots:
        known = [id for id in own if id in studies]
        if not known:
            continue
        details = etree.SubElement(figure, "details", {"class": "studies"})
        etree.SubElement(details, "summary").text = f"Studies of this figure: {len(known)}"
        items = etree.SubElement(details, "ul")
        for id in known:
            etree.SubElement(etree.SubElement(items, "li"), "a", {"href": study_route(id)}).text = studies[id]["name"]
