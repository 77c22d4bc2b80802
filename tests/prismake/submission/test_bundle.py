import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prismake.common.errors import BuildStop
from prismake.manuscript.model import from_markdown
from prismake.submission.bundle import gathered
from prismake.submission.crate import Entry, Run, describe_run
from prismake.submission.private import without_notes
from prismake.submission.site import declarations, site_page
from rocrate.rocrate import ROCrate
from scripts import bundle as bundling

from tests.places import JOURNALS, SCHEMAS

HEAD: dict[str, Any] = {
    "title": "A review",
    "author": [
        {"name": "First Author", "orcid": "0000-0002-1825-0097", "affiliations": [1], "corresponding": True},
        {"name": "Second Author"},
    ],
    "affiliation": [{"id": 1, "name": "Department One"}],
    "keywords": ["one", "two"],
    "abstract": "Short.",
    "date-fixed": "2025-12-16",
    "word-counts": {"abstract": 1, "text": 20},
    "tables": 2,
    "figures": 1,
}
TEXT = """---
title: A review
date-fixed: 2025-12-16
author: [{name: First Author, orcid: 0000-0002-1825-0097}]
---

# Results

Text.

# Funding {.unnumbered .declaration}

None.

# Disclosure {.declaration role=interests}

No conflict.

# References {#references .unnumbered}
"""

CLEAN: dict[str, Any] = {"file": "manuscript.docx", "checks": [], "unmet": []}
PROFILE: dict[str, Any] = {"name": "J Test", "submission": [], "recheck": []}
MANUSCRIPT = replace(from_markdown(TEXT, "m.md"), head=HEAD)


def test_declarations_are_taken_whole():
    assert declarations(MANUSCRIPT) == [("Funding", "None."), ("Disclosure", "No conflict.")]
    without = from_markdown("---\ntitle: T\n---\n\n# Introduction\n\nNo declaration at all.\n", "m.md")
    assert declarations(without) == []


def test_the_page_says_what_is_missing():
    profile = {
        "name": "J Test",
        "submission": [
            {"item": "Cover letter", "variant": "cover-letter"},
            {"item": "Interests form", "note": "signed"},
            {"item": "Interests", "role": "interests"},
            {"item": "Data", "role": "data"},
        ],
        "recheck": ["text.line_spacing"],
    }
    page = site_page(MANUSCRIPT, profile, {"cover-letter": ["Cover_letter.docx"]}, 59, CLEAN)
    assert "- Cover letter: `Cover_letter.docx`" in page
    assert "- Interests form (signed): yours to bring" in page
    assert "- Interests: copy 'Disclosure' from below\n- Data: **not given**\n" in page
    assert "- Words of the text: 20" in page
    assert "- References: 59" in page
    assert "- ORCID: 0000-0002-1825-0097" in page
    assert "- ORCID: **not given**" in page
    assert "### Funding\n\nNone." in page
    assert "- text.line_spacing" in page


def test_the_page_repeats_what_the_preflight_warned_of():
    issue = {"message": "the abstract has 420 words; J Test takes 300", "where": "metadata.yaml:7", "fix": "shorten it"}
    result = {"message": "a picture has 150 dpi", "where": "word/media/a.png", "severity": "warning"}
    checks = [{"id": "picture-dpi", "findings": [result]}]
    page = site_page(MANUSCRIPT, PROFILE, {}, 0, {**CLEAN, "unmet": [issue], "checks": checks})
    assert "## Requirements that the manuscript does not meet\n" in page
    assert "- the abstract has 420 words; J Test takes 300 (metadata.yaml:7): shorten it\n" in page
    assert "- a picture has 150 dpi (word/media/a.png)\n" in page
    assert "does not meet" not in site_page(MANUSCRIPT, PROFILE, {}, 0, CLEAN)


def test_the_page_has_an_abstract_in_parts():
    parts = [{"name": "Objective", "text": "To look.\n"}, {"name": "Findings", "text": "Little."}]
    page = site_page(
        replace(MANUSCRIPT, head={**HEAD, "abstract": parts}),
        PROFILE,
        {},
        0,
        CLEAN,
    )
    assert "## Abstract\n\nObjective: To look.\n\nFindings: Little.\n" in page


def test_the_crate_tells_the_run_and_can_be_read_back(tmp_path):
    inside = [Entry("Manuscript.docx", "ab", 3, "the manuscript"), Entry("review/config.yaml", "cd", 4, "settings")]
    inputs = [inside[1], Entry("data/searches/pubmed.nbib", "ef", 5, "PubMed")]
    run = Run("A review", HEAD["author"], ["one"], "2025-12-16", {"prismake": "1", "snakemake": "9"})
    metadata = describe_run(run, inside, inputs)
    assert metadata == describe_run(run, inside[::-1], inputs[::-1])
    for entry in inside:
        (tmp_path / entry.path).parent.mkdir(exist_ok=True)
        (tmp_path / entry.path).write_text("x")
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(metadata))
    crate = ROCrate(tmp_path)
    action = crate.dereference("#run")
    assert [entity.id for entity in action["result"]] == ["Manuscript.docx"]
    assert {entity.id for entity in action["object"]} == {"review/config.yaml", "#input/data/searches/pubmed.nbib"}
    assert crate.dereference("Manuscript.docx")["sha256"] == "ab"
    assert "https://orcid.org/0000-0002-1825-0097" in [person.id for person in crate.creator]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "m.md": TEXT,
        "references.json": "[{}, {}]",
        "preflight.json": json.dumps(CLEAN),
        "profile.yaml": "name: J Test\nsubmission: [{item: Tables, variant: tables}]\n",
        "out/Manuscript.docx": "word",
        "out/tables/Table_1.docx": "table",
        "s/supplement.pdf": "supplement",
        "results/values.json": "{}",
        "config.yaml": "searches: []",
        "data/searches/pubmed.nbib": "PMID- 1",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def make(folder, name="a.zip", review=None, *, notes=False):
    bundling.bundle(
        sources=bundling.Sources(Path("m.md"), Path("references.json"), Path("preflight.json")),
        profile=[Path("profile.yaml"), JOURNALS / "bmj/profile.yaml"],
        schema=SCHEMAS / "journal.schema.yaml",
        packed=bundling.Packed(
            [Path("out/Manuscript.docx"), Path("out/tables")],
            [Path("s/supplement.pdf")],
            [Path("results/values.json")],
            review or [Path("config.yaml")],
        ),
        exports=[Path("data/searches/pubmed.nbib")],
        archive=folder / name,
        site=folder / "site.md",
        withheld=[],
        variants={"tables": ["out/tables"]},
        notes=notes,
    )
    return zipfile.ZipFile(folder / name)


def test_the_archive_holds_everything_and_its_checksums(files):
    archive = make(files)
    assert set(archive.namelist()) == {
        "What_the_site_asks_for.md",
        "MANIFEST.txt",
        "ro-crate-metadata.json",
        "Manuscript.docx",
        "tables/Table_1.docx",
        "supplement/supplement.pdf",
        "evidence/values.json",
        "review/config.yaml",
    }
    sums = dict(
        line.split("  ", 1)[::-1] for line in archive.read("MANIFEST.txt").decode().splitlines() if line[0] != "#"
    )
    assert set(sums) == set(archive.namelist()) - {"MANIFEST.txt"}
    for name, digest in sums.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert "- Tables: `tables/`" in (files / "site.md").read_text()
    assert "# snakemake " in archive.read("MANIFEST.txt").decode()


def test_a_search_export_is_reported_and_not_given_away(files):
    archive = make(files)
    crate = json.loads(archive.read("ro-crate-metadata.json"))
    record = next(node for node in crate["@graph"] if node["@id"] == "#input/data/searches/pubmed.nbib")
    assert record["sha256"] == hashlib.sha256(b"PMID- 1").hexdigest()


def test_the_same_files_give_the_same_archive(files):
    make(files, "a.zip")
    make(files, "b.zip")
    assert (files / "a.zip").read_bytes() == (files / "b.zip").read_bytes()


def test_two_files_of_one_name_stop(tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.pdf").write_text(folder)
    with pytest.raises(BuildStop, match=r"two files would have the name 'x\.pdf' in the archive"):
        gathered("", [tmp_path / "a" / "x.pdf", tmp_path / "b" / "x.pdf"])


PRIVATE_TABLES = {
    "data/screening/decisions.csv": "record_id;decision;note\ns:1;exclude;ask Ben, he knows\n",
    "data/dedup/decisions.csv": 'record_a,record_b,decision,note\na,b,same,"ask Ben,\nhe knows"\n',
    "data/extraction/studies.csv": "study_id,LB_comments,Reviewer notes 2,footnote\ns,ask Ben,he knows,kept\n",
    "data/extraction/codes.csv": 'code,cell\nx,"kept as it is"\n',
}


def test_notes_of_reviewers_are_not_packed_unless_a_setting_asks(files):
    book = files / "data/screening/Cleo.xlsx"
    for name, text in PRIVATE_TABLES.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(text)
    book.write_bytes(b"PK ask Ben")
    review = [Path(name) for name in PRIVATE_TABLES] + [book.relative_to(files)]
    archive = make(files, review=review)
    packed = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("review/")}
    assert "ask Ben" not in "".join(packed.values()) and "he knows" not in "".join(packed.values())
    assert packed["review/data/screening/decisions.csv"] == "record_id;decision;note\ns:1;exclude;\n"
    assert packed["review/data/extraction/studies.csv"].endswith("s,,,kept\n")
    assert packed["review/data/extraction/codes.csv"] == PRIVATE_TABLES["data/extraction/codes.csv"]
    assert "review/data/screening/Cleo.xlsx" not in packed
    crate = json.loads(archive.read("ro-crate-metadata.json"))
    assert any(each.get("name") == "Not packed: Cleo.xlsx" for each in crate["@graph"])

    archive = make(files, "b.zip", review=review, notes=True)
    assert (
        archive.read("review/data/screening/decisions.csv").decode() == PRIVATE_TABLES["data/screening/decisions.csv"]
    )
    assert archive.read("review/data/screening/Cleo.xlsx") == b"PK ask Ben"


@pytest.mark.parametrize("content", [b"a,note\n\xff,b\n", b'a,note\n"x,b\n'], ids=["encoding", "quotes"])
def test_a_table_that_cannot_be_read_is_not_packed(content):
    assert without_notes(Path("data/t.csv"), content) is None
