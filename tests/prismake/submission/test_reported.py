"""A checklist answers only what the words at its places say."""

from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.validation import check_document
from prismake.common.yaml_files import load_yaml
from prismake.manuscript.model import read_manuscript
from prismake.submission.checklists import Places, locate, read_checklist
from prismake.submission.pages import Heading
from prismake.submission.supplement_parts import Part
from prismake.submission.texts import texts_of

from tests.places import PACKAGE, SCHEMAS

FORMS = {path.stem: read_checklist(path) for path in (PACKAGE / "submission" / "checklists").glob("*.yaml")}
MINE = Path("manuscript/checklists.yaml")
HEADINGS = (Heading("Methods", (), 3), Heading("Screening", ("Methods",), 4))


def answer(form, item, text, entry="Screening"):
    """(the answer of the checklist, what it warns of) where the section says `text`."""
    places = Places(HEADINGS, {}, [], {"Methods": "", "Methods > Screening": text})
    located, issues = locate(FORMS[form], {item: entry}, places, MINE)
    return located[item], [issue for issue in issues if issue.code != "not-located"]


# Checklist, item, a text that says it, a text that does not, what is then not reported (all of it where empty).
SAID = [
    ("prisma2020", "1", "Cats: a systematic literature review", "Cats: a review of the literature", ""),
    ("prisma2020", "5", "Studies were grouped by country.", "Trials of cats were eligible.", "grouped for the synth"),
    ("prisma2020", "6", "PubMed, last searched on 4 May 2024.", "We searched PubMed.", "when each source was last"),
    ("prisma2020", "8", "Two authors screened each title.", "Titles were screened.", "how many reviewers"),
    ("prisma2020", "8", "Titles were screened in duplicate.", "Duplicate titles were removed.", "how many reviewers"),
    ("prisma2020", "8", "Two reviewers, independently.", "Two reviewers read it.", "whether they worked indep"),
    ("prisma2020", "8", "One reviewer read it.", "Agreement between reviewers was good.", "whether they worked indep"),
    (
        "prisma2020",
        "9",
        "Data were extracted by both of us independently.",
        "Data were extracted.",
        "how many reviewers",
    ),
    ("prisma2020", "10b", "Missing values were left empty.", "We extracted age and sex.", "assumptions about missing"),
    ("prisma2020", "11", "A pair of raters used RoB 2 independently.", "We used RoB 2.", "how many reviewers"),
    ("prisma2020", "24a", "The review was not registered.", "The review followed PRISMA.", ""),
    ("prisma2020", "24b", "No protocol was prepared.", "The review was not registered.", ""),
    ("prisma2020", "25", "No funding was received.", "Supported by grant 7.", "the role of the funders"),
    ("prisma2020", "25", "The sponsor had no role.", "Supported by a sponsor.", "the role of the funders"),
    ("prisma2020_abstracts", "1", "Review of cats: a meta-analysis", "Cats", ""),
    ("prisma2020_abstracts", "3", "We excluded kittens.", "We took all cats.", "the exclusion criteria"),
    ("prisma2020_abstracts", "4", "PubMed until May 2024.", "We searched PubMed.", "the date of the last search"),
    ("prisma2020_abstracts", "5", "Quality was appraised with JBI forms.", "Ten trials were included.", ""),
    ("prisma2020_abstracts", "9", "The evidence is of low certainty.", "Cats purr.", ""),
    ("prisma2020_abstracts", "11", "Funding: none.", "Cats purr.", ""),
    ("prisma2020_abstracts", "12", "PROSPERO CRD42.", "Cats purr.", ""),
    ("prisma_s", "5", "Reference lists were read.", "We searched PubMed.", ""),
    ("prisma_s", "6", "We contacted the authors.", "The first author searched.", ""),
    ("prisma_s", "9", "No limits were used.", "We searched PubMed.", ""),
    ("prisma_s", "10", "No search filters were used.", "We searched PubMed.", ""),
    ("prisma_s", "13", "Searched on 4 May 2024.", "We searched PubMed.", ""),
    ("prisma_s", "14", "A librarian checked the strategy.", "We searched PubMed.", ""),
    ("prisma_s", "15", "PubMed gave 12 records.", "PubMed gave many records.", ""),
    ("prisma_s", "16", "Duplicates were removed.", "Records were screened.", ""),
    ("prisma_scr", "1", "Cats: a scoping review", "Cats: a review", ""),
    ("prisma_scr", "5", "The protocol is on a public site.", "We searched PubMed.", ""),
    ("prisma_scr", "6", "Eligible were reports on cats.", "We read all reports.", ""),
    ("prisma_scr", "7", "PubMed, searched on 4 May 2024.", "We searched PubMed.", "the most recent search"),
    ("prisma_scr", "12", "Sources were not appraised.", "Sources were charted.", ""),
    ("prisma_scr", "20", "A limitation is the language.", "Cats purr.", ""),
    ("prisma_scr", "22", "No funding was received.", "Cats purr.", ""),
    ("swim", "1a", "Studies were grouped by design.", "Studies were read.", ""),
    ("swim", "2", "The direction of effects was counted.", "Studies were read.", ""),
    ("swim", "3", "A sign test was used.", "Studies were read.", ""),
    ("swim", "6", "The certainty of the evidence was rated.", "Studies were read.", ""),
    ("prisma_lsr", "1", "Cats: a living review, version 3", "Cats: a review, version 3", "that the review is living"),
    ("prisma_lsr", "1", "Cats: a living review, update 2", "Cats: a living review", "the number of the version"),
    ("prisma_lsr", "3", "The review is living, as trials abound.", "Cats purr.", ""),
    ("prisma_lsr", "L1", "Searches run every month.", "Searches are repeated.", "the schedule of the searches"),
]


@pytest.mark.parametrize(("form", "item", "says", "lacks", "kind"), SAID)
def test_an_item_counts_as_reported_only_where_the_words_say_it(form, item, says, lacks, kind):
    result, _ = answer(form, item, says)
    assert result.startswith("Page 4, Screening") and (kind or "Not reported") not in result
    result, issues = answer(form, item, lacks)
    assert kind in result if kind else result == "Not reported"
    (warning,) = issues
    assert warning.severity == "warning" and "the text at 'Screening' does not say" in warning.message


def test_every_particular_is_tried():
    tried = {(form, item) for form, item, *_ in SAID}
    assert tried == {(form.id, item) for form in FORMS.values() for item in form.particulars}


def test_what_is_looked_for_belongs_to_an_item():
    for form in FORMS.values():
        assert set(form.particulars) <= {item.item for item in form.items}


@pytest.mark.parametrize("form", FORMS)
def test_a_section_without_words_reports_nothing(form):
    for item in FORMS[form].items:
        result, issues = answer(form, item.item, " \n")
        assert result == "Not reported" and issues[0].code == "not-in-text"


def test_the_authors_word_is_taken_for_what_is_missing():
    entry = {"at": "Screening", "not_reported": "how many of us there were"}
    result, issues = answer("prisma2020", "8", "Titles were screened.", entry)
    assert result == "Page 4, Screening. Not reported: how many of us there were" and issues == []


def test_a_quotation_shows_what_no_pattern_knows():
    text = "AB and CD each read\nall titles unaware of the other."
    entry = {"at": "Screening", "quote": "AB and CD each read all titles"}
    assert answer("prisma2020", "8", text, entry) == ("Page 4, Screening", [])
    _, (fault,) = answer("prisma2020", "8", "EF read all titles.", entry)
    assert fault.severity == "error" and fault.code == "unknown-quote"


def test_the_words_of_a_place(tmp_path):
    file = tmp_path / "manuscript.md"
    file.write_text(
        "---\ntitle: A *review*\nabstract: |\n  Cats purr. **\\[To write: why\\]**\n---\n\n# Methods\n\nOne.\n\n"
        "## Screening\n\n- Two.\n\n**\\[To write: how many reviewers (two, say) screened\\]**\n\n"
        "# Results\n\n| a |\n|---|\n| b |\n\n: Three {#tbl:x}\n",
        encoding="utf-8",
    )
    texts = texts_of(read_manuscript(file), [Part("Deduplication", ["Four."])])
    assert texts["Title"] == "A review" and texts["Abstract"].strip() == "Cats purr."
    # What is still to be written is no part of the text.
    assert texts["Methods"].strip() == "One.\nTwo." and texts["Methods > Screening"].strip() == "Two."
    assert "Four." in texts["Supplement: Deduplication"] and "Three" in texts["Results"]


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        ({"not_applicable": "why", "at": "Methods"}, True),
        ({"at": ["Methods"], "not_reported": "who"}, True),
        ({"at": "Methods", "quote": "we two"}, True),
        ({"at": "Methods"}, False),
        ({"quote": "we two"}, False),
        ({"not_applicable": "why", "not_reported": "who"}, False),
    ],
)
def test_the_blocks_that_the_file_may_hold(entry, fits):
    schema = load_yaml(SCHEMAS / "checklists.schema.yaml")
    if fits:
        check_document({"prisma2020": {"8": entry}}, schema, MINE)
    else:
        with pytest.raises(BuildStop):
            check_document({"prisma2020": {"8": entry}}, schema, MINE)
