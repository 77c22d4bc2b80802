"""What deduplication did, as the text may use it, from its tables."""

from typing import Any

from prismake.ledger.records import deduplication_values

from tests.ledgers import plain_of

RULES = {"identifier": 3, "title and pages": 1}
COLUMNS = ("records", "duplicates_within", "works", "unique", "shared")


def source(search: str, database: str, *numbers: int) -> dict[str, Any]:
    return {"search": search, "database": database, **dict(zip(COLUMNS, map(str, numbers), strict=True))}


SOURCES = [source("pub-med", "PubMed", 90, 4, 86, 50, 36), source("all", "", 140, 9, 104, 68, 36)]


def test_every_number_comes_from_its_table() -> None:
    tree = deduplication_values(RULES, 3, [{}, {}], [{}, {}, {}], [{}], [{**SOURCES[0], "with_web-2": "9"}, SOURCES[1]])
    assert plain_of(tree) == {
        "merged": 3,
        "pairs": 4,
        "to_review": 2,
        "decided": 3,
        "linked": 1,
        "rules": {"identifier": 3, "title_and_pages": 1},
        "sources": {
            "pub_med": {
                "records": 90,
                "duplicates_within": 4,
                "works": 86,
                "unique": 50,
                "shared": 36,
                "with_web_2": 9,
            },
            "all": {"records": 140, "duplicates_within": 9, "works": 104, "unique": 68, "shared": 36},
        },
    }


def test_nothing_merged_is_zero() -> None:
    assert plain_of(deduplication_values({}, 0, [], [], [], [])) == {
        **dict.fromkeys(("merged", "pairs", "to_review", "decided", "linked"), 0),
        "rules": {},
        "sources": {},
    }
