"""The example from search exports to documents: what it must say, and what follows when something changes."""

import csv
import hashlib
import json
import re
from collections import Counter

import pypdf
import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from prismake.common.values import ledger_of, named_tree
from prismake.common.yaml_files import load_yaml
from prismake.manuscript.templates import Prose

from tests.places import PROJECT, SCHEMAS
from tests.prismake.document.test_write_pdf import inner_text, letters, word_text

pytestmark = pytest.mark.build

EXPECTED = {
    "identified": 428,
    "duplicates": 71,
    "title.screened": 357,
    "title.excluded": 92,
    "abstract.screened": 265,
    "abstract.excluded": 231,
    "fulltext.assessed": 34,
    "fulltext.excluded": 25,
    "included": 9,
}


def boxes(review):
    return {box["id"]: box for box in json.loads((review / "results/flow.json").read_text())["boxes"]}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def differing(copy, example, names):
    """Those of the results that differ from the example's."""
    return [
        name for name in names if (copy / "results" / name).read_bytes() != (example / "results" / name).read_bytes()
    ]


def test_the_flow_is_computed_from_the_records(example):
    counted = {name: box["n"] for name, box in boxes(example).items()}
    assert {name: counted[name] for name in EXPECTED} == EXPECTED
    assert sum(n for name, n in counted.items() if name.startswith("identified.")) == counted["identified"]
    assert (
        sum(n for name, n in counted.items() if name.startswith("fulltext.excluded.")) == counted["fulltext.excluded"]
    )


def test_every_box_is_a_list_of_records(example):
    for box in boxes(example).values():
        listed = [row["record_id"] for row in rows(example / box["records"])]
        assert len(listed) == len(set(listed)) == box["n"], box["id"]


def test_every_record_of_every_export_is_accounted_for(example):
    imports = rows(example / "results/import/imports.csv")
    assert all(int(row["counted"]) == int(row["parsed"]) + int(row["rejected"]) for row in imports)
    clusters = rows(example / "results/records/clusters.csv")
    screened = {row["record_id"] for row in rows(example / "results/screening/screening.csv")}
    assert len(clusters) == sum(int(row["parsed"]) for row in imports)
    assert {row["cluster"] for row in clusters} == screened


def test_the_duplicates_are_the_true_ones(example):
    truth = {row["record_id"]: row["work"] for row in rows(PROJECT / "tests/example/truth.csv")}
    result = {row["record_id"]: row["cluster"] for row in rows(example / "results/records/clusters.csv")}
    assert set(result) == set(truth)
    assert len({(truth[name], cluster) for name, cluster in result.items()}) == len(set(truth.values()))
    assert len(set(result.values())) == len(set(truth.values()))


def test_pooled_values_follow_from_extraction(example):
    values = json.loads((example / "results/values.json").read_text())["values"]
    pooled = {name: values[f"pooled.{name}"]["value"] for name in ("patients", "men", "women", "age")}
    assert (pooled["patients"], pooled["men"], pooled["women"], round(pooled["age"], 1)) == (93, 43, 50, 68.8)


def test_the_manuscript_says_what_the_records_say(example):
    text = (example / "results/manuscript/manuscript.md").read_text()
    assert "{{" not in text and "{%" not in text
    for number in ("428", "357", "265", "68.8"):
        assert number in text
    assert len(set(re.findall(r"@([a-z]+\d{4}[a-z]?)", text))) == 59
    body = text.split("# Introduction", 1)[1].split("# References", 1)[0]
    assert len(body.split()) > 3000


def test_the_checksums_are_right_and_cover_the_documents(example):
    sums = example.sums()
    for name, digest in sums.items():
        assert hashlib.sha256((example / "results" / name).read_bytes()).hexdigest() == digest
    assert {
        "manuscript/manuscript.docx",
        "manuscript/manuscript.pdf",
        "manuscript/manuscript.md",
        "figures/prisma.svg",
        "figures/prisma.png",
        "flow.json",
        "values.json",
        "records/records.parquet",
        "records/clusters.csv",
        "screening/screening.csv",
        "tables/characteristics.csv",
        "tables/technique.csv",
        "tables/appraisal.csv",
    } <= set(sums)


def test_the_pdf_carries_its_evidence(example):
    carried = pypdf.PdfReader(example / "results/manuscript/manuscript.pdf").attachments
    for name, path in (
        ("values.json", "results/values.json"),
        ("flow.json", "results/flow.json"),
        ("config.yaml", "config.yaml"),
    ):
        assert carried[name] == [(example / path).read_bytes()]
    lines = carried["records.sha256"][0].decode().splitlines()
    for line in lines:
        digest, _, path = line.partition("  ")
        assert hashlib.sha256((example / path).read_bytes()).hexdigest() == digest
    assert {line.partition("  ")[2] for line in lines} >= {
        "data/searches/pubmed.nbib",
        "results/records/records.parquet",
    }


def test_the_pdf_says_what_the_word_document_says(example):
    manuscript = example / "results/manuscript"
    rest = letters("".join(inner_text(manuscript / "manuscript.pdf")))
    for paragraph in word_text(manuscript / "manuscript.docx"):
        assert letters(paragraph) in rest
        rest = rest.replace(letters(paragraph), "", 1)
    # What is left are the words in the drawings.
    drawings = [example / "results/figures/prisma.svg", manuscript / "figures/mechanisms.svg"]
    texts = [node for path in drawings for node in etree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
    assert Counter(rest) == Counter(letters("".join("".join(map(str, node.itertext())) for node in texts)))


def test_the_build_ends_with_the_flow_and_a_second_one_has_nothing_to_do(example, copy):
    assert "428 identified" in example.output and "9 included" in example.output
    assert "results/manuscript/manuscript.docx" in example.output
    assert "Nothing to do" in copy.build()
    assert copy.would_run() == {}


def test_the_report_is_written_with_its_captions(copy):
    done = copy.snakemake("--report", "report.html")
    assert done.returncode == 0, done.stderr
    text = (copy / "report.html").read_text()
    for result in (
        "prisma.svg",
        "characteristics.csv",
        "technique.csv",
        "appraisal.csv",
        "manuscript.docx",
        "manuscript.pdf",
    ):
        assert result in text
    for caption in (
        "The flow of records from identification to inclusion",
        "The critical appraisal of the included studies",
    ):
        assert caption in text


def test_a_record_less_in_an_export_is_a_record_less_everywhere(copy):
    # A record that a rule excludes at the title stage needs no decision, so nothing else has to change.
    gone = next(
        row["record_id"]
        for row in rows(copy / "results/flow/title.excluded.csv")
        if row["record_id"].startswith("pubmed:")
        and sum(c["cluster"] == row["record_id"] for c in rows(copy / "results/records/clusters.csv")) == 1
    )
    path = copy / "data/searches/pubmed.nbib"
    text = path.read_text(encoding="utf-8")
    records = re.split(r"(?m)^(?=PMID-)", text)
    path.write_text("".join(r for r in records if not r.startswith(f"PMID- {gone.split(':')[1]}")), encoding="utf-8")

    would = copy.would_run()
    assert "bibliography" not in would and {
        "import_export",
        "deduplicate",
        "screen",
        "count_flow",
        "write_docx",
    } <= set(would)
    assert len([name for name in would if name == "import_export"]) == 1
    copy.build("results/manuscript/manuscript.md")
    counted = {name: box["n"] for name, box in boxes(copy).items()}
    assert counted["identified"] == 427 and counted["title.excluded"] == 91 and counted["abstract.screened"] == 265
    assert "427" in (copy / "results/manuscript/manuscript.md").read_text()
    assert "n = 427" in (copy / "results/figures/prisma.svg").read_text().replace("&#160;", " ").replace("\xa0", " ")


def test_a_flipped_decision_moves_a_record(copy, example):
    flipped = next(
        row
        for row in rows(copy / "data/screening/decisions.csv")
        if row["stage"] == "abstract" and row["decision"] == "exclude"
    )
    line = next(
        text
        for text in (copy / "data/screening/decisions.csv").read_text().splitlines()
        if text.startswith(f"{flipped['record_id']},abstract,")
    )
    # Included at the abstract stage, the record now needs a decision at full text.
    new = f"{flipped['record_id']},abstract,include,,\n{flipped['record_id']},fulltext,exclude,no_outcome,"
    copy.edit("data/screening/decisions.csv", line, new)
    would = copy.would_run()
    assert not {"import_export", "collect_records", "deduplicate", "bibliography"} & set(would)
    names = ("flow.json", "values.json", "figures/prisma.svg", "manuscript/manuscript.docx", "records/clusters.csv")
    copy.build(*(f"results/{name}" for name in names))
    counted = {name: box["n"] for name, box in boxes(copy).items()}
    assert (counted["abstract.excluded"], counted["fulltext.assessed"], counted["fulltext.excluded"]) == (230, 35, 26)
    assert counted["included"] == 9
    assert differing(copy, example, names) == [*names[:-1]]


def test_a_changed_cell_of_extraction_reaches_text_table_and_documents(copy, example):
    cells = rows(copy / "data/extraction/studies.csv")
    assert next(row for row in cells if row["study_id"] == "wu2019")["age_mean"] == "85"
    path = copy / "data/extraction/studies.csv"
    lines = path.read_text().splitlines()
    head = lines[0].split(",")
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, head, lineterminator="\n")
        writer.writeheader()
        for row in cells:
            writer.writerow({**row, "age_mean": "25"} if row["study_id"] == "wu2019" else row)
    would = copy.would_run()
    assert {"tabulate", "pool", "render", "write_docx", "write_pdf", "seal"} <= set(would)
    assert not {"import_export", "deduplicate", "screen", "count_flow", "draw_flow", "bibliography"} & set(would)
    names = ("tables/characteristics.csv", "values.json", "manuscript/manuscript.pdf", "flow.json")
    copy.build(*(f"results/{name}" for name in names))
    age = json.loads((copy / "results/values.json").read_text())["values"]["pooled.age"]["value"]
    assert round(age, 1) == 68.2
    assert "68.2" in (copy / "results/manuscript/manuscript.md").read_text()
    assert differing(copy, example, names) == [*names[:-1]]


def test_the_ledger_is_what_its_schema_describes(example):
    ledger = json.loads((example / "results/values.json").read_text())
    Draft202012Validator(load_yaml(SCHEMAS / "values.schema.yaml")).validate(ledger)
    for name, value in ledger["values"].items():
        if records := value.get("records"):
            assert (example / records).is_file(), name
        for file in value.get("files", []):
            assert (example / file).is_file(), name


def test_the_table_of_how_values_read_is_true(example):
    ledger = ledger_of(json.loads((example / "results/values.json").read_text()), "values.json")
    prose = Prose(named_tree(ledger))
    rows = re.findall(r"^\| `(\{\{.*\}\})` \| (.*) \|$", (PROJECT / "docs/values.md").read_text(), re.M)
    assert len(rows) > 15
    for written, printed in rows:
        expression = written.replace("\\|", "|")
        if "cite" not in expression:
            assert prose.render(f"Of {expression}", "docs").removeprefix("Of ").replace("\u00a0", " ") == printed
