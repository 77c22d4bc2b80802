"""How the parts of the supplement are called: numbered as the review has them, in the journal's words."""

from collections import defaultdict
from dataclasses import replace

import pytest
from prismake.common.errors import BuildStop
from prismake.common.values import as_document, ledger_of, named_tree
from prismake.ledger.supplement import Contents, supplement_values, tables_of
from prismake.manuscript.templates import Prose
from prismake.submission import supplement_parts as parts

FULL = Contents(["a-b", "c"], agreement=True, excluded=True, checklists=["prisma2020", "prisma_s"], tables=["own-one"])
SPARSE = Contents([], agreement=False, excluded=False, checklists=["prisma_s"])
LABELS = {"tables": "Table", "figures": "Fig", "order": "label"}


def prose(contents, **labels):
    document = as_document({"supplement": supplement_values(contents, LABELS | labels)})
    return Prose(named_tree(ledger_of(document, "values.json")))


@pytest.mark.parametrize(
    ("contents", "name", "printed"),
    [
        (FULL, "search_strategies", "Table\u00a0S1"),
        (FULL, "strategies.c", "Table\u00a0S3"),
        (FULL, "agreement", "Table\u00a0S6"),
        (FULL, "excluded_reports", "Table\u00a0S7"),
        (FULL, "tables.own_one", "Table\u00a0S8"),
        (FULL, "checklists.prisma_s", "Table\u00a0S10"),
        (FULL, "overlap_figure", "Fig\u00a0S1"),
        (SPARSE, "deduplication", "Table\u00a0S3"),
        (SPARSE, "checklists.prisma_s", "Table\u00a0S4"),
    ],
)
def test_the_text_names_a_part_by_its_number_in_this_review(contents, name, printed):
    assert prose(contents).render(f"See {{{{ supplement.{name} }}}}.", "01.md") == f"See {printed}."


def test_a_journal_may_put_the_number_first():
    assert prose(FULL, order="number").render("{{ supplement.overlap }}", "01.md") == "S4\u00a0Table"


@pytest.mark.parametrize(
    ("names", "order", "printed"),
    [
        (["strategies.a_b", "strategies.c", "search_strategies", "deduplication"], "label", "Tables\u00a0S1–S3 and S5"),
        (["strategies.c", "strategies.a_b"], "label", "Tables\u00a0S2 and S3"),
        (["search_strategies", "overlap", "agreement"], "number", "S1, S4, and S6\u00a0Tables"),
        (["overlap"], "label", "Table\u00a0S4"),
    ],
)
def test_tables_cited_together_have_one_word(names, order, printed):
    listed = ", ".join(f"supplement.{name}" for name in names)
    assert prose(FULL, order=order).render(f"{{{{ [{listed}] | together }}}}", "01.md") == printed


def test_a_table_and_a_figure_do_not_stand_together():
    with pytest.raises(BuildStop, match="Fig and Table do not stand together"):
        prose(FULL).render("{{ [supplement.overlap, supplement.overlap_figure] | together }}", "01.md")
    with pytest.raises(BuildStop, match="only tables"):
        prose(FULL).render('{{ ["nine"] | together }}', "01.md")


@pytest.mark.parametrize("name", ["agreement", "excluded_reports", "strategies", "checklists.prisma2020"])
def test_a_part_that_the_review_does_not_have_stops_by_name(name):
    with pytest.raises(BuildStop, match=rf"01\.md:1: the value 'supplement\.{name}' does not exist"):
        prose(SPARSE).render(f"{{{{ supplement.{name} }}}}", "01.md")


@pytest.mark.parametrize("own", [[], ["own"]])
def test_the_numbers_are_those_of_the_supplement_without_its_optional_parts(own):
    """The parts print their tables in the order by which the values count them."""
    contents = replace(SPARSE, tables=own)
    tables = [{"id": name, "caption": "C", "columns": [{"header": "A"}], "rows": [["1"]]} for name in own]
    search = {"id": "a-b", "database": "A", "date": "2024-05-01"}
    made = [
        parts.strategies([search], [{"search": "a-b", "parsed": "1"}], {"a-b": " \n"}),
        parts.overlap([defaultdict(str)], "overlap.svg", "alt"),
        parts.deduplication(1, 1, {}, [], []),
        parts.agreement([]),
        parts.excluded_reports([], {}),
        *parts.own_tables(tables, []),
    ]
    text = "\n".join(part.markdown for part in made)
    printed = [name for name in text.replace("}", " ").split() if name.startswith("{#tbl:")]
    assert [name.removeprefix("{#tbl:") for name in printed] == [name for _, name in tables_of(contents)][:-1]
