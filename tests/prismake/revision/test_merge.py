"""A co-author's edits find their way into the sources: the rebuilt document says what the edited one said."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prismake import cli
from prismake.revision import tracked
from prismake.revision.merge_command import data_files
from prismake.revision.package import MAIN, parse, read_package, serialise, w

from tests.prismake.revision.coauthor import CoAuthor

INTRODUCTION = "manuscript/01.introduction.md"
DISCUSSION = "manuscript/04.discussion.md"


@pytest.fixture
def author(example):
    return CoAuthor(example / "results/manuscript/manuscript.docx")


@pytest.fixture
def merged(example, author, tmp_path, monkeypatch, capsys):
    """Saves what the co-author did and merges it; the report, the new text of each file, and what was said."""
    review = tmp_path / "review"
    review.mkdir()
    shutil.copy2(example / "config.yaml", review)
    shutil.copytree(example / "manuscript", review / "manuscript")
    shutil.copytree(example / "data/extraction", review / "data/extraction")
    shutil.copytree(example / "results/tables", review / "results/tables")
    folder = review / "results/manuscript"
    folder.mkdir(parents=True)
    for name in ("manuscript.docx", "manuscript.json"):
        shutil.copy2(example / "results/manuscript" / name, folder)

    def merge(*arguments, code=0):
        monkeypatch.chdir(review)
        edited = author.save(tmp_path / "edited.docx")
        assert cli.main(["merge", str(edited), *arguments]) == code
        if code:
            return capsys.readouterr().err
        output = capsys.readouterr().out
        report = json.loads((review / "results/revision/merge/merge.json").read_text())
        counts = report["accounting"]
        assert counts["revisions"] == counts["patched"] + counts["refused"] + counts["unplaced"]
        listed = [mark["number"] for name in ("patched", "refused", "unplaced") for mark in report["revisions"][name]]
        parts = read_package(edited)
        marks = sum(
            len(list(tracked.revisions(parse(content, name))))
            for name, content in parts.items()
            if name.startswith("word/") and name.endswith(".xml")
        )
        assert sorted(listed) == list(range(1, marks + 1)), "every mark of a change is in exactly one list"
        patch = review / "results/revision/merge/changes.patch"
        if patch.read_text() and "--write" not in arguments:
            subprocess.run(["git", "apply", str(patch)], check=True, cwd=review)
        return report, output

    command: Any = merge
    command.review = review
    command.edited = tmp_path / "edited.docx"
    return command


def source(merged, name=INTRODUCTION):
    return (merged.review / name).read_text()


def texts(path, *, accept=False):
    root = parse(read_package(path)[MAIN], str(path))
    return tracked.texts(tracked.accepted(root) if accept else root)


@pytest.mark.build
def test_what_a_co_author_wrote_is_what_the_rebuilt_document_says(copy, tmp_path, monkeypatch, capsys):
    author = CoAuthor(copy / "results/manuscript/manuscript.docx")
    author.replace("recognized complication", "known complication")
    author.insert(
        " A sentence with *stars*, {{ flow.included }}, [@key], $x$, <b>, a_b, 50% and #1.", after="complication."
    )
    author.insert(" well", "i", after="The frequency of leakage may")
    author.delete("Together with reports of epidural leakage and of pulmonary embolism, ")
    author.move(" been summarized", after="individual reports include few patients")
    author.add_paragraph("A paragraph of its own. It has two sentences.", after="Duplicate records were identified")
    author.add_paragraph("A Heading of Its Own", after="Reports were excluded if", style="Heading2")
    author.delete_paragraph("Cement was not the only cause")
    author.join("Vertebral fractures are associated")
    author.insert(" ", before="Percutaneous vertebroplasty (PVP) was")
    author.split(before="Accepted designs were")
    author.replace("has been reported as", "has been described as")
    author.replace("A Systematic Review", "a Review", inside="Full-Endoscopic Decompression for Radiculopathy")
    author.replace("kyphoplasty", "balloon kyphoplasty", inside="Keywords")
    author.replace("selection of studies", "study selection", inside="PRISMA flow diagram")
    edited = author.save(tmp_path / "edited.docx")
    monkeypatch.chdir(copy.folder)
    assert cli.main(["merge", str(edited), "--write"]) == 0
    output = capsys.readouterr().out
    assert "0 refused" in output and "0 unplaced" in output, output
    copy.build("results/manuscript/manuscript.docx")

    def comparable(result):
        text = "\n".join(line for line in result if not line.startswith(("Word count", "FESS, full")))
        return re.sub(r"\s+\n", "\n", text)

    assert comparable(texts(copy / "results/manuscript/manuscript.docx")) == comparable(texts(edited, accept=True))


def test_an_edit_of_a_computed_number_is_refused_with_the_name_of_its_value(author, merged):
    author.replace("428", "430", inside="searches returned")
    author.replace("nine studies", "ten studies", inside="The remaining")
    report, message = merged()
    reasons = [(item["where"], item["old"], item["reason"]) for item in report["edits"]["refused"]]
    assert reasons == [
        ("manuscript/03.results.md:5", "428", "computed: {{ flow.identified | n }}"),
        ("manuscript/03.results.md:10", "nine", 'computed: {{ flow.included | counted("study", "studies") }}'),
    ]
    assert report["edits"]["patched"] == [] and "{{ flow.identified | n }}" in message


@pytest.mark.parametrize(("old", "new"), [("428", "4281"), ("428", "42"), ("428 records", "many records")])
def test_a_number_is_refused_however_it_is_edited(author, merged, old, new):
    author.replace(old, new, inside="searches returned")
    report, _ = merged()
    assert [item["reason"] for item in report["edits"]["refused"]] == ["computed: {{ flow.identified | n }}"]
    assert "{{ flow.identified | n }} records" in source(merged, "manuscript/03.results.md")


def test_a_digit_typed_beside_a_number_is_an_edit_of_it(author, merged):
    author.insert("1", after="428", inside="searches returned")
    report, _ = merged()
    assert [item["reason"] for item in report["edits"]["refused"]] == ["computed: {{ flow.identified | n }}"]


def test_a_sentence_may_go_with_its_values_and_citations(author, merged):
    author.delete(
        " At the title stage, 92 records were excluded as editorials (14), narrative reviews (38), "
        "systematic reviews (22), or meta-analyses (18)."
    )
    report, _ = merged()
    assert report["accounting"]["edits"] == {"patched": 1, "refused": 0, "unplaced": 0}
    assert "At the title stage" not in source(merged, "manuscript/03.results.md")


def test_a_sentence_written_anew_keeps_its_values(author, merged):
    author.replace("The searches returned 428 records", "In all, 428 records were found")
    report, _ = merged()
    assert "In all, {{ flow.identified | n }} records were found: {{" in source(merged, "manuscript/03.results.md")
    assert not report["edits"]["refused"]


def test_edits_of_tables_citations_and_references_are_refused_with_what_to_edit(author, merged):
    author.replace("First report", "Very first report")
    author.replace("17–19", "17", inside="Full-endoscopic spine surgery (FESS) is an")
    author.replace("Figure\u00a01", "Figure\u00a02", inside="searches returned")
    report, _ = merged()
    reasons = {item["reason"].partition(":")[0] for item in report["edits"]["refused"]}
    assert {"a citation", "a cross-reference"} <= reasons
    assert any(item["reason"] == "a citation: [@knight2014 @ahn2019 @yeung2020]" for item in report["edits"]["refused"])
    table = next(item for item in report["edits"]["refused"] if "table" in item["reason"])
    assert table["where"] == "tbl:technique, row 1, column 9"
    assert table["fix"] == "edit data/extraction/studies.csv, row 'wagner2016', column 'key_points'"
    assert not report["edits"]["patched"]


STUDIES = "data/extraction/studies.csv"
# Old text, new text, where the cell stands, what holds it.
CELLS = [
    (
        "Technical note",
        "Case report",
        "tbl:characteristics, row 1, column 5",
        f"{STUDIES}, row 'wagner2016', column 'study_type' (a code; its words are in data/extraction/codes.csv)",
    ),
    (
        "T12\u00a0(3)",
        "T12\u00a0(2)",
        "tbl:characteristics, row 2, column 9",
        "data/extraction/levels.csv, the rows of 'yu2017'",
    ),
    ("74.4", "74.5", "tbl:characteristics, row 2, column 7", f"{STUDIES}, row 'yu2017', columns 'age_mean', 'age_sd'"),
    (
        "Unclear",
        "Yes",
        "tbl:appraisal, row 1, column 11",
        "data/appraisal/answers.csv, study 'wagner2016', item 7, column 'answer'",
    ),
    (
        "Include",
        "Exclude",
        "tbl:appraisal, row 1, column 15",
        "data/appraisal/overall.csv, row 'wagner2016', column 'overall'",
    ),
    ("Key points", "Notes", "tbl:technique, header, column 9", "config.yaml synthesis.tables.technique"),
]


def test_the_edit_of_a_cell_names_the_table_row_and_column_that_hold_it(author, merged):
    for old, new, _, _ in CELLS:
        author.replace(old, new)
    report, _ = merged()
    fixes = {one["where"]: one["fix"] for one in report["edits"]["refused"]}
    assert set(fixes) == {where for _, _, where, _ in CELLS}
    for _, _, where, fix in CELLS:
        assert fix in fixes[where]


def test_comments_are_listed_with_place_words_and_author(author, merged):
    author.comment("Is this so?", on="the only cause of compression")
    author.comment("=cmd|' /C calc'!A0", on="Wagner et al")
    report, _ = merged()
    assert [(c["author"], c["where"], c["words"], c["text"]) for c in report["comments"]] == [
        ("Anna", "manuscript/04.discussion.md:8", "the only cause of compression", "Is this so?"),
        ("Anna", "tbl:characteristics, row 1, column 1", "Wagner et al", "=cmd|' /C calc'!A0"),
    ]
    assert "'=cmd" in (merged.review / "results/revision/merge/comments.csv").read_text()


def test_edits_without_tracking_are_found_all_the_same(author, merged):
    author.replace("recognized complication", "known complication", tracked=False)
    author.replace("428", "430", inside="searches returned", tracked=False)
    author.add_paragraph("A paragraph of its own.", after="Duplicate records were identified", tracked=False)
    report, _ = merged()
    assert report["accounting"]["revisions"] == 0
    assert report["accounting"]["edits"] == {"patched": 2, "refused": 1, "unplaced": 0}
    assert "is a known complication." in source(merged)
    assert "\n\nA paragraph of its own.\n\n" in source(merged, "manuscript/02.methods.md")


def test_what_is_inserted_prints_as_it_stands_and_calls_nothing(author, merged):
    author.insert(" {{ 7*7 }} {% if x %} {# y #} [@key] *a* _b_ `c` $d$ <e> \\f ^g^ ~h~", after="complication.")
    author.insert("{", after="recognized")
    merged()
    text = source(merged)
    assert not re.search(r"\{\{ 7|\{%|\{#|(?<!\\)\[@key", text)
    assert r"\{\{ 7\*7 \}\} \{\% if x" in text and r"\\f" in text


def test_formatted_words_get_their_signs(author, merged):
    author.insert(" very", "b", after="vertebral body is a")
    author.insert(" rare and dear", "i", after="recognized")
    author.insert("2", "vertAlign=superscript", after="complication")
    author.insert("+ a", "vertAlign=superscript", after="a nerve root after augmentation")
    report, _ = merged()
    assert "is a **very** recognized *rare and dear* complication" in source(merged)
    assert r"a nerve root after augmentation^+\ a^ has" in source(merged)
    # A raised number is how the style prints a citation: it is reported, not typed.
    assert [item["new"] for item in report["edits"]["refused"]] == ["2"]


def test_list_items_stay_items(author, merged):
    author.add_paragraph("one more block;", after="the complication:")
    merged()
    text = source(merged, "manuscript/02.methods.md")
    assert '"radiculopathy";\n- one more block;\n- the treatment' in text


def test_words_inserted_and_deleted_again_and_formats_are_reported_too(author, merged):
    author.insert(" quite", after="is a recognized")
    author.delete(" quite")
    run = author._cut("traditionally been")[0]
    properties = author._run("x", "b").find("{*}rPr")
    change = author._mark("rPrChange")
    change.append(author._run("x", "b").find("{*}rPr"))
    properties.append(change)
    run.insert(0, properties)
    report, _ = merged()
    kinds = [(mark["kind"], mark["reason"]) for mark in report["revisions"]["unplaced"]]
    assert kinds == [("rPrChange", "a change of formatting")]
    assert len(report["revisions"]["patched"]) == 2
    assert "is a recognized complication" in source(merged)


def test_changes_outside_the_words_are_listed(author, merged):
    row = next(author.root.iter(w("tbl"))).findall(w("tr"))[2]
    row.find(w("trPr")).append(author._mark("del"))
    footer = next(name for name in author.parts if name.startswith("word/footer"))
    root = parse(author.parts[footer], footer)
    mark = author._mark("ins")
    mark.append(author._run("Draft "))
    root.find(w("p")).append(mark)
    author.parts[footer] = serialise(root)
    empty = author._mark("ins")
    author.paragraph("is a recognized complication").append(empty)
    report, message = merged()
    assert [(m["kind"], m["reason"]) for m in report["revisions"]["refused"]] == [
        ("row deleted", "rows of tables are composed from data")
    ]
    assert sorted(m["reason"] for m in report["revisions"]["unplaced"]) == [
        "contains no words but a picture, a field or a mark",
        "outside the text: a header, footer, note or comment",
    ]
    assert f"unplaced {footer}: ins by Anna: 'Draft '" in message


def test_a_whole_sentence_moves_with_its_values_and_citations(author, merged):
    printed = "Operating time was reported for 89 patients in five studies"
    author.move(printed, after="The remaining ")
    report, _ = merged()
    assert not report["edits"]["refused"] and not report["edits"]["unplaced"]
    text = source(merged, "manuscript/03.results.md")
    assert text.count("Operating time was reported for {{ pooled.operation_time.n | n }} patients in {{ pooled") == 1
    assert "The remaining Operating time was reported for {{" in text


def test_a_whole_paragraph_moves_with_its_citations(author, merged):
    author.move_paragraph("Vertebral fractures are associated", behind="is a recognized complication")
    before = source(merged)
    report, _ = merged()
    assert not report["edits"]["refused"] and not report["edits"]["unplaced"]
    first, *_ = before.split("\n\n")[1:]
    blocks = source(merged).rstrip("\n").split("\n\n")
    assert blocks[1].startswith("Percutaneous vertebroplasty (PVP) was")
    assert blocks[blocks.index(first) - 1].startswith("Leakage of cement beyond")
    assert sorted(blocks) == sorted(before.rstrip("\n").split("\n\n"))


def test_replies_and_settled_comments_are_reported(author, merged):
    author.comment("Is this so?", on="the only cause of compression")
    author.comment("It is.", on="most of the included studies")
    edited = author.save(merged.edited)
    parts = read_package(edited)
    uri = "http://schemas.microsoft.com/office/word/2010/wordml"
    comments = parse(parts["word/comments.xml"], "x")
    for number, paragraph in enumerate(comments.iter(w("p")), start=1):
        paragraph.set(f"{{{uri}}}paraId", f"0000000{number}")
    author.parts["word/commentsExtended.xml"] = (
        b'<w15:commentsEx xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        b'<w15:commentEx w15:paraId="00000001" w15:done="1"/>'
        b'<w15:commentEx w15:paraId="00000002" w15:paraIdParent="00000001" w15:done="0"/></w15:commentsEx>'
    )
    author.comments.clear()
    author.parts["word/comments.xml"] = serialise(comments)
    report, _ = merged()
    assert [(c["text"], c["resolved"], c["reply_to"]) for c in report["comments"]] == [
        ("Is this so?", True, None),
        ("It is.", False, "1"),
    ]


def test_a_patch_is_of_the_repository_that_the_review_is_in(author, merged, monkeypatch):
    subprocess.run(["git", "init", "-q"], check=True, cwd=merged.review.parent)
    author.replace("recognized complication", "known complication")
    merged()
    patch = (merged.review / "results/revision/merge/changes.patch").read_text()
    assert "+++ b/review/manuscript/01.introduction.md" in patch
    assert "known complication" in source(merged)


def test_line_ends_of_a_source_are_kept(author, merged):
    author.replace("recognized complication", "known complication")
    path = merged.review / INTRODUCTION
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    merged("--write")
    assert b"known complication" in path.read_bytes() and b"\r\n" in path.read_bytes()
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def test_a_number_typed_into_the_prose_is_noted(author, merged):
    author.insert(" and 12 more", after="is a recognized complication")
    report, message = merged()
    assert report["edits"]["patched"][0]["notes"] == ["the number 12 is typed, not computed"]
    assert "12 is typed" in message


def test_sources_that_changed_since_are_not_written_over(author, merged):
    author.replace("recognized complication", "known complication")
    path = merged.review / INTRODUCTION
    path.write_text(path.read_text() + "\nMore.\n")
    before = path.read_text()
    message = merged("--write", code=1)
    assert "has changed since the document was built" in message and "git apply --3way" in message
    assert path.read_text() == before


def test_a_file_without_edits_changes_nothing(author, merged):
    report, message = merged("--write")
    assert report["accounting"]["edits"] == {"patched": 0, "refused": 0, "unplaced": 0}
    assert "No source changes." in message


@pytest.mark.parametrize("name", ["manuscript.docx", "manuscript.json"])
def test_without_the_build_that_was_sent_nothing_is_merged(author, merged, name):
    (merged.review / "results/manuscript" / name).unlink()
    assert name in merged(code=1)


def test_tables_of_an_extraction_that_is_a_folder_have_their_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/studies.csv").write_text("study_id,label,age_mean\ns1,S,9\n", encoding="utf-8")
    Path("data/reports.csv").write_text("record_id,study_id\n", encoding="utf-8")
    Path("own.csv").write_text("study_id,age\ns1,9\n", encoding="utf-8")
    table = "{own: {caption: C, columns: [{id: age, header: Age, cell: age_mean}]}}"
    config = Path("config.yaml")
    config.write_text(f"synthesis: {{extraction: data, tables: {table}}}", encoding="utf-8")
    files = data_files(config, tmp_path)
    assert files["tbl:own, row 1, column 1"] == "data/studies.csv, row 's1', column 'age_mean'"
    config.write_text("synthesis: {extraction: data/gone.xlsx}", encoding="utf-8")
    assert data_files(config, tmp_path) == {}


@pytest.mark.parametrize(
    ("table", "names"), [("table: {by_form: false}", ["appraisal"]), ("", ["appraisal_jbi", "appraisal_rob2"])]
)
def test_each_table_of_the_appraisal_has_its_files(tmp_path, table, names):
    config = tmp_path / "config.yaml"
    config.write_text(f"appraisal: {{answers: a.csv, designs: {{x: [rob2, jbi]}}, {table}}}", encoding="utf-8")
    (tmp_path / f"{names[-1]}.csv").write_text("study_id,study,item_D1\ns1,S,Low\n", encoding="utf-8")
    files = data_files(config, tmp_path)
    assert [name for name in files if "row" not in name] == [f"tbl:{name}" for name in names]
    assert files[f"tbl:{names[-1]}, row 1, column 2"] == "a.csv, study 's1', item D1, column 'answer'"
