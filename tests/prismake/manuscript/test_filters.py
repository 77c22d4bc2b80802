import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.pandoc import pandoc_program
from prismake.common.printed import plain
from prismake.manuscript import filters


@pytest.mark.parametrize(
    ("value", "said"),
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
def test_counts_in_words(value, said):
    assert filters.words(value) == said


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
    from prismake.document.conversion import READER

    text = "\n\n".join(f"{filters.escape(value)}\n\nIn {filters.escape(value)} line" for value in HOSTILE)
    command = [str(pandoc_program()), f"--from={READER}-smart-citations", "--to=json"]
    said = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=True)
    blocks = json.loads(said.stdout)["blocks"]
    assert {block["t"] for block in blocks} == {"Para"}
    inlines = [inline for block in blocks for inline in block["c"]]
    assert {inline["t"] for inline in inlines} <= {"Str", "Space", "SoftBreak"}
    printed = ["".join(inline.get("c", " ") for inline in block["c"]) for block in blocks]
    assert printed[::2] == [" ".join(plain(value).split()) for value in HOSTILE]
    assert printed[1::2] == [f"In {' '.join(plain(value).split())} line" for value in HOSTILE]
