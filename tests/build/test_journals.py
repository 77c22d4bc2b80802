"""The example in the look of every journal that Prismake brings, and its reference list beside the published one."""

import csv
import re
import shutil
import zipfile
from pathlib import Path

import docx
import pytest
from lxml import etree
from prismake.common.yaml_files import load_yaml
from prismake.document.documents import Files
from prismake.document.variants import edition_of
from prismake.preflight.findings import Requirements
from prismake.preflight.run import check_docx
from prismake.review.journal import read_profile
from pypdf import PdfReader
from scripts.write_docx import write_docx
from scripts.write_pdf import write_pdf

from tests.ooxml import faults_of
from tests.pages import page_texts
from tests.places import FONTS, JOURNALS, SCHEMAS
from tests.prismake.document.conftest import inside, writer_files

from .test_numbers import unexplained

FOLDERS = sorted(path.parent for path in JOURNALS.glob("*/profile.yaml"))
SCHEMA = SCHEMAS / "journal.schema.yaml"
CITATION = {
    "superscript": r"[a-z)”][.,]?\d+(?:[,–-]\d+)*",
    "brackets": r" \[\d+(?:[,–-] ?\d+)*\][.,;: )]",
    "parentheses": r" \(\d+(?:[,–-] ?\d+)*\)[.,;: )]",
    "author-date": r" \([A-Z][^()]{2,60}, (?:19|20)\d\d[^()]*\)",
}


def inputs(journal: Path, last: str, manuscript: str = "manuscript.json") -> Files:
    """What the rule gives a writer; the Markdown in place of what `render` made of it costs a quarter more."""
    results = Path("results")
    figures = [results / "figures/prisma.svg", results / "figures/prisma.png", results / "manuscript/figures.json"]
    return Files(
        manuscript=results / "manuscript" / manuscript,
        references=results / "manuscript/references.json",
        figures=[*figures, *sorted((results / "manuscript/figures").iterdir())],
        profile=journal / "profile.yaml",
        schema=SCHEMA,
        csl=journal / "references.csl",
        writer=writer_files(last),
        fonts=FONTS,
    )


@pytest.fixture(scope="module")
def submitted(example, tmp_path_factory):
    """The DOCX and the PDF of the built example as a journal's staff gets them, each journal's written once."""
    made: dict[Path, tuple[Path, Path]] = {}

    def write(journal: Path) -> tuple[Path, Path]:
        if journal not in made:
            made[journal] = writes(example.folder, journal, tmp_path_factory.mktemp(journal.name), "submission")
        return made[journal]

    return write


def writes(
    review: Path, journal: Path, target: Path, variant: str = "whole", manuscript: str = "manuscript.json"
) -> tuple[Path, Path]:
    """The DOCX and the PDF of the built example in a journal's look."""
    word, pdf = target / f"{variant}.docx", target / f"{variant}.pdf"
    with inside(review):
        write_docx(files=inputs(journal, "word", manuscript), docx=word, variant=variant)
        write_pdf(files=inputs(journal, "typst", manuscript), pdf=pdf, variant=variant)
    return word, pdf


def headings(document) -> list[tuple[int, str]]:
    return [
        (int(paragraph.style.name[-1]), paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style.name.startswith("Heading")
    ]


@pytest.mark.parametrize("journal", FOLDERS, ids=lambda path: path.name)
def test_every_journal_takes_the_example(example, submitted, journal):
    profile = read_profile(journal / "profile.yaml", SCHEMA)
    word, pdf = submitted(journal)
    document = docx.Document(str(word))
    _sound(word)
    assert unexplained(example, word.read_bytes()) == []
    edition = edition_of(profile, "submission")
    fonts = FONTS
    report = check_docx(word.read_bytes(), Requirements(profile=edition.profile, fonts=fonts, file_name=word.name))
    assert report.errors == 0, report.as_text()

    titles = [text for _, text in headings(document)]
    named = {rule["name"] for rule in profile["sections"] if rule["place"] == "text" and "name" in rule}
    # The example has none of these.
    named -= {
        "Key messages",
        "Summary boxes",
        "Transparency",
        "Patient and public involvement",
        "Generative AI statement",
    }
    named -= {"Supplementary material", "Supplementary Materials", "Authors’ information"}
    if profile["headings"]["numbered"]:
        titles = [re.sub(r"^(\d\.)+ ", "", title) for title in titles]
    if profile["declarations"]["form"] == "run-in":
        starts = {paragraph.text.split(":")[0] for paragraph in document.paragraphs}
        assert named <= {*titles, *starts}
    else:
        assert named <= set(titles)

    text = "\n".join(
        paragraph.text for paragraph in document.paragraphs if paragraph.style.name.startswith(("Body", "First"))
    )
    assert len(re.findall(CITATION[profile["citations"]["form"]], text)) > 20
    tables, figures = len(document.tables), len(document.inline_shapes)
    assert tables == (0 if profile["tables"]["placement"] == "separate" else 3)
    assert figures == (0 if profile["figures"]["placement"] == "separate" else 2)
    captions = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Image Caption"]
    label, separator = profile["figures"]["label"], profile["figures"]["separator"]
    assert [caption.startswith(f"{label}\u00a0{n}{separator}") for n, caption in enumerate(captions, 1)] == [True, True]
    if (end := profile["figures"]["end"]) != "as-written":
        # One of several sentences keeps its last point.
        assert all(caption.endswith(".") == (end == "point" or ". (A)" in caption) for caption in captions)

    printed = " ".join(page_texts(pdf))
    for title in titles:
        assert re.sub(r"\W+", "", title) in re.sub(r"\W+", "", printed)


# Journals whose style leaves the number of a reference in its text, and journals whose list has no numbers.
@pytest.mark.parametrize("journal", ["systematic-reviews", "j-clin-med", "eur-j-pain"])
def test_references_hang(submitted, journal):
    word, pdf = submitted(JOURNALS / journal)
    works = [p.text for p in docx.Document(str(word)).paragraphs if p.style.name == "Bibliography"]
    numbered = journal != "eur-j-pain"
    assert all(bool(re.match(rf"{n}\.\t\S", text)) == numbered for n, text in enumerate(works, 1))
    pymupdf = pytest.importorskip("pymupdf", reason="pymupdf is not installed")
    starts = [text.split("\t")[-1][:16] for text in works]
    with pymupdf.open(pdf) as pages:
        margin = 25.4 / 25.4 * 72
        hung = 0
        for page in pages:
            for block in page.get_text("dict")["blocks"]:
                for line in block.get("lines", []):
                    printed = "".join(span["text"] for span in line["spans"])
                    left = line["bbox"][0] - margin
                    if any(printed.startswith(start) for start in starts):
                        # Behind its number, or at the margin where there is none.
                        assert left == pytest.approx(30 if numbered else 0, abs=2), printed
                        hung += 1
    assert hung >= 30


def test_a_citation_by_author_and_year_does_not_name_the_author_twice(submitted):
    word, _ = submitted(JOURNALS / "eur-j-pain")
    document = docx.Document(str(word))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [row.cells[0].text for table in document.tables for row in table.rows[1:]]
    assert "Yu et al (2017) and Chu et al (2018)" in text
    assert "Wagner et al (2016)" in cells and "Ahn & Rhee (2024)" in cells
    # A citation that no name precedes has its author.
    assert "(Wagner et al., 2016)" in text
    assert not re.search(r"(\w+) et al \(\1", text + "\n".join(cells))


def test_plos_has_its_captions_in_the_text_and_no_declaration_that_its_site_asks_for(submitted):
    word, _ = submitted(JOURNALS / "plos-one")
    document = docx.Document(str(word))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    last = len(styles) - 1 - styles[::-1].index("Image Caption")
    assert last < styles.index("Bibliography")
    heads = [text for _, text in headings(document)]
    assert not {"Funding", "Disclosure", "Author Contributions", "Data Sharing Statement", "Figure captions"} & set(
        heads
    )
    caption = next(p for p in document.paragraphs if p.style.name == "Image Caption")
    label = "".join(run.text for run in caption.runs if run.style.name == "Caption Label")
    assert label == "Fig\N{NO-BREAK SPACE}1."


def _sound(word: Path) -> None:
    """Valid by the schemas; every REF points at a bookmark, every field ends, and nothing is left unresolved."""
    assert faults_of([word]) == []
    with zipfile.ZipFile(word) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    marks = {mark.get(f"{w}name") for mark in body.iter(f"{w}bookmarkStart")}
    wanted = re.findall(r" REF (\S+)", " ".join(node.text or "" for node in body.iter(f"{w}instrText")))
    assert set(wanted) <= marks
    kinds = [node.get(f"{w}fldCharType") for node in body.iter(f"{w}fldChar")]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")
    text = "".join(node.text or "" for node in body.iter(f"{w}t"))
    assert "Error!" not in text and "@fig" not in text and "@tbl" not in text and "??" not in text


@pytest.mark.parametrize("journal", FOLDERS, ids=lambda path: path.name)
def test_a_journal_keeps_the_licence_of_its_style_and_says_what_to_recheck(journal):
    style = etree.parse(journal / "references.csl")
    assert "creativecommons.org/licenses/by-sa/3.0" in str(style.find(".//{*}rights").get("license"))
    assert style.findall(".//{*}author/{*}name")
    # A dependent style has no layout of its own.
    assert style.find(".//{*}link[@rel='independent-parent']") is None
    readme = " ".join((journal / "README.md").read_text().split())
    assert "Attribution-ShareAlike 3.0" in readme
    profile = load_yaml(journal / "profile.yaml")
    whole = read_profile(journal / "profile.yaml", SCHEMA)
    for path in profile.get("recheck", []):
        value = whole
        for key in path.split("."):
            assert key in value, path
            value = value[key]


# What the printed article has wrong (the collective author of reference 3 stands at the head of its title), in the
# order of its columns: authors, title, pages.
MISPRINTS = {
    "1": {"authors": "Cooper C, Atkinson EJ, O'Fallon WM, Melton LJ III"},
    "3": {
        "authors": "Silverman SL, Minshall ME, Shen W, Harper KD, Xie S, Health-Related Quality of Life Subgroup of "
        "the Multiple Outcomes of Raloxifene Evaluation Study",
        "title": "The relationship of health-related quality of life to prevalent and incident vertebral fractures in "
        "postmenopausal women with osteoporosis: results from the Multiple Outcomes of Raloxifene Evaluation Study",
    },
    "8": {"pages": "1983–2001"},
    "12": {"pages": "E419–E422"},
}


def published(row: dict[str, str]) -> str:
    """A reference as the journal prints it, from its facts."""
    point = "" if row["title"].endswith("?") else "."
    place = row["volume"] + (f"({row['issue']})" if row["issue"] else "")
    text = f"{row['number']}.\t{row['authors']}. {row['title']}{point} {row['journal']}. {row['year']};{place}"
    return f"{text}:{row['pages']}." + (f" doi:{row['doi']}" if row["doi"] else "")


def test_the_published_reference_list_is_reproduced(example, shared):
    document = docx.Document(example / "results/manuscript/manuscript.docx")
    built = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Bibliography"]
    with (shared / "facts/references.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    straight = [text.replace("’", "'") for text in built]
    as_printed = [published(row).replace("’", "'") for row in rows]
    corrected = [published({**row, **MISPRINTS.get(row["number"], {})}) for row in rows]
    assert straight == [text.replace("’", "'") for text in corrected]
    assert len(built) == 59
    # Letter for letter all but those that the article has wrong.
    differ = {row["number"] for row, left, other in zip(rows, straight, as_printed, strict=True) if left != other}
    assert differ == set(MISPRINTS)


NAMES = {
    "First Author": "Zdenka Quillfeather",
    "Second Author": "Ottokar B. Wyrmwood",
    "Third Author": "Maartje van Ijsselsteyn",
    "first.author@example.org": "zq@quillfeather.example",
    "Department One": "Institute of Moss",
    "Example University": "Sphagnum University",
}


@pytest.fixture
def named(example, tmp_path) -> Path:
    """The built example by authors whose names occur nowhere else, one of them with an ORCID iD and a work cited."""
    folder = tmp_path / "named"
    shutil.copytree(example / "results", folder / "results")
    file = folder / "results/manuscript/manuscript.md"
    text = file.read_text(encoding="utf-8")
    for old, new in NAMES.items():
        text = text.replace(old, new)
    text = text.replace("- name: Zdenka Quillfeather", "- name: Zdenka Quillfeather\n  orcid: 0000-0002-1825-0097")
    file.write_text(text, encoding="utf-8")
    references = folder / "results/manuscript/references.json"
    references.write_text(
        references.read_text(encoding="utf-8").replace("Johnell", "Quillfeather").replace('"O."', '"Z."')
    )
    return folder


# Journal -> places withheld in the text: the European Journal of Pain has two of four sections on the title page, and
# cites the work by its title, as it does all works without an author.
@pytest.mark.parametrize(("journal", "withheld"), [("j-pain-res", 4), ("eur-j-pain", 3), ("j-clin-med", 4)])
def test_a_blinded_copy_tells_nobody(named, journal, withheld, tmp_path):
    word, pdf = writes(named, JOURNALS / journal, tmp_path, "blinded", "manuscript.md")
    telling = [
        "Zdenka",
        "Quillfeather",
        "Ottokar",
        "Wyrmwood",
        "Maartje",
        "Ijsselsteyn",
        "Sphagnum",
        "Institute of Moss",
    ]
    telling += ["zq@", "0000-0002-1825-0097", "Z.Q.", "O.B.W."]
    with zipfile.ZipFile(word) as archive:
        for part in archive.namelist():
            content = archive.read(part)
            assert [name for name in telling if name.encode() in content] == [], part
    assert docx.Document(str(word)).core_properties.author == ""
    reader = PdfReader(pdf)
    printed = " ".join(page_texts(pdf)) + str(reader.metadata) + str(reader.xmp_metadata.stream.get_data())
    assert [name for name in telling if name in printed] == []
    paragraphs = docx.Document(str(word)).paragraphs
    works = [paragraph.text for paragraph in paragraphs if paragraph.style.name == "Bibliography"]
    others = [paragraph.text for paragraph in paragraphs if paragraph.style.name != "Bibliography"]
    places = [text for text in others if "[Withheld for blinded review]" in text]
    assert len(places) == withheld, places
    # The work of one's own keeps its place in the list.
    assert sum("withheld for blinded review" in text.lower() for text in works) == 1
    assert len(works) == 59


def test_a_name_left_in_the_text_stops_the_blinded_copy_at_its_line(named, tmp_path):
    from prismake.common.errors import BuildStop

    file = named / "results/manuscript/manuscript.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("# Results", "As Z. Quillfeather saw at Sphagnum University.\n\n# Results", 1), encoding="utf-8"
    )
    line = file.read_text(encoding="utf-8").splitlines().index("As Z. Quillfeather saw at Sphagnum University.") + 1
    with pytest.raises(BuildStop) as stopped:
        writes(named, JOURNALS / "j-pain-res", tmp_path, "blinded", "manuscript.md")
    assert {issue.code for issue in stopped.value.issues} == {"not-blinded"}
    assert any(f"manuscript.md:{line}" in issue.where for issue in stopped.value.issues)
    assert not (tmp_path / "blinded.docx").exists()
    # Marked as telling, the words are withheld and the copy is written.
    marked = "As [Z. Quillfeather]{.identifying} saw at [Sphagnum University]{.identifying}."
    file.write_text(text.replace("# Results", f"{marked}\n\n# Results", 1), encoding="utf-8")
    word = tmp_path / "blinded.docx"
    with inside(named):
        write_docx(files=inputs(JOURNALS / "j-pain-res", "word", "manuscript.md"), docx=word, variant="blinded")
    paragraphs = docx.Document(str(word)).paragraphs
    assert any("As [Withheld for blinded review] saw" in paragraph.text for paragraph in paragraphs)
