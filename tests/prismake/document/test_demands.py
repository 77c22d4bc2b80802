"""Each requirement of a journal that the manuscript does not meet is reported under its own code."""

from dataclasses import replace
from datetime import date

import pytest
from prismake.document.demands import unmet
from prismake.document.matter import Matter
from prismake.manuscript.model import Manuscript, from_markdown
from prismake.review.journal import read_profile

from tests.places import JOURNALS, SCHEMAS

SCHEMA = SCHEMAS / "journal.schema.yaml"
TEXT = "# Introduction\n\n# Methods and materials {role=methods}\n\n# Results\n\n# Discussion\n"
MATTER = Matter(
    title="A title",
    short_title="Title",
    authors=("Ada Byron",),
    keywords=("oak", "ash", "elm"),
    language="en-US",
    date=date(2020, 1, 1),
    abstract_words=200,
    text_words=3500,
    abstract_parts=("Background", "Methods", "Results", "Conclusions"),
    tables=2,
    figures=1,
)


def profile_of(journal: str, **changes):
    profile = read_profile(JOURNALS / journal / "profile.yaml", SCHEMA)
    return {**profile, "sections": [], **changes}


def manuscript_of(text: str) -> Manuscript:
    return from_markdown(f"---\ntitle: T\n---\n\n{text}", "manuscript.md")


def codes(matter: Matter, profile, text: str = TEXT, references: int = 10) -> list[str]:
    return [issue.code for issue in unmet(matter, profile, manuscript_of(text), references)]


def test_a_manuscript_that_meets_everything_has_no_findings():
    assert codes(MATTER, profile_of("systematic-reviews")) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"abstract_words": 351}, "abstract-length"),
        ({"title": "word " * 16}, "title-length"),
        ({"keywords": ("oak",)}, "keywords"),
        ({"language": "fr-FR"}, "language"),
        ({"abstract_parts": ()}, "abstract-parts"),
        ({"abstract_parts": ("Background", "Methods", "Results")}, "abstract-parts"),
        ({"abstract_parts": (*MATTER.abstract_parts, "Verdict")}, "abstract-parts"),
    ],
)
def test_each_demand_has_its_code(changes, code):
    assert codes(replace(MATTER, **changes), profile_of("systematic-reviews")) == [code]


def test_counts_beyond_a_limit():
    limits = {"references": 9, "tables": 1, "figures": 0, "tables_and_figures": 2, "min_words": 4000}
    result = unmet(MATTER, profile_of("systematic-reviews", limits=limits), manuscript_of(TEXT), 10)
    assert [issue.code for issue in result] == ["too-many"] * 4 + ["text-short"]
    assert result[-1].fix == "write more, or ask the journal"
    assert "10 references; Systematic Reviews takes 9" in result[0].message


def test_parts_are_known_by_the_names_that_the_journal_takes_for_its_own():
    assert (
        codes(
            replace(MATTER, abstract_parts=("objective", "METHODS", "Findings", "Conclusion")),
            profile_of("systematic-reviews"),
        )
        == []
    )


def test_a_required_section_that_is_not_there():
    sections = [
        {"role": "methods", "required": True, "place": "text"},
        {"role": "funding", "name": "Funding sources", "required": True, "place": "title-page"},
        {"role": "supplement", "required": False, "place": "text"},
    ]
    (issue,) = unmet(MATTER, profile_of("systematic-reviews", sections=sections), manuscript_of(TEXT), 10)
    assert issue.code == "section-missing"
    assert "'Funding sources'" in issue.message and "{role=funding}" in issue.fix


def test_captions_that_are_too_long():
    table = '::: {#tbl:one .table .wide widths="1"}\n| A |\n|:--|\n| b |\n\n: Two words [@cited2000]\n\n:::\n'
    figure = '\n![Four words *and* more](a/b.svg){#fig:two alt="one two three four"}\n'
    text = TEXT + table + figure
    (issue,) = unmet(MATTER, profile_of("systematic-reviews", limits={"legend_words": 3}), manuscript_of(text), 10)
    assert issue.code == "legend-length" and "the caption of fig:two has 4 words" in issue.message


def test_each_warning_names_the_entry_that_it_is_about():
    text = "---\ntitle: T\nkeywords: [oak]\nabstract: Long.\n---\n\nText.\n"
    matter = replace(MATTER, abstract_words=351, keywords=("oak",), tables=9)
    profile = profile_of("systematic-reviews", limits={"tables": 1})
    result = unmet(matter, profile, from_markdown(text, "m.md"), 0)
    assert [(issue.code, issue.where) for issue in result] == [
        ("abstract-length", "m.md:4"),
        ("too-many", "m.md"),
        ("keywords", "m.md:3"),
    ]


def test_deep_headings():
    text = TEXT + "\n#### Deep\n"
    assert codes(MATTER, profile_of("systematic-reviews"), text) == ["heading-level"]
    (issue,) = unmet(MATTER, profile_of("systematic-reviews"), manuscript_of(text), 10)
    assert issue.where == "manuscript.md:13"


@pytest.mark.parametrize("heading", ["# Our money {role=funding}", "Funding\n=======", "# Funding #"])
def test_a_section_is_there_however_its_heading_is_written(heading):
    sections = [{"role": "funding", "name": "Funding", "required": True, "place": "text"}]
    assert codes(MATTER, profile_of("systematic-reviews", sections=sections), f"{heading}\n\nNone.\n") == []
