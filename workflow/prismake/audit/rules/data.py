"""Numbers of the extraction that cannot be, or hardly can, before any sentence uses them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import log
from statistics import median

from prismake.audit.data.arithmetic import (
    debit,
    deviation_fits,
    deviation_reaches,
    error_fits,
    grim,
    grim_percent,
    grimmer,
    interval_fits,
    mean_fits,
    p_of_interval,
    places_of,
    slips,
    symmetric,
)
from prismake.audit.data.columns import CENTRES, Column, Summary, columns_of, number_of, summaries
from prismake.audit.findings import Finding, Severity, rule
from prismake.audit.matter import Matter, StudyRow

FIX = "compare it with the report and correct the table; if the report says so, waive it with that as the reason"
# The longest life that is documented is 122 years.
OLDEST = Decimal(122)
NEVER_NEGATIVE = ("sd", "se", "percent", "count", "p")
# A change may be negative and exceed 100 %.
CHANGES = frozenset(
    [
        "change",
        "increase",
        "decrease",
        "reduction",
        "difference",
        "diff",
        "delta",
        "loss",
        "gain",
        "improvement",
        "growth",
    ]
)
HIGHEST = {"percent": Decimal(100), "p": Decimal(1)}


def at_row(matter: Matter, study: str, identifier: str, severity: Severity, text: str, message: str) -> Finding:
    """A finding at the row of a study in the extraction."""
    row = matter.rows.get(study, StudyRow("extraction", 0))
    return Finding(identifier, severity, row.file, row.line, text, message, FIX, row.sheet)


def _beyond(column: Column, number: Decimal) -> str:
    """Why a number cannot stand in a column by itself; empty if it can."""
    low, high = (None, None) if column.statistic in ("sd", "se", "p") else (column.low, column.high)
    bounded = column.statistic != "percent" or not CHANGES.intersection(column.name.split("_"))
    if column.statistic in NEVER_NEGATIVE and number < 0 and bounded:
        return "it cannot be negative"
    top = HIGHEST.get(column.statistic)
    if top is not None and number > top and bounded:
        return f"it cannot be above {top}"
    if low is not None and number < low:
        return f"the column's bounds begin at {low}"
    if high is not None and number > high:
        return f"the column's bounds end at {high}"
    return ""


def _impossible(summary: Summary) -> Iterator[tuple[tuple[str, ...], str]]:
    """(statistics, what is wrong) of a measure whose statistics exclude one another."""
    for inner, low, high in (
        *((centre, "min", "max") for centre in CENTRES),
        ("median", "q1", "q3"),
        *((centre, "ci_low", "ci_high") for centre in ("mean", "ratio", "percent")),
    ):
        numbers = summary.get(low, inner, high)
        if numbers and not numbers[0] <= numbers[1] <= numbers[2]:
            yield (low, inner, high), f"the {inner} does not lie between {low} and {high}"
    given = summary.get("mean", "sd")
    if not given or (summary.n or 2) < 2:
        return
    bounds = summary.get("min", "max") or (summary.low, summary.high)
    # Of two measured it may deviate most, and the measured may be fewer than the patients.
    if (
        bounds[0] is not None
        and bounds[1] is not None
        and not deviation_fits(given[0], given[1], bounds[0], bounds[1], 2)
    ):
        yield ("mean", "sd", "min", "max"), f"numbers from {bounds[0]} to {bounds[1]} cannot deviate so much"


@rule(
    "data-impossible",
    "error",
    needs=("studies",),
    example="a percentage of 130, a mean of 85.6 below its minimum, a standard deviation that the range excludes",
    blind="a wrong number that can be; bounds are known of percentages, P values and columns with `bounds`",
)
def data_impossible(matter: Matter) -> Iterator[Finding]:
    """A number of the extraction lies outside its bounds, or excludes another of the same measure."""
    columns = columns_of(matter)
    for study in matter.studies:
        for name, column in columns.items():
            number = number_of(study.get(name))
            if number is not None and (why := _beyond(column, number)):
                text = f"{study['study_id']}: {name} {number}"
                yield at_row(matter, study["study_id"], "data-impossible", "error", text, f"{name} cannot be: {why}")
    for summary in summaries(matter):
        for statistics, why in _impossible(summary):
            text, message = summary.text(*statistics), f"{summary.measure} cannot be: {why}"
            yield at_row(matter, summary.study, "data-impossible", "error", text, message)


@rule(
    "data-age",
    "warning",
    needs=("studies",),
    example="an age of 172 years",
    blind="ages in months, and columns whose name does not contain age; give the column `bounds` instead",
)
def data_age(matter: Matter) -> Iterator[Finding]:
    """An age exceeds the longest documented human life, in a column whose measure is named age."""
    for column in columns_of(matter).values():
        aged = "age" in column.measure.split("_") and column.unit in ("", "years") and column.high is None
        if not aged or column.statistic in ("sd", "se", "p", "percent", "count"):
            continue
        for study in matter.studies:
            number = number_of(study.get(column.name))
            if number is not None and not 0 <= number <= OLDEST:
                text = f"{study['study_id']}: {column.name} {number}"
                yield at_row(matter, study["study_id"], "data-age", "warning", text, f"{number} is hardly an age")


def _slip_of(number: Decimal, others: Sequence[Decimal]) -> Decimal | None:
    """What a number that stands apart from the others may have been before a slip.

    It stands apart where its distance from the nearest of the others exceeds both their own spread and one half (among
    six studies or more one quarter), on the scale of ratios (the gap of Dixon's test: Dixon WJ. Ann Math Stat
    1950;21:488-506).
    """
    low, high = min(others), max(others)
    if low <= 0 or number <= 0 or low <= number <= high:
        return None
    gap = log(low / number) if number < low else log(number / high)
    if gap <= max(log(high / low), log(1.25 if len(others) > 4 else 1.5)):
        return None
    near = [other for other in slips(number) if low * Decimal("0.8") <= other <= high * Decimal("1.25")]
    centre = median(others)
    return min(near, key=lambda other: (abs(log(other / centre)), other), default=None)


@rule(
    "data-outlier",
    "warning",
    needs=("studies",),
    example="an operating time of 19.9 minutes among 60.7 to 107, where 91.9 was meant; 6.61 for 66.1",
    blind="slips that stay near the other studies; columns with fewer than four studies; counts",
)
def data_outlier(matter: Matter) -> Iterator[Finding]:
    """A mean or median stands apart from the other studies: tenfold, or a slip of digits would explain it."""
    for column in columns_of(matter).values():
        if column.statistic not in CENTRES:
            continue
        cells = [(study["study_id"], number_of(study.get(column.name))) for study in matter.studies]
        known = [(study, number) for study, number in cells if number is not None]
        if len(known) < 4:
            continue
        for study, number in known:
            if _beyond(column, number):
                continue
            others = [other for name, other in known if name != study]
            centre, text = median(others), f"{study}: {column.name} {number}"
            if (meant := _slip_of(number, others)) is not None:
                message = f"it stands apart from the other studies ({min(others)} to {max(others)}); is it {meant}?"
            elif min(centre, number) > 0 and max(number / centre, centre / number) >= 10:
                message = f"it differs tenfold from the other studies (median {centre})"
            else:
                continue
            yield at_row(matter, study, "data-outlier", "warning", text, message)


@rule(
    "data-grim",
    "warning",
    needs=("studies",),
    example="a mean age of 74.5 years of five patients whose ages are whole years",
    blind="means of numbers that are not whole (the column needs `whole: true`), means too coarse for their n, and "
    "means over fewer than the study's patients (give the column its `n`)",
)
def data_grim(matter: Matter) -> Iterator[Finding]:
    """Whole numbers cannot have this mean, median or percentage with so few of them (GRIM)."""
    for summary in summaries(matter):
        if not summary.n:
            continue
        n, whole, numbers = summary.n, summary.whole, summary.numbers
        if whole and "mean" in numbers and not grim(numbers["mean"], n):
            yield at_row(
                matter,
                summary.study,
                "data-grim",
                "warning",
                summary.text("mean"),
                f"{n} whole numbers cannot have the mean {numbers['mean']}",
            )
        if whole and "median" in numbers and not grim(numbers["median"], 1 if n % 2 else 2):
            message = f"{n} whole numbers cannot have the median {numbers['median']}"
            yield at_row(matter, summary.study, "data-grim", "warning", summary.text("median"), message)
        if "percent" in numbers and not grim_percent(numbers["percent"], n):
            message = f"no whole number of {n} is {numbers['percent']} %"
            yield at_row(matter, summary.study, "data-grim", "warning", summary.text("percent"), message)


@rule(
    "data-deviation",
    "warning",
    needs=("studies",),
    example="a mean of 74.40 with a standard deviation of 8.61 of five whole ages",
    blind="deviations of numbers that are not whole, unless the range is given; what is rounded too coarsely to tell",
)
def data_deviation(matter: Matter) -> Iterator[Finding]:
    """Numbers with this mean, range or bounds cannot have this standard deviation (GRIMMER, DEBIT, bounds)."""
    for summary in summaries(matter):
        given, n = summary.get("mean", "sd"), summary.n or 0
        if n == 1 and summary.numbers.get("sd", 0) > 0:
            message = "one patient has no standard deviation"
            yield at_row(matter, summary.study, "data-deviation", "warning", summary.text("mean", "sd"), message)
        if not given or n < 2:
            continue
        mean, deviation = given
        low, high = summary.get("min", "max") or (None, None)
        if summary.binary:
            wrong = [] if debit(mean, deviation, n) else [f"{n} zeros and ones with the mean {mean} deviate otherwise"]
        elif summary.whole and not grimmer(mean, deviation, n):
            wrong = [f"{n} whole numbers with the mean {mean} cannot have the standard deviation {deviation}"]
        else:
            wrong = []
        if low is not None and high is not None and not wrong:
            if not deviation_fits(mean, deviation, low, high, n) and deviation_fits(mean, deviation, low, high, 2):
                wrong = [f"{n} numbers from {low} to {high} cannot deviate so much"]
            elif not deviation_reaches(deviation, low, high, n):
                wrong = [f"{n} numbers from {low} to {high} deviate more"]
        for message in wrong:
            text = summary.text("mean", "sd", "min", "max")
            yield at_row(matter, summary.study, "data-deviation", "warning", text, message)


def _recomputed(summary: Summary) -> Iterator[tuple[tuple[str, ...], str]]:
    """(statistics, what is wrong) of a measure whose statistics do not follow from one another."""
    n, numbers = summary.n or 0, summary.numbers
    if n > 1 and (given := summary.get("sd", "se")) and not error_fits(given[0], given[1], n):
        yield ("sd", "se"), f"with {n} patients the standard error does not follow from the standard deviation"
    if (
        n
        and (given := summary.get("count", "percent"))
        and abs(given[0] / n * 100 - given[1]) > Decimal("0.51").scaleb(-places_of(given[1]))
    ):
        yield ("count", "percent"), f"{given[0]} of {n} is {given[0] / n * 100:.1f} %"
    given = summary.get("se", "ci_low", "ci_high") if n > 1 and "mean" in numbers else None
    if given and not interval_fits(given[0], given[1], given[2], n):
        yield ("mean", "se", "ci_low", "ci_high"), "the 95 % confidence interval does not have its standard error"
    for centre in ("mean", "ratio"):
        interval = summary.get(centre, "ci_low", "ci_high")
        if not interval or not interval[1] <= interval[0] <= interval[2]:
            continue
        estimate, low, high = interval
        if not symmetric(estimate, low, high, ratio=centre == "ratio"):
            yield (centre, "ci_low", "ci_high"), f"the {centre} does not lie in the middle of its confidence interval"
        if (p := numbers.get("p")) is not None:
            implied = p_of_interval(estimate, low, high, ratio=centre == "ratio")
            if implied is not None and (implied < 0.05) != (p < Decimal("0.05")) and abs(float(p) - implied) > 0.02:
                yield (centre, "ci_low", "ci_high", "p"), f"the interval implies P = {implied:.3f}"


@rule(
    "data-range",
    "warning",
    needs=("studies",),
    example="a mean of 58.6 of five numbers from 55 to 119, where 85.6 was meant",
    blind="ranges of other things than the patients, such as sessions; means of many, which may be near an end",
)
def data_range(matter: Matter) -> Iterator[Finding]:
    """So few numbers, of which one is this minimum and one this maximum, cannot have this mean."""
    for summary in summaries(matter):
        given = summary.get("min", "mean", "max")
        if given and given[0] <= given[1] <= given[2] and not mean_fits(given[1], given[0], given[2], summary.n or 0):
            message = f"{summary.n} numbers of which one is {given[0]} and one {given[2]} have another mean"
            text = summary.text("mean", "min", "max")
            yield at_row(matter, summary.study, "data-range", "warning", text, message)


@rule(
    "data-recomputed",
    "warning",
    needs=("studies",),
    example="7 of 12 patients given as 52.3 %; a standard error that its standard deviation does not make",
    blind="results of adjusted models and of exact methods, whose intervals are not symmetric",
)
def data_recomputed(matter: Matter) -> Iterator[Finding]:
    """A percentage, standard error, confidence interval or P value does not follow from the others of its measure."""
    for summary in summaries(matter):
        for statistics, message in _recomputed(summary):
            text = summary.text(*statistics)
            yield at_row(matter, summary.study, "data-recomputed", "warning", text, message)


@rule(
    "data-decimals",
    "warning",
    needs=("studies",),
    example="a mean of 74.4 with a standard deviation of 8.627",
    blind="one more decimal place than the other, which journals allow",
)
def data_decimals(matter: Matter) -> Iterator[Finding]:
    """The statistics of one measure of a study differ by two decimal places or more."""
    kinds = ("mean", "median", "sd", "min", "max", "q1", "q3")
    for summary in summaries(matter):
        given = [one for one in kinds if one in summary.numbers and places_of(summary.numbers[one])]
        places = [places_of(summary.numbers[one]) for one in given]
        if places and max(places) - min(places) >= 2:
            message = f"the decimal places of {summary.measure} are mixed"
            yield at_row(matter, summary.study, "data-decimals", "warning", summary.text(*given), message)
