"""The audit of a foreign document: clean reviews give no finding, planted errors do, and bad files one message."""

import io
import json
from dataclasses import replace
from pathlib import Path

import docx
import pypdf
import pytest
from prismake import cli
from prismake.common.errors import BuildStop

from tests.prismake.audit.foreign.papers import CLEAN, ECOLOGY, SCOPING, TRIALS, Source, audited, boxed, jats, word


@pytest.mark.parametrize("topic", CLEAN)
@pytest.mark.parametrize("form", ["xml", "docx", "raised"])
def test_a_clean_review_has_no_finding(topic, form, tmp_path):
    content = jats(CLEAN[topic]) if form == "xml" else word(CLEAN[topic], raised=form == "raised")
    report = audited(tmp_path, content, f"paper.{'xml' if form == 'xml' else 'docx'}")
    assert [(one.rule, one.message, one.text) for one in report.findings] == []
    assert sum(len(outcome.passed) for outcome in report.outcomes) > 8


PLANTS = [
    (TRIALS, "894 records were screened", "849 records were screened", "selection"),
    (TRIALS, "eight trials were included in the review", "nine trials were included in the review", "selection"),
    (TRIALS, "(PubMed, n = 520;", "(PubMed, n = 502;", "parts"),
    (TRIALS, "(wrong population, n = 14;", "(wrong population, n = 13;", "parts"),
    (TRIALS, "(430 women and 412 men)", "(440 women and 412 men)", "parts"),
    (TRIALS, "421 participants (9.7%)", "421 participants (7.9%)", "percentage"),
    (TRIALS, "300 (35.6%)", "300 (36.5%)", "shared-whole"),
    (TRIALS, "five trials [7–11]", "four trials [7–11]", "cited-count"),
    (TRIALS, "Rossi et al. [6]", "Rossi et al. [7]", "cited-name"),
    (TRIALS, "published between 2009 and 2023", "published between 2008 and 2023", "years"),
    (TRIALS, "Four studies were conducted in Iran", "Five studies were conducted in Iran", "counted-rows"),
    (TRIALS, "a total of 842 participants", "a total of 824 participants", "sample"),
    (TRIALS, "RR 0.71, 95% CI 0.52–0.97", "RR 1.71, 95% CI 0.52–0.97", "interval"),
    (TRIALS, "50 (11.9)", "500 (11.9)", "table-percentages"),
    (TRIALS, "weighted mean age was 62.7", "weighted mean age was 67.2", "pooled-mean"),
    (TRIALS, "(Table 1)", "(Table 3)", "mentions"),
    (TRIALS, "of 842 participants across", "of 884 participants across", "sample"),
    (SCOPING, "1,820 were excluded, leaving 80", "1,802 were excluded, leaving 80", "selection"),
    (SCOPING, "the 12 included studies", "the 13 included studies", "included"),
    (SCOPING, "5 (41.7%)", "5 (47.1%)", "impossible-percentage"),
    (SCOPING, "Turkey (n = 2)", "Turkey (n = 3)", "counted-rows"),
    (ECOLOGY, "[11,12]", "[11,13]", "citation-numbers"),
    (ECOLOGY, "Total | 30 |", "Total | 31 |", "total-row"),
    (ECOLOGY, "64/80 (80%)", "64/80 (75%)", "percentage"),
    (ECOLOGY, "14 studies (46.7%)", "14 studies (64.7%)", "impossible-percentage"),
]


@pytest.mark.parametrize(("source", "old", "new", "rule"), PLANTS, ids=[plant[2] for plant in PLANTS])
def test_a_planted_error_is_found(source, old, new, rule, tmp_path):
    report = audited(tmp_path, word(source.planted(old, new)), "paper.docx")
    assert rule in {one.rule for one in report.findings}


def test_the_command_prints_what_was_checked_and_what_not(tmp_path, capsys):
    path = tmp_path / "paper.xml"
    path.write_text(jats(TRIALS))
    assert cli.main(["audit", str(path)]) == 0
    output = capsys.readouterr().out
    assert "Checked and in order:" in output and "Not checked:" in output and output.endswith("0 errors, 0 warnings\n")
    path.write_text(jats(TRIALS.planted("894 records were screened", "849 records were screened")))
    assert cli.main(["audit", str(path), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert {(one["rule"], one["severity"]) for one in report["findings"]} == {("selection", "error")}
    assert report["findings"][0]["message"] == "1,204 − 310 is 894, not 849"


def test_without_a_file_the_review_at_hand_is_audited(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["audit"]) == 1
    assert "there is no finished build to audit here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.docx", b"", "is empty"),
        ("a.docx", b"PK\x03\x04 broken", "cannot be read as a Word document"),
        ("a.pdf", b"%PDF-1.7 broken", "cannot be read as a PDF"),
        ("a.xml", b"<article><body>", "is not well-formed XML"),
        ("a.xml", b"<html/>", "is XML, but not an article in JATS"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><article/>', "declares entities"),
        ("a.txt", b"some text", "is not a Word document, a PDF or JATS"),
    ],
)
def test_a_damaged_file_gives_one_message(name, content, message, tmp_path):
    with pytest.raises(BuildStop) as stopped:
        audited(tmp_path, content, name)
    assert len(stopped.value.issues) == 1 and message in str(stopped.value)


FRAME = Source(
    "T",
    "Twenty studies were included.",
    {"Introduction": ["Pain is common [1,2]. Drugs help [3]. Others do not [4]. More is known [5–20]."]},
    [],
    [f"Smith{number} A, Lee B, Jones C, Berg D. Title. J. 2000;1:{number}." for number in range(1, 21)],
)
TRUE = (Path(__file__).parent / "true_sentences.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("form", ["docx", "xml"])
def test_right_sentences_give_no_finding(form, tmp_path):
    wrong = {}
    for sentence in TRUE:
        source = replace(FRAME, sections={**FRAME.sections, "Results": [sentence]})
        report = audited(tmp_path, word(source) if form == "docx" else jats(source), f"paper.{form}")
        if report.findings:
            wrong[sentence] = [one.message for one in report.findings]
    assert wrong == {}


BOXES = [
    "Records identified from: Databases (n = 428) Registers (n = 0)",
    "Records removed before screening: Duplicate records removed (n = 71)",
    "Records screened (n = 357)",
    "Records excluded (n = 92)",
    "Reports sought for retrieval (n = 265)",
    "Reports not retrieved (n = 5)",
    "Reports assessed for eligibility (n = 260)",
    "Reports excluded: No outcome (n = 200) No patients (n = 51)",
    "Studies included in review (n = 9)",
]


def test_a_flow_figure_of_text_boxes_is_checked(tmp_path):
    report = audited(tmp_path, boxed(BOXES), "paper.docx")
    passed = next(one.passed for one in report.outcomes if one.check.id == "selection")
    assert report.findings == [] and "428 − 71 = 357" in passed and "265 − 5 = 260" in passed
    swapped = [text.replace("357", "375") for text in BOXES]
    (first, *_) = audited(tmp_path, boxed(swapped), "paper.docx").findings
    assert (first.rule, first.message, first.text) == ("selection", "428 − 71 is 357, not 375", "flow figure")


def test_boxes_out_of_order_and_other_sources_are_not_judged(tmp_path):
    assert audited(tmp_path, boxed([*BOXES[::2], *BOXES[1::2]]), "paper.docx").findings == []
    other = [*BOXES[:2], "Records identified from: Citation searching (n = 12)", *BOXES[3:]]
    report = audited(tmp_path, boxed(other), "paper.docx")
    assert report.findings == [] and "flow figure: records come from several kinds of sources" in report.unchecked


def test_merged_cells_stand_in_each_of_their_places(tmp_path):
    document = docx.Document()
    document.add_heading("Results", 1)
    document.add_paragraph("The groups are shown in Table 1 and were alike.")
    document.add_paragraph("Table 1. Outcomes", style="Caption")
    table = document.add_table(4, 3)
    rows = [
        ("Outcome", "Group (n = 40)", ""),
        ("Pain, n (%)", "10 (25)", "20 (50)"),
        ("", "4 (10)", ""),
        ("x", "4 (20)", ""),
    ]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    buffer = io.BytesIO()
    document.save(buffer)
    report = audited(tmp_path, buffer.getvalue(), "paper.docx")
    (read,) = report.paper.tables
    assert read.header == ("Outcome", "Group (n = 40)", "Group (n = 40)") and read.merged
    assert read.rows[1][0].strip() == "Pain, n (%)"
    passed = next(one.passed for one in report.outcomes if one.check.id == "table-percentages")
    assert "Table 1, Pain, n (%): 20 (50) of 40" in passed and report.findings == []


def test_a_document_without_tables_says_what_it_could_not_check(tmp_path):
    report = audited(tmp_path, word(replace(SCOPING, tables=[])), "paper.docx")
    assert report.findings == []
    assert "numbers of studies with a property: no table has one row for each included study" in report.unchecked


def test_a_scan_is_reported_as_such_and_not_guessed(tmp_path):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(600, 800)
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(BuildStop) as stopped:
        audited(tmp_path, buffer.getvalue(), "scan.pdf")
    assert "holds no text: its pages are pictures, as of a scan" in str(stopped.value)
