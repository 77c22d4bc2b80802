import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.kappa import NO_WIDTH, PERFECT, SAME, agreement


def answers(*rows, names=("A", "B")):
    return {str(number): dict(zip(names, row, strict=False)) for number, row in enumerate(rows)}


IN, EX = "include", "exclude"


def test_cohens_kappa_with_its_interval_as_published():
    """Cohen's formula by hand; the interval against Fleiss, Cohen and Everitt's standard error by hand."""
    rows = [(IN, IN)] * 20 + [(IN, EX)] * 5 + [(EX, IN)] * 10 + [(EX, EX)] * 15
    result = agreement(answers(*rows), ["A", "B"])
    assert (result["n"], result["agree"], result["raw"], result["kappa"]) == (50, 35, 0.7, pytest.approx(0.4))
    assert (result["method"], result["reason"]) == ("Cohen's kappa", "")
    p = {(0, 0): 0.4, (0, 1): 0.1, (1, 0): 0.2, (1, 1): 0.3}
    row, column, kappa, chance = (0.5, 0.5), (0.6, 0.4), 0.4, 0.5
    first = sum(p[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in (0, 1))
    second = (1 - kappa) ** 2 * sum(p[i, j] * (column[i] + row[j]) ** 2 for i, j in ((0, 1), (1, 0)))
    error = ((first + second - (kappa - chance * (1 - kappa)) ** 2) / (50 * (1 - chance) ** 2)) ** 0.5
    assert (result["low"], result["high"]) == (
        pytest.approx(0.4 - 1.959964 * error),
        pytest.approx(0.4 + 1.959964 * error),
    )


def test_what_cannot_be_computed_is_null_and_says_why():
    result = agreement(answers((EX, EX), (EX, EX)), ["A", "B"])
    assert (result["raw"], result["kappa"], result["reason"]) == (1.0, None, SAME)
    result = agreement(answers((EX, EX), (IN, IN)), ["A", "B"])
    assert (result["kappa"], result["low"], result["reason"]) == (1.0, None, PERFECT)
    result = agreement(answers((EX, ""), (IN,)), ["A", "B"])
    assert (result["n"], result["raw"], result["reason"]) == (0, None, "no record was decided twice")


def test_fleiss_kappa_of_more_than_two():
    names = ("A", "B", "C")
    rows = [(IN, IN, IN)] * 4 + [(IN, EX, IN)] * 2 + [(EX, EX, EX)] * 4
    result = agreement(answers(*rows, names=names), names)
    # By hand: mean agreement (8 + 2/3) / 10; share of inclusions 16/30.
    mean, chance = (8 + 2 / 3) / 10, (16 / 30) ** 2 + (14 / 30) ** 2
    assert result["kappa"] == pytest.approx((mean - chance) / (1 - chance))
    assert (result["n"], result["agree"], result["low"]) == (10, 8, None)
    assert [pair["reviewers"] for pair in result["pairs"]] == [["A", "B"], ["A", "C"], ["B", "C"]]


def test_a_team_of_three_of_whom_two_read_each_record():
    contents = {
        "1": {"A": IN, "B": IN},
        "2": {"B": EX, "C": EX},
        "3": {"A": IN, "C": EX},
        "4": {"A": IN, "B": IN, "C": EX},
    }
    result = agreement(contents, ["A", "B", "C"])
    assert (result["n"], result["agree"], result["method"]) == (3, 2, "Fleiss' kappa, 2 answers per record")
    assert "1 record" in result["reason"] or "1 records" in result["reason"]


@given(st.lists(st.tuples(st.sampled_from([IN, EX, ""]), st.sampled_from([IN, EX, ""])), max_size=30))
def test_numbers_stay_within_their_bounds(rows):
    result = agreement(answers(*rows), ["A", "B"])
    assert result["n"] == sum(bool(a and b) for a, b in rows)
    if result["low"] is not None:
        assert -1 <= result["low"] <= result["kappa"] <= result["high"] <= 1
    assert result["kappa"] is not None or result["reason"]


def test_of_two_numbers_of_answers_that_are_as_common_the_larger_counts():
    names = ("A", "B", "C")
    rows = [(IN, IN, ""), (EX, EX, ""), (IN, EX, IN), (EX, EX, EX)]
    for order in (rows, rows[::-1]):
        result = agreement(answers(*order, names=names), names)
        assert (result["method"], result["n"], result["agree"]) == ("Fleiss' kappa, 3 answers per record", 2, 1)
        assert result["reason"].startswith("2 records")


def test_a_record_that_one_reviewer_decided_is_neither_rated_nor_left_out():
    names = ("A", "B", "C")
    rows = [(IN, "", "")] * 5 + [(IN, IN, IN), (EX, EX, IN)]
    result = agreement(answers(*rows, names=names), names)
    assert (result["method"], result["n"], result["agree"], result["reason"]) == (
        "Fleiss' kappa, 3 answers per record",
        2,
        1,
        "",
    )
    alone = agreement(answers(*rows[:5], names=names), names)
    assert (alone["n"], alone["raw"], alone["kappa"], alone["method"]) == (0, None, None, "Fleiss' kappa")
    assert alone["reason"] == "no record was decided twice"


def test_no_interval_leaves_the_scale():
    """The asymptotic interval of few records is wider than the scale of kappa, at either end."""
    low = agreement(answers((IN, EX), (EX, IN), (IN, EX), (IN, IN)), ["A", "B"])
    assert (low["low"], low["high"] < 1) == (-1.0, True)
    high = agreement(answers((IN, IN), (EX, EX), (EX, EX), (EX, IN), (EX, EX)), ["A", "B"])
    assert (high["high"], high["low"] > -1) == (1.0, True)


@given(
    st.lists(st.tuples(*[st.sampled_from([IN, EX, ""])] * 3), max_size=20),
    st.permutations(["A", "B", "C"]),
    st.randoms(use_true_random=False),
)
def test_agreement_of_three_follows_from_the_answers_alone(rows, names, random):
    """Neither the order of the records nor that of the reviewers counts; kappa is 1 only where all agree."""
    votes = answers(*rows, names=("A", "B", "C"))
    keys = list(votes)
    random.shuffle(keys)
    result = agreement(votes, ["A", "B", "C"])
    again = agreement({key: votes[key] for key in keys}, names)
    same = ("n", "agree", "raw", "method", "reason")
    assert [result[key] for key in same] == [again[key] for key in same]
    assert result["kappa"] == pytest.approx(again["kappa"], nan_ok=True)
    sizes = [sum(map(bool, row)) for row in rows if sum(map(bool, row)) > 1]
    assert result["n"] == max((sizes.count(size) for size in sizes), default=0)
    if result["kappa"] is not None:
        assert -1 <= result["kappa"] <= 1 and (result["kappa"] == pytest.approx(1)) == (result["agree"] == result["n"])


def test_an_interval_without_a_width_is_none():
    """One reviewer always says the same: kappa is zero, and so is its standard error."""
    # Of three to two and of five to one, the variance is not computed as zero: 7e-17 and 7e-16.
    for same, other in ((1, 2), (2, 2), (3, 2), (5, 1), (700, 300)):
        result = agreement(answers(*[(IN, IN)] * same, *[(IN, EX)] * other), ["A", "B"])
        assert (result["kappa"], result["low"], result["high"], result["reason"]) == (0.0, None, None, NO_WIDTH)
