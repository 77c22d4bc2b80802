"""Every reader on made-up exports in its platforms' styles."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop
from prismake.importing.export import Export

from tests.prismake.importing.records import records_of
from tests.prismake.importing.snippets import EMBASE_RIS, MEDLINE, ODD_RIS, SNIPPETS, XLS, ZOTERO_CSV


def read(path: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    export = Export(path, path.name)
    records = records_of(export)
    return records, export.report().as_json()


@pytest.fixture
def export_of(tmp_path: Path) -> Any:
    def written(content: str | bytes, name: str = "export.dat") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def record_of(path: Path, index: int = 0) -> dict[str, Any]:
    return read(path)[0][index]


@pytest.mark.parametrize("name", SNIPPETS)
def test_format_is_found_by_content_and_every_record_counted(name: str, export_of: Any) -> None:
    kind, text, parsed, rejected = SNIPPETS[name]
    _, report = read(export_of(text))
    result = report["format"], report["counted"], report["parsed"], len(report["rejected"])
    assert result == (kind, parsed + rejected, parsed, rejected)


@pytest.mark.parametrize("name", SNIPPETS)
@pytest.mark.parametrize("change", ["bom", "crlf", "cr", "utf-16", "utf-16-le", "utf-16-be", "gzip", "zip"])
def test_records_are_the_same_however_the_file_is_stored(name: str, change: str, export_of: Any) -> None:
    text = SNIPPETS[name][1]
    plain = [{**record, "file": ""} for record in read(export_of(text, "plain"))[0]]
    text = text.removeprefix("\ufeff")
    if change == "bom":
        path = export_of("\ufeff" + text)
    elif change in ("crlf", "cr"):
        path = export_of(text.replace("\n", "\r\n" if change == "crlf" else "\r"))
    elif change.startswith("utf-16"):
        path = export_of(text.encode(change))
    elif change == "gzip":
        path = export_of(gzip.compress(text.encode()))
    else:
        path = export_of(b"", "export.zip")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("folder/export.txt", text)
            archive.writestr("__MACOSX/._export.txt", "x")
    assert [{**record, "file": ""} for record in read(path)[0]] == plain


def test_zip_with_two_exports_numbers_records_through(export_of: Any) -> None:
    path = export_of(b"", "two.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.ris", EMBASE_RIS)
        archive.writestr("b.nbib", MEDLINE)
    records, report = read(path)
    assert [record["position"] for record in records] == [1, 2, 3, 4]
    assert {record["file"] for record in records} == {"two.zip"}
    assert report["format"] == "ris, medline"


def test_embase_ris(export_of: Any) -> None:
    record = record_of(export_of(EMBASE_RIS, "wrong-name.csv"))
    values = {name: record[name] for name in ("title", "author", "year", "journal", "journal_abbrev", "pages", "issn")}
    assert values == {
        "title": "Removal of leaked cement: a made-up series of cases & outcomes",
        "author": "Example, A.B.; Sample, C.",
        "year": "2021",
        "journal": "Journal of Invented Spine Care",
        "journal_abbrev": "J. Invent. Spine Care",
        "pages": "101-109",
        "issn": "1234-5679; 2345-6783",
    }
    assert record["abstract"] == "Background: nothing here is real. Method(s): invented. Result(s): p < 0.05 in H2O."
    identified = (record["doi"], record["pmid"], record["embase_id"], record["accession"])
    assert identified == ("10.5555/jisc.2021.101", "39000001", "L2012345678", "L2012345678")
    assert record["publication_types"] == "Article"


def test_embase_ris_of_a_record_that_only_medline_has(export_of: Any) -> None:
    record = record_of(export_of(EMBASE_RIS.replace("DB  - Embase\n", "")))
    assert (record["pmid"], record["embase_id"]) == ("39000001", "L2012345678")


def test_table_made_of_bibtex(export_of: Any) -> None:
    record = record_of(
        export_of('title,author,year,ENTRYTYPE\n{A title},"M. K{\\""u}{\\c c}{\\""u}k AND B. Sample",{2020},article\n')
    )
    assert (record["title"], record["author"], record["year"]) == ("A title", "M. Küçük; B. Sample", "2020")


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("Ear and Example. 41(6) (pp 1692-1702), 2020", ("2020", "41", "6", "1692-1702")),
        ("Example Research. 1659(pp 96-112), 2017", ("2017", "1659", "", "96-112")),
        ("Example in Science. 17(no pagination), 2023. Article Number: 1057551", ("2023", "17", "", "1057551")),
    ],
)
def test_parts_of_ovids_sources(source: str, parts: tuple[str, ...], export_of: Any) -> None:
    record = record_of(
        export_of(
            "VN,DB,UI,TI,SO,AU\nOvid Technologies,Embase,2000000001,A title,"
            f'"{source}. Date of Publication: 01 Nov 2020.",Example A.\n'
        )
    )
    assert tuple(record[name] for name in ("year", "volume", "number", "pages")) == parts


def test_xml_of_ebsco_turned_into_a_table(export_of: Any) -> None:
    record = record_of(
        export_of(
            "jinfo/jtl,artinfo/ui/0/_type,artinfo/ui/0/__text,artinfo/tig/atl,artinfo/aug/au/0,artinfo/aug/au/1,"
            "artinfo/sug/subj/0/_type,artinfo/sug/subj/0/__text,artinfo/sug/subj/1/_type,artinfo/sug/subj/1/__text,"
            "artinfo/ab/0,artinfo/doctype/0,artinfo/ui/1/_type,artinfo/ui/1/__text,header/_uiTerm,pubinfo/dt/_year\n"
            "J Ex,doi,10.5555/ebsco.1,A made-up title,Example A,Sample B,major,One,minor,Two,"
            "A text.,Article,pmid,NLM39000020,170000001,2020\n"
        )
    )
    result = {name: record[name] for name in ("accession", "doi", "pmid", "author", "keywords", "abstract", "year")}
    assert result == {
        "accession": "170000001",
        "doi": "10.5555/ebsco.1",
        "pmid": "39000020",
        "author": "Example, A; Sample, B",
        "keywords": "One; Two",
        "abstract": "A text.",
        "year": "2020",
    }


def test_raw_keeps_every_field_in_order_as_it_stood(export_of: Any) -> None:
    raw = json.loads(record_of(export_of(EMBASE_RIS))["raw"])
    assert [tag for tag, _ in raw][:4] == ["TY", "M3", "Y1", "VL"]
    assert [value for tag, value in raw if tag == "DB"] == ["Embase", "Medline"]
    assert ["T1", "Removal of leaked cement: a made-up <i>series</i> of cases &amp; outcomes"] in raw


def test_cochrane_ris_with_headings_and_registrations(export_of: Any) -> None:
    trial, registration = read(export_of(SNIPPETS["cochrane_ris"][1]))[0]
    assert (trial["central_id"], trial["pmid"], trial["doi"]) == ("CN-01234567", "39000002", "10.5555/trial.7")
    assert trial["kind"] == ""
    assert (registration["kind"], registration["trial_ids"]) == ("register", "NCT09999999")
    assert registration["entrytype"] == "registration"


def test_ovid_ris_counters_page_words_and_stray_lines(export_of: Any) -> None:
    first, second = read(export_of(SNIPPETS["ovid_ris"][1]))[0]
    assert (first["pages"], first["number"], first["line"]) == ("", "", 2)
    assert first["publication_types"] == "Journal; Peer Reviewed Journal"
    raw = json.loads(first["raw"])
    assert [value for tag, value in raw if tag == "M1"] == [
        "Sample, B. (2000). A cited work.",
        "Sample, B. (2001). Another cited work.",
    ]
    assert ["", "http://ovidsp.example.org/1"] in raw
    assert ["after ER: C1", "1   exp examples/"] in json.loads(second["raw"])


def test_ebsco_ris_copyright_is_not_an_abstract_but_kept(export_of: Any) -> None:
    record = record_of(export_of(SNIPPETS["ebsco_ris"][1]))
    assert record["abstract"] == "What it says."
    assert record["accession"] == "998877665"
    assert record["publication_types"] == "Article; Academic Journal"
    assert "Copyright of Example Quarterly" in record["raw"]


def test_ris_without_start_or_end_of_a_record(export_of: Any) -> None:
    records, report = read(export_of(ODD_RIS))
    assert [record["title"] for record in records] == [
        "The first record",
        "The second record",
        "The third record has no type",
        "The fourth record",
    ]
    assert records[0]["note"].endswith("AB - is a blood group, and this line is text")
    assert [record["line"] for record in records] == [1, 7, 10, 13]
    assert report["warnings"] == ["no record has a journal or an identifier"]


def test_medline_without_blank_lines(export_of: Any) -> None:
    first, second, third = read(export_of(MEDLINE))[0]
    assert first["title"] == "A made-up title that goes on over two lines."
    assert first["author"] == "Example, Anna B; Sample, Carl; Example Study Group"
    assert (first["doi"], first["pmcid"], first["trial_ids"]) == ("10.5555/made.up.3", "PMC9999999", "NCT09999998")
    assert first["publication_types"] == "Case Reports; Journal Article"
    assert first["note"] == "Erratum in: J Ex. 2021;64:1"
    assert first["kind"] == ""
    assert (second["title"], second["author"]) == ("No blank line before this one.", "Other, OT")
    assert (third["accession"], third["pmid"]) == ("EJ9999999", "")


def test_pubmed_abstracts_as_text(export_of: Any) -> None:
    first, second, third = read(export_of(SNIPPETS["pubmed_text"][1]))[0]
    names = ("title", "author", "journal", "year", "date", "volume", "number", "pages", "doi", "pmid", "pmcid", "note")
    assert {name: first[name] for name in names} == {
        "title": "A made-up title that goes on over two lines.",
        "author": "Example, AB; van der Sample C 3rd; Other DE Jr; Example Study Group",
        "journal": "J Ex",
        "year": "2020",
        "date": "2020 Feb",
        "volume": "63",
        "number": "2",
        "pages": "10-4",
        "doi": "10.5555/made.up.3",
        "pmid": "39000003",
        "pmcid": "PMC9999999",
        "note": "Comment in: J Ex. 2021;64:1-2. doi: 10.5555/comment.",
    }
    text = "BACKGROUND: Nothing here is real. 2. is no counter, for it stands in a text. A second paragraph."
    assert (first["abstract"], first["accession"], first["line"]) == (text, "39000003", 1)
    raw = json.loads(first["raw"])
    assert ["Copyright", "© 2020. The Authors."] in raw
    assert ["PMID", "39000003 [Indexed for MEDLINE]"] in raw
    assert ["Conflict of interest statement", "The authors declare \nnone."] in raw
    values = (second["entrytype"], second["journal"], second["author"], second["language"], second["abstract"])
    assert values == ("preprint", "Ex Rev", "", "Examplish", "")
    assert (third["note"], third["pages"]) == (
        "RETRACTED ARTICLE; Retraction in: Ex Rev. 2023;8:1.",
        "e12.e3; discussion e4",
    )
    assert third["abstract"] == "Only a text without addresses."


def test_pubmed_abstracts_with_text_before_the_first(export_of: Any) -> None:
    text = SNIPPETS["pubmed_text"][1]
    records, report = read(export_of("\n\n\n" + text))
    assert ([record["line"] for record in records], report["counted"]) == ([4, 35, 46], 3)
    lines = ("\n\n\n" + text).split("\n")
    assert [lines[record["line"] - 1][:3] for record in records] == ["1. ", "2. ", "3. "]


def test_wos_keeps_unknown_tags(export_of: Any) -> None:
    first, second = read(export_of(SNIPPETS["wos"][1]))[0]
    assert (first["title"], first["author"]) == ("Made-up things on two lines", "Example, Anna B.; Sample, Carl")
    assert (first["pages"], first["pmid"], first["accession"]) == ("107", "39000005", "WOS:000999999900001")
    assert ["UK", "unheard-of tag"] in json.loads(first["raw"])
    assert second["entrytype"] == "conference"


def test_ovid_text_tagged_and_labelled(export_of: Any) -> None:
    first, second = read(export_of(SNIPPETS["ovid"][1]))[0]
    assert first["abstract"] == "Background: nothing. Method(s): nothing. Result(s): nothing."
    assert (first["journal"], first["volume"], first["number"]) == ("Examples Proceedings", "12", "Supplement 3")
    assert (first["pages"], first["embase_id"]) == ("", "L2098765432")
    assert (second["journal"], second["pages"], second["pmid"]) == ("Journal of Examples", "38-41", "39000006")
    labelled = record_of(export_of(SNIPPETS["ovid_labelled"][1]))
    assert (labelled["author"], labelled["pages"]) == ("Example, A; Sample, C", "1-9")


def test_endnote_tagged_with_and_without_blank_lines(export_of: Any) -> None:
    records = read(export_of(SNIPPETS["endnote"][1]))[0]
    assert [record["title"] for record in records] == [
        "A tagged record",
        "A record without a type",
        "A record without a blank line before it",
        "One more",
    ]
    assert records[0]["keywords"] == "one; two"


def test_bibtex_broken_entry_costs_no_other(export_of: Any) -> None:
    records, report = read(export_of(SNIPPETS["bibtex"][1]))
    assert [record["title"] for record in records] == [
        "The BIG example: p & q",
        "The same key",
        "No key at all",
        "A field twice",
        "After the broken one",
    ]
    assert (records[0]["author"], records[0]["journal"]) == ("Müller, Anna; Sample, Carl", "Journal of Examples")
    assert ["Early Access Date", "{MAY 2020}"] in json.loads(records[2]["raw"])
    assert records[3]["note"] == "one; two"
    assert [(row["position"], row["line"]) for row in report["rejected"]] == [(5, 35)]


def test_pubmed_xml(export_of: Any) -> None:
    article, chapter = read(export_of(SNIPPETS["pubmed_xml"][1]))[0]
    assert article["title"] == "Effects of CO2 on examples."
    assert article["author"] == "Example, Anna B; Example Study Group"
    assert article["abstract"] == "METHODS: We made it up. RESULTS: None & nothing."
    assert (article["doi"], article["pmcid"], article["trial_ids"]) == ("10.5555/px.1", "PMC9999998", "NCT09999997")
    assert article["note"] == "ErratumIn: J Ex. 2018"
    assert (chapter["title"], chapter["journal"], chapter["year"]) == ("A chapter", "Book of examples", "2015")


def test_endnote_xml_styles_and_html_entities(export_of: Any) -> None:
    first, second = read(export_of(SNIPPETS["endnote_xml"][1]))[0]
    assert (first["title"], first["issn"]) == ("A title in two styles", "1234-5679; 2345-6783")
    assert (first["pmid"], first["doi"]) == ("39000012", "10.5555/en.1")
    assert second["title"] == "Second record"


def test_csl_json(export_of: Any) -> None:
    first, second = read(export_of(SNIPPETS["csl_json"][1]))[0]
    assert (first["title"], first["author"]) == ("A JSON record", "Example, Anna; Example Study Group")
    assert (first["date"], first["year"]) == ("2014-05", "2014")
    assert second["title"] == 'Another {record} with [brackets] and "quotes"'


def test_json_object_with_a_list_inside(export_of: Any) -> None:
    records, report = read(export_of('{"items": [{"title": "One", "year": "2001"}, {"title": "Two" "year"}]}'))
    assert ([record["title"] for record in records], report["counted"]) == (["One"], 2)
    assert "not well-formed JSON" in report["rejected"][0]["reason"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("embase_csv", {"pages": "3-4", "embase_id": "L2011111111", "pmid": "39000014", "line": 5}),
        ("cinahl_csv", {"issn": "1234-5679", "accession": "998877664", "publication_types": "Article"}),
        ("cochrane_review_csv", {"accession": "CD999999", "central_id": "", "doi": "10.1002/14651858.cd999999.pub2"}),
        ("scopus_csv", {"author": "Example, Anna; Sample, Carl", "abstract": "", "pages": "e12"}),
        ("pubmed_csv", {"author": "Example, AB; Sample, C; van der Other, DE", "volume": "63", "pages": "103-9"}),
        (
            "rayyan_csv",
            {
                "author": "Example, A.; Sample, C.",
                "embase_id": "L2022222222",
                "url": "https://www.embase.com/x?id=L2022222222",
            },
        ),
        ("trials_csv", {"kind": "register", "trial_ids": "NCT09999996", "year": "2018", "author": ""}),
        ("zotero_csv", {"entrytype": "article", "journal_abbrev": "J Zot", "keywords": "one; two"}),
        ("covidence_csv", {"accession": "42", "author": "Example, A.; Sample, C."}),
        ("semicolon_csv", {"author": "Müller, A.; Example, B.", "year": "2020"}),
        ("refworks_tsv", {"author": "Example, A; Sample, C", "journal": "Journal of Tabs"}),
    ],
)
def test_tables_by_their_column_names(name: str, expected: dict[str, Any], export_of: Any) -> None:
    record = record_of(export_of(SNIPPETS[name][1]))
    assert {column: record.get(column) for column in expected} == expected


def test_a_table_whose_columns_have_the_tags_of_web_of_science_is_read_by_them(export_of: Any) -> None:
    row = {
        **{"PT": "J", "AU": "Example, A; Sample, B", "AF": "Example, Anna; Sample, Ben", "TI": "One", "JI": "J. Tags"},
        **{"SO": "Journal of Tags", "VL": "3", "IS": "2", "BP": "1", "EP": "9", "PG": "9", "PD": "MAR", "PY": "2011"},
        **{"DE": "knee; hip", "UT": "WOS:000111222333445"},
    }
    ((record,), _) = read(export_of("\t".join(row) + "\n" + "\t".join(row.values()) + "\n"))
    assert (record["author"], record["journal"], record["journal_abbrev"]) == (
        "Example, Anna; Sample, Ben",
        "Journal of Tags",
        "J. Tags",
    )
    assert (record["volume"], record["number"], record["pages"], record["date"]) == ("3", "2", "1-9", "MAR 2011")
    assert (record["keywords"], record["accession"]) == ("knee; hip", "WOS:000111222333445")


def test_rows_with_other_numbers_of_cells_are_kept_and_reported(export_of: Any) -> None:
    records, report = read(export_of("Title,Year,DOI\nOne,2001\nTwo,2002,10.5555/x,more\n\n,,\n"))
    assert [record["title"] for record in records] == ["One", "Two"]
    assert ["", "more"] in json.loads(records[1]["raw"])
    assert report["warnings"][:-1] == [
        "2 rows with more or fewer cells than the header (line 2 'One', line 3 'Two'): check quotation marks and commas"
    ]


def test_unclosed_quotation_mark_is_rejected_not_swallowed(export_of: Any) -> None:
    records, report = read(export_of('Title,Year\nOne,2001\n"Two, 2002\nand more\n'))
    assert [record["title"] for record in records] == ["One"]
    assert report["rejected"] == [
        {"position": 2, "line": 3, "reason": "a quotation mark is not closed before the end of the file"}
    ]


@pytest.mark.parametrize("number", [499, 500, 2000])
def test_round_numbers_of_records_draw_a_warning(number: int, export_of: Any) -> None:
    _, report = read(export_of("TY  - JOUR\nTI  - x\nER  - \n" * number))
    assert any("cut the export off" in text for text in report["warnings"]) == (number != 499)


def test_windows_1252_and_mixed_encodings_lose_no_character(export_of: Any) -> None:
    legacy = "TY  - JOUR\nTI  - Müller’s “example” \x81\nER  - \n"
    data = b"".join(bytes([ord(char)]) if ord(char) < 256 else char.encode("cp1252") for char in legacy)
    records, report = read(export_of(data))
    assert (records[0]["title"], report["encoding"]) == ("Müller’s “example” \x81", "windows-1252")
    assert "not UTF-8" in report["warnings"][0]
    records, report = read(export_of(data + "TY  - JOUR\nTI  - Größe\nER  - \n".encode()))
    assert records[1]["title"] == "Größe"
    assert report["encoding"] == "mixed utf-8 and windows-1252"


def test_spreadsheets(export_of: Any, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["about this file"])
    sheet = book.create_sheet("records")
    for row in (
        ["My search"],
        [],
        ["Title", "Authors", "Year", "ISSN"],
        ["One", "Example A", 2001, 12345679],
        [],
        ["Two"],
    ):
        sheet.append(row)
    book.save(tmp_path / "book.dat")
    records, report = read(tmp_path / "book.dat")
    assert [(record["title"], record["year"], record["line"]) for record in records] == [
        ("One", "2001", 4),
        ("Two", "", 6),
    ]
    assert (report["format"], report["counted"], records[0]["issn"]) == ("spreadsheet", 2, "1234-5679")


def test_old_binary_spreadsheet(export_of: Any) -> None:
    records, report = read(export_of(XLS))
    assert [record["title"] for record in records] == [f"A synthetic title {number} é" for number in range(3)]
    assert (report["format"], report["counted"], records[0]["line"]) == ("spreadsheet", 3, 2)
    assert records[2]["accession"] == "WOS:000000000000002"


def test_missing_file_says_where(tmp_path: Path) -> None:
    with pytest.raises(BuildStop, match="does not exist"):
        read(tmp_path / "nothing.ris")


def test_trial_named_in_an_article_makes_it_no_registration(export_of: Any) -> None:
    text = ZOTERO_CSV.replace('"PMID: 39000016"', '"NCT09999999"')
    assert record_of(export_of(text))["kind"] == ""


@pytest.mark.parametrize(
    ("text", "titles", "rejected"),
    [
        ('{"type": "article-journal", "author": [{"family": "A"}], "title": "alone"}', ["alone"], 0),
        ('{"author": [{"family": "A"}], "title": "alone"}', ["alone"], 0),
        ('{"title": "a list", "items": [{"title": "one"}, {"title": "two"}]}', ["one", "two"], 0),
        ('{"type": "article-journal", "author": [{"family": "A"}, {"fam', [], 1),
    ],
)
def test_json_record_that_stands_alone(text: str, titles: list[str], rejected: int, export_of: Any) -> None:
    records, report = read(export_of(text))
    assert [record["title"] for record in records] == titles
    assert (report["counted"], len(report["rejected"])) == (len(titles) + rejected, rejected)
