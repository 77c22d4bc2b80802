"""Exports of screening tools, each found from its content and read without loss."""

import zipfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.screening.readers import entries, notes, read_source
from prismake.screening.readers.entries import Source
from prismake.screening.reasons import Reasons, splitter
from prismake.screening.stages import make_stages

from . import exports

STAGES = make_stages([{"id": "abstract", "reasons": {"design": "Wrong design, no control", "animals": "Animals only"}}])
SPLIT = partial(splitter, [Reasons(stage) for stage in STAGES])


@pytest.fixture
def read(tmp_path):
    def call(text, **settings):
        file = tmp_path / "export.txt"
        file.write_text(text, encoding="utf-8")
        return read_source(Source(file=file, **settings), SPLIT)

    return call


def votes_of(export):
    return [(vote.named.title[:10], vote.reviewer, vote.decision, vote.reasons) for vote in export.votes]


def codes(export):
    return [(issue.code, issue.severity) for issue in export.issues]


def test_rayyan_ris_has_each_reviewers_decision(read):
    export = read(exports.RAYYAN_RIS)
    reasons = ("wrong design, no control", "الدراسة على الحيوانات")
    assert export.format == "Rayyan RIS"
    assert votes_of(export) == [
        ("Endoscopic", "Ana", "include", ()),
        ("Endoscopic", "ben@example.org", "exclude", reasons),
        ("Percutaneo", "Ana", "include", ()),
        ("Percutaneo", "ben@example.org", "exclude", ()),
    ]
    assert export.votes[0].named.doi == "10.5555/one"
    assert export.votes[0].note.startswith("labels: cement,leak; notes: ")
    assert [vote.where[-3:] for vote in export.votes[1:3]] == ["t:1", ":10"]
    assert (export.rows, export.undecided) == (3, 1)


def test_rayyan_bibtex(read):
    export = read(exports.RAYYAN_BIB)
    assert export.format == "Rayyan BibTeX"
    assert votes_of(export) == [("Endoscopic", "Ana", "maybe", ())]
    assert (export.votes[0].named.doi, export.votes[0].named.year) == ("10.5555/one", "2021")


def test_rayyan_csv(read):
    export = read(exports.RAYYAN_CSV)
    assert export.format == "Rayyan CSV"
    assert votes_of(export) == [("Endoscopic", "Ana", "exclude", ("wrong design, no control",))]
    assert (export.rows, export.undecided) == (2, 1)


def test_of_rayyans_events_the_last_holds(read, tmp_path):
    articles = tmp_path / "articles.csv"
    articles.write_text(exports.RAYYAN_CSV, encoding="utf-8")
    export = read(exports.RAYYAN_LOG, records=articles)
    assert votes_of(export) == [
        ("Endoscopic", "ana@example.org", "include", ()),
        ("Endoscopic", "ben@example.org", "exclude", ("wrong design",)),
    ]
    assert export.votes[0].date == "2026-01-05 10:00:00 UTC"
    with pytest.raises(BuildStop, match="names records by number only"):
        read(exports.RAYYAN_LOG)


@pytest.mark.parametrize("name", ['a "quoted" one', "Zoë } Doe", "人", "a, b"])
def test_any_name_of_a_reviewer_is_read(name):
    quoted = name.replace('"', '\\"')
    text = f'RAYYAN-INCLUSION: {{"{quoted}"=>"Excluded", "B"=>"Included"}} | RAYYAN-LABELS: x'
    assert [(item.reviewer, item.decision) for item in notes.rayyan([text], SPLIT)] == [
        (name, "exclude"),
        ("B", "include"),
    ]


def test_covidence_exports_a_list_a_decision(read):
    export = read(exports.COVIDENCE_CSV)
    assert export.format == "Covidence CSV"
    assert votes_of(export) == [("Endoscopic", "", "exclude", ("Wrong comparator",))]
    assert "only an abstract" in export.votes[0].note
    assert codes(read(exports.COVIDENCE_RIS)) == [("no-decision", "error")]
    assert votes_of(read(exports.COVIDENCE_RIS, decision="include")) == [("Percutaneo", "", "include", ())]


def test_asreview(read):
    export = read(exports.ASREVIEW_CSV)
    assert export.format == "ASReview CSV"
    assert [(vote.decision, vote.reviewer) for vote in export.votes] == [
        ("include", "ana@example.org"),
        ("exclude", "ana@example.org"),
    ]
    assert (export.rows, export.undecided) == (3, 1)
    export = read(exports.ASREVIEW_RIS, reviewer="Ana", reason="Animals only")
    assert export.format == "ASReview RIS"
    assert votes_of(export) == [("Percutaneo", "Ana", "exclude", ("Animals only",))]
    assert export.votes[0].note == "my remark"
    assert (export.rows, export.undecided) == (2, 1)


def test_eppi_reviewer_tells_by_its_codes(read):
    export = read(exports.EPPI_JSON, codes_under="Screen on title & abstract")
    assert votes_of(export) == [
        ("Endoscopic", "", "include", ()),
        ("Percutaneo", "", "exclude", ("study design",)),
    ]
    assert (export.rows, export.undecided) == (3, 1)
    export = read(exports.EPPI_JSON, codes_under="screen on full text")
    assert votes_of(export) == [("Endoscopic", "", "exclude", ("no outcome",))]
    assert codes(read(exports.EPPI_JSON)) == [("two-codes", "error")]
    with pytest.raises(BuildStop, match="did you mean 'Screen on full text'"):
        read(exports.EPPI_JSON, codes_under="Screen on fulltext")


def test_distillersr_has_a_row_a_user_and_columns_of_the_reviews_own(read):
    columns = {"decision": "Is it eligible?", "reason": "Why not?"}
    export = read(exports.DISTILLER_CSV, columns=columns)
    assert export.format == "DistillerSR CSV"
    assert votes_of(export) == [
        ("Endoscopic", "ana", "include", ()),
        ("Endoscopic", "ben", "exclude", ("wrong design, no control",)),
    ]
    assert {vote.stage for vote in export.votes} == {"abstract"}
    with pytest.raises(BuildStop, match="no column contains decisions"):
        read(exports.DISTILLER_CSV)


def test_any_table_with_words_of_its_own(read):
    table = "doi;Urteil;wer\n10.5555/one;ja;Ana\n10.5555/two;nein;Ana\n10.5555/three;vielleicht;Ana\n;;\n"
    columns = {"decision": "Urteil", "reviewer": "wer"}
    export = read(table, columns=columns, words={"ja": "include", "nein": "exclude"})
    assert [vote.decision for vote in export.votes] == ["include", "exclude"]
    assert codes(export) == [("decision", "error")]
    assert "'vielleicht' is neither include nor exclude" in export.issues[0].message
    with pytest.raises(BuildStop, match="there is no column 'Urtel'"):
        read(table, columns={"decision": "Urtel"})


def test_an_archive_of_rayyan_is_read_as_it_comes(tmp_path, monkeypatch):
    file = tmp_path / "export.zip"

    def pack(**members):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in members.items():
                archive.writestr(f"review/{name}.csv", text)
        return read_source(Source(file=file), SPLIT)

    report = pack(articles=exports.RAYYAN_CSV, customizations_log=exports.RAYYAN_LOG)
    assert (report.format, votes_of(report)) == (
        "Rayyan event log",
        [
            ("Endoscopic", "ana@example.org", "include", ()),
            ("Endoscopic", "ben@example.org", "exclude", ("wrong design",)),
        ],
    )
    report = pack(articles=exports.RAYYAN_CSV)
    assert votes_of(report) == [("Endoscopic", "Ana", "exclude", ("wrong design, no control",))]
    with pytest.raises(BuildStop, match="names records by number only"):
        pack(customizations_log=exports.RAYYAN_LOG)
    with pytest.raises(BuildStop, match="this is an archive"):
        pack(other=exports.RAYYAN_CSV)
    monkeypatch.setattr(entries, "LARGEST", 4096)
    with pytest.raises(BuildStop, match=r"articles\.csv is larger than"):
        pack(articles=exports.RAYYAN_CSV + " " * 10_000)


def test_a_damaged_archive_is_reported(tmp_path):
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("articles.csv", exports.RAYYAN_CSV)
    data = bytearray(file.read_bytes())
    data[60:70] = b"\xff" * 10
    file.write_bytes(data)
    with pytest.raises(BuildStop, match=r"articles\.csv cannot be unpacked"):
        read_source(Source(file=file), SPLIT)


def test_asreview_of_both_versions(read):
    first = read("record_id,title,included,asreview_ranking,exported_notes_1\n0,Endoscopic,1,1,look\n1,Perc,-1,2,\n")
    assert (first.format, first.undecided, first.votes[0].note) == ("ASReview CSV", 1, "look")
    export = read(
        "record_id,title,asreview_label,asreview_time,asreview_note,asreview_user_name,asreview_user_email\n"
        "0,Endoscopic,1,,,,ana@example.org\n1,Perc,0,,,Ben,ben@example.org\n"
    )
    assert [vote.reviewer for vote in export.votes] == ["ana@example.org", "Ben"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("s:1,include\ns:2,exclude\n", "no column identifies the records; the first row reads 's 1', 'include'"),
        ("title,decision,Decision\nA,include,exclude\n", "2 columns are called 'decision'"),
    ],
)
def test_a_first_row_that_is_not_a_header_or_says_two_things(read, text, message):
    with pytest.raises(BuildStop, match=message):
        read(text)


@pytest.mark.parametrize("note", ['{""Ana""=>""', '{""Ana""=>""Included"", ""Ben""', "nothing"])
def test_a_note_of_rayyan_that_was_cut_off_loses_nothing(read, note):
    export = read(f'key,title,notes\nrayyan-1,T,"RAYYAN-INCLUSION: {note}"\n')
    assert ("decision", "error") in codes(export)


def test_rows_that_went_astray_are_reported_and_counted(read):
    export = read('doi,decision\n10.5555/one,include\n10.5555/two,include,extra\n"10.5555/three,include\n')
    assert [code for code, _ in codes(export)] == ["cells", "csv"]
    assert len(export.votes) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04....", "this is an archive"),
        (b"{", "not JSON"),
        (b"[1]", "this JSON contains no references"),
        (b"hello", "no known export"),
        (b'{"References": [{}]}', "it contains no codes"),
    ],
)
def test_what_is_not_an_export_is_refused(tmp_path, content, message):
    file = tmp_path / "export"
    file.write_bytes(content)
    with pytest.raises(BuildStop, match=message):
        read_source(Source(file=file), SPLIT)


def test_an_empty_file_is_a_warning(read):
    assert codes(read("")) == [("no-rows", "warning")]
    assert codes(read("title,decision\n")) == [("no-rows", "warning")]


def test_other_encodings_are_read_and_reported(tmp_path):
    file = tmp_path / "export.csv"
    file.write_bytes("title,decision\nMénière,include\n".encode("windows-1252"))
    export = read_source(Source(file=file), SPLIT)
    assert export.votes[0].named.title == "Ménière" and codes(export) == [("encoding", "warning")]
    file.write_bytes("title,decision\nMénière,include\n".encode("utf-16"))
    assert read_source(Source(file=file), SPLIT).votes[0].named.title == "Ménière"


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_no_text_breaks_a_reader(tmp_path_factory, text):
    file = tmp_path_factory.getbasetemp() / "any"
    for start in ("", "TY  - JOUR\nN1  - RAYYAN-INCLUSION: {", "@article{a,\n", "title,decision\n", '{"References": '):
        file.write_bytes((start + text).encode("utf-8", "replace"))
        try:
            export = read_source(Source(file=file), SPLIT)
        except BuildStop:
            continue
        assert export.undecided <= export.rows


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
        .map(str.strip)
        .filter(bool),
        st.sampled_from(["Included", "Excluded", "Maybe"]),
        max_size=4,
    )
)
def test_what_rayyan_writes_is_read_back(answers):
    pairs = ", ".join('"' + n.replace("\\", "\\\\").replace('"', '\\"') + f'"=>"{a}"' for n, a in answers.items())
    result = notes.rayyan([f"RAYYAN-INCLUSION: {{{pairs}}} | RAYYAN-LABELS: a"], SPLIT)
    words = {"Included": "include", "Excluded": "exclude", "Maybe": "maybe"}
    assert {item.reviewer: item.decision for item in result} == {n: words[a] for n, a in answers.items()}


def test_rayyans_real_export(shared):
    folder = shared / "exports" / "one-search-25-platforms"
    for file in (folder / "RIS" / "_baseline_rayyan.ris", folder / "CSV" / "_baseline_rayyan.csv"):
        export = read_source(Source(file=Path(file)), SPLIT)
        assert not export.issues
        assert {vote.reviewer for vote in export.votes} == {"Emily"}
        assert export.rows == file.read_text().count("rayyan-") == len(export.votes) + export.undecided


@pytest.mark.parametrize("name", ["CSV/_baseline_covidence.csv", "RIS/_baseline_covidence_endnote.ris"])
def test_covidences_real_export(shared, name):
    file = shared / "exports" / "one-search-25-platforms" / name
    assert codes(read_source(Source(file=file), SPLIT)) == [("no-decision", "error")]
    export = read_source(Source(file=file, decision="include"), SPLIT)
    assert export.rows == len(export.votes) > 5 and all(vote.named.title for vote in export.votes)
