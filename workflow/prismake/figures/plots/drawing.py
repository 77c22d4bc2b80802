"""A plot by its name: drawn from the results, with notes on its marks and on the studies that it is without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.common.errors import BuildStop, Issue, stop
from prismake.common.notation import PLAIN_NOTATION, Notation
from prismake.figures.figure import TALLEST
from prismake.figures.flow import TALLEST_MM, journals_look
from prismake.figures.plots import analyses, notes
from prismake.figures.plots.across import directions_of, outcomes_of
from prismake.figures.plots.beside import NOTHING_BESIDE, Beside, besides_of, judgements_of, weighted_of
from prismake.figures.plots.bubble import draw_bubbles
from prismake.figures.plots.direction import draw_directions
from prismake.figures.plots.forest_drawing import draw_forest
from prismake.figures.plots.funnel import draw_funnel
from prismake.figures.plots.harvest import draw_harvest
from prismake.figures.plots.judgements import Judgements, draw_lights, draw_summary, natural_width
from prismake.figures.plots.lights import OVERALL
from prismake.figures.plots.primary import draw_primary
from prismake.figures.plots.sheet import Drawing
from prismake.review.journal import POINTS_PER_MM, page_of
from prismake.review.plot_names import kind_and_subject
from prismake.review.primary_studies import PRIMARY
from prismake.synthesis.primary import inclusions_of

# Plots with two axes need no more, and circles and letters keep their proportion.
NARROW_MM = 130.0


@dataclass(frozen=True)
class Look:
    """Width and greatest height in points, the font (sans or serif), and how the journal writes statistics."""

    width: float
    tallest: float
    font: str
    notation: Notation = PLAIN_NOTATION

    @property
    def narrow(self) -> float:
        """The width of a plot with two axes."""
        return min(self.width, NARROW_MM * POINTS_PER_MM)


def look_of(profile: dict[str, Any]) -> Look:
    """What suits a journal: the font of its text, as wide as its column prints, as high as its page has room for."""
    look = journals_look(profile)
    tallest = min(TALLEST_MM * POINTS_PER_MM, TALLEST * page_of(profile).text_height)
    return Look(look["width_mm"] * POINTS_PER_MM, tallest, look["font"], Notation(**profile["statistics"]))


@dataclass(frozen=True)
class Material:
    """What plots are drawn from: the analyses of results/meta.json, results/appraisal.json, and the included studies.

    `names` has each study's name with its year by its id, `labels` that without; `failed` says of the analyses that
    could not be made why, `primary` names the primary studies of each review in an umbrella review, `counted`
    are the outcomes of results/directions.json. `beside`: which judgements stand beside effects (all, overall, none).
    """

    analyses: Mapping[str, Mapping[str, Any]]
    appraisal: Mapping[str, Any] | None
    names: Mapping[str, str]
    labels: Mapping[str, str]
    failed: Mapping[str, str] = field(default_factory=dict)
    primary: Mapping[str, Sequence[str]] = field(default_factory=dict)
    counted: Sequence[Mapping[str, Any]] = ()
    beside: str = "all"

    def analysis(self, name: str) -> Mapping[str, Any]:
        """An analysis with its studies called by their names with years. Raises BuildStop for one that was not made."""
        if name not in self.analyses:
            message = f"the meta-analysis '{name}' could not be computed: {self.failed.get(name, 'there is none')}"
            raise stop("plot-refused", message, fix="correct what its warning names")
        return relabelled(self.analyses[name], self.names, self.labels)

    def besides(self, studies: Mapping[str, str], subjects: tuple[str, ...]) -> Iterator[Beside]:
        """What may stand beside some studies, the fullest first, and nothing last."""
        if self.appraisal and self.beside != "none":
            made = besides_of(self.appraisal, studies, subjects)
            yield from (one for one in made if self.beside == "all" or one.domains == (OVERALL,))
        yield NOTHING_BESIDE

    def appraised(self) -> Mapping[str, Any]:
        """The appraisal. Raises BuildStop where the review has none."""
        if self.appraisal is None:
            raise stop("plot-refused", "the review has no appraisal", fix="add the block `appraisal` to config.yaml")
        return self.appraisal


@dataclass(frozen=True)
class Plot:
    """A drawn plot and its notes, as Markdown."""

    drawing: Drawing
    notes: tuple[str, ...] = ()


def full_names(extraction: Mapping[str, Any], label: str, year: str) -> tuple[dict[str, str], dict[str, str]]:
    """(name with year, name) of each study by its id; names that several studies have get the id behind them."""
    studies = extraction["studies"]
    labels = {one["study_id"]: str(one.get(label) or one["study_id"]) for one in studies}
    names = {one["study_id"]: with_year(labels[one["study_id"]], one.get(year)) for one in studies}
    given = list(names.values())
    return {key: f"{name} ({key})" if given.count(name) > 1 else name for key, name in names.items()}, labels


def with_year(name: str, year: Any) -> str:
    """A study's name with its year, unless it contains it."""
    return name if year is None or str(year) in name else f"{name} {year}"


def relabelled(analysis: Mapping[str, Any], names: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, Any]:
    """An analysis whose effects are called by the names of their studies, with the arm where a study has several."""

    def renamed(one: Mapping[str, Any]) -> dict[str, Any]:
        study, label = one["study"], one["label"]
        # Of studies with equal names the analysis calls each by its id.
        own = [text for text in (f"{labels[study]} ({study})", labels[study]) if label.startswith(text)]
        rest = label.removeprefix(own[0]) if own else f": {label}"
        return {**one, "label": names[study] + rest}

    new = {row["label"]: renamed(row)["label"] for row in analysis["rows"]}
    made: dict[str, Any] = {key: [renamed(one) for one in analysis[key]] for key in ("rows", "excluded")}
    for key in ("leave_one_out", "cumulative"):
        steps = analysis[key]
        made[key] = steps if isinstance(steps, Mapping) else [{**one, "label": new[one["label"]]} for one in steps]
    if groups := analysis.get("subgroups"):
        named = [{**group, "rows": [new[label] for label in group["rows"]]} for group in groups["groups"]]
        made["subgroups"] = {**groups, "groups": named}
    return {**analysis, **made}


def draw_plot(name: str, material: Material, look: Look) -> Plot:
    """The plot called `name`. Raises BuildStop where the data do not allow it, with the plot as the place."""
    kind, subject = kind_and_subject(name)
    try:
        if kind in ("lights", "summary"):
            return _of_form(kind, subject, material, look)
        if kind in ("directions", "harvest"):
            return _across(kind, material, look)
        if kind == PRIMARY:
            return _primary(material, look)
        return _of_analysis(kind, subject, material, look)
    except BuildStop as fault:
        raise BuildStop([_located(issue, name) for issue in fault.issues]) from None


def _located(issue: Issue, name: str) -> Issue:
    where = f"the plot '{name}'" + (f", {issue.where}" if issue.where and issue.where not in name else "")
    without = f'take {{{{ figure("{name}") }}}} out of the text'
    return Issue(issue.code, issue.message, where, f"{issue.fix}, or {without}" if issue.fix else without)


def _subjects(analysis: Mapping[str, Any]) -> tuple[str, ...]:
    """What an outcome may be called in the appraisal."""
    return (analysis["outcome"], analysis["title"], analyses.subject_of(analysis))


def _of_analysis(kind: str, name: str, material: Material, look: Look) -> Plot:
    analysis = material.analysis(name)
    missing = tuple(notes.missing_notes(analysis, material.names))
    match kind:
        case "forest":
            return _forest(analysis, material, look, missing)
        case "leave_one_out" | "cumulative":
            steps = analyses.leave_one_out_of if kind == "leave_one_out" else analyses.cumulative_of
            forest = steps(analysis, look.notation)
            drawing = draw_forest(forest, look.width, look.tallest, look.font)
            return Plot(drawing, (*notes.pooled_notes(analysis, kind), *missing))
        case "funnel" | "trim_and_fill":
            filled = kind == "trim_and_fill"
            drawing = draw_funnel(analyses.funnel_of(analysis, look.notation, filled=filled), look.narrow, look.font)
            return Plot(drawing, (*notes.funnel_notes(filled), *missing))
        case "bubble":
            drawing = draw_bubbles(analyses.bubbles_of(analysis, look.notation), look.narrow, look.font)
            return Plot(drawing, (*notes.bubble_notes(analysis), *missing))
        case _:
            plot = weighted_of(material.appraised(), analysis, _subjects(analysis))
            studies = {row["study"]: material.names[row["study"]] for row in analysis["rows"]}
            return _judged(plot, draw_summary(plot, look.width, look.font), studies, missing)


def _forest(analysis: Mapping[str, Any], material: Material, look: Look, missing: tuple[str, ...]) -> Plot:
    """The forest plot with as many judgements beside the studies as the page holds."""
    studies = {one["study"]: "" for one in (*analysis["rows"], *analysis["excluded"])}
    for beside in material.besides(studies, _subjects(analysis)):
        try:
            drawing = draw_forest(
                analyses.forest_of(analysis, beside, look.notation), look.width, look.tallest, look.font
            )
        except BuildStop as fault:
            if beside is NOTHING_BESIDE or any(issue.code != "plot-width" for issue in fault.issues):
                raise
        else:
            return Plot(drawing, (*notes.forest_notes(analysis, beside.forms), *missing))
    raise AssertionError("nothing beside the studies comes last")


def _of_form(kind: str, form: str, material: Material, look: Look) -> Plot:
    plot = judgements_of(material.appraised(), form, material.names)
    if kind == "lights":
        width = min(look.width, max(look.narrow, natural_width(plot)))
        drawing = draw_lights(plot, width, look.tallest, look.font)
    else:
        drawing = draw_summary(plot, look.width, look.font)
    return _judged(plot, drawing, material.names, ())


def _judged(plot: Judgements, drawing: Drawing, names: Mapping[str, str], missing: tuple[str, ...]) -> Plot:
    shown = [study.study for study in plot.studies]
    return Plot(drawing, (*notes.appraisal_notes(plot, shown, names), *missing))


def _across(kind: str, material: Material, look: Look) -> Plot:
    overall = [one for one in material.besides(material.names, ()) if len(one.domains) == 1]
    beside = overall[0] if overall else NOTHING_BESIDE
    outcomes = outcomes_of(material.analyses.values(), material.counted)
    plot = directions_of(outcomes, material.names, beside, look.notation)
    draw = draw_directions if kind == "directions" else draw_harvest
    drawing = draw(plot, look.width, look.tallest, look.font)
    absent = [name for name in material.names.values() if name not in {study.label for study in plot.studies}]
    unknown = [one for counted in material.counted for one in counted["undetermined"]]
    return Plot(drawing, tuple(notes.direction_notes(absent, unknown, kind)))


def _primary(material: Material, look: Look) -> Plot:
    plot = inclusions_of((name, material.primary.get(study, ())) for study, name in material.names.items())
    drawing = draw_primary(plot, look.width, look.tallest, look.font)
    absent = [name for name in material.names.values() if name not in plot.reviews]
    return Plot(drawing, tuple(notes.primary_notes(plot.area, absent)))
