"""Numbers in text, and digits that are none."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.audit.numerals import numerals, ranges
from prismake.manuscript.filters import capital_words, n, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Of 428 records, nine studies", [("428", 428), ("nine", 9)]),
        ("1,234 records and 12 345", [("1,234", 1234), ("12", 12), ("345", 345)]),
        ("a mean of 68.8 years (53.8%)", [("68.8", "68.8"), ("53.8%", "53.8")]),
        ("two hundred and five of twenty-five", [("two hundred and five", 205), ("twenty-five", 25)]),
        (
            "in one third and two-thirds, twice, a dozen",
            [("one third", "0.33"), ("two-thirds", "0.67"), ("twice", 2), ("dozen", 12)],
        ),
        ("searched on December 16, 2025 and 2025-12-17", [("December 16, 2025", 2025), ("2025-12-17", 2025)]),
        ("the second series, the 3rd trial", [("second", 2), ("3rd", 3)]),
        ("from 2016 to 2026", [("2016", 2016), ("2026", 2026)]),
        ("half of the patients", [("half", "0.5")]),
        ("in 30 days, 7 days", [("30", 30), ("7", 7)]),
        ("of ten per cent", [("ten per cent", 10)]),
        ("a couple of studies, dozens of them", [("couple", 2), ("dozens", 12)]),
    ],
)
def test_numbers_are_found_in_every_form(text, found):
    assert [(one.text, round(one.value, 2)) for one in numerals(text)] == [
        (words, round(Decimal(value), 2)) for words, value in found
    ]


@pytest.mark.parametrize(
    "text",
    [
        "PRISMA 2020, RoB 2, AMSTAR 2 and version 3.11",
        "the pain score of the matched pair, and the score improved",
        "at L3 and T12, L1–L2, C5/6",
        "IL-6, p53, B12, CD34, HbA1c, COVID-19",
        "registered as CRD42020123456, NCT01234567",
        "https://doi.org/10.1000/182 and 10.1186/s13643-021-01626-4",
        "Table 2, Figures 3, item 7, Q10, step 4",
        "with its 95% confidence interval (95% CI)",
        "write to a1@example.org",
        "one of the authors, a third party, the first",
        "Level IV evidence, group 2, day 30",
        "",
    ],
)
def test_digits_of_names_are_no_numbers(text):
    assert numerals(text) == []


def test_ends_of_a_range_belong_together():
    text = "from 2016 to 2026, 55–119 minutes, 3 and 4"
    assert [(low.text, high.text) for low, high in ranges(text, numerals(text))] == [("2016", "2026"), ("55", "119")]


@given(st.integers(2, 99))
def test_what_the_text_spells_is_read_back(number):
    for spelled in (words(number), capital_words(number), n(number)):
        (one,) = numerals(f"{spelled} studies")
        assert one.value == number and one.text == spelled


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_every_number_is_where_it_says(text):
    numbers = numerals(text)
    assert all(text[one.start : one.end] == one.text for one in numbers)
    assert all(first.end <= second.start for first, second in pairwise(numbers))
