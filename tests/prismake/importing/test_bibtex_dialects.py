"""BibTeX as programs export it: joins, names, entries that inherit, TeX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prismake.importing.export import Export
from prismake.importing.readers.bibtex_text import names_of, plain, without_joins

from tests.prismake.importing.records import records_of
from tests.prismake.importing.snippets import BIBTEX_DIALECT


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """The records of a BibTeX text."""

    def reading(text: str) -> list[dict[str, Any]]:
        (tmp_path / "export.bib").write_text(text, encoding="utf-8")
        return records_of(Export(tmp_path / "export.bib"))

    return reading


def test_joins_are_joined_and_tex_becomes_letters(read: Any) -> None:
    record = read(BIBTEX_DIALECT)[0]
    assert (record["journal"], record["date"], record["doi"]) == (
        "Journal of Joins",
        "10 January 2020",
        "10.5555/join_ed",
    )
    assert record["title"] == "A DNA-based α-test: E. coli & 5% of cells at 37 °C, # 1"
    assert record["author"] == "Álvarez, José; Barnes and Noble; Müller, Jörg"
    assert '["publisher", "Press of Journal of Joins"]' in record["raw"]


def test_an_entry_inherits_from_the_one_that_its_crossref_names(read: Any) -> None:
    _, paren, child, parent = read(BIBTEX_DIALECT)
    assert (paren["title"], paren["journal"]) == ("In (round) brackets", "Journal of Joins")
    assert (child["title"], child["journal"], child["year"]) == ("A chapter", "Proceedings of Examples", "2019")
    assert (child["doi"], child["isbn"], child["pages"]) == ("", "9781000000001", "1-2")
    assert '["crossref/year", "2019"]' in child["raw"]
    assert parent["doi"] == "10.5555/whole"


def test_an_entry_inherits_along_a_chain_and_a_missing_link_is_reported(tmp_path: Path) -> None:
    text = (
        "@inproceedings{a, title={One}, crossref={b}}\n@proceedings{b, title={Whole}, year=1999, crossref={C}}\n"
        "@proceedings{c, title={Series}, volume={7}, year=1990, crossref={b}}\n"
        "@inproceedings{d, title={Two}, crossref={gone}}\n"
    )
    (tmp_path / "export.bib").write_text(text, encoding="utf-8")
    export = Export(tmp_path / "export.bib")
    first, *_ = records_of(export)
    assert (first["journal"], first["year"], first["volume"]) == ("Whole", "1999", "7")
    assert export.report().warnings[:1] == [
        "entries name by 'crossref' or 'xdata' 1 entry that the file does not contain (gone), and lack what they "
        "inherit: export those entries too"
    ]


def test_a_crossref_to_nothing_and_own_fields_change_nothing(read: Any) -> None:
    text = "@incollection{a, title={One}, year={2001}, booktitle={Own}, crossref={%s}}\n"
    text += "@book{b, title={Whole}, year={1999}}\n"
    for target in ("b", "c", "a"):
        record = read(text % target)[0]
        assert (record["year"], record["journal"]) == ("2001", "Own")


def test_an_entry_takes_the_fields_of_an_xdata_which_is_no_record(tmp_path: Path) -> None:
    text = "@inproceedings{a, title={One}, xdata={x, y}}\n@xdata{X, booktitle={Shared}, year={2011}, title={No}}\n"
    text += "@xdata{y, doi={10.5555/shared}}\n@article{b, title={Two}, xdata={z}}\n@xdata{z, year={20\n"
    (tmp_path / "export.bib").write_text(text, encoding="utf-8")
    export = Export(tmp_path / "export.bib")
    one, two = records_of(export)
    assert (one["title"], one["journal"], one["year"], one["doi"]) == ("One", "Shared", "2011", "10.5555/shared")
    assert two["title"] == "Two" and export.report().warnings[0].startswith("entries name by 'crossref' or 'xdata' 1")


def test_entries_in_one_line_are_as_many_records(tmp_path: Path) -> None:
    text = "@article{a, title={One}} @article{b, title={Two\nlines}}@comment{c, x}@article{d,\n title={Three}}\n"
    text += "@article{e, title={{Four} @article{no}}, abstract={A @b{} word}}\n"
    (tmp_path / "export.bib").write_text(text, encoding="utf-8")
    export = Export(tmp_path / "export.bib")
    records = records_of(export)
    assert [(record["title"], record["line"]) for record in records] == [
        *(("One", 1), ("Two lines", 1), ("Three", 2)),
        ("Four @articleno", 4),
    ]
    assert export.report().counted == 4


def test_an_eprint_of_pubmed_is_its_number(read: Any) -> None:
    one, two = read("@article{a, eprint={123}, eprinttype={pubmed}}\n@article{b, eprint={1234}, eprinttype={arxiv}}\n")
    assert (one["pmid"], two["pmid"]) == ("123", "")


@pytest.mark.parametrize(
    ("people", "names"),
    [
        ("A B and C D", ["A B", "C D"]),
        ("{Barnes and Noble} and A B", ["{Barnes and Noble}", "A B"]),
        ("Ä B and\n C {{and}} D", ["Ä B", "C {{and}} D"]),
        ("Anderson and Brand", ["Anderson", "Brand"]),
        ("A } B and C", ["A } B", "C"]),
    ],
)
def test_names_are_separated_outside_of_braces(people: str, names: list[str]) -> None:
    assert names_of(people) == names


@pytest.mark.parametrize("others", ["others", "et al.", "et al", "Others"])
def test_others_are_not_author(read: Any, others: str) -> None:
    (record,) = read(f"@article{{a, title={{One}}, author={{Example, Anna and {others}}}}}\n")
    assert record["author"] == "Example, Anna"


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("CO$_2$ and H$_{2}$O", "CO2 and H2O"),
        (r"10$^{-3}$ of $\mathrm{TNF}$-$\alpha$", "10-3 of TNF-α"),
        ("$p<0.05$ and $n$", "p<0.05 and n"),
        (r"costs $5 or $10, or \$20", "costs $5 or $10, or $20"),
        ("a sum of $5 and $10 each", "a sum of $5 and $10 each"),
        (r"5\% of {\v S}t{\v e}p{\'a}n", "5% of Štěpán"),
        ("50% of all {DNA}", "50% of all DNA"),
        (r"M{\o}ller, {\ss}, Ng{\~{\^e}}n", "Møller, ß, Ngễn"),
        ("https://example.org/~name/a~b", "https://example.org/~name/a~b"),
        ("10~January", "10 January"),
    ],
)
def test_tex_becomes_text(tex: str, text: str) -> None:
    assert " ".join(plain(tex).split()) == text


@pytest.mark.parametrize(
    ("entry", "joined"),
    [
        ("@article{a, title={C# and # {x} # y}, year=1}", "@article{a, title={C# and # {x} # y}, year=1}"),
        ('@article{a, title="a # b", note={c} # "d"}', '@article{a, title="a # b", note= {cd}}'),
        ("@article(a, note={c} # jt # 7, x=1)", "@article(a, note= {cJournal7}, x=1)"),
    ],
)
def test_only_joins_between_values_are_joined(entry: str, joined: str) -> None:
    assert without_joins(entry, {"jt": "Journal"}) == joined
