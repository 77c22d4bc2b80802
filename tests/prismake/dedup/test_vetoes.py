"""What must never be merged silently, and what must be; each case a pair of records."""

from collections.abc import Callable

import pytest

from tests.prismake.dedup.conftest import ARTICLE, Record, copy, run

Works = Callable[..., list[list[int]]]
NO_ID = {"doi": "", "abstract": ""}

SAME = {
    "as in another database": copy(
        title=ARTICLE["title"].upper() + ".",
        author="Okafor AB, Lindqvist P, Tanaka Y",
        journal="Eur J Invented Med",
        pages="417-25",
        **NO_ID,
    ),
    "ahead of print": copy(year="2013", volume="", number="", pages=""),
    "ahead of print, no DOI": copy(year="2013", volume="", number="", pages="", **NO_ID),
    "translated title in brackets": copy(title=f"[{ARTICLE['title']}]. [Norwegian]", **NO_ID),
    "article number in one": copy(pages="e1417", **NO_ID),
    "page of the supplement": copy(pages="Suppl-25", **NO_ID),
    "spreadsheet ate the pages": copy(pages="", number="", **NO_ID),
    "no author": copy(author="", **NO_ID),
    "no subtitle": copy(title=ARTICLE["title"].split(":")[0], **NO_ID),
    "letters misread": copy(
        title="Percutancous cement augmentat1on of painfu1 thoracic fractures in o1der adults: a cohort 5tudy",
        author="Okafor, Ada B; Lindqvlst, Per; Tanoka, Yui",
        **NO_ID,
    ),
    "group as author": copy(author="Invented Spine Study Group", **NO_ID),
    "DOI of a version": copy(doi="https://doi.org/10.5555/EJIM.2014.417.v2", pages=""),
    "DOI cut off": copy(doi="10.5555/ejim.2014"),
    "year in the volume's place": copy(volume="2014", number="", pages="", **NO_ID),
    "mark of a database": copy(title=ARTICLE["title"] + " (Provisional abstract)", **NO_ID),
    "volume one field late": copy(volume="", number="31", pages="4", **NO_ID),
}
DIFFERENT = {
    "erratum": copy(title="Erratum: " + ARTICLE["title"], pages="630", number="6", doi="10.5555/ejim.2014.630"),
    "erratum without DOI": copy(title="Erratum to: " + ARTICLE["title"], pages="", **NO_ID),
    "reply": copy(title=ARTICLE["title"] + " - Reply", pages="701-702", **NO_ID),
    "comment": copy(title="Comment on: " + ARTICLE["title"], author="Moreau, Luc", pages="700", **NO_ID),
    "protocol": copy(title=ARTICLE["title"] + ": study protocol", year="2013", pages="", **NO_ID),
    "part two": copy(title=ARTICLE["title"] + ". Part II", pages="426-433", **NO_ID),
    "congress abstract in the same volume": copy(number="1", pages="S12", **NO_ID),
    "congress abstract in another volume": copy(volume="30", year="2013", number="", pages="S112", **NO_ID),
    "congress abstract in another journal": copy(journal="Spine Notes", volume="9", year="2013", pages="A77", **NO_ID),
    "the same text in another journal": copy(journal="Spine Notes", volume="9", number="2", pages="88-96", **NO_ID),
    "other DOI": copy(doi="10.5555/ejim.2014.999", pages="999-1007"),
    "other DOI, no pages": copy(doi="10.5555/ejim.2014.999", pages=""),
    "other PMID": copy(pmid="99900002", doi=""),
    "other trial of the same register": copy(trial_ids="NCT99900002", doi=""),
    "other people": copy(author="Moreau, Luc; Haddad, Samir", pages="", volume="", number="", **NO_ID),
    "one DOI for a supplement": copy(
        title="Balance training after hip fracture: a trial in two towns", author="Moreau, Luc", pages="S4", abstract=""
    ),
    "opposite group": copy(title=ARTICLE["title"].replace("older adults", "young women"), pages="", **NO_ID),
    "no title": copy(title="", **NO_ID),
}
BASE = copy(pmid="99900001", trial_ids="NCT99900001")


@pytest.mark.parametrize("case", list(SAME))
def test_versions_of_one_work_are_merged(case: str, works_of: Works) -> None:
    assert works_of(BASE, SAME[case]) == [[0, 1]]


@pytest.mark.parametrize("case", list(DIFFERENT))
def test_different_works_stay_apart(case: str, works_of: Works) -> None:
    assert works_of(BASE, DIFFERENT[case]) == [[0], [1]]


def test_two_dois_where_all_else_is_the_same_are_merged_and_shown_to_a_person() -> None:
    matching = run([copy(), copy(doi="10.5555/ejim.2014.714")])
    assert matching.roots[0] == matching.roots[1]
    assert [merge.rule for merge in matching.merges] == ["all but the DOI"]
    assert [question.why for question in matching.questions] == [
        "merged although the DOIs differ, because all else is the same: one DOI is probably wrong"
    ]


def test_a_title_in_another_language_with_all_else_the_same(works_of: Works) -> None:
    title = "Perkutane Zementaugmentation bei schmerzhaften Frakturen der Brustwirbel: eine Studie mit alten Menschen"
    german = copy(title=title, **NO_ID)
    assert works_of(copy(), german) == [[0, 1]]
    assert works_of(copy(), german | {"pages": "426-433"}) == [[0], [1]]


@pytest.mark.parametrize(
    "title", ["Editorial", "Editor's notes", "Reply", "Erratum", "Book reviews", "News", "Vorwort"]
)
def test_a_title_that_names_no_subject_merges_nothing_without_the_same_pages(title: str, works_of: Works) -> None:
    piece = {"title": title, "author": "Moreau, Luc", "year": "2014", "journal": "Spine Notes", "volume": "9"}
    assert works_of(piece, piece) == [[0], [1]]
    assert works_of(piece | {"number": "1", "pages": "5-6"}, piece | {"number": "2", "pages": "5-6"}) == [[0], [1]]
    assert works_of(piece | {"number": "1", "pages": "5-6"}, piece | {"number": "1", "pages": "5-6"}) == [[0, 1]]


SPARSE: list[Record] = [
    {},
    {"title": ""},
    {"year": "2014"},
    {"title": "Untitled"},
    {"journal": "Spine Notes", "year": "2014"},
]


@pytest.mark.parametrize("sparse", SPARSE)
def test_a_record_with_little_in_it_joins_nothing(sparse: Record, works_of: Works) -> None:
    assert works_of(sparse, sparse, copy()) == [[0], [1], [2]]


def test_an_issue_without_titles_and_authors_does_not_chain(works_of: Works) -> None:
    place = {"journal": "Spine Notes", "volume": "9", "number": "2", "year": "2014"}
    records = [{**place, "pages": f"{page}-{page + 4}"} for page in range(10, 60, 5)] + [place] * 5
    assert len(works_of(*records)) == len(records)
