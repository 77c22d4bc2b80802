"""Appraisal forms as data: one YAML file per form, the engine's (`forms/`) or the review's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.appraisal.rules import COUNTING, Case, Rule, names_in, proposal, read_cases, unknown_names
from prismake.common.based_on import chain, checked, read_document
from prismake.common.errors import BuildStop, Issue, nearest, stop

OVERALL = "overall"
# Where a form does not say which of its answers mean that the report leaves the matter open.
UNCLEAR = ("unclear", "no_information")
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Question:
    """A signalling question: its topic, its answers, and the cases in which it applies (none: always).

    One that does not always apply may be answered as not applicable where it does not, an `optional` one always.
    """

    id: str
    subject: str
    answers: tuple[str, ...]
    condition: tuple[Case, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Item:
    """What a form judges: its topic, its answers, the questions that lead to it, and the rules that propose an answer.

    `group` is the heading under which a form has several of its items, such as applicability.
    """

    id: str
    subject: str
    answers: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    rules: tuple[Rule, ...] = ()
    group: str = ""

    def applicable(self, given: Mapping[str, str]) -> list[Question]:
        """The questions that apply, by the answers to those before them; an answer to one that does not counts not."""
        applying: list[Question] = []
        known = {name: answer for name, answer in given.items() if name not in {one.id for one in self.questions}}
        for question in self.questions:
            if not question.condition or any(case.holds(known) for case in question.condition):
                applying.append(question)
                if question.id in given:
                    known[question.id] = given[question.id]
        return applying

    def unanswered(self, given: Mapping[str, str]) -> list[str]:
        """The questions that apply and have no answer of theirs, or one that says that they do not apply."""
        return [
            question.id
            for question in self.applicable(given)
            if given.get(question.id) is None or (given[question.id] == NOT_APPLICABLE and not question.optional)
        ]

    def proposed(self, given: Mapping[str, str]) -> str | None:
        """What the rules propose, where all that they look at is answered; None where they propose nothing."""
        own = {question.id for question in self.questions}
        if self.unanswered(given) or any(name not in given for name in names_in(self.rules) if name not in own):
            return None
        off = own - {question.id for question in self.applicable(given)}
        return proposal(self.rules, {name: answer for name, answer in given.items() if name not in off})


@dataclass(frozen=True)
class Form:
    """An appraisal form: its `items` by id, in the form's order, and its `verdict`, the overall judgement.

    `family` is what forms share that fit into one matrix, `about` what one appraisal is of where a study may have
    several (an outcome), `unclear` the answers that leave the matter open, `best` the overall answers that a
    sensitivity analysis keeps, `marks` what tables print for answers. A `scored` form adds its answers up.
    """

    id: str
    title: str
    short: str
    answers: tuple[str, ...]
    overall: tuple[str, ...]
    items: dict[str, Item]
    designs: tuple[str, ...] = ()
    verdict: Item = Item(OVERALL, OVERALL, ())
    family: str = ""
    about: str = ""
    source: str = ""
    wording: str = ""
    unclear: tuple[str, ...] = UNCLEAR
    best: tuple[str, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    scored: bool = False
    on_request: bool = False

    @property
    def questions(self) -> dict[str, Question]:
        """The signalling questions of all items and of the overall judgement."""
        return {one.id: one for item in (*self.items.values(), self.verdict) for one in item.questions}

    @property
    def proposes(self) -> bool:
        """Whether rules propose any of its judgements."""
        return any(item.rules for item in (*self.items.values(), self.verdict))

    @property
    def judged(self) -> list[str]:
        """Every answer that an item may have, each once."""
        return list(dict.fromkeys(answer for item in self.items.values() for answer in item.answers))

    @property
    def maximum(self) -> int:
        """The highest score."""
        return sum(max(int(answer) for answer in item.answers) for item in self.items.values()) if self.scored else 0

    def answers_of(self, name: str) -> tuple[str, ...]:
        """The answers of an item or a question; none for what the form does not have."""
        if name in self.items:
            return self.items[name].answers
        return self.questions[name].answers if name in self.questions else ()

    def answer_meant(self, text: str, answers: Sequence[str]) -> str | None:
        """The one of the answers that a text means, whatever its case, blanks and marks: by its name, by another that
        the form gives it, or by the initials that no other answer has (`PY`, `n/a`).
        """
        names = initials_of(answers)
        names |= {_letters(alias): answer for alias, answer in self.aliases.items() if answer in answers}
        names |= {_letters(answer): answer for answer in answers}
        return names.get(_letters(text))

    def subject_of(self, name: str) -> str:
        """What an item or a question asks about."""
        return (self.items[name] if name in self.items else self.questions[name]).subject


def initials_of(answers: Sequence[str]) -> dict[str, str]:
    """Initials -> the one answer that has them: `py`, probably_yes. Answers that are numbers have none."""
    initials = {answer: "".join(word[0] for word in answer.split("_")) for answer in answers if not answer.isdigit()}
    once = Counter(initials.values())
    return {short: answer for answer, short in initials.items() if once[short] == 1}


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def read_form(files: Sequence[Path], schema: Path) -> Form:
    """Reads one form: its file, then those that it is based on.

    Raises BuildStop if it does not follow the schema, an id occurs twice, or a rule names what the form does not have.
    """
    document, path = checked(files, schema), files[0]
    groups = document.get("groups", {})
    names = [str(item["id"]) for item in document["items"]]
    answers, overall = tuple(document["answers"]), tuple(document["overall"])
    by_default = tuple(document.get("question_answers", answers))
    items = [_item(item, answers, by_default, groups, names) for item in document["items"]]
    verdict = {"id": OVERALL, "subject": OVERALL, **document.get("verdict", {})}
    form = Form(
        document["id"],
        document["title"],
        document["short"],
        answers,
        overall,
        {item.id: item for item in items},
        # Without a word on it, a form is for the design of its name; what is based on it is for the same.
        tuple(document.get("designs") or [read_document(files[-1])["id"]]),
        _item(verdict, overall, by_default, groups, names),
        document.get("family", document["id"]),
        document.get("about", ""),
        document.get("source", ""),
        document.get("wording", ""),
        tuple(document.get("unclear", UNCLEAR)),
        tuple(document.get("best", ())),
        document.get("marks", {}),
        document.get("aliases", {}),
        document.get("scored", False),
        document.get("on_request", False),
    )
    if issues := list(_faults(form, items, path)):
        raise BuildStop(issues)
    return form


def _item(
    content: Mapping[str, Any],
    answers: tuple[str, ...],
    by_default: tuple[str, ...],
    groups: Mapping[str, Sequence[str]],
    items: Sequence[str],
) -> Item:
    questions = tuple(_question(one, by_default, groups) for one in content.get("questions", ()))
    rules = tuple(Rule(one["answer"], read_cases(one.get("when"), groups, items)) for one in content.get("rules", ()))
    own = tuple(content.get("answers", answers))
    return Item(content["id"], content["subject"], own, questions, rules, content.get("group", ""))


def _question(content: Mapping[str, Any], by_default: tuple[str, ...], groups: Mapping[str, Sequence[str]]) -> Question:
    answers, cases = list(content.get("answers", by_default)), read_cases(content.get("applies_if"), groups, ())
    optional = content.get("optional", False)
    if (cases or optional) and NOT_APPLICABLE not in answers:
        answers.append(NOT_APPLICABLE)
    return Question(content["id"], content["subject"], tuple(answers), cases, optional)


def _faults(form: Form, items: Sequence[Item], path: Path) -> Iterator[Issue]:
    """What a schema cannot see: ids in use twice, rules and groups that name what the form does not have."""
    judged = (*items, form.verdict)
    names = [*(item.id for item in items), *(one.id for item in judged for one in item.questions)]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Issue("item-twice", f"two items have the same id: '{name}'", str(path), "renumber the items")
    for name in (name for name in names if name in COUNTING):
        yield Issue("item-word", f"'{name}' is a word of the rules and cannot be an item's id", str(path), "rename it")
    if form.scored and (words := [answer for answer in form.judged if not answer.isdigit()]):
        message = f"the form adds its answers up, and '{words[0]}' is not a number"
        yield Issue("no-number", message, f"{path}, answers", 'use numbers such as "0" and "1" for all answers')
    valid = {name: form.answers_of(name) for name in names}
    rules = [(f"{path}, rules of '{item.id}'", item.rules) for item in judged]
    rules += [(f"{path}, question '{one.id}'", (Rule("", one.condition),)) for item in judged for one in item.questions]
    for where, name, known in unknown_names(rules, valid):
        yield Issue("unknown-item", f"there is no '{name}'", where, nearest(name, known))
    for item in judged:
        for answer in dict.fromkeys(rule.answer for rule in item.rules if rule.answer not in item.answers):
            message = f"'{answer}' is not an answer of '{item.id}'"
            yield Issue("unknown-answer", message, f"{path}, rules of '{item.id}'", nearest(answer, item.answers))
    every = {*form.judged, *form.overall, *(answer for one in form.questions.values() for answer in one.answers)}
    for key, used in (("best", form.best), ("marks", form.marks), ("aliases", form.aliases.values())):
        for answer in used:
            if answer not in every:
                message = f"'{answer}' is not an answer of the form"
                yield Issue("unknown-answer", message, f"{path}, {key}", nearest(answer, sorted(every)))


def forms_for(design: str | None, designs: Mapping[str, list[str]] | None, forms: Mapping[str, Form]) -> list[str]:
    """The ids of the forms that a design may be appraised on: as `designs` says, or else the forms themselves."""
    if designs is not None:
        return designs.get(design or "", [])
    return [form.id for form in forms.values() if design in form.designs]


def read_forms(engine: Sequence[Path], own: Sequence[Path], schema: Path) -> dict[str, Form]:
    """Form id -> form, of the engine and of the review; one of its `own` replaces the engine's of the same id.

    Raises BuildStop if a form is faulty, has no id, or shares it with another of the same side.
    """
    known, ours = _by_id(engine), _by_id(own)
    return {name: read_form(chain(file, ours, known), schema) for name, file in {**known, **ours}.items()}


def _by_id(files: Sequence[Path]) -> dict[str, Path]:
    shelf: dict[str, Path] = {}
    for file in files:
        name = read_document(file).get("id")
        if not isinstance(name, str):
            raise stop("no-id", "has no id", where=str(file), fix="give the form an `id`, as in the table of answers")
        if name in shelf:
            raise stop("form-twice", f"the form '{name}' is also in {shelf[name]}", where=str(file), fix="rename one")
        shelf[name] = file
    return shelf
