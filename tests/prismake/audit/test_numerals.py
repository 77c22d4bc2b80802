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
        ("12/45 patients, a third of the trials", [("12", 12), ("45", 45), ("third", "0.33")]),
        ("women (12) and men (13) in a 12-week trial", [("12", 12), ("13", 13), ("12", 12)]),
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
        "a 10-item checklist, a two-reader consensus, two-, three-level models, 16-bit images",
        "the 6-minute walk, a 75-g oral glucose load, 24-hour urine, 30-day mortality",
        "5-HT and 25-hydroxyvitamin D",
        "a 2×2 factorial trial, randomized 1:1, once 80:10:10; code 016",
        "EudraCT 2019-001234-56, metafor 4.4-0, R 4.3.2, PyTorch 1.13, NVivo 12, theme 1, domain 3",
        "metformin twice daily; five-fold cross-validation; cross-validation was ten-fold",
        "*P < .05, **P < .01; at the 5% level; 95% limits of agreement",
        "rated on a scale from 0 (none) to 10 (worst); from 0.5 (chance) to 1 (perfect)",
        "(1) to describe and (2) to develop",
        "1. Background",
        "open 24/7; Directive 95/46/EC",
        "no two of them, half a school year",
        r"\sum_{i=1}^{k} w_i y_i with w_i = 1/v_i and x^2",
        "12 Long Street, 8000 Zurich; the ISBN is 978-3-16-148410-0",
        "Louis XVI; class II patients; HIV patients; IV patients; a grade of II",
        "",
    ],
)
def test_digits_of_names_are_no_numbers(text):
    assert numerals(text) == []


def test_roman_numerals_count_people_and_reports():
    texts = ["XIV patients", "They were IX studies", "seen in XVIII adult women", "Ⅻ visits"]
    assert [one.value for text in texts for one in numerals(text)] == [14, 9, 18, 12]


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
