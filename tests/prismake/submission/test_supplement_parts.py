import json
import re

import pytest
from prismake.submission import marked_numbers
from prismake.submission import supplement_parts as parts

SEARCH = {"id": "pubmed", "database": "PubMed", "date": "2025-12-16"}
RECORD = {
    "record_id": "pubmed:1",
    "title": "Cement [@x] & <w:p> {{ flow }}",
    "author": "Öz, Ab; Roe, C",
    "year": "2020",
    "journal": "J",
    "volume": "1",
    "number": "",
    "pages": "2-3",
    "doi": "",
}
VERDICT = {
    "record_id": "pubmed:1",
    "stage": "full-text",
    "reason": "no_outcome",
    "author": "Öz, Ab; Roe, C",
    "year": "2020",
    "label": "No outcome",
    "note": "only | pain",
}


def test_the_supplement_of_a_draft_says_so():
    assert json.loads(parts.front_matter({"title": "T", "draft": True, "keywords": ["a"]})) == {
        "title": "Supplementary Material: T",
        "draft": True,
    }


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Standmann, Hiro T 3rd", {"family": "Standmann", "given": "Hiro T", "suffix": "3rd"}),
        ("Melton, L J III", {"family": "Melton", "given": "L J", "suffix": "III"}),
        ("Doe, John, Jr.", {"family": "Doe", "given": "John", "suffix": "Jr."}),
        ("Doe Jr, John", {"family": "Doe", "given": "John", "suffix": "Jr"}),
        ("Ivanov, I V", {"family": "Ivanov", "given": "I V"}),
        ("van der Berg, J", {"family": "van der Berg", "given": "J"}),
        ("Jr, J", {"family": "Jr", "given": "J"}),
    ],
)
def test_a_generation_is_no_part_of_the_given_names(author, name):
    assert parts.csl_item("a", RECORD | {"author": author})["author"] == [name]


def test_a_search_is_printed_as_typed():
    text = parts.strategies([SEARCH], [{"search": "pubmed", "parsed": "1204"}], {"pubmed": '"a b"[tiab] -- *c* $x$\n'})
    markdown = text.markdown
    assert "In total, 1 search returned 1,204 records" in markdown
    assert r"| 1 | \"a b\"\[tiab\] -\- \*c\* \$x\$ |" in markdown


def test_a_strategy_that_was_not_kept_is_said_to_be_missing():
    text = parts.strategies([SEARCH], [], {}).markdown
    assert "The strategy of this search was not recorded." in text
    assert "Not recorded" in text and "line by line" not in text


@pytest.mark.parametrize(
    ("strategy", "lines"),
    [
        ("#1 a\n#2 b\n", [("#1", "a"), ("#2", "b")]),
        ("1. a\n\n2. b", [("1", "a"), ("2", "b")]),
        ("a OR b\n#1 AND c", [("1", "a OR b"), ("2", "#1 AND c")]),
        ("", []),
    ],
)
def test_a_platforms_own_numbers_are_kept(strategy, lines):
    assert parts.numbered(strategy) == lines


def test_an_excluded_report_is_a_reference_with_its_reason():
    part = parts.excluded_reports([VERDICT], {"pubmed:1": RECORD}, notes=True)
    (reference,) = part.references
    assert reference["author"] == [{"family": "Öz", "given": "Ab"}, {"family": "Roe", "given": "C"}]
    assert reference["issued"] == {"date-parts": [[2020]]}
    assert "issue" not in reference
    assert (
        r"| Öz et al, 2020 [@excluded-1] | Cement \[\@x\] \& \<w:p\> \{\{ flow \}\} | No outcome: only \| pain |"
        in (part.markdown)
    )


@pytest.mark.parametrize(
    ("note", "printed"),
    [
        ("decided on t:1, merged into s:1", "No outcome"),
        ("pain; decided on t:1, merged into s:1", "No outcome: pain"),
        ("decided on t:1, merged into s:1; reasons: a, b", "No outcome: reasons: a, b"),
        ("we decided on a talk", "No outcome: we decided on a talk"),
    ],
)
def test_what_the_software_notes_for_itself_is_not_printed(note, printed):
    (row,) = parts.excluded_reports([{**VERDICT, "note": note}], {"pubmed:1": RECORD}, notes=True).records
    assert row["reason"] == printed
    assert (row["row"], row["record_id"], row["report"]) == ("1", "pubmed:1", "Öz et al, 2020")


def test_no_excluded_report_makes_no_table():
    part = parts.excluded_reports([], {})
    assert "No report was excluded" in part.markdown
    assert not part.references


def test_merges_are_counted_by_rule():
    markdown = parts.deduplication(10, 7, {"title": 1, "identifier": 2}, [{}], []).markdown
    assert "Of 10 records, 3 were duplicates, and 7 works remained" in markdown
    assert "| Identifier | 2 |\n| Title | 1 |\n| Total | 3 |" in markdown


def test_agreement_prints_kappa_with_its_interval():
    stage = {"stage": "title", "reviewers": 2, "n": 1498, "agree": 1492, "raw": 0.996, "kappa": 0.874, "low": 0.77}
    stage |= {"high": 0.97, "method": "Cohen's kappa"}
    assert "| title | 2 | 1,498 | 1,492 | 1.00 | 0.87 (0.77–0.97) |" in parts.agreement([stage]).markdown


def test_a_kappa_that_cannot_be_computed_says_why():
    stage = {"stage": "title", "reviewers": ["A", "B"], "n": 9, "agree": 9, "raw": 1.0, "kappa": None, "low": None}
    stage |= {"high": None, "method": "Cohen's kappa", "reason": "all answers are the same"}
    markdown = parts.agreement([stage]).markdown
    assert "| 1.00 | – |" in markdown and "**Notes:** title: all answers are the same." in markdown


def test_agreement_of_one_reviewer_is_not_made_up():
    assert "cannot be calculated" in parts.agreement([]).markdown


def test_notes_of_reviewers_are_not_printed_unless_a_setting_asks():
    part = parts.excluded_reports([VERDICT], {"pubmed:1": RECORD})
    assert "pain" not in part.markdown and part.records[0]["reason"] == "No outcome"


def test_the_supplement_says_by_which_rule_screening_stopped_and_how_many_were_not_seen():
    stages = [
        {"id": "title"},
        {"id": "abstract", "label": "Abstracts *screened*", "stopping_rule": "100 irrelevant\n in a row."},
        {"id": "fulltext"},
    ]
    ends = {("title", "exclude"): 5, ("abstract", "unseen"): 40, ("abstract", "exclude"): 7, ("fulltext", "include"): 3}
    (part,) = parts.unseen(stages, ends)
    assert part.markdown == (
        "# Records Not Screened\n\n"
        r"Abstracts \*screened\*: screening stopped before every record was seen. "
        "The rule was: 100 irrelevant in a row. "
        "Of 50 records at this stage, 10 were screened and 40 were not seen by anybody."
    )
    assert parts.unseen([{"id": "title"}], ends) == []


def test_the_tables_of_a_review_bring_the_references_that_they_cite():
    rows = [["Doe [@doe2020]", "1"], ["Roe [@roe:2021]", "2"]]
    table = {"id": "own", "caption": "Outcomes", "columns": [{"header": "Study"}, {"header": "N"}], "rows": rows}
    works = [{"id": name} for name in ("doe2020", "roe:2021", "poe2022")]
    (part,) = parts.own_tables([table], works)
    assert part.references == [{"id": "doe2020"}, {"id": "roe:2021"}]
    assert "[@tbl:own] supplements the tables of the manuscript." in part.markdown and "#tbl:own" in part.markdown
    assert parts.own_tables([], works) == []


def test_numbers_are_marked_for_the_page_and_plain_in_documents():
    sources = [
        {"search": "pub-med", "database": "PubMed", "records": "1204", "duplicates_within": "0", "works": "1204"}
        | {"unique": "4", "shared": "1200", "with_pub-med": "", "with_b": "7"}
    ]
    stage = {"stage": "title", "reviewers": 2, "n": 8, "agree": 7, "raw": 0.875, "kappa": 0.5, "low": 0.1, "high": 0.9}
    made = [
        [
            parts.strategies(
                [SEARCH | {"hits": 5}], [{"search": "pubmed", "parsed": "4"}], {"pubmed": "a[tiab]"}, show
            ),
            parts.overlap(sources, "o.svg", "alt", show),
            parts.deduplication(9, 7, {"identifier": 1}, [], [{}], show),
            parts.agreement([stage | {"method": "kappa"}], show),
            parts.excluded_reports([VERDICT], {"pubmed:1": RECORD}, show=show),
            *parts.unseen([{"id": "title", "stopping_rule": "100 in a row"}], {("title", "unseen"): 1}, show),
        ]
        for show in (marked_numbers.plainly, marked_numbers.marked)
    ]
    plain, marked = ("\n".join(part.markdown for part in own) for own in made)
    marks = re.compile(r'\[((?:\\.|[^\[\]\\])+)\]\{\.(?:as-typed|computed names="([^"]*)")\}')
    assert marks.sub(r"\1", marked) == plain
    names = dict(marks.findall(marked))
    assert names["1204"] == "dedup.sources.pub_med.works" and names["1200"] == "dedup.sources.pub_med.shared"
    assert names[r"a\[tiab\]"] == "" and names["5"] == "search.pubmed.hits"
    # Nothing that a sentence or a table counts is without its values.
    left = re.sub(r"\{[^}]*\}", "", marks.sub("", marked))
    assert not re.findall(r"(?<![\w#.@:-])\d[\d,.]*(?= (?:record|was|were|report|work|pair|search|doubtful))", left)
