"""Numbers of single studies: of the study that is cited, of the column that is named, of no study at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from prismake.audit.bounds import SUPERLATIVE, Bound, around, bound_in, finding_in, in_clause, is_range
from prismake.audit.data.columns import columns_of
from prismake.audit.findings import Finding, rule
from prismake.audit.matter import Matter
from prismake.audit.nouns import PEOPLE, accepted, any_of, names_role
from prismake.audit.passages import SUMMARIES, Passage

BODY = frozenset({"results", "discussion"})
OTHERS = SUMMARIES | {"abstract", "caption", "notes", "conclusion", "title", "letter"}
STUDY = r"(?:study|trial|series|cohort|report|survey|paper|article|note|sample|department|hospital|cent(?:er|re)|group)"
# Words that say that a sentence is about one study.
ONE_STUDY = re.compile(
    rf"\b(?:one|an?|another|the|this|that|each|single|first|second|third|last|other|latter|former|[a-z]+est|only)\s+"
    rf"(?:[\w-]+\s+){{0,3}}?{STUDY}\b|\b(?:single|individual)\s+(?:studies|trials)\b",
    re.IGNORECASE,
)
# Before a number that is of more than the study: of the 93 patients, longer than 60 minutes, 60 minutes overall.
WIDER = re.compile(
    r"^\s*(?:[\w-]+\s+)?of\s+$|\b(?:of|among|in)\s+(?:the|all|our|these)\s+$|\b(?:than|to|with|against)\s+(?:the\s+)?$"
    r"|\b(?:overall|averaged?|weighted|pooled|all|total|altogether|review|together)\b[^.;]*$",
    re.IGNORECASE,
)
# A sentence that cites more studies than this is about none of them.
FEW = 3
REVIEW_WIDE = (
    "pooled.",
    "flow.",
    "overlap.",
    "n_studies",
    "n_reports",
    "appraisal.",
    "search.",
    "agreement.",
    "dedup.",
)


@rule(
    "study-of-another",
    "error",
    needs=("ledger", "studies"),
    example="“In one series, 12 patients were treated [@yu2017]” with the number of another study",
    blind="a sentence that cites two studies and exchanges their numbers",
)
def study_of_another(matter: Matter) -> Iterator[Finding]:
    """A sentence cites included studies, but a value in it is another study's."""
    for passage in matter.authored:
        cited = matter.study_ids.intersection(passage.keys)
        for one in bound_in(passage, matter):
            if cited and one.name.startswith("studies.") and not cited.intersection(one.value.studies):
                message = f"{one.name} is of {', '.join(one.value.studies)}, which the sentence does not cite"
                yield finding_in("study-of-another", passage, message)


def _alone_cited(passage: Passage, matter: Matter) -> str:
    """The only study that a passage cites; empty where it cites none, several, or other works."""
    keys = set(passage.keys)
    return next(iter(keys)) if len(keys) == 1 and keys <= matter.study_ids else ""


@rule(
    "value-beside-study",
    "error",
    needs=("ledger", "studies"),
    example="“in one trial of 104 children the mean was 31.6 minutes [@goto2018]”, with the mean of all trials",
    blind="sentences that cite several studies; numbers of the review behind `of the`, `than`, `overall`",
)
def value_beside_study(matter: Matter) -> Iterator[Finding]:
    """A sentence with numbers of the one study that it cites prints a number of the whole review among them."""
    rows = {study["study_id"]: study for study in matter.studies}
    for passage in matter.authored:
        study = _alone_cited(passage, matter)
        bounds = bound_in(passage, matter) if study else []
        if not any(one.name.startswith("studies.") and study in one.value.studies for one in bounds):
            continue
        cells = {str(cell) for cell in rows[study].values()}
        own = [one for one in bounds if one.name.startswith("studies.") and study in one.value.studies]
        for at, one in enumerate(bounds):
            wide = one.name.startswith(REVIEW_WIDE) and set(one.value.studies) != {study}
            if not wide or one.numeral.form == "percent" or str(one.value.value) in cells:
                continue
            before = in_clause(*around(passage, bounds, at))[0]
            behind = [other.printed.start for other in own if other.printed.start > one.printed.end]
            # `the mean was 47, and the highest was measured in Cairo (92)` goes from all to one.
            goes_on = behind and SUPERLATIVE.search(passage.text, one.printed.end, min(behind))
            if _in_one_clause(passage, one, own) and not WIDER.search(before) and not goes_on:
                message = f"{one.name} ({one.numeral.text}) is not of {study}, the study that the sentence is about"
                yield finding_in("value-beside-study", passage, message)


def _in_one_clause(passage: Passage, one: Bound, others: Sequence[Bound]) -> bool:
    """Whether a number stands in a clause with one of others."""
    places = [(one.printed.start, other.printed.start) for other in others]
    return any(not re.search(r"[;:]\s", passage.text[min(pair) : max(pair)]) for pair in places)


def _words_of_columns(matter: Matter) -> Mapping[str, tuple[str, ...]]:
    """Column of a measure -> the words of what it measures."""
    return {
        name: tuple(word for word in column.measure.lower().split("_") if len(word) > 2 and word != "year")
        for name, column in columns_of(matter).items()
        if column.statistic != "count" and not matter.columns[name].get("counts")
    }


@rule(
    "value-column",
    "error",
    needs=("ledger", "studies"),
    example="“sensitivity was {{ studies.jung2023.specificity }}%”",
    blind="columns whose names the text does not use",
)
def value_column(matter: Matter) -> Iterator[Finding]:
    """A number of a study stands at the name of another column, and its own is not named; or ends another's range."""
    words = _words_of_columns(matter)
    for passage in matter.authored:
        bounds = bound_in(passage, matter)
        for at, one in enumerate(bounds):
            column = one.value.columns[0] if one.name.startswith("studies.") and one.value.columns else ""
            if not words.get(column) or one.value.kind != "measure":
                continue
            before, after = in_clause(*around(passage, bounds, at))
            if names_role(words[column], before) or names_role(words[column], after):
                continue
            # What stands before may belong to the number before: `a 63-day course raised scores by 4 points`.
            last = bounds[at - 1].value if at else one.value
            own = {word for name in (column, *last.columns[:1]) for word in words.get(name, ())}
            others = [group for group in words.values() if group and not set(group) & own]
            rivals = [group for group in others if names_role(group, before)]
            if rivals:
                message = f"{one.name} ({one.numeral.text}) stands at {any_of(rivals[0])}"
                yield finding_in("value-column", passage, message)
        for first, second in pairwise(bounds):
            both = first.name.startswith("studies.") and second.name.startswith("studies.")
            if both and is_range(passage, first, second) and not _one_range(first, second, matter):
                message = f"{first.name} and {second.name} are not the ends of one range"
                yield finding_in("value-column", passage, message)


# The last word of the name of a column that holds one end of an interval.
ENDS = re.compile(r"_?(?:lower|low|lo|upper|high|hi|min|max|first|last|start|end|before|after|pre|post|baseline)$")


def _one_range(first: Bound, second: Bound, matter: Matter) -> bool:
    """Whether two numbers of studies may be the ends of one range: of one column, or of one measure of one study."""
    known = columns_of(matter)
    left, right = (known.get(one.value.columns[0]) if one.value.columns else None for one in (first, second))
    if left is None or right is None or left.measure == right.measure:
        return True
    return ENDS.sub("", left.name) == ENDS.sub("", right.name)


# The largest trial, the smallest of the cohorts: of the studies, that with the most or fewest patients.
SIZED = re.compile(
    r"\b(largest|biggest|smallest)\s+(?:[\w-]+\s+){0,2}?(?:study|trial|series|cohort|sample|survey|group|of\s+the\s+\w+)\b"
    r"(?!.*\b(?:second|third|after|than)\b)"
)


@rule(
    "value-size",
    "error",
    needs=("ledger", "studies"),
    example="“the largest trial randomized `{{ pooled.patients }}`”, or the number of a trial that is not the largest",
    blind="sizes in other words; other numbers than those of the people in the studies",
)
def value_size(matter: Matter) -> Iterator[Finding]:
    """The number of people of the largest or smallest study is not the largest or smallest of the studies."""
    column = matter.settings.get("synthesis", {}).get("patients", "") or _column_of_people(matter)
    sizes = [study[column] for study in matter.studies if isinstance(study.get(column), int)]
    for passage in matter.authored if sizes else ():
        bounds = bound_in(passage, matter)
        for index, one in enumerate(bounds):
            before = in_clause(*around(passage, bounds, index))[0]
            sized = SIZED.search(before)
            people = one.value.kind == "count" and accepted(one.value) & PEOPLE and one.value.columns[:1] == (column,)
            # `the largest study had 40 of 203 children` and shares of the whole are other numbers.
            if not sized or not people or one.numeral.form != "count" or "," in before[sized.end() :]:
                continue
            wanted = min(sizes) if sized[1] == "smallest" else max(sizes)
            if one.value.value != wanted:
                yield finding_in(
                    "value-size", passage, f"the {sized[1]} study has {wanted}, and {one.name} is {one.value.value}"
                )


def _column_of_people(matter: Matter) -> str:
    """The column that the pooled number of patients is the sum of."""
    pooled = (value for name, value in matter.ledger.items() if re.fullmatch(r"pooled\.\w+", name))
    whole = [value for value in pooled if value.kind == "count" and value.columns and accepted(value) & PEOPLE]
    return max(whole, key=lambda value: value.value or 0).columns[0] if whole else ""


def _named(passage: Passage, one: Bound, row: Mapping[str, Any]) -> bool:
    """Whether a passage names a study: by its first author or its country, or speaks of one study at a number."""
    after = re.split(r"[,;:.(]", passage.text[one.printed.end :])[0]
    here = f"{passage.text[: one.printed.start]} {after}"
    label, country = str(row.get("authors_label") or "").split(" ")[0], str(row.get("country") or "").lower()
    named = (label and label in passage.text) or (country and names_role(tuple(country.split()), passage.text))
    return bool(named or ONE_STUDY.search(here))


@rule(
    "study-uncited",
    "warning",
    needs=("ledger", "studies"),
    example="“they had worked for 15.6 years on average”, with the number of one study",
    blind="sentences that speak of one study without saying which, or stand beside one that cites it",
)
def study_uncited(matter: Matter) -> Iterator[Finding]:
    """A number of a single study stands in a sentence that neither cites nor names it, nor speaks of one study."""
    rows = {study["study_id"]: study for study in matter.studies}
    authored = [passage for passage in matter.authored if passage.part in BODY | OTHERS]
    for at, passage in enumerate(authored):
        bounds = bound_in(passage, matter)
        ranged = {one.name for pair in pairwise(bounds) if is_range(passage, *pair) for one in pair}
        beside = [one for one in authored[max(at - 1, 0) : at + 2] if one.paragraph == passage.paragraph]
        near = [one for one in beside if one is passage or len(set(one.keys)) <= FEW]
        for one in bounds:
            study = (one.value.studies or ("",))[0]
            if not one.name.startswith("studies.") or one.name in ranged or study not in rows:
                continue
            if not any(study in other.keys for other in near) and not _named(passage, one, rows[study]):
                message = f"{one.name} is of {study}, which the sentence neither cites nor names"
                yield finding_in("study-uncited", passage, message)
