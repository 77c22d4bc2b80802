"""The audit of the example: by the build, by the command, of the extraction before any prose, and what waits for it."""

import argparse
import json
import re
from pathlib import Path

import pytest
from prismake.audit import command
from prismake.audit.review import Review
from prismake.trace.build import Build
from prismake.trace.values import nearest_passage

from tests.places import PROJECT
from tests.prismake.document.conftest import inside
from tools.mutate_text import run

pytestmark = pytest.mark.build

WRONG = (
    ("data/extraction/studies.csv", "wagner2016,Wagner et al,2016", "wagner2016,Wagner et al,2012"),
    ("data/extraction/studies.csv", "technical_note,1,72,", "technical_note,1,172,"),
    ("data/extraction/studies.csv", "case_series,5,74.4,,2,3,85.6,", "case_series,5,74.5,,2,3,58.6,"),
    ("config.yaml", 'date: "2025-12-16"', 'date: "2015-12-16"'),
    ("manuscript/03.results.md", "pooled.patients.value", "pooled.patiens.value"),
)
REPORTED = (
    "its reference is of 2016: “wagner2016: 2012”",
    "age_mean cannot be: the column's bounds end at 120",
    "5 whole numbers cannot have the mean 74.5",
    "5 numbers of which one is 55 and one 119 have another mean",
    "records of this search are of 2017 to",
)


def audited(review, capsys, *arguments: str) -> tuple[int, str, str]:
    """What `prismake audit` gives in a review's folder: exit code, output, warnings."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    with inside(review.folder):
        code = command.run(parser.parse_args(list(arguments)))
    output = capsys.readouterr()
    return code, output.out, output.err


def test_the_command_finds_what_the_build_finds(example, capsys):
    code, output, warnings = audited(example, capsys, "--json")
    built = json.loads((example / "results/audit/findings.json").read_text())
    assert (code, json.loads(output), warnings) == (0, built, "")
    with inside(example.folder):
        matter = Review(example.folder / "results").matter()
    assert {one.part for one in matter.passages} >= {"letter", "abstract"} and matter.strategies and matter.drawings


def test_a_sentence_of_the_letter_leads_back(example):
    with inside(example.folder):
        passage = nearest_passage("nine studies with 93 patients met the eligibility criteria", Build(Path("results")))
    assert passage is not None and (passage.part, passage.file) == ("letter", "manuscript/cover_letter.md")


def test_wrong_cells_are_reported_beside_a_text_that_cannot_be_filled(copy):
    for name, old, new in WRONG:
        copy.edit(name, old, new)
    # Both steps run, whichever of them fails first.
    output = copy.stopped("--keep-going", "results/audit/data.json", "results/manuscript/manuscript.md")
    assert [one for one in REPORTED if one not in output] == []
    assert "'pooled.patiens' does not exist" in output
    rules = {one["rule"] for one in json.loads((copy / "results/audit/data.json").read_text())["findings"]}
    assert {"study-year", "data-impossible", "data-grim", "data-range", "search-before-results"} <= rules


def test_the_lists_to_start_from_are_written_once(copy, capsys):
    (copy / "manuscript/confirmed.csv").unlink()
    copy.edit("manuscript/05.conclusion.md", "# Conclusion", "# Conclusion\n\n")
    (copy / "data/screening/decisions.csv").touch()
    code, output, warnings = audited(copy, capsys, "--start")
    claims = (copy / "manuscript/confirmed.csv").read_text().splitlines()
    assert code == 0 and claims[0] == "rule,text,digest,confirmed_by,date" and claims[1].endswith(",,")
    assert (copy / "manuscript/stated.csv").read_text() == "text,place,source,note\n"
    assert "decisions.csv and 1 other file changed after the last build" in warnings
    _, again, _ = audited(copy, capsys, "--start")
    assert again.count("is there and stays as it is") == 2
    # A row that nobody signed confirms nothing, and is no fault.
    code, output, _ = audited(copy, capsys)
    assert code == 0 and output.splitlines()[-1].startswith("1 claim to confirm (")


def test_no_document_waits_for_the_audit(example):
    output = example.snakemake("--dag", "--forceall", "final", "submission").stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)', output))
    edges = {(names[start], names[end]) for start, end in re.findall(r"(\d+) -> (\d+)", output)}
    after = more = {"audit_data", "audit", "list_numbers"}
    while more:
        more = {end for start, end in edges if start in after} - after
        after |= more
    assert {"seal", "final"} <= after and not {
        name for name in after if name.startswith(("write_", "compose_", "render"))
    }


def test_the_page_gives_what_the_mutation_of_the_example_finds(example):
    shares, _ = run(Review(example / "results").matter(), 1)
    sums = {"typed": [0, 0], "exchanged": [0, 0], "exchanged alike": [0, 0]}
    for (_, how), (caught, number) in shares.items():
        into = sums.get(how, sums["typed"])
        into[0] += caught
        into[1] += number
    row = "| the example, now | " + " | ".join(f"{caught} of {number}" for caught, number in sums.values()) + " |"
    assert row in (PROJECT / "docs" / "audit.md").read_text(encoding="utf-8")
