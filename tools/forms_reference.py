"""Writes docs/forms.md from the appraisal forms, so that the page and the forms are one.

Run: python tools/forms_reference.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from prismake import PACKAGE
from prismake.appraisal.forms import Form, Item, read_forms
from prismake.common.places import schema_of
from prismake.common.yaml_files import load_yaml

TARGET = Path(__file__).parents[1] / "docs" / "forms.md"
FILES = sorted((PACKAGE / "appraisal" / "forms").glob("*.yaml"))
HEAD = """# Appraisal forms

The forms that Prismake comes with; how they are used and how you write your own is in
[Extraction, tables, appraisal, values](synthesis.md). This page is made from `workflow/prismake/appraisal/forms/` by
`python tools/forms_reference.py`. A form names the topic of each item in our own words; look up its wording where the
form is published. `prismake extract` writes the grids of forms *on request* for reviews that name them:
`prismake add form ID`.

| form | items | questions | made for | overall | proposes |
|---|---|---|---|---|---|
"""


def reference() -> str:
    """The whole page."""
    forms = read_forms(FILES, [], schema_of("appraisal_form"))
    notes = {path.stem: load_yaml(path).get("notes", []) for path in FILES}
    rows = "\n".join(_row(form) for form in forms.values())
    return (
        f"{HEAD}{rows}\n" + "\n".join(line for form in forms.values() for line in _about(form, notes[form.id])) + "\n"
    )


def _row(form: Form) -> str:
    made_for = ", ".join(form.designs) + (" (on request)" if form.on_request else "")
    overall = f"score, at most {form.maximum}" if form.scored else ", ".join(map(_words, form.overall)) or "none"
    judged = [item.id for item in form.items.values() if item.rules] + (["overall"] if form.verdict.rules else [])
    numbers = [str(len(form.items)), str(len(form.questions) or "")]
    cells = [f"`{form.id}`", *numbers, made_for, overall, ", ".join(judged)]
    return f"| {' | '.join(cells)} |"


def _words(answer: str) -> str:
    return answer.replace("_", " ")


def _about(form: Form, notes: list[str]) -> Iterator[str]:
    yield f"\n## {form.title}\n"
    yield f"`{form.id}`. Published: <{form.source}>. Wording: <{form.wording}>.\n"
    for item in form.items.values():
        yield _line(f"{item.id} {item.subject}", item)
    if form.verdict.questions:
        yield _line("overall", form.verdict)
    if notes:
        yield ""
        yield "\n\n".join(notes)


def _line(name: str, item: Item) -> str:
    questions = "; ".join(f"{one.id} {one.subject}" for one in item.questions)
    return f"- {name}" + (f": {questions}" if questions else "")


def main() -> int:
    """Writes the page, or with --check tells whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only report whether the page is up to date")
    if not parser.parse_args().check:
        TARGET.write_text(reference(), encoding="utf-8", newline="\n")
    elif not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != reference():
        print("docs/forms.md is not up to date: run python tools/forms_reference.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
