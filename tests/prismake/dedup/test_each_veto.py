"""Each veto has a pair of records that it alone keeps apart: with it two works, without it one."""

from collections.abc import Callable

import numpy as np
import pytest
from prismake.dedup import vetoes
from prismake.dedup.levels import Mask

from tests.prismake.dedup.conftest import ARTICLE, Record, copy, run

TITLE = ARTICLE["title"]
NO_ID = {"doi": "", "abstract": ""}
# Veto -> the changes of both records.
PAIRS: dict[str, tuple[Record, Record]] = {
    "doi": ({"abstract": ""}, {"doi": "10.5555/ejim.2014.999", "abstract": "", "volume": "", "number": ""}),
    "pmid": ({**NO_ID, "pmid": "99900001"}, {**NO_ID, "pmid": "99900002"}),
    "kind": (NO_ID, {**NO_ID, "title": f"Erratum: {TITLE}"}),
    "trial": ({**NO_ID, "trial_ids": "NCT99900001"}, {**NO_ID, "trial_ids": "NCT99900002"}),
    "numbers": ({}, {"title": f"{TITLE}: 24 months", "year": "2015", "volume": "32", "pages": "417"}),
    "more": (NO_ID, {**NO_ID, "title": f"{TITLE.split(':')[0]} at 24 months", "volume": "", "number": "", "pages": ""}),
    # One DOI for a supplement, no pages: the same title, other people.
    "authors": ({}, {"author": "Moreau, Luc; Haddad, Samir", "pages": ""}),
    "source": (NO_ID, {**NO_ID, "volume": "", "number": "5", "pages": "417", "year": "2015"}),
    "title": (NO_ID, {**NO_ID, "title": TITLE.replace("painful", "osteoporotic"), "author": ""}),
    "little": (NO_ID, {**NO_ID, "title": "Cement augmentation of thoracic fractures", "pages": ""}),
}


def one_work(*records: Record) -> bool:
    roots = run(records).roots
    return bool(roots[0] == roots[1])


def never(test: Callable[[vetoes.Facts], Mask]) -> Callable[[vetoes.Facts], Mask]:
    """The test of a veto, with no pair that it forbids."""
    return lambda facts: np.zeros_like(test(facts))


def test_every_veto_has_its_pair() -> None:
    assert set(PAIRS) == set(vetoes.VETOES)


@pytest.mark.parametrize("veto", PAIRS)
def test_each_veto_alone_keeps_two_works_apart(veto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (copy(**changes) for changes in PAIRS[veto])
    assert not one_work(first, second) and not one_work(second, first)
    test, text = vetoes.VETOES[veto]
    monkeypatch.setitem(vetoes.VETOES, veto, (never(test), text))
    assert one_work(first, second)
