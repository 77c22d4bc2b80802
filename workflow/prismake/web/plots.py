"""The plots of effects and appraisals in the page: their studies open what is behind them, in and below the picture."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from prismake.common.values import Ledger
from prismake.review.plot_names import kind_and_subject
from prismake.trace.numbers import Number
from prismake.web.article import Element
from prismake.web.flow import study_route

META = "meta."


@dataclass(frozen=True)
class ShownPlot:
    """A plot in the article: its figure, its picture, the studies in it, and its page as results/plots.json has it."""

    figure: Element
    picture: Element
    studies: Sequence[str]
    page: Mapping[str, Any]


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


def plots_in(
    article: Element, pages: Iterable[Mapping[str, Any]], shown: Mapping[str, Sequence[str]]
) -> list[ShownPlot]:
    """The plots in an article as pandoc wrote it; `pages` are the entries of results/plots.json.

    The studies of a page are those that stand in it, or else, where points alone show them, those of its subject in
    `shown`.
    """
    by_file = {PurePosixPath(page["file"]).stem: page for page in pages}

    def listed() -> Iterator[ShownPlot]:
        for figure in article.xpath(".//div[contains(concat(' ', @class, ' '), ' fig ')]"):
            for picture in figure.iter("img"):
                if page := by_file.get(PurePosixPath(picture.get("src", "")).stem):
                    own = list(dict.fromkeys(study for study, *_ in page["spots"] if study))
                    yield ShownPlot(figure, picture, own or shown.get(kind_and_subject(page["id"])[1], ()), page)

    return list(listed())


def lay_over(picture: Element, doors: Element) -> None:
    """Lays links over a picture, in place."""
    frame = etree.Element("span", {"class": "plot"})
    picture.getparent().replace(picture, frame)
    frame.tail, picture.tail = picture.tail, None
    frame.extend([picture, doors])


def doors_over(width: float, height: float, name: str) -> Element:
    """What lies over a picture of this size, without links yet."""
    view = {"viewBox": f"0 0 {width:g} {height:g}", "preserveAspectRatio": "none"}
    return etree.Element("svg", {"class": "doors", "role": "group", "aria-label": name, **view})


def pooled_routes(numbers: Sequence[Number]) -> dict[str, str]:
    """Name of each meta-analysis -> the address of the first number of the page that is its result."""
    routes: dict[str, str] = {}
    for place, number in enumerate(numbers, start=1):
        for name in number.values if number.source == "value" else ():
            if name.startswith(META):
                subject, _, part = name.removeprefix(META).partition(".")
                if part in ("", "estimate"):
                    routes.setdefault(subject, f"#n{place}")
    return routes


def _doors(page: Mapping[str, Any], studies: Mapping[str, Mapping[str, Any]], pooled: str) -> Element:
    """What lies over a picture: a link on each spot that shows a study, an item of its appraisal, or the result of all,
    whose address is `pooled`.
    """
    width, height = page["size"]
    doors = doors_over(width, height, "Studies in the picture")
    for study, item, *place in page["spots"]:
        if not study and pooled:
            name, route = "All studies", pooled
        elif study in studies:
            route = study_route(study, item)
            name = ": ".join(filter(None, (studies[study]["name"], item.removeprefix("item_"))))
        else:
            continue
        door = etree.SubElement(doors, "a", {"href": route, "aria-label": name})
        etree.SubElement(
            door, "rect", {key: f"{one:g}" for key, one in zip(("x", "y", "width", "height"), place, strict=True)}
        )
    return doors


def _list(figure: Element, known: Collection[str], studies: Mapping[str, Mapping[str, Any]]) -> None:
    details = etree.SubElement(figure, "details", {"class": "studies"})
    etree.SubElement(details, "summary").text = f"Studies of this figure: {len(known)}"
    items = etree.SubElement(details, "ul")
    for id in known:
        etree.SubElement(etree.SubElement(items, "li"), "a", {"href": study_route(id)}).text = studies[id]["name"]


def open_plots(plots: Iterable[ShownPlot], studies: Mapping[str, Mapping[str, Any]], pooled: Mapping[str, str]) -> None:
    """Makes the rows and lights of each plot links to what is behind their studies, and lists these below it. `pooled`
    has the address of the result of each meta-analysis.

    The list is for points that overlap, and for those to whom a row is too small to hit.
    """
    for plot in plots:
        if not (known := [id for id in plot.studies if id in studies]):
            continue
        if plot.page["spots"]:
            lay_over(plot.picture, _doors(plot.page, studies, pooled.get(kind_and_subject(plot.page["id"])[1], "")))
        _list(plot.figure, known, studies)
