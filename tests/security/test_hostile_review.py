"""A review whose every text is hostile: it builds, and what arrives in the results is text and nothing else."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pymupdf
import pytest
import yaml

from tests.build.conftest import Review, checkout

pytestmark = pytest.mark.build

# Short pieces: a word that no page can hold would stop the build, as it should.
MARKUP = (
    "<img src=x onerror=alert(2)> <b>x</b> `<w:p/>`{=openxml} #read(“/etc/passwd”) #import #eval(1) $x^2$ ~~~ "
    "\\input{/etc/passwd} ![x](/etc/passwd) ![](http://evil.x/p) [l](javascript:f) [@nobody2000] @nobody "
    "{{ 7*7 }} {% raw %} a|b ::: {#tbl:technique} \u202eevil\u202c \\N \\l &lt;i&gt; end"
)
# In the author's own Markdown what is a fault there (citations of nothing, foreign pictures, raw markup) is left out.
PROSE = "#read(“/etc/passwd”) [l](javascript:f) [m](file:///etc/passwd) [c]{custom-style=Evil .insertion}"
RAW = [
    "<img src=x>",
    "<script>alert(3)</script>",
    "`<w:p/>`{=openxml}",
    "\\input{/etc/passwd}",
    "```{=openxml}\n<w:p/>\n```",
    '```{=typst}\n#panic("raw")\n```',
]
BLOCKS = """
::: {custom-style="Evil"}
inside
:::

First {{ studies.wagner2016.outcome_summary }}

{{ studies.wagner2016.country }}

{{ studies.wagner2016.journal }}

{{ search.databases | listing }}, {{ groups.procedure.kp.label }}.
"""


def edit_rows(path: Path, change):
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for row in rows:
        change(row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def spoil_study(row):
    if row["study_id"] == "wagner2016":
        row |= {
            "authors_label": f"Wagner {MARKUP}",
            "journal": "::: notes",
            "country": "1. #read(x) [@no] {{ 7*7 }}",
            "outcome_summary": f"=cmd|' /C calc'!x {MARKUP}",
            "key_points": f"+1\nsecond line {MARKUP}",
        }


def spoil_code(row):
    if row["code"] in ("technical_note", "kp", "foraminal_leakage"):
        row |= {"cell": f"{row['cell']} <b>x</b> [@no] {{{{ 7 }}}} a|b", "label": f"{row['label']} {MARKUP}"}


def spoil_settings(review: Review):
    config = yaml.safe_load((review / "config.yaml").read_text(encoding="utf-8"))
    # What the audit says of such a text stops no draft.
    config["review"] = {**config.get("review", {}), "draft": True}
    config["searches"][0]["database"] = f"=PubMed {MARKUP}"[:300]
    config["screening"]["stages"][0]["rules"][0]["label"] = f'<<b>x</b>> "q" {MARKUP}'[:300]
    config["screening"]["stages"][2]["reasons"]["no_outcome"] = f"@SUM(1) {MARKUP}"[:300]
    config["flow"] = {"labels": {"identified": f"<<table><tr><td>x</td></tr></table>> {MARKUP}"[:300]}}
    table = config["synthesis"]["tables"]["characteristics"]
    table["caption"] += f" {PROSE}"
    table["notes"][0] += f" {PROSE}"
    table["columns"][1]["header"] += " <b>x</b> [@no] {{ 7 }}"
    (review / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    path = review / "manuscript/metadata.yaml"
    matter = yaml.safe_load(path.read_text(encoding="utf-8"))
    matter["title"] = f"A title {PROSE[:100]}"
    matter["author"][0]["name"] += " #read(x)"
    matter["affiliation"][0]["name"] += f" {PROSE}"
    matter["keywords"][0] += " #read(x)"
    matter["figures"]["prisma"]["caption"] += f" {PROSE}"
    matter["figures"]["mechanisms"]["panels"][0] += f" {PROSE}"
    # The author's own words may hold values, so what is left out here is a fault there.
    matter["figures"]["mechanisms"]["alt"] += " " + MARKUP.replace("{{ 7*7 }} {% raw %}", "")
    path.write_text(yaml.safe_dump(matter, allow_unicode=True, sort_keys=False), encoding="utf-8")


def spoil_export(path: Path):
    text = path.read_text(encoding="utf-8")
    start = text.index("PMID- 99954430")
    end = text.find("\nPMID-", start + 5)
    starts = {"TI  - ": "", "AB  - ": "=cmd ", "JT  - ": "@SUM(1) ", "FAU - ": "+cmd ", "DP  - ": ""}
    lines = [
        f"{line[:6]}{starts[line[:6]]}{MARKUP} {line[6:]}" if line[:6] in starts and line[:2] != "DP" else line
        for line in text[start:end].splitlines(keepends=True)
    ]
    path.write_text(text[:start] + "".join(lines) + text[end:], encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Review:
    review = checkout(tmp_path_factory.mktemp("hostile") / "checkout")
    edit_rows(review / "data/extraction/studies.csv", spoil_study)
    edit_rows(review / "data/extraction/codes.csv", spoil_code)
    edit_rows(
        review / "data/abbreviations.csv",
        lambda row: row.update(expansion=row["expansion"] + (f" {MARKUP}" if row["abbreviation"] == "F" else "")),
    )
    spoil_settings(review)
    spoil_export(review / "data/searches/pubmed.nbib")
    field = r"<b>x</b> \input{/etc/passwd} \#read(x) @nobody {\{}\{ 7*7 \}\} <http://evil.x/p> "
    bibliography = review / "manuscript/references.bib"
    text = bibliography.read_text(encoding="utf-8")
    bibliography.write_text(
        re.sub(r"(@\w+\{wagner2016,.*?title\s*=\s*\{)", lambda m: m[1] + field, text, count=1, flags=re.DOTALL),
        encoding="utf-8",
    )
    results = review / "manuscript/03.results.md"
    results.write_text(results.read_text(encoding="utf-8") + BLOCKS, encoding="utf-8")
    review.build()
    return review


# Where links may lead: to references, and to the corresponding author.
OUTSIDE = ("https://doi.org/", "mailto:first.author@example.org")


def test_the_word_document_holds_text_alone(hostile):
    with zipfile.ZipFile(hostile / "results/manuscript/manuscript.docx") as package:
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}
    main = parts["word/document.xml"]
    text = re.sub(r"<[^>]+>", "", main)
    assert "root:" not in text and "Evil" not in main
    assert not re.search(r"<w:(ins|del|object|altChunk|fldSimple|hyperlink [^>]*evil)\b", main)
    fields = re.findall(r"<w:instrText[^>]*>([^<]*)", "".join(parts.values()))
    assert {field.split()[0] for field in fields} <= {"REF", "SEQ", "PAGE", "NUMPAGES"}
    for name, content in parts.items():
        if name.endswith(".rels"):
            for relation in ET.fromstring(content):
                if relation.get("TargetMode") == "External":
                    assert relation.get("Target", "").startswith(OUTSIDE), relation.attrib
    assert "{{ 7*7 }}" in text and "![x](/etc/passwd)" in text
    assert "::: notes" in text, "a value that stands alone on its line opens no block"


def test_the_pdf_holds_text_alone(hostile):
    with pymupdf.open(hostile / "results/manuscript/manuscript.pdf") as document:
        links = {link.get("uri", "") for page in document for link in page.get_links()}
        text = "".join(page.get_text() for page in document)
        objects = "".join(document.xref_object(number) for number in range(1, document.xref_length()))
        assert set(document.embfile_names()) == {"values.json", "flow.json", "config.yaml", "records.sha256"}
    assert all(link.startswith(OUTSIDE) for link in links - {""})
    assert not re.search(r"/(JavaScript|JS|Launch|OpenAction|SubmitForm|GoToR)\b", objects)
    assert "root:" not in text and "{{ 7*7 }}" in text


def test_the_figures_hold_shapes_and_text_alone(hostile):
    for path in (hostile / "results/figures").glob("*.svg"):
        elements = list(ET.parse(path).iter())
        assert {element.tag.rpartition("}")[2] for element in elements} <= {
            *("svg", "g", "desc", "title", "path", "polygon", "polyline", "rect", "circle", "line", "text", "tspan"),
        }
        names = {name for element in elements for name in element.attrib}
        assert not {name for name in names if name.lower().startswith("on") or "href" in name.lower()}


def test_no_cell_of_any_table_runs_as_a_formula(hostile):
    tables = sorted((hostile / "results").rglob("*.csv"))
    assert len(tables) > 15
    guarded = 0
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, strict=True):
                for cell in row:
                    guarded += cell.startswith(("'=", "'@", "'+"))
                    if cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"}:
                        float(cell)
    assert guarded >= 3


def test_every_json_reads_and_nothing_was_evaluated(hostile):
    for path in (hostile / "results").rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    written = (hostile / "results/manuscript/manuscript.md").read_text(encoding="utf-8")
    assert "\x02" not in written and "=cmd" in written


def test_the_report_runs_nothing(hostile):
    done = hostile.snakemake("--report", "report.html")
    assert done.returncode == 0, done.stderr
    page = (hostile / "report.html").read_text(encoding="utf-8")
    outside = re.sub(r"<script[^>]*>.*?</script>", "", page, flags=re.DOTALL)
    assert "onerror" not in outside and "evil" not in outside


def test_raw_markup_in_the_prose_stops_with_its_line(copy):
    sections = sorted((copy / "manuscript").glob("[0-9]*.md"))
    wrong = []
    for path, raw in zip(sections, RAW, strict=True):
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}\n{raw}\n", encoding="utf-8")
        # The line of the markup itself, which stands below a fence.
        line = len(text.splitlines()) + (3 if raw.startswith("```") else 2)
        wrong.append(f"manuscript/{path.name}:{line}: '")
    stopped = copy.stopped()
    assert [place for place in wrong if place not in stopped] == []
    assert stopped.count("cannot be set") == len(RAW) and "Traceback" not in stopped
