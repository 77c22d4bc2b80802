import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.common.escaping import plain
from prismake.common.pandoc import pandoc_program
from prismake.common.values import Value, count
from prismake.manuscript import filters
from prismake.manuscript.templates import Prose

from tests.ledgers import names_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "zero"),
        (9, "nine"),
        (19, "nineteen"),
        (20, "twenty"),
        (40, "forty"),
        (93, "ninety-three"),
        (9.0, "nine"),
        (428, "428"),
        (1234, "1,234"),
    ],
)
def test_counts_in_words(value, text):
    assert filters.words(value) == text


def test_figures_are_rounded_half_up_as_by_hand():
    assert filters.d(68.75) == "68.8"
    assert filters.d(0.125, 2) == "0.13"
    assert filters.d("5.25", 1) == "5.3"
    assert filters.d(4, 0) == "4"


def test_percentages_need_a_whole():
    assert filters.pct(43, 93) == "46.2%"
    with pytest.raises(ArithmeticError):
        filters.pct(1, 0)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_part_and_its_rest_make_a_hundred_percent(part, rest):
    shares = [float(filters.pct(x, part + rest, 3).rstrip("%")) for x in (part, rest)]
    assert sum(shares) == pytest.approx(100, abs=0.0011)


def test_nouns_follow_their_count():
    assert [filters.counted(k, "study", "studies") for k in (0, 1, 2)] == ["no studies", "one study", "two studies"]


def test_lists_citations_and_dates():
    assert filters.listing(["A", "B", "C_d"]) == r"A, B, and C\_d"
    assert filters.listing(["A", "B"]) == "A and B"
    assert filters.cite(["a", "b"]) == "[@a; @b]"
    assert filters.date("2025-12-16") == "December 16, 2025"
    with pytest.raises(ValueError, match="no study"):
        filters.cite([])
    with pytest.raises(ValueError, match="not a whole number"):
        filters.words(1.5)


HOSTILE = [
    "<script>alert(1)</script>", "`<w:p/>`{=openxml}", '```{=typst} #read("/etc/passwd")', "![x](/etc/passwd)",
    "[l](javascript:alert(1))", "[@nobody2000] @nobody", "{{ 7*7 }} {% raw %}", "a|b", "&lt;b&gt; &#60;b&#62; & co",
    "# no heading", "- no list", "+ none", "1. none", "A. none", "ii) none", "(1) none", "(@) none", "::: none",
    ": no caption", "= none =", "=====", "-----", "> no quotation", "Table: none", "| no | table |", "~~~ none",
    "$x^2$ H~2~O *b* _i_", "\\input{/etc/passwd}", "<https://x.example/>", "[^1]: no note", "[a]: /b", "% no title",
    "---", "* * *", "nul\x00 and \x02table:x\x03", "line\u2028feed\x85", "1990 a year", "100% sure", "-1.5",
]  # fmt: skip


def test_a_value_opens_no_block_and_no_markup_wherever_it_stands():
    """Pandoc reads each hostile text as one paragraph that says what the text says."""
    from prismake.manuscript.parsing import READER

    text = "\n\n".join(f"{filters.escape(value)}\n\nIn {filters.escape(value)} line" for value in HOSTILE)
    command = [str(pandoc_program()), f"--from={READER}-smart-citations", "--to=json"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=True)
    blocks = json.loads(done.stdout)["blocks"]
    assert {block["t"] for block in blocks} == {"Para"}
    inlines = [inline for block in blocks for inline in block["c"]]
    assert {inline["t"] for inline in inlines} <= {"Str", "Space", "SoftBreak"}
    printed = ["".join(inline.get("c", " ") for inline in block["c"]) for block in blocks]
    assert printed[::2] == [" ".join(plain(value).split()) for value in HOSTILE]
    assert printed[1::2] == [f"In {' '.join(plain(value).split())} line" for value in HOSTILE]


UNITS = "zero,one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,thirteen,fourteen,fifteen,sixteen"
TENS = "twenty,thirty,forty,fifty,sixty,seventy,eighty,ninety"
MONTHS = "January,February,March,April,May,June,July,August,September,October,November,December"


def test_every_number_word_is_its_number():
    """Put together a second time from the tens and the units."""
    texts = [filters.words(k) for k in range(100)]
    assert texts[:20] == [*UNITS.split(","), "seventeen", "eighteen", "nineteen"]
    for tens, word in enumerate(TENS.split(","), start=2):
        assert texts[tens * 10] == word
        assert texts[tens * 10 + 1 : tens * 10 + 10] == [f"{word}-{unit}" for unit in texts[1:10]]
    assert (filters.words(99), filters.words(100), filters.words(-1)) == ("ninety-nine", "100", "−1")
    assert filters.capital_words(21) == "Twenty-one"


def test_every_month_has_its_name():
    texts = [filters.date(f"2024-{month:02}-09") for month in range(1, 13)]
    assert texts == [f"{name} 9, 2024" for name in MONTHS.split(",")]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.25, 1, "0.3"),
        (0.35, 1, "0.4"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (1234.5, 1, "1,234.5"),
        (1234567, 0, "1,234,567"),
        (0.049, 1, "0.0"),
    ],
)
def test_halves_go_up_and_thousands_are_parted(value, places, text):
    assert filters.d(value, places) == text


def test_shares_of_the_whole():
    assert [filters.pct(*pair) for pair in ((0, 8), (1, 8), (8, 8), (1, 3))] == ["0.0%", "12.5%", "100.0%", "33.3%"]
    assert filters.pct(1, 8, 0) == "13%" and filters.pct(1, 3, 2) == "33.33%"


def test_counts_and_their_nouns():
    assert (filters.n(1234567), filters.n(999), filters.n("12")) == ("1,234,567", "999", "12")
    assert [filters.plural(k, "study", "studies") for k in (0, 1, 2)] == ["studies", "study", "studies"]
    assert filters.counted(1, "study", "studies") == "one study"
    assert filters.counted(120, "study", "studies") == "120 studies"


VALUES = names_of(
    {
        "women": {
            "": count(50, "a sum", ("woman", "women"), studies=("a2001", "b2002")),
            "min": count(1, "the smallest", ("woman", "women")),
            "max": count(30, "the largest", ("woman", "women")),
            "studies": Value(["a2001"], "studies", "those that report it"),
        },
        "one": count(1, "a count", ("case report", "case reports")),
        "patients": count(93, "a sum", ("patient", "patients")),
        "records": count(12428, "rows", ("record", "records")),
        "age": Value(68.84, "measure", "a mean", unit="years", places=1),
        "sd": Value(8.6, "measure", "a deviation", unit="years", places=1),
        "day": Value(1, "measure", "a mean", unit="days"),
        "first": Value(2016, "year", "the first"),
        "last": Value(2026, "year", "the last"),
    }
)


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("women", "50 women"),
        ("women.value", "50 women"),
        ("women | n", "50"),
        ("women | counted", "fifty women"),
        ("one", "1 case report"),
        ("one | counted", "one case report"),
        ("women | plural", "women"),
        ("records", "12,428 records"),
        ("age", "68.8 years"),
        ("day", "1 day"),
        ("first", "2016"),
        ("women | share(patients)", "50 (53.8%)"),
        ("women | of(patients, 0)", "50 of 93 patients (54%)"),
        ("first | range(last)", "2016–2026"),
        ("women | range", "1–30 women"),
        ("age | mean_sd(sd)", "68.8 ± 8.6 years"),
        ("women | cite", "[@a2001]"),
    ],
)
def test_a_value_reads_well(expression, printed):
    assert Prose(VALUES).render("Of these, {{ " + expression + " }} left.", "x") == f"Of these, {printed} left."


@pytest.mark.parametrize(
    "before", ["", "They left. ", "They left.\n", "- ", "One.\n\n", "{% if first %}", "(They left.) "]
)
def test_a_sentence_starts_with_a_number_in_words(before):
    end = "{% endif %}" if "{%" in before else ""
    assert Prose(VALUES).render(before + "{{ women }} left." + end, "x").endswith("Fifty women left.")


def test_a_large_number_starts_a_sentence_in_words_too():
    assert (
        Prose(VALUES)
        .render("{{ records }} were found.", "x")
        .startswith("Twelve thousand four hundred twenty-eight records")
    )
    assert Prose(VALUES).render("In {{ records }}, e.g. {{ women }}.", "x") == "In 12,428 records, e.g. 50 women."


def test_the_ledger_of_uses_names_the_values_behind_each():
    prose = Prose(VALUES)
    prose.render(
        "{{ women | of(patients) }} {% for name in [women, patients] %}{{ name | n }}{% endfor %} {{ women.max }}", "x"
    )
    assert [use.names for use in prose.ledger] == [("women", "patients"), ("women",), ("patients",), ("women.max",)]


def test_a_number_that_counts_nothing_needs_a_noun():
    with pytest.raises(BuildStop, match="name what it counts"):
        Prose({"x": 3}).render("{{ x | counted }}", "x")
    with pytest.raises(BuildStop, match="no range"):
        Prose(VALUES).render("{{ age | range }}", "x")


@given(st.integers(0, 999_999))
def test_a_number_in_words_is_one_number(number):
    words = filters._spelled(number).replace("-", " ").split()
    total = part = 0
    for word in words:
        if word == "thousand":
            total, part = total + part * 1000, 0
        elif word == "hundred":
            part *= 100
        else:
            part += filters.UNITS.index(word) if word in filters.UNITS else (filters.TENS.index(word) + 2) * 10
    assert total + part == number
