"""A newcomer: from five exports to the final manuscript in a journal's format, with hardly a setting by hand.

What a person does here is what a spreadsheet program and a text editor do: sheets are filled in by their headers, and
the marks of what is to be written are replaced. Lines of YAML and commands are counted as they come.
"""

import csv
import json
import os
import re
import shutil
from difflib import SequenceMatcher
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook
from prismake.cli import main

from tests.places import PACKAGE, SHARED

from .starting import start

pytestmark = pytest.mark.build

MOST_LINES, MOST_COMMANDS = 15, 8
REAL = SHARED / "exports" / "citesource-topic"
DATABASES = ("cinahl", "embase", "psycinfo", "pubmed", "scopus")
# Seven works, of which each database has three.
WORKS = [
    ("A randomized trial of walking in back pain", "Able, Ann"),
    ("Swimming for neck pain: a randomized trial", "Baker, Bob"),
    ("A case series of yoga in chronic pain", "Carter, Cleo"),
    ("Tai chi after surgery: report of nine patients", "Dover, Dan"),
    ("Teaching anatomy to first-year students", "Eden, Eve"),
    ("The price of paper in hospitals", "Ford, Finn"),
    ("Letters on the history of the bicycle", "Gale, Gus"),
]
RECORD = """\
TY  - JOUR
TI  - {title}
AU  - {author}
PY  - {year}
JO  - Journal of Invented Studies
VL  - {number}
SP  - {number}1
EP  - {number}9
DO  - 10.5555/newcomer.{number}
AB  - Invented for this test.
ER  -
"""
TEXTS = {
    "what is known, and": "Gambling can harm those who gamble, their families, and the places where they live.",
    "the question of": "We asked which interventions reduce these harms.",
    "where the protocol": "There is no registered protocol.",
    "which studies were eligible": "Studies of any design were eligible if they reported such an intervention.",
    "who developed": "A librarian developed the strategies, without limits of date or language.",
    "how many reviewers screened": "One reviewer screened each record and each full text.",
    "which data": "One reviewer extracted the country, the design, the number of patients, and their ages.",
    "by which tool": "Randomized trials were appraised with RoB 2, and case series with the JBI checklist.",
    "how the results": "The results were summarized as text, without pooling.",
    "where, when and how": """\
The studies are shown in [@tbl:characteristics], and the ages of their patients in [@tbl:ages].
The appraisals are shown in [@tbl:appraisal_rob2] and [@tbl:appraisal_case_series].

{{ table("characteristics") }}

{{ table("ages") }}

{{ table("appraisal_rob2") }}

{{ table("appraisal_case_series") }}""",
    "what the included": "Most reports describe less severe gambling after treatment.",
    "the main findings": "Few studies answer the question.",
    "limitations of": "The evidence is small, and one reviewer screened alone.",
    "what follows": "Larger trials are needed.",
    "who did what": "A.L. did all of the work.",
    "who paid": "Nobody paid for the work.",
    "the interests": "The author has no competing interests.",
    "where the data": "All data are available in the supplement.",
    "why the review": "We asked which interventions reduce the harms of gambling.",
    "eligibility, appraisal": "Studies of any design were eligible.",
    "name of the author": "Ann Lee",
    "e-mail of": "a@example.org",
    "department, institution": "Clinic, City, Country",
    "who answers": "Ann Lee, Clinic, City, Country; Email a@example.org",
    "a keyword": "gambling",
    "another keyword": "harm reduction",
}


class Newcomer:
    """A person at the review, whose commands and lines of YAML are counted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.commands: list[str] = []
        self.lines: list[str] = []

    def prismake(self, *words: str) -> None:
        self.commands.append(f"prismake {words[0]}")
        assert main(list(words)) == 0

    def snakemake(self, *targets: str) -> str:
        self.commands.append(" ".join(["snakemake", *targets]))
        done = start(list(targets), self.folder, dict(os.environ), PACKAGE.parent)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def write(self, name: str, text: str) -> None:
        """Saves a file in an editor; in YAML, the lines that are new or have changed count."""
        path = self.folder / name
        old, new = path.read_text().splitlines(), text.splitlines()
        if path.suffix == ".yaml":
            for what, _, _, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
                self.lines += new[first:last] if what != "equal" else []
        path.write_text(text)

    def change(self, name: str, changes: dict[str, str]) -> None:
        """Replaces patterns in a file, each of which is there once."""
        text = (self.folder / name).read_text()
        for pattern, new in changes.items():
            assert len(re.findall(pattern, text)) == 1, f"{pattern} in {name}"
            text = re.sub(pattern, new, text)
        self.write(name, text)

    def fill(self, path: str, sheet: str, rows, to: str = "") -> None:
        """Fills in a sheet: for each row of it the next answers, as header -> value."""
        book = load_workbook(self.folder / path)
        page = book[sheet]
        headers = [cell.value for cell in page[1]]
        for number, answers in enumerate(rows, 2):
            for header, value in answers.items():
                if header not in headers:
                    headers.append(header)
                    page.cell(1, len(headers), header)
                page.cell(number, headers.index(header) + 1, value)
        book.save(self.folder / (to or path))

    def screen(self, stage: str, include: int, reason: str) -> None:
        """Fills in a screening sheet, and saves it where the review keeps it."""
        name = f"{stage}_all_sheet.xlsx"
        path = f"results/screening/to_screen/{stage}/all/{name}"
        records = load_workbook(self.folder / path)["Screening"].max_row - 1
        answers = [{"Decision": "include"}] * include
        answers += [{"Decision": "exclude", "Reason": reason}] * (records - include)
        self.fill(path, "Screening", answers, to=f"data/screening/{name}")

    def decide_duplicates(self) -> None:
        with (self.folder / "results/dedup/to_review.csv").open(newline="") as file:
            pairs = [f"{row['record_a']},{row['record_b']},different,\n" for row in csv.DictReader(file)]
        decisions = self.folder / "data/dedup/decisions.csv"
        decisions.write_text(decisions.read_text() + "".join(pairs))

    def write_text(self) -> None:
        """Replaces each mark of what is to be written."""

        def own(mark: re.Match[str]) -> str:
            return next(text for start, text in TEXTS.items() if mark[1].startswith(start))

        for path in sorted((self.folder / "manuscript").iterdir()):
            if path.suffix in (".md", ".yaml"):
                text = path.read_text()
                self.write(f"manuscript/{path.name}", re.sub(r'\{\{ to_write\("(.*?)"\) \}\}', own, text))


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> list[Path]:
    """The five real exports of one search, where they are beside the checkout; else five invented ones."""
    folder = tmp_path_factory.mktemp("exports")
    if REAL.is_dir():
        return [Path(shutil.copy(file, folder)) for file in sorted(REAL.glob("*.ris"))]
    for at, database in enumerate(DATABASES):
        numbers = range(at, at + 3)
        records = (
            RECORD.format(title=WORKS[number][0], author=WORKS[number][1], year=2010 + number, number=number + 1)
            for number in numbers
        )
        (folder / f"{database}.ris").write_text("\n".join(records))
    return sorted(folder.glob("*.ris"))


@pytest.fixture(scope="module")
def newcomer(exports, tmp_path_factory) -> Newcomer:
    """The newcomer with a final manuscript."""
    folder = tmp_path_factory.mktemp("newcomer") / "review"
    person = Newcomer(folder)
    with pytest.MonkeyPatch.context() as at:
        unknown = [file.name for file in exports if "crimjust" in file.name]
        named = [word for name in unknown for word in ("--database", f"{name}=Criminal Justice Abstracts")]
        about = ["--title", "Gambling harms: a systematic review", "--journal", "plos-one", "--date", "2022-12-07"]
        person.prismake("new", str(folder), *map(str, exports), *about, *named)
        at.chdir(folder)
        assert "Next: " in person.snakemake()
        person.decide_duplicates()
        person.screen("abstract", 5, "Not about the question of this review")
        assert "5 reports wait for assessment (fulltext)" in person.snakemake("prepare_screening")
        person.screen("fulltext", 4, "Another study design")
        assert "Next: extract the included studies: prismake extract" in person.snakemake()
        person.prismake("extract")
        facts = [("randomized_trial", 60), ("randomized_trial", 48), ("case_series", 13), ("case_series", 9)]
        rows = [
            {"country": "Norway", "design": design, "patients": patients, "age_mean [years]": 41, "age_sd [years]": 6}
            for design, patients in facts
        ]
        person.fill("data/extraction/extraction.xlsx", "studies", rows)
        person.prismake("extract")
        answers = {
            "rob2": dict.fromkeys(_items(folder, "rob2"), "low"),
            "case_series": dict.fromkeys(_items(folder, "case_series"), "yes") | {"overall": "include"},
        }
        for form, row in answers.items():
            person.fill("data/appraisal/appraisal.xlsx", form, [row, row])
        ages = ["Patients=patients", "Age, years=mean_sd(age_mean, age_sd)"]
        person.prismake("add", "table", "ages", *ages, "--caption", "Patients and their ages")
        person.write_text()
        person.change("config.yaml", {"draft: true": "draft: false"})
        person.snakemake("final")
    return person


@pytest.fixture(scope="module")
def pair(newcomer, tmp_path_factory) -> Path:
    """The newcomer's review, extracted and appraised again by two people on their own, who then agree."""
    folder = tmp_path_factory.mktemp("pair") / "review"
    shutil.copytree(newcomer.folder, folder, symlinks=True)
    for workbook in (folder / "data/extraction/extraction.xlsx", folder / "data/appraisal/appraisal.xlsx"):
        workbook.unlink()
    team, people = Newcomer(folder), ("AB", "CD")
    with pytest.MonkeyPatch.context() as at:
        at.chdir(folder)
        team.prismake("extract", "--extractors", *people)
        for person, patients, country in zip(people, (48, 84), ("Norway", "norway "), strict=True):
            known = {"country": country, "age_mean": 41, "age_sd": 6}
            trials = [{**known, "design": "randomized_trial", "patients": number} for number in (60, patients)]
            series = [{**known, "design": "case_series", "patients": number} for number in (13, 9)]
            team.fill(f"data/extraction/extraction.{person}.xlsx", "studies", [*trials, *series])
        team.prismake("extract", "--reviewers", *people)
        for person, first in zip(people, ("low", "high"), strict=True):
            items = _items(folder, f"rob2 ({person})")
            low = dict.fromkeys(items, "low")
            yes = dict.fromkeys(_items(folder, f"case_series ({person})"), "yes") | {"overall": "include"}
            team.fill("data/appraisal/appraisal.xlsx", f"rob2 ({person})", [low, {**low, items[0]: first}])
            team.fill("data/appraisal/appraisal.xlsx", f"case_series ({person})", [yes, yes])
        team.prismake("extract")
        team.fill("data/extraction/consensus.xlsx", "differences", [{"agreed": 48, "note": "Table 1"}])
        team.fill("data/appraisal/consensus.xlsx", "differences", [{"agreed": "low"}])
        # A build that is no draft stops at a difference that nobody has decided.
        team.snakemake("results/manuscript/manuscript.docx", "results/appraisal.json")
    return folder


def _items(folder: Path, form: str) -> list[str]:
    """The columns of a form's sheet that its reviewer judges; signalling questions (1.1) may stay empty."""
    page = load_workbook(folder / "data/appraisal/appraisal.xlsx")[form]
    names = [cell.value for cell in page[1] if cell.value not in ("study_id", "label", "about", "note")]
    return [name for name in names if not re.match(r"\d\.\d", name)]


def test_few_commands_and_few_lines_of_yaml(newcomer):
    assert len(newcomer.commands) <= MOST_COMMANDS, newcomer.commands
    assert len(newcomer.lines) <= MOST_LINES, newcomer.lines


def test_the_document_has_the_own_text_two_tables_the_appraisal_on_two_forms_and_the_references(newcomer):
    document = docx.Document(newcomer.folder / "results/manuscript/manuscript.docx")
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for own in ("Ann Lee", "Few studies answer the question.", "There is no registered protocol."):
        assert own in text
    assert "To write" not in text and "First Author" not in text
    heads = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    assert [head[:2] for head in heads] == [["Study", "Year"], ["Study", "Patients"], ["Study", "D1"], ["Study", "1"]]
    studies = json.loads((newcomer.folder / "results/studies.json").read_text())["studies"]
    assert [len(table.rows) for table in document.tables] == [5, 5, 3, 3]
    labels = {study["label"] for study in studies}
    assert all(any(row.cells[0].text.startswith(label) for label in labels) for row in document.tables[0].rows[1:])
    # The four studies, and the guideline of the report.
    listed = [one.text for one in document.paragraphs if one.style.name == "Bibliography"]
    titles = re.findall(r"title = \{(.*)\}", (newcomer.folder / "manuscript/references.bib").read_text())
    assert len(listed) == len(titles) == 5


def test_nothing_of_the_final_build_is_left_to_correct(newcomer):
    results = newcomer.folder / "results"
    findings = json.loads((results / "audit/findings.json").read_text())["findings"]
    assert [one for one in findings if one["severity"] == "error"] == []
    assert "0 errors" in (results / "manuscript/preflight.txt").read_text()


def test_what_two_people_agree_on_is_in_the_final_document(pair):
    results = pair / "results"
    studies = json.loads((results / "studies.json").read_text())
    assert [study["patients"] for study in studies["studies"]] == [60, 13, 9, 48]
    agreement = studies["agreement"]
    assert (agreement["extractors"], agreement["open"], agreement["n"] - agreement["agree"]) == (["AB", "CD"], 0, 1)
    appraised = json.loads((results / "appraisal.json").read_text())
    assert [one["items"]["D1"]["answer"] for one in appraised["appraisals"] if one["form"] == "rob2"] == ["low", "low"]
    assert {form: about["raw"] < 1 for form, about in appraised["agreement"].items()} == {
        "rob2": True,
        "case_series": False,
    }
    document = docx.Document(results / "manuscript/manuscript.docx")
    assert [row.cells[1].text for row in document.tables[1].rows] == ["Patients", "60", "13", "9", "48"]
