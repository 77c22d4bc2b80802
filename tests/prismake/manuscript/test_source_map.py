import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.manuscript.source_map import marked, pieces_of, unmarked
from prismake.manuscript.templates import Prose

VALUES = {"n": 9, "no": 0, "name": "A *b*", "many": [1, 2]}


def pieces(text):
    return pieces_of(Prose(VALUES, traced=True).render(text, "x"), text)


def printed(text):
    return Prose(VALUES).render(text, "x")


TEXTS = [
    "We found {{ n }} studies.\nThey were small.\n",
    "{% if n %}\nShown\n{% else %}\nhidden\n{% endif %}\nafter\n",
    "a {% if no %}x{% else %}y {{ n }}{% endif %} b\n  {% if n %}\n  c\n  {% endif %}\nd",
    "a  {%- if n -%}  b  {%- endif -%}  c\n\n d",
    "{% for one in many %}\n{{ one }} of them\n{% endfor %}\n",
    "{%# a remark {{ nothing }} #%}text {{ name }}{{ n | words }}.",
    "{% filter upper %}loud{% endfilter %} calm",
    "",
    "{{ n }}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_marks_change_nothing_of_what_is_printed(text):
    assert unmarked(Prose(VALUES, traced=True).render(text, "x")) == printed(text)
    assert "".join(piece["text"] for piece in pieces(text)) == printed(text)


@pytest.mark.parametrize("text", TEXTS)
def test_words_stand_in_the_source_where_the_map_says(text):
    for piece in pieces(text):
        if "value" in piece:
            assert text[piece["start"] : piece["end"]].strip("{} ") == piece["value"]
        elif "start" in piece:
            assert text[piece["start"] : piece["end"]] == piece["text"]


def test_a_value_is_reported_with_its_expression():
    assert pieces("We found {{ n | words }}.") == [
        {"text": "We found ", "start": 0, "end": 9},
        {"text": "nine", "start": 9, "end": 24, "value": "n | words"},
        {"text": ".", "start": 24, "end": 25},
    ]


def test_what_a_loop_or_filter_prints_has_no_single_source():
    assert all("start" not in piece for piece in pieces("{% filter upper %}loud{% endfilter %}"))
    starts = [piece for piece in pieces(TEXTS[4]) if "of them" in piece["text"]]
    assert ["start" in piece for piece in starts] == [True, False]


def test_text_behind_a_condition_is_found():
    result = {piece["text"]: piece.get("start") for piece in pieces(TEXTS[1])}
    assert result["Shown\n"] == TEXTS[1].index("Shown") and result["after\n"] == TEXTS[1].index("after")


TAGS = [
    "{{ n }}",
    "{% if n %}",
    "{% if no %}",
    "{% else %}",
    "{% endif %}",
    "{%- if n -%}",
    "{%- endif -%}",
]


@given(st.lists(st.sampled_from([*TAGS, "word", " ", "\n", "  ", ".", "\n\n"]), max_size=12))
def test_whatever_the_tags_the_map_gives_what_is_printed(tokens):
    opened = 0
    kept = []
    for token in tokens:
        if "if n" in token or "if no" in token:
            opened += "endif" not in token
        if ("endif" in token or "else" in token) and not opened:
            continue
        if "else" in token:
            continue
        opened -= "endif" in token
        kept.append(token)
    text = "".join(kept) + "{% endif %}" * opened
    with_marks = Prose(VALUES, traced=True).render(text, "x")
    assert unmarked(with_marks) == printed(text)
    for piece in pieces_of(with_marks, text):
        if "start" in piece and "value" not in piece:
            assert text[piece["start"] : piece["end"]] == piece["text"]
    assert marked("") == ""
