"""Identifiers, names, text, cutting: the small parts that every reader stands on."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common import identifiers
from prismake.common.limits import time_bound
from prismake.importing.content import Content, find_encoding
from prismake.importing.entries import Entry
from prismake.importing.export import Export
from prismake.importing.names import person, split_people
from prismake.importing.pieces import cut
from prismake.importing.readers import FORMATS
from prismake.importing.readers.ris_fields import page_range
from prismake.importing.records import as_json
from prismake.importing.text import clean, fold, listed, meaningful

from tests.prismake.importing.records import records_of


@pytest.mark.parametrize(
    ("address", "pmid", "pmcid"),
    [
        ("https://www.ncbi.nlm.nih.gov/pubmed/39000001", "39000001", ""),
        ("https://pubmed.ncbi.nlm.nih.gov/0039001/?x=1", "39001", ""),
        ("http://europepmc.org/abstract/MED/39000001", "39000001", ""),
        ("http://ovidsp.ovid.com/ovidweb.cgi?T=JS&PAGE=reference&D=med8&NEWS=N&AN=39000001", "39000001", ""),
        ("http://ovidsp.ovid.com/ovidweb.cgi?T=JS&D=emed22&AN=639000001", "", ""),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC9000001/", "", "PMC9000001"),
        ("https://europepmc.org/articles/pmc9000001?pdf=render", "", "PMC9000001"),
        ("https://europepmc.org/article/AGR/IND39000001", "", ""),
        ("https://www.ncbi.nlm.nih.gov/pubmed/?term=39000001]", "", ""),
        ("https://example.org/pubmed/39000001", "", ""),
    ],
)
def test_addresses_that_name_a_record(address: str, pmid: str, pmcid: str) -> None:
    result = identifiers.pmid_of_address([address]), identifiers.pmcid_of_address([address])
    assert result == (pmid, pmcid)


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://doi.org/10.5555/ABC.1", "10.5555/abc.1"),
        ("https://ovidsp.ovid.com/ovidweb.cgi?T=JS&PAGE=fulltext&D=empp&DO=10.5555%2f2023.02.14", "10.5555/2023.02.14"),
        ("https://ovidsp.ovid.com/ovidweb.cgi?T=JS&DO=10.5555%2fa(1)2&AN=12345", "10.5555/a(1)2"),
        (
            "https://ovidsp.ovid.com/ovidweb.cgi?D=emed6&DO=10.5555%2f0165-5876%252895%252901238-9",
            "10.5555/0165-5876(95)01238-9",
        ),
        ("https://link.example.org/content/pdf/10.5555/s1-2.pdf", ""),
    ],
)
def test_addresses_that_name_a_doi(address: str, doi: str) -> None:
    assert identifiers.doi_of_address(["https://example.org", address]) == doi


def test_addresses_of_two_records_name_none() -> None:
    places = [f"https://pubmed.ncbi.nlm.nih.gov/{number}/" for number in (39000001, 39000002)]
    assert identifiers.pmid_of_address(places) == ""
    assert identifiers.pmid_of_address([places[0], places[0]]) == "39000001"


MODEST = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/ABC.1", "10.1000/abc.1"),
        ("https://doi.org/10.1000/abc.1", "10.1000/abc.1"),
        ("http://dx.doi.org/10.1000/ABC(1)2", "10.1000/abc(1)2"),
        ("doi: 10.1000/abc.1.", "10.1000/abc.1"),
        ("(see 10.1000/abc)", "10.1000/abc"),
        ("10.1000%2Fabc%3C1", "10.1000/abc"),
        ("https://www.scopus.com/x?eid=2-s2.0-1&doi=10.1000%2fabc&partnerID=40", "10.1000/abc"),
        ("10.1000/abc     LK  - https://example.org", "10.1000/abc"),
        ("https://link.example.org/content/pdf/10.1000/s1-2.pdf", "10.1000/s1-2.pdf"),
        ("https://example.org/doi/10.1000/abc/full?x=1", "10.1000/abc"),
        (
            "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2",
        ),
        (
            "10.1002/(SICI)1097-0258(19980815)17:15&lt;1661::AID-SIM968&gt;3.0.CO;2-2.",
            "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2",
        ),
        (
            "https://doi.org/10.1002/%28SICI%291097-0258%2819980815%2917%3A15%3C1661::AID-SIM968%3E3.0.CO;2-2",
            "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2",
        ),
        ("10.1000/abc<jats:p>More</jats:p>", "10.1000/abc"),
        ("10.1000/abc<br/>2 more", "10.1000/abc"),
        ("version 10.2 of it", ""),
        ("", ""),
    ],
)
def test_doi(text: str, doi: str) -> None:
    assert identifiers.doi(text) == doi


@MODEST
@given(st.from_regex(r"10\.[0-9]{4,6}/[a-zA-Z0-9][a-zA-Z0-9._/()-]{0,20}[a-zA-Z0-9]", fullmatch=True))
def test_doi_is_the_same_in_all_its_wrappings(text: str) -> None:
    plain = identifiers.doi(text)
    for wrapped in (f"https://doi.org/{text}", f"doi:{text.upper()}", f" {text}, ", f"http://dx.doi.org/{text} "):
        assert identifiers.doi(wrapped) == plain
    assert identifiers.doi(plain) == plain


def test_pages_that_are_not_given() -> None:
    assert [page_range(*pages) for pages in (("N.PAG", "N.PAG"), ("No", "Specified"), ("12", "19"))] == [
        "",
        "",
        "12-19",
    ]


def test_numbers() -> None:
    assert identifiers.pmid("0390001 [PMID]") == "390001"
    assert identifiers.pmcid("pmc123456 [PMCID]") == "PMC123456"
    assert identifiers.embase_id("https://www.embase.com/x?id=L2012345678&from=export") == "L2012345678"
    assert identifiers.central_id("cn-01234567") == "CN-01234567"
    assert identifiers.issns(["1234-567x (Print)1234567X", "9781234567897"]) == ["1234-567X"]
    assert identifiers.isbns(["978-1-234-56789-7; 0123456789 (pbk)"]) == ["9781234567897", "0123456789"]
    assert identifiers.trial_ids(["ClinicalTrials.gov/NCT01234567, ISRCTN 12345678", "EudraCT: 2010-123456-12"]) == [
        "NCT01234567",
        "ISRCTN12345678",
        "2010-123456-12",
    ]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Example,A.B.", "Example, A.B."),
        ("Brownstein C D", "Brownstein, C D"),
        ("van der Other DE", "van der Other, DE"),
        ("WHO EURO", "WHO EURO"),
        ("Example Study Group", "Example Study Group"),
        ("Example, Anna (a@example.org)", "Example, Anna"),
        ("Müller ÖA", "Müller ÖA"),
    ],
)
def test_person(name: str, printed: str) -> None:
    assert person(name) == printed


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Example, A.; and Sample, C.;", ["Example, A.", "Sample, C."]),
        ("Example, A. and Sample, C.", ["Example, A.", "Sample, C."]),
        ("Example AB, Sample C.", ["Example AB", "Sample C"]),
        ("Example A., Sample C.B.", ["Example A.", "Sample C.B."]),
        ("Anna Example, Carl Sample, Bert Other", ["Anna Example", "Carl Sample", "Bert Other"]),
        ("Example, Anna B.", ["Example, Anna B."]),
        ("Anna Example|Carl Sample", ["Anna Example", "Carl Sample"]),
        (" ", []),
    ],
)
def test_split_people(cell: str, names: list[str]) -> None:
    assert split_people(cell) == names


def test_text() -> None:
    assert clean("<p>A <i>b</i> &amp;lt; c&nbsp;&lt;sup&gt;2&lt;/sup&gt;</p>\n  d") == "A b < c 2 d"
    assert clean('<span class="x" lang=en>A</span><br/>b') == "A b"
    assert clean("CO<sub>2</sub> when p<0.05 and a<b but c>d") == "CO2 when p<0.05 and a<b but c>d"
    assert clean("<jats:p>One.</jats:p><jats:p>Two.</jats:p>") == "One. Two."
    assert meaningful("[No abstract available]") == meaningful("NA") == ""
    assert meaningful("NaN-particles") == "NaN-particles"
    assert listed(["b ", "", "a", "b", "c\n d"]) == "b; a; c d"
    assert (page_range("No", "Specified"), page_range("12", "12"), page_range("1", "9"), page_range("", "9")) == (
        "",
        "12",
        "1-9",
        "9",
    )


@MODEST
@given(st.text())
def test_fold_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@MODEST
@given(st.lists(st.tuples(st.text(max_size=5), st.text())))
def test_json_made_in_one_go_is_the_same(fields: list[tuple[str, str]]) -> None:
    controls = re.compile(r"[\x00-\x08\x0b-\x1f]")
    fields = [(controls.sub("", name), controls.sub("", value)) for name, value in fields]
    assert as_json(fields, plain=True) == as_json(fields) == json.dumps(fields, ensure_ascii=False)


@MODEST
@given(st.lists(st.text(alphabet="xA -\n", max_size=9), max_size=6), st.integers(1, 9))
def test_pieces_join_to_the_text_with_right_lines(texts: list[str], width: int) -> None:
    text = "\nT".join(texts)
    data = text.encode()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(width)

    content = Content("x", lambda: Slow(data))
    pieces = list(cut(content, re.compile(r"\nT")))
    whole = "".join(piece.text for piece in pieces)
    assert whole.removeprefix("\n").rstrip("\n") == text.rstrip("\n").removeprefix("\n") or whole.strip(
        "\n"
    ) == text.strip("\n")
    for piece in pieces[1:]:
        assert text.split("\n")[piece.line - 1] == piece.text[1:].split("\n")[0]


@MODEST
@given(
    st.lists(
        st.lists(st.text(alphabet="abc\",;\n ='", max_size=12), min_size=4, max_size=4).filter(
            lambda row: sum(bool(cell.strip(' ",;\n')) for cell in row) > 1
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(",;\t"),
)
def test_any_well_formed_table_is_read_cell_by_cell(rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([["Title", "Authors", "Year", "Abstract"], *rows])
    data = text.getvalue().encode()
    content = Content("x", lambda: io.BytesIO(data))
    find_encoding(content)
    form = FORMATS["csv"]
    items = list(form.read(content))
    names = ("Title", "Authors", "Year", "Abstract")
    expected = [[(name, cell) for name, cell in zip(names, row, strict=True) if cell] for row in rows]
    assert [item.fields for item in items if isinstance(item, Entry)] == expected
    assert form.count(content) == len(items)


@MODEST
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(["TI", "AU", "KW", "N1", "AB"]),
                st.from_regex(r"[a-zé .,]{0,20}(?:\n[a-z ]{0,9})?", fullmatch=True),
            ),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_any_ris_file_keeps_all_its_fields(records: list[list[tuple[str, str]]], end: str, bom: bytes) -> None:
    lines = [[("TY", "JOUR"), *record] for record in records]
    text = "".join("".join(f"{tag}  - {value}\n" for tag, value in record) + "ER  - \n\n" for record in lines)
    data = bom + text.replace("\n", end).encode()
    content = Content("x", lambda: io.BytesIO(data))
    find_encoding(content)
    items = list(FORMATS["ris"].read(content))
    kept = [[(tag, value) for tag, value in item.fields] for item in items if isinstance(item, Entry)]
    assert kept == [[(tag, value.strip()) for tag, value in record] for record in lines]
    assert FORMATS["ris"].count(content) == len(records)


@pytest.mark.parametrize("name", ["a" * 100_000, "(" + "@" * 100_000, "ab " + "A B " * 30_000 + "!"])
def test_a_name_without_end_stays_as_it_is(name: str) -> None:
    with time_bound(5):
        assert person(name) == name.strip()
        assert split_people(name) == [name.strip()]


def test_a_doi_among_the_numbers_of_a_work_is_read_from_any_column(tmp_path: Path) -> None:
    text = "PMID,Title,LID,AID\n1,One,e123 [pii],10.5555/one [doi];S00-1 [pii]\n"
    text += "2,Two,,S00-1 [pii]||10.1002/(SICI)1097<1::AID-SIM9>3.0.CO;2-2 [doi]\n"
    (tmp_path / "pubmed.csv").write_text(text, encoding="utf-8")
    one, two = records_of(Export(tmp_path / "pubmed.csv"))
    assert (one["doi"], two["doi"]) == ("10.5555/one", "10.1002/(sici)1097<1::aid-sim9>3.0.co;2-2")
