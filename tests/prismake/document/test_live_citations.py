"""Live citations: Zotero's fields around the numbers, which pandoc reads back as the keys of the sources."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from prismake.common.pandoc import pandoc_program

from tests.ooxml import faults_of
from tests.prismake.document.conftest import JOURNAL, Review, lay_out

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FIELD = re.compile(r"ADDIN ZOTERO_ITEM CSL_CITATION (\{.*\})", re.DOTALL)


def part(path: Path) -> Any:
    with zipfile.ZipFile(path) as package:
        return etree.fromstring(package.read("word/document.xml"))


def text_of(path: Path) -> list[str]:
    return ["".join(node.text or "" for node in block.iter(W + "t")) for block in part(path).iter(W + "p")]


def fields_of(path: Path) -> list[dict[str, Any]]:
    codes = [FIELD.search(node.text or "") for node in part(path).iter(W + "instrText")]
    return [json.loads(item[1]) for item in codes if item]


def live(review: Review) -> Review:
    profile = review.folder / "profile.yaml"
    written = (JOURNAL / "profile.yaml").read_text(encoding="utf-8")
    profile.write_text(re.sub(r"(?m)^citations:\n", "citations:\n  live: zotero\n", written), encoding="utf-8")
    assert "live: zotero" in profile.read_text(encoding="utf-8")
    review.profile = profile
    return review


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """The same manuscript without and with live citations, and its text."""
    review = lay_out(tmp_path_factory.mktemp("live"))
    review.edit(lambda text: text + "\nOne more [see @{}, p. 3; -@{}].\n".format(*keys_in(text)[:2]))
    plain = review.docx("plain.docx")
    return plain, live(review).docx("live.docx"), (review.folder / "results/manuscript/manuscript.md").read_text()


def keys_in(markdown: str) -> list[str]:
    return [key for key in re.findall(r"(?<![\w\\])@([\w-]+)", markdown) if key not in ("fig", "tbl")]


def test_the_text_is_the_same_with_live_citations(pair: tuple[Path, Path, str]) -> None:
    plain, with_fields, _ = pair
    assert text_of(plain) == text_of(with_fields)
    assert not fields_of(plain)


def test_pandoc_reads_every_key_back_in_its_group(pair: tuple[Path, Path, str]) -> None:
    _, with_fields, markdown = pair
    command = [str(pandoc_program()), "--from=docx+citations", "--to=json", str(with_fields)]
    result: list[list[str]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("t") == "Cite":
                result.append([citation["citationId"] for citation in node["c"][0]])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for item in node:
                walk(item)

    walk(json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["blocks"])
    body = markdown.split("\n---\n", 1)[1]
    groups = re.findall(r"\[([^\[\]]*@[^\[\]]*)\]", body)
    written = [keys_in(group) for group in groups if not re.search(r"@(fig|tbl):", group)]
    # Tables stand at the end of their section, so their groups appear later than they are written.
    assert sorted(result) == sorted(written)
    assert len(result) >= 10 and max(map(len, result)) >= 3


def test_citations_in_tables_and_captions_are_live_too(pair: tuple[Path, Path, str]) -> None:
    document = part(pair[1])

    def has_field(block: Any) -> bool:
        return any(FIELD.search(node.text or "") for node in block.iter(W + "instrText"))

    assert any(has_field(cell) for cell in document.iter(W + "tc"))


def test_a_field_carries_the_works_and_what_stands_beside_them(pair: tuple[Path, Path, str]) -> None:
    fields = fields_of(pair[1])
    assert [field["citationID"] for field in fields] == [f"prismake{number}" for number in range(1, len(fields) + 1)]
    works = {item["id"] for field in fields for item in field["citationItems"]}
    assert works and all(item["itemData"]["id"] == item["id"] for field in fields for item in field["citationItems"])
    last = max(fields, key=lambda field: "prefix" in field["citationItems"][0])
    first, second = last["citationItems"]
    assert first["prefix"] == "see" and "3" in first["suffix"] and second["suppress-author"] is True


def test_every_field_is_whole_and_the_reference_list_is_one(pair: tuple[Path, Path, str]) -> None:
    document = part(pair[1])
    depth = 0
    for mark in document.iter(W + "fldChar"):
        depth += {"begin": 1, "separate": 0, "end": -1}[mark.get(W + "fldCharType")]
        assert 0 <= depth <= 2
    assert depth == 0
    lists = [node.text for node in document.iter(W + "instrText") if "ZOTERO_BIBL" in node.text]
    assert len(lists) == 1


def test_a_validator_of_ooxml_finds_nothing_in_live_citations(pair: tuple[Path, Path, str]) -> None:
    assert faults_of([pair[1]]) == []


def test_the_same_citations_give_the_same_bytes(pair: tuple[Path, Path, str], review: Review) -> None:
    again = live(review)
    text = pair[2]
    again.edit(lambda _: text)
    assert again.docx("again.docx").read_bytes() == pair[1].read_bytes()


def test_markup_in_a_title_stays_text_in_a_field(review: Review) -> None:
    references = review.folder / "results/manuscript/references.json"
    items = json.loads(references.read_text())
    for item in items:
        item["title"] = 'A </w:instrText> & "quoted" \\ <b>title</b> {{ x }}'
    references.write_text(json.dumps(items))
    fields = fields_of(live(review).docx("live.docx"))
    titles = {item["itemData"]["title"] for field in fields for item in field["citationItems"]}
    assert titles == {'A </w:instrText> & "quoted" \\ <b>title</b> {{ x }}'}


def test_zotero_finds_its_preferences(pair: tuple[Path, Path, str]) -> None:
    """In properties short enough for Word: the journal's style by its address, and that citations are fields."""
    plain, with_fields, _ = pair
    with zipfile.ZipFile(plain) as package:
        assert "docProps/custom.xml" not in package.namelist()
    with zipfile.ZipFile(with_fields) as package:
        properties = etree.fromstring(package.read("docProps/custom.xml"))
        assert b"/docProps/custom.xml" in package.read("[Content_Types].xml")
        assert b"custom-properties" in package.read("_rels/.rels")
    assert [one.get("name") for one in properties] == [f"ZOTERO_PREF_{n}" for n in range(1, len(properties) + 1)]
    assert [one.get("pid") for one in properties] == [str(n) for n in range(2, len(properties) + 2)]
    pieces = [one[0].text or "" for one in properties]
    assert len(pieces) > 1 and max(map(len, pieces)) == 255
    data = etree.fromstring("".join(pieces))
    assert data.get("data-version") == "3"
    assert data.xpath("style/@id") == ["http://www.zotero.org/styles/american-medical-association"]
    assert data.xpath("prefs/pref[@name='fieldType']/@value") == ["Field"]


def test_a_field_holds_no_link(pair: tuple[Path, Path, str]) -> None:
    plain, with_fields, _ = pair
    links = [
        len(part(path).xpath("//*[local-name()='hyperlink'][@*[local-name()='anchor']]"))
        for path in (plain, with_fields)
    ]
    assert links[0] > 10 and links[1] == 0
