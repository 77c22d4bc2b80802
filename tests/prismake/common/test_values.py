"""The ledger's values: nouns, their file, and how the text's expressions see them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.errors import BuildStop
from prismake.common.values import (
    Named,
    Value,
    as_document,
    count,
    flat,
    ledger_of,
    named_tree,
    noun,
    plural_of,
    singular_of,
)

from tests.ledgers import names_of


@pytest.mark.parametrize(
    ("singular", "many"),
    [
        ("woman", "women"),
        ("study", "studies"),
        ("day", "days"),
        ("case series", "case series"),
        ("case report", "case reports"),
        ("biopsy", "biopsies"),
        ("analysis", "analyses"),
        ("box", "boxes"),
        ("branch", "branches"),
        ("post-mortem diagnosis", "post-mortem diagnoses"),
        ("abscess", "abscesses"),
        ("loss of follow-up", "losses of follow-up"),
        ("leakage at an unspecified site", "leakages at an unspecified site"),
        ("study (animal)", "studies (animal)"),
        ("in vitro study", "in vitro studies"),
        ("child with asthma", "children with asthma"),
    ],
)
def test_a_noun_and_its_plural(singular, many):
    assert plural_of(singular) == many and singular_of(many) == singular


def test_a_plural_stays_a_plural():
    assert [plural_of(one) for one in ("mixed methods", "RCTs", "lens", "bus")] == [
        "mixed methods",
        "RCTs",
        "lenses",
        "buses",
    ]


TREE = {
    "pooled": {
        "women": {
            "": count(50, "a sum", noun("women"), roles=(("women",),), studies=("a", "b")),
            "n": count(93, "a sum", noun("patients")),
            "studies": Value(["a", "b"], "studies", "those that report it"),
        }
    },
    "search": {"last_date": Value("2025-12-16", "date", "the latest")},
    "gap": Value(None, "measure", "not reported"),
}


def test_what_is_written_is_read_again():
    document = json.loads(json.dumps(as_document(TREE)))
    assert ledger_of(document, "x") == dict(flat(TREE))
    assert list(document["values"]) == [
        "pooled.women",
        "pooled.women.n",
        "pooled.women.studies",
        "search.last_date",
        "gap",
    ]


def test_a_name_is_a_number_and_has_others_below_it():
    names = named_tree(dict(flat(TREE)))
    women = names["pooled"]["women"]
    assert women == 50 and isinstance(women, Named) and women.name == "pooled.women"
    assert women.below["n"] == 93 and women.below["studies"] == ["a", "b"]
    assert names["search"]["last_date"] == "2025-12-16" and names["gap"] is None


@pytest.mark.parametrize(
    "document", [{}, {"schema": "2", "values": {}}, {"schema": "prismake values 1", "values": {"a": {"value": 1}}}]
)
def test_another_files_content_is_refused(document):
    with pytest.raises(BuildStop, match="not a ledger"):
        ledger_of(document, "values.json")


NAMES = st.text("abc", min_size=1, max_size=2)


@given(
    st.dictionaries(
        NAMES, st.one_of(st.integers(0, 9), st.dictionaries(NAMES, st.floats(0, 9), min_size=1)), max_size=5
    )
)
def test_expressions_see_every_value_with_its_name(plain):
    names = names_of(plain)
    for key, item in plain.items():
        if isinstance(item, dict):
            assert {name: float(value) for name, value in names[key].items()} == item
            assert {value.name for value in names[key].values()} == {f"{key}.{name}" for name in item}
        else:
            assert names[key] == item and names[key].name == key
