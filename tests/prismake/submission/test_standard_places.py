"""Where the usual headings show that a manuscript reports the items of its checklists."""

import re

import pytest
from prismake.review.kinds import KINDS
from prismake.review.skeleton import Setup, files_of
from prismake.submission.checklists import NOT_REPORTED, Float, Places, locate, read_checklist
from prismake.submission.pages import Heading
from prismake.submission.standard_places import standard_entries

from tests.places import PACKAGE

from .test_checklists import FORMS, MINE

PRISMA = read_checklist(FORMS / "prisma2020.yaml")
FLOATS = {"fig:prisma": Float("Figure 1", 4), "tbl:appraisal_rob2": Float("Table 2", 6)}
SUPPLEMENT = ["Search Strategies", "Deduplication"]
WRITTEN = {
    "Title": "Exercise for back pain: a systematic review",
    "Introduction": "Back pain is common. We asked whether exercise helps.",
    "Materials and methods": "There is no registered protocol. Trials were eligible. Trials were pooled.",
    "Materials and methods > Eligibility criteria": "Trials of exercise were eligible.",
    "Materials and methods > Selection": "Two reviewers screened each record independently.",
    "Materials and methods > Synthesis": "Trials were pooled with random effects. Certainty was rated with GRADE.",
    "Results": "",
    "Results > Selection": "",
    "Discussion": "Exercise helps.",
    "Discussion > Limitations": "The trials were small. Our review found few of them.",
    "Supplement: Search Strategies": "[@tbl:strategy-pubmed] lists the strategy.",
    "Supplement: Deduplication": "Of 5 records, 1 was a duplicate.",
    "fig:prisma": "PRISMA flow diagram",
    "tbl:appraisal_rob2": "Critical appraisal",
}


def places(texts=WRITTEN):
    headings = []
    for page, path in enumerate(texts, start=1):
        *above, title = path.split(" > ")
        if not path.startswith(("Title", "Supplement", "fig:", "tbl:")):
            headings.append(Heading(title, tuple(above), page))
    return Places(headings, FLOATS, SUPPLEMENT, texts)


def at(item, form=PRISMA, texts=WRITTEN):
    entry = standard_entries(form, places(texts)).get(item)
    return list(entry.at) if entry else None


def test_an_item_is_where_its_usual_heading_says_something_of_it():
    assert at("1") == ["Title"]
    assert at("5") == ["Materials and methods > Eligibility criteria"]
    assert at("7") == ["Supplement: Search Strategies"]
    # Of two headings with one name, the one of the methods; a text that says nothing of the item does not count.
    assert at("8") == ["Materials and methods > Selection"]
    assert (at("13d"), at("13f")) == (["Materials and methods > Synthesis"], None)
    assert at("16a") == ["@fig:prisma"]
    assert at("18") == ["@tbl:appraisal_rob2"]
    # What a part of it says counts for the whole only where no part has it.
    assert at("15") == ["Materials and methods > Synthesis"]
    assert at("24b") == ["Materials and methods"]
    assert at("23b") == ["Discussion > Limitations"]
    assert at("9") is None


def test_what_the_place_lacks_is_printed_and_the_authors_name_comes_first():
    usual = standard_entries(PRISMA, places())
    result, issues = locate(PRISMA, {"4": "Discussion"}, places(), MINE, usual)
    assert result["4"].endswith("Discussion")
    assert result["5"].endswith("Eligibility criteria. Not reported: how studies were grouped for the syntheses")
    assert result["14"] == NOT_REPORTED
    (issue,) = [issue for issue in issues if issue.code == "not-located"]
    assert issue.message.startswith(
        "PRISMA 2020 checklist: the usual headings show where 15 items are reported; no text is"
    )


def test_in_another_language_only_what_needs_no_words_has_a_place():
    known = Places([Heading("Introduction", (), 3), Heading("Funding", (), 9)], {}, [], {})
    assert list(standard_entries(PRISMA, known)) == ["3", "25"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_review_has_the_headings_that_its_checklists_look_for(kind):
    search = {"id": "pubmed", "database": "PubMed", "date": "2026-01-31", "files": ["data/searches/pubmed.nbib"]}
    files = files_of(Setup(title="A", question="", kind=kind, journal="plos-one", searches=[search]))
    text = "\n".join(text for name, text in sorted(files.items()) if re.fullmatch(r"manuscript/\d\d\..*\.md", name))
    headings, above = [], ""
    for level, title in re.findall(r"^(#+) ([^{\n]+?)(?: \{.*)?$", text, re.MULTILINE):
        above = title if level == "#" else above
        headings.append(Heading(title, () if level == "#" else (above,), 1))
    known = Places(headings, {}, [])
    for name in KINDS[kind].checklists:
        form = read_checklist(FORMS / f"{name}.yaml")
        assert set(form.standard) == {item.item for item in form.items}
        usual = {place for one in form.standard.values() for place in one.at if "*" not in place}
        assert all(known.named(place) for place in usual & {heading.path for heading in headings})
        for one in form.standard.values():
            assert all(re.compile(word) for word in one.words)
    main = read_checklist(PACKAGE / f"submission/checklists/{KINDS[kind].checklists[0]}.yaml")
    looked_for = {path for one in main.standard.values() for name in one.at for path in known.named(name)}
    methods = [heading.path for heading in headings if heading.above[:1] == ("Methods",)]
    assert methods and set(methods) <= looked_for
