"""The headings of the source in the PDFs of journals that rename, number and move them."""

import re

import pytest
from prismake.common.yaml_files import load_yaml
from prismake.document.sections import arrange, run_in, with_heading
from prismake.document.variants import edition_of
from prismake.manuscript import tree
from prismake.manuscript.model import read_manuscript
from prismake.manuscript.words import plain_text
from prismake.review.journal import read_profile
from prismake.submission.checklists import Places
from prismake.submission.headings import source_headings
from prismake.submission.pages import Heading, Pages

from tests.places import JOURNALS, PROJECT, SCHEMAS

NAMES = sorted(file.parent.name for file in JOURNALS.glob("*/profile.yaml"))


class Book(Pages):
    """Stands in for a PDF: one block of the arranged text on each page."""

    def __init__(self, texts, headings):
        self._texts, self.headings = texts, headings


def printed(blocks, journal):
    """The outline and the pages of the PDF that a journal makes of arranged blocks."""
    texts: list[str] = []
    above: list[str] = []
    outline = [Heading(journal["abstract"]["heading"], (), 1)]
    for block in blocks:
        texts.append(plain_text(block.content) if isinstance(block, tree.Header | tree.Para) else "")
        if isinstance(block, tree.Header):
            above = above[: block.level - 1]
            outline.append(Heading(texts[-1], tuple(above), len(texts)))
            above.append(texts[-1])
    return Book(texts, tuple(outline))


def built(tmp_path, name, text):
    """(the source's headings in the PDF of a journal, the arranged PDF)."""
    file = tmp_path / "manuscript.md"
    file.write_text(f"---\ntitle: A review\n---\n\n{text}", encoding="utf-8")
    manuscript = read_manuscript(file)
    profile = edition_of(
        read_profile(JOURNALS / name / "profile.yaml", SCHEMAS / "journal.schema.yaml"), "whole"
    ).profile
    sections, arrangement = manuscript.sections, arrange(manuscript.document.blocks, profile, blinded=False)
    blocks = list(arrangement.body)
    for place, there in arrangement.places.items():
        blocks += [block for item in there for block in (run_in(item) if place == "title-page" else with_heading(item))]
    book = printed(blocks, profile)
    return source_headings(sections, book, profile), book


@pytest.mark.parametrize("name", NAMES)
def test_the_places_of_the_example_are_found_in_every_journal(tmp_path, name):
    sources = "\n\n".join(
        file.read_text(encoding="utf-8") for file in sorted((PROJECT / "manuscript").glob("[0-9]*.md"))
    )
    outline = re.sub(r"^(?!#).+$", "Words.", sources, flags=re.MULTILINE)
    headings, _ = built(tmp_path, name, outline)
    places = Places(headings, {}, [])
    reported = load_yaml(PROJECT / "manuscript/checklists.yaml")
    wanted = [entry for items in reported.values() for entry in items.values() if not isinstance(entry, dict)]
    named = {place for entry in wanted for place in ([entry] if isinstance(entry, str) else entry)}
    named = {place for place in named if not place.startswith(("@", "Supplement:"))}
    assert len(named) > 15
    assert all(places.find(place).startswith("page ") for place in named)


def test_two_headings_of_the_same_words_keep_their_own_pages(tmp_path):
    text = "# Methods {role=methods}\n\n## Appraisal\n\nOne.\n\n# Results {role=results}\n\n## Appraisal\n\nTwo.\n"
    headings, book = built(tmp_path, "j-clin-med", text)
    result = {heading.path: heading for heading in headings}
    for path, words in {"Methods > Appraisal": "One.", "Results > Appraisal": "Two."}.items():
        assert book._texts[result[path].page] == words
    assert result["Methods"].printed == "1. Materials and Methods"
    assert result["Results > Appraisal"].printed == "2.1. Appraisal"


def test_a_name_set_before_its_text_is_on_the_page_of_its_text(tmp_path):
    headings, book = built(
        tmp_path, "j-clin-med", "# Results {role=results}\n\nA.\n\n# Money {.declaration role=funding}\n\nNone.\n"
    )
    (money,) = [heading for heading in headings if heading.title == "Money"]
    assert book._texts[money.page - 1] == "Funding: None." and money.printed == "Funding"


def test_the_headings_that_the_journal_adds_keep_their_names_in_the_source(tmp_path):
    headings, _ = built(tmp_path, "bmj", "# Results {role=results}\n\nA.\n")
    assert [heading.title for heading in headings] == ["Results", "Abstract"]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_bundle_holds_is_not_the_authors_to_bring(name):
    profile = read_profile(JOURNALS / name / "profile.yaml", SCHEMAS / "journal.schema.yaml")
    roles = {section["role"] for section in profile["sections"]}
    for entry in profile["submission"]:
        assert "checklist" not in entry["item"] or entry["variant"] == "supplement"
        assert entry.get("role", "funding") in {*roles, "funding"}
