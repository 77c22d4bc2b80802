"""Passages, typed numbers, what authors state, waive and sign."""

from dataclasses import replace

import pytest
from prismake.audit import rules
from prismake.audit.build import kept_statements, placed
from prismake.audit.findings import Finding, issues_of, merged
from prismake.audit.passages import Passage, Printed
from prismake.audit.run import audit
from prismake.audit.starting import to_state
from prismake.audit.statements import Row, Statements, digest_of
from prismake.common.modules import modules_of
from prismake.common.places import schema_of
from prismake.common.results.audit import TO_STATE
from prismake.common.values import Value, count, noun

from tests.places import PACKAGE, SCRIPTS

from .manuscripts import findings, matter

TREE = {
    "flow": {"included": count(9, "rows", noun("studies"))},
    "studies": {"doe2020": {"cases": count(5, "cases of doe2020", noun("patients"), studies=("doe2020",))}},
    "search": {"last_date": Value("2025-12-16", "date", "the latest")},
}
STUDIES = [{"study_id": "doe2020", "cases": 5}]
WORKS = {"smith2010": {"title": "Other"}}


def typed(folder, text, **more):
    made = matter(folder, text, TREE, studies=STUDIES, references=WORKS, **more)
    return findings(made, "typed-number", "typed-number-bare", "typed-number-discussed")


def test_a_passage_knows_which_letters_a_value_printed(tmp_path):
    made = matter(
        tmp_path,
        "# Results\n\nOf {{ flow.included }} met *by* [@doe2020; see @smith2010, p. 3], 7 left.\n",
        TREE,
        studies=STUDIES,
        references=WORKS,
    )
    (passage,) = [one for one in made.passages if one.part == "results" and one.text != "Results"]
    assert passage.text == "Of 9 studies met by see, p.\N{NO-BREAK SPACE}3, 7 left."
    assert [(one.expression, one.names) for one in passage.printed] == [("flow.included", ("flow.included",))]
    assert passage.keys == ["doe2020", "smith2010"] and (passage.file[-10:], passage.line) == ("01.text.md", 3)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("# Results\n\nWe included {{ flow.included }}.", []),
        ("# Results\n\nWe included 9 studies.", ["9"]),
        ("# Results\n\nWe included {{ flow.included }} of twelve.", ["twelve"]),
        ("# Results\n\nOthers found 12 [@smith2010].", []),
        ("# Results\n\nOthers found 12 [@smith2010; @doe2020].", ["12"]),
        ("# Results\n\nAt L3, by PRISMA 2020.", []),
        ("# Key Points {role=key-messages}\n\n- Only 9 studies were small.", ["9"]),
        ("# Plain Summary {role=plain-summary}\n\nThe eight included studies were small.", ["eight"]),
        ("# Results\n\nPain fell by a third.", ["third"]),
        ("# Results\n\nXIV patients were seen.", ["XIV"]),
        ("# Results\n\nThere were 1950 patients.", ["1950"]),
        ('# Results\n\nHere {{ "%s of 34" | format(flow.included.value) }} reports.', ["34"]),
        ('# Results\n\nHere {{ "{:d}".format(17) }} women.', ["17"]),
        ('# Results\n\nHere {{ {"7": flow.included.value}["7"] }} studies.', []),
        ("# Methods\n\nIn three steps.", []),
        ("# Discussion\n\nOnly 9 studies.", ["9"]),
        ("# Results\n\nA note.^[Of 4 patients.]", ["4"]),
        ("# Results\n\n| a | b |\n|---|---|\n| 1 | 17 |\n\n: Own table of 2 rows {#tbl:own}\n\nSee [@tbl:own].", ["2"]),
        ("# Results\n\n- In 4 patients\n- At rest", ["4"]),
        ("# Results\n\nTwo authors agreed; {{ flow.included }} of the two groups; two trials.", ["two"]),
        ("# Results\n\n“It took me 20 tries to feel it” (man, 62 years), one said 12.", ["12"]),
        ("# Results\n\nFour reasons stand out: cost, time, space, and noise. Four others: a, b.", ["Four"]),
        (
            "# Results\n\nIt was read twice, in the second round; the second study took twice the time.",
            ["second", "twice"],
        ),
        ("# Discussion\n\nOthers found 12 [@smith2010]; we found 13.", ["13"]),
        ("# Results {role=results}\n\nEquation $n = 93$ holds.", ["93"]),
    ],
)
def test_typed_numbers_are_found_where_values_belong(tmp_path, text, numbers):
    assert [message.split("'")[1] for _, message in typed(tmp_path, text + "\n")] == numbers


def test_title_and_abstract_are_findings_too(tmp_path):
    messages = typed(tmp_path, "# Results\n", head={"title": "A review of 9 studies", "abstract": "We found 3."})
    assert [message.split("'")[1] for _, message in messages] == ["9", "3"]


def test_without_a_ledger_nothing_can_be_a_value(tmp_path):
    assert findings(matter(tmp_path, "# Results\n\nWe included 9 studies.\n", {}), "typed-number") == []


TEXT = "# Results\n\nIt used three columns.\n\nOf 5 patients one left [@doe2020].\n"


def test_what_is_stated_with_a_source_may_be_typed(tmp_path):
    stated = [("three columns", "", "definition"), ("Of 5 patients", "results", "studies.doe2020.cases")]
    made = matter(tmp_path, TEXT, TREE, studies=STUDIES, stated=stated)
    assert audit(made).of("error") == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("three columns", "", "reference:smyth2010, p. 2"), "there is no reference 'smyth2010'"),
        (("Of 5 patients", "", "studies.doe2020.case"), "'studies.doe2020.case' is not the name of a value"),
        (("three columns", "", "studies.doe2020.cases"), "the source studies.doe2020.cases is 5"),
        (("four columns", "", "definition"), "no number of the manuscript is stated"),
        (("three columns", "abstract", "definition"), "no number of the manuscript is stated"),
    ],
)
def test_a_statement_that_does_not_hold_is_an_error(tmp_path, row, message):
    made = matter(tmp_path, TEXT, TREE, studies=STUDIES, references=WORKS, stated=[row])
    assert any(message in one.message for one in audit(made).findings if one.rule == "stated")


COPIED = """# Results

-5 to 12 points were gained, *n* = 12, at 12&nbsp;weeks, in 3--5 clinics [@doe2020], and 1,234 "or so" by half.
The two thirds, in `12` runs, gave five, six and 7.5% ($w=0.75$); see 14 there.

- 17 of them, 17 others and 17 more
- =18 at once

Of {{ studies.doe2020.cases | n }}.
"""


def test_rows_copied_from_the_list_state_their_numbers(tmp_path):
    made = matter(tmp_path, COPIED, TREE, studies=STUDIES)
    rows = to_state(audit(made))
    assert len(rows) >= 15
    TO_STATE.write(tmp_path / "stated.csv", [{**row, "source": "definition"} for row in rows])
    stated = kept_statements({"stated": [tmp_path / "stated.csv", schema_of("stated")]})
    assert audit(replace(made, statements=stated)).of("error") == []


@pytest.mark.parametrize(
    ("text", "holds"), [("aged 68.8", True), ("aged 68.84", True), ("aged 69", True), ("aged 68.9", False)]
)
def test_a_statement_may_round_its_value(tmp_path, text, holds):
    tree = {**TREE, "age": Value(68.84, "measure", "mean", unit="years", places=2)}
    made = matter(tmp_path, f"# Results\n\nThey were {text}.\n", tree, stated=[(text, "", "age")])
    assert ([one.message for one in audit(made).of("error")] == []) == holds


def test_a_waiver_needs_its_finding(tmp_path):
    waivers = [("typed-number-bare", "three columns", "a layout"), ("typed-number", "gone", "none")]
    outcome = audit(matter(tmp_path, TEXT, TREE, studies=STUDIES, waivers=waivers))
    assert outcome.waived == 1 and [one.line for one in outcome.findings if one.rule == "unused"] == [3]


def test_a_signature_holds_for_its_data_alone(tmp_path):
    made = matter(tmp_path, "# Results\n\nAll did well [@doe2020].\n", TREE, studies=STUDIES)
    passage = next(one for one in made.passages if one.cited)
    before = digest_of(passage, made.ledger, made.studies)
    assert before == digest_of(passage, made.ledger, [*STUDIES, {"study_id": "other", "cases": 1}])
    assert before != digest_of(passage, made.ledger, [{"study_id": "doe2020", "cases": 6}])


def test_many_findings_are_grouped(tmp_path):
    text = "# Results\n\nOf {{ flow.included }}.\n" + "".join(f"It was {number} studies.\n" for number in range(2, 60))
    outcome = audit(matter(tmp_path, text, TREE), ["typed-number", "typed-number-bare"])
    assert len(outcome.findings) == 58
    assert sum(line.startswith("ERROR") for line in outcome.lines()) == 10
    assert list(outcome.lines())[-1] == "… and 48 more of typed-number, listed in results/audit/findings.json"


def test_every_file_of_rules_is_imported_by_name():
    files = {path.stem for path in (PACKAGE / "audit" / "rules").glob("*.py")} - {"__init__"}
    assert set(rules.__all__) == files, "add the file to audit/rules/__init__.py"
    assert {PACKAGE / "audit" / "rules" / f"{name}.py" for name in files} <= set(
        modules_of(SCRIPTS / "audit.py", PACKAGE)
    )


def test_a_text_without_any_value_is_warned_of_its_numbers(tmp_path):
    with_values = audit(
        matter(tmp_path, "# Results\n\nWe had 9 of {{ flow.included }}.\n", TREE), ["typed-number", "typed-number-bare"]
    )
    without = audit(matter(tmp_path, "# Results\n\nWe had 9 studies.\n", TREE), ["typed-number", "typed-number-bare"])
    assert [one.severity for one in with_values.findings + without.findings] == ["error", "warning"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("In {{ flow.included | n }} because of pain, in nine because of age.", "typed-number-bare"),
        ("{{ flow.included | n }} for pain, nine for age.", "typed-number"),
        ("They had the same number (six each).", "typed-number"),
        ("Pain fell in {{ flow.included | n }}, and sleep improved in four.", "typed-number"),
        ("Pain fell in {{ flow.included | n }} who worked in groups of four.", "typed-number"),
        ("Characteristics of the eight included studies.", "typed-number"),
        ("A solution of 1.25% was used.", "typed-number-bare"),
    ],
)
def test_a_number_is_sure_where_its_sentence_says_what_it_counts(tmp_path, text, rule):
    assert [name for name, _ in typed(tmp_path, f"# Results\n\n{text}")] == [rule]


def test_findings_about_the_same_words_are_one_for_a_reader():
    one = Finding("percentage", "error", "03.md", 7, "50 (54%)", "M", "F")
    others = [
        replace(one, rule="value-twice", severity="warning", message="N"),
        replace(one, rule="value-noun", fix="G"),
    ]
    apart = replace(one, severity="confirm", rule="universal-claim")
    first, second = merged([others[0], apart, one, others[1]])
    assert (first.rule, first.message, first.fix) == ("value-twice, percentage, value-noun", "N; M", "F\n  -> G")
    assert (first.severity, second) == ("error", apart)
    (issue,) = issues_of([one.plain() for one in (one, *others)], draft=False, shown=())
    assert str(issue) == "03.md:7: M; N: “50 (54%)”\n  -> F\n  -> G"


CONFIG = """\
synthesis:
  tables:
    all:
      caption: "All studies"
      notes:
        - "Ages are means."
        - "Two studies [@doe2020] share {{ n }} patients."
appraisal:
  table:
    caption: "Quality of the studies"
    notes: ["Unclear answers are left out."]
"""
METADATA = """\
figures:
  causes:
    caption: "Causes and approaches"
    panels:
      - "Causes of pain"
      - "Approaches with solid lines"
    alt: "Boxes from left to right"
"""
FLOATS = [
    ("caption", "tbl:all", "All studies", "config.yaml", 4),
    ("notes", "tbl:all", "Notes: Ages are means.", "config.yaml", 6),
    ("notes", "tbl:all", "Two studies  share 5 patients.", "config.yaml", 7),
    ("notes", "tbl:appraisal", "Unclear answers are left out.", "config.yaml", 11),
    ("cell", "tbl:all", "5", "03.md", 9),
    ("alternative", "fig:causes", "Boxes from left to right", "metadata.yaml", 7),
    ("caption", "fig:own", "A figure of the text", "03.md", 9),
]


def test_captions_notes_and_alternatives_stand_where_they_are_worded(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "metadata.yaml").write_text(METADATA)
    text = "Causes and approaches. (A) Causes of pain; (B) Approaches with 4 solid lines."
    printed = (Printed(63, 64, "n", ("n",)),)
    whole = Passage("caption", text, "metadata.yaml", 3, printed, floating="fig:causes")
    passages = [Passage(part, words, "03.md", 9, floating=name) for part, name, words, _, _ in FLOATS]
    machine = frozenset({"tbl:all", "tbl:appraisal"})
    after, *panels = [*placed([*passages, whole], machine, tmp_path / "config.yaml")][-4:]
    assert after.floating == "fig:own"
    assert [(one.text[:4], one.line) for one in panels] == [("Caus", 3), ("(A) ", 5), ("(B) ", 6)]
    assert panels[2].text[panels[2].printed[0].start] == "4" and not panels[0].printed
    places = [
        (one.file.rpartition("/")[2], one.line) for one in placed([*passages, whole], machine, tmp_path / "config.yaml")
    ]
    assert places[: len(FLOATS)] == [(file, line) for *_, file, line in FLOATS]


def test_a_text_without_values_draws_one_warning(tmp_path):
    made = matter(tmp_path, "# Results\n\nOf 9 studies, 4 were small.\n\nIn 3 trials pain fell.", TREE)
    (issue,) = audit(made, ["typed-number", "typed-number-bare"]).issues()
    assert issue.message == "the text prints no value: nothing computes its 3 typed numbers"


def test_of_many_errors_the_end_of_a_build_shows_some():
    one = Finding("typed-number", "error", "03.md", 7, "", "M", "F")
    issues = issues_of([replace(one, line=line, text=f"{line}").plain() for line in range(40)], draft=False, shown=())
    assert len(issues) == 19 and issues[-1].message == "… and 22 more places, listed in results/audit/findings.json"


def test_a_waiver_of_an_unknown_rule_names_the_nearest(tmp_path):
    made = matter(tmp_path, "# Results\n\nText.", TREE, waivers=[("typed-numbers", "Of", "so it is")])
    (finding,) = audit(made).of("error")
    assert (finding.message, finding.fix) == ("there is no rule 'typed-numbers'", "did you mean 'typed-number'?")


def test_words_that_stand_twice_in_a_passage_are_stated_at_both_places() -> None:
    text = "In all we had 12 rats, and a year later we had 12 rats; 12 mice came."
    statements = Statements([Row({"text": "we had 12 rats", "place": "", "source": "the laboratory's book"}, 2)])
    passage = Passage("results", text, "01.text.md", 1)
    places = [at for at in range(len(text)) if text.startswith("12", at)]
    assert [statements.states(passage, at, at + 2) for at in places] == [True, True, False]
