"""The cover letter as the audit reads it: its own lines, its values, its typed numbers."""

import pytest
from prismake.audit.matter import Matter
from prismake.audit.passages import passages_of_letter
from prismake.audit.statements import Row, Statements
from prismake.common.errors import BuildStop
from prismake.common.values import count, flat, named_tree, noun
from prismake.manuscript.letter import names_in_letter, read_letter

from .manuscripts import findings

LEDGER = dict(flat({"flow": {"included": count(9, "rows", noun("studies"))}}))
HEAD = {"title": "Oaks", "author": [{"name": "Ada Byron", "corresponding": True}], "word-counts": {"text": 3000}}
LETTER = """To {{ journal.name }}

Dear Editors,

We send “{{ manuscript.title }}”, with {{ flow.included }}{% if true %} and
{{ manuscript.text_words | n }} words{% endif %}. Of nine studies, **7** were found late.
"""


def letter(text):
    names = names_in_letter(named_tree(LEDGER), HEAD, "Journal of Trees", "values.json")
    return passages_of_letter(read_letter(text, "letter.md", names))


def test_a_letter_is_read_with_its_values_and_lines():
    passages = letter(LETTER)
    assert [(one.part, one.file, one.line, one.text) for one in passages] == [
        ("letter", "letter.md", 1, "To Journal of Trees"),
        ("letter", "letter.md", 3, "Dear Editors,"),
        ("letter", "letter.md", 5, "We send “Oaks”, with 9 studies and 3,000 words."),
        ("letter", "letter.md", 6, "Of nine studies, 7 were found late."),
    ]
    assert [printed.expression for printed in passages[2].printed] == [
        "manuscript.title",
        "flow.included",
        "manuscript.text_words | n",
    ]
    assert passages[2].printed[1].names == ("flow.included",)


def test_a_typed_number_in_a_letter_is_an_error_unless_it_is_stated():
    row = Row({"text": "Of nine studies", "place": "letter", "source": "flow.included"}, 2)
    for stated, typed in (((), ["nine", "7"]), ((row,), ["7"])):
        matter = Matter(letter(LETTER), LEDGER, statements=Statements(stated))
        messages = findings(matter, "typed-number")
        assert [message.split("'")[1] for _, message in messages] == typed


def test_a_value_that_does_not_exist_stops_at_its_line():
    with pytest.raises(BuildStop, match=r"letter\.md:2"):
        letter("Dear Editors,\n{{ flow.excluded }} were excluded.")


def test_the_names_of_the_letter_are_not_those_of_the_review():
    with pytest.raises(BuildStop, match="values of its own called journal"):
        names_in_letter({"journal": {}}, HEAD, "Journal of Trees", "values.json")
