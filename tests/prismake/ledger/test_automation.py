from prismake import __version__
from prismake.ledger.automation import UNEVALUATED, automation_values

FLOW = {
    "boxes": [
        {"id": "title.screened", "role": "screened", "stage": "title", "label": "Titles screened", "n": 10},
        {"id": "title.automation", "role": "split", "stage": "title", "n": 3},
        {"id": "title.human", "role": "split", "stage": "title", "n": 1},
        {"id": "fulltext.assessed", "role": "screened", "stage": "fulltext", "label": "Assessed", "n": 6},
        {"id": "fulltext.automation", "role": "split", "stage": "fulltext", "n": 0},
    ]
}
TOOL = {"tool": "ASReview", "task": "ranked the records", "oversight": "two reviewers decided on every record"}


def statement(*tools):
    return automation_values(tools, FLOW)["statement"].value


def test_rules_and_deduplication_are_stated_without_a_setting():
    assert statement() == (
        f"Duplicate records were identified with Prismake {__version__} by fixed rules, without machine learning. "
        "Fixed rules, set by the authors, excluded 3 records at the stage “Titles screened”."
    )


def test_a_tool_is_stated_with_all_that_is_known_of_it():
    assert statement(TOOL).endswith(
        f"ASReview ranked the records. Two reviewers decided on every record. {UNEVALUATED}"
    )
    whole = {**TOOL, "version": 2.1, "maker": "a university", "used": "in May 2026", "evaluation": "it missed 1 of 40."}
    assert statement(whole).endswith(
        "ASReview 2.1 (a university, used in May 2026) ranked the records. "
        "Two reviewers decided on every record. It missed 1 of 40."
    )


def test_numbers_are_values_too():
    values = automation_values([TOOL], FLOW)
    assert (values["n_tools"].value, values["by_rules"].value, values["tools"].value) == (1, 3, ["ASReview"])
