"""Values about studies: their cells, pooled figures, groups, years, what is not reported, shared patients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from prismake.common.errors import counted
from prismake.common.records import split_list
from prismake.common.values import OWN, Kind, Noun, Tree, Value, count, noun, plural_of
from prismake.ledger.records import REPORT, STUDY, distinct, words_of
from prismake.synthesis.figures import (
    check_settings,
    group,
    number,
    patients_counted,
    pooled_figure,
    sensitivity,
)

Study = dict[str, Any]
Settings = Mapping[str, Any]

PATIENT = noun("patients")
MISSING = (
    *("without", "missing", "unreported", "unavailable", "not", "lacked", "lacking", "omitted", "no"),
    *("nobody", "none", "neither", "absent", "failed", "silent"),
)
# The label of a kind of study, in lower case: an abbreviation stays as it is.
DESIGN = re.compile(
    r"(?!.*[A-Z]).*\b(?:stud(?:y|ies)|trial|report|series|cohort|note|survey|review|experiment|evaluation|analysis|article|"
    r"letter|audit|abstract|thesis|note|guideline)s?(?:\s(?:with|without|of|on)\s.*|\s?\(.*)?"
)
EXTREME = (
    *("range", "ranged", "ranging", "from", "between", "up", "minimum", "maximum", "least", "most", "one", "single"),
    *("lowest", "highest", "smallest", "largest", "shortest", "longest", "youngest", "oldest", "fewest", "greatest"),
)
SENSITIVITY = (
    "if",
    "without",
    "excluding",
    "sensitivity",
    "same",
    "overlap",
    "overlapping",
    "omitted",
    "when",
    "after",
)
ALONE = ("only", "alone", "solely", "exclusively", "single", "without", "no")


@dataclass(frozen=True)
class Sources:
    """Where the cells of studies come from: the extraction's table, the tables of its parts, words for abbreviations.

    `expansions` are abbreviation -> expansion, so that a sentence may use either. `people` are the nouns for whom the
    studies treat or observe: patients, children, students.
    """

    studies: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    expansions: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Noun, ...] = (PATIENT,)

    def roles(self, label: str) -> tuple[str, ...]:
        """The words that stand for a label: its own, and those of an abbreviation's expansion."""
        expansion = self.expansions.get(label, "")
        shortened = [short for short, long in self.expansions.items() if long.lower() == label.lower()]
        return tuple(dict.fromkeys((*words_of(label), *words_of(expansion), *(short.lower() for short in shortened))))

    def files(self, part: str | None = None) -> tuple[str, ...]:
        """The table of the studies, or of one of its parts."""
        table = self.parts.get(part, "") if part else self.studies
        return (table,) if table else ()


@dataclass(frozen=True)
class Meaning:
    """What the cells of a column are: counts of a thing, measures in a unit, years, or texts."""

    kind: Kind = "text"
    unit: str = ""
    nouns: tuple[Noun, ...] = ()


def counted_by(name: str, rule: Settings) -> tuple[Noun, ...]:
    """What a sum counts: `counts` of its rule, else its own name (women), and its unit (patients)."""
    nouns = [noun(rule.get("counts") or name.replace("_", " "))]
    return tuple(dict.fromkeys([*nouns, *([noun(rule["unit"])] if rule.get("unit") else [])]))


def meanings(columns: Mapping[str, Any], settings: Settings) -> dict[str, Meaning]:
    """Column -> what its cells are, from the column's own marks and from the pooled figures that rest on it."""
    by_name: dict[str, Meaning] = {}
    for name, rule in settings["pooled"].items():
        if "sum" in rule:
            by_name[rule["sum"]] = Meaning("count", nouns=counted_by(name, rule))
        for key in ("mean", "low", "high"):
            if key in rule:
                by_name[rule[key]] = Meaning("measure", unit=rule.get("unit", ""))
    for name, marks in columns.items():
        if marks.get("counts"):
            by_name[name] = Meaning("count", nouns=(noun(marks["counts"]), *by_name.get(name, Meaning()).nouns))
        elif marks.get("unit"):
            by_name[name] = Meaning("measure", unit=marks["unit"])
        elif name == settings["year"]:
            by_name[name] = Meaning("year")
        elif name not in by_name:
            by_name[name] = Meaning("list" if marks.get("list") else "measure" if marks.get("number") else "text")
    by_name[settings["patients"]] = Meaning(
        "count", nouns=tuple(dict.fromkeys((*by_name[settings["patients"]].nouns, PATIENT)))
    )
    return by_name


def _people(marks: Mapping[str, Any], settings: Settings) -> tuple[Noun, ...]:
    """The nouns for whom the studies treat or observe, by the column of patients and by the unit of its sum."""
    sums = [rule for rule in settings["pooled"].values() if rule.get("sum") == settings["patients"]]
    named = [marks.get("counts"), *(rule.get("unit") for rule in sums)]
    return tuple(dict.fromkeys((*(noun(many) for many in named if many), PATIENT)))


def _places(cell: Any) -> int | None:
    return -int(Decimal(cell).as_tuple().exponent) if isinstance(cell, str) else None


def study_values(study: Study, columns: Mapping[str, Any], known: Mapping[str, Meaning], sources: Sources) -> Tree:
    """A study's columns for the text: decimals as numbers, lists as lists, parts and reports as they are."""
    identifier = study["study_id"]
    values: Tree = {}
    for name, cell in study.items():
        marks, meaning = columns.get(name, {}), known.get(name, Meaning())
        how = f"{name} of {identifier}"
        more: dict[str, Any] = {"files": sources.files(), "columns": (name,), "studies": (identifier,)}
        if name == "parts":
            for part, rows in cell.items():
                more = {"files": sources.files(part), "columns": (part,), "studies": (identifier,)}
                values[part] = Value(rows, "list", f"rows of {part} of {identifier}", **more)
        elif name == "reports":
            values[name] = Value(list(cell), "list", f"reports of {identifier}", studies=(identifier,))
        elif marks.get("list"):
            values[name] = Value(split_list(cell or ""), "list", how, **more)
        elif cell is not None and marks.get("decimal"):
            made = Value(number(Decimal(cell)), meaning.kind, how, unit=meaning.unit, nouns=meaning.nouns, **more)
            values[name] = Value(**{**vars(made), "places": _places(cell)})
        else:
            values[name] = Value(cell, meaning.kind, how, unit=meaning.unit, nouns=meaning.nouns, **more)
    return values


def listed(studies: Iterable[str], how: str, **more: Any) -> Tree:
    """The number of some studies, and their ids: `n` and `studies`; the group itself is the number."""
    ids = list(studies)
    number_of = count(len(ids), how, STUDY, studies=tuple(ids), **more)
    return {OWN: number_of, "n": number_of, "studies": Value(ids, "studies", how, studies=tuple(ids), **more)}


def _ends(rule: Settings, figure: Mapping[str, Any], own: Value, origin: Mapping[str, Any]) -> Tree:
    """The smallest and largest of the studies' values, and of those of single patients where a study reports them."""
    column = rule.get("sum") or rule["mean"]
    columns = {"min": column, "max": column, "lowest": rule.get("low"), "highest": rule.get("high")}
    values: Tree = {}
    for key, column_of in columns.items():
        if key in figure and column_of:
            which = "smallest" if key in ("min", "lowest") else "largest"
            more = {**origin, "columns": (column_of,), "roles": (*origin["roles"], EXTREME)}
            how = f"{which} {column_of} of a study"
            values[key] = Value(figure[key], own.kind, how, unit=own.unit, nouns=own.nouns, **more)
    return values


def pooled_values(
    name: str,
    rule: Settings,
    figure: Mapping[str, Any],
    sources: Sources,
    patients: str,
    *,
    roles: tuple[tuple[str, ...], ...] = (),
) -> Tree:
    """One pooled figure: the number itself, what it rests on, and what was left out."""
    column = rule.get("sum") or rule["mean"]
    ids, left = tuple(figure["studies"]), tuple(figure["left_out"])
    unit = figure["unit"]
    topic = (*(() if "sum" in rule else (words_of(name.replace("_", " ")),)), *roles)
    origin: dict[str, Any] = {"files": sources.files(), "columns": (column,), "studies": ids, "roles": topic}
    number = counted(len(ids), "study", "studies")
    how = (
        f"sum of {column} over {number}" if "sum" in rule else f"mean of {column} over {number}, weighted by {patients}"
    )
    values: Tree = {}
    if "value" in figure:
        own = (
            count(figure["value"], how, *counted_by(name, rule), **origin)
            if "sum" in rule
            else Value(figure["value"], "measure", how, unit=unit, places=1, **origin)
        )
        values |= {OWN: own, "value": own}
        values |= _ends(rule, figure, own, origin)
    rests = {**origin, "columns": (patients,)}
    values |= {
        "unit": Value(unit, "text", f"unit of {name}"),
        "n": count(figure["n"], f"sum of {patients} over the studies that report {column}", *sources.people, **rests),
        "n_studies": count(len(ids), f"studies that report {column}", STUDY, **origin),
        "studies": Value(list(ids), "studies", f"studies that report {column}", **origin),
        "n_left_out": count(
            len(left),
            f"studies that do not report {column}",
            STUDY,
            **{**origin, "studies": left, "roles": (*origin["roles"], MISSING)},
        ),
        "left_out": Value(list(left), "studies", f"studies that do not report {column}", **{**origin, "studies": left}),
    }
    return values


def group_values(rule: Settings, levels: Mapping[str, Any], sources: Sources, patients: str) -> Tree:
    """One grouping: level -> its studies and patients; the level itself is the number of its studies."""
    column = rule.get("column") or rule["part"]
    made: Tree = {}
    labels = [entry["label"] for entry in levels.values()]
    roles = {label: sources.roles(label) for label in labels}
    for level, entry in levels.items():
        ids, only = tuple(entry["studies"]), tuple(entry["only"])
        label = entry["label"]
        rivals = [word for other in labels if other != label for word in roles[other]]
        origin: dict[str, Any] = {
            "files": sources.files(rule.get("part")),
            "columns": (column,),
            "studies": ids,
            "roles": (distinct(roles[label], rivals),),
        }
        how = f"studies with '{label}' in {column}"
        # A design is also a noun: three case reports. A country, a code, or what the studies treat is none of theirs.
        named = ((label, plural_of(label)),) if DESIGN.fullmatch(label) else ()
        own = count(len(ids), how, STUDY, *named, **origin)
        values: Tree = {
            OWN: own,
            "n": own,
            "label": Value(label, "text", f"label of '{level}' in {column}"),
            "studies": Value(list(ids), "studies", how, **origin),
        }
        alone = {**origin, "studies": only, "roles": (*origin["roles"], ALONE)}
        values["n_only"] = count(len(only), f"studies with '{label}' alone in {column}", STUDY, **alone)
        values["only"] = Value(list(only), "studies", f"studies with '{label}' alone in {column}", **alone)
        uncounted = {**origin, "studies": tuple(entry["uncounted"])}
        values["uncounted"] = Value(
            list(entry["uncounted"]), "studies", f"studies of several levels of {column} without counts", **uncounted
        )
        for key, words in (("patients", ""), ("patients_known", "at least "), ("patients_possible", "at most ")):
            if key in entry:
                values[key] = count(
                    entry[key], f"{words}the {patients} with '{label}' in {column}", *sources.people, **origin
                )
        made[level] = values
    return made


def _overlap(extraction: Mapping[str, Any], settings: Settings, sources: Sources) -> Tree:
    included, doubled = patients_counted(extraction["studies"], extraction["overlaps"])
    result, patients = sensitivity(included, dict(settings), extraction["overlaps"]), settings["patients"]
    paired = tuple(dict.fromkeys(pair[side] for pair in result["pairs"] for side in ("study_a", "study_b")))
    sharing = "pairs of studies that may share patients"
    left = tuple(result["left_out"])
    how = "studies whose patients another study reports"
    return {
        "same": Value(doubled, "studies", how, studies=tuple(doubled)),
        "pairs": Value(result["pairs"], "list", sharing, studies=paired),
        "n_pairs": count(result["n_pairs"], sharing, noun("pairs"), studies=paired),
        "left_out": Value(list(left), "studies", "the smaller study of each such pair", studies=left),
        "pooled": {
            name: pooled_values(name, settings["pooled"][name], figure, sources, patients, roles=(SENSITIVITY,))
            for name, figure in result["pooled"].items()
        },
    }


def extraction_values(extraction: Mapping[str, Any], settings: Settings, sources: Sources = Sources()) -> Tree:
    """The part of the ledger that comes from the extraction: studies, pooled, groups, years, not_reported, overlap.

    Raises BuildStop if a setting names a column or part that is not there.
    """
    check_settings(dict(settings), dict(extraction))
    studies, patients, columns = extraction["studies"], settings["patients"], extraction["columns"]
    included, _ = patients_counted(studies, extraction["overlaps"])
    counted_ids = {study["study_id"] for study in included}
    known = meanings(columns, settings)
    sources = replace(sources, people=_people(columns[patients], settings))
    ids = tuple(study["study_id"] for study in studies)
    all_of: dict[str, Any] = {"files": sources.files(), "studies": ids}
    year = settings["year"]
    years = [study[year] for study in studies if study[year] is not None]
    extremes = {"first": min(years), "last": max(years)} if years else {}
    reports = sum(len(study["reports"]) for study in studies)
    return {
        "studies": {study["study_id"]: study_values(study, columns, known, sources) for study in studies},
        "study_keys": Value(list(ids), "studies", "included studies", **all_of),
        "n_studies": count(len(ids), "included studies", STUDY, **all_of),
        "n_reports": count(reports, "reports of the included studies", REPORT, **all_of),
        "pooled": {
            name: pooled_values(name, rule, pooled_figure(included, rule, patients), sources, patients)
            for name, rule in settings["pooled"].items()
        },
        "groups": {
            name: group_values(rule, group(studies, rule, dict(extraction), patients, counted_ids), sources, patients)
            for name, rule in settings["groups"].items()
        },
        "not_reported": {
            name: listed(
                (study["study_id"] for study in studies if study[name] is None),
                f"studies without {name}",
                files=sources.files(),
                columns=(name,),
                roles=(MISSING,),
            )
            for name in columns
            if name != "study_id"
        },
        "years": {
            name: Value(extreme, "year", f"{name} {year} of a study", columns=(year,), **all_of)
            for name, extreme in extremes.items()
        },
        "overlap": _overlap(extraction, settings, sources),
    }
