"""What texts say of their methods, true and false, against settings and strategies of other topics."""

import pytest
from prismake.audit.findings import RULES
from prismake.audit.matter import Matter
from prismake.audit.passages import Passage, Printed
from prismake.audit.run import audit
from prismake.audit.strategies import contains, words_of
from prismake.common.values import count

OF_METHODS = [name for name, rule in RULES.items() if rule.check.__module__.endswith((".methods", ".searches"))]
SETTINGS = {
    "searches": [
        {"id": "pubmed", "database": "PubMed", "date": "2024-05-03", "strategy": "a.txt", "limits": "None"},
        {"id": "wos", "database": "Web of Science Core Collection", "date": "2024-05-04", "strategy": "b.txt"},
        {
            "id": "ovid",
            "database": "Embase",
            "platform": "Ovid",
            "date": "2024-05-04",
            "strategy": "c.txt",
            "limits": "English",
        },
        {"id": "ct", "database": "ClinicalTrials.gov", "kind": "register", "date": "2024-05-06"},
    ],
    "screening": {
        "stages": [
            {"id": "abstract", "reviewers": 2, "reasons": {"pop": "Wrong population", "dog": "Veterinary study"}},
            {"id": "fulltext", "reasons": {"lab": "Laboratory study"}},
        ]
    },
}
STRATEGIES = {
    "a.txt": '#1 "heart failure"[MeSH] OR cardiac decompensat*[tiab]\n#2 nurs*[tiab] AND #1',
    "b.txt": 'TS=("heart failure" AND "nurse led clinic")',
    "c.txt": "1 exp heart failure/\n2 (nurse adj2 clinic?).ti,ab.\n3 1 and 2",
}


def reported(*texts, part="methods", settings=None, ledger=None):
    passages = [text if isinstance(text, Passage) else Passage(part, text, "02.md", 1) for text in texts]
    matter = Matter(passages, ledger or {}, settings={**SETTINGS, **(settings or {})}, strategies=STRATEGIES)
    return [one.rule for one in audit(matter, OF_METHODS).findings]


TRUE = [
    "We searched PubMed, Web of Science, Embase (Ovid), and ClinicalTrials.gov on May 3, 2024.",
    "MEDLINE (through PubMed), EMBASE, and WoS were searched from inception to 4 May 2024.",
    "Three databases were searched in May 2024 for trials published from January 2001 to March 2019.",
    "Scopus was not searched, because Web of Science covers the same journals.",
    "A preliminary search of the Cochrane Library found no systematic review of the topic.",
    "Forward citation searching used Scopus.",
    "Two databases of patient records supplied the outcomes of one trial.",
    "Terms were “heart failure” OR “cardiac decompensation” AND “nurse-led clinic”.",
    "The title contained the word “stroke”.",
    "No restrictions were placed on the type of publication.",
    "The two authors of the statement recommend three stages.",
    "The analysis was written in R 4.3 with two packages.",
    "Prismake 0.1.0 computed the counts.",
    "A third reviewer settled conflicts of screening.",
    "Veterinary and laboratory studies were excluded.",
    "The review was not registered, and no protocol was prepared.",
    "Agreement between reviewers was not calculated.",
    "We searched PubMed, Embase and Web of Science from database inception until 4 May 2024, in any language.",
    "We used the search strategy of an earlier project, which had searched PsycINFO and CINAHL.",
    "No search of Scopus was made, because access was lacking.",
    "Our search strategy was peer reviewed on February 1, 2023.",
    "The protocol was finished on January 5, 2023, before the databases were searched.",
    "Studies published between January 1, 2000 and December 31, 2022 were eligible.",
    "Two of three reviewers screened each record.",
    "Participants answered “yes” OR “no” to each item.",
    "The response options were “agree” AND “disagree”.",
    "Records were imported into EndNote 20 and deduplicated.",
    "Analyses used R 4.2.1 with metafor 3.8 and RevMan 5.4.",
    "In the first stage, two reviewers screened 100 records in a pilot of each form.",
    "We followed the PRISMA 2020 statement and the Cochrane Handbook.",
    "Certainty of the evidence was assessed with GRADE.",
    "We searched the reference lists of included trials and of reviews found in Epistemonikos.",
    "The databases of two hospitals were the source of one study.",
    "ClinicalTrials.gov was used to find protocols of included trials.",
    "Data were extracted on a form that was last revised on April 2, 2023.",
    "The two databases of the registry were linked in one study.",
    "Each database was searched on its own platform.",
    "Searches were rerun before submission, and no further trial was found.",
    "Plots of quadrats were surveyed in three stages along each transect.",
    "Raters scored the essays on two scales before the discussion.",
    "Index tests were read without knowledge of the reference standard.",
    "Students were the unit of analysis in studies of teaching.",
    "Plasma levels were converted to common units.",
]


@pytest.mark.parametrize("text", TRUE)
def test_true_sentences_pass(text):
    assert reported(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("We searched PubMed, Embase, Web of Science and Scopus.", "database-unsearched"),
        ("PsycINFO, PubMed, Web of Science and Embase were searched.", "database-unsearched"),
        ("A systematic search of CINAHL, Embase, PubMed and Web of Science was run.", "database-unsearched"),
        ("PubMed and Web of Science were searched for trials.", "database-unnamed"),
        ("We searched five bibliographic databases.", "database-number"),
        ("We searched two databases.", "database-number"),
        ("The last search was run on May 13, 2024.", "search-date"),
        ("Databases were searched up to 3 June 2024.", "search-date"),
        ("PubMed, Embase and Web of Science were searched until 2024-03-05.", "search-date"),
        ("We searched the databases from inception to May 2023.", "search-date"),
        ("The search used “heart failure” AND “physiotherapy”.", "search-term"),
        ("The terms were (“cardiac failure” OR “heart failure”).", "search-term"),
        ("No limits of language or date were applied.", "search-limits"),
        ("The databases were searched without language restrictions.", "search-limits"),
        ("Records were screened in three stages.", "screening-stages"),
        ("Prismake (version 0.9.2) computed the counts.", "software-version"),
        ("Studies of children were excluded.", "reason-unexplained"),
    ],
)
def test_false_sentences_are_reported(text, rule):
    assert set(reported(text)) == {rule}


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("The search was limited to German; no limits of date were set.", ["search-limits"]),
        ("No limits were set, and reports in English and German were read.", []),
    ],
)
def test_a_limit_stands_beside_one_that_is_denied(text, rules):
    searches = [{"id": "a", "database": "PubMed", "date": "2024-05-13", "limits": "None"}]
    assert reported(text, settings={"searches": searches}) == rules


@pytest.mark.parametrize("part", ["introduction", "results", "discussion", "caption"])
def test_other_parts_speak_of_other_searches(part):
    assert reported("We searched PubMed and Scopus up to May 13, 2023.", part=part) == []


@pytest.mark.parametrize("part", ["abstract", "letter", "methods"])
def test_the_abstract_and_the_letter_count_too(part):
    assert "database-unsearched" in reported("We searched PubMed and Scopus.", part=part)


def test_what_a_value_prints_is_right():
    text = "We searched the databases Scopus."
    start = text.index("Scopus")
    printed = Passage(
        "methods", text, "02.md", 1, (Printed(start, start + 6, "search.databases", ("search.databases",)),)
    )
    assert "database-unsearched" not in reported(printed)


@pytest.mark.parametrize(
    ("text", "stages", "ledger", "rules"),
    [
        ("Two reviewers independently screened the titles.", [{"id": "a", "reviewers": 2}], {}, []),
        ("Three reviewers screened the titles.", [{"id": "a", "reviewers": 2}], {}, ["reviewers"]),
        ("Four authors screened the records in pairs.", [{"id": "a", "reviewers": 2}], {}, []),
        ("Two reviewers independently screened the titles.", [{"id": "a"}], {}, ["reviewers-unrecorded"]),
        ("Two reviewers extracted the data.", [{"id": "a"}], {}, []),
        ("Two reviewers assessed the risk of bias of the selected trials.", [{"id": "a"}], {}, []),
        (
            "Two reviewers independently screened the titles.",
            [{"id": "a"}],
            {"agreement.a.reviewers": count(3, "reviewers")},
            ["reviewers"],
        ),
    ],
)
def test_reviewers_are_those_of_the_decisions(text, stages, ledger, rules):
    assert reported(text, settings={"screening": {"stages": stages}}, ledger=ledger) == rules


@pytest.mark.parametrize(
    ("no", "yes"),
    [
        ("The review was not registered.", "The protocol was registered (registration number CRD42020123456)."),
        ("No protocol was prepared.", "The protocol is published in full."),
        ("No meta-analysis was performed.", "A random-effects model was used."),
        ("We did not perform a meta-analysis.", "The pooled odds ratio was large."),
        ("Quality was not formally assessed.", "The risk of bias was assessed with a checklist."),
        ("Neither agreement nor certainty of the evidence was assessed.", "The evidence was of Level IV."),
        ("Agreement between reviewers was not calculated.", "Agreement between reviewers was high."),
        ("The search was restricted to databases.", "Reference lists of the reports were also screened."),
        ("No limits were set on language.", "Reports not in English were excluded."),
    ],
)
def test_what_is_denied_and_done_is_reported(no, yes):
    assert "denied-and-done" in reported(no, yes) and "denied-and-done" in reported(yes, no)
    assert "denied-and-done" not in reported(no, no) and "denied-and-done" not in reported(yes, yes)


CHECKLISTS = [
    Passage("not_applicable", "no meta-analysis was performed", "checklists.yaml", 2),
    Passage("not_applicable", "the review was not registered", "checklists.yaml", 3),
    Passage("not_reported", "how many reviewers screened each record", "checklists.yaml", 4),
    Passage("not_reported", "how many reviewers collected data and whether they agreed", "checklists.yaml", 5),
]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("A meta-analysis was performed with random effects.", ["denied-and-done"]),
        ("The review was registered with PROSPERO.", ["denied-and-done"]),
        ("No meta-analysis was performed.", []),
        ("Two reviewers screened the titles.", ["checklist-reviewers"]),
        ("Two authors extracted the data.", ["checklist-reviewers"]),
        ("Two authors appraised the trials.", []),
        ("The titles were screened.", []),
    ],
)
def test_a_checklist_does_not_contradict_the_text(text, rules):
    matter = Matter([Passage("methods", text, "02.md", 1)], {}, checklists=CHECKLISTS)
    assert [one.rule for one in audit(matter, OF_METHODS).findings] == rules


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("The search was limited to articles in English.", ["search-limits"]),
        ("Searches were restricted to studies of humans.", ["search-limits"]),
        ("The searches were restricted to humans.", ["search-limits"]),
        ("The search was restricted to three databases.", []),
        ("No limits of language were set.", []),
    ],
)
def test_limits_are_not_named_where_none_were_set(text, rules):
    searches = [{"id": "a", "database": name, "date": "2024-05-03", "limits": "None"} for name in ("A", "B", "C")]
    assert reported(text, settings={"searches": searches}) == rules


@pytest.mark.parametrize(
    ("term", "there"),
    [
        ("heart failure", True),
        ("heart-failure", True),
        ("cardiac decompensation", True),
        ("nurse*", True),
        ("nursing", True),
        ("nurse", True),
        ("clinics", True),
        ("failure, heart", True),
        ("heart", True),
        ("cardiac failure", False),
        ("renal failure", False),
        ("doctor", False),
    ],
)
def test_terms_are_looked_for_as_platforms_write_them(term, there):
    assert any(contains(words_of(text), words_of(term)) for text in STRATEGIES.values()) is there
