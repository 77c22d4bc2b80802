"""The second example: a meta-analysis of trials in another journal's format, built by the same code."""

import base64
import gzip
import json
import re
import shutil
from urllib.parse import unquote

import docx
import pytest

from tests.places import PROJECT

from .conftest import checkout

pytestmark = pytest.mark.build


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What the example makes, built from the project's top folder as its README says."""
    review = checkout(tmp_path_factory.mktemp("bcg") / "prismake")
    kept = shutil.ignore_patterns("results", ".snakemake")
    folder = shutil.copytree(PROJECT / "examples" / "bcg", review / "examples" / "bcg", ignore=kept)
    done = review.snakemake(review=folder)
    assert done.returncode == 0, done.stderr
    # Final: nothing awaits a decision or is to be written.
    assert "Next: submit" in done.stderr
    return folder / "results"


def test_the_document_prints_the_known_results(results):
    document = docx.Document(str(results / "manuscript/manuscript.docx"))
    text = " ".join(paragraph.text for paragraph in document.paragraphs)
    # Of metafor 3.8: REML, prediction by t, Hartung-Knapp, subgroups, latitude, Egger, Begg, trim and fill.
    for printed in (
        "risk ratio 0.49, 95% CI 0.34 to 0.70; 13 trials, 357,347 participants; I² = 92%",
        "Q = 152.23 with 12 degrees of freedom, p < 0.001",
        "was 0.31 (95% confidence interval 0.12 to 1.11), and I² was 92% (82% to 98%)",
        "95% prediction interval 0.14 to 1.76",
        "Hartung-Knapp method the interval was 95% CI 0.33 to 0.73",
        "common-effect model the risk ratio was 0.65 (95% CI 0.60 to 0.70)",
        "the result was: risk ratio 0.45, 95% CI 0.32 to 0.64; 12 trials",
        "changed by −0.029",
        "accounted for 76% of the variance",
        "Egger’s test (p = 0.42) nor Begg’s test (p = 0.95)",
        "Trim and fill added 1 study, and the risk ratio became 0.52",
        # GRADE: high less one level each for two domains; the risk at the median of the control groups.
        "would be of low certainty (⊕⊕◯◯; Table\N{NO-BREAK SPACE}5)",
        "15.9 per 1,000, the pooled effect would mean 8.1 fewer per 1,000 (10.4 fewer to 4.8 fewer)",
    ):
        assert printed in text
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["random", "7", "222,519", "0.38", "0.22 to 0.65", "90%"] in cells
    findings = next(row for row in cells if row[0].startswith("Cases of tuberculosis") and len(row) == 7)
    assert findings[3:5] == ["RR 0.49 (0.34 to 0.70)", "357,347 (13 studies)"]
    assert findings[5].split() == ["⊕⊕◯◯", "Lowa,b"]


def test_the_plots_are_figures_whose_alternative_texts_give_the_result(results):
    document = docx.Document(str(results / "manuscript/manuscript.docx"))
    pictures = document.element.xpath(".//wp:docPr/@descr")
    for words in (
        "Forest plot of 13 studies, outcome: tuberculosis. Risk ratio 0.49, 95% CI 0.34 to 0.70",
        "Forest plot of 13 pooled effects",
        "Bubble plot of 13 studies, outcome: tuberculosis: risk ratio against latitude, from 13 to 55",
        "Funnel plot of 13 studies, outcome: tuberculosis, around the pooled risk ratio of 0.49: 7 below it",
        "How patients were allocated: some concerns 7, high 6.",
        "How patients were allocated: some concerns 54%, high 46%.",
    ):
        assert any(words in picture for picture in pictures)
    notes = "diamonds, pooled effects. Circles, appraisal with RoB 2."
    assert any(paragraph.text.endswith(notes) for paragraph in document.paragraphs)
    drawn = {file.name for file in (results / "figures/plots").iterdir()}
    assert {f"forest_tuberculosis.{form}" for form in ("svg", "png", "pdf", "tiff")} <= drawn


def test_every_link_of_the_page_leads_somewhere(results):
    page = (results / "manuscript/manuscript.html").read_text(encoding="utf-8")
    (packed,) = re.findall(r'<script type="application/octet-stream" id="data">([^<]*)<', page)
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    anchors = {*re.findall(r' id="([^"]+)"', page), *(f"study/{name}" for name in data["studies"])}
    anchors |= {f"box/{box['id']}" for box in data["records"]["boxes"] if "records" in box}
    anchors |= {f"record/{name}" for name in data["records"]["id"]}
    # An answer of an appraisal: #study/name/item.
    links = {re.sub("^(study/[^/]+)/.*", r"\1", unquote(link)) for link in re.findall(r' href="#([^"]+)"', page)}
    assert links <= anchors and any(link.startswith("study/") for link in links)
    # Forest, bubble and funnel plot, the effects without each study, the lights of the appraisal, and the overlap.
    assert page.count('<svg class="doors"') == 6
    # What a table says of an outcome rests on the studies of its analysis.
    outcomes = [number for number in data["numbers"].values() if number["source"] == "outcome"]
    named = [data["values"][name] for number in outcomes for name in number["values"]]
    assert len(outcomes) > 10 and all(len(value["studies"]) == 13 for value in named)
    names = re.findall(r' role="region" aria-labelledby="([^"]+)"', page)
    assert names and len(names) == len(set(names))


def test_the_review_is_without_findings(results):
    assert json.loads((results / "audit/findings.json").read_text())["findings"] == []
