import hashlib
from pathlib import Path

import pytest
from prismake.common.errors import BuildStop
from prismake.common.steps import report_issues
from prismake.common.validation import check_document
from prismake.common.yaml_files import load_yaml
from prismake.review.kinds import KINDS, checklists_of
from prismake.submission import supplement_parts
from prismake.submission.checklists import Checklist, Float, Item, Places, locate, read_checklist
from prismake.submission.pages import Heading

from tests.places import PACKAGE, PROJECT, SCHEMAS

FORMS = PACKAGE / "submission" / "checklists"
MINE = Path("manuscript/checklists.yaml")


def digest(form: Checklist) -> str:
    words = "\n".join(f"{item.item}\t{item.topic}\t{item.text}" for item in form.items)
    return hashlib.sha256(words.encode()).hexdigest()


@pytest.mark.parametrize(
    ("name", "parts", "numbers", "words"),
    [
        ("prisma2020", 42, 27, "c91566b3322e808c3fc3a99b691361c7ce995c2f478a465ba21b809fb67dd334"),
        ("prisma2020_abstracts", 12, 12, "1f42daecb5d0bb7efdeac33fb057bdd5ccd4dccb14aa5089326591d1677db66f"),
        ("prisma_s", 16, 16, "4d7b6827418adf2d2b64051cff6cf4b3ce3932dd92d67b6203f934bd6883465e"),
    ],
)
def test_the_wording_is_that_of_the_source(name, parts, numbers, words):
    form = read_checklist(FORMS / f"{name}.yaml")
    assert len(form.items) == parts
    assert list(dict.fromkeys(item.item.rstrip("abcdef") for item in form.items)) == [
        str(number) for number in range(1, numbers + 1)
    ]
    assert digest(form) == words
    assert "CC BY" in form.licence
    assert "doi: 10." in form.source


HEADINGS = (
    Heading("Methods", (), 3),
    Heading("Appraisal", ("Methods",), 4),
    Heading("Results", (), 5, "3. Findings"),
    Heading("Appraisal", ("Results",), 7),
)

FORM = Checklist(
    "form", "Form", "source", "CC BY 4.0", tuple(Item(n, "Methods", "Topic", "Say it.") for n in "123"), {}
)
PLACES = Places(HEADINGS, {"tbl:one": Float("Table 1", 6)}, ["Search Strategies"])


def located(**reported):
    return locate(FORM, {key.removeprefix("n"): value for key, value in reported.items()}, PLACES, MINE)


def test_each_kind_of_place_is_found_with_its_page():
    result, issues = located(
        n1=["Title", "Results"], n2=["@tbl:one", "Results > Appraisal"], n3=["Supplement: Search Strategies"]
    )
    assert result == {
        "1": "Page 1, title; page 5, 3. Findings",
        "2": "Page 6, Table 1; page 7, Appraisal",
        "3": "Supplement, Search Strategies",
    }
    assert issues == []


def test_what_does_not_apply_says_why():
    result, _ = located(n1={"not_applicable": "no register was searched"})
    assert result["1"] == "Not applicable: no register was searched"


def test_a_reason_may_name_the_place_that_gives_it():
    result, _ = located(n1={"not_applicable": "one register", "at": ["Results", "@tbl:one"]})
    assert result["1"] == "Not applicable: one register (page 5, 3. Findings; page 6, Table 1)"


def test_what_the_text_lacks_stands_beside_the_place():
    result, issues = located(n1={"at": "Results", "not_reported": "how many"}, n2={"not_reported": "who"}, n3="Title")
    assert result == {
        "1": "Page 5, 3. Findings. Not reported: how many",
        "2": "Not reported: who",
        "3": "Page 1, title",
    }
    assert issues == []


def test_an_item_that_nobody_located_is_a_warning_and_not_reported():
    result, issues = located(n1="Title")
    assert result["2"] == "Not reported"
    (warning,) = issues
    assert warning.severity == "warning" and "no text is known to report items 2, 3" in str(warning)


@pytest.mark.parametrize(
    ("place", "message", "fix"),
    [
        ("Result", "the manuscript has no heading 'Result'", "did you mean 'Results'?"),
        ("Appraisal", "the manuscript has 2 headings 'Appraisal'", "write 'Methods > Appraisal'"),
        ("@tbl:two", "the manuscript has no '@tbl:two'", "did you mean '@tbl:one'?"),
        (
            "Supplement: Search Strategy",
            "the supplement has no section 'Search Strategy'",
            "did you mean 'Search Strategies'?",
        ),
    ],
)
def test_a_place_that_is_not_there_stops(place, message, fix):
    _, issues = located(n1=place, n2="Title", n3="Title")
    with pytest.raises(BuildStop) as stopped:
        report_issues(issues)
    assert str(stopped.value) == f"manuscript/checklists.yaml, form.1: {message}\n  -> {fix}"


def test_an_unknown_item_stops():
    _, issues = located(n1="Title", n2="Title", n3="Title", n4="Title")
    with pytest.raises(BuildStop, match="the Form has no item '4'"):
        report_issues(issues)


def test_the_example_locates_every_item():
    reported = load_yaml(PROJECT / MINE)
    check_document(reported, load_yaml(SCHEMAS / "checklists.schema.yaml"), MINE)
    for name in KINDS["systematic"].checklists:
        form = read_checklist(FORMS / f"{name}.yaml")
        assert list(reported[form.id]) == [item.item for item in form.items]


@pytest.mark.parametrize(("name", "items"), [("prisma_scr", 22), ("prisma_lsr", 8)])
def test_a_checklist_whose_wording_may_not_be_stored_lists_topics(name, items):
    form = read_checklist(FORMS / f"{name}.yaml")
    assert len({item.item for item in form.items}) == len(form.items) == items
    assert not any(item.text for item in form.items) and all(item.topic for item in form.items)
    assert set(form.particulars) <= {item.item for item in form.items}
    (_, block) = supplement_parts.checklist(form, {"1": "Page 1, title"}).blocks
    assert "Checklist item" not in block and "Page 1, title" in block


def test_every_kind_of_review_has_checklists_that_there_are():
    ids = {path.stem for path in FORMS.glob("*.yaml")}
    counting = {"review": {"kind": "systematic"}, "synthesis": {"directions": {"pain": {}}}}
    assert {name for kind in KINDS.values() for name in kind.checklists} == ids - {"swim"}
    assert checklists_of(counting) == (*KINDS["systematic"].checklists, "swim")
    assert checklists_of({"review": {"kind": "systematic"}}) == KINDS["systematic"].checklists
    assert set(KINDS) == set(
        load_yaml(SCHEMAS / "config.schema.yaml")["properties"]["review"]["properties"]["kind"]["enum"]
    )
