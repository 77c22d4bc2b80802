"""Values of meta-analyses: the pooled effects, what they vary by, and the methods as they were run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from prismake.common.errors import counted, stop
from prismake.common.notation import PLAIN_NOTATION, Notation, number_text
from prismake.common.results.synthesis import APPRAISAL
from prismake.common.values import OWN, Noun, Tree, Value, count, noun
from prismake.ledger.directions import vote_values
from prismake.ledger.meta_methods import methods_paragraph, model_words
from prismake.ledger.records import STUDY, words_of
from prismake.ledger.sensitivity import LOW
from prismake.ledger.studies import MISSING, PATIENT, SENSITIVITY, listed
from prismake.synthesis.figures import name_of
from prismake.synthesis.outcomes import ARM, OUTCOMES, columns_for

Plain = Mapping[str, Any]

PARTICIPANT, EVENT, COMPARISON, TRIAL = noun("participants"), noun("events"), noun("comparisons"), noun("trials")


@dataclass(frozen=True)
class Origin:
    """What the values of an analysis rest on, and how they print.

    `places` are the decimal places of effects, `studies_noun` is what its studies are, `about` the entry of
    results/meta.json.
    """

    about: Plain
    files: tuple[str, ...]
    columns: tuple[str, ...]
    studies_noun: Noun
    notation: Notation = PLAIN_NOTATION
    roles: tuple[tuple[str, ...], ...] = ()

    @property
    def places(self) -> int:
        """The decimal places of effects."""
        return int(self.about["decimals"])

    def more(self, studies: Sequence[str]) -> dict[str, Any]:
        """What every value of some studies carries."""
        return {"files": self.files, "columns": self.columns, "studies": tuple(studies), "roles": self.roles}

    def measure(
        self, number: float, how: str, studies: Sequence[str], places: int | None = None, unit: str = ""
    ) -> Value:
        """A number with decimals."""
        decimals = self.places if places is None else places
        return Value(number, "measure", how, unit=unit, places=decimals, **self.more(studies))

    def text(self, words: str, how: str, studies: Sequence[str]) -> Value:
        """A phrase."""
        return Value(words, "text", how, **self.more(studies))


def meta_values(meta: Plain, extraction: Plain, tables: Mapping[str, str], notation: Notation = PLAIN_NOTATION) -> Tree:
    """`meta.NAME` of each analysis and `methods.meta`; `tables` are the files of the extraction's parts by name.

    `notation` is how the journal writes results of statistics.
    """
    files = tuple(tables[name] for name in (OUTCOMES,) if tables.get(name))
    analyses, failed = meta["analyses"], meta.get("failed", {})
    made: Tree = {name: _analysis(about, extraction, files, notation) for name, about in analyses.items()}
    made |= {name: Value(f"meta.{name}", "awaited", why) for name, why in failed.items()}
    if not analyses:
        why = next(iter(failed.values()), "")
        return {"meta": made, "methods": {"meta": Value("meta_methods()", "awaited", why)}} if failed else {}
    ids = tuple(dict.fromkeys(study for about in analyses.values() for study in about["studies"]))
    paragraph = Value(methods_paragraph(analyses.values()), "text", "the models as they were run", studies=ids)
    return {"meta": made, "methods": {"meta": paragraph}}


def _analysis(about: Plain, extraction: Plain, files: tuple[str, ...], notation: Notation) -> Tree:
    origin = Origin(about, files, _columns(about, extraction), _studies_noun(about, extraction), notation)
    values = _model(about, origin)
    values |= {
        "model": origin.text(model_words(about), "the model as it was run", about["studies"]),
        "measure": origin.text(about["noun"], "the effect measure", about["studies"]),
        "outcome": origin.text(about["title"], "the outcome", about["studies"]),
    }
    for name, one in about["alternatives"].items():
        if "refused" not in one:
            model = {"common": "the common-effect model", "random": "random effects with a normal interval"}
            how = model.get(name, "random effects with the Hartung-Knapp interval")
            values[name] = _effect(one, origin, how, about["studies"])
    if "subgroups" in about:
        values |= _subgroups(about["subgroups"], origin)
    if "moderator" in about:
        values["moderator"] = _moderator(about["moderator"], origin)
    if not isinstance(about["leave_one_out"], dict):
        values["without"] = _without(about["leave_one_out"], origin)
    values |= dict(_small_study(about["small_study"], origin))
    values["votes"] = vote_values(about["votes"], about["arm"], origin.more(about["studies"]), notation)
    if "bivariate" in about:
        values["bivariate"] = _bivariate(about["bivariate"], origin)
    excluded = list(dict.fromkeys(one["study"] for one in about["excluded"]))
    missing = origin.more(())
    missing |= {"roles": (MISSING,)}
    missing.pop("studies")
    values["excluded"] = listed(excluded, "studies that report the outcome and are not pooled", **missing)
    values |= dict(_selections(about.get("selections", {}), origin, values))
    values["not_reported"] = listed(about["not_reported"], "studies that do not report the outcome", **missing)
    return values


def _columns(about: Plain, extraction: Plain) -> tuple[str, ...]:
    """The columns of outcomes that the analysis took figures from."""
    rows = [row for study in extraction["studies"] for row in study["parts"].get(OUTCOMES, [])]
    names = columns_for([{"measure": about["measure"], "scores": about["settings"]["scores"]}])
    return tuple(name for name in names if name != ARM and any(row.get(name) is not None for row in rows))


def _studies_noun(about: Plain, extraction: Plain) -> Noun:
    """Trials where the design of every pooled study says so, else studies."""
    designs = [str(s.get("design") or "") for s in extraction["studies"] if s["study_id"] in about["studies"]]
    return TRIAL if designs and all("trial" in one.lower() for one in designs) else STUDY


def phrase(one: Plain, origin: Origin) -> str:
    """A pooled effect as a sentence takes it: risk ratio 0.49, 95% CI 0.34 to 0.70; 13 trials, … participants; I² …"""
    about, pooled = origin.about, one["pooled"]
    effect = f"{about['noun']} {number_text(pooled['estimate'], origin.places)}, {_ci(pooled, origin)}"
    n_studies = len(one["studies"])
    parts = [counted(n_studies, *origin.studies_noun)]
    if one["k"] != n_studies:
        parts.append(counted(one["k"], *COMPARISON))
    if one["participants"] is not None:
        parts.append(counted(round(one["participants"]), *PARTICIPANT))
    pieces = [effect, ", ".join(parts)]
    i2 = one["heterogeneity"]["i2"]
    if i2 is not None and one["k"] > 1:
        pieces.append(origin.notation.relation("I²", "=", f"{number_text(i2, 0)}%"))
    return "; ".join(pieces)


def _ci(pooled: Plain, origin: Origin, kind: str = "") -> str:
    low, high = (number_text(pooled[end], origin.places) for end in ("low", "high"))
    return origin.notation.interval_text(origin.about["level"], low, high, kind)


def _effect(pooled: Plain, origin: Origin, how: str, studies: Sequence[str]) -> Tree:
    """`estimate`, `low`, `high`, `ci` and the test of an effect."""
    named = f"{origin.about['noun']} by {how}"
    p = origin.text(origin.notation.p_value(pooled["p"]), f"test of no effect, {named}", studies)
    return {
        "estimate": origin.measure(pooled["estimate"], named, studies),
        "low": origin.measure(pooled["low"], f"lower end of the interval, {named}", studies),
        "high": origin.measure(pooled["high"], f"upper end of the interval, {named}", studies),
        "ci": origin.text(_ci(pooled, origin), f"interval, {named}", studies),
        "se": origin.measure(pooled["se"], f"standard error on the pooling scale, {named}", studies, 4),
        "p": p,
        "p_value": replace(p, value=pooled["p"], kind="measure", places=_p_places(pooled["p"])),
    }


def _p_places(p: float) -> int:
    return 3 if p >= 0.001 else max(3, 1 - Decimal(str(p)).adjusted()) if p > 0 else 3


def _model(one: Plain, origin: Origin) -> Tree:
    """The values of a model: those of `meta.NAME` and of each of its subgroups."""
    about, studies = origin.about, one["studies"]
    how = f"{model_words({**about, **one})}, {counted(one['k'], *(STUDY if one['k'] == len(studies) else COMPARISON))}"
    values: Tree = {OWN: origin.text(phrase(one, origin), how, studies)}
    values |= _effect(one["pooled"], origin, how, studies)
    nouns = (origin.studies_noun, STUDY) if origin.studies_noun != STUDY else (STUDY,)
    more = origin.more(studies)
    values["n_studies"] = count(len(studies), f"studies pooled by {how}", *nouns, **more)
    values["k"] = values["n_studies"]
    if one["k"] != len(studies):
        values["k"] = count(one["k"], f"comparisons pooled by {how}", COMPARISON, **more)
    values["studies"] = Value(list(studies), "studies", f"studies pooled by {how}", **more)
    for name, what in (("participants", (PARTICIPANT, PATIENT)), ("events", (EVENT,))):
        if one[name] is not None:
            values[name] = count(round(one[name]), f"{name} of the pooled studies", *what, **more)
    values |= dict(_heterogeneity(one["heterogeneity"], origin, studies))
    if "prediction" in one:
        values["prediction"] = _prediction(one["prediction"], origin, studies)
    return values


_HETEROGENEITY = {
    "i2": ("I², the share of the variance that is between studies", 0, "%"),
    "i2_low": ("lower end of the interval of I²", 0, "%"),
    "i2_high": ("upper end of the interval of I²", 0, "%"),
    "tau2": ("τ², the variance between studies", 2, ""),
    "tau2_low": ("lower end of the Q-profile interval of τ²", 2, ""),
    "tau2_high": ("upper end of the Q-profile interval of τ²", 2, ""),
    "tau": ("τ, the standard deviation between studies", 2, ""),
    "q": ("Cochran's Q", 2, ""),
}


def _heterogeneity(one: Plain, origin: Origin, studies: Sequence[str]) -> Iterator[tuple[str, Value]]:
    for name, (how, places, unit) in _HETEROGENEITY.items():
        if one.get(name) is not None:
            yield name, origin.measure(one[name], how, studies, places, unit)
    yield "q_df", origin.measure(one["df"], "degrees of freedom of Q", studies, 0)
    yield "q_p", origin.text(origin.notation.p_value(one["p"]), "test of heterogeneity by Q", studies)


def _prediction(one: Plain, origin: Origin, studies: Sequence[str]) -> Tree:
    df = "the normal distribution" if one["df"] is None else f"t with {one['rule']} = {one['df']} degrees of freedom"
    how = f"prediction interval of the effect in a new study, by {df}"
    words = _ci(one, origin, "prediction interval")
    ends = {name: origin.measure(one[name], f"{end} end of the {how}", studies) for name, end in _ENDS.items()}
    return {OWN: origin.text(words, how, studies), **ends}


_ENDS = {"low": "lower", "high": "upper"}


def _subgroups(one: Plain, origin: Origin) -> Tree:
    between = one["between"]
    how = f"test of the difference between subgroups of {one['column']}"
    studies = origin.about["studies"]
    groups = {}
    for group in one["groups"]:
        own = replace(origin, roles=(words_of(group["label"]) or (group["label"],),))
        label = own.text(group["label"], f"a subgroup of {one['column']}", group["studies"])
        groups[group["name"]] = {**_model(group, own), "label": label}
    statistic = origin.measure(between["statistic"], how, studies, 2)
    df = origin.measure(between["df"], f"degrees of freedom of the {how}", studies, 0)
    return {
        "subgroups": groups,
        "between": {"q": statistic, "df": df, "p": origin.text(origin.notation.p_value(between["p"]), how, studies)},
    }


def _moderator(one: Plain, origin: Origin) -> Tree:
    studies, column = origin.about["studies"], one["column"]
    slope, how = one["slope"], f"meta-regression on {column}, on the pooling scale"
    values: Tree = {
        "slope": origin.measure(slope["slope"], f"slope of the {how}", studies, 3),
        "low": origin.measure(slope["low"], f"lower end of the interval of the slope, {how}", studies, 3),
        "high": origin.measure(slope["high"], f"upper end of the interval of the slope, {how}", studies, 3),
        "se": origin.measure(slope["se"], f"standard error of the slope, {how}", studies, 4),
        "p": origin.text(origin.notation.p_value(slope["p"]), f"test of the slope, {how}", studies),
        "intercept": origin.measure(one["intercept"]["slope"], f"intercept of the {how}", studies, 3),
    }
    if one["r2"] is not None:
        values["r2"] = origin.measure(one["r2"], f"share of τ² that {column} explains", studies, 0, "%")
    return values


def _without(steps: Sequence[Plain], origin: Origin) -> Tree:
    """The effect without each study, by the study's id; without one comparison of several, by its label."""
    ids = [step["study"] for step in steps]
    values: Tree = {}
    for step in steps:
        single = ids.count(step["study"]) == 1 and step["study"].isidentifier()
        name = step["study"] if single else name_of(step["label"])
        rest = [study for study in origin.about["studies"] if study != step["study"] or ids.count(study) > 1]
        own = replace(origin, roles=(SENSITIVITY,))
        model = {**step, "studies": rest}
        values[name] = {
            OWN: own.text(phrase(model, origin), f"without {step['label']}", rest),
            **_effect(step["pooled"], own, f"the same model without {step['label']}", rest),
            **dict(_heterogeneity(step["heterogeneity"], own, rest)),
        }
    return values


def _selections(selections: Plain, origin: Origin, taken: Tree) -> Iterator[tuple[str, Tree]]:
    """The effect over the studies that each selection of the appraisal keeps, or as a text why there is none."""
    for name, one in selections.items():
        if name in taken:
            message = f"the selection '{name}' has the name of another value of meta-analyses"
            raise stop("id-twice", message, where=f"config.yaml, appraisal.sensitivity.{name}", fix="rename it")
        own = replace(origin, roles=(LOW,))
        counts = {
            key: listed(one[key], f"pooled studies that '{name}' {words}", files=(APPRAISAL.path,), roles=(LOW,))
            for key, words in (("kept", "keeps"), ("left_out", "leaves out"))
        }
        if "refused" in one:
            why = f"why the analysis was not repeated with '{name}': {one['refused']}"
            yield name, {OWN: own.text(one["refused"], why, one["kept"]), **counts}
        else:
            yield name, {**_model(one, own), **counts}


def _bivariate(one: Plain, origin: Origin) -> Any:
    """Sensitivity and specificity pooled together, or as a text why they are not."""
    studies, how = origin.about["studies"], "the bivariate model of sensitivity and specificity"
    if "refused" in one:
        return origin.text(one["refused"], f"why there is no {how.removeprefix('the ')}", studies)
    values: Tree = {
        "correlation": origin.measure(one["correlation"], f"correlation between studies, {how}", studies, 2)
    }
    for side in ("sensitivity", "specificity"):
        ends = {
            end: origin.measure(one[side][end], f"{end} of the {side} by {how}", studies)
            for end in ("estimate", "low", "high")
        }
        words = f"{side} {number_text(one[side]['estimate'], origin.places)}, {_ci(one[side], origin)}"
        ci = origin.text(_ci(one[side], origin), f"interval of the {side} by {how}", studies)
        values[side] = {OWN: origin.text(words, how, studies), **ends, "ci": ci}
    return values


def _small_study(tests: Plain, origin: Origin) -> Iterator[tuple[str, Any]]:
    """The tests of small-study effects, or as a text why they were not made."""
    studies = origin.about["studies"]
    for name, called in (("egger", "Egger's test"), ("begg", "Begg's test"), ("trim_and_fill", "trim and fill")):
        one = tests[name]
        if "refused" in one:
            yield name, origin.text(one["refused"], f"why {called} was not made", studies)
        elif name == "trim_and_fill":
            missing = count(one["missing"], "studies that trim and fill adds", STUDY, **origin.more(studies))
            yield name, {"missing": missing, **_effect(one["pooled"], origin, "trim and fill", studies)}
        else:
            yield name, {"p": origin.text(origin.notation.p_value(one["p"]), called, studies)}
