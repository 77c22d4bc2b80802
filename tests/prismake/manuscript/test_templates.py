import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.manuscript import templates
from prismake.manuscript.source_map import marked
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


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("text", ["", "A title", "One.\n\nTwo #} }} %} #%}\n"])
def test_a_text_without_values_needs_no_template_and_stays_the_same(text, traced, monkeypatch):
    prose = Prose(VALUES, traced=traced)
    compiled = prose._environment.from_string(marked(text) if traced else text).render()
    monkeypatch.setattr(prose._environment, "compile", None)
    assert prose.render(text, "01.md") == compiled


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


def test_an_unknown_name_is_reported_at_its_line_with_the_nearest():
    text = fault("a\n\nb {{ flow.inclded }}\n")
    assert text.startswith("01.md:3: the value 'flow.inclded' does not exist: did you mean 'flow.included'?")
    assert "'studies.x.titel' does not exist: did you mean 'studies.x.title'?" in fault("{{ studies.x.titel }}")
    assert "the value 'flwo' does not exist: did you mean 'flow'?" in fault("{{ flwo.included }}")
    assert "the value 'studies.x.titel' does not exist" in fault(
        "{% for name in studies %}{{ studies[name].titel }}{% endfor %}"
    )
    assert "the value 'nothing' does not exist" in fault("{{ nothing.at.all }}")


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


@pytest.mark.parametrize(
    ("broken", "line", "message", "fix"),
    [
        ("a {{ flow.included and\nmore", 1, "a value that opens with {{ is not closed by }}", "write }} after it"),
        ("a {{ flow.included\nb\nc {{ flow.identified }}", 1, "a value that opens with {{ is not closed by }}", "}}"),
        ("a\n{{ flow.included }", 2, "a value that opens with {{ is not closed by }}", "}}"),
        ("{% if flow.included\nb", 1, "a block that opens with {% is not closed by %}", "write %} after it"),
        ("{% if flow.included %}b", 1, "a block that opens with {% if %} is not closed", "close it with {% endif %}"),
        ("b{% endif %}", 1, "{% endif %} closes a block that is not open", "delete it"),
        ("{% iff flow.included %}", 1, "there is no block 'iff'", "`if`"),
        ("{% %}", 1, "{% %} contains nothing", "delete it"),
        ("{{ flow.included | wordz }}", 1, "there is no format 'wordz'", "did you mean 'words'?"),
        ("{% if flow.included is evn %}{% endif %}", 1, "there is no test 'evn'", "correct"),
        ("{{ flow.included | }}", 1, "the expression stops too early", "complete it"),
        ("{{ }}", 1, "the expression stops too early", "complete it"),
        ("{% if %}b{% endif %}", 1, "the expression stops too early", "complete it"),
        ("{{ (flow.included }}", 1, "'}' stands where ')' must close a bracket", "correct"),
        ("{{ flow.included) }}", 1, "')' closes a bracket that is not open", "correct"),
        ("{{ flow.included words }}", 1, "'words' follows a value that is already complete", "put | before"),
        ("{{ flow.included § 2 }}", 1, "an expression cannot contain §", "correct"),
        ("{{ flow.included ? }}", 1, "an expression cannot contain ?", "correct"),
        ("{% for x of flow %}{% endfor %}", 1, "'of' stands where 'in' is expected", "correct"),
    ],
)
def test_a_fault_of_the_template_is_in_plain_english(broken, line, message, fix):
    first, advice = fault(broken).split("\n", 1)
    assert first == f"01.md:{line}: {message}"
    assert fix in advice


def test_text_from_data_prints_as_it_stands():
    assert Prose(VALUES).render("{{ studies.x.title }}", "x") == r"A \*b\* \[c\]"


def test_identifiers_of_pandoc_are_not_comments():
    assert Prose(VALUES).render("# Results {#sec:results}\n", "x") == "# Results {#sec:results}\n"


@given(st.text(st.characters(codec="utf-8", exclude_characters="{}\r")))
def test_prose_without_values_is_left_alone(text):
    assert Prose({}).render(text, "x") == text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bounded on Linux only")
@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 'a' | center(10**10) }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ [0] * 10**9 }}",
        "{% set a = 'a' * 1000 %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{{ 'a' * 11000000 }}",
        "{{ 9 ** (9 ** 9) }}",
        "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}",
        "{{" + "(" * 5000 + "1" + ")" * 5000 + "}}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ 10 ** 5000 }}",
    ],
)
def test_what_would_fill_the_memory_or_never_end_is_one_message(text, monkeypatch):
    monkeypatch.setattr(templates, "LONGEST", 0.5)
    assert fault(text).startswith("01.md:1: ")


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ [1] | map(attribute='__class__') | list }}",
        "{{ flow.__init__ }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends '/etc/passwd' %}",
        "{{ lipsum(n=10) }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ _used.__globals__ }}",
        "{{ flow.update({'included': 10}) }}",
    ],
)
def test_what_lies_behind_the_values_is_out_of_reach(text):
    assert fault(text).startswith("01.md:1: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ flow.included | dat }}", "there is no format 'dat'\n  -> did you mean 'date'?"),
        ("{{ flow.included | | n }}", "-> correct the expression there"),
        ("a {{ flow.included }\nb {{ flow.included }}", "is not closed by }}"),
    ],
)
def test_a_fault_of_writing_is_reported_as_the_author_wrote_it(text, message):
    with pytest.raises(BuildStop) as stopped:
        Prose({"flow": {"included": 2}}).render(text, "01.md")
    assert str(stopped.value).startswith("01.md:1: ") and message in str(stopped.value)
    assert "expected ')'" not in str(stopped.value)
