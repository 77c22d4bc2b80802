"""The mutation of values in text: wrong ones that the audit must catch, and what is left of the others."""

from dataclasses import replace

from prismake.audit.run import audit
from prismake.common.values import count, noun

from tests.prismake.audit.manuscripts import matter
from tools.mutate_text import mutants, run

TREE = {
    "flow": {"identified": count(428, "rows", noun("records")), "included": count(12, "rows", noun("studies"))},
    "pooled": {"women": count(50, "sum", noun("women"))},
}
TEXT = (
    "# Results\n\nOf {{ flow.identified | n }} records, {{ flow.included | n }} studies "
    "with {{ pooled.women | n }} women met it.\n"
)


def test_every_value_is_typed_and_exchanged(tmp_path):
    made = matter(tmp_path, TEXT, TREE)
    texts = {(mutant.how, mutant.passage.text) for mutant in mutants(made, 1)}
    assert ("typed right", "Of 428 records, 12 studies with 50 women met it.") in texts
    assert ("typed one off", "Of 428 records, 13 studies with 50 women met it.") in texts
    assert ("digits swapped", "Of 824 records, 12 studies with 50 women met it.") in texts
    assert ("typed in words", "Of 428 records, thirteen studies with 50 women met it.") in texts
    assert sum(how == "exchanged" for how, _ in texts) == 3


def test_the_share_that_is_caught(tmp_path):
    shares, missed = run(matter(tmp_path, TEXT, TREE), 1)
    assert {how: caught == number for (_, how), (caught, number) in shares.items()} == dict.fromkeys(
        ("typed right", "typed one off", "digits swapped", "typed in words", "exchanged"), True
    )
    assert missed == []


def test_what_only_warns_is_caught_too(tmp_path):
    text = "# Results\n\nThe largest trial randomized {{ pooled.patients.max | n }} patients.\n"
    tree = {"pooled": {"patients": {end: count(one, end, noun("patients")) for end, one in (("min", 9), ("max", 80))}}}
    made = matter(tmp_path, text, tree)
    shares, missed = run(made, 1, exchanged_alone=True)
    wrong = next(mutant for mutant in mutants(made, 1) if mutant.how == "exchanged alike")
    findings = audit(replace(made, passages=[wrong.passage])).findings
    assert {(one.rule, one.severity) for one in findings} == {("value-extreme", "warning")}
    assert missed == [] and shares["findings", "exchanged alike"] == [1, 1]
