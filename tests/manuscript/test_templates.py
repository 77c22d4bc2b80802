import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.manuscript.templates import Prose

VALUES = {
    "flow": {"included": 9, "identified": 428},
    "appraisal": {"items": 3},
    "studies": {"x": {"title": "A *b* [c]"}},
}


def fault(text, first_line=1):
    with pytest.raises(BuildStop) as caught:
        Prose(VALUES).render(text, "01.md", first_line)
    return str(caught.value)


def test_values_are_filled_in_and_kept_in_the_ledger():
    prose = Prose(VALUES)
    assert prose.render("We\nincluded {{ flow.included | words }} of {{ flow.identified }}.\n", "01.md") == (
        "We\nincluded nine of 428.\n"
    )
    assert [(use.line, use.expression, use.printed) for use in prose.ledger] == [
        (2, "flow.included | words", "nine"),
        (2, "flow.identified", "428"),
    ]


def test_names_win_over_methods_of_dictionaries():
    assert Prose(VALUES).render("{{ appraisal.items }}", "x") == "3"


def test_an_unknown_name_is_told_at_its_line_with_the_nearest():
    text = fault("a\n\nb {{ flow.inclded }}\n")
    assert text.startswith("01.md:3: there is no value 'inclded': did you mean 'included'?")
    assert "no value 'nothing'" in fault("{{ nothing.at.all }}")


def test_statements_are_strict_too():
    assert "01.md:2" in fault("a\n{% if flow.inclded > 1 %}b{% endif %}")
    assert Prose(VALUES).render("{% if flow.included == 9 %}b{% endif %}", "x") == "b"


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ flow.__class__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% for x in range(999999999) %}{% endfor %}",
        "{{ flow.update({'included': 3}) }}",
    ],
)
def test_the_sandbox_holds(hostile):
    assert fault(hostile).startswith("01.md:1: ")


@pytest.mark.parametrize("broken", ["{{ flow.included | }}", "{% if %}", "{{ flow }}", "{{ flow.included | wrds }}"])
def test_faults_in_expressions_name_their_line(broken):
    assert fault("fine\n" + broken).startswith("01.md:2: ")


def test_text_from_data_prints_as_it_stands():
    assert Prose(VALUES).render("{{ studies.x.title }}", "x") == r"A \*b\* \[c\]"


def test_identifiers_of_pandoc_are_not_comments():
    assert Prose(VALUES).render("# Results {#sec:results}\n", "x") == "# Results {#sec:results}\n"


@given(st.text(st.characters(codec="utf-8", exclude_characters="{}\r")))
def test_prose_without_values_is_left_alone(text):
    assert Prose({}).render(text, "x") == text
