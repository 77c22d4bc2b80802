"""Decisions that screening tools write into a record's notes: Rayyan's, ASReview's and Covidence's marks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RAYYAN = "RAYYAN-"
_INCLUSION = re.compile(r"RAYYAN-INCLUSION:\s*\{")
_PAIR = re.compile(
    r'\s*+,?\s*+"((?:[^"\\]|\\.)*)"\s*(?:=>|:)\s*(?:"((?:[^"\\]|\\.)*)"|(true|false|null|nil|-?\d+))', re.IGNORECASE
)
_PART = r"(.*?)(?=\|\s*(?:RAYYAN-[A-Z-]+:|USER-NOTES:)|\Z)"
_REASONS = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*" + _PART, re.DOTALL)
# Not written by Rayyan itself, which puts its answers in braces.
_BARE = re.compile(r"RAYYAN-INCLUSION:[ \t]*[^\s{|][^|\n]{0,80}")
_LABELS = re.compile(r"RAYYAN-LABELS:\s*" + _PART, re.DOTALL)
_NOTES = re.compile(r"USER-NOTES:\s*" + _PART, re.DOTALL)
_RAYYAN_WORDS = {
    **dict.fromkeys(("included", "include", "true", "1"), "include"),
    **dict.fromkeys(("excluded", "exclude", "false", "-1"), "exclude"),
    **dict.fromkeys(("maybe", "undecided", "0"), "maybe"),
    **dict.fromkeys(("null", "nil", ""), ""),
}

_ASREVIEW = re.compile(r"\bASReview_(relevant|irrelevant|not_seen)\b", re.IGNORECASE)
# What ASReview writes into RIS of a label: asreview_time: "…"; asreview_note: "…"; asreview_group_id: 3.
_ASREVIEW_FIELD = re.compile(r'\basreview_(\w+): ("(?:[^"\\]|\\.)*"|[\w.+-]+)')
_COVIDENCE = re.compile(r"Exclusion reason:\s*([^;\n]+)", re.IGNORECASE)

# A tag or label that says nothing but a decision: "include", "Excluded: wrong population", "exclude_fulltext", "EXCLUDE
# on study design"; not "excluded volume".
_LABEL = re.compile(
    r"\W*(?P<word>include|exclude|maybe|unsure)[ds]?(?:\W*$|\s*[:|/(\u2013\u2014_-]+\s*(?P<behind>.+)$"
    r"|\s+(?:on|at|after|because(?: of)?|due to)\s+(?P<on>.+)$)",
    re.IGNORECASE | re.DOTALL,
)
# What may stand in a reason's place and names a stage.
_STAGE = re.compile(r"(?:the|title|abstract|full|text|fulltext|screening|stage|ta|ft|and|\W|_)+", re.IGNORECASE)

Splitter = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One reviewer's answer in a note: reviewer ("" where the tool does not say), decision, reasons, other remarks.

    `decision` is include, exclude, maybe, "" (none yet), or, after a "?", a word that the tool does not use.
    """

    reviewer: str
    decision: str
    reasons: tuple[str, ...] = ()
    note: str = ""


def rayyan(notes: Sequence[str], split: Splitter) -> list[Answer]:
    """What Rayyan wrote into a record's notes; one item per reviewer.

    Reasons belong to the record, not to a reviewer, so each who excluded has them all. Rayyan joins them with commas
    and a reason may hold commas: `split` knows the reasons that the review declares.
    """
    text = "\n".join(notes)
    start = _INCLUSION.search(text)
    if not start:
        bare = _BARE.search(text)
        return [Answer("", f"?{bare[0].strip()}")] if bare else []
    reasons = tuple(split(match[1].strip())) if (match := _REASONS.search(text)) and match[1].strip() else ()
    remarks = []
    if (match := _LABELS.search(text)) and match[1].strip():
        remarks.append(f"labels: {match[1].strip()}")
    if (match := _NOTES.search(text)) and match[1].strip():
        remarks.append(f"notes: {match[1].strip()}")
    note = "; ".join(remarks)
    answers, at = [], start.end()
    while pair := _PAIR.match(text, at):
        at = pair.end()
        word = (pair[2] if pair[2] is not None else pair[3]).strip()
        decision = _RAYYAN_WORDS.get(word.casefold(), f"?{word}")
        reviewer = pair[1].replace('\\"', '"').replace("\\\\", "\\")
        answers.append(Answer(reviewer, decision, reasons if decision == "exclude" else (), note))
    rest = text[at : at + 80].strip().split("|")[0].strip()
    if rest.strip("{} ,") or (rest and not rest.startswith(("}", "{}"))):
        # Cut off, or not as Rayyan writes it: a reviewer's answer must not be lost in it.
        answers.append(Answer("", f"?{start[0].strip()} … {rest}"))
    return answers


def labelled(labels: Sequence[str]) -> list[Answer]:
    """The decisions that tags, labels or custom fields of a reference manager say, each once."""
    answers = []
    for label in labels:
        if match := _LABEL.match(label.strip()):
            reason = (match["behind"] or match["on"] or "").strip().rstrip(")").strip()
            word = {"unsure": "maybe"}.get(match["word"].casefold(), match["word"].casefold())
            reasons = (reason,) if word == "exclude" and reason and not _STAGE.fullmatch(reason) else ()
            answers.append(Answer("", word, reasons))
    return list(dict.fromkeys(answers))


def asreview(notes: Sequence[str]) -> Answer | None:
    """What ASReview wrote into a record's notes; the rest of the notes is the remark."""
    text = "; ".join(notes)
    match = _ASREVIEW.search(text)
    if not match:
        return None
    decision = {"relevant": "include", "irrelevant": "exclude", "not_seen": ""}[match[1].lower()]
    own = [json.loads(field[2]) for field in _ASREVIEW_FIELD.finditer(text) if field[1] == "note"]
    rest = _ASREVIEW_FIELD.sub("", _ASREVIEW.sub("", text))
    remarks = [*(str(note) for note in own), *(part.strip(" ,") for part in rest.split(";"))]
    return Answer("", decision, (), "; ".join(filter(None, remarks)))


def covidence(notes: Sequence[str]) -> Answer | None:
    """The exclusion reason that Covidence wrote into a reference's notes, which makes it an exclusion."""
    text = "; ".join(notes)
    match = _COVIDENCE.search(text)
    if not match:
        return None
    rest = _COVIDENCE.sub("", text, count=1).strip(" ;")
    return Answer("", "exclude", (match[1].strip(),), rest)
