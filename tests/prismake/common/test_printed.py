"""Cells composed from typed columns: digits kept, markup made harmless, abbreviations known."""

import json
from typing import Any

import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.common.escaping import escape, plain
from prismake.common.printed import (
    Cells,
    abbreviation_like,
    abbreviations_in,
    compose,
    helpers,
    mean_range,
    mean_sd,
    numbers,
    spread,
)
from prismake.manuscript.parsing import words_of

from tests.settings import whole as with_defaults

HOSTILE = [
    "<script>alert(1)</script>",
    "`<w:p/>`{=openxml}",
    "```{=typst}",
    r"\input{/etc/passwd} \LaTeX $x_1$ \(y\)",
    "[@wagner2016] @smith2020 [text](http://example.org) ![](x.png)",
    "*a* _b_ **c** ~~d~~ ^e^ ~f~ [g]{.smallcaps}",
    "a | b || c",
    "&amp; &#60; & &lt;b&gt;",
    "{{ 7 * 7 }} {% if x %} {# c #} {#id .class}",
    'it\'s "quoted" -- and --- so... on ....',
    "# head",
    "1. one",
    "- item",
    "(@) example (@a)",
    "^[a note] [^1]",
    "http://example.org <http://example.org> a@example.org",
    "VAS 9 → 2.3; p < 0.05, n > 3; 80%",
    "line\nfeed\x00\x0bnull\u2028end",
    "=1+1",
    "Ahn & Rhee",
    ":::",
    "| a |",
    "-\\- trailing \\",
]


def back(cells: list[str]) -> list[str]:
    """What pandoc makes of cells in a pipe table, as plain text of nothing but words and blanks."""
    lines = ["| a | b |", "|---|---|", *(f"| {cell} | x |" for cell in cells)]
    document = json.loads(pypandoc.convert_text("\n".join(lines), "json", format="markdown"))
    (table,) = document["blocks"]
    assert table["t"] == "Table"
    rows = table["c"][4][0][3]
    return [text_of(row[1][0][4]) for row in rows]


def text_of(blocks: list[dict]) -> str:
    out = []
    for block in blocks:
        assert block["t"] == "Plain", block
        for inline in block["c"]:
            assert inline["t"] in ("Str", "Space"), inline
            out.append(inline["c"] if inline["t"] == "Str" else " ")
    return "".join(out)


def test_hostile_cells_come_back_from_pandoc_as_plain_words():
    assert back([escape(text) for text in HOSTILE]) == [plain(text) for text in HOSTILE]


def test_a_fixed_blank_stays_one_for_pandoc():
    assert escape("L1\u00a0(4),  L2") == r"L1\ (4), L2"
    assert back([r"L1\ (4)"]) == ["L1\u00a0(4)"]


def test_any_text_comes_back_from_pandoc_as_it_was():
    # One call for all of them: each start of pandoc costs more than a hundred cells.
    gathered: list[str] = []

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.text(st.sampled_from("aB1 \\`*_{}[]()<>#+-.!|$^~@&'\":=/%;,\u00e9\u2013\n"), min_size=1, max_size=20))
    def gather(text):
        if plain(text):
            gathered.append(text)

    gather()
    # A full stop after some words makes pandoc's next blank an unbreakable one, which is right in print.
    read = [text.replace("\u00a0", " ") for text in back([escape(text) for text in gathered])]
    assert read == [plain(text) for text in gathered]


def loose(text):
    """With fixed blanks as blanks."""
    return text.replace("\u00a0", " ")


def test_figures_keep_their_digits():
    assert loose(mean_sd("65.50", "21.23")) == "65.50 ± 21.23"
    assert mean_sd("72", None) == "72"
    assert mean_sd(None, "1") is None
    assert mean_range("85.6", "55", "119") == "85.6 (55–119)"
    assert loose(spread("85.6", "9.0", "55", "119")) == "85.6 ± 9.0 (55–119)"
    assert spread(None, None, "55", "119") == "55–119"
    assert spread("1", None, "55", None) == "1"


def test_numbers_by_name():
    assert loose(numbers({"F": 2, "M": 3})) == "2 F / 3 M"
    assert numbers({"F": 3, "M": 0}) == "3\u00a0F"
    assert numbers({"F": 0, "M": 1}) == "M"
    assert numbers({"F": None, "M": None}) is None
    assert numbers({"F": 0, "M": 0}) is None


EXTRACTION = {
    "codes": {"drug": {"aa": {"cell": "AA", "label": "drug A"}}, "cause": {"x": {"cell": "leak", "label": "a leak"}}},
    "parts": {"sites": {"column": "site", "to": "end", "n": "n"}, "causes": {"column": "cause", "n": "n"}},
}
STUDY: dict[str, Any] = {
    "study_id": "a2001",
    "drug": "aa; cc",
    "age": "50.0",
    "none": None,
    "parts": {
        "sites": [{"site": "T12", "end": None, "n": 3}, {"site": "L1", "end": "S1", "n": None}],
        "causes": [{"cause": "x", "n": 2}],
        "empty": [],
    },
    "reports": [],
}


def test_codes_and_counts_print_what_the_code_book_says():
    names = helpers(STUDY, EXTRACTION)
    assert names["codes"]("drug", STUDY["drug"]) == "AA/cc"
    assert names["codes"]("drug", None) is None
    assert loose(names["counts"]("sites")) == "T12 (3), L1–S1"
    assert names["counts"]("causes") == "Leak\u00a0(2)"
    assert "parts" not in names and "reports" not in names


def cell(expression: str) -> str:
    return Cells([{"id": "c", "cell": expression}], "table 't'").text("c", helpers(STUDY, EXTRACTION), "NA")


def test_a_fact_not_reported_prints_the_mark():
    assert (cell("none"), cell("mean_sd(none, age)"), cell("age"), cell("''")) == ("NA", "NA", "50.0", "NA")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("agee", "did you mean 'age'"),
        ("mean_sd(agee, age)", "did you mean 'age'"),
        ("mean_sd(age", "unexpected end"),
        ("mean_sd(age)", "missing 1 required positional argument: 'sd'"),
        ("counts('site')", "there is no part 'site': did you mean 'sites'?"),
        ("''.__class__.__mro__", "__class__"),
        ("age|nofilter", "nofilter"),
    ],
)
def test_a_faulty_expression_stops_at_its_table_and_column(expression, message):
    with pytest.raises(BuildStop) as stopped:
        cell(expression)
    assert message in str(stopped.value) and "table 't', column 'c'" in str(stopped.value)


def test_what_looks_like_an_abbreviation():
    assert all(map(abbreviation_like, ("PVP", "VCFs", "mTICI", "H2O2", "IL", "COVID19")))
    assert not any(map(abbreviation_like, ("T12", "L2", "Chu", "McDonald", "a", "F", "100", "DeBakey")))


DICTIONARY = {"PVP": "vertebroplasty", "F": "female", "KP": "kyphoplasty", "VCF": "fracture"}


def test_abbreviations_are_recognised_as_words_sorted_and_required():
    used, issues = abbreviations_in([("w1", "PVP/KP, 3 F, VCFs"), ("w2", "IL and Fine, XYZ")], DICTIONARY, ["XYZ"])
    assert list(used) == ["F", "KP", "PVP", "VCF"]
    assert [(issue.where, "'IL'" in issue.message) for issue in issues] == [("w2", True)]


@pytest.mark.parametrize(
    "text", ["https://a.org/JBISRR-D", "USA", "UK and EU", "UAE", "scale-IV", "Grade III", "types II"]
)
def test_addresses_states_and_numerals_are_no_abbreviations(text):
    assert abbreviations_in([("w", text)], {}) == ({}, [])


@pytest.mark.parametrize("text", ["IV antibiotics", "US", "USB", "UKE", "grade AB", "type IIA", "USA-AB"])
def test_what_is_neither_needs_its_expansion(text):
    assert len(abbreviations_in([("w", text)], {})[1]) == 1


def test_the_dictionary_goes_before_what_every_reader_knows():
    assert abbreviations_in([("w", "US of grade IV")], {"US": "ultrasound", "IV": "four"})[0] == {
        "IV": "four",
        "US": "ultrasound",
    }


TABLE = {
    "caption": "A *caption* after @ABC2001",
    "columns": [
        {"id": "study", "header": "Study", "cell": "study_id", "cite": True, "width": 2},
        {"id": "drug", "header": "Drug & co", "cell": "codes('drug', drug)", "align": "center"},
    ],
    "notes": ["Seen by VCF [see @NOTANABBREVIATION2001, p. 3]."],
}


def whole(table):
    return with_defaults({"t": table}, "synthesis", "tables")["t"]


def test_a_table_has_cells_for_pandoc_and_cells_for_people():
    table, rows = compose(
        whole(TABLE),
        [helpers(STUDY, EXTRACTION)],
        table_id="t",
        missing="NA",
        dictionary={**DICTIONARY, "AA": "a"},
        words_of=words_of,
    )
    assert rows == [{"study_id": "a2001", "study": "a2001", "drug": "AA/cc"}]
    assert table == {
        "id": "t",
        "caption": "A *caption* after @ABC2001",
        "wide": False,
        "columns": [
            {"id": "study", "header": "Study", "align": "left", "width": 2},
            {"id": "drug", "header": r"Drug \& co", "align": "center", "width": 1},
        ],
        "rows": [["a2001 [@a2001]", "AA/cc"]],
        "notes": ["Seen by VCF [see @NOTANABBREVIATION2001, p. 3]."],
        "abbreviations": [["AA", "a"], ["VCF", "fracture"]],
    }


def test_header_columns_go_with_the_table():
    settings = {"caption": "C", "columns": [{"id": "a", "header": "A", "cell": "one"}], "header_columns": 1}
    row = {"study_id": "x", "one": "1"}
    table, _ = compose(whole(settings), [row], table_id="t", missing="–", dictionary={}, words_of=words_of)
    assert table["header_columns"] == 1


def test_an_abbreviation_without_expansion_stops_at_its_cell():
    with pytest.raises(BuildStop, match="table 't', study 'a2001', column 'drug': 'AA' has no expansion"):
        compose(
            whole(TABLE),
            [helpers(STUDY, EXTRACTION)],
            table_id="t",
            missing="NA",
            dictionary=DICTIONARY,
            words_of=words_of,
        )


def test_a_list_prints_a_line_an_entry():
    settings = {
        "caption": "C",
        "columns": [
            {"id": "a", "header": "A", "cell": "[one, none, '', two]"},
            {"id": "b", "header": "B", "cell": "[]"},
        ],
    }
    row = {"study_id": "x", "one": "*a*\nb", "two": "[@c]"}
    table, plain_rows = compose(whole(settings), [row], table_id="t", missing="–", dictionary={}, words_of=words_of)
    assert table["rows"] == [[r"\*a\* b" + "\n" + r"\[\@c\]", "–"]]
    assert plain_rows == [{"study_id": "x", "a": "*a* b; [@c]", "b": "–"}]
