import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from prismake.common.errors import BuildStop
from prismake.manuscript.letter import facts_of
from scripts.write_letter import write_letter

from tests.ledgers import ledger_document
from tests.places import JOURNALS, SCHEMAS

HEAD: dict[str, Any] = {
    "title": "Oaks *and* ashes",
    "author": [
        {"name": "Ada Byron", "email": "ada@example.org", "corresponding": True},
        {"name": "Charles Babbage"},
        {"name": "Mary Somerville"},
    ],
    "word-counts": {"abstract": 120, "text": 3000},
    "tables": 2,
    "figures": 1,
    "date-fixed": "2020-02-03",
}


def written(tmp_path: Path, letter: str, values: dict | None = None) -> str:
    (tmp_path / "letter.md").write_text(letter, encoding="utf-8")
    (tmp_path / "manuscript.md").write_text(f"---\n{yaml.safe_dump(HEAD)}---\n\n# Text\n", encoding="utf-8")
    (tmp_path / "values.json").write_text(
        json.dumps(ledger_document(values or {"flow": {"included": 9}})), encoding="utf-8"
    )
    (tmp_path / "profile.yaml").write_text("name: Journal of Trees\n", encoding="utf-8")
    write_letter(
        letter=tmp_path / "letter.md",
        manuscript=tmp_path / "manuscript.md",
        values=tmp_path / "values.json",
        profile=[tmp_path / "profile.yaml", JOURNALS / "bmj/profile.yaml"],
        schema=SCHEMAS / "journal.schema.yaml",
        rendered=tmp_path / "rendered.md",
    )
    return (tmp_path / "rendered.md").read_text(encoding="utf-8")


def test_a_letter_has_the_values_and_the_facts_of_the_manuscript(tmp_path):
    text = written(
        tmp_path,
        "To {{ journal.name }}: {{ flow.included }} studies in “{{ manuscript.title }}”, "
        "{{ manuscript.text_words | n }} words. {{ manuscript.corresponding }}",
    )
    assert text.endswith("To Journal of Trees: 9 studies in “Oaks *and* ashes”, 3,000 words. Ada Byron\n")
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["title"] == "Cover letter" and head["date-fixed"] == "2020-02-03"


def test_authors_are_listed_as_a_sentence_has_them():
    assert facts_of(HEAD)["authors"] == "Ada Byron, Charles Babbage, and Mary Somerville"
    assert facts_of({**HEAD, "author": HEAD["author"][:2]})["authors"] == "Ada Byron and Charles Babbage"
    assert facts_of({**HEAD, "author": HEAD["author"][:1]})["authors"] == "Ada Byron"


def test_an_unknown_value_stops_at_its_line(tmp_path):
    with pytest.raises(BuildStop) as stopped:
        written(tmp_path, "Dear Editors,\n\nwe found {{ flow.includd }} studies.")
    assert "letter.md:3" in str(stopped.value) and "included" in str(stopped.value)


def test_values_that_would_be_hidden_by_the_letters_own_stop(tmp_path):
    with pytest.raises(BuildStop) as stopped:
        written(tmp_path, "Dear Editors", {"journal": {"n": 1}})
    assert stopped.value.issues[0].code == "name-twice"
