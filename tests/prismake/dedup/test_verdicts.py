"""What each veto says of fourteen thousand pairs of records: every two values of a field, and many at once.

A condition of a veto that is turned round, dropped or moved by one level changes some of these verdicts. After a change
that is meant, and whose effect `benchmarks/dedup.py` has shown, write them anew:

    python -m tests.prismake.dedup.test_verdicts
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from prismake.dedup import title_pairs, vetoes
from prismake.dedup.features import Features, read_features
from prismake.dedup.scoring import Comparison, compare

from tests.prismake.dedup.conftest import ARTICLE, Record, frame_of, table_of

FIXTURE = Path(__file__).parent / "fixtures" / "verdicts.txt"
MIXED, LINE = 3000, 50
TITLE = ARTICLE["title"]
MEETING = "Proceedings of the 12th Congress of Invented Spine Medicine"
# The first value of each field is the usual one; the others stand for what exports and other works have.
VALUES: dict[str, list[str]] = {
    "title": [
        TITLE,
        TITLE.upper() + ".",
        TITLE.split(":")[0],
        TITLE.replace("painful", "osteoporotic"),
        TITLE.replace("older adults", "young women"),
        "Cement augmentation of thoracic fractures",
        f"Erratum: {TITLE}",
        f"{TITLE} - Reply",
        f"Comment on: {TITLE}",
        f"Retraction: {TITLE}",
        f"{TITLE}: study protocol",
        f"{TITLE}. Part II",
        f"{TITLE.split(':')[0]} at 24 months",
        "Editorial",
        "Book reviews",
        MEETING,
        "Spinal cement",
        "Painful thoracic fractures",
        TITLE.replace("painful", "pa1nful").replace("cohort", "c0hort"),
        "Cement for spine",
        "Cement for spine pain",
        "Cement for spine pain now",
        "Cement for thoracic spine pain now",
        "Cement for thoracic spine pain now: results",
        "Cement for thoracic spine pain now: results of a registry in two towns",
        "Cement for older thoracic spine pain now",
        "Cement for older thoracic spine pain now: results of a registry in two towns",
        "Cement for spine pain: results of a registry in two towns",
        "",
    ],
    "author": [
        ARTICLE["author"],
        "Okafor AB, Lindqvist P, Tanaka Y",
        "Okafor, Ada B; Lindqvist, Per",
        "Okafor, Ada B; Haddad, Samir",
        "Okafor, Ada B",
        "Moreau, Luc; Haddad, Samir",
        "Moreau, Luc",
        "Moreau L",
        "Moreau, Luc; Okafor, Ada B; Haddad, Samir",
        "",
    ],
    "year": ["2014", "2015", "2013", "2009", ""],
    "journal": [
        ARTICLE["journal"],
        "Eur J Invented Med",
        "European",
        "Congress of Invented Medicine",
        "medRxiv",
        "Spine Notes",
        "",
    ],
    "volume": ["31", "32", "30", "1", "0", ""],
    "number": ["4", "5", "2", "1", "Suppl 1", ""],
    "pages": [
        "417-425",
        "417-430",
        "410-425",
        "417",
        "417-25",
        "425",
        "426-433",
        "e1417",
        "S12",
        "5-6",
        "5",
        "990-1004",
        "0",
        "0-3",
        "20-25",
        "21-25",
        "",
    ],
    "doi": ["", ARTICLE["doi"], "10.5555/ejim.2014.999", "10.5555/ejim.2014"],
    "pmid": ["", "99900001", "99900002"],
    "trial_ids": ["", "NCT99900001", "NCT99900002", "ISRCTN99900001"],
    "abstract": [
        "",
        ARTICLE["abstract"],
        ARTICLE["abstract"][:90],
        "Another text about balance training in two towns.",
    ],
    "publication_types": ["", "Conference Abstract", "Journal Article"],
}


def chance(*parts: object) -> int:
    """A number that follows from its parts, the same on every machine and in every version of Python."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:6], "big")


def mixed(number: int) -> tuple[Record, Record]:
    """Two records that differ in a few fields; every other pair starts near the article, the others anywhere."""
    odd = (100, 45)[number % 2]
    first = {
        name: values[chance(number, name) % len(values) if chance(number, name, "odd") % 100 < odd else 0]
        for name, values in VALUES.items()
    }
    second = {
        name: values[chance(number, name, "two") % len(values)]
        if chance(number, name, "new") % 100 < 22
        else first[name]
        for name, values in VALUES.items()
    }
    return first, second


# Of three to six words that say what they are about.
GROWING = (
    "Cement for spine pain",
    "Cement for thoracic spine pain",
    "Cement for painful thoracic spine fractures",
    "Cement for painful thoracic spine fractures after falls",
)
# What both records of a pair have, and what the second has besides; all other fields are the article's.
NOWHERE = {"volume": "", "number": "", "pages": ""}
SETTINGS: list[tuple[Record, Record]] = [
    ({}, {}),
    ({"pages": ""}, {}),
    ({"pages": ""}, {"number": "Suppl 1"}),
    ({"pages": ""}, {"number": "5"}),
    ({"pages": "", "author": ""}, {}),
    ({"pages": ""}, {"year": "2015"}),
    (NOWHERE, {}),
    (NOWHERE, {"year": "2015"}),
    ({"pages": "417"}, {}),
    ({"pages": "417"}, {"pages": ""}),
    ({"pages": "417", "volume": ""}, {"pages": "", "number": "5"}),
    ({}, {"pages": "426-433"}),
    ({}, {"year": "2015", "volume": "32"}),
    ({}, {"volume": "32"}),
    ({}, {"journal": "Spine Notes"}),
    ({}, {"journal": "Congress of Invented Medicine", "volume": "", "pages": ""}),
    ({}, {"author": "Moreau, Luc; Haddad, Samir"}),
    ({"author": ""}, {}),
    ({"abstract": ARTICLE["abstract"]}, {"volume": "32"}),
    ({"doi": ARTICLE["doi"]}, {}),
    ({"doi": ARTICLE["doi"], "pages": ""}, {"year": "2015"}),
    ({"doi": ARTICLE["doi"]}, {"doi": "10.5555/ejim.2014.999"}),
    ({"pages": "417-417"}, {"pages": "426-433"}),
    ({"pages": "417-417", "number": ""}, {"pages": "426-433"}),
    ({"pages": "417", "number": "1"}, {"pages": "", "number": ""}),
    ({"pages": "417", "number": "2"}, {"pages": "", "number": ""}),
    ({"pages": "417", "number": ""}, {"pages": "", "number": "2"}),
    ({"pages": "", "number": ""}, {"pages": "417", "number": "1"}),
    ({"pages": "", "number": ""}, {"pages": "417", "number": "2"}),
    ({"title": "Editorial"}, {}),
    ({"title": "Editorial", "number": ""}, {}),
    ({"title": "Spinal cement", "author": "Okafor, Ada B; Lindqvist, Per", "pages": ""}, {}),
    ({**NOWHERE, "author": "Okafor, Ada B"}, {}),
    *(
        (
            {**NOWHERE, "author": "Okafor, Ada B", "title": title},
            {"title": f"{title}: results of a registry in two towns"},
        )
        for title in GROWING
    ),
    *(({"title": title}, {"title": f"{title}: results of a registry in two towns"}) for title in GROWING),
    *(({"title": title}, {"pages": "417-430"}) for title in GROWING),
    ({"title": "Spinal cement"}, {}),
    ({"title": MEETING, "author": ""}, {}),
    ({"title": f"{TITLE}. Part II"}, {"pages": "426-433"}),
]


def varied() -> Iterator[tuple[Record, Record]]:
    """Each two values of a field in every setting; a title beside the usual one and beside itself."""
    usual = {name: values[0] for name, values in VALUES.items()}
    for both, other in SETTINGS:
        for name, values in VALUES.items():
            two = [(values[0], value) for value in values] + [(value, value) for value in values[1:]]
            for first, second in two if name == "title" else combinations_with_replacement(values, 2):
                yield {**usual, **both, name: first}, {**usual, **both, **other, name: second}


@cache
def pairs_of_records() -> list[tuple[Record, Record]]:
    return [*map(mixed, range(MIXED)), *varied()]


@cache
def compared() -> tuple[Features, Comparison]:
    """All pairs as the vetoes see them; `make mutants` compares them once for all mutants."""
    records = [record for pair in pairs_of_records() for record in pair]
    features = read_features(table_of(frame_of(records)))
    left = np.arange(0, len(records), 2)
    return features, compare(features, left, left + 1)


def test_the_pairs_reach_every_level_of_agreement() -> None:
    levels = compared()[1].levels
    whole = {"title": 8, "pages": 7, "author": 6, "journal": 4, "year": 4, "volume": 4, "numbers": 4}
    for name, every in whole.items():
        # A translated title has another language's words, which no pair here has.
        wanted = set(range(every)) - ({title_pairs.TRANSLATED} if name == "title" else set())
        assert set(levels[name].tolist()) == wanted, name


def verdicts() -> list[str]:
    """For each pair the vetoes that forbid it (in hexadecimal), and the first letters of the rule for a merge."""
    features, pairs = compared()
    facts = vetoes.facts_about(features, pairs)
    bits = sum(test(facts).astype(int) << place for place, (test, _) in enumerate(vetoes.VETOES.values()))
    names = [
        "".join(word[0] for word in name.split())
        for name in map(vetoes.RULES.__getitem__, vetoes.rules_of(features, pairs))
    ]
    return [f"{mask:03x}{name}" for mask, name in zip(np.asarray(bits).tolist(), names, strict=True)]


def test_the_vetoes_give_what_they_gave() -> None:
    result, expected = verdicts(), FIXTURE.read_text(encoding="utf-8").split()
    assert len(result) == len(expected) == len(pairs_of_records())
    changed = [number for number, verdict in enumerate(result) if verdict != expected[number]]
    first = changed[0] if changed else 0
    pair = pairs_of_records()[first]
    assert not changed, f"{len(changed)} pairs, the first: {pair} gives {result[first]} and gave {expected[first]}"


def test_the_first_veto_is_the_first_of_all_that_hold() -> None:
    masks = [int(verdict[:3], 16) for verdict in verdicts()]
    # The lowest bit of a number, counted from 0; -1 where there is none.
    lowest = [(mask & -mask).bit_length() - 1 for mask in masks]
    assert vetoes.first_veto(*compared()).tolist() == lowest
    assert set(lowest) == {vetoes.NO_VETO, *range(len(vetoes.VETOES))}


def test_the_pairs_reach_every_veto_alone_and_none() -> None:
    masks = {int(verdict[:3], 16) for verdict in FIXTURE.read_text(encoding="utf-8").split()}
    assert {0, *(1 << place for place in range(len(vetoes.VETOES)))} <= masks


if __name__ == "__main__":
    results = verdicts()
    FIXTURE.parent.mkdir(exist_ok=True)
    lines = (" ".join(results[start : start + LINE]) for start in range(0, len(results), LINE))
    FIXTURE.write_text("\n".join(lines) + "\n", encoding="utf-8")
