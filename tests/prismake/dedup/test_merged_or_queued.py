"""Certain duplicates are merged, doubtful pairs are queued; each test stands for a kind that occurs in exports."""

from __future__ import annotations

import random
from itertools import permutations

import pandas as pd
import pytest
from prismake.dedup.matching import match

from tests.prismake.dedup.conftest import ARTICLE, Record, copy, frame_of, run, table_of

NO_ID = {"doi": "", "abstract": ""}
NO_PLACE = {**NO_ID, "volume": "", "number": "", "pages": ""}
TITLE = ARTICLE["title"]


def verdict(*records: Record) -> str:
    """What becomes of two records: merged, queued, or apart."""
    matching = run(records)
    if matching.roots[0] == matching.roots[1]:
        return "merged"
    return "queued" if matching.questions else "apart"


def either_way(first: Record, second: Record) -> str:
    left, other = verdict(first, second), verdict(second, first)
    assert left == other
    return left


# --- a number that ends a title -----------------------------------------------------------------------------------

SUBJECT = TITLE.split(":")[0]
PLACED = copy(title=SUBJECT, pages="", year="", **NO_ID)


@pytest.mark.parametrize("mark", [" 1", "1", " 12", " 1,2", "¹", " (3)"])
def test_a_lone_number_at_the_end_is_a_footnotes(mark: str) -> None:
    assert either_way(PLACED, PLACED | {"title": SUBJECT.upper() + mark}) == "merged"


@pytest.mark.parametrize("field", ["author", "journal", "volume", "number"])
def test_the_mark_of_a_footnote_needs_the_place_and_the_authors(field: str) -> None:
    other = {"author": "Moreau, Luc", "journal": "Spine Notes", "volume": "9", "number": "9"}[field]
    assert either_way(PLACED, PLACED | {"title": SUBJECT + " 1", field: other}) != "merged"


@pytest.mark.parametrize("word", ["part", "type", "phase", "study", "stage", "level", "trial", "Teil"])
def test_a_number_behind_a_word_that_counts_is_the_titles(word: str) -> None:
    longer = f"{SUBJECT}: {word}"
    assert either_way(PLACED | {"title": longer}, PLACED | {"title": f"{longer} 1"}) != "merged"
    assert either_way(PLACED | {"title": f"{longer} 2"}, PLACED | {"title": f"{longer} 1"}) != "merged"


def test_two_numbers_are_two_works() -> None:
    assert either_way(PLACED | {"title": SUBJECT + " 1"}, PLACED | {"title": SUBJECT + " 2"}) != "merged"


def test_a_third_worse_copy_splits_nothing() -> None:
    whole = copy(title=SUBJECT, abstract="")
    bare = copy(title=SUBJECT, pages="", **NO_ID)
    worse = copy(title=f"{SUBJECT} of 24 towns", year="", pages="", abstract="")
    assert either_way(whole, bare) == either_way(whole, worse) == "merged"
    for order in permutations([whole, bare, worse]):
        assert len(set(run(order).roots.tolist())) == 1


# --- issues and years ---------------------------------------------------------------------------------------------


def library(count: int, seed: int = 1) -> list[Record]:
    """Works with a place of their own, of invented words."""
    chance = random.Random(seed)
    nouns = ["suture", "plaster", "splint", "brace", "crutch", "bandage", "needle", "pillow", "stocking", "cushion"]
    places = ["harbour", "mountain", "island", "valley", "border", "river", "forest", "desert", "coastal", "railway"]
    people = ["Okafor", "Lindqvist", "Tanaka", "Moreau", "Haddad", "Silva", "Novak", "Petrov", "Ferrari", "Jansen"]
    return [
        {
            "title": f"{chance.choice(nouns).title()} comfort among {chance.choice(places)} walkers with "
            f"{chance.choice(nouns)} trouble near {places[place % 10]} {nouns[place // 10 % 10]} makers",
            "author": "; ".join(f"{name}, A" for name in chance.sample(people, 3)),
            "year": str(2000 + place % 20),
            "journal": "Annals of Fictive Surgery",
            "volume": str(10 + place % 20),
            "pages": "",
        }
        for place in range(count)
    ]


def test_running_numbers_are_not_issues_and_the_file_is_named() -> None:
    works = library(30)
    records = [{**work, "number": str(100 + 2 * place + side)} for place, work in enumerate(works) for side in (0, 1)]
    matching = run(records)
    assert matching.running == [""]
    assert [matching.roots[2 * place] == matching.roots[2 * place + 1] for place in range(30)] == [True] * 30


def test_issues_repeat_and_few_records_show_nothing() -> None:
    works = library(30)
    assert run([{**work, "number": str(place % 12)} for place, work in enumerate(works)]).running == []
    assert run([{**work, "number": str(place)} for place, work in enumerate(works[:10])]).running == []


def test_each_file_is_judged_by_itself() -> None:
    works = library(30)
    frame = frame_of([{**work, "number": str(500 + place), "file": "a.csv"} for place, work in enumerate(works)])
    more = frame_of([{**work, "number": "4", "file": "b.csv", "record_id": f"b{at}"} for at, work in enumerate(works)])
    both = table_of(pd.concat([frame, more], ignore_index=True).fillna(""))
    assert match(table_of(frame)).running == ["a.csv"] == match(both).running


def test_a_differing_issue_alone_is_not_a_veto() -> None:
    assert either_way(copy(pages="", **NO_ID), copy(pages="", number="5", **NO_ID)) == "merged"


@pytest.mark.parametrize(
    "change",
    [
        {"number": "Suppl 1"},
        {"number": "4 Suppl 1"},
        {"number": "5", "pages": "S12"},
        {"number": "5", "year": "2015"},
        {"number": "5", "author": "Okafor, Ada B"},
    ],
)
def test_a_differing_issue_and_another_sign_are_a_veto(change: Record) -> None:
    assert either_way(copy(pages="", **NO_ID), copy(**({"pages": "", **NO_ID} | change))) != "merged"


def test_a_year_two_apart_is_a_misprint_where_the_issue_is_the_same() -> None:
    first = copy(pages="", **NO_ID)
    assert either_way(first, first | {"year": "2016"}) == "merged"
    assert either_way(first, first | {"year": "2017"}) != "merged"
    assert either_way(first, first | {"year": "2016", "number": "5"}) != "merged"
    assert either_way(first, first | {"year": "2016", "volume": "33"}) != "merged"


# --- titles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["Prize Essay - ", "Jury's Choice: ", "Original Article – ", "Medal Lecture — "])
def test_the_label_of_a_section_is_not_the_titles(label: str) -> None:
    short = copy(title="Resting the tired knee", author="Okafor, Ada B", pages="", **NO_ID)
    assert either_way(short, short | {"title": label + short["title"]}) == "merged"
    assert either_way(short, short | {"title": label + short["title"], "volume": "30"}) != "merged"


@pytest.mark.parametrize("label", ["Erratum - ", "Comment on: ", "Reply: ", "Part Two: ", "Poster: ", "Protocol: "])
def test_a_label_may_make_another_work(label: str) -> None:
    short = copy(pages="", **NO_ID)
    assert either_way(short, short | {"title": label + short["title"]}) != "merged"


MEETING = {
    "title": "2015 Tendon Meeting Abstracts",
    "author": "Anonymous",
    "year": "2016",
    "journal": "Annals of Fictive Surgery",
    "volume": "91",
    "number": "3",
}


def test_the_volume_of_a_meeting_is_one_work() -> None:
    longer = MEETING | {"journal": "Annals of Fictive Surgery. Conference: 6th Meeting of the Tendon Club. Oslo."}
    assert either_way(MEETING, longer) == "merged"
    assert either_way(MEETING, longer | {"number": "4"}) != "merged"
    assert either_way(MEETING, longer | {"title": "2014 Tendon Meeting Abstracts"}) != "merged"
    assert either_way(MEETING | {"title": "Abstracts"}, longer | {"title": "Abstracts"}) != "merged"


@pytest.mark.parametrize("mark", ["’", "ʼ", "ʹ", "`", "´", "'", "′", "＇"])
@pytest.mark.parametrize("dash", ["-", "–", "—", "‐", "‑", "−", " - ", "­"])
def test_case_dashes_and_apostrophes_do_not_count_under_one_doi(mark: str, dash: str) -> None:
    title = "Crohn's disease follow-up in nurses' homes: women's well-being"
    first = copy(title=title, journal="", pages="", year="", abstract="")
    other = first | {"title": title.upper().replace("'", mark).replace("-", dash)}
    assert either_way(first, other) == "merged"


# --- sources ------------------------------------------------------------------------------------------------------

PAPER = {
    "title": "Planning beds for an uncertain winter in small hospitals",
    "author": ARTICLE["author"],
    "year": "2001",
}


def test_an_acronym_names_the_meeting_that_another_database_spells_out() -> None:
    left, other = (
        PAPER | {"journal": "SIGBED Conference"},
        PAPER | {"journal": "International Conference on Ward Planning"},
    )
    assert either_way(left, other) == "merged"
    assert either_way(left, other | {"year": "2002"}) != "merged"
    alone = {"author": "Okafor, Ada B"}
    assert either_way(left | alone, other | alone) == "merged"
    assert either_way(left, other | {"journal": "Journal of Ward Planning"}) == "queued"


def test_sources_that_differ_wholly_are_queued() -> None:
    first = PAPER | {"journal": "Congress of Imaginary Nursing"}
    assert either_way(first, PAPER | {"journal": "Symposium of the Bed Makers Guild"}) == "queued"


@pytest.mark.parametrize(
    "title",
    [
        "BEDSIM (demo): {}",
        "Demo: {}",
        "{} (extended abstract)",
        "{} - poster",
        "Poster abstract: {}",
        "{} [Meeting abstract]",
        "{} [Abstract]",
        "{} (abstract only)",
        "{} (short paper)",
        "{} (talk)",
        "Late-breaking abstract: {}",
        "Demonstration of {}",
    ],
)
def test_a_short_form_is_not_its_paper(title: str) -> None:
    paper = PAPER | {"journal": "Conference on Management of Wards"}
    short = paper | {"title": title.format(PAPER["title"])}
    assert either_way(paper, short) == "queued"
    assert either_way(short, short) == "merged"


def test_a_word_of_the_title_is_not_a_label() -> None:
    title = "A poster campaign and a demonstration of beds in small hospitals"
    assert (
        either_way(
            PAPER | {"title": title, "journal": "Spine Notes"}, PAPER | {"title": title, "journal": "Spine Notes"}
        )
        == "merged"
    )


@pytest.mark.parametrize("later", ["2002", "2001"])
def test_a_conference_paper_is_not_its_journal_version(later: str) -> None:
    paper = PAPER | {"journal": "Very Small Wards"}
    article = PAPER | {"journal": "The VSW Journal - The International Journal on Very Small Wards", "year": later}
    expected = "queued" if later != PAPER["year"] else "merged"
    assert either_way(paper, article) == expected


def test_a_record_without_a_journal_is_not_a_later_form() -> None:
    assert either_way(PAPER | {"journal": "Journal of Imaginary Wards"}, PAPER | {"journal": ""}) == "merged"


def test_ahead_of_print_and_final_stay_one() -> None:
    early = PAPER | {"journal": "J Imagin Wards", "year": "2000"}
    assert either_way(early, PAPER | {"journal": "Journal of Imaginary Wards"}) == "merged"


def test_a_serial_of_each_year_is_not_one_work() -> None:
    def volume(year: int, **changes: str) -> Record:
        serial = {"title": "Surveillance of broken wrists in skating schools of the region", "author": "Health Office"}
        place = {"journal": "Surveillance Notes", "year": str(year), "volume": str(year - 1951), "pages": "1-20"}
        return serial | place | changes

    assert either_way(volume(2017), volume(2018, number="4")) == "queued"
    assert either_way(volume(2017), volume(2019)) != "merged"
    assert either_way(volume(2017, author=ARTICLE["author"]), volume(2018, author=ARTICLE["author"])) != "merged"
    assert either_way(volume(2017), volume(2017)) == "merged"
    # Without a volume the issue counts the years.
    assert either_way(volume(2017, volume="", number="2017"), volume(2018, volume="", number="2018")) == "queued"


def test_the_volume_of_a_meeting_without_its_year_is_compared() -> None:
    meeting = {"title": "2015 Knee Meeting Abstracts", "journal": "Spine Notes", "volume": "91", "number": "3"}
    assert either_way(meeting | {"year": "2016"}, meeting) == "merged"
    assert either_way(meeting | {"year": "2016"}, meeting | {"number": "4"}) != "merged"


@pytest.mark.parametrize("book", ["Invented health yearbook, 2012", "Handbook of invented health"])
def test_an_article_and_a_chapter_are_two_works(book: str) -> None:
    article = copy(journal="International invented health journal", doi="")
    assert (
        either_way(article, copy(journal=book, year="2015", volume="", number="", pages="420-440", doi="")) == "queued"
    )


# --- what is left and queued --------------------------------------------------------------------------------------


def test_the_same_sparse_record_twice_is_queued() -> None:
    sparse = {"title": TITLE, "year": "2014"}
    assert verdict(sparse, sparse) == "queued"
    assert verdict(sparse, sparse | {"year": "2015"}) == "apart"
    assert verdict({"title": TITLE}, {"title": TITLE}) == "queued"
    assert either_way(sparse, {"title": TITLE}) == "queued"
    assert either_way(copy(), {"title": TITLE}) == "queued"


def test_books_with_one_isbn_are_queued() -> None:
    book = {"title": "Splints and braces", "author": "Okafor, Ada B", "year": "2014", "isbn": "978-0-306-40615-7"}
    reprint = book | {"year": "2018", "isbn": "0306406152", "author": ""}
    assert either_way(book, reprint) == "queued"
    assert (
        either_way(book, reprint | {"title": "Splints and braces: a practical guide", "author": "Okafor, A"})
        == "queued"
    )
    assert either_way(book, reprint | {"isbn": "978-1-4028-9462-6"}) == "apart"
    assert either_way(book, reprint | {"title": "Cushions in history"}) == "apart"


def test_a_title_in_two_scripts_under_one_doi_is_queued() -> None:
    russian = copy(title="Чрескожная цементная аугментация болезненных переломов", author="Окафор, А.", abstract="")
    assert either_way(copy(abstract="", pages=""), russian) in {"queued", "merged"}
    assert either_way(copy(abstract="", pages="", volume="", number="", journal=""), russian) == "queued"


RUSSIAN = "Чрескожная цементная аугментация болезненных переломов"
CHINESE = "老年人胸椎疼痛性骨折的经皮骨水泥强化术"
FRENCH = "Augmentation percutanée par ciment des fractures douloureuses chez les personnes âgées"
NOWHERE = {"doi": "", "abstract": ""}


@pytest.mark.parametrize("title", [RUSSIAN, CHINESE, FRENCH])
@pytest.mark.parametrize("lost", [{}, {"number": ""}, {"pages": "417"}, {"volume": "", "number": ""}, {"journal": ""}])
def test_a_title_in_another_script_or_language_in_the_same_place_is_asked(title: str, lost: Record) -> None:
    # Merged where the languages are known and the volume and the journal are the same.
    expected = {"queued"} if "volume" in lost or "journal" in lost else {"queued", "merged"}
    assert either_way(copy(**NOWHERE), copy(title=title, **(NOWHERE | lost))) in expected


def test_without_a_language_that_is_known_a_translation_is_asked() -> None:
    title = "Percutaneous cement augmentation after thoracic fractures"
    assert either_way(copy(title=title, **NOWHERE), copy(title=FRENCH, **NOWHERE)) == "queued"


def test_in_another_script_the_authors_and_the_journal_may_be_too() -> None:
    names = {"author": "Окафор, А.; Линдквист, П.", "journal": "Европейский журнал"}
    assert either_way(copy(**NOWHERE), copy(title=RUSSIAN, **names, **NOWHERE)) == "queued"
    assert either_way(copy(**NOWHERE), copy(title=FRENCH, **names, **NOWHERE)) == "apart"
    assert either_way(copy(pages="", **NOWHERE), copy(title=RUSSIAN, pages="", **NOWHERE)) == "queued"
    assert either_way(copy(pages="", **NOWHERE), copy(title=FRENCH, pages="", **NOWHERE)) == "apart"


@pytest.mark.parametrize(
    "other",
    [{"pages": "426-431"}, {"year": "2012"}, {"number": "5"}, {"doi": "10.5555/b"}, {"pmid": "2"}],
)
def test_a_title_in_another_script_in_another_place_is_another_work(other: Record) -> None:
    first = copy(abstract="", doi="10.5555/a", pmid="1") if {"doi", "pmid"} & set(other) else copy(**NOWHERE)
    second = copy(**({"abstract": "", "doi": "", "title": RUSSIAN} | other))
    assert either_way(first, second) == "apart"


@pytest.mark.parametrize("words", [6, 8, 11])
def test_titles_cut_at_their_end_are_queued(words: int) -> None:
    cut = {"title": " ".join(TITLE.split()[:words]) + "…", "author": "AB Okafor; P Lindqvist…"}
    assert either_way(copy(), cut) in {"queued", "merged"}


def test_a_title_cut_inside_a_word_is_queued() -> None:
    cut = {"title": TITLE[:-12] + "...", "author": ARTICLE["author"]}
    assert either_way(copy(), cut) in {"queued", "merged"}


def test_a_supplement_with_the_articles_pages_is_a_way_of_citing_it() -> None:
    assert either_way(copy(**NO_ID), copy(number="4 Suppl 1", **NO_ID)) == "merged"
    assert either_way(copy(pages="", **NO_ID), copy(pages="S12-S20", **NO_ID)) == "merged"


def test_the_same_text_with_another_author_is_queued() -> None:
    record = {"title": TITLE, "year": "2014", "journal": "Spine Notes"}
    assert either_way(record | {"author": "A OKAFOR LINDQVIST"}, record | {"author": "AA Okafor; Y Tanaka"}) == "queued"


def test_a_work_in_two_places_with_one_abstract_is_queued() -> None:
    assert either_way(copy(), copy(volume="32", number="1", pages="8-16", year="2015", doi="10.5555/other")) == "queued"
