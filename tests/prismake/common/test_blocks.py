import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.common.blocks import table_block

TABLE = {
    "id": "one",
    "caption": "Studies | all",
    "wide": True,
    "columns": [{"id": "a", "header": "Study"}, {"id": "b", "header": "n|N", "align": "right", "width": 0.5}],
    "rows": [["Smith [@smith2020]", "a|b"], ["Wu", r"1 \| 2"]],
    "notes": ["As reported."],
    "abbreviations": [["PVP", "percutaneous vertebroplasty"]],
}

cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=4))
def test_a_table_keeps_its_grid_whatever_the_cells(rows):
    table = {**TABLE, "rows": [[cell.replace("\\", "") for cell in row] for row in rows]}
    lines = table_block(table).splitlines()
    grid = [line for line in lines if line.startswith("|")]
    assert len(grid) == 2 + len(rows)
    assert all(line.replace(r"\|", "").count("|") == 3 for line in grid)


def test_header_columns_are_an_attribute_where_a_table_has_them():
    assert 'align="l r" header-columns="1"}' in table_block({**TABLE, "header_columns": 1})
    assert "header-columns" not in table_block(TABLE)


def test_a_ragged_row_is_refused():
    with pytest.raises(ValueError, match="a row of 1 cells for 2 columns"):
        table_block({**TABLE, "rows": [["x"]]})


def test_a_cell_of_several_lines_is_one_line_of_the_pipe_table():
    table = {
        "id": "x",
        "caption": "C",
        "columns": [{"id": "a", "header": "A", "align": "decimal"}],
        "rows": [["1 |\n\n 2\n"]],
    }
    block = table_block(table)
    assert "| 1 \\| []{.line} 2 |" in block and 'align="d"' in block
