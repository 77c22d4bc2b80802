import hashlib
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from docx import Document
from lxml import etree
from prismake import cli
from prismake.common.writing import read_rows
from prismake.common.yaml_files import load_yaml
from prismake.review.journal import read_profile
from prismake.submission.pages import Pages
from prismake.submission.supplement import supplement_profile
from prismake.trace.record import lives
from scripts.write_docx import write_docx
from scripts.write_pdf import write_pdf
from scripts.write_sections import write_sections
from scripts.write_tables import write_tables

from tests.build.conftest import copied
from tests.build.test_journals import inputs
from tests.ooxml import NO_SDK, faults_of, sdk
from tests.pages import page_texts
from tests.places import JOURNALS, SCHEMAS
from tests.prismake.document.conftest import inside

pytestmark = pytest.mark.build

SUPPLEMENT = Path("results/supplement")
OVERLAP = [Path("results/figures/overlap.svg"), Path("results/figures/overlap.png")]
LETTER = Path("results/manuscript/cover_letter.md")


@pytest.fixture(scope="module")
def built(submitted):
    """The example with its supplement and the bundle for the journal."""
    return submitted


@pytest.fixture(scope="module")
def own(submitted, tmp_path_factory):
    """A copy of it to be changed."""
    return copied(submitted, tmp_path_factory.mktemp("submission") / "copy")


PLACED = r"[Pp]age (\d+), (.+?)(?=\. Not reported|[;)]|$)"


def folded(text):
    return re.sub(r"\W+", "", text)


def test_every_place_is_on_the_page_that_the_checklist_names(built):
    pages = [*map(folded, page_texts(built / "results/manuscript/manuscript.pdf"))]
    rows = read_rows(built / "results/supplement/checklist_prisma2020.csv")
    named = [place for row in rows for place in re.findall(PLACED, row["reported"])]
    assert len(named) > 30
    for page, place in named:
        if place not in ("title", "Abstract"):
            assert folded(place) in pages[int(page) - 1], (page, place)


def test_the_checklist_says_what_the_text_of_the_example_does_not(built):
    rows = {row["item"]: row["reported"] for row in read_rows(built / "results/supplement/checklist_prisma2020.csv")}
    for item in ("8", "9", "11"):
        assert re.search(r"^Page \d.*\. Not reported: how many reviewers ", rows[item])
    assert rows["24a"].endswith(", Design") and "WARNING manuscript/checklists.yaml" not in built.output


def test_each_record_excluded_at_full_text_is_a_reference(built):
    rows = read_rows(built / "results/flow/fulltext.excluded.csv")
    text = folded("".join(page_texts(built / "results/supplement/supplement.pdf")))
    for row in rows:
        assert row["doi"] == "" or folded(row["doi"]) in text


def test_why_tells_the_row_of_the_supplement(built):
    listed = read_rows(built / "results/supplement/excluded_reports.csv")
    rows = read_rows(built / "results/flow/fulltext.excluded.csv")
    assert {row["record_id"] for row in listed} == {row["record_id"] for row in rows}
    (life,) = lives(listed[4]["record_id"], built / "results")
    assert [item["row"] for item in life["supplement"]] == [5]
    assert "merged into" not in "".join(row["reason"] for row in listed)


def test_the_supplement_passes_its_own_check(built, capsys):
    look = ["--profile", str(built / "results/supplement/profile.yaml")]
    for ending in ("docx", "pdf"):
        for profile in ([], look):
            assert cli.main(["check", str(built / f"results/supplement/supplement.{ending}"), *profile]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_the_word_document_says_the_same(built):
    path = built / "results/supplement/supplement.docx"
    document = Document(path)
    # Pandoc puts a fixed blank behind "e.g.".
    cells = [cell.text.replace("\u00a0", " ") for table in document.tables for cell in table._cells]
    for name in ("prisma2020", "prisma2020_abstracts", "prisma_s"):
        for row in read_rows(built / f"results/supplement/checklist_{name}.csv"):
            assert row["text"] in cells
    with zipfile.ZipFile(path) as archive:
        assert b"SEQ Table_S" in archive.read("word/document.xml")


def captions(path):
    paragraphs = Document(path).paragraphs
    return [p.text for p in paragraphs if p.style.name in ("Table Caption", "Image Caption")]


def test_the_text_refers_to_the_tables_of_the_supplement_by_their_numbers(built):
    values = json.loads((built / "results/values.json").read_text())["values"]
    names = [entry["value"] for name, entry in values.items() if name.startswith("supplement.")]
    printed = captions(built / "results/supplement/supplement.docx")
    assert sorted(names) == sorted(" ".join(caption.split(" ")[:1]) for caption in printed)
    expected = {
        "search_strategies": "Searches as run",
        "strategies.cochrane": "Strategy in Cochrane Library",
        "overlap": "Overlap of the searches",
        "deduplication": "Merges of duplicate records",
        "excluded_reports": "Reports excluded",
        "tables.outcomes": "Follow-up, numeric outcomes",
        "checklists.prisma_s": "PRISMA-S checklist",
        "overlap_figure": "Works found by each",
    }
    for name, title in expected.items():
        called = values[f"supplement.{name}"]["value"]
        assert any(caption.startswith(f"{called} {title}") for caption in printed), name
    assert "listed in Table\u00a0S1 and" in (built / "results/manuscript/manuscript.md").read_text(encoding="utf-8")


def test_where_a_journal_puts_the_number_first_the_supplement_does(built, tmp_path, capsys):
    folder = JOURNALS / "plos-one"
    profile = read_profile(folder / "profile.yaml", SCHEMAS / "journal.schema.yaml")
    look, target = tmp_path / "profile.yaml", tmp_path / "supplement.docx"
    look.write_text(yaml.safe_dump(supplement_profile(profile)))
    with inside(built.folder):
        word, typst = (
            replace(
                inputs(folder, last),
                manuscript=SUPPLEMENT / "supplement.md",
                references=SUPPLEMENT / "references.json",
                figures=OVERLAP,
                profile=look,
            )
            for last in ("word", "typst")
        )
        write_docx(files=word, docx=target)
        write_pdf(files=typst, pdf=target.with_suffix(".pdf"))
    called = [caption.partition(". ")[0] for caption in captions(target)]
    tables = [name for name in called if name.endswith("Table")]
    assert tables == [f"S{number}\u00a0Table" for number in range(1, len(tables) + 1)] and len(tables) > 8
    assert "S1\u00a0Fig" in called
    assert "([S1\u00a0Table])" not in "".join(p.text for p in Document(target).paragraphs)
    assert any("(S1\u00a0Table)" in paragraph.text for paragraph in Document(target).paragraphs)
    text = "".join(page_texts(target.with_suffix(".pdf")))
    assert re.search(r"S1\sTable\. Searches as run", text)
    assert cli.main(["check", str(target), "--profile", str(look)]) == 0, capsys.readouterr().out


def test_every_word_document_of_every_journal_is_valid(built, tmp_path, monkeypatch):
    """Supplement, cover letter and tables in the look of each journal, and all that is in the archive."""
    monkeypatch.chdir(built.folder)
    made = sorted((built / "results").rglob("*.docx"))
    assert len(made) > 8
    for folder in sorted(path.parent for path in JOURNALS.glob("*/profile.yaml")):
        files, profile = inputs(folder, "word"), read_profile(folder / "profile.yaml", SCHEMAS / "journal.schema.yaml")
        look = tmp_path / folder.name / "profile.yaml"
        look.parent.mkdir()
        look.write_text(yaml.safe_dump(supplement_profile(profile)))
        supplement = replace(
            files, manuscript=SUPPLEMENT / "supplement.md", references=SUPPLEMENT / "references.json", figures=OVERLAP
        )
        targets = [look.with_name(f"{kind}.docx") for kind in ("supplement", "letter")]
        with inside(built.folder):
            write_docx(files=replace(supplement, profile=look), docx=targets[0])
            write_docx(files=replace(files, manuscript=LETTER), docx=targets[1], variant="letter")
            if profile["tables"]["placement"] == "separate":
                write_tables(files=files, folder=look.parent / "tables")
                targets += (look.parent / "tables").iterdir()
            if any("file" in entry for entry in profile["submission"]):
                write_sections(files=files, folder=look.parent / "sections")
                targets += (look.parent / "sections").iterdir()
        made += targets
    assert {path.name for path in made if path.parent.name == "sections"} == {
        "Abbreviation List.docx",
        "Disclosure.docx",
    }
    assert len(made) > 24 and faults_of(made) == []


def test_the_sdk_finds_what_is_wrong(built, tmp_path):
    """The judge itself: a property in the wrong place, which Word would call damage."""
    if sdk() is None:
        pytest.skip(NO_SDK)
    broken = tmp_path / "broken.docx"
    with zipfile.ZipFile(built / "results/supplement/supplement.docx") as sound, zipfile.ZipFile(broken, "w") as target:
        for name in sound.namelist():
            content = sound.read(name)
            if name == "word/document.xml":
                content = content.replace(b"</w:pPr>", b'<w:pStyle w:val="Title"/></w:pPr>', 1)
            target.writestr(name, content)
    assert any("broken.docx" in fault and "pStyle" in fault for fault in faults_of([broken]))


def test_the_strategies_are_printed_as_they_were_typed(built):
    printed = "\n".join(
        cell.text for table in Document(built / "results/supplement/supplement.docx").tables for cell in table._cells
    )
    for search in load_yaml(built / "config.yaml")["searches"]:
        for line in (built / search["strategy"]).read_text().splitlines():
            assert line.split(" ", 1)[1] in printed


def test_a_supplement_is_not_asked_for_the_sections_of_a_manuscript(built):
    assert "supplement.md: there is no section" not in built.output


def test_the_bundle_holds_every_file_under_its_checksum(built):
    with zipfile.ZipFile(built / "results/submission/Submission.zip") as archive:
        names = set(archive.namelist())
        lines = archive.read("MANIFEST.txt").decode().splitlines()
        sums = dict(line.split("  ", 1)[::-1] for line in lines if line[0] != "#")
        assert set(sums) == names - {"MANIFEST.txt"}
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in sums.items())
        assert {
            "Manuscript.docx",
            "Manuscript.pdf",
            "Manuscript_blinded.docx",
            "Title_page.docx",
            "manuscript.xml",
        } <= names
        assert {
            "Cover_letter.docx",
            "supplement/supplement.docx",
            "evidence/values.json",
            "review/config.yaml",
        } <= names
        # A search export is its database's.
        assert not [name for name in names if name.endswith((".nbib", ".ris"))]
        assert json.loads(archive.read("ro-crate-metadata.json"))["@graph"]


def test_every_graphic_of_the_xml_is_in_the_archive_under_its_name(built):
    with zipfile.ZipFile(built / "results/submission/Submission.zip") as archive:
        names = set(archive.namelist())
        article = etree.fromstring(archive.read("manuscript.xml"))
    linked = [graphic.get("{http://www.w3.org/1999/xlink}href") for graphic in article.iter("graphic")]
    assert len(linked) == 4 and set(linked) <= names
    assert {name for name in names if name.startswith("figures/")} == set(linked)


def test_the_page_for_the_site_names_the_files(built):
    page = (built / "results/submission/What_the_site_asks_for.md").read_text()
    assert "- PRISMA checklist: `supplement/`" in page
    assert "- Figures as separate files: `figures/`" in page


def test_pages_are_right_after_an_edit(own):
    # The variants and the bundle leave the build of everybody as it was.
    assert own.would_run() == {}
    before = {row["item"]: row["reported"] for row in read_rows(own / "results/supplement/checklist_prisma2020.csv")}
    (section,) = (own / "manuscript").glob("01.*.md")
    text = section.read_text(encoding="utf-8")
    section.write_text(text + "\nA sentence that takes room on the page.\n" * 120, encoding="utf-8")
    own.build("results/supplement/checklist_prisma2020.csv")
    after = {row["item"]: row["reported"] for row in read_rows(own / "results/supplement/checklist_prisma2020.csv")}
    assert before["23a"] != after["23a"]
    test_every_place_is_on_the_page_that_the_checklist_names(own)


def test_a_heading_that_is_not_there_stops(own):
    own.edit("manuscript/checklists.yaml", '"25": Funding', '"25": Fundings')
    message = own.stopped("supplement")
    assert "manuscript/checklists.yaml, prisma2020.25: the manuscript has no heading 'Fundings'" in message
    assert "did you mean 'Funding'?" in message


def test_headings_of_the_manuscript_are_read_with_their_pages(example):
    pages = Pages(example / "results/manuscript/manuscript.pdf")
    titles = [heading.path for heading in pages.headings]
    assert "Results > Critical Appraisal" in titles
    assert all(1 <= heading.page <= pages.count for heading in pages.headings)
