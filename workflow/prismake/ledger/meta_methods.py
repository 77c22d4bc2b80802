"""What the methods section says of meta-analyses, from the models as they were run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from prismake.common.notation import number_text
from prismake.common.values import plural_of

Plain = Mapping[str, Any]

ESTIMATORS = {
    "REML": "restricted maximum likelihood",
    "DL": "DerSimonian and Laird",
    "PM": "Paule and Mandel",
    "ML": "maximum likelihood",
    "EB": "empirical Bayes",
    "SJ": "Sidik and Jonkman",
    "HE": "Hedges",
    "HS": "Hunter and Schmidt",
}
MODELS = {
    "inverse variance": "common-effect model (inverse variance)",
    "Mantel-Haenszel": "common-effect model (Mantel-Haenszel)",
    "Peto": "common-effect model (Peto)",
    "one study": "single study",
}
TESTS = {
    "z": "",
    "t": "t-based intervals",
    "hartung-knapp": "Hartung-Knapp intervals",
    "hartung-knapp-adhoc": "Hartung-Knapp intervals that are never narrower than normal ones",
}


def model_words(about: Plain) -> str:
    """The model of an analysis in words."""
    method = about["method"]
    if method in MODELS:
        return MODELS[method]
    if method not in ESTIMATORS:
        return f"{method} model"
    test = TESTS[about["test"]]
    return f"random-effects model ({ESTIMATORS[method]})" + (f" with {test}" if test else "")


def listing(items: Sequence[str]) -> str:
    """Items in a sentence: a; a and b; a, b, and c."""
    if len(items) < 3:
        return " and ".join(items)
    return ", ".join(items[:-1]) + f", and {items[-1]}"


def methods_paragraph(analyses: Iterable[Plain]) -> str:
    """A paragraph on how the effects were pooled, one sentence for what analyses share."""
    made = list(analyses)
    return " ".join([*_pooling(made), *_variation(made), *_zeros(made), *_figures(made), *_further(made)])


def _grouped(made: Sequence[Plain], words: Any) -> dict[str, list[str]]:
    """What is said -> the outcomes of which it is said."""
    groups: dict[str, list[str]] = {}
    for about in made:
        text = words(about)
        if text:
            groups.setdefault(text, []).append(about["title"])
    return groups


def _pooling(made: Sequence[Plain]) -> Iterator[str]:
    def words(about: Plain) -> str:
        level = number_text(about["level"], 0 if float(about["level"]).is_integer() else 1)
        interval = "" if TESTS.get(about["test"]) else f" with {level}% confidence intervals"
        one = plural_of(about["noun"])
        if about["k"] < 2:
            return f"the {about['noun']} of the only study was reported"
        return f"{one} were pooled with a {model_words(about)}{interval}"

    for text, titles in _grouped(made, words).items():
        yield f"For {listing(titles)}, {text}."


def _variation(made: Sequence[Plain]) -> Iterator[str]:
    if any(about["k"] > 1 for about in made):
        yield (
            "Heterogeneity was described with Cochran's Q and I² and, where the model has it, with the variance "
            "between studies (τ²) and its Q-profile interval."
        )
    for rule in sorted({about["prediction"]["rule"] for about in made if "prediction" in about}):
        degrees = f"a t distribution with {rule.replace('-', ' − ')} degrees of freedom, k being the number of effects"
        yield f"Prediction intervals used {'the normal distribution' if rule == 'z' else degrees}."


def _zeros(made: Sequence[Plain]) -> Iterator[str]:
    corrected = {
        about["settings"]["add"] for about in made for row in about["rows"] if any("added" in n for n in row["notes"])
    }
    for add in sorted(corrected):
        yield f"Where a cell of a study was empty, {add:g} was added to its cells."
    if any("events in both groups" in one["reason"] for about in made for one in about["excluded"]):
        yield "Studies with no or only events in both groups were excluded from ratios."


def _figures(made: Sequence[Plain]) -> Iterator[str]:
    """The figures that were computed because the reports did not give them."""
    converted = {
        f"{one['figure']} from {one['source']}": None
        for about in made
        for row in about["rows"]
        for one in row["conversions"]
        if one["figure"] not in ("group", "events")
    }
    plain = sorted(dict.fromkeys(text.partition(" = ")[0] for text in converted))
    if plain:
        yield f"Figures that reports did not give were computed: {'; '.join(plain)}."
    groups = [c["source"] for a in made for row in a["rows"] for c in row["conversions"] if c["figure"] == "group"]
    if any("split" in source for source in groups):
        yield "A group that several comparisons of a study share was split between them."
    if any("combined" in source for source in groups):
        yield "Several groups of a study that received the same were combined."


def _further(made: Sequence[Plain]) -> Iterator[str]:
    columns = sorted({about["subgroups"]["column"].replace("_", " ") for about in made if "subgroups" in about})
    if columns:
        yield f"Subgroups by {listing(columns)} were compared with a test of their difference."
    moderators = sorted({about["moderator"]["column"].replace("_", " ") for about in made if "moderator" in about})
    if moderators:
        yield f"Meta-regression related the effects to {listing(moderators)}."
    joint = [about["title"] for about in made if "refused" not in about.get("bivariate", {"refused": ""})]
    if joint:
        yield (
            f"For {listing(joint)}, sensitivity and specificity were pooled together with the bivariate random-effects "
            "model (restricted maximum likelihood)."
        )
    tested = [about for about in made if "refused" not in about["small_study"]["egger"]]
    if tested:
        yield "Small-study effects were examined with Egger's and Begg's tests and with trim and fill."
    if len(tested) < len(made):
        yield "Funnel plot asymmetry was not tested where there were fewer than ten studies."
    if any(not isinstance(about["leave_one_out"], dict) for about in made):
        yield "Each analysis was repeated without each study in turn."
    yield from _appraised(made)


def _appraised(made: Sequence[Plain]) -> Iterator[str]:
    """A sentence for each selection of the appraisal: whether analyses were repeated over the studies that it keeps."""
    for name in dict.fromkeys(name for about in made for name in about.get("selections", {})):
        what = "low risk of bias" if name == "low_risk" else name.replace("_", " ")
        every = [about["selections"][name] for about in made]
        repeated = [about["title"] for about, one in zip(made, every, strict=True) if "refused" not in one]
        if repeated:
            of = "" if len(repeated) == len(made) else f" of {listing(repeated)}"
            yield f"The analysis{of} was repeated with the studies selected by appraisal ({what}) alone."
        elif not any(one["kept"] for one in every):
            yield f"No study was selected by appraisal ({what}), so that no analysis was repeated without the others."
