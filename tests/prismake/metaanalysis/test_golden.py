"""Every measure and model against metafor, whose answers tools/metafor_oracle.R wrote down."""

import csv
from collections import defaultdict

import numpy as np
import pytest

from tests.prismake.metaanalysis.answers import DATA, answer

# Relative; and absolute, for values that are 0 but for rounding.
CLOSE, ZERO = 1e-6, 1e-7


def questions():
    golden: dict[tuple[str, str, str], dict[str, np.ndarray]] = defaultdict(dict)
    with (DATA / "golden.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["data"], row["measure"], row["analysis"]
            golden[key][row["quantity"]] = np.array([float(value) for value in row["values"].split(";")])
    return golden


GOLDEN = questions()


def test_the_oracle_covers_twelve_data_sets():
    assert len({name for name, _, _ in GOLDEN}) >= 12


@pytest.mark.parametrize("name", sorted({name for name, _, _ in GOLDEN}))
def test_prismake_answers_as_metafor(name):
    wrong = []
    for (data, measure, analysis), expected in GOLDEN.items():
        if data != name:
            continue
        given = answer(data, measure, analysis)
        for quantity, values in expected.items():
            if not np.allclose(given[quantity], values, rtol=CLOSE, atol=ZERO):
                wrong.append(f"{measure}, {analysis}, {quantity}: {given[quantity]}, metafor {values}")
    assert not wrong, "\n".join(wrong)
